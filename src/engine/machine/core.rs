//! What the machine makes of the news of the core process.

use super::action::{Action, StartId, ToSession};
use super::crashes::AfterCrash;
use super::game::Process;
use super::{LastState, Machine, NoticeKind};
use crate::crash::Crash;
use crate::emulator::Event as CoreEvent;
use crate::engine::{EngineEvent, GameState};
use crate::link::message::{FromCore, Loaded};
use crate::sandbox::{Held, Refusal};
use std::path::PathBuf;
use std::time::Duration;

impl Machine {
    /// News of the core process of a start. `now` is on the monotonic clock.
    pub fn handle_core(&mut self, from: StartId, news: CoreEvent, now: Duration) {
        let Some(game) = &self.game else { return };
        if !matches!(game.process, Process::Alive { start, .. } if start == from) {
            return;
        }
        match news {
            CoreEvent::Message(message) => self.hear(message, now),
            CoreEvent::Died { crash, report } => self.core_died(crash, report, now),
            CoreEvent::Held(held) => self.held(held),
            CoreEvent::Refused(refusal) => self.refused(refusal),
            // One that ends before it has loaded has said nothing of why.
            CoreEvent::Ended if game.state == GameState::Starting => {
                let crash = Crash::Unknown { core: game.game.title.clone() };
                self.core_died(crash, None, now);
            }
            // The core asked to end by itself: the game is over, not broken.
            CoreEvent::Ended => self.close(LastState::Forget),
        }
    }

    fn core_died(&mut self, crash: Crash, report: Option<PathBuf>, now: Duration) {
        self.write_save();
        self.push(Action::DropCore);
        self.core_falls_silent();
        self.states.forget();
        let after = self.crashes.count(now);
        let Some(game) = &mut self.game else { return };
        let never_ran = game.loaded.is_none();
        let restarting = !never_ran && after != AfterCrash::Wait;
        game.process = Process::None;
        game.set_normal();
        game.restarting = restarting;
        game.state = GameState::Crashed(crash.clone());
        self.event(EngineEvent::CoreDied { crash: crash.clone(), restarting, report: report.clone() });
        self.notice(NoticeKind::Crashed { crash: crash.clone() });
        if let Some(file) = report {
            self.notice(NoticeKind::CrashReport { file });
        }
        if never_ran {
            self.event(EngineEvent::Failed(NoticeKind::Crashed { crash }));
        } else if restarting {
            self.restart(after == AfterCrash::Revive);
        }
    }

    /// What the system cannot do is said once a game.
    fn held(&mut self, held: Held) {
        let Some(game) = &mut self.game else { return };
        if let Some(lacks) = held.shortcoming().filter(|_| !std::mem::replace(&mut game.hold_told, true)) {
            self.notice(NoticeKind::NotHeld { lacks });
        }
    }

    /// Once a game for each kind of thing.
    fn refused(&mut self, refusal: Refusal) {
        let Some(game) = &mut self.game else { return };
        if game.refused.contains(&refusal.kind()) {
            return;
        }
        game.refused.push(refusal.kind());
        // Most try before they have said what they are called.
        let core = match game.core_name() {
            name if name.is_empty() => game.game.core.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            name => name,
        };
        self.notice(NoticeKind::CoreRefused { core, refusal });
    }

    fn hear(&mut self, message: FromCore, now: Duration) {
        let Some(game) = &mut self.game else { return };
        match message {
            FromCore::Loaded(loaded) => self.loaded(loaded),
            FromCore::LoadFailed(why) => self.fail(why.into()),
            FromCore::AvChanged(av) => {
                if let Some(loaded) = &mut game.loaded {
                    loaded.av = av;
                }
            }
            FromCore::Warning(warning) if self.is_of_kept_options(&warning) => {}
            FromCore::Warning(warning) => self.notice(NoticeKind::CoreWarned { warning }),
            FromCore::Content(note) if game.restarting => drop(note),
            FromCore::Content(note) => self.notice(NoticeKind::Content { note }),
            FromCore::Message(message) => self.core_says(message, now),
            FromCore::Paused(paused) => self.paused(paused),
            FromCore::NoRewind => self.rewind_lost(),
            FromCore::StateSaved { ticket, ok } => self.state_saved(ticket, ok),
            FromCore::StateLoaded { ticket, ok } => self.state_loaded(ticket, ok),
            FromCore::Options(options) => {
                if let Some(loaded) = &mut game.loaded {
                    loaded.options = options;
                }
            }
            FromCore::Discs(discs) => self.discs_are(discs),
            FromCore::Controllers(ports) => {
                game.ports = ports;
                self.tell_controls();
            }
            FromCore::Controls(names) => {
                game.names = names;
                self.tell_controls();
            }
            FromCore::Wants(wants) => {
                game.wants = wants;
                self.tell_controls();
            }
            // Who wants to know asks before a game is opened.
            FromCore::Subsystems(_) | FromCore::Log { .. } | FromCore::Pong | FromCore::Ended(_) => {}
        }
    }

    fn loaded(&mut self, loaded: Loaded) {
        let Some(game) = self.game.as_mut().filter(|game| game.state == GameState::Starting) else { return };
        let Process::Alive { pid: core_pid, .. } = game.process else { return };
        let restarting = std::mem::take(&mut game.restarting);
        let (revived, seats) = (loaded.revived, loaded.ports);
        game.state = GameState::Running;
        game.paused_by = None;
        game.disc_wanted = None;
        game.loaded = Some(loaded);
        self.push(Action::ToSession(ToSession::Seats(seats)));
        self.push(Action::RequestKeyframes);
        if restarting {
            self.notice(if revived { NoticeKind::Revived } else { NoticeKind::StartedAgain });
            self.event(EngineEvent::CoreRestarted { core_pid, revived });
        } else {
            self.event(EngineEvent::Started { core_pid });
            self.offer_to_continue();
        }
    }

    fn paused(&mut self, paused: bool) {
        let Some(game) = &mut self.game else { return };
        if !matches!(game.state, GameState::Running | GameState::Paused) {
            return;
        }
        if paused {
            game.state = GameState::Paused;
            // It may stay so for hours.
            self.write_save();
        } else {
            game.state = GameState::Running;
            game.paused_by = None;
        }
    }

    /// How many seats there are, and what their controls are called.
    fn tell_controls(&mut self) {
        let Some(game) = &self.game else { return };
        let (ports, names, wants) = (game.ports.clone(), game.names.clone(), game.wants);
        if !ports.is_empty() {
            self.push(Action::ToSession(ToSession::Seats(ports.len())));
        }
        self.push(Action::ToSession(ToSession::Controls { ports, names, wants }));
    }
}
