//! Save states: ten places, and the moment at which a game was closed.

use crate::common::host::Setup;
use crate::common::{Host, LONG, TempDir, until};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Waits for a notice with this code.
fn told(host: &mut Host, code: &str) -> Value {
    loop {
        let notice = host.wait_for("notice", LONG);
        if notice["code"] == code {
            return notice;
        }
    }
}

fn game(home: &TempDir, text: &str) -> PathBuf {
    let path = home.path().join("G.fixture");
    fs::write(&path, format!("fixture_save_ram=on\n{text}")).expect("a file");
    path
}

/// The game's own, not one that was put aside.
fn file(home: &TempDir, name: &str) -> PathBuf {
    let own = |path: &PathBuf| path.ends_with(name) && !path.components().any(|part| part.as_os_str() == ".previous");
    home.files().into_iter().find(own).unwrap_or_else(|| panic!("no {name}"))
}

fn played(host: &Host, frames: u64) {
    host.stats_when("frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(frames));
}

#[test]
fn a_slot_has_a_picture_and_a_time_and_the_state_before_is_put_back() {
    let home = Arc::new(TempDir::new());
    let content = game(&home, "");
    let mut host = Setup::fixture().home(home.clone()).content(&content).start();
    played(&host, 60);
    host.command(r#"{"command":"save_state","slot":3}"#);
    told(&mut host, "notice.state_saved");
    let slot = |stats: &Value| stats["states"][3].clone();
    let first = slot(&host.stats());
    assert!(first["time_ms"].as_u64() > Some(1_700_000_000_000) && first["can_be_put_back"] == false, "{first}");
    let picture = first["picture"].as_str().expect("a picture");
    assert!(picture.ends_with("/fixture/G.state3.png"), "{picture}");
    assert!(fs::read(picture).is_ok_and(|png| png.starts_with(b"\x89PNG")));
    let state = file(&home, "G.state3");
    let before = fs::read(&state).expect("it can be read");
    played(&host, 120);
    host.command(r#"{"command":"save_state","slot":3}"#);
    told(&mut host, "notice.state_saved");
    assert_ne!(fs::read(&state).expect("it can be read"), before);
    assert_eq!(slot(&host.stats())["can_be_put_back"], true);
    host.command(r#"{"command":"put_back_state","slot":3}"#);
    assert_eq!(told(&mut host, "notice.state_put_back")["text"], "State 4 is the one before again.");
    assert_eq!(fs::read(&state).expect("it can be read"), before);
    // As RetroArch writes it.
    let mut container = b"RASTATE\x01MEM ".to_vec();
    container.extend_from_slice(&(before.len() as u32).to_le_bytes());
    container.extend_from_slice(&before);
    container.resize(container.len().next_multiple_of(8), 0);
    container.extend_from_slice(b"END \0\0\0\0");
    fs::write(state.with_file_name("G.state"), container).expect("a file");
    for number in [0, 3] {
        host.command(&format!(r#"{{"command":"load_state","slot":{number}}}"#));
        assert_eq!(told(&mut host, "notice.state_loaded")["text"], format!("State {} is back.", number + 1));
    }
    // Of another edition of the game.
    drop(host);
    let content = game(&home, "fixture_size=320x240\n");
    let mut host = Setup::fixture().home(home).content(&content).start();
    host.command(r#"{"command":"load_state","slot":3}"#);
    let refused = told(&mut host, "save.other_content");
    assert!(refused["text"].as_str().is_some_and(|text| text.contains("another game")), "{refused}");
    host.assert_alive();
}

#[test]
fn a_game_that_was_closed_goes_on_where_it_was_left_and_its_save_is_kept() {
    let home = Arc::new(TempDir::new());
    let content = game(&home, "");
    let setup = || Setup::fixture().home(home.clone()).content(&content);
    let mut host = setup().start();
    assert_eq!(host.stats()["last_state"], Value::Null);
    played(&host, 150);
    host.end_by(Signal::TERM);
    let left = file(&home, "G.state.auto");
    let state = fs::read(&left).expect("it can be read");
    // The game goes on without it, and saves what is newer than the state.
    let mut host = setup().start();
    assert!(host.stats()["last_state"]["time_ms"].as_u64().is_some());
    let save = file(&home, "G.srm");
    until("a newer save", LONG, || (frames_in(&save) >= 300).then_some(()));
    // As after a power cut: what was left is that of the first evening.
    host.kill();
    let newer = fs::read(&save).expect("it can be read");
    assert_eq!(fs::read(&left).expect("it can be read"), state);
    let mut host = setup().argument("--continue").start();
    told(&mut host, "notice.continued");
    until("an older save, and the newer one as a version", LONG, || {
        let versions = fs::read_dir(save.with_file_name(".versions").join("G")).ok()?;
        let kept = versions.flatten().any(|entry| fs::read(entry.path()).is_ok_and(|version| version == newer));
        (frames_in(&save) < 300 && kept).then_some(())
    });
}

#[test]
fn a_core_that_hangs_at_the_end_leaves_the_moment_before() {
    let home = Arc::new(TempDir::new());
    let content = game(&home, "");
    let mut host = Setup::fixture().home(home.clone()).content(&content).start();
    played(&host, 150);
    host.command(r#"{"command":"option","key":"fixture_fault","value":"hang"}"#);
    host.end_by(Signal::TERM);
    let state = fs::read(file(&home, "G.state.auto")).expect("it can be read");
    assert!(state.starts_with(b"fixture1"));
}

/// What the fixture has counted into its save.
fn frames_in(save: &Path) -> u64 {
    let save = fs::read(save).unwrap_or_default();
    save.first_chunk().map_or(0, |count| u64::from_le_bytes(*count))
}

#[test]
fn a_full_disk_stops_no_game_and_what_was_saved_stays_until_there_is_room_again() {
    let home = Arc::new(TempDir::new());
    let data = home.path().join("data");
    fs::create_dir_all(&data).expect("a folder");
    let mount = format!("mount -t tmpfs -o size=192k hotseat {}", data.display());
    let content = game(&home, "");
    let mut host = Setup::fixture().home(home).content(&content).after_mounting(&mount).start();
    // Where the host sees it.
    let inside = |path: &str| PathBuf::from(format!("/proc/{}/root{}", host.pid(), data.join(path).display()));
    let save = inside("hotseat/saves/fixture/G.srm");
    let filler = inside("filler");
    until("a save", LONG, || (frames_in(&save) > 0).then_some(()));
    let mut file = fs::File::create(&filler).expect("the disk can be written");
    while file.write_all(&[0; 1024]).is_ok() {}
    let failed = told(&mut host, "save.not_written");
    assert!(failed["text"].as_str().is_some_and(|text| text.contains("G.srm")), "{failed}");
    let stays = frames_in(&save);
    host.command(r#"{"command":"save_state","slot":1}"#);
    assert!(told(&mut host, "save.not_written")["text"].as_str().is_some_and(|text| text.contains("G.state1")));
    let before = host.stats()["frames_emulated"].as_u64();
    host.stats_when("frames", LONG, |stats| stats["frames_emulated"].as_u64() > before.map(|frames| frames + 60));
    assert_eq!((frames_in(&save), fs::read(&save).map_or(0, |save| save.len())), (stays, 8192));
    drop(file);
    fs::remove_file(filler).expect("it can be removed");
    told(&mut host, "notice.saving_again");
    assert!(frames_in(&save) > stays);
    host.assert_alive();
}

#[test]
fn where_nothing_can_be_written_the_game_is_played_all_the_same() {
    let home = Arc::new(TempDir::new());
    let data = home.path().join("data");
    fs::create_dir_all(&data).expect("a folder");
    let mount = format!("mount -t tmpfs -o ro hotseat {}", data.display());
    let content = game(&home, "");
    let mut host = Setup::fixture().home(home).content(&content).after_mounting(&mount).start();
    let failed = told(&mut host, "save.not_written");
    assert!(failed["text"].as_str().is_some_and(|text| text.contains("read-only")), "{failed}");
    played(&host, 180);
    assert!(host.end_by(Signal::TERM).success());
}
