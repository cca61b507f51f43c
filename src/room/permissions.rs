//! What a guest may do.

use crate::game_command::GameCommand;
use crate::input::Seat;
use serde::{Deserialize, Serialize, Serializer};

/// A seat that a guest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatRequest {
    /// The next one that is free.
    Any,
    Seat(Seat),
}

impl SeatRequest {
    pub(super) fn accepts(self, seat: Seat) -> bool {
        self == SeatRequest::Any || self == SeatRequest::Seat(seat)
    }
}

impl Serialize for SeatRequest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            SeatRequest::Any => to.serialize_str("any"),
            SeatRequest::Seat(seat) => seat.serialize(to),
        }
    }
}

/// What a link lets its bearer do with controllers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeatGrant {
    /// Take any free seat.
    #[default]
    Any,
    /// Take this seat, also beside those who hold it.
    Seat(Seat),
    Watch,
}

impl SeatGrant {
    /// Whether this seat may be taken while it is free, without asking the host.
    pub fn allows(self, seat: Seat) -> bool {
        match self {
            SeatGrant::Any => true,
            SeatGrant::Seat(own) => own == seat,
            SeatGrant::Watch => false,
        }
    }

    /// The seat that its bearer asks for by coming in.
    pub(super) fn request(self) -> Option<SeatRequest> {
        match self {
            SeatGrant::Any => Some(SeatRequest::Any),
            SeatGrant::Seat(seat) => Some(SeatRequest::Seat(seat)),
            SeatGrant::Watch => None,
        }
    }

    /// Whether everything that `other` allows is allowed by this too.
    pub fn covers(self, other: SeatGrant) -> bool {
        self == SeatGrant::Any || other == SeatGrant::Watch || self == other
    }
}

impl Serialize for SeatGrant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            SeatGrant::Any => to.serialize_str("any"),
            SeatGrant::Watch => to.serialize_str("watch"),
            SeatGrant::Seat(seat) => seat.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for SeatGrant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<SeatGrant, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = SeatGrant;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"any\", \"watch\" or a seat")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SeatGrant, E> {
                match text {
                    "any" => Ok(SeatGrant::Any),
                    "watch" => Ok(SeatGrant::Watch),
                    _ => Err(E::custom("neither any nor watch")),
                }
            }
            fn visit_u64<E: serde::de::Error>(self, seat: u64) -> Result<SeatGrant, E> {
                let seat = usize::try_from(seat).ok().and_then(Seat::new);
                seat.map(SeatGrant::Seat).ok_or_else(|| E::custom("no such seat"))
            }
        }
        from.deserialize_any(Visitor)
    }
}

/// One thing beside playing that a guest may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Pause, go on, and the console's reset button.
    Pause,
    /// Save and load states.
    States,
    /// Fast-forward, slow motion, rewind, single frames.
    Time,
    /// Put others on seats, and take them off.
    Seats,
    /// Make links for others.
    Invite,
    /// Put another disc of the game in.
    Discs,
}

impl Permission {
    pub const ALL: [Permission; 6] = [
        Permission::Pause,
        Permission::States,
        Permission::Discs,
        Permission::Time,
        Permission::Seats,
        Permission::Invite,
    ];

    /// What a game command takes.
    pub fn of(command: GameCommand) -> Permission {
        match command {
            GameCommand::Pause | GameCommand::Resume | GameCommand::Reset => Permission::Pause,
            GameCommand::Flow(_) | GameCommand::StepFrame => Permission::Time,
            GameCommand::SaveState(_) | GameCommand::LoadState(_) => Permission::States,
            GameCommand::InsertDisc(_) => Permission::Discs,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of [`Permission`]s. Guests begin with none: they play and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u8);

impl Permissions {
    /// Whether this one is in it.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// With this one, or without.
    #[must_use]
    pub fn with(self, permission: Permission, on: bool) -> Permissions {
        Permissions(if on { self.0 | permission.bit() } else { self.0 & !permission.bit() })
    }

    /// Those in it.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |&permission| self.has(permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Permissions {
        permissions.into_iter().fold(Permissions::default(), |all, permission| all.with(permission, true))
    }
}

impl Serialize for Permissions {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Permissions, D::Error> {
        Ok(Vec::<Permission>::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(index: usize) -> SeatGrant {
        SeatGrant::Seat(Seat::ALL[index])
    }

    #[test]
    fn grants_and_permissions_are_written_as_the_page_reads_them() {
        let written = |grant| serde_json::to_string(&grant).expect("JSON");
        assert_eq!([SeatGrant::Any, SeatGrant::Watch, seat(1)].map(written), ["\"any\"", "\"watch\"", "1"]);
        for grant in [SeatGrant::Any, SeatGrant::Watch, seat(7)] {
            assert_eq!(serde_json::from_str::<SeatGrant>(&written(grant)).ok(), Some(grant));
        }
        for bad in ["8", "-1", "1.5", "\"x\"", "null", "{}"] {
            assert!(serde_json::from_str::<SeatGrant>(bad).is_err(), "{bad}");
        }
        let permissions: Permissions = [Permission::Invite, Permission::Pause].into_iter().collect();
        assert_eq!(serde_json::to_string(&permissions).expect("JSON"), r#"["pause","invite"]"#);
    }

    #[test]
    fn a_grant_covers_no_more_than_it_allows() {
        assert!(SeatGrant::Any.covers(seat(3)) && SeatGrant::Any.covers(SeatGrant::Any));
        assert!(seat(3).covers(seat(3)) && seat(3).covers(SeatGrant::Watch));
        assert!(!seat(3).covers(SeatGrant::Any) && !seat(3).covers(seat(2)));
        assert!(!SeatGrant::Watch.covers(SeatGrant::Any) && !SeatGrant::Watch.covers(seat(0)));
    }
}
