//! From what peers hold to the input board: whose input counts, and how several hands on one seat are joined.

use super::connection::Connection;
use super::peer::Input;
use super::{InputUpdate, Session};
use crate::input::{KeySet, MAX_SEATS, MotionState, MouseMove, MouseState, PadState, Seat, SeatSet};
use crate::room::PeerId;

/// What one peer holds down now, whether it counts or not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    pads: [PadState; MAX_SEATS],
    keys: KeySet,
    mice: [MouseState; MAX_SEATS],
    /// None for a seat of which it has not told.
    motions: [Option<MotionState>; MAX_SEATS],
}

impl Held {
    /// Nothing, any more.
    pub fn release(&mut self) {
        *self = Held::default();
    }

    /// Nothing on seats that are not theirs (any more): a guest who sits down there later begins with nothing held.
    fn keep(&mut self, seats: SeatSet) {
        for seat in Seat::ALL.into_iter().filter(|seat| !seats.contains(*seat)) {
            self.pads[seat.index()] = PadState::default();
            self.mice[seat.index()] = MouseState::default();
            self.motions[seat.index()] = None;
        }
        if seats.is_empty() {
            self.keys = KeySet::EMPTY;
        }
    }
}

/// What the joined states owe to the past.
#[derive(Default)]
pub(super) struct InputRouter {
    /// Whose mouse moved last on each seat.
    movers: [Option<PeerId>; MAX_SEATS],
    /// Who told last how each seat is moved.
    tellers: [Option<PeerId>; MAX_SEATS],
    /// The seats on which nobody can tell.
    motionless: SeatSet,
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

impl<C: Connection> Session<C> {
    /// Something is held or let go by a peer.
    #[inline]
    pub(super) fn route(&mut self, id: PeerId, input: Input) {
        let Some(it) = self.peers.get_mut(&id) else { return };
        match input {
            Input::Pad(seat, pad) => {
                it.held.pads[seat.index()] = pad;
                if self.room.may_play(id, seat) {
                    self.route_pad(seat);
                }
            }
            Input::Keys(_, keys) => {
                it.held.keys = keys;
                self.route_keys();
            }
            Input::Mouse(seat, moved, state) => {
                let before = std::mem::replace(&mut it.held.mice[seat.index()], state);
                if self.room.may_play(id, seat) {
                    if moved != MouseMove::default() || place(before) != place(state) {
                        self.router.movers[seat.index()] = Some(id);
                    }
                    if moved != MouseMove::default() {
                        self.inputs.push_back(InputUpdate::MouseMoved(seat, moved));
                    }
                    self.route_mouse(seat);
                }
            }
            Input::Motion(seat, motion) => {
                it.held.motions[seat.index()] = Some(motion);
                if self.room.may_play(id, seat) && self.told.sensors.any(seat) {
                    self.router.tellers[seat.index()] = Some(id);
                    self.route_motion(seat);
                }
            }
        }
    }

    /// How a seat is moved, as the one says who told last and may. Two phones in two hands have nothing to join.
    fn route_motion(&mut self, seat: Seat) {
        let told = |id: &PeerId| self.peers.get(id).and_then(|it| it.held.motions[seat.index()]);
        let plays = |id: &PeerId| self.room.may_play(*id, seat);
        let last = self.router.tellers[seat.index()].filter(|id| plays(id) && told(id).is_some());
        let teller = last.or_else(|| self.peers.keys().copied().find(|id| plays(id) && told(id).is_some()));
        self.router.tellers[seat.index()] = teller;
        let motion = teller.and_then(|id| told(&id)).unwrap_or_default();
        self.inputs.push_back(InputUpdate::Motion(seat, self.told.sensors.wanted(seat, motion)));
    }

    /// Tells the core's side where nobody can tell motion, if that has changed.
    pub(super) fn follow_motionless(&mut self) {
        let motionless = self.room.seats().filter(|seat| self.room.is_local(*seat)).collect();
        if std::mem::replace(&mut self.router.motionless, motionless) != motionless {
            self.inputs.push_back(InputUpdate::Motionless(motionless));
        }
    }

    /// The joined state of everyone who plays on a seat.
    #[inline]
    fn route_pad(&mut self, seat: Seat) {
        let all = self.peers.iter().filter(|(id, _)| self.room.may_play(**id, seat));
        let pad = all.fold(PadState::default(), |all, (_, it)| all.merged(it.held.pads[seat.index()]));
        self.inputs.push_back(InputUpdate::Pad(seat, pad));
    }

    /// The same for mice: buttons are joined, and the one that moved last says where it is.
    fn route_mouse(&mut self, seat: Seat) {
        let all = self.peers.iter().filter(|(id, _)| self.room.may_play(**id, seat));
        let mover = self.router.movers[seat.index()];
        let state = joined(all.map(|(id, it)| (mover == Some(*id), it.held.mice[seat.index()])));
        self.inputs.push_back(InputUpdate::Mouse(seat, state));
    }

    /// The keyboard is one for the whole machine: all players may type on it.
    fn route_keys(&mut self) {
        let room = &self.room;
        let plays = |id: PeerId| room.seats().any(|seat| room.may_play(id, seat));
        let all = self.peers.iter().filter(|(id, it)| !it.held.keys.is_empty() && plays(**id));
        let keys = all.fold(KeySet::EMPTY, |all, (_, it)| all.union(it.held.keys));
        self.inputs.push_back(InputUpdate::Keyboard(keys));
    }

    /// Everything anew: who may play has changed.
    pub(super) fn route_all(&mut self) {
        for (&id, it) in &mut self.peers {
            it.held.keep(self.room.seats_of(id).collect());
        }
        for seat in Seat::ALL {
            self.route_pad(seat);
            self.route_mouse(seat);
            self.route_motion(seat);
        }
        self.route_keys();
        self.follow_motionless();
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
        let mut held = Held {
            pads: [pad; MAX_SEATS],
            keys: KeySet::EMPTY,
            mice: Default::default(),
            motions: [Some(MotionState::default()); MAX_SEATS],
        };
        held.keep([Seat::ALL[2]].into_iter().collect());
        assert!((0..MAX_SEATS).all(|seat| (held.pads[seat] == pad) == (seat == 2)));
        assert!((0..MAX_SEATS).all(|seat| held.motions[seat].is_some() == (seat == 2)));
    }
}
