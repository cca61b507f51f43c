//! A process that restricts itself as a core process does, and then tries what a core must not: for `hotseat doctor`.

use super::{Held, Order, Policy, confine};
use crate::link::message;
use crate::platform;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The hidden subcommand that makes this executable that process.
pub const SUBCOMMAND: &str = "sandbox-probe";

/// What it may take.
const LIMIT: Duration = Duration::from_secs(5);

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// It could open a file that it was not given.
    pub opened: bool,
    /// It could make a socket.
    pub connected: bool,
    /// It could start a program.
    pub started: bool,
    /// How long it took to restrict itself, in microseconds.
    pub took_us: u64,
}

/// Both of what was put in place and what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    pub held: Held,
    pub outcome: Outcome,
}

/// Runs as that process: standard input leads to the one that asked.
pub fn main() -> ExitCode {
    let Ok(side) = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).map(UnixStream::from) else {
        return ExitCode::FAILURE;
    };
    let Some(Order { policy: Some(policy) }) = Order::receive(&side) else { return ExitCode::FAILURE };
    let begin = Instant::now();
    confine(&policy, &side);
    let took_us = begin.elapsed().as_micros() as u64;
    let outcome = Outcome {
        opened: std::fs::read("/proc/1/stat").is_ok() || std::fs::read_dir("/").is_ok(),
        connected: TcpListener::bind("127.0.0.1:0").is_ok(),
        started: Command::new(platform::own_program()).arg("--version").stdout(Stdio::null()).status().is_ok(),
        took_us,
    };
    match message::send(&mut &side, &outcome) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Starts that process with this policy and hears what came of it.
pub fn run(policy: &Policy) -> io::Result<Tried> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_read_timeout(Some(LIMIT))?;
    let mut child = Command::new(platform::own_program())
        .arg(SUBCOMMAND)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Order { policy: Some(policy.clone()) }.send(&ours)?;
    let heard = hear(&ours);
    let _ = child.kill();
    let _ = child.wait();
    heard
}

fn hear(side: &UnixStream) -> io::Result<Tried> {
    // The listener is let go of at once, so that everything that it would be asked about is refused.
    let mut lines = String::new();
    let mut side = side;
    let mut part = [0; 1024];
    while lines.lines().count() < 2 || !lines.ends_with('\n') {
        let read = side.read(&mut part)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        lines.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    let mut lines = lines.lines();
    let held = serde_json::from_str(lines.next().unwrap_or_default())?;
    let outcome = serde_json::from_str(lines.next().unwrap_or_default())?;
    Ok(Tried { held, outcome })
}
