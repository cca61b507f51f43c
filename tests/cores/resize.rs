//! Cores change the size of their picture whenever they like, and most do not announce it.

use crate::common::{self, Browser, Host, Sight};
use std::collections::BTreeSet;

const EVERY: u32 = 60;
/// Odd ones among them, one that is not enlarged, and one of another shape altogether.
const SIZES: [(u64, u64); 6] = [(256, 240), (320, 240), (365, 241), (512, 448), (255, 223), (640, 480)];

fn follows(announce: &str) {
    let _alone = common::alone();
    let sizes = SIZES.map(|(width, height)| format!("{width}x{height}")).join(",");
    let every = EVERY.to_string();
    let mut host =
        Host::fixture(&[("fixture_resize_every", &every), ("fixture_sizes", &sizes), ("fixture_announce", announce)]);
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.newest();
    // Two rounds.
    let sights = browser.watch_frames(2 * EVERY * SIZES.len() as u32);

    let read: Vec<(u32, &Sight)> = sights.iter().filter_map(|sight| Some((sight.blocks?.frame, sight))).collect();
    let all = sights.len();
    assert!(
        read.len() * 100 >= all * 98,
        "{} of {all} frames could be read; others: {:?}",
        read.len(),
        sights.iter().find(|sight| sight.blocks.is_none())
    );
    for (frame, sight) in &read {
        let wanted = SIZES[(frame / EVERY) as usize % SIZES.len()];
        assert_eq!(sight.picture, wanted, "frame {frame} came as {:?}", sight.size);
    }
    let seen: BTreeSet<_> = read.iter().map(|(_, sight)| sight.picture).collect();
    assert_eq!(seen.len(), SIZES.len(), "{seen:?}");
    for pair in read.windows(2) {
        let (before, after) = (pair[0].0, pair[1].0);
        assert!(after > before && after - before <= 10, "frame {after} after {before}");
    }
    let ran = read.last().zip(read.first()).map_or(0, |(last, first)| last.0 - first.0 + 1);
    assert!(read.len() as f64 >= 0.95 * f64::from(ran), "{} of {ran} frames came", read.len());
    assert_eq!(browser.state(), "playing");
    assert!(host.events_named("core_died").is_empty());
    host.assert_alive();
}

#[test]
fn a_size_that_is_not_announced_is_followed() {
    follows("none");
}

#[test]
fn a_size_announced_by_geometry_is_followed() {
    follows("geometry");
}

#[test]
fn a_size_announced_by_av_info_is_followed() {
    follows("av_info");
}

#[test]
fn a_new_size_every_frame_is_survived() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[("fixture_resize_every", "1"), ("fixture_sizes", "256x240,320x240")]);
    let browser = Browser::playing(&host.url_for("Ann"));
    let frame = browser.newest().frame;
    browser.watch_until("further frames", common::LONG, |blocks| blocks.frame > frame + 120);
    host.assert_alive();
}

#[test]
fn a_turned_picture_comes_upright() {
    let _alone = common::alone();
    let host = Host::fixture(&[("fixture_rotation", "1"), ("fixture_size", "320x240")]);
    let browser = Browser::open(&host.url_for("Ann"));
    browser.wait_for_state("playing");
    let size = common::until("a picture", common::LONG, || browser.sights().pop());
    assert_eq!((size.size, size.picture), ((480, 640), (240, 320)));
}

#[test]
fn an_option_that_changes_the_size_is_followed() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    for (width, height) in [(640, 480), (160, 144), (321, 199)] {
        host.command(&format!(r#"{{"command":"option","key":"fixture_size","value":"{width}x{height}"}}"#));
        common::until("the new size", common::LONG, || {
            browser
                .sights()
                .iter()
                .any(|sight| sight.blocks.is_some() && sight.picture == (width, height))
                .then_some(())
        });
        host.stats_when("the new size", common::LONG, |stats| stats["width"] == width && stats["height"] == height);
    }
    host.assert_alive();
}
