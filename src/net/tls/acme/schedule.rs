//! When a certificate is asked for: in time before the old one ends, ever more seldom while it fails.

use std::time::{Duration, SystemTime};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// After the first failure, and before the other way of proving, which is another port: a person waits for that.
const FIRST_RETRY: Duration = Duration::from_secs(10);
/// After the second one; then twice as long each time. Servers take few failures in an hour: Let's Encrypt five of a name.
const RETRY: Duration = Duration::from_secs(10 * 60);
const LONGEST_RETRY: Duration = Duration::from_secs(6 * 60 * 60);
/// The longest wait that a server may ask for: the window of most limits.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How often a server may say when to renew, at the least and the most.
const ASK: (Duration, Duration) = (HOUR, DAY);
/// How often it is asked when it said nothing that can be used.
const ASK_AGAIN: Duration = Duration::from_secs(6 * 60 * 60);
/// A certificate that is said to be old already is not asked for anew at once: a clock is wrong, more likely.
const PAUSE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(6 * 60 * 60));

/// From when to when a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub from: SystemTime,
    pub until: SystemTime,
}

impl Validity {
    fn life(self) -> Duration {
        self.until.duration_since(self.from).unwrap_or_default()
    }
}

/// What is to be done about one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// Ask for a certificate.
    Order,
    /// Ask when the one that there is should be renewed (RFC 9773).
    Ask,
}

#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// Of the certificate that there is.
    held: Option<Validity>,
    /// When it is renewed by its own dates.
    renewal: Option<SystemTime>,
    /// When the server wants it to be renewed.
    suggested: Option<SystemTime>,
    /// When the server is asked that.
    ask: Option<SystemTime>,
    /// Not before.
    pause: Option<SystemTime>,
    /// The server asked for that.
    limited: bool,
    /// Failures in a row.
    failures: u32,
}

impl Schedule {
    /// With the certificate of an earlier run. `random` spreads what many hosts do.
    pub(super) fn new(held: Option<Validity>, now: SystemTime, random: u32) -> Schedule {
        let mut schedule = Schedule::default();
        if let Some(validity) = held {
            schedule.hold(validity, now, random);
        }
        schedule
    }

    /// Two thirds of the life, and up to a thirtieth less.
    fn hold(&mut self, validity: Validity, now: SystemTime, random: u32) {
        let life = validity.life();
        self.held = Some(validity);
        self.renewal = Some(validity.from + life * 2 / 3 - fraction(life / 30, random));
        self.suggested = None;
        self.ask = Some(now);
    }

    pub(super) fn held(&self) -> Option<Validity> {
        self.held
    }

    pub(super) fn handle_issued(&mut self, validity: Validity, now: SystemTime, random: u32) {
        self.hold(validity, now, random);
        self.failures = 0;
        self.pause = Some(now + (validity.life() / 10).clamp(PAUSE.0, PAUSE.1));
    }

    /// `wait` is what the server asked for.
    pub(super) fn handle_failure(&mut self, wait: Option<Duration>, now: SystemTime, random: u32) {
        let backoff = match self.failures {
            0 => FIRST_RETRY,
            n => (RETRY * 2_u32.saturating_pow((n - 1).min(10))).min(LONGEST_RETRY),
        };
        self.failures = self.failures.saturating_add(1);
        self.limited = wait.is_some();
        let wait = wait.unwrap_or_default().min(LONGEST_WAIT);
        let longest = backoff.max(wait);
        self.pause = Some(now + longest + fraction(longest / 10, random));
    }

    /// One way of proving did not lead here, and another one has not been tried yet.
    pub(super) fn handle_other_way(&mut self, now: SystemTime) {
        self.limited = false;
        self.pause = Some(now + FIRST_RETRY);
    }

    /// `window` is the server's answer, and `again` when it wants to be asked again; none where it said nothing of use.
    pub(super) fn handle_renewal_info(
        &mut self,
        answer: Option<((SystemTime, SystemTime), Duration)>,
        now: SystemTime,
        random: u32,
    ) {
        let Some(((start, end), again)) = answer else {
            self.ask = Some(now + ASK_AGAIN);
            return;
        };
        self.suggested = Some(start + fraction(end.duration_since(start).unwrap_or_default(), random));
        self.ask = Some(now + again.clamp(ASK.0, ASK.1));
    }

    /// What the person did may have mended it. What the server asked for stays.
    pub(super) fn retry(&mut self, now: SystemTime) {
        if self.failures > 0 && !self.limited {
            self.pause = Some(now);
        }
    }

    /// The certificate has ended.
    pub(super) fn has_ended(&self, now: SystemTime) -> bool {
        self.held.is_some_and(|held| held.until <= now)
    }

    pub(super) fn forget_held(&mut self) {
        (self.held, self.renewal, self.suggested, self.ask) = (None, None, None, None);
    }

    /// When a certificate is asked for.
    pub(super) fn next_order(&self, now: SystemTime) -> SystemTime {
        let order = self.renewal.into_iter().chain(self.suggested).min().unwrap_or(now);
        order.max(self.pause.filter(|at| is_believed(*at, now)).unwrap_or(order))
    }

    /// The server has told when it wants to renew the one that there is: it knows it.
    pub(super) fn is_known(&self) -> bool {
        self.suggested.is_some()
    }

    /// What comes next, and when.
    pub(super) fn next(&self, now: SystemTime) -> (SystemTime, Task) {
        let order = self.next_order(now);
        // Nothing is asked about a certificate for which another one is due.
        match self.ask.filter(|at| is_believed(*at, now)) {
            Some(ask) if ask < order && order > now => (ask, Task::Ask),
            _ => (order, Task::Order),
        }
    }
}

/// A clock that was put back does not make anyone wait for what it showed before.
fn is_believed(at: SystemTime, now: SystemTime) -> bool {
    at <= now + LONGEST_WAIT * 2
}

/// A part of it, by chance.
fn fraction(of: Duration, random: u32) -> Duration {
    of.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000) + hours as u32 * HOUR
    }

    fn six_days() -> Validity {
        Validity { from: at(0), until: at(144) }
    }

    #[test]
    fn without_a_certificate_one_is_asked_for_at_once() {
        assert_eq!(Schedule::new(None, at(5), 0).next(at(5)), (at(5), Task::Order));
    }

    #[test]
    fn a_certificate_is_renewed_after_two_thirds_of_its_life_or_a_little_earlier() {
        assert_eq!(Schedule::new(Some(six_days()), at(1), 0).next_order(at(1)), at(96));
        let early = Schedule::new(Some(six_days()), at(1), u32::MAX).next_order(at(1));
        assert!(early < at(96) && early > at(90));
        // One that was kept while the host was off.
        assert!(Schedule::new(Some(six_days()), at(120), 0).next_order(at(120)) <= at(120));
    }

    #[test]
    fn the_server_may_want_it_earlier_and_not_later() {
        let mut schedule = Schedule::new(Some(six_days()), at(1), 0);
        assert_eq!(schedule.next(at(1)), (at(1), Task::Ask));
        schedule.handle_renewal_info(Some(((at(70), at(74)), HOUR * 6)), at(1), u32::MAX / 2);
        assert_eq!(schedule.next(at(1)), (at(7), Task::Ask));
        assert!(schedule.next_order(at(1)) > at(71) && schedule.next_order(at(1)) < at(73));
        schedule.handle_renewal_info(Some(((at(120), at(130)), Duration::ZERO)), at(7), 0);
        assert_eq!(schedule.next_order(at(7)), at(96));
        assert_eq!(schedule.next(at(7)), (at(8), Task::Ask), "not all the time");
        schedule.handle_renewal_info(Some(((at(9), at(9)), Duration::from_secs(u64::MAX))), at(8), 0);
        assert_eq!(schedule.next(at(9)), (at(9), Task::Order));
    }

    #[test]
    fn failures_are_spread_from_seconds_to_hours_and_a_servers_wish_counts_more() {
        let mut schedule = Schedule::new(None, at(0), 0);
        let mut waits = Vec::new();
        for _ in 0..10 {
            schedule.handle_failure(None, at(0), 0);
            waits.push(schedule.next_order(at(0)).duration_since(at(0)).expect("later"));
        }
        assert_eq!(waits[..3], [FIRST_RETRY, RETRY, RETRY * 2]);
        assert!(waits.is_sorted());
        assert_eq!(waits[9], LONGEST_RETRY);
        schedule.handle_failure(Some(HOUR * 30), at(0), 0);
        assert_eq!(schedule.next_order(at(0)), at(30));
        schedule.handle_failure(Some(Duration::MAX), at(0), u32::MAX);
        assert!(schedule.next_order(at(0)) <= at(24 * 8), "no server stops a host for ever");
        schedule.retry(at(1));
        assert!(schedule.next_order(at(1)) > at(24), "what the server asked for stays");
        schedule.handle_failure(None, at(1), 0);
        schedule.retry(at(1));
        assert_eq!(schedule.next_order(at(1)), at(1));
        let failures = schedule.failures;
        schedule.handle_other_way(at(1));
        assert_eq!((schedule.failures, schedule.next_order(at(1))), (failures, at(1) + FIRST_RETRY));
        schedule.handle_issued(six_days(), at(1), 0);
        assert_eq!((schedule.failures, schedule.next_order(at(1))), (0, at(96)));
    }

    #[test]
    fn a_certificate_that_seems_old_when_it_comes_is_not_asked_for_all_the_time() {
        let mut schedule = Schedule::new(None, at(1000), 0);
        schedule.handle_issued(six_days(), at(1000), 0);
        assert_eq!(schedule.next_order(at(1000)), at(1006));
        let soon = Validity { from: at(0), until: at(0) };
        schedule.handle_issued(soon, at(1000), 0);
        assert!(schedule.next_order(at(1000)) > at(1000));
        assert!(schedule.has_ended(at(1000)));
        schedule.forget_held();
        assert!(!schedule.has_ended(at(1000)));
    }

    #[test]
    fn a_clock_that_is_put_back_makes_nobody_wait() {
        let mut schedule = Schedule::new(None, at(10_000), 0);
        schedule.handle_failure(None, at(10_000), 0);
        assert_eq!(schedule.next_order(at(0)), at(0));
    }
}
