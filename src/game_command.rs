//! What can be asked of the running game: one encoding for the window, headless mode, and guests in the room.

use crate::text::{Texts, Value};
use serde::{Deserialize, Serialize};

/// One request to the running game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GameCommand {
    Pause,
    Resume,
    /// The console's reset button.
    Reset,
    SaveState(Slot),
    LoadState(Slot),
    /// Another disc into the drive: its index from 0.
    InsertDisc(u32),
    /// Another way through time, until the next of these.
    Flow(Flow),
    /// One frame of a paused game; a game that runs is paused.
    StepFrame,
}

/// How the game goes through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// At its own speed.
    #[default]
    Normal,
    FastForward,
    SlowMotion,
    /// Back the way it came.
    Rewind,
}

impl Flow {
    pub fn is_normal(&self) -> bool {
        *self == Flow::Normal
    }
}

/// How fast, how slow and how far back: the host's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSettings {
    /// Times the game's own speed, one of [`TimeSettings::FAST`].
    pub fast: u32,
    /// Parts of the game's own speed, one of [`TimeSettings::SLOW`].
    pub slow: u32,
    /// Memory for going back, in megabytes, at most [`TimeSettings::MOST_REWIND_MB`]; 0: it cannot be gone back.
    pub rewind_mb: u32,
}

impl TimeSettings {
    /// 0 is as fast as the machine can.
    pub const FAST: [u32; 4] = [2, 3, 4, 0];
    pub const SLOW: [u32; 2] = [2, 4];
    pub const MOST_REWIND_MB: u32 = 1024;
}

impl Default for TimeSettings {
    fn default() -> TimeSettings {
        TimeSettings { fast: 3, slow: 2, rewind_mb: 64 }
    }
}

/// A place for one save state: 0 to 9. People count from 1, and so does the text of a [`Slot`] in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Slot(u8);

impl Slot {
    pub const COUNT: usize = 10;

    /// None for a number above 9.
    pub fn new(number: u8) -> Option<Slot> {
        (usize::from(number) < Slot::COUNT).then_some(Slot(number))
    }

    /// The nearest slot to `number`.
    pub fn clamped(number: u8) -> Slot {
        Slot(number.min(Slot::COUNT as u8 - 1))
    }

    pub fn all() -> impl Iterator<Item = Slot> {
        (0..Slot::COUNT as u8).map(Slot)
    }

    /// From 0.
    pub fn number(self) -> u8 {
        self.0
    }

    /// From 0, for arrays of [`Slot::COUNT`].
    pub fn index(self) -> usize {
        self.0.into()
    }
}

/// Where a save state is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatePlace {
    Slot(Slot),
    /// Written when the game ends, to go on from.
    Auto,
}

/// Whether a game that is opened goes on where it was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Continuing {
    /// The person is asked.
    #[default]
    Ask,
    Always,
    Never,
}

impl TryFrom<u8> for Slot {
    type Error = String;

    fn try_from(number: u8) -> Result<Slot, String> {
        Slot::new(number).ok_or_else(|| format!("there is no slot {number}"))
    }
}

impl From<Slot> for u8 {
    fn from(slot: Slot) -> u8 {
        slot.0
    }
}

impl Value for Slot {
    fn show(&self, _: &Texts) -> String {
        (self.0 + 1).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Spoken;

    #[test]
    fn there_are_ten_slots_and_people_count_from_one() {
        assert_eq!(Slot::all().count(), Slot::COUNT);
        assert_eq!(Slot::new(10), None);
        assert_eq!(Slot::clamped(200).number(), 9);
        assert_eq!(Slot(2).show(&Spoken::Chinese.texts()), "3");
    }
}
