//! A wake-up that costs one system call and is never lost, however often it is rung before the waiting thread looks.

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::time::Timespec;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// A counter that sleeps while it is zero (`eventfd`).
pub struct Event {
    fd: OwnedFd,
}

impl Event {
    /// Makes one, not rung.
    pub fn new() -> io::Result<Event> {
        // Non-blocking, so that a core process that empties the counter under our hands cannot make a reader hang in
        // `read`; waiting is done by `poll`.
        Ok(Event { fd: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)? })
    }

    /// The other process's end.
    pub fn from_fd(fd: OwnedFd) -> Event {
        Event { fd }
    }

    /// For handing on, and for waiting together with other things.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// Wakes the waiting thread, now or when it comes to wait.
    pub fn signal(&self) {
        // The only error is a counter about to overflow, and then the reader is awake anyway.
        let _ = rustix::io::write(&self.fd, &1u64.to_ne_bytes());
    }

    /// Sleeps until it is rung, and takes all rings at once.
    pub fn wait(&self) {
        self.poll(None);
    }

    /// The same with a limit. True when it was rung.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        self.poll(Some(limit))
    }

    /// Takes all rings without sleeping.
    pub fn take(&self) {
        self.poll(Some(Duration::ZERO));
    }

    fn poll(&self, limit: Option<Duration>) -> bool {
        let limit = limit.map(|limit| Timespec {
            tv_sec: limit.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: limit.subsec_nanos().into(),
        });
        let mut fds = [PollFd::new(&self.fd, PollFlags::IN)];
        match poll(&mut fds, limit.as_ref()) {
            Ok(1..) => {
                let mut count = [0; 8];
                rustix::io::read(&self.fd, &mut count).is_ok()
            }
            // Timed out, or interrupted by a signal: callers look at their state and come back.
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_before_the_wait_is_not_lost_and_counts_once() {
        let event = Event::new().expect("eventfd");
        event.signal();
        event.signal();
        assert!(event.wait_timeout(Duration::from_secs(5)));
        assert!(!event.wait_timeout(Duration::ZERO));
    }
}
