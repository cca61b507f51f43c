//! A core that hands over a picture with wrong numbers loses that picture, and nothing else happens.

use crate::common::host::{quiet_command, run_to_end};
use crate::common::{Host, LONG, TempDir, built_core};
use serde_json::Value;

const LIES: [&str; 4] = ["wrong_pitch", "huge_size", "zero_size", "short_pitch"];

/// What the check tool says of 120 frames, of which number 50 is wrong.
fn checked(lie: &str) -> Value {
    let home = TempDir::new();
    let mut command = quiet_command(&home);
    command.args(["check", "--json", "--frames", "120", "--core"]).arg(built_core("fixture"));
    command.args(["--option", &format!("fixture_fault={lie}"), "--option", "fixture_fault_at=50"]);
    let output = run_to_end(command);
    assert!(output.status.success(), "{lie}: {}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(report["frames"], 120, "{lie}: {report}");
    report
}

#[test]
fn a_picture_larger_than_its_core_promised_is_taken() {
    let report = checked("wrong_size");
    let size =
        |width: u32, height: u32, frames: u32| serde_json::json!({"width": width, "height": height, "frames": frames});
    assert_eq!(report["sizes"], serde_json::json!([size(256, 240, 119), size(512, 480, 1)]));
    assert_eq!(report["refused_frames"], 0);
}

#[test]
fn the_check_tool_counts_them_and_runs_on() {
    for lie in LIES {
        let report = checked(lie);
        // A pitch that is no whole number of pixels can still be read row by row; the others are refused.
        let taken = if lie == "wrong_pitch" { 120 } else { 119 };
        let sizes = report["sizes"].as_array().expect("sizes");
        assert_eq!(sizes.len(), 1, "{lie}: {report}");
        assert_eq!((&sizes[0]["width"], &sizes[0]["height"]), (&256.into(), &240.into()), "{lie}: {report}");
        assert!(sizes[0]["frames"].as_u64().is_some_and(|frames| (119..=taken).contains(&frames)), "{lie}: {report}");
        assert_eq!(
            sizes[0]["frames"].as_u64().zip(report["refused_frames"].as_u64()).map(|(a, b)| a + b),
            Some(120),
            "{lie}: {report}"
        );
    }
}

#[test]
fn a_running_host_goes_on_after_each() {
    let mut host = Host::fixture(&[]);
    for lie in LIES {
        let before = host.stats()["frames_emulated"].as_u64();
        host.command(&format!(r#"{{"command":"option","key":"fixture_fault","value":"{lie}"}}"#));
        host.stats_when("more frames", LONG, |stats| {
            stats["frames_emulated"].as_u64() > before.map(|before| before + 90) && stats["state"] == "running"
        });
    }
    assert!(host.events_named("core_died").is_empty());
    host.assert_alive();
}
