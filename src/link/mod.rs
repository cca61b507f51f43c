//! The two ends of the shared memory between the host process and the core process, and their messages.
//!
//! The host makes one [`Link`] and keeps it for as long as the engine lives: when a core dies, its successor gets the
//! same memory, so the threads that hold an end of it need not be told.
//!
//! Every end says here what it does when full: the frame ring overwrites the oldest frame, the audio ring drops the
//! newest block, the input board holds one value a lane and seat.

pub mod ahead;
pub mod audio;
pub mod board;
mod core_message;
mod errors;
pub mod frames;
mod last_words;
mod layout;
pub mod message;
pub mod paths;
pub mod state;
mod status;
pub mod subsystem;
pub mod sys;

pub use last_words::{Fall, LastWords};
pub use layout::{AUDIO_FRAMES, BACKLOG, RTC_BYTES, SLOTS, SRAM_BYTES, STATE_BYTES};
pub use status::Status;

use crate::sync::Event;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

/// The shared memory and the two wake-ups that go with it.
pub struct Link {
    region: sys::Region,
    /// A frame is there (or the video thread has another reason to look up).
    pub frame_event: Event,
    /// Sound is there.
    pub audio_event: Event,
}

impl Link {
    /// Makes the shared memory; the host process does this once.
    pub fn create() -> io::Result<Arc<Link>> {
        Ok(Arc::new(Link {
            region: sys::Region::create(layout::TOTAL)?,
            frame_event: Event::new()?,
            audio_event: Event::new()?,
        }))
    }

    /// Forgets what a dead core process left behind, before its successor starts. Save states and battery-backed
    /// memory are not touched: they are what the successor may be given back.
    pub fn clear_for_new_core(&self) {
        frames::clear(&self.region);
        audio::clear(&self.region);
        board::clear(&self.region);
        status::clear(&self.region);
        last_words::clear(&self.region);
    }

    /// How much of the shared memory is in use, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        self.region.resident_bytes()
    }

    /// Stops motors and switches LEDs off: the core that wanted them is gone.
    pub fn clear_feedback(&self) {
        board::clear_feedback(&self.region);
    }

    /// Hands the memory and the wake-ups to the core process at the other end of `socket`.
    pub fn send_to(&self, socket: &UnixStream) -> io::Result<()> {
        let (memory, frame, audio) = (self.region.fd(), self.frame_event.fd(), self.audio_event.fd());
        let fds = [memory.as_fd(), frame, audio];
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
            return Err(io::Error::other("no room for three descriptors"));
        }
        rustix::net::sendmsg(socket, &[IoSlice::new(b"L")], &mut control, SendFlags::empty())?;
        Ok(())
    }

    /// The other half of [`Link::send_to`].
    pub fn receive_from(socket: &UnixStream) -> io::Result<Arc<Link>> {
        let mut byte = [0];
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut buffers = [IoSliceMut::new(&mut byte)];
        rustix::net::recvmsg(socket, &mut buffers, &mut control, RecvFlags::CMSG_CLOEXEC)?;
        let mut fds = control
            .drain()
            .filter_map(|message| match message {
                RecvAncillaryMessage::ScmRights(fds) => Some(fds),
                _ => None,
            })
            .flatten();
        let mut next = || fds.next().ok_or_else(|| io::Error::other("the host sent no shared memory"));
        let memory = next()?;
        let frame = next()?;
        let audio = next()?;
        Ok(Arc::new(Link {
            region: sys::Region::open(memory, layout::TOTAL)?,
            frame_event: Event::from_fd(frame),
            audio_event: Event::from_fd(audio),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_end_gets_the_same_memory_and_wake_ups() {
        let (a, b) = UnixStream::pair().expect("socketpair");
        let host = Link::create().expect("link");
        host.send_to(&a).expect("send");
        let core = Link::receive_from(&b).expect("receive");
        core.frame_event.signal();
        host.frame_event.wait();
        core.region.copy_in(layout::SLOT_DATA, b"picture");
        let mut out = [0; 7];
        host.region.copy_out(layout::SLOT_DATA, &mut out);
        assert_eq!(&out, b"picture");
    }
}
