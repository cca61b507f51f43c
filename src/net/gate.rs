//! Who may knock at all: how many connections an address may hold open, and under which names this host is spoken to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts what is open, by address.
#[derive(Clone)]
pub struct Gate {
    open: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    each: usize,
    all: usize,
}

/// Something open; dropping it closes it.
pub struct Pass {
    gate: Gate,
    address: IpAddr,
}

impl Gate {
    /// At most `each` from one address, and `all` together.
    pub fn new(each: usize, all: usize) -> Gate {
        Gate { open: Arc::default(), each, all }
    }

    /// One more from this address; none when it has enough.
    pub fn enter(&self, address: IpAddr) -> Option<Pass> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= self.all {
            return None;
        }
        let count = open.entry(address).or_insert(0);
        if *count >= self.each {
            return None;
        }
        *count += 1;
        Some(Pass { gate: self.clone(), address })
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut open = self.gate.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// Whether a `Host` header names this machine. A page of another site can make its own name point here (DNS rebinding)
/// and would then be of the same origin; it cannot do that with an address, or with a name that is ours.
pub fn is_ours(host: &str, names: &[String]) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if port.is_empty() || is_port(port) => {
                return address.parse::<std::net::Ipv6Addr>().is_ok();
            }
            _ => return false,
        },
        None => match host.split_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            Some(_) => return false,
            None => host,
        },
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.parse::<std::net::Ipv4Addr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

/// Names under which others find this machine: its own, with and without the ending of the local network.
pub fn machine_names() -> Vec<String> {
    let uname = rustix::system::uname();
    let name = uname.nodename().to_string_lossy().into_owned();
    let short = name.split('.').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> = [name.clone(), format!("{short}.local"), short].into();
    names.retain(|name| !name.is_empty() && !name.starts_with('.'));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_so_many_and_all_together_so_many() {
        let gate = Gate::new(2, 3);
        let (a, b) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let first = gate.enter(a).expect("the first");
        let _second = gate.enter(a).expect("the second");
        assert!(gate.enter(a).is_none());
        let _other = gate.enter(b).expect("another address");
        assert!(gate.enter(b).is_none(), "three are all");
        drop(first);
        assert!(gate.enter(a).is_some());
    }

    #[test]
    fn addresses_and_our_own_names_are_ours_and_nothing_else_is() {
        let names = ["arcade".to_owned(), "arcade.local".to_owned()];
        for ours in [
            "127.0.0.1",
            "192.168.1.5:8470",
            "[::1]:80",
            "[fe80::1]",
            "localhost:1",
            "LOCALHOST",
            "arcade",
            "Arcade.local:8470",
            "arcade.local.",
        ] {
            assert!(is_ours(ours, &names), "{ours}");
        }
        for other in [
            "",
            "evil.example",
            "evil.example:8470",
            "127.0.0.1.evil.example",
            "[evil]",
            "[::1",
            "a:b:c",
            "localhost:x",
            "[::1]x",
            "arcade.evil",
        ] {
            assert!(!is_ours(other, &names), "{other}");
        }
    }
}
