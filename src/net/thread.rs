//! The net thread: one UDP socket, every peer, and the room. It owns all three, so nothing here is locked.
//!
//! It sleeps in one `poll` until a datagram, a packet, a wish or a timer is there, and then does whatever is due.

use super::arrival;
use super::door::{Waiting, fresh_digits, fresh_secret};
use super::events::{NetCommand, NetEvent, NetStats, PeerStats, RoomCommand, Talk};
use super::formats::choose;
use super::hands::Held;
use super::latency::Latency;
use super::outbox::Outbox;
use super::peer::{Peer, PeerNews, certificate};
use super::protocol::{ClosingCode, Controls, GameInfo, ToPeer, TroubleCode};
use super::routes::{Routes, local_addresses};
use super::tell::{Lights, Tempo};
use crate::input::{MAX_SEATS, Rumble};
use crate::link::board::{BoardWriter, FeedbackReader};
use crate::packet::{AudioPacket, Format, PictureShape, VideoPacket};
use crate::room::{Deed, Delays, PeerId, Room, Wish};
use crate::sync::{Claim, Event, now, spawn};
use crate::video::VideoControl;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::ops::Bound;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use str0m::config::DtlsCert;

/// Wishes that may wait; full, the one who wishes is told that the host is busy.
const COMMANDS: usize = 256;
/// Datagrams taken in a row before packets get their turn.
const BATCH: usize = 64;
/// Datagrams taken between two peers that are sent something: a flood must not hold it back from those who come later.
pub(super) const FEW: usize = 8;
/// Datagrams sent before inputs are looked for again: on a busy machine each is up to ten microseconds.
const FEW_SENT: usize = 4;
/// Packets of one peer made in a row; an ordinary frame has fewer.
const MANY_PACKETS: usize = 16;
/// Encoded video aims below the estimate by this share, in percent: sound, repeats and the estimate's own error need room.
const USE_OF_ESTIMATE: u32 = 80;
/// Bounds of the video's rate limit, in kbit/s.
const RATE: (u32, u32) = (300, 12_000);

/// What the net thread is connected to.
pub struct NetPorts {
    /// The one socket.
    pub socket: UdpSocket,
    /// Encoded video.
    pub video: rtrb::Consumer<VideoPacket>,
    /// Used packets go back.
    pub spares: rtrb::Producer<VideoPacket>,
    /// Encoded sound.
    pub audio: rtrb::Consumer<AudioPacket>,
    /// Rung when there is a packet or a wish.
    pub event: Arc<Event>,
    /// Asked for keyframes, told how many watch and what the networks carry.
    pub video_control: Arc<VideoControl>,
    /// Whether anyone listens.
    pub on_listeners: Box<dyn Fn(bool) + Send>,
    /// Where inputs go.
    pub board: BoardWriter,
    /// Motors and lamps of the core.
    pub feedback: FeedbackReader,
    /// The room to keep.
    pub room: Room,
    /// Stream in this format only.
    pub wish: Option<Format>,
    /// Told what happens; must not block.
    pub on_event: Box<dyn Fn(NetEvent) + Send>,
}

/// The way to the net thread.
#[derive(Clone)]
pub struct NetHandle {
    commands: SyncSender<NetCommand>,
    event: Arc<Event>,
}

impl NetHandle {
    /// Hands a wish over; false when too many wait already.
    pub fn send(&self, command: NetCommand) -> bool {
        let sent = !matches!(self.commands.try_send(command), Err(TrySendError::Full(_)));
        self.event.signal();
        sent
    }
}

/// Starts the net thread. It ends by [`NetCommand::Close`].
pub fn start(ports: NetPorts) -> Result<(NetHandle, JoinHandle<()>), String> {
    let (commands, inbox) = sync_channel(COMMANDS);
    let event = ports.event.clone();
    let failed = |error: std::io::Error| format!("The UDP socket cannot be used: {error}.");
    ports.socket.set_nonblocking(true).map_err(failed)?;
    let bound = ports.socket.local_addr().map_err(failed)?;
    // A keyframe for thirty peers is a burst of a megabyte; what the system does not grant, it does not grant.
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(&ports.socket, 4 << 20);
    let _ = rustix::net::sockopt::set_socket_recv_buffer_size(&ports.socket, 1 << 20);
    let worker = Worker {
        wish: ports.wish,
        addresses: local_addresses(bound),
        routes: Routes::new(bound),
        inbox,
        peers: BTreeMap::new(),
        game: GameInfo::default(),
        fps: 0.0,
        shapes: [None; Format::ALL.len()],
        latency: Latency::new(),
        next_second: Instant::now() + SECOND,
        news: Vec::with_capacity(256),
        last_frame_sent: 0,
        frames_sent: 0,
        room_told: None,
        controls: Controls::default(),
        waiting: Vec::new(),
        delays: Delays::default(),
        lights: Lights::default(),
        tempo: Tempo::new(Instant::now()),
        rumbles: [Rumble::default(); MAX_SEATS],
        leds: 0,
        closing: false,
        certificate: certificate()?,
        movers: [None; MAX_SEATS],
        buffer: vec![0; 2048],
        control: arrival::control_buffer(),
        outbox: Outbox::new(),
        ports,
    };
    let thread = spawn("net", move || worker.run())?;
    Ok((NetHandle { commands, event }, thread))
}

const SECOND: Duration = Duration::from_secs(1);

pub(super) struct Connection {
    pub peer: Peer,
    pub name: String,
    /// They were here before: their seats are kept even if this connection never comes to be.
    pub returned: bool,
    bytes_before: u64,
    source: Option<SocketAddr>,
    pub announced: bool,
    /// It was told what does not change often.
    pub greeted: bool,
    /// It could not be told how the room is: what it had to say before was not taken yet.
    pub behind: bool,
    /// The seats of which it was told how their motors turn, one bit each.
    pub moved_on: u32,
    pub shape: Option<PictureShape>,
    frames: u64,
    /// It was told that there is no picture for it.
    troubled: bool,
    pub held: Held,
}

impl Connection {
    pub fn new(peer: Peer, name: String, returned: bool) -> Connection {
        Connection {
            peer,
            name,
            returned,
            bytes_before: 0,
            source: None,
            announced: false,
            greeted: false,
            behind: false,
            moved_on: 0,
            shape: None,
            frames: 0,
            troubled: false,
            held: Held::default(),
        }
    }
}

pub(super) struct Worker {
    pub ports: NetPorts,
    pub wish: Option<Format>,
    pub addresses: Vec<SocketAddr>,
    routes: Routes,
    inbox: Receiver<NetCommand>,
    pub peers: BTreeMap<PeerId, Connection>,
    pub game: GameInfo,
    pub controls: Controls,
    fps: f64,
    /// Of the newest packet of each format.
    pub shapes: [Option<PictureShape>; Format::ALL.len()],
    latency: Latency,
    next_second: Instant,
    pub news: Vec<(PeerId, PeerNews)>,
    last_frame_sent: u64,
    frames_sent: u64,
    /// The room's version that everyone was told last.
    pub room_told: Option<u64>,
    pub waiting: Vec<Waiting>,
    pub delays: Delays,
    pub lights: Lights,
    pub tempo: Tempo,
    pub rumbles: [Rumble; MAX_SEATS],
    pub leds: u32,
    closing: bool,
    /// One for all peers: a key for each would be work on this thread for whoever asks.
    pub certificate: DtlsCert,
    /// Whose mouse moved last on each seat.
    pub movers: [Option<PeerId>; MAX_SEATS],
    /// For what is received, and what the kernel notes about it.
    buffer: Vec<u8>,
    control: Vec<u8>,
    /// Everything that leaves, until the inputs are on the board.
    pub outbox: Outbox,
}

impl Worker {
    fn run(mut self) {
        crate::sync::wake_before_others(Claim::First);
        arrival::note(&self.ports.socket);
        loop {
            self.sleep();
            self.take_datagrams(BATCH);
            self.take_packets();
            self.leave_broken();
            self.take_commands();
            self.take_time();
            self.act_on_news();
            self.pass_feedback_on();
            self.tell_room(Instant::now());
            self.tell_lights(Instant::now());
            // Whatever was said in this round.
            self.take_datagrams(FEW);
            if self.closing {
                return;
            }
        }
    }

    fn sleep(&self) {
        let now = Instant::now();
        let until = self.peers.values().map(|c| c.peer.next_timeout()).fold(self.next_second, Instant::min);
        let limit = until.saturating_duration_since(now);
        // What came with the last look at the socket has not been acted on.
        let limit = if self.news.is_empty() { limit } else { Duration::ZERO };
        let limit = if self.room_is_news() { limit.min(self.tempo.wait(now)) } else { limit };
        let limit = Timespec { tv_sec: limit.as_secs().cast_signed(), tv_nsec: limit.subsec_nanos().into() };
        let event = self.ports.event.fd();
        let mut fds = [
            PollFd::from_borrowed_fd(self.ports.socket.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(event, PollFlags::IN),
        ];
        // Interrupted or not: everything is looked at anyway.
        let _ = poll(&mut fds, Some(&limit));
        if !fds[1].revents().is_empty() {
            self.ports.event.take();
        }
    }

    /// Inputs go to the board first, and then everything out that waits to be sent: whoever sends in between makes the next
    /// input wait. Of much that is to be sent a few at a time, for the same reason.
    pub(super) fn take_datagrams(&mut self, most: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut control = std::mem::take(&mut self.control);
        let mut left = self.take_batch(most, &mut buffer, &mut control);
        while !self.outbox.is_empty() {
            self.send_few();
            if left > 0 {
                left = self.take_batch(left, &mut buffer, &mut control);
            }
        }
        (self.buffer, self.control) = (buffer, control);
    }

    /// Sends the next few datagrams, and counts the frames that are out with them.
    fn send_few(&mut self) {
        let Worker { outbox, ports, latency, peers, last_frame_sent, frames_sent, .. } = self;
        outbox.send(FEW_SENT, &ports.socket, |peer, times| {
            latency.frame(times, now());
            if let Some(connection) = peers.get_mut(&peer) {
                connection.frames += 1;
            }
            // Once a frame, however many peers it went to.
            if times.number > *last_frame_sent {
                *last_frame_sent = times.number;
                *frames_sent += 1;
            }
        });
    }

    /// How many more might have been taken, when there are none.
    fn take_batch(&mut self, most: usize, buffer: &mut [u8], control: &mut [u8]) -> usize {
        for taken in 0..most {
            let (len, source, arrived) = match arrival::receive(&self.ports.socket, buffer, control) {
                Ok(received) => received,
                // An ICMP error about an earlier datagram comes up here; the next call goes on.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => continue,
                Err(_) => return most - taken,
            };
            let data = &buffer[..len];
            let now = Instant::now();
            let known = self.peers.iter().find(|(_, c)| c.source == Some(source)).map(|(&id, _)| id);
            let is_for = |c: &Connection| c.peer.accepts(now, source, data);
            let id = known
                .filter(|id| self.peers.get(id).is_some_and(is_for))
                .or_else(|| self.peers.iter().find(|(_, connection)| is_for(connection)).map(|(&id, _)| id));
            // A stranger's datagram costs no look into the routing table.
            let Some(id) = id else { continue };
            let local = self.routes.local_for(source);
            if let Some(connection) = self.peers.get_mut(&id) {
                connection.source = Some(source);
                connection.peer.receive(now, source, local, data);
            }
            let mut measured = false;
            while let Some(connection) = self.peers.get_mut(&id) {
                let (outbox, news) = (&mut self.outbox, &mut self.news);
                let more = connection.peer.drain_to_input(
                    now,
                    &mut |datagram, ends| outbox.push(id, datagram, ends),
                    &mut |what| news.push((id, what)),
                );
                // Inputs do not wait for anything else, not even for the rest of their own datagram.
                if self.press_news()
                    && !std::mem::replace(&mut measured, true)
                    && let Some(took) = arrived.elapsed()
                {
                    self.latency.input(took);
                }
                if !more {
                    break;
                }
            }
        }
        0
    }

    fn take_packets(&mut self) {
        while let Ok(packet) = self.ports.video.pop() {
            let data: Arc<[u8]> = Arc::from(&packet.data[..]);
            self.shapes[packet.format.index()] = Some(packet.shape);
            let mut last = None;
            while let Some((id, connection)) = next_peer(&mut self.peers, &mut last) {
                if connection.peer.format() != packet.format {
                    continue;
                }
                if connection.shape != Some(packet.shape) && connection.peer.say_shape(&packet.shape) {
                    connection.shape = Some(packet.shape);
                }
                connection.peer.write_video(&packet, &data, Instant::now());
                make_due(id, connection, &mut self.outbox, &mut self.news);
                // Nobody's input waits until everybody has the picture.
                self.take_datagrams(FEW);
            }
            // Full means that there are spares enough.
            let _ = self.ports.spares.push(packet);
        }
        while let Ok(packet) = self.ports.audio.pop() {
            let mut last = None;
            while let Some((id, connection)) = next_peer(&mut self.peers, &mut last) {
                connection.peer.write_audio(&packet, Instant::now());
                make_due(id, connection, &mut self.outbox, &mut self.news);
                self.take_datagrams(FEW);
            }
        }
    }

    /// Peers whose rendition cannot be encoded get another one that they take, or are told.
    fn leave_broken(&mut self) {
        let control = &self.ports.video_control;
        let mut moved = false;
        for connection in self.peers.values_mut() {
            let broken = control.is_broken(connection.peer.format());
            if broken && self.wish.is_none() {
                let next = choose(None, |it| connection.peer.takes(it), |it| !control.is_broken(it));
                if let Some(next) = next {
                    connection.peer.watch(next);
                    control.request_keyframe(next);
                    moved = true;
                    continue;
                }
            }
            if broken != connection.troubled {
                let code = if broken { TroubleCode::NoPicture } else { TroubleCode::None };
                if connection.peer.say(&ToPeer::Trouble { code }) {
                    connection.troubled = broken;
                }
            }
        }
        if moved {
            self.count_viewers();
        }
    }

    fn take_time(&mut self) {
        let now = Instant::now();
        let mut last = None;
        while let Some((id, connection)) = next_peer(&mut self.peers, &mut last) {
            if connection.peer.next_timeout() <= now {
                // The next datagrams of a frame, most often: eight players' are a while.
                make_due(id, connection, &mut self.outbox, &mut self.news);
                self.take_datagrams(FEW);
            }
        }
        if now >= self.next_second {
            self.next_second = now + SECOND;
            self.every_second(now);
        }
    }

    fn every_second(&mut self, time: Instant) {
        self.tick_room();
        let mut stats = NetStats {
            peers: Vec::with_capacity(self.peers.len()),
            frames_sent: self.frames_sent,
            ..NetStats::default()
        };
        self.latency.take(&mut stats);
        let mut silent = false;
        let mut last = None;
        while let Some((id, connection)) = next_peer(&mut self.peers, &mut last) {
            let sent = connection.peer.bytes_sent();
            let kbit_s = ((sent - connection.bytes_before) * 8 / 1000) as u32;
            connection.bytes_before = sent;
            if connection.announced {
                stats.peers.push(PeerStats {
                    id,
                    format: connection.peer.format(),
                    frames: connection.frames,
                    kbit_s,
                    round_trip: connection.peer.round_trip(),
                    loss: connection.peer.loss(),
                    estimate_kbit_s: connection.peer.estimate_kbit_s(),
                });
            }
            if connection.announced && connection.behind {
                self.room_told = None;
            }
            connection.peer.say(&ToPeer::Stats { fps: self.fps, latency_ms: stats.latency_ms.0, kbit_s });
            if connection.peer.fell_silent(time) {
                connection.held.release();
                silent = true;
            }
            drain(id, connection, &mut self.outbox, &mut self.news, time);
            self.take_datagrams(FEW);
        }
        if silent {
            self.press_all();
        }
        (self.ports.on_event)(NetEvent::Stats(stats));
        self.follow_networks();
    }

    /// Kept seats, links, codes and requests end with time, and so do those who waited for nothing.
    fn tick_room(&mut self) {
        self.ports.room.tick(now());
        self.look_after_waiting();
        for name in self.ports.room.take_gone() {
            self.talk(Talk::Line(super::protocol::Line::Left, name));
        }
    }

    /// A rendition must fit through the narrowest network that watches it.
    fn follow_networks(&self) {
        for format in Format::ALL {
            let watching = self.peers.values().filter(|c| c.peer.format() == format);
            let narrowest = watching.map(|c| c.peer.estimate_kbit_s()).filter(|&kbit_s| kbit_s > 0).min();
            if let Some(kbit_s) = narrowest {
                let limit = (kbit_s / 100).saturating_mul(USE_OF_ESTIMATE).clamp(RATE.0, RATE.1);
                // Small changes are not worth the encoder's attention.
                self.ports.video_control.set_max_kbit_s(format, limit / 100 * 100);
            }
        }
    }

    fn take_commands(&mut self) {
        while let Ok(command) = self.inbox.try_recv() {
            match command {
                NetCommand::Join(join, address, reply) => {
                    self.join(join, address, reply);
                    // A handshake takes its time: packets have their turn before the next one.
                    self.ports.event.signal();
                    return;
                }
                NetCommand::Game(game) => {
                    if game != self.game {
                        self.game = game;
                        self.room_told = None;
                    }
                }
                NetCommand::Controls(controls) => {
                    if controls != self.controls {
                        self.controls = controls;
                        // Devices stand in the room's own message too.
                        self.room_told = None;
                        let controls = std::mem::take(&mut self.controls);
                        self.say_all(&ToPeer::Controls(&controls));
                        self.controls = controls;
                    }
                }
                NetCommand::Ports(ports) => {
                    self.ports.room.set_ports(ports);
                    self.press_all();
                }
                NetCommand::Fps(fps) => self.fps = fps,
                NetCommand::Wish(wish) => self.wish_for(wish),
                NetCommand::Room(command) => self.host_wishes(command),
                NetCommand::Close => {
                    let all: Vec<PeerId> = self.peers.keys().copied().collect();
                    for id in all {
                        self.end(id, Some(ClosingCode::HostClosed), true);
                    }
                    self.closing = true;
                }
            }
        }
    }

    fn host_wishes(&mut self, command: RoomCommand) {
        let room = &mut self.ports.room;
        match command {
            RoomCommand::Invite(terms) => {
                if fresh_secret().and_then(|secret| room.invites_mut().add(secret, terms, now())).is_none() {
                    (self.ports.on_event)(NetEvent::NoLink);
                }
            }
            RoomCommand::ChangeInvite(id, terms) => {
                room.invites_mut().change(id, terms, now());
            }
            RoomCommand::Revoke(id, and_people) => {
                let ended = room.revoke(id, and_people);
                self.end_all(ended, ClosingCode::Revoked);
            }
            RoomCommand::Code(id, on) => {
                let digits = if on { fresh_digits() } else { None };
                room.invites_mut().set_code(id, digits, now());
            }
            RoomCommand::Answer(request, verdict) => self.answer(request, verdict),
            RoomCommand::Sit(peer, seat, on) => {
                room.sit(peer, seat, on);
            }
            RoomCommand::Rights(peer, rights) => room.set_rights(peer, rights),
            RoomCommand::Mute(peer, muted) => room.set_muted(peer, muted),
            RoomCommand::Kick(peer) => {
                let ended = room.kick(peer);
                self.end_all(ended, ClosingCode::Kicked);
            }
            RoomCommand::Ban(peer) => {
                let ended = room.ban(peer);
                self.end_all(ended, ClosingCode::Banned);
            }
            RoomCommand::PardonAll => room.pardon_all(),
            RoomCommand::Locals(locals) => room.set_locals(locals),
            RoomCommand::HostName(name) => room.set_host_name(&name),
            RoomCommand::Say(text) => {
                if let Some(text) = crate::room::clean_text(&text) {
                    let name = self.host_called();
                    self.talk(Talk::Said { peer: None, name, text });
                }
            }
            RoomCommand::React(emoji) => {
                let name = self.host_called();
                self.talk(Talk::Reaction { peer: None, name, emoji });
            }
        }
        // Who holds what may have changed, and who waits for something that is no longer there.
        self.press_all();
        self.tick_room();
    }

    fn end_all(&mut self, ended: impl IntoIterator<Item = PeerId>, code: ClosingCode) {
        for peer in ended {
            self.end(peer, Some(code), true);
        }
    }

    fn host_called(&self) -> String {
        self.ports.room.host_name().unwrap_or("Host").to_owned()
    }

    fn act_on_news(&mut self) {
        self.press_news();
        let mut news = std::mem::take(&mut self.news);
        for (id, news) in news.drain(..) {
            match news {
                PeerNews::Connected => self.announce(id),
                PeerNews::ControlOpen => self.room_told = None,
                PeerNews::Keyframe => {
                    if let Some(connection) = self.peers.get(&id) {
                        self.ports.video_control.request_keyframe(connection.peer.format());
                    }
                }
                PeerNews::Wish(wish) => self.peer_wishes(id, wish),
                // A page that is loaded again says goodbye too, and is back in a second.
                PeerNews::Bye => self.end(id, None, false),
                PeerNews::Lost => {
                    // Whoever never arrived has no seat to come back to.
                    let stranger = self.peers.get(&id).is_some_and(|c| !c.announced && !c.returned);
                    self.end(id, None, stranger);
                }
                PeerNews::Broke(code) => self.end(id, Some(code), true),
                PeerNews::Estimate => self.follow_networks(),
                PeerNews::Press(_) => {}
            }
        }
        // The emptied buffer goes back, so that it is not allocated anew; news that came meanwhile wait for the next turn.
        news.append(&mut self.news);
        self.news = news;
    }

    /// What somebody would like: the room decides, and here it is done.
    fn peer_wishes(&mut self, id: PeerId, wish: Wish) {
        let kind = wish.kind();
        let name = self.ports.room.name_of(id).unwrap_or_default().to_owned();
        let changes_seats = matches!(wish, Wish::Ask(_) | Wish::Stand(_) | Wish::Sit { .. });
        let renames = matches!(wish, Wish::Rename(_));
        match self.ports.room.wish(id, wish, fresh_secret, now()) {
            Ok(Deed::Nothing) => {}
            Ok(Deed::Do(what, slot)) => (self.ports.on_event)(NetEvent::Game { by: name, what, slot }),
            Ok(Deed::Invited(secret)) => self.say_to(id, &ToPeer::Invited { secret: secret.as_str() }),
            Ok(Deed::Say(text)) => self.talk(Talk::Said { peer: Some(id), name, text }),
            Ok(Deed::Show(emoji)) => self.talk(Talk::Reaction { peer: Some(id), name, emoji }),
            Err(code) => self.say_to(id, &ToPeer::No { to: kind, code }),
        }
        if changes_seats {
            self.press_all();
        }
        if renames && let (Some(connection), Some(name)) = (self.peers.get_mut(&id), self.ports.room.name_of(id)) {
            name.clone_into(&mut connection.name);
        }
    }

    /// Only those whose media flows: an encoder that began earlier would have spent the keyframe they need.
    pub(super) fn count_viewers(&self) {
        let connected = || self.peers.values().filter(|connection| connection.announced);
        for format in Format::ALL {
            let viewers = connected().filter(|connection| connection.peer.format() == format).count() as u32;
            self.ports.video_control.set_viewers(format, viewers);
        }
        (self.ports.on_listeners)(connected().next().is_some());
    }

    /// The host wishes for one format, or for the best of each peer again.
    fn wish_for(&mut self, wish: Option<Format>) {
        self.wish = wish;
        let mut cannot = Vec::new();
        for (&id, connection) in &mut self.peers {
            match choose(wish, |format| connection.peer.takes(format), |_| true) {
                Some(format) if format != connection.peer.format() => {
                    connection.peer.watch(format);
                    self.ports.video_control.request_keyframe(format);
                }
                Some(_) => {}
                None => cannot.push(id),
            }
        }
        for id in cannot {
            self.end(id, Some(ClosingCode::HostCodec), true);
        }
        self.count_viewers();
    }
}

/// The peer after the last one.
pub(super) fn next_peer<'a>(
    peers: &'a mut BTreeMap<PeerId, Connection>,
    last: &mut Option<PeerId>,
) -> Option<(PeerId, &'a mut Connection)> {
    let from = last.map_or(Bound::Unbounded, Bound::Excluded);
    let (&id, connection) = peers.range_mut((from, Bound::Unbounded)).next()?;
    *last = Some(id);
    Some((id, connection))
}

/// Takes what a connection has for others now. The pacer lets one packet go each time that it is told the time, so as long
/// as the next one is due already it is told again: a frame leaves as a whole as far as it may.
fn make_due(id: PeerId, connection: &mut Connection, outbox: &mut Outbox, news: &mut Vec<(PeerId, PeerNews)>) {
    for _ in 0..MANY_PACKETS {
        let now = Instant::now();
        connection.peer.tick(now);
        drain(id, connection, outbox, news, now);
        if connection.peer.next_timeout() > Instant::now() {
            return;
        }
    }
}

/// Takes what a connection has for others. What is to be sent waits for [`Worker::take_datagrams`].
pub(super) fn drain(
    id: PeerId,
    connection: &mut Connection,
    outbox: &mut Outbox,
    news: &mut Vec<(PeerId, PeerNews)>,
    now: Instant,
) {
    let mut send = |datagram, ends| outbox.push(id, datagram, ends);
    connection.peer.drain(now, &mut send, &mut |what| news.push((id, what)));
}
