//! Everyone connected to one running game: invites, seats and what each may do. Pure: it takes the time and randomness as
//! arguments, does no I/O, and decides for every message on its own.

use crate::input::MAX_SEATS;
use std::collections::BTreeMap;
use std::time::Duration;

/// A person's number in the room; never used twice.
pub type PeerId = u32;

/// The most peers in a room.
pub const MAX_PEERS: usize = 32;
/// The longest name, in characters.
pub const MAX_NAME: usize = 24;
/// How long the seat of somebody whose connection went away is kept.
pub const SEAT_KEPT: Duration = Duration::from_secs(60);

/// 128 random bits, as 22 characters of base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// From random bytes.
    pub fn new(random: [u8; 16]) -> Secret {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let number = u128::from_be_bytes(random);
        Secret((0..22).map(|digit| ALPHABET[(number >> (digit * 6) & 63) as usize] as char).collect())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares without telling by its duration how much was right.
    fn is(&self, other: &str) -> bool {
        let (a, b) = (self.0.as_bytes(), other.as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The invite is not one of ours (any more).
    BadInvite,
    /// [`MAX_PEERS`] are there.
    Full,
}

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Their number.
    pub id: PeerId,
    /// Their name, cleaned.
    pub name: String,
    /// Their seat.
    pub seat: Option<usize>,
    /// What they bring to come back. A returning person keeps theirs: the answer with a new one might never arrive.
    pub token: Secret,
    /// The same person's earlier connection, which is to be ended.
    pub replaces: Option<PeerId>,
    /// They came back to a seat that was kept for them.
    pub returned: bool,
}

/// Who holds a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Holder {
    Free,
    Host,
    Peer(PeerId),
    /// Kept for whoever brings this token, until then.
    Kept {
        token: Secret,
        name: String,
        until: Duration,
    },
}

#[derive(Debug, Clone)]
struct Member {
    name: String,
    token: Secret,
}

/// The room.
#[derive(Debug)]
pub struct Room {
    invite: Secret,
    host_name: Option<String>,
    seats: Vec<Holder>,
    members: BTreeMap<PeerId, Member>,
    next_id: PeerId,
}

impl Room {
    /// An empty room with `ports` seats. With a host who plays, seat 0 is theirs.
    pub fn new(invite: Secret, host_name: Option<String>, ports: usize) -> Room {
        let mut room = Room {
            invite,
            host_name: host_name.map(|name| clean_name(&name).unwrap_or_else(|| "Host".into())),
            seats: Vec::new(),
            members: BTreeMap::new(),
            next_id: 1,
        };
        room.set_ports(ports);
        room
    }

    /// The secret of the invite that seats whoever brings it.
    pub fn invite(&self) -> &Secret {
        &self.invite
    }

    /// The running game has this many controller ports. Players whose seat is gone watch until one is free.
    pub fn set_ports(&mut self, ports: usize) {
        self.seats.resize(ports.clamp(1, MAX_SEATS), Holder::Free);
        if self.host_name.is_some() && self.seats[0] == Holder::Free {
            self.seats[0] = Holder::Host;
        }
        self.fill_seats();
    }

    /// The host's own name.
    pub fn set_host_name(&mut self, name: &str) {
        if let (Some(host), Some(name)) = (&mut self.host_name, clean_name(name)) {
            *host = name;
        }
    }

    /// Whether this secret lets anybody in.
    pub fn admits(&self, secret: &str) -> bool {
        self.invite.is(secret)
    }

    /// Somebody brings an invite, and perhaps the token of an earlier stay.
    pub fn join(
        &mut self,
        secret: &str,
        name: &str,
        resume: Option<&str>,
        token: Secret,
        now: Duration,
    ) -> Result<Joined, Refusal> {
        if !self.admits(secret) {
            return Err(Refusal::BadInvite);
        }
        self.tick(now);
        let known = |token: &Secret| resume.is_some_and(|resume| token.is(resume));
        let replaces = self.members.iter().find(|(_, member)| known(&member.token)).map(|(&id, _)| id);
        if replaces.is_none() && self.members.len() >= MAX_PEERS {
            return Err(Refusal::Full);
        }
        let kept = self.seats.iter().position(|seat| match seat {
            Holder::Kept { token, .. } => known(token),
            Holder::Peer(id) => Some(*id) == replaces,
            _ => false,
        });
        // Matched by what they brought, so it is the same as what they have.
        let token = match (resume, replaces, kept) {
            (Some(_), None, Some(seat)) => match &self.seats[seat] {
                Holder::Kept { token, .. } => token.clone(),
                _ => token,
            },
            (Some(_), Some(old), _) => self.members.get(&old).map_or(token, |member| member.token.clone()),
            _ => token,
        };
        if let Some(old) = replaces {
            self.members.remove(&old);
        }
        let id = self.next_id;
        self.next_id += 1;
        let name = clean_name(name).unwrap_or_else(|| format!("Guest {id}"));
        self.members.insert(id, Member { name: name.clone(), token: token.clone() });
        if let Some(seat) = kept {
            self.seats[seat] = Holder::Peer(id);
        }
        self.fill_seats();
        Ok(Joined { id, name, seat: self.seat_of(id), token, replaces, returned: kept.is_some() })
    }

    /// Somebody's connection is gone. Their seat is kept for a while, unless `for_good`.
    pub fn leave(&mut self, id: PeerId, for_good: bool, now: Duration) {
        let Some(member) = self.members.remove(&id) else { return };
        for seat in &mut self.seats {
            if *seat == Holder::Peer(id) {
                *seat = if for_good {
                    Holder::Free
                } else {
                    Holder::Kept { token: member.token.clone(), name: member.name.clone(), until: now + SEAT_KEPT }
                };
            }
        }
        self.fill_seats();
    }

    /// Frees the seats whose time is up. True when anything changed.
    pub fn tick(&mut self, now: Duration) -> bool {
        let mut changed = false;
        for seat in &mut self.seats {
            if matches!(seat, Holder::Kept { until, .. } if *until <= now) {
                *seat = Holder::Free;
                changed = true;
            }
        }
        if changed {
            self.fill_seats();
        }
        changed
    }

    /// A new name; false when nothing is left of it.
    pub fn rename(&mut self, id: PeerId, name: &str) -> bool {
        match (self.members.get_mut(&id), clean_name(name)) {
            (Some(member), Some(name)) => {
                member.name = name;
                true
            }
            _ => false,
        }
    }

    /// Whether this peer's input for this seat counts.
    pub fn may_play(&self, id: PeerId, seat: usize) -> bool {
        self.seats.get(seat) == Some(&Holder::Peer(id))
    }

    /// The seat somebody holds.
    pub fn seat_of(&self, id: PeerId) -> Option<usize> {
        self.seats.iter().position(|seat| *seat == Holder::Peer(id))
    }

    /// Somebody's name.
    pub fn name_of(&self, id: PeerId) -> Option<&str> {
        self.members.get(&id).map(|member| member.name.as_str())
    }

    /// Everyone, in the order they came.
    pub fn members(&self) -> impl Iterator<Item = (PeerId, &str)> {
        self.members.iter().map(|(&id, member)| (id, member.name.as_str()))
    }

    /// Every seat: who holds it, by name and by number. The host has no number.
    pub fn seats(&self) -> impl Iterator<Item = (Option<&str>, Option<PeerId>)> {
        self.seats.iter().map(|seat| match seat {
            Holder::Free => (None, None),
            Holder::Host => (self.host_name.as_deref(), None),
            Holder::Peer(id) => (self.name_of(*id), Some(*id)),
            Holder::Kept { name, .. } => (Some(name.as_str()), None),
        })
    }

    /// Whoever waits longest gets the first free seat.
    fn fill_seats(&mut self) {
        let waiting: Vec<PeerId> = self.members.keys().copied().filter(|&id| self.seat_of(id).is_none()).collect();
        for id in waiting {
            match self.seats.iter_mut().find(|seat| **seat == Holder::Free) {
                Some(seat) => *seat = Holder::Peer(id),
                None => return,
            }
        }
    }
}

/// A name without control and formatting characters, trimmed and cut to [`MAX_NAME`]; none when nothing is left.
pub fn clean_name(name: &str) -> Option<String> {
    // Directional marks and other invisible characters would let one name pass for another, or turn the text around it.
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let clean: String = name.chars().filter(|&c| !invisible(c)).collect();
    let cut: String = clean.trim().chars().take(MAX_NAME).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Duration = Duration::ZERO;

    fn token(n: u8) -> Secret {
        Secret::new([n; 16])
    }

    fn room(host: bool, ports: usize) -> Room {
        Room::new(token(255), host.then(|| "Hanna".into()), ports)
    }

    fn join(room: &mut Room, n: u8, resume: Option<u8>, now: Duration) -> Joined {
        let invite = room.invite().as_str().to_owned();
        let resume = resume.map(|n| token(n).as_str().to_owned());
        room.join(&invite, &format!("P{n}"), resume.as_deref(), token(n), now).expect("let in")
    }

    #[test]
    fn the_friend_of_a_playing_host_is_player_two() {
        let mut room = room(true, 2);
        assert_eq!(join(&mut room, 1, None, T0).seat, Some(1));
        assert_eq!(join(&mut room, 2, None, T0).seat, None);
    }

    #[test]
    fn without_a_playing_host_the_first_is_player_one() {
        assert_eq!(join(&mut room(false, 2), 1, None, T0).seat, Some(0));
    }

    #[test]
    fn a_wrong_secret_is_refused() {
        let mut room = room(false, 2);
        for secret in ["", "x", token(3).as_str()] {
            assert_eq!(room.join(secret, "x", None, token(9), T0), Err(Refusal::BadInvite));
        }
        assert_eq!(room.members().count(), 0);
    }

    #[test]
    fn whoever_lost_the_connection_gets_the_seat_back_within_a_minute_and_not_after() {
        let mut room = room(false, 2);
        let first = join(&mut room, 1, None, T0);
        join(&mut room, 2, None, T0);
        room.leave(first.id, false, T0);
        assert_eq!(join(&mut room, 3, None, T0).seat, None, "the seat is kept");
        let back = join(&mut room, 4, Some(1), Duration::from_secs(59));
        assert_eq!((back.seat, back.returned), (Some(0), true));
        room.leave(back.id, false, Duration::from_secs(59));
        assert!(room.tick(Duration::from_secs(120)));
        let seats: Vec<_> = room.seats().map(|(name, _)| name.map(str::to_owned)).collect();
        assert_eq!(seats, [Some("P3".into()), Some("P2".into())], "the spectator moved up");
    }

    #[test]
    fn a_page_that_reloads_replaces_its_old_connection() {
        let mut room = room(false, 2);
        let first = join(&mut room, 1, None, T0);
        let again = join(&mut room, 2, Some(1), T0);
        assert_eq!(again.token, token(1), "the answer may be lost: what they have stays good");
        assert_eq!((again.replaces, again.seat), (Some(first.id), Some(0)));
        assert!(!room.may_play(first.id, 0));
        assert!(room.may_play(again.id, 0));
    }

    #[test]
    fn nobody_plays_on_a_seat_that_is_not_theirs() {
        let mut room = room(true, 4);
        let peer = join(&mut room, 1, None, T0);
        for seat in 0..20 {
            assert_eq!(room.may_play(peer.id, seat), seat == 1);
        }
        room.leave(peer.id, true, T0);
        assert!(!room.may_play(peer.id, 1));
    }

    #[test]
    fn fewer_ports_make_spectators_and_more_ports_players() {
        let mut room = room(false, 4);
        let peers: Vec<_> = (1..=4).map(|n| join(&mut room, n, None, T0).id).collect();
        room.set_ports(2);
        assert_eq!(room.seat_of(peers[3]), None);
        room.set_ports(4);
        assert_eq!(room.seat_of(peers[3]), Some(3));
    }

    #[test]
    fn a_full_room_says_so() {
        let mut room = room(false, 2);
        let invite = room.invite().as_str().to_owned();
        for n in 0..MAX_PEERS {
            room.join(&invite, "x", None, token(n as u8), T0).expect("let in");
        }
        assert_eq!(room.join(&invite, "x", None, token(200), T0), Err(Refusal::Full));
    }

    #[test]
    fn names_lose_what_does_not_belong_in_a_name() {
        assert_eq!(clean_name("  An\u{202e}n\n\u{7} "), Some("Ann".into()));
        assert_eq!(clean_name(&"é".repeat(60)).map(|n| n.chars().count()), Some(MAX_NAME));
        assert_eq!(clean_name("\u{200b}\t"), None);
        assert_eq!(clean_name("<b>小明</b>"), Some("<b>小明</b>".into()));
    }
}
