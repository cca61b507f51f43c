//! When the next frame is due. Pure: takes the time, returns what to do.

use std::time::Duration;

/// Later than this, and the runner does not try to catch up: a burst of frames is of no use.
const GIVE_UP: Duration = Duration::from_millis(100);

/// Keeps a core's frame rate against an absolute clock, so that no error adds up, however odd the rate.
#[derive(Debug, Clone)]
pub struct Pacer {
    start: Duration,
    frames: u64,
    fps: f64,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Sleep until then; then the frame is due.
    At(Duration),
    /// The frame was due then: run it at once.
    Late(Duration),
    /// So late that the clock was started anew: run a frame at once.
    Resynced(Duration),
}

impl Pacer {
    /// Frame 0 is due `now`.
    pub fn new(now: Duration, fps: f64) -> Pacer {
        Pacer { start: now, frames: 0, fps }
    }

    /// A new rate; the frame that is due next stays when it was.
    pub fn set_fps(&mut self, fps: f64) {
        if fps != self.fps {
            self.start = self.due();
            self.frames = 0;
            self.fps = fps;
        }
    }

    /// Starts anew: the next frame is due `now`.
    pub fn restart(&mut self, now: Duration) {
        self.start = now;
        self.frames = 0;
    }

    fn due(&self) -> Duration {
        // f64 holds whole nanoseconds exactly for 104 days of running.
        self.start + Duration::from_secs_f64(self.frames as f64 / self.fps)
    }

    /// Counts one frame and says when it is due.
    pub fn next(&mut self, now: Duration) -> Next {
        let due = self.due();
        self.frames += 1;
        if due > now {
            Next::At(due)
        } else if now - due <= GIVE_UP {
            Next::Late(due)
        } else {
            self.start = now;
            self.frames = 1;
            Next::Resynced(now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [f64; 6] = [60.0, 60.0988, 59.7275, 50.2734, 75.47, 29.97];

    #[test]
    fn rates_are_exact_over_an_hour_however_badly_the_machine_sleeps() {
        for fps in RATES {
            let mut pacer = Pacer::new(Duration::ZERO, fps);
            let mut now = Duration::ZERO;
            let frames = (3600.0 * fps) as u64;
            for frame in 0..frames {
                match pacer.next(now) {
                    // Up to 9 ms late at waking, in a fixed pattern.
                    Next::At(due) => now = due + Duration::from_micros(frame * 7919 % 9000),
                    Next::Late(_) => {}
                    Next::Resynced(_) => panic!("no frame was 100 ms late"),
                }
            }
            let ideal = frames as f64 / fps;
            let error = (now.as_secs_f64() - ideal).abs() / ideal;
            assert!(error < 1e-5, "{fps} Hz is off by {error}");
        }
    }

    #[test]
    fn a_long_stop_is_not_made_up_for_by_a_burst() {
        let mut pacer = Pacer::new(Duration::ZERO, 60.0);
        pacer.next(Duration::ZERO);
        let later = Duration::from_secs(5);
        assert_eq!(pacer.next(later), Next::Resynced(later));
        assert_eq!(pacer.next(later), Next::At(later + Duration::from_secs_f64(1.0 / 60.0)));
    }

    #[test]
    fn a_new_rate_begins_at_the_next_frame() {
        let mut pacer = Pacer::new(Duration::ZERO, 50.0);
        pacer.next(Duration::ZERO);
        pacer.set_fps(100.0);
        assert_eq!(pacer.next(Duration::ZERO), Next::At(Duration::from_millis(20)));
        assert_eq!(pacer.next(Duration::ZERO), Next::At(Duration::from_millis(30)));
    }
}
