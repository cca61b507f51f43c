//! Who sits at this machine, and what each of them holds: the host, and guests with a controller or keys of their own.

use crate::room::Local;
use std::collections::BTreeMap;

/// Something to play with that a guest at this machine can have for themselves.
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

/// Somebody beside the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalGuest {
    /// Their seat.
    pub seat: usize,
    /// What the others call them.
    pub name: String,
}

/// All of them. What is nobody's own is the host's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPlayers {
    /// The host's own seat; none to watch.
    pub host: Option<usize>,
    /// The guests, by what they hold.
    pub guests: BTreeMap<Device, LocalGuest>,
}

impl Default for LocalPlayers {
    fn default() -> Self {
        Self { host: Some(0), guests: BTreeMap::new() }
    }
}

impl LocalPlayers {
    /// Where what is held of `device` goes.
    pub fn seat_of(&self, device: Device) -> Option<usize> {
        match (self.guests.get(&device), device) {
            (Some(guest), _) => Some(guest.seat),
            (None, Device::Pad(_)) => self.host,
            (None, Device::SecondKeys) => None,
        }
    }

    /// The second set of keys is in use.
    pub fn has_second_keys(&self) -> bool {
        self.guests.contains_key(&Device::SecondKeys)
    }

    /// What the room is told: the host first. A guest whose gamepad is not plugged in sits nowhere.
    pub fn locals(&self, host_name: &str, gamepads: &[Gamepad]) -> Vec<Local> {
        let host = self.host.map(|seat| Local { seat, name: host_name.to_owned() });
        let guests = self.present_guests(gamepads);
        let guests = guests.map(|(_, guest)| Local { seat: guest.seat, name: guest.name.clone() });
        host.into_iter().chain(guests).collect()
    }

    /// The guests who have something to play with now.
    pub fn present_guests(&self, gamepads: &[Gamepad]) -> impl Iterator<Item = (Device, &LocalGuest)> {
        let there = |device: &Device| match device {
            Device::SecondKeys => true,
            Device::Pad(id) => gamepads.iter().any(|pad| pad.id == *id),
        };
        self.guests.iter().map(|(device, guest)| (*device, guest)).filter(move |(device, _)| there(device))
    }

    /// The game has this many seats. A host whose seat it lacks takes the first; guests are moved by hand, as two on one
    /// seat would be a surprise. True when that changed anything.
    pub fn fit(&mut self, seats: usize) -> bool {
        let lost = seats > 0 && self.host.is_some_and(|seat| seat >= seats);
        if lost {
            self.host = Some(0);
        }
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nobodys_own_is_the_hosts_and_a_gamepad_that_is_gone_holds_no_seat() {
        let mut local_players = LocalPlayers::default();
        assert_eq!(local_players.seat_of(Device::Pad(3)), Some(0));
        assert_eq!(local_players.seat_of(Device::SecondKeys), None);
        for (device, seat, name) in [(Device::Pad(3), 1, "Bob"), (Device::SecondKeys, 2, "Cleo")] {
            local_players.guests.insert(device, LocalGuest { seat, name: name.into() });
        }
        assert_eq!(local_players.seat_of(Device::Pad(3)), Some(1));
        let local = |seat, name: &str| Local { seat, name: name.into() };
        let pad = Gamepad { id: 3, name: "Pad".into() };
        assert_eq!(local_players.locals("Ada", &[]), [local(0, "Ada"), local(2, "Cleo")]);
        local_players.host = None;
        assert_eq!(local_players.locals("Ada", &[pad]), [local(2, "Cleo"), local(1, "Bob")]);
    }

    #[test]
    fn a_host_whose_seat_the_game_lacks_takes_the_first_and_one_who_watches_stays_there() {
        let fitted = |host, seats| {
            let mut local_players = LocalPlayers { host, ..LocalPlayers::default() };
            (local_players.fit(seats), local_players.host)
        };
        assert_eq!(fitted(Some(2), 2), (true, Some(0)));
        assert_eq!(fitted(Some(1), 2), (false, Some(1)));
        assert_eq!(fitted(Some(2), 0), (false, Some(2)), "not known yet");
        assert_eq!(fitted(None, 2), (false, None));
    }
}
