//! Commands of guests and of the host: the room decides, and here it is carried out.

use super::Session;
use super::connection::Connection;
use super::event::{ChatEvent, SessionCommand, SessionEvent};
use super::protocol::{ClosingCode, ToPeer};
use crate::room::{Actor, Denied, Departure, Effect, PeerId, Removal, RoomCommand};
use std::time::Instant;

impl<C: Connection> Session<C> {
    /// The engine wants something.
    pub fn handle_command(&mut self, command: SessionCommand, now: Instant) {
        self.finish_draining(now);
        match command {
            SessionCommand::Game(game) => self.set_game(game),
            SessionCommand::Controls(controls) => self.set_controls(controls),
            SessionCommand::Discs(discs) => self.set_discs(discs),
            SessionCommand::OnScreen(shown) => self.set_on_screen(shown),
            SessionCommand::DiscChanged { by, disc } => self.tell_disc(by, disc),
            SessionCommand::Ports(ports) => {
                self.room.set_ports(ports);
                self.route_all();
            }
            SessionCommand::Fps(fps) => self.told.fps = fps,
            SessionCommand::ForceFormat(format) => self.force_format(format, now),
            SessionCommand::VideoRate(rate) => self.set_video_rate(rate),
            SessionCommand::Room(command) => self.apply_for_host(command, now),
            SessionCommand::Candidates(candidates) => self.set_candidates(candidates, now),
            SessionCommand::Close => self.close(now),
        }
    }

    fn apply_for_host(&mut self, command: RoomCommand, now: Instant) {
        let invites = matches!(command, RoomCommand::Invite(_));
        let monotonic = self.monotonic(now);
        let applied = self.room.apply(Actor::Host, command, &mut *self.random, monotonic);
        match applied {
            Ok(Effect::Chat(text)) => {
                let name = self.host_called();
                self.tell_chat(ChatEvent::Said { peer: None, name, text });
            }
            Ok(Effect::Reaction(emoji)) => {
                let name = self.host_called();
                self.tell_chat(ChatEvent::Reaction { peer: None, name, emoji });
            }
            Ok(Effect::Disconnect(peers, removal)) => {
                let code = match removal {
                    Removal::Kicked => ClosingCode::Kicked,
                    Removal::Banned => ClosingCode::Banned,
                    Removal::Revoked => ClosingCode::Revoked,
                };
                for id in peers {
                    self.end(id, Some(code), Departure::Final, now);
                }
            }
            Ok(Effect::Answered(request, answer)) => self.answer(request, answer, now),
            Err(Denied::RateLimited) if invites => self.notify(SessionEvent::InviteLimit),
            // The engine has game commands of the host without asking here; a link shows in the room's view; and what is
            // gone is gone for the window too, as soon as it has drawn the newest view.
            Ok(Effect::None | Effect::Game(_) | Effect::Invited(_)) | Err(_) => {}
        }
        // Who holds what may have changed, and who waits for something that is no longer there.
        self.route_all();
        self.tick_room(now);
    }

    /// A guest wants something; `kind` is the type of their message.
    pub(super) fn apply_for_guest(&mut self, id: PeerId, kind: &'static str, command: RoomCommand, now: Instant) {
        let name = self.room.name_of(id).unwrap_or_default().to_owned();
        let changes_seats =
            matches!(command, RoomCommand::RequestSeat(_) | RoomCommand::LeaveSeat(_) | RoomCommand::AssignSeat { .. });
        let renames = matches!(command, RoomCommand::Rename(_));
        let monotonic = self.monotonic(now);
        let applied = self.room.apply(Actor::Guest(id), command, &mut *self.random, monotonic);
        match applied {
            Ok(Effect::Game(command)) => self.notify(SessionEvent::Game { peer: id, by: name, command }),
            Ok(Effect::Invited(secret)) => self.say_to(id, &ToPeer::Invited { secret: secret.as_str() }, now),
            Ok(Effect::Chat(text)) => self.tell_chat(ChatEvent::Said { peer: Some(id), name, text }),
            Ok(Effect::Reaction(emoji)) => self.tell_chat(ChatEvent::Reaction { peer: Some(id), name, emoji }),
            // The last two come of what only the host may do.
            Ok(Effect::None | Effect::Disconnect(..) | Effect::Answered(..)) => {}
            Err(denied) => self.deny(id, kind, denied, now),
        }
        if changes_seats {
            self.route_all();
        }
        if renames && let (Some(it), Some(name)) = (self.peers.get_mut(&id), self.room.name_of(id)) {
            name.clone_into(&mut it.name);
        }
    }

    pub(super) fn deny(&mut self, id: PeerId, kind: &'static str, denied: Denied, now: Instant) {
        self.say_to(id, &ToPeer::Denied { to: kind, code: denied }, now);
    }

    pub(super) fn host_called(&self) -> String {
        self.room.host_name().unwrap_or("Host").to_owned()
    }
}
