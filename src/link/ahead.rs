//! Run-ahead and late latch, as the two processes speak of them.

use crate::messages;
use serde::{Deserialize, Serialize};

/// Frames that can be run ahead.
pub const MOST_AHEAD: u32 = 4;
/// The longest times that are told, in microseconds: a core process may say anything.
const MOST_US: u32 = 10_000_000;

/// What is wanted of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AheadWish {
    /// Frames to run ahead, at most [`MOST_AHEAD`]; 0 for none.
    pub frames: u32,
    /// An input that comes after the game has looked shows in the frame that is seen all the same.
    pub latch: bool,
}

/// What is done of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AheadStatus {
    /// Frames that are run ahead now.
    pub frames: u32,
    /// Late inputs are shown at once.
    pub latch: bool,
    /// Why fewer frames are run ahead than were wanted.
    pub no_ahead: Option<NoAhead>,
    /// Why late inputs are not.
    pub no_latch: Option<NoAhead>,
}

/// What one game can take, as found by trying.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AheadAdvice {
    /// Frames after the one that reads a press until the picture shows it, and so how many can be run ahead; none when no press
    /// changed anything.
    pub frames: Option<u32>,
    /// What one frame takes, in microseconds.
    pub frame_us: u32,
    /// What making a state and putting it back take.
    pub state_us: u32,
    /// Why it cannot be run ahead at all.
    pub refused: Option<NoAhead>,
}

messages! {
    /// Why a core is not run ahead: a clause.
    #[derive(Copy, Serialize, Deserialize)]
    pub enum NoAhead in no_ahead {
        no_states => NoStates,
        /// The graphics card's memory is in none of its states.
        hardware => Hardware,
        /// It says so itself.
        incomplete => Incomplete,
        size_changes => SizeChanges,
        /// It did not take back what it had made.
        not_taken => NotTaken,
        /// The same frame was another one when it was run again.
        unfaithful => Unfaithful,
        too_slow => TooSlow,
        /// It is told of keys, which cannot be told again.
        keyboard => Keyboard,
    }
}

/// What it took while the core ran.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AheadSeen {
    /// States that were made for it.
    pub states: u64,
    /// Frames that were run ahead and taken back.
    pub frames: u64,
    /// Frames that were run again for an input that came late.
    pub again: u64,
    /// Frames that were run twice to see whether they are the same.
    pub checks: u64,
    /// All of it together, in microseconds.
    pub total_us: f64,
}

impl AheadStatus {
    pub(super) fn bound(&mut self) {
        self.frames = self.frames.min(MOST_AHEAD);
    }
}

impl AheadAdvice {
    pub(super) fn bound(&mut self) {
        self.frames = self.frames.map(|frames| frames.min(MOST_AHEAD));
        self.frame_us = self.frame_us.min(MOST_US);
        self.state_us = self.state_us.min(MOST_US);
    }
}
