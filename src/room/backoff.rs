//! How long the answer to a wrong secret or code is held back, by address: each costs more than the one before.

use super::Origin;
use std::collections::BTreeMap;
use std::time::Duration;

/// Failures by address.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: BTreeMap<Origin, (u32, Duration)>,
}

impl Backoff {
    /// The first wait.
    const FIRST: Duration = Duration::from_millis(500);
    /// The longest.
    const LONGEST: Duration = Duration::from_secs(30);
    /// After so long without a failure an address is as good as new.
    const FORGOTTEN: Duration = Duration::from_secs(600);
    /// Addresses remembered.
    const MOST: usize = 1024;

    /// A guess from this address was wrong. How long its answer is held back.
    pub fn failed(&mut self, origin: Origin, now: Duration) -> Duration {
        self.failures.retain(|_, (_, last)| now.saturating_sub(*last) < Self::FORGOTTEN);
        if self.failures.len() >= Self::MOST && !self.failures.contains_key(&origin) {
            self.failures.pop_first();
        }
        let (count, last) = self.failures.entry(origin).or_insert((0, now));
        let wait = Self::FIRST.saturating_mul(1 << (*count).min(10)).min(Self::LONGEST);
        *count = count.saturating_add(1);
        *last = now;
        wait
    }

    /// A guess from this address was right.
    pub fn succeeded(&mut self, origin: Origin) {
        self.failures.remove(&origin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn each_wrong_try_of_an_address_waits_longer_and_others_do_not() {
        let mut backoff = Backoff::default();
        let [a, b] = [1, 2].map(|n| Origin::Address(IpAddr::from([10, 0, 0, n])));
        let waits: Vec<_> = (0..8).map(|_| backoff.failed(a, Duration::ZERO).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        assert_eq!(backoff.failed(b, Duration::ZERO), Backoff::FIRST);
        assert_eq!(backoff.failed(a, Duration::from_secs(600)), Backoff::FIRST, "ten minutes later all is forgotten");
        backoff.succeeded(a);
        assert_eq!(backoff.failed(a, Duration::from_secs(600)), Backoff::FIRST);
        for n in 0..5000u32 {
            backoff.failed(IpAddr::from(n.to_be_bytes()).into(), Duration::from_secs(600));
        }
        assert!(backoff.failures.len() <= Backoff::MOST);
    }
}
