//! When things are: the sound's place on the picture's clock, and the recording's time, which leaves out the pauses.

use crate::packet::RATE_HZ;
use std::time::Duration;

/// Sound and picture may be this far apart.
const TOLERANCE_NS: i64 = 20_000_000;

/// A block that comes this much before its time is no jitter.
const EARLY_NS: i64 = 100_000_000;

/// Blocks that are looked at before anything is corrected: a second.
const WINDOW: u32 = 100;

/// Places sound on the monotonic clock.
///
/// A block's place in the sound says when it is to be heard after the one before it; only its arrival says when it was
/// made. The machine can make a block late and never early, so the most punctual block of a second shows the truth.
#[derive(Debug)]
pub struct SoundClock {
    /// The monotonic clock at position 0; before the engine started, so it can be below zero.
    origin_ns: Option<i64>,
    /// How late the most punctual block of this window was.
    least_ns: i64,
    blocks: u32,
}

impl SoundClock {
    /// Knows nothing until the first block.
    pub fn new() -> SoundClock {
        SoundClock { origin_ns: None, least_ns: i64::MAX, blocks: 0 }
    }

    /// When the block at `position` is to be heard.
    pub fn time(&mut self, position: u64, arrival: Duration) -> Duration {
        let since_origin = (position * 1_000_000 / u64::from(RATE_HZ)).cast_signed() * 1000;
        let arrival = i64::try_from(arrival.as_nanos()).unwrap_or(i64::MAX);
        let mut origin = self.origin_ns.unwrap_or(arrival - since_origin);
        let late = arrival - since_origin - origin;
        self.least_ns = self.least_ns.min(late);
        self.blocks += 1;
        if late < -EARLY_NS || self.blocks == WINDOW {
            if self.least_ns.abs() > TOLERANCE_NS {
                origin += self.least_ns;
            }
            self.least_ns = i64::MAX;
            self.blocks = 0;
        }
        self.origin_ns = Some(origin);
        Duration::from_nanos((origin + since_origin).try_into().unwrap_or(0))
    }
}

/// Nothing for this long, neither picture nor sound, and the game was paused.
const PAUSE: Duration = Duration::from_secs(1);

/// What is left of a pause: two frames.
const LEFT: Duration = Duration::from_millis(33);

/// From the monotonic clock to the recording's.
#[derive(Debug, Default)]
pub struct Timeline {
    skipped: Duration,
    newest: Option<Duration>,
}

impl Timeline {
    /// The recording's time of something that happened at `time`. To be asked in the order of time.
    pub fn at(&mut self, time: Duration) -> Duration {
        let newest = *self.newest.get_or_insert(time);
        let gap = time.saturating_sub(newest);
        if gap > PAUSE {
            self.skipped += gap - LEFT;
        }
        self.newest = Some(newest.max(time));
        time.saturating_sub(self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Blocks 0.. of a sound whose samples take `stretch` times as long as they should, 3 ms of jitter in arrival.
    fn errors(stretch: f64, blocks: u64) -> Vec<f64> {
        let mut clock = SoundClock::new();
        (0..blocks)
            .map(|n| {
                let made = 5.0 + n as f64 * 0.01 * stretch;
                let arrival = made + (n * 7919 % 4) as f64 * 0.001;
                clock.time(n * 480, Duration::from_secs_f64(arrival)).as_secs_f64() - made
            })
            .collect()
    }

    #[test]
    fn sound_that_keeps_time_is_never_corrected() {
        let errors = errors(1.0, 10_000);
        assert!(errors.iter().all(|error| (error - errors[0]).abs() < 1e-5), "the place is its position");
    }

    #[test]
    fn sound_that_runs_fast_or_slow_stays_within_the_tolerance() {
        for stretch in [0.999, 0.9995, 1.0005, 1.001] {
            let worst = errors(stretch, 60_000).into_iter().map(f64::abs).fold(0.0, f64::max);
            assert!(worst < 0.026, "stretch {stretch}: {worst} s apart");
        }
    }

    #[test]
    fn a_hiccup_of_the_machine_moves_nothing_and_a_short_pause_is_made_up_for() {
        let mut clock = SoundClock::new();
        let mut time = Duration::from_secs(9);
        for n in 0..150 {
            // Blocks 50 to 64 come in one heap, 150 ms late at first.
            let arrival = if (50..65).contains(&n) { Duration::from_secs(9) + 640 * MS } else { time };
            assert_eq!(clock.time(n * 480, arrival), time, "block {n}");
            time += 10 * MS;
        }
        // 150 ms in which nothing was played and that the position does not know of.
        time += 150 * MS;
        let last = (150..360).map(|n| (clock.time(n * 480, time), time, time += 10 * MS)).last();
        let (heard, made, ()) = last.expect("there are some");
        assert_eq!(heard, made);
    }

    #[test]
    fn sound_from_the_future_is_believed_at_once() {
        let mut clock = SoundClock::new();
        assert_eq!(clock.time(0, 1000 * MS), 1000 * MS);
        assert_eq!(clock.time(48_000, 1500 * MS), 1500 * MS, "half a second before its time");
        assert_eq!(clock.time(48_480, 1510 * MS), 1510 * MS);
    }

    #[test]
    fn a_pause_leaves_two_frames_and_slow_frames_are_no_pause() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.at(100_000 * MS), 100_000 * MS);
        assert_eq!(timeline.at(100_900 * MS), 100_900 * MS);
        assert_eq!(timeline.at(160_900 * MS), 100_933 * MS);
        assert_eq!(timeline.at(160_950 * MS), 100_983 * MS);
        // A little out of order after a pause.
        assert_eq!(timeline.at(160_940 * MS), 100_973 * MS);
    }
}
