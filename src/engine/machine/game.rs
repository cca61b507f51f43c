//! The open game, and how the window and the pages see it.

use super::Folders;
use super::action::{GameId, StartId};
use super::messages::Messages;
use super::time::Guest;
use crate::engine::layers::GameLayers;
use crate::engine::saves::{CoreName, SaveVersion, Saves, StateList};
use crate::engine::{DeviceStatus, Game, GameState, GameStatus};
use crate::game_command::Flow;
use crate::layers::Layer;
use crate::link::message::{Bounds, ControlName, Discs, Load, Loaded, Pace, PortDevices, Wants};
use crate::session::protocol::{GameInfo, PlayState, Problem};
use crate::text::{Message, Spoken};
use std::path::PathBuf;
use std::sync::Arc;

/// The core process of the open game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    None,
    /// Started once the battery save is in its place.
    Planned {
        start: StartId,
        revive: bool,
    },
    /// Being started.
    Asked(StartId),
    Alive {
        start: StartId,
        pid: u32,
    },
}

/// Battery-backed memory and its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct BatterySave {
    /// The version of the memory that the file has.
    pub(super) saved: u64,
    /// It could not be written. That was told once; it is tried again every second.
    pub(super) in_trouble: bool,
}

#[derive(Debug, Clone)]
pub(super) struct OpenGame {
    pub(super) id: GameId,
    pub(super) game: Game,
    pub(super) saves: Saves,
    pub(super) state: GameState,
    pub(super) process: Process,
    /// A start that follows another one, so what comes of it is told in other words.
    pub(super) restarting: bool,
    /// Of the newest start that came so far.
    pub(super) loaded: Option<Loaded>,
    pub(super) battery: BatterySave,
    pub(super) states: StateList,
    /// The person was asked whether to go on where the game was left, and has not said.
    pub(super) asks_to_continue: bool,
    pub(super) versions: Vec<SaveVersion>,
    pub(super) system: String,
    /// Options, and what is plugged in, with what else is set for it.
    pub(super) layers: Arc<GameLayers>,
    /// What can be plugged in, and what is.
    pub(super) ports: Vec<PortDevices>,
    pub(super) names: Vec<ControlName>,
    pub(super) wants: Wants,
    pub(super) discs: Option<Discs>,
    /// The disc that is to be put in, from 0, and the guest who wants it; none for the host.
    pub(super) disc_wanted: Option<(u32, Option<String>)>,
    pub(super) messages: Messages,
    /// It was said that the core process is not held as it should be.
    pub(super) hold_told: bool,
    /// The kinds of things that the core was refused.
    pub(super) refused: Vec<u8>,
    /// The guest who paused it, or was the last to ask for that; none for the host.
    pub(super) paused_by: Option<String>,
    /// How it goes through time, and the guest who wants it so; none for the host.
    pub(super) flow: Flow,
    pub(super) flow_by: Option<Guest>,
    /// Memory that its core process has for going back.
    pub(super) rewind_mb: u32,
    /// The core's states turned out to be of no use for that.
    pub(super) rewind_lost: bool,
}

impl OpenGame {
    pub(super) fn new(id: GameId, game: Game, saves: Saves) -> OpenGame {
        let mut layers = GameLayers::default();
        for (key, value) in &game.options {
            layers.options.set(Layer::Start, key, value);
        }
        OpenGame {
            id,
            game,
            saves,
            state: GameState::Starting,
            process: Process::None,
            restarting: false,
            loaded: None,
            battery: BatterySave::default(),
            states: StateList::default(),
            asks_to_continue: false,
            versions: Vec::new(),
            system: String::new(),
            layers: Arc::new(layers),
            ports: Vec::new(),
            names: Vec::new(),
            wants: Wants::default(),
            discs: None,
            disc_wanted: None,
            messages: Messages::default(),
            hold_told: false,
            refused: Vec::new(),
            paused_by: None,
            flow: Flow::Normal,
            flow_by: None,
            rewind_mb: 0,
            rewind_lost: false,
        }
    }

    /// What the core process is told to run.
    pub(super) fn load(&self, folders: &Folders, language: Spoken, revive: bool) -> Load {
        Load {
            core: self.game.core.clone(),
            content: self.game.content.clone(),
            several: self.game.several.clone().map(Box::new),
            only_asked: false,
            options: self.option_values(),
            options_typed: self.game.options_typed,
            devices: self.devices(),
            system_dir: folders.system.clone(),
            save_dir: self.saves.core_dir.clone(),
            // The executor's to give.
            temp_dir: PathBuf::new(),
            language,
            revive,
            pace: Pace::Real,
            bounds: Bounds { reports: Some(folders.data.join("crashes")), ..self.game.bounds.clone() },
            rewind_mb: self.rewind_mb,
        }
    }

    pub(super) fn status(&self) -> GameStatus {
        let loaded = self.loaded.as_ref();
        let device = |port: &PortDevices| DeviceStatus { types: port.types.clone(), plugged: port.plugged };
        GameStatus {
            title: self.game.title.clone(),
            core_name: loaded.map(|loaded| format!("{} {}", loaded.name, loaded.version)).unwrap_or_default(),
            core: self.game.core.clone(),
            content: self.game.content.clone(),
            state: self.state.clone(),
            paused_by: self.paused_by.clone(),
            flow: self.flow,
            flow_by: self.flow_by.as_ref().map(|guest| guest.name.clone()),
            can_rewind: self.can_rewind(),
            ports: if self.ports.is_empty() { loaded.map_or(0, |loaded| loaded.ports) } else { self.ports.len() },
            devices: self.ports.iter().map(device).collect(),
            wants: self.wants,
            options: loaded.map(|loaded| loaded.options.clone()).unwrap_or_default(),
            layers: Arc::clone(&self.layers),
            discs: self.discs.clone(),
            states: self.states.clone(),
            asks_to_continue: self.asks_to_continue,
            versions: self.versions.clone(),
            can_save_state: self.has_states(),
            on_screen: self.messages.shown(),
        }
    }

    pub(super) fn core_and_content(&self) -> (PathBuf, Option<PathBuf>) {
        (self.game.core.clone(), self.game.content.clone())
    }

    pub(super) fn has_states(&self) -> bool {
        self.loaded.as_ref().is_some_and(|loaded| loaded.state_bytes > 0)
    }

    /// The core that a state is of.
    pub(super) fn core_id(&self) -> CoreName {
        let id = |loaded: &Loaded| CoreName { name: loaded.name.clone(), version: loaded.version.clone() };
        self.loaded.as_ref().map(id).unwrap_or_default()
    }

    /// What the core calls itself, once it has said so.
    pub(super) fn core_name(&self) -> String {
        self.loaded.as_ref().map(|loaded| loaded.name.clone()).unwrap_or_default()
    }

    pub(super) fn info(&self) -> GameInfo {
        let problem = |code| Some(Problem { code, core: self.core_name() });
        let (state, problem) = match &self.state {
            // Pages have their own words for a game that is being brought back.
            GameState::Starting | GameState::Crashed(_) if self.restarting => (PlayState::Crashed, None),
            GameState::Starting => (PlayState::Starting, None),
            GameState::Running => (PlayState::Running, None),
            GameState::Paused => (PlayState::Paused, None),
            // One that crashed again and again waits for the host.
            GameState::Crashed(crash) => (PlayState::Stopped, problem(crash.code())),
            // Files and folders of the host are not the guests' business.
            GameState::Failed(_) => (PlayState::Stopped, problem("failed")),
        };
        let paused_by = self.paused_by.clone().filter(|_| state == PlayState::Paused);
        GameInfo {
            name: self.game.title.clone(),
            core: self.core_name(),
            system: self.system.clone(),
            state,
            message: paused_by.unwrap_or_default(),
            problem,
            unsaved: self.battery.in_trouble,
            flow: self.flow,
            flow_by: self.flow_by.as_ref().map(|guest| guest.name.clone()).unwrap_or_default(),
            can_rewind: self.can_rewind(),
        }
    }
}
