//! Save states, saved and loaded one at a time: the core writes its next state where the last one is read from.

use super::action::{Action, Ticket};
use super::{Machine, NoticeKind, SaveError};
use crate::game_command::Slot;
use crate::link::message::ToCore;
use std::collections::VecDeque;

/// Requests that may wait. More than that is a key that is held down, and what comes then is passed over.
pub(super) const WAITING: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StateRequest {
    Save(Slot),
    Load(Slot),
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

    /// The slot that is being loaded, if that waits for `from`, whose answer has this ticket.
    pub(super) fn loading(&self, ticket: Ticket, from: Waits) -> Option<Slot> {
        match self.current {
            Some((current, StateRequest::Load(slot), waits)) if (current, waits) == (ticket, from) => Some(slot),
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
            Some((ticket, StateRequest::Load(slot))) => self.push(Action::ReadState { ticket, slot, saves }),
        }
    }

    pub(super) fn state_saved(&mut self, ticket: Ticket, ok: bool) {
        let (Some(slot), Some(game)) = (self.states.saving(ticket, Waits::ForCore), &self.game) else { return };
        if ok {
            let saves = game.saves.clone();
            self.states.goes_on(Waits::ForDisk);
            self.push(Action::WriteState { ticket, slot, saves });
        } else {
            self.notice(NoticeKind::CannotSaveState);
            self.next_state();
        }
    }

    pub(super) fn state_read(&mut self, ticket: Ticket, result: Result<bool, SaveError>) {
        let Some(slot) = self.states.loading(ticket, Waits::ForDisk) else { return };
        match result {
            Ok(true) => {
                self.states.goes_on(Waits::ForCore);
                self.tell_core(ToCore::LoadState { ticket });
            }
            Ok(false) => {
                self.notice(NoticeKind::NoState { slot });
                self.next_state();
            }
            Err(error) => {
                self.notice(error.into());
                self.next_state();
            }
        }
    }

    pub(super) fn state_written(
        &mut self,
        ticket: Ticket,
        result: Result<bool, SaveError>,
        slots: [bool; Slot::COUNT],
    ) {
        let (Some(slot), Some(game)) = (self.states.saving(ticket, Waits::ForDisk), &mut self.game) else { return };
        game.slots = slots;
        self.notice(match result {
            Ok(true) => NoticeKind::StateSaved { slot },
            Ok(false) => NoticeKind::CannotSaveState,
            Err(error) => error.into(),
        });
        self.next_state();
    }
}
