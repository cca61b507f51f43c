//! Soft patches: IPS, UPS and BPS beside a game, applied to a copy of it.
//!
//! Nothing here trusts a patch: every length is checked, and the result is bounded.

mod beside;
mod bps;
mod ips;
mod numbers;
mod ups;

#[cfg(test)]
mod tests;

pub use beside::{Applied, Patches, beside, read};

use crate::messages;
use serde::{Deserialize, Serialize};

/// A game and what becomes of it are held in memory, up to so many bytes each: games that are patched are cartridges, and discs
/// have tools of their own.
pub const MOST_BYTES: u64 = 512 << 20;
/// Of a patch.
pub const MOST_PATCH_BYTES: u64 = 128 << 20;

messages! {
    /// Why a patch was not applied: a clause.
    #[derive(Serialize, Deserialize)]
    pub enum PatchError in patch {
        not_a_patch => NotAPatch,
        damaged => Damaged,
        /// Its checksum says that it is for another game.
        other_game => OtherGame,
        /// What came out is not what it says.
        wrong_result => WrongResult,
        too_large => TooLarge,
        unreadable => Unreadable,
        /// Something that was patched before could not be kept.
        no_room => NoRoom,
    }
}

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ips,
    Bps,
    Ups,
}

impl Kind {
    /// In the order in which they are looked for, RetroArch's.
    pub const ALL: [Kind; 3] = [Kind::Ips, Kind::Bps, Kind::Ups];

    pub fn extension(self) -> &'static str {
        match self {
            Kind::Ips => "ips",
            Kind::Bps => "bps",
            Kind::Ups => "ups",
        }
    }
}

/// What `source` becomes by `patch`, whatever its name says of its format.
pub fn apply(source: &[u8], patch: &[u8]) -> Result<Vec<u8>, PatchError> {
    match patch {
        [b'P', b'A', b'T', b'C', b'H', ..] => ips::apply(source, patch),
        [b'B', b'P', b'S', b'1', ..] => bps::apply(source, patch),
        [b'U', b'P', b'S', b'1', ..] => ups::apply(source, patch),
        _ => Err(PatchError::NotAPatch),
    }
}
