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
//!  |                             | -- frame ring ->| video      convert, one encoder per rendition   |
//!  | runner: pace, poll, run     | -- audio ring ->| audio      resample, Opus, speaker              |
//!  |                             |<- input board --| net        UDP socket, page, WebSocket          |
//!  |                             |<- messages ---->| session    peers (str0m), room; no I/O          |
//!  +-----------------------------+                 +------------------------------------------------+
//! ```
//!
//! What must stay true is in ARCHITECTURE.md. The modules, in reading order: each uses only modules above it
//! (`tests/arrows.rs` holds what each uses).

pub mod text;

pub mod content;

pub mod frame;
pub mod input;
pub mod packet;
pub mod rate_limit;
pub mod sync;

pub mod link;

pub mod files;
pub mod layers;

pub mod sandbox;

pub mod libretro;

pub mod crash;
pub mod game_command;

pub mod emulator;

pub mod record;

pub mod audio;
pub mod video;

pub mod room;

pub mod session;

pub mod net;

pub mod awake;
pub mod library;

pub mod downloads;

pub mod settings;
pub mod signals;
pub mod usage;

pub mod meet;

pub mod engine;

#[cfg(feature = "window")]
pub mod gui;
pub mod headless;
pub mod tools;
