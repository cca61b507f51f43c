//! libretro.h as the C compiler sees it, and the few places where its pointers are followed.
//!
//! A core is trusted with the process it runs in, and with nothing else: if it passes a bad pointer, this process dies
//! and the host process goes on.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, OsStr, c_char, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The header, bound at build time: every struct has the layout that C gives it.
#[allow(
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    non_snake_case,
    dead_code,
    clippy::all,
    clippy::undocumented_unsafe_blocks
)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/libretro.rs"));
}
pub use bindings::*;

/// Ends the process at once: what else runs at the end of a program is the core's, which may run or hang meanwhile.
pub fn end_now() -> ! {
    // SAFETY: a plain number; nothing of this process is used any more.
    unsafe { libc::_exit(0) }
}

/// The longest text taken from a core, in bytes.
const MAX_TEXT: usize = 4096;
/// The longest list taken from a core.
const MAX_LIST: usize = 4096;

/// Types that an environment call's argument may point to: the structs and scalars of libretro.h, plain data all.
pub trait Plain: Copy {}
macro_rules! plain {
    ($($t:ty),* $(,)?) => { $(impl Plain for $t {})* };
}
plain!(
    u8,
    u32,
    i16,
    i32,
    u64,
    f32,
    *const c_char,
    *const c_void,
    retro_message,
    retro_message_ext,
    retro_variable,
    retro_log_callback,
    retro_game_geometry,
    retro_system_av_info,
    retro_input_descriptor,
    retro_controller_info,
    retro_controller_description,
    retro_keyboard_callback,
    retro_rumble_interface,
    retro_led_interface,
    retro_sensor_interface,
    retro_frame_time_callback,
    retro_core_option_definition,
    retro_core_options_intl,
    retro_core_option_v2_definition,
    retro_core_option_v2_category,
    retro_core_options_v2,
    retro_core_options_v2_intl,
    retro_core_option_display,
    retro_core_options_update_display_callback,
    retro_throttle_state,
    retro_fastforwarding_override,
    retro_audio_callback,
    retro_audio_buffer_status_callback,
    retro_audio_sample_float_callback,
    retro_microphone_interface,
    retro_disk_control_callback,
    retro_disk_control_ext_callback,
    retro_perf_callback,
    retro_vfs_interface_info,
    retro_device_power,
    retro_memory_status,
    retro_exec_mem_alloc,
    retro_framebuffer,
    retro_system_content_info_override,
    retro_hw_render_context_negotiation_interface,
    retro_hw_render_callback,
    retro_subsystem_info,
    retro_subsystem_rom_info,
    retro_subsystem_memory_info,
    retro_game_info_ext,
    *const retro_game_info_ext,
);

/// The argument of an environment call: a pointer to whatever libretro.h says the call takes.
#[derive(Clone, Copy)]
pub struct Argument(*mut c_void);

impl Argument {
    /// # Safety
    /// `data` is null, or points to what libretro.h names for the call it came with, for as long as the call lasts.
    pub unsafe fn new(data: *mut c_void) -> Argument {
        Argument(data)
    }

    /// Whether there is one: several calls ask "would you?" with NULL.
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// What it points to. `T` is the type that libretro.h names for the call.
    pub fn read<T: Plain>(self) -> Option<T> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: not null, and by the contract of `new` a valid T, which is plain data.
        Some(unsafe { self.0.cast::<T>().read_unaligned() })
    }

    /// Reads a yes or no: any byte but 0 is a yes.
    pub fn read_bool(self) -> Option<bool> {
        self.read::<u8>().map(|byte| byte != 0)
    }

    /// Writes a yes or no.
    pub fn write_bool(self, value: bool) -> bool {
        self.write(u8::from(value))
    }

    /// Writes the answer. False when there is nowhere to write it.
    pub fn write<T: Plain>(self, value: T) -> bool {
        if self.0.is_null() {
            return false;
        }
        // SAFETY: as in `read`; the calls that answer through the pointer have it point to a writable T.
        unsafe { self.0.cast::<T>().write_unaligned(value) };
        true
    }

    /// The argument as a pointer to the first element of an array, for [`list`].
    pub fn pointer<T: Plain>(self) -> *const T {
        self.0.cast_const().cast()
    }

    /// The argument as an array, up to the first element that `end` says is past its end.
    pub fn list<T: Plain>(self, end: impl Fn(&T) -> bool) -> Vec<T> {
        list(self.pointer(), end)
    }

    /// The same, and no more than `most` of them.
    pub fn list_of_at_most<T: Plain>(self, most: usize, end: impl Fn(&T) -> bool) -> Vec<T> {
        list_of_at_most(self.pointer(), most, end)
    }
}

/// An array of unknown length in the core's memory, up to the element that `end` says is past its end.
pub fn list<T: Plain>(first: *const T, end: impl Fn(&T) -> bool) -> Vec<T> {
    list_of_at_most(first, MAX_LIST, end)
}

/// The same, and no more than `most` of them. An array of known length is one whose end never comes.
pub fn list_of_at_most<T: Plain>(first: *const T, most: usize, end: impl Fn(&T) -> bool) -> Vec<T> {
    let mut items = Vec::new();
    if first.is_null() {
        return items;
    }
    for index in 0..most {
        // SAFETY: the core promises an array with an end mark, or of `most` elements; every element before is valid.
        let item = unsafe { first.add(index).read_unaligned() };
        if end(&item) {
            break;
        }
        items.push(item);
    }
    items
}

/// What a pointer inside one of the core's structs points to.
pub fn follow<T: Plain>(pointer: *const T) -> Option<T> {
    // SAFETY: null, or by libretro.h a valid T for as long as the call lasts.
    (!pointer.is_null()).then(|| unsafe { pointer.read_unaligned() })
}

/// A C string of the core's as ours; NULL is empty, and what is not UTF-8 is replaced.
pub fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the core promises a string with an end; it is copied before anything else runs.
    let bytes = unsafe { CStr::from_ptr(pointer) }.to_bytes();
    String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_TEXT)]).into_owned()
}

/// One row of the core's picture.
///
/// # Safety
/// `data` points to a picture in which row `y`, at `y * pitch`, has `len` bytes, valid while `'a` lasts.
pub unsafe fn row<'a>(data: *const c_void, pitch: usize, y: u32, len: usize) -> &'a [u8] {
    // SAFETY: handed to the caller.
    unsafe { std::slice::from_raw_parts(data.cast::<u8>().add(y as usize * pitch), len) }
}

/// `count` interleaved stereo pairs of the core's sound.
///
/// # Safety
/// `data` points to that many pairs, valid while `'a` lasts.
pub unsafe fn stereo<'a, T: Plain>(data: *const T, count: usize) -> &'a [T] {
    if data.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: handed to the caller.
    unsafe { std::slice::from_raw_parts(data, count * 2) }
}

/// Tells the core how long the last frame took, in microseconds.
pub fn call_frame_time(callback: &retro_frame_time_callback, usec: i64) {
    if let Some(callback) = callback.callback {
        // SAFETY: the core's own function, called where libretro.h says: before `retro_run`, on its thread.
        unsafe { callback(usec) };
    }
}

/// Tells the core of a key that was pressed or released. `code` is one of `RETROK_*`, `character` is UTF-32 or 0.
pub fn call_keyboard(callback: &retro_keyboard_callback, down: bool, code: u32, character: u32, modifiers: u16) {
    if let Some(callback) = callback.callback {
        // SAFETY: the core's own function, which takes any numbers.
        unsafe { callback(down, code, character, modifiers) };
    }
}

/// Asks the core for sound.
pub fn call_audio(callback: &retro_audio_callback) {
    if let Some(callback) = callback.callback {
        // SAFETY: the core's own function, on the thread that runs it.
        unsafe { callback() };
    }
}

/// Tells the core whether its sound is fetched now.
pub fn call_audio_state(callback: &retro_audio_callback, enabled: bool) {
    if let Some(callback) = callback.set_state {
        // SAFETY: the core's own function, on the thread that runs it.
        unsafe { callback(enabled) };
    }
}

/// Tells the core how much sound is in store: in percent, and whether it runs out.
pub fn call_buffer_status(callback: &retro_audio_buffer_status_callback, percent: u32, runs_out: bool) {
    if let Some(callback) = callback.callback {
        // SAFETY: the core's own function, called before `retro_run` on its thread, as libretro.h has it.
        unsafe { callback(true, percent, runs_out) };
    }
}

/// Tells the core that its graphics context is there, or that it goes.
pub fn call_context(callback: retro_hw_context_reset_t) {
    if let Some(callback) = callback {
        // SAFETY: the core's own function, on the thread that runs it, which has the context.
        unsafe { callback() };
    }
}

/// Has the core look which options are of use now. True: that changed.
pub fn call_options_display(callback: &retro_core_options_update_display_callback) -> bool {
    // SAFETY: the core's own function, on the thread that runs it.
    callback.callback.is_some_and(|callback| unsafe { callback() })
}

/// A number that the core tells; 0 without the function.
pub fn call_count(function: Option<unsafe extern "C" fn() -> u32>) -> u32 {
    // SAFETY: the core's own function without arguments, on the thread that runs it.
    function.map_or(0, |function| unsafe { function() })
}

/// A yes or no that the core tells; no without the function.
pub fn call_question(function: Option<unsafe extern "C" fn() -> bool>) -> bool {
    // SAFETY: as in `call_count`.
    function.is_some_and(|function| unsafe { function() })
}

/// Switches something of the core's; false without the function.
pub fn call_switch(function: Option<unsafe extern "C" fn(bool) -> bool>, on: bool) -> bool {
    // SAFETY: as in `call_count`; both values are allowed.
    function.is_some_and(|function| unsafe { function(on) })
}

/// Chooses something of the core's by its index, which the caller has checked; false without the function.
pub fn call_choice(function: Option<unsafe extern "C" fn(u32) -> bool>, index: u32) -> bool {
    // SAFETY: as in `call_count`.
    function.is_some_and(|function| unsafe { function(index) })
}

/// What the core calls something with this index; none if it does not say.
pub fn call_disc_text(function: retro_get_image_path_t, index: u32) -> Option<String> {
    let mut text = [0u8; MAX_TEXT];
    // One byte less than there is: the core may forget the end.
    // SAFETY: the core's own function, with room for as much as it is told.
    let told = function.is_some_and(|function| unsafe { function(index, text.as_mut_ptr().cast(), MAX_TEXT - 1) });
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(MAX_TEXT);
    told.then(|| String::from_utf8_lossy(&text[..end]).into_owned())
}

/// One file of a game, for `retro_game_info_ext`.
pub struct GameFile<'a> {
    pub path: &'a Path,
    /// What never was a file of its own is known by its archive, and by its own name: one archive may have several games.
    pub archive: Option<&'a (PathBuf, String)>,
    /// Must stay where it is until the process ends; empty where the core opens the content by its path.
    pub data: &'a [u8],
}

/// An array of `retro_game_info_ext` and what it points to, for the core to keep.
pub struct GameInfoExt {
    infos: Box<[retro_game_info_ext]>,
    _texts: Vec<[CString; 6]>,
}

// SAFETY: what it points to is its own, or the content's bytes, which stay until the process ends; nothing is written.
unsafe impl Send for GameInfoExt {}

impl GameInfoExt {
    /// One for each file; where there is none, all of it is zero.
    pub fn new(files: &[Option<GameFile>]) -> GameInfoExt {
        let (infos, texts): (Vec<_>, Vec<_>) = files.iter().map(|file| file.as_ref().map(info_of).unzip()).unzip();
        GameInfoExt {
            infos: infos.into_iter().map(Option::unwrap_or_default).collect(),
            _texts: texts.into_iter().flatten().collect(),
        }
    }

    /// What the core is given.
    pub fn pointer(&self) -> *const retro_game_info_ext {
        self.infos.as_ptr()
    }
}

/// The texts stay where they are on the heap when they are moved.
fn info_of(GameFile { path, archive, data }: &GameFile) -> (retro_game_info_ext, [CString; 6]) {
    let text = |part: Option<&OsStr>| CString::new(part.unwrap_or_default().as_bytes()).unwrap_or_default();
    let (file, own) = archive.map_or((*path, *path), |(archive, inner)| (archive, Path::new(inner)));
    let extension = own.extension().map(OsStr::to_ascii_lowercase);
    let texts = [
        text(Some(file.as_os_str())),
        text(archive.map(|(_, inner)| OsStr::new(inner))),
        text(file.parent().map(Path::as_os_str)),
        text(own.file_stem()),
        text(extension.as_deref()),
        CString::default(),
    ];
    let [file, inner, dir, name, ext, meta] = &texts;
    let if_archived = |text: &CString| if archive.is_some() { text.as_ptr() } else { std::ptr::null() };
    let info = retro_game_info_ext {
        full_path: if archive.is_some() { std::ptr::null() } else { file.as_ptr() },
        archive_path: if_archived(file),
        archive_file: if_archived(inner),
        dir: dir.as_ptr(),
        name: name.as_ptr(),
        ext: ext.as_ptr(),
        meta: meta.as_ptr(),
        data: if data.is_empty() { std::ptr::null() } else { data.as_ptr().cast() },
        size: data.len(),
        file_in_archive: archive.is_some().into(),
        persistent_data: (!data.is_empty()).into(),
    };
    (info, texts)
}

/// Lets a crash be a crash. Rust's runtime catches SIGSEGV and SIGBUS to tell a stack overflow from the rest, and
/// swallows the first one that comes from outside.
pub fn die_of_crashes() {
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: the default action takes no handler of ours; called before other threads exist.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// A terminal's Ctrl-C, or a session that ends, signals this process too. When to end is the host's decision: it lets
/// the core put its saves away first. If the host is gone, the socket says so.
pub fn leave_ending_to_the_host() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: ignoring takes no handler of ours; called before other threads exist.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
}

unsafe extern "C" {
    /// The C shim: formats, then calls `hotseat_core_log`.
    pub fn hotseat_core_log_variadic(level: u32, format: *const c_char, ...);
}
