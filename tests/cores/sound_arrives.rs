//! What the core plays is heard in the browser, at its own pitch, left and right kept apart.

use crate::common::{self, Browser, Host, LONG, pass, until};
use std::time::Duration;

fn pitches_are_right_at(core_rate: &str) {
    let _alone = common::alone();
    let host = Host::fixture(&[("fixture_sample_rate", core_rate)]);
    let browser = Browser::playing(&host.url_for("Ann"));
    until("sound", LONG, || {
        browser.inbound("audio")["totalSamplesReceived"].as_u64().filter(|&samples| samples > 48_000)
    });
    pass(Duration::from_secs(1));
    let near = |heard: f64, wanted: f64| (heard - wanted).abs() <= 5.0;
    // A machine that stood still for a moment leaves a hole in the sound: then listen again.
    let mut heard = browser.loudest();
    for _ in 0..3 {
        if near(heard[0].0, 440.0) && near(heard[1].0, 660.0) {
            break;
        }
        heard = browser.loudest();
    }
    let [(left, left_db), (right, right_db)] = heard;
    assert!(near(left, 440.0), "left is {left} Hz at {left_db} dB, right is {right} Hz at {right_db} dB");
    assert!(near(right, 660.0), "left is {left} Hz at {left_db} dB, right is {right} Hz at {right_db} dB");
    // A sine at half the amplitude is at -6 dB; what the window and the codec take is little.
    assert!(left_db > -30.0 && right_db > -30.0, "left {left_db} dB, right {right_db} dB");
}

#[test]
fn a_core_at_48_khz_sounds_right() {
    pitches_are_right_at("48000");
}

#[test]
fn a_core_at_44_1_khz_sounds_right() {
    pitches_are_right_at("44100");
}

#[test]
fn a_core_at_32_04_khz_sounds_right() {
    pitches_are_right_at("32040");
}
