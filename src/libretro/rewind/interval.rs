//! How many frames lie between two states that are remembered, by what they take and what there is room for.

use std::time::Duration;

/// The share of the running time that remembering may take on average.
const MOST_SHARE: f64 = 0.03;
/// Where there is not room for so much, states are taken further apart.
const WANTED_REACH: f64 = 20.0;
/// Further apart than this nobody would call it going back: a quarter of a second.
const LONGEST_GAP: f64 = 0.25;
/// So many are looked at before it is given up: the first ones take long, since memory is touched for the first time.
const PATIENCE: u32 = 30;
/// Size is looked at for longer: a game that loads changes everything, and what does not fit delays no picture.
const PATIENCE_WITH_ROOM: u32 = 120;
/// So many are enough where even the quickest took this many times too long: each is a picture that comes late.
const HOPELESS_AFTER: u32 = 5;
const HOPELESS: f64 = 4.0;
/// Later, one that is much larger than the mean counts as so many times the mean: something else happened.
const MOST_TIMES: f64 = 4.0;
/// What is not more than this is never much: seconds, and a share of the room.
const LITTLE_COST: f64 = 0.001;
const LITTLE_SHARE: f64 = 1.0 / 64.0;

/// What states took so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct RewindInterval {
    seen: u32,
    /// In seconds, on average, the newest counting most.
    cost: f64,
    /// Bytes, likewise.
    bytes: f64,
    /// Seconds that the quickest took.
    least: f64,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Remember again after so many frames, at least 1.
    After(u32),
    /// The core's states are too slow, or too large for the room that there is.
    GiveUp,
}

impl RewindInterval {
    /// One was remembered; it took so long and so many bytes of `room`.
    pub fn observe(&mut self, took: Duration, bytes: usize, room: usize, fps: f64) -> Next {
        let (mut took, mut bytes, room) = (took.as_secs_f64(), bytes as f64, room.max(1) as f64);
        self.least = if self.seen == 0 { took } else { self.least.min(took) };
        if self.seen >= PATIENCE {
            took = took.min((self.cost * MOST_TIMES).max(LITTLE_COST));
            bytes = bytes.min((self.bytes * MOST_TIMES).max(room * LITTLE_SHARE));
        }
        self.seen = self.seen.saturating_add(1);
        // A plain mean at first.
        let weight = (1.0 / f64::from(self.seen)).max(0.05);
        self.cost += (took - self.cost) * weight;
        self.bytes += (bytes - self.bytes) * weight;
        let frames = |cost: f64| cost * fps / MOST_SHARE;
        let by_time = frames(self.cost);
        let by_room = self.bytes * fps * WANTED_REACH / room;
        let longest = longest_gap(fps);
        if frames(self.least) > longest * HOPELESS && self.seen >= HOPELESS_AFTER {
            return Next::GiveUp;
        }
        if by_time > longest && self.seen >= PATIENCE {
            return Next::GiveUp;
        }
        // Room for less than a second is of no use.
        if by_room > longest * WANTED_REACH && self.seen >= PATIENCE_WITH_ROOM {
            return Next::GiveUp;
        }
        Next::After(by_time.max(by_room).ceil().clamp(1.0, longest.floor()) as u32)
    }

    /// The core made none, which took so long.
    pub fn observe_failure(&mut self, took: Duration, room: usize, fps: f64) -> Next {
        // It says nothing of how large they are.
        match self.observe(took, self.bytes as usize, room, fps) {
            Next::After(_) => Next::After(longest_gap(fps) as u32),
            Next::GiveUp => Next::GiveUp,
        }
    }
}

/// In frames, 1 at least.
fn longest_gap(fps: f64) -> f64 {
    (fps * LONGEST_GAP).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(micros: u64, bytes: usize, room: usize) -> Next {
        let mut interval = RewindInterval::default();
        let observe =
            |interval: &mut RewindInterval| interval.observe(Duration::from_micros(micros), bytes, room, 60.0);
        (0..200).map(|_| observe(&mut interval)).last().expect("some")
    }

    #[test]
    fn quick_states_are_taken_with_every_frame_and_slow_ones_take_three_parts_in_a_hundred() {
        assert_eq!(after(100, 500, 64 << 20), Next::After(1));
        assert_eq!(after(500, 500, 64 << 20), Next::After(1));
        assert_eq!(after(501, 500, 64 << 20), Next::After(2));
        assert_eq!(after(3_000, 500, 64 << 20), Next::After(6));
        assert_eq!(after(7_400, 500, 64 << 20), Next::After(15));
        assert_eq!(after(7_600, 500, 64 << 20), Next::GiveUp);
    }

    #[test]
    fn large_ones_are_taken_less_often_and_not_at_all_where_less_than_a_second_fits() {
        assert_eq!(after(10, 50_000, 64 << 20), Next::After(1));
        assert_eq!(after(10, 100_000, 64 << 20), Next::After(2));
        assert_eq!(after(10, 2 << 20, 64 << 20), Next::After(15));
        assert_eq!(after(10, 20 << 20, 64 << 20), Next::GiveUp);
    }

    #[test]
    fn one_slow_state_changes_nothing_for_long() {
        let mut interval = RewindInterval::default();
        let slow = Duration::from_millis(200);
        assert_eq!(interval.observe(slow, 10, 64 << 20, 60.0), Next::After(15), "it is not given up at once");
        let last = (0..200).map(|_| interval.observe(Duration::from_micros(20), 10, 64 << 20, 60.0)).last();
        assert_eq!(last, Some(Next::After(1)));
    }

    #[test]
    fn states_that_are_far_too_slow_are_given_up_after_a_few() {
        let mut interval = RewindInterval::default();
        let mut observe = |millis| interval.observe(Duration::from_millis(millis), 10, 64 << 20, 60.0);
        let count = (1..100).find(|_| observe(100) == Next::GiveUp);
        assert_eq!(count, Some(HOPELESS_AFTER));
        // Those that were only slow at first are not.
        let mut interval = RewindInterval::default();
        for millis in [900, 400, 200, 100, 1, 1, 1, 1] {
            let next = interval.observe(Duration::from_millis(millis), 10, 64 << 20, 60.0);
            assert_ne!(next, Next::GiveUp, "{millis}");
        }
    }

    #[test]
    fn one_that_is_slow_or_large_later_ends_nothing_but_many_do() {
        for (micros, bytes) in [(150_000, 10), (10, 64 << 20)] {
            let mut interval = RewindInterval::default();
            let mut observe = |micros, bytes| interval.observe(Duration::from_micros(micros), bytes, 64 << 20, 60.0);
            for _ in 0..PATIENCE {
                observe(20, 10);
            }
            assert!(matches!(observe(micros, bytes), Next::After(1..=3)));
            for _ in 0..200 {
                observe(20, 10);
            }
            assert_eq!(observe(20, 10), Next::After(1));
            assert!((0..200).any(|_| observe(micros, bytes) == Next::GiveUp));
        }
    }
}
