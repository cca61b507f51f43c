//! One relay: how it is spoken to, what it is asked, and what came of it.

use super::super::super::relay::{Account, Relay, RelayProtocol};
use super::super::binding::Binding;
use super::super::stun::Reflexive;
use super::allocation::{Allocation, AllocationEvent, FromServer};
use super::reclaim::Reclaim;
use super::status::{TurnOutcome, TurnProblem};
use super::stream::{StreamId, Streams};
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};
use stun_types::attribute::ErrorCode;
use stun_types::message::Message;
use tokio::sync::mpsc;
use turn_client_proto::types::AddressFamily;

/// Between two tries at a connection or an allocation, at first and at the most.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(300));
/// Allocations by an account that ends after a day are made anew before that.
const ACCOUNT_LASTS: Duration = Duration::from_secs(23 * 3600);
/// coturn goes on refusing for a second or two after an allocation was given back.
const RECLAIM_WAIT: Duration = Duration::from_secs(3);
/// When nothing is to be done.
pub(super) const FAR: Duration = Duration::from_secs(3600);

/// A relay whose address is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnServer {
    pub relay: Relay,
    pub address: SocketAddr,
}

/// When it is tried again.
#[derive(Debug, Clone, Copy)]
struct Retry {
    at: Instant,
    pause: Duration,
}

impl Retry {
    fn now(now: Instant) -> Retry {
        Retry { at: now, pause: PAUSES.0 }
    }

    fn later(&mut self, now: Instant) {
        self.at = now + self.pause;
        self.pause = (self.pause * 2).min(PAUSES.1);
    }
}

/// How messages travel.
enum Link {
    /// By the socket of the media.
    Udp,
    /// By no connection yet, or no longer.
    Down,
    Connecting(StreamId, mpsc::Sender<Vec<u8>>),
    Open(StreamId, mpsc::Sender<Vec<u8>>),
}

/// Where messages go that are to leave by UDP.
pub(super) type Send<'a> = &'a mut dyn FnMut(SocketAddr, &[u8]);

pub(super) struct Server {
    about: TurnServer,
    link: Link,
    /// For the connection where there is one, for the allocation otherwise.
    retry: Retry,
    /// Asked again and again where it sees us: routers and connections stay open, and a server that is gone is noticed.
    binding: Binding,
    /// What it said last about that.
    seen: Option<SocketAddr>,
    /// Where its messages come to.
    base: Option<SocketAddr>,
    /// Where it sees the socket of the media in the network that there is now, and whether that is news.
    reflexive: Option<Reflexive>,
    reflexive_changed: bool,
    allocation: Option<Allocation>,
    /// From which addresses it is to relay: those of IPv4, which most guests have, unless it has none.
    family: AddressFamily,
    /// By which the last allocation was made that there was, and by which one is asked for.
    account: Option<Account>,
    asking: Option<Account>,
    /// The server still has an allocation of before.
    reclaim: Option<Reclaim>,
    /// That was tried since there was one.
    reclaimed: bool,
    /// When the account of the allocation ends.
    renew: Instant,
    problem: Option<TurnProblem>,
}

impl Server {
    pub fn new(about: TurnServer, now: Instant) -> Server {
        let reliable = about.relay.protocol() != RelayProtocol::Udp;
        Server {
            link: if reliable { Link::Down } else { Link::Udp },
            retry: Retry::now(now),
            binding: Binding::new(about.address, reliable, now),
            seen: None,
            base: None,
            reflexive: None,
            reflexive_changed: false,
            allocation: None,
            family: AddressFamily::IPV4,
            account: None,
            asking: None,
            reclaim: None,
            reclaimed: false,
            renew: now + ACCOUNT_LASTS,
            problem: None,
            about,
        }
    }

    pub fn about(&self) -> &TurnServer {
        &self.about
    }

    pub fn is_udp(&self) -> bool {
        matches!(self.link, Link::Udp)
    }

    /// Whether this is still what is wanted: a relay that works is not left because its name leads elsewhere now.
    pub fn serves(&self, wanted: &TurnServer) -> bool {
        let works = self.relayed().is_some() && self.about.address.is_ipv6() == wanted.address.is_ipv6();
        self.about.relay == wanted.relay && (self.about.address == wanted.address || works)
    }

    /// Another network, perhaps: the server may see another address.
    pub fn restart(&mut self, now: Instant) {
        self.binding.restart(now);
        self.set_reflexive(None);
        if self.allocation.is_none() {
            self.retry = Retry::now(now);
        }
    }

    /// Where it relays from and to.
    pub fn relayed(&self) -> Option<SocketAddr> {
        self.allocation.as_ref()?.relayed()
    }

    /// Where it sees the socket of the media, where that is another address than its own.
    pub fn reflexive(&self) -> Option<Reflexive> {
        self.reflexive
    }

    /// Whether that is news. True once.
    pub fn take_reflexive_changed(&mut self) -> bool {
        std::mem::take(&mut self.reflexive_changed)
    }

    fn set_reflexive(&mut self, reflexive: Option<Reflexive>) {
        self.reflexive_changed |= self.reflexive != reflexive;
        self.reflexive = reflexive;
    }

    /// Its messages come to this address of the machine.
    pub fn set_base(&mut self, base: SocketAddr) {
        self.base = Some(base);
    }

    pub fn outcome(&self) -> TurnOutcome {
        let otherwise = || self.problem.clone().map_or(TurnOutcome::Asking, TurnOutcome::Failed);
        self.relayed().map_or_else(otherwise, TurnOutcome::Relaying)
    }

    pub fn poll_timeout(&self, now: Instant) -> Instant {
        match self.link {
            Link::Down => self.retry.at,
            // The thread that connects tells.
            Link::Connecting(..) => now + FAR,
            Link::Udp | Link::Open(..) => {
                let allocation = self.allocation.as_ref().map_or(self.retry.at, |it| it.poll_timeout().min(self.renew));
                let reclaim = self.reclaim.as_ref().map_or(now + FAR, Reclaim::poll_timeout);
                self.binding.poll_timeout().min(allocation).min(reclaim)
            }
        }
    }

    /// Does what is due. True when something changed that others are to know.
    pub fn poll(&mut self, streams: &mut Streams, now: Instant, wall: SystemTime, send: Send<'_>) -> bool {
        match self.link {
            Link::Down if now >= self.retry.at => {
                let tls = self.about.relay.protocol() == RelayProtocol::Tls;
                match streams.connect(self.about.address, tls.then(|| self.about.relay.host().to_owned())) {
                    Some((id, outgoing)) => self.link = Link::Connecting(id, outgoing),
                    None => self.retry.later(now),
                }
                return false;
            }
            Link::Down | Link::Connecting(..) => return false,
            Link::Udp | Link::Open(..) => {}
        }
        match self.binding.poll(now) {
            Some(Ok(request)) => emit(&self.link, self.about.address, &request, send),
            // Whoever does not answer does not relay either.
            Some(Err(problem)) => {
                self.fail(problem.into(), now);
                return true;
            }
            None => {}
        }
        if let Some(reclaim) = &mut self.reclaim {
            if let Some(request) = reclaim.poll(now) {
                emit(&self.link, self.about.address, &request, send);
            }
            if reclaim.has_ended() {
                self.reclaim = None;
            }
        }
        self.poll_allocation(now, wall, send)
    }

    fn poll_allocation(&mut self, now: Instant, wall: SystemTime, send: Send<'_>) -> bool {
        if self.allocation.is_some() && now >= self.renew {
            self.release(now, send);
            self.allocation = None;
            self.retry = Retry::now(now);
            // The server forgets the old one first.
            self.retry.later(now);
            return true;
        }
        if self.allocation.is_none() {
            if now < self.retry.at {
                return false;
            }
            let account = self.about.relay.account("host", wall);
            self.renew = now + if self.about.relay.accounts_end() { ACCOUNT_LASTS } else { ACCOUNT_LASTS * 365 };
            let address = self.about.address;
            self.allocation = Some(Allocation::new(address, address, self.family, &account, now));
            self.asking = Some(account);
        }
        let (link, address) = (&self.link, self.about.address);
        let Some(allocation) = &mut self.allocation else { return false };
        match allocation.poll(now, |message| emit(link, address, message, send)) {
            Some(AllocationEvent::Allocated(_)) => {
                self.problem = None;
                self.retry = Retry::now(now);
                self.account = self.asking.take();
                self.reclaimed = false;
                true
            }
            Some(AllocationEvent::Failed(problem)) => {
                self.allocation = None;
                // A server for IPv6 alone (RFC 8656, 7.2).
                if problem == (TurnProblem::Refused { code: ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED })
                    && self.family == AddressFamily::IPV4
                {
                    self.family = AddressFamily::IPV6;
                    self.retry.at = now;
                    return false;
                }
                let mismatch = problem == TurnProblem::Refused { code: ErrorCode::ALLOCATION_MISMATCH };
                if mismatch && self.problem == Some(TurnProblem::Credentials) {
                    // A server that remembers whom it refused says so when asked again from there, and nothing new by that.
                    self.retry.later(now);
                    return true;
                }
                if mismatch {
                    let account = self.account.clone().or_else(|| self.asking.take());
                    self.reclaim = account.map(|account| Reclaim::new(account, now));
                    // The first time that is no news yet: it is about to be put right.
                    if !std::mem::replace(&mut self.reclaimed, true) {
                        self.retry.at = now + RECLAIM_WAIT;
                        return false;
                    }
                }
                self.problem = Some(problem);
                self.retry.later(now);
                true
            }
            None => false,
        }
    }

    /// The allocation is lost, and a connection with it.
    fn fail(&mut self, problem: TurnProblem, now: Instant) {
        if !self.is_udp() {
            self.link = Link::Down;
        }
        self.seen = None;
        self.set_reflexive(None);
        self.allocation = None;
        self.problem = Some(problem);
        self.retry.later(now);
    }

    /// A message from the server. A guest's datagram is put into `to`. With whether something changed.
    pub fn handle(&mut self, message: &[u8], to: &mut Vec<u8>, now: Instant) -> (FromServer, bool) {
        let may_answer = message.first().is_some_and(|first| first >> 6 == 0);
        let parsed = if may_answer { Message::from_bytes(message).ok() } else { None };
        if let (Some(reclaim), Some(parsed)) = (&mut self.reclaim, &parsed)
            && reclaim.handle(parsed, now)
        {
            return (FromServer::Taken, false);
        }
        if let Some(parsed) = &parsed
            && let Some(answer) = self.binding.handle(parsed, now)
        {
            // A relay that does not tell addresses may relay all the same: the allocation shows.
            let Ok(seen) = answer else { return (FromServer::Taken, false) };
            // An allocation belongs to the address that it was asked for from (RFC 8656, 3).
            let moved = self.seen.is_some_and(|before| before != seen) && self.is_udp() && self.allocation.is_some();
            if moved {
                self.fail(TurnProblem::Ended, now);
                self.retry = Retry::now(now);
            }
            self.seen = Some(seen);
            let base = self.base.filter(|&base| self.is_udp() && base != seen);
            self.set_reflexive(base.map(|base| Reflexive { address: seen, base }));
            return (FromServer::Taken, moved);
        }
        let from = self.allocation.as_mut().map_or(FromServer::Nothing, |it| it.handle(message, to, now));
        (from, false)
    }

    /// Sends a guest what is relayed to them.
    #[inline]
    pub fn relay_to(&mut self, guest: SocketAddr, data: &[u8], buffer: &mut Vec<u8>, now: Instant, send: Send<'_>) {
        let Some(allocation) = &mut self.allocation else { return };
        if let Some(message) = allocation.wrap(guest, data, buffer, now) {
            emit(&self.link, self.about.address, message, send);
        }
    }

    /// Whether this connection is its own.
    pub fn has_stream(&self, stream: StreamId) -> bool {
        matches!(self.link, Link::Connecting(id, _) | Link::Open(id, _) if id == stream)
    }

    pub fn handle_opened(&mut self, now: Instant) {
        self.link = match std::mem::replace(&mut self.link, Link::Down) {
            Link::Connecting(id, outgoing) => Link::Open(id, outgoing),
            other => other,
        };
        self.binding.restart(now);
        // What is waited after failures is not forgotten by connecting anew.
        self.retry.at = now;
    }

    pub fn handle_closed(&mut self, problem: TurnProblem, now: Instant) {
        self.fail(problem, now);
    }

    /// Gives back what it relays.
    pub fn release(&mut self, now: Instant, send: Send<'_>) {
        let (link, address) = (&self.link, self.about.address);
        if let Some(allocation) = &mut self.allocation {
            allocation.release(now, |message| emit(link, address, message, send));
        }
    }
}

/// Sends a message to the server. What there is no room for is lost.
fn emit(link: &Link, address: SocketAddr, message: &[u8], send: Send<'_>) {
    match link {
        Link::Udp => send(address, message),
        Link::Open(_, outgoing) => {
            let _ = outgoing.try_send(message.to_vec());
        }
        Link::Down | Link::Connecting(..) => {}
    }
}
