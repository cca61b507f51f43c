//! A friend opens the link in Chromium and plays.

mod common;

use common::{Browser, Host, LONG, pass};
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
    let sights = browser.watch(Duration::from_secs(5));
    let (after, shown) = (browser.inbound("video"), browser.frames_shown() - shown_before);

    let numbers: Vec<u32> = sights.iter().filter_map(|sight| sight.blocks).map(|blocks| blocks.frame).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "frame numbers only rise: {numbers:?}");
    assert!(numbers.first().is_some_and(|&number| number > first), "the first is newer than the one before");
    let ran = numbers.last().zip(numbers.first()).map_or(0, |(last, first)| last - first + 1);
    assert!(ran >= 150, "the game ran {ran} frames in 5 seconds");
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
