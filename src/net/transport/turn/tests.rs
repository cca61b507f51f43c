//! A relay of the test's own, which does as it should, lies, or says nothing; and a clock of its own.

use super::*;
use std::time::Duration;
use stun_types::attribute::{ErrorCode, MessageIntegrity, Nonce, Realm, XorMappedAddress};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, LongTermCredentials, Message, MessageIntegrityCredentials, MessageWriteVec,
};
use stun_types::prelude::{MessageWrite, MessageWriteExt};
use turn_client_proto::types::AddressFamily;
use turn_client_proto::types::attribute::{Lifetime, RequestedAddressFamily, XorRelayedAddress};
use turn_client_proto::types::message::ALLOCATE;

const SERVER: &str = "192.0.2.1:3478";
const LOCAL: &str = "192.168.1.2:4000";
const RELAYED: &str = "192.0.2.1:50000";
const GUEST: &str = "198.51.100.9:4000";

fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn server(url: &str, address: &str) -> TurnServer {
    let relay = super::super::super::relay::Relay::parse(url, "ann", "north", "").expect("a relay");
    TurnServer { relay, address: at(address) }
}

/// What the relay does.
#[derive(Clone, Copy)]
struct Manners {
    relayed: &'static str,
    lifetime: u32,
    /// The password that it wants.
    password: &'static str,
    seen: &'static str,
    /// It has no address of IPv4 to relay from.
    ipv6_alone: bool,
}

const GOOD: Manners =
    Manners { relayed: RELAYED, lifetime: 600, password: "north", seen: "203.0.113.5:4000", ipv6_alone: false };

impl Manners {
    /// What it answers to this request.
    fn answer(&self, data: &[u8]) -> Vec<u8> {
        let request = Message::from_bytes(data).expect("a message");
        let id = request.transaction_id();
        if request.has_method(BINDING) {
            let mut answer = Message::builder_success(&request, MessageWriteVec::new());
            answer.add_attribute(&XorMappedAddress::new(at(self.seen), id)).expect("room");
            return answer.finish();
        }
        let account = LongTermCredentials::new("ann".into(), self.password.into()).to_key("here".into());
        let account = MessageIntegrityCredentials::from(account);
        let signed = request.attribute::<MessageIntegrity>().is_ok();
        if !signed || request.validate_integrity(&account).is_err() {
            let mut answer = Message::builder_error(&request, MessageWriteVec::new());
            answer.add_attribute(&ErrorCode::builder(401).build().expect("a code")).expect("room");
            answer.add_attribute(&Realm::new("here").expect("a realm")).expect("room");
            answer.add_attribute(&Nonce::new("once").expect("a nonce")).expect("room");
            return answer.finish();
        }
        let family = request.attribute::<RequestedAddressFamily>().map_or(AddressFamily::IPV4, |it| it.family());
        if request.has_method(ALLOCATE) && self.ipv6_alone && family == AddressFamily::IPV4 {
            let mut answer = Message::builder_error(&request, MessageWriteVec::new());
            let code = ErrorCode::builder(ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED);
            answer.add_attribute(&code.build().expect("a code")).expect("room");
            answer.add_message_integrity(&account, IntegrityAlgorithm::Sha1).expect("room");
            return answer.finish();
        }
        let mut answer = Message::builder_success(&request, MessageWriteVec::new());
        if request.has_method(ALLOCATE) {
            answer.add_attribute(&XorRelayedAddress::new(at(self.relayed), id)).expect("room");
            answer.add_attribute(&XorMappedAddress::new(at(self.seen), id)).expect("room");
        }
        answer.add_attribute(&Lifetime::new(self.lifetime)).expect("room");
        answer.add_message_integrity(&account, IntegrityAlgorithm::Sha1).expect("room");
        answer.finish()
    }
}

struct World {
    client: TurnClient,
    now: Instant,
    /// What left last for the relay.
    sent: Vec<Vec<u8>>,
    unwrapped: Vec<u8>,
}

impl World {
    fn new() -> World {
        let now = Instant::now();
        let client = TurnClient::new(Arc::new(Event::new().expect("an event")), now);
        let mut world = World { client, now, sent: Vec::new(), unwrapped: Vec::new() };
        world.client.set_servers(vec![server("turn:relay.example", SERVER)], now, &mut |_, _| {});
        world
    }

    /// What is due now.
    fn poll(&mut self) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        self.client.handle_timeout(self.now, SystemTime::UNIX_EPOCH, &mut |to, data| {
            assert_eq!(to, at(SERVER));
            sent.push(data.to_vec());
        });
        sent
    }

    fn receive(&mut self, data: &[u8]) -> Option<Relayed> {
        self.client.handle_datagram(at(SERVER), at(LOCAL), data, &mut self.unwrapped)
    }

    /// Time passes; the relay answers. Returns how many requests it got.
    fn run(&mut self, relay: Option<Manners>, span: Duration) -> usize {
        let (end, mut requests) = (self.now + span, 0);
        loop {
            let sent = self.poll();
            requests += sent.len();
            for request in &sent {
                if let Some(relay) = relay {
                    let answer = relay.answer(request);
                    self.receive(&answer);
                }
            }
            self.sent.extend(sent);
            let next = self.client.poll_timeout();
            if next > end {
                self.now = end;
                return requests;
            }
            self.now = self.now.max(next);
        }
    }

    fn status(&mut self) -> (TurnOutcome, Vec<SocketAddr>) {
        let status = self.client.poll_status().expect("news");
        (status[0].1.clone(), self.client.relayed().collect())
    }

    /// What is sent to the relay for a guest.
    fn relay(&mut self, data: &[u8]) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        assert!(self.client.relay(at(RELAYED), at(GUEST), data, &mut |_, data| sent.push(data.to_vec())));
        sent
    }

    fn allocated(relay: Manners) -> World {
        let mut world = World::new();
        world.run(Some(relay), Duration::from_secs(1));
        assert_eq!(world.status(), (TurnOutcome::Relaying(at(RELAYED)), vec![at(RELAYED)]));
        world
    }
}

#[test]
fn a_relay_gives_an_address_and_carries_datagrams_both_ways() {
    let mut world = World::allocated(GOOD);
    assert!(world.relay(b"first").is_empty(), "the relay does not know the guest yet");
    world.run(Some(GOOD), Duration::from_secs(1));
    let sent = world.relay(b"hello");
    assert_eq!(sent.len(), 1);
    let (channel, wrapped) = (sent[0][..2].to_vec(), &sent[0][4..]);
    assert_eq!((channel[0] >> 6, wrapped.get(..5)), (1, Some(&b"hello"[..])));
    let mut back = channel;
    back.extend([0, 3, b'y', b'o', b'u']);
    let relayed = Relayed { guest: at(GUEST), relayed: at(RELAYED) };
    assert_eq!(world.receive(&back), Some(relayed));
    assert_eq!(world.unwrapped, b"you");
    let mut direct = |source| world.client.relay(at(source), at(GUEST), b"x", &mut |_, _| panic!("sent"));
    assert!(!direct("192.168.1.2:8470"), "what is not relayed is none of its business");
}

#[test]
fn an_allocation_lives_for_hours_and_a_guest_is_still_sent_to() {
    let mut world = World::allocated(GOOD);
    world.relay(b"first");
    for _ in 0..6 {
        world.run(Some(GOOD), Duration::from_secs(1800));
        assert_eq!(world.relay(b"still").len(), 1);
    }
    assert_eq!(world.client.poll_status(), None, "nothing changed");
}

#[test]
fn another_password_is_said_and_tried_again_ever_less() {
    let mut world = World::new();
    world.run(Some(Manners { password: "south", ..GOOD }), Duration::from_secs(1));
    assert_eq!(world.status(), (TurnOutcome::Failed(TurnProblem::Credentials), Vec::new()));
    let requests = world.run(Some(Manners { password: "south", ..GOOD }), Duration::from_secs(3600));
    assert!(requests < 250, "{requests}: one to see whether it is there every 25 s, and a few tries");
    world.run(Some(GOOD), Duration::from_secs(301));
    assert_eq!(world.status().0, TurnOutcome::Relaying(at(RELAYED)));
}

#[test]
fn a_relay_for_ipv6_alone_relays_from_there() {
    let relayed = "[2001:db8::1]:50000";
    let mut world = World::new();
    let requests = world.run(Some(Manners { relayed, ipv6_alone: true, ..GOOD }), Duration::from_secs(1));
    assert_eq!(world.status(), (TurnOutcome::Relaying(at(relayed)), vec![at(relayed)]));
    assert!(requests < 10, "{requests}");
    // One that gives an address of IPv4 after that is told of, and not asked without end.
    let mut world = World::new();
    let requests = world.run(Some(Manners { ipv6_alone: true, ..GOOD }), Duration::from_secs(60));
    assert_eq!(world.status(), (TurnOutcome::Failed(TurnProblem::Nonsense), Vec::new()));
    assert!(requests < 100, "{requests}");
}

#[test]
fn a_silent_relay_is_told_of_and_one_that_falls_silent_is_noticed() {
    let mut world = World::new();
    world.run(None, Duration::from_secs(60));
    assert_eq!(world.status(), (TurnOutcome::Failed(TurnProblem::NoAnswer), Vec::new()));
    let mut world = World::allocated(GOOD);
    world.run(None, Duration::from_secs(120));
    assert_eq!(world.status(), (TurnOutcome::Failed(TurnProblem::NoAnswer), Vec::new()));
    assert!(!world.client.relay(at(RELAYED), at(GUEST), b"x", &mut |_, _| panic!("sent")));
}

#[test]
fn a_relay_that_lies_about_its_address_is_of_no_use() {
    for relayed in ["0.0.0.0:5", "224.0.0.1:5", "127.0.0.1:5", "192.0.2.1:0", "255.255.255.255:5"] {
        let mut world = World::new();
        world.run(Some(Manners { relayed, ..GOOD }), Duration::from_secs(1));
        assert_eq!(world.status(), (TurnOutcome::Failed(TurnProblem::Nonsense), Vec::new()), "{relayed}");
    }
}

#[test]
fn whatever_lifetime_it_says_there_is_no_panic_and_no_busy_loop() {
    for lifetime in [0, 1, 30, 59, 60, 61, 119, 120, u32::MAX] {
        let mut world = World::new();
        world.run(Some(Manners { lifetime, ..GOOD }), Duration::from_secs(5));
        world.client.relay(at(RELAYED), at(GUEST), b"x", &mut |_, _| {});
        let requests = world.run(Some(Manners { lifetime, ..GOOD }), Duration::from_secs(60));
        assert!(requests < 2000, "{lifetime}: {requests}");
    }
}

#[test]
fn what_others_send_in_its_name_is_passed_over() {
    let mut world = World::new();
    let requests = world.poll();
    let allocate = requests.iter().find(|it| Message::from_bytes(it).is_ok_and(|it| it.has_method(ALLOCATE)));
    let mut forged = GOOD.answer(allocate.expect("a request"));
    forged[19] ^= 1;
    assert_eq!(world.receive(&forged), None);
    // Channel data of a channel that there is none of, an indication, a request, and what is nothing at all.
    for length in 0..200u8 {
        for first in [0u8, 1, 0x11, 0x40, 0x41, 0x7f, 0x80, 0xff] {
            let mut garbage: Vec<u8> = (0..length).map(|it| it.wrapping_mul(37).wrapping_add(first)).collect();
            if let Some(byte) = garbage.first_mut() {
                *byte = first;
            }
            assert_eq!(world.receive(&garbage), None);
        }
    }
    assert_eq!(world.status().0, TurnOutcome::Asking);
    world.run(Some(GOOD), Duration::from_secs(1));
    assert_eq!(world.status().0, TurnOutcome::Relaying(at(RELAYED)));
    let elsewhere = world.client.handle_datagram(at("192.0.2.2:3478"), at(LOCAL), &forged, &mut Vec::new());
    assert!(elsewhere.is_none() && !world.client.is_server(at("192.0.2.2:3478")));
}

#[test]
fn every_cut_and_every_changed_byte_of_its_answers_is_survived() {
    let first = World::new().poll();
    for request in &first {
        let whole = GOOD.answer(request);
        for index in 0..whole.len() {
            let mut world = World::new();
            let mine = world.poll();
            for request in &mine {
                let mut answer = GOOD.answer(request);
                answer.truncate(index.min(answer.len()));
                world.receive(&answer);
                let mut answer = GOOD.answer(request);
                if let Some(byte) = answer.get_mut(index) {
                    *byte ^= 0xff;
                }
                world.receive(&answer);
            }
            world.run(Some(GOOD), Duration::from_secs(1));
        }
    }
}

#[test]
fn guests_beyond_what_there_is_room_for_are_not_sent_to_and_room_is_made_when_it_is_quiet() {
    let mut world = World::allocated(GOOD);
    for port in 1..2000 {
        let guest = SocketAddr::new(at(GUEST).ip(), port);
        world.client.relay(at(RELAYED), guest, b"x", &mut |_, _| {});
    }
    let requests = world.run(Some(GOOD), Duration::from_secs(20));
    assert!(requests < 600, "{requests}");
    world.run(Some(GOOD), Duration::from_secs(600));
    world.client.relay(at(RELAYED), at(GUEST), b"x", &mut |_, _| {});
    world.run(Some(GOOD), Duration::from_secs(1));
    assert_eq!(world.relay(b"again").len(), 1);
}

#[test]
fn another_address_of_ours_makes_the_allocation_anew() {
    let mut world = World::allocated(GOOD);
    world.client.start_anew(world.now);
    world.run(Some(Manners { seen: "203.0.113.6:1", ..GOOD }), Duration::from_secs(10));
    // The old one is given up, a new one is there.
    assert_eq!(world.relay(b"x").len(), 0, "the guest is not known to the new one");
    world.run(Some(Manners { seen: "203.0.113.6:1", ..GOOD }), Duration::from_secs(1));
    assert_eq!(world.relay(b"x").len(), 1);
}

#[test]
fn relays_are_bounded_one_that_stays_is_left_alone_and_one_that_goes_is_given_back() {
    let mut world = World::allocated(GOOD);
    let mut many = vec![server("turn:relay.example", "192.0.2.7:3478")];
    many.extend((1..20).map(|port| server("turn:other.example", &format!("192.0.2.3:{port}"))));
    world.client.set_servers(many, world.now, &mut |_, _| panic!("nothing is given back"));
    let status = world.client.poll_status().expect("news");
    assert_eq!(status.len(), MAX_RELAYS);
    assert!(world.client.relayed().eq([at(RELAYED)]), "it works, wherever its name leads now");
    let mut given_back = 0;
    world.client.set_servers(Vec::new(), world.now, &mut |to, _| {
        assert_eq!(to, at(SERVER));
        given_back += 1;
    });
    assert_eq!(given_back, 1);
    assert_eq!(world.client.poll_status(), Some(Vec::new()));
    assert!(!world.client.is_server(at(SERVER)));
}

#[test]
fn a_relay_tells_as_well_where_it_sees_this_host() {
    let mut world = World::allocated(GOOD);
    let seen = Reflexive { address: at(GOOD.seen), base: at(LOCAL) };
    assert_eq!(world.client.reflexive().collect::<Vec<_>>(), [seen]);
    assert!(world.client.poll_reflexive());
    world.run(Some(GOOD), Duration::from_secs(120));
    assert!(!world.client.poll_reflexive(), "it says the same each time");
    // The router has another address for us.
    world.run(Some(Manners { seen: "203.0.113.5:4001", ..GOOD }), Duration::from_secs(60));
    assert!(world.client.poll_reflexive());
    assert_eq!(world.client.reflexive().map(|it| it.address).collect::<Vec<_>>(), [at("203.0.113.5:4001")]);
    // In another network that is not true any more, until the relay has said it again.
    world.client.start_anew(world.now);
    assert_eq!(world.client.reflexive().count(), 0);
    world.run(Some(Manners { seen: "203.0.113.5:4001", ..GOOD }), Duration::from_secs(1));
    assert_eq!(world.client.reflexive().count(), 1);
    // An address of the machine's own is known without that.
    let world = World::allocated(Manners { seen: LOCAL, ..GOOD });
    assert_eq!(world.client.reflexive().count(), 0);
}
