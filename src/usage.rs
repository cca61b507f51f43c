//! What a process uses of the machine, read from `/proc`.

use std::fs;

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
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    let page = rustix::param::page_size() as u64;
    let read = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    // The command's name stands in parentheses and may hold anything; fields are counted from the last one.
    let stat = read("stat");
    let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let field = |index: usize| after.split(' ').nth(index).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    let resident: u64 = read("statm").split(' ').nth(1).and_then(|f| f.parse().ok()).unwrap_or(0);
    Usage {
        // proc(5): utime and stime are fields 14 and 15; `after` begins with field 3.
        cpu_seconds: (field(11) + field(12)) / ticks,
        resident_bytes: resident * page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_figures_are_there_and_a_missing_process_has_none() {
        let own = of(std::process::id());
        assert!(own.resident_bytes > 1 << 20);
        assert!(own.cpu_seconds >= 0.0);
        assert_eq!(of(u32::MAX), Usage::default());
    }
}
