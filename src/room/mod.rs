//! Everyone connected to one running game: invites, seats and what each may do. Pure: it takes the time and randomness as
//! arguments, does no I/O, and decides for every message on its own.
//!
//! A *person* is the holder of a token of ours; a *peer* is one connection of theirs. Seats, permissions and rate limits
//! belong to the person, so that a lost network changes none of them.
//!
//! What guests ask for and what the host orders goes through [`Room::apply`]; who comes in through
//! [`Room::check_credentials`] and [`Room::enter`].

mod admission;
mod backoff;
mod command;
mod id;
mod invites;
mod origin;
mod permissions;
mod person;
mod presence;
mod reaction;
mod seating;
mod secret;

pub use admission::{Admission, Credentials, Decision, Entry, JoinRequest, Joined, Refusal};
pub use backoff::Backoff;
pub use command::{Actor, CodeChange, Denied, Effect, Muting, Removal, RevokeScope, RoomCommand, SeatChange};
pub use id::{InviteId, PeerId, PersonId, RequestId};
pub use invites::{CODE_ALIVE, Invite, InviteTerms, Invites};
pub use origin::Origin;
pub use permissions::{Permission, Permissions, SeatGrant, SeatRequest};
pub use person::{Holder, LocalPlayer, Member};
pub use presence::Departure;
pub use reaction::{EMOJI, Emoji};
pub use secret::{Digits, MAX_NAME, MAX_TEXT, Random, Secret, SystemRandom, clean_name, clean_text};

use crate::rate_limit::RateLimiter;
use person::{Entered, Person};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most peers in a room: eight players and more friends around them than fit on a sofa.
pub const MAX_PEERS: usize = 64;
/// How long the seat of a person is kept whose connection went away.
pub const SEAT_KEPT: Duration = Duration::from_secs(60);
/// People who are away and could come back by their token; of more, the one longest away is forgotten.
const MAX_AWAY: usize = 128;
/// Addresses and tokens that are banned; of more, the oldest is forgotten.
const MAX_BANNED: usize = 256;
/// Controllers at the host's machine that may sit at once.
const MAX_LOCALS: usize = 16;
/// Seats that a guest may take unaided: one person may hold two gamepads. More are for others to give.
const OWN_SEATS: usize = 2;
/// Links that one guest may have made at once.
const MAX_LINKS_EACH: usize = 4;

/// The room.
#[derive(Debug)]
pub struct Room {
    invites: Invites,
    host_name: Option<String>,
    locals: Vec<LocalPlayer>,
    /// Who holds each seat.
    seats: Vec<Vec<PersonId>>,
    /// How many discs the game has.
    discs: u32,
    people: BTreeMap<PersonId, Person>,
    requests: BTreeMap<RequestId, JoinRequest>,
    banned: Vec<(Origin, Secret)>,
    /// How often each address may still come in, and all by brokers together.
    arrivals: BTreeMap<Origin, RateLimiter>,
    /// Names of those whose time to come back is over, until [`Room::take_gone`].
    gone: Vec<String>,
    max_guests: usize,
    next_id: u32,
    version: u64,
}

impl Room {
    /// An empty room with `ports` seats. With a host who plays, seat 0 is theirs. There are no links yet.
    pub fn new(host_name: Option<String>, ports: usize) -> Room {
        let host_name = host_name.map(|name| clean_name(&name).unwrap_or_else(|| "Host".into()));
        let mut room = Room {
            invites: Invites::default(),
            locals: host_name
                .iter()
                .map(|name| LocalPlayer { seat: crate::input::Seat::ALL[0], name: name.clone() })
                .collect(),
            host_name,
            seats: Vec::new(),
            discs: 0,
            people: BTreeMap::new(),
            requests: BTreeMap::new(),
            banned: Vec::new(),
            arrivals: BTreeMap::new(),
            gone: Vec::new(),
            max_guests: MAX_PEERS,
            next_id: 1,
            version: 0,
        };
        room.set_ports(ports);
        room
    }

    /// No more than so many come in; those who are in stay.
    pub fn set_max_guests(&mut self, most: usize) {
        self.max_guests = most.min(MAX_PEERS);
    }

    /// Rises with every change that others can see.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn invites(&self) -> &Invites {
        &self.invites
    }

    /// To make, change and take back links without [`Room::apply`], before there are guests.
    pub fn invites_mut(&mut self) -> &mut Invites {
        self.version += 1;
        &mut self.invites
    }

    /// The host's own name; none in headless mode.
    pub fn host_name(&self) -> Option<&str> {
        self.host_name.as_deref()
    }

    /// How many discs the game has; 0 for one without a drive.
    pub fn set_discs(&mut self, discs: usize) {
        self.discs = u32::try_from(discs).unwrap_or(u32::MAX);
    }

    fn set_host_name(&mut self, name: &str) {
        if let (Some(host), Some(name)) = (&mut self.host_name, clean_name(name)) {
            for local in self.locals.iter_mut().filter(|local| local.name == *host) {
                local.name.clone_from(&name);
            }
            *host = name;
            self.version += 1;
        }
    }

    /// Time passes: kept seats, links, codes and requests end. True when anything that others can see changed.
    pub fn tick(&mut self, now: Duration) -> bool {
        let before = self.version;
        self.give_late_up(now);
        let freed = self.free_seats_of_late(now);
        self.end_links(now);
        self.give_uses_back();
        if freed {
            self.fill_seats();
        }
        self.version != before
    }

    /// Links and codes end with time and use, and with a link the requests of those who wait by it.
    fn end_links(&mut self, now: Duration) {
        let waiting = self.requests.len();
        let mut changed = self.invites.tick(now);
        let Room { requests, invites, .. } = self;
        requests.retain(|_, request| invites.get(request.invite).is_some());
        changed |= requests.len() != waiting;
        self.version += u64::from(changed);
    }

    /// A guest who was let in and is given up before they arrived was not let in: another may be.
    fn give_uses_back(&mut self) {
        let Room { people, invites, version, .. } = self;
        let given_up = |person: &&mut Person| person.gone && !person.connected && person.entry == Entered::Coming;
        for person in people.values_mut().filter(given_up) {
            let counted = invites.never_arrived(person.invite);
            person.entry = if counted { Entered::Never } else { Entered::Arrived };
            *version += 1;
        }
    }

    /// Takes a link back, and with [`RevokeScope::WithPeople`] forgets those who came by it, also when it has ended by
    /// itself meanwhile, and those who came by links of theirs. Their connections are handed out, to be ended.
    fn revoke(&mut self, invite: InviteId, scope: RevokeScope) -> Vec<PeerId> {
        self.end_link(invite);
        let mut ended = Vec::new();
        let came = |person: &Person| person.invite == invite && scope == RevokeScope::WithPeople;
        let mut going: Vec<_> = self.people.iter().filter(|(_, it)| came(it)).map(|(&id, _)| id).collect();
        while let Some(id) = going.pop() {
            going.extend(self.people.iter().filter(|(_, it)| it.brought_by == Some(id)).map(|(&id, _)| id));
            ended.extend(self.people.get(&id).filter(|person| person.connected).map(|person| person.peer));
            self.remove(id);
        }
        ended
    }

    fn end_link(&mut self, invite: InviteId) {
        self.invites.revoke(invite);
        self.requests.retain(|_, request| request.invite != invite);
        self.version += 1;
    }

    /// A person's first connection has the person's number; all numbers come from one row.
    fn next_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

#[cfg(test)]
mod tests;
