//! What others may ask of the net thread, and what it tells the engine.

use super::protocol::{Controls, GameInfo, Join, Line, Person, Seat, ToPage};
use crate::packet::Format;
use crate::room::{Emoji, Game, Invite, InviteId, Local, PeerId, Request, RequestId, Rights, Terms, Verdict};
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::mpsc;

/// What is said to a page on its WebSocket, and how long it is held back: a wrong guess waits.
#[derive(Debug)]
pub struct Reply {
    /// What.
    pub message: ToPage,
    /// Not before.
    pub after: Duration,
}

/// What others may ask of the net thread.
pub enum NetCommand {
    /// A page wants in. What comes of it goes back to its WebSocket; when that is closed, so is the channel.
    Join(Join, IpAddr, mpsc::Sender<Reply>),
    /// What pages show of the game.
    Game(GameInfo),
    /// What the core calls its controls.
    Controls(Controls),
    /// Controller ports of the game.
    Ports(usize),
    /// The rate the game runs at, for the pages' statistics.
    Fps(f64),
    /// Stream in this format only; none for the best that each peer takes.
    Wish(Option<Format>),
    /// Something about the room.
    Room(RoomCommand),
    /// End: tell everyone, then stop.
    Close,
}

/// What the host may do in their room.
#[derive(Debug, Clone, PartialEq)]
pub enum RoomCommand {
    /// Make a link.
    Invite(Terms),
    /// Change what a link grants.
    ChangeInvite(InviteId, Terms),
    /// Take a link back; with `true`, those who came by it have to go.
    Revoke(InviteId, bool),
    /// Give a link six digits to be read aloud, or take them away.
    Code(InviteId, bool),
    /// Let somebody in who waits, or not.
    Answer(RequestId, Verdict),
    /// Put somebody on a seat (true) or take them off.
    Sit(PeerId, usize, bool),
    /// What somebody may do beside playing.
    Rights(PeerId, Rights),
    /// Whether somebody's inputs count.
    Mute(PeerId, bool),
    /// Show somebody out.
    Kick(PeerId),
    /// Show somebody out for good.
    Ban(PeerId),
    /// Let everyone back in who was banned.
    PardonAll,
    /// Who sits at the host's machine.
    Locals(Vec<Local>),
    /// The host's own name.
    HostName(String),
    /// The host says something.
    Say(String),
    /// The host shows something.
    React(Emoji),
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
        /// Their first seat.
        seat: Option<usize>,
    },
    /// Somebody is gone.
    Left {
        /// Their number.
        id: PeerId,
        /// Their name.
        name: String,
    },
    /// The host wanted another link, and there are too many.
    NoLink,
    /// Seats, people, links or requests changed.
    Room(Box<RoomNews>),
    /// Somebody who has the right wants something of the game.
    Game {
        /// Their name.
        by: String,
        /// What.
        what: Game,
        /// The slot, for states.
        slot: u8,
    },
    /// A line for the chat.
    Talk(Talk),
    /// Seats with anything held, one bit each.
    Lights(u32),
    /// Once a second.
    Stats(NetStats),
}

/// The room as it is now.
#[derive(Debug, Clone)]
pub struct RoomNews {
    /// Every seat.
    pub seats: Vec<Seat>,
    /// Everyone.
    pub people: Vec<Person>,
    /// Every link, oldest first.
    pub invites: Vec<Invite>,
    /// Those who wait to be let in.
    pub requests: Vec<(RequestId, Request)>,
    /// How many are banned.
    pub banned: usize,
}

/// One line of what happens between people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Talk {
    /// Somebody said something.
    Said {
        /// Who; none for the host.
        peer: Option<PeerId>,
        /// Their name.
        name: String,
        /// What.
        text: String,
    },
    /// Somebody came or went.
    Line(Line, String),
    /// Somebody showed something.
    Reaction {
        /// Who; none for the host.
        peer: Option<PeerId>,
        /// Their name.
        name: String,
        /// What.
        emoji: Emoji,
    },
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
    /// From the arrival of an input's datagram, as the kernel has it, to the input board: 50th and 99th percentile, in
    /// microseconds; 0 without inputs.
    pub input_us: (f64, f64),
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
