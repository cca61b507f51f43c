//! Friends get in through a real router: miniupnpd and nftables, in network namespaces of the test's own. The addresses on the
//! router's far side are public ones, since it opens no port at others; nothing leaves the namespaces.

#[path = "../../src/net/port_mapping/tests/igd.rs"]
#[allow(dead_code)]
mod igd;
#[path = "../../src/net/port_mapping/tests/router.rs"]
#[allow(dead_code)]
mod router;

use crate::common::network::{cable, inside, machines, run};
use crate::common::{LONG, TempDir, until};
use hotseat::net::port_mapping::{
    MappingProblem, MappingStatus, Method, Outcome, PortMapper, Protocol, Wanted, of_this_machine,
};
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::num::NonZeroU16;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

const INTERNAL: u16 = 5000;
const EXTERNAL: u16 = 6000;
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(45, 0, 0, 7);

/// As on a router: what comes from outside is dropped unless it was let in.
const RULES: &str = r#"table inet filter {
    chain forward {
        type filter hook forward priority 0; policy drop;
        jump miniupnpd
        iifname "inside" accept
        ct state established,related accept
    }
    chain miniupnpd { }
    chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
    chain postrouting {
        type nat hook postrouting priority 100;
        oifname "outside" masquerade
        jump postrouting_miniupnpd
    }
    chain prerouting_miniupnpd { }
    chain postrouting_miniupnpd { }
}
"#;

/// This machine at 10.80.0.2 behind a router, and a friend beyond it. `outside` is the router's address there.
fn networks(outside: Ipv4Addr) {
    machines(&["router", "friend"]);
    cable([("", "near", "10.80.0.2/24"), ("router", "inside", "10.80.0.254/24")]);
    let [first, second, third, _] = outside.octets();
    let friend = format!("{first}.{second}.{third}.9/24");
    cable([("router", "outside", &format!("{outside}/24")), ("friend", "far", &friend)]);
    run("ip route add default via 10.80.0.254");
    for name in ["ipv4.ip_forward", "ipv6.conf.all.forwarding"] {
        run(&format!("ip netns exec router sysctl -q -w net.{name}=1"));
    }
    for (machine, address, interface) in [
        ("", "2620:80::2/64", "near"),
        ("ip netns exec router ", "2620:80::1/64", "inside"),
        ("ip netns exec router ", "fe80::1/64", "inside"),
        ("ip netns exec router ", "2620:81::1/64", "outside"),
        ("ip netns exec friend ", "2620:81::9/64", "far"),
    ] {
        run(&format!("{machine}ip -6 addr add {address} dev {interface} nodad"));
    }
    run("ip -6 route add default via fe80::1 dev near");
    run("ip netns exec friend ip -6 route add default via 2620:81::1");
}

/// What a command prints that runs on the router.
fn router_says(command: &[&str]) -> String {
    let output = Command::new("ip").args(["netns", "exec", "router"]).args(command).output();
    String::from_utf8(output.expect("ip starts: install the package iproute2").stdout).expect("text")
}

/// A running miniupnpd. Dropping it ends it.
struct Router {
    process: Child,
    folder: TempDir,
    settings: &'static str,
}

impl Router {
    fn start(settings: &'static str) -> Router {
        let folder = TempDir::new();
        let process = Router::run(&folder, settings);
        Router { process, folder, settings }
    }

    fn run(folder: &TempDir, settings: &str) -> Child {
        let configuration = format!(
            "ext_ifname=outside\nlistening_ip=inside\nport=0\nsecure_mode=yes\n\
             uuid=11111111-2222-3333-4444-555555555555\n\
             upnp_table_name=filter\nupnp_nat_table_name=filter\nupnp_forward_chain=miniupnpd\n\
             upnp_nat_chain=prerouting_miniupnpd\nupnp_nat_postrouting_chain=postrouting_miniupnpd\n\
             {settings}\nallow 1024-65535 10.80.0.0/24 1024-65535\n"
        );
        let rules = folder.file("rules", format!("flush ruleset\n{RULES}").as_bytes());
        run(&format!("ip netns exec router nft -f {}", rules.display()));
        let file = folder.file("miniupnpd.conf", configuration.as_bytes());
        let process = Command::new("ip")
            .args(["netns", "exec", "router", "miniupnpd", "-d", "-f"])
            .arg(file)
            .arg("-P")
            .arg(folder.path().join("pid"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("miniupnpd starts: install the package miniupnpd-nftables");
        until("miniupnpd listens", LONG, || router_says(&["ss", "-lun"]).contains(":1900").then_some(()));
        process
    }

    /// Forgets everything, as after a power cut.
    fn restart(&mut self) {
        self.end();
        self.process = Router::run(&self.folder, self.settings);
    }

    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// How many rules lead to this machine's port.
    fn open_ports(&self) -> usize {
        let text = router_says(&["nft", "list", "ruleset"]);
        text.matches(&format!("dport {INTERNAL}")).count() + text.matches(&format!("10.80.0.2:{INTERNAL}")).count()
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.end();
    }
}

fn start() -> (PortMapper, Receiver<MappingStatus>) {
    let port = |number| NonZeroU16::new(number).expect("a port");
    let wanted = [Protocol::Udp, Protocol::Tcp].map(|protocol| Wanted {
        protocol,
        internal_port: port(INTERNAL),
        external_port: port(EXTERNAL),
    });
    // Full, news are lost: tests read them.
    let (news, told) = sync_channel(1024);
    let on_news = move |status| {
        let _ = news.try_send(status);
    };
    let mapper = PortMapper::start(wanted.into(), Arc::new(of_this_machine), hotseat::sync::now, on_news);
    (mapper.expect("a thread"), told)
}

/// The first status in which all is as it should be.
fn first(told: &Receiver<MappingStatus>, what: impl Fn(&Outcome) -> bool) -> MappingStatus {
    let mut seen = Vec::new();
    loop {
        let Ok(status) = told.recv_timeout(LONG) else { panic!("only this: {seen:#?}") };
        if status.iter().all(|port| what(&port.ipv4)) {
            return status;
        }
        seen.push(status);
    }
}

fn external(outcome: &Outcome) -> (Method, SocketAddr) {
    match outcome {
        Outcome::Mapped(mapping) | Outcome::NotReachable { mapping, .. } => (mapping.method, mapping.external),
        other => panic!("{other:?}"),
    }
}

fn is_mapped(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Mapped(_))
}

/// Whether the friend could write this to `to` by UDP or TCP.
fn friend_says(protocol: &str, to: SocketAddr, word: &str) -> bool {
    let (address, port) = (to.ip(), to.port());
    let line = format!("echo -n {word} > /dev/{protocol}/{address}/{port}");
    let mut command = Command::new("ip");
    command.args(["netns", "exec", "friend", "bash", "-c", &line]);
    command.status().expect("bash starts").success()
}

/// A router that was restarted opens one port after the other.
fn friend_connects(to: SocketAddr) -> bool {
    friend_says("tcp", to, "page")
}

/// What the friend says arrives at this machine.
fn friend_gets_in(datagrams: &UdpSocket, listener: &TcpListener, udp: SocketAddr, tcp: SocketAddr) {
    assert!(friend_says("udp", udp, "picture"));
    let mut buffer = [0; 64];
    let length = datagrams.recv(&mut buffer).expect("a datagram");
    assert_eq!(&buffer[..length], b"picture");
    until("the friend gets in by TCP", LONG, || friend_connects(tcp).then_some(()));
    let mut text = String::new();
    let (mut stream, _) = listener.accept().expect("a connection");
    stream.read_to_string(&mut text).expect("text");
    assert_eq!(text, "page");
}

fn sockets() -> (UdpSocket, TcpListener) {
    let datagrams = UdpSocket::bind(("::", INTERNAL)).expect("a socket");
    datagrams.set_read_timeout(Some(LONG)).expect("a limit");
    (datagrams, TcpListener::bind(("::", INTERNAL)).expect("a listener"))
}

#[test]
fn a_friend_gets_in_by_pcp_over_ipv4_and_ipv6_until_the_host_ends() {
    if !inside(module_path!(), "a_friend_gets_in_by_pcp_over_ipv4_and_ipv6_until_the_host_ends") {
        return;
    }
    networks(OUTSIDE);
    let router = Router::start("enable_natpmp=yes\nenable_upnp=yes");
    let (datagrams, listener) = sockets();
    let (mapper, told) = start();
    let mut status = first(&told, is_mapped);
    while !status.iter().all(|port| is_mapped(&port.ipv6)) {
        status = told.recv_timeout(LONG).expect("pinholes");
    }
    let [udp, tcp] = [0, 1].map(|port: usize| external(&status[port].ipv4));
    let expected = (Method::Pcp, SocketAddr::from((OUTSIDE, EXTERNAL)));
    assert_eq!([udp, tcp], [expected; 2]);
    friend_gets_in(&datagrams, &listener, udp.1, tcp.1);

    let [udp, tcp] = [0, 1].map(|port: usize| external(&status[port].ipv6).1);
    assert_eq!(udp.ip(), "2620:80::2".parse::<IpAddr>().expect("an address"));
    friend_gets_in(&datagrams, &listener, udp, tcp);
    assert!(router.open_ports() > 0);
    drop(mapper);
    // Asked for by then; a busy router may do it a moment later.
    until("the ports are closed", LONG, || (router.open_ports() == 0).then_some(()));
}

#[test]
fn a_friend_gets_in_by_upnp_and_again_after_the_router_was_restarted() {
    if !inside(module_path!(), "a_friend_gets_in_by_upnp_and_again_after_the_router_was_restarted") {
        return;
    }
    networks(OUTSIDE);
    let mut router = Router::start("enable_natpmp=no\nenable_upnp=yes");
    let (datagrams, listener) = sockets();
    let (mapper, told) = start();
    let status = first(&told, is_mapped);
    let expected = (Method::Upnp, SocketAddr::from((OUTSIDE, EXTERNAL)));
    assert_eq!([external(&status[0].ipv4), external(&status[1].ipv4)], [expected; 2]);
    friend_gets_in(&datagrams, &listener, expected.1, expected.1);

    router.restart();
    assert_eq!(router.open_ports(), 0);
    mapper.network_changed();
    until("both ports are open again", LONG, || (router.open_ports() >= 4).then_some(()));
    friend_gets_in(&datagrams, &listener, expected.1, expected.1);
    drop(mapper);
    // Asked for by then; a busy router may do it a moment later.
    until("the ports are closed", LONG, || (router.open_ports() == 0).then_some(()));
}

/// Answers every search of UPnP from `at`, with this location; counts them.
fn neighbour_answers(at: Ipv4Addr, location: String) -> Arc<AtomicUsize> {
    let heard = Arc::new(AtomicUsize::new(0));
    let count = heard.clone();
    let everyone = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 1900)).expect("a socket");
    everyone.join_multicast_v4(&Ipv4Addr::new(239, 255, 255, 250), &Ipv4Addr::new(10, 80, 0, 2)).expect("joined");
    let ours = UdpSocket::bind((at, 0)).expect("a socket");
    std::thread::spawn(move || {
        let answer = format!("HTTP/1.1 200 OK\r\nLOCATION: {location}\r\n\r\n");
        while let Ok((_, from)) = everyone.recv_from(&mut [0; 2048]) {
            let _ = ours.send_to(answer.as_bytes(), from);
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    heard
}

#[test]
fn a_neighbour_that_says_it_is_the_router_is_passed_over() {
    if !inside(module_path!(), "a_neighbour_that_says_it_is_the_router_is_passed_over") {
        return;
    }
    networks(OUTSIDE);
    let router = Router::start("enable_natpmp=no\nenable_upnp=yes");
    run("ip addr add 10.80.0.3/24 dev near");
    let (neighbour, _running) = router::Router::at(Ipv4Addr::new(10, 80, 0, 3));
    let port = neighbour
        .http(move |router, what, body, stream| igd::serve(router, what, body, stream, &igd::Manners::default()));
    let heard = neighbour_answers(neighbour.address, format!("http://{}:{port}/desc.xml", neighbour.address));
    let (_mapper, told) = start();
    let status = first(&told, is_mapped);
    assert_eq!(external(&status[0].ipv4), (Method::Upnp, SocketAddr::from((OUTSIDE, EXTERNAL))));
    assert!(router.open_ports() > 0);
    until("the neighbour heard the search", LONG, || (heard.load(Ordering::Relaxed) > 0).then_some(()));
    assert_eq!(neighbour.times_asked(), 0);
}

#[test]
fn a_router_that_maps_nothing_since_it_is_behind_another_one_is_told_so() {
    if !inside(module_path!(), "a_router_that_maps_nothing_since_it_is_behind_another_one_is_told_so") {
        return;
    }
    networks(Ipv4Addr::new(192, 168, 178, 7));
    let _router = Router::start("enable_natpmp=yes\nenable_upnp=yes");
    let (_mapper, told) = start();
    let status = first(&told, |outcome| matches!(outcome, Outcome::Unmapped(_)));
    let gateway = IpAddr::from([10, 80, 0, 254]);
    assert_eq!(status[0].ipv4, Outcome::Unmapped(MappingProblem::NotOnline { gateway }));
}

#[test]
fn a_machine_without_a_router_is_told_so() {
    if !inside(module_path!(), "a_machine_without_a_router_is_told_so") {
        return;
    }
    machines(&[]);
    let (_mapper, told) = start();
    let status = first(&told, |outcome| matches!(outcome, Outcome::Unmapped(_)));
    assert_eq!(status[0].ipv4, Outcome::Unmapped(MappingProblem::NoGateway));
}
