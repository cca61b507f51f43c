//! The machine in a world without processes and files.

mod core;
mod orders;
mod random;
mod world;

use super::*;
use world::{SECOND, World, game};

fn slot(number: u8) -> crate::game_command::Slot {
    crate::game_command::Slot::clamped(number)
}
