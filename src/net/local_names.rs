//! The names that browsers of guests hide their addresses behind, asked for in the local networks. The sockets are open
//! while an answer is waited for, and at no other time.

use super::transport::mdns::{Links, Querier, Resolved, Sockets};
use crate::room::PeerId;
use crate::session::LocalName;
use crate::session::connection::HostCandidate;
use std::net::IpAddr;
use std::os::fd::BorrowedFd;
use std::time::Instant;

/// How often the sockets are looked at in a row: a flood in the local network holds up no frame.
const MOST: usize = 4;

#[derive(Default)]
pub(super) struct LocalNames {
    querier: Querier,
    sockets: Option<Sockets>,
}

impl LocalNames {
    /// Asks for a name of a guest, in the networks of the host's own addresses. Past what is taken of one guest, or of all, names
    /// are passed over.
    pub fn resolve(&mut self, peer: PeerId, name: LocalName, own: &[HostCandidate], now: Instant) {
        if !self.querier.handle_name(peer, name, now) {
            tracing::debug!("{name} is not asked for: there are too many names");
            return;
        }
        if self.sockets.is_none() {
            let address = |it: &HostCandidate| if let HostCandidate::Udp(own) = it { Some(own.ip()) } else { None };
            let reached_at: Vec<IpAddr> = own.iter().filter_map(address).collect();
            match Sockets::open(Links::of_this_machine(&reached_at)) {
                Ok(sockets) => self.sockets = Some(sockets),
                Err(error) => tracing::debug!("names in the local network cannot be asked for: {error}"),
            }
        }
    }

    /// A guest is gone.
    pub fn stop(&mut self, peer: PeerId) {
        self.querier.handle_left(peer);
    }

    /// Readable when there is an answer; none while nothing is asked for.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.sockets.as_ref().map(Sockets::fd)
    }

    /// When [`LocalNames::handle_timeout`] is to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.querier.poll_timeout()
    }

    /// Reads what came and asks what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        let Some(sockets) = &mut self.sockets else {
            // Nobody can be asked: the names end with their time.
            self.querier.handle_timeout(now, |_, _| {});
            return;
        };
        let querier = &mut self.querier;
        for _ in 0..MOST {
            if !sockets.receive(|source, message, links| querier.handle_message(source, message, links)) {
                break;
            }
        }
        querier.handle_timeout(now, |port, question| sockets.ask(port, question));
        if querier.is_idle() {
            self.sockets = None;
        }
    }

    pub fn poll_resolved(&mut self) -> Option<Resolved> {
        self.querier.poll_resolved()
    }
}
