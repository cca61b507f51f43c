//! Which address others see this machine at: servers are asked from the socket of the media (STUN, RFC 8489), and asked again
//! so that routers keep the way open. Sans-I/O.
//!
//! An answer counts only from the server that was asked, with the number of that question, and with an address that others
//! could reach; whatever else comes from there is dropped.

use crate::messages;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use stun_types::attribute::XorMappedAddress;
use stun_types::message::{
    BINDING, Message, MessageClass, MessageType, MessageWrite as _, MessageWriteVec, TransactionId,
};

/// Servers that are asked at once, each of its addresses counted.
pub const MAX_SERVERS: usize = 8;
/// Until a question is repeated; each time twice as long (RFC 8489, 6.2.1: RTO and Rc).
const FIRST_WAIT: Duration = Duration::from_millis(500);
const TRIES: u32 = 7;
/// Routers forget a way that is not used for half a minute (RFC 4787, 4.3, asks for two minutes; many do not listen).
const REFRESH: Duration = Duration::from_secs(25);
/// A server that did not answer is asked again after so long.
const RETRY: Duration = Duration::from_secs(60);

/// A server that tells addresses, with its name for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StunServer {
    pub name: String,
    pub address: SocketAddr,
}

messages! {
    /// What a server said.
    pub enum StunOutcome in stun {
        asking => Asking,
        /// Others see this machine there.
        seen => Seen { address: SocketAddr },
        no_answer => NoAnswer,
        /// It answers, but not with an address that others could reach.
        nonsense => Nonsense,
    }
}

/// How the routers between map what this machine sends (RFC 5780, 4.3), as far as several servers show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MappingBehavior {
    /// Not enough answers.
    #[default]
    Unknown,
    /// No router changes the address.
    NoNat,
    /// One address for all: friends reach it as the servers do.
    EndpointIndependent,
    /// Another one for each: what a server sees is of no use to friends.
    EndpointDependent,
    /// No server answers: nothing gets out by UDP.
    Blocked,
}

/// What is known of how others see this machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StunStatus {
    /// Each server's name, and what it said.
    pub servers: Vec<(String, StunOutcome)>,
    pub behavior: MappingBehavior,
}

/// An address that others see, and the one of this machine behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reflexive {
    pub address: SocketAddr,
    pub base: SocketAddr,
}

struct Asked {
    server: StunServer,
    /// Of the question that waits for an answer.
    transaction: Option<TransactionId>,
    tries: u32,
    /// When it is repeated, or the next one is asked.
    next: Instant,
    outcome: StunOutcome,
    mapped: Option<Reflexive>,
}

/// The questions to all servers.
#[derive(Default)]
pub struct StunClient {
    asked: Vec<Asked>,
    outbox: VecDeque<(SocketAddr, Vec<u8>)>,
    changed: bool,
}

impl StunClient {
    /// Asks these servers from now on, and no others. What is known of those that stay is kept.
    pub fn set_servers(&mut self, servers: Vec<StunServer>, now: Instant) {
        let mut before = std::mem::take(&mut self.asked);
        for server in servers.into_iter().take(MAX_SERVERS) {
            let known = before.iter().position(|it| it.server == server).map(|at| before.swap_remove(at));
            self.asked.push(known.unwrap_or(Asked {
                server,
                transaction: None,
                tries: 0,
                next: now,
                outcome: StunOutcome::Asking,
                mapped: None,
            }));
        }
        self.changed = true;
    }

    /// The network is another one: what was known is not true any more.
    pub fn start_anew(&mut self, now: Instant) {
        for it in &mut self.asked {
            it.transaction = None;
            it.tries = 0;
            it.next = now;
        }
    }

    /// Whether datagrams from there are a server's.
    #[inline]
    pub fn is_server(&self, source: SocketAddr) -> bool {
        self.asked.iter().any(|it| it.server.address == source)
    }

    /// A datagram of a server came, at `local` of this machine.
    pub fn handle_datagram(&mut self, source: SocketAddr, local: SocketAddr, data: &[u8], now: Instant) {
        let Ok(message) = Message::from_bytes(data) else { return };
        let waits = |it: &&mut Asked| {
            it.server.address == source && it.transaction.is_some_and(|id| id == message.transaction_id())
        };
        let Some(it) = self.asked.iter_mut().find(waits) else { return };
        let mapped = (message.class() == MessageClass::Success && message.has_method(BINDING))
            .then(|| message.attribute::<XorMappedAddress>().ok())
            .flatten()
            .map(|attribute| attribute.addr(message.transaction_id()))
            .filter(|&address| can_be_reached(address, source));
        it.transaction = None;
        it.tries = 0;
        it.next = now + if mapped.is_some() { REFRESH } else { RETRY };
        let mapped = mapped.map(|address| Reflexive { address, base: local });
        let outcome = mapped.map_or(StunOutcome::Nonsense, |it| StunOutcome::Seen { address: it.address });
        self.changed |= it.mapped != mapped || it.outcome != outcome;
        (it.mapped, it.outcome) = (mapped, outcome);
    }

    /// When [`StunClient::handle_timeout`] is to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.asked.iter().map(|it| it.next).min()
    }

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        for it in self.asked.iter_mut().filter(|it| it.next <= now) {
            if it.transaction.is_some() && it.tries >= TRIES {
                it.transaction = None;
                it.tries = 0;
                it.next = now + RETRY;
                self.changed |= it.outcome != StunOutcome::NoAnswer || it.mapped.is_some();
                (it.mapped, it.outcome) = (None, StunOutcome::NoAnswer);
                continue;
            }
            // A repeated question has the same number, so that a late answer counts.
            let id = *it.transaction.get_or_insert_with(TransactionId::generate);
            let request = Message::builder(
                MessageType::from_class_method(MessageClass::Request, BINDING),
                id,
                MessageWriteVec::new(),
            );
            self.outbox.push_back((it.server.address, request.finish()));
            it.next = now + FIRST_WAIT * (1 << it.tries.min(TRIES));
            it.tries += 1;
        }
    }

    /// The next question to be sent.
    pub fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.outbox.pop_front()
    }

    /// What is known, if that has changed since the last call.
    pub fn poll_status(&mut self) -> Option<(StunStatus, Vec<Reflexive>)> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let servers = self.asked.iter().map(|it| (it.server.name.clone(), it.outcome.clone())).collect();
        let mut seen: Vec<Reflexive> = Vec::new();
        for mapped in self.asked.iter().filter_map(|it| it.mapped) {
            if mapped.address != mapped.base && !seen.contains(&mapped) {
                seen.push(mapped);
            }
        }
        Some((StunStatus { servers, behavior: self.behavior() }, seen))
    }

    fn behavior(&self) -> MappingBehavior {
        if !self.asked.is_empty() && self.asked.iter().all(|it| it.outcome == StunOutcome::NoAnswer) {
            return MappingBehavior::Blocked;
        }
        // IPv4 is where the routers change addresses.
        let mut mapped = self.asked.iter().filter_map(|it| it.mapped).filter(|it| it.base.is_ipv4());
        let Some(first) = mapped.next() else { return MappingBehavior::Unknown };
        if first.address == first.base {
            return MappingBehavior::NoNat;
        }
        let others: Vec<Reflexive> = mapped.filter(|it| it.base == first.base).collect();
        match others.iter().all(|it| it.address == first.address) {
            _ if others.is_empty() => MappingBehavior::Unknown,
            true => MappingBehavior::EndpointIndependent,
            false => MappingBehavior::EndpointDependent,
        }
    }
}

/// Whether that can be an address of this machine as `server` sees it.
fn can_be_reached(address: SocketAddr, server: SocketAddr) -> bool {
    let ip = address.ip().to_canonical();
    let broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    let same_family = ip.is_ipv4() == server.ip().to_canonical().is_ipv4();
    // A server on this machine sees this machine itself.
    let loopback = !ip.is_loopback() || server.ip().to_canonical().is_loopback();
    address.port() != 0 && same_family && loopback && !broadcast && !ip.is_unspecified() && !ip.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stun_types::message::MessageWriteExt as _;

    const HOME: &str = "192.168.1.2:8470";

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn client(servers: &[&str]) -> (StunClient, Instant) {
        let (mut client, now) = (StunClient::default(), Instant::now());
        let servers = servers.iter().map(|it| StunServer { name: (*it).into(), address: at(it) });
        client.set_servers(servers.collect(), now);
        client.handle_timeout(now);
        (client, now)
    }

    /// What a server answers that sees the asker at `mapped`.
    fn answer(question: &[u8], mapped: &str) -> Vec<u8> {
        let question = Message::from_bytes(question).expect("a question");
        assert!(question.has_method(BINDING) && question.has_class(MessageClass::Request));
        let mut answer = Message::builder_success(&question, MessageWriteVec::new());
        let mapped = XorMappedAddress::new(at(mapped), question.transaction_id());
        answer.add_attribute(&mapped).expect("an attribute");
        answer.finish()
    }

    fn questions(client: &mut StunClient) -> Vec<(SocketAddr, Vec<u8>)> {
        std::iter::from_fn(|| client.poll_transmit()).collect()
    }

    fn behavior(mapped: &[&str]) -> (MappingBehavior, Vec<String>) {
        let servers = ["192.0.2.1:3478", "198.51.100.1:3478", "203.0.113.1:3478"];
        let (mut client, now) = client(&servers[..mapped.len()]);
        for ((server, question), mapped) in questions(&mut client).into_iter().zip(mapped) {
            client.handle_datagram(server, at(HOME), &answer(&question, mapped), now);
        }
        let (status, seen) = client.poll_status().expect("news");
        assert!(client.poll_status().is_none(), "told once");
        (status.behavior, seen.iter().map(|it| it.address.to_string()).collect())
    }

    #[test]
    fn what_servers_see_shows_how_the_router_works() {
        use MappingBehavior::*;
        let one = "100.2.3.4:5000";
        assert_eq!(behavior(&[one]), (Unknown, vec![one.into()]));
        assert_eq!(behavior(&[one, one, one]), (EndpointIndependent, vec![one.into()]));
        let other = "100.2.3.4:5001";
        assert_eq!(behavior(&[one, other]), (EndpointDependent, vec![one.into(), other.into()]));
        assert_eq!(behavior(&[HOME, HOME]), (NoNat, vec![]));
    }

    #[test]
    fn a_silent_server_is_asked_ever_less_and_then_told_of_and_one_that_comes_back_counts() {
        let (mut client, start) = client(&["192.0.2.1:3478"]);
        let mut sent = questions(&mut client);
        let mut waits = Vec::new();
        let mut now = start;
        loop {
            let next = client.poll_timeout().expect("a time");
            waits.push((next - now).as_millis());
            now = next;
            client.handle_timeout(now);
            let more = questions(&mut client);
            if more.is_empty() {
                break;
            }
            assert_eq!(more[0].1, sent[0].1, "the same question");
            sent.extend(more);
        }
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 32_000]);
        assert_eq!(sent.len(), TRIES as usize);
        let (status, seen) = client.poll_status().expect("news");
        assert_eq!((status.behavior, seen), (MappingBehavior::Blocked, vec![]));
        let (server, question) = sent.remove(0);
        client.handle_datagram(server, at(HOME), &answer(&question, "100.2.3.4:5000"), now);
        assert!(client.poll_status().is_none(), "an answer to a question that was given up");
        client.handle_timeout(now + RETRY);
        let (server, question) = questions(&mut client).remove(0);
        client.handle_datagram(server, at(HOME), &answer(&question, "100.2.3.4:5000"), now + RETRY);
        assert_eq!(client.poll_status().expect("news").0.behavior, MappingBehavior::Unknown);
        assert_eq!(client.poll_timeout(), Some(now + RETRY + REFRESH), "asked again so that the way stays open");
    }

    #[test]
    fn lies_garbage_and_what_others_send_in_its_name_are_passed_over() {
        let (mut client, now) = client(&["192.0.2.1:3478"]);
        client.poll_status();
        let (server, question) = questions(&mut client).remove(0);
        let good = answer(&question, "100.2.3.4:5000");
        let other = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        client.handle_datagram(at("192.0.2.9:3478"), at(HOME), &good, now);
        client.handle_datagram(server, at(HOME), &answer(&other, "100.2.3.4:5000"), now);
        client.handle_datagram(server, at(HOME), &question, now + Duration::from_millis(1));
        for len in 0..good.len() {
            client.handle_datagram(server, at(HOME), &good[..len], now);
        }
        let mut random = 1u32;
        for _ in 0..10_000 {
            let bytes: Vec<u8> = (0..32)
                .map(|_| {
                    random = random.wrapping_mul(48271) % 0x7fff_ffff;
                    random as u8
                })
                .collect();
            client.handle_datagram(server, at(HOME), &bytes, now);
        }
        let told = client.poll_status();
        assert!(told.is_none_or(|(status, seen)| seen.is_empty() && status.servers[0].1 == StunOutcome::Nonsense));
    }

    #[test]
    fn an_address_that_nobody_could_reach_is_nonsense() {
        for lie in
            ["0.0.0.0:1", "224.0.0.1:5000", "255.255.255.255:9", "127.0.0.1:5000", "100.2.3.4:0", "[2001:db8::1]:5"]
        {
            let (mut client, now) = client(&["192.0.2.1:3478"]);
            let (server, question) = questions(&mut client).remove(0);
            client.handle_datagram(server, at(HOME), &answer(&question, lie), now);
            let (status, seen) = client.poll_status().expect("news");
            assert_eq!((&status.servers[0].1, seen.len()), (&StunOutcome::Nonsense, 0), "{lie}");
        }
    }

    #[test]
    fn servers_are_bounded_and_those_that_stay_keep_what_is_known() {
        let many: Vec<String> = (1..=20).map(|n| format!("192.0.2.{n}:3478")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let (mut client, now) = client(&many);
        let asked = questions(&mut client);
        assert_eq!(asked.len(), MAX_SERVERS);
        client.handle_datagram(asked[0].0, at(HOME), &answer(&asked[0].1, "100.2.3.4:5000"), now);
        client.set_servers(vec![StunServer { name: many[0].into(), address: at(many[0]) }], now);
        let (status, seen) = client.poll_status().expect("news");
        assert_eq!((status.servers.len(), seen.len()), (1, 1));
        client.set_servers(Vec::new(), now);
        assert_eq!(client.poll_status().expect("news").0.behavior, MappingBehavior::Unknown);
        assert_eq!(client.poll_timeout(), None);
    }
}
