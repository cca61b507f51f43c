//! Who is here: arriving, leaving, being removed, and what is remembered of those who are away.

use super::person::Entered;
use super::{MAX_AWAY, MAX_BANNED, PeerId, PersonId, Room};
use std::time::Duration;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// It was lost, or its page is being loaded again: the seat is kept for a while.
    Temporary,
    /// The seat is free.
    Final,
}

impl Room {
    /// Names of those who went away and did not come back in time, once.
    pub fn take_gone(&mut self) -> Vec<String> {
        std::mem::take(&mut self.gone)
    }

    /// A connection is gone.
    pub fn leave(&mut self, peer: PeerId, departure: Departure, now: Duration) {
        let Some(id) = self.person_of(peer) else { return };
        let is_final = departure == Departure::Final;
        if let Some(person) = self.people.get_mut(&id) {
            person.connected = false;
            if std::mem::take(&mut person.here) {
                person.away_since = now;
            }
            // The caller tells the others of a final departure.
            person.gone |= is_final;
            person.seen &= !is_final;
            // A guest who did not get through at first gets a seat once they do.
            if is_final && person.entry == Entered::Coming && self.seats.iter().any(|holders| holders.contains(&id)) {
                person.wants = person.wants.or(person.grant.request());
            }
        }
        self.give_uses_back();
        if is_final {
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

    /// Removes a person, also one who is away: their token is worth nothing any more, nor are the links they made. Their
    /// connection, to be ended.
    pub(super) fn kick(&mut self, peer: PeerId) -> Option<PeerId> {
        let id = self.known(peer)?;
        let ended = self.people.get(&id).filter(|person| person.connected).map(|person| person.peer);
        self.remove(id);
        ended
    }

    /// The same, and no one comes in from their address until the host closes the room or lifts the bans.
    pub(super) fn ban(&mut self, peer: PeerId) -> Option<PeerId> {
        if let Some(person) = self.known(peer).and_then(|id| self.people.get(&id)) {
            if self.banned.len() >= MAX_BANNED {
                self.banned.remove(0);
            }
            self.banned.push((person.origin, person.token.clone()));
        }
        self.kick(peer)
    }

    /// How many are banned.
    pub fn banned(&self) -> usize {
        self.banned.len()
    }

    pub(super) fn clear_bans(&mut self) {
        self.banned.clear();
        self.version += 1;
    }

    /// Those who did not come back in time are gone, for the others.
    pub(super) fn give_late_up(&mut self, now: Duration) {
        let Room { seats, people, gone, .. } = self;
        for (id, person) in people.iter_mut().filter(|(_, person)| person.is_late(now) && !person.gone) {
            person.gone = true;
            // Once they are back they wait for a seat like any other.
            if seats.iter().any(|holders| holders.contains(id)) {
                person.wants = person.wants.or(person.grant.request());
            }
            if std::mem::take(&mut person.seen) {
                gone.push(person.name.clone());
            }
        }
    }

    pub(super) fn remove(&mut self, id: PersonId) {
        if let Some(person) = self.people.remove(&id).filter(|person| person.entry == Entered::Coming) {
            self.invites.arrived(person.invite);
        }
        // A person who was removed must not come back by a link of their own making.
        self.invites.made_by(id).into_iter().for_each(|link| self.end_link(link));
        self.seats.iter_mut().for_each(|holders| holders.retain(|holder| *holder != id));
        self.fill_seats();
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
