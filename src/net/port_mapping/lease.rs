//! When a router is asked again.

use std::time::Duration;

/// How long mappings are asked for.
pub const LEASE: Duration = Duration::from_secs(3600);

/// The times between questions.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Renewals are no closer than this, however short a lease a router grants.
    pub least: Duration,
    /// Nor further apart: a router that was restarted forgot the mapping and does not say so.
    pub most: Duration,
    /// Before the first question after one that failed; doubled with each further one, up to `most`.
    pub retry: Duration,
    /// Between one round of questions and the next, whatever happens to the network.
    pub rest: Duration,
}

pub const PACE: Pace = Pace {
    least: Duration::from_secs(10),
    most: Duration::from_secs(15 * 60),
    retry: Duration::from_secs(30),
    rest: Duration::from_secs(3),
};

impl Pace {
    /// Until a mapping is renewed: half of its lease (RFC 6886 section 3.3, RFC 6887 section 11.2.1); permanent ones too, see
    /// `most`.
    pub fn renew_after(&self, lease: Option<Duration>) -> Duration {
        lease.map_or(self.most, |lease| (lease / 2).clamp(self.least, self.most))
    }

    /// Until a router is asked again that granted nothing so many times.
    pub fn retry_after(&self, failures: u32) -> Duration {
        self.retry.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_is_at_half_of_the_lease_within_limits() {
        assert_eq!(PACE.renew_after(Some(Duration::from_secs(600))), Duration::from_secs(300));
        assert_eq!(PACE.renew_after(Some(Duration::ZERO)), PACE.least);
        assert_eq!(PACE.renew_after(Some(Duration::from_secs(u32::MAX.into()))), PACE.most);
        assert_eq!(PACE.renew_after(None), PACE.most);
    }

    #[test]
    fn failures_are_retried_ever_later_up_to_a_limit() {
        let waits: Vec<Duration> = (1..8).map(|failures| PACE.retry_after(failures)).collect();
        assert_eq!(waits[..3], [30, 60, 120].map(Duration::from_secs));
        assert!(waits.is_sorted());
        assert_eq!(PACE.retry_after(u32::MAX), PACE.most);
    }
}
