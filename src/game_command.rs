//! What a person asks of the running game, the host or a guest who is permitted to: one type from every border inwards.

use std::fmt;

/// A slot for a save state, from 0 to 9. People see it counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Slot(u8);

impl Slot {
    pub const COUNT: usize = 10;

    /// None from 10 on.
    pub fn new(index: u8) -> Option<Slot> {
        (usize::from(index) < Slot::COUNT).then_some(Slot(index))
    }

    pub fn index(self) -> u8 {
        self.0
    }
}

/// As people see it.
impl fmt::Display for Slot {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.0 + 1)
    }
}

impl crate::text::Value for Slot {
    fn show(&self, _: &crate::text::Texts) -> String {
        self.to_string()
    }
}

/// Something to be done with the running game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameCommand {
    Pause,
    Resume,
    /// The console's reset button.
    Reset,
    SaveState(Slot),
    LoadState(Slot),
}
