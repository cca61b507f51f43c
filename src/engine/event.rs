//! What happens, one event at a time, for headless mode.

use super::layers::LayerValue;
use super::{Notice, NoticeKind, Snapshot};
use crate::crash::Crash;
use crate::game_command::Flow;
use crate::input::Seat;
use crate::room::{JoinRequest, PeerId};
use crate::session::{ChatEvent, SessionStats};
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub enum EngineEvent {
    /// The game runs for the first time since it was opened.
    Started {
        core_pid: u32,
    },
    /// It could not be started, and why.
    Failed(NoticeKind),
    /// The core crashed or hung.
    CoreDied {
        crash: Crash,
        /// It is being started again.
        restarting: bool,
        /// The file with what is known of it.
        report: Option<PathBuf>,
    },
    /// The game is back.
    CoreRestarted {
        core_pid: u32,
        /// From the last automatic state, not from its beginning.
        revived: bool,
    },
    /// A peer's media flows.
    PeerJoined {
        id: PeerId,
        name: String,
        seat: Option<Seat>,
    },
    PeerLeft {
        id: PeerId,
        name: String,
    },
    /// The game goes through time in another way now.
    Flow {
        flow: Flow,
        /// The guest who wants it so; none for the host.
        by: Option<String>,
    },
    /// Values of the game's layers: those that were changed, or all that were asked for.
    Layers(Vec<LayerValue>),
    /// The addresses of this machine changed, and the links with them.
    LinksChanged,
    /// A guest waits to be let in.
    Request(JoinRequest),
    Chat(ChatEvent),
    Notice(Notice),
    /// Once a second.
    Stats {
        /// Of that moment.
        snapshot: Arc<Snapshot>,
        session: SessionStats,
        /// The core process, if one runs.
        core_pid: Option<u32>,
    },
}
