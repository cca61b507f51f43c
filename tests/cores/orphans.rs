//! A core process does not outlive its host, whatever either was doing.

use crate::common::host::Setup;
use crate::common::{Host, LONG, TempDir, built_core, is_running, program, until};
use hotseat::link::Link;
use hotseat::link::message::{self, Bounds, Load, Pace, ToCore};
use hotseat::sandbox::Order;
use hotseat::text::Spoken;
use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

fn core_pid(host: &Host) -> u32 {
    host.ready()["core_pid"].as_u64().expect("a core_pid") as u32
}

#[test]
fn the_core_of_a_host_that_is_killed_ends_with_it() {
    for paused in [false, true] {
        let mut host = Setup::fixture().start();
        let core = core_pid(&host);
        if paused {
            host.command(r#"{"command":"pause"}"#);
            host.stats_when("a pause", LONG, |stats| stats["state"] == "paused");
        }
        assert!(is_running(core));
        host.kill();
        until("the core process to end", LONG, || (!is_running(core)).then_some(()));
    }
}

#[test]
fn a_core_that_hangs_with_more_to_do_than_it_can_be_told_ends_with_its_host_too() {
    let folder = TempDir::new();
    let link = Link::create().expect("shared memory");
    let (ours, theirs) = UnixStream::pair().expect("a socket pair");
    let (side, their_side) = UnixStream::pair().expect("a socket pair");
    let load = Load {
        core: built_core("fixture"),
        content: None,
        several: None,
        only_asked: false,
        options: vec![("fixture_fault".into(), "hang".into())],
        options_typed: false,
        devices: Vec::new(),
        system_dir: folder.path().into(),
        save_dir: folder.path().into(),
        temp_dir: folder.path().into(),
        language: Spoken::English,
        revive: false,
        pace: Pace::Real,
        rewind_mb: 0,
        bounds: Bounds::default(),
    };
    let mut child = Command::new(program())
        .arg(hotseat::emulator::SUBCOMMAND)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::from(OwnedFd::from(their_side)))
        .spawn()
        .expect("a core process");
    link.send_to(&ours).expect("the memory is sent");
    message::send(&mut &ours, &ToCore::Load(load)).expect("the core process listens");
    Order { policy: None }.send(&side).expect("the core process listens");
    // Loaded, and in its first frame from then on.
    let mut line = String::new();
    BufReader::new(&ours).read_line(&mut line).expect("it says something");
    // As much as the sockets take: more than the core's process has room for.
    ours.set_nonblocking(true).expect("a socket");
    let mut sent = 0;
    until("a socket that is full", LONG, || {
        let full = message::send(&mut &ours, &ToCore::Ping).is_err();
        sent += usize::from(!full);
        full.then_some(())
    });
    assert!(sent > 256, "{sent}");
    drop((ours, side));
    until("the core process to end", LONG, || child.try_wait().expect("it can be asked"));
}
