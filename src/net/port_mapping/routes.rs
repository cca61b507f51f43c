//! The router that leads to the internet, and this machine's address towards it.

use super::reach::is_global;
use std::fs::File;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};
use std::sync::Arc;

/// A family of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Ipv4,
    Ipv6,
}

/// A router, as this machine reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gateway {
    /// The port is 0; the scope is that of a link-local address.
    pub address: SocketAddr,
    /// Of this machine: what mappings lead to.
    pub local: IpAddr,
}

/// Where the router is looked up: [`of_this_machine`], or a test's.
pub type Gateways = Arc<dyn Fn(Family) -> Option<Gateway> + Send + Sync>;

/// RTF_UP and RTF_GATEWAY, of linux/route.h.
const UP_BY_GATEWAY: u32 = 0x0001 | 0x0002;
/// Tables that are longer are cut, those of backbones have a million lines; default routes come first in them.
const MOST_BYTES: u64 = 1 << 20;

/// The default router of this machine by the kernel's tables.
pub fn of_this_machine(family: Family) -> Option<Gateway> {
    match family {
        Family::Ipv4 => {
            let table = table("/proc/net/route")?;
            let address = SocketAddr::from((default_ipv4(&table)?, 0));
            Some(Gateway { address, local: local_towards(with_port(address))? })
        }
        Family::Ipv6 => {
            let table = table("/proc/net/ipv6_route")?;
            let (gateway, interface) = default_ipv6(&table)?;
            let scope =
                if gateway.is_unicast_link_local() { nix::net::if_::if_nametoindex(interface).ok()? } else { 0 };
            let address = SocketAddr::V6(SocketAddrV6::new(gateway, 0, 0, scope));
            // Towards a link-local router that would be a link-local address: any global one is asked for (RFC 3849).
            let beyond = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
            let local = local_towards(SocketAddr::from((beyond, 9)))?;
            matches!(local, IpAddr::V6(local) if is_global(local)).then_some(Gateway { address, local })
        }
    }
}

fn table(path: &str) -> Option<String> {
    let mut text = String::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

fn with_port(mut address: SocketAddr) -> SocketAddr {
    address.set_port(9);
    address
}

/// The address that the system sends from. Nothing is sent.
fn local_towards(to: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(to).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The router of the default route with the lowest metric, of `/proc/net/route`: interface, destination, gateway, flags,
/// references, use, metric, mask; numbers in hexadecimal, addresses as they are in memory.
fn default_ipv4(table: &str) -> Option<Ipv4Addr> {
    let routes = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().take(8).collect();
        let &[_, destination, gateway, flags, _, _, metric, mask] = fields.as_slice() else { return None };
        let number = |text| u32::from_str_radix(text, 16).ok();
        let default = number(destination)? == 0 && number(mask)? == 0;
        let usable = number(flags)? & UP_BY_GATEWAY == UP_BY_GATEWAY;
        let gateway = Ipv4Addr::from(number(gateway)?.to_ne_bytes());
        (default && usable && !gateway.is_unspecified()).then_some((metric.parse::<u32>().ok()?, gateway))
    });
    routes.min_by_key(|(metric, _)| *metric).map(|(_, gateway)| gateway)
}

/// The same of `/proc/net/ipv6_route`: destination, its prefix, source, its prefix, next hop, metric, references, use, flags,
/// interface; all in hexadecimal.
fn default_ipv6(table: &str) -> Option<(Ipv6Addr, &str)> {
    let routes = table.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().take(10).collect();
        let &[destination, prefix, _, _, gateway, metric, _, _, flags, interface] = fields.as_slice() else {
            return None;
        };
        let address = |text| u128::from_str_radix(text, 16).ok().map(Ipv6Addr::from);
        let number = |text| u32::from_str_radix(text, 16).ok();
        let default = address(destination)?.is_unspecified() && number(prefix)? == 0;
        let usable = number(flags)? & UP_BY_GATEWAY == UP_BY_GATEWAY;
        let gateway = address(gateway)?;
        (default && usable && !gateway.is_unspecified()).then_some((number(metric)?, gateway, interface))
    });
    routes.min_by_key(|(metric, ..)| *metric).map(|(_, gateway, interface)| (gateway, interface))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_route_with_the_lowest_metric_and_a_router_counts() {
        let of = |bytes: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(bytes));
        let (near, far) = (of([192, 168, 1, 1]), of([10, 0, 0, 138]));
        let table = format!(
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
             tun0\t00000000\t00000000\t0001\t0\t0\t1\t00000000\t0\t0\t0\n\
             wlan0\t00000000\t{far}\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
             eth0\t00000000\t{near}\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
             eth0\t0001A8C0\t{near}\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n\
             torn\t0000"
        );
        assert_eq!(default_ipv4(&table), Some(Ipv4Addr::new(192, 168, 1, 1)));
        assert_eq!(default_ipv4(""), None);
        assert_eq!(default_ipv4("Iface\nnonsense with eight fields in all of it\n"), None);
    }

    #[test]
    fn so_does_that_of_ipv6_with_its_interface() {
        let nothing = "0".repeat(32);
        let table = format!(
            "{nothing} 00 {nothing} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n\
             {nothing} 00 {nothing} 00 fe800000000000000000000000000002 00000064 00000001 00000000 00000003 eth1\n\
             {nothing} 00 {nothing} 00 {nothing} ffffffff 00000001 00000000 00200200 lo\n\
             20010db8000000000000000000000000 40 {nothing} 00 fe800000000000000000000000000003 00000001 0 0 00000003 eth0"
        );
        assert_eq!(default_ipv6(&table), Some(("fe80::2".parse().expect("an address"), "eth1")));
        assert_eq!(default_ipv6("x y z"), None);
    }
}
