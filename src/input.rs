//! Controllers: the state of one pad, and the keys that stand for its buttons.
//!
//! Depends on nothing, so that the core process, the net thread and the window share one meaning of "A is held".

use serde::{Deserialize, Serialize};

/// The most seats a room can have; libretro itself sets no limit, eight is what multitaps reach.
pub const MAX_SEATS: usize = 8;

/// One button of libretro's RetroPad. The value is its bit in [`PadState::buttons`], that is, `1 << RETRO_DEVICE_ID_JOYPAD_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u16)]
#[allow(missing_docs)]
pub enum Button {
    B = 1 << 0,
    Y = 1 << 1,
    Select = 1 << 2,
    Start = 1 << 3,
    Up = 1 << 4,
    Down = 1 << 5,
    Left = 1 << 6,
    Right = 1 << 7,
    A = 1 << 8,
    X = 1 << 9,
    L = 1 << 10,
    R = 1 << 11,
    L2 = 1 << 12,
    R2 = 1 << 13,
    L3 = 1 << 14,
    R3 = 1 << 15,
}

impl Button {
    /// Every button, in the order of libretro's numbers.
    pub const ALL: [Button; 16] = [
        Button::B,
        Button::Y,
        Button::Select,
        Button::Start,
        Button::Up,
        Button::Down,
        Button::Left,
        Button::Right,
        Button::A,
        Button::X,
        Button::L,
        Button::R,
        Button::L2,
        Button::R2,
        Button::L3,
        Button::R3,
    ];
}

/// The whole state of one controller at one moment.
///
/// Sticks run from -32767 to 32767, right and down positive, as libretro has them; triggers from 0 to 32767.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PadState {
    /// Held buttons, one bit each: see [`Button`].
    pub buttons: u16,
    /// Left stick, x then y.
    pub left: [i16; 2],
    /// Right stick, x then y.
    pub right: [i16; 2],
    /// Analog triggers, L2 then R2.
    pub triggers: [i16; 2],
}

impl PadState {
    /// Whether `button` is held.
    pub fn held(&self, button: Button) -> bool {
        self.buttons & button as u16 != 0
    }

    /// Two controllers on one seat: buttons are joined, the stick pushed further wins.
    pub fn merged(self, other: PadState) -> PadState {
        fn further(a: [i16; 2], b: [i16; 2]) -> [i16; 2] {
            let length = |v: [i16; 2]| i64::from(v[0]).pow(2) + i64::from(v[1]).pow(2);
            if length(b) > length(a) { b } else { a }
        }
        PadState {
            buttons: self.buttons | other.buttons,
            left: further(self.left, other.left),
            right: further(self.right, other.right),
            triggers: [self.triggers[0].max(other.triggers[0]), self.triggers[1].max(other.triggers[1])],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pads_on_one_seat_join_their_buttons_and_the_further_stick_wins() {
        let a = PadState { buttons: Button::A as u16, left: [100, 0], ..PadState::default() };
        let b = PadState { buttons: Button::Up as u16, left: [0, -32767], triggers: [9, 0], ..PadState::default() };
        let both = a.merged(b);
        assert!(both.held(Button::A) && both.held(Button::Up));
        assert_eq!(both.left, [0, -32767]);
        assert_eq!(both.triggers, [9, 0]);
    }
}
