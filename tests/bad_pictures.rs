//! A core that hands over a picture with wrong numbers loses that picture, and nothing else happens.

mod common;

use common::host::{quiet_command, run_to_end};
use common::{Host, LONG, TempDir, built_core};
use serde_json::Value;

const LIES: [&str; 5] = ["wrong_pitch", "wrong_size", "huge_size", "zero_size", "short_pitch"];

#[test]
fn the_check_tool_counts_them_and_runs_on() {
    for lie in LIES {
        let home = TempDir::new();
        let mut command = quiet_command(&home);
        command.args(["check", "--json", "--frames", "120", "--core"]).arg(built_core("fixture"));
        command.args(["--option", &format!("fixture_fault={lie}"), "--option", "fixture_fault_at=50"]);
        let output = run_to_end(command);
        assert!(output.status.success(), "{lie}: {}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        assert_eq!(report["frames"], 120, "{lie}: {report}");
        let good = report["sizes"].as_array().into_iter().flatten().find(|size| size["width"] == 256);
        assert_eq!(good.map(|size| (&size["height"], &size["frames"])), Some((&240.into(), &119.into())), "{lie}: {report}");
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
