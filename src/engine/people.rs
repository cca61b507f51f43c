//! The people in the room, as the window and headless mode see them.
//!
//! The room decides; here its news become part of the snapshot, and nothing else happens.

use super::publisher::Publisher;
use super::snapshot::{ChatLine, HolderStatus, InviteStatus, PeerStatus, RequestStatus, SeatStatus, Snapshot};
use super::{EngineEvent, NoticeKind};
use crate::net::protocol::{Person, Seat};
use crate::net::{NetEvent, NetStats, RoomNews, Talk};
use crate::room::{Request, RequestId};

/// Lines of chat that are kept.
const MAX_LINES: usize = 200;

/// What is remembered between two pieces of news.
pub(super) struct People {
    /// The page at each address of this machine, the best one first.
    pages: Vec<String>,
    /// Lines of chat so far.
    lines: u64,
    /// Of the last second.
    pub(super) stats: NetStats,
}

impl People {
    pub(super) fn new(pages: Vec<String>) -> People {
        People { pages, lines: 0, stats: NetStats::default() }
    }

    pub(super) fn follow(&mut self, event: NetEvent, publisher: &mut Publisher) {
        match event {
            NetEvent::Joined { id, name, seat } => publisher.event(EngineEvent::PeerJoined { id, name, seat }),
            NetEvent::Left { id, name } => publisher.event(EngineEvent::PeerLeft { id, name }),
            NetEvent::NoLink => publisher.notice(NoticeKind::NoMoreLinks),
            NetEvent::Room(news) => {
                for (id, request) in self.follow_room(*news, &mut publisher.snapshot) {
                    publisher.event(EngineEvent::Request { id, name: request.name, address: request.address });
                }
            }
            // The machine's business.
            NetEvent::Game { .. } => {}
            NetEvent::Talk(talk) => {
                self.lines += 1;
                keep(&mut publisher.snapshot.chat, ChatLine { id: self.lines, talk: talk.clone() });
                publisher.event(EngineEvent::Talk(talk));
            }
            NetEvent::Lights(lights) => publisher.snapshot.lights = lights,
            NetEvent::Stats(stats) => self.follow_stats(stats, &mut publisher.snapshot),
        }
    }

    /// Returns the requests to be let in that are new.
    fn follow_room(&self, news: RoomNews, snapshot: &mut Snapshot) -> Vec<(RequestId, Request)> {
        snapshot.seats = news.seats.into_iter().map(seat).collect();
        let old = std::mem::take(&mut snapshot.peers);
        let figures = |id| old.iter().find(|peer: &&PeerStatus| peer.id == id);
        snapshot.peers = news.people.into_iter().map(|person| peer(figures(person.peer), person)).collect();
        snapshot.invites = news.invites.iter().map(|invite| InviteStatus::new(invite, &self.pages)).collect();
        let known = |id| snapshot.requests.iter().any(|known| known.id == id);
        let new = news.requests.iter().filter(|(id, _)| !known(*id)).cloned().collect();
        snapshot.requests = news.requests.into_iter().map(request).collect();
        snapshot.banned = news.banned;
        new
    }

    fn follow_stats(&mut self, stats: NetStats, snapshot: &mut Snapshot) {
        for peer in &mut snapshot.peers {
            if let Some(figures) = stats.peers.iter().find(|figures| figures.id == peer.id) {
                peer.round_trip = figures.round_trip;
                peer.kbit_s = figures.kbit_s;
                peer.loss = figures.loss;
                peer.format = Some(figures.format);
            }
        }
        snapshot.stats.sent = stats.frames_sent;
        (snapshot.stats.latency_p50_ms, snapshot.stats.latency_p99_ms) = stats.latency_ms;
        snapshot.stats.kbit_s = stats.peers.iter().map(|peer| peer.kbit_s).sum();
        self.stats = stats;
    }
}

fn seat(seat: Seat) -> SeatStatus {
    let holders = seat.holders.into_iter();
    SeatStatus {
        seat: seat.seat,
        device: seat.device,
        holders: holders.map(|it| HolderStatus { peer: it.peer, name: it.name, away: it.away }).collect(),
    }
}

/// Figures come once a second, by themselves: they stay.
fn peer(old: Option<&PeerStatus>, person: Person) -> PeerStatus {
    PeerStatus {
        id: person.peer,
        name: person.name,
        seats: person.seats,
        wants: person.wants,
        muted: person.muted,
        rights: person.rights,
        grant: person.grant,
        round_trip: old.and_then(|old| old.round_trip),
        kbit_s: old.map_or(0, |old| old.kbit_s),
        loss: old.map_or(0.0, |old| old.loss),
        format: old.and_then(|old| old.format),
    }
}

fn request((id, request): (RequestId, Request)) -> RequestStatus {
    RequestStatus { id, name: request.name, address: request.address, invite: request.invite }
}

impl InviteStatus {
    /// One link, as it is written for each address of this machine.
    pub(super) fn new(invite: &crate::room::Invite, pages: &[String]) -> InviteStatus {
        InviteStatus {
            id: invite.id,
            links: pages.iter().map(|page| format!("{page}#{}", invite.secret.as_str())).collect(),
            terms: invite.terms,
            by_guest: invite.maker.is_some(),
            used: invite.used,
            ends: invite.ends,
            code: invite.code.as_ref().map(|(digits, until)| (digits.as_str().to_owned(), *until)),
        }
    }
}

/// One more line, in the place of the oldest when there are enough. Reactions go first, words after them.
fn keep(chat: &mut Vec<ChatLine>, line: ChatLine) {
    if chat.len() >= MAX_LINES {
        let reaction = |line: &ChatLine| matches!(line.talk, Talk::Reaction { .. });
        chat.remove(chat.iter().position(reaction).unwrap_or(0));
    }
    chat.push(line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Emoji;

    #[test]
    fn a_thousand_hearts_leave_what_was_said() {
        let mut chat = Vec::new();
        let said = |n: usize| Talk::Said { peer: None, name: "Ann".into(), text: n.to_string() };
        let heart = || Talk::Reaction {
            peer: None,
            name: "Bea".into(),
            emoji: Emoji::parse(crate::room::EMOJI[0]).expect("one that is known"),
        };
        (0..20).for_each(|n| keep(&mut chat, ChatLine { id: n as u64, talk: said(n) }));
        (20..1020).for_each(|id| keep(&mut chat, ChatLine { id, talk: heart() }));
        assert_eq!(chat.len(), MAX_LINES);
        assert!((0..20).all(|n| chat[n].talk == said(n)));
        (0..MAX_LINES).for_each(|n| keep(&mut chat, ChatLine { id: 2000, talk: said(n) }));
        assert!((0..MAX_LINES).all(|n| chat[n].talk == said(n)), "the oldest words go for newer ones");
    }
}
