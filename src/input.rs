//! What people hold in their hands: pads, keyboard, mice, how they are tilted and turned, and what comes back from the core: motors and LEDs.
//!
//! Depends on nothing, so that the core process, the net thread and the window share one meaning of "A is held".

use serde::{Deserialize, Serialize};
use std::fmt;

/// The most seats a room can have; libretro itself sets no limit, eight is what multitaps reach.
pub const MAX_SEATS: usize = 8;

/// A controller port of the game (libretro's `port`), from 0 to [`MAX_SEATS`] - 1. People see it counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Seat(u8);

impl Seat {
    pub const ALL: [Seat; MAX_SEATS] = [Seat(0), Seat(1), Seat(2), Seat(3), Seat(4), Seat(5), Seat(6), Seat(7)];

    /// None from [`MAX_SEATS`] on.
    pub const fn new(index: usize) -> Option<Seat> {
        if index < MAX_SEATS { Some(Seat(index as u8)) } else { None }
    }

    /// The first `count` seats.
    pub fn first(count: usize) -> impl DoubleEndedIterator<Item = Seat> + Clone {
        Seat::ALL.into_iter().take(count)
    }

    /// From 0, below [`MAX_SEATS`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// As people see it, from 1.
    pub const fn number(self) -> usize {
        self.0 as usize + 1
    }
}

/// As people see it, from 1.
impl fmt::Display for Seat {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(to)
    }
}

impl<'de> Deserialize<'de> for Seat {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Seat, D::Error> {
        let index = usize::deserialize(from)?;
        Seat::new(index).ok_or_else(|| serde::de::Error::custom("there is no such seat"))
    }
}

/// A set of seats; written as a number with one bit a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct SeatSet(u32);

impl SeatSet {
    pub const EMPTY: SeatSet = SeatSet(0);

    pub fn contains(self, seat: Seat) -> bool {
        self.0 >> seat.0 & 1 == 1
    }

    pub fn insert(&mut self, seat: Seat) {
        self.0 |= 1 << seat.0;
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The other half of [`SeatSet::bits`]; bits that stand for no seat are left out.
    pub fn from_bits(bits: u32) -> SeatSet {
        SeatSet(bits & ((1 << MAX_SEATS) - 1))
    }

    pub fn bits(self) -> u32 {
        self.0
    }

    pub fn iter(self) -> impl Iterator<Item = Seat> {
        Seat::ALL.into_iter().filter(move |seat| self.contains(*seat))
    }

    /// Those of this set that are not in the other.
    #[must_use]
    pub fn without(self, other: SeatSet) -> SeatSet {
        SeatSet(self.0 & !other.0)
    }
}

impl FromIterator<Seat> for SeatSet {
    fn from_iter<I: IntoIterator<Item = Seat>>(seats: I) -> SeatSet {
        let mut set = SeatSet::EMPTY;
        seats.into_iter().for_each(|seat| set.insert(seat));
        set
    }
}

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

/// One more than the highest of libretro's key codes (`RETROK_LAST`).
pub const KEY_CODES: u16 = 342;

/// The keys of a keyboard that are held, by libretro's codes (`RETROK_*`): 8 backspace, 97 to 122 a to z, and so on.
///
/// Code 0, which libretro has for "unknown", and codes that do not exist are never in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeySet([u64; KeySet::WORDS]);

impl KeySet {
    /// Words that [`KeySet::words`] gives.
    pub const WORDS: usize = KEY_CODES.div_ceil(64) as usize;
    /// No key.
    pub const EMPTY: KeySet = KeySet([0; KeySet::WORDS]);

    /// Adds a key. False when there is no such key.
    pub fn insert(&mut self, code: u16) -> bool {
        let exists = (1..KEY_CODES).contains(&code);
        if exists {
            self.0[usize::from(code / 64)] |= 1 << (code % 64);
        }
        exists
    }

    /// Takes a key out.
    pub fn remove(&mut self, code: u16) {
        if let Some(word) = self.0.get_mut(usize::from(code / 64)) {
            *word &= !(1 << (code % 64));
        }
    }

    /// Whether a key is held.
    pub fn contains(&self, code: u16) -> bool {
        self.0.get(usize::from(code / 64)).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        *self == KeySet::EMPTY
    }

    /// The keys of both.
    pub fn union(self, other: KeySet) -> KeySet {
        KeySet(std::array::from_fn(|index| self.0[index] | other.0[index]))
    }

    /// The keys of this one that are not in `other`.
    pub fn without(self, other: KeySet) -> KeySet {
        KeySet(std::array::from_fn(|index| self.0[index] & !other.0[index]))
    }

    /// The codes of the keys, lowest first.
    pub fn codes(self) -> impl Iterator<Item = u16> {
        self.0.into_iter().zip((0..).step_by(64)).flat_map(|(mut rest, first)| {
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                rest &= rest.checked_sub(1)?;
                Some(first + bit as u16)
            })
        })
    }

    /// Key `code` is bit `code % 64` of word `code / 64`.
    pub fn words(self) -> [u64; KeySet::WORDS] {
        self.0
    }

    /// The other half of [`KeySet::words`]; bits that stand for no key are left out.
    pub fn from_words(mut words: [u64; KeySet::WORDS]) -> KeySet {
        words[0] &= !1;
        words[KeySet::WORDS - 1] &= (1 << (KEY_CODES % 64)) - 1;
        KeySet(words)
    }
}

impl FromIterator<u16> for KeySet {
    /// Codes that do not exist are left out.
    fn from_iter<I: IntoIterator<Item = u16>>(codes: I) -> KeySet {
        let mut keys = KeySet::EMPTY;
        for code in codes {
            keys.insert(code);
        }
        keys
    }
}

/// How far a mouse and its wheels were moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MouseMove {
    /// Pixels of the core's picture to the right.
    pub dx: i32,
    /// Pixels of the core's picture downwards.
    pub dy: i32,
    /// Clicks of the wheel, away from the hand (scrolling up) positive.
    pub wheel: i32,
    /// Clicks of the sideways wheel, to the right positive.
    pub hwheel: i32,
}

impl MouseMove {
    /// Both, one after the other.
    pub fn plus(self, other: MouseMove) -> MouseMove {
        MouseMove {
            dx: self.dx.saturating_add(other.dx),
            dy: self.dy.saturating_add(other.dy),
            wheel: self.wheel.saturating_add(other.wheel),
            hwheel: self.hwheel.saturating_add(other.hwheel),
        }
    }
}

/// Where a mouse or finger is, and the buttons it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MouseState {
    /// Across the picture: -32767 is its left edge, 32767 its right one.
    pub x: i16,
    /// Down the picture: -32767 is its top edge, 32767 its bottom one.
    pub y: i16,
    /// Held buttons, one bit each: [`MouseState::LEFT`] and so on.
    pub buttons: u16,
    /// It is over the picture; elsewhere `x` and `y` mean nothing.
    pub over: bool,
}

impl MouseState {
    /// The left button; a finger that touches; a light gun's trigger.
    pub const LEFT: u16 = 1;
    /// The right button.
    pub const RIGHT: u16 = 2;
    /// The middle button.
    pub const MIDDLE: u16 = 4;
    /// The first button beside the usual three.
    pub const FOURTH: u16 = 8;
    /// The second button beside the usual three.
    pub const FIFTH: u16 = 16;

    /// Whether any button of `mask` is held.
    pub fn held(&self, mask: u16) -> bool {
        self.buttons & mask != 0
    }
}

/// How a controller, or a phone in its place, is moved: what its sensors tell, along the axes of the picture it is held like: to the
/// right, up, and towards who looks at it. All zeroes where nobody tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MotionState {
    /// In [`MotionState::PER_G`] parts of standard gravity, which is in it: at rest on a table 0, 0, and one g.
    pub acceleration: [i16; 3],
    /// Angular velocity around each axis, counter-clockwise positive, in [`MotionState::PER_RADIAN`] parts of a radian a second.
    pub rotation: [i16; 3],
}

impl MotionState {
    /// Steps in one g (9.80665 m/s²): up to 16 g either way.
    pub const PER_G: f32 = 2048.0;
    /// Steps in one radian a second: up to 64 either way, twice what phones measure.
    pub const PER_RADIAN: f32 = 512.0;
}

/// What a core wants to be told of motion, by seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sensors {
    pub accelerometer: SeatSet,
    pub gyroscope: SeatSet,
}

impl Sensors {
    /// Of a motion what is wanted for this seat.
    #[must_use]
    pub fn wanted(self, seat: Seat, motion: MotionState) -> MotionState {
        let part = |seats: SeatSet, part| if seats.contains(seat) { part } else { [0; 3] };
        MotionState {
            acceleration: part(self.accelerometer, motion.acceleration),
            rotation: part(self.gyroscope, motion.rotation),
        }
    }

    /// Whether anything is wanted for this seat.
    pub fn any(self, seat: Seat) -> bool {
        self.accelerometer.contains(seat) || self.gyroscope.contains(seat)
    }
}

/// One seat's mouse, as a core sees it in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mouse {
    /// Since the frame before.
    pub moved: MouseMove,
    /// Now.
    pub state: MouseState,
}

/// Everything a core can ask for in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inputs {
    /// One pad a seat.
    pub pads: [PadState; MAX_SEATS],
    /// The keyboard: one for the whole machine.
    pub keys: KeySet,
    /// One mouse a seat.
    pub mice: [Mouse; MAX_SEATS],
    /// How each seat's controller is moved.
    pub motions: [MotionState; MAX_SEATS],
}

impl Inputs {
    /// What a frame is given that is run again: what is held and was pressed since, and what it was given before. A button that
    /// was let go of meanwhile is let go of in the next frame, or a short press would be in none; but a d-pad that turned round is
    /// not held both ways.
    pub fn join_earlier(&mut self, first: &Inputs) {
        for (pad, first) in self.pads.iter_mut().zip(&first.pads) {
            let pressed = pad.buttons & !first.buttons;
            let opposite =
                [(Button::Up, Button::Down), (Button::Left, Button::Right)].into_iter().fold(0, |all, (a, b)| {
                    let of = |this: Button, other: Button| if pressed & this as u16 != 0 { other as u16 } else { 0 };
                    all | of(a, b) | of(b, a)
                });
            pad.buttons |= first.buttons & !opposite;
        }
        self.keys = self.keys.union(first.keys);
        for (mouse, first) in self.mice.iter_mut().zip(&first.mice) {
            mouse.moved = first.moved.plus(mouse.moved);
            mouse.state.buttons |= first.state.buttons;
        }
    }
}

/// How strongly the two motors of a pad turn; 0 is still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rumble {
    /// The heavy motor.
    pub strong: u16,
    /// The light motor.
    pub weak: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_set_holds_every_code_there_is_and_no_other() {
        let mut keys = KeySet::EMPTY;
        for code in 1..KEY_CODES {
            assert!(!keys.contains(code) && keys.insert(code) && keys.contains(code), "{code}");
        }
        assert!(keys.codes().eq(1..KEY_CODES));
        for code in [0, KEY_CODES, 383, 384, u16::MAX] {
            assert!(!keys.insert(code) && !keys.contains(code), "{code}");
            keys.remove(code);
        }
        assert_eq!(KeySet::from_words([u64::MAX; KeySet::WORDS]), keys);
        for code in 1..KEY_CODES {
            keys.remove(code);
        }
        assert!(keys.is_empty());
    }

    #[test]
    fn key_sets_are_joined_and_subtracted() {
        let (a, b): (KeySet, KeySet) = ([8, 97, 323].into_iter().collect(), [97, 304].into_iter().collect());
        assert!(a.union(b).codes().eq([8, 97, 304, 323]));
        assert!(a.without(b).codes().eq([8, 323]));
        assert_eq!(KeySet::from_words(a.words()), a);
    }

    #[test]
    fn moves_add_up_and_stop_at_the_end_of_the_numbers() {
        let far = MouseMove { dx: i32::MAX, dy: i32::MIN, wheel: 1, hwheel: -1 };
        let step = MouseMove { dx: 1, dy: -1, wheel: 2, hwheel: 1 };
        assert_eq!(far.plus(step), MouseMove { dx: i32::MAX, dy: i32::MIN, wheel: 3, hwheel: 0 });
    }

    #[test]
    fn a_frame_that_is_run_again_keeps_what_it_was_given() {
        let pad = |buttons: &[Button]| PadState {
            buttons: buttons.iter().fold(0, |all, button| all | *button as u16),
            ..PadState::default()
        };
        let mut first = Inputs::default();
        first.pads[0] = pad(&[Button::A, Button::Left]);
        first.pads[1] = pad(&[Button::Left, Button::Up]);
        first.mice[0].moved.dx = 3;
        let mut now = Inputs::default();
        now.pads[0] = pad(&[Button::B]);
        now.pads[1] = pad(&[Button::Right, Button::Up]);
        now.mice[0].moved.dx = -1;
        now.join_earlier(&first);
        assert_eq!(now.pads[0], pad(&[Button::A, Button::B, Button::Left]));
        assert_eq!(now.pads[1], pad(&[Button::Right, Button::Up]), "it turned round");
        assert_eq!(now.mice[0].moved.dx, 2);
    }

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
