//! Coming in: by a link, a code, or the token of an earlier stay; asking the host first where the link says so.

use super::person::{Entered, Person};
use super::{
    InviteId, InviteTerms, MAX_LINKS_EACH, Origin, PeerId, Permissions, PersonId, RequestId, Room, SeatChange,
    SeatGrant, Secret, clean_name,
};
use crate::input::Seat;
use crate::rate_limit::{RateLimit, RateLimiter};
use std::time::Duration;

/// Requests that may wait at once.
const MAX_REQUESTS: usize = 16;
/// Requests that may wait from one address.
const MAX_REQUESTS_EACH: usize = 3;
/// Connections of one person that are remembered.
const MAX_EARLIER: usize = 16;
/// Addresses whose arrivals are counted.
const MAX_ADDRESSES: usize = 1024;
/// Coming in from one address, which friends may share: two full rooms at once, then two a second.
const ARRIVALS: RateLimit = RateLimit::new(128, Duration::from_millis(500));

/// Why a guest is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Neither link nor code nor token is one of ours (any more). No hint which.
    BadInvite,
    RoomFull,
    Banned,
    /// Too many wait already, or come in again and again.
    Busy,
}

/// What a guest shows to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credentials<'a> {
    /// Of a link.
    pub secret: Option<&'a str>,
    /// Digits that were read aloud.
    pub code: Option<&'a str>,
    /// The token of an earlier stay.
    pub resume: Option<&'a str>,
    pub origin: Origin,
}

/// Leave to come in. Good for one call of [`Room::enter`], at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    kind: Kind,
    origin: Origin,
}

impl Admission {
    /// Where the page asked from.
    pub fn origin(&self) -> Origin {
        self.origin
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// By a link, and what the host said if they were asked.
    New { invite: InviteId, decision: Option<Decision> },
    /// Known from an earlier stay.
    Returning(PersonId),
}

/// What credentials are good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Granted(Admission),
    /// The host has to be asked: see [`Room::request_entry`].
    NeedsApproval(InviteId),
}

/// A guest who waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    pub id: RequestId,
    pub name: String,
    pub origin: Origin,
    /// The link they bring.
    pub invite: InviteId,
}

/// What the host says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Play, on this seat or any.
    Play(Option<Seat>),
    Watch,
    Decline,
}

/// A guest who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    pub peer: PeerId,
    /// Cleaned.
    pub name: String,
    /// What they bring to come back. A returning person keeps theirs: the answer with a new one might never arrive.
    pub token: Secret,
    /// The same person's earlier connection, which is to be ended.
    pub replaces: Option<PeerId>,
    pub returned: bool,
}

impl Room {
    /// What a guest's credentials are good for. Wrong codes are counted.
    pub fn check_credentials(&mut self, shown: Credentials<'_>, now: Duration) -> Result<Entry, Refusal> {
        self.tick(now);
        let banned = |(origin, token): &(Origin, Secret)| {
            origin.is_banned_with(shown.origin) || shown.resume.is_some_and(|resume| token.is(resume))
        };
        if self.banned.iter().any(banned) {
            return Err(Refusal::Banned);
        }
        let granted = |kind| Ok(Entry::Granted(Admission { kind, origin: shown.origin }));
        // A guest who never arrived and was given up needs their link once more.
        let may_return = |it: &Person| it.entry != Entered::Never || self.invites.get(it.invite).is_some();
        let known = self.people.iter().find(|(_, it)| shown.resume.is_some_and(|resume| it.token.is(resume)));
        if let Some((&id, person)) = known.filter(|(_, it)| may_return(it)) {
            // Their old connection goes as the new one comes: that is one more in the room only if it is gone already.
            if !person.connected && self.len() >= self.max_guests {
                return Err(Refusal::RoomFull);
            }
            self.count_arrival(shown.origin, now)?;
            return granted(Kind::Returning(id));
        }
        let invite = match (shown.secret, shown.code) {
            (Some(secret), _) => self.invites.by_secret(secret, now),
            (None, Some(code)) => self.invites.by_code(code, now),
            (None, None) => None,
        };
        let Some(invite) = invite else { return Err(Refusal::BadInvite) };
        let (id, approval) = (invite.id, invite.terms.approval);
        if self.len() >= self.max_guests {
            return Err(Refusal::RoomFull);
        }
        self.count_arrival(shown.origin, now)?;
        if approval { Ok(Entry::NeedsApproval(id)) } else { granted(Kind::New { invite: id, decision: None }) }
    }

    /// Each arrival costs the host a handshake: no address brings them without end.
    fn count_arrival(&mut self, origin: Origin, now: Duration) -> Result<(), Refusal> {
        self.arrivals.retain(|_, limiter| !limiter.is_full(now));
        if self.arrivals.len() >= MAX_ADDRESSES && !self.arrivals.contains_key(&origin) {
            return Err(Refusal::Busy);
        }
        let limiter = self.arrivals.entry(origin).or_insert_with(|| RateLimiter::new(ARRIVALS, now));
        if limiter.take(now) { Ok(()) } else { Err(Refusal::Busy) }
    }

    /// Puts a request before the host.
    pub fn request_entry(&mut self, invite: InviteId, name: &str, origin: Origin) -> Result<RequestId, Refusal> {
        let same = self.requests.values().filter(|request| request.origin == origin).count();
        if self.requests.len() >= MAX_REQUESTS || same >= MAX_REQUESTS_EACH {
            return Err(Refusal::Busy);
        }
        let number = self.next_id();
        let name = clean_name(name).unwrap_or_else(|| format!("Guest {number}"));
        let id = RequestId(number);
        self.requests.insert(id, JoinRequest { id, name, origin, invite });
        self.version += 1;
        Ok(id)
    }

    /// The guest who asked is gone.
    pub fn withdraw(&mut self, request: RequestId) {
        if self.requests.remove(&request).is_some() {
            self.version += 1;
        }
    }

    /// Those who wait to be let in.
    pub fn requests(&self) -> impl Iterator<Item = &JoinRequest> {
        self.requests.values()
    }

    /// The host answers. The way in, if it was a yes and the link is still good; it is for that request alone.
    pub(super) fn answer(
        &mut self,
        request: RequestId,
        decision: Decision,
        now: Duration,
    ) -> Result<Option<Admission>, Refusal> {
        let Some(asked) = self.requests.remove(&request) else { return Err(Refusal::BadInvite) };
        self.version += 1;
        if decision == Decision::Decline {
            return Ok(None);
        }
        self.end_links(now);
        if self.invites.get(asked.invite).is_none() {
            return Err(Refusal::BadInvite);
        }
        if self.len() >= self.max_guests {
            return Err(Refusal::RoomFull);
        }
        let kind = Kind::New { invite: asked.invite, decision: Some(decision) };
        Ok(Some(Admission { kind, origin: asked.origin }))
    }

    /// A guest comes in.
    pub fn enter(&mut self, admission: Admission, name: &str, token: Secret, now: Duration) -> Result<Joined, Refusal> {
        let joined = match admission.kind {
            Kind::Returning(id) => self.come_back(id, name, admission.origin, now).ok_or(Refusal::BadInvite)?,
            Kind::New { invite, decision } => self.come_in(invite, decision, name, token, admission.origin, now)?,
        };
        self.end_links(now);
        Ok(joined)
    }

    fn come_in(
        &mut self,
        invite: InviteId,
        decision: Option<Decision>,
        name: &str,
        token: Secret,
        origin: Origin,
        now: Duration,
    ) -> Result<Joined, Refusal> {
        let link = self.invites.get(invite).map(|invite| (invite.terms, invite.maker));
        let Some((terms, maker)) = link else { return Err(Refusal::BadInvite) };
        self.invites.used(invite);
        let number = self.next_id();
        let (id, peer) = (PersonId(number), PeerId(number));
        let grant = granted(terms.grant, decision);
        let name = clean_name(name).unwrap_or_else(|| format!("Guest {number}"));
        let person = Person {
            grant,
            permissions: terms.permissions,
            wants: grant.request(),
            brought_by: maker,
            approval: terms.approval || decision.is_some(),
            ..Person::new(peer, token.clone(), name.clone(), origin, invite, now)
        };
        self.people.insert(id, person);
        // A link for a seat is for that seat, also beside those who hold it; so is the host's own word.
        let given = match (decision, grant) {
            (Some(Decision::Play(Some(seat))), _) | (_, SeatGrant::Seat(seat)) => Some(seat),
            _ => None,
        };
        match given {
            Some(seat) if seat.index() < self.seats.len() => {
                self.assign(peer, seat, SeatChange::Seat);
            }
            _ => self.fill_seats(),
        }
        Ok(Joined { peer, name, token, replaces: None, returned: false })
    }

    fn come_back(&mut self, id: PersonId, name: &str, origin: Origin, now: Duration) -> Option<Joined> {
        let peer = PeerId(self.next_id());
        let person = self.people.get_mut(&id)?;
        let replaces = person.connected.then_some(person.peer);
        if person.earlier.len() >= MAX_EARLIER {
            person.earlier.remove(0);
        }
        person.earlier.push(std::mem::replace(&mut person.peer, peer));
        person.connected = true;
        // Coming back is not being back: until then their time runs on, or a page that tries again and again would keep
        // the seat for ever without being there.
        if std::mem::take(&mut person.here) {
            person.away_since = now;
        }
        if person.entry == Entered::Never {
            person.entry = Entered::Coming;
            self.invites.used(person.invite);
        }
        person.origin = origin;
        // Neither a limit nor muting is got around by coming in again.
        if let Some(name) = clean_name(name)
            && name != person.name
            && !person.muted
            && person.limits.names.take(now)
        {
            person.name = name;
        }
        let joined = Joined { peer, name: person.name.clone(), token: person.token.clone(), replaces, returned: true };
        self.fill_seats();
        Some(joined)
    }

    /// What a new link made by a guest may grant: nothing that they do not have themselves.
    pub(super) fn invite_by(
        &mut self,
        person: PersonId,
        grant: SeatGrant,
        secret: Secret,
        now: Duration,
    ) -> Option<Secret> {
        let maker = self.people.get(&person)?;
        if !maker.passes_on().covers(grant) || self.invites.made_by(person).len() >= MAX_LINKS_EACH {
            return None;
        }
        // A guest whom the host wanted to be asked about brings others whom the host is asked about; so does one whose
        // link is like that by now.
        let approval = maker.approval || self.invites.get(maker.invite).is_some_and(|invite| invite.terms.approval);
        let terms = InviteTerms { grant, permissions: Permissions::default(), approval, uses: None, lasts: None };
        self.invites.add_by(person, secret.clone(), terms, now)?;
        self.version += 1;
        Some(secret)
    }
}

/// What the host said is decided by what they said, whatever has become of the link meanwhile.
fn granted(link: SeatGrant, decision: Option<Decision>) -> SeatGrant {
    match decision {
        None => link,
        Some(Decision::Watch | Decision::Decline) => SeatGrant::Watch,
        // A guest whom the host sends to a seat may sit there, whatever the link said.
        Some(Decision::Play(Some(seat))) if !link.allows(seat) => SeatGrant::Seat(seat),
        Some(Decision::Play(None)) if link == SeatGrant::Watch => SeatGrant::Any,
        Some(Decision::Play(_)) => link,
    }
}
