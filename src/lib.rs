//! Hotseat: host a retro game for friends.
//!
//! A libretro core runs in a process of its own; the host process shows its picture, plays its sound, and streams both
//! over WebRTC to friends who open a link in a browser and take the other controllers.
//!
//! ```text
//!  core process: one per running game,              host process: window or headless
//!  may crash or hang
//!  +-----------------------------+  shared memory  +------------------------------------------------+
//!  | libretro core               |                 | gui        preview (wgpu), panels, dialogs      |
//!  |                             | -- frame ring ->| video      convert, encode once for all peers   |
//!  | runner: pace, poll, run     | -- audio ring ->| audio      resample, Opus, speaker              |
//!  |                             |<- input board --| net        str0m peers, room, one UDP socket    |
//!  |                             |<- messages ---->| signaling  page and WebSocket                   |
//!  +-----------------------------+                 +------------------------------------------------+
//! ```
//!
//! What must stay true is in ARCHITECTURE.md. The modules, in reading order; arrows between them go one way, upwards:

pub mod frame;
pub mod input;
pub mod packet;
pub mod rate_limit;
pub mod sync;

pub mod link;

pub mod libretro;

pub mod text;

pub mod crash;
pub mod game_command;

pub mod emulator;

pub mod video;

pub mod audio;

pub mod record;

pub mod room;

pub mod session;

pub mod net;

pub mod files;
pub mod library;
pub mod settings;

pub mod engine;

#[cfg(feature = "window")]
pub mod gui;
pub mod headless;
pub mod signals;
pub mod tools;
pub mod usage;
