//! The library from outside: folders with archives, discs and harmful files, looked through by the real program.

use crate::common::TempDir;
use crate::common::host::{quiet_command, run_to_end};
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a file");
        writer.write_all(data).expect("its bytes");
    }
    writer.finish().expect("a zip").into_inner()
}

fn put(home: &TempDir, name: &str, data: &[u8]) -> PathBuf {
    let path = home.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, data).expect("a file");
    path
}

fn listed(home: &TempDir, arguments: &[&str], folder: &Path) -> Value {
    let mut command = quiet_command(home);
    command.args(["library", "--json"]).args(arguments).arg(folder);
    let output = run_to_end(command);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// A zip whose directory says that it becomes 4 GB.
fn bomb() -> Vec<u8> {
    let mut data = zip(&[("Bomb.nes", &vec![0; 1 << 20])]);
    let at = data.windows(4).rposition(|it| it == b"PK\x01\x02").expect("a directory");
    data[at + 24..at + 28].copy_from_slice(&0xfff0_0000_u32.to_le_bytes());
    data
}

#[test]
fn games_in_archives_have_the_identity_that_they_have_outside_and_harmful_ones_are_passed_over() {
    let home = TempDir::new();
    put(&home, "games/nes/Tale (USA).nes", b"a tale");
    put(&home, "games/a/Packed.zip", &zip(&[("Tale (Japan) (Rev 1).nes", b"a tale"), ("read me.txt", b"words")]));
    put(&home, "games/a/Two.zip", &zip(&[("x/Song.gb", b"a song"), ("Story.sfc", b"a story")]));
    put(&home, "games/a/bad.zip", b"PK\x03\x04 and nothing");
    put(&home, "games/a/bomb.zip", &bomb());
    put(&home, "games/a/escape.zip", &zip(&[("../../Escape.nes", b"x")]));
    for n in 0..60 {
        put(&home, &format!("games/more/{n:02}.zip"), &zip(&[(&format!("More {n:02}.nes"), &[n; 9])]));
    }
    let list = listed(&home, &[], &home.path().join("games"));
    let games = list["games"].as_array().expect("games");
    let by = |title: &str| games.iter().filter(|it| it["title"] == title).collect::<Vec<_>>();
    let tales = by("Tale");
    assert_eq!(tales.len(), 2, "{list}");
    assert_eq!(tales[0]["identity"], tales[1]["identity"]);
    assert_eq!(tales[0]["identity"].as_str().map(str::len), Some(64));
    let packed = tales.iter().find(|it| it["region"] == "Japan").expect("the packed one");
    assert_eq!(packed["revision"], "Rev 1");
    assert!(packed["path"].as_str().is_some_and(|it| it.ends_with("/a/Packed.zip#Tale (Japan) (Rev 1).nes")));
    assert_eq!(by("Song")[0]["system"], "Nintendo - Game Boy");
    assert_eq!(games.iter().filter(|it| it["title"].as_str().is_some_and(|it| it.starts_with("More"))).count(), 60);
    assert_eq!(games.len(), 64, "nothing of the harmful ones");
}

#[test]
fn a_list_names_games_and_discs_are_one_and_the_library_remembers_nothing_of_folders_that_are_only_named() {
    let home = TempDir::new();
    put(&home, "games/x.nes", b"a tale");
    put(&home, "games/psx/Saga (Disc 1).chd", b"one");
    put(&home, "games/psx/Saga (Disc 2).chd", b"two");
    let crc = crc32fast::hash(b"a tale");
    let list = format!("<datafile><game name=\"Tale of Fire (World)\"><rom crc=\"{crc:08x}\"/></game></datafile>");
    put(&home, "dats/nes.xml", list.as_bytes());
    put(&home, "dats/bad.dat", b"nothing");
    let dats = home.path().join("dats");
    let list = listed(&home, &["--dats", dats.to_str().expect("a path")], &home.path().join("games"));
    let titles: Vec<_> = list["games"].as_array().expect("games").iter().map(|it| it["title"].clone()).collect();
    assert_eq!(titles, ["Saga", "Tale of Fire"]);
    assert_eq!(list["games"][0]["discs"].as_array().map(Vec::len), Some(2));
    assert_eq!(list["notices"][0], "bad.dat is no list of games.");
    let mut command = quiet_command(&home);
    command.args(["library", "--json"]);
    let remembered: Value = serde_json::from_slice(&run_to_end(command).stdout).expect("JSON");
    assert_eq!(remembered["games"], serde_json::json!([]));
}
