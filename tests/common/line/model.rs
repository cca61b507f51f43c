//! What becomes of packets in one direction of a line: a queue before a link of limited rate, then a way that takes its time, loses
//! and reorders. Given the time, it does no I/O.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

/// How a line is at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// The way's own time.
    pub delay: Duration,
    /// At most so much more, each packet anew; those that follow wait for it, as on a radio link that repeats.
    pub jitter: Duration,
    pub loss: Loss,
    /// Share of packets that overtake those before them.
    pub reorder: f64,
    /// Of the link, headers included; none for no limit.
    pub rate_kbit_s: Option<u32>,
    /// What may wait before it. More is lost.
    pub queue_bytes: usize,
}

/// Which packets are lost on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// Each with this probability.
    Random(f64),
    /// Gilbert and Elliott: a good state that loses nothing, a bad one that loses everything. The probability for each packet to
    /// go from good to bad, and from bad to good.
    Bursts { begin: f64, end: f64 },
    /// Everything, for so long, every so often.
    Outages { every: Duration, length: Duration },
}

impl Conditions {
    /// A line on which nothing is noticed.
    pub const GOOD: Conditions = Conditions {
        delay: Duration::ZERO,
        jitter: Duration::ZERO,
        loss: Loss::Random(0.0),
        reorder: 0.0,
        rate_kbit_s: None,
        queue_bytes: 256 * 1024,
    };
}

/// Counts of one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub taken: u64,
    pub lost: u64,
    /// Found no room in the queue.
    pub dropped: u64,
    pub arrived: u64,
}

/// One direction. Times are since any beginning, and never go back.
pub struct Line<T> {
    /// From when on it is how.
    schedule: Vec<(Duration, Conditions)>,
    random: Random,
    burst: bool,
    queue: VecDeque<Waiting<T>>,
    queued_bytes: usize,
    /// When the link is done with the packet before.
    free_at: Duration,
    flying: BinaryHeap<Reverse<Flying<T>>>,
    last_due: Duration,
    number: u64,
    pub counts: Counts,
}

struct Waiting<T> {
    packet: T,
    bytes: usize,
    since: Duration,
}

struct Flying<T> {
    due: Duration,
    number: u64,
    packet: T,
}

impl<T> PartialEq for Flying<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Flying<T> {}

impl<T> PartialOrd for Flying<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Flying<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

impl<T> Line<T> {
    pub fn new(conditions: Conditions, seed: u64) -> Line<T> {
        Line {
            schedule: vec![(Duration::ZERO, conditions)],
            random: Random(seed.wrapping_mul(2).wrapping_add(1)),
            burst: false,
            queue: VecDeque::new(),
            queued_bytes: 0,
            free_at: Duration::ZERO,
            flying: BinaryHeap::new(),
            last_due: Duration::ZERO,
            number: 0,
            counts: Counts::default(),
        }
    }

    /// How it is from `now` on, by times counted from then; the first is zero.
    pub fn follow(&mut self, schedule: &[(Duration, Conditions)], now: Duration) {
        self.advance(now);
        self.schedule = schedule.iter().map(|&(from, conditions)| (now + from, conditions)).collect();
    }

    fn at(&self, now: Duration) -> Conditions {
        let current = self.schedule.iter().rev().find(|(from, _)| *from <= now);
        current.or(self.schedule.first()).map_or(Conditions::GOOD, |(_, conditions)| *conditions)
    }

    /// A packet is put in.
    pub fn push(&mut self, packet: T, bytes: usize, now: Duration) {
        self.advance(now);
        self.counts.taken += 1;
        let conditions = self.at(now);
        if self.queued_bytes + bytes > conditions.queue_bytes {
            self.counts.dropped += 1;
            return;
        }
        self.queued_bytes += bytes;
        self.queue.push_back(Waiting { packet, bytes, since: now });
        self.advance(now);
    }

    /// The next packet that has arrived.
    pub fn poll(&mut self, now: Duration) -> Option<T> {
        self.advance(now);
        if self.flying.peek()?.0.due > now {
            return None;
        }
        self.counts.arrived += 1;
        self.flying.pop().map(|Reverse(it)| it.packet)
    }

    /// When there is something to do next.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let leaves = self.queue.front().map(|head| self.leaves(head));
        let lands = self.flying.peek().map(|Reverse(it)| it.due);
        leaves.into_iter().chain(lands).min()
    }

    /// Bytes that wait before the link.
    pub fn queued(&self) -> usize {
        self.queued_bytes
    }

    /// When the head of the queue is through the link.
    fn leaves(&self, head: &Waiting<T>) -> Duration {
        let start = self.free_at.max(head.since);
        match self.at(start).rate_kbit_s {
            // kbit/s are bits a millisecond.
            Some(rate) => start + Duration::from_secs_f64(head.bytes as f64 * 8.0 / f64::from(rate.max(1)) / 1000.0),
            None => start,
        }
    }

    fn advance(&mut self, now: Duration) {
        while let Some(leaves) = self.queue.front().map(|head| self.leaves(head)).filter(|&at| at <= now) {
            let Some(Waiting { packet, bytes, .. }) = self.queue.pop_front() else { return };
            self.queued_bytes -= bytes;
            self.free_at = leaves;
            self.fly(packet, leaves);
        }
    }

    fn fly(&mut self, packet: T, from: Duration) {
        let Conditions { delay, jitter, loss, reorder, .. } = self.at(from);
        if self.loses(loss, from) {
            self.counts.lost += 1;
            return;
        }
        let due = if reorder > 0.0 && self.random.share() < reorder {
            from + delay / 2
        } else {
            // What comes later does not overtake.
            self.last_due = (from + delay + jitter.mul_f64(self.random.share())).max(self.last_due);
            self.last_due
        };
        self.number += 1;
        self.flying.push(Reverse(Flying { due, number: self.number, packet }));
    }

    fn loses(&mut self, loss: Loss, at: Duration) -> bool {
        match loss {
            Loss::Random(share) => share > 0.0 && self.random.share() < share,
            Loss::Bursts { begin, end } => {
                let turn = if self.burst { end } else { begin };
                self.burst ^= self.random.share() < turn;
                self.burst
            }
            Loss::Outages { every, length } => {
                let begun = self.schedule.first().map_or(Duration::ZERO, |(from, _)| *from);
                let since = at.saturating_sub(begun).as_nanos() % every.as_nanos().max(1);
                // The first comes at the end of the first period.
                since + length.as_nanos() >= every.as_nanos()
            }
        }
    }
}

/// xorshift64*: the same every time.
pub struct Random(pub u64);

impl Random {
    /// From 0 to below 1.
    pub fn share(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }
}
