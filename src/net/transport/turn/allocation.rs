//! One allocation at a TURN server (RFC 8656): asked for, kept, and used to send and to receive.
//!
//! By UDP and by TCP alike this sees whole messages; `stream` cuts and fills those of a connection. The protocol is
//! turn-client-proto's; what may reach it, how much it is made to remember, and what became of it is decided here.

use super::super::super::relay::Account;
use super::super::binding::is_reachable;
use super::status::TurnProblem;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use stun_types::TransportType::Udp;
use stun_types::attribute::{ErrorCode, MessageIntegrity};
use stun_types::message::{Message, MessageClass};
use turn_client_proto::api::{Transmit, TurnClientApi, TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet};
use turn_client_proto::types::prelude::DelayedTransmitBuild;
use turn_client_proto::types::{AddressFamily, Instant as TurnInstant, TurnCredentials};
use turn_client_proto::udp::TurnClientUdp;

/// Until there is an allocation, at the most: a request that gets no answer is given up after 39.5 s (RFC 8489, 6.2.1).
const ALLOCATE_LIMIT: Duration = Duration::from_secs(45);
/// Addresses of guests that are sent to by one allocation; each is renewed for as long as the allocation lasts. Full, no
/// others are sent to until nothing was sent for [`QUIET`]: then the allocation is made anew.
const MOST_GUESTS: usize = 256;
const QUIET: Duration = Duration::from_secs(30);
/// An address that the server did not take is asked for again after that.
const ASK_AGAIN: Duration = Duration::from_secs(20);
/// Requests of ours that may still be answered.
const MOST_REQUESTS: usize = 64;
/// Steps of the protocol in one go.
const MOST_STEPS: usize = 32;
/// The least time to the next step: whatever the server says, this is no busy loop.
const STEP: Duration = Duration::from_millis(5);

/// What a message from the server was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FromServer {
    /// Nothing of use.
    Nothing,
    /// Dealt with.
    Taken,
    /// A datagram of this guest; its bytes are in `data`.
    Datagram(SocketAddr),
}

/// What becomes of an allocation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AllocationEvent {
    Allocated(SocketAddr),
    Failed(TurnProblem),
}

/// One that is sent to.
struct Guest {
    /// When the server was asked for a channel.
    asked: Instant,
    /// It has one.
    bound: bool,
}

pub(super) struct Allocation {
    client: TurnClientUdp,
    server: SocketAddr,
    local: SocketAddr,
    /// Of the address that is relayed from.
    family: AddressFamily,
    /// What the client's clock counts from.
    start: Instant,
    /// Transaction ids of requests that were sent last, and whether they were signed by the account.
    requests: VecDeque<([u8; 12], bool)>,
    relayed: Option<SocketAddr>,
    guests: HashMap<SocketAddr, Guest>,
    /// The last code by which the allocation was refused, and whether that is its last word.
    refused: Option<u16>,
    denied: bool,
    last_sent: Instant,
    next: Instant,
    ended: bool,
}

impl Allocation {
    /// `local` is where the server's messages come to, `family` that of the address that is to be relayed from: a server reaches
    /// guests of either, however it is reached itself.
    pub fn new(
        server: SocketAddr,
        local: SocketAddr,
        family: AddressFamily,
        account: &Account,
        now: Instant,
    ) -> Allocation {
        let mut config = TurnConfig::new(TurnCredentials::new(&account.username, &account.password));
        config.set_address_family(family);
        let rto = Duration::from_millis(500);
        config.set_request_retransmits(rto, Duration::MAX, 7, rto * 16);
        let client = TurnClientUdp::allocate(local, server, config);
        Allocation {
            client,
            server,
            local,
            family,
            start: now,
            requests: VecDeque::with_capacity(MOST_REQUESTS),
            relayed: None,
            guests: HashMap::new(),
            refused: None,
            denied: false,
            last_sent: now,
            next: now,
            ended: false,
        }
    }

    /// Where it relays from and to.
    pub fn relayed(&self) -> Option<SocketAddr> {
        self.relayed
    }

    pub fn poll_timeout(&self) -> Instant {
        self.next
    }

    /// The client's clock; it begins late enough that what it subtracts leaves it positive.
    fn clock(&self, now: Instant) -> TurnInstant {
        let elapsed = now.saturating_duration_since(self.start) + Duration::from_secs(3600);
        TurnInstant::from_nanos(i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX / 2))
    }

    /// Does what is due: what is to be sent goes to `send`.
    pub fn poll(&mut self, now: Instant, mut send: impl FnMut(&[u8])) -> Option<AllocationEvent> {
        if self.ended || now < self.next {
            return None;
        }
        if self.denied {
            let problem = self.problem(TurnProblem::Nonsense);
            return Some(self.end(problem));
        }
        let clock = self.clock(now);
        for _ in 0..MOST_STEPS {
            while let Some(event) = self.client.poll_event() {
                if let Some(event) = self.handle_event(event) {
                    return Some(event);
                }
            }
            if let Some(transmit) = self.client.poll_transmit(clock) {
                self.note(&transmit.data);
                send(&transmit.data);
                continue;
            }
            match self.client.poll(clock) {
                TurnPollRet::WaitUntil(at) if at > clock => {
                    self.next = now + at.duration_since(clock).max(STEP);
                    return self.overdue(now);
                }
                TurnPollRet::WaitUntil(_) => {}
                // Of TCP allocations, of which there are none.
                TurnPollRet::AllocateTcpSocket { .. } | TurnPollRet::TcpClose { .. } => {}
                TurnPollRet::Closed => {
                    let problem = self.problem(TurnProblem::NoAnswer);
                    return Some(self.end(problem));
                }
            }
        }
        self.next = now + STEP;
        self.overdue(now)
    }

    /// Ends what takes too long, or has been used up.
    fn overdue(&mut self, now: Instant) -> Option<AllocationEvent> {
        match self.relayed {
            None => {
                let limit = self.start + ALLOCATE_LIMIT;
                self.next = self.next.min(limit);
                (now >= limit).then(|| self.end(TurnProblem::NoAnswer))
            }
            Some(relayed) => {
                let gone = !self.client.relayed_addresses().any(|(_, address)| address == relayed);
                let used_up = self.guests.len() >= MOST_GUESTS && now >= self.last_sent + QUIET;
                (gone || used_up).then(|| self.end(TurnProblem::Ended))
            }
        }
    }

    fn end(&mut self, problem: TurnProblem) -> AllocationEvent {
        self.ended = true;
        AllocationEvent::Failed(problem)
    }

    /// The server's own word, where there is one.
    fn problem(&self, otherwise: TurnProblem) -> TurnProblem {
        match self.refused {
            Some(ErrorCode::UNAUTHORIZED) => TurnProblem::Credentials,
            Some(code) => TurnProblem::Refused { code },
            None if self.relayed.is_some() => TurnProblem::Ended,
            None => otherwise,
        }
    }

    fn handle_event(&mut self, event: TurnEvent) -> Option<AllocationEvent> {
        match event {
            TurnEvent::AllocationCreated(_, relayed)
                if is_reachable(relayed, self.server) && relayed.is_ipv4() == (self.family == AddressFamily::IPV4) =>
            {
                self.relayed = Some(relayed);
                self.refused = None;
                Some(AllocationEvent::Allocated(relayed))
            }
            TurnEvent::AllocationCreated(..) => Some(self.end(TurnProblem::Nonsense)),
            TurnEvent::AllocationCreateFailed(_) => {
                let problem = self.problem(TurnProblem::Nonsense);
                Some(self.end(problem))
            }
            TurnEvent::ChannelCreated(_, guest) => {
                if let Some(guest) = self.guests.get_mut(&guest) {
                    guest.bound = true;
                }
                None
            }
            // Asked for again when there is something to send, and not at once. One that there was, and is no more, tells
            // that the server forgot us.
            TurnEvent::ChannelCreateFailed(_, guest) => {
                let lost = self.guests.get(&guest).is_some_and(|it| it.bound);
                lost.then(|| self.end(TurnProblem::Ended))
            }
            _ => None,
        }
    }

    fn note(&mut self, request: &[u8]) {
        if let Some(id) = request.get(8..20).and_then(|id| id.try_into().ok()) {
            // The oldest were answered long ago, or never will be.
            if self.requests.len() == MOST_REQUESTS {
                self.requests.pop_front();
            }
            let signed = Message::from_bytes(request).is_ok_and(|it| it.attribute::<MessageIntegrity>().is_ok());
            self.requests.push_back((id, signed));
        }
    }

    /// A message from the server. Answers are passed on only to what was asked: whoever did not see the request cannot make
    /// one up. A guest's datagram is put into `to`.
    pub fn handle(&mut self, message: &[u8], to: &mut Vec<u8>, now: Instant) -> FromServer {
        if self.ended {
            return FromServer::Nothing;
        }
        let from_guest = message.first().is_some_and(|first| first >> 6 == 1);
        if !from_guest {
            let Ok(parsed) = Message::from_bytes(message) else { return FromServer::Nothing };
            match parsed.class() {
                MessageClass::Request => return FromServer::Nothing,
                MessageClass::Indication => {}
                MessageClass::Success | MessageClass::Error => {
                    let asked = self.requests.iter().find(|(id, _)| message.get(8..20) == Some(id));
                    let Some(&(_, signed)) = asked else { return FromServer::Nothing };
                    let error = parsed.attribute::<ErrorCode>();
                    if self.relayed.is_none() && parsed.class() == MessageClass::Success {
                        // If that cannot be used either, it is not for what was refused before.
                        self.refused = None;
                    } else if let (None, Ok(error)) = (self.relayed, error) {
                        self.refused = Some(error.code());
                        // Who does not believe the account cannot sign that it does not, and the client waits for better.
                        // The first question bears no account, and one with an old nonce is asked again.
                        let usual = if signed { ErrorCode::STALE_NONCE } else { ErrorCode::UNAUTHORIZED };
                        self.denied = error.code() != usual;
                    }
                    // What follows from it is done in the next round.
                    self.next = now;
                }
            }
        }
        let clock = self.clock(now);
        match self.client.recv(Transmit::new(message, Udp, self.server, self.local), clock) {
            TurnRecvRet::Handled | TurnRecvRet::PeerIcmp { .. } => FromServer::Taken,
            TurnRecvRet::Ignored(_) => FromServer::Nothing,
            TurnRecvRet::PeerData(data) => {
                to.clear();
                to.extend_from_slice(data.data());
                FromServer::Datagram(data.peer)
            }
        }
    }

    /// Wraps a datagram to a guest into what is sent to the server. None while the server does not know the guest, which it
    /// is told of then: connectivity checks come again.
    #[inline]
    pub fn wrap<'a>(&mut self, to: SocketAddr, data: &[u8], buffer: &'a mut Vec<u8>, now: Instant) -> Option<&'a [u8]> {
        self.last_sent = now;
        if self.ended || !self.introduce(to, now) {
            return None;
        }
        let clock = self.clock(now);
        let built = self.client.send_to(Udp, to, data, clock).ok()??;
        let len = built.data.len();
        buffer.clear();
        buffer.resize(len, 0);
        let written = built.data.write_into(&mut buffer[..]);
        Some(&buffer[..written.min(len)])
    }

    /// Whether the server takes what is for this guest.
    #[inline]
    fn introduce(&mut self, address: SocketAddr, now: Instant) -> bool {
        let full = self.guests.len() >= MOST_GUESTS;
        match self.guests.get_mut(&address) {
            Some(guest) if guest.bound => return true,
            Some(guest) if now < guest.asked + ASK_AGAIN => return false,
            Some(guest) => guest.asked = now,
            None if full => return false,
            // Another family is no business of this allocation.
            None if self.relayed.is_none_or(|it| it.is_ipv6() != address.is_ipv6()) => return false,
            None => {
                self.guests.insert(address, Guest { asked: now, bound: false });
            }
        }
        let clock = self.clock(now);
        if self.client.bind_channel(Udp, address, clock).is_ok() {
            self.next = now;
        }
        false
    }

    /// Gives the allocation back.
    pub fn release(&mut self, now: Instant, mut send: impl FnMut(&[u8])) {
        let clock = self.clock(now);
        if self.relayed.is_some() && !self.ended && self.client.delete(clock).is_ok() {
            // Requests leave 50 ms apart; this is the last one.
            let later = self.clock(now + Duration::from_millis(50));
            for _ in 0..MOST_STEPS {
                let Some(transmit) = self.client.poll_transmit(later) else { break };
                send(&transmit.data);
            }
        }
        self.ended = true;
    }
}
