//! A world of one core process, a shared memory and a disk, in which every action is checked.

use crate::engine::machine::{Action, Answer, Folders, Machine, StartId, StateFound, ToSession};
use crate::engine::layers::{GameLayers, LayerError};
use crate::engine::saves::{SaveError, SavedState, Saves, StateList};
use crate::engine::{Command, EngineEvent, Game, GameState, NoticeKind};
use crate::game_command::{Continuing, StatePlace, TimeSettings};
use crate::layers::{Layer, LayerKind};
use crate::link::message::{Tempo, ToCore};
use crate::text::{IoCause, Spoken};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub const SECOND: Duration = Duration::from_secs(1);

/// Battery saves of a game begin with its number times this, so that no save is taken for another game's.
const GAME: u32 = 1000;

/// One of two games.
pub fn game(number: u32) -> Game {
    Game {
        core: format!("/c/game{number}_libretro.so").into(),
        content: None,
        several: None,
        title: "It".into(),
        options: vec![],
        bounds: Default::default(),
        options_typed: false,
    }
}

#[derive(Debug, Clone)]
pub struct Core {
    pub start: StartId,
    pub revive: bool,
    /// What its battery-backed memory holds.
    pub(super) battery: u32,
    /// The state that it was asked to save (true) or load.
    pub asked: Option<(u32, bool)>,
    pub told: Vec<ToCore>,
    /// It has ended by itself, which the machine may not have heard yet.
    pub(super) gone: bool,
}

#[derive(Debug, Clone, Default)]
struct File {
    battery: Option<u32>,
    states: StateList,
}

impl File {
    fn has(&self, place: StatePlace) -> bool {
        match place {
            StatePlace::Slot(slot) => self.states.slots[slot.index()].is_some(),
            StatePlace::Auto => self.states.auto.is_some(),
        }
    }
}

pub fn saved_state() -> SavedState {
    SavedState { time: 1, bytes: 1, picture: None, has_previous: false }
}

/// One change of a layer.
pub type LayerWritten = (LayerKind, Layer, Vec<(String, Option<String>)>);

#[derive(Debug, Clone)]
pub struct World {
    pub machine: Machine,
    pub now: Duration,
    pub core: Option<Core>,
    /// Version and content; an odd version is one that was being written when the core died.
    pub(super) memory: Option<(u64, u32)>,
    files: BTreeMap<PathBuf, File>,
    pub unreadable: bool,
    pub unwritable: bool,
    pub cannot_start: bool,
    pub recording: bool,
    /// What is kept for every game.
    pub layers: GameLayers,
    /// Every change of it that was written.
    pub layers_written: Vec<LayerWritten>,
    /// Every start that was asked for.
    pub starts: Vec<StartId>,
    pub notices: Vec<NoticeKind>,
    /// What the session was told of discs.
    pub discs: Vec<ToSession>,
    pub events: Vec<EngineEvent>,
    /// The one state request that may be on its way.
    pub(super) request: Option<u32>,
    /// By file: how often people were told that the battery save cannot be written, since it last was.
    told_of_save: BTreeMap<PathBuf, u32>,
    /// Crashes within the last half a minute, as this world counts them.
    pub(super) crashes: Vec<Duration>,
}

impl World {
    pub fn new() -> World {
        let folder = |name: &str| PathBuf::from(name);
        let folders = Folders { data: folder("/d"), system: folder("/s"), recordings: folder("/r") };
        World {
            machine: Machine::new(folders, Spoken::Chinese, Continuing::Ask, TimeSettings::default()),
            now: Duration::from_secs(100),
            core: None,
            memory: None,
            files: BTreeMap::new(),
            unreadable: false,
            unwritable: false,
            cannot_start: false,
            recording: false,
            layers: GameLayers::default(),
            layers_written: Vec::new(),
            starts: Vec::new(),
            notices: Vec::new(),
            discs: Vec::new(),
            events: Vec::new(),
            request: None,
            told_of_save: BTreeMap::new(),
            crashes: Vec::new(),
        }
    }

    /// With this game running.
    pub fn playing(number: u32) -> World {
        let mut world = World::new();
        world.command(Command::Open(game(number)));
        world.load(false);
        world
    }

    pub fn state(&self) -> Option<GameState> {
        self.machine.status().map(|status| status.state)
    }

    pub fn saved(&self, number: u32) -> Option<u32> {
        self.files.get(&Saves::new("/d".as_ref(), &game(number)).core_dir)?.battery
    }

    /// The last thing that people were told.
    pub fn told(&self) -> Option<&NoticeKind> {
        self.notices.last()
    }

    pub fn command(&mut self, command: Command) {
        let down = matches!(self.state(), Some(GameState::Crashed(_) | GameState::Failed(_)));
        if matches!(command, Command::Open(_)) || (command == Command::Restart && down) {
            self.crashes.clear();
        }
        self.machine.handle_command(command);
    }

    /// Does everything that is asked for.
    pub fn settle(&mut self) {
        while self.perform() {}
        self.check();
    }

    /// Does the next thing that is asked for; false if there is none.
    pub fn perform(&mut self) -> bool {
        let Some(action) = self.machine.poll_action() else { return false };
        match action {
            Action::LookUp { game, saves, .. } => {
                let states = self.file(&saves).states.clone();
                let system = "A machine".into();
                self.machine.handle_answer(Answer::Found { game, system, states, versions: vec![] });
            }
            Action::ReadLayers { game, .. } => {
                let layers = Box::new(self.layers.clone());
                self.machine.handle_answer(Answer::LayersRead { game, layers, problems: vec![] });
            }
            Action::WriteLayer { kind, layer, edits, .. } => {
                let result = match self.unwritable {
                    true => Err(LayerError::NotWritten { file: "/full".into(), cause: IoCause::StorageFull }),
                    false => Ok(()),
                };
                if result.is_ok() {
                    self.layers_written.push((kind, layer, edits));
                }
                self.machine.handle_answer(Answer::LayerWritten { result });
            }
            Action::ClearMemory => self.memory = None,
            Action::ReadSave { start, saves } => {
                let result = self.read_save(&saves);
                self.machine.handle_answer(Answer::SaveRead { start, result });
            }
            Action::WriteSave { game, saves, saved } => {
                let Some((version, battery)) = self.memory.filter(|it| it.0 != saved && it.0 % 2 == 0) else {
                    return true;
                };
                let name = PathBuf::from(format!("/battery/{}", game.0));
                let result = if self.unwritable {
                    Err(SaveError::NotWritten { file: name, cause: IoCause::StorageFull })
                } else {
                    let file = self.file(&saves);
                    assert!(file.battery.is_none_or(|old| old / GAME == battery / GAME), "another game's save");
                    file.battery = Some(battery);
                    self.told_of_save.remove(&name);
                    Ok(version)
                };
                self.machine.handle_answer(Answer::SaveWritten { game, result, versions: vec![] });
            }
            Action::PutBack { game: id, saves, put_aside } => {
                assert!(self.core.is_none(), "a core would write over it");
                let result = if self.unwritable {
                    Err(SaveError::NotWritten { file: "/full".into(), cause: IoCause::StorageFull })
                } else {
                    // What an earlier save holds is its number here, within those of the game.
                    let game = u32::from(saves.core_dir.to_string_lossy().contains("game1"));
                    self.told_of_save.remove(Path::new(&format!("/battery/{}", id.0)));
                    self.file(&saves).battery = Some(game * GAME + put_aside as u32 % GAME);
                    Ok(())
                };
                self.machine.handle_answer(Answer::PutBack { game: id, result });
            }
            Action::ReleaseSaves => assert!(self.core.is_none(), "a core may still save"),
            Action::ReadState { ticket, place, saves, .. } => {
                assert_eq!(self.request.replace(ticket), None, "two requests for states at once");
                let there = self.file(&saves).has(place);
                let result = match self.unreadable {
                    true => Err(SaveError::NotRead { file: "/gone".into(), cause: IoCause::PermissionDenied }),
                    false if there => Ok(StateFound::Ready { other_version: None }),
                    false => Ok(StateFound::Nothing),
                };
                if !matches!(result, Ok(StateFound::Ready { .. })) {
                    self.request = None;
                }
                self.machine.handle_answer(Answer::StateRead { ticket, result });
            }
            Action::WriteState { ticket, place, saves, .. } => {
                assert_eq!(self.request.take(), Some(ticket));
                let result = match self.unwritable {
                    true => Err(SaveError::NotWritten { file: "/full".into(), cause: IoCause::StorageFull }),
                    false => Ok(true),
                };
                let StatePlace::Slot(slot) = place else { panic!("nobody asks for that") };
                let states = &mut self.file(&saves).states;
                if result.is_ok() {
                    states.slots[slot.index()] = Some(saved_state());
                }
                let states = states.clone();
                self.machine.handle_answer(Answer::StateWritten { ticket, result, states });
            }
            Action::KeepLastState { saves, .. } => {
                assert!(self.core.is_none(), "its last state is not there yet");
                self.file(&saves).states.auto = Some(saved_state());
            }
            Action::PutBackState { game, slot, saves } => {
                let file = SaveError::NoPreviousState { file: "/none".into() };
                let states = self.file(&saves).states.clone();
                self.machine.handle_answer(Answer::StatePutBack { game, slot, result: Err(file), states });
            }
            Action::StartCore { start, load } => {
                assert!(self.core.is_none(), "two cores at once");
                assert!(self.starts.last().is_none_or(|last| *last < start));
                self.starts.push(start);
                let result = if self.cannot_start { Err(NoticeKind::NoMoreLinks) } else { Ok(start.0 as u32) };
                if result.is_ok() {
                    let name = load.core.to_string_lossy();
                    let number = u32::from(name.contains("game1"));
                    let battery = self.memory.map_or(number * GAME, |(_, battery)| battery);
                    assert_eq!(battery / GAME, number, "another game's memory");
                    let (revive, told) = (load.revive, Vec::new());
                    self.core = Some(Core { start, revive, battery, asked: None, told, gone: false });
                }
                self.machine.handle_answer(Answer::CoreStarted { start, result });
            }
            Action::StopCore => {
                // In order: what it has not shown yet is in the memory now.
                if let Some(core) = self.core.take().filter(|core| !core.gone) {
                    self.show(core.battery);
                }
                self.request = None;
            }
            Action::DropCore => {
                self.core = None;
                self.request = None;
            }
            Action::TellCore(message) => {
                let core = self.core.as_mut().expect("a core to tell something");
                match message {
                    ToCore::SaveState { ticket } => {
                        assert_eq!(self.request.replace(ticket), None, "two requests for states at once");
                        core.asked = Some((ticket, true));
                    }
                    ToCore::LoadState { ticket } => {
                        assert_eq!(self.request, Some(ticket));
                        core.asked = Some((ticket, false));
                    }
                    _ => {}
                }
                core.told.push(message);
            }
            Action::StartRecording { .. } => self.recording = true,
            Action::StopRecording => self.recording = false,
            Action::Notice(kind) => {
                if let NoticeKind::Save { error: SaveError::NotWritten { file, .. } } = &kind {
                    *self.told_of_save.entry(file.clone()).or_default() += 1;
                }
                self.notices.push(kind);
            }
            Action::Event(event) => self.events.push(event),
            Action::ToSession(told @ (ToSession::Discs(_) | ToSession::DiscChanged { .. })) => self.discs.push(told),
            Action::RequestKeyframes | Action::TakeScreenshot | Action::SetVolume(_) | Action::ToSession(_) => {}
        }
        true
    }

    /// What holds whenever nothing is left to do.
    fn check(&self) {
        let alive = self.core.as_ref().is_some_and(|core| !core.gone);
        match self.state() {
            None => assert!(!self.recording && self.request.is_none() && !alive, "something goes on without a game"),
            Some(GameState::Starting | GameState::Running | GameState::Paused) => assert!(alive),
            Some(GameState::Crashed(_) | GameState::Failed(_)) => assert!(!alive),
        }
        let status = self.machine.status();
        let flow = status.as_ref().map(|status| status.flow).unwrap_or_default();
        let told = self.core.iter().flat_map(|core| &core.told);
        let tempo = told.filter_map(|it| if let ToCore::Tempo(tempo) = it { Some(*tempo) } else { None }).next_back();
        // One that cannot be gone back in has gone on by itself.
        let gave_up = tempo == Some(Tempo::Rewind) && status.as_ref().is_some_and(|status| !status.can_rewind);
        assert!(flow.is_normal() == (tempo.unwrap_or_default() == Tempo::Normal) || gave_up, "{flow:?}, {tempo:?}");
        assert!(!flow.is_normal() || status.is_none_or(|status| status.flow_by.is_none()));
        assert_eq!(self.core.is_some(), alive, "a process that is gone is held");
        assert_eq!(self.machine.core_pid(), self.core.as_ref().map(|core| core.start.0 as u32));
    }

    fn file(&mut self, saves: &Saves) -> &mut File {
        self.files.entry(saves.core_dir.clone()).or_default()
    }

    fn read_save(&mut self, saves: &Saves) -> Result<u64, SaveError> {
        if self.memory.is_none_or(|(version, _)| version % 2 == 1) {
            if self.unreadable {
                return Err(SaveError::NotRead { file: "/gone".into(), cause: IoCause::PermissionDenied });
            }
            self.memory = self.file(saves).battery.map(|battery| (0, battery));
        }
        Ok(self.memory.map_or(0, |(version, _)| version))
    }

    pub fn second(&mut self) {
        self.now += SECOND;
        self.machine.handle_second();
    }

    /// How often people were told that a battery save cannot be written, since it last was.
    pub fn told_of_save(&self) -> u32 {
        let battery = |file: &&PathBuf| file.starts_with("/battery");
        self.told_of_save.keys().filter(battery).map(|file| self.told_of_save[file]).max().unwrap_or_default()
    }

    /// A request for a state is on its way.
    pub fn asked_for_state(&self) -> bool {
        self.request.is_some()
    }

    /// What the core has in its battery-backed memory.
    pub fn battery(&self) -> Option<u32> {
        self.core.as_ref().map(|core| core.battery)
    }

    /// What a core last had there and showed.
    pub fn shown(&self) -> Option<u32> {
        self.memory.filter(|(version, _)| version % 2 == 0).map(|(_, battery)| battery)
    }
}
