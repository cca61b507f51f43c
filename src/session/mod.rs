//! Everything that is decided about the people who play: the room, who comes in, what each peer is sent, whose inputs count,
//! and in which format everyone watches.
//!
//! Sans-I/O, as str0m is: `handle_*` takes what happened and the time, [`Session::work`] does what follows from it, one peer
//! at a time, and `poll_*` hands out what is to be done. It owns no socket, thread or clock. The net thread drives it, and
//! decides alone what comes before what: between any two steps of work it looks for inputs.
//!
//! - [`Session::handle_datagram`], then [`Session::poll_input`] until there is none: an input is out before anything else is
//!   made of its datagram.
//! - [`Session::work`] until [`Work::Done`] after everything else.
//! - [`Session::poll_datagram`], [`Session::poll_action`] and [`Session::poll_timeout`] at any time.

mod admission;
mod broadcast;
mod candidates;
mod commands;
pub mod connection;
mod event;
mod input_router;
mod latency;
mod local_names;
mod peer;
pub mod protocol;
mod renditions;
mod sdp;
mod totals;
pub mod webrtc;
mod work;

pub use event::{
    Action, ChatEvent, InputUpdate, JoinId, PeerStats, Reply, RoomView, SessionCommand, SessionEvent, SessionStats,
    disc_line,
};
pub use local_names::LocalName;
pub use renditions::VideoRate;
pub use totals::{LATENCY_BOUNDS, Totals};
pub use work::Work;

use crate::input::SeatSet;
use crate::packet::{AudioPacket, Format, PictureShape};
use crate::room::{PeerId, Random, Room};
use connection::{Connection, FrameTimes, HostCandidate, Via};
use input_router::{Held, InputRouter};
use latency::Latency;
use peer::{Peer, PeerEvent, Polled};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};
use str0m::net::Transmit;

const SECOND: Duration = Duration::from_secs(1);
/// Datagrams that there is room for from the beginning; more is made by one round of the net thread only when it says its
/// last words to everybody.
const DATAGRAMS: usize = 512;

/// What a session starts from.
pub struct Config<C: Connection> {
    pub room: Room,
    /// Stream in this format only; none for the best that each peer takes.
    pub force_format: Option<Format>,
    /// The ways to the host.
    pub candidates: Vec<HostCandidate>,
    pub identity: C::Identity,
    pub random: Box<dyn Random + Send>,
    /// The time, and the same on the monotonic clock of [`crate::sync::now`], on which invites end.
    pub now: Instant,
    pub monotonic: Duration,
}

/// One datagram to be sent.
#[derive(Debug)]
pub struct Datagram {
    pub peer: PeerId,
    pub transmit: Transmit,
    /// It is the last one of this frame: [`Session::handle_sent`] is to be called.
    pub ends: Option<FrameTimes>,
}

/// A peer, and what it was told.
struct Connected<C> {
    peer: Peer<C>,
    /// The carrier by which it came, as long as that is there.
    carrier: Option<JoinId>,
    name: String,
    /// They were here before: their seats are kept even if this connection never comes to be.
    returned: bool,
    /// How its last datagram came.
    via: Option<Via>,
    /// Its media flows.
    announced: bool,
    /// It was told what does not change often.
    greeted: bool,
    /// Which ways to the host it is told of.
    told_of: candidates::ToldOf,
    /// It could not be told how the room is: what it had to be told before was not taken yet.
    behind: bool,
    /// The seats of which it was told how their motors turn.
    rumbled: SeatSet,
    shape: Option<PictureShape>,
    frames: u64,
    bytes_before: u64,
    repeats_before: u64,
    /// It was told that there is no picture for it.
    troubled: bool,
    held: Held,
}

/// See the module.
pub struct Session<C: Connection> {
    room: Room,
    peers: BTreeMap<PeerId, Connected<C>>,
    identity: C::Identity,
    candidates: Vec<HostCandidate>,
    random: Box<dyn Random + Send>,
    start: Instant,
    monotonic_start: Duration,
    next_second: Instant,

    datagrams: VecDeque<Datagram>,
    inputs: VecDeque<InputUpdate>,
    actions: VecDeque<Action>,
    events: VecDeque<(PeerId, PeerEvent)>,
    /// Its last datagram has not been seen to as a whole.
    draining: Option<PeerId>,
    work: work::Queue,
    /// The block of sound that is being handed out.
    audio: AudioPacket,

    admission: admission::Waiting,
    router: InputRouter,
    renditions: renditions::Renditions,
    told: broadcast::Told,
    latency: Latency,
    totals: Totals,
    last_frame_sent: u64,
    frames_sent: u64,
    closed: bool,
}

impl<C: Connection> Connected<C> {
    #[inline]
    fn next_timeout(&self) -> Instant {
        let next = self.peer.next_timeout();
        self.told_of.relays_at.map_or(next, |at| at.min(next))
    }
}

impl<C: Connection> Session<C> {
    pub fn new(config: Config<C>) -> Session<C> {
        Session {
            room: config.room,
            peers: BTreeMap::new(),
            identity: config.identity,
            candidates: config.candidates,
            random: config.random,
            start: config.now,
            monotonic_start: config.monotonic,
            next_second: config.now + SECOND,
            datagrams: VecDeque::with_capacity(DATAGRAMS),
            inputs: VecDeque::with_capacity(64),
            actions: VecDeque::with_capacity(64),
            events: VecDeque::with_capacity(256),
            draining: None,
            work: work::Queue::default(),
            audio: AudioPacket { data: [0; crate::packet::MAX_OPUS_BYTES], len: 0, position: 0 },
            admission: admission::Waiting::default(),
            router: InputRouter::default(),
            renditions: renditions::Renditions::new(config.force_format),
            told: broadcast::Told::new(config.monotonic),
            latency: Latency::new(),
            totals: Totals::default(),
            last_frame_sent: 0,
            frames_sent: 0,
            closed: false,
        }
    }

    /// The session's time on the monotonic clock.
    fn monotonic(&self, now: Instant) -> Duration {
        self.monotonic_start + now.saturating_duration_since(self.start)
    }

    /// Whether everyone was told that the room is closed.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whose datagram this is; none for a stranger's.
    #[inline]
    pub fn recipient(&self, via: Via, data: &[u8], now: Instant) -> Option<PeerId> {
        let accepts = |it: &Connected<C>| it.peer.accepts(via, data, now);
        let from_there = |it: &Connected<C>| it.via.is_some_and(|last| last.source == via.source);
        let known = self.peers.iter().find(|(_, it)| from_there(it)).filter(|(_, it)| accepts(it));
        known.or_else(|| self.peers.iter().find(|(_, it)| accepts(it))).map(|(&id, _)| id)
    }

    /// A datagram of a peer came. [`Session::poll_input`] is to be called next.
    #[inline]
    pub fn handle_datagram(&mut self, id: PeerId, via: Via, data: &[u8], now: Instant) {
        self.finish_draining(now);
        if let Some(it) = self.peers.get_mut(&id) {
            if it.told_of.holds_back(via, &self.candidates) {
                return;
            }
            it.via = Some(via);
            it.peer.handle_datagram(via, data, now);
            self.draining = Some(id);
        }
    }

    /// The next change of the input board. What else the last datagram brings is seen to when there is none left.
    #[inline]
    pub fn poll_input(&mut self, now: Instant) -> Option<InputUpdate> {
        loop {
            if let Some(update) = self.inputs.pop_front() {
                return Some(update);
            }
            let id = self.draining?;
            if !self.drain_to_input(id, now) {
                self.draining = None;
            }
        }
    }

    /// The next datagram to be sent, oldest first.
    #[inline]
    pub fn poll_datagram(&mut self) -> Option<Datagram> {
        let datagram = self.datagrams.pop_front()?;
        self.totals.datagrams += 1;
        self.totals.bytes += datagram.transmit.contents.len() as u64;
        Some(datagram)
    }

    /// Whether a datagram waits to be sent.
    #[inline]
    pub fn has_datagrams(&self) -> bool {
        !self.datagrams.is_empty()
    }

    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// When [`Session::handle_timeout`] is to be called at the latest.
    #[inline]
    pub fn poll_timeout(&self, now: Instant) -> Instant {
        if self.draining.is_some() || !self.events.is_empty() || !self.work.is_empty() {
            return now;
        }
        let peers = self.peers.values().map(Connected::next_timeout).fold(self.next_second, Instant::min);
        let monotonic = self.monotonic(now);
        let room = self.room_is_news().then(|| self.told.room_wait(monotonic));
        let waits = room.into_iter().chain(self.told.on_screen_wait(monotonic));
        waits.map(|wait| now + wait).fold(peers, Instant::min)
    }

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.finish_draining(now);
        if self.peers.values().any(|it| it.peer.next_timeout() <= now) {
            self.work.push(work::Job::Due);
        }
        self.tell_relays(now);
        if now >= self.next_second {
            self.next_second = now + SECOND;
            self.every_second(now);
        }
    }

    /// The last datagram of a frame was handed to the socket, at `sent` on the monotonic clock.
    #[inline]
    pub fn handle_sent(&mut self, id: PeerId, times: &FrameTimes, sent: Duration) {
        self.latency.frame(times, sent);
        self.totals.frame(times, sent);
        if let Some(it) = self.peers.get_mut(&id) {
            it.frames += 1;
        }
        // Once a frame, however many peers it went to.
        if times.number > self.last_frame_sent {
            self.last_frame_sent = times.number;
            self.frames_sent += 1;
        }
    }

    /// An input is on the board, so long after its datagram arrived.
    pub fn handle_input_latency(&mut self, took: Duration) {
        self.latency.input(took);
        self.totals.inputs += 1;
    }

    fn notify(&mut self, event: SessionEvent) {
        self.actions.push_back(Action::Notify(event));
    }

    /// Sees to what a peer has for others.
    fn drain(&mut self, id: PeerId, now: Instant) {
        while self.drain_to_input(id, now) {}
    }

    #[inline]
    fn finish_draining(&mut self, now: Instant) {
        if let Some(id) = self.draining.take() {
            self.drain(id, now);
        }
    }

    /// The same up to and with the next input, which need not wait for the rest. True when something may be left.
    #[inline]
    fn drain_to_input(&mut self, id: PeerId, now: Instant) -> bool {
        let Some(it) = self.peers.get_mut(&id) else { return false };
        loop {
            match it.peer.poll(now) {
                Polled::Transmit(transmit, ends) => self.datagrams.push_back(Datagram { peer: id, transmit, ends }),
                Polled::Event(PeerEvent::Input(input)) => {
                    self.route(id, input);
                    return true;
                }
                Polled::Event(event) => self.events.push_back((id, event)),
                Polled::Idle => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests;
