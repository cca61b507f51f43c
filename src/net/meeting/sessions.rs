//! What pages say through brokers, opened and kept apart, and what they are answered. Sans-I/O.
//!
//! A broker may replay, reorder, repeat, forge and swallow: each message counts once, whoever brings it how often, and what
//! does not open is passed over. Several brokers may bring the same session; answers go back by each of them.

use super::keys::{Header, Id, InviteKeys, Key, LONGEST, MESSAGES};
use super::packing::{pack, unpack};
use crate::rate_limit::{RateLimit, RateLimiter};
use crate::room::Random;
use crate::session::protocol::{FromPage, Join, ToPage, parse_page};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::time::Duration;

/// Links that are listened for: the newest. Those that ended stay a while, so that who comes by them is told.
const MAX_INVITES: usize = 64;
/// Sessions that an invite has had: past that no new ones come in by a broker.
const MAX_SEEN: usize = 65_536;
/// Sessions that are alive, of all invites. Past that nobody new is heard until one ends.
const MAX_LIVE: usize = 128;
/// Messages of a session that came before its first.
const MAX_EARLY: usize = 64;
/// How often what was said is said again to a page that repeats itself.
const REPEATS: RateLimit = RateLimit::new(1, Duration::from_millis(500));
/// How long a session is kept in which nothing is asked, and one that has ended, for repeats.
const LINGER: Duration = Duration::from_secs(30);
/// What stands before the name of a topic.
const TOPICS: &str = "hotseat/1/";

/// A broker, by its place in the settings.
pub type BrokerId = usize;

/// One attempt of a page to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionKey {
    invite: u64,
    session: Id,
}

/// What a page wants.
#[derive(Debug, PartialEq)]
pub enum MeetingEvent {
    Join(SessionKey, Box<Join>),
    Said(SessionKey, FromPage),
}

/// To be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub broker: BrokerId,
    pub topic: String,
    pub payload: Vec<u8>,
}

struct Invite {
    number: u64,
    secret: String,
    topic: String,
    keys: InviteKeys,
    /// Every session that opened: a broker may bring its messages again at any time.
    seen: HashSet<Id>,
}

struct Live {
    page_key: Key,
    host_key: Key,
    host_nonce: Id,
    /// Counters that came.
    heard: [u64; MESSAGES as usize / 64],
    joined: bool,
    /// The page packs what it says, and reads what is packed.
    packs: bool,
    /// What came before the join.
    early: Vec<FromPage>,
    /// What was said so far; the place is the counter.
    sent: Vec<Vec<u8>>,
    brokers: BTreeSet<BrokerId>,
    repeats: RateLimiter,
    /// Nothing more is said; or nothing was asked yet.
    ended: Option<Duration>,
}

impl Live {
    /// True the first time.
    fn hear(&mut self, counter: u32) -> bool {
        let (word, bit) = (counter as usize / 64, 1 << (counter % 64));
        let new = self.heard[word] & bit == 0;
        self.heard[word] |= bit;
        new
    }
}

/// All sessions through brokers.
pub struct Sessions {
    random: Box<dyn Random + Send>,
    invites: VecDeque<Invite>,
    last_invite: u64,
    live: BTreeMap<SessionKey, Live>,
    events: VecDeque<MeetingEvent>,
    publications: VecDeque<Publication>,
}

impl Sessions {
    pub fn new(random: Box<dyn Random + Send>) -> Sessions {
        Sessions {
            random,
            invites: VecDeque::new(),
            last_invite: 0,
            live: BTreeMap::new(),
            events: VecDeque::new(),
            publications: VecDeque::new(),
        }
    }

    /// The links that there are now. True if topics have come or gone.
    pub fn set_invites<'a>(&mut self, secrets: impl IntoIterator<Item = &'a str>) -> bool {
        let before = self.topics();
        for secret in secrets {
            if self.invites.iter().any(|invite| invite.secret == secret) {
                continue;
            }
            let keys = InviteKeys::new(secret);
            let Some(topic) = keys.topic() else { continue };
            if self.invites.len() == MAX_INVITES {
                self.invites.pop_front();
            }
            self.last_invite += 1;
            let (number, secret) = (self.last_invite, secret.to_owned());
            self.invites.push_back(Invite { number, secret, topic, keys, seen: HashSet::new() });
        }
        self.topics() != before
    }

    /// What is to be subscribed to.
    pub fn topics(&self) -> Vec<String> {
        self.invites.iter().map(|invite| format!("{TOPICS}{}", invite.topic)).collect()
    }

    /// Something was published.
    pub fn handle_publish(&mut self, broker: BrokerId, topic: &str, payload: &[u8], now: Duration) {
        let Some(header) = Header::parse(payload) else { return };
        let named = topic.strip_prefix(TOPICS);
        let Some(invite) = self.invites.iter_mut().find(|invite| Some(invite.topic.as_str()) == named) else { return };
        let key = SessionKey { invite: invite.number, session: header.id };
        if let Some(live) = self.live.get_mut(&key) {
            let counted = live.heard[header.counter as usize / 64] & 1 << (header.counter % 64) != 0;
            if counted {
                // A page that repeats itself has not heard the answer. Anybody can repeat: what is said again is the same,
                // goes to the page alone, and seldom.
                if live.repeats.take(now) {
                    live.brokers.insert(broker);
                    let topic = format!("{TOPICS}{}/{}", invite.topic, header.id.to_text());
                    let again = live.sent.iter().map(|payload| Publication {
                        broker,
                        topic: topic.clone(),
                        payload: payload.clone(),
                    });
                    self.publications.extend(again);
                }
                return;
            }
        } else {
            self.end_lingering(now);
            let Some(invite) = self.invites.iter_mut().find(|invite| invite.number == key.invite) else { return };
            if invite.seen.contains(&header.id) || invite.seen.len() >= MAX_SEEN || self.live.len() >= MAX_LIVE {
                return;
            }
            let Some(page_key) = invite.keys.page_key(header.id) else { return };
            // Only who knows the secret takes a place here.
            if page_key.open(header, payload).is_none() {
                return;
            }
            let mut nonce = [0; 16];
            if !self.random.fill(&mut nonce) {
                return;
            }
            let host_nonce = Id(nonce);
            let Some(host_key) = invite.keys.host_key(header.id, host_nonce) else { return };
            invite.seen.insert(header.id);
            let live = Live {
                page_key,
                host_key,
                host_nonce,
                heard: [0; 4],
                joined: false,
                packs: false,
                early: Vec::new(),
                sent: Vec::new(),
                brokers: BTreeSet::new(),
                repeats: RateLimiter::new(REPEATS, now),
                ended: Some(now),
            };
            self.live.insert(key, live);
        }
        self.take(key, broker, header, payload);
    }

    fn take(&mut self, key: SessionKey, broker: BrokerId, header: Header, payload: &[u8]) {
        let Some(live) = self.live.get_mut(&key) else { return };
        let Some((text, packed)) = live.page_key.open(header, payload).and_then(unpack) else { return };
        live.packs |= packed;
        live.brokers.insert(broker);
        if !live.hear(header.counter) {
            return;
        }
        match parse_page(&text) {
            Some(FromPage::Join(join)) if header.counter == 0 && !live.joined => {
                live.joined = true;
                live.ended = None;
                let early = std::mem::take(&mut live.early);
                self.events.push_back(MeetingEvent::Join(key, Box::new(join)));
                self.events.extend(early.into_iter().map(|message| MeetingEvent::Said(key, message)));
            }
            Some(FromPage::Join(_)) | None => {}
            Some(message) if live.joined => self.events.push_back(MeetingEvent::Said(key, message)),
            // Brokers do not keep the order.
            Some(message) if live.early.len() < MAX_EARLY => live.early.push(message),
            Some(_) => {}
        }
    }

    /// Says something to a page. Past the last message that there may be, nothing.
    pub fn say(&mut self, key: SessionKey, message: &ToPage, now: Duration) {
        let Some(invite) = self.invites.iter().find(|invite| invite.number == key.invite) else { return };
        let Some(live) = self.live.get_mut(&key) else { return };
        let counter = live.sent.len() as u32;
        let Ok(text) = serde_json::to_vec(message) else { return };
        if counter >= MESSAGES || text.len() > LONGEST {
            return;
        }
        let text = if live.packs { pack(&text) } else { text };
        let Some(payload) = live.host_key.seal(Header { id: live.host_nonce, counter }, &text) else { return };
        let topic = format!("{TOPICS}{}/{}", invite.topic, key.session.to_text());
        for &broker in &live.brokers {
            self.publications.push_back(Publication { broker, topic: topic.clone(), payload: payload.clone() });
        }
        live.sent.push(payload);
        if message.is_last() {
            live.ended = Some(now);
        }
    }

    /// The host is done with this page.
    pub fn end(&mut self, key: SessionKey, now: Duration) {
        if let Some(live) = self.live.get_mut(&key) {
            live.ended.get_or_insert(now);
        }
    }

    fn end_lingering(&mut self, now: Duration) {
        self.live.retain(|_, live| live.ended.is_none_or(|ended| now.saturating_sub(ended) < LINGER));
    }

    pub fn poll_event(&mut self) -> Option<MeetingEvent> {
        self.events.pop_front()
    }

    pub fn poll_publication(&mut self) -> Option<Publication> {
        self.publications.pop_front()
    }
}

#[cfg(test)]
mod tests;
