//! How fast the core runs, for what, and what is odd about its states.

use super::Environment;
use super::calls::OLD_SET_SERIALIZATION_QUIRKS;
use crate::libretro::sys::{self, Argument};

impl Environment {
    /// The calls about time; none when the command is not one.
    pub(super) fn timing_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_FRAME_TIME_CALLBACK => {
                self.frame_time = data.read::<sys::retro_frame_time_callback>();
                true
            }
            // 3: both picture and sound are wanted.
            sys::RETRO_ENVIRONMENT_GET_AUDIO_VIDEO_ENABLE => data.write(3i32),
            sys::RETRO_ENVIRONMENT_GET_FASTFORWARDING => data.write_bool(false),
            sys::RETRO_ENVIRONMENT_GET_TARGET_REFRESH_RATE => data.write(self.video.fps as f32),
            sys::RETRO_ENVIRONMENT_GET_THROTTLE_STATE => {
                data.write(sys::retro_throttle_state { mode: sys::RETRO_THROTTLE_NONE, rate: self.video.fps as f32 })
            }
            // States are made to be kept, and to go on from after a crash.
            sys::RETRO_ENVIRONMENT_GET_SAVESTATE_CONTEXT => data.write(sys::RETRO_SAVESTATE_CONTEXT_NORMAL),
            sys::RETRO_ENVIRONMENT_SET_SERIALIZATION_QUIRKS | OLD_SET_SERIALIZATION_QUIRKS => self.set_quirks(data),
            _ => return None,
        })
    }

    /// The core says what is odd about its states, and is told which of that is heeded here.
    fn set_quirks(&mut self, data: Argument) -> bool {
        let Some(quirks) = data.read::<u64>() else { return false };
        self.quirks = quirks;
        // States that grow are made room for anew each time; the rest are facts about files, which stay on this machine.
        data.write(quirks | u64::from(sys::RETRO_SERIALIZATION_QUIRK_FRONT_VARIABLE_SIZE))
    }

    /// Whether a frame has to run before a state can be put back.
    pub fn runs_before_states(&self) -> bool {
        self.quirks & u64::from(sys::RETRO_SERIALIZATION_QUIRK_MUST_INITIALIZE) != 0
    }
}
