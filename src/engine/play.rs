//! The running game: its core process from start to end, its saves and states, and what it is told.

use super::said::Said;
use super::snapshot::{DeviceStatus, GameState, GameStatus, Level, OptionStatus};
use super::worker::{Happening, Message, Running, Worker};
use super::{Game, people, saves::Saves};
use crate::crash::Crash;
use crate::emulator::{self, Emulator};
use crate::link::message::{FromCore, Load, Loaded, OptionInfo, Pace, ToCore, Wants};
use crate::net::NetCommand;
use crate::net::protocol::{GameInfo, PlayState};
use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant};

/// Crashes closer together than this count as one trouble: the first is followed by a start from the last automatic
/// state, the second by a start from nothing, the third by waiting for the host.
const TROUBLE: Duration = Duration::from_secs(30);
/// States that may wait to be saved or loaded.
const STATE_WISHES: usize = 8;

/// What is wanted with a state, and its slot.
#[derive(Debug, Clone, Copy)]
pub(super) enum StateWish {
    Save(u8),
    Load(u8),
}

impl Worker {
    pub(super) fn open(&mut self, game: Game) {
        let saves = Saves::new(&self.config.data_dir, &game);
        let slots = saves.slots();
        let system = crate::library::system_of(&game.core, game.content.as_deref());
        self.running = Some(Running {
            game,
            saves,
            emulator: None,
            start: 0,
            state: GameState::Starting,
            loaded: None,
            saved_sram: 0,
            sram_trouble: false,
            restarting: false,
            slots,
            system,
            devices: BTreeMap::new(),
            ports: Vec::new(),
            names: Vec::new(),
            wants: Wants::default(),
            paused_by: None,
        });
        self.start_core(false);
    }

    /// Starts a core process for the open game.
    fn start_core(&mut self, revive: bool) {
        let frames_run = self.status.frames_run();
        self.starts += 1;
        let start = self.starts;
        let Some(running) = &mut self.running else { return };
        running.start = start;
        running.state = GameState::Starting;
        let game = &running.game;
        let checked = crate::library::check_core(&game.core)
            .and_then(|()| game.content.as_deref().map_or(Ok(()), crate::library::check_content));
        if let Err(why) = checked {
            self.failed(why);
            return;
        }
        // After a crash the shared memory has newer battery memory than the file, if the core had shown any whole.
        if self.states.sram().is_none() {
            match running.saves.read_sram() {
                Ok(sram) => self.states.put_sram(&sram.unwrap_or_default()),
                Err(why) => {
                    // Running on would end in overwriting a save that could not be read.
                    self.failed(why);
                    return;
                }
            }
        }
        if !running.sram_trouble {
            running.saved_sram = self.states.sram_version();
        }
        let core_dir = running.saves.core_dir.clone();
        let load = Load {
            core: game.core.clone(),
            content: game.content.clone(),
            options: game.options.clone(),
            devices: running.devices.iter().map(|(&port, &id)| (port, id)).collect(),
            system_dir: self.config.system_dir.clone(),
            save_dir: core_dir.clone(),
            revive,
            pace: Pace::Real,
        };
        let _ = std::fs::create_dir_all(&core_dir);
        let _ = std::fs::create_dir_all(&self.config.system_dir);
        let messages = self.out.messages.clone();
        let listener = Box::new(move |event| deliver(&messages, start, event));
        match Emulator::start(self.link.clone(), load, listener) {
            Ok(emulator) => {
                // The counter in shared memory begins anew with each core process.
                self.frames_before += frames_run;
                if let Some(running) = &mut self.running {
                    running.emulator = Some(emulator);
                }
            }
            Err(why) => self.failed(why),
        }
    }

    fn failed(&mut self, why: impl Into<Said>) {
        let why = why.into();
        if let Some(running) = &mut self.running {
            running.emulator = None;
            running.restarting = false;
            running.state = GameState::Failed(why.clone());
        }
        self.happen(Happening::Failed(why));
    }

    pub(super) fn restart(&mut self, revive: bool) {
        if let Some(running) = &mut self.running {
            running.restarting = true;
            self.start_core(revive);
        }
    }

    pub(super) fn follow_core(&mut self, event: emulator::Event) {
        match event {
            emulator::Event::Message(message) => self.hear(message),
            emulator::Event::Died(crash) => self.core_died(crash),
            emulator::Event::Ended => {
                // The core asked to end by itself: the game is over, not broken.
                self.save_sram();
                let loading = self.running.as_ref().is_some_and(|running| running.state == GameState::Starting);
                let failed = self.running.as_ref().is_some_and(|r| matches!(r.state, GameState::Failed(_)));
                if !loading && !failed {
                    self.close_game();
                }
            }
        }
    }

    fn hear(&mut self, message: FromCore) {
        let Some(running) = &mut self.running else { return };
        match message {
            FromCore::Loaded(loaded) => self.loaded(loaded),
            FromCore::LoadFailed(why) => self.failed(why),
            FromCore::AvChanged(av) => {
                if let Some(loaded) = &mut running.loaded {
                    loaded.av = av;
                }
            }
            FromCore::Log { level, text } => match level {
                0 => tracing::debug!(target: "core", "{text}"),
                1 => tracing::info!(target: "core", "{text}"),
                _ => tracing::warn!(target: "core", "{text}"),
            },
            FromCore::Message(text) => self.notice(Level::Info, text),
            FromCore::Warning(warning) => self.notice(Level::Info, warning),
            FromCore::Paused(paused) => {
                running.state = if paused { GameState::Paused } else { GameState::Running };
                if !paused {
                    running.paused_by = None;
                }
                if paused {
                    self.save_sram();
                }
            }
            FromCore::StateSaved { ticket, ok } => {
                self.state_saved(ticket, ok);
                self.next_state_wish();
            }
            FromCore::StateLoaded { ticket, ok } => {
                if let Some(slot) = self.answered(ticket) {
                    if ok {
                        self.notice(Level::Info, Said::StateBack(slot));
                    } else {
                        self.notice(Level::Error, Said::StateRefused(slot));
                    }
                }
            }
            FromCore::Options(options) => {
                if let Some(loaded) = &mut running.loaded {
                    loaded.options = options;
                }
            }
            FromCore::Controllers(ports) => {
                running.ports = ports;
                self.tell_controls();
            }
            FromCore::Controls(names) => {
                running.names = names;
                self.tell_controls();
            }
            FromCore::Wants(wants) => {
                running.wants = wants;
                self.tell_controls();
            }
            FromCore::Pong | FromCore::Ended(_) => {}
        }
    }

    fn loaded(&mut self, loaded: Loaded) {
        let Some(running) = &mut self.running else { return };
        let core_pid = running.emulator.as_ref().map_or(0, Emulator::pid);
        running.state = GameState::Running;
        let restarting = std::mem::take(&mut running.restarting);
        let revived = loaded.revived;
        self.net.send(NetCommand::Ports(loaded.ports));
        running.loaded = Some(loaded);
        self.frames_at_second = (Instant::now(), 0);
        self.video.request_keyframes();
        if restarting {
            self.notice(Level::Info, if revived { Said::Revived } else { Said::StartedAgain });
            self.happen(Happening::CoreRestarted { core_pid, revived });
        } else {
            self.happen(Happening::Started { core_pid });
        }
    }

    fn core_died(&mut self, crash: Crash) {
        self.save_sram();
        let now = Instant::now();
        self.crashes.retain(|crash| now.duration_since(*crash) < TROUBLE);
        self.crashes.push(now);
        self.forget_state_wishes();
        let Some(running) = &mut self.running else { return };
        let never_ran = running.loaded.is_none();
        running.emulator = None;
        running.state = GameState::Crashed(crash.clone());
        let restarting = !never_ran && self.crashes.len() <= 2;
        running.restarting = restarting;
        self.happen(Happening::CoreDied { crash: crash.clone(), restarting });
        self.notice(Level::Error, Said::Crashed(crash.clone()));
        if never_ran {
            self.happen(Happening::Failed(Said::Crashed(crash)));
        } else if restarting {
            // Everyone is told before the new process says anything.
            self.publish();
            self.restart(self.crashes.len() == 1);
        }
    }

    pub(super) fn save_sram(&mut self) {
        let Some(running) = &mut self.running else { return };
        if self.states.sram_version() == running.saved_sram {
            return;
        }
        // None: it is being written right now; the next second finds it.
        let Some((version, sram)) = self.states.sram() else { return };
        match running.saves.write_sram(&sram) {
            Ok(()) => {
                running.saved_sram = version;
                running.sram_trouble = false;
            }
            // Tried again every second, told once.
            Err(why) => {
                if !std::mem::replace(&mut running.sram_trouble, true) {
                    self.notice(Level::Error, why);
                }
            }
        }
    }

    /// One at a time: the core's next state is written where this one is read from.
    pub(super) fn state_wish(&mut self, wish: StateWish) {
        if self.running.as_ref().is_none_or(|running| running.emulator.is_none()) {
            return;
        }
        if self.state_asked.is_some() {
            // Whoever asks for more meanwhile hammers on a key.
            if self.state_wishes.len() < STATE_WISHES {
                self.state_wishes.push_back(wish);
            }
            return;
        }
        match wish {
            StateWish::Save(slot) => {
                let ticket = self.ticket(slot);
                self.tell_core(&ToCore::SaveState { ticket });
            }
            StateWish::Load(slot) => self.load_state(slot),
        }
    }

    fn ticket(&mut self, slot: u8) -> u32 {
        self.next_ticket = self.next_ticket.wrapping_add(1);
        self.state_asked = Some((self.next_ticket, slot));
        self.next_ticket
    }

    /// The slot that the core's answer is about.
    fn answered(&mut self, ticket: u32) -> Option<u8> {
        self.state_asked.take_if(|(asked, _)| *asked == ticket).map(|(_, slot)| slot)
    }

    fn next_state_wish(&mut self) {
        while self.state_asked.is_none()
            && let Some(wish) = self.state_wishes.pop_front()
        {
            self.state_wish(wish);
        }
    }

    /// Of a core that is gone nothing will be heard.
    fn forget_state_wishes(&mut self) {
        self.state_asked = None;
        self.state_wishes.clear();
    }

    fn state_saved(&mut self, ticket: u32, ok: bool) {
        let (Some(slot), Some(running)) = (self.answered(ticket), &mut self.running) else { return };
        let state = if ok { self.states.newest() } else { None };
        let result = match state {
            Some(state) => running.saves.write_state(slot, &state),
            None => Err(Said::CannotSave),
        };
        running.slots = running.saves.slots();
        match result {
            Ok(()) => self.notice(Level::Info, Said::StateSaved(slot)),
            Err(why) => self.notice(Level::Error, why),
        }
    }

    fn load_state(&mut self, slot: u8) {
        let Some(running) = &self.running else { return };
        match running.saves.read_state(slot) {
            Ok(Some(state)) if self.states.put_inbox(&state) => {
                let ticket = self.ticket(slot);
                self.tell_core(&ToCore::LoadState { ticket });
            }
            Ok(_) => self.notice(Level::Info, Said::NoState(slot)),
            Err(why) => self.notice(Level::Error, why),
        }
    }

    pub(super) fn set_option(&mut self, key: String, value: String) {
        if let Some(running) = &mut self.running {
            running.game.options.retain(|(known, _)| *known != key);
            running.game.options.push((key.clone(), value.clone()));
        }
        self.tell_core(&ToCore::Option { key, value });
    }

    /// Plugs another device into a port, now and after a crash.
    pub(super) fn set_device(&mut self, port: u32, id: u32) {
        if let Some(running) = &mut self.running {
            running.devices.insert(port, id);
        }
        self.tell_core(&ToCore::Device { port, id });
    }

    /// Tells the room how many seats there are and what their controls are called.
    fn tell_controls(&mut self) {
        let Some(running) = &self.running else { return };
        if !running.ports.is_empty() {
            self.net.send(NetCommand::Ports(running.ports.len()));
        }
        self.net.send(NetCommand::Controls(people::controls(&running.ports, &running.names, running.wants)));
    }

    pub(super) fn tell_core(&self, message: &ToCore) {
        if let Some(emulator) = self.running.as_ref().and_then(|running| running.emulator.as_ref()) {
            emulator.send(message);
        }
    }

    pub(super) fn close_game(&mut self) {
        if let Some(emulator) = self.running.as_mut().and_then(|running| running.emulator.take()) {
            emulator.stop();
        }
        self.save_sram();
        self.recording.stop();
        self.running = None;
        self.forget_state_wishes();
    }
}

/// Brings news of a core process to the engine's thread. Its end must arrive; a log line need not.
fn deliver(messages: &SyncSender<Message>, start: u64, event: emulator::Event) {
    let dispensable = matches!(event, emulator::Event::Message(FromCore::Log { .. } | FromCore::Message(_)));
    let mut message = Message::Core(start, event);
    for _ in 0..400 {
        match messages.try_send(message) {
            Err(TrySendError::Full(back)) if !dispensable => message = back,
            _ => return,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(super) fn game_status(running: &Running) -> GameStatus {
    let loaded = running.loaded.as_ref();
    let option = |option: &OptionInfo| OptionStatus {
        key: option.key.clone(),
        label: option.label.clone(),
        values: option.values.clone(),
        value: option.value.clone(),
    };
    GameStatus {
        title: running.game.title.clone(),
        core_name: loaded.map(|loaded| format!("{} {}", loaded.name, loaded.version)).unwrap_or_default(),
        core: running.game.core.clone(),
        content: running.game.content.clone(),
        state: running.state.clone(),
        paused_by: running.paused_by.clone(),
        ports: if running.ports.is_empty() { loaded.map_or(0, |loaded| loaded.ports) } else { running.ports.len() },
        devices: running
            .ports
            .iter()
            .map(|port| DeviceStatus { types: port.types.clone(), plugged: port.plugged })
            .collect(),
        wants: running.wants,
        options: loaded.map(|loaded| loaded.options.iter().map(option).collect()).unwrap_or_default(),
        saved_slots: running.slots,
        can_save_state: loaded.is_some_and(|loaded| loaded.state_bytes > 0),
    }
}

pub(super) fn game_info(running: &Running) -> GameInfo {
    let (state, message) = match &running.state {
        // Pages have their own words for a game that is being brought back.
        GameState::Starting | GameState::Crashed(_) if running.restarting => (PlayState::Crashed, String::new()),
        GameState::Starting => (PlayState::Starting, String::new()),
        GameState::Running => (PlayState::Running, String::new()),
        GameState::Paused => (PlayState::Paused, running.paused_by.clone().unwrap_or_default()),
        // One that crashed again and again waits for the host.
        GameState::Crashed(crash) => (PlayState::Stopped, crash.to_string()),
        GameState::Failed(why) => (PlayState::Stopped, why.to_string()),
    };
    GameInfo {
        name: running.game.title.clone(),
        core: running.loaded.as_ref().map(|loaded| loaded.name.clone()).unwrap_or_default(),
        system: running.system.clone(),
        state,
        message,
    }
}
