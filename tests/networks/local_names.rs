//! Browsers hide their addresses behind names that only multicast DNS knows. Where the host's firewall lets in only answers,
//! a friend in the same network is reached because the host asks for the name: in network namespaces of the test's own.

use crate::common::guest::{Guest, join};
use crate::common::host::{Host, Setup};
use crate::common::network::{cable, inside, machines, run};
use crate::common::{self, Browser, LONG, built_core, button, until};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};
use std::time::{Duration, Instant};
use str0m::Rtc;
use str0m::media::{Direction, MediaKind};
use tungstenite::Message;

const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);
const MDNS: u16 = 5353;

/// The friend is here, at 10.77.0.1, and the host's machine on the same cable, at 10.77.0.2. What comes to it by UDP is
/// dropped, but for answers and for what these rules let in, too.
fn walled_host(and: &[&str]) -> Host {
    machines(&["far"]);
    cable([("", "near", "10.77.0.1/24"), ("far", "there", "10.77.0.2/24")]);
    run("ip address add fd77::1/64 dev near nodad");
    run("ip netns exec far ip address add fd77::2/64 dev there nodad");
    // A browser has an address to hide only where it has a way to the internet.
    run("ip route add default via 10.77.0.2");
    run("ip netns exec far nft add table inet wall");
    run("ip netns exec far nft add chain inet wall in { type filter hook input priority 0 ; }");
    let rules = ["iif lo accept", "ct state established,related accept"];
    for rule in rules.iter().chain(and).chain(&["meta l4proto udp drop"]) {
        run(&format!("ip netns exec far nft add rule inet wall in {rule}"));
    }
    let every = Setup::core(&built_core("fixture")).http("[::]:0").udp("[::]:0");
    every.within(&["ip", "netns", "exec", "far"]).start()
}

fn chosen(browser: &Browser) -> Option<Value> {
    browser.paths().into_iter().find(|it| it["chosen"] == true)
}

fn presses(browser: &Browser) {
    browser.press("x");
    browser.watch_until("a held button", LONG, |blocks| blocks.buttons[0] == button::A);
    browser.release("x");
    browser.watch_until("let go", LONG, |blocks| blocks.buttons[0] == 0);
}

#[test]
fn a_friend_behind_a_name_is_reached_by_a_host_whose_firewall_lets_in_only_answers() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_friend_behind_a_name_is_reached_by_a_host_whose_firewall_lets_in_only_answers") {
        return;
    }
    // As the firewalls of desktops do.
    let mut host = walled_host(&["ip daddr 224.0.0.251 udp dport 5353 accept"]);
    let ann = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    let way = until("the direct way", LONG, || chosen(&ann).filter(|it| it["protocol"] == "udp"));
    assert_eq!(way["address"], "10.77.0.2", "{way}");
    presses(&ann);
    host.assert_alive();
}

/// A machine in the network that answers for a name, as Chromium does it or as RFC 6762 has it.
struct Responder {
    name: String,
    address: IpAddr,
    /// Only to a port of the asker's own, and there alone (RFC 6762, 6.7); otherwise only to everybody.
    legacy: bool,
    /// Where it is asked.
    socket: UdpSocket,
    /// What it has to be found for.
    media: UdpSocket,
}

impl Responder {
    fn start(number: usize, address: IpAddr, legacy: bool) -> Responder {
        let any: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = shared_port(any);
        match address {
            IpAddr::V4(v4) => socket.join_multicast_v4(&GROUP_V4, &v4).expect("a group"),
            IpAddr::V6(_) => socket.join_multicast_v6(&GROUP_V6, near()).expect("a group"),
        }
        let media = UdpSocket::bind((address, 0)).expect("a port");
        for it in [&socket, &media] {
            it.set_nonblocking(true).expect("a socket that does not wait");
        }
        Responder { name: format!("3f2c1a9e-7b64-4d0c-9a51-{number:012x}"), address, legacy, socket, media }
    }

    fn candidate(&self) -> Message {
        let port = self.media.local_addr().expect("an address").port();
        let line = format!("candidate:1 1 udp 2113937151 {}.local {port} typ host generation 0", self.name);
        Message::text(json!({"type": "candidate", "candidate": line}).to_string())
    }

    /// Answers what it is asked.
    fn answer(&self) {
        let mut question = [0; 512];
        while let Ok((len, asker)) = self.socket.recv_from(&mut question) {
            let (kind, data) = match self.address {
                IpAddr::V4(v4) => (1, v4.octets().to_vec()),
                IpAddr::V6(v6) => (28, v6.octets().to_vec()),
            };
            let asked = &question[..len];
            let mine = asked.get(13..49) == Some(self.name.as_bytes()) && asked.get(57) == Some(&kind);
            if !mine || asked[2] & 0x80 != 0 || (asker.port() == MDNS) == self.legacy {
                continue;
            }
            let mut answer = asked.to_vec();
            // With the question; its name is pointed to, and it holds for ten seconds.
            (answer[2], answer[7]) = (0x84, 1);
            answer.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 10, 0, data.len() as u8]);
            answer.extend(data);
            let everybody: SocketAddr = match self.address {
                IpAddr::V4(_) => (GROUP_V4, MDNS).into(),
                IpAddr::V6(_) => SocketAddrV6::new(GROUP_V6, MDNS, 0, near()).into(),
            };
            self.socket.send_to(&answer, if self.legacy { asker } else { everybody }).expect("an answer");
        }
    }

    /// Whether the host looks for a way to it (RFC 8489, 5: a request of STUN, and its cookie).
    fn is_found(&self) -> bool {
        let mut data = [0; 512];
        let request = |data: &[u8]| data[..2] == [0, 1] && data[4..8] == [0x21, 0x12, 0xa4, 0x42];
        self.media.recv(&mut data).is_ok_and(|len| len > 20 && request(&data))
    }
}

/// The number of the interface here.
fn near() -> u32 {
    nix::net::if_::if_nametoindex("near").expect("the interface")
}

fn shared_port(any: IpAddr) -> UdpSocket {
    use rustix::net::{AddressFamily, SocketType, bind, socket, sockopt};
    let family = if any.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket(family, SocketType::DGRAM, None).expect("a socket");
    if any.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, true).expect("one for IPv6 alone");
    }
    sockopt::set_socket_reuseaddr(&socket, true).expect("a shared port");
    bind(&socket, &SocketAddr::new(any, MDNS)).expect("the port");
    socket.into()
}

/// An offer of a page that says nothing of where it is.
fn offer() -> String {
    let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).enable_vp8(true).build(Instant::now());
    let mut api = rtc.sdp_api();
    api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
    api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
    api.add_channel("control".into());
    api.apply().expect("an offer").0.to_sdp_string()
}

#[test]
fn names_are_asked_for_in_both_families_and_answered_to_everybody_or_to_the_host_alone() {
    if !inside(module_path!(), "names_are_asked_for_in_both_families_and_answered_to_everybody_or_to_the_host_alone") {
        return;
    }
    let host = walled_host(&["udp sport 5353 accept", "meta l4proto ipv6-icmp accept"]);
    let addresses: [IpAddr; 2] = [Ipv4Addr::new(10, 77, 0, 1).into(), "fd77::1".parse().expect("an address")];
    let kinds = addresses.into_iter().flat_map(|address| [(address, false), (address, true)]);
    let all: Vec<_> = kinds.enumerate().map(|(at, (address, legacy))| Responder::start(at, address, legacy)).collect();
    let mut guest = Guest::open(&host, None).expect("the WebSocket opens");
    guest.say(join(&host, &offer(), |_| {}));
    assert_eq!(guest.hear().code(), "welcome");
    for it in &all {
        guest.say(it.candidate());
    }
    let mut missing: Vec<&Responder> = all.iter().collect();
    let end = Instant::now() + LONG;
    while !missing.is_empty() {
        all.iter().for_each(Responder::answer);
        missing.retain(|it| !it.is_found());
        let left: Vec<_> = missing.iter().map(|it| (it.address, it.legacy)).collect();
        assert!(Instant::now() < end, "the host does not look for {left:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
