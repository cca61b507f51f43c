//! Relays that this host uses itself (TURN, RFC 8656): by the socket of the media, or by connections where no UDP gets out.
//!
//! Sans-I/O but for the connections, whose thread `stream` has: `handle_*` takes what came, `poll*` says what is to be done.
//! `server` is one relay, made of `allocation` and `reclaim`, and of a binding that keeps the router's mapping.
//! docs/decisions/turn.md has why.

mod allocation;
mod reclaim;
mod server;
mod status;
mod stream;
#[cfg(test)]
mod tests;

pub use server::TurnServer;
pub use status::{TurnOutcome, TurnProblem, TurnStatus};

use super::super::relay::MAX_RELAYS;
use super::stun::Reflexive;
use crate::sync::Event;
use allocation::FromServer;
use server::{FAR, Send, Server};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use stream::{StreamEvent, Streams};

/// What happens on connections in one round.
const EVENTS: usize = 64;

/// A guest's datagram that a relay brought: who sent it, and to which relayed address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relayed {
    pub guest: SocketAddr,
    pub relayed: SocketAddr,
}

/// All relays.
pub(crate) struct TurnClient {
    servers: Vec<Server>,
    /// Those that are spoken to by UDP: a look at this is all that a guest's datagram costs.
    addresses: Vec<SocketAddr>,
    /// What is relayed, and by which server.
    relayed: Vec<(SocketAddr, usize)>,
    streams: Streams,
    /// As of the last round.
    now: Instant,
    next: Instant,
    changed: bool,
    told: Option<TurnStatus>,
    /// What is relayed, on its way out.
    wrapped: Vec<u8>,
}

impl TurnClient {
    /// `wake` is rung when a connection brought something.
    pub fn new(wake: Arc<Event>, now: Instant) -> TurnClient {
        TurnClient {
            servers: Vec::new(),
            addresses: Vec::new(),
            relayed: Vec::new(),
            streams: Streams::new(wake),
            now,
            next: now + FAR,
            changed: false,
            told: None,
            wrapped: Vec::new(),
        }
    }

    /// These relays from now on; more than there is room for are passed over. One that is there and works is left alone.
    pub fn set_servers(&mut self, wanted: Vec<TurnServer>, now: Instant, send: Send<'_>) {
        self.now = now;
        let mut before = std::mem::take(&mut self.servers);
        for about in wanted.into_iter().take(MAX_RELAYS) {
            // A socket has one allocation at a server at the most (RFC 8656, 7.2).
            let same = |it: &Server| {
                it.about().address == about.address && it.about().relay.protocol() == about.relay.protocol()
            };
            if self.servers.iter().any(|it| it.serves(&about) || same(it)) {
                continue;
            }
            let kept = before.iter().position(|it| it.serves(&about)).map(|index| before.swap_remove(index));
            self.servers.push(kept.unwrap_or_else(|| Server::new(about, now)));
        }
        for gone in &mut before {
            gone.release(now, send);
        }
        self.changed = true;
        self.update();
    }

    /// The addresses of this machine changed.
    pub fn start_anew(&mut self, now: Instant) {
        for server in &mut self.servers {
            server.restart(now);
        }
        self.now = now;
        self.update();
    }

    pub fn poll_timeout(&self) -> Instant {
        self.next
    }

    /// Does what is due. `wall` is what accounts are made by.
    pub fn handle_timeout(&mut self, now: Instant, wall: SystemTime, send: Send<'_>) {
        self.now = now;
        if now < self.next {
            return;
        }
        for server in &mut self.servers {
            if now >= server.poll_timeout(now) {
                self.changed |= server.poll(&mut self.streams, now, wall, send);
            }
        }
        self.update();
    }

    /// Looks up anew what is looked at often.
    fn update(&mut self) {
        let now = self.now;
        self.next = self.servers.iter().map(|it| it.poll_timeout(now)).fold(now + FAR, Instant::min);
        if !self.changed {
            return;
        }
        self.addresses.clear();
        self.addresses.extend(self.servers.iter().filter(|it| it.is_udp()).map(|it| it.about().address));
        let relayed = self.servers.iter().enumerate().filter_map(|(index, it)| Some((it.relayed()?, index)));
        self.relayed = relayed.collect();
    }

    /// How it is with each relay, if that has changed since the last call.
    pub fn poll_status(&mut self) -> Option<TurnStatus> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let status = self.servers.iter().map(|it| (it.about().relay.url().to_owned(), it.outcome())).collect();
        if self.told.as_ref() == Some(&status) {
            return None;
        }
        self.told = Some(status.clone());
        Some(status)
    }

    /// The ways to this host that they make.
    pub fn relayed(&self) -> impl Iterator<Item = SocketAddr> {
        self.relayed.iter().map(|(relayed, _)| *relayed)
    }

    /// The addresses at which they see this host.
    pub fn reflexive(&self) -> impl Iterator<Item = Reflexive> {
        self.servers.iter().filter_map(Server::reflexive)
    }

    /// Whether these are others than at the last call.
    pub fn poll_reflexive(&mut self) -> bool {
        self.servers.iter_mut().fold(false, |any, server| server.take_reflexive_changed() | any)
    }

    /// Whether datagrams from there are a relay's.
    #[inline]
    pub fn is_server(&self, source: SocketAddr) -> bool {
        self.addresses.contains(&source)
    }

    /// A datagram from a relay's address, which came to `local`. A guest's datagram in it is put into `to`.
    pub fn handle_datagram(
        &mut self,
        source: SocketAddr,
        local: SocketAddr,
        data: &[u8],
        to: &mut Vec<u8>,
    ) -> Option<Relayed> {
        let now = self.now;
        let server = self.servers.iter_mut().find(|it| it.is_udp() && it.about().address == source)?;
        server.set_base(local);
        let (from, changed) = server.handle(data, to, now);
        self.changed |= changed;
        match from {
            FromServer::Datagram(guest) => server.relayed().map(|relayed| Relayed { guest, relayed }),
            FromServer::Taken | FromServer::Nothing => {
                self.update();
                None
            }
        }
    }

    /// What connections brought, up to the next guest's datagram, which is put into `to`.
    #[inline]
    pub fn receive(&mut self, to: &mut Vec<u8>) -> Option<Relayed> {
        for _ in 0..EVENTS {
            let event = self.streams.poll_event()?;
            let relayed = self.handle_stream(event, to);
            if relayed.is_some() {
                return relayed;
            }
        }
        None
    }

    fn handle_stream(&mut self, event: StreamEvent, to: &mut Vec<u8>) -> Option<Relayed> {
        let now = self.now;
        let (StreamEvent::Opened(id) | StreamEvent::Message(id, _) | StreamEvent::Closed(id, _)) = &event;
        // One that was given up may still have something to say.
        let server = self.servers.iter_mut().find(|it| it.has_stream(*id))?;
        match event {
            StreamEvent::Opened(_) => server.handle_opened(now),
            StreamEvent::Closed(_, problem) => {
                server.handle_closed(problem, now);
                self.changed = true;
            }
            StreamEvent::Message(_, message) => {
                let (from, changed) = server.handle(&message, to, now);
                self.changed |= changed;
                if let FromServer::Datagram(guest) = from {
                    return server.relayed().map(|relayed| Relayed { guest, relayed });
                }
            }
        }
        self.update();
        None
    }

    /// Sends a datagram by the server that relays from `source`. False when none does.
    #[inline]
    pub fn relay(&mut self, source: SocketAddr, guest: SocketAddr, data: &[u8], send: Send<'_>) -> bool {
        let Some(&(_, index)) = self.relayed.iter().find(|(relayed, _)| *relayed == source) else { return false };
        if let Some(server) = self.servers.get_mut(index) {
            server.relay_to(guest, data, &mut self.wrapped, self.now, send);
            self.next = self.next.min(server.poll_timeout(self.now));
        }
        true
    }

    /// Gives back what is relayed: the host ends.
    pub fn release(&mut self, now: Instant, send: Send<'_>) {
        for server in &mut self.servers {
            server.release(now, send);
        }
    }
}
