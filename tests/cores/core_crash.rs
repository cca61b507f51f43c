//! A core that crashes or hangs costs its players a moment, not their connection.

use crate::common::{self, Browser, Host, LONG, is_running, pass, signal, until};
use rustix::process::Signal;
use serde_json::Value;
use std::time::Duration;

/// States are kept every 2 seconds; the machine may have been busy with something else.
const AT_MOST_LOST: u32 = 360;

fn pid(event: &Value) -> u32 {
    event["core_pid"].as_u64().map(|pid| pid as u32).expect("a core_pid")
}

/// Ends a core process as a wild pointer would.
fn crash(pid: u32) {
    signal(pid, Signal::SEGV);
    until("the core process to end", LONG, || (!is_running(pid)).then_some(()));
}

/// Waits until the page has told its visitor of `values`, in this order.
fn wait_for_history(browser: &Browser, values: &[&str]) {
    until(&format!("the page's game to have been {values:?}"), LONG, || {
        let history = browser.history("game");
        let mut rest = history.iter();
        values.iter().all(|value| rest.any(|seen| seen == value)).then_some(())
    });
}

#[test]
fn a_crash_is_told_and_the_game_goes_on_where_it_was() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let core = pid(host.ready());
    let browser = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    browser.watch_until("a game that ran for a while", LONG, |blocks| blocks.frame > 720);
    let before = browser.newest().frame;

    crash(core);
    let died = host.wait_for("core_died", LONG);
    assert_eq!(died["restarting"], true);
    assert!(died["reason"].as_str().is_some_and(|reason| reason.contains("Fixture")), "{died}");
    assert_eq!(died["code"], "crash.memory");
    let restarted = host.wait_for("core_restarted", LONG);
    assert_eq!(restarted["revived"], true);
    let new = pid(&restarted);
    assert_ne!(new, core);
    assert!(is_running(new) && !is_running(core));

    wait_for_history(&browser, &["running", "crashed", "running"]);
    let sights = browser.watch_frames(120);
    let numbers: Vec<u32> = sights.iter().filter_map(|sight| sight.blocks).map(|blocks| blocks.frame).collect();
    assert!(numbers.len() > 30, "{} of 120 frames", numbers.len());
    let first = numbers[0];
    assert!(first + AT_MOST_LOST >= before, "the game was at {before} and went on at {first}");
    assert_eq!(browser.state(), "playing");
    assert_eq!(browser.history("state").last().map(String::as_str), Some("playing"));
    assert!(!browser.history("state").iter().any(|state| state == "reconnecting"), "{:?}", browser.history("state"));
    assert!(host.events_named("peer_left").is_empty());
    assert_eq!(host.events_named("peer_joined").len(), 1);
    // Keys still reach the game.
    browser.press("x");
    browser.watch_until("the button in the picture", LONG, |blocks| blocks.buttons[0] == common::button::A);
    host.assert_alive();
}

#[test]
fn a_core_that_crashes_again_and_again_waits_for_the_host_to_restart_it() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    let mut core = pid(host.ready());
    for restarting in [true, true, false] {
        crash(core);
        assert_eq!(host.wait_for("core_died", LONG)["restarting"], restarting);
        if restarting {
            core = pid(&host.wait_for("core_restarted", LONG));
        }
    }
    browser.wait_for_dataset("game", "stopped");
    host.stats_when("the state crashed", LONG, |stats| stats["state"] == "crashed");
    pass(Duration::from_secs(2));
    assert_eq!(browser.dataset("game"), "stopped");
    assert_eq!(browser.state(), "playing");

    host.command(r#"{"command":"restart"}"#);
    host.wait_for("core_restarted", LONG);
    browser.wait_for_dataset("game", "running");
    let frame = browser.newest().frame;
    browser.watch_until("further frames", LONG, |blocks| blocks.frame > frame + 30);
    assert!(host.events_named("peer_left").is_empty());
}

#[test]
fn a_core_that_hangs_is_ended_and_started_again() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[("fixture_fault", "hang"), ("fixture_fault_button", "a")]);
    let browser = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    browser.watch_until("a game that ran for a while", LONG, |blocks| blocks.frame > 300);
    // Pressed and released in one task: a held key would hang it again.
    browser.eval(
        "for (const type of ['keydown', 'keyup']) document.body.dispatchEvent(new KeyboardEvent(type, { code: 'KeyX', key: 'x', bubbles: true }))",
    );
    let died = host.wait_for("core_died", LONG);
    assert!(died["reason"].as_str().is_some_and(|reason| reason.contains("stopped answering")), "{died}");
    assert_eq!(died["code"], "crash.hung");
    host.wait_for("core_restarted", LONG);
    wait_for_history(&browser, &["running", "crashed", "running"]);
    let frame = browser.newest().frame;
    browser.watch_until("further frames", LONG, |blocks| blocks.frame > frame + 30);
    assert!(host.events_named("peer_left").is_empty());
}

/// A fault that comes back with every start ends in waiting; without it the game can be restarted.
fn is_survived(fault: &str, said: &str) {
    let mut host = Host::fixture(&[]);
    host.stats_when("a game that runs", LONG, |stats| stats["frames_emulated"].as_u64() > Some(60));
    host.command(&format!(r#"{{"command":"option","key":"fixture_fault","value":"{fault}"}}"#));
    for restarting in [true, true, false] {
        let died = host.wait_for("core_died", LONG);
        assert_eq!(died["restarting"], restarting, "{died}");
        assert!(died["reason"].as_str().is_some_and(|reason| reason.contains(said)), "{died}");
    }
    host.stats_when("the state crashed", LONG, |stats| stats["state"] == "crashed");
    host.command(r#"{"command":"option","key":"fixture_fault","value":"none"}"#);
    let restarts = host.events_named("core_restarted").len();
    host.command(r#"{"command":"restart"}"#);
    until("one more restart", LONG, || (host.events_named("core_restarted").len() > restarts).then_some(()));
    let frames = host.stats_when("running", LONG, |stats| stats["state"] == "running")["frames_emulated"].as_u64();
    host.stats_when("more frames", LONG, |stats| stats["frames_emulated"].as_u64() > frames);
    host.assert_alive();
}

#[test]
fn a_core_that_reaches_for_foreign_memory_does_not_end_the_host() {
    is_survived("segv", "memory that is not its own");
}

#[test]
fn a_core_that_aborts_does_not_end_the_host() {
    is_survived("abort", "gave up");
}

#[test]
fn a_core_that_throws_does_not_end_the_host() {
    // A panic prints where it came from, which takes a while: it may be ended before it ends.
    is_survived("exception", "Fixture");
}

#[test]
fn a_core_that_ends_its_process_does_not_end_the_host() {
    is_survived("exit", "code 3");
}

#[test]
fn a_core_that_always_hangs_does_not_hang_the_host() {
    is_survived("hang", "stopped answering");
}

#[test]
fn the_core_process_does_not_outlive_its_host() {
    let mut host = Host::fixture(&[]);
    let core = pid(host.ready());
    host.kill();
    until("the core process to end", LONG, || (!is_running(core)).then_some(()));
}

#[test]
fn battery_memory_survives_the_crash_and_the_restart() {
    let mut host = Host::fixture(&[("fixture_save_ram", "on")]);
    host.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(400));
    crash(pid(host.ready()));
    host.wait_for("core_restarted", LONG);
    host.end_by(Signal::TERM);
    let save = host.file_ending("fixture.srm").expect("a battery save");
    let save = std::fs::read(save).expect("the save can be read");
    let frames = u64::from_le_bytes(*save.first_chunk().expect("8 KiB"));
    assert!(frames.is_multiple_of(60) && frames >= 240, "the save is of frame {frames}");
}

#[test]
fn a_core_that_loads_slowly_is_waited_for() {
    let mut host = Host::fixture(&[("fixture_fault", "slow_load")]);
    assert!(host.events_named("core_died").is_empty());
    host.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(30));
    host.assert_alive();
}
