//! When the machine as a whole stood still: a virtual one does when its host has something better to do. Nothing that runs
//! on it can do anything about that, so a benchmark that looks for gaps has to know.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds by the system's clock, which a page's `performance.timeOrigin` counts by as well.
pub fn wall_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}

/// From when to when, in [`wall_ms`].
pub type Span = (f64, f64);

/// Less is what waking a thread may take on a busy processor.
const NOTEWORTHY_MS: f64 = 4.0;

/// One thread on each processor that wants to run every millisecond and goes before all others where that is granted.
pub struct Stalls {
    ended: Arc<AtomicBool>,
    watchers: Vec<JoinHandle<Vec<Span>>>,
}

impl Stalls {
    pub fn watch() -> Stalls {
        let ended = Arc::new(AtomicBool::new(false));
        let all = sched_getaffinity(None).expect("the processors are known");
        let processors = (0..CpuSet::MAX_CPU).filter(|&cpu| all.is_set(cpu));
        let watchers = processors.map(|cpu| {
            let ended = ended.clone();
            std::thread::spawn(move || {
                let mut here = CpuSet::new();
                here.set(cpu);
                sched_setaffinity(None, &here).expect("a thread may stay on one processor");
                hotseat::sync::wake_before_others(hotseat::sync::Claim::First);
                let mut late = Vec::new();
                while !ended.load(Ordering::Acquire) {
                    let due = wall_ms() + 1.0;
                    std::thread::sleep(Duration::from_millis(1));
                    let woken = wall_ms();
                    if woken - due > NOTEWORTHY_MS {
                        late.push((due, woken));
                    }
                }
                late
            })
        });
        Stalls { watchers: watchers.collect(), ended }
    }

    /// When no processor at all ran anything: what every watcher missed.
    pub fn end(self) -> Vec<Span> {
        self.ended.store(true, Ordering::Release);
        let late = self.watchers.into_iter().map(|watcher| watcher.join().expect("a watcher ends well"));
        late.reduce(|all, one| all.iter().flat_map(|&a| one.iter().filter_map(move |&b| common(a, b))).collect())
            .unwrap_or_default()
    }
}

fn common(a: Span, b: Span) -> Option<Span> {
    let span = (a.0.max(b.0), a.1.min(b.1));
    (span.0 < span.1).then_some(span)
}

/// How much of `span` the machine stood still.
pub fn within(stalls: &[Span], span: Span) -> f64 {
    stalls.iter().filter_map(|&stall| common(stall, span)).map(|(from, to)| to - from).sum()
}
