//! Games of several files in one machine, which libretro calls subsystems.

use super::content::zip;
use crate::common::host::{Setup, quiet_command, run_to_end};
use crate::common::{Host, LONG, TempDir, content, signal, until};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a core says of itself, in notices.
fn said(host: &Host, begins: &str, times: usize) -> Vec<String> {
    until("the core's words", LONG, || {
        let events = host.events();
        let texts = events.iter().filter(|event| event["event"] == "notice").filter_map(|event| event["text"].as_str());
        let texts: Vec<String> = texts.filter(|text| text.starts_with(begins)).map(str::to_owned).collect();
        (texts.len() >= times).then_some(texts)
    })
}

fn file(home: &TempDir, name: &str, data: &str) -> PathBuf {
    let path = home.path().join("roms").join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, data).expect("a file");
    path
}

/// Battery saves by their names, with their first byte.
fn saves(home: &TempDir) -> Vec<(String, u8)> {
    let is_save = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        ["srm", "rtc", "sav"].contains(&&*ending) && !path.to_string_lossy().contains(".versions")
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let first = |path: &Path| fs::read(path).ok().and_then(|data| data.first().copied()).unwrap_or_default();
    let mut saves: Vec<_> =
        home.files().iter().filter(|path| is_save(path)).map(|path| (name(path), first(path))).collect();
    saves.sort();
    saves
}

/// A host of the core in C, which gets these files.
fn setup(home: &Arc<TempDir>, core: &Path, files: &[&Path]) -> Setup {
    let setup = Setup::core(core).home(home.clone()).argument("--subsystem").argument("pair");
    files.iter().fold(setup, |setup, file| setup.content(file))
}

#[test]
fn each_file_of_a_game_of_several_keeps_its_own_save_and_all_are_back_the_next_time() {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, "joins_core");
    let (game, base) = (file(&home, "Red.gam", "red"), file(&home, "Blue.bas", "blue"));
    let host = setup(&home, &core, &[&game, &base]).start();
    // By its bytes, by its path, and not at all, as the machine wants each.
    let words = said(&host, "joined", 1);
    assert_eq!(words, ["joined Red.gam (3 bytes, Red) with Blue.bas (0 bytes, Blue) and nothing"]);
    assert_eq!(said(&host, "the memories", 1), ["the memories were 0, 0, 0"]);
    let all = [("Blue.sav".to_owned(), 33), ("Red.rtc".to_owned(), 22), ("Red.srm".to_owned(), 11)];
    until("the saves", LONG, || (saves(&home) == all).then_some(()));
    drop(host);
    let host = setup(&home, &core, &[&game, &base]).start();
    assert_eq!(said(&host, "the memories", 1), ["the memories were 11, 22, 33"]);
    drop(host);
    // Another game on the same base: a machine that has its own first cartridge, and the base as it was left.
    let other = file(&home, "Green.gam", "green");
    let host = setup(&home, &core, &[&other, &base]).start();
    assert_eq!(said(&host, "the memories", 1), ["the memories were 0, 0, 33"]);
    until("its saves", LONG, || (saves(&home).len() == 5).then_some(()));
}

#[test]
fn a_core_that_crashes_is_started_with_the_same_files_again() {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, "joins_core");
    let (game, base) = (file(&home, "Red.gam", "red"), file(&home, "Blue.bas", "blue"));
    let mut host = setup(&home, &core, &[&game, &base]).start();
    until("the saves", LONG, || (saves(&home).len() == 3).then_some(()));
    host.stats_when("an automatic state", LONG, |stats| stats["frames_emulated"].as_u64() > Some(300));
    let core_process = host.ready()["core_pid"].as_u64().expect("a core_pid");
    signal(core_process as u32, Signal::SEGV);
    let restarted: Value = host.wait_for("core_restarted", LONG);
    assert_eq!(restarted["revived"], true);
    let words = said(&host, "joined", 2);
    assert_eq!(words[0], words[1]);
    // A state of a game of several is one of these files.
    host.command(r#"{"command":"save_state","slot":1}"#);
    let state = until("the state", LONG, || home.files().into_iter().find(|path| path.ends_with("Red (pair).state1")));
    assert!(fs::metadata(state).is_ok_and(|it| it.len() > 0));
}

#[test]
fn files_out_of_archives_come_together_too() {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, "joins_core");
    let game = home.path().join("roms/Red.zip");
    file(&home, "Red.gam", "red");
    fs::write(&game, zip(&[("Red.gam", b"red from inside")])).expect("a file");
    // Two of one name do not get into each other's way, in memory, where they are unpacked or saved.
    let base = home.path().join("roms/Base.zip");
    fs::write(&base, zip(&[("Red.bas", b"base")])).expect("a file");
    let extra = file(&home, "More.ext", "more");
    let host = setup(&home, &core, &[&game, &base, &extra]).start();
    let words = said(&host, "joined", 1);
    assert_eq!(words, ["joined Red.zip#Red.gam (15 bytes, Red) with Red.bas (0 bytes, Red) and More.ext"]);
    let all = [("Red (2).sav".to_owned(), 33), ("Red.rtc".to_owned(), 22), ("Red.srm".to_owned(), 11)];
    until("the saves", LONG, || (saves(&home) == all).then_some(()));
}

#[test]
fn files_that_make_no_game_of_several_are_refused_in_one_sentence() {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, "joins_core");
    let (game, base) = (file(&home, "Red.gam", "red"), file(&home, "Blue.bas", "blue"));
    let refused = |core: &Path, name: &str, files: &[&Path]| {
        let mut command = quiet_command(&home);
        command.args(["check", "--subsystem", name, "--core"]).arg(core).args(files);
        let output = run_to_end(command);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).trim().to_owned()
    };
    let missing = refused(&core, "pair", &[&game]);
    assert_eq!(missing, "Two in One also needs a file for Base: one that ends in bas, rom.");
    let wrong = refused(&core, "pair", &[&base, &game]);
    assert_eq!(wrong, "Blue.bas does not fit: for Game, choose a file that ends in gam.");
    let many = refused(&core, "pair", &[&game, &base, &game, &base]);
    assert!(many.starts_with("Two in One takes 3 files at most, and 4 were given"), "{many}");
    let gone = refused(&core, "pair", &[&game, &home.path().join("Gone.bas")]);
    assert!(gone.contains("Gone.bas"), "{gone}");
    // What nobody can start is not offered.
    let unknown = refused(&core, "nothing", &[&game, &base]);
    assert!(unknown.ends_with("has no machine called nothing: it has pair (Two in One)."), "{unknown}");
    let none = refused(&content::c_core(&home, "leaky_core"), "pair", &[&game, &base]);
    assert!(none.ends_with("has no machine that takes several files."), "{none}");
}

#[test]
fn check_lists_the_machines_that_a_core_has() {
    let home = TempDir::new();
    let core = content::c_core(&home, "joins_core");
    let (game, base) = (file(&home, "Red.gam", "red"), file(&home, "Blue.bas", "blue"));
    let mut command = quiet_command(&home);
    command.args(["check", "--json", "--frames", "20", "--subsystem", "pair", "--core"]).arg(&core);
    let output = run_to_end({
        command.args([&game, &base]);
        command
    });
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!((&seen["frames"], &seen["sram_bytes"]), (&20.into(), &48.into()));
    let files = serde_json::json!([
        {"name": "Game", "extensions": ["gam"], "required": true, "saves": ["srm", "rtc"]},
        {"name": "Base", "extensions": ["bas", "rom"], "required": true, "saves": ["sav"]},
        {"name": "Extra", "extensions": ["ext"], "required": false, "saves": []},
    ]);
    let machines = serde_json::json!([{"name": "pair", "title": "Two in One", "files": files}]);
    assert_eq!(seen["subsystems"], machines);
}
