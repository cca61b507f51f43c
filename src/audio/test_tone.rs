//! Three notes by which a person hears whether sound arrives: one on the left, one on the right, one on both.

use crate::packet::{BLOCK, RATE_HZ};
use std::f32::consts::TAU;
use std::time::Duration;

/// Of each note, in Hz.
const NOTES: [f32; 3] = [440.0, 554.37, 659.26];
/// One note's length in sample pairs: 0.4 s.
const NOTE: usize = RATE_HZ as usize * 2 / 5;
/// Well below a game's loudest.
const LOUDNESS: f32 = 0.3;
/// What is ahead of the clock, so that the device never waits.
const LEAD: Duration = Duration::from_millis(60);
/// After the last note, until the device has to have taken everything.
const GRACE: Duration = Duration::from_millis(400);

/// What is to be played of it by now.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    /// The next block, interleaved stereo at 48 kHz.
    Block(&'a [f32]),
    /// Nothing at the moment.
    Later,
    /// All of it was given out, and the device had the time to take it.
    Over,
}

/// The notes, given out at the pace of a clock.
pub(super) struct TestTone {
    began: Duration,
    position: usize,
    block: Vec<f32>,
}

impl TestTone {
    pub(super) fn new(now: Duration) -> TestTone {
        TestTone { began: now, position: 0, block: Vec::with_capacity(BLOCK * 2) }
    }

    /// Asked again and again until there is nothing.
    pub(super) fn next(&mut self, now: Duration) -> Part<'_> {
        let passed = now.saturating_sub(self.began);
        let length = NOTE * NOTES.len();
        if self.position >= length {
            let end = Duration::from_secs_f64(length as f64 / f64::from(RATE_HZ)) + GRACE;
            return if passed >= end { Part::Over } else { Part::Later };
        }
        if self.position as f64 >= (passed + LEAD).as_secs_f64() * f64::from(RATE_HZ) {
            return Part::Later;
        }
        self.block.clear();
        self.block.extend((self.position..self.position + BLOCK).flat_map(sample));
        self.position += BLOCK;
        Part::Block(&self.block)
    }
}

/// Left and right at this place.
fn sample(position: usize) -> [f32; 2] {
    let (index, at) = (position / NOTE, position % NOTE);
    let Some(hz) = NOTES.get(index) else { return [0.0; 2] };
    // Rounded at both ends: a wave that is cut is heard as a click.
    let part = at as f32 / NOTE as f32;
    let envelope = (part * 20.0).min((1.0 - part) * 4.0).min(1.0);
    let value = (at as f32 / RATE_HZ as f32 * hz * TAU).sin() * envelope * LOUDNESS;
    match index {
        0 => [value, 0.0],
        1 => [0.0, value],
        _ => [value, value],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(tone: &mut TestTone, now: Duration) -> (Vec<f32>, bool) {
        let mut all = Vec::new();
        loop {
            match tone.next(now) {
                Part::Block(block) => all.extend_from_slice(block),
                Part::Later => return (all, false),
                Part::Over => return (all, true),
            }
        }
    }

    #[test]
    fn it_keeps_to_the_clock_goes_from_left_to_right_to_both_and_ends() {
        let start = Duration::from_secs(50);
        let mut tone = TestTone::new(start);
        let (first, over) = drain(&mut tone, start);
        assert!(!over && !first.is_empty() && first.len() < RATE_HZ as usize / 4, "{}", first.len());
        let (rest, over) = drain(&mut tone, start + Duration::from_secs(1));
        assert!(!over);
        let (last, over) = drain(&mut tone, start + Duration::from_secs(9));
        assert!(over);
        let all = [first, rest, last].concat();
        let loudest = |from: usize, side: usize| {
            let note = all[from * NOTE * 2..(from + 1) * NOTE * 2].iter().skip(side).step_by(2);
            note.fold(0f32, |most, value| most.max(value.abs()))
        };
        assert!(loudest(0, 0) > 0.25 && loudest(0, 1) == 0.0);
        assert!(loudest(1, 0) == 0.0 && loudest(1, 1) > 0.25);
        assert!(loudest(2, 0) > 0.25 && loudest(2, 1) > 0.25);
        assert!(all.iter().all(|value| value.abs() <= LOUDNESS));
        assert_eq!(drain(&mut tone, start + Duration::from_secs(10)), (Vec::new(), true));
    }
}
