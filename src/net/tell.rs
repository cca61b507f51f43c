//! What everyone is told: the room, the controls, the talk, the lights.

use super::events::{NetEvent, RoomNews, Talk};
use super::protocol::{HostInfo, Person, Seat, SeatHolder, ToPeer, You};
use super::thread::{FEW, Worker, drain, next_peer};
use crate::input::{MAX_SEATS, Rumble};
use crate::room::PeerId;
use std::time::{Duration, Instant};

/// How often the lights of the seats are told at most.
const LIGHTS_EVERY: Duration = Duration::from_millis(100);

/// How often the room is told at most: each time is a message for everyone, written and encrypted anew.
const ROOM_EVERY: Duration = Duration::from_millis(100);
/// It may be ahead of that by so much, which is three times at once: somebody who comes in changes the room twice.
const ROOM_AHEAD: Duration = Duration::from_millis(200);

/// When the room may be told again.
pub(super) struct Tempo {
    /// With nothing told ahead of time.
    due: Instant,
}

impl Tempo {
    pub fn new(now: Instant) -> Tempo {
        Tempo { due: now }
    }

    /// How long until it may be told.
    pub fn wait(&self, now: Instant) -> Duration {
        self.due.saturating_duration_since(now + ROOM_AHEAD)
    }

    /// Whether it may be told now; if so it counts.
    fn take(&mut self, now: Instant) -> bool {
        let may = self.wait(now).is_zero();
        if may {
            self.due = self.due.max(now) + ROOM_EVERY;
        }
        may
    }
}

/// What the lights show, and when that was said.
#[derive(Default)]
pub(super) struct Lights {
    shown: u32,
    said: Option<Instant>,
}

impl Worker {
    /// Says something to everyone whose control channel is open.
    pub(super) fn say_all(&mut self, message: &ToPeer<'_>) {
        let time = Instant::now();
        let mut last = None;
        while let Some((id, connection)) = next_peer(&mut self.peers, &mut last) {
            if connection.peer.say(message) {
                drain(id, connection, &mut self.outbox, &mut self.news, time);
                // Nobody's input waits until everybody knows.
                self.take_datagrams(FEW);
            }
        }
    }

    /// Says something to one.
    pub(super) fn say_to(&mut self, id: PeerId, message: &ToPeer<'_>) {
        if let Some(connection) = self.peers.get_mut(&id)
            && connection.peer.say(message)
        {
            drain(id, connection, &mut self.outbox, &mut self.news, Instant::now());
        }
    }

    /// A line for everybody's chat.
    pub(super) fn talk(&mut self, talk: Talk) {
        match &talk {
            Talk::Said { peer, name, text } => self.say_all(&ToPeer::Chat { peer: *peer, name, text }),
            Talk::Line(what, name) => self.say_all(&ToPeer::Line { what: *what, name }),
            Talk::Reaction { peer, name, emoji } => {
                self.say_all(&ToPeer::Reaction { peer: *peer, name, emoji: emoji.as_str() });
            }
        }
        (self.ports.on_event)(NetEvent::Talk(talk));
    }

    /// The room is not as everyone was told.
    pub(super) fn room_is_news(&self) -> bool {
        self.room_told != Some(self.ports.room.version())
    }

    /// Tells everyone, and the engine, how the room is now, if it has changed. Changes that come faster than they may be
    /// told are told together, the last of them always.
    pub(super) fn tell_room(&mut self, time: Instant) {
        if !self.room_is_news() || !self.tempo.take(time) {
            return;
        }
        self.room_told = Some(self.ports.room.version());
        let room = &self.ports.room;
        let device = |seat: usize| {
            let known = self.controls.seats.iter().find(|it| it.seat == seat);
            known.map(|it| it.device.clone()).unwrap_or_default()
        };
        let holders = |seat| {
            let all = room.holders(seat);
            all.map(|it| SeatHolder { peer: it.peer, name: it.name, away: it.away }).collect()
        };
        let seats: Vec<Seat> =
            (0..room.ports()).map(|seat| Seat { seat, device: device(seat), holders: holders(seat) }).collect();
        // Whoever is still connecting is nobody yet: perhaps they never arrive.
        let there = |peer| self.peers.get(&peer).is_some_and(|connection| connection.announced);
        let members: Vec<_> = room.members().collect();
        let people: Vec<Person> = members
            .iter()
            .filter(|member| there(member.peer))
            .map(|member| Person {
                peer: member.peer,
                name: member.name.clone(),
                seats: member.seats.clone(),
                wants: member.wants,
                muted: member.muted,
                rights: member.rights,
                grant: member.grant,
            })
            .collect();
        let news = RoomNews {
            seats,
            people,
            invites: room.invites().iter().cloned().collect(),
            requests: room.requests().map(|(id, request)| (id, request.clone())).collect(),
            banned: room.banned(),
        };
        for member in &members {
            let Some(connection) = self.peers.get_mut(&member.peer) else { continue };
            let said = connection.peer.say(&ToPeer::Room {
                you: You {
                    peer: member.peer,
                    name: &member.name,
                    seats: &member.seats,
                    rights: member.rights,
                    muted: member.muted,
                    grant: member.grant,
                },
                host: HostInfo { name: self.ports.room.host_name() },
                seats: &news.seats,
                peers: &news.people,
                game: &self.game,
            });
            connection.behind = !said;
            if said && !connection.greeted {
                connection.greeted = connection.peer.say(&ToPeer::Controls(&self.controls))
                    && connection.peer.say(&ToPeer::Leds { on: self.leds })
                    && connection.peer.say(&ToPeer::Lights { seats: self.lights.shown });
                connection.behind = !connection.greeted;
            }
            // Whoever sits down while a motor turns feels it.
            let holds = member.seats.iter().fold(0, |all, seat| all | 1 << seat);
            let new = holds & !std::mem::replace(&mut connection.moved_on, holds);
            for seat in (0..MAX_SEATS).filter(|seat| new >> seat & 1 == 1) {
                let Rumble { strong, weak } = self.rumbles[seat];
                if strong > 0 || weak > 0 {
                    connection.peer.say(&ToPeer::Rumble { seat, strong, weak });
                }
            }
            if let Some(shape) = self.shapes[connection.peer.format().index()]
                && connection.shape != Some(shape)
                && connection.peer.say_shape(&shape)
            {
                connection.shape = Some(shape);
            }
            drain(member.peer, connection, &mut self.outbox, &mut self.news, Instant::now());
            self.take_datagrams(FEW);
        }
        (self.ports.on_event)(NetEvent::Room(Box::new(news)));
    }

    /// Which seats hold anything down, at most ten times a second and only when that changes.
    pub(super) fn tell_lights(&mut self, time: Instant) {
        let held = self.held_seats();
        if held == self.lights.shown || self.lights.said.is_some_and(|said| time < said + LIGHTS_EVERY) {
            return;
        }
        self.lights.shown = held;
        self.lights.said = Some(time);
        self.say_all(&ToPeer::Lights { seats: held });
        (self.ports.on_event)(NetEvent::Lights(held));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_is_told_three_times_at_once_and_ten_times_a_second() {
        let start = Instant::now();
        let mut tempo = Tempo::new(start);
        assert_eq!((0..10).filter(|_| tempo.take(start)).count(), 3);
        assert_eq!(tempo.wait(start), ROOM_EVERY);
        let later = |ms| start + Duration::from_millis(ms);
        let told = (1..=10_000).filter(|&ms| tempo.take(later(ms))).count();
        assert_eq!(told, 100, "ten seconds of changes without end");
        assert!(tempo.take(later(20_000)), "the last change is told too");
        assert_eq!((0..10).filter(|_| tempo.take(later(20_000))).count(), 2, "and rest earns no more than that");
    }
}
