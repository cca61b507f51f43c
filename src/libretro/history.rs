//! What the runner remembers of the game while it runs, and how it goes back.

use super::callbacks;
use super::core::Core;
use super::rewind::{Next, Tape};
use crate::link::message::RewindSeen;
use crate::sync::{now, thread_time};

/// A machine that is busy makes everything take long, which says nothing about the core; one that has its state made on another
/// thread only waits. So much of the time that passed counts, if that is more than what was worked.
const WAITED_SHARE: u32 = 4;
/// Frames after which a core without states is asked again: some have them only later.
const WITHOUT_STATES: u32 = 60;

/// Remembers nothing, and costs nothing, without a budget.
pub struct History {
    tape: Option<Tape>,
    going_back: bool,
    /// Ticks until the next state is put back: as long as the game took from it to this one.
    wait: u32,
    /// Of a tape that was given up.
    seen: RewindSeen,
}

/// What the runner does in a tick that goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// An earlier state was put back: run a frame, which shows it.
    Run {
        /// No frame lies between this one and the one that was shown before.
        next_to_it: bool,
    },
    /// It is not time yet, or there is nothing before this.
    Wait,
    /// The core does not take its own state.
    Refused,
}

impl History {
    pub fn new(megabytes: u32) -> History {
        let tape = (megabytes > 0).then(|| Tape::new(megabytes as usize * 1_000_000));
        History { tape, going_back: false, wait: 0, seen: RewindSeen::default() }
    }

    /// Whether there is anything to go back to, or will be.
    pub fn is_kept(&self) -> bool {
        self.tape.is_some()
    }

    pub fn is_going_back(&self) -> bool {
        self.going_back
    }

    /// A frame was run. It is remembered if its time has come and `may_remember`. False: remembering is given up from now on.
    pub fn after_frame(&mut self, core: &mut Core, may_remember: bool) -> bool {
        let Some(tape) = &mut self.tape else { return true };
        let due = tape.count_frame();
        if !due || !may_remember || self.going_back {
            return true;
        }
        let (begin, worked) = (now(), thread_time());
        let len = core.state_size();
        if len == 0 {
            tape.wait(WITHOUT_STATES);
            return true;
        }
        let Some(room) = tape.room(len) else {
            self.give_up();
            return false;
        };
        let made = core.write_state(room);
        let fps = callbacks::with(|front| front.environment.video.fps);
        let took = (thread_time() - worked).max((now() - begin) / WAITED_SHARE);
        let next = match made {
            true => tape.remember(took, fps, thread_time),
            // A core that makes none in this frame makes one in another.
            false => tape.failed(took, fps),
        };
        if next == Next::GiveUp {
            self.give_up();
            return false;
        }
        true
    }

    /// One tick back.
    pub fn tick_back(&mut self, core: &mut Core) -> Back {
        let Some(tape) = &mut self.tape else { return Back::Wait };
        if self.wait > 0 {
            self.wait -= 1;
            return Back::Wait;
        }
        // The first state to go back to is the newest, which lies a few frames back.
        let frames = if self.going_back { tape.step_back() } else { Some(tape.since()) };
        self.going_back = true;
        let (Some(frames), Some(state)) = (frames, tape.newest()) else { return Back::Wait };
        if !core.load_state(state) {
            self.give_up();
            return Back::Refused;
        }
        tape.is_at_newest();
        self.wait = frames.saturating_sub(1);
        Back::Run { next_to_it: frames <= 1 }
    }

    /// The game goes on from where it is.
    pub fn go_on(&mut self) {
        (self.going_back, self.wait) = (false, 0);
    }

    pub fn seen(&self) -> RewindSeen {
        self.tape.as_ref().map_or(self.seen, Tape::seen)
    }

    fn give_up(&mut self) {
        self.go_on();
        if let Some(tape) = self.tape.take() {
            self.seen = RewindSeen { bytes: 0, frames: 0, ..tape.seen() };
        }
    }
}
