//! A world of one core process, a shared memory and a disk, in which every action is checked.

use crate::crash::{Crash, How};
use crate::emulator::Event as CoreEvent;
use crate::engine::machine::{Action, Answer, Folders, Machine, StartId};
use crate::engine::saves::{SaveError, Saves};
use crate::engine::{Command, EngineEvent, Game, GameState, NoticeKind};
use crate::game_command::Slot;
use crate::link::message::{AvInfo, FromCore, Loaded, ToCore};
use crate::text::IoCause;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub const SECOND: Duration = Duration::from_secs(1);

/// Battery saves of a game begin with its number times this, so that no save is taken for another game's.
const GAME: u32 = 1000;

/// One of two games.
pub fn game(number: u32) -> Game {
    Game { core: format!("/c/game{number}_libretro.so").into(), content: None, title: "It".into(), options: vec![] }
}

#[derive(Debug, Clone)]
pub struct Core {
    pub start: StartId,
    pub revive: bool,
    /// What its battery-backed memory holds.
    battery: u32,
    /// The state that it was asked to save (true) or load.
    pub asked: Option<(u32, bool)>,
    pub told: Vec<ToCore>,
    /// It has ended by itself, which the machine may not have heard yet.
    gone: bool,
}

#[derive(Debug, Clone, Default)]
struct File {
    battery: Option<u32>,
    slots: [bool; Slot::COUNT],
}

#[derive(Debug, Clone)]
pub struct World {
    pub machine: Machine,
    pub now: Duration,
    pub core: Option<Core>,
    /// Version and content; an odd version is one that was being written when the core died.
    memory: Option<(u64, u32)>,
    files: BTreeMap<PathBuf, File>,
    pub unreadable: bool,
    pub unwritable: bool,
    pub cannot_start: bool,
    pub recording: bool,
    /// Every start that was asked for.
    pub starts: Vec<StartId>,
    pub notices: Vec<NoticeKind>,
    pub events: Vec<EngineEvent>,
    /// The one state request that may be on its way.
    request: Option<u32>,
    /// By file: how often people were told that the battery save cannot be written, since it last was.
    told_of_save: BTreeMap<PathBuf, u32>,
    /// Crashes within the last half a minute, as this world counts them.
    crashes: Vec<Duration>,
}

impl World {
    pub fn new() -> World {
        let folder = |name: &str| PathBuf::from(name);
        let folders = Folders { data: folder("/d"), system: folder("/s"), recordings: folder("/r") };
        World {
            machine: Machine::new(folders),
            now: Duration::from_secs(100),
            core: None,
            memory: None,
            files: BTreeMap::new(),
            unreadable: false,
            unwritable: false,
            cannot_start: false,
            recording: false,
            starts: Vec::new(),
            notices: Vec::new(),
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
                let slots = self.file(&saves).slots;
                self.machine.handle_answer(Answer::Found { game, system: "A machine".into(), slots });
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
                self.machine.handle_answer(Answer::SaveWritten { game, result });
            }
            Action::ReadState { ticket, slot, saves } => {
                assert_eq!(self.request.replace(ticket), None, "two requests for states at once");
                let result = match self.unreadable {
                    true => Err(SaveError::NotRead { file: "/gone".into(), cause: IoCause::PermissionDenied }),
                    false => Ok(self.file(&saves).slots[slot.index()]),
                };
                if result != Ok(true) {
                    self.request = None;
                }
                self.machine.handle_answer(Answer::StateRead { ticket, result });
            }
            Action::WriteState { ticket, slot, saves } => {
                assert_eq!(self.request.take(), Some(ticket));
                let result = match self.unwritable {
                    true => Err(SaveError::NotWritten { file: "/full".into(), cause: IoCause::StorageFull }),
                    false => Ok(true),
                };
                self.file(&saves).slots[slot.index()] |= result.is_ok();
                let slots = self.file(&saves).slots;
                self.machine.handle_answer(Answer::StateWritten { ticket, result, slots });
            }
            Action::StartCore { start, load } => {
                assert!(self.core.is_none(), "two cores at once");
                assert!(self.starts.last().is_none_or(|last| *last < start));
                self.starts.push(start);
                let result = if self.cannot_start { Err("It cannot be started.".into()) } else { Ok(start.0 as u32) };
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

    /// The core shows its battery-backed memory.
    fn show(&mut self, battery: u32) {
        let version = self.memory.map_or(0, |(version, _)| version);
        if self.memory.is_none_or(|(_, known)| known != battery) {
            self.memory = Some((version + 2, battery));
        }
    }

    fn core_says(&mut self, event: CoreEvent) {
        if let Some(start) = self.core.as_ref().filter(|core| !core.gone).map(|core| core.start) {
            self.machine.handle_core(start, event, self.now);
        }
    }

    pub fn says(&mut self, message: FromCore) {
        self.core_says(CoreEvent::Said(message));
    }

    pub fn load(&mut self, revived: bool) {
        self.settle();
        self.says(loaded(revived));
        self.settle();
    }

    pub fn second(&mut self) {
        self.now += SECOND;
        self.machine.handle_second();
    }

    /// The player gets on, and the core shows it at once, or not before it ends.
    pub fn progress(&mut self, shown: bool) {
        let Some(core) = self.core.as_mut().filter(|core| !core.gone) else { return };
        core.battery += 1;
        let battery = core.battery;
        if shown {
            self.show(battery);
        }
    }

    /// Checks what becomes of it.
    pub fn crash(&mut self) {
        let Some(core) = self.core.as_mut().filter(|core| !core.gone) else { return };
        core.gone = true;
        let start = core.start;
        let lately = |crash: &Duration| self.now - *crash < 30 * SECOND;
        self.crashes.retain(lately);
        let never_ran = self.machine.status().is_some_and(|status| status.core_name.is_empty());
        // A crash that the machine does not follow, since another game is open by now, is none of the new one's.
        if self.machine.core_pid() == Some(start.0 as u32) {
            self.crashes.push(self.now);
        }
        let crash = Crash { core: "It".into(), how: How::Unknown };
        let (before, starts) = (self.machine.core_pid().is_some(), self.starts.len());
        self.machine.handle_core(start, CoreEvent::Died(crash), self.now);
        self.settle();
        if before {
            let waits = never_ran || self.crashes.len() > 2;
            let unreadable = self.unreadable && matches!(self.state(), Some(GameState::Failed(_)));
            assert_eq!(self.starts.len() > starts || unreadable, !waits, "{:?}", self.crashes);
            if let Some(core) = &self.core {
                assert_eq!(core.revive, self.crashes.len() == 1);
            }
        }
    }

    /// The same in the middle of writing its battery-backed memory.
    pub fn tear(&mut self) {
        if let Some((version, _)) = self.memory.as_mut().filter(|it| it.0 % 2 == 0 && self.core.is_some()) {
            *version += 1;
            self.crash();
        }
    }

    pub fn end(&mut self) {
        let Some(core) = self.core.as_mut().filter(|core| !core.gone) else { return };
        core.gone = true;
        let (battery, start) = (core.battery, core.start);
        self.show(battery);
        if self.state() == Some(GameState::Starting) {
            self.crashes.push(self.now);
        }
        self.machine.handle_core(start, CoreEvent::Ended, self.now);
    }

    pub fn load_fails(&mut self) {
        if self.state() == Some(GameState::Starting) {
            self.says(FromCore::LoadFailed("It does not take this game.".into()));
        }
    }

    /// The core answers the request for a state.
    pub fn answer(&mut self, ok: bool) {
        if let Some((ticket, save)) = self.core.as_mut().and_then(|core| core.asked.take()) {
            if !save || !ok {
                self.request = None;
            }
            self.says(if save { FromCore::StateSaved { ticket, ok } } else { FromCore::StateLoaded { ticket, ok } });
        }
    }

    /// News that are not about what goes on now change nothing.
    pub fn stale_news(&mut self) {
        let before = format!("{:?}", self.machine);
        let wrong = self.core.as_ref().and_then(|core| core.asked);
        let (ticket, save) = wrong.unwrap_or_default();
        for (ticket, save) in [(ticket.wrapping_add(1), save), (ticket, !save)] {
            let ok = true;
            self.says(if save { FromCore::StateSaved { ticket, ok } } else { FromCore::StateLoaded { ticket, ok } });
        }
        let current = self.core.as_ref().map(|core| core.start);
        for old in self.starts.iter().copied().filter(|start| Some(*start) != current) {
            let crash = Crash { core: "It".into(), how: How::Hung };
            let said = [loaded(true), FromCore::Paused(true), FromCore::LoadFailed("No.".into())];
            for event in said.map(CoreEvent::Said).into_iter().chain([CoreEvent::Died(crash), CoreEvent::Ended]) {
                self.machine.handle_core(old, event, self.now);
            }
        }
        assert_eq!(format!("{:?}", self.machine), before);
    }

    /// How often people were told that a battery save cannot be written, since it last was.
    pub fn told_of_save(&self) -> u32 {
        let battery = |file: &&PathBuf| file.starts_with("/battery");
        self.told_of_save.keys().filter(battery).map(|file| self.told_of_save[file]).max().unwrap_or_default()
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

fn loaded(revived: bool) -> FromCore {
    let av = AvInfo {
        base_width: 320,
        base_height: 240,
        max_width: 320,
        max_height: 240,
        aspect: 0.0,
        fps: 60.0,
        sample_rate: 48000.0,
    };
    FromCore::Loaded(Loaded {
        name: "It".into(),
        version: "1".into(),
        extensions: String::new(),
        av,
        state_bytes: 4,
        sram_bytes: 4,
        ports: 2,
        options: Vec::new(),
        revived,
    })
}
