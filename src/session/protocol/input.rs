//! Inputs: small binary messages, many a second, each whole in itself so that a lost one loses nothing.

use super::{MAX_KEYS, MAX_STATES};
use crate::input::{MotionState, PadState, Seat};

const STATE_BYTES: usize = 14;
const INPUT_HEADER: usize = 8;
const MOUSE_BYTES: usize = INPUT_HEADER + 24;
const MOTION_BYTES: usize = INPUT_HEADER + 12;

/// One message of the input channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InputMessage {
    /// A controller.
    Pad(PadMessage),
    /// A keyboard.
    Keys(KeyMessage),
    /// A mouse, or a finger on the picture.
    Mouse(MouseMessage),
    /// How a phone is moved.
    Motion(MotionMessage),
}

impl InputMessage {
    /// Parses one. None for anything that is not one.
    pub fn parse(bytes: &[u8]) -> Option<InputMessage> {
        match bytes.first()? {
            1 => PadMessage::parse(bytes).map(InputMessage::Pad),
            2 => KeyMessage::parse(bytes).map(InputMessage::Keys),
            3 => MouseMessage::parse(bytes).map(InputMessage::Mouse),
            4 => MotionMessage::parse(bytes).map(InputMessage::Motion),
            _ => None,
        }
    }
}

/// How many of `count` states are newer than number `last`, where the newest is `seq`. Numbers wrap around.
fn ahead(seq: u32, last: u32, count: usize) -> usize {
    let ahead = seq.wrapping_sub(last);
    // More than half the circle ahead is behind: an old message that was overtaken.
    if ahead > u32::MAX / 2 { 0 } else { (ahead as usize).min(count) }
}

fn seq_of(header: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(header.get(4..8)?.try_into().ok()?))
}

/// The newest state of one seat's controller and the ones before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PadMessage {
    pub seat: Seat,
    /// Number of the newest state.
    pub seq: u32,
    states: [PadState; MAX_STATES],
    count: usize,
}

impl PadMessage {
    /// Parses one. None for anything that is not one.
    pub fn parse(bytes: &[u8]) -> Option<PadMessage> {
        let (header, body) = bytes.split_at_checked(INPUT_HEADER)?;
        let [kind, seat, count, zero, seq @ ..] = header else { return None };
        let seq = u32::from_le_bytes(seq.try_into().ok()?);
        let (seat, count) = (Seat::new(usize::from(*seat))?, usize::from(*count));
        let sound = *kind == 1 && *zero == 0 && (1..=MAX_STATES).contains(&count) && body.len() == count * STATE_BYTES;
        if !sound {
            return None;
        }
        let mut states = [PadState::default(); MAX_STATES];
        for (state, bytes) in states.iter_mut().zip(body.chunks_exact(STATE_BYTES)) {
            let half = |index: usize| u16::from_le_bytes([bytes[index * 2], bytes[index * 2 + 1]]);
            // -32768 has no counterpart on the other side: libretro's range is symmetric.
            let axis = |index: usize| half(index).cast_signed().max(-i16::MAX);
            let trigger = |index: usize| half(index).cast_signed().max(0);
            *state = PadState {
                buttons: half(0),
                left: [axis(1), axis(2)],
                right: [axis(3), axis(4)],
                triggers: [trigger(5), trigger(6)],
            };
        }
        Some(PadMessage { seat, seq, states, count })
    }

    /// The newest state.
    pub fn newest(&self) -> PadState {
        self.states[0]
    }

    /// The states newer than `last`, oldest first. Numbers wrap around.
    pub fn newer_than(&self, last: u32) -> impl Iterator<Item = PadState> + '_ {
        self.states[..ahead(self.seq, last, self.count)].iter().rev().copied()
    }
}

/// The keys that one keyboard held, newest state first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeyMessage {
    pub seat: Seat,
    /// Number of the newest state.
    pub seq: u32,
    states: [([u16; MAX_KEYS.1], usize); MAX_KEYS.0],
    count: usize,
}

impl KeyMessage {
    fn parse(bytes: &[u8]) -> Option<KeyMessage> {
        let (header, mut body) = bytes.split_at_checked(INPUT_HEADER)?;
        let [2, seat, count, 0, ..] = *header else { return None };
        let (seat, count) = (Seat::new(usize::from(seat))?, usize::from(count));
        if !(1..=MAX_KEYS.0).contains(&count) {
            return None;
        }
        let mut states = [([0; MAX_KEYS.1], 0); MAX_KEYS.0];
        for (keys, held) in states.iter_mut().take(count) {
            let (&len, rest) = body.split_first()?;
            *held = usize::from(len);
            if *held > MAX_KEYS.1 {
                return None;
            }
            let (codes, rest) = rest.split_at_checked(*held * 2)?;
            for (key, code) in keys.iter_mut().zip(codes.chunks_exact(2)) {
                *key = u16::from_le_bytes([code[0], code[1]]);
            }
            body = rest;
        }
        let seq = seq_of(header)?;
        body.is_empty().then_some(KeyMessage { seat, seq, states, count })
    }

    /// The newest state: RETROK codes, as the page has them.
    pub fn newest(&self) -> &[u16] {
        let (keys, held) = &self.states[0];
        &keys[..*held]
    }

    /// The states newer than `last`, oldest first.
    pub fn newer_than(&self, last: u32) -> impl Iterator<Item = &[u16]> + '_ {
        self.states[..ahead(self.seq, last, self.count)].iter().rev().map(|(keys, held)| &keys[..*held])
    }
}

/// A mouse: running totals of its motion, so that a lost message loses none of it, and where it points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MouseMessage {
    pub seat: Seat,
    /// Rises with every message.
    pub seq: u32,
    /// Totals that wrap: right, down, wheel up, wheel right.
    pub totals: [i32; 4],
    /// Across the picture: -32767 to 32767.
    pub at: [i16; 2],
    /// 1 left, 2 right, 4 middle, 8 and 16 the extra two.
    pub buttons: u16,
    /// It points at the picture.
    pub inside: bool,
}

impl MouseMessage {
    fn parse(bytes: &[u8]) -> Option<MouseMessage> {
        let [3, seat, 0, 0, ..] = *bytes else { return None };
        let seat = Seat::new(usize::from(seat))?;
        if bytes.len() != MOUSE_BYTES {
            return None;
        }
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let word =
            |index: usize| (u32::from(half(8 + index * 4)) | u32::from(half(10 + index * 4)) << 16).cast_signed();
        let axis = |at: usize| half(at).cast_signed().max(-i16::MAX);
        let flags = half(30);
        (flags <= 1).then_some(MouseMessage {
            seat,
            seq: seq_of(bytes)?,
            totals: [word(0), word(1), word(2), word(3)],
            at: [axis(24), axis(26)],
            buttons: half(28) & 0x1f,
            inside: flags & 1 != 0,
        })
    }

    /// Whether it is newer than the one with this number.
    pub fn is_newer_than(&self, last: u32) -> bool {
        ahead(self.seq, last, 1) > 0
    }

    /// The motion since these totals, each limited to what a hand can do between two messages.
    pub fn moved_since(&self, before: [i32; 4]) -> [i32; 4] {
        let part = |index: usize| self.totals[index].wrapping_sub(before[index]).clamp(-20_000, 20_000);
        [part(0), part(1), part(2), part(3)]
    }
}

/// How a phone is moved. The newest counts: whatever was lost is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MotionMessage {
    pub seat: Seat,
    /// Rises with every message.
    pub seq: u32,
    /// Every number that can be sent is one that sensors can measure.
    pub motion: MotionState,
}

impl MotionMessage {
    fn parse(bytes: &[u8]) -> Option<MotionMessage> {
        let [4, seat, 0, 0, ..] = *bytes else { return None };
        let seat = Seat::new(usize::from(seat))?;
        let axes: &[u8; MOTION_BYTES] = bytes.try_into().ok()?;
        let axis = |index: usize| {
            let at = INPUT_HEADER + index * 2;
            i16::from_le_bytes([axes[at], axes[at + 1]]).max(-i16::MAX)
        };
        let motion = MotionState { acceleration: [0, 1, 2].map(axis), rotation: [3, 4, 5].map(axis) };
        Some(MotionMessage { seat, seq: seq_of(bytes)?, motion })
    }

    /// Whether it is newer than the one with this number.
    pub fn is_newer_than(&self, last: u32) -> bool {
        ahead(self.seq, last, 1) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seat: u8, seq: u32, buttons: &[u16]) -> Vec<u8> {
        let mut bytes = vec![1, seat, buttons.len() as u8, 0];
        bytes.extend(seq.to_le_bytes());
        for b in buttons {
            bytes.extend(b.to_le_bytes());
            bytes.extend([0; 12]);
        }
        bytes
    }

    fn buttons(message: &[u8], last: u32) -> Vec<u16> {
        let message = PadMessage::parse(message).expect("a message");
        message.newer_than(last).map(|state| state.buttons).collect()
    }

    #[test]
    fn only_states_that_are_news_come_out_oldest_first() {
        let bytes = message(1, 10, &[10, 9, 8, 7]);
        assert_eq!(buttons(&bytes, 8), [9, 10]);
        assert!(buttons(&bytes, 10).is_empty());
        assert_eq!(buttons(&bytes, 2), [7, 8, 9, 10]);
        assert!(buttons(&bytes, 11).is_empty(), "overtaken by a newer one");
    }

    #[test]
    fn numbers_wrap_around() {
        let bytes = message(0, 1, &[1, 0, 65535]);
        assert_eq!(buttons(&bytes, u32::MAX - 1), [65535, 0, 1]);
        assert_eq!(buttons(&bytes, u32::MAX), [0, 1]);
    }

    #[test]
    fn the_whole_state_is_read_little_endian() {
        let mut bytes = message(7, 1, &[0x8001]);
        bytes[10..22].copy_from_slice(&[0xff, 0x7f, 1, 0x80, 0, 0x80, 2, 0, 3, 0, 0xff, 0xff]);
        let state = PadMessage::parse(&bytes).expect("a message").newer_than(0).next().expect("a state");
        assert_eq!(state.buttons, 0x8001);
        assert_eq!(state.left, [32767, -32767]);
        assert_eq!(state.right, [-32767, 2]);
        assert_eq!(state.triggers, [3, 0], "a trigger is never below zero");
    }

    #[test]
    fn what_is_no_input_message_is_refused() {
        let good = message(1, 1, &[1, 2]);
        assert!(PadMessage::parse(&good).is_some());
        for len in 0..good.len() {
            assert!(PadMessage::parse(&good[..len]).is_none(), "cut to {len}");
        }
        for (index, value) in [(0, 2), (1, 8), (1, 255), (2, 0), (2, 3), (2, 9), (3, 1)] {
            let mut bad = good.clone();
            bad[index] = value;
            assert!(PadMessage::parse(&bad).is_none(), "byte {index} = {value}");
        }
        assert!(PadMessage::parse(&message(1, 1, &[0; 9])).is_none());
    }

    #[test]
    fn keys_come_out_oldest_first_and_nothing_else_is_a_keyboard() {
        let mut bytes = vec![2, 1, 2, 0, 9, 0, 0, 0];
        bytes.extend([2, 97, 0, 98, 0, 1, 97, 0]);
        let Some(InputMessage::Keys(keys)) = InputMessage::parse(&bytes) else { panic!("keys") };
        assert_eq!((keys.seat.index(), keys.newest()), (1, &[97, 98][..]));
        let since = |last| keys.newer_than(last).map(<[u16]>::to_vec).collect::<Vec<_>>();
        assert_eq!(since(7), [vec![97], vec![97, 98]]);
        assert_eq!(since(8), [vec![97, 98]]);
        assert!(since(9).is_empty() && since(10).is_empty());
        for len in 0..bytes.len() {
            assert!(InputMessage::parse(&bytes[..len]).is_none(), "cut to {len}");
        }
        for (index, value) in [(1, 8), (2, 0), (2, 1), (2, 3), (2, 5), (3, 1), (8, 1), (8, 17)] {
            let mut bad = bytes.clone();
            bad[index] = value;
            assert!(InputMessage::parse(&bad).is_none(), "byte {index} = {value}");
        }
    }

    #[test]
    fn a_mouse_is_read_to_its_last_byte() {
        let mut bytes = vec![3, 2, 0, 0, 5, 0, 0, 0];
        for total in [10i32, -20, i32::MAX, i32::MIN] {
            bytes.extend(total.to_le_bytes());
        }
        bytes.extend([1, 0, 0, 0x80, 0xff, 0xff, 1, 0]);
        let Some(InputMessage::Mouse(mouse)) = InputMessage::parse(&bytes) else { panic!("a mouse") };
        assert_eq!((mouse.seat.index(), mouse.seq, mouse.at), (2, 5, [1, -32767]));
        assert_eq!((mouse.buttons, mouse.inside), (0x1f, true));
        assert_eq!(mouse.moved_since([0, 0, i32::MAX, i32::MAX]), [10, -20, 0, 1], "totals wrap around");
        assert!(mouse.is_newer_than(4) && !mouse.is_newer_than(5) && !mouse.is_newer_than(6));
        for len in 0..bytes.len() {
            assert!(InputMessage::parse(&bytes[..len]).is_none(), "cut to {len}");
        }
        for (index, value) in [(0, 5), (1, 8), (2, 1), (3, 1), (30, 2)] {
            let mut bad = bytes.clone();
            bad[index] = value;
            assert!(InputMessage::parse(&bad).is_none(), "byte {index} = {value}");
        }
    }

    #[test]
    fn a_motion_is_read_to_its_last_byte_and_every_number_in_it_makes_sense() {
        let mut bytes = vec![4, 3, 0, 0, 5, 0, 0, 0];
        for axis in [0i16, -2048, 2048, i16::MIN, i16::MAX, 512] {
            bytes.extend(axis.to_le_bytes());
        }
        let Some(InputMessage::Motion(message)) = InputMessage::parse(&bytes) else { panic!("a motion") };
        let motion = MotionState { acceleration: [0, -2048, 2048], rotation: [-i16::MAX, i16::MAX, 512] };
        assert_eq!((message.seat.index(), message.seq, message.motion), (3, 5, motion));
        assert!(message.is_newer_than(4) && !message.is_newer_than(5) && !message.is_newer_than(6));
        assert!(message.is_newer_than(u32::MAX), "numbers wrap around");
        for len in 0..bytes.len() {
            assert!(InputMessage::parse(&bytes[..len]).is_none(), "cut to {len}");
        }
        for (index, value) in [(0, 3), (1, 8), (2, 1), (3, 1)] {
            let mut bad = bytes.clone();
            bad[index] = value;
            assert!(InputMessage::parse(&bad).is_none(), "byte {index} = {value}");
        }
        bytes.push(0);
        assert!(InputMessage::parse(&bytes).is_none(), "more than that");
    }
}
