//! How many requests and connections were refused, and why.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Under a name that is not ours.
    OtherName,
    /// By another site's page.
    OtherSite,
    /// No such page.
    NoSuchPage,
    /// Too many who are not let in yet.
    TooMany,
    /// Too many connections: hung up on.
    HungUp,
}

impl Refused {
    pub const ALL: [Refused; 5] =
        [Refused::OtherName, Refused::OtherSite, Refused::NoSuchPage, Refused::TooMany, Refused::HungUp];

    /// For programs.
    pub fn name(self) -> &'static str {
        match self {
            Refused::OtherName => "other_name",
            Refused::OtherSite => "other_site",
            Refused::NoSuchPage => "no_such_page",
            Refused::TooMany => "too_many",
            Refused::HungUp => "too_many_connections",
        }
    }
}

/// Counted by the web server, read by whoever watches over the host.
#[derive(Debug, Default)]
pub struct Refusals([AtomicU64; Refused::ALL.len()]);

impl Refusals {
    pub(super) fn count(&self, why: Refused) {
        self.0[why as usize].fetch_add(1, Relaxed);
    }

    pub fn of(&self, why: Refused) -> u64 {
        self.0[why as usize].load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_counted_by_itself() {
        let refusals = Refusals::default();
        for (times, why) in Refused::ALL.into_iter().enumerate() {
            (0..times).for_each(|_| refusals.count(why));
        }
        assert!(Refused::ALL.into_iter().enumerate().all(|(times, why)| refusals.of(why) == times as u64));
    }
}
