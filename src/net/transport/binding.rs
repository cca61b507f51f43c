//! Asking one server which address it sees (STUN, RFC 8489), again and again: that also keeps the router's mapping.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use stun_types::attribute::{ErrorCode, XorMappedAddress};
use stun_types::message::{BINDING, Message, MessageClass, MessageWriteVec, TransactionId};
use stun_types::prelude::MessageWrite;

/// The first wait for an answer; each next one is twice as long (RFC 8489, 6.2.1).
const RTO: Duration = Duration::from_millis(500);
/// Requests that are sent.
const REQUESTS: u32 = 7;
/// After the last one is waited so many of the first wait. By TCP, where nothing is sent again, is waited as long as for all.
const LAST_WAIT: u32 = 16;
const WAIT_FOR_ALL: Duration = Duration::from_millis(39_500);
/// Routers forget mappings that are idle for 30 s, some of them (RFC 4787, 4.3, wants two minutes).
const REFRESH: Duration = Duration::from_secs(25);
/// Between two tries at a server that fails, at first and at the most.
const PAUSES: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(300));

/// Why a server told no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BindingFailure {
    NoAnswer,
    /// With this code (RFC 8489, 14.8).
    Refused(u16),
    /// What it said is no answer, or no address that others could reach.
    Nonsense,
}

/// The requests to one server.
#[derive(Debug)]
pub(super) struct Binding {
    server: SocketAddr,
    /// TCP sends again by itself.
    reliable: bool,
    /// The request that waits for its answer, and how often it was sent.
    asked: Option<(TransactionId, u32)>,
    /// When something is to be done.
    next: Instant,
    pause: Duration,
}

impl Binding {
    pub fn new(server: SocketAddr, reliable: bool, now: Instant) -> Binding {
        Binding { server, reliable, asked: None, next: now, pause: PAUSES.0 }
    }

    /// Asks anew at once.
    pub fn restart(&mut self, now: Instant) {
        *self = Binding::new(self.server, self.reliable, now);
    }

    pub fn poll_timeout(&self) -> Instant {
        self.next
    }

    /// A request to be sent now, or that the server gave no answer to any.
    pub fn poll(&mut self, now: Instant) -> Option<Result<Vec<u8>, BindingFailure>> {
        if now < self.next {
            return None;
        }
        let (id, sent) = self.asked.unwrap_or_else(|| (TransactionId::generate(), 0));
        if sent == REQUESTS || (self.reliable && sent == 1) {
            return Some(Err(self.fail(BindingFailure::NoAnswer, now)));
        }
        self.asked = Some((id, sent + 1));
        self.next = now
            + match () {
                () if self.reliable => WAIT_FOR_ALL,
                () if sent + 1 == REQUESTS => RTO * LAST_WAIT,
                () => RTO * 2u32.pow(sent),
            };
        Some(Ok(request(id)))
    }

    fn fail(&mut self, problem: BindingFailure, now: Instant) -> BindingFailure {
        self.asked = None;
        self.next = now + self.pause;
        self.pause = (self.pause * 2).min(PAUSES.1);
        problem
    }

    /// What the server says of us. None if this answers no request of ours: whoever did not see the request cannot make
    /// that up. The caller has seen to it that it came from the server.
    pub fn handle(&mut self, message: &Message<'_>, now: Instant) -> Option<Result<SocketAddr, BindingFailure>> {
        let id = message.transaction_id();
        let ours = self.asked.is_some_and(|(asked, _)| asked == id);
        if !ours || !message.is_response() || message.method() != BINDING {
            return None;
        }
        if message.has_class(MessageClass::Error) {
            let problem = match message.attribute::<ErrorCode>() {
                Ok(error) => BindingFailure::Refused(error.code()),
                Err(_) => BindingFailure::Nonsense,
            };
            return Some(Err(self.fail(problem, now)));
        }
        let mapped = message.attribute::<XorMappedAddress>().ok().map(|mapped| mapped.addr(id));
        match mapped.filter(|&mapped| is_plausible(mapped, self.server)) {
            Some(mapped) => {
                self.asked = None;
                self.next = now + REFRESH;
                self.pause = PAUSES.0;
                Some(Ok(mapped))
            }
            None => Some(Err(self.fail(BindingFailure::Nonsense, now))),
        }
    }
}

/// A binding request without attributes.
fn request(id: TransactionId) -> Vec<u8> {
    let kind = stun_types::message::MessageType::from_class_method(MessageClass::Request, BINDING);
    Message::builder(kind, id, MessageWriteVec::with_capacity(20)).finish()
}

/// Whether a server can see us there.
pub(super) fn is_plausible(address: SocketAddr, server: SocketAddr) -> bool {
    address.is_ipv4() == server.is_ipv4() && is_reachable(address, server)
}

/// Whether others can reach an address that a server tells.
pub(super) fn is_reachable(address: SocketAddr, server: SocketAddr) -> bool {
    let ip = address.ip();
    let broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    let mapped = matches!(ip, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
    address.port() != 0
        && !ip.is_unspecified()
        && !ip.is_multicast()
        && !broadcast
        && !mapped
        && (!ip.is_loopback() || server.ip().is_loopback())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use stun_types::prelude::MessageWriteExt;

    /// What a server answers to `request`.
    pub fn answer(request: &[u8], mapped: SocketAddr) -> Vec<u8> {
        let request = Message::from_bytes(request).expect("a request");
        let mut answer = Message::builder_success(&request, MessageWriteVec::new());
        answer.add_attribute(&XorMappedAddress::new(mapped, request.transaction_id())).expect("room");
        answer.finish()
    }

    fn refusal(request: &[u8], code: u16) -> Vec<u8> {
        let request = Message::from_bytes(request).expect("a request");
        let mut answer = Message::builder_error(&request, MessageWriteVec::new());
        answer.add_attribute(&ErrorCode::builder(code).build().expect("a code")).expect("room");
        answer.finish()
    }

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn binding(now: Instant) -> Binding {
        Binding::new(at("192.0.2.1:3478"), false, now)
    }

    fn asked(binding: &mut Binding, now: Instant) -> Vec<u8> {
        binding.poll(now).expect("something").expect("a request")
    }

    fn handle(binding: &mut Binding, data: &[u8], now: Instant) -> Option<Result<SocketAddr, BindingFailure>> {
        binding.handle(&Message::from_bytes(data).expect("a message"), now)
    }

    /// Milliseconds after the first at which something is done, until it fails.
    fn schedule(binding: &mut Binding, begin: Instant) -> (Vec<u128>, u128) {
        let (mut sent, mut now) = (Vec::new(), begin);
        loop {
            assert!(binding.poll(now - Duration::from_millis(1)).is_none() || now == begin, "nothing comes early");
            match binding.poll(now) {
                Some(Ok(_)) => sent.push((now - begin).as_millis()),
                Some(Err(problem)) => {
                    assert_eq!(problem, BindingFailure::NoAnswer);
                    return (sent, (now - begin).as_millis());
                }
                None => panic!("nothing was due"),
            }
            now = binding.poll_timeout();
        }
    }

    #[test]
    fn a_request_is_repeated_as_the_rfc_says_and_then_given_up_and_tried_again_later() {
        let begin = Instant::now();
        let mut udp = binding(begin);
        assert_eq!(schedule(&mut udp, begin), (vec![0, 500, 1500, 3500, 7500, 15_500, 31_500], 39_500));
        assert_eq!(udp.poll_timeout() - begin, Duration::from_millis(39_500) + PAUSES.0);
        let mut later = udp.poll_timeout();
        for _ in 0..10 {
            schedule(&mut udp, later);
            later = udp.poll_timeout();
        }
        assert_eq!(udp.pause, PAUSES.1, "and never more seldom than that");
        let mut tcp = Binding::new(at("192.0.2.1:3478"), true, begin);
        assert_eq!(schedule(&mut tcp, begin), (vec![0], 39_500));
    }

    #[test]
    fn an_answer_is_taken_once_and_asked_for_again_before_the_router_forgets() {
        let now = Instant::now();
        let mut binding = binding(now);
        let request = asked(&mut binding, now);
        assert_eq!(request.len(), 20);
        let answer = answer(&request, at("203.0.113.5:4000"));
        assert_eq!(handle(&mut binding, &answer, now), Some(Ok(at("203.0.113.5:4000"))));
        assert_eq!(handle(&mut binding, &answer, now), None, "once");
        assert_eq!(binding.poll_timeout(), now + REFRESH);
        let again = asked(&mut binding, now + REFRESH);
        assert_ne!(request[8..], again[8..], "another transaction");
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let now = Instant::now();
        let mut binding = binding(now);
        let request = asked(&mut binding, now);
        let mut other = answer(&request, at("203.0.113.5:4000"));
        other[19] ^= 1;
        assert_eq!(handle(&mut binding, &other, now), None);
        assert_eq!(handle(&mut binding, &request, now), None, "a request is no answer");
        assert!(handle(&mut binding, &answer(&request, at("203.0.113.5:4000")), now).is_some());
    }

    #[test]
    fn a_server_that_lies_about_the_address_fails() {
        let now = Instant::now();
        for lie in [
            "0.0.0.0:1",
            "224.0.0.1:9",
            "255.255.255.255:9",
            "127.0.0.1:9",
            "203.0.113.5:0",
            "[::1]:9",
            "[ff02::1]:9",
            "[::ffff:192.0.2.1]:9",
        ] {
            let mut binding = binding(now);
            let request = asked(&mut binding, now);
            let told = handle(&mut binding, &answer(&request, at(lie)), now);
            assert_eq!(told, Some(Err(BindingFailure::Nonsense)), "{lie}");
            assert_eq!(binding.poll_timeout(), now + PAUSES.0);
        }
        assert!(is_plausible(at("127.0.0.1:9"), at("127.0.0.1:3478")), "loopback sees loopback");
    }

    #[test]
    fn a_refusal_says_its_code_and_an_empty_answer_is_nonsense() {
        let now = Instant::now();
        let mut binding = binding(now);
        let request = asked(&mut binding, now);
        assert_eq!(handle(&mut binding, &refusal(&request, 400), now), Some(Err(BindingFailure::Refused(400))));
        binding.restart(now);
        let request = asked(&mut binding, now);
        let message = Message::from_bytes(&request).expect("a request");
        let empty = Message::builder_success(&message, MessageWriteVec::new()).finish();
        assert_eq!(handle(&mut binding, &empty, now), Some(Err(BindingFailure::Nonsense)));
    }
}
