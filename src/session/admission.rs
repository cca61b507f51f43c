//! Who comes in: joining, waiting for the host's answer, arriving, and going.

use super::connection::{Connection, OfferError};
use super::event::{ChatEvent, JoinId, Reply, SessionEvent};
use super::input_router::Held;
use super::peer::Peer;
use super::protocol::{self, ClosingCode, FromPage, Join, Presence, RefusedCode, ToPage, ToPeer};
use super::{Action, Connected, Session};
use crate::input::SeatSet;
use crate::room::{Admission, Backoff, Credentials, Departure, Entry, Origin, PeerId, Refusal, RequestId};
use std::time::{Duration, Instant};

/// Those who wait for the host's answer, and how long wrong guesses are held back.
#[derive(Default)]
pub(super) struct Waiting {
    guests: Vec<WaitingGuest>,
    backoff: Backoff,
}

struct WaitingGuest {
    id: JoinId,
    request: RequestId,
    join: Join,
}

impl From<Refusal> for RefusedCode {
    fn from(refusal: Refusal) -> RefusedCode {
        match refusal {
            Refusal::BadInvite => RefusedCode::BadInvite,
            Refusal::RoomFull => RefusedCode::RoomFull,
            Refusal::Banned => RefusedCode::Banned,
            Refusal::Busy => RefusedCode::Busy,
        }
    }
}

impl From<OfferError> for RefusedCode {
    fn from(error: OfferError) -> RefusedCode {
        match error {
            OfferError::Malformed => RefusedCode::BadMessage,
            OfferError::NoCodec => RefusedCode::NoCodec,
        }
    }
}

impl<C: Connection> Session<C> {
    pub(super) fn reply(&mut self, id: JoinId, message: ToPage, after: Duration) {
        if let ToPage::Refused { code, .. } = &message {
            self.totals.refuse(*code);
        }
        self.actions.push_back(Action::Reply(id, Reply { message, after }));
    }

    fn refuse(&mut self, id: JoinId, code: impl Into<RefusedCode>) {
        self.reply(id, ToPage::refused(code.into()), Duration::ZERO);
    }

    /// A page wants in. What comes of it is an [`Action::Reply`], or two.
    pub fn handle_join(&mut self, id: JoinId, join: Join, origin: Origin, now: Instant) {
        self.finish_draining(now);
        if join.v != protocol::VERSION {
            self.refuse(id, RefusedCode::Version);
            return;
        }
        // The invite first: a stranger's offer is not even looked at.
        let shown = Credentials {
            secret: join.secret.as_deref(),
            code: join.code.as_deref(),
            resume: join.resume.as_deref(),
            origin,
        };
        let monotonic = self.monotonic(now);
        match self.room.check_credentials(shown, monotonic) {
            Ok(Entry::Granted(admission)) => {
                self.admission.backoff.succeeded(origin);
                self.let_in(id, &join, admission, now);
            }
            Ok(Entry::NeedsApproval(invite)) => match self.room.request_entry(invite, &join.name, origin) {
                Ok(request) => {
                    self.admission.backoff.succeeded(origin);
                    self.reply(id, ToPage::Waiting, Duration::ZERO);
                    self.admission.guests.push(WaitingGuest { id, request, join });
                }
                Err(refusal) => self.refuse(id, refusal),
            },
            Err(Refusal::BadInvite) => {
                let after = self.admission.backoff.failed(origin, monotonic);
                self.reply(id, ToPage::refused(RefusedCode::BadInvite), after);
            }
            Err(refusal) => self.refuse(id, refusal),
        }
    }

    /// The host has said yes or no to a guest who waits.
    pub(super) fn answer(&mut self, request: RequestId, answer: Result<Option<Admission>, Refusal>, now: Instant) {
        let Some(at) = self.admission.guests.iter().position(|guest| guest.request == request) else { return };
        let WaitingGuest { id, join, .. } = self.admission.guests.swap_remove(at);
        match answer {
            Ok(Some(admission)) => self.let_in(id, &join, admission, now),
            Ok(None) => self.refuse(id, RefusedCode::Declined),
            Err(refusal) => self.refuse(id, refusal),
        }
        // That may have been the link's last use: others who wait by it are told now.
        self.refuse_those_without_request();
    }

    /// A page says something on its carrier after it joined.
    pub fn handle_page(&mut self, id: JoinId, message: FromPage, now: Instant) {
        self.finish_draining(now);
        let Some((&peer, it)) = self.peers.iter_mut().find(|(_, it)| it.carrier == Some(id)) else {
            // It waits for the host's answer, or was refused: it takes its request back, or there is nothing to be said.
            if message == FromPage::Bye {
                self.handle_hangup(id);
            }
            return;
        };
        match message {
            FromPage::Candidate { candidate } => {
                it.told_of.note(&candidate);
                if let Some(name) = it.peer.add_remote_candidate(&candidate, now) {
                    self.actions.push_back(Action::Resolve(peer, name));
                }
            }
            FromPage::Restart { sdp } => {
                if let Some(sdp) = it.peer.restart(&sdp, now) {
                    self.reply(id, ToPage::Restarted { sdp }, Duration::ZERO);
                }
            }
            FromPage::Bye => self.end(peer, None, Departure::Temporary, now),
            // It is in.
            FromPage::Join(_) => return,
        }
        self.tick(peer, now);
    }

    /// The carrier of a page is closed. Those who wait take their request back; those who are in do not need it.
    pub fn handle_hangup(&mut self, id: JoinId) {
        if let Some(it) = self.peers.values_mut().find(|it| it.carrier == Some(id)) {
            it.carrier = None;
        }
        self.forget_waiting(id);
        self.actions.push_back(Action::Forget(id));
    }

    /// The page of a guest who waits is gone.
    fn forget_waiting(&mut self, id: JoinId) {
        if let Some(at) = self.admission.guests.iter().position(|guest| guest.id == id) {
            let guest = self.admission.guests.swap_remove(at);
            self.room.withdraw(guest.request);
        }
    }

    /// Those whose link ended or was taken back wait for nothing.
    pub(super) fn refuse_those_without_request(&mut self) {
        let room = &self.room;
        let known = |guest: &WaitingGuest| room.requests().any(|it| it.id == guest.request);
        let (stay, go): (Vec<_>, Vec<_>) = std::mem::take(&mut self.admission.guests).into_iter().partition(known);
        self.admission.guests = stay;
        for guest in go {
            self.refuse(guest.id, RefusedCode::BadInvite);
        }
    }

    /// Kept seats, links, codes and requests end with time, and so do those who waited for nothing.
    pub(super) fn tick_room(&mut self, now: Instant) {
        self.room.tick(self.monotonic(now));
        self.refuse_those_without_request();
        for name in self.room.take_gone() {
            self.tell_chat(ChatEvent::Presence(Presence::Left, name));
        }
    }

    fn let_in(&mut self, id: JoinId, join: &Join, admission: Admission, now: Instant) {
        let answer = self.connect(id, join, admission, now).unwrap_or_else(ToPage::refused);
        self.reply(id, answer, Duration::ZERO);
    }

    fn connect(&mut self, id: JoinId, join: &Join, admission: Admission, now: Instant) -> Result<ToPage, RefusedCode> {
        let token = self.random.secret().ok_or(RefusedCode::HostError)?;
        // The offer before the room, so that a bad one changes nothing.
        let told_of = self.told_of(admission.origin(), now);
        let candidates = self.candidates_of(&told_of);
        let (mut peer, sdp) = Peer::<C>::accept(&join.sdp, &candidates, self.identity.clone(), now)?;
        match (self.renditions.choose(|format| peer.takes(format)), self.renditions.forced) {
            (Some(format), _) => peer.watch(format),
            (None, Some(_)) => return Err(RefusedCode::HostCodec),
            (None, None) => return Err(RefusedCode::NoCodec),
        }
        let joined = self.room.enter(admission, &join.name, token, self.monotonic(now))?;
        if let Some(old) = joined.replaces {
            self.end(old, Some(ClosingCode::Replaced), Departure::Temporary, now);
        }
        peer.handle_timeout(now);
        let connected = Connected {
            peer,
            carrier: Some(id),
            name: joined.name,
            returned: joined.returned,
            via: None,
            announced: false,
            greeted: false,
            told_of,
            behind: false,
            rumbled: SeatSet::EMPTY,
            shape: None,
            frames: 0,
            bytes_before: 0,
            repeats_before: 0,
            troubled: false,
            held: Held::default(),
        };
        self.peers.insert(joined.peer, connected);
        self.drain(joined.peer, now);
        self.refuse_those_without_request();
        self.count_viewers();
        let resume = joined.token.as_str().into();
        Ok(ToPage::Welcome { v: protocol::VERSION, peer: joined.peer, resume, sdp, ice: Vec::new() })
    }

    /// A peer's media flows.
    pub(super) fn announce(&mut self, id: PeerId, now: Instant) {
        let Some(it) = self.peers.get_mut(&id) else { return };
        if std::mem::replace(&mut it.announced, true) {
            return;
        }
        it.told_of.connected(now);
        // First of all: there may be a seat for them that was not kept while they were only on their way.
        let is_news = self.room.arrived(id);
        let name = self.room.name_of(id).unwrap_or_default().to_owned();
        let seat = self.room.seats_of(id).next();
        self.notify(SessionEvent::Joined { id, name: name.clone(), seat });
        if is_news {
            self.tell_chat(ChatEvent::Presence(Presence::Joined, name));
        }
        self.count_viewers();
        self.told.forget_room();
    }

    /// Ends a peer, with a last word if there is one.
    pub(super) fn end(&mut self, id: PeerId, code: Option<ClosingCode>, departure: Departure, now: Instant) {
        if let Some(code) = code {
            self.say_to(id, &ToPeer::Closing { code, message: code.message() }, now);
        }
        let Some(it) = self.peers.get_mut(&id) else { return };
        it.peer.close();
        self.drain(id, now);
        let Some(it) = self.peers.remove(&id) else { return };
        if it.peer.has_names() {
            self.actions.push_back(Action::StopResolving(id));
        }
        if let Some(carrier) = it.carrier {
            self.actions.push_back(Action::Forget(carrier));
        }
        self.events.retain(|(other, _)| *other != id);
        self.room.leave(id, departure, self.monotonic(now));
        self.route_all();
        if it.announced {
            let name = it.name;
            match code {
                // The same person is here by another connection.
                Some(ClosingCode::Replaced) => {}
                Some(ClosingCode::Kicked | ClosingCode::Banned | ClosingCode::Revoked) => {
                    self.tell_chat(ChatEvent::Presence(Presence::Kicked, name.clone()));
                }
                _ if departure == Departure::Final => {
                    self.tell_chat(ChatEvent::Presence(Presence::Left, name.clone()));
                }
                // Away for a moment, perhaps; they leave when their time is up.
                _ => {}
            }
            self.notify(SessionEvent::Left { id, name });
        }
        self.count_viewers();
    }
}
