//! By which of our addresses a peer is reached.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};

/// Sources remembered; more, and the table starts anew.
const MAX_ROUTES: usize = 256;

/// The address that a datagram to us was sent to: the socket is bound to all interfaces and does not say.
pub struct Routes {
    bound: SocketAddr,
    known: HashMap<IpAddr, IpAddr>,
}

impl Routes {
    /// For the socket bound to `bound`.
    pub fn new(bound: SocketAddr) -> Routes {
        Routes { bound, known: HashMap::new() }
    }

    /// Our address as `source` sees it: the one the system's routing table answers from.
    pub fn local_for(&mut self, source: SocketAddr) -> SocketAddr {
        if !self.bound.ip().is_unspecified() {
            return self.bound;
        }
        if self.known.len() >= MAX_ROUTES {
            self.known.clear();
        }
        let ip = *self.known.entry(source.ip()).or_insert_with(|| {
            // Connecting a UDP socket sends nothing: it only asks the routing table.
            let probe = UdpSocket::bind((self.bound.ip(), 0)).and_then(|probe| {
                probe.connect(source)?;
                probe.local_addr()
            });
            probe.map_or(self.bound.ip(), |address| address.ip())
        });
        SocketAddr::new(ip, self.bound.port())
    }
}

/// Every address the socket bound to `bound` can be reached at: those that others can reach first, loopback last.
pub fn local_addresses(bound: SocketAddr) -> Vec<SocketAddr> {
    if !bound.ip().is_unspecified() {
        return vec![bound];
    }
    let mut ips: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| ip.is_ipv4() == bound.is_ipv4())
        .filter(|ip| !matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local()))
        .collect();
    ips.sort_by_key(IpAddr::is_loopback);
    ips.dedup();
    if ips.is_empty() {
        ips.push(IpAddr::from([127, 0, 0, 1]));
    }
    ips.into_iter().map(|ip| SocketAddr::new(ip, bound.port())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_peers_reach_us_by_loopback() {
        let bound: SocketAddr = "0.0.0.0:5000".parse().expect("an address");
        let mut routes = Routes::new(bound);
        let local = routes.local_for("127.0.0.1:9".parse().expect("an address"));
        assert_eq!(local, "127.0.0.1:5000".parse().expect("an address"));
    }

    #[test]
    fn a_socket_bound_to_one_address_is_reached_there_alone() {
        let bound: SocketAddr = "127.0.0.1:5000".parse().expect("an address");
        assert_eq!(local_addresses(bound), [bound]);
        assert_eq!(Routes::new(bound).local_for("10.0.0.9:1".parse().expect("an address")), bound);
    }

    #[test]
    fn loopback_is_the_last_resort() {
        let all = local_addresses("0.0.0.0:5000".parse().expect("an address"));
        assert!(all.iter().any(|address| address.ip().is_loopback()));
        assert!(all.last().is_some_and(|address| address.ip().is_loopback()));
    }
}
