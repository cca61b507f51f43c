//! Save states, saved and loaded one at a time: the core writes its next state where the last one is read from.

use super::action::{Action, GameId, StateFound, Ticket};
use super::{Machine, NoticeKind, SaveError};
use crate::engine::saves::StateList;
use crate::game_command::{Continuing, Slot, StatePlace};
use crate::link::message::ToCore;
use std::collections::VecDeque;

/// Requests that may wait. More than that is a key that is held down, and what comes then is passed over.
pub(super) const WAITING: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StateRequest {
    Save(Slot),
    Load(StatePlace),
}

/// Who has to answer before the request goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    ForCore,
    ForDisk,
}

/// The request that is being carried out, and those behind it.
#[derive(Debug, Clone, Default)]
pub(super) struct StateRequests {
    current: Option<(Ticket, StateRequest, Waits)>,
    waiting: VecDeque<StateRequest>,
    last_ticket: Ticket,
}

impl StateRequests {
    pub(super) fn push(&mut self, request: StateRequest) {
        if self.waiting.len() < WAITING {
            self.waiting.push_back(request);
        }
    }

    /// The next request, which is then the current one, if there is none now.
    pub(super) fn begin(&mut self) -> Option<(Ticket, StateRequest)> {
        if self.current.is_some() {
            return None;
        }
        let request = self.waiting.pop_front()?;
        self.last_ticket = self.last_ticket.wrapping_add(1);
        // A state is saved by the core first, and loaded from disk first.
        let waits = match request {
            StateRequest::Save(_) => Waits::ForCore,
            StateRequest::Load(_) => Waits::ForDisk,
        };
        self.current = Some((self.last_ticket, request, waits));
        Some((self.last_ticket, request))
    }

    /// The current request has done its first half and waits for the other side.
    pub(super) fn goes_on(&mut self, now_for: Waits) {
        if let Some((_, _, waits)) = &mut self.current {
            *waits = now_for;
        }
    }

    /// The slot that is being saved, if that waits for `from`, whose answer has this ticket.
    pub(super) fn saving(&self, ticket: Ticket, from: Waits) -> Option<Slot> {
        match self.current {
            Some((current, StateRequest::Save(slot), waits)) if (current, waits) == (ticket, from) => Some(slot),
            _ => None,
        }
    }

    /// The place that is being loaded from, if that waits for `from`, whose answer has this ticket.
    pub(super) fn loading(&self, ticket: Ticket, from: Waits) -> Option<StatePlace> {
        match self.current {
            Some((current, StateRequest::Load(place), waits)) if (current, waits) == (ticket, from) => Some(place),
            _ => None,
        }
    }

    pub(super) fn finish(&mut self) {
        self.current = None;
    }

    /// A core that is gone answers no more.
    pub(super) fn forget(&mut self) {
        self.current = None;
        self.waiting.clear();
    }
}

impl Machine {
    pub(super) fn request_state(&mut self, request: StateRequest) {
        self.states.push(request);
        self.begin_state();
    }

    /// The current request is done.
    pub(super) fn next_state(&mut self) {
        self.states.finish();
        self.begin_state();
    }

    fn begin_state(&mut self) {
        let Some(game) = &self.game else { return };
        let saves = game.saves.clone();
        match self.states.begin() {
            None => {}
            Some((ticket, StateRequest::Save(_))) => self.tell_core(ToCore::SaveState { ticket }),
            Some((ticket, StateRequest::Load(place))) => {
                let core = game.core_id();
                self.push(Action::ReadState { ticket, place, core, saves });
            }
        }
    }

    pub(super) fn state_saved(&mut self, ticket: Ticket, ok: bool) {
        let (Some(slot), Some(game)) = (self.states.saving(ticket, Waits::ForCore), &self.game) else { return };
        if ok {
            let (saves, core) = (game.saves.clone(), game.core_id());
            self.states.goes_on(Waits::ForDisk);
            self.push(Action::WriteState { ticket, place: StatePlace::Slot(slot), core, saves });
        } else {
            self.notice(NoticeKind::CannotSaveState);
            self.next_state();
        }
    }

    pub(super) fn state_read(&mut self, ticket: Ticket, result: Result<StateFound, SaveError>) {
        let Some(place) = self.states.loading(ticket, Waits::ForDisk) else { return };
        match result {
            Ok(StateFound::Ready { other_version }) => {
                if let Some(version) = other_version {
                    self.notice(NoticeKind::StateOfOtherVersion { version });
                }
                self.states.goes_on(Waits::ForCore);
                self.stop_going_back();
                // A state takes back what was saved since.
                self.write_save();
                self.tell_core(ToCore::LoadState { ticket });
            }
            Ok(StateFound::Nothing) => {
                if let StatePlace::Slot(slot) = place {
                    self.notice(NoticeKind::NoState { slot });
                }
                self.next_state();
            }
            Err(error) => {
                self.notice(error.into());
                self.next_state();
            }
        }
    }

    /// The core was told to load the state, and says whether it took it.
    pub(super) fn state_loaded(&mut self, ticket: Ticket, ok: bool) {
        let Some(place) = self.states.loading(ticket, Waits::ForCore) else { return };
        self.notice(match (place, ok) {
            (StatePlace::Slot(slot), true) => NoticeKind::StateLoaded { slot },
            (StatePlace::Slot(slot), false) => NoticeKind::StateRefused { slot },
            (StatePlace::Auto, true) => NoticeKind::Continued,
            (StatePlace::Auto, false) => NoticeKind::NotContinued,
        });
        self.next_state();
    }

    pub(super) fn state_written(&mut self, ticket: Ticket, result: Result<bool, SaveError>, states: StateList) {
        let (Some(slot), Some(game)) = (self.states.saving(ticket, Waits::ForDisk), &mut self.game) else { return };
        game.states = states;
        self.notice(match result {
            Ok(true) => NoticeKind::StateSaved { slot },
            Ok(false) => NoticeKind::CannotSaveState,
            Err(error) => error.into(),
        });
        self.next_state();
    }

    pub(super) fn put_back_state(&mut self, slot: Slot) {
        if let Some(game) = &self.game {
            let (game, saves) = (game.id, game.saves.clone());
            self.push(Action::PutBackState { game, slot, saves });
        }
    }

    pub(super) fn state_put_back(&mut self, id: GameId, slot: Slot, result: Result<(), SaveError>, states: StateList) {
        let Some(game) = self.game.as_mut().filter(|game| game.id == id) else { return };
        game.states = states;
        self.notice(match result {
            Ok(()) => NoticeKind::StatePutBack { slot },
            Err(error) => error.into(),
        });
    }

    /// The game runs for the first time since it was opened: it may go on where it was left.
    pub(super) fn offer_to_continue(&mut self) {
        let Some(game) = self.game.as_mut().filter(|game| game.states.auto.is_some() && game.has_states()) else {
            return;
        };
        match self.continuing {
            Continuing::Ask => game.asks_to_continue = true,
            Continuing::Always => self.request_state(StateRequest::Load(StatePlace::Auto)),
            Continuing::Never => {}
        }
    }

    /// The answer to the offer, or a wish without one.
    pub(super) fn continue_game(&mut self, wanted: bool) {
        let Some(game) = &mut self.game else { return };
        game.asks_to_continue = false;
        if wanted && game.states.auto.is_some() && self.core_pid().is_some() {
            self.request_state(StateRequest::Load(StatePlace::Auto));
        }
    }
}
