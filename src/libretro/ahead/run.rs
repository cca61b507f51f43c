//! What a call of `retro_run` is for, which decides what becomes of what the core says in it.

/// Why a frame runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Run {
    /// It is the game's next frame.
    #[default]
    Real,
    /// It is the game's last frame once more, with an input that came late: in place of the first, of which all was heard.
    Again,
    /// It is run ahead and taken back: nothing of it counts but its picture.
    Ahead,
}

impl Run {
    /// Its sound is heard, and what it tells people is told.
    pub fn is_heard(self) -> bool {
        self == Run::Real
    }

    /// What it does to motors and lamps counts, and so does its wish to end.
    pub fn counts(self) -> bool {
        self != Run::Ahead
    }
}
