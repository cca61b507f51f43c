//! Sound: from the core's samples to the speaker and to Opus, on a thread of its own.

mod resample;
mod speaker;
mod thread;

pub use speaker::{NewestEnd, SpeakerHandle, SpeakerStatus};
pub use thread::{AudioControl, AudioPorts, AudioThread, start};

/// Samples a second inside the program and on the wire.
pub const RATE_HZ: u32 = 48_000;
/// Sample pairs in a block: 10 ms, one Opus packet.
pub const BLOCK: usize = 480;
