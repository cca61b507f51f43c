//! What people download: it is unpacked or installed, plays the game that comes with it, and goes away again.

use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, TempDir, program, until};
use crate::window::{Desktop, SLOW};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const ID: &str = "app.hotseat.Hotseat";

fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_owned();
    let output = command.output().unwrap_or_else(|error| panic!("{} does not start: {error}", name.display()));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{}", said(&output.stdout), said(&output.stderr));
    output
}

fn shell(script: &str, arguments: &[&Path]) -> Output {
    run(Command::new("sh").args(["-euc", script, "sh"]).args(arguments))
}

/// The Debian package and the archive, packed in a hurry.
fn packages(to: &Path) -> [PathBuf; 2] {
    let built = program();
    let script = Path::new(ROOT).join("installers/linux/package");
    let made = run(Command::new(script).arg(built.parent().expect("a folder")).arg(to).env("XZ_LEVEL", "0"));
    println!("{}", String::from_utf8_lossy(&made.stdout));
    ["deb", "xz"].map(|ending| {
        let found = std::fs::read_dir(to).expect("a folder").filter_map(Result::ok).map(|file| file.path());
        let found: Vec<PathBuf> = found.filter(|path| path.extension().is_some_and(|it| it == ending)).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    })
}

/// The program started by this shell script, which has its arguments in `$@`, hosts the demo to Chromium.
fn plays_the_demo(script: &str) {
    let mut host: Host = Setup::demo().within(&["sh", "-euc", script]).start();
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.wait_for_picture();
    let before = browser.frames_shown();
    until("more of the game", LONG, || (browser.frames_shown() > before + 30).then_some(()));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 0);
    host.assert_alive();
}

#[test]
fn the_package_and_the_archive_play_the_demo_from_any_folder() {
    let _alone = common::alone();
    let folder = TempDir::new();
    let [deb, archive] = packages(folder.path());
    let installed = folder.path().join("a root");
    shell("dpkg-deb -x \"$1\" \"$2\"", &[&deb, &installed]);
    plays_the_demo(&format!("exec '{}/usr/bin/hotseat' \"$@\"", installed.display()));

    let manual = installed.join("usr/share/man/man1");
    for page in ["hotseat", "hotseat-host", "hotseat-meet"] {
        let page = manual.join(format!("{page}.1.gz"));
        let said = shell("gzip -dc \"$1\" | groff -man -Tutf8 -ww -z 2>&1", &[&page]).stdout;
        assert!(said.is_empty(), "{}", String::from_utf8_lossy(&said));
    }
    let completions = installed.join("usr/share/bash-completion/completions/hotseat");
    let hosts = "bash -c '. \"$1\"; COMP_WORDS=(hotseat ho); COMP_CWORD=1; _hotseat hotseat ho hotseat; echo \"${COMPREPLY[@]}\"' sh \"$1\"";
    assert_eq!(String::from_utf8_lossy(&shell(hosts, &[&completions]).stdout).trim(), "host");
    for service in ["system", "user"] {
        assert!(installed.join(format!("usr/lib/systemd/{service}/hotseat@.service")).is_file(), "{service}");
    }

    let unpacked = folder.path().join("any folder");
    shell("mkdir \"$2\" && tar -xf \"$1\" -C \"$2\" --strip-components=1", &[&archive, &unpacked]);
    plays_the_demo(&format!("exec '{}/hotseat' \"$@\"", unpacked.display()));
    let linked = run(Command::new("ldd").arg(unpacked.join("hotseat"))).stdout;
    let linked = String::from_utf8_lossy(&linked);
    let own = |library: &str| linked.lines().any(|line| line.contains(library) && line.contains("any folder/lib/"));
    assert!(own("libvpx.so") && own("libx264.so"), "the archive brings its encoders: {linked}");

    let licences = std::fs::read_to_string(unpacked.join("LICENCES")).expect("licences");
    for part in ["str0m ", "egui ", "Apache License", "libvpx", "libx264"] {
        assert!(licences.contains(part), "{part}");
    }
}

#[test]
fn a_menu_entry_comes_and_goes_and_starts_the_program_where_it_lies() {
    let folder = TempDir::new();
    let here = folder.path().join("with a space");
    let from = Path::new(ROOT).join("installers/linux/desktop");
    shell(
        "mkdir -p \"$2/share\" && cp \"$1/menu-entry\" \"$2\" && cp \"$1/\"*.desktop \"$2/share\" && cp \"$3\" \"$2/share/app.hotseat.Hotseat.svg\"",
        &[&from, &here, &Path::new(ROOT).join("assets/icon.svg")],
    );
    let data = folder.path().join("data");
    let entry =
        |argument: &[&str]| run(Command::new(here.join("menu-entry")).args(argument).env("XDG_DATA_HOME", &data));
    entry(&[]);
    let written = data.join(format!("applications/{ID}.desktop"));
    run(Command::new("desktop-file-validate").arg(&written));
    let text = std::fs::read_to_string(&written).expect("an entry");
    assert!(text.contains(&format!("Exec=\"{}\" %f\n", here.join("hotseat").display())), "{text}");
    entry(&["--remove"]);
    let left = run(Command::new("find").arg(&data).args(["-type", "f"])).stdout;
    assert!(left.is_empty(), "{}", String::from_utf8_lossy(&left));
}

#[test]
fn what_desktops_are_told_is_valid_and_of_this_version() {
    let desktop = Path::new(ROOT).join("installers/linux/desktop");
    run(Command::new("desktop-file-validate").arg(desktop.join(format!("{ID}.desktop"))));
    let about = desktop.join(format!("{ID}.metainfo.xml"));
    run(Command::new("appstreamcli").args(["validate", "--no-net"]).arg(&about));
    let about = std::fs::read_to_string(about).expect("metainfo");
    let version = concat!("<release version=\"", env!("CARGO_PKG_VERSION"), "\"");
    let newest = about.find("<release ").expect("a release");
    assert!(about[newest..].starts_with(version), "the newest release is {version}");
}

/// Runs a command in a system that lies in a folder, with mounts of its own: they are gone with it.
const ENTER: &str = r#"#!/bin/sh
set -eu
exec unshare --mount sh -euc '
root=$1
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mkdir "$root/tmp/.X11-unix"
[ ! -d /tmp/.X11-unix ] || mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
exec chroot "$root" "$@"
' sh "$@"
"#;

#[test]
#[ignore = "installs a Debian from the network, as root: make test-dist"]
fn the_package_installs_in_a_clean_debian_plays_and_leaves_nothing() {
    let _alone = common::alone();
    let folder = TempDir::new();
    let [deb, _] = packages(folder.path());
    let root = folder.path().join("debian");
    shell(
        "unshare --mount debootstrap --variant=minbase bookworm \"$1\" >\"$1.log\" 2>&1 || { cat \"$1.log\"; exit 1; }",
        &[&root],
    );
    shell("cp \"$1\" \"$2/hotseat.deb\"", &[&deb, &root]);
    let enter = folder.file("enter", ENTER.as_bytes());
    let inside = |script: &str| {
        let output = run(Command::new("sh").arg(&enter).arg(&root).args(["sh", "-euc", script]));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    // Services that come along are not started: processes are those of this machine.
    shell(
        "printf '#!/bin/sh\\nexit 101\\n' >\"$1/usr/sbin/policy-rc.d\" && chmod 755 \"$1/usr/sbin/policy-rc.d\"",
        &[&root],
    );
    inside("apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install /hotseat.deb");
    assert_eq!(inside("hotseat --version"), concat!("hotseat ", env!("CARGO_PKG_VERSION")));
    println!("{}", inside("hotseat doctor 2>&1 || true"));
    println!("{}", inside("du -sh /usr/lib/hotseat"));

    plays_the_demo(&format!("exec sh '{}' '{}' hotseat \"$@\"", enter.display(), root.display()));

    let desktop = Desktop::new(false);
    let mut window = Command::new("sh");
    window.arg(&enter).arg(&root).args(["hotseat", "--core", "/usr/lib/hotseat/libarena_libretro.so"]);
    let opened = desktop.start(window.env("HOME", "/root"));
    until("the window of the program that was installed", SLOW, || desktop.has_window("Hotseat").then_some(()));
    // Nothing but black is a window that does not draw.
    until("the game in the window", SLOW, || {
        let colours: HashSet<u8> = desktop.screenshot().into_iter().collect();
        (colours.len() > 20).then_some(())
    });
    drop(opened);

    inside("apt-get -q -y purge hotseat");
    let left = inside(
        "find / -xdev -iname '*hotseat*' -not -name hotseat.deb -not -path '/var/lib/apt/*' -not -path '/root/*'",
    );
    assert_eq!(left, "");
}
