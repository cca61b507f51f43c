//! Each core runs at its own rate, and the rate is kept.

use crate::common::{self, Host, LONG};
use serde_json::Value;

/// The mean of some seconds; a machine that stood still meanwhile gets another chance.
fn is_kept(host: &Host, rate: f64) {
    let mut means = Vec::new();
    for _ in 0..4 {
        let samples: Vec<Value> = (0..8).map(|_| host.stats()).collect();
        means.push(samples.iter().filter_map(|stats| stats["fps"].as_f64()).sum::<f64>() / 8.0);
        if means.last().is_some_and(|mean| (mean - rate).abs() < 0.2) {
            return;
        }
    }
    panic!("{means:?} for {rate}");
}

#[test]
fn odd_rates_are_kept() {
    let _alone = common::alone();
    for rate in ["50.2734", "75.47", "29.97"] {
        let host = Host::fixture(&[("fixture_fps", rate)]);
        let wanted: f64 = rate.parse().expect("a number");
        host.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(60));
        assert!(host.stats()["target_fps"].as_f64().is_some_and(|fps| (fps - wanted).abs() < 1e-6));
        is_kept(&host, wanted);
    }
}

#[test]
fn a_core_that_changes_its_rate_while_it_runs_is_followed() {
    let _alone = common::alone();
    let host = Host::fixture(&[
        ("fixture_resize_every", "240"),
        ("fixture_sizes", "256x240,320x240"),
        ("fixture_announce", "av_info"),
        ("fixture_fps_list", "60,50"),
    ]);
    for target in [50.0, 60.0, 50.0] {
        let seen = host.stats_when("the other rate", LONG, |stats| stats["target_fps"] == target);
        assert_eq!(seen["state"], "running");
    }
}
