//! A loaded core, as safe as one can be made: the safe wrapper beside `sys`.
#![allow(unsafe_code)]

use super::callbacks;
use super::content::Prepared;
use super::hw;
use super::sys;
use crate::link::message::LoadError;
use crate::link::state::{Memory, StateWriter};
use crate::link::subsystem::Subsystem;
use libloading::os::unix::{Library, RTLD_LAZY, RTLD_LOCAL, RTLD_NOW, Symbol};
use memmap2::{MmapMut, MmapOptions};
use std::ffi::{CString, c_char, c_void};
use std::fs::File;
use std::io::{self, Read};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The functions a core exports. They stay valid while `_library` is loaded, which is until the process ends.
struct Functions {
    init: Symbol<unsafe extern "C" fn()>,
    deinit: Symbol<unsafe extern "C" fn()>,
    get_system_info: Symbol<unsafe extern "C" fn(*mut sys::retro_system_info)>,
    get_system_av_info: Symbol<unsafe extern "C" fn(*mut sys::retro_system_av_info)>,
    set_controller_port_device: Symbol<unsafe extern "C" fn(u32, u32)>,
    reset: Symbol<unsafe extern "C" fn()>,
    run: Symbol<unsafe extern "C" fn()>,
    serialize_size: Symbol<unsafe extern "C" fn() -> usize>,
    serialize: Symbol<unsafe extern "C" fn(*mut c_void, usize) -> bool>,
    unserialize: Symbol<unsafe extern "C" fn(*const c_void, usize) -> bool>,
    load_game: Symbol<unsafe extern "C" fn(*const sys::retro_game_info) -> bool>,
    // Some that have no subsystems do not export it.
    load_game_special: Option<Symbol<unsafe extern "C" fn(u32, *const sys::retro_game_info, usize) -> bool>>,
    unload_game: Symbol<unsafe extern "C" fn()>,
    get_memory_data: Symbol<unsafe extern "C" fn(u32) -> *mut c_void>,
    get_memory_size: Symbol<unsafe extern "C" fn(u32) -> usize>,
}

/// What a core says of itself.
#[derive(Debug, Clone, Default)]
pub struct SystemInfo {
    pub name: String,
    pub version: String,
    /// Extensions it takes, separated by `|`.
    pub extensions: String,
    /// It opens content itself, by path.
    pub need_fullpath: bool,
    /// It looks into archives itself.
    pub block_extract: bool,
}

/// Content's bytes. What is large is not read before the core looks at it.
pub enum Bytes {
    Read(Vec<u8>),
    Mapped(MmapMut),
}

impl Bytes {
    /// A file's. Its size has no limit but that of addresses.
    pub fn of_file(path: &Path) -> io::Result<Bytes> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() > READ_BYTES {
            // SAFETY: what the core writes stays in this process. If another program cuts the file off meanwhile, this process
            // ends, which is what it is there for.
            return unsafe { MmapOptions::new().map_copy(&file) }.map(Bytes::Mapped);
        }
        let mut data = Vec::new();
        file.read_to_end(&mut data)?;
        Ok(Bytes::Read(data))
    }

    pub fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Read(data) => data,
            Bytes::Mapped(data) => data,
        }
    }

    pub fn into_vec(self) -> Vec<u8> {
        match self {
            Bytes::Read(data) => data,
            Bytes::Mapped(data) => data.to_vec(),
        }
    }
}

/// What is not larger is read as a whole: everything but discs.
const READ_BYTES: u64 = 64 << 20;

/// A core in this process. There is one in a process's life: cores keep globals and rarely survive a second start.
pub struct Core {
    call: Functions,
    loaded: bool,
    // What load_game was given must outlive the game: cores keep the pointers.
    content: ManuallyDrop<Vec<(CString, Option<Bytes>)>>,
    /// Of a subsystem's game: what each memory that lasts is asked for by. None for a game of one file.
    rom_memories: Option<Vec<u32>>,
    // Never unloaded, not even after a failure: the core may have threads of its own running in it.
    _library: ManuallyDrop<Library>,
}

impl Core {
    /// Loads the library, checks that it is a libretro core of version 1, connects the callbacks and initialises it.
    /// `callbacks::install` must have been called before: a core calls back at once.
    pub fn open(path: &Path) -> Result<Core, LoadError> {
        let file = || path.display().to_string();
        // SAFETY: runs the library's initialisers: foreign code, which is what this process is for.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
        // As other front ends open it: a function that is nowhere and is never called does no harm.
        // SAFETY: as above.
        let library = library
            .or_else(|first| unsafe { Library::open(Some(path), RTLD_LAZY | RTLD_LOCAL) }.map_err(|_| first))
            .map_err(|error| LoadError::NotLoadable { file: file(), linker: plain(path, &error) })?;
        macro_rules! symbol {
            ($name:literal) => {
                // SAFETY: the type is libretro.h's for this name.
                unsafe { library.get($name.as_bytes()) }
                    .map_err(|_| LoadError::NoFunction { file: file(), function: $name.to_owned() })?
            };
        }
        let api_version: Symbol<unsafe extern "C" fn() -> u32> = symbol!("retro_api_version");
        let set_environment: Symbol<unsafe extern "C" fn(sys::retro_environment_t)> = symbol!("retro_set_environment");
        let set_video: Symbol<unsafe extern "C" fn(sys::retro_video_refresh_t)> = symbol!("retro_set_video_refresh");
        let set_audio: Symbol<unsafe extern "C" fn(sys::retro_audio_sample_t)> = symbol!("retro_set_audio_sample");
        let set_audio_batch: Symbol<unsafe extern "C" fn(sys::retro_audio_sample_batch_t)> =
            symbol!("retro_set_audio_sample_batch");
        let set_poll: Symbol<unsafe extern "C" fn(sys::retro_input_poll_t)> = symbol!("retro_set_input_poll");
        let set_state: Symbol<unsafe extern "C" fn(sys::retro_input_state_t)> = symbol!("retro_set_input_state");
        let call = Functions {
            init: symbol!("retro_init"),
            deinit: symbol!("retro_deinit"),
            get_system_info: symbol!("retro_get_system_info"),
            get_system_av_info: symbol!("retro_get_system_av_info"),
            set_controller_port_device: symbol!("retro_set_controller_port_device"),
            reset: symbol!("retro_reset"),
            run: symbol!("retro_run"),
            serialize_size: symbol!("retro_serialize_size"),
            serialize: symbol!("retro_serialize"),
            unserialize: symbol!("retro_unserialize"),
            load_game: symbol!("retro_load_game"),
            // SAFETY: the type is libretro.h's for this name.
            load_game_special: unsafe { library.get(b"retro_load_game_special") }.ok(),
            unload_game: symbol!("retro_unload_game"),
            get_memory_data: symbol!("retro_get_memory_data"),
            get_memory_size: symbol!("retro_get_memory_size"),
        };
        // SAFETY: from here to the end of `open`: functions of the core, called in the order libretro.h asks for, from
        // the thread that will run it, with callbacks of the types it declares.
        unsafe {
            let version = api_version();
            if version != sys::RETRO_API_VERSION {
                return Err(LoadError::OtherVersion { file: file(), theirs: version, ours: sys::RETRO_API_VERSION });
            }
            set_environment(Some(callbacks::environment));
            (call.init)();
            set_video(Some(callbacks::video_refresh));
            set_audio(Some(callbacks::audio_sample));
            set_audio_batch(Some(callbacks::audio_sample_batch));
            set_poll(Some(callbacks::input_poll));
            set_state(Some(callbacks::input_state));
        }
        Ok(Core {
            call,
            loaded: false,
            content: ManuallyDrop::new(Vec::new()),
            rom_memories: None,
            _library: ManuallyDrop::new(library),
        })
    }

    /// What the core says of itself.
    pub fn system_info(&self) -> SystemInfo {
        let mut info = sys::retro_system_info::default();
        // SAFETY: a valid struct to fill; its strings are the core's constants.
        unsafe { (self.call.get_system_info)(&mut info) };
        SystemInfo {
            name: sys::text(info.library_name),
            version: sys::text(info.library_version),
            extensions: sys::text(info.valid_extensions),
            need_fullpath: info.need_fullpath != 0,
            block_extract: info.block_extract != 0,
        }
    }

    /// Starts the content, or the core's own game.
    pub fn load_game(&mut self, content: Option<Prepared>) -> bool {
        let ok = match content {
            // SAFETY: NULL is what libretro.h asks for when there is no content.
            None => unsafe { (self.call.load_game)(std::ptr::null()) },
            Some(content) => {
                let Some(infos) = self.keep(vec![Some(content)]) else { return false };
                // SAFETY: one info that is valid, and what it points to is kept until the process ends.
                unsafe { (self.call.load_game)(infos.as_ptr()) }
            }
        };
        self.loaded = ok;
        ok
    }

    /// Starts a game of several files: one for each rom of the subsystem, none for those that were left out.
    pub fn load_subsystem(&mut self, subsystem: &Subsystem, contents: Vec<Option<Prepared>>) -> bool {
        let Some(infos) = self.keep(contents) else { return false };
        let Some(load) = &self.call.load_game_special else { return false };
        self.rom_memories = Some(subsystem.memories().map(|(_, memory)| memory.id).collect());
        // SAFETY: as many infos as are said, valid or zero as libretro.h has it for what was left out; what they point to is kept until
        // the process ends. The number is the core's own.
        self.loaded = unsafe { load(subsystem.id, infos.as_ptr(), infos.len()) };
        self.loaded
    }

    /// Puts contents where they stay until the process ends, and tells the environment of them. None for a path that C has no words
    /// for.
    fn keep(&mut self, contents: Vec<Option<Prepared>>) -> Option<Vec<sys::retro_game_info>> {
        let files = contents.iter().map(|content| {
            let content = content.as_ref()?;
            let data = content.data.as_ref().map_or(&[][..], Bytes::as_slice);
            Some(sys::GameFile { path: &content.path, archive: content.archive.as_ref(), data })
        });
        let files: Vec<_> = files.collect();
        callbacks::with(|front| front.environment.set_content(&files));
        let mut infos = Vec::new();
        for content in contents {
            let Some(Prepared { path, data, .. }) = content else {
                infos.push(sys::retro_game_info::default());
                continue;
            };
            let path = CString::new(path.as_os_str().as_bytes()).ok()?;
            let bytes = data.as_ref().map_or(&[][..], Bytes::as_slice);
            infos.push(sys::retro_game_info {
                path: path.as_ptr(),
                data: if bytes.is_empty() { std::ptr::null() } else { bytes.as_ptr().cast() },
                size: bytes.len(),
                meta: std::ptr::null::<c_char>(),
            });
            // The bytes stay where they are when their owner is moved.
            self.content.push((path, data));
        }
        Some(infos)
    }

    /// Sizes and rates, as the core states them, unchecked. None when a core leaves the struct untouched.
    pub fn av_info(&self) -> sys::retro_system_av_info {
        let mut info = MaybeUninit::<sys::retro_system_av_info>::zeroed();
        // SAFETY: zeroed is a valid value of this plain struct, and the core fills it.
        unsafe {
            (self.call.get_system_av_info)(info.as_mut_ptr());
            info.assume_init()
        }
    }

    /// Plugs a device into a port.
    pub fn set_controller(&self, port: u32, device: u32) {
        // SAFETY: any numbers are allowed.
        unsafe { (self.call.set_controller_port_device)(port, device) };
    }

    /// Runs one frame.
    pub fn run(&mut self) {
        // SAFETY: the content is loaded, and callbacks do not call back into the core.
        unsafe { (self.call.run)() };
        hw::hold();
        callbacks::lost(hw::catch_up().is_err());
    }

    /// The console's reset button.
    pub fn reset(&mut self) {
        // SAFETY: the content is loaded.
        unsafe { (self.call.reset)() };
    }

    /// Bytes of a save state now; 0 when the core has none.
    pub fn state_size(&self) -> usize {
        // SAFETY: the content is loaded.
        unsafe { (self.call.serialize_size)() }
    }

    /// Writes a save state into the shared memory. False when the core has none, or does not make one now.
    pub fn save_state(&mut self, states: &mut StateWriter) -> bool {
        let size = self.state_size();
        states.write(size, |to, len| {
            // SAFETY: `write` hands out `len` writable bytes of the shared memory, ours alone until it returns.
            unsafe { (self.call.serialize)(to.cast(), len) }
        })
    }

    /// Writes a save state of the length of `to` there. False when the core does not make one now.
    pub fn write_state(&mut self, to: &mut [u8]) -> bool {
        // SAFETY: valid for writes of its length.
        unsafe { (self.call.serialize)(to.as_mut_ptr().cast(), to.len()) }
    }

    /// Puts a save state back.
    pub fn load_state(&mut self, state: &[u8]) -> bool {
        // SAFETY: valid for reads of its length.
        unsafe { (self.call.unserialize)(state.as_ptr().cast(), state.len()) }
    }

    /// Memory that lasts, if the core has any of this kind.
    pub fn memory(&mut self, memory: Memory) -> Option<&mut [u8]> {
        let id = match (memory, &self.rom_memories) {
            (Memory::Save, None) => sys::RETRO_MEMORY_SAVE_RAM,
            (Memory::Clock, None) => sys::RETRO_MEMORY_RTC,
            (Memory::Rom(at), Some(memories)) => *memories.get(usize::from(at))?,
            // A game of several files has those that its files have.
            (Memory::Save | Memory::Clock, Some(_)) | (Memory::Rom(_), None) => return None,
        };
        // SAFETY: the core says where it is and how long; it stays there until the next call into the core, which needs
        // `&mut self` and so cannot happen while the slice is held.
        unsafe {
            let len = (self.call.get_memory_size)(id);
            let data = (self.call.get_memory_data)(id);
            (len > 0 && !data.is_null()).then(|| std::slice::from_raw_parts_mut(data.cast(), len))
        }
    }

    /// The memory of the machine that is emulated, if the core says where it is.
    pub fn system_ram(&self) -> Option<&[u8]> {
        // SAFETY: as in `memory`: it stays there until the next call into the core that needs `&mut self`.
        unsafe {
            let len = (self.call.get_memory_size)(sys::RETRO_MEMORY_SYSTEM_RAM);
            let data = (self.call.get_memory_data)(sys::RETRO_MEMORY_SYSTEM_RAM);
            (len > 0 && !data.is_null()).then(|| std::slice::from_raw_parts(data.cast(), len))
        }
    }

    /// Unloads the content and lets the core put things away. The library stays loaded: this process ends next.
    pub fn close(mut self) {
        // SAFETY: called once, in the order libretro.h asks for.
        unsafe {
            if std::mem::take(&mut self.loaded) {
                hw::end();
                (self.call.unload_game)();
            }
            (self.call.deinit)();
        }
        hw::give_up();
    }
}

/// The dynamic linker's message, without our own library's words around it and without the path.
fn plain(path: &Path, error: &libloading::Error) -> String {
    use std::error::Error;
    let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let text = text.trim_start_matches(&*path.to_string_lossy()).trim_start_matches(": ");
    text.trim_end_matches('.').to_owned()
}
