//! An encoder that fails, and one that is too slow, in a running host: a small library stands before libx264.

use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, TempDir};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// A host whose libx264 does what files in its folder say.
struct Troubled {
    host: Host,
    folder: Arc<TempDir>,
}

impl Troubled {
    fn start(trouble: &[(&str, &str)]) -> Troubled {
        let folder = Arc::new(TempDir::new());
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/content/x264_trouble.c");
        let library = folder.path().join("libx264_trouble.so");
        let status = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status()
            .expect("cc starts: install the package gcc");
        assert!(status.success());
        for (name, content) in trouble {
            folder.file(name, content.as_bytes());
        }
        let host = Setup::fixture().variable("LD_PRELOAD", &library).variable("X264_TROUBLE", folder.path()).start();
        Troubled { host, folder }
    }

    fn end_trouble(&self, name: &str) {
        std::fs::remove_file(self.folder.path().join(name)).expect("the file was there");
    }
}

/// Codec and viewers of the only rendition.
fn only_rendition(stats: &Value) -> Option<(&str, u64)> {
    let all = stats["renditions"].as_array()?;
    let [one] = &all[..] else { return None };
    Some((one["codec"].as_str()?, one["viewers"].as_u64()?))
}

#[test]
fn viewers_of_an_encoder_that_broke_get_another_and_newcomers_the_first_once_it_works_again() {
    let _alone = common::alone();
    let Troubled { mut host, folder } = Troubled::start(&[]);
    let ann = Browser::playing(&host.url_for("Ann"));
    host.stats_when("H.264", LONG, |stats| only_rendition(stats) == Some(("h264", 1)));

    // The open encoder goes on; the next size needs a new one, and there is none.
    folder.file("fails", b"");
    host.command(r#"{"command":"option","key":"fixture_size","value":"320x240"}"#);
    host.stats_when("VP8 in its place", LONG, |stats| only_rendition(stats) == Some(("vp8", 1)));
    ann.newest();
    let told = host.wait_for("notice", LONG);
    assert!(told["text"].as_str().is_some_and(|text| text.contains("H.264")), "{told}");

    std::fs::remove_file(folder.path().join("fails")).expect("the file was there");
    host.stats_when("the pause to end", LONG, |stats| only_rendition(stats) == Some(("vp8", 1)));
    // A guest that comes after the encoder has rested gets the best format again, and the first one keeps what works.
    std::thread::sleep(std::time::Duration::from_secs(3));
    let bea = Browser::playing(&host.url_for("Bea"));
    host.stats_when("both", LONG, |stats| stats["renditions"].as_array().is_some_and(|all| all.len() == 2));
    bea.newest();
    ann.newest();
    host.assert_alive();
}

#[test]
fn one_failure_is_mended_by_a_new_encoder_and_the_next_soon_after_moves_those_who_watch() {
    let _alone = common::alone();
    let mut troubled = Troubled::start(&[]);
    let ann = Browser::playing(&troubled.host.url_for("Ann"));
    let keyframes = |stats: &Value| stats["renditions"][0]["keyframes"].as_u64();
    let before = troubled.host.stats_when("H.264", LONG, |stats| only_rendition(stats) == Some(("h264", 1)));
    troubled.folder.file("encode_fails", b"1");
    let after = troubled.host.stats_when("a new encoder", LONG, |stats| keyframes(stats) > keyframes(&before));
    assert_eq!(only_rendition(&after), Some(("h264", 1)), "{after}");
    ann.newest();
    assert!(troubled.host.events_named("notice").is_empty(), "no notice comes of it");

    // One after the other without end: that is no accident.
    troubled.folder.file("encode_fails", b"1000000");
    troubled.host.stats_when("VP8 in its place", LONG, |stats| only_rendition(stats) == Some(("vp8", 1)));
    ann.newest();
    troubled.host.assert_alive();
}

#[test]
fn a_broken_encoder_is_told_when_there_is_no_other() {
    let _alone = common::alone();
    let mut troubled = Troubled::start(&[("fails", "")]);
    troubled.host.command(r#"{"command":"codec","name":"h264"}"#);
    let mut ann = Browser::start();
    ann.goto(&troubled.host.url_for("Ann"));
    common::until("the page to say that there is no picture", LONG, || {
        let said = ann.eval("return document.body.innerText");
        said.as_str().is_some_and(|said| said.contains("cannot send the picture")).then_some(())
    });
    troubled.end_trouble("fails");
    ann.wait_for_picture();
    ann.newest();
    troubled.host.assert_alive();
    ann.kill();
}

#[test]
fn a_slow_encoder_gets_the_newest_frame_and_the_game_runs_on() {
    let _alone = common::alone();
    // 40 ms for each frame, where a frame's time is 16.7.
    let mut troubled = Troubled::start(&[("slow_us", "40000")]);
    let ann = Browser::playing(&troubled.host.url_for("Ann"));
    let number = |stats: &Value, name: &str| stats[name].as_u64().unwrap_or(0);
    let slow = troubled.host.stats_when("the fastest speed, and frames passed over", LONG, |stats| {
        stats["encoder_speed"] == 2 && number(stats, "frames_skipped") > 30
    });
    let later = troubled.host.stats();
    let grown = |name: &str| number(&later, name) - number(&slow, name);
    let (emulated, encoded, skipped) = (grown("frames_emulated"), grown("frames_encoded"), grown("frames_skipped"));
    assert!(encoded > 0 && skipped > 0, "{encoded} encoded, {skipped} passed over");
    assert!(emulated > encoded + encoded / 2, "the game made {emulated} frames while {encoded} were encoded");
    // Each frame shown is the newest there was when its encoding began, not one of a growing queue: pictures skip about
    // as many of the game's frames as were passed over, so the page keeps up with the game.
    let before = ann.newest().frame;
    let from = troubled.host.stats();
    let to = troubled.host.stats();
    let after = ann.newest().frame;
    let made = number(&to, "frames_emulated") - number(&from, "frames_emulated");
    assert!(u64::from(after - before) >= made, "the page went on by {} frames, the game by {made}", after - before);

    troubled.end_trouble("slow_us");
    troubled.host.stats_when("the best quality again", 2 * LONG, |stats| stats["encoder_speed"] == 0);
    troubled.host.assert_alive();
}
