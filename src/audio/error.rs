//! Why sound is not encoded, or not heard on this machine.

use crate::messages;
use crate::sync::SpawnError;
use std::fmt;

messages! {
    /// Why nothing is heard on the host's own machine: a clause, to stand inside a sentence.
    pub enum SpeakerError in speaker {
        no_device => NoDevice,
        busy => Busy { device: String },
        gone => Gone { device: String },
        not_allowed => NotAllowed { device: String },
        /// In the words of the sound system.
        not_opened => NotOpened { device: String, system: String },
    }
}

messages! {
    /// Why the audio thread does not start.
    pub enum AudioStartError in audio_start {
        no_encoder => NoEncoder { function: &'static str, code: i32, meaning: &'static str },
        no_thread => NoThread { cause: SpawnError },
    }
}

impl SpeakerError {
    /// What opening `device` came to.
    pub fn of_device(device: String, error: &cpal::Error) -> SpeakerError {
        match error.kind() {
            cpal::ErrorKind::DeviceBusy => SpeakerError::Busy { device },
            cpal::ErrorKind::DeviceNotAvailable => SpeakerError::Gone { device },
            cpal::ErrorKind::PermissionDenied => SpeakerError::NotAllowed { device },
            _ => SpeakerError::NotOpened { device, system: error.to_string() },
        }
    }
}

impl From<opus::Error> for AudioStartError {
    fn from(error: opus::Error) -> AudioStartError {
        AudioStartError::NoEncoder {
            function: error.function(),
            code: error.code() as i32,
            meaning: error.description(),
        }
    }
}

// Until every caller has an error of its own.
impl From<AudioStartError> for String {
    fn from(error: AudioStartError) -> String {
        error.to_string()
    }
}

/// Rates between which the crate `rubato` does not resample.
#[derive(Debug, Clone, PartialEq)]
pub struct ResampleError {
    pub from_hz: f64,
    pub to_hz: f64,
    pub cause: rubato::ResamplerConstructionError,
}

impl fmt::Display for ResampleError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "sound at {} Hz cannot be resampled to {} Hz: {}", self.from_hz, self.to_hz, self.cause)
    }
}

impl std::error::Error for ResampleError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Message, Spoken};

    #[test]
    fn what_is_wrong_with_a_device_is_said_in_the_readers_language() {
        let error = |kind| SpeakerError::of_device("HDMI".into(), &cpal::Error::new(kind));
        let chinese = Spoken::Chinese.texts();
        for kind in [
            cpal::ErrorKind::DeviceBusy,
            cpal::ErrorKind::DeviceNotAvailable,
            cpal::ErrorKind::PermissionDenied,
            cpal::ErrorKind::BackendError,
        ] {
            let (spoken, translated) = (error(kind).to_string(), error(kind).text(&chinese));
            assert!(spoken.contains("HDMI") && translated.contains("HDMI") && spoken != translated, "{translated}");
        }
    }
}
