//! The people in the room, as the window and headless mode see them, and what the core calls their controls.

use super::play::StateWish;
use super::said::Said;
use super::snapshot::{ChatLine, GameState, HolderStatus, InviteStatus, Level, PeerStatus, RequestStatus, SeatStatus};
use super::worker::{Happening, Worker};
use crate::link::message::{ControlName, PortDevices, ToCore, Wants};
use crate::net::protocol::{Controls, SeatControls};
use crate::net::{NetEvent, NetStats, RoomNews, Talk};
use crate::room::Game;
use std::collections::BTreeMap;

/// Lines of chat that are kept.
const MAX_LINES: usize = 200;

/// The RetroPad's buttons as pages call them, in the order of libretro's numbers.
const BUTTONS: [&str; 16] =
    ["b", "y", "select", "start", "up", "down", "left", "right", "a", "x", "l", "r", "l2", "r2", "l3", "r3"];
/// The axes of its sticks: left x and y, right x and y.
const AXES: [&str; 4] = ["left_x", "left_y", "right_x", "right_y"];
/// `RETRO_DEVICE_JOYPAD` and `RETRO_DEVICE_ANALOG`; the upper bits make variants of a device.
const JOYPAD: u32 = 1;
const ANALOG: u32 = 5;
const KIND: u32 = 0xff;

/// What the pages are told of the controls.
pub(super) fn controls(ports: &[PortDevices], names: &[ControlName], wants: Wants) -> Controls {
    let device = |port: &PortDevices| {
        let named = port.types.iter().find(|(id, _)| *id == port.plugged);
        named.map(|(_, name)| name.clone()).unwrap_or_default()
    };
    let called = |seat: usize| -> BTreeMap<&'static str, String> {
        let of_seat = names.iter().filter(|name| name.seat == seat && !name.name.is_empty());
        of_seat.filter_map(|name| Some((control(name)?, name.name.clone()))).collect()
    };
    let seats = ports
        .iter()
        .enumerate()
        .map(|(seat, port)| SeatControls { seat, device: device(port), names: called(seat) })
        .collect();
    let wants = [
        (wants.keyboard, "keyboard"),
        (wants.mouse, "mouse"),
        (wants.lightgun, "lightgun"),
        (wants.pointer, "pointer"),
    ];
    Controls { seats, wants: wants.into_iter().filter(|(wanted, _)| *wanted).map(|(_, name)| name).collect() }
}

fn control(name: &ControlName) -> Option<&'static str> {
    match name.device & KIND {
        JOYPAD => BUTTONS.get(name.id as usize).copied(),
        ANALOG if name.index < 2 && name.id < 2 => AXES.get((name.index * 2 + name.id) as usize).copied(),
        _ => None,
    }
}

impl Worker {
    pub(super) fn follow_net(&mut self, event: NetEvent) {
        match event {
            NetEvent::Joined { id, name, seat } => self.happen(Happening::PeerJoined { id, name, seat }),
            NetEvent::Left { id, name } => self.happen(Happening::PeerLeft { id, name }),
            NetEvent::NoLink => {
                self.notice(Level::Warning, Said::NoMoreLinks);
            }
            NetEvent::Room(news) => self.follow_room(*news),
            NetEvent::Game { by, what, slot } => self.follow_wish(by, what, slot),
            NetEvent::Talk(talk) => {
                self.lines += 1;
                keep(&mut self.snapshot.chat, ChatLine { id: self.lines, talk: talk.clone() });
                self.happen(Happening::Talk(talk));
            }
            NetEvent::Lights(lights) => self.snapshot.lights = lights,
            NetEvent::Stats(stats) => self.follow_stats(stats),
        }
    }

    fn follow_room(&mut self, news: RoomNews) {
        self.snapshot.seats = news
            .seats
            .into_iter()
            .map(|seat| SeatStatus {
                seat: seat.seat,
                device: seat.device,
                holders: seat
                    .holders
                    .into_iter()
                    .map(|holder| HolderStatus { peer: holder.peer, name: holder.name, away: holder.away })
                    .collect(),
            })
            .collect();
        let old = std::mem::take(&mut self.snapshot.peers);
        let known = |id| old.iter().find(|peer| peer.id == id);
        self.snapshot.peers = news
            .people
            .into_iter()
            .map(|person| PeerStatus {
                id: person.peer,
                name: person.name,
                seats: person.seats,
                wants: person.wants,
                muted: person.muted,
                rights: person.rights,
                grant: person.grant,
                round_trip: known(person.peer).and_then(|peer| peer.round_trip),
                kbit_s: known(person.peer).map_or(0, |peer| peer.kbit_s),
                loss: known(person.peer).map_or(0.0, |peer| peer.loss),
                format: known(person.peer).and_then(|peer| peer.format),
            })
            .collect();
        self.snapshot.invites = news.invites.iter().map(|invite| InviteStatus::new(invite, &self.out.pages)).collect();
        let asked = |id| self.snapshot.requests.iter().any(|known| known.id == id);
        let new: Vec<_> = news.requests.iter().filter(|(id, _)| !asked(*id)).cloned().collect();
        self.snapshot.requests = news
            .requests
            .into_iter()
            .map(|(id, request)| RequestStatus {
                id,
                name: request.name,
                address: request.address,
                invite: request.invite,
            })
            .collect();
        self.snapshot.banned = news.banned;
        for (id, request) in new {
            self.happen(Happening::Request { id, name: request.name, address: request.address });
        }
    }

    /// Somebody who has the right wants something of the game.
    fn follow_wish(&mut self, by: String, what: Game, slot: u8) {
        match what {
            Game::Pause => {
                // Whoever pauses what is paused has not paused it.
                if let Some(running) = self.running.as_mut().filter(|it| it.state == GameState::Running) {
                    running.paused_by = Some(by);
                }
                self.tell_core(&ToCore::Pause);
            }
            Game::Resume => self.tell_core(&ToCore::Resume),
            Game::Reset => {
                self.notice(Level::Info, Said::ResetBy(by));
                self.tell_core(&ToCore::Reset);
            }
            Game::Save => self.state_wish(StateWish::Save(slot.min(9))),
            Game::Load => {
                self.notice(Level::Info, Said::LoadedBy(by, slot.min(9)));
                self.state_wish(StateWish::Load(slot.min(9)));
            }
        }
    }

    fn follow_stats(&mut self, stats: NetStats) {
        for peer in &mut self.snapshot.peers {
            if let Some(figures) = stats.peers.iter().find(|figures| figures.id == peer.id) {
                peer.round_trip = figures.round_trip;
                peer.kbit_s = figures.kbit_s;
                peer.loss = figures.loss;
                peer.format = Some(figures.format);
            }
        }
        self.snapshot.stats.sent = stats.frames_sent;
        (self.snapshot.stats.latency_p50_ms, self.snapshot.stats.latency_p99_ms) = stats.latency_ms;
        self.snapshot.stats.kbit_s = stats.peers.iter().map(|peer| peer.kbit_s).sum();
        self.net_stats = stats;
    }
}

impl InviteStatus {
    /// One link, as it is written for each address of this machine.
    pub(super) fn new(invite: &crate::room::Invite, pages: &[String]) -> InviteStatus {
        InviteStatus {
            id: invite.id,
            links: pages.iter().map(|page| format!("{page}#{}", invite.secret.as_str())).collect(),
            terms: invite.terms,
            by_guest: invite.maker.is_some(),
            used: invite.used,
            ends: invite.ends,
            code: invite.code.as_ref().map(|(digits, until)| (digits.as_str().to_owned(), *until)),
        }
    }
}

/// One more line, in the place of the oldest when there are enough. Nobody's words go for somebody's hearts.
fn keep(chat: &mut Vec<ChatLine>, line: ChatLine) {
    if chat.len() >= MAX_LINES {
        let reaction = |line: &ChatLine| matches!(line.talk, Talk::Reaction { .. });
        chat.remove(chat.iter().position(reaction).unwrap_or(0));
    }
    chat.push(line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Emoji;

    #[test]
    fn a_thousand_hearts_leave_what_was_said() {
        let mut chat = Vec::new();
        let said = |n: usize| Talk::Said { peer: None, name: "Ann".into(), text: n.to_string() };
        let heart = || Talk::Reaction {
            peer: None,
            name: "Bea".into(),
            emoji: Emoji::parse(crate::room::EMOJI[0]).expect("one that is known"),
        };
        (0..20).for_each(|n| keep(&mut chat, ChatLine { id: n as u64, talk: said(n) }));
        (20..1020).for_each(|id| keep(&mut chat, ChatLine { id, talk: heart() }));
        assert_eq!(chat.len(), MAX_LINES);
        assert!((0..20).all(|n| chat[n].talk == said(n)));
        (0..MAX_LINES).for_each(|n| keep(&mut chat, ChatLine { id: 2000, talk: said(n) }));
        assert!((0..MAX_LINES).all(|n| chat[n].talk == said(n)), "the oldest words go for newer ones");
    }

    #[test]
    fn controls_are_told_by_the_names_that_pages_know() {
        let name = |seat, device, index, id, name: &str| ControlName { seat, device, index, id, name: name.into() };
        let names = [
            name(0, JOYPAD, 0, 0, "Jump"),
            name(0, ANALOG, 1, 1, "Look up"),
            name(0, ANALOG, 2, 12, "Brake"),
            name(0, JOYPAD, 0, 99, "Nothing"),
            name(1, JOYPAD | 1 << 8, 0, 15, "Honk"),
        ];
        let port = |plugged| PortDevices { types: vec![(1, "Pad".into()), (257, "Wheel".into())], plugged };
        let wants = Wants { mouse: true, ..Wants::default() };
        let told = controls(&[port(1), port(257), port(9)], &names, wants);
        let devices: Vec<_> = told.seats.iter().map(|seat| seat.device.as_str()).collect();
        assert_eq!(devices, ["Pad", "Wheel", ""]);
        assert!(told.seats[0].names.iter().map(|(k, v)| (*k, v.as_str())).eq([("b", "Jump"), ("right_y", "Look up")]));
        assert!(told.seats[1].names.iter().map(|(k, v)| (*k, v.as_str())).eq([("r3", "Honk")]));
        assert_eq!(told.wants, ["mouse"]);
    }
}
