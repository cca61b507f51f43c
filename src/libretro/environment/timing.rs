//! How fast the core runs, and for what.

use super::Environment;
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
            sys::RETRO_ENVIRONMENT_GET_FASTFORWARDING => data.write(false),
            sys::RETRO_ENVIRONMENT_GET_TARGET_REFRESH_RATE => data.write(self.video.fps as f32),
            sys::RETRO_ENVIRONMENT_GET_THROTTLE_STATE => {
                data.write(sys::retro_throttle_state { mode: sys::RETRO_THROTTLE_NONE, rate: self.video.fps as f32 })
            }
            _ => return None,
        })
    }
}
