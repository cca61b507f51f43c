//! The states that a game came by, to go back through them: the newest one whole, and before it what makes each of the one
//! after it.

mod delta;
mod interval;
#[cfg(test)]
mod tests;

pub use interval::Next;

use crate::link::message::RewindSeen;
use interval::RewindInterval;
use std::collections::VecDeque;
use std::time::Duration;

/// Nobody goes back further than this.
const MOST_REACH: Duration = Duration::from_mins(10);
/// Ten minutes of a state a frame, at 60 frames a second: room for them is made once.
const USUAL_ENTRIES: usize = 36_000;
/// A core that makes no state so many times in a row is not asked any more.
const MOST_FAILURES: u32 = 30;
/// States that grow may take this part of the budget more than at first.
const GROWTH_PART: usize = 16;

/// Of a fixed size. Full, it forgets the oldest.
pub struct Tape {
    budget: usize,
    /// The longest state that there is room for beside the ring.
    most_state: usize,
    /// Differences, each in one piece, round and round. Its pages are the system's until they are written to.
    ring: Vec<u8>,
    /// Where the next one goes.
    head: usize,
    /// Oldest first.
    entries: VecDeque<Entry>,
    /// Frames from the oldest state to the newest.
    frames: u64,
    /// The newest state; empty for none.
    current: Vec<u8>,
    /// The next state is written here.
    next: Vec<u8>,
    difference: Vec<u8>,
    interval: RewindInterval,
    /// Frames since the newest state.
    since: u32,
    /// Frames from one state to the next.
    gap: u32,
    /// Frames until the core is asked for one.
    next_in: u32,
    /// Times in a row that it made none.
    failures: u32,
    seen: RewindSeen,
}

/// What leads from one state to the one before it.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    len: usize,
    /// How many frames it goes back.
    frames: u32,
}

impl Tape {
    /// With room for so many bytes, all in all.
    pub fn new(budget: usize) -> Tape {
        Tape {
            budget,
            most_state: 0,
            ring: Vec::new(),
            head: 0,
            entries: VecDeque::new(),
            frames: 0,
            current: Vec::new(),
            next: Vec::new(),
            difference: Vec::new(),
            interval: RewindInterval::default(),
            since: 0,
            gap: 1,
            next_in: 1,
            failures: 0,
            seen: RewindSeen::default(),
        }
    }

    /// A frame was run; true when a state is to be remembered now.
    pub fn count_frame(&mut self) -> bool {
        self.since = self.since.saturating_add(1);
        self.next_in = self.next_in.saturating_sub(1);
        self.next_in == 0
    }

    /// There is no state now, and none is looked for in the next frames.
    pub fn wait(&mut self, frames: u32) {
        self.next_in = frames;
    }

    /// The core made no state, which took so long.
    pub fn failed(&mut self, took: Duration, fps: f64) -> Next {
        self.failures += 1;
        match self.interval.observe_failure(took, self.ring.len(), fps) {
            Next::After(frames) if self.failures < MOST_FAILURES => {
                self.next_in = frames;
                Next::After(frames)
            }
            _ => Next::GiveUp,
        }
    }

    /// Where the core is to write its state, of so many bytes. None: there is no room for going back with states of that size.
    pub fn room(&mut self, len: usize) -> Option<&mut [u8]> {
        if len > self.most_state {
            self.divide(len)?;
        }
        self.next.resize(len, 0);
        Some(&mut self.next)
    }

    /// Divides the budget anew for states of so many bytes; what was remembered is gone.
    fn divide(&mut self, len: usize) -> Option<()> {
        // The two whole states, and a difference on its way, for which a quarter of the ring is enough.
        let states = len.checked_mul(2).filter(|states| *states <= self.budget / 4 * 3)?;
        let growth = states.min(self.budget / GROWTH_PART);
        self.forget();
        self.most_state = (states + growth) / 2;
        // What there was goes before there is anything new.
        (self.ring, self.difference, self.current, self.next) = Default::default();
        self.ring = vec![0; (self.budget - states - growth) / 5 * 4];
        self.difference = Vec::with_capacity(self.ring.len() / 4);
        self.entries.reserve(USUAL_ENTRIES);
        (self.current, self.next) = (Vec::with_capacity(self.most_state), Vec::with_capacity(self.most_state));
        Some(())
    }

    /// The core wrote its state where it was to. `took` is how long that was; remembering it is measured by `clock`.
    pub fn remember(&mut self, took: Duration, fps: f64, clock: impl Fn() -> Duration) -> Next {
        let begin = clock();
        let frames = std::mem::take(&mut self.since);
        let mut bytes = 0;
        if !self.current.is_empty() {
            self.difference.clear();
            if delta::encode(&self.current, &self.next, self.ring.len() / 4, &mut self.difference) {
                self.append(frames);
                bytes = self.difference.len();
            } else {
                // It would take at least a quarter, and how much more is not known.
                bytes = self.ring.len();
                // What was before cannot be reached from here.
                self.entries.clear();
                (self.frames, self.head) = (0, 0);
            }
            let most = (MOST_REACH.as_secs_f64() * fps) as u64;
            while self.frames > most {
                self.forget_oldest();
            }
        }
        std::mem::swap(&mut self.current, &mut self.next);
        let took = took + clock().saturating_sub(begin);
        self.seen.count += 1;
        self.seen.total_us += took.as_secs_f64() * 1e6;
        self.failures = 0;
        let next = self.interval.observe(took, bytes, self.ring.len(), fps);
        if let Next::After(frames) = next {
            (self.gap, self.next_in) = (frames, frames);
        }
        next
    }

    /// The newest state; none if there is none.
    pub fn newest(&self) -> Option<&[u8]> {
        (!self.current.is_empty()).then_some(&self.current[..])
    }

    /// Frames since the newest state was taken.
    pub fn since(&self) -> u32 {
        self.since
    }

    /// The game is at the newest state now.
    pub fn is_at_newest(&mut self) {
        (self.since, self.next_in) = (0, self.gap);
    }

    /// Forgets the newest state, so that the one before it is the newest; says how many frames lie between the two. None: there
    /// is none before it, and it stays.
    pub fn step_back(&mut self) -> Option<u32> {
        let entry = self.entries.pop_back()?;
        self.frames -= u64::from(entry.frames);
        self.head = entry.start;
        if delta::apply(&self.ring[entry.start..entry.start + entry.len], &mut self.current) {
            return Some(entry.frames);
        }
        // Nobody but us writes there.
        self.forget();
        None
    }

    /// Everything.
    pub fn forget(&mut self) {
        self.entries.clear();
        self.current.clear();
        (self.frames, self.head, self.since) = (0, 0, 0);
    }

    pub fn seen(&self) -> RewindSeen {
        let differences: usize = self.entries.iter().map(|entry| entry.len).sum();
        RewindSeen {
            bytes: (differences + self.current.len() + self.next.len() + self.difference.len()) as u64,
            frames: self.frames,
            state_bytes: self.current.len() as u64,
            ..self.seen
        }
    }

    /// Puts the difference behind the newest one, in one piece, in place of the oldest where there is no other.
    fn append(&mut self, frames: u32) {
        let len = self.difference.len();
        if self.head + len > self.ring.len() {
            // What lies between here and the end is older than what lies at the beginning.
            let head = self.head;
            while self.entries.front().is_some_and(|oldest| oldest.start >= head) {
                self.forget_oldest();
            }
            self.head = 0;
        }
        let (start, end) = (self.head, self.head + len);
        while self.entries.front().is_some_and(|oldest| oldest.start < end && start < oldest.start + oldest.len) {
            self.forget_oldest();
        }
        self.ring[start..end].copy_from_slice(&self.difference);
        self.head = end;
        self.entries.push_back(Entry { start, len, frames });
        self.frames += u64::from(frames);
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.entries.pop_front() {
            self.frames -= u64::from(oldest.frames);
        }
    }
}
