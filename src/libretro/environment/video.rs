//! Sizes, formats and rates of the core's pictures.

use super::Environment;
use crate::frame::{ASPECTS, MAX_SIDE, PixelFormat};
use crate::libretro::sys::{self, Argument};
use crate::libretro::{callbacks, hw};
use crate::link::message::{AvInfo, HardwareProblem, InvalidVideo};

/// How the core wants its pictures understood.
#[derive(Debug, Clone, Copy)]
pub struct Video {
    pub format: PixelFormat,
    /// Quarter turns counter-clockwise.
    pub rotation: u32,
    /// What the core stated, for the picture as it looks after rotation: so do beetle-wswan, mame2003-plus and FBNeo, and
    /// so does RetroArch take it. 0 means the usual width by the usual height, as libretro.h has it.
    pub aspect: f32,
    /// The usual width and height, in pixels.
    pub base: (u32, u32),
    /// The largest size that the core stated or sent, in pixels. Only told: arcade and Mega Drive cores send more than they
    /// state, other front ends show it, and there is room for it.
    pub max_width: u32,
    pub max_height: u32,
    /// In Hz.
    pub fps: f64,
    /// In Hz.
    pub sample_rate: f64,
}

impl Video {
    /// The display aspect ratio of a picture of this size, after rotation.
    pub fn aspect_of(&self, width: u32, height: u32) -> f32 {
        let upright = match self.base {
            _ if self.aspect > 0.0 => return self.aspect,
            (0, _) | (_, 0) => width as f32 / height as f32,
            (width, height) => width as f32 / height as f32,
        };
        if self.rotation % 2 == 1 { 1.0 / upright } else { upright }
    }

    /// A picture of this size came.
    pub fn grow_to(&mut self, width: u32, height: u32) {
        self.max_width = self.max_width.max(width);
        self.max_height = self.max_height.max(height);
    }

    /// The largest size that the core stated or sent.
    pub fn largest(&self) -> (u32, u32) {
        (self.max_width, self.max_height)
    }

    fn av_info(&self) -> AvInfo {
        AvInfo {
            base_width: self.base.0,
            base_height: self.base.1,
            max_width: self.max_width,
            max_height: self.max_height,
            aspect: self.aspect,
            fps: self.fps,
            sample_rate: self.sample_rate,
        }
    }
}

impl Environment {
    /// Takes over timing and sizes from the core, checked. What was stated before counts if they make no sense.
    pub fn set_av_info(&mut self, info: &sys::retro_system_av_info) -> Result<(), InvalidVideo> {
        let (timing, geometry) = (info.timing, info.geometry);
        if !timing.fps.is_finite() || !(1.0..=1000.0).contains(&timing.fps) {
            return Err(InvalidVideo::Rate { hz: timing.fps.to_string() });
        }
        // Silent cores exist; their rate only has to be a number.
        let rate = if (1_000.0..=400_000.0).contains(&timing.sample_rate) { timing.sample_rate } else { 48_000.0 };
        let side = |value: u32| value.clamp(1, MAX_SIDE);
        self.video.max_width = side(geometry.max_width.max(geometry.base_width));
        self.video.max_height = side(geometry.max_height.max(geometry.base_height));
        self.video.fps = timing.fps;
        self.video.sample_rate = rate;
        self.set_geometry(&geometry);
        self.av_changed = true;
        Ok(())
    }

    /// The new size and aspect ratio. The promised maximum stays, as libretro.h has it.
    fn set_geometry(&mut self, geometry: &sys::retro_game_geometry) {
        let before = (self.video.base, self.video.aspect);
        self.video.base = (geometry.base_width.min(MAX_SIDE), geometry.base_height.min(MAX_SIDE));
        let aspect = geometry.aspect_ratio;
        match aspect {
            _ if ASPECTS.contains(&aspect) => self.video.aspect = aspect,
            _ if aspect.is_finite() && aspect <= 0.0 => self.video.aspect = 0.0,
            _ => self.warn(InvalidVideo::Aspect { aspect: aspect.to_string() }),
        }
        // Some cores say the same every frame.
        self.av_changed |= before != (self.video.base, self.video.aspect);
    }

    /// What the host should know of sizes and rates.
    pub fn av_info(&self) -> AvInfo {
        self.video.av_info()
    }

    /// The calls about pictures; none when the command is not one.
    pub(super) fn video_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_ROTATION => {
                self.video.rotation = data.read::<u32>().unwrap_or(0) % 4;
                true
            }
            sys::RETRO_ENVIRONMENT_GET_OVERSCAN => data.write_bool(false),
            sys::RETRO_ENVIRONMENT_GET_CAN_DUPE => data.write_bool(true),
            sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT => {
                let raw = data.read::<u32>();
                let format = raw.and_then(PixelFormat::from_raw);
                match format {
                    Some(format) => self.video.format = format,
                    None => {
                        let format = raw.map_or("nothing".to_owned(), |raw| raw.to_string());
                        self.warn(InvalidVideo::Format { format });
                    }
                }
                format.is_some()
            }
            sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO => match data.read::<sys::retro_system_av_info>() {
                Some(info) => match self.set_av_info(&info) {
                    Ok(()) => true,
                    Err(problem) => {
                        self.warn(problem);
                        false
                    }
                },
                None => false,
            },
            sys::RETRO_ENVIRONMENT_SET_GEOMETRY => match data.read::<sys::retro_game_geometry>() {
                Some(geometry) => {
                    self.set_geometry(&geometry);
                    true
                }
                None => false,
            },
            _ => return None,
        })
    }

    /// The calls about drawing with the graphics card; none when the command is not one that is answered with yes.
    pub(super) fn hardware_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_HW_RENDER => data
                .read::<sys::retro_hw_render_callback>()
                .is_some_and(|wanted| self.set_hardware(&wanted) && data.write(with_our_functions(wanted))),
            // What the core draws with is its own at all times: nothing of ours is left in its state.
            sys::RETRO_ENVIRONMENT_SET_HW_SHARED_CONTEXT => true,
            sys::RETRO_ENVIRONMENT_GET_PREFERRED_HW_RENDER => {
                let there = hw::is_there();
                let preferred = if there { sys::RETRO_HW_CONTEXT_OPENGL_CORE } else { sys::RETRO_HW_CONTEXT_NONE };
                data.write(preferred) && there
            }
            // Version 0: there is none. The answer itself is still yes, as libretro.h has it.
            sys::RETRO_ENVIRONMENT_GET_HW_RENDER_CONTEXT_NEGOTIATION_INTERFACE_SUPPORT => {
                let asked = data.read::<sys::retro_hw_render_context_negotiation_interface>();
                asked.is_some_and(|asked| {
                    data.write(sys::retro_hw_render_context_negotiation_interface { interface_version: 0, ..asked })
                })
            }
            _ => return None,
        })
    }

    /// Gets the core what it wants to draw with. False: it cannot be had, and the core may ask for something else.
    fn set_hardware(&mut self, wanted: &sys::retro_hw_render_callback) -> bool {
        if wanted.context_type == sys::RETRO_HW_CONTEXT_NONE {
            self.no_hardware = None;
            return hw::withdraw();
        }
        let api = hw::api_name(wanted);
        self.no_hardware = match hw::Request::of(wanted) {
            None => Some(NoHardware::NotOffered { api }),
            Some(request) => hw::ask(request, api).err().map(NoHardware::NotThere),
        };
        self.no_hardware.is_none()
    }
}

/// Why a core did not get what it asked to draw with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoHardware {
    /// By the name that its makers give it.
    NotOffered {
        api: String,
    },
    NotThere(HardwareProblem),
}

fn with_our_functions(wanted: sys::retro_hw_render_callback) -> sys::retro_hw_render_callback {
    sys::retro_hw_render_callback {
        get_current_framebuffer: Some(callbacks::current_framebuffer),
        get_proc_address: Some(callbacks::proc_address),
        ..wanted
    }
}
