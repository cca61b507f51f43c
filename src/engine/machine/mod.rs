//! What happens to the game, from its opening to its closing: decided here, done by the engine's thread.
//!
//! The machine owns no thread, process, file, socket or clock. It is told of commands, of news of the core process, of what
//! came of its actions, and of passing seconds; after each of these, everything that [`Machine::poll_action`] returns is to
//! be done, in order. News carry the number of the start, and answers that of the game, start or request that they are
//! about: those of an earlier one change nothing.

mod action;
mod core;
mod crashes;
mod discs;
mod game;
mod layers;
mod messages;
mod states;
#[cfg(test)]
mod tests;
mod time;

pub use action::{Action, Answer, GameId, StartId, StateFound, ToSession};
pub use layers::device_key;
pub use time::Guest;

use super::saves::{SaveError, Saves};
use super::{Command, EngineEvent, Game, GameState, GameStatus, NoticeKind};
use crate::game_command::{Continuing, GameCommand, StatePlace, TimeSettings};
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::link::message::{Discs, ToCore};
use crate::session::protocol::{GameInfo, OnScreen};
use crate::text::Spoken;
use crashes::Crashes;
use game::{BatterySave, OpenGame, Process};
use states::{StateRequest, StateRequests};
use std::collections::VecDeque;
use std::mem;
use std::path::PathBuf;

/// Where things are kept.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Saves and states.
    pub data: PathBuf,
    /// BIOS files.
    pub system: PathBuf,
    pub recordings: PathBuf,
}

/// What becomes of the state that the game is in when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastState {
    /// It can be gone on from.
    Keep,
    /// The game itself was over.
    Forget,
}

#[derive(Debug, Clone)]
pub struct Machine {
    folders: Folders,
    /// For cores, from their next start on.
    language: Spoken,
    /// Whether a game that is opened goes on where it was left.
    continuing: Continuing,
    /// How fast, how slow, how far back.
    time: TimeSettings,
    actions: VecDeque<Action>,
    game: Option<OpenGame>,
    /// Of the game that was closed last: its last write may be answered when the next one is open.
    closed: Option<(GameId, BatterySave)>,
    crashes: Crashes,
    states: StateRequests,
    games: u64,
    starts: u64,
}

impl Machine {
    pub fn new(folders: Folders, language: Spoken, continuing: Continuing, time: TimeSettings) -> Machine {
        Machine {
            folders,
            language,
            continuing,
            time,
            actions: VecDeque::new(),
            game: None,
            closed: None,
            crashes: Crashes::default(),
            states: StateRequests::default(),
            games: 0,
            starts: 0,
        }
    }

    /// The next thing to do, until there is none.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The game as the window shows it; none when none is open.
    pub fn status(&self) -> Option<GameStatus> {
        self.game.as_ref().map(OpenGame::status)
    }

    /// The game as pages show it.
    pub fn info(&self) -> GameInfo {
        self.game.as_ref().map(OpenGame::info).unwrap_or_default()
    }

    /// The number of the core process, if one runs.
    pub fn core_pid(&self) -> Option<u32> {
        match self.game.as_ref()?.process {
            Process::Alive { pid, .. } => Some(pid),
            _ => None,
        }
    }

    /// The host asks for something.
    pub fn handle_command(&mut self, command: Command) {
        match command {
            Command::Open(game) => {
                self.close(LastState::Keep);
                self.open(game);
            }
            Command::Close => self.close(LastState::Keep),
            Command::Game(command) => self.command_game(None, command),
            Command::Restart => {
                let ended = |game: &OpenGame| matches!(game.state, GameState::Crashed(_) | GameState::Failed(_));
                if self.game.as_ref().is_some_and(ended) {
                    self.crashes.forget();
                    self.restart(true);
                }
            }
            Command::CoreOption { key, value } => {
                self.edit_layer(LayerKind::Options, Layer::Start, LayerEdit::Set(vec![(key, value)]));
            }
            Command::Device { port, id } => {
                let device = (device_key(port), id.to_string());
                self.edit_layer(LayerKind::Settings, Layer::Start, LayerEdit::Set(vec![device]));
            }
            Command::Layer { kind, layer, edit } => self.edit_layer(kind, layer, edit),
            Command::ListLayers => self.list_layers(),
            Command::Disc(command) => self.command_drive(command),
            Command::PutBackSave { put_aside } => self.put_back(put_aside),
            Command::PutBackState { slot } => self.put_back_state(slot),
            Command::Continue { wanted } => self.continue_game(wanted),
            Command::Continuing(continuing) => self.continuing = continuing,
            Command::Time(time) => self.time = time,
            Command::Language(language) => self.language = language,
            Command::Screenshot => {
                if self.game.is_some() {
                    self.push(Action::TakeScreenshot);
                }
            }
            Command::StartRecording => {
                if let Some(game) = &self.game {
                    let (folder, title) = (self.folders.recordings.clone(), game.game.title.clone());
                    self.push(Action::StartRecording { folder, title });
                }
            }
            Command::StopRecording => {
                if self.game.is_some() {
                    self.push(Action::StopRecording);
                }
            }
            Command::Volume(volume) => self.push(Action::SetVolume(volume)),
            Command::Room(command) => self.push(Action::ToSession(ToSession::Room(command))),
            // The game's machine has no part in it: the engine's thread takes these itself.
            Command::Site(_) | Command::Internet(_) | Command::Certificates(_) | Command::WindowShown(_) => {}
            Command::Codec(format) => self.push(Action::ToSession(ToSession::Codec(format))),
        }
    }

    /// A guest who may do so asks for something of the game.
    pub fn handle_guest(&mut self, guest: Guest, command: GameCommand) {
        self.command_game(Some(guest), command);
    }

    /// An action was done.
    pub fn handle_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Found { game: id, system, states, versions } => {
                if let Some(game) = self.game.as_mut().filter(|game| game.id == id) {
                    (game.system, game.states, game.versions) = (system, states, versions);
                }
            }
            Answer::LayersRead { game, layers, problems } => self.layers_read(game, *layers, problems),
            Answer::LayerWritten { result } => self.layer_written(result),
            Answer::SaveRead { start, result } => self.save_read(start, result),
            Answer::SaveWritten { game: id, result, versions } => {
                if let Some(game) = self.game.as_mut().filter(|game| game.id == id) {
                    game.versions = versions;
                }
                self.save_written(id, result);
            }
            Answer::PutBack { game, result } => self.was_put_back(game, result),
            Answer::StateRead { ticket, result } => self.state_read(ticket, result),
            Answer::StateWritten { ticket, result, states } => self.state_written(ticket, result, states),
            Answer::StatePutBack { game, slot, result, states } => self.state_put_back(game, slot, result, states),
            Answer::CoreStarted { start, result } => self.core_started(start, result),
        }
    }

    /// A second has passed: a battery save is written soon after it changed, and tried again when it could not be.
    pub fn handle_second(&mut self) {
        self.write_save();
    }

    fn open(&mut self, game: Game) {
        self.push(Action::ClearMemory);
        self.crashes.forget();
        self.games += 1;
        let saves = Saves::new(&self.folders.data, &game);
        let game = OpenGame::new(GameId(self.games), game, saves);
        self.push(Action::LookUp {
            game: game.id,
            core: game.game.core.clone(),
            content: game.game.content.clone(),
            saves: game.saves.clone(),
        });
        self.push(Action::ReadLayers {
            game: game.id,
            core: game.game.core.clone(),
            content: game.game.content.clone(),
            saves: game.saves.clone(),
        });
        self.game = Some(game);
        self.plan_start(false);
    }

    fn close(&mut self, last: LastState) {
        self.stop_going_back();
        let Some(game) = &self.game else { return };
        // While it is not known whether the person wants to go on from the last one, that one stays.
        let keep = last == LastState::Keep
            && matches!(game.state, GameState::Running | GameState::Paused)
            && game.has_states()
            && !game.asks_to_continue;
        let kept = keep.then(|| Action::KeepLastState { core: game.core_id(), saves: game.saves.clone() });
        if matches!(game.process, Process::Asked(_) | Process::Alive { .. }) {
            self.push(Action::StopCore);
        }
        self.write_save();
        self.actions.extend(kept);
        self.push(Action::StopRecording);
        self.states.forget();
        self.push(Action::ReleaseSaves);
        self.closed = self.game.take().map(|game| (game.id, game.battery));
        self.push(Action::ToSession(ToSession::Discs(Discs::default())));
        self.push(Action::ToSession(ToSession::OnScreen(OnScreen::default())));
    }

    /// An earlier battery save takes the place of the present one, which becomes an earlier one itself.
    fn put_back(&mut self, put_aside: u64) {
        self.stop_going_back();
        let Some(game) = &mut self.game else { return };
        let (id, saves) = (game.id, game.saves.clone());
        let alive = matches!(mem::replace(&mut game.process, Process::None), Process::Asked(_) | Process::Alive { .. });
        if alive {
            self.push(Action::StopCore);
        }
        self.write_save();
        self.states.forget();
        self.push(Action::PutBack { game: id, saves, put_aside });
    }

    /// The game starts anew in any case: its core is gone.
    fn was_put_back(&mut self, id: GameId, result: Result<(), SaveError>) {
        let Some(game) = self.game.as_mut().filter(|game| game.id == id) else { return };
        match result {
            Ok(()) => {
                game.battery = BatterySave::default();
                self.push(Action::ClearMemory);
                self.notice(NoticeKind::SavePutBack);
                self.restart(false);
            }
            // It goes on where it was.
            Err(error) => {
                self.notice(error.into());
                self.restart(true);
            }
        }
    }

    fn restart(&mut self, revive: bool) {
        if let Some(game) = &mut self.game {
            game.restarting = true;
        }
        self.plan_start(revive);
    }

    /// First the battery save, then the core that reads it.
    fn plan_start(&mut self, revive: bool) {
        let Some(game) = &mut self.game else { return };
        self.starts += 1;
        let start = StartId(self.starts);
        game.state = GameState::Starting;
        game.set_normal();
        game.process = Process::Planned { start, revive };
        let saves = game.saves.clone();
        self.push(Action::ReadSave { start, saves });
    }

    fn save_read(&mut self, start: StartId, result: Result<u64, SaveError>) {
        let Some(game) = &mut self.game else { return };
        let Process::Planned { start: planned, revive } = game.process else { return };
        if planned != start {
            return;
        }
        match result {
            Ok(version) => {
                // Any other version is of the core before this one, and which of those the file has is known.
                if version == 0 {
                    game.battery.saved = 0;
                }
                game.process = Process::Asked(start);
                (game.rewind_mb, game.rewind_lost) = (game.time(self.time).rewind_mb, false);
                let load = Box::new(game.load(&self.folders, self.language, revive));
                self.push(Action::StartCore { start, load });
            }
            // Running on would end in overwriting a save that could not be read.
            Err(error) => {
                game.process = Process::None;
                self.fail(error.into());
            }
        }
    }

    fn core_started(&mut self, start: StartId, result: Result<u32, NoticeKind>) {
        let Some(game) = self.game.as_mut().filter(|game| game.process == Process::Asked(start)) else { return };
        match result {
            Ok(pid) => game.process = Process::Alive { start, pid },
            Err(why) => {
                game.process = Process::None;
                self.fail(why);
            }
        }
    }

    /// The game cannot be run.
    fn fail(&mut self, why: NoticeKind) {
        let Some(game) = &mut self.game else { return };
        game.restarting = false;
        game.state = GameState::Failed(why.clone());
        if mem::replace(&mut game.process, Process::None) != Process::None {
            self.push(Action::DropCore);
        }
        self.core_falls_silent();
        self.states.forget();
        self.event(EngineEvent::Failed(why));
    }

    fn write_save(&mut self) {
        if let Some(game) = &self.game {
            let action = Action::WriteSave { game: game.id, saves: game.saves.clone(), saved: game.battery.saved };
            self.push(action);
        }
    }

    fn save_written(&mut self, id: GameId, result: Result<u64, SaveError>) {
        let open = self.game.as_mut().map(|game| (game.id, &mut game.battery));
        let closed = self.closed.as_mut().map(|(id, battery)| (*id, battery));
        let Some((_, battery)) = open.into_iter().chain(closed).find(|(known, _)| *known == id) else { return };
        match result {
            Ok(version) => {
                let was_in_trouble = battery.in_trouble;
                *battery = BatterySave { saved: version, in_trouble: false };
                if was_in_trouble {
                    self.notice(NoticeKind::SavingAgain);
                }
            }
            Err(error) => {
                if !mem::replace(&mut battery.in_trouble, true) {
                    self.notice(error.into());
                }
            }
        }
    }

    fn command_game(&mut self, guest: Option<Guest>, command: GameCommand) {
        let Some(game) = self.game.as_mut().filter(|game| matches!(game.process, Process::Alive { .. })) else {
            return;
        };
        match command {
            GameCommand::Pause => {
                match guest {
                    None => game.paused_by = None,
                    // A guest who pauses what is paused has not paused it.
                    Some(guest) if game.state == GameState::Running => game.paused_by = Some(guest.name),
                    Some(_) => {}
                }
                self.tell_core(ToCore::Pause);
            }
            GameCommand::Resume => {
                if guest.is_none() {
                    game.paused_by = None;
                }
                self.tell_core(ToCore::Resume);
            }
            GameCommand::Reset => {
                if let Some(Guest { name, .. }) = guest {
                    self.notice(NoticeKind::ResetBy { name });
                }
                self.stop_going_back();
                self.tell_core(ToCore::Reset);
            }
            GameCommand::SaveState(slot) => self.request_state(StateRequest::Save(slot)),
            GameCommand::LoadState(slot) => {
                if let Some(Guest { name, .. }) = guest {
                    self.notice(NoticeKind::LoadRequested { name, slot });
                }
                self.request_state(StateRequest::Load(StatePlace::Slot(slot)));
            }
            GameCommand::InsertDisc(disc) => self.insert_disc(guest.map(|it| it.name), disc),
            GameCommand::Flow(flow) => self.set_flow(guest, flow),
            GameCommand::StepFrame => self.step_frame(guest),
        }
    }

    fn tell_core(&mut self, message: ToCore) {
        if self.core_pid().is_some() {
            self.push(Action::TellCore(message));
        }
    }

    fn notice(&mut self, kind: NoticeKind) {
        self.push(Action::Notice(kind));
    }

    fn event(&mut self, event: EngineEvent) {
        self.push(Action::Event(event));
    }

    fn push(&mut self, action: Action) {
        self.actions.push_back(action);
    }
}
