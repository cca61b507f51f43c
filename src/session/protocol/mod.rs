//! What page and host say to each other. Version 3; docs/protocol.md has the whole of it in prose.
//!
//! Everything that comes in is parsed here, once, into types that cannot hold nonsense.

mod from_page;
mod input;
mod on_screen;
mod to_page;

pub use from_page::{FromPage, FromPeer, Join, parse_control, parse_join, parse_page};
pub use input::{InputMessage, KeyMessage, MotionMessage, MouseMessage, PadMessage};
pub use on_screen::{OnScreen, OnScreenNow, ScreenLine};
pub use to_page::{
    ClosingCode, Controls, Discs, GameInfo, HostInfo, IceServer, PlayState, Presence, Problem, RefusedCode,
    SeatControls, SeatInfo, ToPage, ToPeer, TroubleCode, You,
};

/// The protocol's version.
pub const VERSION: u32 = 3;
/// The longest message on a carrier, in bytes.
pub const MAX_JOIN: usize = 64 << 10;
/// The longest line that says where a page may be reached, in bytes.
pub const MAX_CANDIDATE: usize = 512;
/// The longest message on the control channel, in bytes.
pub const MAX_CONTROL: usize = 16 << 10;
/// The most pad states in one input message.
pub const MAX_STATES: usize = 8;
/// The most keyboard states in one input message, and keys in one of them.
pub const MAX_KEYS: (usize, usize) = (4, 16);
