//! The machine in a world without processes and files.

mod core;
mod layers;
mod orders;
mod random;
mod time;
mod world;

use super::*;
use world::{SECOND, World, game};

/// Each name is another guest.
fn guest(name: &str) -> Guest {
    Guest { peer: crate::room::PeerId(name.bytes().map(u32::from).sum()), name: name.into() }
}

fn slot(number: u8) -> crate::game_command::Slot {
    crate::game_command::Slot::clamped(number)
}
