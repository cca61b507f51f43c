//! Sound: from the core's samples to the speaker and to Opus, on a thread of its own.

mod error;
mod resample;
mod speaker;
mod test_tone;
mod thread;

pub use error::{AudioStartError, SpeakerError};
pub use speaker::{SpeakerHandle, SpeakerSlot, SpeakerStatus};
pub use thread::{AudioControl, AudioOutputs, AudioThread, ToneOutcome, start};
