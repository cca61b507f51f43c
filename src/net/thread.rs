//! The net thread: it reads datagrams, calls the session, and does what the session returns.
//!
//! What comes before what is decided here and nowhere else: an input is on the board before anything else is made of its
//! datagram, and between any two steps of the session's work, and between any few datagrams that leave, inputs are looked
//! for again. The thread sleeps in one `poll` until a datagram, a packet, a command or a timer is there. This is the one file
//! of the module that reads the clock.

use super::callers::Callers;
use super::handle::NetCommand;
use super::relay::Relay;
use super::start::NetConfig;
use super::transport::arrival::Arrival;
use super::transport::media::MediaTransport;
use super::transport::send::{self, Outgoing};
use super::transport::stun::{Reflexive, StunClient};
use super::transport::turn::{Relayed, TurnClient};
use crate::input::Seat;
use crate::link::board::Lane;
use crate::packet::Format;
use crate::room::{PeerId, Room, SystemRandom};
use crate::session::connection::{FrameTimes, HostCandidate, Via};
use crate::session::protocol::ToPage;
use crate::session::webrtc::WebRtc;
use crate::session::{self, Action, Datagram, InputUpdate, Session, SessionCommand, Work};
use crate::sync::{self, Claim};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use std::net::SocketAddr;
use std::sync::mpsc::Receiver;
use std::time::{Instant, SystemTime};
use str0m::config::DtlsCert;

/// Datagrams taken in a row before packets get their turn.
const BATCH: usize = 64;
/// Datagrams taken between two peers that are sent something: a flood must not hold it back from those who come later.
const FEW: usize = 8;
/// Datagrams sent before inputs are looked for again: on a busy machine each is up to ten microseconds.
const FEW_SENT: usize = 4;

impl Outgoing for Session<WebRtc> {
    fn next(&mut self) -> Option<Datagram> {
        self.poll_datagram()
    }

    fn sent(&mut self, peer: PeerId, times: &FrameTimes) {
        self.handle_sent(peer, times, sync::now());
    }
}

pub(super) struct NetThread {
    session: Session<WebRtc>,
    transport: MediaTransport,
    config: NetConfig,
    inbox: Receiver<NetCommand>,
    callers: Callers,
    stun: StunClient,
    turn: TurnClient,
    /// The last datagram that a relay brought.
    unwrapped: Vec<u8>,
    /// Relays' connections have their turn first the next time.
    relays_first: bool,
    /// The ways to this host at its own addresses.
    own: Vec<HostCandidate>,
    /// Those that servers told of.
    seen: Vec<Reflexive>,
    /// Those by relays of its own.
    relayed: Vec<SocketAddr>,
    /// That guests may use.
    relays: Vec<Relay>,
}

impl NetThread {
    /// `identity` is the certificate of all connections.
    pub fn new(
        mut config: NetConfig,
        room: Room,
        transport: MediaTransport,
        identity: DtlsCert,
        inbox: Receiver<NetCommand>,
    ) -> NetThread {
        let session = Session::new(session::Config {
            room,
            force_format: config.force_format,
            candidates: config.candidates.clone(),
            identity,
            random: Box::new(SystemRandom),
            now: Instant::now(),
            monotonic: sync::now(),
        });
        let own = std::mem::take(&mut config.candidates);
        let turn = TurnClient::new(config.event.clone(), Instant::now());
        NetThread {
            session,
            transport,
            config,
            inbox,
            callers: Callers::default(),
            stun: StunClient::default(),
            turn,
            unwrapped: Vec::new(),
            relays_first: false,
            own,
            seen: Vec::new(),
            relayed: Vec::new(),
            relays: Vec::new(),
        }
    }

    pub fn run(mut self) {
        sync::wake_before_others(Claim::First);
        while !self.session.is_closed() {
            self.sleep();
            self.exchange(BATCH);
            self.take_packets();
            self.take_commands();
            self.take_feedback();
            self.ask_servers();
            self.session.handle_timeout(Instant::now());
            self.work();
            self.act();
        }
        let transport = &self.transport;
        self.turn.release(Instant::now(), &mut |relay, message| transport.send_to(relay, message));
    }

    fn sleep(&self) {
        let now = Instant::now();
        let session = self.session.poll_timeout(now);
        let next = self.stun.poll_timeout().map_or(session, |stun| stun.min(session)).min(self.turn.poll_timeout());
        let limit = next.saturating_duration_since(now);
        let limit = Timespec { tv_sec: limit.as_secs().cast_signed(), tv_nsec: limit.subsec_nanos().into() };
        let mut fds = [
            PollFd::from_borrowed_fd(self.transport.fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.config.event.fd(), PollFlags::IN),
        ];
        // Interrupted or not: everything is looked at anyway.
        let _ = poll(&mut fds, Some(&limit));
        if !fds[1].revents().is_empty() {
            self.config.event.take();
        }
    }

    /// Inputs go to the board first, and then everything out that waits to be sent, a few at a time with a look at what came
    /// in between.
    fn exchange(&mut self, most: usize) {
        self.apply_inputs();
        let mut left = self.receive(most);
        while self.session.has_datagrams() {
            send::send(FEW_SENT, &self.transport, &mut self.turn, &mut self.session);
            if left > 0 {
                left = self.receive(left);
            }
        }
    }

    /// How many more might have been taken, when there are none.
    fn receive(&mut self, most: usize) -> usize {
        for taken in 0..most {
            if !self.take_datagram() {
                return most - taken;
            }
        }
        0
    }

    /// False when none waits.
    fn take_datagram(&mut self) -> bool {
        self.relays_first = !self.relays_first;
        if self.relays_first && self.take_relayed() {
            return true;
        }
        let Some(incoming) = self.transport.receive() else { return !self.relays_first && self.take_relayed() };
        let (now, via, arrived) = (Instant::now(), incoming.via, incoming.arrived);
        // One server may be both.
        let (tells, relays) = (self.stun.is_server(via.source), self.turn.is_server(via.source));
        if tells {
            self.stun.handle_datagram(via.source, via.local, incoming.data, now);
        }
        if tells || relays {
            let data = incoming.data;
            let relayed = self.turn.handle_datagram(via.source, data, &mut self.unwrapped);
            if let Some(relayed) = relayed {
                self.hand_over(relayed, arrived, now);
            }
            return true;
        }
        let Some(peer) = self.session.recipient(via, incoming.data, now) else {
            self.transport.refuse(via);
            return true;
        };
        self.session.handle_datagram(peer, via, incoming.data, now);
        self.apply_arrived(arrived, now);
        true
    }

    /// False when no connection to a relay brought anything.
    fn take_relayed(&mut self) -> bool {
        let Some(relayed) = self.turn.receive(&mut self.unwrapped) else { return false };
        self.hand_over(relayed, Arrival::default(), Instant::now());
        true
    }

    /// What a relay brought is a guest's datagram like any other.
    fn hand_over(&mut self, relayed: Relayed, arrived: Arrival, now: Instant) {
        let via = Via::udp(relayed.guest, relayed.relayed);
        if let Some(peer) = self.session.recipient(via, &self.unwrapped, now) {
            self.session.handle_datagram(peer, via, &self.unwrapped, now);
            self.apply_arrived(arrived, now);
        }
    }

    fn apply_arrived(&mut self, arrived: Arrival, now: Instant) {
        let mut measured = false;
        while let Some(update) = self.session.poll_input(now) {
            self.apply(update);
            if !std::mem::replace(&mut measured, true)
                && let Some(took) = arrived.age(SystemTime::now())
            {
                self.session.handle_input_latency(took);
            }
        }
    }

    fn apply_inputs(&mut self) {
        let now = Instant::now();
        while let Some(update) = self.session.poll_input(now) {
            self.apply(update);
        }
    }

    fn apply(&self, update: InputUpdate) {
        match update {
            InputUpdate::Pad(seat, pad) => self.config.board.set(Lane::Remote, seat.index(), pad),
            InputUpdate::Keyboard(keys) => self.config.board.set_keyboard(Lane::Remote, &keys),
            InputUpdate::Mouse(seat, state) => self.config.board.set_mouse(Lane::Remote, seat.index(), state),
            InputUpdate::MouseMoved(seat, moved) => self.config.board.move_mouse(Lane::Remote, seat.index(), moved),
        }
    }

    /// Everything that the session has to do, with a look at the inputs after each peer.
    fn work(&mut self) {
        loop {
            match self.session.work(Instant::now()) {
                Work::SamePeer => {}
                Work::Step => self.exchange(FEW),
                Work::Done => break,
            }
        }
        self.exchange(FEW);
    }

    fn take_packets(&mut self) {
        while let Ok(packet) = self.config.video.pop() {
            self.session.handle_video(&packet);
            // Full is impossible: there are as many places as packets.
            let _ = self.config.spares.push(packet);
            self.work();
        }
        while let Ok(packet) = self.config.audio.pop() {
            self.session.handle_audio(&packet);
            self.work();
        }
        let broken = Format::ALL.map(|format| self.config.video_control.is_broken(format));
        self.session.handle_encoders(broken, Instant::now());
    }

    fn take_commands(&mut self) {
        for join in self.callers.hung_up() {
            self.session.handle_hangup(join);
        }
        while let Ok(command) = self.inbox.try_recv() {
            match command {
                NetCommand::Join(id, join, origin, reply) => {
                    self.callers.add(id, reply);
                    self.session.handle_join(id, join, origin, Instant::now());
                    // A handshake takes its time: packets have their turn before the next one.
                    self.config.event.signal();
                    return;
                }
                NetCommand::Page(id, message) => self.session.handle_page(id, message, Instant::now()),
                NetCommand::Candidates(own) => {
                    self.own = own;
                    self.stun.start_anew(Instant::now());
                    self.turn.start_anew(Instant::now());
                    self.seen.clear();
                    self.tell_candidates();
                }
                NetCommand::Relays(relays) => self.relays = relays,
                NetCommand::TurnServers(servers) => {
                    let transport = &self.transport;
                    let mut to_relay = |relay, message: &[u8]| transport.send_to(relay, message);
                    self.turn.set_servers(servers, Instant::now(), &mut to_relay);
                }
                NetCommand::StunServers(servers) => self.stun.set_servers(servers, Instant::now()),
                NetCommand::Session(command) => self.session.handle_command(command, Instant::now()),
            }
        }
    }

    /// How others see this machine, and what follows from it.
    fn ask_servers(&mut self) {
        self.stun.handle_timeout(Instant::now());
        while let Some((server, question)) = self.stun.poll_transmit() {
            self.transport.send_to(server, &question);
        }
        let transport = &self.transport;
        let mut to_relay = |relay, message: &[u8]| transport.send_to(relay, message);
        self.turn.handle_timeout(Instant::now(), SystemTime::now(), &mut to_relay);
        if let Some((status, seen)) = self.stun.poll_status() {
            self.seen = seen;
            self.tell_candidates();
            (self.config.on_stun)(status);
        }
        if let Some((status, relayed)) = self.turn.poll_status() {
            self.relayed = relayed;
            self.tell_candidates();
            (self.config.on_turn)(status);
        }
    }

    fn tell_candidates(&mut self) {
        let seen = self.seen.iter().map(|it| HostCandidate::Reflexive { address: it.address, base: it.base });
        let relayed = self.relayed.iter().map(|&it| HostCandidate::Relayed(it));
        let candidates = self.own.iter().copied().chain(seen).chain(relayed).collect();
        self.session.handle_command(SessionCommand::Candidates(candidates), Instant::now());
    }

    fn take_feedback(&mut self) {
        let now = Instant::now();
        for seat in Seat::ALL {
            self.session.handle_rumble(seat, self.config.feedback.rumble(seat.index()), now);
        }
        self.session.handle_leds(self.config.feedback.leds());
        self.session.handle_activity(self.config.board.held_seats(), now);
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll_action() {
            match action {
                Action::RequestKeyframe(format) => self.config.video_control.request_keyframe(format),
                Action::SetViewers(format, viewers) => self.config.video_control.set_viewers(format, viewers),
                Action::SetMaxBitrate(format, kbit_s) => self.config.video_control.set_max_kbit_s(format, kbit_s),
                Action::SetListeners(any) => (self.config.on_listeners)(any),
                Action::Reply(id, mut reply) => {
                    if let ToPage::Welcome { peer, ice, .. } = &mut reply.message {
                        let (guest, now) = (peer.to_string(), SystemTime::now());
                        ice.extend(self.relays.iter().map(|relay| relay.for_page(&guest, now)));
                    }
                    self.callers.reply(id, reply);
                }
                Action::Forget(id) => self.callers.forget(id),
                Action::Notify(event) => (self.config.on_event)(event),
            }
        }
    }
}
