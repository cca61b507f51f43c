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

/// What states took so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct RewindInterval {
    seen: u32,
    /// In seconds, on average, the newest counting most.
    cost: f64,
    /// Bytes, likewise.
    bytes: f64,
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
        self.seen = self.seen.saturating_add(1);
        // A plain mean at first.
        let weight = (1.0 / f64::from(self.seen)).max(0.05);
        self.cost += (took.as_secs_f64() - self.cost) * weight;
        self.bytes += (bytes as f64 - self.bytes) * weight;
        let by_time = self.cost * fps / MOST_SHARE;
        let by_room = self.bytes * fps * WANTED_REACH / room.max(1) as f64;
        let longest = (fps * LONGEST_GAP).max(1.0);
        if by_time > longest && self.seen >= PATIENCE {
            return Next::GiveUp;
        }
        // Room for less than a second is of no use.
        if by_room > longest * WANTED_REACH && self.seen >= PATIENCE {
            return Next::GiveUp;
        }
        Next::After(by_time.max(by_room).ceil().clamp(1.0, longest.floor()) as u32)
    }
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
}
