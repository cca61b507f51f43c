//! The input board: what every seat holds down now, in words that both processes reach without a lock.
//!
//! Whoever has news stores it; the runner reads at its poll. Nothing is queued, so an input is never older than its
//! arrival, and a press that is over before the core looked stays latched until it has been polled once.

use super::{Link, layout, sys::Region};
use crate::input::{MAX_SEATS, PadState};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

/// The host's end. Clones write to the same board; one writer a seat at a time, or its latest state wins.
#[derive(Clone)]
pub struct BoardWriter(Arc<Link>);

impl BoardWriter {
    /// Writes to the board of `link`.
    pub fn new(link: Arc<Link>) -> BoardWriter {
        BoardWriter(link)
    }

    /// Puts the whole state of `seat` on the board. A seat that does not exist is ignored.
    pub fn set(&self, seat: usize, pad: PadState) {
        if seat >= MAX_SEATS {
            return;
        }
        let base = layout::INPUT + seat * layout::INPUT_STRIDE;
        let region = &self.0.region;
        let (low, high) = pack(pad);
        region.u64(base + layout::PAD_HIGH).store(high, Release);
        let before = region.u64(base + layout::PAD_LOW).swap(low, AcqRel) as u16;
        let pressed = pad.buttons & !before;
        if pressed != 0 {
            region.u32(base + layout::PAD_PRESSED).fetch_or(pressed.into(), Release);
        }
    }
}

/// The core process's end.
pub struct BoardReader(Arc<Link>);

impl BoardReader {
    /// Reads the board of `link`.
    pub fn new(link: Arc<Link>) -> BoardReader {
        BoardReader(link)
    }

    /// The state of every seat for the frame about to run; each latched press is handed out once.
    pub fn poll(&self, pads: &mut [PadState; MAX_SEATS]) {
        for (seat, pad) in pads.iter_mut().enumerate() {
            let base = layout::INPUT + seat * layout::INPUT_STRIDE;
            let region = &self.0.region;
            // The latch first: a press that lands between the two reads is then seen in the state, and again in the
            // next frame's latch, which is a frame longer but never lost.
            let pressed = region.u32(base + layout::PAD_PRESSED).swap(0, AcqRel) as u16;
            let low = region.u64(base + layout::PAD_LOW).load(Acquire);
            let high = region.u64(base + layout::PAD_HIGH).load(Acquire);
            *pad = unpack(low, high);
            pad.buttons |= pressed;
        }
    }
}

pub(super) fn clear(region: &Region) {
    for seat in 0..MAX_SEATS {
        // Held buttons stay: the people who hold them are still there. Old taps do not.
        let base = layout::INPUT + seat * layout::INPUT_STRIDE;
        region.u32(base + layout::PAD_PRESSED).store(0, Release);
    }
}

fn pack(pad: PadState) -> (u64, u64) {
    let word = |parts: [u16; 4]| parts.iter().rev().fold(0, |all, &part| all << 16 | u64::from(part));
    let axis = |value: i16| value.cast_unsigned();
    (
        word([pad.buttons, axis(pad.left[0]), axis(pad.left[1]), axis(pad.right[0])]),
        word([axis(pad.right[1]), axis(pad.triggers[0]), axis(pad.triggers[1]), 0]),
    )
}

fn unpack(low: u64, high: u64) -> PadState {
    let axis = |word: u64, index: u32| ((word >> (16 * index)) as u16).cast_signed();
    PadState {
        buttons: low as u16,
        left: [axis(low, 1), axis(low, 2)],
        right: [axis(low, 3), axis(high, 0)],
        triggers: [axis(high, 1), axis(high, 2)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Button;

    fn ends() -> (BoardWriter, BoardReader) {
        let link = Link::create().expect("link");
        (BoardWriter::new(link.clone()), BoardReader::new(link))
    }

    #[test]
    fn every_field_arrives() {
        let (writer, reader) = ends();
        let pad = PadState { buttons: 0xa5f0, left: [-32767, 32767], right: [1, -2], triggers: [3, 32767] };
        writer.set(7, pad);
        let mut pads = [PadState::default(); MAX_SEATS];
        reader.poll(&mut pads);
        assert_eq!(pads[7], pad);
        assert_eq!(pads[0], PadState::default());
    }

    #[test]
    fn a_tap_between_two_polls_is_seen_for_exactly_one_poll() {
        let (writer, reader) = ends();
        let held = PadState { buttons: Button::A as u16, ..PadState::default() };
        writer.set(1, held);
        writer.set(1, PadState::default());
        let mut pads = [PadState::default(); MAX_SEATS];
        reader.poll(&mut pads);
        assert!(pads[1].held(Button::A));
        reader.poll(&mut pads);
        assert!(!pads[1].held(Button::A));
    }

    #[test]
    fn a_seat_that_does_not_exist_is_ignored() {
        let (writer, _) = ends();
        writer.set(MAX_SEATS, PadState::default());
        writer.set(usize::MAX, PadState::default());
    }
}
