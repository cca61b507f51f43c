//! One peer: what is sent to it and what is believed of it, over a [`Connection`].

use super::connection::{
    Connection, ConnectionEvent, EncodedFrame, FrameTimes, HostCandidate, OfferError, Output, PeerPath, Via,
};
use super::local_names::{HiddenCandidates, LocalName, Taken};
use super::protocol::{
    ClosingCode, FromPeer, InputMessage, KeyMessage, MotionMessage, MouseMessage, PadMessage, ToPeer, parse_control,
};
use crate::input::{KeySet, MAX_SEATS, MotionState, MouseMove, MouseState, PadState, Seat};
use crate::packet::{AudioPacket, Format, PictureShape};
use crate::rate_limit::{RateLimit, RateLimiter};
use crate::room::RoomCommand;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use str0m::net::Transmit;

/// A peer that says nothing for this long has its buttons released.
pub const SILENCE: Duration = Duration::from_secs(3);
/// A peer that is not connected by then is given up.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// A peer that cannot be reached for this long is given up.
const LOST_LIMIT: Duration = Duration::from_secs(8);
/// Messages of the input channel; more is a flood.
const INPUTS: RateLimit = RateLimit::window(2000, Duration::from_secs(1));
/// Messages of the control channel; more is a flood.
const CONTROLS: RateLimit = RateLimit::window(20, Duration::from_secs(1));
/// Ways to a page that are tried: the host sends checks to each, so a page names no more than a browser has.
const MAX_CANDIDATES: usize = 64;
/// How often a peer may look for another way; more is passed over, and it joins anew in the end.
const RESTARTS: RateLimit = RateLimit::new(8, Duration::from_secs(2));
/// Requests for keyframes that count: each costs everyone who watches the same rendition.
const KEYFRAMES: RateLimit = RateLimit::new(3, Duration::from_secs(2));
/// A request this soon after a keyframe was sent to the peer was made before it arrived: it is granted already.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

/// What came of a peer, for the session to act on.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerEvent {
    /// Media flows from now on.
    Connected,
    /// It wants to be told everything.
    ControlOpen,
    KeyframeRequest,
    /// Something is held or let go, to be checked against the room.
    Input(Input),
    /// It asks for something, which the room decides.
    Command(&'static str, RoomCommand),
    /// It asks for something that there cannot be.
    OutOfRange(&'static str),
    /// It leaves.
    Bye,
    /// It cannot be reached any more.
    Lost,
    /// It did what no page does.
    Violation(ClosingCode),
    /// There is another estimate of what its network carries.
    Estimate,
}

/// The state of a device of a peer, for a seat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input {
    Pad(Seat, PadState),
    Keys(Seat, KeySet),
    /// How far it moved, and how it is.
    Mouse(Seat, MouseMove, MouseState),
    /// How it is moved.
    Motion(Seat, MotionState),
}

/// What [`Peer::poll`] has.
pub enum Polled {
    Transmit(Transmit, Option<FrameTimes>),
    Event(PeerEvent),
    /// Nothing until [`Peer::next_timeout`].
    Idle,
}

/// What is expected of a keyframe request.
#[derive(Debug)]
struct KeyframeRequests {
    limiter: RateLimiter,
    served: Option<Instant>,
    created: Instant,
}

impl KeyframeRequests {
    fn new(now: Instant) -> KeyframeRequests {
        KeyframeRequests { limiter: RateLimiter::new(KEYFRAMES, Duration::ZERO), served: None, created: now }
    }

    /// True if the request counts.
    fn take(&mut self, now: Instant) -> bool {
        if self.served.is_some_and(|served| now.saturating_duration_since(served) < ON_ITS_WAY) {
            return false;
        }
        self.limiter.take(now.saturating_duration_since(self.created))
    }
}

/// One peer.
pub struct Peer<C> {
    connection: C,
    /// The rendition it watches.
    format: Format,
    connected: bool,
    created: Instant,
    unreachable_since: Option<Instant>,
    next_timeout: Instant,
    /// Number of the newest state seen, by seat.
    pad_seq: [Option<u32>; MAX_SEATS],
    key_seq: [Option<u32>; MAX_SEATS],
    /// The newest message of its mice.
    mice: [Option<MouseMessage>; MAX_SEATS],
    motion_seq: [Option<u32>; MAX_SEATS],
    last_input: Option<Instant>,
    /// Any datagram at all: a browser that was killed says nothing more, and no close reaches us.
    last_heard: Instant,
    /// Whether a button or stick may be held by this peer.
    holding: bool,
    wants_keyframe: bool,
    /// The host may be elsewhere, and this peer was not heard since.
    moved: bool,
    keyframe_requests: KeyframeRequests,
    inputs: RateLimiter,
    controls: RateLimiter,
    restarts: RateLimiter,
    /// Since it joined or started anew to look for a way.
    remote_candidates: usize,
    hidden: HiddenCandidates,
    lost: bool,
    bytes_sent: u64,
    round_trip: Option<Duration>,
    path: Option<PeerPath>,
    loss: f32,
    repeats: u64,
    estimate_kbit_s: u32,
    /// Events that came of one message, oldest first: at most the states of one.
    events: Vec<PeerEvent>,
    text: Vec<u8>,
}

impl<C: Connection> Peer<C> {
    /// Answers a page's offer.
    pub fn accept(
        offer: &str,
        candidates: &[HostCandidate],
        identity: C::Identity,
        now: Instant,
    ) -> Result<(Peer<C>, String), OfferError> {
        let (connection, answer) = C::accept(offer, candidates, identity, now)?;
        let format = *connection.formats().first().ok_or(OfferError::NoCodec)?;
        let peer = Peer {
            connection,
            format,
            connected: false,
            created: now,
            unreachable_since: None,
            next_timeout: now,
            pad_seq: [None; MAX_SEATS],
            key_seq: [None; MAX_SEATS],
            mice: [None; MAX_SEATS],
            motion_seq: [None; MAX_SEATS],
            last_input: None,
            last_heard: now,
            holding: false,
            wants_keyframe: false,
            moved: false,
            keyframe_requests: KeyframeRequests::new(now),
            inputs: RateLimiter::new(INPUTS, Duration::ZERO),
            controls: RateLimiter::new(CONTROLS, Duration::ZERO),
            restarts: RateLimiter::new(RESTARTS, Duration::ZERO),
            remote_candidates: 0,
            hidden: HiddenCandidates::new(),
            lost: false,
            bytes_sent: 0,
            round_trip: None,
            path: None,
            loss: 0.0,
            repeats: 0,
            estimate_kbit_s: 0,
            events: Vec::with_capacity(8),
            text: Vec::new(),
        };
        Ok((peer, answer))
    }

    /// See [`Connection::set_candidates`].
    pub fn set_candidates(&mut self, candidates: &[HostCandidate]) -> Vec<String> {
        self.connection.set_candidates(candidates)
    }

    /// The host may be in another network.
    pub fn host_moved(&mut self) {
        self.moved = self.connected;
    }

    /// See [`Connection::add_remote_candidate`]. Past the last one that is taken, they are passed over. Returns the name whose
    /// address the candidate waits for: [`Peer::handle_resolved`].
    pub fn add_remote_candidate(&mut self, line: &str, now: Instant) -> Option<LocalName> {
        if self.remote_candidates >= MAX_CANDIDATES {
            return None;
        }
        self.remote_candidates += 1;
        let age = self.age(now);
        match self.hidden.take(line, age) {
            Taken::Open => self.connection.add_remote_candidate(line),
            Taken::Waits(name) => return Some(name),
            Taken::Refused => {}
        }
        None
    }

    /// The address behind a name of this peer's.
    pub fn handle_resolved(&mut self, name: LocalName, address: IpAddr) {
        for line in self.hidden.found(name, address) {
            self.connection.add_remote_candidate(&line);
        }
    }

    /// Whether it ever waited for the address of a name.
    pub fn has_names(&self) -> bool {
        self.hidden.were_any()
    }

    /// See [`Connection::restart`]. None when there were too many, or it is no offer.
    pub fn restart(&mut self, offer: &str, now: Instant) -> Option<String> {
        let age = self.age(now);
        if !self.restarts.take(age) {
            return None;
        }
        let answer = self.connection.restart(offer).ok()?;
        self.remote_candidates = 0;
        self.hidden.clear();
        Some(answer)
    }

    #[inline]
    pub fn accepts(&self, via: Via, data: &[u8], now: Instant) -> bool {
        self.connection.accepts(via, data, now)
    }

    #[inline]
    pub fn handle_datagram(&mut self, via: Via, data: &[u8], now: Instant) {
        self.last_heard = now;
        self.connection.handle_datagram(via, data, now);
        if std::mem::take(&mut self.moved) {
            self.is_back(now);
        }
    }

    /// When [`Peer::handle_timeout`] wants to be called at the latest.
    #[inline]
    pub fn next_timeout(&self) -> Instant {
        self.next_timeout
    }

    #[inline]
    pub fn handle_timeout(&mut self, now: Instant) {
        self.connection.handle_timeout(now);
    }

    /// Whether it can be shown this format.
    pub fn takes(&self, format: Format) -> bool {
        self.connection.formats().contains(&format)
    }

    /// The rendition it watches.
    pub fn format(&self) -> Format {
        self.format
    }

    /// From now on it watches this rendition, from its next keyframe. It must be one that the peer takes.
    pub fn watch(&mut self, format: Format) {
        if self.takes(format) {
            self.format = format;
            self.wants_keyframe = true;
            self.connection.forget_frames();
        }
    }

    /// Hands over one frame, if it is of the rendition that the peer watches.
    pub fn write_video(&mut self, frame: &EncodedFrame, now: Instant) {
        if !self.connected || frame.format != self.format {
            return;
        }
        // A keyframe is what a newcomer's decoder starts with; what comes before it is of no use.
        if self.wants_keyframe && !frame.keyframe {
            return;
        }
        self.wants_keyframe = false;
        if frame.keyframe {
            self.keyframe_requests.served = Some(now);
        }
        self.connection.write_video(frame, now);
    }

    pub fn write_audio(&mut self, packet: &AudioPacket, now: Instant) {
        if self.connected {
            self.connection.write_audio(packet, now);
        }
    }

    /// Says something on the control channel. False when it cannot be said (yet).
    pub fn say(&mut self, message: &ToPeer<'_>) -> bool {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        let said = serde_json::to_writer(&mut text, message).is_ok() && self.connection.write_control(&text);
        self.text = text;
        said
    }

    /// Says what was written before, for everyone.
    pub fn say_text(&mut self, text: &[u8]) -> bool {
        self.connection.write_control(text)
    }

    /// Tells the page how to show the video.
    pub fn say_shape(&mut self, shape: &PictureShape) -> bool {
        self.say(&ToPeer::Picture {
            width: shape.width,
            height: shape.height,
            aspect: shape.aspect,
            coded_width: shape.coded_width,
            coded_height: shape.coded_height,
        })
    }

    /// Bytes sent so far, on the wire.
    pub fn bytes_sent(&self) -> u64 {
        self.bytes_sent
    }

    /// Once measured.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// The way that its datagrams take, once known.
    pub fn path(&self) -> Option<PeerPath> {
        self.path
    }

    /// Share of packets that the peer says it lost.
    pub fn loss(&self) -> f32 {
        self.loss
    }

    /// How often it has asked for packets of the picture again.
    pub fn repeats(&self) -> u64 {
        self.repeats
    }

    /// What its network is thought to carry, in kbit/s; 0 before anything is known.
    pub fn estimate_kbit_s(&self) -> u32 {
        self.estimate_kbit_s
    }

    pub fn close(&mut self) {
        self.connection.close();
    }

    /// The next thing that the peer has for the session. To be called until it is idle after every other call.
    #[inline]
    pub fn poll(&mut self, now: Instant) -> Polled {
        loop {
            if !self.events.is_empty() {
                return Polled::Event(self.events.remove(0));
            }
            match self.connection.poll_output() {
                Output::Transmit(datagram, ends) => {
                    self.bytes_sent += datagram.contents.len() as u64;
                    return Polled::Transmit(datagram, ends);
                }
                Output::Event(event) => self.handle(event, now),
                Output::Timeout(at) => {
                    self.next_timeout = at;
                    if self.is_given_up(now) && !std::mem::replace(&mut self.lost, true) {
                        return Polled::Event(PeerEvent::Lost);
                    }
                    return Polled::Idle;
                }
            }
        }
    }

    fn is_given_up(&self, now: Instant) -> bool {
        let too_long = |since: Instant, limit| now.saturating_duration_since(since) > limit;
        let never_came = !self.connected && too_long(self.created, CONNECT_LIMIT);
        let unreachable = self.unreachable_since.is_some_and(|since| too_long(since, LOST_LIMIT));
        never_came || unreachable || (self.connected && too_long(self.last_heard, LOST_LIMIT))
    }

    /// Whether its buttons are to be released because nothing was heard for [`SILENCE`]. True once.
    pub fn fell_silent(&mut self, now: Instant) -> bool {
        let silent = self.last_input.is_some_and(|last| now.saturating_duration_since(last) > SILENCE);
        silent && std::mem::take(&mut self.holding)
    }

    fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.created)
    }

    #[inline]
    fn handle(&mut self, event: ConnectionEvent, now: Instant) {
        match event {
            ConnectionEvent::Connected => {
                self.connected = true;
                self.wants_keyframe = true;
                self.events.push(PeerEvent::Connected);
                self.events.push(PeerEvent::KeyframeRequest);
            }
            ConnectionEvent::Reachable(reachable) => {
                if reachable && self.unreachable_since.is_some() && self.connected {
                    self.is_back(now);
                }
                self.unreachable_since = (!reachable).then_some(now);
            }
            ConnectionEvent::ControlOpen => self.events.push(PeerEvent::ControlOpen),
            ConnectionEvent::Input(data) => self.take_input(&data, now),
            ConnectionEvent::Control(data) => self.take_control(&data, now),
            ConnectionEvent::KeyframeRequest => {
                if self.wants_keyframe || self.keyframe_requests.take(now) {
                    self.events.push(PeerEvent::KeyframeRequest);
                }
            }
            ConnectionEvent::Estimate(kbit_s) => {
                self.estimate_kbit_s = kbit_s;
                self.events.push(PeerEvent::Estimate);
            }
            ConnectionEvent::RoundTrip(round_trip) => self.round_trip = Some(round_trip),
            ConnectionEvent::Path(path) => self.path = Some(path),
            ConnectionEvent::Loss(loss) => self.loss = loss,
            ConnectionEvent::Repeats(repeats) => self.repeats = repeats,
            ConnectionEvent::Violation => self.events.push(PeerEvent::Violation(ClosingCode::BadMessage)),
            ConnectionEvent::Closed => {
                if !std::mem::replace(&mut self.lost, true) {
                    self.events.push(PeerEvent::Lost);
                }
            }
        }
    }

    /// Heard again. What it was sent meanwhile is lost, and browsers wait for seconds before they ask for another beginning; what
    /// they ask for first goes where nobody is any more.
    fn is_back(&mut self, now: Instant) {
        if self.keyframe_requests.take(now) {
            self.events.push(PeerEvent::KeyframeRequest);
        }
    }

    #[inline]
    fn take_input(&mut self, data: &[u8], now: Instant) {
        let age = self.age(now);
        if !self.inputs.take(age) {
            self.events.push(PeerEvent::Violation(ClosingCode::Flood));
            return;
        }
        let Some(message) = InputMessage::parse(data) else {
            self.events.push(PeerEvent::Violation(ClosingCode::BadMessage));
            return;
        };
        self.last_input = Some(now);
        match message {
            InputMessage::Pad(message) => self.take_pad(&message),
            InputMessage::Keys(message) => self.take_keys(&message),
            InputMessage::Mouse(message) => self.take_mouse(message),
            InputMessage::Motion(message) => self.take_motion(message),
        }
    }

    #[inline]
    fn take_pad(&mut self, message: &PadMessage) {
        let seat = message.seat;
        let mut press = |pad: PadState| {
            self.holding |= pad != PadState::default();
            self.events.push(PeerEvent::Input(Input::Pad(seat, pad)));
        };
        let last = self.pad_seq[seat.index()];
        if last == Some(message.seq) {
            // Nothing new, but the host may have let go of the buttons meanwhile: after a silence, or with a new core.
            press(message.newest());
            return;
        }
        // The first message of a connection: only its newest state counts, the ones before may be of an earlier one.
        let since = last.unwrap_or(message.seq.wrapping_sub(1));
        let mut any = false;
        for state in message.newer_than(since) {
            any = true;
            press(state);
        }
        if any || last.is_none() {
            self.pad_seq[seat.index()] = Some(message.seq);
        }
    }

    fn take_keys(&mut self, message: &KeyMessage) {
        let seat = message.seat;
        let mut press = |keys: &[u16]| {
            let keys: KeySet = keys.iter().copied().collect();
            self.holding |= !keys.is_empty();
            self.events.push(PeerEvent::Input(Input::Keys(seat, keys)));
        };
        let last = self.key_seq[seat.index()];
        if last == Some(message.seq) {
            press(message.newest());
            return;
        }
        let since = last.unwrap_or(message.seq.wrapping_sub(1));
        let mut any = false;
        for keys in message.newer_than(since) {
            any = true;
            press(keys);
        }
        if any || last.is_none() {
            self.key_seq[seat.index()] = Some(message.seq);
        }
    }

    fn take_mouse(&mut self, message: MouseMessage) {
        let before = self.mice[message.seat.index()];
        if before.is_some_and(|before| before.seq != message.seq && !message.is_newer_than(before.seq)) {
            return;
        }
        self.mice[message.seat.index()] = Some(message);
        self.holding |= message.buttons != 0;
        // The first message says where the totals begin.
        let [dx, dy, wheel, hwheel] = before.map_or([0; 4], |before| message.moved_since(before.totals));
        let state = MouseState { x: message.at[0], y: message.at[1], buttons: message.buttons, over: message.inside };
        let moved = MouseMove { dx, dy, wheel, hwheel };
        self.events.push(PeerEvent::Input(Input::Mouse(message.seat, moved, state)));
    }

    fn take_motion(&mut self, message: MotionMessage) {
        let last = &mut self.motion_seq[message.seat.index()];
        if last.is_some_and(|last| !message.is_newer_than(last)) {
            return;
        }
        *last = Some(message.seq);
        self.holding = true;
        self.events.push(PeerEvent::Input(Input::Motion(message.seat, message.motion)));
    }

    fn take_control(&mut self, data: &[u8], now: Instant) {
        let age = self.age(now);
        if !self.controls.take(age) {
            self.events.push(PeerEvent::Violation(ClosingCode::Flood));
            return;
        }
        let event = match parse_control(data) {
            Some(FromPeer::Ping(t)) => {
                self.say(&ToPeer::Pong { t });
                return;
            }
            Some(FromPeer::Bye) => PeerEvent::Bye,
            Some(FromPeer::Command(kind, command)) => PeerEvent::Command(kind, command),
            Some(FromPeer::OutOfRange(kind)) => PeerEvent::OutOfRange(kind),
            None => PeerEvent::Violation(ClosingCode::BadMessage),
        };
        self.events.push(event);
    }
}

#[cfg(test)]
mod tests;
