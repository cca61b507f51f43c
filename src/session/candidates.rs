//! Where the host can be reached, and telling peers when that changes; where pages can be that do not say it themselves.

use super::connection::{Connection, HostCandidate, Protocol, Via, is_local};
use super::protocol::{ToPage, ToPeer};
use super::{Connected, LocalName, Session};
use crate::room::{Origin, PeerId};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// So much later than the other ways a page is told of the host's relays, where the host's TCP port is open to the internet,
/// unless it is connected before. Chromium looks for ways by TCP a tenth of a second after the others, and not at all once one
/// works, be it a relay; it asks on one way every 48 ms.
pub(super) const RELAYS_LATER: Duration = Duration::from_millis(1500);

/// Relays of one page that are known by their address; a browser has one for each server and each network of its own.
const MOST_PAGE_RELAYS: usize = 16;

/// Which of the ways to the host a page is told of, and which of its own are heeded.
#[derive(Debug, Clone)]
pub(super) struct ToldOf {
    /// It is open on this machine. Others only lose time with these: a browser tries one way after the other.
    loopback: bool,
    /// Of relays not before this.
    pub relays_at: Option<Instant>,
    /// The page's own relays. One that is nearer than a tenth of a second works before Chromium looks for ways by TCP.
    page_relays: Vec<SocketAddr>,
}

impl ToldOf {
    /// The page has a way: relays do no harm any more, and may serve it when that is lost.
    pub fn connected(&mut self, now: Instant) {
        self.relays_at = self.relays_at.map(|at| at.min(now));
    }

    /// The page tells of a way to itself.
    pub fn note(&mut self, candidate: &str) {
        if self.relays_at.is_some()
            && self.page_relays.len() < MOST_PAGE_RELAYS
            && let Some(relay) = relay_of(candidate)
        {
            self.page_relays.push(relay);
        }
    }

    /// Whether what comes from there waits until relays are due: it is left out, and asked again. Servers give both sides
    /// addresses of the same machine, which is how a relay is known before the page has told of it.
    pub fn holds_back(&self, via: Via, candidates: &[HostCandidate]) -> bool {
        let ours = |it: &HostCandidate| matches!(it, HostCandidate::Relayed(at) if at.ip() == via.source.ip());
        self.relays_at.is_some()
            && via.protocol == Protocol::Udp
            && (self.page_relays.contains(&via.source) || candidates.iter().any(ours))
    }
}

/// The address of a relay in a line of RFC 8839, section 5.1; none for any other line.
fn relay_of(candidate: &str) -> Option<SocketAddr> {
    let mut words = candidate.split_ascii_whitespace().skip(4);
    let (ip, port) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (words.next()? == "typ" && words.next()? == "relay").then(|| SocketAddr::new(ip, port))
}

fn is_loopback(candidate: &HostCandidate) -> bool {
    matches!(candidate, HostCandidate::Udp(at) | HostCandidate::Tcp(at) if at.ip().to_canonical().is_loopback())
}

impl<C: Connection> Session<C> {
    /// The ways to the host are these now. Peers that are here look for a way by the new ones at once: the host asks
    /// from there, so that a page that the old way no longer leads to finds the new one without being told.
    pub(super) fn set_candidates(&mut self, candidates: Vec<HostCandidate>, now: Instant) {
        if self.candidates == candidates {
            return;
        }
        self.candidates = candidates;
        let all: Vec<PeerId> = self.peers.keys().copied().collect();
        for id in all {
            if let Some(it) = self.peers.get_mut(&id) {
                it.peer.host_moved();
            }
            self.tell_candidates(id, now);
        }
    }

    /// Those who are due to be told of the relays are.
    #[inline]
    pub(super) fn tell_relays(&mut self, now: Instant) {
        let is_due = |it: &Connected<C>| it.told_of.relays_at.is_some_and(|at| at <= now);
        while let Some((&id, it)) = self.peers.iter_mut().find(|(_, it)| is_due(it)) {
            it.told_of.relays_at = None;
            it.told_of.page_relays = Vec::new();
            self.tell_candidates(id, now);
        }
    }

    /// What a page that comes from there is told of.
    pub(super) fn told_of(&self, origin: Origin, now: Instant) -> ToldOf {
        let near = origin.address().is_some_and(|ip| ip.is_loopback());
        ToldOf { loopback: near, relays_at: self.has_open_tcp().then(|| now + RELAYS_LATER), page_relays: Vec::new() }
    }

    /// The ways to the host for such a page. Without a network there is nothing but loopback.
    pub(super) fn candidates_of(&self, told_of: &ToldOf) -> Vec<HostCandidate> {
        let loopback = told_of.loopback || self.candidates.iter().all(is_loopback);
        let relays = told_of.relays_at.is_none();
        let told = |it: &&HostCandidate| match it {
            HostCandidate::Relayed(_) => relays,
            other => loopback || !is_loopback(other),
        };
        self.candidates.iter().filter(told).copied().collect()
    }

    /// Whether everybody in the internet may reach the port of the page. Addresses of IPv6 do not tell: before most of them
    /// is a firewall.
    fn has_open_tcp(&self) -> bool {
        let is_open = |it: &HostCandidate| matches!(it, HostCandidate::Tcp(at) if at.is_ipv4() && !is_local(at.ip()));
        self.candidates.iter().any(is_open)
    }

    fn tell_candidates(&mut self, id: PeerId, now: Instant) {
        let Some(it) = self.peers.get(&id) else { return };
        let all = self.candidates_of(&it.told_of);
        let Some(it) = self.peers.get_mut(&id) else { return };
        let carrier = it.carrier;
        let new = it.peer.set_candidates(&all);
        for candidate in &new {
            it.peer.say(&ToPeer::Candidate { candidate });
        }
        it.peer.handle_timeout(now);
        self.drain(id, now);
        // Said twice: the data channel may be lost for want of just these.
        for candidate in new {
            if let Some(carrier) = carrier {
                self.reply(carrier, ToPage::Candidate { candidate }, Duration::ZERO);
            }
        }
    }

    /// The local network told the address behind a name of a page: [`super::Action::Resolve`].
    pub fn handle_resolved(&mut self, id: PeerId, name: LocalName, address: IpAddr, now: Instant) {
        self.finish_draining(now);
        if let Some(it) = self.peers.get_mut(&id) {
            it.peer.handle_resolved(name, address);
            self.tick(id, now);
        }
    }
}
