//! Whom the net thread asks beside guests: servers beyond the routers, for the ways to this host that they show or make (STUN
//! tells addresses, TURN relays), and the local network for names.

use super::local_names::LocalNames;
use super::relay::Relay;
use super::start::NetConfig;
use super::transport::media::MediaTransport;
use super::transport::stun::{StunClient, StunServer};
use super::transport::turn::{Relayed, TurnClient, TurnServer};
use crate::room::PeerId;
use crate::session::LocalName;
use crate::session::connection::{HostCandidate, Via};
use crate::session::protocol::ToPage;
use std::net::SocketAddr;
use std::time::{Instant, SystemTime};

pub(super) struct Servers {
    stun: StunClient,
    pub turn: TurnClient,
    pub names: LocalNames,
    /// The last datagram that a relay brought.
    unwrapped: Vec<u8>,
    /// The ways to this host at its own addresses.
    own: Vec<HostCandidate>,
    /// Those that the router leads here.
    mapped: Vec<HostCandidate>,
    /// That guests may use.
    relays: Vec<Relay>,
}

impl Servers {
    pub fn new(config: &NetConfig, now: Instant) -> Servers {
        Servers {
            stun: StunClient::default(),
            turn: TurnClient::new(config.event.clone(), now),
            names: LocalNames::default(),
            unwrapped: Vec::new(),
            own: config.candidates.clone(),
            mapped: Vec::new(),
            relays: Vec::new(),
        }
    }

    /// Every way to this host.
    pub fn candidates(&self) -> Vec<HostCandidate> {
        let mut seen = self.stun.reflexive();
        for by_relay in self.turn.reflexive() {
            if !seen.contains(&by_relay) {
                seen.push(by_relay);
            }
        }
        let reflexive = seen.into_iter().map(|it| HostCandidate::Reflexive { address: it.address, base: it.base });
        let relayed = self.turn.relayed().map(HostCandidate::Relayed);
        let near = self.own.iter().chain(&self.mapped).copied();
        near.chain(reflexive.filter(|it| !self.mapped.contains(it))).chain(relayed).collect()
    }

    /// This machine has other addresses: what servers told is not true any more.
    pub fn set_own(&mut self, own: Vec<HostCandidate>, now: Instant) {
        self.own = own;
        self.stun.start_anew(now);
        self.turn.start_anew(now);
    }

    pub fn set_mapped(&mut self, mapped: Vec<HostCandidate>) {
        self.mapped = mapped;
    }

    pub fn set_relays(&mut self, relays: Vec<Relay>) {
        self.relays = relays;
    }

    pub fn set_stun(&mut self, servers: Vec<StunServer>, now: Instant) {
        self.stun.set_servers(servers, now);
    }

    pub fn set_turn(&mut self, servers: Vec<TurnServer>, transport: &MediaTransport, now: Instant) {
        self.turn.set_servers(servers, now, &mut |relay, message| transport.send_to(relay, message));
    }

    /// Asks for the address that a guest hides behind a name.
    pub fn resolve(&mut self, peer: PeerId, name: LocalName, now: Instant) {
        self.names.resolve(peer, name, &self.own, now);
    }

    /// When [`Servers::handle_timeout`] is to be called at the latest.
    pub fn poll_timeout(&self) -> Instant {
        let others = [self.stun.poll_timeout(), self.names.poll_timeout()];
        others.into_iter().flatten().fold(self.turn.poll_timeout(), Instant::min)
    }

    /// Asks what is due, and tells what is new. True if there are other ways to this host.
    pub fn handle_timeout(
        &mut self,
        transport: &MediaTransport,
        config: &NetConfig,
        now: Instant,
        wall: SystemTime,
    ) -> bool {
        self.stun.handle_timeout(now, |server, question| transport.send_to(server, question));
        self.turn.handle_timeout(now, wall, &mut |relay, message| transport.send_to(relay, message));
        self.names.handle_timeout(now);
        let (stun, turn) = (self.stun.poll_status(), self.turn.poll_status());
        let changed = self.turn.poll_reflexive() || stun.is_some() || turn.is_some();
        stun.map(&config.on_stun);
        turn.map(&config.on_turn);
        changed
    }

    /// Whether a datagram is a server's: a look at a few addresses, which is all that a guest's costs.
    #[inline]
    pub fn is_server(&self, source: SocketAddr) -> bool {
        self.stun.is_server(source) || self.turn.is_server(source)
    }

    /// A datagram of a server came. The guest's in it, if there is one, is in [`Servers::unwrapped`].
    pub fn handle_datagram(&mut self, via: Via, data: &[u8], now: Instant) -> Option<Relayed> {
        // One server may be both.
        self.stun.handle_datagram(via.source, via.local, data, now);
        self.turn.handle_datagram(via.source, via.local, data, &mut self.unwrapped)
    }

    /// The next datagram of a guest that a connection to a relay brought, in [`Servers::unwrapped`].
    #[inline]
    pub fn receive(&mut self) -> Option<Relayed> {
        self.turn.receive(&mut self.unwrapped)
    }

    /// The last guest's datagram.
    pub fn unwrapped(&self) -> &[u8] {
        &self.unwrapped
    }

    /// Who is let in is told of the relays, with accounts of their own where there is a secret to make them of.
    pub fn tell_relays(&self, message: &mut ToPage, wall: SystemTime) {
        if let ToPage::Welcome { peer, ice, .. } = message {
            let guest = peer.to_string();
            ice.extend(self.relays.iter().map(|relay| relay.for_page(&guest, wall)));
        }
    }

    /// Gives back what is relayed: the host ends.
    pub fn release(&mut self, transport: &MediaTransport, now: Instant) {
        self.turn.release(now, &mut |relay, message| transport.send_to(relay, message));
    }
}
