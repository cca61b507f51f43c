//! Who comes in: joining, waiting for the host's word, and going.

use super::events::{NetEvent, Reply, Talk};
use super::formats::choose;
use super::peer::{OfferError, Peer};
use super::protocol::{self, ClosingCode, Join, Line, RefusedCode, ToPage, ToPeer};
use super::thread::{Connection, Worker, drain};
use crate::room::{Admission, Digits, Door, Entry, PeerId, Refusal, RequestId, Secret, Verdict};
use crate::sync::now;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Somebody who waits for the host's word.
pub(super) struct Waiting {
    pub request: RequestId,
    join: Join,
    reply: mpsc::Sender<Reply>,
}

/// A secret that nobody knows; none when the system gives no randomness.
pub(super) fn fresh_secret() -> Option<Secret> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).ok()?;
    Some(Secret::new(random))
}

/// The same for digits.
pub(super) fn fresh_digits() -> Option<Digits> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).ok()?;
    Some(Digits::new(random))
}

fn say(reply: &mpsc::Sender<Reply>, message: ToPage, after: Duration) {
    // Full or closed: the page is gone, or never reads.
    let _ = reply.try_send(Reply { message, after });
}

impl From<Refusal> for RefusedCode {
    fn from(refusal: Refusal) -> RefusedCode {
        match refusal {
            Refusal::BadInvite => RefusedCode::BadInvite,
            Refusal::Full => RefusedCode::RoomFull,
            Refusal::Banned => RefusedCode::Banned,
            Refusal::Busy => RefusedCode::Busy,
        }
    }
}

impl Worker {
    /// A page wants in.
    pub(super) fn join(&mut self, join: Join, address: IpAddr, reply: mpsc::Sender<Reply>) {
        if join.v != protocol::VERSION {
            say(&reply, ToPage::refused(RefusedCode::Version), Duration::ZERO);
            return;
        }
        // The invite first: a stranger's offer is not even looked at.
        let entry = Entry {
            secret: join.secret.as_deref(),
            code: join.code.as_deref(),
            resume: join.resume.as_deref(),
            address,
        };
        match self.ports.room.knock(entry, now()) {
            Ok(Door::Open(admission)) => {
                self.delays.right(address);
                self.let_in(&join, admission, &reply);
            }
            Ok(Door::Ask(invite)) => match self.ports.room.ask(invite, &join.name, address) {
                Ok(request) => {
                    self.delays.right(address);
                    say(&reply, ToPage::Waiting, Duration::ZERO);
                    self.waiting.push(Waiting { request, join, reply });
                }
                Err(refusal) => say(&reply, ToPage::refused(refusal.into()), Duration::ZERO),
            },
            Err(refusal) => {
                let wrong = refusal == Refusal::BadInvite;
                let after = if wrong { self.delays.failed(address, now()) } else { Duration::ZERO };
                say(&reply, ToPage::refused(refusal.into()), after);
            }
        }
    }

    /// The host has said yes or no to somebody who waits.
    pub(super) fn answer(&mut self, request: RequestId, verdict: Verdict) {
        let answer = self.ports.room.answer(request, verdict, now());
        let Some(at) = self.waiting.iter().position(|waiting| waiting.request == request) else { return };
        let Waiting { join, reply, .. } = self.waiting.swap_remove(at);
        if reply.is_closed() {
            return;
        }
        match answer {
            Ok(Some(admission)) => self.let_in(&join, admission, &reply),
            Ok(None) => say(&reply, ToPage::refused(RefusedCode::Declined), Duration::ZERO),
            Err(refusal) => say(&reply, ToPage::refused(refusal.into()), Duration::ZERO),
        }
        // That may have been the link's last use: others who wait by it are told now.
        self.look_after_waiting();
    }

    /// Those who closed the page while they waited, and those whose link was taken back.
    pub(super) fn look_after_waiting(&mut self) {
        let room = &mut self.ports.room;
        self.waiting.retain(|waiting| {
            if waiting.reply.is_closed() {
                room.take_back(waiting.request);
                return false;
            }
            let known = room.requests().any(|(id, _)| id == waiting.request);
            if !known {
                say(&waiting.reply, ToPage::refused(RefusedCode::BadInvite), Duration::ZERO);
            }
            known
        });
    }

    fn let_in(&mut self, join: &Join, admission: Admission, reply: &mpsc::Sender<Reply>) {
        let answer = self.connect(join, admission).unwrap_or_else(ToPage::refused);
        say(reply, answer, Duration::ZERO);
    }

    fn connect(&mut self, join: &Join, admission: Admission) -> Result<ToPage, RefusedCode> {
        let time = Instant::now();
        let token = fresh_secret().ok_or(RefusedCode::HostError)?;
        // The offer before the room, so that a bad one changes nothing.
        let (mut peer, sdp) =
            Peer::accept(&join.sdp, &self.addresses, self.certificate.clone(), time).map_err(|error| match error {
                OfferError::Nonsense => RefusedCode::BadMessage,
                OfferError::NoCodec => RefusedCode::NoCodec,
            })?;
        let control = &self.ports.video_control;
        let broken = |format| control.is_broken(format);
        // With every encoder out of order there is still somebody to tell, and the next try may succeed.
        let format = choose(self.wish, |format| peer.takes(format), |format| self.wish.is_some() || !broken(format))
            .or_else(|| choose(self.wish, |format| peer.takes(format), |_| true));
        match (format, self.wish) {
            (Some(format), _) => peer.watch(format),
            (None, Some(_)) => return Err(RefusedCode::HostCodec),
            (None, None) => return Err(RefusedCode::NoCodec),
        }
        let joined = self.ports.room.enter(admission, &join.name, token, now())?;
        if let Some(old) = joined.replaces {
            self.end(old, Some(ClosingCode::Replaced), false);
        }
        peer.tick(time);
        let mut connection = Connection::new(peer, joined.name, joined.returned);
        drain(joined.peer, &mut connection, &mut self.outbox, &mut self.news, time);
        self.peers.insert(joined.peer, connection);
        self.look_after_waiting();
        self.count_viewers();
        Ok(ToPage::Welcome { v: protocol::VERSION, peer: joined.peer, resume: joined.token.as_str().into(), sdp })
    }

    /// Somebody's media flows.
    pub(super) fn announce(&mut self, id: PeerId) {
        let Some(connection) = self.peers.get_mut(&id) else { return };
        if std::mem::replace(&mut connection.announced, true) {
            return;
        }
        // First of all: there may be a seat for them that was not kept while they were only on their way.
        let is_news = self.ports.room.arrived(id);
        let name = self.ports.room.name_of(id).unwrap_or_default().to_owned();
        let seat = self.ports.room.seats_of(id).next();
        (self.ports.on_event)(NetEvent::Joined { id, name: name.clone(), seat });
        if is_news {
            self.talk(Talk::Line(Line::Joined, name));
        }
        self.count_viewers();
        self.room_told = None;
    }

    /// Ends a peer, with a last word if there is one. `for_good`: the seat is not kept.
    pub(super) fn end(&mut self, id: PeerId, code: Option<ClosingCode>, for_good: bool) {
        let Some(mut connection) = self.peers.remove(&id) else { return };
        let time = Instant::now();
        if let Some(code) = code {
            connection.peer.say(&ToPeer::Closing { code, message: code.message() });
            drain(id, &mut connection, &mut self.outbox, &mut self.news, time);
        }
        connection.peer.close();
        drain(id, &mut connection, &mut self.outbox, &mut self.news, time);
        self.news.retain(|(other, _)| *other != id);
        self.ports.room.leave(id, for_good, now());
        self.press_all();
        if connection.announced {
            let name = connection.name;
            match code {
                // The same person is here by another connection.
                Some(ClosingCode::Replaced) => {}
                Some(ClosingCode::Kicked | ClosingCode::Banned | ClosingCode::Revoked) => {
                    self.talk(Talk::Line(Line::Kicked, name.clone()));
                }
                _ if for_good => self.talk(Talk::Line(Line::Left, name.clone())),
                // Away for a moment, perhaps; they leave when their time is up.
                _ => {}
            }
            (self.ports.on_event)(NetEvent::Left { id, name });
        }
        self.count_viewers();
    }
}
