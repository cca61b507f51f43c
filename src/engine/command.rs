//! What the window, or headless mode, can ask of the engine.

use super::Internet;
use crate::content;
use crate::game_command::{Continuing, GameCommand, Slot, TimeSettings};
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::link::message::{Bounds, DiscCommand};
use crate::link::subsystem::SubsystemGame;
use crate::net::Site;
use crate::net::tls::acme::AcmeConfig;
use crate::packet::Format;
use crate::room::RoomCommand;
use crate::text::Spoken;
use std::path::{Path, PathBuf};

/// A game to run: a core, and what it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Game {
    /// The core's shared library.
    pub core: PathBuf,
    /// None for a core that is a game of its own.
    pub content: Option<PathBuf>,
    /// For a game of several files: the machine and its files, the first of which is the content.
    pub several: Option<SubsystemGame>,
    /// What people call it: the content's file stem, or the core's own name.
    pub title: String,
    /// Core options set for this start alone, `(key, value)`: they count before what is kept.
    pub options: Vec<(String, String)>,
    /// How the core process is held. Where reports go is the engine's business.
    pub bounds: Bounds,
    /// They were typed for this start, so the person wants to know which of them the core does not have. Those that are kept from
    /// other times may be of another version of it.
    pub options_typed: bool,
}

impl Game {
    /// Of several files, without options.
    pub fn of_several(core: &Path, several: SubsystemGame) -> Game {
        let first = several.given().next().cloned();
        Game {
            core: core.to_owned(),
            title: first.as_deref().map(content::stem).unwrap_or_default().to_string_lossy().into_owned(),
            content: first,
            several: Some(several),
            options: Vec::new(),
            bounds: Bounds::default(),
            options_typed: false,
        }
    }
}

/// One request. Each is carried out on the engine's thread, in order; none of them blocks the caller.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Start this game, in place of the one that runs. Peers stay connected.
    Open(Game),
    /// End the game and write its saves. Peers stay connected and are told.
    Close,
    /// Something of the running game.
    Game(GameCommand),
    /// Start the game again after a crash, from its last automatic state.
    Restart,
    /// Set one core option of the running game, until it is closed.
    CoreOption {
        /// The core's name for it.
        key: String,
        /// One of the values that the core offers.
        value: String,
    },
    /// Plug another device into a controller port of the running game, until it is closed.
    Device {
        /// From 0.
        port: u32,
        /// One that the core offers there.
        id: u32,
    },
    /// Change what is set for the running game, its folder, or every game of its core.
    Layer {
        kind: LayerKind,
        layer: Layer,
        edit: LayerEdit,
    },
    /// Tell of every value that the running game has from layers, in an event.
    ListLayers,
    /// Open the drive of the running game, or put a disc in.
    Disc(DiscCommand),
    /// Make an earlier battery save the present one, and start the game anew with it.
    PutBackSave {
        /// Of [`super::SaveVersion`].
        put_aside: u64,
    },
    /// Change the state of a slot for the one that was there before it.
    PutBackState {
        slot: Slot,
    },
    /// Go on where the game was left, or not: the answer to what the snapshot asks.
    Continue {
        wanted: bool,
    },
    /// Whether games that are opened from now on go on where they were left.
    Continuing(Continuing),
    /// How fast, how slow, and how far back; the memory for the latter counts from the next start on.
    Time(TimeSettings),
    /// What cores may speak and name their options in, from the next start on.
    Language(Spoken),
    /// Keep the picture as it is now, as a PNG file.
    Screenshot,
    /// Begin a recording of what friends see and hear.
    StartRecording,
    StopRecording,
    /// The window is minimised, or is not any more.
    WindowShown(bool),
    /// The speaker's volume, 0.0 to 1.0. The stream's sound does not change.
    Volume(f32),
    /// Something about the people and their links.
    Room(RoomCommand),
    /// What guests may call this machine, and by way of whom they come.
    Site(Site),
    /// What may be used to reach friends beyond the local network.
    Internet(Internet),
    /// Which certificates a server is asked for; none at all without it.
    Certificates(Option<AcmeConfig>),
    /// Stream in this format only; none for the best that each peer takes.
    Codec(Option<Format>),
}
