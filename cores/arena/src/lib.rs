//! Emberdash: the game that comes with the program, for one to four players, with no content.
//!
//! Reading order: [`pad`] (what buttons mean), [`game`] (the rules), [`draw`] (the picture, a pure
//! function of the game), [`audio`] (the sound), [`machine`] (save states), and last the core that
//! libretro sees.
//!
//! Invariants:
//! - A frame depends on the machine's state and the four pads, on nothing else: no clock, no hash
//!   order, no libm.
//! - The pads polled for a frame are in that frame's picture.
//! - After loading, no frame allocates.

pub mod audio;
pub mod codec;
mod core;
pub mod draw;
pub mod game;
pub mod machine;
pub mod math;
pub mod pad;
pub mod rng;
