//! Hosts as services of the system: what is shipped for that is understood whole, shuts them in, and takes nothing from a host that it
//! needs.

use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, TempDir, program, until};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const SYSTEM: &str = "hotseat@.service";
const USER: &str = "user/hotseat@.service";

fn unit(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("installers/linux/systemd").join(name);
    std::fs::read_to_string(path).expect("a unit")
}

/// As it will be, but for where the program lies.
fn analyze(arguments: &[&str], name: &str) -> (bool, String) {
    let folder = TempDir::new();
    let text = unit(name).replace("/usr/bin/hotseat", &program().display().to_string());
    let file = folder.file("hotseat@.service", text.as_bytes());
    let mut command = Command::new("systemd-analyze");
    let output = command.args(arguments).arg(&file).env("XDG_RUNTIME_DIR", folder.path()).output();
    let output = output.expect("systemd-analyze");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn systemd_understands_every_line_of_its_units() {
    for (arguments, name) in [(&["verify", "--man=no"][..], SYSTEM), (&["verify", "--man=no", "--user"], USER)] {
        // What it does not know it says, and goes on.
        assert_eq!(analyze(arguments, name), (true, String::new()), "{name}");
    }
}

#[test]
fn a_service_of_the_system_is_shut_in() {
    // Of 10; in tenths. 9.6 is a service without any of it.
    let (shut_in, said) = analyze(&["security", "--offline=yes", "--threshold=20"], SYSTEM);
    assert!(shut_in, "{said}");
}

/// The names in each of systemd's groups of system calls; of other groups in it, theirs.
fn groups() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new("systemd-analyze").arg("syscall-filter").output().expect("systemd-analyze");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines() {
        let name = line.trim();
        if name.starts_with('@') && !line.starts_with(' ') {
            last = name.to_owned();
        } else if !name.is_empty() && !name.starts_with('#') {
            groups.entry(last.clone()).or_default().insert(name.to_owned());
        }
    }
    groups
}

fn expanded(name: &str, groups: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    if !name.starts_with('@') {
        return [name.to_owned()].into();
    }
    let of_group = groups.get(name).unwrap_or_else(|| panic!("systemd has no group {name}"));
    of_group.iter().flat_map(|name| expanded(name, groups)).collect()
}

/// As systemd reads the lines: each adds to what is allowed, or takes away.
fn allowed() -> BTreeSet<String> {
    let groups = groups();
    let mut allowed = expanded("@default", &groups);
    for line in unit(SYSTEM).lines().filter_map(|line| line.strip_prefix("SystemCallFilter=")) {
        let (take, names) = match line.strip_prefix('~') {
            Some(names) => (true, names),
            None => (false, line),
        };
        for name in names.split_whitespace().flat_map(|name| expanded(name, &groups)) {
            if take {
                allowed.remove(&name)
            } else {
                allowed.insert(name)
            };
        }
    }
    allowed
}

#[test]
fn a_host_and_its_core_need_no_system_call_that_the_service_does_not_allow() {
    let _alone = common::alone();
    let allowed = allowed();
    assert!(allowed.len() > 150 && !allowed.contains("mount") && !allowed.contains("ptrace"), "{allowed:?}");
    let folder = TempDir::new();
    let calls = folder.path().join("calls");
    let script = format!("exec strace -f -qq -s 0 -o '{}' '{}' \"$@\"", calls.display(), program().display());
    let mut host: Host = Setup::demo().within(&["sh", "-euc", &script]).start();
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.wait_for_picture();
    let before = browser.frames_shown();
    until("more of the game", LONG, || (browser.frames_shown() > before + 10).then_some(()));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 0);
    let text = std::fs::read(&calls).expect("calls");
    let text = String::from_utf8_lossy(&text);
    let mut made: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines() {
        // "PID name(arguments", or what is no call: a signal, an end, the rest of a call that began before.
        let Some((call, _)) = line.split_once(' ').and_then(|(_, call)| call.trim_start().split_once('(')) else {
            continue;
        };
        if call.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            made.insert(call, line);
        }
    }
    assert!(made.contains_key("landlock_restrict_self") && made.contains_key("seccomp"), "the core is held: {made:?}");
    let refused: Vec<_> = made.iter().filter(|(call, _)| !allowed.contains(**call)).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}
