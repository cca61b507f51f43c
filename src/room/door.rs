//! Coming in: by a link, a code, or the token of an earlier stay; asking the host first where the link says so.

use super::talk::Allowance;
use super::{
    Entered, Grant, InviteId, MAX_LINKS_EACH, MAX_PEERS, OWN_SEATS, PeerId, Person, PersonId, Rights, Room, Secret,
    clean_name,
};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// The number of a request to be let in; never used twice.
pub type RequestId = u32;

/// Requests that may wait at once, and from one address.
const MAX_REQUESTS: (usize, usize) = (16, 3);
/// Connections of one person that are remembered.
const MAX_EARLIER: usize = 16;
/// Addresses from which somebody came lately.
const MAX_ADDRESSES: usize = 1024;

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Neither link nor code nor token is one of ours (any more). No hint which.
    BadInvite,
    /// The room is full.
    Full,
    /// Shown out for good.
    Banned,
    /// Too many wait already.
    Busy,
}

/// What somebody brings to the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Of a link.
    pub secret: Option<&'a str>,
    /// Digits that were read aloud.
    pub code: Option<&'a str>,
    /// Of an earlier stay.
    pub resume: Option<&'a str>,
    /// Where they come from.
    pub address: IpAddr,
}

/// Somebody may come in, and how. Good for one call of [`Room::enter`], at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    kind: Kind,
    address: IpAddr,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// By a link, and what the host said if they were asked.
    New { invite: InviteId, verdict: Option<Verdict> },
    /// Known from an earlier stay.
    Back(PersonId),
}

/// What the door says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// Come in.
    Open(Admission),
    /// The host has to be asked: see [`Room::ask`].
    Ask(InviteId),
}

/// Somebody waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What they call themselves.
    pub name: String,
    /// Where they come from.
    pub address: IpAddr,
    /// The link they bring.
    pub invite: InviteId,
}

/// What the host says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Play, on this seat or any.
    Play(Option<usize>),
    /// Watch.
    Watch,
    /// No.
    No,
}

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Their connection's number.
    pub peer: PeerId,
    /// Their name, cleaned.
    pub name: String,
    /// What they bring to come back. A returning person keeps theirs: the answer with a new one might never arrive.
    pub token: Secret,
    /// The same person's earlier connection, which is to be ended.
    pub replaces: Option<PeerId>,
    /// They came back.
    pub returned: bool,
}

impl Room {
    /// Whether somebody may come in. Wrong codes are counted.
    pub fn knock(&mut self, entry: Entry<'_>, now: Duration) -> Result<Door, Refusal> {
        self.tick(now);
        let banned = |(address, token): &(IpAddr, Secret)| {
            (*address == entry.address && !address.is_loopback()) || entry.resume.is_some_and(|resume| token.is(resume))
        };
        if self.banned.iter().any(banned) {
            return Err(Refusal::Banned);
        }
        let open = |kind| Ok(Door::Open(Admission { kind, address: entry.address }));
        // Whoever never arrived and was given up needs their link once more.
        let may_come = |it: &Person| it.entry != Entered::Never || self.invites.get(it.invite).is_some();
        let back = self.people.iter().find(|(_, it)| entry.resume.is_some_and(|resume| it.token.is(resume)));
        let back = back.filter(|(_, it)| may_come(it));
        if let Some((&id, person)) = back {
            // Their old connection goes as the new one comes: that is nobody more.
            if !person.connected && self.len() >= MAX_PEERS {
                return Err(Refusal::Full);
            }
            self.arrive(entry.address, now)?;
            return open(Kind::Back(id));
        }
        let invite = match (entry.secret, entry.code) {
            (Some(secret), _) => self.invites.by_secret(secret, now),
            (None, Some(code)) => self.invites.by_code(code, now),
            (None, None) => None,
        };
        let Some(invite) = invite else { return Err(Refusal::BadInvite) };
        let (id, asks) = (invite.id, invite.terms.approval);
        if self.len() >= MAX_PEERS {
            return Err(Refusal::Full);
        }
        self.arrive(entry.address, now)?;
        if asks { Ok(Door::Ask(id)) } else { open(Kind::New { invite: id, verdict: None }) }
    }

    /// Each arrival costs the host a handshake: nobody comes in again and again without end.
    fn arrive(&mut self, address: IpAddr, now: Duration) -> Result<(), Refusal> {
        self.arrivals.retain(|_, allowance| !allowance.is_full(now));
        if self.arrivals.len() >= MAX_ADDRESSES && !self.arrivals.contains_key(&address) {
            return Err(Refusal::Busy);
        }
        let allowance = self.arrivals.entry(address).or_insert_with(|| Allowance::arrivals(now));
        if allowance.take(now) { Ok(()) } else { Err(Refusal::Busy) }
    }

    /// Puts a request before the host.
    pub fn ask(&mut self, invite: InviteId, name: &str, address: IpAddr) -> Result<RequestId, Refusal> {
        let same = self.requests.values().filter(|request| request.address == address).count();
        if self.requests.len() >= MAX_REQUESTS.0 || same >= MAX_REQUESTS.1 {
            return Err(Refusal::Busy);
        }
        let id = self.next();
        let name = clean_name(name).unwrap_or_else(|| format!("Guest {id}"));
        self.requests.insert(id, Request { name, address, invite });
        self.version += 1;
        Ok(id)
    }

    /// Whoever asked is gone.
    pub fn take_back(&mut self, request: RequestId) {
        if self.requests.remove(&request).is_some() {
            self.version += 1;
        }
    }

    /// The host answers. The way in, if it was a yes and the link is still good; it is for that request alone.
    pub fn answer(
        &mut self,
        request: RequestId,
        verdict: Verdict,
        now: Duration,
    ) -> Result<Option<Admission>, Refusal> {
        let Some(asked) = self.requests.remove(&request) else { return Err(Refusal::BadInvite) };
        self.version += 1;
        if verdict == Verdict::No {
            return Ok(None);
        }
        self.end_links(now);
        if self.invites.get(asked.invite).is_none() {
            return Err(Refusal::BadInvite);
        }
        if self.len() >= MAX_PEERS {
            return Err(Refusal::Full);
        }
        let kind = Kind::New { invite: asked.invite, verdict: Some(verdict) };
        Ok(Some(Admission { kind, address: asked.address }))
    }

    /// Somebody comes in.
    pub fn enter(&mut self, admission: Admission, name: &str, token: Secret, now: Duration) -> Result<Joined, Refusal> {
        match admission.kind {
            Kind::Back(id) => self.come_back(id, name, admission.address, now).ok_or(Refusal::BadInvite),
            Kind::New { invite, verdict } => {
                let Some((terms, maker)) = self.invites.get(invite).map(|invite| (invite.terms, invite.maker)) else {
                    return Err(Refusal::BadInvite);
                };
                self.invites.used(invite);
                let id = self.next();
                // What the host said is decided by what they said, whatever has become of the link meanwhile.
                let grant = match verdict {
                    None => terms.grant,
                    Some(Verdict::Watch | Verdict::No) => Grant::Watch,
                    // Whoever the host sends to a seat may sit there, whatever the link said.
                    Some(Verdict::Play(Some(seat))) if !terms.grant.allows(seat) => Grant::Seat(seat),
                    Some(Verdict::Play(None)) if terms.grant == Grant::Watch => Grant::Any,
                    Some(Verdict::Play(_)) => terms.grant,
                };
                let name = clean_name(name).unwrap_or_else(|| format!("Guest {id}"));
                let person = Person {
                    peer: id,
                    earlier: Vec::new(),
                    connected: true,
                    here: false,
                    entry: Entered::Coming,
                    seen: false,
                    token: token.clone(),
                    name: name.clone(),
                    grant,
                    may_take: OWN_SEATS,
                    rights: terms.rights,
                    muted: false,
                    wants: grant.wish(),
                    invite,
                    brought_by: maker,
                    approval: terms.approval || verdict.is_some(),
                    address: admission.address,
                    away_since: now,
                    gone: false,
                    chat: Allowance::chat(now),
                    reactions: Allowance::reactions(now),
                    wishes: Allowance::wishes(now),
                    states: Allowance::states(now),
                    names: Allowance::names(now),
                };
                self.people.insert(id, person);
                // A link for a seat is for that seat, also beside somebody; so is the host's own word.
                let given = match (verdict, grant) {
                    (Some(Verdict::Play(Some(seat))), _) | (_, Grant::Seat(seat)) => Some(seat),
                    _ => None,
                };
                match given {
                    Some(seat) if seat < self.seats.len() => {
                        self.sit(id, seat, true);
                    }
                    _ => self.fill_seats(),
                }
                self.end_links(now);
                Ok(Joined { peer: id, name, token, replaces: None, returned: false })
            }
        }
    }

    fn come_back(&mut self, id: PersonId, name: &str, address: IpAddr, now: Duration) -> Option<Joined> {
        let peer = self.next();
        let person = self.people.get_mut(&id)?;
        let replaces = person.connected.then_some(person.peer);
        if person.earlier.len() >= MAX_EARLIER {
            person.earlier.remove(0);
        }
        person.earlier.push(std::mem::replace(&mut person.peer, peer));
        person.connected = true;
        // Coming back is not being back: until then their time runs on, or whoever tries again and again would keep the
        // seat for ever without being there.
        if std::mem::take(&mut person.here) {
            person.away_since = now;
        }
        if person.entry == Entered::Never {
            person.entry = Entered::Coming;
            self.invites.used(person.invite);
        }
        person.address = address;
        // Nobody gets around an allowance, or being silenced, by coming in again.
        if let Some(name) = clean_name(name)
            && name != person.name
            && !person.muted
            && person.names.take(now)
        {
            person.name = name;
        }
        let joined = Joined { peer, name: person.name.clone(), token: person.token.clone(), replaces, returned: true };
        self.fill_seats();
        self.end_links(now);
        Some(joined)
    }

    /// A person's first connection has the person's number; all numbers come from one row.
    fn next(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// What a new link made by a guest may grant: nothing that they do not have themselves.
    pub(super) fn invite_by(
        &mut self,
        person: PersonId,
        grant: Grant,
        secret: Secret,
        now: Duration,
    ) -> Option<Secret> {
        let maker = self.people.get(&person)?;
        if !maker.passes_on().covers(grant) {
            return None;
        }
        if self.invites.made_by(person).len() >= MAX_LINKS_EACH {
            return None;
        }
        // A guest whom the host wanted to be asked about brings others whom the host is asked about; so does one whose
        // link is like that by now.
        let approval = maker.approval || self.invites.get(maker.invite).is_some_and(|invite| invite.terms.approval);
        let terms = super::Terms { grant, rights: Rights::default(), approval, uses: None, lasts: None };
        self.invites.add_by(person, secret.clone(), terms, now)?;
        self.version += 1;
        Some(secret)
    }
}

/// How long the answer to a wrong secret or code is held back, by address: each costs more than the one before.
#[derive(Debug, Default)]
pub struct Delays {
    failures: BTreeMap<IpAddr, (u32, Duration)>,
}

impl Delays {
    /// The first wait.
    const FIRST: Duration = Duration::from_millis(500);
    /// The longest.
    const LONGEST: Duration = Duration::from_secs(30);
    /// After so long without a failure an address is as good as new.
    const FORGOTTEN: Duration = Duration::from_secs(600);
    /// Addresses remembered.
    const MOST: usize = 1024;

    /// Somebody at this address was wrong. How long they wait for the answer.
    pub fn failed(&mut self, address: IpAddr, now: Duration) -> Duration {
        self.failures.retain(|_, (_, last)| now.saturating_sub(*last) < Self::FORGOTTEN);
        if self.failures.len() >= Self::MOST && !self.failures.contains_key(&address) {
            self.failures.pop_first();
        }
        let (count, last) = self.failures.entry(address).or_insert((0, now));
        let wait = Self::FIRST.saturating_mul(1 << (*count).min(10)).min(Self::LONGEST);
        *count = count.saturating_add(1);
        *last = now;
        wait
    }

    /// Somebody at this address was right.
    pub fn right(&mut self, address: IpAddr) {
        self.failures.remove(&address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_try_of_an_address_waits_longer_and_others_do_not() {
        let mut delays = Delays::default();
        let (a, b) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let waits: Vec<_> = (0..8).map(|_| delays.failed(a, Duration::ZERO).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        assert_eq!(delays.failed(b, Duration::ZERO), Delays::FIRST);
        assert_eq!(delays.failed(a, Duration::from_secs(600)), Delays::FIRST, "ten minutes later all is forgotten");
        delays.right(a);
        assert_eq!(delays.failed(a, Duration::from_secs(600)), Delays::FIRST);
        for n in 0..5000u32 {
            delays.failed(IpAddr::from(n.to_be_bytes()), Duration::from_secs(600));
        }
        assert!(delays.failures.len() <= Delays::MOST);
    }
}
