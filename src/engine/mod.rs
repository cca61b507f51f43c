//! Wires the threads; the only module that sees all of them.

mod command;
mod snapshot;

pub use command::{Command, Game};
pub use snapshot::{
    GameState, GameStatus, Level, Notice, OptionStatus, PeerStatus, SeatStatus, Snapshot, Speaker, Stats,
};

use crate::frame::Picture;
use crate::input::PadState;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// What the engine needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the page and its WebSocket are served; port 0 picks a free one.
    pub http: SocketAddr,
    /// The one UDP socket of the media; port 0 picks a free one.
    pub udp: SocketAddr,
    /// Play sound here and fill the preview: true for the window, false for headless mode.
    pub local: bool,
    /// The person at the desktop, if they play: they hold seat 0.
    pub host_name: Option<String>,
    /// Where saves and states are kept.
    pub data_dir: PathBuf,
    /// Where cores look for BIOS files.
    pub system_dir: PathBuf,
}

/// The handle that the window and headless mode hold. Dropping it ends everything, saves written.
pub struct Engine {
    preview: triple_buffer::Output<Picture>,
}

impl Engine {
    /// Opens the sockets and starts the threads. The error is one sentence for people.
    pub fn start(config: Config) -> Result<Engine, String> {
        let _ = config;
        Err("not yet".into())
    }

    /// Hands a wish to the engine; never waits.
    pub fn send(&self, command: Command) {
        let _ = command;
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::default()
    }

    /// The local player's controller, whole. Takes effect at the core's next poll.
    pub fn set_local_pad(&self, seat: usize, pad: PadState) {
        let _ = (seat, pad);
    }

    /// The newest picture, if a newer one came since the last call.
    pub fn new_picture(&mut self) -> Option<&Picture> {
        self.preview.update().then(|| self.preview.peek_output_buffer())
    }

    /// Calls `wake` from a thread of its own whenever there is a new picture or snapshot; replaces an earlier one.
    pub fn on_change(&self, wake: impl Fn() + Send + 'static) {
        let _ = wake;
    }
}
