//! Who sits where: given by the host or by one who is permitted to, taken by guests where their link allows it.

use super::{LocalPlayer, MAX_LOCALS, OWN_SEATS, PeerId, PersonId, Room, SeatChange, SeatRequest, clean_name};
use crate::input::{MAX_SEATS, Seat};
use std::time::Duration;

impl Room {
    /// The running game has this many controller ports. Players whose seat is gone watch until one is free.
    pub fn set_ports(&mut self, ports: usize) {
        let ports = ports.clamp(1, MAX_SEATS);
        for person in self.seats.drain(ports.min(self.seats.len())..).flatten().collect::<Vec<_>>() {
            let sits = self.seats.iter().any(|holders| holders.contains(&person));
            if let Some(person) = self.people.get_mut(&person)
                && !sits
            {
                person.wants.get_or_insert(SeatRequest::Any);
            }
        }
        self.seats.resize(ports, Vec::new());
        self.fill_seats();
    }

    /// Who sits at the host's machine, all of them. What does not fit is left out.
    pub(super) fn set_local_players(&mut self, locals: Vec<LocalPlayer>) {
        self.locals = locals.into_iter().take(MAX_LOCALS).collect();
        for local in &mut self.locals {
            local.name = clean_name(&local.name).unwrap_or_else(|| "Host".into());
        }
        self.fill_seats();
    }

    /// Puts a person on a seat, beside those who hold it, or takes them off, also one who is away. False when there is no
    /// such person or seat.
    pub(super) fn assign(&mut self, peer: PeerId, seat: Seat, change: SeatChange) -> bool {
        let seats = change == SeatChange::Seat;
        let there = |id: &PersonId| !seats || self.people.get(id).is_some_and(|person| person.connected);
        let Some(id) = self.known(peer).filter(there) else { return false };
        let Some(changed) = self.place(id, seat, change) else { return false };
        let held = self.count_seats(id);
        if changed && let Some(person) = self.people.get_mut(&id) {
            // A person who was taken off must not be back with a click; a seat that was only kept is not a seat taken.
            if seats {
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

    /// A person gives a seat up, which is theirs to take again.
    pub(super) fn leave_seat(&mut self, id: PersonId, seat: Seat) -> bool {
        let Some(changed) = self.place(id, seat, SeatChange::Unseat) else { return false };
        if changed {
            self.fill_seats();
        }
        true
    }

    /// True if that is a change; none if there is no such seat.
    fn place(&mut self, id: PersonId, seat: Seat, change: SeatChange) -> Option<bool> {
        let seats = change == SeatChange::Seat;
        let holders = self.seats.get_mut(seat.index())?;
        if holders.contains(&id) == seats {
            return Some(false);
        }
        if seats {
            holders.push(id);
        } else {
            holders.retain(|holder| *holder != id);
        }
        if let Some(person) = self.people.get_mut(&id)
            && (!seats || person.wants.is_some_and(|wanted| wanted.accepts(seat)))
        {
            // A person who was taken off would else be put back at once.
            person.wants = None;
        }
        Some(true)
    }

    pub(super) fn count_seats(&self, id: PersonId) -> usize {
        self.seats.iter().filter(|holders| holders.contains(&id)).count()
    }

    fn is_free(&self, seat: Seat) -> bool {
        self.seats.get(seat.index()).is_some_and(Vec::is_empty) && !self.locals.iter().any(|local| local.seat == seat)
    }

    /// Takes the seats of those who are late. True if any is free now.
    pub(super) fn free_seats_of_late(&mut self, now: Duration) -> bool {
        let Room { seats, people, .. } = self;
        let mut freed = false;
        for holders in seats {
            let count = holders.len();
            holders.retain(|id| people.get(id).is_some_and(|person| !person.is_late(now)));
            freed |= holders.len() != count;
        }
        freed
    }

    /// The guest who waits longest gets the first free seat that they may take.
    pub(super) fn fill_seats(&mut self) {
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
            let fits = |seat: &Seat| {
                person.wants.is_some_and(|wanted| wanted.accepts(*seat))
                    && person.grant.allows(*seat)
                    && self.is_free(*seat)
            };
            let Some(seat) = self.seats().find(fits) else { continue };
            self.seats[seat.index()].push(id);
            if let Some(person) = self.people.get_mut(&id) {
                person.wants = None;
            }
        }
    }
}
