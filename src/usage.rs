//! What a process uses of the machine.

use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use std::fs;
use std::time::Duration;

/// Processor time and memory of one process.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Processor seconds since it started, all threads.
    pub cpu_seconds: f64,
    /// Resident memory, in bytes.
    pub resident_bytes: u64,
}

/// Of the process with this number; zeros when it is gone.
pub fn of(pid: u32) -> Usage {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|field| field.parse().ok()).unwrap_or(0);
    Usage { cpu_seconds: cpu_seconds(pid).unwrap_or(0.0), resident_bytes: pages * rustix::param::page_size() as u64 }
}

/// From the process's own clock, which counts nanoseconds: the figures in `/proc` come in steps of 10 ms, more than a
/// small core uses in a second.
fn cpu_seconds(pid: u32) -> Option<f64> {
    // The kernel's PID_MAX_LIMIT; a clock's number has no room for larger ones, and 0 would be ourselves.
    let pid = i32::try_from(pid).ok().filter(|pid| (1..=1 << 22).contains(pid))?;
    let clock = clock_getcpuclockid(Pid::from_raw(pid)).ok()?;
    Some(Duration::from(clock.now().ok()?).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_figures_are_there_and_a_missing_process_has_none() {
        let own = of(std::process::id());
        assert!(own.resident_bytes > 1 << 20);
        assert!(own.cpu_seconds > 0.0);
        assert_eq!(of(u32::MAX), Usage::default());
        assert_eq!(of((1 << 22) - 1), Usage::default());
        assert_eq!(of(0), Usage::default());
    }

    #[test]
    fn a_little_work_is_seen() {
        let before = of(std::process::id()).cpu_seconds;
        // Reading the clock is itself the work: far less than the 10 ms of a tick.
        assert!(of(std::process::id()).cpu_seconds > before);
    }
}
