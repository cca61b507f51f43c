//! Answers to what a core asks and tells through its environment callback.

use super::options::Options;
use super::sys::{self, Argument};
use crate::frame::{MAX_SIDE, PixelFormat};
use crate::input::MAX_SEATS;
use crate::link::message::{AvInfo, FromCore};
use std::collections::BTreeMap;
use std::ffi::{CString, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError};

/// How the core wants its pictures understood.
#[derive(Debug, Clone, Copy)]
pub struct Video {
    /// Pixel layout.
    pub format: PixelFormat,
    /// Quarter turns counter-clockwise.
    pub rotation: u32,
    /// What the core stated: 0 or less means width by height.
    pub aspect: f32,
    /// Usual size.
    pub base: (u32, u32),
    /// Largest promised size.
    pub max_width: u32,
    /// Largest promised size.
    pub max_height: u32,
    /// Frames a second.
    pub fps: f64,
    /// Samples a second.
    pub sample_rate: f64,
}

impl Video {
    /// The display aspect ratio of a picture of this size, before rotation.
    pub fn aspect_of(&self, width: u32, height: u32) -> f32 {
        if self.aspect > 0.0 { self.aspect } else { width as f32 / height as f32 }
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

/// The front end's answers, and what the core said so far.
pub struct Environment {
    /// What is known of its pictures.
    pub video: Video,
    /// Its options.
    pub options: Options,
    /// Rate or size changed: the runner looks at `video` after the frame.
    pub av_changed: bool,
    /// It runs without content.
    pub supports_no_game: bool,
    /// It asked to end.
    pub shutdown: bool,
    /// Controller ports.
    pub ports: usize,
    /// Called before each frame with the time since the last, in microseconds.
    pub frame_time: Option<sys::retro_frame_time_callback>,
    /// Calls that we do not have.
    pub missing: BTreeMap<u32, u64>,
    /// What went wrong while loading, in the core's own last words.
    pub last_error: String,
    core_name: String,
    system_dir: CString,
    save_dir: CString,
    core_path: CString,
    user_name: CString,
    log_budget: u32,
    out: SyncSender<FromCore>,
}

impl Environment {
    /// For the core at `core_path`; what it says goes to `out`, which drops log lines when full.
    pub fn new(
        core_path: &Path,
        system_dir: &Path,
        save_dir: &Path,
        options: Options,
        out: SyncSender<FromCore>,
    ) -> Environment {
        let c = |path: &Path| CString::new(path.as_os_str().as_bytes()).unwrap_or_default();
        Environment {
            video: Video {
                format: PixelFormat::default(),
                rotation: 0,
                aspect: 0.0,
                base: (0, 0),
                max_width: 0,
                max_height: 0,
                fps: 60.0,
                sample_rate: 48_000.0,
            },
            options,
            av_changed: false,
            supports_no_game: false,
            shutdown: false,
            ports: 2,
            frame_time: None,
            missing: BTreeMap::new(),
            last_error: String::new(),
            core_name: core_path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            system_dir: c(system_dir),
            save_dir: c(save_dir),
            core_path: c(core_path),
            user_name: c"player".to_owned(),
            log_budget: LOG_LINES_PER_SECOND,
            out,
        }
    }

    /// The core's name for messages, once it is known.
    pub fn set_core_name(&mut self, name: &str) {
        name.clone_into(&mut self.core_name);
    }

    /// Allows log lines again; the runner calls this once a second.
    pub fn refill_log_budget(&mut self) {
        self.log_budget = LOG_LINES_PER_SECOND;
    }

    /// A line of the core's.
    pub fn log(&mut self, level: u32, text: &str) {
        if level >= sys::RETRO_LOG_ERROR && !text.is_empty() {
            text.clone_into(&mut self.last_error);
        }
        if self.log_budget > 0 {
            self.log_budget -= 1;
            self.tell(FromCore::Log { level, text: text.to_owned() });
        }
    }

    /// A warning of our own about the core.
    pub fn warn(&mut self, what: &str) {
        let text = format!("{}: {what}; such pictures are left out.", self.core_name);
        self.tell(FromCore::Message(text));
    }

    fn tell(&self, message: FromCore) {
        // Full means that the host is not reading: a log line is the least of its worries. The runner must not wait.
        if let Err(TrySendError::Disconnected(_)) = self.out.try_send(message) {
            // The host is gone; the control thread ends this process.
        }
    }

    /// Takes over timing and sizes from the core, checked. Err says what makes no sense.
    pub fn set_av_info(&mut self, info: &sys::retro_system_av_info) -> Result<(), String> {
        let (timing, geometry) = (info.timing, info.geometry);
        if !timing.fps.is_finite() || !(1.0..=1000.0).contains(&timing.fps) {
            return Err(format!("it states a frame rate of {} Hz", timing.fps));
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
        self.video.aspect = if aspect.is_finite() && (0.01..=100.0).contains(&aspect) { aspect } else { 0.0 };
        // Some cores say the same every frame.
        self.av_changed |= before != (self.video.base, self.video.aspect);
    }

    /// What the host should know of sizes and rates.
    pub fn av_info(&self) -> AvInfo {
        self.video.av_info()
    }

    /// One environment call.
    pub fn call(&mut self, command: u32, data: Argument) -> bool {
        match command {
            sys::RETRO_ENVIRONMENT_SET_ROTATION => {
                self.video.rotation = data.read::<u32>().unwrap_or(0) % 4;
                true
            }
            sys::RETRO_ENVIRONMENT_GET_OVERSCAN => data.write(false),
            sys::RETRO_ENVIRONMENT_GET_CAN_DUPE => data.write(true),
            sys::RETRO_ENVIRONMENT_SET_MESSAGE => {
                let message = data.read::<sys::retro_message>();
                self.message(message.map(|message| message.msg))
            }
            sys::RETRO_ENVIRONMENT_SET_MESSAGE_EXT => {
                let message = data.read::<sys::retro_message_ext>();
                self.message(message.map(|message| message.msg))
            }
            sys::RETRO_ENVIRONMENT_GET_MESSAGE_INTERFACE_VERSION => data.write(1u32),
            sys::RETRO_ENVIRONMENT_SHUTDOWN => {
                self.shutdown = true;
                true
            }
            sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT => match data.read::<u32>().and_then(PixelFormat::from_raw) {
                Some(format) => {
                    self.video.format = format;
                    true
                }
                None => false,
            },
            sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO => match data.read::<sys::retro_system_av_info>() {
                Some(info) => match self.set_av_info(&info) {
                    Ok(()) => true,
                    Err(why) => {
                        self.warn(&why);
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
            sys::RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS => {
                let named = data.list::<sys::retro_input_descriptor>(|d| d.description.is_null());
                if let Some(last) = named.iter().map(|d| d.port as usize).max() {
                    self.ports = self.ports.max(last + 1).min(MAX_SEATS);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CONTROLLER_INFO => {
                let ports = data.list::<sys::retro_controller_info>(|port| port.types.is_null()).len();
                if ports > 0 {
                    self.ports = ports.min(MAX_SEATS);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_GET_INPUT_MAX_USERS => data.write(MAX_SEATS as u32),
            sys::RETRO_ENVIRONMENT_GET_INPUT_BITMASKS => {
                // Asked both ways: with a bool to fill, and with NULL.
                data.is_null() || data.write(true)
            }
            sys::RETRO_ENVIRONMENT_GET_INPUT_DEVICE_CAPABILITIES => {
                data.write(1u64 << sys::RETRO_DEVICE_JOYPAD | 1u64 << sys::RETRO_DEVICE_ANALOG)
            }
            sys::RETRO_ENVIRONMENT_GET_LOG_INTERFACE => {
                data.write(sys::retro_log_callback { log: Some(sys::hotseat_core_log_variadic) })
            }
            sys::RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY => data.write(self.system_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY => data.write(self.save_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_CORE_ASSETS_DIRECTORY => data.write(self.system_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_LIBRETRO_PATH => data.write(self.core_path.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_USERNAME => data.write(self.user_name.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_LANGUAGE => data.write(sys::RETRO_LANGUAGE_ENGLISH),
            sys::RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME => {
                self.supports_no_game = data.read::<bool>().unwrap_or(false);
                true
            }
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
            // Taken note of: nothing has to be done for them.
            sys::RETRO_ENVIRONMENT_SET_PERFORMANCE_LEVEL
            | sys::RETRO_ENVIRONMENT_SET_SUBSYSTEM_INFO
            | sys::RETRO_ENVIRONMENT_SET_MEMORY_MAPS
            | sys::RETRO_ENVIRONMENT_SET_SUPPORT_ACHIEVEMENTS
            | sys::RETRO_ENVIRONMENT_SET_SERIALIZATION_QUIRKS
            | sys::RETRO_ENVIRONMENT_SET_MINIMUM_AUDIO_LATENCY
            | sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_DISPLAY => true,
            _ => match self.option_call(command, data) {
                Some(answer) => answer,
                None => {
                    *self.missing.entry(command & 0xffff).or_insert(0) += 1;
                    false
                }
            },
        }
    }

    /// The calls about core options; none when the command is not one.
    fn option_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_GET_CORE_OPTIONS_VERSION => data.write(2u32),
            sys::RETRO_ENVIRONMENT_GET_VARIABLE => self.get_variable(data),
            sys::RETRO_ENVIRONMENT_GET_VARIABLE_UPDATE => {
                let changed = self.options.take_changed();
                data.write(changed)
            }
            sys::RETRO_ENVIRONMENT_SET_VARIABLES => {
                self.options.declare_variables(data);
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS => {
                self.options.declare_v1(data.pointer());
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_INTL => {
                if let Some(all) = data.read::<sys::retro_core_options_intl>() {
                    self.options.declare_v1(all.us);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2 => {
                if let Some(options) = data.read::<sys::retro_core_options_v2>() {
                    self.options.declare_v2(&options);
                }
                // False would mean that categories are not shown, which is so, but cores then declare again the old way.
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2_INTL => {
                let all = data.read::<sys::retro_core_options_v2_intl>();
                if let Some(options) = all.and_then(|all| sys::follow(all.us.cast_const())) {
                    self.options.declare_v2(&options);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_VARIABLE => self.options.set_by_core(data),
            _ => return None,
        })
    }

    fn get_variable(&mut self, data: Argument) -> bool {
        let Some(mut variable) = data.read::<sys::retro_variable>() else {
            return false;
        };
        let value = self.options.get(&sys::text(variable.key));
        variable.value = value.unwrap_or(std::ptr::null::<c_char>());
        data.write(variable) && value.is_some()
    }

    fn message(&mut self, text: Option<*const c_char>) -> bool {
        let text = text.map(sys::text).unwrap_or_default();
        if !text.is_empty() && self.log_budget > 0 {
            self.log_budget -= 1;
            self.tell(FromCore::Message(text));
        }
        true
    }
}

/// What a core may log in a second; the rest is dropped.
const LOG_LINES_PER_SECOND: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::c_void;

    fn environment() -> Environment {
        let (out, _) = std::sync::mpsc::sync_channel(8);
        Environment::new(Path::new("/cores/x.so"), Path::new("/system"), Path::new("/saves"), Options::default(), out)
    }

    fn call<T>(environment: &mut Environment, command: u32, value: &mut T) -> bool {
        #[allow(unsafe_code)]
        // SAFETY: a valid, writable T, and each test passes the type of its call.
        let argument = unsafe { Argument::new(std::ptr::from_mut(value).cast::<c_void>()) };
        environment.call(command, argument)
    }

    #[test]
    fn geometry_with_an_absurd_aspect_ratio_falls_back_to_square_pixels() {
        for aspect in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e9] {
            let mut environment = environment();
            let mut geometry = sys::retro_game_geometry {
                base_width: 320,
                base_height: 240,
                max_width: 1,
                max_height: 1,
                aspect_ratio: aspect,
            };
            assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry));
            assert_eq!(environment.video.aspect_of(320, 240), 320.0 / 240.0);
        }
    }

    #[test]
    fn a_frame_rate_that_is_no_number_is_refused_and_the_old_one_kept() {
        let mut environment = environment();
        for fps in [f64::NAN, 0.0, -60.0, 1e12] {
            let mut info = sys::retro_system_av_info::default();
            info.timing.fps = fps;
            assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO, &mut info));
        }
        assert_eq!(environment.video.fps, 60.0);
    }

    #[test]
    fn a_pixel_format_that_does_not_exist_is_refused() {
        let mut environment = environment();
        assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 7u32));
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 1u32));
        assert_eq!(environment.video.format, PixelFormat::Xrgb8888);
    }

    #[test]
    fn calls_that_we_lack_are_counted_and_null_arguments_survived() {
        let mut environment = environment();
        #[allow(unsafe_code)]
        // SAFETY: null is allowed.
        let null = unsafe { Argument::new(std::ptr::null_mut()) };
        for command in 0..200 {
            environment.call(command, null);
        }
        assert_eq!(environment.missing.get(&199), Some(&1));
        assert!(!environment.missing.contains_key(&sys::RETRO_ENVIRONMENT_SET_VARIABLES));
        for command in 0..200 {
            environment.call(command | sys::RETRO_ENVIRONMENT_EXPERIMENTAL, null);
        }
        assert_eq!(environment.missing.get(&199), Some(&2));
    }
}
