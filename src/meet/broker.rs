//! Who is connected, who listens to what, and who is told. Pure: the time is an argument, and what is to be sent goes into
//! queues that others empty.
//!
//! Nothing outlives its connection: no retained messages, no last wills, no sessions. Messages are delivered at QoS 0, which is
//! what SUBACK grants: a connection loses nothing on its way, and nothing is delivered after it.

use super::packet::{self, ConnectCode, Packet, PacketError};
use super::topic::Topic;
use crate::rate_limit::{RateLimit, RateLimiter};
use axum::body::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// Topics of one client: a host has one for each link.
pub const SUBSCRIPTIONS: usize = 64;
/// Clients that listen to one topic: a host, and itself once more while its old connection is not known to be gone. More are
/// refused.
pub const LISTENERS: usize = 8;
/// Messages of one client, each begun [`UNIT`] bytes a token: a page says its ways to it at once, and all of that again.
pub const PUBLISHES: RateLimit = RateLimit { burst: 256, refill: 32, period: Duration::from_secs(1) };
const UNIT: usize = 4096;
/// The longest silence of a client that asks for a longer one, or for none.
const LONGEST_KEEP_ALIVE: Duration = Duration::from_secs(600);

/// Which connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(u64);

/// Packets on their way to a client.
pub trait Queue {
    /// False when there is no room: the client does not read, and is given up.
    fn push(&self, packet: Bytes) -> bool;

    /// The connection is given up: what waits is not sent any more.
    fn close(&self, why: Ended);
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ended {
    /// It said so, or is gone.
    ByClient,
    /// What it sent is no packet, or one that has no place here.
    Malformed,
    TooLong,
    Version,
    QoS2,
    /// It wants a last will or a session that is kept.
    WantsMore,
    /// It publishes to something else than a topic of the meeting.
    Topic,
    /// It did not read what was meant for it.
    Slow,
    /// Nothing was heard of it for one and a half times its keep alive, or too long at first.
    Silent,
    /// Another connection has its name.
    TakenOver,
    /// We end.
    Shutdown,
}

impl Ended {
    pub const ALL: [Ended; 11] = [
        Ended::ByClient,
        Ended::Malformed,
        Ended::TooLong,
        Ended::Version,
        Ended::QoS2,
        Ended::WantsMore,
        Ended::Topic,
        Ended::Slow,
        Ended::Silent,
        Ended::TakenOver,
        Ended::Shutdown,
    ];

    /// For programs.
    pub fn label(self) -> &'static str {
        match self {
            Ended::ByClient => "by_client",
            Ended::Malformed => "malformed",
            Ended::TooLong => "too_long",
            Ended::Version => "version",
            Ended::QoS2 => "qos2",
            Ended::WantsMore => "wants_more",
            Ended::Topic => "topic",
            Ended::Slow => "slow",
            Ended::Silent => "silent",
            Ended::TakenOver => "taken_over",
            Ended::Shutdown => "shutdown",
        }
    }
}

impl From<PacketError> for Ended {
    fn from(error: PacketError) -> Ended {
        match error {
            PacketError::TooLong => Ended::TooLong,
            PacketError::Malformed => Ended::Malformed,
            PacketError::Version => Ended::Version,
            PacketError::QoS2 => Ended::QoS2,
        }
    }
}

/// What a client listens to, and may still say.
struct Client<Q> {
    name: Box<str>,
    queue: Q,
    topics: Vec<Topic>,
    publishes: RateLimiter,
}

/// What happened since the start, and how it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    pub clients: usize,
    pub subscriptions: usize,
    pub messages_in: u64,
    pub messages_out: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// Nobody listened.
    pub dropped_unheard: u64,
    /// The client says too much.
    pub dropped_rate: u64,
    /// The listener's queue was full.
    pub dropped_slow: u64,
    pub refused_subscriptions: u64,
}

/// All clients.
pub struct Broker<Q> {
    clients: HashMap<ClientId, Client<Q>>,
    names: HashMap<Box<str>, ClientId>,
    /// Those who listen, in no order.
    listeners: HashMap<Topic, Vec<ClientId>>,
    next: u64,
    figures: Figures,
    endings: BTreeMap<Ended, u64>,
}

impl<Q> Default for Broker<Q> {
    fn default() -> Broker<Q> {
        Broker {
            clients: HashMap::new(),
            names: HashMap::new(),
            listeners: HashMap::new(),
            next: 0,
            figures: Figures::default(),
            endings: BTreeMap::new(),
        }
    }
}

impl<Q: Queue> Broker<Q> {
    /// The first packet of a connection: who it is and how long it may be silent, or why it is refused, with the last word to
    /// it. An older connection of the same name is given up (3.1.4).
    pub fn handle_connect(
        &mut self,
        packet: &Packet<'_>,
        queue: Q,
        now: Duration,
    ) -> Result<(ClientId, Duration), (Ended, Option<Bytes>)> {
        let Packet::Connect(connect) = packet else { return Err((Ended::Malformed, None)) };
        if connect.wants_more {
            return Err((Ended::WantsMore, Some(packet::connack(ConnectCode::Unavailable))));
        }
        if let Some(&old) = self.names.get(connect.name) {
            self.remove(old, Ended::TakenOver);
        }
        let id = ClientId(self.next);
        self.next += 1;
        let name: Box<str> = connect.name.into();
        // Without a name there is nothing to take over.
        if !name.is_empty() {
            self.names.insert(name.clone(), id);
        }
        queue.push(packet::connack(ConnectCode::Accepted));
        let publishes = RateLimiter::new(PUBLISHES, now);
        self.clients.insert(id, Client { name, queue, topics: Vec::new(), publishes });
        let asked = Duration::from_secs(connect.keep_alive_s.into());
        let keep_alive = if asked.is_zero() { LONGEST_KEEP_ALIVE } else { asked.min(LONGEST_KEEP_ALIVE) };
        Ok((id, keep_alive * 3 / 2))
    }

    /// Any other packet. An error ends the connection.
    pub fn handle_packet(&mut self, id: ClientId, packet: &Packet<'_>, now: Duration) -> Result<(), Ended> {
        if !self.clients.contains_key(&id) {
            return Err(Ended::TakenOver);
        }
        let answer = match packet {
            Packet::Connect(_) => return Err(Ended::Malformed),
            Packet::Disconnect => return Err(Ended::ByClient),
            Packet::PubAck => return Ok(()),
            Packet::PingReq => packet::pingresp(),
            Packet::Subscribe { id: number, topics } => {
                let codes: Vec<u8> = topics.iter().map(|topic| self.subscribe(id, topic)).collect();
                packet::suback(*number, &codes)
            }
            Packet::Unsubscribe { id: number, topics } => {
                for topic in topics.iter().filter_map(|it| Topic::parse(it)) {
                    self.unsubscribe(id, topic);
                }
                packet::unsuback(*number)
            }
            Packet::Publish { topic, id: number, payload } => {
                self.publish(id, topic, payload, now)?;
                match number {
                    Some(number) => packet::puback(*number),
                    None => return Ok(()),
                }
            }
        };
        // It may be gone: its own message did not fit into its own queue.
        let client = self.clients.get(&id).ok_or(Ended::Slow)?;
        if client.queue.push(answer) { Ok(()) } else { Err(Ended::Slow) }
    }

    /// The granted QoS, or that there is none.
    fn subscribe(&mut self, id: ClientId, topic: &str) -> u8 {
        let client = self.clients.get_mut(&id);
        let Some((client, topic)) = client.zip(Topic::parse(topic)) else { return self.refuse_subscription() };
        if client.topics.contains(&topic) {
            return 0;
        }
        let listeners = self.listeners.entry(topic).or_default();
        if client.topics.len() >= SUBSCRIPTIONS || listeners.len() >= LISTENERS {
            if listeners.is_empty() {
                self.listeners.remove(&topic);
            }
            return self.refuse_subscription();
        }
        client.topics.push(topic);
        listeners.push(id);
        self.figures.subscriptions += 1;
        0
    }

    fn refuse_subscription(&mut self) -> u8 {
        self.figures.refused_subscriptions += 1;
        packet::REFUSED
    }

    fn unsubscribe(&mut self, id: ClientId, topic: Topic) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        if let Some(place) = client.topics.iter().position(|it| *it == topic) {
            client.topics.swap_remove(place);
            self.forget_listener(id, topic);
        }
    }

    fn forget_listener(&mut self, id: ClientId, topic: Topic) {
        self.figures.subscriptions -= 1;
        let Some(listeners) = self.listeners.get_mut(&topic) else { return };
        listeners.retain(|it| *it != id);
        if listeners.is_empty() {
            self.listeners.remove(&topic);
        }
    }

    /// A message to all who listen. What is too much is dropped, and acknowledged like all others: pages repeat themselves.
    fn publish(&mut self, id: ClientId, topic: &str, payload: &[u8], now: Duration) -> Result<(), Ended> {
        self.figures.messages_in += 1;
        self.figures.bytes_in += payload.len() as u64;
        let topic_of = Topic::parse(topic).ok_or(Ended::Topic)?;
        let client = self.clients.get_mut(&id).ok_or(Ended::TakenOver)?;
        if !(0..=payload.len() / UNIT).all(|_| client.publishes.take(now)) {
            self.figures.dropped_rate += 1;
            return Ok(());
        }
        let Some(listeners) = self.listeners.get(&topic_of) else {
            self.figures.dropped_unheard += 1;
            return Ok(());
        };
        let packet = packet::message(topic, payload);
        let mut slow = Vec::new();
        for listener in listeners {
            if self.clients.get(listener).is_some_and(|it| it.queue.push(packet.clone())) {
                self.figures.messages_out += 1;
                self.figures.bytes_out += payload.len() as u64;
            } else {
                slow.push(*listener);
            }
        }
        for listener in slow {
            self.figures.dropped_slow += 1;
            self.remove(listener, Ended::Slow);
        }
        Ok(())
    }

    fn remove(&mut self, id: ClientId, why: Ended) {
        let Some(client) = self.clients.remove(&id) else { return };
        client.queue.close(why);
        if self.names.get(&client.name) == Some(&id) {
            self.names.remove(&client.name);
        }
        for topic in client.topics {
            self.forget_listener(id, topic);
        }
    }

    /// All connections are given up.
    pub fn remove_all(&mut self) {
        for (_, client) in self.clients.drain() {
            client.queue.close(Ended::Shutdown);
        }
        self.names.clear();
        self.listeners.clear();
        self.figures.subscriptions = 0;
    }

    /// A connection has ended, and was this client's if it was one.
    pub fn handle_end(&mut self, id: Option<ClientId>, why: Ended) {
        *self.endings.entry(why).or_default() += 1;
        if let Some(id) = id {
            self.remove(id, why);
        }
    }

    /// How many connections have ended for each reason.
    pub fn endings(&self) -> &BTreeMap<Ended, u64> {
        &self.endings
    }

    pub fn figures(&self) -> Figures {
        Figures { clients: self.clients.len(), ..self.figures }
    }
}

#[cfg(test)]
mod tests;
