//! The C side: what libretro-sys lacks or has wrong, and every call into the front end.

use std::collections::VecDeque;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::{Mutex, PoisonError};

pub use libretro_sys::{
    API_VERSION, AudioSampleBatchFn, AudioSampleFn, EnvironmentFn, GameGeometry, GameInfo, InputDescriptor,
    InputPollFn, InputStateFn, MEMORY_SAVE_RAM, SystemAvInfo, SystemInfo, SystemTiming, Variable, VideoRefreshFn,
};
use libretro_sys::{
    DEVICE_ANALOG, DEVICE_ID_ANALOG_X, DEVICE_ID_ANALOG_Y, DEVICE_ID_JOYPAD_R3, DEVICE_ID_LIGHTGUN_START,
    DEVICE_ID_LIGHTGUN_TRIGGER, DEVICE_ID_MOUSE_HORIZ_WHEELDOWN, DEVICE_ID_MOUSE_HORIZ_WHEELUP, DEVICE_ID_MOUSE_LEFT,
    DEVICE_ID_MOUSE_MIDDLE, DEVICE_ID_MOUSE_RIGHT, DEVICE_ID_MOUSE_WHEELDOWN, DEVICE_ID_MOUSE_WHEELUP,
    DEVICE_ID_MOUSE_X, DEVICE_ID_MOUSE_Y, DEVICE_ID_POINTER_PRESSED, DEVICE_ID_POINTER_X, DEVICE_ID_POINTER_Y,
    DEVICE_INDEX_ANALOG_LEFT, DEVICE_INDEX_ANALOG_RIGHT, DEVICE_JOYPAD, DEVICE_KEYBOARD, DEVICE_LIGHTGUN, DEVICE_MOUSE,
    DEVICE_POINTER, ENVIRONMENT_EXPERIMENTAL, ENVIRONMENT_GET_LOG_INTERFACE, ENVIRONMENT_GET_RUMBLE_INTERFACE,
    ENVIRONMENT_GET_VARIABLE, ENVIRONMENT_GET_VARIABLE_UPDATE, ENVIRONMENT_SET_CONTROLLER_INFO,
    ENVIRONMENT_SET_GEOMETRY, ENVIRONMENT_SET_INPUT_DESCRIPTORS, ENVIRONMENT_SET_KEYBOARD_CALLBACK,
    ENVIRONMENT_SET_PIXEL_FORMAT, ENVIRONMENT_SET_ROTATION, ENVIRONMENT_SET_SUPPORT_NO_GAME,
    ENVIRONMENT_SET_SYSTEM_AV_INFO, ENVIRONMENT_SET_VARIABLES,
};

use crate::{Av, Control, Gun, KeyEvent, Mouse, Pad, PixelFormat, Pointer};

// Newer than libretro-sys.
const ENVIRONMENT_GET_INPUT_BITMASKS: c_uint = 51 | ENVIRONMENT_EXPERIMENTAL;
const ENVIRONMENT_GET_LED_INTERFACE: c_uint = 46 | ENVIRONMENT_EXPERIMENTAL;
const DEVICE_ID_JOYPAD_MASK: c_uint = 256;
const DEVICE_ID_MOUSE_BUTTON_4: c_uint = 9;
const DEVICE_ID_MOUSE_BUTTON_5: c_uint = 10;
const DEVICE_ID_LIGHTGUN_SCREEN_X: c_uint = 13;
const DEVICE_ID_LIGHTGUN_SCREEN_Y: c_uint = 14;
const DEVICE_ID_LIGHTGUN_IS_OFFSCREEN: c_uint = 15;
const DEVICE_ID_LIGHTGUN_RELOAD: c_uint = 16;

// A number here, where libretro-sys has an enum.
pub const REGION_NTSC: c_uint = 0;

/// `retro_log_printf_t`. libretro-sys declares it without the varargs, which is another calling
/// convention on some machines, and with a Rust enum for the level.
pub(crate) type LogPrintfFn = unsafe extern "C" fn(level: c_int, format: *const c_char, ...);

/// `retro_log_callback`.
#[repr(C)]
pub(crate) struct LogCallback {
    pub log: Option<LogPrintfFn>,
}

// libretro-sys has the next ones with plain function pointers, where a front end may leave NULL, and with an enum that
// must not have other values; or, `retro_led_interface`, not at all.

type SetRumbleStateFn = unsafe extern "C" fn(port: c_uint, effect: c_uint, strength: u16) -> bool;
type SetLedStateFn = unsafe extern "C" fn(led: c_int, state: c_int);
type KeyboardEventFn = unsafe extern "C" fn(down: bool, code: c_uint, character: u32, modifiers: u16);

const RUMBLE_STRONG: c_uint = 0;
const RUMBLE_WEAK: c_uint = 1;

/// `retro_rumble_interface`.
#[repr(C)]
struct RumbleInterface {
    set_rumble_state: Option<SetRumbleStateFn>,
}

/// `retro_led_interface`.
#[repr(C)]
struct LedInterface {
    set_led_state: Option<SetLedStateFn>,
}

/// `retro_keyboard_callback`.
#[repr(C)]
struct KeyboardCallback {
    callback: Option<KeyboardEventFn>,
}

/// `retro_controller_description`.
#[repr(C)]
struct ControllerDescription {
    desc: *const c_char,
    id: c_uint,
}

/// `retro_controller_info`.
#[repr(C)]
struct ControllerInfo {
    types: *const ControllerDescription,
    num_types: c_uint,
}

/// Keys that the front end told of and the core has not asked for yet.
static KEY_EVENTS: Mutex<VecDeque<KeyEvent>> = Mutex::new(VecDeque::new());
/// A core that does not ask loses the oldest.
const MAX_KEY_EVENTS: usize = 256;

/// Called by the front end, even from inside a call to it: so this has a lock of its own.
extern "C" fn keyboard_event(down: bool, code: c_uint, character: u32, modifiers: u16) {
    let mut events = KEY_EVENTS.lock().unwrap_or_else(PoisonError::into_inner);
    if events.len() == MAX_KEY_EVENTS {
        events.pop_front();
    }
    events.push_back(KeyEvent { down, code, character, modifiers });
}

pub(crate) fn take_key_events() -> Vec<KeyEvent> {
    KEY_EVENTS.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
}

/// The environment callback, and what was asked of it once at `retro_init`.
#[derive(Clone, Copy)]
pub(crate) struct Environment {
    callback: Option<EnvironmentFn>,
    log: Option<LogPrintfFn>,
    rumble: Option<SetRumbleStateFn>,
    led: Option<SetLedStateFn>,
    bitmasks: bool,
}

impl Environment {
    pub const fn none() -> Self {
        Environment { callback: None, log: None, rumble: None, led: None, bitmasks: false }
    }

    /// # Safety
    /// The callback must do as libretro.h says, for as long as it is set.
    pub unsafe fn set_callback(&mut self, callback: Option<EnvironmentFn>) {
        *self = Environment { callback, ..Environment::none() };
    }

    /// Asks for the optional interfaces. Not earlier than `retro_init`: some front ends have no
    /// log yet when they set the callback.
    pub fn find_interfaces(&mut self) {
        let mut log = LogCallback { log: None };
        let has_log = self.call(ENVIRONMENT_GET_LOG_INTERFACE, &mut log);
        self.log = log.log.filter(|_| has_log);
        let mut rumble = RumbleInterface { set_rumble_state: None };
        let has_rumble = self.call(ENVIRONMENT_GET_RUMBLE_INTERFACE, &mut rumble);
        self.rumble = rumble.set_rumble_state.filter(|_| has_rumble);
        let mut led = LedInterface { set_led_state: None };
        let has_led = self.call(ENVIRONMENT_GET_LED_INTERFACE, &mut led);
        self.led = led.set_led_state.filter(|_| has_led);
        let mut unused = false;
        self.bitmasks = self.call(ENVIRONMENT_GET_INPUT_BITMASKS, &mut unused);
    }

    /// # Safety
    /// `data` must be what libretro.h says `command` takes.
    pub unsafe fn raw(&self, command: c_uint, data: *mut c_void) -> bool {
        match self.callback {
            // SAFETY: the caller vouches for `data`; the callback is the front end's own.
            Some(callback) => unsafe { callback(command, data) },
            None => false,
        }
    }

    /// Private, because only the callers below pair each command with its own type.
    fn call<T>(&self, command: c_uint, data: &mut T) -> bool {
        // SAFETY: the callers below pair `command` with the type libretro.h gives it.
        unsafe { self.raw(command, ptr::from_mut(data).cast()) }
    }

    /// `data` ends with the element that libretro.h has as the end mark.
    fn call_array<T>(&self, command: c_uint, data: &mut [T]) -> bool {
        // SAFETY: as above, and the front end stops at the end mark.
        unsafe { self.raw(command, data.as_mut_ptr().cast()) }
    }

    pub fn variable(&self, key: &CStr) -> Option<String> {
        let mut variable = Variable { key: key.as_ptr(), value: ptr::null() };
        let found = self.call(ENVIRONMENT_GET_VARIABLE, &mut variable);
        if !found || variable.value.is_null() {
            return None;
        }
        // SAFETY: not null, and the front end keeps the value until the next variable call.
        let value = unsafe { CStr::from_ptr(variable.value) };
        Some(value.to_string_lossy().into_owned())
    }

    pub fn variables_changed(&self) -> bool {
        let mut changed = false;
        self.call(ENVIRONMENT_GET_VARIABLE_UPDATE, &mut changed) && changed
    }

    /// `pairs` are keys and `"description; a|b"`; they must outlive the loaded core.
    pub fn set_variables(&self, pairs: &'static [(CString, CString)]) -> bool {
        let end = Variable { key: ptr::null(), value: ptr::null() };
        let mut variables: Vec<Variable> = pairs
            .iter()
            .map(|(key, value)| Variable { key: key.as_ptr(), value: value.as_ptr() })
            .chain([end])
            .collect();
        self.call_array(ENVIRONMENT_SET_VARIABLES, &mut variables)
    }

    /// `buttons` are button numbers and their names; the names must outlive the loaded game.
    pub fn set_input_descriptors(&self, ports: usize, buttons: &'static [(c_uint, CString)]) {
        let mut descriptors = Vec::with_capacity(ports * buttons.len() + 1);
        for port in 0..ports {
            for (id, name) in buttons {
                descriptors.push(descriptor(port as c_uint, *id, name.as_ptr()));
            }
        }
        descriptors.push(descriptor(0, 0, ptr::null()));
        self.call_array(ENVIRONMENT_SET_INPUT_DESCRIPTORS, &mut descriptors);
    }

    /// The names are never freed: front ends keep the pointers, and a library loads few games in its life.
    pub fn set_controls(&self, controls: Vec<Control>) {
        let of = |control: Control| InputDescriptor {
            port: control.port,
            device: control.device,
            index: control.index,
            id: control.id,
            description: c_string(&control.name).into_raw(),
        };
        let end = descriptor(0, 0, ptr::null());
        let mut descriptors: Vec<_> = controls.into_iter().map(of).chain([end]).collect();
        self.call_array(ENVIRONMENT_SET_INPUT_DESCRIPTORS, &mut descriptors);
    }

    /// Numbers and names of what can be plugged into each port; never freed, as above.
    pub fn set_controller_info(&self, ports: Vec<Vec<(u32, String)>>) {
        if ports.is_empty() {
            return;
        }
        let port = |types: Vec<(u32, String)>| {
            let types =
                types.into_iter().map(|(id, name)| ControllerDescription { desc: c_string(&name).into_raw(), id });
            let types: &'static [_] = types.collect::<Vec<_>>().leak();
            ControllerInfo { types: types.as_ptr(), num_types: types.len() as c_uint }
        };
        let end = ControllerInfo { types: ptr::null(), num_types: 0 };
        let infos: Vec<_> = ports.into_iter().map(port).chain([end]).collect();
        self.call_array(ENVIRONMENT_SET_CONTROLLER_INFO, infos.leak());
    }

    pub fn listen_to_keyboard(&self) -> bool {
        self.call(ENVIRONMENT_SET_KEYBOARD_CALLBACK, &mut KeyboardCallback { callback: Some(keyboard_event) })
    }

    pub fn set_rumble(&self, port: usize, strong: u16, weak: u16) -> bool {
        let Some(rumble) = self.rumble else { return false };
        // SAFETY: takes numbers, and refuses those that it does not know.
        unsafe { rumble(port as c_uint, RUMBLE_STRONG, strong) && rumble(port as c_uint, RUMBLE_WEAK, weak) }
    }

    pub fn set_led(&self, led: u32, on: bool) {
        if let Some(set) = self.led {
            // SAFETY: takes numbers.
            unsafe { set(led.cast_signed(), on.into()) }
        }
    }

    pub fn set_support_no_game(&self, mut supported: bool) {
        self.call(ENVIRONMENT_SET_SUPPORT_NO_GAME, &mut supported);
    }

    pub fn set_pixel_format(&self, format: PixelFormat) -> bool {
        let mut number: c_uint = match format {
            PixelFormat::Zrgb1555 => 0,
            PixelFormat::Xrgb8888 => 1,
            PixelFormat::Rgb565 => 2,
        };
        self.call(ENVIRONMENT_SET_PIXEL_FORMAT, &mut number)
    }

    pub fn set_rotation(&self, mut quarter_turns: c_uint) -> bool {
        self.call(ENVIRONMENT_SET_ROTATION, &mut quarter_turns)
    }

    pub fn set_geometry(&self, av: Av) -> bool {
        self.call(ENVIRONMENT_SET_GEOMETRY, &mut system_av_info(av).geometry)
    }

    pub fn set_av_info(&self, av: Av) -> bool {
        self.call(ENVIRONMENT_SET_SYSTEM_AV_INFO, &mut system_av_info(av))
    }

    /// Writes one line to the front end's log; to stderr where it has none.
    pub fn log(&self, level: c_int, line: &CStr) {
        match self.log {
            // SAFETY: a variadic printf given a format with one %s and one string for it.
            Some(log) => unsafe { log(level, c"%s\n".as_ptr(), line.as_ptr()) },
            None => eprintln!("{}", line.to_string_lossy()),
        }
    }
}

/// The callbacks a front end sets for `retro_run`; any may be missing.
#[derive(Clone, Copy)]
pub struct Callbacks {
    pub video: Option<VideoRefreshFn>,
    pub audio: Option<AudioSampleFn>,
    pub audio_batch: Option<AudioSampleBatchFn>,
    pub poll: Option<InputPollFn>,
    pub state: Option<InputStateFn>,
}

impl Callbacks {
    pub const fn none() -> Self {
        Callbacks { video: None, audio: None, audio_batch: None, poll: None, state: None }
    }

    /// # Safety
    /// `data` must be null, or readable for `height` rows of `pitch` bytes.
    pub unsafe fn video(&self, data: *const u8, width: u32, height: u32, pitch: usize) {
        if let Some(video) = self.video {
            // SAFETY: the caller vouches for the buffer; a null one repeats the last frame.
            unsafe { video(data.cast(), width, height, pitch) }
        }
    }

    /// Hands over interleaved stereo; an odd last sample is ignored.
    pub(crate) fn audio(&self, stereo: &[i16]) {
        let mut rest = &stereo[..stereo.len() & !1];
        if let Some(batch) = self.audio_batch {
            while !rest.is_empty() {
                // SAFETY: `rest` holds exactly that many pairs.
                let taken = unsafe { batch(rest.as_ptr(), rest.len() / 2) };
                if taken == 0 {
                    return;
                }
                rest = &rest[(taken * 2).min(rest.len())..];
            }
        } else if let Some(sample) = self.audio {
            for pair in rest.chunks_exact(2) {
                // SAFETY: takes its samples by value.
                unsafe { sample(pair[0], pair[1]) }
            }
        }
    }

    pub(crate) fn poll(&self) {
        if let Some(poll) = self.poll {
            // SAFETY: takes nothing.
            unsafe { poll() }
        }
    }

    fn ask(&self, port: usize, device: c_uint, index: c_uint, id: c_uint) -> i16 {
        // SAFETY: takes numbers, and answers 0 for any it does not know.
        self.state.map_or(0, |state| unsafe { state(port as c_uint, device, index, id) })
    }

    pub(crate) fn mouse(&self, port: usize) -> Mouse {
        let ask = |id| self.ask(port, DEVICE_MOUSE, 0, id);
        let buttons = [
            DEVICE_ID_MOUSE_LEFT,
            DEVICE_ID_MOUSE_RIGHT,
            DEVICE_ID_MOUSE_MIDDLE,
            DEVICE_ID_MOUSE_BUTTON_4,
            DEVICE_ID_MOUSE_BUTTON_5,
        ];
        let turned = |plus, minus| i8::from(ask(plus) != 0) - i8::from(ask(minus) != 0);
        Mouse {
            dx: ask(DEVICE_ID_MOUSE_X),
            dy: ask(DEVICE_ID_MOUSE_Y),
            buttons: buttons.iter().rev().fold(0, |held, id| held << 1 | u16::from(ask(*id) != 0)),
            wheel: turned(DEVICE_ID_MOUSE_WHEELUP, DEVICE_ID_MOUSE_WHEELDOWN),
            hwheel: turned(DEVICE_ID_MOUSE_HORIZ_WHEELUP, DEVICE_ID_MOUSE_HORIZ_WHEELDOWN),
        }
    }

    pub(crate) fn pointer(&self, port: usize) -> Pointer {
        let ask = |id| self.ask(port, DEVICE_POINTER, 0, id);
        Pointer {
            x: ask(DEVICE_ID_POINTER_X),
            y: ask(DEVICE_ID_POINTER_Y),
            pressed: ask(DEVICE_ID_POINTER_PRESSED) != 0,
        }
    }

    pub(crate) fn gun(&self, port: usize) -> Gun {
        let ask = |id| self.ask(port, DEVICE_LIGHTGUN, 0, id);
        Gun {
            x: ask(DEVICE_ID_LIGHTGUN_SCREEN_X),
            y: ask(DEVICE_ID_LIGHTGUN_SCREEN_Y),
            offscreen: ask(DEVICE_ID_LIGHTGUN_IS_OFFSCREEN) != 0,
            trigger: ask(DEVICE_ID_LIGHTGUN_TRIGGER) != 0,
            reload: ask(DEVICE_ID_LIGHTGUN_RELOAD) != 0,
            start: ask(DEVICE_ID_LIGHTGUN_START) != 0,
        }
    }

    pub(crate) fn key(&self, code: u32) -> bool {
        self.ask(0, DEVICE_KEYBOARD, 0, code) != 0
    }

    pub(crate) fn pad(&self, port: usize, environment: &Environment) -> Pad {
        let ask = |device, index, id| self.ask(port, device, index, id);
        let stick = |index, id| ask(DEVICE_ANALOG, index, id);
        let buttons = if environment.bitmasks {
            ask(DEVICE_JOYPAD, 0, DEVICE_ID_JOYPAD_MASK).cast_unsigned()
        } else {
            (0..=DEVICE_ID_JOYPAD_R3).filter(|id| ask(DEVICE_JOYPAD, 0, *id) != 0).fold(0, |held, id| held | 1 << id)
        };
        Pad {
            buttons,
            lx: stick(DEVICE_INDEX_ANALOG_LEFT, DEVICE_ID_ANALOG_X),
            ly: stick(DEVICE_INDEX_ANALOG_LEFT, DEVICE_ID_ANALOG_Y),
            rx: stick(DEVICE_INDEX_ANALOG_RIGHT, DEVICE_ID_ANALOG_X),
            ry: stick(DEVICE_INDEX_ANALOG_RIGHT, DEVICE_ID_ANALOG_Y),
        }
    }
}

pub(crate) fn system_av_info(av: Av) -> SystemAvInfo {
    SystemAvInfo {
        geometry: GameGeometry {
            base_width: av.width,
            base_height: av.height,
            max_width: av.max_width,
            max_height: av.max_height,
            aspect_ratio: av.aspect,
        },
        timing: SystemTiming { fps: av.fps, sample_rate: av.sample_rate },
    }
}

/// `text` for C. A NUL would end it early, so it is left out.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

fn descriptor(port: c_uint, id: c_uint, description: *const c_char) -> InputDescriptor {
    InputDescriptor { port, device: DEVICE_JOYPAD, index: 0, id, description }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    const POINTER: usize = size_of::<usize>();

    #[test]
    fn the_structs_are_laid_out_as_libretro_h_has_them() {
        assert_eq!(size_of::<LogCallback>(), POINTER);
        assert_eq!(size_of::<RumbleInterface>(), POINTER);
        assert_eq!(size_of::<LedInterface>(), POINTER);
        assert_eq!(size_of::<KeyboardCallback>(), POINTER);
        assert_eq!(size_of::<ControllerDescription>(), 2 * POINTER);
        assert_eq!(offset_of!(ControllerDescription, id), POINTER);
        assert_eq!(size_of::<ControllerInfo>(), 2 * POINTER);
        assert_eq!(offset_of!(ControllerInfo, num_types), POINTER);
        assert_eq!(size_of::<Variable>(), 2 * POINTER);
        assert_eq!(size_of::<GameInfo>(), 4 * POINTER);
        assert_eq!(offset_of!(GameInfo, data), POINTER);
        assert_eq!(offset_of!(GameInfo, size), 2 * POINTER);
        assert_eq!(offset_of!(InputDescriptor, description), 16);
        assert_eq!(offset_of!(SystemInfo, need_fullpath), 3 * POINTER);
        assert_eq!(offset_of!(SystemInfo, block_extract), 3 * POINTER + 1);
        assert_eq!(size_of::<GameGeometry>(), 20);
        assert_eq!(offset_of!(GameGeometry, aspect_ratio), 16);
        assert_eq!(offset_of!(SystemAvInfo, timing), 20usize.next_multiple_of(align_of::<f64>()));
        assert_eq!(offset_of!(SystemTiming, sample_rate), 8);
    }

    #[test]
    fn a_nul_inside_a_string_does_not_cut_it() {
        assert_eq!(c_string("a\0b").as_c_str(), c"ab");
    }
}
