//! The net thread: it reads datagrams, calls the session, and does what the session returns.
//!
//! What comes before what is decided here and nowhere else: an input is on the board before anything else is made of its
//! datagram, and between any two steps of the session's work, and between any few datagrams that leave, inputs are looked
//! for again. The thread sleeps in one `poll` until a datagram, a packet, a command or a timer is there. This is the one file
//! of the module that reads the clock.

use super::callers::Callers;
use super::handle::{self, NetCommand, NetError, NetHandle};
use super::transport::send::{self, Outgoing};
use super::transport::{Routes, arrival, local_addresses};
use crate::input::Seat;
use crate::link::board::{BoardWriter, FeedbackReader, Lane};
use crate::packet::{AudioPacket, Format, VideoPacket};
use crate::room::{PeerId, Room, SystemRandom};
use crate::session::connection::FrameTimes;
use crate::session::webrtc::{WebRtc, certificate};
use crate::session::{self, Action, Datagram, InputUpdate, Session, SessionEvent, Work};
use crate::sync::{self, Claim, Event, spawn};
use crate::video::VideoControl;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime};

/// Datagrams taken in a row before packets get their turn.
const BATCH: usize = 64;
/// Datagrams taken between two peers that are sent something: a flood must not hold it back from those who come later.
const FEW: usize = 8;
/// Datagrams sent before inputs are looked for again: on a busy machine each is up to ten microseconds.
const FEW_SENT: usize = 4;

/// What the net thread works with.
pub struct NetConfig {
    pub socket: UdpSocket,
    /// Encoded video.
    pub video: rtrb::Consumer<VideoPacket>,
    /// Used packets go back.
    pub spares: rtrb::Producer<VideoPacket>,
    /// Encoded sound.
    pub audio: rtrb::Consumer<AudioPacket>,
    /// Rung when there is a packet or a command.
    pub event: Arc<Event>,
    /// Asked for keyframes, told how many watch and what the networks carry.
    pub video_control: Arc<VideoControl>,
    /// Whether anyone listens.
    pub on_listeners: Box<dyn Fn(bool) + Send>,
    /// Where inputs go.
    pub board: BoardWriter,
    /// Motors and LEDs of the core.
    pub feedback: FeedbackReader,
    pub room: Room,
    /// Stream in this format only.
    pub force_format: Option<Format>,
    /// Told what happens; must not block.
    pub on_event: Box<dyn Fn(SessionEvent) + Send>,
}

/// Starts the net thread. It ends by [`session::SessionCommand::Close`].
pub fn start(config: NetConfig) -> Result<(NetHandle, JoinHandle<()>), NetError> {
    let failed = |error: std::io::Error| NetError::Socket { cause: error.into() };
    config.socket.set_nonblocking(true).map_err(failed)?;
    let bound = config.socket.local_addr().map_err(failed)?;
    // A keyframe for thirty peers is a burst of a megabyte; what the system does not grant, it does not grant.
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(&config.socket, 4 << 20);
    let _ = rustix::net::sockopt::set_socket_recv_buffer_size(&config.socket, 1 << 20);
    let (commands, inbox) = sync_channel(handle::COMMANDS);
    let session = Session::new(session::Config {
        room: config.room,
        force_format: config.force_format,
        addresses: local_addresses(bound),
        identity: certificate().map_err(|cause| NetError::Certificate { cause })?,
        random: Box::new(SystemRandom),
        now: Instant::now(),
        monotonic: sync::now(),
    });
    let handle = NetHandle::new(commands, config.event.clone());
    let thread = NetThread {
        session,
        socket: config.socket,
        video: config.video,
        spares: config.spares,
        audio: config.audio,
        event: config.event,
        video_control: config.video_control,
        on_listeners: config.on_listeners,
        board: config.board,
        feedback: config.feedback,
        on_event: config.on_event,
        inbox,
        callers: Callers::default(),
        routes: Routes::new(bound),
        buffer: vec![0; 2048],
        control: arrival::control_buffer(),
    };
    let thread = spawn("net", move || thread.run()).map_err(|cause| NetError::Thread { cause })?;
    Ok((handle, thread))
}

impl Outgoing for Session<WebRtc> {
    fn next(&mut self) -> Option<Datagram> {
        self.poll_datagram()
    }

    fn sent(&mut self, peer: PeerId, times: &FrameTimes) {
        self.handle_sent(peer, times, sync::now());
    }
}

struct NetThread {
    session: Session<WebRtc>,
    socket: UdpSocket,
    video: rtrb::Consumer<VideoPacket>,
    spares: rtrb::Producer<VideoPacket>,
    audio: rtrb::Consumer<AudioPacket>,
    event: Arc<Event>,
    video_control: Arc<VideoControl>,
    on_listeners: Box<dyn Fn(bool) + Send>,
    board: BoardWriter,
    feedback: FeedbackReader,
    on_event: Box<dyn Fn(SessionEvent) + Send>,
    inbox: Receiver<NetCommand>,
    callers: Callers,
    routes: Routes,
    /// For what is received, and what the kernel notes about it.
    buffer: Vec<u8>,
    control: Vec<u8>,
}

impl NetThread {
    fn run(mut self) {
        sync::wake_before_others(Claim::First);
        arrival::note(&self.socket);
        while !self.session.is_closed() {
            self.sleep();
            self.exchange(BATCH);
            self.take_packets();
            self.take_commands();
            self.take_feedback();
            self.session.handle_timeout(Instant::now());
            self.work();
            self.act();
        }
    }

    fn sleep(&self) {
        let now = Instant::now();
        let limit = self.session.poll_timeout(now).saturating_duration_since(now);
        let limit = Timespec { tv_sec: limit.as_secs().cast_signed(), tv_nsec: limit.subsec_nanos().into() };
        let mut fds = [
            PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.event.fd(), PollFlags::IN),
        ];
        // Interrupted or not: everything is looked at anyway.
        let _ = poll(&mut fds, Some(&limit));
        if !fds[1].revents().is_empty() {
            self.event.take();
        }
    }

    /// Inputs go to the board first, and then everything out that waits to be sent, a few at a time with a look at what came
    /// in between.
    fn exchange(&mut self, most: usize) {
        self.apply_inputs();
        let mut left = self.receive(most);
        while self.session.has_datagrams() {
            send::send(FEW_SENT, &self.socket, &mut self.session);
            if left > 0 {
                left = self.receive(left);
            }
        }
    }

    /// How many more might have been taken, when there are none.
    fn receive(&mut self, most: usize) -> usize {
        for taken in 0..most {
            let received = arrival::receive(&self.socket, &mut self.buffer, &mut self.control);
            let (len, source, arrived) = match received {
                Ok(received) => received,
                // An ICMP error about an earlier datagram comes up here; the next call goes on.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => continue,
                Err(_) => return most - taken,
            };
            self.take_datagram(len, source, arrived);
        }
        0
    }

    fn take_datagram(&mut self, len: usize, source: SocketAddr, arrived: arrival::Arrival) {
        let now = Instant::now();
        let data = &self.buffer[..len];
        // A stranger's datagram costs no look into the routing table.
        let Some(peer) = self.session.recipient(source, data, now) else { return };
        let local = self.routes.local_for(source);
        self.session.handle_datagram(peer, source, local, data, now);
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
            InputUpdate::Pad(seat, pad) => self.board.set(Lane::Remote, seat.index(), pad),
            InputUpdate::Keyboard(keys) => self.board.set_keyboard(Lane::Remote, &keys),
            InputUpdate::Mouse(seat, state) => self.board.set_mouse(Lane::Remote, seat.index(), state),
            InputUpdate::MouseMoved(seat, moved) => self.board.move_mouse(Lane::Remote, seat.index(), moved),
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
        while let Ok(packet) = self.video.pop() {
            self.session.handle_video(&packet);
            // Full is impossible: there are as many places as packets.
            let _ = self.spares.push(packet);
            self.work();
        }
        while let Ok(packet) = self.audio.pop() {
            self.session.handle_audio(&packet);
            self.work();
        }
        let broken = Format::ALL.map(|format| self.video_control.is_broken(format));
        self.session.handle_encoders(broken, Instant::now());
    }

    fn take_commands(&mut self) {
        for join in self.callers.hung_up() {
            self.session.handle_hangup(join);
        }
        while let Ok(command) = self.inbox.try_recv() {
            match command {
                NetCommand::Join(join, address, reply) => {
                    let id = self.callers.add(reply);
                    self.session.handle_join(id, join, address, Instant::now());
                    // A handshake takes its time: packets have their turn before the next one.
                    self.event.signal();
                    return;
                }
                NetCommand::Session(command) => self.session.handle_command(command, Instant::now()),
            }
        }
    }

    fn take_feedback(&mut self) {
        let now = Instant::now();
        for seat in Seat::ALL {
            self.session.handle_rumble(seat, self.feedback.rumble(seat.index()), now);
        }
        self.session.handle_leds(self.feedback.leds());
        self.session.handle_activity(self.board.held_seats(), now);
    }

    fn act(&mut self) {
        while let Some(action) = self.session.poll_action() {
            match action {
                Action::RequestKeyframe(format) => self.video_control.request_keyframe(format),
                Action::SetViewers(format, viewers) => self.video_control.set_viewers(format, viewers),
                Action::SetMaxBitrate(format, kbit_s) => self.video_control.set_max_kbit_s(format, kbit_s),
                Action::SetListeners(any) => (self.on_listeners)(any),
                Action::Reply(id, reply) => self.callers.reply(id, reply),
                Action::Notify(event) => (self.on_event)(event),
            }
        }
    }
}
