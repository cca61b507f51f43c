//! What is asked of the room, by guests and by the host alike, and what comes of it: every command is decided here.

use super::admission::{Admission, Decision, Refusal};
use super::person::Limits;
use super::reaction::Emoji;
use super::secret::{Random, Secret};
use super::{
    InviteId, InviteTerms, LocalPlayer, PeerId, Permission, Permissions, PersonId, RequestId, Room, SeatGrant,
    SeatRequest, clean_name, clean_text,
};
use crate::game_command::{Flow, GameCommand};
use crate::input::Seat;
use crate::rate_limit::RateLimiter;
use serde::Serialize;
use std::time::Duration;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The person at the host's machine, or the owner of the headless process: may do everything.
    Host,
    Guest(PeerId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatChange {
    Seat,
    Unseat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeScope {
    LinkOnly,
    /// Those who came by it have to go.
    WithPeople,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeChange {
    /// Six new digits to be read aloud.
    Issue,
    Clear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Muting {
    Muted,
    Unmuted,
}

/// What is asked for. Which of these a guest may do depends on their permissions; some are the host's alone.
#[derive(Debug, Clone, PartialEq)]
pub enum RoomCommand {
    /// To sit on this seat, or on any.
    RequestSeat(Option<Seat>),
    WithdrawSeatRequest,
    LeaveSeat(Seat),
    /// Needs [`Permission::Seats`].
    AssignSeat {
        peer: PeerId,
        seat: Seat,
        change: SeatChange,
    },
    /// Needs the command's own permission.
    Game(GameCommand),
    /// A link for others. Needs [`Permission::Invite`]; of a guest's terms only the grant counts.
    Invite(InviteTerms),
    Chat(String),
    React(Emoji),
    Rename(String),

    // The host's alone.
    ChangeInvite(InviteId, InviteTerms),
    Revoke(InviteId, RevokeScope),
    SetCode(InviteId, CodeChange),
    Answer(RequestId, Decision),
    SetPermissions(PeerId, Permissions),
    SetMuting(PeerId, Muting),
    Kick(PeerId),
    Ban(PeerId),
    ClearBans,
    SetLocalPlayers(Vec<LocalPlayer>),
}

/// Why a connection is to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Kicked,
    Banned,
    Revoked,
}

/// What is to be done about a command that was granted.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Nothing more: the room has changed, or has not.
    None,
    Game(GameCommand),
    /// Here is the link's secret.
    Invited(Secret),
    /// For everyone to read.
    Chat(String),
    /// For everyone to see.
    Reaction(Emoji),
    /// These connections are to be ended.
    Disconnect(Vec<PeerId>, Removal),
    /// What the host said to a request: come in, no, or the room says no by itself.
    Answered(RequestId, Result<Option<Admission>, Refusal>),
}

/// Why a command is denied, as pages read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Denied {
    #[serde(rename = "right")]
    Permission,
    /// There is no such thing, or no longer.
    #[serde(rename = "gone")]
    Gone,
    /// Too many in too short a time, or too many at once.
    #[serde(rename = "slow")]
    RateLimited,
    #[serde(rename = "muted")]
    Muted,
}

impl Room {
    /// Does what is asked, if the actor may.
    pub fn apply(
        &mut self,
        actor: Actor,
        command: RoomCommand,
        random: &mut dyn Random,
        now: Duration,
    ) -> Result<Effect, Denied> {
        match actor {
            Actor::Host => self.apply_for_host(command, random, now),
            Actor::Guest(peer) => self.apply_for_guest(peer, command, random, now),
        }
    }

    fn apply_for_host(
        &mut self,
        command: RoomCommand,
        random: &mut dyn Random,
        now: Duration,
    ) -> Result<Effect, Denied> {
        let gone_unless = |done: bool| if done { Ok(Effect::None) } else { Err(Denied::Gone) };
        match command {
            RoomCommand::Invite(terms) => {
                let secret = random.secret().ok_or(Denied::RateLimited)?;
                self.invites_mut().add(secret.clone(), terms, now).ok_or(Denied::RateLimited)?;
                Ok(Effect::Invited(secret))
            }
            RoomCommand::ChangeInvite(id, terms) => gone_unless(self.invites_mut().change(id, terms, now)),
            RoomCommand::Revoke(id, scope) => Ok(Effect::Disconnect(self.revoke(id, scope), Removal::Revoked)),
            RoomCommand::SetCode(id, change) => {
                let digits = match change {
                    CodeChange::Issue => Some(random.digits().ok_or(Denied::RateLimited)?),
                    CodeChange::Clear => None,
                };
                gone_unless(self.invites_mut().set_code(id, digits, now))
            }
            RoomCommand::Answer(request, decision) => {
                Ok(Effect::Answered(request, self.answer(request, decision, now)))
            }
            RoomCommand::AssignSeat { peer, seat, change } => gone_unless(self.assign(peer, seat, change)),
            RoomCommand::SetPermissions(peer, permissions) => {
                gone_unless(self.change(peer, |person| person.permissions = permissions))
            }
            RoomCommand::SetMuting(peer, muting) => {
                gone_unless(self.change(peer, |person| person.muted = muting == Muting::Muted))
            }
            RoomCommand::Kick(peer) => Ok(Effect::Disconnect(self.kick(peer).into_iter().collect(), Removal::Kicked)),
            RoomCommand::Ban(peer) => Ok(Effect::Disconnect(self.ban(peer).into_iter().collect(), Removal::Banned)),
            RoomCommand::ClearBans => {
                self.clear_bans();
                Ok(Effect::None)
            }
            RoomCommand::SetLocalPlayers(locals) => {
                self.set_local_players(locals);
                Ok(Effect::None)
            }
            RoomCommand::Rename(name) => {
                self.set_host_name(&name);
                Ok(Effect::None)
            }
            RoomCommand::Chat(text) => clean_text(&text).map(Effect::Chat).ok_or(Denied::Gone),
            RoomCommand::React(emoji) => Ok(Effect::Reaction(emoji)),
            RoomCommand::Game(game) => Ok(Effect::Game(game)),
            // The host's own seats follow from the controllers at the machine.
            RoomCommand::RequestSeat(_) | RoomCommand::WithdrawSeatRequest | RoomCommand::LeaveSeat(_) => {
                Err(Denied::Gone)
            }
        }
    }

    fn apply_for_guest(
        &mut self,
        peer: PeerId,
        command: RoomCommand,
        random: &mut dyn Random,
        now: Duration,
    ) -> Result<Effect, Denied> {
        let id = self.person_of(peer).ok_or(Denied::Gone)?;
        match command {
            RoomCommand::RequestSeat(seat) => {
                self.afford(id, |limits| &mut limits.seating, now)?;
                self.request_seat(id, peer, seat)?;
            }
            RoomCommand::WithdrawSeatRequest => {
                self.afford(id, |limits| &mut limits.seating, now)?;
                if self.people.get(&id).is_some_and(|person| person.wants.is_some()) {
                    self.change(peer, |person| person.wants = None);
                }
            }
            RoomCommand::LeaveSeat(seat) => {
                self.afford(id, |limits| &mut limits.seating, now)?;
                if !self.leave_seat(id, seat) {
                    return Err(Denied::Gone);
                }
            }
            RoomCommand::AssignSeat { peer: other, seat, change } => {
                self.require(peer, Permission::Seats)?;
                self.afford(id, |limits| &mut limits.seating, now)?;
                // A guest who takes themselves off a seat has left it.
                let leaves = change == SeatChange::Unseat && self.known(other) == Some(id);
                if !(if leaves { self.leave_seat(id, seat) } else { self.assign(other, seat, change) }) {
                    return Err(Denied::Gone);
                }
            }
            RoomCommand::Game(game) => {
                self.require(peer, Permission::of(game))?;
                match game {
                    // Whoever was let begin is let end.
                    GameCommand::Flow(Flow::Normal) => self.afford(id, |limits| &mut limits.letting_go, now)?,
                    GameCommand::Flow(_) | GameCommand::StepFrame => self.afford(id, |limits| &mut limits.time, now)?,
                    _ => self.afford(id, |limits| &mut limits.game, now)?,
                }
                if matches!(game, GameCommand::InsertDisc(index) if index >= self.discs) {
                    return Err(Denied::Gone);
                }
                return Ok(Effect::Game(game));
            }
            RoomCommand::Invite(terms) => {
                self.require(peer, Permission::Invite)?;
                self.afford(id, |limits| &mut limits.seating, now)?;
                return self.invite_for_guest(id, terms.grant, random, now).map(Effect::Invited);
            }
            RoomCommand::Chat(text) => {
                self.afford_to_speak(id, |limits| &mut limits.chat, now)?;
                return clean_text(&text).map(Effect::Chat).ok_or(Denied::Gone);
            }
            RoomCommand::React(emoji) => {
                self.afford_to_speak(id, |limits| &mut limits.reactions, now)?;
                return Ok(Effect::Reaction(emoji));
            }
            RoomCommand::Rename(name) => {
                let name = clean_name(&name).ok_or(Denied::Gone)?;
                if self.people.get(&id).is_some_and(|person| person.name == name) {
                    return Ok(Effect::None);
                }
                // A name is read by everybody, as chat is: a muted guest writes nothing by it either.
                self.afford_to_speak(id, |limits| &mut limits.names, now)?;
                self.change(peer, |person| person.name = name);
            }
            RoomCommand::ChangeInvite(..)
            | RoomCommand::Revoke(..)
            | RoomCommand::SetCode(..)
            | RoomCommand::Answer(..)
            | RoomCommand::SetPermissions(..)
            | RoomCommand::SetMuting(..)
            | RoomCommand::Kick(_)
            | RoomCommand::Ban(_)
            | RoomCommand::ClearBans
            | RoomCommand::SetLocalPlayers(_) => return Err(Denied::Permission),
        }
        Ok(Effect::None)
    }

    /// A free seat is theirs at once where their link allows it; else the host sees the request.
    fn request_seat(&mut self, id: PersonId, peer: PeerId, seat: Option<Seat>) -> Result<(), Denied> {
        if let Some(seat) = seat {
            let holders = self.seats.get(seat.index()).ok_or(Denied::Gone)?;
            if holders.contains(&id) {
                return Ok(());
            }
        }
        let request = seat.map_or(SeatRequest::Any, SeatRequest::Seat);
        if self.people.get(&id).is_some_and(|person| person.wants == Some(request)) {
            return Ok(());
        }
        self.change(peer, |person| person.wants = Some(request));
        self.fill_seats();
        Ok(())
    }

    /// A link made by a guest grants nothing that they do not have themselves.
    fn invite_for_guest(
        &mut self,
        id: PersonId,
        grant: SeatGrant,
        random: &mut dyn Random,
        now: Duration,
    ) -> Result<Secret, Denied> {
        if let SeatGrant::Seat(seat) = grant
            && seat.index() >= self.seats.len()
        {
            return Err(Denied::Gone);
        }
        if !self.people.get(&id).is_some_and(|person| person.passes_on().covers(grant)) {
            return Err(Denied::Permission);
        }
        let secret = random.secret().ok_or(Denied::RateLimited)?;
        self.invite_by(id, grant, secret, now).ok_or(Denied::RateLimited)
    }

    fn require(&self, peer: PeerId, permission: Permission) -> Result<(), Denied> {
        if self.has(peer, permission) { Ok(()) } else { Err(Denied::Permission) }
    }

    fn afford(
        &mut self,
        id: PersonId,
        limiter: impl FnOnce(&mut Limits) -> &mut RateLimiter,
        now: Duration,
    ) -> Result<(), Denied> {
        let person = self.people.get_mut(&id).ok_or(Denied::Gone)?;
        if limiter(&mut person.limits).take(now) { Ok(()) } else { Err(Denied::RateLimited) }
    }

    fn afford_to_speak(
        &mut self,
        id: PersonId,
        limiter: impl FnOnce(&mut Limits) -> &mut RateLimiter,
        now: Duration,
    ) -> Result<(), Denied> {
        if self.people.get(&id).is_some_and(|person| person.muted) {
            return Err(Denied::Muted);
        }
        self.afford(id, limiter, now)
    }
}
