//! How fast the core runs, for what, and what is odd about its states.

use super::Environment;
use super::calls::OLD_SET_SERIALIZATION_QUIRKS;
use crate::libretro::sys::{self, Argument};
use crate::libretro::tempo::MOST_FRAMES;
use crate::link::message::Tempo;

/// What a core wants of the speed that it is run at: some are slow to start, and know when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FastOverride {
    /// It wants to be fast.
    pub fast: bool,
    /// As fast as this, 0 for as fast as can be; none leaves it to the front end.
    pub factor: Option<u32>,
    /// Whether people may make it fast is not up to them now.
    pub inhibit: bool,
}

impl Environment {
    /// The calls about time; none when the command is not one.
    pub(super) fn timing_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_FRAME_TIME_CALLBACK => {
                self.frame_time = data.read::<sys::retro_frame_time_callback>();
                true
            }
            sys::RETRO_ENVIRONMENT_GET_AUDIO_VIDEO_ENABLE => data.write(self.wanted_now()),
            sys::RETRO_ENVIRONMENT_GET_FASTFORWARDING => data.write_bool(matches!(self.tempo, Tempo::Fast(_))),
            sys::RETRO_ENVIRONMENT_SET_FASTFORWARDING_OVERRIDE => self.override_speed(data),
            sys::RETRO_ENVIRONMENT_GET_TARGET_REFRESH_RATE => data.write(self.video.fps as f32),
            sys::RETRO_ENVIRONMENT_GET_THROTTLE_STATE => data.write(self.throttle()),
            sys::RETRO_ENVIRONMENT_GET_SAVESTATE_CONTEXT => data.write(match self.quick_state {
                true => sys::RETRO_SAVESTATE_CONTEXT_RUNAHEAD_SAME_INSTANCE,
                // States are made to be kept, and to go on from after a crash.
                false => sys::RETRO_SAVESTATE_CONTEXT_NORMAL,
            }),
            sys::RETRO_ENVIRONMENT_SET_SERIALIZATION_QUIRKS | OLD_SET_SERIALIZATION_QUIRKS => self.set_quirks(data),
            _ => return None,
        })
    }

    /// What is wanted of what the core does now: as RetroArch has it, except that the sound of the frame that counts is heard, not
    /// that of the frame that is seen. Sound goes on after a state was put back, so it is never disabled for good.
    fn wanted_now(&self) -> i32 {
        let bit = |wanted: bool, bit: sys::retro_av_enable_flags| if wanted { bit.cast_signed() } else { 0 };
        bit(self.picture_wanted, sys::RETRO_AV_ENABLE_VIDEO)
            | bit(self.run.is_heard(), sys::RETRO_AV_ENABLE_AUDIO)
            | bit(self.quick_state, sys::RETRO_AV_ENABLE_FAST_SAVESTATES)
    }

    /// `RETRO_SERIALIZATION_QUIRK_*`.
    pub fn quirks(&self) -> u64 {
        self.quirks
    }

    /// What holds the game back now, and the frames a second that come of it, 0 where nobody knows.
    fn throttle(&self) -> sys::retro_throttle_state {
        let fps = self.video.fps as f32;
        let (mode, rate) = match self.tempo {
            _ if self.stepping => (sys::RETRO_THROTTLE_FRAME_STEPPING, 0.0),
            Tempo::Normal => (sys::RETRO_THROTTLE_NONE, fps),
            Tempo::Fast(factor) => (sys::RETRO_THROTTLE_FAST_FORWARD, fps * factor as f32),
            Tempo::Slow(parts) => (sys::RETRO_THROTTLE_SLOW_MOTION, fps / parts.max(1) as f32),
            Tempo::Rewind => (sys::RETRO_THROTTLE_REWINDING, fps),
        };
        sys::retro_throttle_state { mode, rate }
    }

    /// The core wants to be fast, or not any more. Without an argument it asks whether that is possible.
    fn override_speed(&mut self, data: Argument) -> bool {
        let Some(wanted) = data.read::<sys::retro_fastforwarding_override>() else { return data.is_null() };
        if !wanted.ratio.is_finite() {
            return false;
        }
        let factor = match wanted.ratio {
            ratio if ratio < 0.0 => None,
            ratio if ratio < 1.0 => Some(0),
            ratio => Some((ratio.round() as u32).clamp(1, MOST_FRAMES)),
        };
        let inhibit = wanted.inhibit_toggle != 0;
        self.fast_override = Some(FastOverride { fast: wanted.fastforward != 0, factor, inhibit })
            .filter(|wanted| wanted.fast || wanted.inhibit);
        true
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
