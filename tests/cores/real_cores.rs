//! Cores that people play with, as Debian packages them: at their own rates and sizes.

use crate::common::host::{Setup, quiet_command, run_to_end};
use crate::common::{self, Browser, LONG, TempDir, content, installed_core, small_roms, until};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The free game of the package `efp`.
fn nes_game() -> PathBuf {
    let path = PathBuf::from("/usr/share/nes/efp.nes");
    assert!(path.is_file(), "{} is missing: install the package efp.", path.display());
    path
}

fn check(core: &str, content: &Path) -> Value {
    let home = TempDir::new();
    let mut command = quiet_command(&home);
    command.args(["check", "--json", "--frames", "300", "--core"]).arg(installed_core(core)).arg(content);
    let output = run_to_end(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// The size that most of the frames had.
fn main_size(report: &Value) -> (u64, u64) {
    let sizes = report["sizes"].as_array().cloned().unwrap_or_default();
    let number = |size: &Value, name: &str| size[name].as_u64().unwrap_or(0);
    let most = sizes.iter().max_by_key(|size| number(size, "frames")).expect("a size");
    (number(most, "width"), number(most, "height"))
}

fn checks_out(core: &str, content: &Path, rate: f64, size: (u64, u64)) {
    let report = check(core, content);
    assert_eq!(report["frames"], 300, "{report}");
    assert_eq!(report["refused_frames"], 0, "{report}");
    assert!(report["fps"].as_f64().is_some_and(|fps| (fps - rate).abs() < 0.02), "{report}");
    assert_eq!(main_size(&report), size, "{report}");
    let (samples, sample_rate) =
        (report["samples"].as_f64().unwrap_or(0.0), report["sample_rate"].as_f64().unwrap_or(0.0));
    let wanted = sample_rate * 300.0 / rate;
    assert!((samples - wanted).abs() < wanted * 0.05, "{samples} samples, {wanted} expected");
    assert!(report["state_bytes"].as_u64() > Some(0), "{report}");
    // It is held, and wanted nothing that it did not get.
    assert_eq!(report["sandbox"]["seccomp"], true);
    assert_eq!(report["sandbox"]["refused"], serde_json::json!([]));
}

/// The host keeps the core's own rate to a tenth of a frame a second.
fn keeps_its_rate(core: &str, content: &Path, rate: f64, size: (u64, u64)) {
    let _alone = common::alone();
    let mut host = Setup::core(&installed_core(core)).content(content).start();
    host.stats_when("some frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(120));
    let mut means = Vec::new();
    // A machine that stood still meanwhile gets another chance.
    for _ in 0..4 {
        let samples: Vec<Value> = (0..15).map(|_| host.stats()).collect();
        let last = &samples[14];
        assert!(last["target_fps"].as_f64().is_some_and(|fps| (fps - rate).abs() < 0.02), "{last}");
        let mean = samples.iter().filter_map(|stats| stats["fps"].as_f64()).sum::<f64>() / 15.0;
        means.push(mean);
        if (mean - rate).abs() < 0.1 {
            break;
        }
    }
    assert!(means.last().is_some_and(|mean| (mean - rate).abs() < 0.1), "{means:?} for {rate}");
    // Without a viewer nothing is encoded; the size is known as soon as there is one.
    let browser = Browser::playing(&host.url_for("Ann"));
    host.stats_when("the right size", LONG, |stats| {
        (stats["width"].as_u64(), stats["height"].as_u64()) == (Some(size.0), Some(size.1))
    });
    let frames = browser.inbound("video")["framesDecoded"].as_u64();
    until("more frames", LONG, || {
        (browser.inbound("video")["framesDecoded"].as_u64() > frames.map(|n| n + 60)).then_some(())
    });
    let picture = browser.heard("picture").pop().expect("the picture is announced");
    assert_eq!((picture["width"].as_u64(), picture["height"].as_u64()), (Some(size.0), Some(size.1)));
    host.assert_alive();
}

#[test]
fn nestopia_runs_a_game() {
    checks_out("nestopia", &nes_game(), 60.0, (256, 224));
}

#[test]
fn nestopia_is_played_in_chromium() {
    let _alone = common::alone();
    let mut host = Setup::core(&installed_core("nestopia")).content(&nes_game()).start();
    assert_eq!(host.ready()["game"], "efp");
    let browser = Browser::playing(&host.url_for("Ann"));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 0);
    let before = browser.inbound("video")["framesDecoded"].as_u64().unwrap_or(0);
    let sent = host.stats()["frames_sent"].as_u64().unwrap_or(0);
    let later = host.stats_when("more frames", LONG, |stats| stats["frames_sent"].as_u64() > Some(sent + 240));
    let sent = later["frames_sent"].as_u64().unwrap_or(0) - sent;
    let after = browser.inbound("video");
    let decoded = after["framesDecoded"].as_u64().unwrap_or(0) - before;
    assert!(decoded as f64 > 0.8 * sent as f64, "{decoded} of about {sent} frames were decoded");
    assert_eq!((after["frameWidth"].as_u64(), after["frameHeight"].as_u64()), (Some(512), Some(448)));
    assert!(browser.inbound("audio")["packetsReceived"].as_u64() > Some(50));
    // Not one flat colour: there is a game in the picture.
    let colours = browser.eval(
        "const canvas = document.createElement('canvas'); canvas.width = 512; canvas.height = 448;
         const paper = canvas.getContext('2d'); paper.drawImage(document.getElementById('stream'), 0, 0);
         const { data } = paper.getImageData(0, 0, 512, 448); const seen = new Set();
         for (let i = 0; i < data.length; i += 4) seen.add((data[i] >> 5) << 6 | (data[i + 1] >> 5) << 3 | data[i + 2] >> 5);
         return seen.size",
    );
    assert!(colours.as_u64() >= Some(2), "{colours} colours");
}

#[test]
fn beetle_psx_runs_its_bios_and_wants_nothing_that_it_does_not_get() {
    let home = TempDir::new();
    let psx = content::psx(&home);
    let mut command = quiet_command(&home);
    command.args(["check", "--json", "--frames", "120", "--core"]).arg(installed_core("mednafen_psx")).arg(&psx.disc);
    let output = run_to_end(command);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!((&report["frames"], &report["sandbox"]["refused"]), (&120.into(), &serde_json::json!([])), "{report}");
}

#[test]
fn mgba_runs_a_program() {
    let dir = TempDir::new();
    checks_out("mgba", &content::gba(&dir), 59.7275, (240, 160));
}

#[test]
fn mgba_keeps_its_own_rate() {
    let dir = TempDir::new();
    keeps_its_rate("mgba", &content::gba(&dir), 59.7275, (240, 160));
}

#[test]
fn bsnes_runs_a_program() {
    let dir = TempDir::new();
    checks_out("bsnes_mercury_performance", &content::snes(&dir, false), 60.0988, (256, 224));
}

#[test]
fn bsnes_keeps_its_own_rate() {
    let dir = TempDir::new();
    keeps_its_rate("bsnes_mercury_performance", &content::snes(&dir, false), 60.0988, (256, 224));
}

#[test]
fn bsnes_gives_a_larger_picture_without_saying_so() {
    let dir = TempDir::new();
    checks_out("bsnes_mercury_performance", &content::snes(&dir, true), 60.0988, (512, 448));
}

#[test]
fn bsnes_runs_in_its_other_two_kinds() {
    let dir = TempDir::new();
    let program = content::snes(&dir, false);
    // The most exact one draws every picture as wide as the widest.
    for (core, width) in [("bsnes_mercury_accuracy", 512), ("bsnes_mercury_balanced", 256)] {
        checks_out(core, &program, 60.0988, (width, 224));
    }
}

#[test]
fn gambatte_runs_a_program() {
    let dir = TempDir::new();
    checks_out("gambatte", &small_roms::game_boy(&dir), 59.7275, (160, 144));
}

#[test]
fn beetle_pce_fast_runs_a_program() {
    let dir = TempDir::new();
    checks_out("mednafen_pce_fast", &small_roms::pc_engine(&dir), 59.82, (256, 239));
}

#[test]
fn beetle_vb_runs_a_program_at_its_odd_rate() {
    let dir = TempDir::new();
    checks_out("mednafen_vb", &small_roms::virtual_boy(&dir), 50.27, (384, 224));
}

#[test]
fn beetle_wswan_runs_a_program_at_its_odd_rate() {
    let dir = TempDir::new();
    checks_out("mednafen_wswan", &small_roms::wonder_swan(&dir), 75.47, (224, 144));
}

#[test]
fn desmume_runs_a_program_also_by_a_path_without_folders() {
    let dir = TempDir::new();
    let program = small_roms::nintendo_ds(&dir);
    checks_out("desmume", &program, 60.0, (256, 384));
    // It takes the folder out of the path that it gets, and falls over where there is none.
    let mut command = quiet_command(&dir);
    let name = program.file_name().expect("a name");
    command.current_dir(dir.path());
    command.args(["check", "--json", "--frames", "10", "--core"]).arg(installed_core("desmume")).arg(name);
    let output = run_to_end(command);
    assert!(output.status.success(), "{output:?}");
}
