use std::ffi::{c_uint, c_void};
use std::ptr;

use crate::sys::{self, Callbacks, Environment, c_string};
use crate::{Av, Gun, KeyEvent, Mouse, Pad, PixelFormat, Pointer};

/// How much a line in the log matters; the values are libretro's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    Debug = 0,
    Info = 1,
    Warn = 2,
    Error = 3,
}

/// The front end's environment: options, log, announcements.
pub struct Env {
    pub(crate) sys: Environment,
}

impl Env {
    /// An environment with no front end behind it, for unit tests: it has no option and refuses
    /// every announcement.
    pub fn detached() -> Env {
        Env { sys: Environment::none() }
    }

    /// The front end's value for an option; `None` where it has none.
    pub fn option(&mut self, key: &str) -> Option<String> {
        self.sys.variable(&c_string(key))
    }

    /// Writes one line to the front end's log.
    pub fn log(&mut self, level: LogLevel, line: &str) {
        self.sys.log(level as i32, &c_string(line));
    }

    /// Announces a new nominal size and aspect; libretro ignores the other fields here.
    pub fn set_geometry(&mut self, av: Av) {
        self.sys.set_geometry(av);
    }

    /// Announces new size limits and timing. Front ends start their video and audio again for it.
    pub fn set_av_info(&mut self, av: Av) {
        self.sys.set_av_info(av);
    }

    /// Asks that the picture be shown turned counter-clockwise; false if the front end cannot.
    pub fn set_rotation(&mut self, quarter_turns: u32) -> bool {
        self.sys.set_rotation(quarter_turns)
    }

    /// Asks to be told of keys, see [`Front::key_events`]; false if the front end cannot.
    pub fn listen_to_keyboard(&mut self) -> bool {
        self.sys.listen_to_keyboard()
    }

    /// Turns the motors of a port's pad, each from 0 to 65535; false if there are none.
    pub fn set_rumble(&mut self, port: usize, strong: u16, weak: u16) -> bool {
        self.sys.set_rumble(port, strong, weak)
    }

    /// Switches a lamp, if the front end has any.
    pub fn set_led(&mut self, led: u32, on: bool) {
        self.sys.set_led(led, on);
    }

    /// Any other environment call.
    ///
    /// # Safety
    /// `data` must be what libretro.h says `command` takes.
    pub unsafe fn raw(&mut self, command: u32, data: *mut c_void) -> bool {
        // SAFETY: passed on to the caller.
        unsafe { self.sys.raw(command as c_uint, data) }
    }
}

/// The front end during one [`Core::run`](crate::Core::run).
pub struct Front<'a> {
    env: &'a mut Env,
    callbacks: Callbacks,
    format: PixelFormat,
    polled: bool,
}

impl<'a> Front<'a> {
    pub(crate) fn new(env: &'a mut Env, callbacks: Callbacks, format: PixelFormat) -> Self {
        Front { env, callbacks, format, polled: false }
    }

    /// A front end that takes everything and presses nothing, for unit tests.
    pub fn detached(env: &'a mut Env, format: PixelFormat) -> Self {
        Front::new(env, Callbacks::none(), format)
    }

    pub fn env(&mut self) -> &mut Env {
        self.env
    }

    /// Whether an option changed since this was last asked.
    pub fn options_changed(&mut self) -> bool {
        self.env.sys.variables_changed()
    }

    /// A port's controller. The first call of a frame polls, so the later it comes, the fresher
    /// the input.
    pub fn pad(&mut self, port: usize) -> Pad {
        self.poll();
        self.callbacks.pad(port, &self.env.sys)
    }

    /// A port's mouse.
    pub fn mouse(&mut self, port: usize) -> Mouse {
        self.poll();
        self.callbacks.mouse(port)
    }

    /// A port's pointer.
    pub fn pointer(&mut self, port: usize) -> Pointer {
        self.poll();
        self.callbacks.pointer(port)
    }

    /// A port's light gun.
    pub fn gun(&mut self, port: usize) -> Gun {
        self.poll();
        self.callbacks.gun(port)
    }

    /// Whether a key is held; `code` is a `RETROK_*`.
    pub fn key(&mut self, code: u32) -> bool {
        self.poll();
        self.callbacks.key(code)
    }

    /// What was told since this was last asked; nothing without [`Env::listen_to_keyboard`].
    pub fn key_events(&mut self) -> Vec<KeyEvent> {
        self.poll();
        sys::take_key_events()
    }

    /// Shows a picture of `height` rows, `pitch` bytes apart.
    ///
    /// # Panics
    /// If `data` is shorter than that, or a row is wider than `pitch`: the front end would read
    /// out of bounds.
    pub fn video(&mut self, data: &[u8], width: u32, height: u32, pitch: usize) {
        let row = (width as usize).checked_mul(self.format.bytes());
        let size = (height as usize).checked_mul(pitch);
        assert!(
            row.is_some_and(|row| row <= pitch) && size.is_some_and(|size| size <= data.len()),
            "{} bytes are no {width}x{height} picture of {:?} with a pitch of {pitch}",
            data.len(),
            self.format,
        );
        // SAFETY: checked right above.
        unsafe { self.video_unchecked_sizes(data, width, height, pitch) }
    }

    /// Passes the numbers on as they are given, for test cores that lie.
    ///
    /// # Safety
    /// A front end that trusts the numbers reads beyond `data`: it must be one that does not, or
    /// the numbers must be true.
    pub unsafe fn video_unchecked_sizes(&mut self, data: &[u8], width: u32, height: u32, pitch: usize) {
        // SAFETY: passed on to the caller.
        unsafe { self.callbacks.video(data.as_ptr(), width, height, pitch) }
    }

    /// Repeats the last picture.
    pub fn duplicate(&mut self, width: u32, height: u32) {
        // SAFETY: null is libretro's mark for a repeated frame, and nothing is read.
        unsafe { self.callbacks.video(ptr::null(), width, height, 0) }
    }

    /// Plays interleaved stereo: left, right, left, right.
    pub fn audio(&mut self, stereo: &[i16]) {
        self.callbacks.audio(stereo);
    }

    /// libretro wants at least one poll a frame, and cores want no more.
    pub(crate) fn poll(&mut self) {
        if !self.polled {
            self.polled = true;
            self.callbacks.poll();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "are no 4x4 picture")]
    fn a_picture_shorter_than_it_says_is_refused() {
        let mut env = Env::detached();
        Front::detached(&mut env, PixelFormat::Xrgb8888).video(&[0; 63], 4, 4, 16);
    }

    #[test]
    #[should_panic(expected = "with a pitch of 15")]
    fn a_row_wider_than_its_pitch_is_refused() {
        let mut env = Env::detached();
        Front::detached(&mut env, PixelFormat::Xrgb8888).video(&[0; 64], 4, 4, 15);
    }
}
