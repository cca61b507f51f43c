//! Everyone connected to one running game: invites, seats and what each may do. Pure: it takes the time and randomness as
//! arguments, does no I/O, and decides for every message on its own.
//!
//! A *person* is whoever holds a token of ours; a *peer* is one connection of theirs. Seats, rights and rate limits
//! belong to the person, so that a lost network changes none of them.

mod door;
mod invites;
mod rights;
mod secret;
mod talk;
mod wishes;

pub use door::{Admission, Delays, Door, Entry, Joined, Refusal, Request, RequestId, Verdict};
pub use invites::{CODE_ALIVE, Invite, InviteId, Invites, Terms};
pub use rights::{Grant, Right, Rights};
pub use secret::{Digits, MAX_NAME, MAX_TEXT, Secret, clean_name, clean_text};
pub use talk::{EMOJI, Emoji};
pub use wishes::{Deed, Game, No, Wish};

use crate::input::MAX_SEATS;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;
use talk::Allowance;

/// A connection's number in the room; never used twice.
pub type PeerId = u32;
/// A person's number; never used twice.
type PersonId = u32;

/// The most peers in a room: eight players and more friends around them than fit on a sofa.
pub const MAX_PEERS: usize = 64;
/// How long the seat of somebody whose connection went away is kept.
pub const SEAT_KEPT: Duration = Duration::from_secs(60);
/// People who are away and could come back by their token; of more, the one longest away is forgotten.
const MAX_AWAY: usize = 128;
/// Addresses and tokens that are banned; of more, the oldest is forgotten.
const MAX_BANNED: usize = 256;
/// Controllers at the host's machine that may sit at once.
const MAX_LOCALS: usize = 16;
/// Seats that somebody may take by themselves: one person may hold two gamepads. More are for others to give.
const OWN_SEATS: usize = 2;
/// Links that one guest may have made at once.
const MAX_LINKS_EACH: usize = 4;

/// Somebody at the host's machine on a seat: the host, or a guest with a controller plugged in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Their seat.
    pub seat: usize,
    /// What the others call them.
    pub name: String,
}

/// One who holds a seat, as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Their connection; none for somebody at the host's machine.
    pub peer: Option<PeerId>,
    /// Their name.
    pub name: String,
    /// Their connection is lost and the seat is kept for them.
    pub away: bool,
}

/// What a peer would like to sit on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Whichever is free.
    Any,
    /// This one.
    Seat(usize),
}

/// Somebody in the room, as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their connection.
    pub peer: PeerId,
    /// Their name.
    pub name: String,
    /// The seats they hold.
    pub seats: Vec<usize>,
    /// What they would like to sit on.
    pub wants: Option<Want>,
    /// Their inputs do not count.
    pub muted: bool,
    /// What they may do beside playing.
    pub rights: Rights,
    /// Where they may sit without being asked.
    pub grant: Grant,
    /// The link they came by, if it still exists.
    pub invite: Option<InviteId>,
}

/// What has become of somebody whom a link let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entered {
    /// They are on their way, and the link counts them.
    Coming,
    /// They arrived, or their link ended meanwhile.
    Arrived,
    /// They were given up, and the link counts them no longer.
    Never,
}

#[derive(Debug, Clone)]
struct Person {
    /// The newest connection, also when it is lost.
    peer: PeerId,
    /// Those before it, newest last: who shows somebody out may still see an older one.
    earlier: Vec<PeerId>,
    connected: bool,
    /// The media of that connection flows.
    here: bool,
    entry: Entered,
    /// The others know that they are here.
    seen: bool,
    token: Secret,
    name: String,
    grant: Grant,
    /// With so many seats they take none by themselves. None at all once others took them off their last one.
    may_take: usize,
    rights: Rights,
    muted: bool,
    wants: Option<Want>,
    invite: InviteId,
    /// The guest whose link that was.
    brought_by: Option<PersonId>,
    /// The host wanted to be asked about them.
    approval: bool,
    address: IpAddr,
    /// When they were here last, unless they are now.
    away_since: Duration,
    /// Away for so long that the others take them for gone.
    gone: bool,
    chat: Allowance,
    reactions: Allowance,
    wishes: Allowance,
    states: Allowance,
    names: Allowance,
}

impl Person {
    /// Their connection is lost, or has not come to be, for so long that their seats are for others.
    fn is_late(&self, now: Duration) -> bool {
        !self.here && now.saturating_sub(self.away_since) >= SEAT_KEPT
    }

    /// What they may pass on by links: whoever was taken off the controllers has none to give.
    fn passes_on(&self) -> Grant {
        if self.may_take == 0 { Grant::Watch } else { self.grant }
    }

    /// Whether this is, or was, a connection of theirs.
    fn had(&self, peer: PeerId) -> bool {
        self.peer == peer || self.earlier.contains(&peer)
    }
}

/// The room.
#[derive(Debug)]
pub struct Room {
    /// The links.
    invites: Invites,
    host_name: Option<String>,
    locals: Vec<Local>,
    /// Who holds each seat.
    seats: Vec<Vec<PersonId>>,
    people: BTreeMap<PersonId, Person>,
    requests: BTreeMap<RequestId, Request>,
    banned: Vec<(IpAddr, Secret)>,
    /// How often each address may still come in.
    arrivals: BTreeMap<IpAddr, Allowance>,
    /// Names of those whose time to come back is over, until somebody asks.
    gone: Vec<String>,
    next_id: u32,
    /// Rises with every change that others can see.
    version: u64,
}

impl Room {
    /// An empty room with `ports` seats. With a host who plays, seat 0 is theirs. There are no links yet.
    pub fn new(host_name: Option<String>, ports: usize) -> Room {
        let host_name = host_name.map(|name| clean_name(&name).unwrap_or_else(|| "Host".into()));
        let mut room = Room {
            invites: Invites::default(),
            locals: host_name.iter().map(|name| Local { seat: 0, name: name.clone() }).collect(),
            host_name,
            seats: Vec::new(),
            people: BTreeMap::new(),
            requests: BTreeMap::new(),
            banned: Vec::new(),
            arrivals: BTreeMap::new(),
            gone: Vec::new(),
            next_id: 1,
            version: 0,
        };
        room.set_ports(ports);
        room
    }

    /// Rises with every change that others can see.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The links.
    pub fn invites(&self) -> &Invites {
        &self.invites
    }

    /// To make, change and take back links, which is the host's business.
    pub fn invites_mut(&mut self) -> &mut Invites {
        self.version += 1;
        &mut self.invites
    }

    /// The running game has this many controller ports. Players whose seat is gone watch until one is free.
    pub fn set_ports(&mut self, ports: usize) {
        let ports = ports.clamp(1, MAX_SEATS);
        for person in self.seats.drain(ports.min(self.seats.len())..).flatten().collect::<Vec<_>>() {
            let sits = self.seats.iter().any(|holders| holders.contains(&person));
            if let Some(person) = self.people.get_mut(&person)
                && !sits
            {
                person.wants.get_or_insert(Want::Any);
            }
        }
        self.seats.resize(ports, Vec::new());
        self.fill_seats();
    }

    /// The host's own name.
    pub fn set_host_name(&mut self, name: &str) {
        if let (Some(host), Some(name)) = (&mut self.host_name, clean_name(name)) {
            for local in self.locals.iter_mut().filter(|local| local.name == *host) {
                local.name.clone_from(&name);
            }
            *host = name;
            self.version += 1;
        }
    }

    /// The host's own name; none in headless mode.
    pub fn host_name(&self) -> Option<&str> {
        self.host_name.as_deref()
    }

    /// Who sits at the host's machine, all of them. What does not fit is left out.
    pub fn set_locals(&mut self, locals: Vec<Local>) {
        self.locals = locals.into_iter().take(MAX_LOCALS).collect();
        for local in &mut self.locals {
            local.name = clean_name(&local.name).unwrap_or_else(|| "Host".into());
        }
        self.fill_seats();
    }

    /// Time passes: kept seats, links, codes and requests end. True when anything that others can see changed.
    pub fn tick(&mut self, now: Duration) -> bool {
        let before = self.version;
        let Room { seats, people, gone, .. } = self;
        for (id, person) in people.iter_mut().filter(|(_, person)| person.is_late(now) && !person.gone) {
            person.gone = true;
            // Once they are back they wait for a seat like any other.
            if seats.iter().any(|holders| holders.contains(id)) {
                person.wants = person.wants.or(person.grant.wish());
            }
            if std::mem::take(&mut person.seen) {
                gone.push(person.name.clone());
            }
        }
        let mut freed = false;
        for holders in seats {
            let count = holders.len();
            holders.retain(|id| people.get(id).is_some_and(|person| !person.is_late(now)));
            freed |= holders.len() != count;
        }
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

    /// Whoever was let in and is given up before they arrived was not let in: somebody else may be.
    fn give_uses_back(&mut self) {
        let Room { people, invites, version, .. } = self;
        let given_up = |person: &&mut Person| person.gone && !person.connected && person.entry == Entered::Coming;
        for person in people.values_mut().filter(given_up) {
            let counted = invites.never_arrived(person.invite);
            person.entry = if counted { Entered::Never } else { Entered::Arrived };
            *version += 1;
        }
    }

    /// Names of those who went away and did not come back in time, once.
    pub fn take_gone(&mut self) -> Vec<String> {
        std::mem::take(&mut self.gone)
    }

    /// Somebody's connection is gone. Their seats are kept for a while, unless `for_good`.
    pub fn leave(&mut self, peer: PeerId, for_good: bool, now: Duration) {
        let Some(id) = self.person_of(peer) else { return };
        if let Some(person) = self.people.get_mut(&id) {
            person.connected = false;
            if std::mem::take(&mut person.here) {
                person.away_since = now;
            }
            // Whoever goes for good is spoken of by whoever says so.
            person.gone |= for_good;
            person.seen &= !for_good;
            // Whoever did not get through at first gets a seat once they do.
            if for_good && person.entry == Entered::Coming && self.seats.iter().any(|holders| holders.contains(&id)) {
                person.wants = person.wants.or(person.grant.wish());
            }
        }
        self.give_uses_back();
        if for_good {
            self.seats.iter_mut().for_each(|holders| holders.retain(|holder| *holder != id));
        }
        self.forget_some();
        self.fill_seats();
    }

    /// The media of a connection flows. True if that is news to the others: they did not know them, or took them for gone.
    pub fn arrived(&mut self, peer: PeerId) -> bool {
        let person = self.people.values_mut().find(|person| person.peer == peer && person.connected);
        let Some(person) = person else { return false };
        person.here = true;
        if std::mem::replace(&mut person.entry, Entered::Arrived) == Entered::Coming {
            self.invites.arrived(person.invite);
        }
        person.gone = false;
        let news = !std::mem::replace(&mut person.seen, true);
        self.fill_seats();
        news
    }

    /// Shows somebody out, also one who is away: their token is worth nothing any more, nor are the links they made.
    /// Their connection, to be ended.
    pub fn kick(&mut self, peer: PeerId) -> Option<PeerId> {
        let id = self.known(peer)?;
        let ended = self.people.get(&id).filter(|person| person.connected).map(|person| person.peer);
        self.remove(id);
        ended
    }

    /// Shows somebody out, and lets nobody in from their address until the host closes the room or changes their mind.
    pub fn ban(&mut self, peer: PeerId) -> Option<PeerId> {
        if let Some(person) = self.known(peer).and_then(|id| self.people.get(&id)) {
            if self.banned.len() >= MAX_BANNED {
                self.banned.remove(0);
            }
            self.banned.push((person.address, person.token.clone()));
        }
        self.kick(peer)
    }

    /// How many are banned.
    pub fn banned(&self) -> usize {
        self.banned.len()
    }

    /// Bans nobody any more.
    pub fn pardon_all(&mut self) {
        self.banned.clear();
        self.version += 1;
    }

    /// Takes a link back. With `and_people`, those who came by it are forgotten too, also when it has ended by itself
    /// meanwhile, and so are those who came by links of theirs; their connections are handed out, to be ended.
    pub fn revoke(&mut self, invite: InviteId, and_people: bool) -> Vec<PeerId> {
        self.end_link(invite);
        let mut ended = Vec::new();
        let came = |person: &Person| person.invite == invite;
        let mut going: Vec<_> =
            self.people.iter().filter(|(_, it)| and_people && came(it)).map(|(&id, _)| id).collect();
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

    /// Puts somebody on a seat, beside whoever holds it, or takes them off, also one who is away. Decided by the host, or
    /// by one who has the right.
    pub fn sit(&mut self, peer: PeerId, seat: usize, on: bool) -> bool {
        let there = |id: &PersonId| !on || self.people.get(id).is_some_and(|person| person.connected);
        let Some(id) = self.known(peer).filter(there) else { return false };
        let Some(changed) = self.place(id, seat, on) else { return false };
        let held = self.count_seats(id);
        if changed && let Some(person) = self.people.get_mut(&id) {
            // Whoever was taken off must not be back with a click; a seat that was only kept is not taken from anybody.
            if on {
                // What they asked for while they had to watch is answered.
                person.wants = person.wants.filter(|_| person.may_take > 0);
                person.may_take = OWN_SEATS;
            } else if person.connected {
                person.may_take = held;
            }
            self.fill_seats();
        }
        true
    }

    /// Somebody gives a seat up, which is theirs to take again.
    fn stand(&mut self, id: PersonId, seat: usize) -> bool {
        let Some(changed) = self.place(id, seat, false) else { return false };
        if changed {
            self.fill_seats();
        }
        true
    }

    /// Puts somebody on a seat or takes them off. True if that is a change; none if there is no such seat.
    fn place(&mut self, id: PersonId, seat: usize, on: bool) -> Option<bool> {
        let holders = self.seats.get_mut(seat)?;
        if holders.contains(&id) == on {
            return Some(false);
        }
        if on {
            holders.push(id);
        } else {
            holders.retain(|holder| *holder != id);
        }
        if let Some(person) = self.people.get_mut(&id)
            && (!on || person.wants.is_some_and(|want| want == Want::Any || want == Want::Seat(seat)))
        {
            // Whoever was taken off would else be put back at once.
            person.wants = None;
        }
        Some(true)
    }

    fn count_seats(&self, id: PersonId) -> usize {
        self.seats.iter().filter(|holders| holders.contains(&id)).count()
    }

    /// Whether somebody's inputs count.
    pub fn set_muted(&mut self, peer: PeerId, muted: bool) {
        self.change(peer, |person| person.muted = muted);
    }

    /// What somebody may do beside playing.
    pub fn set_rights(&mut self, peer: PeerId, rights: Rights) {
        self.change(peer, |person| person.rights = rights);
    }

    /// A new name, which they may have; false when nothing is left of it.
    pub fn rename(&mut self, peer: PeerId, name: &str) -> bool {
        let Some(name) = clean_name(name) else { return false };
        let Some(id) = self.person_of(peer) else { return false };
        if self.people.get(&id).is_some_and(|person| person.name == name) {
            return true;
        }
        self.change(peer, |person| person.name = name)
    }

    /// Whether this peer's input for this seat counts.
    pub fn may_play(&self, peer: PeerId, seat: usize) -> bool {
        let plays = |id| self.people.get(id).is_some_and(|it| it.peer == peer && it.connected && !it.muted);
        self.seats.get(seat).is_some_and(|holders| holders.iter().any(plays))
    }

    /// Whether somebody has a right.
    pub fn has(&self, peer: PeerId, right: Right) -> bool {
        self.present(peer).is_some_and(|person| person.rights.has(right))
    }

    /// Somebody's name.
    pub fn name_of(&self, peer: PeerId) -> Option<&str> {
        self.present(peer).map(|person| person.name.as_str())
    }

    /// The seats somebody holds, in order.
    pub fn seats_of(&self, peer: PeerId) -> impl Iterator<Item = usize> + '_ {
        let id = self.person_of(peer);
        let holds = move |holders: &[PersonId]| id.is_some_and(|id| holders.contains(&id));
        self.seats.iter().enumerate().filter(move |(_, holders)| holds(holders)).map(|(seat, _)| seat)
    }

    /// How many seats there are.
    pub fn ports(&self) -> usize {
        self.seats.len()
    }

    /// Those who are there, in the order they came.
    pub fn members(&self) -> impl Iterator<Item = Member> + '_ {
        self.people.values().filter(|person| person.connected).map(|person| {
            let seats: Vec<_> = self.seats_of(person.peer).collect();
            Member {
                peer: person.peer,
                name: person.name.clone(),
                grant: if seats.len() < person.may_take { person.grant } else { Grant::Watch },
                seats,
                wants: person.wants,
                muted: person.muted,
                rights: person.rights,
                invite: self.invites.get(person.invite).map(|invite| invite.id),
            }
        })
    }

    /// How many are there.
    pub fn len(&self) -> usize {
        self.people.values().filter(|person| person.connected).count()
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Who holds a seat: first those at the host's machine.
    pub fn holders(&self, seat: usize) -> impl Iterator<Item = Holder> + '_ {
        let locals = self.locals.iter().filter(move |local| local.seat == seat);
        let locals = locals.map(|local| Holder { peer: None, name: local.name.clone(), away: false });
        let people = self.seats.get(seat).into_iter().flatten().filter_map(|id| self.people.get(id));
        // Whoever the others have not seen yet is not missed by them.
        let away = |it: &Person| !it.connected || (it.seen && !it.here);
        let peers = people.map(move |it| Holder { peer: Some(it.peer), name: it.name.clone(), away: away(it) });
        locals.chain(peers)
    }

    /// Those who wait to be let in.
    pub fn requests(&self) -> impl Iterator<Item = (RequestId, &Request)> {
        self.requests.iter().map(|(&id, request)| (id, request))
    }

    fn present(&self, peer: PeerId) -> Option<&Person> {
        self.people.values().find(|person| person.peer == peer && person.connected)
    }

    fn person_of(&self, peer: PeerId) -> Option<PersonId> {
        self.people.iter().find(|(_, person)| person.peer == peer && person.connected).map(|(&id, _)| id)
    }

    /// Whose connection this is or was, whether they are here or away.
    fn known(&self, peer: PeerId) -> Option<PersonId> {
        self.people.iter().find(|(_, person)| person.had(peer)).map(|(&id, _)| id)
    }

    fn change(&mut self, peer: PeerId, change: impl FnOnce(&mut Person)) -> bool {
        if let Some(person) = self.people.values_mut().find(|person| person.had(peer)) {
            change(person);
            self.version += 1;
            return true;
        }
        false
    }

    fn remove(&mut self, id: PersonId) {
        if let Some(person) = self.people.remove(&id).filter(|person| person.entry == Entered::Coming) {
            self.invites.arrived(person.invite);
        }
        // Whoever was shown out must not come back by a link that they made for themselves.
        self.invites.made_by(id).into_iter().for_each(|link| self.end_link(link));
        self.seats.iter_mut().for_each(|holders| holders.retain(|holder| *holder != id));
        self.fill_seats();
    }

    fn is_free(&self, seat: usize) -> bool {
        self.seats.get(seat).is_some_and(Vec::is_empty) && !self.locals.iter().any(|local| local.seat == seat)
    }

    /// Whoever waits longest gets the first free seat that they may take.
    fn fill_seats(&mut self) {
        self.version += 1;
        let waiting: Vec<PersonId> = self
            .people
            .iter()
            .filter(|(_, it)| it.connected && !it.gone && it.wants.is_some())
            .map(|(&id, _)| id)
            .collect();
        for id in waiting {
            let held = self.count_seats(id);
            let Some(person) = self.people.get(&id).filter(|person| held < person.may_take) else { continue };
            let fits = |seat: &usize| {
                let wanted = match person.wants {
                    Some(Want::Any) => true,
                    Some(Want::Seat(wanted)) => wanted == *seat,
                    None => false,
                };
                wanted && person.grant.allows(*seat) && self.is_free(*seat)
            };
            let Some(seat) = (0..self.seats.len()).find(fits) else { continue };
            self.seats[seat].push(id);
            if let Some(person) = self.people.get_mut(&id) {
                person.wants = None;
            }
        }
    }

    /// Of those who are away, only so many are remembered.
    fn forget_some(&mut self) {
        let away = self.people.values().filter(|person| !person.connected).count();
        if away <= MAX_AWAY {
            return;
        }
        let longest = self.people.iter().filter(|(_, it)| !it.connected).min_by_key(|(_, it)| it.away_since);
        if let Some((&id, _)) = longest {
            self.remove(id);
        }
    }
}

#[cfg(test)]
mod tests;
