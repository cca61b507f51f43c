//! What the machine asks for, and what it is answered.

use crate::engine::layers::{GameLayers, LayerError};
use crate::engine::saves::{CoreName, SaveError, SaveVersion, Saves, StateList};
use crate::engine::{EngineEvent, NoticeKind};
use crate::game_command::{Slot, StatePlace};
use crate::layers::{Layer, LayerKind};
use crate::link::message::{ControlName, Discs, Load, PortDevices, ToCore, Wants};
use crate::packet::Format;
use crate::room::RoomCommand;
use crate::session::protocol::OnScreen;
use std::path::PathBuf;

/// One opening of a game. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct GameId(pub u64);

/// One start of a core process. Never used twice, so news of an earlier process is known by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct StartId(pub u64);

/// One request for a save state. Never used twice.
pub type Ticket = u32;

/// Something to be done. Each action is finished before the next is begun, or [`Action::StopCore`] followed by
/// [`Action::WriteSave`] would not write what the core left behind.
#[derive(Debug, Clone)]
pub enum Action {
    /// Look on disk for what belongs to the game; answered by [`Answer::Found`].
    LookUp {
        game: GameId,
        core: PathBuf,
        content: Option<PathBuf>,
        saves: Saves,
    },
    /// Read what is set for the game; answered by [`Answer::LayersRead`].
    ReadLayers {
        game: GameId,
        core: PathBuf,
        content: Option<PathBuf>,
        saves: Saves,
    },
    /// Write what changed in one layer; answered by [`Answer::LayerWritten`].
    WriteLayer {
        game: GameId,
        core: PathBuf,
        content: Option<PathBuf>,
        saves: Saves,
        kind: LayerKind,
        layer: Layer,
        /// Keys with their values; none for those that the layer has nothing for any more.
        edits: Vec<(String, Option<String>)>,
    },
    /// Forget the states and the battery save in the shared memory: they are another game's.
    ClearMemory,
    /// Put the battery save into the shared memory, unless newer content is there; answered by [`Answer::SaveRead`].
    ReadSave {
        start: StartId,
        saves: Saves,
    },
    /// Write the battery save unless the memory still has version `saved`; answered by [`Answer::SaveWritten`], or not at
    /// all if there was nothing to write or the core was changing it just then.
    WriteSave {
        game: GameId,
        saves: Saves,
        saved: u64,
    },
    /// Make an earlier version the battery save; answered by [`Answer::PutBack`]. Never asked for while there is a core.
    PutBack {
        game: GameId,
        saves: Saves,
        put_aside: u64,
    },
    /// The saves may be another host's now.
    ReleaseSaves,
    /// Put a state where the core finds it, if it is of this core; answered by [`Answer::StateRead`].
    ReadState {
        ticket: Ticket,
        place: StatePlace,
        core: CoreName,
        saves: Saves,
    },
    /// Write the core's newest state; answered by [`Answer::StateWritten`].
    WriteState {
        ticket: Ticket,
        place: StatePlace,
        core: CoreName,
        saves: Saves,
    },
    /// Write the last state of a core that was stopped, to go on from.
    KeepLastState {
        core: CoreName,
        saves: Saves,
    },
    /// Change the state of a slot for the one before it; answered by [`Answer::StatePutBack`].
    PutBackState {
        game: GameId,
        slot: Slot,
        saves: Saves,
    },
    /// Start a core process; answered by [`Answer::CoreStarted`]. Never asked for while there is one.
    StartCore {
        start: StartId,
        load: Box<Load>,
    },
    /// End the core process in order: what it had to save is in the shared memory then.
    StopCore,
    /// Let go of a core process that is gone, or to go at once.
    DropCore,
    TellCore(ToCore),
    /// In every rendition: what is shown next has nothing to do with what was shown before.
    RequestKeyframes,
    TakeScreenshot,
    /// Unless one is on.
    StartRecording {
        folder: PathBuf,
        title: String,
    },
    StopRecording,
    SetVolume(f32),
    ToSession(ToSession),
    Notice(NoticeKind),
    Event(EngineEvent),
}

/// What the people in the room are to be told, or what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub enum ToSession {
    /// How many controller ports the game has.
    Seats(usize),
    /// What the core calls its controls, and what it reads besides pads.
    Controls {
        ports: Vec<PortDevices>,
        names: Vec<ControlName>,
        wants: Wants,
    },
    /// The discs of the game; none at all for one without a drive.
    Discs(Discs),
    /// Another disc is in: who put it in, none for the host, and which, from 0.
    DiscChanged {
        by: Option<String>,
        disc: u32,
    },
    /// What the core wants people to read.
    OnScreen(OnScreen),
    Room(RoomCommand),
    /// Stream in this format only; none for the best that each peer takes.
    Codec(Option<Format>),
}

/// What was found where a state was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateFound {
    /// None that could be put back.
    Nothing,
    /// The core finds it now. This other version of the core saved it, if one did.
    Ready { other_version: Option<String> },
}

/// What came of an action.
#[derive(Debug, Clone)]
pub enum Answer {
    Found {
        game: GameId,
        /// The machine it is for, as the libretro database calls it; empty when that is unknown.
        system: String,
        /// Its save states.
        states: StateList,
        /// Earlier battery saves, the newest first.
        versions: Vec<SaveVersion>,
    },
    LayersRead {
        game: GameId,
        layers: Box<GameLayers>,
        problems: Vec<LayerError>,
    },
    LayerWritten {
        result: Result<(), LayerError>,
    },
    /// With the version that is in the shared memory now: 0 if it comes from the file.
    SaveRead {
        start: StartId,
        result: Result<u64, SaveError>,
    },
    /// With the version that was written.
    SaveWritten {
        game: GameId,
        result: Result<u64, SaveError>,
        versions: Vec<SaveVersion>,
    },
    PutBack {
        game: GameId,
        result: Result<(), SaveError>,
    },
    StateRead {
        ticket: Ticket,
        result: Result<StateFound, SaveError>,
    },
    /// False: the core left none that is whole.
    StateWritten {
        ticket: Ticket,
        result: Result<bool, SaveError>,
        states: StateList,
    },
    StatePutBack {
        game: GameId,
        slot: Slot,
        result: Result<(), SaveError>,
        states: StateList,
    },
    /// With the process number.
    CoreStarted {
        start: StartId,
        result: Result<u32, NoticeKind>,
    },
}
