//! What cannot be run is refused with one sentence that names it.

use crate::common::host::{Setup, quiet_command, run_to_end};
use crate::common::{TempDir, built_core, installed_core};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

/// The one sentence of a refusal.
fn sentence(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it ended with success: {stderr}");
    assert!(output.status.code().is_some(), "it was ended by a signal ({}): {stderr}", output.status);
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(stderr.lines().count(), 1, "more or less than one line: {stderr}");
    assert!(stderr.trim_end().ends_with(['.', ')']), "no sentence: {stderr}");
    stderr
}

fn refused(setup: Setup, names: &[&str]) {
    let said = sentence(&setup.run_to_end());
    for name in names {
        assert!(said.contains(name), "`{name}` is not in: {said}");
    }
}

fn nestopia(content: &Path) -> Setup {
    Setup::core(&installed_core("nestopia")).content(content)
}

/// Bytes without meaning, the same every time.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn a_text_file_is_no_core() {
    let dir = TempDir::new();
    refused(
        Setup::core(&dir.file("words_libretro.so", b"These are words.\n")),
        &["words_libretro.so", "not a libretro core"],
    );
}

#[test]
fn a_program_is_no_core() {
    refused(Setup::core(Path::new("/bin/sh")), &["sh is not a libretro core"]);
}

#[test]
fn another_library_is_no_core() {
    let libraries =
        std::fs::read_dir("/lib/x86_64-linux-gnu").into_iter().flatten().flatten().map(|entry| entry.path());
    let Some(library) = libraries.into_iter().find(|path| path.to_string_lossy().contains("/libz.so.1")) else {
        return;
    };
    refused(Setup::core(&library), &["libz.so.1", "not a libretro core"]);
}

#[test]
fn a_core_for_another_machine_is_named_as_such() {
    let dir = TempDir::new();
    let mut core = std::fs::read(built_core("fixture")).expect("the core can be read");
    // e_machine: AArch64, or on that x86-64.
    let other: u16 = if core[18] == 183 { 62 } else { 183 };
    core[18..20].copy_from_slice(&other.to_le_bytes());
    refused(Setup::core(&dir.file("foreign_libretro.so", &core)), &["foreign_libretro.so", "is made for"]);
}

#[test]
fn the_beginning_of_a_core_is_refused() {
    let dir = TempDir::new();
    let core = std::fs::read(built_core("fixture")).expect("the core can be read");
    // Up to the middle of its code; what is cut off later may be nothing that is needed to run.
    for len in [60, 1000, 20_000, 100_000] {
        refused(Setup::core(&dir.file("part_libretro.so", &core[..len])), &["part"]);
    }
}

#[test]
fn a_core_that_is_not_there_is_named() {
    refused(Setup::core(Path::new("/nowhere/missing_libretro.so")), &["missing_libretro.so"]);
}

#[test]
fn content_that_the_core_does_not_take_is_named() {
    let dir = TempDir::new();
    refused(nestopia(&dir.file("noise.nes", &noise(40_000))), &["noise.nes"]);
}

#[test]
fn content_without_a_core_for_it_is_named() {
    let dir = TempDir::new();
    let content = dir.file("letter.docx", b"Dear friend");
    let mut command = quiet_command(&dir);
    command.args(["host", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"]).arg(content);
    let said = sentence(&run_to_end(command));
    assert!(said.contains("letter.docx"), "{said}");
}

#[test]
fn empty_content_is_named() {
    let dir = TempDir::new();
    refused(nestopia(&dir.file("empty.nes", b"")), &["empty.nes", "empty"]);
}

#[test]
fn missing_content_is_named() {
    refused(nestopia(Path::new("/nowhere/game.nes")), &["game.nes"]);
}

#[test]
fn a_folder_is_no_content() {
    let dir = TempDir::new();
    let folder = dir.path().join("folder.nes");
    std::fs::create_dir(&folder).expect("a folder");
    refused(nestopia(&folder), &["folder.nes", "folder"]);
}

#[test]
fn content_that_does_not_fit_into_memory_is_named() {
    let dir = TempDir::new();
    let path = dir.file("large.nes", b"NES\x1a");
    // Sparse: it takes no room on the disc.
    std::fs::File::options().write(true).open(&path).and_then(|file| file.set_len(1 << 40)).expect("a large file");
    refused(nestopia(&path), &["large.nes", "does not fit into memory"]);
}

#[test]
fn content_in_a_folder_that_may_not_be_read_is_named() {
    let dir = TempDir::new();
    let allow =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
    allow(dir.path(), 0o777);
    let locked = dir.path().join("locked");
    std::fs::create_dir(&locked).expect("a folder");
    std::fs::write(locked.join("game.nes"), b"NES\x1a").expect("a file");
    allow(&locked, 0o000);
    let mut command = quiet_command(&dir);
    // The administrator may read everything: then it is tried as the user `nobody`, who may not look into the administrator's folder
    // where the program may lie.
    if rustix::process::geteuid().is_root() {
        let copy = dir.path().join("hotseat");
        std::fs::copy(command.get_program(), &copy).expect("a copy of the program");
        command = Command::new(copy);
        command.uid(65534).gid(65534).env("XDG_DATA_HOME", dir.path().join("data"));
        command.env("XDG_CONFIG_HOME", dir.path().join("config")).env("RUST_BACKTRACE", "0");
    }
    command.args(["host", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0", "--core"]);
    command.arg(installed_core("nestopia")).arg(locked.join("game.nes"));
    let output = run_to_end(command);
    allow(&locked, 0o700);
    let said = sentence(&output);
    assert!(said.contains("game.nes"), "{said}");
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = tcp.local_addr().expect("an address");
    refused(Setup::fixture().http(&address.to_string()), &[&address.port().to_string(), "--http"]);
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = udp.local_addr().expect("an address");
    refused(Setup::fixture().udp(&address.to_string()), &[&address.port().to_string(), "--udp"]);
}

#[test]
fn an_address_of_another_machine_is_named() {
    refused(Setup::fixture().http("192.0.2.1:0"), &["192.0.2.1", "--http"]);
    refused(Setup::fixture().udp("192.0.2.1:0"), &["192.0.2.1", "--udp"]);
}

#[test]
fn an_option_that_the_core_does_not_take_is_named() {
    refused(Setup::fixture().option("fixture_size", "banana"), &["fixture_size", "banana"]);
}

#[test]
fn a_core_that_needs_a_game_says_so() {
    refused(Setup::core(&installed_core("nestopia")), &["needs a game"]);
}

#[test]
fn the_check_tool_refuses_the_same() {
    let dir = TempDir::new();
    for (core, content, name) in [
        (dir.file("words_libretro.so", b"words"), None, "words_libretro.so"),
        (installed_core("nestopia"), Some(dir.file("noise.nes", &noise(40_000))), "noise.nes"),
        (installed_core("nestopia"), Some(dir.file("empty.nes", b"")), "empty.nes"),
        (installed_core("nestopia"), None, "needs a game"),
    ] {
        let mut command = quiet_command(&dir);
        command.args(["check", "--json", "--core"]).arg(core).args(content);
        let said = sentence(&run_to_end(command));
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn a_refusal_is_read_in_the_readers_language() {
    let dir = TempDir::new();
    let words = dir.file("words_libretro.so", b"words");
    for arguments in [&["host", "--json", "--core"][..], &["check", "--core"]] {
        let mut command = quiet_command(&dir);
        command.env("HOTSEAT_LANG", "zh").args(arguments).arg(&words);
        let output = run_to_end(command);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.lines().count() == 1, "{said}");
        assert!(said.contains("words_libretro.so 不是 libretro 核心"), "{said}");
    }
    // Said by the core process.
    let mut command = quiet_command(&dir);
    command.env("HOTSEAT_LANG", "zh").args(["check", "--core"]).arg(installed_core("nestopia"));
    let said = String::from_utf8_lossy(&run_to_end(command).stderr).into_owned();
    assert!(said.contains("需要游戏文件") && said.contains("nes"), "{said}");
}

#[test]
fn arguments_that_make_no_sense_are_refused_without_a_panic() {
    let dir = TempDir::new();
    for arguments in [
        &["host", "--http", "nowhere"][..],
        &["host", "--udp", "127.0.0.1"],
        &["host", "--option", "without-a-value"],
        &["check"],
        &["check", "--frames", "-1"],
        &["fly"],
        &["host", "--no-such-flag"],
    ] {
        let mut command = quiet_command(&dir);
        command.args(arguments);
        let output = run_to_end(command);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some_and(|code| code != 0), "{arguments:?}: {stderr}");
        assert!(!stderr.is_empty() && !stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}
