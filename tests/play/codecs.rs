//! Every browser gets a picture that it can play: several codecs in one room, each encoded once and only while watched.

use crate::common::browser::Tab;
use crate::common::firefox::Firefox;
use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, button};
use fixture_libretro::blocks::colour_samples;
use serde_json::Value;
use std::time::Instant;

/// The renditions of one second's statistics: codec and viewers.
fn renditions(stats: &Value) -> Vec<(String, u64)> {
    let all = stats["renditions"].as_array().cloned().unwrap_or_default();
    let mut all: Vec<_> = all
        .iter()
        .map(|it| (it["codec"].as_str().unwrap_or_default().to_owned(), it["viewers"].as_u64().unwrap_or(0)))
        .collect();
    all.sort();
    all
}

fn become_(host: &Host, wanted: &[(&str, u64)]) {
    host.stats_when(&format!("renditions {wanted:?}"), LONG, |stats| {
        renditions(stats).iter().map(|(codec, viewers)| (codec.as_str(), *viewers)).eq(wanted.iter().copied())
    });
}

#[test]
fn a_browser_without_h264_plays_beside_one_with_it_and_its_encoder_goes_with_it() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let chromium = Browser::playing(&host.url_for("Ann"));
    become_(&host, &[("h264", 1)]);
    let firefox = Firefox::playing(&host.url_for("Bea"));
    become_(&host, &[("h264", 1), ("vp8", 1)]);

    firefox.press("x");
    for tab in [&*chromium, &*firefox] {
        tab.watch_until("Bea's button on seat 1", LONG, |blocks| blocks.buttons == [0, button::A, 0, 0]);
    }
    firefox.release("x");
    chromium.press("z");
    for tab in [&*chromium, &*firefox] {
        tab.watch_until("Ann's button on seat 0", LONG, |blocks| blocks.buttons == [button::B, 0, 0, 0]);
    }
    chromium.release("z");

    drop(firefox);
    become_(&host, &[("h264", 1)]);
    drop(chromium);
    become_(&host, &[]);
    host.assert_alive();
}

#[test]
fn a_wish_is_followed_at_once_and_whoever_cannot_meet_it_is_told() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let chromium = Browser::playing(&host.url_for("Ann"));
    for codec in ["vp9", "h264-444", "vp8", "vp9-444", "auto"] {
        host.command(&format!(r#"{{"command":"codec","name":"{codec}"}}"#));
        let shown = if codec == "auto" { "h264" } else { codec };
        become_(&host, &[(shown, 1)]);
        chromium.newest();
    }
    let firefox = Firefox::playing(&host.url_for("Bea"));
    host.command(r#"{"command":"codec","name":"h264"}"#);
    firefox.wait_for_state("closed");
    let said = firefox.eval("return document.body.innerText");
    assert!(said.as_str().is_some_and(|said| said.contains("video format")), "{said}");
    firefox.reload();
    firefox.wait_for_state("refused");
    let said = firefox.eval("return document.body.innerText");
    assert!(said.as_str().is_some_and(|said| said.contains("video format")), "{said}");
    chromium.newest();
    host.assert_alive();
}

/// The most that a flat colour is off, of 255, as a page that reads its own video sees it.
fn worst_colour(tab: &(dyn Tab + 'static)) -> Option<i64> {
    let size =
        tab.eval("const video = document.getElementById('stream'); return [video.videoWidth, video.videoHeight]");
    let (width, height) = (size[0].as_u64()?, size[1].as_u64()?);
    let mut worst = 0;
    for (x, y, wanted) in colour_samples(width as u32, height as u32) {
        let seen = tab.eval(&format!(
            "const canvas = document.createElement('canvas'); canvas.width = {width}; canvas.height = {height};
             const paper = canvas.getContext('2d'); paper.drawImage(document.getElementById('stream'), 0, 0);
             return [...paper.getImageData({x}, {y}, 1, 1).data]"
        ));
        for (channel, wanted) in wanted.into_iter().enumerate() {
            worst = worst.max((seen[channel].as_i64().unwrap_or(-1000) - i64::from(wanted)).abs());
        }
    }
    Some(worst)
}

/// Waits until the colours are this near, once the picture stands still: those that move are as coarse as they have to be for
/// the encoder to keep up, which a busy machine decides.
fn colours_arrive(host: &mut Host, tab: &(dyn Tab + 'static), name: &str, limit: i64) {
    tab.newest();
    host.command(r#"{"command":"pause"}"#);
    let mut last = None;
    let end = Instant::now() + LONG;
    while last.is_none_or(|worst| worst > limit) {
        assert!(Instant::now() < end, "{name}: a colour is {last:?} of 255 off");
        last = worst_colour(tab).or(last);
    }
}

#[test]
fn flat_colours_arrive_within_three_levels_in_every_format() {
    let _alone = common::alone();
    for (format, size, limit) in [
        ("h264", "256x240", 3),
        ("vp8", "256x240", 3),
        ("vp9", "256x240", 3),
        ("h264-444", "256x240", 3),
        ("vp9-444", "256x240", 3),
        ("h264", "1024x768", 3),
        ("vp8", "1024x768", 5),
        ("vp9", "1024x768", 3),
    ] {
        let mut host = Setup::fixture().codec(format).option("fixture_size", size).start();
        let browser = Browser::playing(&host.url_for("Ann"));
        colours_arrive(&mut host, &*browser, &format!("{format} at {size} in Chromium"), limit);
    }
}

#[test]
fn flat_colours_arrive_in_firefox_too() {
    let _alone = common::alone();
    for (format, size, limit) in
        [("vp8", "256x240", 3), ("vp9", "256x240", 3), ("vp8", "1024x768", 5), ("vp9", "1024x768", 3)]
    {
        let mut host = Setup::fixture().codec(format).option("fixture_size", size).start();
        let firefox = Firefox::playing(&host.url_for("Ann"));
        colours_arrive(&mut host, &*firefox, &format!("{format} at {size} in Firefox"), limit);
    }
}

#[test]
fn endless_asking_for_keyframes_spoils_nothing_for_the_others() {
    let _alone = common::alone();
    let host = Host::fixture(&[]);
    let calm = Browser::playing(&host.url_for("Ann"));
    // Whatever it is sent, this guest asks for keyframes as often as it can.
    let mut greedy = Browser::start();
    greedy.goto(&host.url_for("Bea"));
    greedy.wait_for_picture();
    let keyframes = |stats: &Value| stats["renditions"][0]["keyframes"].as_u64().unwrap_or(0);
    let before = host.stats();
    for _ in 0..5 {
        // A page that reloads is a newcomer each time, and each wants a picture at once.
        greedy.reload();
        greedy.wait_for_picture();
    }
    let after = host.stats();
    let frames = after["frames_encoded"].as_u64().unwrap_or(0) - before["frames_encoded"].as_u64().unwrap_or(0);
    let made = keyframes(&after) - keyframes(&before);
    // At most one in 500 ms, which is thirty frames.
    assert!(made >= 5 && made <= frames / 25 + 2, "{made} keyframes in {frames} frames");
    calm.newest();
    greedy.kill();
}
