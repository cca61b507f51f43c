//! How often one peer's wishes for a keyframe count: each costs everyone who watches the same rendition.

use std::time::{Duration, Instant};

/// Wishes that count at once.
const BURST: f64 = 3.0;
/// One more counts after this long.
const REFILL: Duration = Duration::from_secs(2);
/// A wish this soon after a keyframe was sent to the peer was made before it arrived: it is granted already.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

/// One peer's account.
#[derive(Debug)]
pub struct KeyframeAsks {
    left: f64,
    at: Instant,
    served: Option<Instant>,
}

impl KeyframeAsks {
    /// Of a peer that came just now.
    pub fn new(now: Instant) -> KeyframeAsks {
        KeyframeAsks { left: BURST, at: now, served: None }
    }

    /// A keyframe was sent to it.
    pub fn served(&mut self, now: Instant) {
        self.served = Some(now);
    }

    /// It asks. True if that counts.
    pub fn ask(&mut self, now: Instant) -> bool {
        if self.served.is_some_and(|served| now.saturating_duration_since(served) < ON_ITS_WAY) {
            return false;
        }
        let passed = now.saturating_duration_since(self.at).as_secs_f64() / REFILL.as_secs_f64();
        self.left = (self.left + passed).min(BURST);
        self.at = now;
        let counts = self.left >= 1.0;
        if counts {
            self.left -= 1.0;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_losses_in_a_row_are_answered_and_endless_asking_is_not() {
        let start = Instant::now();
        let mut asks = KeyframeAsks::new(start);
        let granted = (0..6000).filter(|ms| asks.ask(start + Duration::from_millis(ms * 10))).count();
        assert!((30..=33).contains(&granted), "{granted} in a minute");
    }

    #[test]
    fn a_wish_that_crosses_a_keyframe_is_granted_already() {
        let start = Instant::now();
        let mut asks = KeyframeAsks::new(start);
        asks.served(start);
        assert!(!asks.ask(start + Duration::from_millis(150)));
        assert!(asks.ask(start + Duration::from_millis(250)));
    }
}
