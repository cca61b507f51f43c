//! The one system call that no crate of ours wraps: what a thread asks of the scheduler.

// A struct that the kernel fills and reads.
#![allow(unsafe_code)]

use std::time::Duration;

/// Linux takes no shorter one.
const SHORTEST_TURN: Duration = Duration::from_micros(100);
/// About what a frame takes. A thread that asks for less than others goes first when it wakes; the usual turn is 0.7 to
/// 2.8 ms, the longer the more processors there are.
const SHORT_TURN: Duration = Duration::from_millis(1);

/// How much before others a thread asks to go. What it asks for is a short turn, which any thread may have (Linux 6.12 and
/// later, "sched_runtime" in sched(7)), and a lower nice value, which takes the right to it (RLIMIT_NICE). With short turns
/// alone a thread that has worked for longer than its turn is put behind one that wakes, until that one sleeps again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Before all others: inputs, which take microseconds.
    First,
    /// Right behind: the game's pace.
    Soon,
    /// Behind those and before other programs: work that others wait for.
    Early,
}

impl Claim {
    fn nice(self) -> i32 {
        match self {
            Claim::First => -20,
            Claim::Soon => -15,
            Claim::Early => -10,
        }
    }

    /// From what is usual here; zero where the kernel does not say.
    fn turn(self, usual: Duration) -> Duration {
        match self {
            Claim::First | Claim::Soon => SHORTEST_TURN,
            Claim::Early if usual.is_zero() => SHORT_TURN,
            Claim::Early => SHORT_TURN.min(usual / 2).max(SHORTEST_TURN),
        }
    }
}

/// Asks the scheduler for that, for the calling thread and not for those it starts. Of what is not granted it takes as much
/// as it gets.
pub fn claim(claim: Claim) {
    let Some(before) = attributes() else { return };
    let mut wanted = before;
    wanted.sched_flags |= libc::SCHED_FLAG_RESET_ON_FORK as u64;
    wanted.sched_runtime = claim.turn(Duration::from_nanos(before.sched_runtime)).as_nanos() as u64;
    for nice in [claim.nice(), claim.nice().max(lowest_nice()), before.sched_nice] {
        wanted.sched_nice = before.sched_nice.min(nice);
        if set(&wanted) {
            return;
        }
    }
}

/// What any program may ask for here: a limit of 1 is nice 19, of 40 it is nice -20 ("RLIMIT_NICE" in getrlimit(2)).
fn lowest_nice() -> i32 {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nice).current;
    20 - limit.unwrap_or(40).min(40) as i32
}

fn set(attributes: &libc::sched_attr) -> bool {
    // SAFETY: the kernel reads `size` bytes of a struct that lives until it returns; thread 0 is the calling one.
    let result = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const *attributes, 0) };
    result == 0
}

/// How the calling thread is scheduled.
fn attributes() -> Option<libc::sched_attr> {
    let size = size_of::<libc::sched_attr>() as u32;
    let mut attributes = libc::sched_attr {
        size,
        sched_policy: 0,
        sched_flags: 0,
        sched_nice: 0,
        sched_priority: 0,
        sched_runtime: 0,
        sched_deadline: 0,
        sched_period: 0,
    };
    // SAFETY: the kernel writes at most `size` bytes into a struct of that size.
    let result = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut attributes, size, 0) };
    (result == 0).then_some(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_granted_is_there_and_the_rest_is_as_it_was_and_threads_that_are_started_have_neither() {
        std::thread::spawn(|| {
            let before = attributes().expect("the kernel says how we are scheduled");
            claim(Claim::First);
            let after = attributes().expect("the kernel says it again");
            assert_eq!(before.sched_policy, after.sched_policy);
            let granted = [before.sched_nice, lowest_nice(), Claim::First.nice()];
            assert!(granted.contains(&after.sched_nice), "{}", after.sched_nice);
            // An older kernel says nothing, and ignores what it does not know.
            assert!(before.sched_runtime == 0 || after.sched_runtime == 100_000, "{}", after.sched_runtime);
            let child = std::thread::spawn(|| attributes().expect("the kernel speaks of every thread"));
            let child = child.join().expect("the thread ends well");
            assert!(child.sched_nice >= before.sched_nice.min(0) && child.sched_runtime == before.sched_runtime);
        })
        .join()
        .expect("the thread ends well");
    }

    #[test]
    fn inputs_go_before_the_game_and_the_game_before_the_encoder() {
        for usual in [0, 700_000, 1_400_000, 2_800_000].map(Duration::from_nanos) {
            let all = [Claim::First, Claim::Soon, Claim::Early];
            assert!(all.windows(2).all(|pair| pair[0].nice() < pair[1].nice()));
            assert!(all.windows(2).all(|pair| pair[0].turn(usual) <= pair[1].turn(usual)));
            assert!(usual.is_zero() || Claim::Early.turn(usual) < usual);
        }
    }
}
