//! From what peers hold to the input board: whose input counts, and how several hands on one seat are joined.

use super::peer::{PeerNews, Press};
use super::protocol::ToPeer;
use super::thread::Worker;
use crate::input::{KeySet, MAX_SEATS, MouseMove, MouseState, PadState, Rumble};
use crate::link::board::Lane;
use crate::room::PeerId;

/// What one peer holds down now, whether it counts or not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    pads: [PadState; MAX_SEATS],
    keys: KeySet,
    mice: [MouseState; MAX_SEATS],
}

impl Held {
    /// Nothing, any more.
    pub fn release(&mut self) {
        *self = Held::default();
    }

    /// Nothing on seats that are not theirs (any more): whoever sits down there later begins with nothing held.
    fn keep(&mut self, seats: u32) {
        for seat in (0..MAX_SEATS).filter(|seat| seats >> seat & 1 == 0) {
            self.pads[seat] = PadState::default();
            self.mice[seat] = MouseState::default();
        }
        if seats == 0 {
            self.keys = KeySet::EMPTY;
        }
    }
}

fn place(mouse: MouseState) -> (i16, i16, bool) {
    (mouse.x, mouse.y, mouse.over)
}

/// Several mice on one seat, and which of them moved last: that one says where it is if it is over the picture.
fn joined(mice: impl Iterator<Item = (bool, MouseState)>) -> MouseState {
    let rank = |(moved, mouse): (bool, MouseState)| u8::from(mouse.over) * 2 + u8::from(moved);
    let mut shown = None;
    let mut buttons = 0;
    for mouse in mice {
        buttons |= mouse.1.buttons;
        if shown.is_none_or(|before| rank(mouse) > rank(before)) {
            shown = Some(mouse);
        }
    }
    MouseState { buttons, ..shown.map(|(_, mouse)| mouse).unwrap_or_default() }
}

impl Worker {
    /// Inputs straight to the board; everything else waits for its turn. True if there were any.
    pub(super) fn press_news(&mut self) -> bool {
        if !self.news.iter().any(|(_, news)| matches!(news, PeerNews::Press(_))) {
            return false;
        }
        let mut news = std::mem::take(&mut self.news);
        news.retain(|(id, news)| match news {
            PeerNews::Press(press) => {
                self.press(*id, *press);
                false
            }
            _ => true,
        });
        news.append(&mut self.news);
        self.news = news;
        true
    }

    fn press(&mut self, id: PeerId, press: Press) {
        let board = &self.ports.board;
        let Some(connection) = self.peers.get_mut(&id) else { return };
        match press {
            Press::Pad(seat, pad) => {
                connection.held.pads[seat] = pad;
                if self.ports.room.may_play(id, seat) {
                    self.press_pad(seat);
                }
            }
            Press::Keys(_, keys) => {
                connection.held.keys = keys;
                self.press_keys();
            }
            Press::Mouse(seat, moved, state) => {
                let before = std::mem::replace(&mut connection.held.mice[seat], state);
                if self.ports.room.may_play(id, seat) {
                    if moved != MouseMove::default() || place(before) != place(state) {
                        self.movers[seat] = Some(id);
                    }
                    board.move_mouse(Lane::Remote, seat, moved);
                    self.press_mouse(seat);
                }
            }
        }
    }

    /// The joined state of everyone who plays on a seat.
    fn press_pad(&self, seat: usize) {
        let room = &self.ports.room;
        let all = self.peers.iter().filter(|(id, _)| room.may_play(**id, seat));
        let pad = all.fold(PadState::default(), |all, (_, it)| all.merged(it.held.pads[seat]));
        self.ports.board.set(Lane::Remote, seat, pad);
    }

    /// The same for mice: buttons are joined, and the one that moved last says where it is.
    fn press_mouse(&self, seat: usize) {
        let room = &self.ports.room;
        let all = self.peers.iter().filter(|(id, _)| room.may_play(**id, seat));
        let state = joined(all.map(|(id, it)| (self.movers[seat] == Some(*id), it.held.mice[seat])));
        self.ports.board.set_mouse(Lane::Remote, seat, state);
    }

    /// The keyboard is one for the whole machine: whoever plays may type on it.
    fn press_keys(&self) {
        let room = &self.ports.room;
        let plays = |id: PeerId| (0..room.ports()).any(|seat| room.may_play(id, seat));
        let all = self.peers.iter().filter(|(id, it)| !it.held.keys.is_empty() && plays(**id));
        let keys = all.fold(KeySet::EMPTY, |all, (_, it)| all.union(it.held.keys));
        self.ports.board.set_keyboard(Lane::Remote, &keys);
    }

    /// Everything anew: who may play has changed.
    pub(super) fn press_all(&mut self) {
        let room = &self.ports.room;
        for (&id, connection) in &mut self.peers {
            connection.held.keep(room.seats_of(id).fold(0, |all, seat| all | 1 << seat));
        }
        for seat in 0..MAX_SEATS {
            self.press_pad(seat);
            self.press_mouse(seat);
        }
        self.press_keys();
    }

    /// Seats with anything held, at the host's machine or far away, one bit each.
    pub(super) fn held_seats(&self) -> u32 {
        self.ports.board.held_seats()
    }

    /// Motors and lamps, when the core has changed them.
    pub(super) fn pass_feedback_on(&mut self) {
        for seat in 0..MAX_SEATS {
            let rumble = self.ports.feedback.rumble(seat);
            if rumble == self.rumbles[seat] {
                continue;
            }
            self.rumbles[seat] = rumble;
            let Rumble { strong, weak } = rumble;
            let there: Vec<PeerId> = self.ports.room.holders(seat).filter_map(|holder| holder.peer).collect();
            for id in there {
                self.say_to(id, &ToPeer::Rumble { seat, strong, weak });
            }
        }
        let leds = self.ports.feedback.leds();
        if leds != self.leds {
            self.leds = leds;
            self.say_all(&ToPeer::Leds { on: leds });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_mouse_on_a_shared_seat_takes_nothing_from_the_other() {
        let aims = MouseState { x: 100, y: -5, buttons: MouseState::LEFT, over: true };
        let idle = MouseState::default();
        let other = MouseState { x: 7, buttons: MouseState::RIGHT, ..aims };
        for all in [[(true, aims), (false, idle)], [(false, idle), (true, aims)], [(true, idle), (false, aims)]] {
            assert_eq!(joined(all.into_iter()), aims);
        }
        let both = MouseState { buttons: MouseState::LEFT | MouseState::RIGHT, ..other };
        assert_eq!(joined([(false, aims), (true, other)].into_iter()), both);
        assert_eq!(joined(std::iter::empty()), idle);
    }

    #[test]
    fn nothing_is_held_on_a_seat_that_was_given_up() {
        let pad = PadState { buttons: 5, ..PadState::default() };
        let mut held = Held { pads: [pad; MAX_SEATS], keys: KeySet::EMPTY, mice: Default::default() };
        held.keep(1 << 2);
        assert!((0..MAX_SEATS).all(|seat| (held.pads[seat] == pad) == (seat == 2)));
    }
}
