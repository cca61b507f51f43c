//! The addresses of this machine at which others reach it.

use if_addrs::{IfOperStatus, Interface, get_if_addrs};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Interfaces that containers and virtual machines of this computer sit behind: nobody else is there, most likely. Bridges of
/// Docker, libvirt, LXC, Podman and of systemd's containers, as those name them.
const INSIDE: [&str; 8] = ["docker", "br-", "virbr", "veth", "lxc", "cni", "podman", "ve-"];

/// Every address the socket bound to `bound` can be reached at: those that others can reach first, loopback last.
///
/// IPv4 before IPv6, because it is easier to read out and works between more networks of friends; before both the address
/// by which this machine reaches the internet. A socket bound to `[::]` is reached at both, any other at its own kind.
pub fn local_addresses(bound: SocketAddr) -> Vec<SocketAddr> {
    if !bound.ip().is_unspecified() {
        return vec![bound];
    }
    let both = bound.is_ipv6();
    let interfaces: Vec<Interface> = get_if_addrs().unwrap_or_default();
    let up = |it: &Interface| !matches!(it.oper_status, IfOperStatus::Down | IfOperStatus::NotPresent);
    let usable = interfaces.iter().filter(|it| up(it) && (both || it.ip().is_ipv4()) && !needs_scope(it.ip()));
    let main = [main_address(false), main_address(true)];
    let mut ranked: Vec<(Rank, IpAddr)> = usable.map(|it| (Rank::of(it.ip(), &it.name, main), it.ip())).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut ips: Vec<IpAddr> = ranked.into_iter().map(|(_, ip)| ip).collect();
    ips.dedup();
    if ips.is_empty() {
        ips.push(Ipv4Addr::LOCALHOST.into());
    }
    ips.into_iter().map(|ip| SocketAddr::new(ip, bound.port())).collect()
}

/// Link-local addresses of IPv6 mean nothing without the name of an interface, which no link and no candidate carries.
fn needs_scope(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

/// Whether only this computer's own containers and virtual machines are behind an interface of this name.
pub(super) fn is_inside(interface: &str) -> bool {
    INSIDE.iter().any(|name| interface.starts_with(name))
}

/// How likely it is that somebody elsewhere reaches an address, the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Main4,
    Other4,
    Main6,
    Other6,
    /// Given by the interface to itself (RFC 3927), for want of anything better.
    LinkLocal4,
    Inside,
    Loopback4,
    Loopback6,
}

impl Rank {
    fn of(ip: IpAddr, interface: &str, main: [Option<IpAddr>; 2]) -> Rank {
        let is_main = main.contains(&Some(ip));
        match ip {
            IpAddr::V4(v4) if v4.is_loopback() => Rank::Loopback4,
            IpAddr::V6(v6) if v6.is_loopback() => Rank::Loopback6,
            IpAddr::V4(_) if is_main => Rank::Main4,
            IpAddr::V6(_) if is_main => Rank::Main6,
            _ if is_inside(interface) => Rank::Inside,
            IpAddr::V4(v4) if v4.is_link_local() => Rank::LinkLocal4,
            IpAddr::V4(_) => Rank::Other4,
            IpAddr::V6(_) => Rank::Other6,
        }
    }
}

/// The address that this machine has towards the internet. Connecting a UDP socket sends nothing: it only asks the routing
/// table. The destinations are those that documentation is written with (RFC 5737, RFC 3849).
fn main_address(v6: bool) -> Option<IpAddr> {
    let (any, far): (IpAddr, IpAddr) = match v6 {
        false => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        true => (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((far, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_bound_to_one_address_is_reached_there_alone() {
        let bound: SocketAddr = "127.0.0.1:5000".parse().expect("an address");
        assert_eq!(local_addresses(bound), [bound]);
    }

    #[test]
    fn loopback_is_the_last_resort_and_ipv4_alone_stays_that() {
        for bound in ["0.0.0.0:5000", "[::]:5000"] {
            let bound: SocketAddr = bound.parse().expect("an address");
            let all = local_addresses(bound);
            assert!(all.iter().any(|address| address.ip() == Ipv4Addr::LOCALHOST), "{all:?}");
            assert!(all.last().is_some_and(|address| address.ip().is_loopback()), "{all:?}");
            assert!(all.iter().all(|address| address.port() == 5000 && (bound.is_ipv6() || address.is_ipv4())));
        }
    }

    #[test]
    fn what_others_reach_most_likely_comes_first() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let main = [Some(ip("192.168.1.5")), Some(ip("2001:db8:7::5"))];
        let all = [
            ("::1", "lo"),
            ("127.0.0.1", "lo"),
            ("172.17.0.1", "docker0"),
            ("fd00::1", "br-0123"),
            ("169.254.3.4", "eth1"),
            ("fd12::5", "wlan0"),
            ("2001:db8:7::5", "wlan0"),
            ("100.90.1.2", "tailscale0"),
            ("192.168.1.5", "wlan0"),
        ];
        let mut sorted = all;
        sorted.sort_by_key(|(address, interface)| Rank::of(ip(address), interface, main));
        let mut expected = all;
        expected.reverse();
        let outside = |it: &[(&str, &str)]| -> Vec<String> {
            it.iter()
                .map(|(address, _)| (*address).to_owned())
                .filter(|it| it != "fd00::1" && it != "172.17.0.1")
                .collect()
        };
        assert_eq!(outside(&sorted), outside(&expected));
        assert!(
            sorted[5..7].iter().all(|(_, interface)| *interface == "docker0" || *interface == "br-0123"),
            "{sorted:?}"
        );
        assert!(needs_scope(ip("fe80::1")) && !needs_scope(ip("fd12::5")));
    }
}
