//! What lasts when a game is closed, and whose it is.

use crate::common::host::Setup;
use crate::common::{Host, LONG, TempDir, content, until};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::sync::Arc;

/// The text of a notice that begins like this.
fn notice(host: &Host, begins: &str) -> String {
    until("a notice", LONG, || {
        let events = host.events();
        let texts = events.iter().filter(|event| event["event"] == "notice").filter_map(|event| event["text"].as_str());
        texts.map(str::to_owned).find(|text| text.starts_with(begins))
    })
}

#[test]
fn the_clock_of_a_cartridge_goes_on_where_it_stood() {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, "asks_core");
    let host = Setup::core(&core).home(home.clone()).option("asks_tick", "on").start();
    assert_eq!(notice(&host, "the clock was"), "the clock was 0, the save was 0");
    let is_there = |ending: &str| home.files().iter().any(|path| path.to_string_lossy().ends_with(ending));
    until("both files", LONG, || (is_there(".srm") && is_there(".rtc")).then_some(()));
    drop(host);
    let file = |ending: &str| {
        let path = home.files().into_iter().find(|path| path.to_string_lossy().ends_with(ending));
        fs::read(path.unwrap_or_else(|| panic!("{ending}"))).expect("it can be read")
    };
    let (clock, save) = (file(".rtc")[0], file(".srm")[0]);
    assert!(clock > 0 && save == 1, "{clock} {save}");
    let host = Setup::core(&core).home(home).option("asks_tick", "off").start();
    assert_eq!(notice(&host, "the clock was"), format!("the clock was {clock}, the save was 1"));
}

/// A fixture that saves, in a folder of its own.
fn fixture(home: &TempDir, folder: &str, name: &std::ffi::OsStr, size: &str) -> std::path::PathBuf {
    let folder = home.path().join("roms").join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, format!("fixture_save_ram=on\nfixture_size={size}\n")).expect("a file");
    path
}

fn saves(home: &TempDir) -> Vec<String> {
    let names = home.files().into_iter().filter(|path| path.extension().is_some_and(|it| it == "srm"));
    let name = |path: std::path::PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut names: Vec<String> = names.filter(|path| !path.to_string_lossy().contains(".versions")).map(name).collect();
    names.sort();
    names
}

fn play(home: &Arc<TempDir>, content: &Path) -> Host {
    Setup::fixture().home(home.clone()).content(content).start()
}

fn play_until_saved(home: &Arc<TempDir>, content: &Path, count: usize) {
    let _host = play(home, content);
    until("the save", LONG, || (saves(home).len() == count).then_some(()));
}

#[test]
fn two_games_of_one_name_do_not_share_a_save() {
    let home = Arc::new(TempDir::new());
    let one = fixture(&home, "a", "G.fixture".as_ref(), "256x240");
    let other = fixture(&home, "b", "G.fixture".as_ref(), "320x240");
    play_until_saved(&home, &one, 1);
    play_until_saved(&home, &other, 2);
    assert_eq!(saves(&home), ["G (2).srm", "G.srm"]);
    play_until_saved(&home, &one, 2);
}

#[test]
fn a_name_that_is_no_text_is_opened_and_saved() {
    let home = Arc::new(TempDir::new());
    let latin_1 = OsString::from_vec(b"Pok\xe9mon.fixture".to_vec());
    let content = fixture(&home, "latin", &latin_1, "256x240");
    play_until_saved(&home, &content, 1);
}

#[test]
fn a_second_host_on_one_save_says_so_and_leaves_it_alone() {
    let home = Arc::new(TempDir::new());
    let content = fixture(&home, "a", "G.fixture".as_ref(), "256x240");
    let mut first = play(&home, &content);
    let second = play(&home, &content);
    assert!(notice(&second, "Another Hotseat has this game open.").contains("not saved"));
    drop(second);
    until("the save", LONG, || (saves(&home).len() == 1).then_some(()));
    first.assert_alive();
}

#[test]
fn an_earlier_save_is_put_back_by_command() {
    let home = Arc::new(TempDir::new());
    let content = fixture(&home, "a", "G.fixture".as_ref(), "256x240");
    play_until_saved(&home, &content, 1);
    let path = home.files().into_iter().find(|path| path.ends_with("G.srm")).expect("a save");
    let before = fs::read(&path).expect("it can be read");
    // The next evening's save puts this one aside.
    let mut host = play(&home, &content);
    let stats = host.stats_when("a version", LONG, |stats| {
        stats["save_versions"].as_array().is_some_and(|versions| !versions.is_empty())
    });
    let version = &stats["save_versions"][0]["version"];
    let kept = path.with_file_name(".versions").join("G").join(format!("{version}.srm"));
    assert_eq!(fs::read(kept).expect("the version"), before);
    host.command(&format!(r#"{{"command":"put_back_save","version":{version}}}"#));
    let restarted: Value = host.wait_for("core_restarted", LONG);
    assert_eq!(restarted["revived"], false);
    notice(&host, "The earlier save is back");
}
