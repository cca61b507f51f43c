//! The one system call that no crate of ours wraps: what a thread asks of the scheduler.

// A struct that the kernel fills and reads.
#![allow(unsafe_code)]

use std::time::Duration;

/// Linux takes no shorter one.
const SHORTEST_TURN: Duration = Duration::from_micros(100);
/// What sound servers ask for, too.
const NICE: i32 = -11;
/// For work that others wait for and that takes a while: before everything else on the machine, behind those who go first.
const NICE_WORK: i32 = -6;

/// Asks the scheduler to let the calling thread, not those it starts, go first when it wakes: by short turns, which anyone
/// may have (Linux 6.12 and later, "sched_runtime" in sched(7)), and by a lower nice value, which takes the right to it
/// (RLIMIT_NICE). What is not granted stays as it was.
pub fn go_first() {
    ask(Some(SHORTEST_TURN), NICE);
}

/// The same for a thread that works for longer: turns as long as ever, and a nice value between.
pub fn go_early() {
    ask(None, NICE_WORK);
}

fn ask(turn: Option<Duration>, nice: i32) {
    let Some(before) = attributes() else { return };
    let mut wanted = before;
    wanted.sched_flags |= libc::SCHED_FLAG_RESET_ON_FORK as u64;
    wanted.sched_runtime = turn.map_or(before.sched_runtime, |turn| turn.as_nanos() as u64);
    wanted.sched_nice = before.sched_nice.min(nice);
    if !set(&wanted) {
        wanted.sched_nice = before.sched_nice;
        let _ = set(&wanted);
    }
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
            go_first();
            let after = attributes().expect("the kernel says it again");
            assert_eq!(before.sched_policy, after.sched_policy);
            assert!(after.sched_nice == before.sched_nice || after.sched_nice == NICE);
            // An older kernel ignores what it does not know.
            assert!(after.sched_runtime == before.sched_runtime || after.sched_runtime == 100_000);
            let child = std::thread::spawn(|| attributes().expect("the kernel speaks of every thread"));
            let child = child.join().expect("the thread ends well");
            assert!(child.sched_nice >= before.sched_nice.min(0) && child.sched_runtime == before.sched_runtime);
        })
        .join()
        .expect("the thread ends well");
    }
}
