//! What everyone is told: the room, the controls, the chat, which seats are active, and how motors and LEDs are.

use super::connection::Connection;
use super::event::{ChatEvent, RoomView, SessionEvent};
use super::protocol::{Controls, Discs, GameInfo, HostInfo, OnScreen, SeatInfo, ToPeer, You};
use super::work::Job;
use super::{Connected, Session};
use crate::input::{MAX_SEATS, Rumble, Seat, SeatSet, Sensors};
use crate::rate_limit::{RateLimit, RateLimiter};
use crate::room::{Member, PeerId};
use std::time::{Duration, Instant};

/// How often activity is told at most.
const ACTIVITY: RateLimit = RateLimit::new(1, Duration::from_millis(100));
/// How often the room is told at most: each time is a message for everyone, written and encrypted anew. Three times at once,
/// because a guest who comes in changes the room twice.
const ROOM: RateLimit = RateLimit::new(3, Duration::from_millis(100));

/// How often the core's texts are told at most: how far something is changes with every frame, and the newest counts.
const ON_SCREEN: RateLimit = RateLimit::new(2, Duration::from_millis(250));

/// What everyone was told last, and what newcomers are to be told.
pub(super) struct Told {
    /// The room's version.
    room: Option<u64>,
    room_limiter: RateLimiter,
    pub game: GameInfo,
    controls: Controls,
    discs: Discs,
    on_screen: OnScreen,
    /// Those texts are not as everyone was told.
    on_screen_is_news: bool,
    on_screen_limiter: RateLimiter,
    pub fps: f64,
    activity: SeatSet,
    activity_limiter: RateLimiter,
    rumbles: [Rumble; MAX_SEATS],
    leds: u32,
    pub sensors: Sensors,
}

impl Told {
    pub fn new(now: Duration) -> Told {
        Told {
            room: None,
            room_limiter: RateLimiter::new(ROOM, now),
            game: GameInfo::default(),
            controls: Controls::default(),
            discs: Discs::default(),
            on_screen: OnScreen::default(),
            on_screen_is_news: false,
            on_screen_limiter: RateLimiter::new(ON_SCREEN, now),
            fps: 0.0,
            activity: SeatSet::EMPTY,
            activity_limiter: RateLimiter::new(ACTIVITY, now),
            rumbles: [Rumble::default(); MAX_SEATS],
            leds: 0,
            sensors: Sensors::default(),
        }
    }

    /// The room is to be told again, although it has not changed.
    pub fn forget_room(&mut self) {
        self.room = None;
    }

    /// How long until the core's texts may be told; none if everyone was told the newest.
    pub fn on_screen_wait(&self, now: Duration) -> Option<Duration> {
        self.on_screen_is_news.then(|| self.on_screen_limiter.wait(now))
    }

    /// How long until the room may be told.
    pub fn room_wait(&self, now: Duration) -> Duration {
        self.room_limiter.wait(now)
    }
}

/// The room as it was when everyone began to be told.
pub(super) struct RoomJob {
    members: Vec<Member>,
    pub view: RoomView,
}

impl<C: Connection> Session<C> {
    /// Says something to everyone whose control channel is open.
    pub(super) fn say_all(&mut self, message: &ToPeer<'_>) {
        if let Ok(text) = serde_json::to_vec(message) {
            self.work.push(Job::Say(text));
        }
    }

    pub(super) fn say_to(&mut self, id: PeerId, message: &ToPeer<'_>, now: Instant) {
        if self.peers.get_mut(&id).is_some_and(|it| it.peer.say(message)) {
            self.drain(id, now);
        }
    }

    /// A line for everybody's chat.
    pub(super) fn tell_chat(&mut self, event: ChatEvent) {
        match &event {
            ChatEvent::Said { peer, name, text } => self.say_all(&ToPeer::Chat { peer: *peer, name, text }),
            ChatEvent::Presence(what, name) => self.say_all(&ToPeer::Presence { what: *what, name }),
            ChatEvent::Disc { name, disc, label } => self.say_all(&ToPeer::Disc { name, disc: *disc, label }),
            ChatEvent::Reaction { peer, name, emoji } => {
                self.say_all(&ToPeer::Reaction { peer: *peer, name, emoji: emoji.as_str() });
            }
        }
        self.notify(SessionEvent::Chat(event));
    }

    pub(super) fn set_game(&mut self, game: GameInfo) {
        if game != self.told.game {
            self.told.game = game;
            self.told.forget_room();
        }
    }

    pub(super) fn set_controls(&mut self, controls: Controls) {
        if controls != self.told.controls {
            self.say_all(&ToPeer::Controls(&controls));
            self.told.controls = controls;
            // Devices stand in the room's own message too.
            self.told.forget_room();
        }
    }

    pub(super) fn set_discs(&mut self, discs: Discs) {
        self.room.set_discs(discs.names.len());
        if discs != self.told.discs {
            self.say_all(&ToPeer::Discs(&discs));
            self.told.discs = discs;
        }
    }

    pub(super) fn set_on_screen(&mut self, shown: OnScreen) {
        self.told.on_screen_is_news |= shown != self.told.on_screen;
        self.told.on_screen = shown;
    }

    /// Tells everyone what the core wants them to read, if that is news and may be told. True if there is something to tell.
    pub(super) fn tell_on_screen(&mut self, now: Instant) -> bool {
        let monotonic = self.monotonic(now);
        if !self.told.on_screen_is_news || !self.told.on_screen_limiter.take(monotonic) {
            return false;
        }
        self.told.on_screen_is_news = false;
        let shown = std::mem::take(&mut self.told.on_screen);
        self.say_all(&ToPeer::OnScreen(shown.at(monotonic)));
        self.told.on_screen = shown;
        true
    }

    /// Another disc is in.
    pub(super) fn tell_disc(&mut self, by: Option<String>, disc: u32) {
        let name = by.unwrap_or_else(|| self.host_called());
        let label = self.told.discs.names.get(disc as usize).cloned().unwrap_or_default();
        self.tell_chat(ChatEvent::Disc { name, disc, label });
    }

    /// The room is not as everyone was told.
    pub(super) fn room_is_news(&self) -> bool {
        self.told.room != Some(self.room.version())
    }

    /// Begins to tell everyone how the room is now, if it has changed. Changes that come faster than they may be told are
    /// told together, the last of them always. True if there is something to tell.
    pub(super) fn begin_to_tell_room(&mut self, now: Instant) -> bool {
        let monotonic = self.monotonic(now);
        if !self.room_is_news() || !self.told.room_limiter.take(monotonic) {
            return false;
        }
        self.told.room = Some(self.room.version());
        self.follow_motionless();
        let room = &self.room;
        let device = |seat: Seat| {
            let known = self.told.controls.seats.iter().find(|it| it.seat == seat);
            known.map(|it| it.device.clone()).unwrap_or_default()
        };
        let info = |seat| SeatInfo { seat, device: device(seat), holders: room.holders(seat).collect() };
        // A peer that still connects is not shown: perhaps it never arrives.
        let there = |member: &&Member| self.peers.get(&member.id).is_some_and(|it| it.announced);
        let members: Vec<_> = room.members().collect();
        let view = RoomView {
            seats: room.seats().map(info).collect(),
            people: members.iter().filter(there).cloned().collect(),
            invites: room.invites().iter().cloned().collect(),
            requests: room.requests().cloned().collect(),
            banned: room.banned(),
        };
        self.work.push(Job::Room(Box::new(RoomJob { members, view })));
        true
    }

    /// Tells one peer how the room is, and what else is news to it.
    pub(super) fn tell_room_to(&mut self, id: PeerId, job: &RoomJob, now: Instant) {
        let monotonic = self.monotonic(now);
        let Some(member) = job.members.iter().find(|member| member.id == id) else { return };
        let Session { peers, told, room, renditions, .. } = self;
        let Some(it) = peers.get_mut(&id) else { return };
        let said = it.peer.say(&ToPeer::Room {
            you: You::from(member),
            host: HostInfo { name: room.host_name() },
            seats: &job.view.seats,
            peers: &job.view.people,
            game: &told.game,
        });
        it.behind = !said;
        if said && !it.greeted {
            it.greeted = greet(it, told, monotonic);
            it.behind = !it.greeted;
        }
        // A guest who sits down while a motor turns feels it.
        let holds: SeatSet = member.seats.iter().copied().collect();
        let new = holds.without(std::mem::replace(&mut it.rumbled, holds));
        for seat in new.iter() {
            let Rumble { strong, weak } = told.rumbles[seat.index()];
            if strong > 0 || weak > 0 {
                it.peer.say(&ToPeer::Rumble { seat, strong, weak });
            }
        }
        if let Some(shape) = renditions.shape(it.peer.format())
            && it.shape != Some(shape)
            && it.peer.say_shape(&shape)
        {
            it.shape = Some(shape);
        }
        self.drain(id, now);
    }

    /// Which seats hold anything down, at the host's machine or far away: told when that changes, and not too often.
    pub fn handle_activity(&mut self, activity: SeatSet, now: Instant) {
        let monotonic = self.monotonic(now);
        if activity != self.told.activity && self.told.activity_limiter.take(monotonic) {
            self.told.activity = activity;
            self.say_all(&ToPeer::Activity { seats: activity });
            self.notify(SessionEvent::Activity(activity));
        }
    }

    /// How the core turns the motors of a seat. Only its holders are told.
    pub fn handle_rumble(&mut self, seat: Seat, rumble: Rumble, now: Instant) {
        if rumble == self.told.rumbles[seat.index()] {
            return;
        }
        self.told.rumbles[seat.index()] = rumble;
        let Rumble { strong, weak } = rumble;
        let holders: Vec<PeerId> = self.room.holders(seat).filter_map(|holder| holder.peer).collect();
        for id in holders {
            self.say_to(id, &ToPeer::Rumble { seat, strong, weak }, now);
        }
    }

    /// The LEDs of the core, one bit each.
    pub fn handle_leds(&mut self, leds: u32) {
        if leds != self.told.leds {
            self.told.leds = leds;
            self.say_all(&ToPeer::Leds { on: leds });
        }
    }

    /// What the core wants to be told of motion. Pages tell nothing that is not wanted, and it would not count.
    pub fn handle_sensors(&mut self, wanted: Sensors) {
        let before = std::mem::replace(&mut self.told.sensors, wanted);
        if before != wanted {
            self.say_all(&sensors(wanted));
            self.route_all();
        }
    }
}

fn sensors(Sensors { accelerometer, gyroscope }: Sensors) -> ToPeer<'static> {
    ToPeer::Sensors { accelerometer, gyroscope }
}

/// What does not change often. False if not all of it could be said.
fn greet<C: Connection>(it: &mut Connected<C>, told: &Told, now: Duration) -> bool {
    it.peer.say(&ToPeer::Controls(&told.controls))
        && (told.discs.names.is_empty() || it.peer.say(&ToPeer::Discs(&told.discs)))
        && (told.on_screen.is_empty(now) || it.peer.say(&ToPeer::OnScreen(told.on_screen.at(now))))
        && it.peer.say(&ToPeer::Leds { on: told.leds })
        && (told.sensors == Sensors::default() || it.peer.say(&sensors(told.sensors)))
        && it.peer.say(&ToPeer::Activity { seats: told.activity })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_is_told_three_times_at_once_and_ten_times_a_second() {
        let start = Duration::from_secs(5);
        let mut limiter = RateLimiter::new(ROOM, start);
        assert_eq!((0..10).filter(|_| limiter.take(start)).count(), 3);
        assert_eq!(limiter.wait(start), ROOM.period);
        let later = |ms| start + Duration::from_millis(ms);
        let told = (1..=10_000).filter(|&ms| limiter.take(later(ms))).count();
        assert_eq!(told, 100, "ten seconds of changes without end");
        assert!(limiter.take(later(20_000)), "the last change is told too");
        assert_eq!((0..10).filter(|_| limiter.take(later(20_000))).count(), 2, "and rest earns no more than that");
    }
}
