//! Networks of a test's own, in namespaces, so that nothing else on the machine is touched.

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};

const INSIDE: &str = "HOTSEAT_TEST_INSIDE";

/// A command that must succeed.
pub fn run(line: &str) {
    run_to(line, Stdio::inherit());
}

/// The same of one that says what it did.
pub fn quietly(line: &str) {
    run_to(line, Stdio::null());
}

fn run_to(line: &str, out: Stdio) {
    let words: Vec<&str> = line.split(' ').collect();
    let status = Command::new(words[0]).args(&words[1..]).stdout(out).status();
    let status = status.unwrap_or_else(|error| panic!("{line}: {error}: install the package iproute2"));
    assert!(status.success(), "{line}");
}

/// A command that must succeed, with this on its input.
pub fn feed(words: &[&str], input: &str) {
    let child = Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{words:?}: {error}"));
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("it reads");
    let status = child.wait().expect("it ends");
    assert!(status.success(), "{words:?} with\n{input}");
}

/// Does something in a machine of [`machines`], on a thread of its own; what it starts is there, too.
pub fn at<T: Send>(machine: &str, work: impl FnOnce() -> T + Send) -> T {
    let there = || {
        let place = File::open(format!("/run/netns/{machine}")).expect("the machine is there");
        move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network)).expect("the machine takes us in");
        work()
    };
    let done = std::thread::scope(|scope| scope.spawn(there).join());
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Runs one test of this program again, as root of a user namespace with a network and mounts of its own. `module` is where the
/// test is, by `module_path!()`.
pub fn inside(module: &str, name: &str) -> bool {
    let name = module.split_once("::").map_or(name.to_owned(), |(_, within)| format!("{within}::{name}"));
    again(&["--exact", &name, "--include-ignored", "--nocapture", "--test-threads=1"])
}

/// The same for a whole program, which is started again with these arguments. True in the one that is inside and goes on.
pub fn again(arguments: &[&str]) -> bool {
    if let Some(mark) = std::env::var_os(INSIDE) {
        File::create(mark).expect("a file to say that the test is running");
        return true;
    }
    // With a home of its own: what a test makes a browser believe stays there.
    let home = super::TempDir::new();
    let mark = home.path().join("test-is-running");
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--mount"])
        .arg(std::env::current_exe().expect("our own path"))
        .args(arguments)
        .env(INSIDE, &mark)
        .env("HOME", home.path())
        .status()
        .expect("unshare starts: install the package util-linux");
    assert!(status.success(), "{status}");
    assert!(mark.exists(), "nothing ran with {arguments:?}");
    false
}

/// What has passed an interface of this thread's machine in both directions, in bytes with all headers.
pub fn bytes_passed(interface: &str) -> u64 {
    let table = std::fs::read_to_string("/proc/thread-self/net/dev").expect("the interfaces' figures");
    let line = table.lines().find_map(|line| line.trim().strip_prefix(&format!("{interface}:")));
    // proc_pid_net(5): eight columns of what came, the first of them bytes, and then the same of what went.
    let columns: Vec<u64> =
        line.expect("the interface is there").split_whitespace().filter_map(|it| it.parse().ok()).collect();
    columns[0] + columns[8]
}

/// Makes namespaces with loopback, beside the one that the test is in.
pub fn machines(names: &[&str]) {
    run("mount -t tmpfs none /run");
    run("ip link set lo up");
    for name in names {
        run(&format!("ip netns add {name}"));
        run(&format!("ip netns exec {name} ip link set lo up"));
    }
}

/// A cable between two machines, each end an interface with an address; an empty name is the test's own machine.
pub fn cable(ends: [(&str, &str, &str); 2]) {
    let [(first, interface, _), (second, other, _)] = ends;
    let at = |machine: &str| if machine.is_empty() { String::new() } else { format!("ip netns exec {machine} ") };
    let place = if second.is_empty() { String::new() } else { format!(" netns {second}") };
    run(&format!("{}ip link add {interface} type veth peer name {other}{place}", at(first)));
    for (machine, interface, address) in ends {
        run(&format!("{}ip addr add {address} dev {interface}", at(machine)));
        run(&format!("{}ip link set {interface} up", at(machine)));
    }
}
