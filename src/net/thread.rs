//! The net thread: one UDP socket, every peer, and the room. It owns all three, so nothing here is locked.
//!
//! It sleeps in one `poll` until a datagram, a packet, a wish or a timer is there, and then does whatever is due.

use super::formats::choose;
use super::peer::{FrameTimes, OfferError, Peer, PeerNews};
use super::protocol::{self, ClosingCode, GameInfo, Join, Person, RefusedCode, Seat, ToPage, ToPeer, TroubleCode, You};
use super::routes::{Routes, local_addresses};
use crate::input::{MAX_SEATS, PadState};
use crate::link::board::{BoardWriter, Lane};
use crate::packet::{AudioPacket, Format, PictureShape, VideoPacket};
use crate::room::{PeerId, Refusal, Room, Secret};
use crate::sync::{Event, now, spawn};
use crate::video::VideoControl;
use hdrhistogram::Histogram;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Wishes that may wait; full, the one who wishes is told that the host is busy.
const COMMANDS: usize = 256;
/// Datagrams taken in a row before packets get their turn.
const BATCH: usize = 64;
/// Encoded video aims below the estimate by this share, in percent: sound, repeats and the estimate's own error need room.
const USE_OF_ESTIMATE: u32 = 80;
/// Bounds of the video's rate limit, in kbit/s.
const RATE: (u32, u32) = (300, 12_000);

/// What others may ask of the net thread.
pub enum NetCommand {
    /// A page wants in; the answer goes back to its WebSocket.
    Join(Join, oneshot::Sender<ToPage>),
    /// What pages show of the game.
    Game(GameInfo),
    /// Controller ports of the game.
    Ports(usize),
    /// The rate the game runs at, for the pages' statistics.
    Fps(f64),
    /// Show somebody out.
    Kick(PeerId),
    /// Stream in this format only; none for the best that each peer takes.
    Wish(Option<Format>),
    /// The host's own name.
    HostName(String),
    /// End: tell everyone, then stop.
    Close,
}

/// What the net thread tells the engine.
#[derive(Debug, Clone)]
pub enum NetEvent {
    /// Somebody's media flows.
    Joined {
        /// Their number.
        id: PeerId,
        /// Their name.
        name: String,
        /// Their seat.
        seat: Option<usize>,
    },
    /// Somebody is gone.
    Left {
        /// Their number.
        id: PeerId,
        /// Their name.
        name: String,
    },
    /// Seats or people changed.
    Room {
        /// Every seat.
        seats: Vec<Seat>,
        /// Everyone.
        people: Vec<Person>,
    },
    /// Once a second.
    Stats(NetStats),
}

/// Figures of the last second.
#[derive(Debug, Clone, Default)]
pub struct NetStats {
    /// Each peer.
    pub peers: Vec<PeerStats>,
    /// Frames whose last packet was sent to at least one peer, since the start.
    pub frames_sent: u64,
    /// Host latency: 50th and 99th percentile, in milliseconds; 0 without frames.
    pub latency_ms: (f64, f64),
    /// The parts of the median: until the video thread had the frame, until it was encoded, until it was sent.
    pub stages_ms: [f64; 3],
}

/// Figures of one peer.
#[derive(Debug, Clone, Copy, Default)]
pub struct PeerStats {
    /// Who.
    pub id: PeerId,
    /// The rendition it watches.
    pub format: Format,
    /// Frames whose last packet was handed to the socket for it.
    pub frames: u64,
    /// Sent in the last second, in kbit/s.
    pub kbit_s: u32,
    /// Round trip, once measured.
    pub round_trip: Option<Duration>,
    /// Share of lost packets.
    pub loss: f32,
    /// What its network is thought to carry, in kbit/s.
    pub estimate_kbit_s: u32,
}

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
        room_changed: true,
        closing: false,
        ports,
    };
    let thread = spawn("net", move || worker.run())?;
    Ok((NetHandle { commands, event }, thread))
}

const SECOND: Duration = Duration::from_secs(1);

/// Host latency and its parts over the last second, in microseconds.
struct Latency {
    total: Histogram<u32>,
    stages: [Histogram<u32>; 3],
}

impl Latency {
    fn new() -> Latency {
        // Up to ten seconds with three digits: a fixed size, so recording never allocates.
        let histogram =
            || Histogram::new_with_bounds(1, 10_000_000, 3).unwrap_or_else(|_| unreachable!("constant bounds"));
        Latency { total: histogram(), stages: [histogram(), histogram(), histogram()] }
    }

    fn record(&mut self, times: &FrameTimes, sent: Duration) {
        let micros = |from: Duration, to: Duration| (to.saturating_sub(from).as_micros() as u64).max(1);
        self.total.saturating_record(micros(times.captured, sent));
        self.stages[0].saturating_record(micros(times.captured, times.taken));
        self.stages[1].saturating_record(micros(times.taken, times.encoded));
        self.stages[2].saturating_record(micros(times.encoded, sent));
    }

    fn take(&mut self) -> ((f64, f64), [f64; 3]) {
        let ms = |histogram: &Histogram<u32>, quantile| {
            if histogram.is_empty() { 0.0 } else { histogram.value_at_quantile(quantile) as f64 / 1000.0 }
        };
        let figures =
            ((ms(&self.total, 0.5), ms(&self.total, 0.99)), [0, 1, 2].map(|stage| ms(&self.stages[stage], 0.5)));
        self.total.reset();
        self.stages.iter_mut().for_each(Histogram::reset);
        figures
    }
}

struct Connection {
    peer: Peer,
    name: String,
    /// They held a seat before: it is kept even if this connection never comes to be.
    returned: bool,
    bytes_before: u64,
    source: Option<SocketAddr>,
    announced: bool,
    shape: Option<PictureShape>,
    frames: u64,
    /// It was told that there is no picture for it.
    troubled: bool,
}

struct Worker {
    ports: NetPorts,
    wish: Option<Format>,
    addresses: Vec<SocketAddr>,
    routes: Routes,
    inbox: Receiver<NetCommand>,
    peers: BTreeMap<PeerId, Connection>,
    game: GameInfo,
    fps: f64,
    /// Of the newest packet of each format.
    shapes: [Option<PictureShape>; Format::ALL.len()],
    latency: Latency,
    next_second: Instant,
    news: Vec<(PeerId, PeerNews)>,
    last_frame_sent: u64,
    frames_sent: u64,
    room_changed: bool,
    closing: bool,
}

impl Worker {
    fn run(mut self) {
        crate::sync::wake_precisely();
        let mut buffer = vec![0; 2048];
        loop {
            self.sleep();
            self.take_datagrams(&mut buffer);
            self.take_packets();
            self.leave_broken();
            self.take_commands();
            self.take_time();
            self.act_on_news();
            self.tell_room();
            if self.closing {
                return;
            }
        }
    }

    fn sleep(&self) {
        let now = Instant::now();
        let until = self.peers.values().map(|c| c.peer.next_timeout()).fold(self.next_second, Instant::min);
        let limit = until.saturating_duration_since(now);
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

    fn take_datagrams(&mut self, buffer: &mut [u8]) {
        for _ in 0..BATCH {
            let (len, source) = match self.ports.socket.recv_from(buffer) {
                Ok(received) => received,
                // An ICMP error about an earlier datagram comes up here; the next call goes on.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => continue,
                Err(_) => return,
            };
            let data = &buffer[..len];
            let now = Instant::now();
            let known = self.peers.iter().find(|(_, c)| c.source == Some(source)).map(|(&id, _)| id);
            let local = self.routes.local_for(source);
            let is_for = |c: &Connection| c.peer.accepts(now, source, local, data);
            let id = known
                .filter(|id| self.peers.get(id).is_some_and(is_for))
                .or_else(|| self.peers.iter().find(|(_, connection)| is_for(connection)).map(|(&id, _)| id));
            let Some(id) = id else { continue };
            if let Some(connection) = self.peers.get_mut(&id) {
                connection.source = Some(source);
                connection.peer.receive(now, source, local, data);
                drain(id, connection, &self.ports.socket, &mut self.news, now);
            }
            // Inputs do not wait for the rest of the batch.
            self.put_pads();
        }
    }

    /// Inputs straight to the board; everything else waits for [`Worker::act_on_news`].
    fn put_pads(&mut self) {
        let (room, board) = (&self.ports.room, &self.ports.board);
        self.news.retain(|(id, news)| match news {
            PeerNews::Pad(seat, pad) => {
                if room.may_play(*id, *seat) {
                    board.set(Lane::Remote, *seat, *pad);
                }
                false
            }
            _ => true,
        });
    }

    fn take_packets(&mut self) {
        while let Ok(packet) = self.ports.video.pop() {
            let now = Instant::now();
            let data: Arc<[u8]> = Arc::from(&packet.data[..]);
            self.shapes[packet.format.index()] = Some(packet.shape);
            for (&id, connection) in &mut self.peers {
                if connection.peer.format() != packet.format {
                    continue;
                }
                if connection.shape != Some(packet.shape) && connection.peer.say_shape(&packet.shape) {
                    connection.shape = Some(packet.shape);
                }
                connection.peer.write_video(&packet, &data, now);
                connection.peer.tick(now);
                drain(id, connection, &self.ports.socket, &mut self.news, now);
            }
            // Full means that there are spares enough.
            let _ = self.ports.spares.push(packet);
        }
        while let Ok(packet) = self.ports.audio.pop() {
            let now = Instant::now();
            for (&id, connection) in &mut self.peers {
                connection.peer.write_audio(&packet, now);
                connection.peer.tick(now);
                drain(id, connection, &self.ports.socket, &mut self.news, now);
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
        for (&id, connection) in &mut self.peers {
            if connection.peer.next_timeout() <= now {
                connection.peer.tick(now);
                drain(id, connection, &self.ports.socket, &mut self.news, now);
            }
        }
        if now >= self.next_second {
            self.next_second = now + SECOND;
            self.every_second(now);
        }
    }

    fn every_second(&mut self, time: Instant) {
        self.room_changed |= self.ports.room.tick(now());
        let (latency_ms, stages_ms) = self.latency.take();
        let mut stats = NetStats {
            peers: Vec::with_capacity(self.peers.len()),
            frames_sent: self.frames_sent,
            latency_ms,
            stages_ms,
        };
        for (&id, connection) in &mut self.peers {
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
            connection.peer.say(&ToPeer::Stats { fps: self.fps, latency_ms: latency_ms.0, kbit_s });
            if connection.peer.fell_silent(time)
                && let Some(seat) = self.ports.room.seat_of(id)
            {
                self.ports.board.set(Lane::Remote, seat, PadState::default());
            }
            drain(id, connection, &self.ports.socket, &mut self.news, time);
        }
        (self.ports.on_event)(NetEvent::Stats(stats));
        self.follow_networks();
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
                NetCommand::Join(join, reply) => {
                    let answer = self.join(&join).unwrap_or_else(ToPage::refused);
                    let _ = reply.send(answer);
                }
                NetCommand::Game(game) => {
                    self.room_changed |= game != self.game;
                    self.game = game;
                }
                NetCommand::Ports(ports) => {
                    self.release_all_pads();
                    self.ports.room.set_ports(ports);
                    self.room_changed = true;
                }
                NetCommand::Fps(fps) => self.fps = fps,
                NetCommand::Kick(id) => self.end(id, Some(ClosingCode::Kicked), true),
                NetCommand::Wish(wish) => self.wish_for(wish),
                NetCommand::HostName(name) => {
                    self.ports.room.set_host_name(&name);
                    self.room_changed = true;
                }
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

    fn join(&mut self, join: &Join) -> Result<ToPage, RefusedCode> {
        if join.v != protocol::VERSION {
            return Err(RefusedCode::Version);
        }
        let time = Instant::now();
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| RefusedCode::HostError)?;
        let token = Secret::new(random);
        // The invite first: a stranger's offer is not even looked at. Then the offer, so that a bad one changes nothing.
        if !self.ports.room.admits(&join.secret) {
            return Err(RefusedCode::BadInvite);
        }
        let (mut peer, sdp) = Peer::accept(&join.sdp, &self.addresses, time).map_err(|error| match error {
            OfferError::Nonsense => RefusedCode::BadMessage,
            OfferError::NoCodec => RefusedCode::NoCodec,
        })?;
        let control = &self.ports.video_control;
        let broken = |format| control.is_broken(format);
        // With every encoder out of order there is still somebody to tell, and the next try may succeed.
        let format = choose(self.wish, |format| peer.takes(format), |format| self.wish.is_some() || !broken(format))
            .or_else(|| choose(self.wish, |format| peer.takes(format), |_| true));
        match (format, self.wish) {
            (Some(format), _) => peer.watch(format),
            (None, Some(_)) => return Err(RefusedCode::HostCodec),
            (None, None) => return Err(RefusedCode::NoCodec),
        }
        let joined = self.ports.room.join(&join.secret, &join.name, join.resume.as_deref(), token, now()).map_err(
            |refusal| match refusal {
                Refusal::BadInvite => RefusedCode::BadInvite,
                Refusal::Full => RefusedCode::RoomFull,
            },
        )?;
        if let Some(old) = joined.replaces {
            self.end(old, Some(ClosingCode::Replaced), true);
        }
        if let Some(seat) = joined.seat {
            // Whatever an earlier connection held on this seat is let go.
            self.ports.board.set(Lane::Remote, seat, PadState::default());
        }
        self.room_changed = true;
        peer.tick(time);
        let mut connection = Connection {
            peer,
            name: joined.name,
            returned: joined.returned,
            bytes_before: 0,
            source: None,
            announced: false,
            shape: None,
            frames: 0,
            troubled: false,
        };
        drain(joined.id, &mut connection, &self.ports.socket, &mut self.news, time);
        self.peers.insert(joined.id, connection);
        self.count_viewers();
        Ok(ToPage::Welcome { v: protocol::VERSION, peer: joined.id, resume: joined.token.as_str().into(), sdp })
    }

    fn act_on_news(&mut self) {
        self.put_pads();
        let mut news = std::mem::take(&mut self.news);
        for (id, news) in news.drain(..) {
            match news {
                PeerNews::Connected => self.announce(id),
                PeerNews::ControlOpen => self.room_changed = true,
                PeerNews::Keyframe => {
                    if let Some(connection) = self.peers.get(&id) {
                        self.ports.video_control.request_keyframe(connection.peer.format());
                    }
                }
                PeerNews::Rename(name) => self.rename(id, &name),
                PeerNews::Bye => self.end(id, None, false),
                PeerNews::Lost => {
                    // Whoever never arrived has no seat to come back to.
                    let stranger = self.peers.get(&id).is_some_and(|c| !c.announced && !c.returned);
                    self.end(id, None, stranger);
                }
                PeerNews::Broke(code) => self.end(id, Some(code), true),
                PeerNews::Estimate(_) => self.follow_networks(),
                PeerNews::FrameSent(times) => {
                    self.latency.record(&times, now());
                    if let Some(connection) = self.peers.get_mut(&id) {
                        connection.frames += 1;
                    }
                    // Once a frame, however many peers it went to.
                    if times.number > self.last_frame_sent {
                        self.last_frame_sent = times.number;
                        self.frames_sent += 1;
                    }
                }
                PeerNews::Pad(..) => {}
            }
        }
        // The emptied buffer goes back, so that it is not allocated anew; news that came meanwhile wait for the next turn.
        news.append(&mut self.news);
        self.news = news;
    }

    fn rename(&mut self, id: PeerId, name: &str) {
        if self.ports.room.rename(id, name)
            && let (Some(connection), Some(name)) = (self.peers.get_mut(&id), self.ports.room.name_of(id))
        {
            name.clone_into(&mut connection.name);
            self.room_changed = true;
        }
    }

    fn announce(&mut self, id: PeerId) {
        let Some(connection) = self.peers.get_mut(&id) else { return };
        if std::mem::replace(&mut connection.announced, true) {
            return;
        }
        (self.ports.on_event)(NetEvent::Joined {
            id,
            name: self.ports.room.name_of(id).unwrap_or_default().to_owned(),
            seat: self.ports.room.seat_of(id),
        });
        self.count_viewers();
        self.room_changed = true;
    }

    /// Ends a peer, with a last word if there is one. `for_good`: the seat is not kept.
    fn end(&mut self, id: PeerId, code: Option<ClosingCode>, for_good: bool) {
        let Some(mut connection) = self.peers.remove(&id) else { return };
        let time = Instant::now();
        if let Some(code) = code {
            connection.peer.say(&ToPeer::Closing { code, message: code.message() });
            drain(id, &mut connection, &self.ports.socket, &mut self.news, time);
        }
        connection.peer.close();
        drain(id, &mut connection, &self.ports.socket, &mut self.news, time);
        self.news.retain(|(other, _)| *other != id);
        if let Some(seat) = self.ports.room.seat_of(id) {
            self.ports.board.set(Lane::Remote, seat, PadState::default());
        }
        self.ports.room.leave(id, for_good, now());
        if connection.announced {
            (self.ports.on_event)(NetEvent::Left { id, name: connection.name });
        }
        self.room_changed = true;
        self.count_viewers();
    }

    fn release_all_pads(&self) {
        for seat in 0..MAX_SEATS {
            if self.ports.room.seats().nth(seat).is_some_and(|(_, peer)| peer.is_some()) {
                self.ports.board.set(Lane::Remote, seat, PadState::default());
            }
        }
    }

    /// Only those whose media flows: an encoder that began earlier would have spent the keyframe they need.
    fn count_viewers(&self) {
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

    /// Tells everyone, and the engine, how the room is now.
    fn tell_room(&mut self) {
        if !std::mem::take(&mut self.room_changed) {
            return;
        }
        let room = &self.ports.room;
        let seats: Vec<Seat> = room
            .seats()
            .enumerate()
            .map(|(seat, (name, peer))| Seat { seat, name: name.map(str::to_owned), peer })
            .collect();
        let people: Vec<Person> = room
            .members()
            .map(|(peer, name)| Person { peer, name: name.to_owned(), seat: room.seat_of(peer) })
            .collect();
        let time = Instant::now();
        for (&id, connection) in &mut self.peers {
            connection.peer.say(&ToPeer::Room {
                you: You { peer: id, name: room.name_of(id).unwrap_or_default(), seat: room.seat_of(id) },
                seats: &seats,
                peers: &people,
                game: &self.game,
            });
            if let Some(shape) = self.shapes[connection.peer.format().index()]
                && connection.shape != Some(shape)
                && connection.peer.say_shape(&shape)
            {
                connection.shape = Some(shape);
            }
            drain(id, connection, &self.ports.socket, &mut self.news, time);
        }
        (self.ports.on_event)(NetEvent::Room { seats, people });
    }
}

fn drain(
    id: PeerId,
    connection: &mut Connection,
    socket: &UdpSocket,
    news: &mut Vec<(PeerId, PeerNews)>,
    now: Instant,
) {
    connection.peer.drain(
        now,
        // A full socket buffer loses the datagram, as any router on the way would: repeats are WebRTC's business.
        &mut |to, data| {
            let _ = socket.send_to(data, to);
        },
        &mut |what| news.push((id, what)),
    );
}
