//! The names that this machine has by itself: its own, and with it those that the network gives it.

use std::fs;

/// Endings that no public domain has (RFC 6762, RFC 8375, ICANN's `.internal`) and the two that routers commonly give: a page of
/// another site cannot be under one of them.
const LOCAL_ENDINGS: [&str; 6] = ["local", "lan", "home", "home.arpa", "internal", "localdomain"];
/// Where the system keeps the domains in which it looks for short names: that of a router, that of a VPN such as MagicDNS.
const RESOLVER: &str = "/etc/resolv.conf";

/// Names under which others find this machine.
pub fn of_machine() -> Vec<String> {
    let uname = rustix::system::uname();
    let resolver = fs::read_to_string(RESOLVER).unwrap_or_default();
    names(&uname.nodename().to_string_lossy(), &resolver)
}

fn names(own: &str, resolver: &str) -> Vec<String> {
    let short = own.split('.').next().unwrap_or_default();
    if short.is_empty() {
        return Vec::new();
    }
    let under = |domain: &str| format!("{short}.{}", domain.trim_end_matches('.'));
    let mut names = vec![own.to_owned(), short.to_owned()];
    names.extend(LOCAL_ENDINGS.map(under));
    names.extend(search_domains(resolver).into_iter().map(under));
    names
}

/// The domains of resolv.conf(5): of `search` and `domain` the last one counts.
fn search_domains(resolver: &str) -> Vec<&str> {
    let mut lines = resolver.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next(), Some("search" | "domain")).then(|| words.collect::<Vec<&str>>())
    });
    // A dot alone is the root: a name below it would be anybody's.
    lines
        .next_back()
        .unwrap_or_default()
        .into_iter()
        .filter(|domain| domain.trim_matches('.').contains(char::is_alphanumeric))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_found_by_its_name_alone_and_in_the_domains_of_its_networks() {
        let resolver =
            "# made by a VPN\nnameserver 100.100.100.100\nsearch tail1234.ts.net fritz.box .\noptions edns0\n";
        let names = names("pc", resolver);
        for name in ["pc", "pc.local", "pc.lan", "pc.home.arpa", "pc.tail1234.ts.net", "pc.fritz.box"] {
            assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
        }
        assert!(names.iter().all(|name| !name.ends_with('.')), "{names:?}");
    }

    #[test]
    fn a_full_name_has_its_short_one_too() {
        let names = names("pc.example.org", "domain old.example\nsearch corp.example.");
        assert!(["pc.example.org", "pc", "pc.corp.example"].iter().all(|name| names.iter().any(|known| known == name)));
        assert!(!names.iter().any(|name| name == "pc.old.example"), "the later line counts");
        assert!(super::names("", "search x").is_empty() && super::names(".odd", "search x").is_empty());
    }
}
