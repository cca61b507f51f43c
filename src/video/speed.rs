//! How much quality is given up for speed: steps up when encoding cannot keep up with the game, and back when it can.

use super::encoder::SPEEDS;
use std::time::Duration;

/// Busy for more than this share of a frame's time on average: a step faster.
const STEP_UP_ABOVE: f64 = 0.8;
/// Busy for less than this share: a step back, which costs up to twice the time. Where that is too much, it is found out,
/// and the next try comes later.
const STEP_DOWN_BELOW: f64 = 0.6;
/// Frames that are looked at before a step faster.
const FRAMES: u32 = 15;
/// How long it must have been easy before a step back, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(160));
/// The share of the newest frame in the average.
const WEIGHT: f64 = 0.1;
/// By how much the typical share follows each frame, up and down: it stays where five frames in six are above.
const TYPICAL_STEPS: (f64, f64) = (1.02, 0.9);
/// Where it begins, and its bounds.
const TYPICAL_START: f64 = 0.5;
const TYPICAL_BOUNDS: (f64, f64) = (0.01, 1.0);
/// Within so many frames' time a hold-up is to be made up for.
const CATCH_UP_FRAMES: f64 = 5.0;
/// It is not taken to be less than this part of the average: where frames have become dearer it takes seconds to find out.
const LEAST_OF_AVERAGE: f64 = 0.25;

/// Decides for all renditions together: they share one thread.
#[derive(Debug)]
pub struct SpeedControl {
    speed: usize,
    share: f64,
    /// What it takes when nothing else wants the processor: neither a machine that stands still for a moment nor one that
    /// is busy for a while moves it.
    typical: f64,
    frames: u32,
    changed: Duration,
    patience: Duration,
    /// The last step was one back.
    trying: bool,
}

impl Default for SpeedControl {
    fn default() -> Self {
        SpeedControl {
            speed: 0,
            share: 0.0,
            typical: TYPICAL_START,
            frames: 0,
            changed: Duration::ZERO,
            patience: PATIENCE.0,
            trying: false,
        }
    }
}

impl SpeedControl {
    pub fn speed(&self) -> usize {
        self.speed
    }

    /// Whether frames come faster than they are encoded, even now.
    fn is_overrun(&self) -> bool {
        self.share > 1.0
    }

    /// As many waiting frames cannot be made up for: while they are worked off new ones come, and until none waits the
    /// picture is late. A thread that the machine held up loses nothing if it is quick; where frames come faster than
    /// they are encoded only the newest is of any use.
    pub fn backlog_limit(&self) -> usize {
        if self.is_overrun() {
            return 2;
        }
        // n frames are worked off within n * share / (1 - share) frame times.
        let share = self.typical.max(self.share * LEAST_OF_AVERAGE);
        3.max((CATCH_UP_FRAMES * (1.0 - share) / share) as usize + 2)
    }

    /// A frame took `busy` of `frame_time` and was done at `now`. The same picture again costs little and says nothing of
    /// what a `fresh` one takes.
    pub fn observe(&mut self, busy: Duration, frame_time: Duration, now: Duration, fresh: bool) {
        let share = busy.as_secs_f64() / frame_time.as_secs_f64().max(1e-4);
        // One frame that took very long (a machine that stood still) says little about the next.
        self.share += (share.min(2.0) - self.share) * WEIGHT;
        if fresh {
            let step = if share > self.typical { TYPICAL_STEPS.0 } else { TYPICAL_STEPS.1 };
            self.typical = (self.typical * step).clamp(TYPICAL_BOUNDS.0, TYPICAL_BOUNDS.1);
        }
        self.frames += 1;
        let since = now.saturating_sub(self.changed);
        if self.share > STEP_UP_ABOVE && self.frames >= FRAMES && self.speed + 1 < SPEEDS {
            if self.trying && since < self.patience {
                // The step back was a mistake: the next one waits longer.
                self.patience = (self.patience * 2).min(PATIENCE.1);
            }
            self.step(self.speed + 1, now);
            self.trying = false;
        } else if self.speed > 0 && self.share < STEP_DOWN_BELOW && since >= self.patience {
            self.step(self.speed - 1, now);
            self.trying = true;
        } else if self.trying && since > self.patience {
            self.patience = PATIENCE.0;
            self.trying = false;
        }
    }

    fn step(&mut self, speed: usize, now: Duration) {
        if speed < self.speed {
            // Up to twice the time, see above; that a faster one takes less is found out soon.
            self.typical = (self.typical * 2.0).min(TYPICAL_BOUNDS.1);
        }
        self.speed = speed;
        self.changed = now;
        self.frames = 0;
        // What was measured was another speed's: halfway between the two thresholds nothing happens.
        self.share = (STEP_UP_ABOVE + STEP_DOWN_BELOW) / 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_micros(16_667);

    /// Runs for `seconds` with a work per frame that depends on the speed, in thousandths of a frame's time.
    fn run(control: &mut SpeedControl, now: &mut Duration, seconds: u32, work: [u32; SPEEDS]) -> Vec<usize> {
        let mut seen = vec![control.speed()];
        for _ in 0..seconds * 60 {
            *now += FRAME;
            control.observe(FRAME * work[control.speed()] / 1000, FRAME, *now, true);
            if seen.last() != Some(&control.speed()) {
                seen.push(control.speed());
            }
        }
        seen
    }

    #[test]
    fn it_gets_faster_within_a_second_and_back_when_the_work_is_small() {
        let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
        assert_eq!(run(&mut control, &mut now, 10, [100, 100, 100]), [0]);
        assert_eq!(run(&mut control, &mut now, 1, [1500, 1200, 600]), [0, 1, 2]);
        assert!(!control.is_overrun());
        assert_eq!(run(&mut control, &mut now, 15, [300, 200, 150]), [2, 1, 0]);
    }

    #[test]
    fn it_gets_back_where_the_steps_differ_little() {
        let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
        run(&mut control, &mut now, 3, [1500, 1200, 900]);
        assert_eq!(control.speed(), 2);
        assert_eq!(run(&mut control, &mut now, 15, [650, 500, 450]), [2, 1, 0]);
    }

    #[test]
    fn it_does_not_swing_between_two_speeds() {
        let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
        // The faster speed looks easy and the slower one is too slow.
        let steps = run(&mut control, &mut now, 300, [1200, 300, 300]).len();
        assert!(steps < 20, "{steps} steps in five minutes");
    }

    #[test]
    fn one_long_frame_changes_nothing() {
        let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
        run(&mut control, &mut now, 2, [300, 300, 300]);
        control.observe(FRAME * 100, FRAME, now, true);
        assert_eq!(run(&mut control, &mut now, 2, [300, 300, 300]), [0]);
    }

    #[test]
    fn at_the_fastest_it_says_that_it_is_overrun() {
        let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
        run(&mut control, &mut now, 3, [3000, 2500, 2000]);
        assert_eq!(control.speed(), SPEEDS - 1);
        assert!(control.is_overrun());
        assert_eq!(control.backlog_limit(), 2, "only the newest");
    }

    #[test]
    fn the_quicker_it_is_the_more_it_makes_up_for() {
        let after = |work| {
            let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
            run(&mut control, &mut now, 5, [work; SPEEDS]);
            let most = |control: &SpeedControl| control.backlog_limit().min(crate::link::BACKLOG);
            let before = most(&control);
            // A machine that stood still, or was busy for a moment, changes next to nothing.
            for held_up in [6, 1, 1] {
                control.observe(FRAME * held_up, FRAME, now, true);
            }
            assert!(work > 300 || most(&control) + 1 >= before, "{} after {before}", most(&control));
            before
        };
        // Of one less than the limit, the last is late for up to five frames' time.
        assert_eq!(after(60), crate::link::BACKLOG);
        assert_eq!(after(240), crate::link::BACKLOG);
        assert!((4..=6).contains(&after(600)), "{}", after(600));
        assert_eq!(after(790), 3);
    }

    #[test]
    fn pictures_that_come_again_do_not_make_the_others_cheap() {
        let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
        for frame in 0..600 {
            now += FRAME;
            let fresh = frame % 2 == 0;
            control.observe(if fresh { FRAME * 9 / 10 } else { FRAME / 20 }, FRAME, now, fresh);
        }
        assert_eq!(control.backlog_limit(), 3);
    }

    #[test]
    fn a_hold_up_does_not_look_like_an_encoder_that_is_too_slow() {
        let (mut control, mut now) = (SpeedControl::default(), Duration::ZERO);
        run(&mut control, &mut now, 5, [1500, 1200, 850]);
        assert_eq!((control.speed(), control.backlog_limit()), (SPEEDS - 1, 3));
        control.observe(FRAME * 8, FRAME, now, true);
        assert_eq!(control.backlog_limit(), 3);
    }
}
