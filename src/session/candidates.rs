//! Where the host can be reached, and telling peers when that changes; where pages can be that do not say it themselves.

use super::connection::{Connection, HostCandidate};
use super::protocol::{ToPage, ToPeer};
use super::{LocalName, Session};
use crate::room::PeerId;
use std::net::IpAddr;
use std::time::{Duration, Instant};

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
            let Some(it) = self.peers.get_mut(&id) else { continue };
            let carrier = it.carrier;
            let new = it.peer.set_candidates(&self.candidates);
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
