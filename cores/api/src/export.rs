//! The entry points a front end calls, in terms of [`Core`]; [`export_core!`](crate::export_core)
//! gives them their C names.

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_uint, c_void};
use std::path::PathBuf;
use std::ptr;
use std::slice;
use std::sync::{Mutex, OnceLock, TryLockError};

use crate::sys::{self, Callbacks, GameInfo, SystemAvInfo, SystemInfo, c_string};
use crate::{Core, Env, Front, LogLevel, PixelFormat};

/// All there is of a core: one per library, as libretro's entry points take no handle.
pub struct Slot<C> {
    state: Mutex<State<C>>,
    strings: OnceLock<Strings>,
}

struct State<C> {
    env: Env,
    callbacks: Callbacks,
    game: Option<(C, PixelFormat)>,
}

/// What front ends may keep pointers to; made once, never freed.
struct Strings {
    name: CString,
    version: CString,
    extensions: CString,
    variables: Vec<(CString, CString)>,
    buttons: Vec<(c_uint, CString)>,
}

impl Strings {
    fn of<C: Core>() -> Strings {
        let variable = |option: &crate::OptionDef| {
            let value = format!("{}; {}", option.description, option.values.join("|"));
            (c_string(option.key), c_string(&value))
        };
        let button = |(mask, name): &(u16, &str)| (mask.trailing_zeros(), c_string(name));
        Strings {
            name: c_string(C::INFO.name),
            version: c_string(C::INFO.version),
            extensions: c_string(C::INFO.extensions),
            variables: C::OPTIONS.iter().map(variable).collect(),
            buttons: C::BUTTONS.iter().map(button).collect(),
        }
    }
}

impl<C: Core> Slot<C> {
    pub const fn new() -> Self {
        Slot {
            state: Mutex::new(State {
                env: Env { sys: sys::Environment::none() },
                callbacks: Callbacks::none(),
                game: None,
            }),
            strings: OnceLock::new(),
        }
    }

    fn strings(&'static self) -> &'static Strings {
        self.strings.get_or_init(Strings::of::<C>)
    }

    /// `None` when the front end calls from inside one of its own callbacks, or from a second
    /// thread: libretro allows neither, and the answer is then a refusal, not a deadlock.
    fn with<R>(&self, act: impl FnOnce(&mut State<C>) -> R) -> Option<R> {
        match self.state.try_lock() {
            Ok(mut state) => Some(act(&mut state)),
            Err(TryLockError::Poisoned(state)) => Some(act(&mut state.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn with_game<R>(&self, act: impl FnOnce(&mut C) -> R) -> Option<R> {
        self.with(|state| state.game.as_mut().map(|(core, _)| act(core))).flatten()
    }

    /// # Safety
    /// The callback must do as libretro.h says, until `retro_deinit`.
    pub unsafe fn set_environment(&'static self, callback: Option<sys::EnvironmentFn>) {
        let strings = self.strings();
        self.with(|state| {
            // SAFETY: passed on to the caller.
            unsafe { state.env.sys.set_callback(callback) }
            state.env.sys.set_support_no_game(C::INFO.supports_no_game);
            if !strings.variables.is_empty() {
                state.env.sys.set_variables(&strings.variables);
            }
        });
    }

    /// # Safety
    /// The callbacks set must do as libretro.h says, until `retro_deinit`.
    pub unsafe fn set_callback(&self, set: impl FnOnce(&mut Callbacks)) {
        self.with(|state| set(&mut state.callbacks));
    }

    pub fn init(&self) {
        self.with(|state| state.env.sys.find_interfaces());
    }

    pub fn unload(&self) {
        self.with(|state| state.game = None);
    }

    /// # Safety
    /// `info` must be null or point to a `retro_system_info` that may be written.
    pub unsafe fn system_info(&'static self, info: *mut SystemInfo) {
        if info.is_null() {
            return;
        }
        let strings = self.strings();
        let value = SystemInfo {
            library_name: strings.name.as_ptr(),
            library_version: strings.version.as_ptr(),
            valid_extensions: strings.extensions.as_ptr(),
            need_fullpath: false,
            block_extract: false,
        };
        // SAFETY: not null, and the caller vouches for the rest; what was there is not read.
        unsafe { info.write(value) }
    }

    /// # Safety
    /// `info` must be null or point to a `retro_system_av_info` that may be written.
    pub unsafe fn av_info(&self, info: *mut SystemAvInfo) {
        let av = self.with_game(|core| core.av());
        if let (false, Some(av)) = (info.is_null(), av) {
            // SAFETY: not null, and the caller vouches for the rest; what was there is not read.
            unsafe { info.write(sys::system_av_info(av)) }
        }
    }

    /// # Safety
    /// `game` must be null or point to a `retro_game_info` whose pointers are null or valid.
    pub unsafe fn load(&'static self, game: *const GameInfo) -> bool {
        let buttons = &self.strings().buttons;
        self.with(|state| {
            state.game = None;
            // SAFETY: passed on to the caller.
            let content = unsafe { content(game) };
            let loaded = content.and_then(|content| start::<C>(content.as_deref(), &mut state.env));
            match loaded {
                Ok(game) => {
                    state.env.sys.set_controller_info(game.0.controllers());
                    let controls = game.0.controls();
                    if controls.is_empty() {
                        state.env.sys.set_input_descriptors(C::PORTS, buttons);
                    } else {
                        state.env.sys.set_controls(controls);
                    }
                    state.game = Some(game);
                    true
                }
                Err(error) => {
                    state.env.log(LogLevel::Error, &error);
                    false
                }
            }
        })
        .unwrap_or(false)
    }

    pub fn plug(&self, port: c_uint, device: c_uint) {
        self.with_game(|core| core.plug(port as usize, device));
    }

    pub fn reset(&self) {
        self.with_game(C::reset);
    }

    pub fn run(&self) {
        self.with(|state| {
            if let Some((core, format)) = &mut state.game {
                let mut front = Front::new(&mut state.env, state.callbacks, *format);
                core.run(&mut front);
                front.poll();
            }
        });
    }

    pub fn state_size(&self) -> usize {
        self.with_game(|core| core.state_size()).unwrap_or(0)
    }

    /// # Safety
    /// `data` must be null or writable for `size` bytes.
    pub unsafe fn save_state(&self, data: *mut c_void, size: usize) -> bool {
        self.with_game(|core| {
            let needed = core.state_size();
            if data.is_null() || size < needed {
                return false;
            }
            let data = data.cast::<u8>();
            // SAFETY: the caller vouches for `size` bytes, and `needed` is no more than that. They
            // may be uninitialised, which a slice must not be, so they are written first.
            let out = unsafe {
                data.write_bytes(0, needed);
                slice::from_raw_parts_mut(data, needed)
            };
            core.save_state(out)
        })
        .unwrap_or(false)
    }

    /// # Safety
    /// `data` must be null or readable for `size` bytes.
    pub unsafe fn load_state(&self, data: *const c_void, size: usize) -> bool {
        if data.is_null() {
            return false;
        }
        // SAFETY: not null, and the caller vouches for the size.
        let data = unsafe { slice::from_raw_parts(data.cast::<u8>(), size) };
        self.with_game(|core| core.load_state(data)).unwrap_or(false)
    }

    pub fn memory_data(&self, id: c_uint) -> *mut c_void {
        self.memory(id, |ram| ram.as_mut_ptr().cast()).unwrap_or(ptr::null_mut())
    }

    pub fn memory_size(&self, id: c_uint) -> usize {
        self.memory(id, |ram| ram.len()).unwrap_or(0)
    }

    fn memory<R>(&self, id: c_uint, of: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        if id != sys::MEMORY_SAVE_RAM {
            return None;
        }
        self.with_game(|core| core.save_ram().map(of)).flatten()
    }
}

impl<C: Core> Default for Slot<C> {
    fn default() -> Self {
        Self::new()
    }
}

fn start<C: Core>(content: Option<&[u8]>, env: &mut Env) -> Result<(C, PixelFormat), String> {
    let core = C::load(content, env)?;
    let format = core.format();
    // 0RGB1555 is what every front end starts with, so there a refusal changes nothing.
    if !env.sys.set_pixel_format(format) && format != PixelFormat::Zrgb1555 {
        return Err(format!("the front end does not take {format:?} pictures"));
    }
    Ok((core, format))
}

/// The content: from memory, or from the file where the front end gives only a path.
///
/// # Safety
/// `game` must be null or point to a `retro_game_info` whose pointers are null or valid. The bytes
/// are borrowed from the front end: they must not be kept beyond the call they were given in.
unsafe fn content<'a>(game: *const GameInfo) -> Result<Option<Cow<'a, [u8]>>, String> {
    // SAFETY: null, or valid by the caller's word.
    let Some(game) = (unsafe { game.as_ref() }) else {
        return Ok(None);
    };
    if !game.data.is_null() {
        // SAFETY: not null, and `size` says how many bytes there are.
        let data = unsafe { slice::from_raw_parts(game.data.cast::<u8>(), game.size) };
        return Ok(Some(Cow::Borrowed(data)));
    }
    if game.path.is_null() {
        return Ok(None);
    }
    // SAFETY: not null, and a path is a C string.
    let path = unsafe { CStr::from_ptr(game.path) };
    if path.is_empty() {
        return Ok(None);
    }
    let path = native_path(path)?;
    match std::fs::read(&path) {
        Ok(data) => Ok(Some(Cow::Owned(data))),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

#[cfg(unix)]
fn native_path(path: &CStr) -> Result<PathBuf, String> {
    use std::os::unix::ffi::OsStrExt;
    Ok(std::ffi::OsStr::from_bytes(path.to_bytes()).into())
}

#[cfg(not(unix))]
fn native_path(path: &CStr) -> Result<PathBuf, String> {
    match path.to_str() {
        Ok(path) => Ok(path.into()),
        Err(_) => Err("the path of the content is not UTF-8".to_string()),
    }
}

/// Defines every `retro_*` symbol of a libretro core for a type that implements
/// [`Core`](crate::Core). Once per library.
#[macro_export]
macro_rules! export_core {
    ($core:ty) => {
        #[allow(unsafe_code, clippy::missing_safety_doc)]
        const _: () = {
            use ::std::ffi::{c_char, c_uint, c_void};
            use ::std::option::Option;
            use $crate::export::Slot;
            use $crate::sys;

            static SLOT: Slot<$core> = Slot::new();

            #[unsafe(no_mangle)]
            pub extern "C" fn retro_api_version() -> c_uint {
                sys::API_VERSION
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_set_environment(callback: Option<sys::EnvironmentFn>) {
                // SAFETY: the front end passes callbacks of its own.
                unsafe { SLOT.set_environment(callback) }
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_set_video_refresh(callback: Option<sys::VideoRefreshFn>) {
                // SAFETY: the front end passes callbacks of its own.
                unsafe { SLOT.set_callback(|all| all.video = callback) }
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_set_audio_sample(callback: Option<sys::AudioSampleFn>) {
                // SAFETY: the front end passes callbacks of its own.
                unsafe { SLOT.set_callback(|all| all.audio = callback) }
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_set_audio_sample_batch(callback: Option<sys::AudioSampleBatchFn>) {
                // SAFETY: the front end passes callbacks of its own.
                unsafe { SLOT.set_callback(|all| all.audio_batch = callback) }
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_set_input_poll(callback: Option<sys::InputPollFn>) {
                // SAFETY: the front end passes callbacks of its own.
                unsafe { SLOT.set_callback(|all| all.poll = callback) }
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_set_input_state(callback: Option<sys::InputStateFn>) {
                // SAFETY: the front end passes callbacks of its own.
                unsafe { SLOT.set_callback(|all| all.state = callback) }
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_init() {
                SLOT.init();
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_deinit() {
                SLOT.unload();
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_get_system_info(info: *mut sys::SystemInfo) {
                // SAFETY: the front end passes what libretro.h asks for.
                unsafe { SLOT.system_info(info) }
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_get_system_av_info(info: *mut sys::SystemAvInfo) {
                // SAFETY: the front end passes what libretro.h asks for.
                unsafe { SLOT.av_info(info) }
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_set_controller_port_device(port: c_uint, device: c_uint) {
                SLOT.plug(port, device);
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_reset() {
                SLOT.reset();
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_run() {
                SLOT.run();
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_serialize_size() -> usize {
                SLOT.state_size()
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_serialize(data: *mut c_void, size: usize) -> bool {
                // SAFETY: the front end passes what libretro.h asks for.
                unsafe { SLOT.save_state(data, size) }
            }
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_unserialize(data: *const c_void, size: usize) -> bool {
                // SAFETY: the front end passes what libretro.h asks for.
                unsafe { SLOT.load_state(data, size) }
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_cheat_reset() {}
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_cheat_set(_index: c_uint, _enabled: bool, _code: *const c_char) {}
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn retro_load_game(game: *const sys::GameInfo) -> bool {
                // SAFETY: the front end passes what libretro.h asks for.
                unsafe { SLOT.load(game) }
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_load_game_special(
                _kind: c_uint,
                _games: *const sys::GameInfo,
                _count: usize,
            ) -> bool {
                false
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_unload_game() {
                SLOT.unload();
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_get_region() -> c_uint {
                sys::REGION_NTSC
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_get_memory_data(id: c_uint) -> *mut c_void {
                SLOT.memory_data(id)
            }
            #[unsafe(no_mangle)]
            pub extern "C" fn retro_get_memory_size(id: c_uint) -> usize {
                SLOT.memory_size(id)
            }
        };
    };
}
