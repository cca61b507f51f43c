//! What a core asks of the front end, asked by a core in C of its own, in a process of its own.

use crate::common::host::{Setup, quiet_command, run_to_end};
use crate::common::{self, Host, LONG, TempDir, content};
use serde_json::Value;
use std::path::Path;

/// What `hotseat check --json` says of the core.
fn check(home: &TempDir, core: &Path, arguments: &[&str]) -> Value {
    let mut command = quiet_command(home);
    command.args(["check", "--json", "--frames", "120", "--core"]).arg(core).args(arguments);
    let output = run_to_end(command);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}{output:?}"))
}

#[test]
fn a_core_that_asks_for_everything_runs_and_its_calls_are_named() {
    let home = TempDir::new();
    let core = content::c_core(&home, "asks_core");
    let seen = check(&home, &core, &[]);
    // More than it states, where the host looks, with the sound that it was asked for.
    assert_eq!(seen["sizes"], serde_json::json!([{"width": 288, "height": 224, "frames": 120}]));
    assert_eq!((&seen["refused_frames"], &seen["aspect"]), (&0.into(), &0.75.into()));
    let samples = seen["samples"].as_u64().expect("a number");
    assert!((120 * 800..120 * 800 + 200).contains(&samples), "{samples}");
    let messages = seen["messages"].to_string();
    assert!(messages.contains("drawn in place 59, told of the buffer 60"), "{messages}");

    let calls = seen["calls"].as_array().expect("a list");
    let call = |name: &str| calls.iter().find(|call| call["name"] == name).unwrap_or_else(|| panic!("{name}"));
    for answered in [
        "GET_VFS_INTERFACE",
        "SET_AUDIO_CALLBACK",
        "GET_CURRENT_SOFTWARE_FRAMEBUFFER",
        "SET_DISK_CONTROL_EXT_INTERFACE",
        "SET_CORE_OPTIONS_V2",
        "SET_CORE_OPTIONS_DISPLAY",
    ] {
        assert!(call(answered)["answered"].as_u64() > Some(0), "{answered}: {}", call(answered));
    }
    for refused in ["GET_CAMERA_INTERFACE", "GET_MIDI_INTERFACE", "SET_NETPACKET_INTERFACE"] {
        assert!(call(refused)["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{refused}");
    }
    // Numbers that no header has are counted too.
    assert!(calls.iter().any(|call| call["call"] == 119 && call["name"] == ""));
    let options = seen["options"].as_array().expect("a list");
    let option = |key: &str| options.iter().find(|option| option["key"] == key).expect("an option");
    assert_eq!((&option("asks_tick")["category"], &option("asks_tick")["label"]), (&"Time".into(), &"Clock".into()));
    assert_eq!(option("asks_tick")["labels"], serde_json::json!(["Stands", "Runs"]));
    assert_eq!(option("asks_speed")["visible"], false);
}

#[test]
fn an_option_that_is_not_there_is_told_with_the_one_that_was_meant() {
    let home = TempDir::new();
    let core = content::c_core(&home, "asks_core");
    let seen = check(&home, &core, &["--option", "asks_sped=2", "--option", "asks_tick=loud"]);
    let messages = seen["messages"].to_string();
    assert!(messages.contains("Asks has no option asks_sped: did you mean asks_speed?"), "{messages}");
    assert!(messages.contains("asks_tick cannot be loud, only one of off, on"), "{messages}");
}

#[test]
fn an_option_is_shown_when_another_makes_it_useful() {
    let home = std::sync::Arc::new(TempDir::new());
    let core = content::c_core(&home, "asks_core");
    let seen = check(&home, &core, &["--option", "asks_tick=on"]);
    let options = seen["options"].as_array().expect("a list");
    assert!(options.iter().any(|option| option["key"] == "asks_speed" && option["visible"] == true), "{options:?}");
}

#[test]
fn discs_are_changed_by_command() {
    let home = std::sync::Arc::new(TempDir::new());
    let core = content::c_core(&home, "asks_core");
    let mut host = Setup::core(&core).home(home).start();
    let discs = |host: &Host, inserted: Value| {
        host.stats_when("the disc", LONG, |stats| stats["discs"].is_object() && stats["discs"]["inserted"] == inserted)
    };
    let stats = discs(&host, 0.into());
    assert_eq!(stats["discs"]["names"], serde_json::json!(["Disc 1", "Disc 2", "The end"]));
    host.command(r#"{"command":"disc","index":2}"#);
    discs(&host, 2.into());
    host.command(r#"{"command":"eject"}"#);
    discs(&host, Value::Null);
    // One that is not there changes nothing.
    host.command(r#"{"command":"disc","index":3}"#);
    host.command(r#"{"command":"disc","index":1}"#);
    discs(&host, 1.into());
    host.assert_alive();
}

#[test]
fn a_picture_beyond_the_stated_size_is_shown_turned_and_in_its_stated_shape() {
    let _alone = common::alone();
    let home = std::sync::Arc::new(TempDir::new());
    let core = content::c_core(&home, "asks_core");
    let host = Setup::core(&core).home(home).start();
    let browser = common::Browser::open(&host.url_for("Ann"));
    browser.wait_for_state("playing");
    host.stats_when("the picture", LONG, |stats| stats["width"] == 224 && stats["height"] == 288);
    let shape = "const box = document.querySelector('video').parentElement.getBoundingClientRect(); return box.width / box.height";
    common::until("the shape", LONG, || {
        let shape = browser.eval(shape).as_f64()?;
        ((shape - 0.75).abs() < 0.01).then_some(())
    });
}
