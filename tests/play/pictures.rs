//! Every form in which a core may hand over a picture reaches the browser as what it is.

use crate::common::{self, Browser, Host, LONG, until};
use fixture_libretro::blocks::{Blocks, colour_samples};

/// Plays with these options and hands the browser over once the pictures can be read.
fn shown(options: &[(&str, &str)]) -> (Host, Browser) {
    let host = Host::fixture(options);
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.newest();
    (host, browser)
}

fn frames(browser: &Browser, count: u32) -> Vec<Blocks> {
    browser.watch_frames(count).iter().filter_map(|sight| sight.blocks).collect()
}

fn has_its_colours(browser: &Browser) {
    let (width, height) = browser.sights().last().map_or((512, 480), |sight| sight.size);
    for (x, y, wanted) in colour_samples(width as u32, height as u32) {
        let seen = browser.eval(&format!(
            "const canvas = document.createElement('canvas'); canvas.width = {width}; canvas.height = {height};
             const paper = canvas.getContext('2d'); paper.drawImage(document.getElementById('stream'), 0, 0);
             return [...paper.getImageData({x}, {y}, 1, 1).data]"
        ));
        for (channel, wanted) in wanted.into_iter().enumerate() {
            let value = seen[channel].as_i64().unwrap_or(-1000);
            assert!((value - i64::from(wanted)).abs() <= 40, "at {x}, {y}: {seen}");
        }
    }
}

#[test]
fn pictures_of_16_bits_have_their_colours() {
    let _alone = common::alone();
    for format in ["rgb565", "0rgb1555"] {
        let (_host, browser) = shown(&[("fixture_format", format)]);
        has_its_colours(&browser);
    }
}

#[test]
fn bytes_after_each_row_are_not_shown() {
    let _alone = common::alone();
    for (format, extra) in [("xrgb8888", "64"), ("rgb565", "2")] {
        let (_host, browser) = shown(&[("fixture_format", format), ("fixture_pitch_extra", extra)]);
        has_its_colours(&browser);
    }
}

#[test]
fn a_picture_that_the_core_repeats_does_not_stop_the_stream() {
    let _alone = common::alone();
    let (mut host, browser) = shown(&[("fixture_duplicate_every", "2")]);
    let frames = frames(&browser, 240);
    let mut numbers: Vec<u32> = frames.iter().map(|blocks| blocks.frame).collect();
    numbers.dedup();
    assert!(numbers.is_sorted_by(|a, b| a < b));
    assert!(numbers.len() >= 60, "{} new pictures of 240 frames", numbers.len());
    // Every second one is a repetition: only the others are ever seen.
    assert!(numbers.iter().all(|number| number % 2 == 0), "{numbers:?}");
    host.assert_alive();
}

#[test]
fn a_picture_full_of_noise_is_still_played() {
    let _alone = common::alone();
    let (mut host, browser) = shown(&[("fixture_noise", "on")]);
    let frames = frames(&browser, 300);
    let ran = frames.last().zip(frames.first()).map_or(0, |(last, first)| last.frame - first.frame + 1);
    assert!(ran > 100 && frames.len() as f64 > 0.8 * f64::from(ran), "{} of {ran} frames", frames.len());
    host.assert_alive();
}

#[test]
fn very_small_and_very_large_pictures_are_played() {
    let _alone = common::alone();
    for (width, height) in [(1, 1), (2, 3), (31, 17), (1281, 721)] {
        let size = format!("{width}x{height}");
        let mut host = Host::fixture(&[("fixture_size", &size)]);
        let browser = Browser::open(&host.url_for("Ann"));
        browser.wait_for_state("playing");
        let mut count = 0;
        let last = until(&format!("thirty frames of {size}"), LONG, || {
            let sights = browser.sights();
            count += sights.len();
            sights.last().filter(|_| count >= 30).cloned()
        });
        assert_eq!(last.picture, (width, height), "{last:?}");
        assert!(last.size.0 >= width && last.size.1 >= height, "{last:?}");
        host.stats_when("the size", LONG, |stats| stats["width"] == width && stats["height"] == height);
        host.assert_alive();
    }
}
