//! What follows a crash: crashes closer together than 30 s are one trouble.

use std::time::Duration;

/// How long a crash counts.
const TROUBLE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterCrash {
    /// Start again from the last automatic state.
    Revive,
    /// Start from nothing, since the state may be what crashes.
    StartAnew,
    /// Wait for the host.
    Wait,
}

/// When the core crashed lately.
#[derive(Debug, Clone, Default)]
pub(super) struct Crashes(Vec<Duration>);

impl Crashes {
    /// Counts one more.
    pub(super) fn count(&mut self, now: Duration) -> AfterCrash {
        self.0.retain(|crash| now.saturating_sub(*crash) < TROUBLE);
        self.0.push(now);
        match self.0.len() {
            1 => AfterCrash::Revive,
            2 => AfterCrash::StartAnew,
            _ => AfterCrash::Wait,
        }
    }

    /// Another game, or the host wants to try again.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_crash_within_half_a_minute_waits() {
        let mut crashes = Crashes::default();
        let mut at = |second| crashes.count(Duration::from_secs(second));
        assert_eq!([at(0), at(10), at(29)], [AfterCrash::Revive, AfterCrash::StartAnew, AfterCrash::Wait]);
        // At 39 the first two count no more, and the third does.
        assert_eq!([at(40), at(80)], [AfterCrash::StartAnew, AfterCrash::Revive]);
    }
}
