//! The wires: a router that is the internet, a machine with the servers, and networks that people are in, each in namespaces.

use super::{Kind, Nat, delay};
use crate::common::network::{at, cable, feed, machines, quietly, run};
use crate::common::{LONG, until};
use std::cell::Cell;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Where the servers are: two addresses of each family, in the namespace `server`. Nobody else is asked for them, so addresses
/// that programs take for public ones do no harm.
pub const SERVER_V4: [Ipv4Addr; 2] = [Ipv4Addr::new(11, 250, 0, 2), Ipv4Addr::new(11, 250, 0, 3)];
pub const SERVER_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0x2a0f, 0xffff, 0xfa, 0, 0, 0, 0, 2), Ipv6Addr::new(0x2a0f, 0xffff, 0xfa, 0, 0, 0, 0, 3)];

/// Where most homes are; that two of them use the same addresses disturbs nobody.
pub const HOME_ROUTER: &str = "192.168.1.1";
const HOME_MACHINE: &str = "192.168.1.2";
/// Between a home and its carrier's NAT (RFC 6598).
const CARRIER_ROUTER: &str = "100.64.0.1";
const CARRIER_CUSTOMER: &str = "100.64.0.2";

/// The internet, of one test.
pub struct Internet {
    sites: Cell<u8>,
}

/// One machine and what stands before it.
#[derive(Debug, Clone)]
pub struct Site {
    pub kind: Kind,
    /// The namespace of the machine.
    pub machine: String,
    /// That of the router at home, if there is one.
    pub router: Option<String>,
    /// The machine's own address.
    pub own: IpAddr,
    /// What servers see it as.
    pub public: IpAddr,
}

impl Internet {
    /// Has the servers' machine already.
    pub fn new() -> Internet {
        machines(&["internet", "server"]);
        run("ip netns exec internet sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        cable([("internet", "servers", "11.250.0.1/24"), ("server", "eth0", &format!("{}/24", SERVER_V4[0]))]);
        run(&format!("ip -n server addr add {}/24 dev eth0", SERVER_V4[1]));
        run("ip -n internet addr add 2a0f:ffff:fa::1/64 dev servers nodad");
        for address in SERVER_V6 {
            run(&format!("ip -n server addr add {address}/64 dev eth0 nodad"));
        }
        run("ip -n server route add default via 11.250.0.1");
        run("ip -n server route add default via 2a0f:ffff:fa::1");
        Internet { sites: Cell::new(0) }
    }

    /// A machine in a network of this kind; `side` tells apart two of one kind.
    pub fn plug(&self, side: &str, kind: Kind) -> Site {
        let number = self.sites.get() + 1;
        assert!(number < 250, "the internet is full");
        self.sites.set(number);
        let machine = format!("{side}-{}", kind.word());
        add_machine(&machine);
        let there = format!("to{number}");
        let public = IpAddr::from([11, number, 0, 2]);
        if kind.is_ipv6() {
            let (ours, theirs) = (format!("2a0f:ffff:{number:x}::2"), format!("2a0f:ffff:{number:x}::1"));
            wire("internet", &there, &machine, "eth0");
            run(&format!("ip -n internet addr add {theirs}/64 dev {there} nodad"));
            run(&format!("ip -n {machine} addr add {ours}/64 dev eth0 nodad"));
            run(&format!("ip -n {machine} route add default via {theirs}"));
            wait_for_ipv6(&machine);
            let own = ours.parse().expect("an address");
            return Site { kind, machine, router: None, own, public: own };
        }
        // From the internet to the machine: what is before the next router is that one's outside.
        let (mut outer, mut outer_interface) = ("internet".to_owned(), there);
        let (mut gateway, mut customer) = (format!("11.{number}.0.1"), public.to_string());
        let mut router = None;
        for (index, nat) in kind.routers().iter().enumerate().rev() {
            let name = format!("{machine}-nat{index}");
            add_machine(&name);
            cable([(&outer, &outer_interface, &format!("{gateway}/24")), (&name, "out", &format!("{customer}/24"))]);
            run(&format!("ip -n {name} route add default via {gateway}"));
            run(&format!("ip netns exec {name} sysctl -q -w net.ipv4.ip_forward=1"));
            feed(&["ip", "netns", "exec", &name, "nft", "-f", "-"], &rules(*nat));
            (outer, outer_interface) = (name.clone(), "in".to_owned());
            let inner = if index == 0 { (HOME_ROUTER, HOME_MACHINE) } else { (CARRIER_ROUTER, CARRIER_CUSTOMER) };
            (gateway, customer) = (inner.0.to_owned(), inner.1.to_owned());
            router = Some(name);
        }
        cable([(&outer, &outer_interface, &format!("{gateway}/24")), (&machine, "eth0", &format!("{customer}/24"))]);
        run(&format!("ip -n {machine} route add default via {gateway}"));
        let own = customer.parse().expect("an address");
        Site { kind, machine, router, own, public }
    }
}

impl Internet {
    /// From here on everything on the servers' way takes so much longer, in each direction.
    pub fn slow_servers(&self, by: Duration) {
        let own = ["11.250.0.1/24".to_owned(), "2a0f:ffff:fa::1/64".to_owned()];
        lengthen("servers", &own, ("server", "eth0"), by);
    }

    /// The same for a machine behind one router.
    pub fn slow(&self, site: &Site, by: Duration) {
        let router = site.router.as_deref().expect("a machine behind a router");
        let IpAddr::V4(public) = site.public else { panic!("{} is IPv6", site.machine) };
        let number = public.octets()[1];
        lengthen(&format!("to{number}"), &[format!("11.{number}.0.1/24")], (router, "out"), by);
    }
}

/// Puts a slow cable between an interface of the internet and what it leads to.
fn lengthen(interface: &str, own: &[String], end: (&str, &str), by: Duration) {
    let wire = format!("slow-{interface}");
    add_machine(&wire);
    run(&format!("ip -n internet link set {interface} netns {wire} name far"));
    run(&format!("ip -n internet link add {interface} type veth peer name near netns {wire}"));
    for address in own {
        run(&format!(
            "ip -n internet addr add {address} dev {interface}{}",
            if address.contains(':') { " nodad" } else { "" }
        ));
    }
    run(&format!("ip -n internet link set {interface} up"));
    delay::delay(&wire, ["near", "far"], by);
    // A slow cable is no network card that would fill in checksums or cut packets.
    for (machine, interface) in [("internet", interface), end] {
        quietly(&format!("ip netns exec {machine} ethtool -K {interface} tx off tso off gso off"));
    }
}

impl Site {
    /// Leaves its network.
    pub fn unplug(&self) {
        run(&format!("ip -n {} link del eth0", self.machine));
    }

    /// Is in the other one from now on, and the machine that was there in none.
    pub fn plug_into(&self, other: &Site) {
        assert!(
            other.router.is_some() && other.kind.routers().len() == 1,
            "{} is not behind one router",
            other.machine
        );
        run(&format!("ip -n {} link set eth0 netns {}", other.machine, self.machine));
        run(&format!("ip -n {} addr add {}/24 dev eth0", self.machine, other.own));
        run(&format!("ip -n {} link set eth0 up", self.machine));
        run(&format!("ip -n {} route add default via {HOME_ROUTER}", self.machine));
    }

    /// Does something on its machine.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        at(&self.machine, work)
    }
}

/// IPv6 starts a moment after its cable is plugged in. A port that is closed answers, too.
fn wait_for_ipv6(machine: &str) {
    let server = SocketAddr::from((SERVER_V6[0], 9));
    let answers = || match TcpStream::connect_timeout(&server, LONG) {
        Ok(_) => Some(()),
        Err(error) => (error.kind() == ErrorKind::ConnectionRefused).then_some(()),
    };
    at(machine, || until("a way by IPv6", LONG, answers));
}

fn add_machine(name: &str) {
    run(&format!("ip netns add {name}"));
    run(&format!("ip -n {name} link set lo up"));
}

/// A cable without addresses.
fn wire(first: &str, interface: &str, second: &str, other: &str) {
    run(&format!("ip -n {first} link add {interface} type veth peer name {other} netns {second}"));
    run(&format!("ip -n {first} link set {interface} up"));
    run(&format!("ip -n {second} link set {other} up"));
}

/// A router's rules, for nftables. It is between the interfaces `in` and `out`.
///
/// `masquerade` keeps the port of the machine behind it as long as that is free, so every destination sees the same one, and
/// only that destination's answers are let in: port-restricted. What the router drops on the way in has to be dropped before
/// it is remembered as a connection of its own, or the port would not be free any more when the machine sends to the same
/// place. The two cones remember who sent to whom, and lead in what the connections alone would not.
fn rules(nat: Nat) -> String {
    let masquerade = if nat == Nat::Symmetric { "masquerade random,fully-random" } else { "masquerade" };
    let remember = match nat {
        Nat::FullCone => "update @machines { udp sport : ip saddr }",
        Nat::AddressRestricted => "update @machines { udp sport : ip saddr } update @asked { udp sport . ip daddr }",
        _ => "",
    };
    let lead_in = match nat {
        Nat::FullCone => "iifname \"out\" dnat to udp dport map @machines",
        Nat::AddressRestricted => "iifname \"out\" udp dport . ip saddr @asked dnat to udp dport map @machines",
        _ => "",
    };
    let block = if nat == Nat::TcpOnly { "meta l4proto udp drop" } else { "" };
    format!(
        "table ip home {{
            map machines {{ type inet_service : ipv4_addr; flags dynamic,timeout; timeout 5m; size 65535; }}
            set asked {{ type inet_service . ipv4_addr; flags dynamic,timeout; timeout 5m; size 65535; }}
            chain knocks {{
                type filter hook input priority filter
                iifname \"out\" ct state established,related accept
                iifname \"out\" drop
            }}
            chain through {{
                type filter hook forward priority filter
                {block}
                iifname \"out\" ct state new ct status & dnat != dnat drop
            }}
            chain remember {{
                type filter hook postrouting priority srcnat - 10
                oifname \"out\" meta l4proto udp {remember}
            }}
            chain lead_in {{
                type nat hook prerouting priority dstnat
                {lead_in}
            }}
            chain translate {{
                type nat hook postrouting priority srcnat
                oifname \"out\" {masquerade}
            }}
        }}"
    )
}
