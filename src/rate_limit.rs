//! How often something may happen: a bucket of tokens that refills in steps. Pure: the time is an argument.

use std::time::Duration;

/// What a [`RateLimiter`] allows: `burst` at once, then `refill` more each `period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    pub burst: u32,
    pub refill: u32,
    pub period: Duration,
}

impl RateLimit {
    /// `burst` at once, then one each `period`.
    pub const fn new(burst: u32, period: Duration) -> RateLimit {
        RateLimit { burst, refill: 1, period }
    }

    /// `count` in any window of `period` that begins with an event.
    pub const fn window(count: u32, period: Duration) -> RateLimit {
        RateLimit { burst: count, refill: count, period }
    }
}

/// The tokens that are left. Times are on any clock that only rises, the same for all calls.
#[derive(Debug, Clone)]
pub struct RateLimiter {
    limit: RateLimit,
    left: u32,
    /// Refills up to here are in `left`.
    refilled: Duration,
}

impl RateLimiter {
    pub fn new(limit: RateLimit, now: Duration) -> RateLimiter {
        RateLimiter { limit, left: limit.burst, refilled: now }
    }

    fn steps(&self, now: Duration) -> u32 {
        let passed = now.saturating_sub(self.refilled).as_nanos();
        (passed / self.limit.period.as_nanos().max(1)).try_into().unwrap_or(u32::MAX)
    }

    fn refill(&mut self, now: Duration) {
        let steps = self.steps(now);
        self.left = self.left.saturating_add(steps.saturating_mul(self.limit.refill)).min(self.limit.burst);
        // A full bucket earns nothing by waiting: its period begins with the next token that is taken.
        self.refilled = if self.left == self.limit.burst {
            self.refilled.max(now)
        } else {
            self.refilled + self.limit.period.saturating_mul(steps)
        };
    }

    /// Takes a token; false if there is none.
    pub fn take(&mut self, now: Duration) -> bool {
        self.refill(now);
        let there = self.left > 0;
        self.left -= u32::from(there);
        there
    }

    /// Whether everything is there again.
    pub fn is_full(&self, now: Duration) -> bool {
        let refilled = self.steps(now).saturating_mul(self.limit.refill);
        self.left.saturating_add(refilled) >= self.limit.burst
    }

    /// How long until a token is there; zero if one is.
    pub fn wait(&self, now: Duration) -> Duration {
        if self.left > 0 { Duration::ZERO } else { (self.refilled + self.limit.period).saturating_sub(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_and_then_one_a_period() {
        let mut limiter = RateLimiter::new(RateLimit::new(3, SECOND), SECOND);
        assert_eq!((0..10).filter(|_| limiter.take(SECOND)).count(), 3);
        assert_eq!(limiter.wait(SECOND), SECOND);
        assert!(!limiter.take(SECOND * 2 - Duration::from_nanos(1)) && limiter.take(SECOND * 2));
        assert!(!limiter.is_full(SECOND * 4) && limiter.is_full(SECOND * 5));
        assert_eq!((0..10).filter(|_| limiter.take(SECOND * 100)).count(), 3, "rest earns no more than the burst");
    }

    #[test]
    fn a_window_is_whole_again_when_it_is_over_and_not_before() {
        let mut limiter = RateLimiter::new(RateLimit::window(20, SECOND), Duration::ZERO);
        let at = |ms| Duration::from_millis(ms);
        assert!((0..20).all(|n| limiter.take(at(500 + n))));
        assert!(!limiter.take(at(1499)) && limiter.take(at(1500)));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let mut limiter = RateLimiter::new(RateLimit::new(1, SECOND), SECOND * 10);
        assert!(limiter.take(SECOND * 10) && !limiter.take(SECOND) && !limiter.take(SECOND * 10));
        assert!(limiter.take(SECOND * 11));
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_sees_more_than_the_burst_and_its_refills(
            burst in 1..20u32,
            refill in 1..20u32,
            gaps in prop::collection::vec(0..3000u64, 1..200),
        ) {
            let limit = RateLimit { burst, refill, period: SECOND };
            let mut limiter = RateLimiter::new(limit, Duration::ZERO);
            let mut now = Duration::ZERO;
            let mut taken = Vec::new();
            for gap in gaps {
                now += Duration::from_micros(gap * 100);
                if limiter.take(now) {
                    taken.push(now);
                }
            }
            for (index, start) in taken.iter().enumerate() {
                for (count, end) in (1u128..).zip(&taken[index..]) {
                    let steps = (*end - *start).as_nanos() / SECOND.as_nanos() + 1;
                    prop_assert!(count <= u128::from(burst) + steps * u128::from(refill));
                }
            }
        }
    }
}
