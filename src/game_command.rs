//! What can be asked of the running game: one encoding for the window, headless mode, and guests in the room.

use crate::text::{Texts, Value};
use serde::{Deserialize, Serialize};

/// One request to the running game.
///
/// As JSON it is an object, as the page's protocol has it: `{"what":"save","slot":3}`. Without a slot it is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub enum GameCommand {
    Pause,
    Resume,
    /// The console's reset button.
    Reset,
    SaveState(Slot),
    LoadState(Slot),
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

/// [`GameCommand`] as JSON.
#[derive(Serialize, Deserialize)]
struct Wire {
    what: What,
    #[serde(default)]
    slot: Slot,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Pause,
    Resume,
    Reset,
    Save,
    Load,
}

impl From<Wire> for GameCommand {
    fn from(Wire { what, slot }: Wire) -> GameCommand {
        match what {
            What::Pause => GameCommand::Pause,
            What::Resume => GameCommand::Resume,
            What::Reset => GameCommand::Reset,
            What::Save => GameCommand::SaveState(slot),
            What::Load => GameCommand::LoadState(slot),
        }
    }
}

impl From<GameCommand> for Wire {
    fn from(command: GameCommand) -> Wire {
        let (what, slot) = match command {
            GameCommand::Pause => (What::Pause, Slot::default()),
            GameCommand::Resume => (What::Resume, Slot::default()),
            GameCommand::Reset => (What::Reset, Slot::default()),
            GameCommand::SaveState(slot) => (What::Save, slot),
            GameCommand::LoadState(slot) => (What::Load, slot),
        };
        Wire { what, slot }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Spoken;

    #[test]
    fn commands_are_read_as_pages_write_them() {
        let read = |json: &str| serde_json::from_str::<GameCommand>(json).ok();
        assert_eq!(read(r#"{"what":"pause"}"#), Some(GameCommand::Pause));
        assert_eq!(read(r#"{"what":"load"}"#), Some(GameCommand::LoadState(Slot(0))));
        assert_eq!(read(r#"{"what":"save","slot":9}"#), Some(GameCommand::SaveState(Slot(9))));
        assert_eq!(read(r#"{"what":"save","slot":10}"#), None);
        assert_eq!(read(r#"{"what":"eject"}"#), None);
    }

    #[test]
    fn commands_come_out_as_they_went_in() {
        let states = Slot::all().flat_map(|slot| [GameCommand::SaveState(slot), GameCommand::LoadState(slot)]);
        for command in states.chain([GameCommand::Pause, GameCommand::Resume, GameCommand::Reset]) {
            let json = serde_json::to_string(&command).expect("JSON");
            assert_eq!(serde_json::from_str::<GameCommand>(&json).ok(), Some(command), "{json}");
        }
    }

    #[test]
    fn there_are_ten_slots_and_people_count_from_one() {
        assert_eq!(Slot::all().count(), Slot::COUNT);
        assert_eq!(Slot::new(10), None);
        assert_eq!(Slot::clamped(200).number(), 9);
        assert_eq!(Slot(2).show(&Spoken::Chinese.texts()), "3");
    }
}
