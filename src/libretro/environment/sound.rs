//! How the core's sound is fetched and heard. Microphones are here too: there is one, in a silent room.

use super::Environment;
use crate::libretro::callbacks;
use crate::libretro::sys::{self, Argument};

/// What friends hear is made at this rate, by Opus; a core that can choose saves the resampling.
const TARGET_RATE_HZ: u32 = 48_000;

impl Environment {
    /// The calls about sound; none when the command is not one.
    pub(super) fn sound_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_AUDIO_CALLBACK => {
                self.audio_callback = data.read::<sys::retro_audio_callback>().filter(|it| it.callback.is_some());
                true
            }
            sys::RETRO_ENVIRONMENT_SET_AUDIO_BUFFER_STATUS_CALLBACK => {
                let callback = data.read::<sys::retro_audio_buffer_status_callback>();
                self.buffer_status = callback.filter(|it| it.callback.is_some());
                true
            }
            // Sound is never waited for here, so a core that wants more of it in store has it already.
            sys::RETRO_ENVIRONMENT_SET_MINIMUM_AUDIO_LATENCY => true,
            sys::RETRO_ENVIRONMENT_GET_TARGET_SAMPLE_RATE => data.write(TARGET_RATE_HZ),
            sys::RETRO_ENVIRONMENT_GET_AUDIO_SAMPLE_BATCH_FLOAT => {
                data.write(sys::retro_audio_sample_float_callback { batch: Some(callbacks::audio_sample_batch_float) })
            }
            sys::RETRO_ENVIRONMENT_GET_MICROPHONE_INTERFACE => {
                let wanted = data.read::<sys::retro_microphone_interface>().map(|it| it.interface_version);
                wanted == Some(sys::RETRO_MICROPHONE_INTERFACE_VERSION) && data.write(callbacks::MICROPHONE)
            }
            _ => return None,
        })
    }
}
