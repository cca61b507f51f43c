//! What happens, one event at a time, for headless mode.

use super::{Notice, NoticeKind, Snapshot};
use crate::crash::Crash;
use crate::net::{NetStats, Talk};
use crate::room::{PeerId, RequestId};
use std::net::IpAddr;
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
        /// From 0.
        seat: Option<usize>,
    },
    PeerLeft {
        id: PeerId,
        name: String,
    },
    /// A guest waits to be let in.
    Request {
        id: RequestId,
        name: String,
        address: IpAddr,
    },
    Talk(Talk),
    Notice(Notice),
    /// Once a second.
    Stats {
        /// Of that moment.
        snapshot: Arc<Snapshot>,
        net: NetStats,
        /// The core process, if one runs.
        core_pid: Option<u32>,
    },
}
