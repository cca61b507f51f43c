//! How others see this machine: servers tell which address the media's socket has for them (STUN, RFC 8489), and what several
//! say shows how the routers between work. Sans-I/O; each server's questions and answers are `binding`'s.

use super::binding::{Binding, BindingFailure};
use crate::messages;
use std::net::SocketAddr;
use std::time::Instant;
use stun_types::message::Message;

/// Servers that are asked at once, each of its addresses counted.
pub const MAX_SERVERS: usize = 8;

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

impl From<BindingFailure> for StunOutcome {
    fn from(failure: BindingFailure) -> StunOutcome {
        match failure {
            BindingFailure::NoAnswer => StunOutcome::NoAnswer,
            BindingFailure::Refused(_) | BindingFailure::Nonsense => StunOutcome::Nonsense,
        }
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
    /// Another one for each: what a server sees is of no use to most friends.
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
    binding: Binding,
    /// What it said last.
    answer: Option<Result<Reflexive, BindingFailure>>,
}

impl Asked {
    fn seen(&self) -> Option<Reflexive> {
        self.answer?.ok()
    }

    fn outcome(&self) -> StunOutcome {
        match self.answer {
            None => StunOutcome::Asking,
            Some(Ok(seen)) => StunOutcome::Seen { address: seen.address },
            Some(Err(failure)) => failure.into(),
        }
    }
}

/// The questions to all servers.
#[derive(Default)]
pub struct StunClient {
    asked: Vec<Asked>,
    changed: bool,
}

impl StunClient {
    /// Asks these servers from now on, and no others. What is known of those that stay is kept.
    pub fn set_servers(&mut self, servers: Vec<StunServer>, now: Instant) {
        let mut before = std::mem::take(&mut self.asked);
        for server in servers.into_iter().take(MAX_SERVERS) {
            let known = before.iter().position(|it| it.server == server).map(|at| before.swap_remove(at));
            let binding = Binding::new(server.address, false, now);
            self.asked.push(known.unwrap_or(Asked { server, binding, answer: None }));
        }
        self.changed = true;
    }

    /// The network is another one: what was known is not true any more.
    pub fn start_anew(&mut self, now: Instant) {
        for it in &mut self.asked {
            it.binding.restart(now);
            it.answer = None;
        }
        self.changed = true;
    }

    /// Whether datagrams from there are a server's.
    #[inline]
    pub fn is_server(&self, source: SocketAddr) -> bool {
        self.asked.iter().any(|it| it.server.address == source)
    }

    /// A datagram of a server came, at `local` of this machine.
    pub fn handle_datagram(&mut self, source: SocketAddr, local: SocketAddr, data: &[u8], now: Instant) {
        let Ok(message) = Message::from_bytes(data) else { return };
        for it in self.asked.iter_mut().filter(|it| it.server.address == source) {
            if let Some(answer) = it.binding.handle(&message, now) {
                let answer = Some(answer.map(|address| Reflexive { address, base: local }));
                self.changed |= it.answer != answer;
                it.answer = answer;
            }
        }
    }

    /// When [`StunClient::handle_timeout`] is to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.asked.iter().map(|it| it.binding.poll_timeout()).min()
    }

    /// Time passed. What is to be sent goes to `send`.
    pub fn handle_timeout(&mut self, now: Instant, mut send: impl FnMut(SocketAddr, &[u8])) {
        for it in &mut self.asked {
            match it.binding.poll(now) {
                Some(Ok(request)) => send(it.server.address, &request),
                Some(Err(failure)) => {
                    self.changed |= it.answer != Some(Err(failure));
                    it.answer = Some(Err(failure));
                }
                None => {}
            }
        }
    }

    /// What is known, if that has changed since the last call.
    pub fn poll_status(&mut self) -> Option<StunStatus> {
        std::mem::take(&mut self.changed).then(|| {
            let servers = self.asked.iter().map(|it| (it.server.name.clone(), it.outcome())).collect();
            StunStatus { servers, behavior: self.behavior() }
        })
    }

    /// The addresses that others see and this machine does not have itself, each once.
    pub fn reflexive(&self) -> Vec<Reflexive> {
        let mut all: Vec<Reflexive> = Vec::new();
        for seen in self.asked.iter().filter_map(Asked::seen) {
            if seen.address != seen.base && !all.contains(&seen) {
                all.push(seen);
            }
        }
        all
    }

    fn behavior(&self) -> MappingBehavior {
        let silent = |it: &Asked| it.answer == Some(Err(BindingFailure::NoAnswer));
        if !self.asked.is_empty() && self.asked.iter().all(silent) {
            return MappingBehavior::Blocked;
        }
        // IPv4 is where the routers change addresses.
        let mut seen = self.asked.iter().filter_map(Asked::seen).filter(|it| it.base.is_ipv4());
        let Some(first) = seen.next() else { return MappingBehavior::Unknown };
        if first.address == first.base {
            return MappingBehavior::NoNat;
        }
        let others: Vec<Reflexive> = seen.filter(|it| it.base == first.base).collect();
        match others.iter().all(|it| it.address == first.address) {
            _ if others.is_empty() => MappingBehavior::Unknown,
            true => MappingBehavior::EndpointIndependent,
            false => MappingBehavior::EndpointDependent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::binding::tests::answer;
    use super::*;
    use std::time::Duration;

    const HOME: &str = "192.168.1.2:8470";
    const ONE: &str = "100.2.3.4:5000";

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn server(address: &str) -> StunServer {
        StunServer { name: address.into(), address: at(address) }
    }

    fn client(servers: &[&str]) -> (StunClient, Instant) {
        let (mut client, now) = (StunClient::default(), Instant::now());
        client.set_servers(servers.iter().map(|it| server(it)).collect(), now);
        (client, now)
    }

    fn questions(client: &mut StunClient, now: Instant) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut sent = Vec::new();
        client.handle_timeout(now, |to, question| sent.push((to, question.to_vec())));
        sent
    }

    fn seen(client: &StunClient) -> Vec<String> {
        client.reflexive().iter().map(|it| it.address.to_string()).collect()
    }

    fn behavior(mapped: &[&str]) -> (MappingBehavior, Vec<String>) {
        let servers = ["192.0.2.1:3478", "198.51.100.1:3478", "203.0.113.1:3478"];
        let (mut client, now) = client(&servers[..mapped.len()]);
        for ((server, question), mapped) in questions(&mut client, now).into_iter().zip(mapped) {
            client.handle_datagram(server, at(HOME), &answer(&question, at(mapped)), now);
        }
        let status = client.poll_status().expect("news");
        assert!(client.poll_status().is_none(), "told once");
        (status.behavior, seen(&client))
    }

    #[test]
    fn what_servers_see_shows_how_the_router_works() {
        use MappingBehavior::*;
        assert_eq!(behavior(&[ONE]), (Unknown, vec![ONE.into()]));
        assert_eq!(behavior(&[ONE, ONE, ONE]), (EndpointIndependent, vec![ONE.into()]));
        let other = "100.2.3.4:5001";
        assert_eq!(behavior(&[ONE, other]), (EndpointDependent, vec![ONE.into(), other.into()]));
        assert_eq!(behavior(&[HOME, HOME]), (NoNat, vec![]));
    }

    #[test]
    fn servers_that_say_nothing_are_told_of_and_one_that_comes_back_counts() {
        let (mut client, mut now) = client(&["192.0.2.1:3478"]);
        let first = questions(&mut client, now).remove(0);
        client.poll_status();
        let status = loop {
            now = client.poll_timeout().expect("a time");
            questions(&mut client, now);
            if let Some(status) = client.poll_status() {
                break status;
            }
        };
        assert_eq!((status.behavior, seen(&client)), (MappingBehavior::Blocked, vec![]));
        client.handle_datagram(first.0, at(HOME), &answer(&first.1, at(ONE)), now);
        assert!(client.poll_status().is_none(), "an answer to a question that was given up");
        now = client.poll_timeout().expect("a time");
        let (server, question) = questions(&mut client, now).remove(0);
        client.handle_datagram(server, at(HOME), &answer(&question, at(ONE)), now);
        assert_eq!(client.poll_status().expect("news").behavior, MappingBehavior::Unknown);
        assert_eq!(seen(&client), [ONE]);
    }

    #[test]
    fn in_another_network_nothing_is_known_until_it_was_asked_there_even_if_it_is_the_same_again() {
        let (mut client, now) = client(&["192.0.2.1:3478"]);
        let (server, question) = questions(&mut client, now).remove(0);
        client.handle_datagram(server, at(HOME), &answer(&question, at(ONE)), now);
        client.poll_status();
        let later = now + Duration::from_secs(1);
        client.start_anew(later);
        assert_eq!(client.poll_status().expect("news").servers[0].1, StunOutcome::Asking);
        assert!(seen(&client).is_empty());
        let (server, question) = questions(&mut client, later).remove(0);
        client.handle_datagram(server, at(HOME), &answer(&question, at(ONE)), later);
        assert!(client.poll_status().is_some());
        assert_eq!(seen(&client), [ONE]);
    }

    #[test]
    fn what_others_send_in_a_servers_name_is_passed_over() {
        let (mut client, now) = client(&["192.0.2.1:3478"]);
        client.poll_status();
        let (server, question) = questions(&mut client, now).remove(0);
        let good = answer(&question, at(ONE));
        client.handle_datagram(at("192.0.2.9:3478"), at(HOME), &good, now);
        client.handle_datagram(server, at(HOME), &question, now);
        for len in 0..good.len() {
            client.handle_datagram(server, at(HOME), &good[..len], now);
        }
        assert!(client.poll_status().is_none() && seen(&client).is_empty());
        client.handle_datagram(server, at(HOME), &good, now);
        assert_eq!(seen(&client), [ONE]);
    }

    #[test]
    fn an_address_that_nobody_could_reach_is_nonsense() {
        for lie in
            ["0.0.0.0:1", "224.0.0.1:5000", "255.255.255.255:9", "127.0.0.1:5000", "100.2.3.4:0", "[2001:db8::1]:5"]
        {
            let (mut client, now) = client(&["192.0.2.1:3478"]);
            let (server, question) = questions(&mut client, now).remove(0);
            client.handle_datagram(server, at(HOME), &answer(&question, at(lie)), now);
            let status = client.poll_status().expect("news");
            assert_eq!((&status.servers[0].1, seen(&client).len()), (&StunOutcome::Nonsense, 0), "{lie}");
        }
    }

    #[test]
    fn servers_are_bounded_and_those_that_stay_keep_what_is_known() {
        let many: Vec<String> = (1..=20).map(|n| format!("192.0.2.{n}:3478")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let (mut client, now) = client(&many);
        let asked = questions(&mut client, now);
        assert_eq!(asked.len(), MAX_SERVERS);
        client.handle_datagram(asked[0].0, at(HOME), &answer(&asked[0].1, at(ONE)), now);
        client.set_servers(vec![server(many[0])], now);
        let status = client.poll_status().expect("news");
        assert_eq!((status.servers.len(), seen(&client).len()), (1, 1));
        client.set_servers(Vec::new(), now);
        assert_eq!(client.poll_status().expect("news").behavior, MappingBehavior::Unknown);
        assert_eq!(client.poll_timeout(), None);
    }
}
