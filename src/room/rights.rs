//! What somebody in the room may do.

use super::Want;
use crate::input::MAX_SEATS;
use serde::{Deserialize, Serialize};

/// What a link lets its bearer do with controllers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grant {
    /// Take any free seat.
    #[default]
    Any,
    /// Take this seat, also beside somebody.
    Seat(usize),
    /// Watch.
    Watch,
}

impl Grant {
    /// Whether a free seat of this number may be taken without asking anybody.
    pub fn allows(self, seat: usize) -> bool {
        match self {
            Grant::Any => true,
            Grant::Seat(own) => own == seat,
            Grant::Watch => false,
        }
    }

    /// What its bearer would like, having just come in.
    pub(super) fn wish(self) -> Option<Want> {
        match self {
            Grant::Any => Some(Want::Any),
            Grant::Seat(seat) => Some(Want::Seat(seat)),
            Grant::Watch => None,
        }
    }

    /// Whether everything that `other` allows is allowed by this too.
    pub fn covers(self, other: Grant) -> bool {
        self == Grant::Any || other == Grant::Watch || self == other
    }
}

impl Serialize for Grant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Grant::Any => to.serialize_str("any"),
            Grant::Watch => to.serialize_str("watch"),
            Grant::Seat(seat) => to.serialize_u64(*seat as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Grant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Grant, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Grant;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"any\", \"watch\" or a seat")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Grant, E> {
                match text {
                    "any" => Ok(Grant::Any),
                    "watch" => Ok(Grant::Watch),
                    _ => Err(E::custom("neither any nor watch")),
                }
            }
            fn visit_u64<E: serde::de::Error>(self, seat: u64) -> Result<Grant, E> {
                usize::try_from(seat)
                    .ok()
                    .filter(|&seat| seat < MAX_SEATS)
                    .map(Grant::Seat)
                    .ok_or_else(|| E::custom("no such seat"))
            }
        }
        from.deserialize_any(Visitor)
    }
}

/// One thing beside playing that a guest may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// Pause, go on, and the console's reset button.
    Pause,
    /// Save and load states.
    States,
    /// Put others on seats, and take them off.
    Seats,
    /// Make links for others.
    Invite,
}

impl Right {
    /// All of them.
    pub const ALL: [Right; 4] = [Right::Pause, Right::States, Right::Seats, Right::Invite];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of [`Right`]s. Guests begin with none: they play and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights(u8);

impl Rights {
    /// Whether this one is in it.
    pub fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// With this one, or without.
    #[must_use]
    pub fn with(self, right: Right, on: bool) -> Rights {
        Rights(if on { self.0 | right.bit() } else { self.0 & !right.bit() })
    }

    /// Those in it.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |&right| self.has(right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Rights {
        rights.into_iter().fold(Rights::default(), |all, right| all.with(right, true))
    }
}

impl Serialize for Rights {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Rights, D::Error> {
        Ok(Vec::<Right>::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_and_rights_are_written_as_the_page_reads_them() {
        let written = |grant| serde_json::to_string(&grant).expect("JSON");
        assert_eq!([Grant::Any, Grant::Watch, Grant::Seat(1)].map(written), ["\"any\"", "\"watch\"", "1"]);
        for grant in [Grant::Any, Grant::Watch, Grant::Seat(7)] {
            assert_eq!(serde_json::from_str::<Grant>(&written(grant)).ok(), Some(grant));
        }
        for bad in ["8", "-1", "1.5", "\"x\"", "null", "{}"] {
            assert!(serde_json::from_str::<Grant>(bad).is_err(), "{bad}");
        }
        let rights: Rights = [Right::Invite, Right::Pause].into_iter().collect();
        assert_eq!(serde_json::to_string(&rights).expect("JSON"), r#"["pause","invite"]"#);
    }

    #[test]
    fn nobody_can_pass_on_more_than_they_have() {
        assert!(Grant::Any.covers(Grant::Seat(3)) && Grant::Any.covers(Grant::Any));
        assert!(Grant::Seat(3).covers(Grant::Seat(3)) && Grant::Seat(3).covers(Grant::Watch));
        assert!(!Grant::Seat(3).covers(Grant::Any) && !Grant::Seat(3).covers(Grant::Seat(2)));
        assert!(!Grant::Watch.covers(Grant::Any) && !Grant::Watch.covers(Grant::Seat(0)));
    }
}
