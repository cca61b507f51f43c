//! What the engine shows of itself: one value, replaced as a whole, read by the window and by headless mode.

use super::internet::InternetStatus;
use super::layers::GameLayers;
use super::notice::{Notice, NoticeKind};
use super::saves::{SaveVersion, StateList};
use crate::audio::SpeakerError;
use crate::crash::Crash;
use crate::game_command::Flow;
use crate::input::SeatSet;
use crate::link::message::{Discs, OptionInfo, Wants};
use crate::room::{InviteId, InviteTerms, JoinRequest, Member};
use crate::session::protocol::{OnScreen, SeatInfo};
use crate::session::{ChatEvent, PeerStats};
use crate::video::RenditionStatus;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Everything a reader needs to draw one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The game, from the moment it is opened until it is closed.
    pub game: Option<GameStatus>,
    /// Every seat of the room, in order.
    pub seats: Vec<SeatInfo>,
    /// Everyone connected.
    pub peers: Vec<PeerStatus>,
    /// Every link that lets people in, oldest first; the first is the one that is there from the start, unless it was taken back.
    pub invites: Vec<InviteStatus>,
    /// Those who wait to be let in.
    pub requests: Vec<JoinRequest>,
    /// What people said, and who came and went, oldest first.
    pub chat: Vec<ChatLine>,
    /// Seats with anything held, one bit each.
    pub activity: SeatSet,
    /// How many are banned from the room.
    pub banned: usize,
    /// The speaker, once sound has been tried.
    pub speaker: Speaker,
    /// Things to tell the person at the desktop, oldest first; at most 16 are kept.
    pub notices: Vec<Notice>,
    /// Speed of the running game.
    pub stats: Stats,
    /// The game is being recorded.
    pub recording: bool,
    /// The encoded versions of the picture that are watched.
    pub renditions: Vec<Rendition>,
    /// How friends elsewhere get in.
    pub internet: InternetStatus,
}

/// One encoded version of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rendition {
    /// What it is and what was done so far.
    pub status: RenditionStatus,
    /// Encoded in the last second, in kbit/s.
    pub kbit_s: u32,
}

/// What is being played, and how it is.
#[derive(Debug, Clone, PartialEq)]
pub struct GameStatus {
    /// What people call it.
    pub title: String,
    /// The core's own name and version, such as "Nestopia 1.51".
    pub core_name: String,
    /// The core's file.
    pub core: PathBuf,
    /// The content's file.
    pub content: Option<PathBuf>,
    /// How it is.
    pub state: GameState,
    /// The guest who paused it, if one did.
    pub paused_by: Option<String>,
    /// How it goes through time.
    pub flow: Flow,
    /// The guest who wants it so; none for the host.
    pub flow_by: Option<String>,
    /// It can be gone back in time.
    pub can_rewind: bool,
    /// Controller ports the core offers.
    pub ports: usize,
    /// What can be plugged into each; empty when the core does not say.
    pub devices: Vec<DeviceStatus>,
    /// Devices besides pads that it asked for.
    pub wants: Wants,
    /// The core's options with their present values.
    pub options: Vec<OptionInfo>,
    /// What is set for it, its folder, and every game of the core.
    pub layers: Arc<GameLayers>,
    /// Its discs, for a game that has a drive.
    pub discs: Option<Discs>,
    /// Its save states, by slot.
    pub states: StateList,
    /// The game can go on where it was left ([`StateList::auto`]), and the person has not said whether it should.
    pub asks_to_continue: bool,
    /// Earlier battery saves that can be put back, the newest first.
    pub versions: Vec<SaveVersion>,
    /// The core can save states.
    pub can_save_state: bool,
    /// What the core wants people to read.
    pub on_screen: OnScreen,
}

/// How a game is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GameState {
    /// The core process starts and loads.
    Starting,
    /// It runs.
    Running,
    /// It waits for the host.
    Paused,
    /// The core ended on its own or stopped answering. The room stays, [`super::Command::Restart`] brings it back.
    Crashed(Crash),
    /// It could not be started: why, and what to do.
    Failed(NoticeKind),
}

/// A peer: a member of the room, whose fields it has too, and the figures of their connection.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerStatus {
    pub member: Member,
    /// Of the last second, once something was sent.
    pub stats: Option<PeerStats>,
}

impl std::ops::Deref for PeerStatus {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.member
    }
}

/// A link that lets people in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteStatus {
    /// Its number.
    pub id: InviteId,
    /// As it is written for each address of this machine, the one that others on the network can reach first.
    pub links: Vec<String>,
    /// What it grants.
    pub terms: InviteTerms,
    /// A guest made it.
    pub by_guest: bool,
    /// How many it let in.
    pub used: u32,
    /// When it ends, on the monotonic clock of [`crate::sync::now`].
    pub ends: Option<Duration>,
    /// Digits that stand for it, and when they end, on the same clock.
    pub code: Option<(String, Duration)>,
}

/// One line of what happens between people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatLine {
    /// Rises by one with every line.
    pub id: u64,
    pub event: ChatEvent,
}

/// What can be plugged into a controller port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceStatus {
    /// The core's number and name for each; empty when it does not say.
    pub types: Vec<(u32, String)>,
    /// What is plugged in.
    pub plugged: u32,
}

/// The sound on the host's own machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Speaker {
    /// Nothing has been played yet, or headless mode, which has none.
    #[default]
    Off,
    /// It plays on this device.
    Playing(String),
    /// There is none; the game runs silently here.
    Silent(SpeakerError),
}

/// Speed of the running game, over the last second where a rate is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stats {
    /// Frames emulated in the last second.
    pub fps: f64,
    /// What the core wants.
    pub target_fps: f64,
    /// Frames since the game started: run by the core.
    pub emulated: u64,
    /// Encoded.
    pub encoded: u64,
    /// Handed to the socket, counted once a frame however many peers there are.
    pub sent: u64,
    /// Passed over because the encoder was busy.
    pub skipped: u64,
    /// Pictures that could not be converted.
    pub unusable: u64,
    /// How much quality is given up for speed now: 0 for none.
    pub speed: u32,
    /// Size of the core's picture, in pixels.
    pub width: u32,
    /// Size of the core's picture, in pixels.
    pub height: u32,
    /// Host latency over the last second, in milliseconds; 0 while there is no viewer.
    pub latency_p50_ms: f64,
    /// The same, 99th percentile.
    pub latency_p99_ms: f64,
    /// Everything sent, in kbit/s.
    pub kbit_s: u32,
    /// Number of the newest frame, counted by the core process from 1.
    pub newest_frame: u64,
    /// When the core handed it over, on the monotonic clock: two of these give the exact frame rate.
    pub newest_frame_at: Duration,
}
