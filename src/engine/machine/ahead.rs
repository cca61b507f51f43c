//! How far the game is run ahead of itself, and what the core process makes of that.

use super::{Machine, NoticeKind};
use crate::engine::EngineEvent;
use crate::link::message::{AheadAdvice, AheadStatus, AheadWish, ToCore};
use std::mem;

impl Machine {
    /// What is wanted. A core process that nothing is wanted of was never told anything.
    pub(super) fn tell_ahead(&mut self) {
        let Some(game) = self.game.as_ref().filter(|game| game.is_on()) else { return };
        if self.ahead != AheadWish::default() || game.ahead != AheadStatus::default() {
            self.tell_core(ToCore::Ahead(self.ahead));
        }
    }

    pub(super) fn ahead_is(&mut self, status: AheadStatus) {
        let Some(game) = &mut self.game else { return };
        let core = game.core_name();
        let frames = status.frames;
        let before = mem::replace(&mut game.ahead, status.clone());
        // Each reason once a game. That late inputs are not shown at once nobody asked for in so many words.
        let told = mem::replace(&mut game.ahead_told, [status.no_ahead, status.no_latch]);
        if let Some(why) = status.no_ahead.filter(|why| told[0] != Some(*why) || before.frames != frames) {
            self.notice(match frames {
                0 => NoticeKind::NoAhead { core, why },
                frames => NoticeKind::LessAhead { core, frames },
            });
        }
        if before != status {
            self.event(EngineEvent::Ahead(status));
        }
    }

    pub(super) fn advised(&mut self, advice: AheadAdvice) {
        let Some(game) = &mut self.game else { return };
        game.advice = Some(advice.clone());
        self.event(EngineEvent::Advice(advice));
    }
}
