//! Answers to what a core asks and tells through its environment callback.

use super::callbacks;
use super::devices;
use super::options::Options;
use super::sys::{self, Argument};
use crate::frame::{ASPECTS, MAX_SIDE, PixelFormat};
use crate::input::MAX_SEATS;
use crate::link::message::{self, AvInfo, ControlName, FromCore, PortDevices, Wants};
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
    /// What the core stated: 0 means the usual width by the usual height, as libretro.h has it.
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
        match self.base {
            _ if self.aspect > 0.0 => self.aspect,
            (0, _) | (_, 0) => width as f32 / height as f32,
            (width, height) => width as f32 / height as f32,
        }
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
    /// Called for every key that is pressed or released.
    pub keyboard: Option<sys::retro_keyboard_callback>,
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
    /// By [`Nonsense`].
    warned: [bool; 4],
    /// What can be plugged into each port, in the core's words.
    offered: Vec<Vec<(u32, String)>>,
    plugged: [u32; MAX_SEATS],
    controls: Vec<ControlName>,
    wants: Wants,
    news: News,
    out: SyncSender<FromCore>,
}

/// What a core can get wrong about its pictures. Each is warned of once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nonsense {
    /// A picture whose numbers cannot be.
    Picture,
    /// An aspect ratio.
    Aspect,
    /// A pixel format.
    Format,
    /// A frame rate.
    Rate,
}

/// What the host has not been told yet. A full queue drops log lines, but these are said again.
#[derive(Default)]
struct News {
    controllers: bool,
    controls: bool,
    wants: bool,
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
            keyboard: None,
            frame_time: None,
            missing: BTreeMap::new(),
            last_error: String::new(),
            core_name: core_path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            system_dir: c(system_dir),
            save_dir: c(save_dir),
            core_path: c(core_path),
            user_name: c"player".to_owned(),
            log_budget: LOG_LINES_PER_SECOND,
            warned: [false; 4],
            offered: Vec::new(),
            plugged: [sys::RETRO_DEVICE_JOYPAD; MAX_SEATS],
            controls: Vec::new(),
            wants: Wants::default(),
            news: News { controllers: true, ..News::default() },
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

    /// A warning of our own about the core, once for each kind of nonsense.
    pub fn warn(&mut self, about: Nonsense, what: &str) {
        if std::mem::replace(&mut self.warned[about as usize], true) {
            return;
        }
        let instead = match about {
            Nonsense::Picture => "such pictures are left out",
            Nonsense::Aspect | Nonsense::Format | Nonsense::Rate => "what it said before still counts",
        };
        self.tell(FromCore::Message(format!("{}: {what}; {instead}.", self.core_name)));
    }

    fn tell(&self, message: FromCore) {
        // Full means that the host is not reading: a log line is the least of its worries. The runner must not wait.
        if let Err(TrySendError::Disconnected(_)) = self.out.try_send(message) {
            // The host is gone; the control thread ends this process.
        }
    }

    /// Tells the host what it does not know yet of controllers and of what the core asks for. The runner calls this
    /// after every frame.
    pub fn tell_news(&mut self) {
        if self.news.controllers {
            self.news.controllers = self.out.try_send(FromCore::Controllers(self.controllers())).is_err();
        }
        if self.news.controls {
            self.news.controls = self.out.try_send(FromCore::Controls(self.controls.clone())).is_err();
        }
        if self.news.wants {
            self.news.wants = self.out.try_send(FromCore::Wants(self.wants)).is_err();
        }
    }

    fn controllers(&self) -> Vec<PortDevices> {
        let types = |port| self.offered.get(port).cloned().unwrap_or_default();
        (0..self.ports).map(|port| PortDevices { types: types(port), plugged: self.plugged[port] }).collect()
    }

    /// Takes note that `device` is to be plugged into `port`. False when there is no such port, or the core does not
    /// offer it there: cores do the strangest things with numbers that they do not know.
    pub fn plug(&mut self, port: u32, device: u32) -> bool {
        let port = port as usize;
        if port >= self.ports {
            return false;
        }
        let known = match self.offered.get(port) {
            _ if device == sys::RETRO_DEVICE_NONE || device == sys::RETRO_DEVICE_JOYPAD => true,
            Some(types) if !types.is_empty() => types.iter().any(|(id, _)| *id == device),
            // It does not say: one of libretro's own.
            _ => device <= sys::RETRO_DEVICE_POINTER,
        };
        if known {
            self.plugged[port] = device;
            self.news.controllers = true;
        }
        known
    }

    /// What is plugged into each port.
    pub fn plugged(&self) -> &[u32] {
        &self.plugged[..self.ports]
    }

    /// Takes note that the core asked for the state of a device; called thousands of times a second.
    pub fn asked_for(&mut self, device: u32) {
        let wanted = match device & sys::RETRO_DEVICE_MASK {
            sys::RETRO_DEVICE_KEYBOARD => &mut self.wants.keyboard,
            sys::RETRO_DEVICE_MOUSE => &mut self.wants.mouse,
            sys::RETRO_DEVICE_LIGHTGUN => &mut self.wants.lightgun,
            sys::RETRO_DEVICE_POINTER => &mut self.wants.pointer,
            _ => return,
        };
        if !std::mem::replace(wanted, true) {
            self.news.wants = true;
        }
    }

    fn set_ports(&mut self, ports: usize) {
        let ports = ports.clamp(1, MAX_SEATS);
        self.news.controllers |= ports != self.ports;
        self.ports = ports;
    }

    /// `SET_CONTROLLER_INFO`: one entry a port, and in it an array of devices.
    fn set_controller_info(&mut self, argument: Argument) -> bool {
        let ports = argument.list_of_at_most::<sys::retro_controller_info>(MAX_SEATS, |port| port.types.is_null());
        let types = |port: &sys::retro_controller_info| {
            let count = (port.num_types as usize).min(message::MAX_DEVICES);
            let types = sys::list_of_at_most(port.types, count, |_| false);
            types.iter().map(|device| (device.id, message::plain_name(&sys::text(device.desc)))).collect()
        };
        if !ports.is_empty() {
            let offered = ports.iter().map(types).collect();
            // Some cores say the same again and again.
            self.news.controllers |= self.offered != offered;
            self.offered = offered;
            self.set_ports(ports.len());
        }
        true
    }

    /// `SET_INPUT_DESCRIPTORS`. For cores without controller info it is also what tells the number of ports.
    fn set_input_descriptors(&mut self, argument: Argument) -> bool {
        let named = argument
            .list_of_at_most::<sys::retro_input_descriptor>(message::MAX_CONTROLS, |named| named.description.is_null());
        if let Some(last) = named.iter().map(|named| named.port as usize).max() {
            self.set_ports(self.ports.max(last.saturating_add(1)));
        }
        let control = |named: &sys::retro_input_descriptor| ControlName {
            seat: named.port as usize,
            device: named.device,
            index: named.index,
            id: named.id,
            name: message::plain_name(&sys::text(named.description)),
        };
        let controls = named.iter().filter(|named| (named.port as usize) < MAX_SEATS).map(control).collect();
        self.news.controls |= self.controls != controls;
        self.controls = controls;
        true
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
        match aspect {
            _ if ASPECTS.contains(&aspect) => self.video.aspect = aspect,
            _ if aspect.is_finite() && aspect <= 0.0 => self.video.aspect = 0.0,
            _ => self.warn(Nonsense::Aspect, &format!("it states an aspect ratio of {aspect}")),
        }
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
            sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT => {
                let raw = data.read::<u32>();
                match raw.and_then(PixelFormat::from_raw) {
                    Some(format) => self.video.format = format,
                    None => {
                        let raw = raw.map_or("nothing".to_owned(), |raw| raw.to_string());
                        self.warn(
                            Nonsense::Format,
                            &format!("it states pixel format {raw}, which is none of libretro's"),
                        );
                        return false;
                    }
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO => match data.read::<sys::retro_system_av_info>() {
                Some(info) => match self.set_av_info(&info) {
                    Ok(()) => true,
                    Err(why) => {
                        self.warn(Nonsense::Rate, &why);
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
            sys::RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS => self.set_input_descriptors(data),
            sys::RETRO_ENVIRONMENT_SET_CONTROLLER_INFO => self.set_controller_info(data),
            sys::RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK => {
                self.keyboard = data.read::<sys::retro_keyboard_callback>();
                if self.keyboard.is_some_and(|keyboard| keyboard.callback.is_some()) {
                    self.asked_for(sys::RETRO_DEVICE_KEYBOARD);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_GET_RUMBLE_INTERFACE => {
                data.write(sys::retro_rumble_interface { set_rumble_state: Some(callbacks::set_rumble_state) })
            }
            sys::RETRO_ENVIRONMENT_GET_LED_INTERFACE => {
                data.write(sys::retro_led_interface { set_led_state: Some(callbacks::set_led_state) })
            }
            sys::RETRO_ENVIRONMENT_GET_INPUT_MAX_USERS => data.write(MAX_SEATS as u32),
            sys::RETRO_ENVIRONMENT_GET_INPUT_BITMASKS => {
                // Asked both ways: with a bool to fill, and with NULL.
                data.is_null() || data.write(true)
            }
            sys::RETRO_ENVIRONMENT_GET_INPUT_DEVICE_CAPABILITIES => data.write(devices::CAPABILITIES),
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
    use std::sync::mpsc::Receiver;

    fn environment() -> Environment {
        heard_environment(8).0
    }

    fn heard_environment(queue: usize) -> (Environment, Receiver<FromCore>) {
        let (out, heard) = std::sync::mpsc::sync_channel(queue);
        let (system, saves) = (Path::new("/system"), Path::new("/saves"));
        (Environment::new(Path::new("/cores/x.so"), system, saves, Options::default(), out), heard)
    }

    fn news(environment: &mut Environment, heard: &Receiver<FromCore>) -> Vec<FromCore> {
        environment.tell_news();
        heard.try_iter().collect()
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

    fn port(types: &[sys::retro_controller_description]) -> sys::retro_controller_info {
        sys::retro_controller_info { types: types.as_ptr(), num_types: types.len() as u32 }
    }

    fn offered(names: &[(u32, &str)], plugged: u32) -> PortDevices {
        PortDevices { types: names.iter().map(|(id, name)| (*id, (*name).to_owned())).collect(), plugged }
    }

    #[test]
    fn controllers_are_told_with_their_names_and_what_is_plugged_in() {
        let (mut environment, heard) = heard_environment(8);
        let describe =
            |desc: &'static std::ffi::CStr, id| sys::retro_controller_description { desc: desc.as_ptr(), id };
        let first = [describe(c"Pa\x01d\n", 1), describe(c"Gun \xff", 260)];
        let second = [describe(c"Pad", 1)];
        let mut info = [port(&first), port(&second), sys::retro_controller_info::default()];
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_CONTROLLER_INFO, &mut info));
        assert_eq!(environment.ports, 2);
        let (pad_and_gun, pad) = ([(1, "Pad"), (260, "Gun \u{fffd}")], [(1, "Pad")]);
        let wanted = vec![offered(&pad_and_gun, 1), offered(&pad, 1)];
        assert_eq!(news(&mut environment, &heard), [FromCore::Controllers(wanted)]);
        assert!(news(&mut environment, &heard).is_empty());

        assert!(environment.plug(0, 260) && environment.plug(1, 0));
        for (port, device) in [(1, 260), (0, 2), (2, 1), (u32::MAX, 1)] {
            assert!(!environment.plug(port, device), "{device} in {port}");
        }
        assert_eq!(environment.plugged(), [260, 0]);
        let wanted = vec![offered(&pad_and_gun, 260), offered(&pad, 0)];
        assert_eq!(news(&mut environment, &heard), [FromCore::Controllers(wanted)]);
    }

    #[test]
    fn a_core_that_names_no_controllers_takes_those_of_libretro() {
        let mut environment = environment();
        assert!(environment.plug(1, sys::RETRO_DEVICE_MOUSE));
        assert!(!environment.plug(1, 7) && !environment.plug(1, 257));
    }

    #[test]
    fn more_controllers_than_there_are_seats_or_names_are_cut() {
        let (mut environment, heard) = heard_environment(8);
        let long = CString::new("x".repeat(3000)).expect("no NUL in it");
        let types = [sys::retro_controller_description { desc: long.as_ptr(), id: 5 }; 40];
        // Without an end mark: no more than eight are looked at.
        let mut info = [port(&types); MAX_SEATS];
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_CONTROLLER_INFO, &mut info));
        let name = "x".repeat(message::MAX_NAME);
        let wanted = vec![offered(&[(5, name.as_str()); message::MAX_DEVICES], 1); MAX_SEATS];
        assert_eq!(news(&mut environment, &heard), [FromCore::Controllers(wanted)]);
    }

    #[test]
    fn controls_are_told_with_their_names() {
        let (mut environment, heard) = heard_environment(8);
        let describe = |port, device, index, id, name: &'static std::ffi::CStr| sys::retro_input_descriptor {
            port,
            device,
            index,
            id,
            description: name.as_ptr(),
        };
        let mut named = [
            describe(0, 1, 0, 8, c"Jump"),
            describe(3, 5, 1, 1, c"Look\tup"),
            describe(9, 1, 0, 0, c"Nobody's"),
            sys::retro_input_descriptor::default(),
        ];
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS, &mut named));
        assert_eq!(environment.ports, MAX_SEATS);
        let control = |seat, device, index, id, name: &str| ControlName { seat, device, index, id, name: name.into() };
        let wanted = vec![control(0, 1, 0, 8, "Jump"), control(3, 5, 1, 1, "Lookup")];
        assert!(news(&mut environment, &heard).contains(&FromCore::Controls(wanted)));

        let mut many = [describe(0, 1, 0, 0, c"B"); message::MAX_CONTROLS];
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS, &mut many));
        let wanted = vec![control(0, 1, 0, 0, "B"); message::MAX_CONTROLS];
        assert_eq!(news(&mut environment, &heard), [FromCore::Controls(wanted)]);
    }

    #[test]
    fn what_the_core_asks_for_is_told_once_and_again_only_if_the_queue_was_full() {
        let (mut environment, heard) = heard_environment(1);
        environment.asked_for(sys::RETRO_DEVICE_JOYPAD);
        assert!(matches!(news(&mut environment, &heard)[..], [FromCore::Controllers(_)]));
        environment.asked_for(3 << 8 | sys::RETRO_DEVICE_MOUSE);
        environment.asked_for(sys::RETRO_DEVICE_MOUSE);
        environment.warn(Nonsense::Picture, "the queue is full");
        environment.tell_news();
        assert!(matches!(heard.try_iter().collect::<Vec<_>>()[..], [FromCore::Message(_)]));
        let mut wants = Wants { mouse: true, ..Wants::default() };
        assert_eq!(news(&mut environment, &heard), [FromCore::Wants(wants)]);
        assert!(news(&mut environment, &heard).is_empty());

        extern "C" fn hear(_down: bool, _code: u32, _character: u32, _modifiers: u16) {}
        let mut none = sys::retro_keyboard_callback { callback: None };
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK, &mut none));
        assert!(news(&mut environment, &heard).is_empty());
        let mut keyboard = sys::retro_keyboard_callback { callback: Some(hear) };
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK, &mut keyboard));
        wants.keyboard = true;
        assert_eq!(news(&mut environment, &heard), [FromCore::Wants(wants)]);
    }

    #[test]
    fn nonsense_about_pictures_is_warned_of_once_and_changes_nothing() {
        let (mut environment, heard) = heard_environment(16);
        environment.set_core_name("Odd core");
        let geometry = |aspect_ratio| sys::retro_game_geometry {
            base_width: 256,
            base_height: 224,
            max_width: 512,
            max_height: 448,
            aspect_ratio,
        };
        let timing = |fps| sys::retro_system_timing { fps, sample_rate: 44_100.0 };
        let mut said = sys::retro_system_av_info { geometry: geometry(1.5), timing: timing(50.0) };
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO, &mut said));
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 2u32));
        for _ in 0..3 {
            for aspect in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
                call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry(aspect));
            }
            for fps in [f64::NAN, f64::INFINITY, 0.0, -60.0] {
                let mut wrong = sys::retro_system_av_info { geometry: geometry(1.5), timing: timing(fps) };
                assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO, &mut wrong));
            }
            assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 77u32));
        }
        let video = environment.video;
        assert_eq!((video.aspect, video.fps, video.format), (1.5, 50.0, PixelFormat::Rgb565));
        let warnings: Vec<String> = heard
            .try_iter()
            .map(|told| match told {
                FromCore::Message(text) => text,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(warnings.len(), 3, "{warnings:?}");
        assert!(warnings.iter().all(|text| text.starts_with("Odd core: it states ")), "{warnings:?}");
    }

    #[test]
    fn without_an_aspect_ratio_the_usual_size_has_it() {
        let mut environment = environment();
        let mut geometry = sys::retro_game_geometry {
            base_width: 256,
            base_height: 224,
            max_width: 512,
            max_height: 448,
            aspect_ratio: 0.0,
        };
        call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry);
        // Twice as many pixels across on the same screen.
        assert_eq!(environment.video.aspect_of(512, 224), 256.0 / 224.0);
        (geometry.base_width, geometry.base_height) = (0, 0);
        call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry);
        assert_eq!(environment.video.aspect_of(512, 224), 512.0 / 224.0);
    }

    #[test]
    fn motors_lamps_and_capabilities_are_offered() {
        let mut environment = environment();
        let mut rumble = sys::retro_rumble_interface::default();
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_RUMBLE_INTERFACE, &mut rumble));
        assert!(rumble.set_rumble_state.is_some());
        let mut led = sys::retro_led_interface::default();
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_LED_INTERFACE, &mut led));
        assert!(led.set_led_state.is_some());
        let mut capabilities = 0u64;
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_INPUT_DEVICE_CAPABILITIES, &mut capabilities));
        assert_eq!(capabilities, 0b111_1110);
    }
}
