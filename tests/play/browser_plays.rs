//! A friend opens the link in Chromium and plays.

use crate::common::{self, Browser, Host, LONG, pass};
use std::time::Duration;

#[test]
fn chromium_joins_by_the_link_and_sees_nearly_every_frame() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));

    let joined = host.wait_for("peer_joined", LONG);
    assert_eq!(joined["name"], "Ann");
    assert_eq!(joined["seat"], 0);
    assert_eq!(browser.state(), "playing");
    assert_eq!(browser.dataset("seat"), "0");
    browser.wait_for_dataset("game", "running");

    // The start is not what is measured.
    pass(Duration::from_secs(2));
    let (before, shown_before) = (browser.inbound("video"), browser.frames_shown());
    let first = browser.newest().frame;
    let sights = browser.watch_frames(300);
    let (after, shown) = (browser.inbound("video"), browser.frames_shown() - shown_before);

    let numbers: Vec<u32> = sights.iter().filter_map(|sight| sight.blocks).map(|blocks| blocks.frame).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "frame numbers only rise: {numbers:?}");
    assert!(numbers.first().is_some_and(|&number| number > first), "the first is newer than the one before");
    let ran = numbers.last().zip(numbers.first()).map_or(0, |(last, first)| last - first + 1);
    assert!(ran >= 300, "{ran} frames of the game were watched");
    assert!(numbers.len() as f64 >= 0.9 * f64::from(ran), "{} of {ran} frames could be read", numbers.len());
    let count = |report: &serde_json::Value, name: &str| report[name].as_u64().unwrap_or(0);
    let decoded = count(&after, "framesDecoded") - count(&before, "framesDecoded");
    let dropped = count(&after, "framesDropped") - count(&before, "framesDropped");
    assert!(decoded as f64 >= 0.9 * f64::from(ran), "{decoded} of {ran} frames were decoded");
    assert!(dropped * 10 <= decoded, "{dropped} frames were dropped, {decoded} decoded");
    assert!(shown >= 60, "{shown} frames were shown");

    // 256x240 is doubled, so that its colours survive.
    assert!(sights.iter().all(|sight| sight.size == (512, 480) && sight.picture == (256, 240)), "{:?}", sights.last());
    assert_eq!(count(&after, "frameWidth"), 512);
    assert_eq!(count(&after, "frameHeight"), 480);
    host.assert_alive();
}

#[test]
fn the_colours_arrive_as_the_core_drew_them() {
    let _alone = common::alone();
    let host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.newest();
    for (x, y, [red, green, blue]) in fixture_libretro::blocks::colour_samples(512, 480) {
        let script = format!(
            "const canvas = document.createElement('canvas'); canvas.width = 512; canvas.height = 480;
             const paper = canvas.getContext('2d'); paper.drawImage(document.getElementById('stream'), 0, 0);
             return [...paper.getImageData({x}, {y}, 1, 1).data]"
        );
        let seen = browser.eval(&script);
        for (channel, wanted) in [red, green, blue].into_iter().enumerate() {
            let value = seen[channel].as_i64().unwrap_or(-1000);
            assert!((value - i64::from(wanted)).abs() <= 40, "at {x}, {y}: {seen} for {red}, {green}, {blue}");
        }
    }
}

#[test]
fn a_pause_is_told_and_stands_still() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.newest();
    host.command(r#"{"command":"pause"}"#);
    browser.wait_for_dataset("game", "paused");
    pass(Duration::from_secs(1));
    browser.sights();
    let still: Vec<u32> =
        browser.watch(Duration::from_secs(3)).iter().filter_map(|it| it.blocks).map(|it| it.frame).collect();
    assert!(still.windows(2).all(|pair| pair[0] == pair[1]), "{still:?}");
    host.command(r#"{"command":"resume"}"#);
    browser.wait_for_dataset("game", "running");
    let frame = browser.newest().frame;
    browser.watch_until("further frames", LONG, |blocks| blocks.frame > frame + 30);
    assert_eq!(browser.state(), "playing");
}

#[test]
fn whoever_comes_while_the_game_is_paused_is_told_and_plays_when_it_goes_on() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    host.command(r#"{"command":"pause"}"#);
    host.stats_when("the state paused", LONG, |stats| stats["state"] == "paused");
    let browser = Browser::open(&host.url_for("Ann"));
    browser.wait_for_state("playing");
    browser.wait_for_dataset("game", "paused");
    host.command(r#"{"command":"resume"}"#);
    browser.wait_for_dataset("game", "running");
    let frame = browser.newest().frame;
    browser.watch_until("further frames", LONG, |blocks| blocks.frame > frame + 30);
}

#[test]
fn a_reset_begins_the_game_anew() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.watch_until("a game that ran for a while", LONG, |blocks| blocks.frame > 300);
    host.command(r#"{"command":"reset"}"#);
    browser.watch_until("an early frame", LONG, |blocks| blocks.frame < 200);
}
