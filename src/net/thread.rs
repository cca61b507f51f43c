//! The net thread: it reads datagrams, calls the session, and does what the session returns.
//!
//! What comes before what is decided here and nowhere else: an input is on the board before anything else is made of its
//! datagram, and between any two steps of the session's work, and between any few datagrams that leave, inputs are looked
//! for again. The thread sleeps in one `poll` until a datagram, a packet, a command or a timer is there. This is the one file
//! of the module that reads the clock.

use super::callers::Callers;
use super::handle::NetCommand;
use super::servers::Servers;
use super::start::NetConfig;
use super::transport::arrival::Arrival;
use super::transport::media::MediaTransport;
use super::transport::send::{self, Outgoing};
use super::transport::turn::Relayed;
use crate::input::Seat;
use crate::link::board::Lane;
use crate::packet::Format;
use crate::room::{PeerId, Room, SystemRandom};
use crate::session::connection::{FrameTimes, Via};
use crate::session::webrtc::WebRtc;
use crate::session::{self, Action, Datagram, InputUpdate, Session, SessionCommand, Work};
use crate::sync::{self, Claim};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
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
    servers: Servers,
    /// Relays' connections have their turn first the next time.
    relays_first: bool,
}

impl NetThread {
    /// `identity` is the certificate of all connections.
    pub fn new(
        config: NetConfig,
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
        let servers = Servers::new(&config, Instant::now());
        NetThread { session, transport, config, inbox, callers: Callers::default(), servers, relays_first: false }
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
        self.servers.release(&self.transport, Instant::now());
    }

    fn sleep(&self) {
        let now = Instant::now();
        let next = self.session.poll_timeout(now).min(self.servers.poll_timeout());
        let limit = next.saturating_duration_since(now);
        let limit = Timespec { tv_sec: limit.as_secs().cast_signed(), tv_nsec: limit.subsec_nanos().into() };
        let event = self.config.event.fd();
        let fds = [self.transport.fd(), event, self.servers.names.fd().unwrap_or(event)];
        let mut fds = fds.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
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
            send::send(FEW_SENT, &self.transport, &mut self.servers.turn, &mut self.session);
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
        if self.servers.is_server(via.source) {
            if let Some(relayed) = self.servers.handle_datagram(via, incoming.data, now) {
                self.hand_over(relayed, arrived, now);
            }
            return true;
        }
        let peer = self.session.recipient(via, incoming.data, now);
        if let Some(peer) = peer {
            self.session.handle_datagram(peer, via, incoming.data, now);
            self.apply_arrived(arrived, now);
        }
        self.transport.set_known(via, peer.is_some());
        true
    }

    /// False when no connection to a relay brought anything.
    fn take_relayed(&mut self) -> bool {
        let Some(relayed) = self.servers.receive() else { return false };
        self.hand_over(relayed, Arrival::default(), Instant::now());
        true
    }

    /// What a relay brought is a guest's datagram like any other.
    fn hand_over(&mut self, relayed: Relayed, arrived: Arrival, now: Instant) {
        let via = Via::udp(relayed.guest, relayed.relayed);
        if let Some(peer) = self.session.recipient(via, self.servers.unwrapped(), now) {
            self.session.handle_datagram(peer, via, self.servers.unwrapped(), now);
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
            InputUpdate::Motion(seat, motion) => self.config.board.set_motion(seat.index(), motion),
            InputUpdate::Motionless(seats) => self.config.board.set_motionless(seats),
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
                    self.servers.set_own(own, Instant::now());
                    self.tell_candidates();
                }
                NetCommand::Mapped(mapped) => {
                    self.servers.set_mapped(mapped);
                    self.tell_candidates();
                }
                NetCommand::Relays(relays) => self.servers.set_relays(relays),
                NetCommand::TurnServers(servers) => self.servers.set_turn(servers, &self.transport, Instant::now()),
                NetCommand::StunServers(servers) => self.servers.set_stun(servers, Instant::now()),
                NetCommand::Session(command) => self.session.handle_command(command, Instant::now()),
            }
        }
    }

    /// How others see this machine, and what follows from it.
    fn ask_servers(&mut self) {
        if self.servers.handle_timeout(&self.transport, &self.config, Instant::now(), SystemTime::now()) {
            self.tell_candidates();
        }
        while let Some(it) = self.servers.names.poll_resolved() {
            self.session.handle_resolved(it.peer, it.name, it.address, Instant::now());
        }
    }

    fn tell_candidates(&mut self) {
        self.session.handle_command(SessionCommand::Candidates(self.servers.candidates()), Instant::now());
    }

    fn take_feedback(&mut self) {
        let now = Instant::now();
        for seat in Seat::ALL {
            self.session.handle_rumble(seat, self.config.feedback.rumble(seat.index()), now);
        }
        self.session.handle_leds(self.config.feedback.leds());
        self.session.handle_sensors(self.config.feedback.sensors());
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
                    self.servers.tell_relays(&mut reply.message, SystemTime::now());
                    self.callers.reply(id, reply);
                }
                Action::Forget(id) => self.callers.forget(id),
                Action::Resolve(peer, name) => self.servers.resolve(peer, name, Instant::now()),
                Action::StopResolving(peer) => self.servers.names.stop(peer),
                Action::Notify(event) => (self.config.on_event)(event),
            }
        }
    }
}
