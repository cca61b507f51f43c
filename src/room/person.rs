//! A person in the room, and the views of them that others have.

use super::{
    InviteId, OWN_SEATS, Origin, PeerId, Permission, Permissions, PersonId, Room, SEAT_KEPT, SeatGrant, SeatRequest,
    Secret,
};
use crate::input::Seat;
use crate::rate_limit::{RateLimit, RateLimiter};
use serde::Serialize;
use std::time::Duration;

/// A player at the host's machine: the host, or a guest with a controller plugged in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPlayer {
    pub seat: Seat,
    /// What the others call them.
    pub name: String,
}

/// A person on a seat, as others see it and as pages read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Their connection; none for a player at the host's machine.
    pub peer: Option<PeerId>,
    pub name: String,
    /// Their connection is lost and the seat is kept for them.
    pub away: bool,
}

/// A person who is here, as others see them and as pages read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Their newest connection.
    #[serde(rename = "peer")]
    pub id: PeerId,
    pub name: String,
    pub seats: Vec<Seat>,
    /// The seat they asked for.
    pub wants: Option<SeatRequest>,
    /// Their inputs do not count, and they cannot write.
    pub muted: bool,
    /// What they may do beside playing; not for other guests.
    #[serde(skip)]
    pub permissions: Permissions,
    /// The free seats that they may take unaided; not for other guests.
    #[serde(skip)]
    pub grant: SeatGrant,
    /// The link they came by, if it still exists.
    #[serde(skip)]
    pub invite: Option<InviteId>,
}

/// What has become of a person whom a link let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entered {
    /// They are on their way, and the link counts them.
    Coming,
    /// They arrived, or their link ended meanwhile.
    Arrived,
    /// They were given up, and the link counts them no longer.
    Never,
}

/// How often a person may do what everybody is told about, or what costs the host work.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub chat: RateLimiter,
    pub reactions: RateLimiter,
    /// Seats and links.
    pub seating: RateLimiter,
    /// Pausing, saving and loading.
    pub game: RateLimiter,
    /// Beginning to be fast, slow or backwards, and single frames.
    pub time: RateLimiter,
    /// Ending that: more often than it can be begun.
    pub letting_go: RateLimiter,
    pub names: RateLimiter,
}

impl Limits {
    fn new(now: Duration) -> Limits {
        let limiter = |burst, ms| RateLimiter::new(RateLimit::new(burst, Duration::from_millis(ms)), now);
        Limits {
            chat: limiter(5, 1500),
            reactions: limiter(6, 333),
            seating: limiter(10, 500),
            game: limiter(3, 1000),
            time: limiter(8, 125),
            letting_go: limiter(32, 100),
            names: limiter(4, 3000),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    /// The newest connection, also when it is lost.
    pub peer: PeerId,
    /// Those before it, newest last: a menu that shows an older one is still good.
    pub earlier: Vec<PeerId>,
    pub connected: bool,
    /// The media of that connection flows.
    pub here: bool,
    pub entry: Entered,
    /// The others know that they are here.
    pub seen: bool,
    pub token: Secret,
    pub name: String,
    pub grant: SeatGrant,
    /// With so many seats they take no more unaided. None at all once others took them off their last one.
    pub may_take: usize,
    pub permissions: Permissions,
    pub muted: bool,
    pub wants: Option<SeatRequest>,
    pub invite: InviteId,
    /// The guest who made the link.
    pub brought_by: Option<PersonId>,
    /// The host wanted to be asked about them.
    pub approval: bool,
    pub origin: Origin,
    /// When they were here last, unless they are now.
    pub away_since: Duration,
    /// Away for so long that the others take them for gone.
    pub gone: bool,
    pub limits: Limits,
}

impl Person {
    pub fn new(peer: PeerId, token: Secret, name: String, origin: Origin, invite: InviteId, now: Duration) -> Person {
        Person {
            peer,
            earlier: Vec::new(),
            connected: true,
            here: false,
            entry: Entered::Coming,
            seen: false,
            token,
            name,
            grant: SeatGrant::default(),
            may_take: OWN_SEATS,
            permissions: Permissions::default(),
            muted: false,
            wants: None,
            invite,
            brought_by: None,
            approval: false,
            origin,
            away_since: now,
            gone: false,
            limits: Limits::new(now),
        }
    }

    /// Their connection is lost, or has not come to be, for so long that their seats are for others.
    pub fn is_late(&self, now: Duration) -> bool {
        !self.here && now.saturating_sub(self.away_since) >= SEAT_KEPT
    }

    /// What they may pass on by links: a person who was taken off the controllers has none to give.
    pub fn passes_on(&self) -> SeatGrant {
        if self.may_take == 0 { SeatGrant::Watch } else { self.grant }
    }

    /// Whether this is, or was, a connection of theirs.
    pub fn had(&self, peer: PeerId) -> bool {
        self.peer == peer || self.earlier.contains(&peer)
    }
}

impl Room {
    /// Whether this peer's input for this seat counts.
    pub fn may_play(&self, peer: PeerId, seat: Seat) -> bool {
        let plays = |id| self.people.get(id).is_some_and(|it| it.peer == peer && it.connected && !it.muted);
        self.seats.get(seat.index()).is_some_and(|holders| holders.iter().any(plays))
    }

    /// Whether this seat is held at the host's machine and by nobody else.
    pub fn is_local(&self, seat: Seat) -> bool {
        let guests = self.seats.get(seat.index()).is_some_and(|holders| !holders.is_empty());
        !guests && self.locals.iter().any(|local| local.seat == seat)
    }

    pub fn has(&self, peer: PeerId, permission: Permission) -> bool {
        self.present(peer).is_some_and(|person| person.permissions.has(permission))
    }

    pub fn name_of(&self, peer: PeerId) -> Option<&str> {
        self.present(peer).map(|person| person.name.as_str())
    }

    /// The seats that a peer holds, in order.
    pub fn seats_of(&self, peer: PeerId) -> impl Iterator<Item = Seat> + '_ {
        let id = self.person_of(peer);
        let holds = move |holders: &[PersonId]| id.is_some_and(|id| holders.contains(&id));
        self.seats().filter(move |seat| holds(&self.seats[seat.index()]))
    }

    /// Every seat there is, in order.
    pub fn seats(&self) -> impl Iterator<Item = Seat> + '_ {
        Seat::first(self.seats.len())
    }

    /// Those who are there, in the order they came.
    pub fn members(&self) -> impl Iterator<Item = Member> + '_ {
        self.people.values().filter(|person| person.connected).map(|person| {
            let seats: Vec<_> = self.seats_of(person.peer).collect();
            Member {
                id: person.peer,
                name: person.name.clone(),
                grant: if seats.len() < person.may_take { person.grant } else { SeatGrant::Watch },
                seats,
                wants: person.wants,
                muted: person.muted,
                permissions: person.permissions,
                invite: self.invites.get(person.invite).map(|invite| invite.id),
            }
        })
    }

    /// How many are there.
    pub fn len(&self) -> usize {
        self.people.values().filter(|person| person.connected).count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Who holds a seat: first those at the host's machine.
    pub fn holders(&self, seat: Seat) -> impl Iterator<Item = Holder> + '_ {
        let locals = self.locals.iter().filter(move |local| local.seat == seat);
        let locals = locals.map(|local| Holder { peer: None, name: local.name.clone(), away: false });
        let people = self.seats.get(seat.index()).into_iter().flatten().filter_map(|id| self.people.get(id));
        // A person whom the others have not seen yet is not missed by them.
        let away = |it: &Person| !it.connected || (it.seen && !it.here);
        let peers = people.map(move |it| Holder { peer: Some(it.peer), name: it.name.clone(), away: away(it) });
        locals.chain(peers)
    }

    pub(super) fn present(&self, peer: PeerId) -> Option<&Person> {
        self.people.values().find(|person| person.peer == peer && person.connected)
    }

    pub(super) fn person_of(&self, peer: PeerId) -> Option<PersonId> {
        self.people.iter().find(|(_, person)| person.peer == peer && person.connected).map(|(&id, _)| id)
    }

    /// Whose connection this is or was, whether they are here or away.
    pub(super) fn known(&self, peer: PeerId) -> Option<PersonId> {
        self.people.iter().find(|(_, person)| person.had(peer)).map(|(&id, _)| id)
    }

    pub(super) fn change(&mut self, peer: PeerId, change: impl FnOnce(&mut Person)) -> bool {
        if let Some(person) = self.people.values_mut().find(|person| person.had(peer)) {
            change(person);
            self.version += 1;
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_lines_at_once_and_forty_in_a_minute() {
        let mut chat = Limits::new(Duration::ZERO).chat;
        assert_eq!((0..10).filter(|_| chat.take(Duration::ZERO)).count(), 5);
        let minute = (1..=6000).filter(|n| chat.take(Duration::from_millis(n * 10))).count();
        assert!((39..=41).contains(&minute), "{minute}");
    }
}
