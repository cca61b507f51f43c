//! Asking the local network for the addresses that browsers hide behind names: a querier of multicast DNS for those names
//! alone (RFC 6762; draft-ietf-mmusic-mdns-ice-candidates, 3.2). Sans-I/O; the sockets are beside it.

mod links;
mod message;
mod sockets;

pub use links::Links;
pub use message::QUESTION;
pub use sockets::Sockets;

use crate::room::PeerId;
use crate::session::LocalName;
use message::Kind;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Names that are asked for at once, each guest's for itself; more are passed over.
const MAX_NAMES: usize = 64;
/// Of those, one guest's.
const MAX_NAMES_OF_PEER: usize = 16;
/// When it is asked, from the beginning on (RFC 6762, 5.2: a second at least lies between), and from where.
const ASKED: [(Duration, Port); 3] =
    [(Duration::ZERO, Port::Shared), (Duration::from_secs(1), Port::Own), (Duration::from_secs(3), Port::Shared)];
/// When an answer is not waited for any more.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(5);

/// From which port is asked, and so where answers come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// Multicast DNS's own port: the answer goes to everybody (RFC 6762, 5.2), which is what firewalls let in.
    Shared,
    /// A port of our own: the answer comes there, to nobody else (RFC 6762, 5.1 and 6.7), which is what networks let through
    /// that pass on no multicast. Chromium answers everybody all the same.
    Own,
}

/// A name's address is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    pub peer: PeerId,
    pub name: LocalName,
    pub address: IpAddr,
}

struct Pending {
    peer: PeerId,
    name: LocalName,
    begun: Instant,
    asked: usize,
}

impl Pending {
    fn due(&self) -> Instant {
        self.begun + ASKED.get(self.asked).map_or(GIVEN_UP_AFTER, |(after, _)| *after)
    }
}

/// The names that are asked for.
#[derive(Default)]
pub struct Querier {
    pending: Vec<Pending>,
    /// No more than were pending.
    resolved: VecDeque<Resolved>,
}

impl Querier {
    /// A guest is behind this name. One that is asked for already is asked for anew. False if there are too many.
    pub fn handle_name(&mut self, peer: PeerId, name: LocalName, now: Instant) -> bool {
        self.pending.retain(|it| (it.peer, it.name) != (peer, name));
        let of_peer = self.pending.iter().filter(|it| it.peer == peer).count();
        let room = self.pending.len() < MAX_NAMES && of_peer < MAX_NAMES_OF_PEER;
        if room {
            self.pending.push(Pending { peer, name, begun: now, asked: 0 });
        }
        room
    }

    /// A guest is gone, and with them their names.
    pub fn handle_left(&mut self, peer: PeerId) {
        self.pending.retain(|it| it.peer != peer);
        self.resolved.retain(|it| it.peer != peer);
    }

    /// A message came. Of what it tells counts what was asked for, comes from a neighbour, and is a machine in our
    /// networks. A name stands for one address: the first that is told.
    pub fn handle_message(&mut self, source: IpAddr, message: &[u8], links: &Links) {
        if self.pending.is_empty() || !links.is_neighbour(source) {
            return;
        }
        let told = message::addresses(message).unwrap_or_default();
        for (name, address) in told.into_iter().filter(|(_, address)| links.is_machine(*address)) {
            let known = self.pending.extract_if(.., |it| it.name == name);
            self.resolved.extend(known.map(|it| Resolved { peer: it.peer, name, address }));
        }
    }

    /// Asks what is due, by `ask`, and gives up what was not answered.
    pub fn handle_timeout(&mut self, now: Instant, mut ask: impl FnMut(Port, &[u8; QUESTION])) {
        for it in &mut self.pending {
            // A thread that stood still asks once, not for each time that it missed.
            let due = ASKED.iter().skip(it.asked).take_while(|(after, _)| it.begun + *after <= now);
            let Some((_, port)) = due.clone().next() else { continue };
            it.asked += due.count();
            for kind in [Kind::A, Kind::Aaaa] {
                ask(*port, &message::question(it.name, kind));
            }
        }
        self.pending.retain(|it| now < it.begun + GIVEN_UP_AFTER);
    }

    /// When [`Querier::handle_timeout`] is to be called at the latest; none while nothing is asked for.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pending.iter().map(Pending::due).min()
    }

    pub fn poll_resolved(&mut self) -> Option<Resolved> {
        self.resolved.pop_front()
    }

    /// Whether no answer is waited for.
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }
}

#[cfg(test)]
mod tests;
