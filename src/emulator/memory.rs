//! How much memory a core process uses, so that one that leaks is ended before the machine has none left.

use std::fs;

/// Of the process with this number, in megabytes: what it wrote to, in memory of its own and in files that are memory, but
/// `shared` bytes, which are the host's. Code and files that are only read do not count: the system can take those back.
/// None when it is gone.
pub fn used_mb(pid: u32, shared: u64) -> Option<u64> {
    parse(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?, shared)
}

fn parse(status: &str, shared: u64) -> Option<u64> {
    // Such as "RssAnon:\t    1234 kB"; the kernel's kB are 1024 bytes.
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()
    };
    let own = kilobytes("RssAnon")?;
    let files = kilobytes("RssShmem").unwrap_or(0).saturating_sub(shared / 1024);
    let swapped = kilobytes("VmSwap").unwrap_or(0);
    Some((own + files + swapped) / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_its_own_counts_and_what_is_the_hosts_does_not() {
        let status =
            "Name:\tx\nRssAnon:\t  204800 kB\nRssFile:\t  999999 kB\nRssShmem:\t   20480 kB\nVmSwap:\t    1024 kB\n";
        assert_eq!(parse(status, 0), Some(221));
        assert_eq!(parse(status, 10 << 20), Some(211));
        assert_eq!(parse(status, 1 << 40), Some(201));
        // A process that has just ended has no such lines.
        assert_eq!(parse("Name:\tx\n", 0), None);
        assert!(used_mb(std::process::id(), 0).is_some());
    }
}
