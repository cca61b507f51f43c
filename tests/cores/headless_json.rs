//! What `hotseat host --json` promises to programs that start it.

use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, TempDir, is_running, pass, until};
use rustix::process::Signal;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn the_first_line_says_where_friends_join() {
    let host = Host::fixture(&[]);
    let lines = host.lines();
    let first: Value = serde_json::from_str(&lines[0]).expect("one JSON object");
    assert_eq!(first["event"], "ready");
    assert_eq!(first["pid"], host.pid());
    let core = first["core_pid"].as_u64().expect("a core_pid") as u32;
    assert_ne!(core, host.pid());
    assert!(is_running(core));
    let url = first["url"].as_str().expect("a url");
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(host.secret().len(), 22, "{url}");
    assert_eq!(first["urls"][0], url);
    assert_eq!(first["game"], "fixture");
}

#[test]
fn every_line_is_one_object_with_an_event() {
    let mut host = Host::fixture(&[]);
    host.command(r#"{"command":"save_state","slot":0}"#);
    host.wait_for("notice", LONG);
    host.stats();
    host.stats();
    for line in host.lines() {
        let value: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value.is_object() && value["event"].is_string(), "{line}");
    }
}

#[test]
fn what_is_told_has_a_code_beside_the_sentence() {
    let mut host = Setup::fixture().start();
    host.command(r#"{"command":"load_state","slot":7}"#);
    let notice = host.wait_for("notice", LONG);
    assert_eq!(notice["text"], "There is no state 8 yet.");
    assert!(notice["code"].as_str().is_some_and(|code| code.ends_with(".no_state")), "{notice}");
    host.command(r#"{"command":"option","key":"fixture_fault","value":"exit"}"#);
    let died = host.wait_for("core_died", LONG);
    assert_eq!(died["code"], "crash.code");
    assert_eq!(died["reason"], "Fixture crashed (it ended with code 3).");
}

#[test]
fn statistics_come_with_every_documented_field() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let _browser = Browser::playing(&host.url_for("Ann"));
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    let flowing =
        |stats: &Value| stats["peers"][0]["round_trip_ms"].is_number() && stats["latency_p50_ms"].as_f64() > Some(0.0);
    let stats = host.stats_when("a peer with a round trip", LONG, flowing);
    let later = host.stats_when("more", LONG, |later| {
        flowing(later) && later["frames_sent"].as_u64() > stats["frames_sent"].as_u64().map(|sent| sent + 30)
    });
    for name in [
        "fps",
        "target_fps",
        "frames_emulated",
        "frames_encoded",
        "frames_sent",
        "width",
        "height",
        "latency_p50_ms",
        "latency_p99_ms",
    ] {
        assert!(later[name].is_number(), "{name} is missing: {later}");
    }
    assert_eq!(later["state"], "running");
    assert_eq!(later["target_fps"], 60.0);
    assert_eq!((&later["width"], &later["height"]), (&256.into(), &240.into()));
    host.stats_when("a rate near the core's", LONG, |stats| {
        stats["fps"].as_f64().is_some_and(|fps| (20.0..=70.0).contains(&fps))
    });
    let number = |stats: &Value, path: &str| stats.pointer(path).and_then(Value::as_f64).unwrap_or(-1.0);
    for rising in ["/frames_emulated", "/frames_encoded", "/frames_sent", "/host/cpu_seconds", "/core/cpu_seconds"] {
        assert!(number(&later, rising) > number(&stats, rising), "{rising} does not rise: {stats} {later}");
    }
    assert!(number(&later, "/frames_emulated") >= number(&later, "/frames_encoded"));
    assert!(
        number(&later, "/latency_p50_ms") > 0.0
            && number(&later, "/latency_p99_ms") >= number(&later, "/latency_p50_ms")
    );
    for process in ["/host/resident_bytes", "/core/resident_bytes"] {
        assert!(number(&later, process) > 1e6, "{process}: {later}");
    }
    assert_eq!(later["peers"][0]["peer"], peer);
    assert!(number(&later, "/peers/0/kbit_s") > 0.0 && number(&later, "/peers/0/round_trip_ms") >= 0.0, "{later}");
}

#[test]
fn statistics_come_about_once_a_second() {
    let host = Host::fixture(&[]);
    // By the host's clock: that of the test stands still when the machine is busy.
    let at = |stats: &Value| stats["newest_frame"]["captured_s"].as_f64().expect("a time");
    let first = host.stats_when("the first frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(30));
    let told = until("six more", LONG, || {
        let told: Vec<f64> = host.events_named("stats").iter().map(at).filter(|time| *time >= at(&first)).collect();
        (told.len() >= 7).then_some(told)
    });
    let seconds = told[6] - told[0];
    assert!((4.0..=12.0).contains(&seconds), "six in {seconds} seconds: {told:?}");
}

/// The battery save of the fixture, once it is there.
fn save_of(host: &Host) -> PathBuf {
    until("a battery save", LONG, || host.file_ending("fixture.srm"))
}

fn frames_in(save: &[u8]) -> u64 {
    u64::from_le_bytes(*save.first_chunk().expect("a save of 8 KiB"))
}

fn ends_in_order_with_its_save_written(by: Signal) {
    let mut host = Host::fixture(&[("fixture_save_ram", "on")]);
    let core = host.ready()["core_pid"].as_u64().expect("a core_pid") as u32;
    let stats = host.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(200));
    let ran = stats["frames_emulated"].as_u64().unwrap_or(0);
    let status = host.end_by(by);
    assert_eq!(status.code(), Some(0), "{}", host.stderr());
    assert!(!is_running(core));
    let save = std::fs::read(save_of(&host)).expect("the save can be read");
    assert_eq!(save.len(), 8192);
    let frames = frames_in(&save);
    assert!(frames.is_multiple_of(60) && frames + 60 > ran, "the game ran {ran} frames, the save is of {frames}");
    assert!(!host.stderr().contains("panicked"), "{}", host.stderr());
}

#[test]
fn sigterm_ends_it_with_the_save_written() {
    ends_in_order_with_its_save_written(Signal::TERM);
}

#[test]
fn ctrl_c_ends_it_with_the_save_written() {
    ends_in_order_with_its_save_written(Signal::INT);
}

#[test]
fn ctrl_c_in_a_terminal_reaches_the_core_too_and_still_ends_well() {
    let mut host = Host::fixture(&[("fixture_save_ram", "on")]);
    let stats = host.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(200));
    let ran = stats["frames_emulated"].as_u64().unwrap_or(0);
    let group = rustix::process::Pid::from_raw(host.pid().cast_signed()).expect("a process number");
    rustix::process::kill_process_group(group, Signal::INT).expect("the group is there");
    assert_eq!(host.wait_for_end(LONG).code(), Some(0), "{}", host.stderr());
    let save = std::fs::read(save_of(&host)).expect("the save can be read");
    let frames = frames_in(&save);
    assert!(frames + 60 > ran, "the game ran {ran} frames, the save is of {frames}");
    assert!(host.events_named("core_died").is_empty(), "the core was left to the host to end");
}

#[test]
fn the_battery_save_is_given_to_the_core_again() {
    let home = Arc::new(TempDir::new());
    let setup = || Setup::fixture().option("fixture_save_ram", "on").home(home.clone());
    let mut first = setup().start();
    first.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(100));
    first.end_by(Signal::TERM);
    let path = save_of(&first);
    let mut save = std::fs::read(&path).expect("the save can be read");
    // The fixture writes the first 8 bytes alone: the rest comes back if it was given the file.
    save[8..].fill(0x5a);
    std::fs::write(&path, &save).expect("the save can be written");
    let mut second = setup().start();
    second.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(100));
    second.end_by(Signal::TERM);
    let save = std::fs::read(&path).expect("the save can be read");
    assert!(frames_in(&save) > 0 && save[8..].iter().all(|&byte| byte == 0x5a));
}

#[test]
fn pause_stands_still_and_resume_goes_on() {
    let mut host = Host::fixture(&[]);
    host.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(30));
    host.command(r#"{"command":"pause"}"#);
    host.stats_when("the state paused", LONG, |stats| stats["state"] == "paused");
    let still = host.stats()["frames_emulated"].clone();
    // Longer than a core may be silent: a paused one is not a hung one.
    pass(Duration::from_secs(5));
    assert_eq!(host.stats()["frames_emulated"], still);
    host.command(r#"{"command":"resume"}"#);
    host.stats_when("more frames", LONG, |stats| {
        stats["state"] == "running" && stats["frames_emulated"].as_u64() > still.as_u64()
    });
    assert!(host.events_named("core_died").is_empty());
}

#[test]
fn a_loaded_state_takes_the_game_back() {
    let mut host = Host::fixture(&[]);
    let frame_of = |host: &Host, slot: usize| {
        let path = until("a state file", LONG, || {
            host.file_ending(["fixture.state", "fixture.state1", "fixture.state2"][slot])
        });
        let state = std::fs::read(path).expect("the state can be read");
        assert_eq!(&state[..8], b"fixture1");
        u32::from_le_bytes([state[8], state[9], state[10], state[11]])
    };
    let wait = |host: &mut Host, notice: &str| {
        until(notice, LONG, || host.events_named("notice").iter().any(|it| it["text"] == notice).then_some(()));
    };
    host.command(r#"{"command":"save_state","slot":0}"#);
    wait(&mut host, "Saved as state 1.");
    let ran = host.stats()["frames_emulated"].as_u64();
    host.stats_when("three seconds more", LONG, |stats| stats["frames_emulated"].as_u64() > ran.map(|ran| ran + 180));
    host.command(r#"{"command":"save_state","slot":1}"#);
    wait(&mut host, "Saved as state 2.");
    host.command(r#"{"command":"load_state","slot":0}"#);
    wait(&mut host, "State 1 is back.");
    host.command(r#"{"command":"save_state","slot":2}"#);
    wait(&mut host, "Saved as state 3.");
    let [first, later, back] = [0, 1, 2].map(|slot| frame_of(&host, slot));
    assert!(later >= first + 180, "{first} {later}");
    assert!(back >= first && back < later, "{first} {later} {back}");
}

#[test]
fn a_loaded_state_is_seen_by_those_who_watch() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    host.command(r#"{"command":"save_state","slot":4}"#);
    host.wait_for("notice", LONG);
    let saved = browser.newest().frame;
    browser.watch_until("five seconds more", LONG, |blocks| blocks.frame > saved + 300);
    host.command(r#"{"command":"load_state","slot":4}"#);
    browser.watch_until("an earlier frame", LONG, |blocks| blocks.frame < saved + 120);
}

#[test]
fn what_is_no_command_is_passed_over_and_the_end_of_input_means_nothing() {
    let mut host = Host::fixture(&[]);
    for line in [
        "",
        "pause",
        "{}",
        r#"{"command":"fly"}"#,
        r#"{"command":"load_state","slot":9}"#,
        r#"{"command":"kick","peer":77}"#,
        &"x".repeat(10_000),
    ] {
        host.command(line);
    }
    host.command(r#"{"command":"reset"}"#);
    host.close_input();
    let frames = host.stats()["frames_emulated"].as_u64();
    host.stats_when("more frames", LONG, |stats| {
        stats["frames_emulated"].as_u64() > frames && stats["state"] == "running"
    });
    host.assert_alive();
}
