//! Noticing that the addresses or routes of this machine change: a cable, another Wi-Fi, a VPN that comes up.

use crate::sync::{Event, SpawnError, spawn};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::thread::JoinHandle;

/// A change comes as several messages; when it has been quiet for so long, the system is taken to be done.
const QUIET: Timespec = Timespec { tv_sec: 0, tv_nsec: 150_000_000 };
/// Changes without an end, as of a route that flaps, are acted on after so many messages.
const MOST: usize = 64;
/// What depends on the time, as certificates do, is looked at so often.
const ANYWAY: Timespec = Timespec { tv_sec: 600, tv_nsec: 0 };
/// How often is looked where the system tells nothing.
const LOOK: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };

/// What tells of changes. Another system's way goes behind this.
trait ChangeSource: Send {
    /// Readable when something may have changed.
    fn fd(&self) -> BorrowedFd<'_>;

    /// Takes what there is to read.
    fn drain(&self);
}

/// The thread that waits for changes. Dropping it ends it.
pub struct AddressWatch {
    stop: Arc<Event>,
    thread: Option<JoinHandle<()>>,
}

impl AddressWatch {
    /// Calls `on_change` on a thread of its own: at once, whenever addresses or routes may have changed, and every ten minutes.
    pub fn start(stop: Event, on_change: impl FnMut() + Send + 'static) -> Result<AddressWatch, SpawnError> {
        let stop = Arc::new(stop);
        let stopped = stop.clone();
        // Subscribed before this returns: no change after that is missed.
        let source = linux::Netlink::open();
        if let Err(error) = &source {
            tracing::warn!(
                "the system does not tell of new addresses, so they are looked for every few seconds: {error}"
            );
        }
        let thread = spawn("addresses", move || match source {
            Ok(source) => follow(&source, &stopped, on_change),
            Err(_) => look(&stopped, on_change),
        })?;
        Ok(AddressWatch { stop, thread: Some(thread) })
    }
}

impl Drop for AddressWatch {
    fn drop(&mut self) {
        self.stop.signal();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits until either is readable: whether the first is, and whether the second is.
fn wait(source: BorrowedFd<'_>, stop: &Event, limit: Option<&Timespec>) -> (bool, bool) {
    let mut fds = [PollFd::from_borrowed_fd(source, PollFlags::IN), PollFd::from_borrowed_fd(stop.fd(), PollFlags::IN)];
    // Interrupted is as good as nothing yet.
    let _ = poll(&mut fds, limit);
    (!fds[0].revents().is_empty(), !fds[1].revents().is_empty())
}

fn follow(source: &impl ChangeSource, stop: &Event, mut on_change: impl FnMut()) {
    loop {
        on_change();
        match wait(source.fd(), stop, Some(&ANYWAY)) {
            (_, true) => return,
            // Time, or interrupted: to look once more does no harm.
            (false, false) => {}
            (true, false) => source.drain(),
        }
        for _ in 0..MOST {
            match wait(source.fd(), stop, Some(&QUIET)) {
                (_, true) => return,
                (true, false) => source.drain(),
                (false, false) => break,
            }
        }
    }
}

fn look(stop: &Event, mut on_change: impl FnMut()) {
    loop {
        on_change();
        let mut fds = [PollFd::from_borrowed_fd(stop.fd(), PollFlags::IN)];
        let _ = poll(&mut fds, Some(&LOOK));
        if !fds[0].revents().is_empty() {
            return;
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{BorrowedFd, ChangeSource, io};
    use nix::sys::socket::{
        AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, socket,
    };
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};

    /// Multicast groups of rtnetlink(7): links, addresses and routes of both families.
    const GROUPS: i32 = libc::RTMGRP_LINK
        | libc::RTMGRP_IPV4_IFADDR
        | libc::RTMGRP_IPV4_ROUTE
        | libc::RTMGRP_IPV6_IFADDR
        | libc::RTMGRP_IPV6_ROUTE;

    /// The kernel's own news. What they say is not read: everything is looked up anew.
    pub struct Netlink(OwnedFd);

    impl Netlink {
        pub fn open() -> io::Result<Netlink> {
            let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
            let socket = socket(AddressFamily::Netlink, SockType::Raw, flags, SockProtocol::NetlinkRoute)?;
            bind(socket.as_raw_fd(), &NetlinkAddr::new(0, GROUPS.cast_unsigned()))?;
            Ok(Netlink(socket))
        }
    }

    impl ChangeSource for Netlink {
        fn fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }

        fn drain(&self) {
            let mut buffer = [0; 4096];
            // Too many at once (ENOBUFS) is a change as well; it clears with the call that reports it.
            while matches!(recv(self.0.as_raw_fd(), &mut buffer, MsgFlags::empty()), Ok(_) | Err(nix::Error::ENOBUFS)) {
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::{AsFd, OwnedFd};
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;

    /// A pipe that tells of changes.
    struct Pipe(OwnedFd);

    impl ChangeSource for Pipe {
        fn fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }

        fn drain(&self) {
            let _ = rustix::io::read(&self.0, &mut [0; 64]);
        }
    }

    #[test]
    fn a_burst_of_changes_is_one_and_stopping_ends_the_wait() {
        let (reader, writer) = rustix::pipe::pipe().expect("a pipe");
        let stop = Arc::new(Event::new().expect("an event"));
        let (changes, told) = sync_channel(16);
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            follow(&Pipe(reader), &stopped, || {
                let _ = changes.try_send(());
            });
        });
        told.recv_timeout(Duration::from_secs(20)).expect("told at once");
        for _ in 0..3 {
            rustix::io::write(&writer, b"x").expect("written");
        }
        told.recv_timeout(Duration::from_secs(20)).expect("told");
        assert!(told.recv_timeout(Duration::from_millis(400)).is_err(), "told once");
        rustix::io::write(&writer, b"x").expect("written");
        told.recv_timeout(Duration::from_secs(20)).expect("told again");
        stop.signal();
        thread.join().expect("ended");
    }

    #[test]
    fn the_system_can_be_listened_to() {
        let stop = Event::new().expect("an event");
        drop(AddressWatch::start(stop, || {}).expect("a thread"));
        #[cfg(target_os = "linux")]
        linux::Netlink::open().expect("a socket").drain();
    }
}
