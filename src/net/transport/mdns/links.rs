//! The networks that this machine is in: who may answer there, and which addresses are believed.

use super::super::addresses::is_inside;
use if_addrs::{IfAddr, IfOperStatus, Interface, get_if_addrs};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// Interfaces on which is asked, those that only this machine's own containers are behind last. A machine has a few.
const MAX_LINKS: usize = 8;

/// An interface that is up, and its networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub index: u32,
    /// Of this machine, where it has one.
    pub v4: Option<Ipv4Addr>,
    /// Whether IPv6 is spoken there.
    pub v6: bool,
    /// Without those that are known by the interface alone.
    networks: Vec<IpNet>,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links(Vec<Link>);

impl Links {
    /// Those in which this host is reached, which it is at these addresses.
    pub fn of_this_machine(reached_at: &[IpAddr]) -> Links {
        let mut interfaces = get_if_addrs().unwrap_or_default();
        interfaces.retain(|it| {
            let up = !matches!(it.oper_status, IfOperStatus::Down | IfOperStatus::NotPresent);
            up && !it.is_loopback() && reached_at.contains(&it.ip())
        });
        interfaces.sort_by_key(|it| is_inside(&it.name));
        Links::of(&interfaces)
    }

    fn of(interfaces: &[Interface]) -> Links {
        let mut links: Vec<Link> = Vec::new();
        for (it, index) in interfaces.iter().filter_map(|it| Some((it, it.index?))) {
            let at = links.iter().position(|link| link.index == index).unwrap_or_else(|| {
                links.push(Link { index, v4: None, v6: false, networks: Vec::new() });
                links.len() - 1
            });
            let link = &mut links[at];
            let (ip, prefix): (IpAddr, u8) = match &it.addr {
                IfAddr::V4(v4) => (v4.ip.into(), v4.prefixlen),
                IfAddr::V6(v6) => (v6.ip.into(), v6.prefixlen),
            };
            match ip {
                IpAddr::V4(v4) => link.v4 = link.v4.or(Some(v4)),
                IpAddr::V6(_) => link.v6 = true,
            }
            // All addresses there are is no network.
            link.networks.extend(IpNet::new(ip, prefix).ok().filter(|_| prefix > 0 && !is_scoped(ip)));
        }
        // Where every address needs the interface's name, none is found that a candidate can say.
        links.retain(|link| !link.networks.is_empty());
        links.truncate(MAX_LINKS);
        Links(links)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Link> {
        self.0.iter()
    }

    fn contain(&self, ip: IpAddr) -> bool {
        self.0.iter().flat_map(|link| &link.networks).any(|network| network.contains(&ip))
    }

    /// Whether a sender is in one of the networks (RFC 6762, 11).
    pub fn is_neighbour(&self, ip: IpAddr) -> bool {
        self.contain(ip) || is_scoped(ip) && self.0.iter().any(|link| link.v6)
    }

    /// Whether what a name stands for is a machine in one of the networks: nobody is made to send elsewhere by a lie.
    pub fn is_machine(&self, ip: IpAddr) -> bool {
        let special = ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || is_scoped(ip);
        // Where there are addresses for the network as a whole, which reach all its machines (RFC 919).
        let whole = |network: &IpNet| {
            matches!(network, IpNet::V4(v4) if v4.prefix_len() < 31)
                && (ip == network.network() || ip == network.broadcast())
        };
        !special && self.contain(ip) && !self.0.iter().flat_map(|link| &link.networks).any(whole)
    }
}

/// Addresses of IPv6 that mean nothing without the name of an interface, which no candidate carries.
fn is_scoped(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use if_addrs::{Ifv4Addr, Ifv6Addr};

    pub fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn interface(index: u32, network: &str) -> Interface {
        let network: IpNet = network.parse().expect("a network");
        let prefixlen = network.prefix_len();
        let addr = match network {
            IpNet::V4(v4) => IfAddr::V4(Ifv4Addr { ip: v4.addr(), netmask: v4.netmask(), prefixlen, broadcast: None }),
            IpNet::V6(v6) => IfAddr::V6(Ifv6Addr { ip: v6.addr(), netmask: v6.netmask(), prefixlen, broadcast: None }),
        };
        Interface {
            name: format!("eth{index}"),
            addr,
            index: Some(index),
            oper_status: IfOperStatus::Up,
            is_p2p: false,
        }
    }

    pub fn links(networks: &[(u32, &str)]) -> Links {
        Links::of(&networks.iter().map(|(index, network)| interface(*index, network)).collect::<Vec<_>>())
    }

    #[test]
    fn a_host_that_is_reached_by_loopback_alone_asks_nobody() {
        let loopback = [ip("127.0.0.1"), ip("::1"), ip("192.0.2.1")];
        assert_eq!(Links::of_this_machine(&loopback), Links::default());
    }

    #[test]
    fn an_address_is_believed_if_it_is_a_machine_in_one_of_our_networks() {
        let ours =
            [(2, "192.168.1.5/24"), (2, "fe80::5/64"), (2, "fd12::5/64"), (3, "203.0.113.9/29"), (4, "10.8.0.1/31")];
        let links = links(&ours);
        for good in ["192.168.1.7", "192.168.1.5", "fd12::7", "203.0.113.10", "10.8.0.0"] {
            assert!(links.is_machine(ip(good)), "{good}");
        }
        for bad in [
            "192.168.1.255",
            "192.168.1.0",
            "192.168.2.7",
            "10.0.0.7",
            "8.8.8.8",
            "203.0.113.15",
            "203.0.113.16",
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.251",
            "::1",
            "::",
            "fe80::7",
            "ff02::fb",
            "fd13::7",
            "2001:db8::7",
            "::ffff:192.168.1.7",
            "::ffff:8.8.8.8",
        ] {
            assert!(!links.is_machine(ip(bad)), "{bad}");
        }
    }

    #[test]
    fn an_answer_counts_from_a_neighbour() {
        let links = links(&[(2, "192.168.1.5/24"), (2, "fe80::5/64"), (2, "fd12::5/64")]);
        for near in ["192.168.1.7", "192.168.1.5", "fe80::7", "fd12::7"] {
            assert!(links.is_neighbour(ip(near)), "{near}");
        }
        for far in ["192.168.2.7", "8.8.8.8", "127.0.0.1", "fd13::7", "2001:db8::7"] {
            assert!(!links.is_neighbour(ip(far)), "{far}");
        }
        assert!(!super::tests::links(&[(2, "192.168.1.5/24")]).is_neighbour(ip("fe80::7")), "no IPv6 is spoken here");
    }

    #[test]
    fn interfaces_are_counted_once_and_up_to_a_limit() {
        let both = links(&[(2, "192.168.1.5/24"), (2, "192.168.9.5/24"), (2, "fd12::5/64"), (3, "fe80::5/64")]);
        let all: Vec<_> = both.iter().map(|link| (link.index, link.v4, link.v6)).collect();
        assert_eq!(all, [(2, Some(Ipv4Addr::new(192, 168, 1, 5)), true)]);
        let many: Vec<(u32, String)> = (0..30).map(|it| (it + 1, format!("10.0.{it}.1/24"))).collect();
        let many: Vec<(u32, &str)> = many.iter().map(|(index, network)| (*index, network.as_str())).collect();
        assert_eq!(links(&many).iter().count(), MAX_LINKS);
        assert_eq!(links(&[(1, "10.0.0.1/0")]), Links::default(), "all addresses there are");
    }
}
