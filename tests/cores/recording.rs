//! Recordings and screenshots: what is on the disk afterwards, also when the host is killed.

use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, TempDir, until};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Everything with this ending that was recorded, in the order it was made.
fn files(home: &TempDir, folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = home.path().join("data/hotseat").join(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut all: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    all.retain(|path| path.extension().is_some_and(|it| it == ending));
    // "NAME.mp4" is the first, then "NAME part 2.mp4" and so on.
    all.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    all
}

/// What ffprobe finds when it reads every packet of a file; any error it names fails the test.
fn probed(path: &Path) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json"])
        .arg(path)
        .output()
        .expect("ffprobe starts: install the package ffmpeg");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.is_empty(), "{}: {errors}", path.display());
    serde_json::from_slice(&output.stdout).expect("JSON of ffprobe")
}

fn stream<'a>(probed: &'a Value, kind: &str) -> &'a Value {
    let streams = probed["streams"].as_array().map(Vec::as_slice).unwrap_or_default();
    streams.iter().find(|stream| stream["codec_type"] == kind).unwrap_or_else(|| panic!("no {kind}: {probed}"))
}

fn seconds(probed: &Value) -> f64 {
    probed["format"]["duration"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

fn frames(probed: &Value) -> u32 {
    stream(probed, "video")["nb_read_frames"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Plays a file to its end: where it stopped, and how long it says it is.
fn played(browser: &Browser, path: &Path) -> (f64, f64) {
    browser.goto(&format!("file://{}", path.display().to_string().replace(' ', "%20")));
    browser.eval("const video = document.querySelector('video'); video.muted = true; video.play(); return true");
    let ended = until("the recording to end", LONG, || {
        let state = browser.eval(
            "const video = document.querySelector('video');
             return [video.ended, video.currentTime, video.duration, video.error?.message ?? '']",
        );
        assert_eq!(state[3], "", "{}", path.display());
        state[0].as_bool().filter(|ended| *ended).map(|_| state)
    });
    (ended[1].as_f64().unwrap_or(0.0), ended[2].as_f64().unwrap_or(0.0))
}

/// Records with a size that changes every two seconds, until `end` ends it; then every part plays, to its end.
fn across_sizes(format: &str, ending: &str, end: impl Fn(&mut Host)) {
    let _alone = common::alone();
    let home = Arc::new(TempDir::new());
    let mut host = Setup::fixture()
        .home(home.clone())
        .codec(format)
        .option("fixture_resize_every", "120")
        .option("fixture_sizes", "256x240,320x224,512x448")
        .start();
    let viewer = Browser::playing(&host.url_for("Ann"));
    let encoded = |host: &mut Host| host.stats()["renditions"][0]["frames_encoded"].as_u64().expect("a count");
    let before = host.stats()["renditions"].as_array().map_or(0, Vec::len);
    host.command(r#"{"command":"record","on":true}"#);
    let recorded = |home: &TempDir| files(home, "recordings", ending);
    until("the first part", LONG, || (!recorded(&home).is_empty()).then_some(()));
    let encoded_before = encoded(&mut host);
    until("three parts and some of a fourth", LONG, || (recorded(&home).len() >= 4).then_some(()));
    assert_eq!(host.stats()["recording"], true);
    assert_eq!(host.stats()["renditions"].as_array().map_or(0, Vec::len), before, "nothing is encoded twice");
    // The end comes in the middle of a part, of which a piece or more is written.
    let begun = recorded(&home).len();
    until("another part", LONG, || (recorded(&home).len() > begun).then_some(()));
    std::thread::sleep(Duration::from_millis(700));
    let encoded = encoded(&mut host) - encoded_before;
    end(&mut host);
    drop(viewer);
    drop(host);

    let browser = Browser::start();
    let parts = recorded(&home);
    let last = parts.len() - 1;
    let mut recorded = 0;
    for (index, part) in parts.iter().enumerate() {
        let probed = probed(part);
        assert_eq!(stream(&probed, "audio")["codec_name"], "opus");
        let length = seconds(&probed);
        // Whole ones last two seconds; the first began in the middle, and the last was cut off at up to half a second before the end.
        let bounds = if (1..last).contains(&index) { 1.8..2.3 } else { 0.01..2.3 };
        assert!(bounds.contains(&length), "{}: {length} s", part.display());
        recorded += u64::from(frames(&probed));
        let (stopped, says) = played(&browser, part);
        assert!((stopped - length).abs() < 0.1 && (says - length).abs() < 0.1, "{}: {stopped} {says}", part.display());
    }
    // Whatever was encoded meanwhile is in them, but for the half second that was not written yet and what waited for its
    // sound.
    assert!(recorded + 50 > encoded && encoded > 200, "{recorded} of {encoded} frames");
}

#[test]
fn a_killed_host_leaves_an_h264_recording_that_plays_to_its_end() {
    across_sizes("h264", "mp4", Host::kill);
}

#[test]
fn a_killed_host_leaves_a_vp8_recording_that_plays_to_its_end() {
    across_sizes("vp8", "webm", Host::kill);
}

#[test]
fn a_recording_that_was_stopped_plays_and_its_length_is_told() {
    let finished = |host: &mut Host| {
        host.command(r#"{"command":"record","on":false}"#);
        let told = |host: &Host| {
            host.events_named("notice")
                .iter()
                .any(|it| it["text"].as_str().is_some_and(|text| text.starts_with("Recorded 0:")))
        };
        until("the recording to be finished", LONG, || told(host).then_some(()));
    };
    across_sizes("h264", "mp4", finished);
}

#[test]
fn without_a_viewer_the_recording_is_made_all_the_same() {
    let home = Arc::new(TempDir::new());
    let mut host = Setup::fixture().home(home.clone()).start();
    host.command(r#"{"command":"record","on":true}"#);
    host.stats_when("an encoder", LONG, |stats| stats["renditions"][0]["frames_encoded"].as_u64() > Some(120));
    host.command(r#"{"command":"record","on":false}"#);
    host.stats_when("no encoder", LONG, |stats| stats["renditions"].as_array().is_some_and(Vec::is_empty));
    until("a file", LONG, || {
        files(&home, "recordings", "mp4").first().cloned().filter(|path| seconds(&probed(path)) > 1.0)
    });
}

#[test]
fn a_game_that_is_run_ahead_is_recorded_in_step() {
    let home = Arc::new(TempDir::new());
    let mut host = Setup::fixture().home(home.clone()).option("fixture_lag", "2").start();
    host.command(r#"{"command":"run_ahead","frames":2}"#);
    host.stats_when("two frames ahead", LONG, |stats| stats["run_ahead"] == 2);
    host.command(r#"{"command":"record","on":true}"#);
    host.stats_when("an encoder", LONG, |stats| stats["renditions"][0]["frames_encoded"].as_u64() > Some(180));
    host.command(r#"{"command":"record","on":false}"#);
    host.stats_when("no encoder", LONG, |stats| stats["renditions"].as_array().is_some_and(Vec::is_empty));
    let probed = until("a file", LONG, || {
        let file = files(&home, "recordings", "mp4").first().cloned()?;
        Some(probed(&file)).filter(|probed| seconds(probed) > 2.0)
    });
    let length =
        |kind| -> f64 { stream(&probed, kind)["duration"].as_str().and_then(|it| it.parse().ok()).expect("a length") };
    let apart = (length("video") - length("audio")).abs();
    assert!(apart < 0.3, "picture and sound are {apart} s apart");
}

#[test]
fn a_screenshot_is_the_core_s_picture_pixel_for_pixel() {
    let home = Arc::new(TempDir::new());
    let mut host = Setup::fixture().home(home.clone()).option("fixture_size", "321x199").start();
    host.stats_when("frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(60));
    host.command(r#"{"command":"screenshot"}"#);
    let path = until("a screenshot", LONG, || {
        files(&home, "screenshots", "png").into_iter().find(|path| std::fs::metadata(path).is_ok_and(|it| it.len() > 0))
    });
    let probed = probed(&path);
    let picture = stream(&probed, "video");
    assert_eq!((&picture["width"], &picture["height"]), (&321.into(), &199.into()));
    // Pure colours, which no video codec would have kept.
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&path)
        .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .expect("ffmpeg starts: install the package ffmpeg");
    assert_eq!(output.stdout.len(), 321 * 199 * 3);
    for (x, y, colour) in fixture_libretro::blocks::colour_samples(321, 199) {
        let at = (y as usize * 321 + x as usize) * 3;
        assert_eq!(output.stdout[at..at + 3], colour, "at {x}, {y}");
    }
}

#[test]
fn a_full_disk_ends_the_recording_with_a_message_and_the_game_goes_on() {
    let home = Arc::new(TempDir::new());
    let folder = home.path().join("data/hotseat/recordings");
    std::fs::create_dir_all(&folder).expect("a folder");
    // A file system of 300 kB, which only this host sees.
    let mount = format!("mount -t tmpfs -o size=300k none '{}'", folder.display());
    let mut host = Setup::fixture().home(home).option("fixture_noise", "on").after_mounting(&mount).start();
    host.command(r#"{"command":"record","on":true}"#);
    let told = |host: &Host| {
        let full =
            |it: &Value| it["text"].as_str().is_some_and(|text| text.starts_with("Recording stopped: the disk with"));
        host.events_named("notice").iter().any(full)
    };
    until("the message", LONG, || told(&host).then_some(()));
    let ended = host.stats_when("the recording to end", LONG, |stats| stats["recording"] == false);
    let frames = |stats: &Value| stats["frames_emulated"].as_u64().unwrap_or(0);
    let later = host.stats_when("the game to go on", LONG, |stats| frames(stats) > frames(&ended) + 60);
    assert_eq!(later["state"], "running");
    host.assert_alive();
}
