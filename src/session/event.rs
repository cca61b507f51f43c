//! What is asked of the session, and what it tells the engine.

use super::LocalName;
use super::connection::{HostCandidate, PeerPath};
use super::protocol::{Controls, Discs, GameInfo, OnScreen, Presence, SeatInfo, ToPage};
use super::{Totals, VideoRate};
use crate::game_command::GameCommand;
use crate::input::{KeySet, MotionState, MouseMove, MouseState, PadState, Seat, SeatSet};
use crate::packet::Format;
use crate::room::{Emoji, Invite, JoinRequest, Member, PeerId, RoomCommand};
use crate::text::{Texts, fill};
use std::time::Duration;

/// A page that wants in or is in, from its first message until its carrier is closed. Given by the caller, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinId(pub u64);

/// What is said to a page on its carrier, and how long it is held back: the answer to a wrong guess waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub message: ToPage,
    pub after: Duration,
}

/// What the engine asks of the session.
#[derive(Debug, Clone)]
pub enum SessionCommand {
    /// What pages show of the game.
    Game(GameInfo),
    /// What the core calls its controls.
    Controls(Controls),
    /// The discs of the game.
    Discs(Discs),
    /// What the core wants people to read over the picture.
    OnScreen(OnScreen),
    /// Another disc is in: who put it in, none for the host, and which, from 0.
    DiscChanged { by: Option<String>, disc: u32 },
    /// Controller ports of the game.
    Ports(usize),
    /// The rate the game runs at, for the pages' statistics.
    Fps(f64),
    /// Stream in this format only; none for the best that each peer takes.
    ForceFormat(Option<Format>),
    /// Between which bounds the bitrate of the picture follows the networks.
    VideoRate(VideoRate),
    /// Something the host orders in the room.
    Room(RoomCommand),
    /// Where the host can be reached from now on.
    Candidates(Vec<HostCandidate>),
    /// Tell everyone that the room is closed, and end them.
    Close,
}

/// What the session wants done, beside datagrams and inputs.
#[derive(Debug, Clone)]
pub enum Action {
    RequestKeyframe(Format),
    /// How many watch a format.
    SetViewers(Format, u32),
    /// The rate limit of a format, in kbit/s.
    SetMaxBitrate(Format, u32),
    /// Whether anyone listens.
    SetListeners(bool),
    /// Say something to a page on its carrier.
    Reply(JoinId, Reply),
    /// This page is gone, or was refused: nothing more is said on its carrier.
    Forget(JoinId),
    /// Ask the local network for the address that a peer hides behind this name: [`super::Session::handle_resolved`].
    Resolve(PeerId, LocalName),
    /// This peer is gone: no name of it is of use any more.
    StopResolving(PeerId),
    /// Tell the engine.
    Notify(SessionEvent),
}

/// What one seat, or the keyboard, is set to on the input board.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InputUpdate {
    Pad(Seat, PadState),
    Keyboard(KeySet),
    Mouse(Seat, MouseState),
    /// The mouse of a seat moved.
    MouseMoved(Seat, MouseMove),
    /// How the controller of a seat is moved.
    Motion(Seat, MotionState),
    /// The seats on which nobody can tell that.
    Motionless(SeatSet),
}

/// What the session tells the engine.
#[derive(Debug, Clone)]
pub enum SessionEvent {
    /// A peer's media flows; with its first seat.
    Joined {
        id: PeerId,
        name: String,
        seat: Option<Seat>,
    },
    Left {
        id: PeerId,
        name: String,
    },
    /// The host wanted another link, and there are too many.
    InviteLimit,
    /// Seats, people, links or requests changed.
    Room(Box<RoomView>),
    /// A guest who is permitted to asks something of the game.
    Game {
        peer: PeerId,
        by: String,
        command: GameCommand,
    },
    Chat(ChatEvent),
    /// Seats with anything held.
    Activity(SeatSet),
    /// Once a second.
    Stats(Box<SessionStats>),
}

/// The room as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomView {
    pub seats: Vec<SeatInfo>,
    /// Everyone whose media flows.
    pub people: Vec<Member>,
    /// Every link, oldest first.
    pub invites: Vec<Invite>,
    pub requests: Vec<JoinRequest>,
    /// How many are banned.
    pub banned: usize,
}

/// One line of what happens between people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatEvent {
    Said {
        /// None for the host.
        peer: Option<PeerId>,
        name: String,
        text: String,
    },
    Presence(Presence, String),
    /// Another disc is in.
    Disc {
        /// Who put it in.
        name: String,
        /// From 0.
        disc: u32,
        /// What the core calls it; may be empty.
        label: String,
    },
    Reaction {
        /// None for the host.
        peer: Option<PeerId>,
        name: String,
        emoji: Emoji,
    },
}

/// The line of [`ChatEvent::Disc`].
pub fn disc_line(texts: &Texts, name: &str, disc: u32, label: &str) -> String {
    let number = (disc + 1).to_string();
    if label.is_empty() {
        fill(texts.disc_changed, &[("name", name), ("n", &number)])
    } else {
        fill(texts.disc_changed_named, &[("name", name), ("disc", label)])
    }
}

/// Figures of the last second.
#[derive(Debug, Clone, Default)]
pub struct SessionStats {
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
    /// Since the start.
    pub totals: Totals,
}

/// Figures of one peer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PeerStats {
    pub id: PeerId,
    /// The rendition it watches.
    pub format: Format,
    /// Frames whose last packet was handed to the socket for it.
    pub frames: u64,
    /// Sent in the last second, in kbit/s.
    pub kbit_s: u32,
    /// Once measured.
    pub round_trip: Option<Duration>,
    /// Once known.
    pub path: Option<PeerPath>,
    /// Share of lost packets.
    pub loss: f32,
    /// What its network is thought to carry, in kbit/s.
    pub estimate_kbit_s: u32,
}
