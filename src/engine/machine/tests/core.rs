//! What the core of the world does: it loads, plays on, answers, crashes, and ends.

use super::SECOND;
use super::world::World;
use crate::crash::Crash;
use crate::emulator::Event as CoreEvent;
use crate::engine::GameState;
use crate::link::message::LoadError;
use crate::link::message::{AvInfo, FromCore, Loaded};
use std::time::Duration;

impl World {
    /// The core shows its battery-backed memory.
    pub(super) fn show(&mut self, battery: u32) {
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
        self.core_says(CoreEvent::Message(message));
    }

    pub fn load(&mut self, revived: bool) {
        self.settle();
        self.says(loaded(revived));
        self.settle();
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
        let crash = Crash::Unknown { core: "It".into() };
        let (before, starts) = (self.machine.core_pid().is_some(), self.starts.len());
        self.machine.handle_core(start, CoreEvent::Died { crash, report: None }, self.now);
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
            self.says(FromCore::LoadFailed(LoadError::NotStarted { core: "It".into() }));
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
            let crash = Crash::Hung { core: "It".into() };
            let said = [
                loaded(true),
                FromCore::Paused(true),
                FromCore::LoadFailed(LoadError::NotStarted { core: "It".into() }),
            ];
            for event in said
                .map(CoreEvent::Message)
                .into_iter()
                .chain([CoreEvent::Died { crash, report: None }, CoreEvent::Ended])
            {
                self.machine.handle_core(old, event, self.now);
            }
        }
        assert_eq!(format!("{:?}", self.machine), before);
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
