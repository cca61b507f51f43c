//! The pipeline within this program, and what it shares with C.

#[path = "../common/rig.rs"]
mod rig;

mod encoder_memory;
mod every_change;
mod layouts;
