//! Which ways to the host a page is told of, and when.

use super::plain::{self, Plain};
use crate::packet::Format;
use crate::room::{InviteTerms, Origin, PeerId, Random, Room, Secret, SystemRandom};
use crate::session::candidates::RELAYS_LATER;
use crate::session::connection::{HostCandidate, Via};
use crate::session::protocol::{FromPage, Join, ToPage, VERSION};
use crate::session::{Action, Config, JoinId, Session, SessionCommand};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

const RELAYED: HostCandidate = HostCandidate::Relayed(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 50000));

fn tcp(at: [u8; 4]) -> HostCandidate {
    HostCandidate::Tcp((at, 8470).into())
}

struct World {
    session: Session<Plain>,
    secret: Secret,
    now: Instant,
    joined: u64,
}

impl World {
    fn new(candidates: Vec<HostCandidate>) -> World {
        let now = Instant::now();
        let mut random = SystemRandom;
        let secret = random.secret().expect("randomness");
        let mut room = Room::new(None, 4);
        room.invites_mut().add(secret.clone(), InviteTerms::default(), Duration::ZERO).expect("a link");
        let monotonic = Duration::ZERO;
        let (identity, random) = ((), Box::new(random));
        let config = Config { room, force_format: None, candidates, identity, random, now, monotonic };
        World { session: Session::new(config), secret, now, joined: 0 }
    }

    fn join(&mut self) -> (JoinId, PeerId) {
        self.join_from(IpAddr::from([10, 0, 0, 1]).into())
    }

    fn join_from(&mut self, origin: Origin) -> (JoinId, PeerId) {
        self.joined += 1;
        let id = JoinId(self.joined);
        let sdp = plain::offer(self.joined as u32, &Format::ALL);
        let secret = Some(self.secret.as_str().to_owned());
        let join = Join { v: VERSION, secret, code: None, name: "Ann".into(), resume: None, sdp };
        self.session.handle_join(id, join, origin, self.now);
        let welcome = std::iter::from_fn(|| self.session.poll_action()).find_map(|action| match action {
            Action::Reply(_, reply) => Some(reply.message),
            _ => None,
        });
        let Some(ToPage::Welcome { peer, .. }) = welcome else { panic!("no welcome: {welcome:?}") };
        (id, peer)
    }

    fn set(&mut self, candidates: Vec<HostCandidate>) {
        self.session.handle_command(SessionCommand::Candidates(candidates), self.now);
    }

    /// What pages are told within this time, on their carriers.
    fn told(&mut self, within: Duration) -> Vec<(JoinId, String)> {
        let end = self.now + within;
        let mut told = Vec::new();
        loop {
            self.session.handle_timeout(self.now);
            while self.session.work(self.now) != crate::session::Work::Done {}
            while let Some(action) = self.session.poll_action() {
                if let Action::Reply(id, reply) = action
                    && let ToPage::Candidate { candidate } = reply.message
                {
                    told.push((id, candidate));
                }
            }
            if self.now >= end {
                return told;
            }
            let next = self.session.poll_timeout(self.now).max(self.now + Duration::from_millis(1));
            self.now = next.min(end);
        }
    }
}

#[test]
fn where_tcp_may_do_relays_are_told_of_a_moment_later() {
    let open = tcp([45, 0, 0, 7]);
    let mut world = World::new(vec![open, RELAYED]);
    let (first, _) = world.join();
    assert_eq!(world.told(RELAYS_LATER - Duration::from_millis(1)), []);
    // Other news does not bring it sooner, and who joins later is told later.
    let udp = HostCandidate::Udp(([192, 168, 1, 2], 4000).into());
    world.set(vec![open, RELAYED, udp]);
    assert_eq!(world.told(Duration::ZERO), [(first, format!("{udp:?}"))]);
    let (second, _) = world.join();
    let relayed = format!("{RELAYED:?}");
    assert_eq!(world.told(Duration::from_millis(1)), [(first, relayed.clone())]);
    assert_eq!(world.told(RELAYS_LATER), [(second, relayed)]);
    assert_eq!(world.told(Duration::from_secs(2)), []);
}

#[test]
fn a_relay_that_is_made_while_it_is_not_told_of_yet_is_told_of_with_the_others() {
    let open = tcp([45, 0, 0, 7]);
    let mut world = World::new(vec![open]);
    let (id, _) = world.join();
    world.set(vec![open, RELAYED]);
    assert_eq!(world.told(Duration::from_millis(1)), []);
    assert_eq!(world.told(RELAYS_LATER), [(id, format!("{RELAYED:?}"))]);
}

#[test]
fn a_page_that_is_connected_is_told_of_relays_at_once() {
    let mut world = World::new(vec![tcp([45, 0, 0, 7]), RELAYED]);
    let (id, peer) = world.join();
    assert_eq!(world.told(Duration::from_millis(200)), []);
    let address = SocketAddr::from(([10, 0, 0, 1], 1000));
    let connect = plain::datagram(1, plain::Act::Connect, &[]);
    world.session.handle_datagram(peer, Via::udp(address, address), &connect, world.now);
    assert_eq!(world.told(Duration::from_millis(1)), [(id, format!("{RELAYED:?}"))]);
    assert_eq!(world.told(2 * RELAYS_LATER), []);
}

#[test]
fn where_nobody_reaches_the_port_of_the_page_relays_are_told_of_at_once() {
    let inner = [tcp([192, 168, 1, 2]), tcp([100, 64, 0, 2])];
    let outer = HostCandidate::Tcp("[2a0f:ffff::2]:8470".parse().expect("an address"));
    for other in inner.into_iter().chain([outer]) {
        let mut world = World::new(vec![other]);
        let (id, _) = world.join();
        world.set(vec![other, RELAYED]);
        assert_eq!(world.told(Duration::ZERO), [(id, format!("{RELAYED:?}"))], "{other:?}");
    }
}

#[test]
fn a_page_that_leaves_before_that_is_told_nothing() {
    let mut world = World::new(vec![tcp([45, 0, 0, 7]), RELAYED]);
    let (id, _) = world.join();
    world.session.handle_page(id, FromPage::Bye, world.now);
    assert_eq!(world.told(2 * RELAYS_LATER), []);
}

#[test]
fn loopback_is_for_pages_on_this_machine_and_for_want_of_anything_else() {
    let [lan, other] = [2, 3].map(|last| HostCandidate::Udp(([192, 168, 1, last], 4000).into()));
    let loopback = HostCandidate::Udp("[::1]:4000".parse().expect("an address"));
    let near = Origin::Address([127, 0, 0, 1].into());
    let far = Origin::Address([192, 168, 1, 7].into());
    for (origin, expected) in [(far, vec![other]), (Origin::Broker, vec![other]), (near, vec![loopback, other])] {
        let mut world = World::new(vec![lan]);
        let (id, _) = world.join_from(origin);
        world.set(vec![lan, loopback, other]);
        let expected: Vec<_> = expected.into_iter().map(|it| (id, format!("{it:?}"))).collect();
        assert_eq!(world.told(Duration::ZERO), expected, "{origin:?}");
        world.set(vec![loopback]);
        let expected = if origin == near { vec![] } else { vec![(id, format!("{loopback:?}"))] };
        assert_eq!(world.told(Duration::ZERO), expected, "{origin:?}");
    }
}

#[test]
fn where_tcp_may_do_a_relay_of_the_page_is_not_heard_until_relays_are_due() {
    let connect = plain::datagram(1, plain::Act::Connect, &[]);
    let direct = SocketAddr::from(([198, 51, 100, 9], 1000));
    let relay = SocketAddr::from(([203, 0, 113, 5], 49_200));
    let of_our_server = SocketAddr::from(([192, 0, 2, 1], 50_007));
    let line = |typ: &str| format!("candidate:7 1 udp 41885439 203.0.113.5 49200 typ {typ} raddr 0.0.0.0 rport 0");
    // From where, what the page told, and whether it is heard at once.
    let cases = [
        (Via::udp(direct, direct), "relay", true),
        (Via::udp(relay, direct), "relay", false),
        (Via::udp(relay, direct), "srflx", true),
        (Via::udp(of_our_server, direct), "srflx", false),
        (Via::tcp(of_our_server, direct), "srflx", true),
    ];
    for (via, typ, heard) in cases {
        let mut world = World::new(vec![tcp([45, 0, 0, 7]), RELAYED]);
        let (id, peer) = world.join();
        world.session.handle_page(id, FromPage::Candidate { candidate: line(typ) }, world.now);
        world.session.handle_datagram(peer, via, &connect, world.now);
        let told = world.told(Duration::from_millis(1));
        assert_eq!(!told.is_empty(), heard, "{via:?} {typ}: connected pages are told of relays at once");
        world.told(RELAYS_LATER);
        world.session.handle_datagram(peer, via, &connect, world.now);
        world.told(Duration::ZERO);
        assert!(world.session.peers.get(&peer).is_some_and(|it| it.announced), "{via:?} {typ}");
    }
    // Where no port is open a relay may be all there is.
    let mut world = World::new(vec![RELAYED]);
    let (_, peer) = world.join();
    world.session.handle_datagram(peer, Via::udp(of_our_server, direct), &connect, world.now);
    world.told(Duration::ZERO);
    assert!(world.session.peers.get(&peer).is_some_and(|it| it.announced));
}
