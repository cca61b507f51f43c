//! Games in archives and folders, with patches beside them, on discs that are not whole, and cores that lack what they need.

use crate::common::host::{Setup, quiet_command, run_to_end};
use crate::common::{self, Host, LONG, TempDir, content, installed_core, until};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(super) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a file");
        writer.write_all(data).expect("its bytes");
    }
    writer.finish().expect("a zip").into_inner()
}

fn check(home: &TempDir, core: &Path, content: &Path) -> Output {
    let mut command = quiet_command(home);
    command.args(["check", "--json", "--frames", "30", "--core"]).arg(core).arg(content);
    run_to_end(command)
}

/// What it saw, as JSON.
fn seen(home: &TempDir, core: &Path, content: &Path) -> Value {
    let output = check(home, core, content);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// The sentence of a refusal.
fn refused(home: &TempDir, core: &Path, content: &Path) -> String {
    let output = check(home, core, content);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some_and(|code| code != 0) && !said.contains("panicked"), "{said}");
    // Before it there may be what the core prints.
    said.lines().last().unwrap_or_default().to_owned()
}

fn nes_game() -> Vec<u8> {
    fs::read("/usr/share/nes/efp.nes").expect("the package efp is installed")
}

/// The size that the fixture drew, which its content says.
fn size(seen: &Value) -> (u64, u64) {
    let size = &seen["sizes"][0];
    (size["width"].as_u64().unwrap_or(0), size["height"].as_u64().unwrap_or(0))
}

fn notices(host: &Host) -> Vec<String> {
    let events = host.events();
    let notices = events.iter().filter(|event| event["event"] == "notice");
    notices.filter_map(|event| event["text"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_zip_with_one_game_is_that_game() {
    let home = Arc::new(TempDir::new());
    let archive = home.file("Any name.zip", &zip(&[("efp.nes", &nes_game()), ("read me.txt", b"words")]));
    let mut host = Setup::core(&installed_core("nestopia")).home(home.clone()).content(&archive).start();
    assert_eq!(host.ready()["game"], "efp");
    host.stats_when("frames", LONG, |stats| stats["frames_emulated"].as_u64() > Some(10));
    host.assert_alive();
}

#[test]
fn of_several_games_in_a_zip_the_one_that_is_named_runs_and_without_a_name_they_are_listed() {
    let home = TempDir::new();
    let core = installed_core("nestopia");
    let archive = home.file("set.zip", &zip(&[("USA/a.nes", &nes_game()), ("b.nes", &nes_game())]));
    let said = refused(&home, &core, &archive);
    assert!(
        said.contains("several games in set.zip: USA/a.nes, b.nes.") && said.contains("set.zip#USA/a.nes"),
        "{said}"
    );
    let named = |inner: &str| PathBuf::from(format!("{}#{inner}", archive.display()));
    assert_eq!(size(&seen(&home, &core, &named("USA/a.nes"))), (256, 224));
    assert!(refused(&home, &core, &named("c.nes")).contains("There is no c.nes in set.zip."));
    // A file that is really called so.
    let odd = home.file("odd.zip#b.nes", &nes_game());
    assert_eq!(size(&seen(&home, &core, &odd)), (256, 224));
}

#[test]
fn an_archive_that_could_do_harm_is_refused_with_one_sentence() {
    let home = TempDir::new();
    let core = installed_core("nestopia");
    let game = nes_game();
    let whole = zip(&[("x/game.nes", &game)]);
    let mut escapes = whole.clone();
    while let Some(at) = escapes.windows(10).position(|it| it == b"x/game.nes") {
        escapes[at..at + 10].copy_from_slice(b"../ame.nes");
    }
    for (data, words) in [
        (&escapes[..], "would land elsewhere"),
        (&whole[..whole.len() - 40], "is damaged or no archive"),
        (&zip(&[("inner.zip", &whole)]), "another archive"),
        (&zip(&[("words.txt", b"x")]), "nothing in game.zip that a core"),
        (b"no archive at all", "is damaged or no archive"),
    ] {
        let said = refused(&home, &core, &home.file("game.zip", data));
        assert!(said.contains(words) && said.contains("game.zip"), "{said}");
    }
}

#[test]
fn a_disc_with_its_tracks_in_a_zip_is_one_game_and_leaves_nothing_behind() {
    let home = Arc::new(TempDir::new());
    let psx = content::psx(&home);
    let track = fs::read(psx.disc.with_extension("bin")).expect("a track");
    let sheet = fs::read(&psx.disc).expect("a sheet");
    let archive = home.file("Disc.zip", &zip(&[("Disc/modes.bin", &track), ("Disc/modes.cue", &sheet)]));
    let mut host = Setup::core(&installed_core("mednafen_psx")).home(home.clone()).content(&archive).start();
    let game = host.ready()["game"].clone();
    assert_eq!(game, "modes");
    let unpacked = || home.files().into_iter().filter(|path| path.to_string_lossy().contains("/temporary/"));
    assert!(unpacked().any(|path| path.ends_with("content/modes.bin")), "{:?}", home.files());
    // After a crash it is there already.
    let core_pid = host.ready()["core_pid"].as_u64().expect("a number") as u32;
    common::signal(core_pid, Signal::KILL);
    host.wait_for("core_restarted", LONG);
    host.end_by(Signal::TERM);
    let left: Vec<PathBuf> = unpacked().filter(|path| path.file_name() != Some(".lock".as_ref())).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_game_keeps_its_save_whether_it_is_packed_or_not() {
    let home = Arc::new(TempDir::new());
    let game = b"fixture_save_ram=on\n";
    let archive = home.file("set.zip", &zip(&[("G.fixture", game), ("H.fixture", b"fixture_save_ram=on\n\n")]));
    let saves = || {
        let names = home.files().into_iter().filter(|path| path.extension().is_some_and(|it| it == "srm"));
        let names = names.filter(|path| !path.to_string_lossy().contains(".versions"));
        let mut names: Vec<String> =
            names.map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let play = |content: &Path, expected: &[&str]| {
        let _host = Setup::fixture().home(home.clone()).content(content).start();
        until("the save", LONG, || (saves() == expected).then_some(()));
    };
    play(&PathBuf::from(format!("{}#G.fixture", archive.display())), &["G.srm"]);
    play(&home.file("G.fixture", game), &["G.srm"]);
    play(&PathBuf::from(format!("{}#H.fixture", archive.display())), &["G.srm", "H.srm"]);
    // A patched game is another one.
    home.file("G.ips", b"PATCH\x00\x00\x14\x00\x01\nEOF");
    play(&home.path().join("G.fixture"), &["G (2).srm", "G.srm", "H.srm"]);
}

#[test]
fn the_process_that_looks_into_content_opens_what_belongs_to_it_and_nothing_else() {
    const PATCH: &[u8] = b"PATCH\x00\x00\x0d\x00\x03320EOF";
    let (home, elsewhere) = (TempDir::new(), TempDir::new());
    let game = home.file("G.fixture", b"fixture_size=256x240\n");
    let identity = || {
        let mut command = quiet_command(&home);
        command.args([hotseat::content::process::SUBCOMMAND, "identity"]).arg(&game);
        let output = run_to_end(command);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let plain = identity();
    let patch = home.file("G.ips", PATCH);
    assert_ne!(identity(), plain, "the patch counts");
    fs::remove_file(&patch).expect("removed");
    // A link that came with a game, to what has nothing to do with it.
    std::os::unix::fs::symlink(elsewhere.file("other", PATCH), &patch).expect("a link");
    assert_eq!(identity(), plain);
}

#[test]
fn a_patch_beside_a_game_is_seen_in_the_picture_and_the_game_stays_as_it_was() {
    let home = Arc::new(TempDir::new());
    let game = b"fixture_size=256x240\n";
    let file = home.file("G.fixture", game);
    let fixture = common::built_core("fixture");
    assert_eq!(size(&seen(&home, &fixture, &file)), (256, 240));
    // At byte 13, three bytes.
    home.file("G.ips", b"PATCH\x00\x00\x0d\x00\x03320EOF");
    let patched = seen(&home, &fixture, &file);
    assert_eq!(size(&patched), (320, 240));
    assert!(patched["messages"].to_string().contains("G.fixture is played with the patch G.ips."), "{patched}");
    assert_eq!(fs::read(&file).expect("it is there"), game);
    // In an archive it lies beside that.
    let archive = home.file("set.zip", &zip(&[("G.fixture", game)]));
    assert_eq!(size(&seen(&home, &fixture, &PathBuf::from(format!("{}#G.fixture", archive.display())))), (320, 240));
    let host = Setup::fixture().home(home.clone()).content(&file).start();
    until("the notice", LONG, || notices(&host).iter().any(|text| text.contains("the patch G.ips")).then_some(()));
}

#[test]
fn a_patch_that_is_for_another_game_is_named_and_the_game_starts_without_it() {
    let home = TempDir::new();
    let file = home.file("G.fixture", b"fixture_size=256x240\n");
    let fixture = common::built_core("fixture");
    let mut patch = b"BPS1\x81\x81\x80".to_vec();
    patch.extend([0x80; 4]);
    patch.extend([1; 8]);
    let sum = crc32fast::hash(&patch);
    patch.extend(sum.to_le_bytes());
    home.file("G.bps", &patch);
    let seen = seen(&home, &fixture, &file);
    assert_eq!(size(&seen), (256, 240));
    let messages = seen["messages"].to_string();
    assert!(messages.contains("without the patch G.bps: it is made for another version of the game."), "{messages}");
}

#[test]
fn a_core_that_opens_files_itself_gets_a_patched_copy_an_unpacked_file_or_a_folder() {
    let home = TempDir::new();
    let core = content::c_core(&home, "opens_core");
    home.file("opens_libretro.info", b"display_name = \"Opens\"\nsupported_extensions = \"opens|/\"\n");
    let told = |content: &Path| seen(&home, &core, content)["messages"].to_string();
    let file = home.file("G.opens", b"as it was");
    assert!(told(&file).contains("G.opens: as it was"), "{}", told(&file));
    let archive = home.file("set.zip", &zip(&[("x/H.opens", b"packed"), ("x/other.txt", b"x")]));
    let unpacked = told(&archive);
    assert!(unpacked.contains("/temporary/content/H.opens: packed"), "{unpacked}");
    home.file("G.ips", b"PATCH\x00\x00\x00\x00\x02ohEOF");
    let patched = told(&file);
    assert!(patched.contains("/temporary/patched/G.opens: oh it was"), "{patched}");
    assert_eq!(fs::read(&file).expect("it is there"), b"as it was");
    assert!(told(home.path()).contains(&format!("folder {}", home.path().display())));
}

#[test]
fn a_folder_with_one_game_in_it_is_that_game() {
    let home = TempDir::new();
    let core = installed_core("nestopia");
    let folder = home.path().join("Game");
    fs::create_dir_all(&folder).expect("a folder");
    assert!(refused(&home, &core, &folder).contains("Game is a folder"));
    fs::write(folder.join("efp.nes"), nes_game()).expect("a file");
    fs::write(folder.join("cover.jpg"), b"x").expect("a file");
    assert_eq!(size(&seen(&home, &core, &folder)), (256, 224));
    fs::write(folder.join("other.nes"), nes_game()).expect("a file");
    let said = refused(&home, &core, &folder);
    assert!(said.contains("several games: efp.nes, other.nes."), "{said}");
}

#[test]
fn a_disc_that_is_cut_short_is_named_and_no_core_sees_it() {
    let home = TempDir::new();
    let psx = content::psx(&home);
    let core = installed_core("mednafen_psx");
    let track = psx.disc.with_extension("bin");
    let whole = fs::read(&track).expect("a track");
    fs::write(&track, &whole[..16 * 2352]).expect("it is written");
    let said = refused(&home, &core, &psx.disc);
    assert!(said.starts_with("modes.bin is cut short: it has 37632 of at least 39984 bytes."), "{said}");
    fs::remove_file(&track).expect("it is there");
    let said = refused(&home, &core, &psx.disc);
    assert!(said.starts_with("modes.cue names the file modes.bin, which is not beside it"), "{said}");
    fs::write(&psx.disc, format!("FILE \"{}.bin\" BINARY\n", "A".repeat(5000))).expect("it is written");
    assert!(refused(&home, &core, &psx.disc).contains("longer than any may be"));
}

#[test]
fn files_of_the_real_machine_that_are_missing_or_wrong_are_named_with_their_checksum_and_folder() {
    let home = Arc::new(TempDir::new());
    let psx = content::psx(&home);
    let core = installed_core("mednafen_psx");
    let wrong = seen(&home, &core, &psx.disc)["messages"].to_string();
    assert!(
        wrong.contains("scph5501.bin (md5 ") && wrong.contains("instead of 490f666e1afb15b7362b406ed1cea246"),
        "{wrong}"
    );
    fs::remove_file(psx.system_dir.join("scph5501.bin")).expect("it is there");
    let missing = ["scph5501.bin (md5 490f666e1afb15b7362b406ed1cea246)", "data/hotseat/system"];
    let said = refused(&home, &core, &psx.disc);
    assert!(missing.iter().all(|words| said.contains(words)), "{said}");
    let output = Setup::core(&core).home(home.clone()).content(&psx.disc).run_to_end();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(missing.iter().all(|words| said.contains(words)), "{said}");
    let mut command = quiet_command(&home);
    command.args(["cores", "--json"]);
    let listed: Value = serde_json::from_slice(&run_to_end(command).stdout).expect("one JSON object");
    let cores = listed["cores"].as_array().expect("a list");
    let mut all = cores.iter().flat_map(|core| core["firmware"].as_array().into_iter().flatten());
    assert!(all.any(|file| file["path"] == "scph5501.bin" && file["state"] == "missing" && file["optional"] == false));
}
