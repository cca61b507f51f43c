//! How the game goes through time, and who decides about it.

use super::game::OpenGame;
use super::{Machine, NoticeKind};
use crate::engine::{EngineEvent, GameState};
use crate::game_command::{Flow, GameCommand, TimeSettings};
use crate::link::message::{Tempo, ToCore};
use crate::room::PeerId;
use std::mem;

/// Who asks for something of the game, where it is not the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub peer: PeerId,
    pub name: String,
}

impl Machine {
    /// The last who asks decides, but nobody changes what the host does, and a guest ends only what they began: they let go of a
    /// button that another took over from them.
    pub(super) fn set_flow(&mut self, guest: Option<Guest>, flow: Flow) {
        let Some(game) = self.game.as_ref().filter(|game| game.is_on()) else { return };
        if let Some(guest) = &guest {
            let own = game.flow_by.as_ref().is_some_and(|by| by.peer == guest.peer);
            let hosts = !game.flow.is_normal() && game.flow_by.is_none();
            if hosts || (flow.is_normal() && !own) {
                return;
            }
        }
        if flow == Flow::Rewind && !game.can_rewind() {
            // Each time anew, because it is an answer; a guest's page has no button for it then.
            if guest.is_none() {
                self.notice(NoticeKind::CannotRewind);
            }
            return;
        }
        self.go(guest, flow);
    }

    /// What goes on from elsewhere, or ends, does not go back any more: the next step back would undo it.
    pub(super) fn stop_going_back(&mut self) {
        if self.game.as_ref().is_some_and(|game| game.flow == Flow::Rewind) {
            self.go(None, Flow::Normal);
        }
    }

    fn go(&mut self, guest: Option<Guest>, flow: Flow) {
        let Some(game) = &mut self.game else { return };
        let time = game.time(self.time);
        let before = mem::replace(&mut game.flow, flow);
        game.flow_by = guest.filter(|_| !flow.is_normal());
        let by = game.flow_by.as_ref().map(|guest| guest.name.clone());
        if before == flow {
            return;
        }
        // What was saved last may not be on disk yet, and going back takes it back.
        if before == Flow::Rewind || flow == Flow::Rewind {
            self.write_save();
        }
        self.tell_core(ToCore::Tempo(tempo(flow, time)));
        self.event(EngineEvent::Flow { flow, by });
    }

    /// Who is here and may decide about time: what a guest does who is gone, or may not any more, ends.
    pub fn handle_people(&mut self, may: impl Fn(PeerId) -> bool) {
        let by = self.game.as_ref().and_then(|game| game.flow_by.clone());
        if let Some(guest) = by.filter(|guest| !may(guest.peer)) {
            self.set_flow(Some(guest), Flow::Normal);
        }
    }

    /// One frame of a game that is paused. One that runs the host pauses by it; a guest who may go through time may not pause.
    pub(super) fn step_frame(&mut self, guest: Option<Guest>) {
        match self.game.as_ref().map(|game| &game.state) {
            Some(GameState::Running) if guest.is_none() => self.command_game(guest, GameCommand::Pause),
            Some(GameState::Paused) => self.tell_core(ToCore::Step),
            _ => {}
        }
    }

    /// The core's states are of no use for going back.
    pub(super) fn rewind_lost(&mut self) {
        let Some(game) = self.game.as_mut().filter(|game| !game.rewind_lost) else { return };
        game.rewind_lost = true;
        // Where there are none it is nobody's loss.
        let lost = game.has_states().then(|| NoticeKind::NoRewind { core: game.core_name() });
        self.stop_going_back();
        if let Some(lost) = lost {
            self.notice(lost);
        }
    }
}

impl OpenGame {
    /// The core is there and has its content.
    pub(super) fn is_on(&self) -> bool {
        matches!(self.state, GameState::Running | GameState::Paused)
    }

    /// A core process begins at its own speed.
    pub(super) fn set_normal(&mut self) {
        (self.flow, self.flow_by) = (Flow::Normal, None);
    }

    pub(super) fn can_rewind(&self) -> bool {
        self.is_on() && self.has_states() && self.rewind_mb > 0 && !self.rewind_lost
    }
}

/// As the core process is told.
fn tempo(flow: Flow, time: TimeSettings) -> Tempo {
    match flow {
        Flow::Normal => Tempo::Normal,
        Flow::FastForward => Tempo::Fast(time.fast),
        Flow::SlowMotion => Tempo::Slow(time.slow),
        Flow::Rewind => Tempo::Rewind,
    }
}
