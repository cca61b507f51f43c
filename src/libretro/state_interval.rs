//! How often automatic states are made, by what they take.

use crate::link::message::StatesSeen;
use std::time::Duration;

/// The shortest time between two.
pub const SHORTEST: Duration = Duration::from_secs(2);
/// A crash costs no more than this where states are not very slow.
const LONGEST: Duration = Duration::from_secs(10);
/// The share of the running time that they take where that costs no more than [`LONGEST`]: one part of so many.
const WANTED_SHARE: u32 = 500;
/// And never more than this, however slow they are: 2.9%. The budget is 3%.
const MOST_SHARE: u32 = 34;

/// What they took so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct StateInterval {
    /// What to reckon with: a long one counts for some time.
    expected: Duration,
    seen: StatesSeen,
}

impl StateInterval {
    /// The time from one that took so long to the next.
    pub fn after(&mut self, took: Duration) -> Duration {
        self.expected = took.max((self.expected * 3 + took) / 4);
        self.seen.count += 1;
        self.seen.total_us += took.as_secs_f64() * 1e6;
        self.seen.max_us = self.seen.max_us.max(took.as_secs_f64() * 1e6);
        let rare = (self.expected * WANTED_SHARE).clamp(SHORTEST, LONGEST);
        rare.max(self.expected * MOST_SHARE)
    }

    pub fn seen(&self) -> StatesSeen {
        self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(millis: u64) -> Duration {
        StateInterval::default().after(Duration::from_millis(millis))
    }

    #[test]
    fn quick_states_come_often_and_slow_ones_take_three_parts_in_a_hundred_at_most() {
        assert_eq!(after(0), SHORTEST);
        assert_eq!(after(4), SHORTEST);
        assert_eq!(after(10), Duration::from_secs(5));
        assert_eq!(after(100), LONGEST);
        for millis in [0, 1, 5, 17, 50, 200, 400, 1000, 5000] {
            let share = Duration::from_millis(millis).as_secs_f64() / after(millis).as_secs_f64();
            assert!(share < 0.03, "{millis} ms: {share}");
        }
    }

    #[test]
    fn a_slow_one_counts_for_some_time_and_all_are_counted() {
        let mut interval = StateInterval::default();
        let slow = interval.after(Duration::from_millis(1000));
        let mut last = slow;
        for _ in 0..30 {
            let next = interval.after(Duration::from_millis(1));
            assert!(next <= last);
            last = next;
        }
        assert_eq!((slow, last), (Duration::from_secs(34), SHORTEST));
        let seen = interval.seen();
        assert_eq!((seen.count, seen.max_us.round()), (31, 1e6));
        assert!((seen.total_us - 1.03e6).abs() < 1.0);
    }
}
