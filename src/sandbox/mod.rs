//! What a core process may do: read its core, its content and libraries, write its saves and a temporary folder, and
//! nothing else on this machine.
//!
//! The process restricts itself ([`confine`]) once it knows what it is to run, before it has a second thread and before it
//! opens the core. The host ([`watch`]) is asked about what is refused, so that it can tell of it. Linux alone has it: Landlock
//! for files, seccomp for system calls.

mod calls;
mod host;
mod landlock;
mod policy;
mod prepare;
pub mod probe;
mod refusal;
mod seccomp;
mod support;
mod sys;
mod watch;

pub use host::give_up_what_is_not_needed;
pub use policy::{Access, Policy, Private, Rule, Task};
pub use prepare::{TempDir, prepare, variables};
pub use refusal::Refusal;
pub use support::{Held, Hold, Shortcoming};
pub use sys::close_what_was_left_open;
pub use watch::{News, watch};

use crate::link::message;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use rustix::thread::{CapabilitySet, CapabilitySets};
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// From the host, before anything else: what the process may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// None for a core that the person lets do everything.
    pub policy: Option<Policy>,
}

impl Order {
    /// Tells it to the core process.
    pub fn send(&self, side: &UnixStream) -> io::Result<()> {
        message::send(&mut &*side, self)
    }

    /// Heard in the core process; none when there is no host.
    pub fn receive(side: &UnixStream) -> Option<Order> {
        message::receive(&mut io::BufReader::new(side), &mut Vec::new()).ok().flatten()
    }
}

/// What this kernel could put in place.
pub fn possible() -> Held {
    let seccomp = seccomp::is_there();
    Held { landlock: landlock::version(), seccomp, told: seccomp }
}

/// Restricts the calling thread and all that it will start, for good, and tells the host what was put in place. What cannot
/// be put in place is said on standard error and left out.
pub fn confine(policy: &Policy, side: &UnixStream) {
    if let Err(error) = rustix::thread::set_no_new_privs(true) {
        eprintln!("hotseat core process: it may gain privileges: {error}");
    }
    drop_capabilities();
    let landlock = match landlock::restrict(policy) {
        Ok(true) => landlock::version(),
        Ok(false) => 0,
        Err(error) => {
            eprintln!("hotseat core process: files are not guarded: {error}");
            0
        }
    };
    let filtered = seccomp::restrict(std::process::id(), |listener| {
        let held = Held { landlock, seccomp: true, told: listener.is_some() };
        report(side, held, listener);
    });
    if let Err(error) = filtered {
        eprintln!("hotseat core process: system calls are not filtered: {error}");
        report(side, Held { landlock, seccomp: false, told: false }, None);
    }
}

/// Restricts the calling thread and all that it will start to reading this content and what belongs to it, for good. Nobody is
/// told of what is refused. What cannot be put in place is left out.
pub fn confine_to_reading(content: &Path) {
    let policy = prepare::for_reading(content);
    let _ = rustix::thread::set_no_new_privs(true);
    drop_capabilities();
    if let Err(error) = landlock::restrict(&policy) {
        eprintln!("hotseat content process: files are not guarded: {error}");
    }
    if let Err(error) = seccomp::restrict_unheard(std::process::id()) {
        eprintln!("hotseat content process: system calls are not filtered: {error}");
    }
}

/// The host hears what is in place, once, with the other end of the questions if there is one.
fn report(side: &UnixStream, held: Held, listener: Option<OwnedFd>) {
    let Ok(mut line) = serde_json::to_vec(&held) else { return };
    line.push(b'\n');
    let fds: Vec<_> = listener.iter().map(AsFd::as_fd).collect();
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return;
    }
    // The host is gone: the control thread ends this process.
    let _ = rustix::net::sendmsg(side, &[IoSlice::new(&line)], &mut control, SendFlags::empty());
}

/// Root without capabilities is nobody in particular.
fn drop_capabilities() {
    for capability in CapabilitySet::all().iter() {
        // Refused to everybody but root, who alone has any.
        let _ = rustix::thread::remove_capability_from_bounding_set(capability);
    }
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    if let Err(error) = rustix::thread::set_capabilities(None, none) {
        eprintln!("hotseat core process: it keeps capabilities: {error}");
    }
}
