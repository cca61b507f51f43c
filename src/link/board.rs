//! The input board: what is held down now on every seat, in words that both processes reach without a lock; and the way
//! back, motors, LEDs and the sensors that the core wants to read.
//!
//! A thread that has news stores it; the runner reads at its poll. Nothing is queued, so an input is never older than its
//! arrival, and a press that is over before the core looked stays latched until it has been polled once.
//!
//! Guests and the host may hold the same seat, so the board has two [lanes](Lane), each with states and latches of its
//! own; reading joins them.

use super::{Link, layout, sys::Region};
use crate::input::{
    Inputs, KeySet, MAX_SEATS, MotionState, Mouse, MouseMove, MouseState, PadState, Rumble, Seat, SeatSet, Sensors,
};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::time::Duration;

mod presses;

/// Who writes. One thread writes to a lane at a time, or a press may be missed; two lanes never disturb each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Peers: the net thread.
    Remote,
    /// The host's own hands: the window's input threads, which take turns.
    Local,
}

impl Lane {
    const ALL: [Lane; layout::LANES] = [Lane::Remote, Lane::Local];

    fn seat(self, seat: usize) -> usize {
        layout::INPUT + (self as usize * MAX_SEATS + seat) * layout::INPUT_STRIDE
    }

    fn keys(self) -> usize {
        layout::KEYS + self as usize * layout::KEYS_STRIDE
    }
}

/// The host's end. Clones write to the same board.
#[derive(Clone)]
pub struct BoardWriter(Arc<Link>);

impl BoardWriter {
    /// Writes to the board of `link`.
    pub fn new(link: Arc<Link>) -> BoardWriter {
        BoardWriter(link)
    }

    /// Puts the whole state of `seat`'s pad on the board. A seat that does not exist is ignored.
    pub fn set(&self, lane: Lane, seat: usize, pad: PadState) {
        if seat >= MAX_SEATS {
            return;
        }
        let base = lane.seat(seat);
        let region = &self.0.region;
        let (low, high) = pack(pad);
        region.u64(base + layout::PAD_HIGH).store(high, Release);
        let before = region.u64(base + layout::PAD_LOW).swap(low, AcqRel) as u16;
        latch(region, base + layout::PAD_PRESSED, pad.buttons & !before);
    }

    /// Puts all held keys of the lane's keyboard on the board.
    pub fn set_keyboard(&self, lane: Lane, keys: &KeySet) {
        let base = lane.keys();
        let region = &self.0.region;
        // Shift, Ctrl and Alt are in the last words. Written first and read last, they are there when their key is.
        for (index, word) in keys.words().into_iter().enumerate().rev() {
            let before = region.u64(base + layout::KEYS_HELD + index * 8).swap(word, AcqRel);
            let pressed = word & !before;
            if pressed != 0 {
                region.u64(base + layout::KEYS_PRESSED + index * 8).fetch_or(pressed, Release);
                presses::announce(region);
            }
        }
    }

    /// Puts the place and the buttons of `seat`'s mouse on the board. A seat that does not exist is ignored.
    pub fn set_mouse(&self, lane: Lane, seat: usize, state: MouseState) {
        if seat >= MAX_SEATS {
            return;
        }
        let base = lane.seat(seat);
        let region = &self.0.region;
        let before = unpack_mouse(region.u64(base + layout::MOUSE_STATE).swap(pack_mouse(state), AcqRel));
        latch(region, base + layout::MOUSE_PRESSED, state.buttons & !before.buttons);
    }

    /// Moves `seat`'s mouse: what is moved between two polls adds up. A seat that does not exist is ignored.
    pub fn move_mouse(&self, lane: Lane, seat: usize, by: MouseMove) {
        if seat >= MAX_SEATS {
            return;
        }
        let base = lane.seat(seat) + layout::MOUSE_MOVED;
        for (index, amount) in [by.dx, by.dy, by.wheel, by.hwheel].into_iter().enumerate() {
            if amount != 0 {
                self.0.region.u32(base + index * 4).fetch_add(amount.cast_unsigned(), AcqRel);
            }
        }
    }

    /// Puts on the board how `seat`'s controller is moved. Only guests tell: no pad at the host's machine does. A seat that does not
    /// exist is ignored.
    pub fn set_motion(&self, seat: usize, motion: MotionState) {
        if seat >= MAX_SEATS {
            return;
        }
        let base = Lane::Remote.seat(seat);
        self.0.region.u64(base + layout::MOTION_ACCELERATION).store(pack_axes(motion.acceleration), Release);
        self.0.region.u64(base + layout::MOTION_ROTATION).store(pack_axes(motion.rotation), Release);
    }

    /// The seats on which nobody can tell motion.
    pub fn set_motionless(&self, seats: SeatSet) {
        self.0.region.u32(layout::MOTIONLESS).store(seats.bits(), Release);
    }

    /// Seats whose pad, stick or mouse has anything held now.
    pub fn held_seats(&self) -> SeatSet {
        let region = &self.0.region;
        let held = |base: usize| {
            let pad = read_held(region, base);
            let pushed = |value: i16| value.unsigned_abs() > PUSHED;
            let axes = [pad.left, pad.right, pad.triggers];
            pad.buttons != 0
                || axes.into_iter().flatten().any(pushed)
                || unpack_mouse(region.u64(base + layout::MOUSE_STATE).load(Acquire)).buttons != 0
        };
        Seat::ALL.into_iter().filter(|seat| Lane::ALL.iter().any(|lane| held(lane.seat(seat.index())))).collect()
    }
}

/// A stick that was let go does not always come back to its middle.
const PUSHED: u16 = 8192;

fn latch(region: &Region, at: usize, pressed: u16) {
    if pressed != 0 {
        region.u32(at).fetch_or(pressed.into(), Release);
        presses::announce(region);
    }
}

/// The core process's end.
pub struct BoardReader {
    link: Arc<Link>,
    /// Each lane's mouse as it was at the last poll.
    places: [[MouseState; layout::LANES]; MAX_SEATS],
    /// The lane whose mouse moved last: an index into `places`.
    leading: [usize; MAX_SEATS],
}

impl BoardReader {
    /// Reads the board of `link`.
    pub fn new(link: Arc<Link>) -> BoardReader {
        BoardReader { link, places: Default::default(), leading: [0; MAX_SEATS] }
    }

    /// Everything for the frame about to run; each latched press and each move is handed out once.
    pub fn poll(&mut self, inputs: &mut Inputs) {
        let region = &self.link.region;
        for (seat, pad) in inputs.pads.iter_mut().enumerate() {
            let [remote, local] = Lane::ALL.map(|lane| read_pad(region, lane.seat(seat)));
            *pad = remote.merged(local);
        }
        let [remote, local] = Lane::ALL.map(|lane| read_keys(region, lane.keys()));
        inputs.keys = remote.union(local);
        for (seat, mouse) in inputs.mice.iter_mut().enumerate() {
            let lanes = Lane::ALL.map(|lane| read_mouse(region, lane.seat(seat)));
            let moved = lanes[0].moved.plus(lanes[1].moved);
            let state = joined(lanes.map(|lane| lane.state), &mut self.places[seat], &mut self.leading[seat]);
            *mouse = Mouse { moved, state };
        }
        for (seat, motion) in inputs.motions.iter_mut().enumerate() {
            *motion = read_motion(region, Lane::Remote.seat(seat));
        }
    }

    /// The seats on which nobody can tell motion.
    pub fn motionless(&self) -> SeatSet {
        SeatSet::from_bits(self.link.region.u32(layout::MOTIONLESS).load(Acquire))
    }

    /// Drops what was tapped and moved since the last poll: a game that was paused must not catch up with it.
    pub fn forget_taps(&self) {
        clear_taps(&self.link.region);
    }
}

/// For the core process: waits for presses that are not read yet.
pub struct PressWatch(Arc<Link>);

impl PressWatch {
    /// Of the board of `link`.
    pub fn new(link: Arc<Link>) -> PressWatch {
        PressWatch(link)
    }

    /// Waits until something is pressed that is not held in `inputs`, or until the monotonic clock shows `deadline`. True: it was.
    pub fn wait(&self, inputs: &Inputs, deadline: Duration) -> bool {
        presses::wait(&self.0.region, deadline, || self.has_press(inputs))
    }

    /// Nothing is taken off the board.
    fn has_press(&self, inputs: &Inputs) -> bool {
        let region = &self.0.region;
        let latched = |at: usize| region.u32(at).load(Acquire) as u16;
        let seats = |base: usize, seat: usize| {
            latched(base + layout::PAD_PRESSED) & !inputs.pads[seat].buttons != 0
                || latched(base + layout::MOUSE_PRESSED) & !inputs.mice[seat].state.buttons != 0
        };
        let keys = |base: usize| {
            let word = |index: usize| region.u64(base + layout::KEYS_PRESSED + index * 8).load(Acquire);
            !KeySet::from_words(std::array::from_fn(word)).without(inputs.keys).is_empty()
        };
        Lane::ALL.iter().any(|lane| keys(lane.keys()) || (0..MAX_SEATS).any(|seat| seats(lane.seat(seat), seat)))
    }
}

/// Each sensor is whole in itself.
fn read_motion(region: &Region, base: usize) -> MotionState {
    let axes = |at: usize| unpack_axes(region.u64(base + at).load(Acquire));
    MotionState { acceleration: axes(layout::MOTION_ACCELERATION), rotation: axes(layout::MOTION_ROTATION) }
}

// In the three below the latch comes first: a press that lands between the two reads is then seen in the state, and again
// in the next frame's latch, which is a frame longer but never lost.

fn read_pad(region: &Region, base: usize) -> PadState {
    let pressed = region.u32(base + layout::PAD_PRESSED).swap(0, AcqRel) as u16;
    let mut pad = read_held(region, base);
    pad.buttons |= pressed;
    pad
}

fn read_held(region: &Region, base: usize) -> PadState {
    let low = region.u64(base + layout::PAD_LOW).load(Acquire);
    let high = region.u64(base + layout::PAD_HIGH).load(Acquire);
    unpack(low, high)
}

fn read_keys(region: &Region, base: usize) -> KeySet {
    KeySet::from_words(std::array::from_fn(|index| {
        let pressed = region.u64(base + layout::KEYS_PRESSED + index * 8).swap(0, AcqRel);
        region.u64(base + layout::KEYS_HELD + index * 8).load(Acquire) | pressed
    }))
}

fn read_mouse(region: &Region, base: usize) -> Mouse {
    let moved = |index: usize| region.u32(base + layout::MOUSE_MOVED + index * 4).swap(0, AcqRel).cast_signed();
    let pressed = region.u32(base + layout::MOUSE_PRESSED).swap(0, AcqRel) as u16;
    let mut state = unpack_mouse(region.u64(base + layout::MOUSE_STATE).load(Acquire));
    state.buttons |= pressed;
    Mouse { moved: MouseMove { dx: moved(0), dy: moved(1), wheel: moved(2), hwheel: moved(3) }, state }
}

/// Two mice on one seat: buttons are joined; the one that moved last says where it is, unless only the other is over
/// the picture.
fn joined(now: [MouseState; 2], before: &mut [MouseState; 2], leading: &mut usize) -> MouseState {
    let place = |state: MouseState| (state.x, state.y, state.over);
    for (lane, (now, before)) in now.iter().zip(before.iter()).enumerate() {
        if place(*now) != place(*before) {
            *leading = lane;
        }
    }
    *before = now;
    let (first, second) = (now[*leading], now[1 - *leading]);
    let shown = if second.over && !first.over { second } else { first };
    MouseState { buttons: first.buttons | second.buttons, ..shown }
}

/// The core process's end of the way back. One at a time, and it remembers what it wrote.
pub struct FeedbackWriter {
    link: Arc<Link>,
    rumble: [Rumble; MAX_SEATS],
    leds: u32,
    sensors: Sensors,
    still: bool,
}

impl FeedbackWriter {
    /// Writes to the board of `link`.
    pub fn new(link: Arc<Link>) -> FeedbackWriter {
        FeedbackWriter { link, rumble: Default::default(), leds: 0, sensors: Sensors::default(), still: false }
    }

    /// What the motors of `seat` were last told.
    pub fn rumble(&self, seat: usize) -> Rumble {
        self.rumble.get(seat).copied().unwrap_or_default()
    }

    /// Turns the motors of `seat`. False when there is no such seat.
    pub fn set_rumble(&mut self, seat: usize, rumble: Rumble) -> bool {
        let Some(last) = self.rumble.get_mut(seat) else { return false };
        *last = rumble;
        self.write_rumble(seat);
        true
    }

    /// Switches an LED, of which there are 32. Others are ignored.
    pub fn set_led(&mut self, led: u32, on: bool) {
        let Some(bit) = 1u32.checked_shl(led) else { return };
        self.leds = if on { self.leds | bit } else { self.leds & !bit };
        self.link.region.u32(layout::LEDS).store(self.leds, Release);
    }

    /// The core wants, or wants no longer, to be told what these sensors measure.
    pub fn set_sensors(&mut self, change: impl FnOnce(&mut Sensors)) {
        change(&mut self.sensors);
        let Sensors { accelerometer, gyroscope } = self.sensors;
        self.link.region.u32(layout::SENSORS).store(accelerometer.bits() | gyroscope.bits() << 16, Release);
    }

    /// Holds all motors still, as long as the game is paused.
    pub fn hold_still(&mut self, still: bool) {
        self.still = still;
        (0..MAX_SEATS).for_each(|seat| self.write_rumble(seat));
    }

    fn write_rumble(&self, seat: usize) {
        let rumble = if self.still { Rumble::default() } else { self.rumble[seat] };
        let word = u32::from(rumble.strong) << 16 | u32::from(rumble.weak);
        self.link.region.u32(layout::RUMBLE + seat * 4).store(word, Release);
    }
}

/// The host's end of the way back. Every value there can be makes sense, so there is nothing to check.
#[derive(Clone)]
pub struct FeedbackReader(Arc<Link>);

impl FeedbackReader {
    /// Reads the board of `link`.
    pub fn new(link: Arc<Link>) -> FeedbackReader {
        FeedbackReader(link)
    }

    /// How the motors of `seat` should turn now; a seat that does not exist has none.
    pub fn rumble(&self, seat: usize) -> Rumble {
        if seat >= MAX_SEATS {
            return Rumble::default();
        }
        let word = self.0.region.u32(layout::RUMBLE + seat * 4).load(Acquire);
        Rumble { strong: (word >> 16) as u16, weak: word as u16 }
    }

    /// The LEDs that are on now, one bit each.
    pub fn leds(&self) -> u32 {
        self.0.region.u32(layout::LEDS).load(Acquire)
    }

    /// What the core wants to be told of motion.
    pub fn sensors(&self) -> Sensors {
        let word = self.0.region.u32(layout::SENSORS).load(Acquire);
        Sensors { accelerometer: SeatSet::from_bits(word), gyroscope: SeatSet::from_bits(word >> 16) }
    }
}

/// What is held stays: the people who hold it are still there. Old taps and moves do not, and neither does feedback.
pub(super) fn clear(region: &Region) {
    clear_taps(region);
    clear_feedback(region);
}

fn clear_taps(region: &Region) {
    for lane in Lane::ALL {
        for seat in 0..MAX_SEATS {
            region.u32(lane.seat(seat) + layout::PAD_PRESSED).store(0, Release);
            region.u32(lane.seat(seat) + layout::MOUSE_PRESSED).store(0, Release);
            for index in 0..4 {
                region.u32(lane.seat(seat) + layout::MOUSE_MOVED + index * 4).store(0, Relaxed);
            }
        }
        for index in 0..KeySet::WORDS {
            region.u64(lane.keys() + layout::KEYS_PRESSED + index * 8).store(0, Release);
        }
    }
}

pub(super) fn clear_feedback(region: &Region) {
    for seat in 0..MAX_SEATS {
        region.u32(layout::RUMBLE + seat * 4).store(0, Release);
    }
    region.u32(layout::LEDS).store(0, Release);
    region.u32(layout::SENSORS).store(0, Release);
}

fn word(parts: [u16; 4]) -> u64 {
    parts.iter().rev().fold(0, |all, &part| all << 16 | u64::from(part))
}

fn part(word: u64, index: u32) -> u16 {
    (word >> (16 * index)) as u16
}

fn pack(pad: PadState) -> (u64, u64) {
    let axis = |value: i16| value.cast_unsigned();
    (
        word([pad.buttons, axis(pad.left[0]), axis(pad.left[1]), axis(pad.right[0])]),
        word([axis(pad.right[1]), axis(pad.triggers[0]), axis(pad.triggers[1]), 0]),
    )
}

fn unpack(low: u64, high: u64) -> PadState {
    let axis = |word: u64, index: u32| part(word, index).cast_signed();
    PadState {
        buttons: low as u16,
        left: [axis(low, 1), axis(low, 2)],
        right: [axis(low, 3), axis(high, 0)],
        triggers: [axis(high, 1), axis(high, 2)],
    }
}

fn pack_axes([x, y, z]: [i16; 3]) -> u64 {
    word([x.cast_unsigned(), y.cast_unsigned(), z.cast_unsigned(), 0])
}

fn unpack_axes(word: u64) -> [i16; 3] {
    std::array::from_fn(|axis| part(word, axis as u32).cast_signed())
}

fn pack_mouse(state: MouseState) -> u64 {
    word([state.x.cast_unsigned(), state.y.cast_unsigned(), state.buttons, state.over.into()])
}

fn unpack_mouse(word: u64) -> MouseState {
    MouseState {
        x: part(word, 0).cast_signed(),
        y: part(word, 1).cast_signed(),
        buttons: part(word, 2),
        over: part(word, 3) & 1 == 1,
    }
}

#[cfg(test)]
mod tests;
