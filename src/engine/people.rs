//! The people in the room, as the window and headless mode see them.
//!
//! The room decides; here its news become part of the snapshot, and nothing else happens.

use super::publisher::Publisher;
use super::snapshot::{ChatLine, InviteStatus, PeerStatus, Snapshot};
use super::{EngineEvent, NoticeKind};
use crate::net::Site;
use crate::room::{Invite, JoinRequest, Member};
use crate::session::{ChatEvent, RoomView, SessionEvent, SessionStats};

/// Lines of chat that are kept.
const MAX_LINES: usize = 200;

/// Where the page is.
pub(super) struct Pages {
    /// At a server of somebody else's, which leads here.
    public: Option<String>,
    /// On any server, from which a page meets the host by a broker.
    meeting: Option<String>,
    /// By https, at the names that a certificate is for.
    named: Vec<String>,
    /// At each address of this machine, the best one first.
    own: Vec<String>,
}

impl Pages {
    pub(super) fn new(site: &Site, named: Vec<String>, own: Vec<String>) -> Pages {
        Pages { public: Pages::public(site), meeting: None, named, own }
    }

    fn public(site: &Site) -> Option<String> {
        site.public.as_ref().map(ToString::to_string)
    }

    /// The best one first: a public one is reached from everywhere.
    pub(super) fn all(&self) -> Vec<String> {
        self.public.iter().chain(&self.meeting).chain(&self.named).chain(&self.own).cloned().collect()
    }
}

/// What is remembered between two pieces of news.
pub(super) struct People {
    pages: Pages,
    /// As the room has them, without the pages.
    invites: Vec<Invite>,
    /// Lines of chat so far.
    lines: u64,
    /// Of the last second.
    pub(super) stats: SessionStats,
}

impl People {
    pub(super) fn new(pages: Pages, invites: Vec<Invite>) -> People {
        People { pages, invites, lines: 0, stats: SessionStats::default() }
    }

    /// This machine has other addresses now: the links follow.
    pub(super) fn set_pages(&mut self, pages: Vec<String>, publisher: &mut Publisher) {
        self.pages.own = pages;
        self.write_invites(publisher);
    }

    /// There are certificates for these pages now.
    pub(super) fn set_named(&mut self, pages: Vec<String>, publisher: &mut Publisher) {
        if self.pages.named != pages {
            self.pages.named = pages;
            self.write_invites(publisher);
        }
    }

    /// Guests open the page at another address of somebody else's, or at none any more.
    pub(super) fn set_public(&mut self, site: &Site, publisher: &mut Publisher) {
        let public = Pages::public(site);
        if self.pages.public != public {
            self.pages.public = public;
            self.write_invites(publisher);
        }
    }

    /// Guests meet the host by way of this page, or by none any more.
    pub(super) fn set_meeting(&mut self, page: Option<String>, publisher: &mut Publisher) {
        if self.pages.meeting != page {
            self.pages.meeting = page;
            self.write_invites(publisher);
        }
    }

    /// At a server of somebody else's, or at a name that a certificate is for: reached from everywhere.
    pub(super) fn public_page(&self) -> Option<String> {
        self.pages.public.iter().chain(&self.pages.named).next().cloned()
    }

    /// What lets people in.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.invites.iter().map(|invite| invite.secret.as_str().to_owned()).collect()
    }

    fn write_invites(&self, publisher: &mut Publisher) {
        publisher.snapshot.invites = self.written_invites();
        publisher.event(EngineEvent::LinksChanged);
    }

    fn written_invites(&self) -> Vec<InviteStatus> {
        let pages = self.pages.all();
        self.invites.iter().map(|invite| InviteStatus::new(invite, &pages)).collect()
    }

    pub(super) fn follow(&mut self, event: SessionEvent, publisher: &mut Publisher) {
        match event {
            SessionEvent::Joined { id, name, seat } => publisher.event(EngineEvent::PeerJoined { id, name, seat }),
            SessionEvent::Left { id, name } => publisher.event(EngineEvent::PeerLeft { id, name }),
            SessionEvent::InviteLimit => publisher.notice(NoticeKind::NoMoreLinks),
            SessionEvent::Room(view) => {
                for request in self.follow_room(*view, &mut publisher.snapshot) {
                    publisher.event(EngineEvent::Request(request));
                }
            }
            // The machine's business.
            SessionEvent::Game { .. } => {}
            SessionEvent::Chat(event) => {
                self.lines += 1;
                keep(&mut publisher.snapshot.chat, ChatLine { id: self.lines, event: event.clone() });
                publisher.event(EngineEvent::Chat(event));
            }
            SessionEvent::Activity(activity) => publisher.snapshot.activity = activity,
            SessionEvent::Stats(stats) => self.follow_stats(*stats, &mut publisher.snapshot),
        }
    }

    /// Returns the requests to be let in that are new.
    fn follow_room(&mut self, view: RoomView, snapshot: &mut Snapshot) -> Vec<JoinRequest> {
        let old = std::mem::take(&mut snapshot.peers);
        // Figures come once a second, by themselves: they stay.
        let stats = |id| old.iter().find(|peer| peer.id == id).and_then(|peer| peer.stats);
        let peer = |member: Member| PeerStatus { stats: stats(member.id), member };
        snapshot.peers = view.people.into_iter().map(peer).collect();
        snapshot.seats = view.seats;
        self.invites = view.invites;
        snapshot.invites = self.written_invites();
        let known = |id| snapshot.requests.iter().any(|known| known.id == id);
        let new = view.requests.iter().filter(|request| !known(request.id)).cloned().collect();
        snapshot.requests = view.requests;
        snapshot.banned = view.banned;
        new
    }

    fn follow_stats(&mut self, stats: SessionStats, snapshot: &mut Snapshot) {
        for peer in &mut snapshot.peers {
            if let Some(figures) = stats.peers.iter().find(|figures| figures.id == peer.id) {
                peer.stats = Some(*figures);
            }
        }
        snapshot.stats.sent = stats.frames_sent;
        (snapshot.stats.latency_p50_ms, snapshot.stats.latency_p99_ms) = stats.latency_ms;
        snapshot.stats.kbit_s = stats.peers.iter().map(|peer| peer.kbit_s).sum();
        self.stats = stats;
    }
}

impl InviteStatus {
    /// One link, as it is written for each address of this machine.
    pub(super) fn new(invite: &Invite, pages: &[String]) -> InviteStatus {
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
        let reaction = |line: &ChatLine| matches!(line.event, ChatEvent::Reaction { .. });
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
        let said = |n: usize| ChatEvent::Said { peer: None, name: "Ann".into(), text: n.to_string() };
        let heart = || ChatEvent::Reaction {
            peer: None,
            name: "Bea".into(),
            emoji: Emoji::parse(crate::room::EMOJI[0]).expect("one that is known"),
        };
        (0..20).for_each(|n| keep(&mut chat, ChatLine { id: n as u64, event: said(n) }));
        (20..1020).for_each(|id| keep(&mut chat, ChatLine { id, event: heart() }));
        assert_eq!(chat.len(), MAX_LINES);
        assert!((0..20).all(|n| chat[n].event == said(n)));
        (0..MAX_LINES).for_each(|n| keep(&mut chat, ChatLine { id: 2000, event: said(n) }));
        assert!((0..MAX_LINES).all(|n| chat[n].event == said(n)), "the oldest words go for newer ones");
    }
}
