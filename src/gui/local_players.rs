//! The players at this machine: the host, and local guests with a gamepad or a set of keys of their own.

use crate::input::Seat;
use crate::room::LocalPlayer;
use std::collections::BTreeMap;

/// What a local guest plays with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// The second set of keys.
    SecondKeys,
    /// A gamepad, by [`Gamepad::id`].
    Pad(usize),
}

/// A gamepad that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gamepad {
    /// The same as long as it is plugged in, and again when it comes back.
    pub id: usize,
    /// As it calls itself.
    pub name: String,
}

/// A player beside the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalGuest {
    pub seat: Seat,
    /// As the others see it.
    pub name: String,
}

/// The host's seat, and the local guests. Every gamepad that no guest has is the host's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPlayers {
    /// The host's seat; none to watch.
    pub host: Option<Seat>,
    /// By what they play with.
    pub guests: BTreeMap<Device, LocalGuest>,
}

impl Default for LocalPlayers {
    fn default() -> Self {
        Self { host: Some(Seat::ALL[0]), guests: BTreeMap::new() }
    }
}

impl LocalPlayers {
    /// The seat that the input of `device` goes to.
    pub fn seat_of(&self, device: Device) -> Option<Seat> {
        match (self.guests.get(&device), device) {
            (Some(guest), _) => Some(guest.seat),
            (None, Device::Pad(_)) => self.host,
            (None, Device::SecondKeys) => None,
        }
    }

    /// A local guest plays with the second set of keys.
    pub fn has_second_keys(&self) -> bool {
        self.guests.contains_key(&Device::SecondKeys)
    }

    /// For the room, the host first. A guest whose gamepad is not plugged in holds no seat.
    pub fn locals(&self, host_name: &str, gamepads: &[Gamepad]) -> Vec<LocalPlayer> {
        let host = self.host.map(|seat| LocalPlayer { seat, name: host_name.to_owned() });
        let guests = self.present_guests(gamepads);
        let guests = guests.map(|(_, guest)| LocalPlayer { seat: guest.seat, name: guest.name.clone() });
        host.into_iter().chain(guests).collect()
    }

    /// Without those whose gamepad is not plugged in.
    pub fn present_guests(&self, gamepads: &[Gamepad]) -> impl Iterator<Item = (Device, &LocalGuest)> {
        let there = |device: &Device| match device {
            Device::SecondKeys => true,
            Device::Pad(id) => gamepads.iter().any(|pad| pad.id == *id),
        };
        self.guests.iter().map(|(device, guest)| (*device, guest)).filter(move |(device, _)| there(device))
    }

    /// For a game with this many seats. A host whose seat it lacks takes the first; guests are moved by hand, as two on one
    /// seat would be a surprise. True when the host was moved.
    pub fn fit(&mut self, seats: usize) -> bool {
        let lost = seats > 0 && self.host.is_some_and(|seat| seat.index() >= seats);
        if lost {
            self.host = Some(Seat::ALL[0]);
        }
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_guest_has_is_the_hosts_and_a_gamepad_that_is_gone_holds_no_seat() {
        let mut local_players = LocalPlayers::default();
        assert_eq!(local_players.seat_of(Device::Pad(3)), Some(Seat::ALL[0]));
        assert_eq!(local_players.seat_of(Device::SecondKeys), None);
        for (device, seat, name) in [(Device::Pad(3), 1, "Bob"), (Device::SecondKeys, 2, "Cleo")] {
            local_players.guests.insert(device, LocalGuest { seat: Seat::ALL[seat], name: name.into() });
        }
        assert_eq!(local_players.seat_of(Device::Pad(3)), Some(Seat::ALL[1]));
        let local = |seat: usize, name: &str| LocalPlayer { seat: Seat::ALL[seat], name: name.into() };
        let pad = Gamepad { id: 3, name: "Pad".into() };
        assert_eq!(local_players.locals("Ada", &[]), [local(0, "Ada"), local(2, "Cleo")]);
        local_players.host = None;
        assert_eq!(local_players.locals("Ada", &[pad]), [local(2, "Cleo"), local(1, "Bob")]);
    }

    #[test]
    fn a_host_whose_seat_the_game_lacks_takes_the_first_and_one_who_watches_stays_there() {
        let fitted = |host: Option<usize>, seats| {
            let host = host.and_then(Seat::new);
            let mut local_players = LocalPlayers { host, ..LocalPlayers::default() };
            (local_players.fit(seats), local_players.host.map(Seat::index))
        };
        assert_eq!(fitted(Some(2), 2), (true, Some(0)));
        assert_eq!(fitted(Some(1), 2), (false, Some(1)));
        assert_eq!(fitted(Some(2), 0), (false, Some(2)), "not known yet");
        assert_eq!(fitted(None, 2), (false, None));
    }
}
