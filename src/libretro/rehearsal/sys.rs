//! Environment calls made of random bytes: whatever stands in the structs, every pointer is NULL or leads to what libretro.h says that
//! it leads to. All of it is freed after each call, as a core may do, so that what is kept too long is found.
#![allow(unsafe_code)]

use crate::libretro::callbacks;
use crate::libretro::environment::CALLS;
use crate::libretro::sys::*;
use std::any::Any;
use std::ffi::{CString, c_char, c_void};
use std::ptr::{null, null_mut};

/// The largest struct that a call without pointers in it reads or writes is far smaller.
const PLAIN_BYTES: usize = 1024;
/// Elements of a list.
const MOST_ELEMENTS: u8 = 6;

/// One call after another until the bytes are used up.
pub fn call_all(bytes: &[u8]) {
    let mut script = Script { bytes, kept: Vec::new() };
    while !script.bytes.is_empty() {
        let (command, data) = script.call();
        // SAFETY: `call` makes the argument that fits the command, and `kept` holds what it leads to.
        unsafe { callbacks::environment(command, data) };
        script.kept.clear();
    }
}

struct Script<'a> {
    bytes: &'a [u8],
    kept: Vec<Box<dyn Any>>,
}

unsafe extern "C" fn nothing() {}
unsafe extern "C" fn switched(_: bool) -> bool {
    true
}
unsafe extern "C" fn asked() -> bool {
    false
}
unsafe extern "C" fn count() -> u32 {
    2
}
unsafe extern "C" fn chosen(_: u32) -> bool {
    true
}
unsafe extern "C" fn typed(_: bool, _: u32, _: u32, _: u16) {}
unsafe extern "C" fn told_time(_: i64) {}
unsafe extern "C" fn told_buffer(_: bool, _: u32, _: bool) {}
unsafe extern "C" fn told_state(_: bool) {}

impl Script<'_> {
    /// 0 when there are no more.
    fn byte(&mut self) -> u8 {
        self.bytes.split_off_first().copied().unwrap_or(0)
    }

    fn number(&mut self) -> u32 {
        let mut number = [0; 4];
        number.iter_mut().for_each(|byte| *byte = self.byte());
        u32::from_le_bytes(number)
    }

    /// Mostly a small one.
    fn count(&mut self) -> u32 {
        if self.byte() < 250 { self.byte().into() } else { self.number() }
    }

    /// A struct of random bytes that has no pointers, or whose pointers nobody follows. Booleans are bytes in these bindings.
    fn plain<T: Plain>(&mut self) -> T {
        let mut bytes = vec![0u8; size_of::<T>()];
        bytes.iter_mut().for_each(|byte| *byte = self.byte());
        // SAFETY: as many bytes as it has, any of which are a value of this plain type: numbers, and pointers that are not followed.
        unsafe { bytes.as_ptr().cast::<T>().read_unaligned() }
    }

    fn keep<T: 'static>(&mut self, value: T) -> *mut T {
        let mut value = Box::new(value);
        let pointer = std::ptr::from_mut(&mut *value);
        self.kept.push(value);
        pointer
    }

    /// Elements, and the mark behind them.
    fn list<T: Default + 'static>(&mut self, mut element: impl FnMut(&mut Self) -> T) -> *const T {
        if self.byte().is_multiple_of(16) {
            return null();
        }
        let count = self.byte() % MOST_ELEMENTS;
        let elements = (0..count).map(|_| element(self));
        let mut list: Vec<T> = elements.collect();
        list.push(T::default());
        let list = list.into_boxed_slice();
        let pointer = list.as_ptr();
        self.kept.push(Box::new(list));
        pointer
    }

    /// As many elements as are said, and no more.
    fn counted<T: 'static>(&mut self, mut element: impl FnMut(&mut Self) -> T) -> (*const T, u32) {
        let count = u32::from(self.byte() % (MOST_ELEMENTS * 8));
        let list: Box<[T]> = (0..count).map(|_| element(self)).collect();
        let pointer = list.as_ptr();
        self.kept.push(Box::new(list));
        // Where there is nothing, a number means nothing.
        match self.byte() {
            0 => (null(), self.number()),
            _ => (pointer, count),
        }
    }

    /// A string: short, long, or not there.
    fn text(&mut self) -> *const c_char {
        let kind = self.byte();
        let len = match kind {
            0..16 => return null(),
            16..250 => usize::from(kind % 24),
            _ => usize::from(self.byte()) * 64,
        };
        let mut text: Vec<u8> = (0..len).map(|_| self.byte()).filter(|byte| *byte != 0).collect();
        // What the bytes do not reach.
        text.resize(len.min(text.len() + len / 2), b'x');
        let text = CString::new(text).unwrap_or_default();
        let pointer = text.as_ptr();
        self.kept.push(Box::new(text));
        pointer
    }

    /// One of a few, so that the same names come again.
    fn key(&mut self) -> *const c_char {
        match self.byte() % 8 {
            0 => self.text(),
            at => [c"a", c"b", c"video_mode", c"sgb", c"rom|bin", c"", c"../x"][usize::from(at) - 1].as_ptr(),
        }
    }

    /// A function of the core's, or none.
    fn function<F>(&mut self, function: F) -> Option<F> {
        (!self.byte().is_multiple_of(8)).then_some(function)
    }

    fn values(&mut self) -> [retro_core_option_value; RETRO_NUM_CORE_OPTION_VALUES_MAX as usize] {
        let mut values = [retro_core_option_value::default(); RETRO_NUM_CORE_OPTION_VALUES_MAX as usize];
        // All of them now and then: then there is no mark at the end.
        let count = if self.byte() == 255 { values.len() } else { usize::from(self.byte() % 6) };
        for value in &mut values[..count] {
            *value = retro_core_option_value { value: self.key(), label: self.text() };
        }
        values
    }

    fn options_1(&mut self) -> *const retro_core_option_definition {
        self.list(|it| retro_core_option_definition {
            key: it.key(),
            desc: it.text(),
            info: it.text(),
            values: it.values(),
            default_value: it.key(),
        })
    }

    fn options_2(&mut self) -> retro_core_options_v2 {
        let categories =
            self.list(|it| retro_core_option_v2_category { key: it.key(), desc: it.text(), info: it.text() });
        let definitions = self.list(|it| retro_core_option_v2_definition {
            key: it.key(),
            desc: it.text(),
            desc_categorized: it.text(),
            info: it.text(),
            info_categorized: it.text(),
            category_key: it.key(),
            values: it.values(),
            default_value: it.key(),
        });
        retro_core_options_v2 { categories: categories.cast_mut(), definitions: definitions.cast_mut() }
    }

    fn rom(&mut self) -> retro_subsystem_rom_info {
        let (memory, num_memory) =
            self.counted(|it| retro_subsystem_memory_info { extension: it.key(), type_: it.count() });
        retro_subsystem_rom_info {
            desc: self.text(),
            valid_extensions: self.key(),
            need_fullpath: self.byte(),
            block_extract: self.byte(),
            required: self.byte(),
            memory,
            num_memory,
        }
    }

    fn disk(&mut self) -> retro_disk_control_ext_callback {
        retro_disk_control_ext_callback {
            set_eject_state: self.function(switched),
            get_eject_state: self.function(asked),
            get_image_index: self.function(count),
            set_image_index: self.function(chosen),
            get_num_images: self.function(count),
            ..retro_disk_control_ext_callback::default()
        }
    }

    /// A pointer to something that stays until the next call.
    fn at<T: 'static>(&mut self, value: T) -> *mut c_void {
        self.keep(value).cast()
    }

    /// The number of a call, and the argument that fits it.
    fn call(&mut self) -> (u32, *mut c_void) {
        let number = self.byte();
        let command = match number {
            255 => self.number(),
            _ => CALLS[usize::from(number) % CALLS.len()].0,
        };
        // Whatever the call, NULL is one of the things that a core may pass.
        if self.byte() == 0 {
            return (command, null_mut());
        }
        let data = match command {
            RETRO_ENVIRONMENT_SET_MESSAGE => {
                let message = retro_message { msg: self.text(), frames: self.number() };
                self.at(message)
            }
            RETRO_ENVIRONMENT_SET_MESSAGE_EXT => {
                let message = retro_message_ext { msg: self.text(), ..self.plain() };
                self.at(message)
            }
            RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS => {
                let list = self.list(|it| retro_input_descriptor {
                    port: it.count(),
                    device: it.count(),
                    index: it.count(),
                    id: it.count(),
                    description: it.text(),
                });
                list.cast_mut().cast()
            }
            RETRO_ENVIRONMENT_SET_CONTROLLER_INFO => {
                let list = self.list(|it| {
                    let (types, num_types) =
                        it.counted(|it| retro_controller_description { desc: it.text(), id: it.count() });
                    retro_controller_info { types, num_types }
                });
                list.cast_mut().cast()
            }
            RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK => {
                let callback = retro_keyboard_callback { callback: self.function(typed) };
                self.at(callback)
            }
            RETRO_ENVIRONMENT_SET_DISK_CONTROL_EXT_INTERFACE => {
                let disk = self.disk();
                self.at(disk)
            }
            RETRO_ENVIRONMENT_SET_DISK_CONTROL_INTERFACE => {
                let all = self.disk();
                self.at(retro_disk_control_callback {
                    set_eject_state: all.set_eject_state,
                    get_eject_state: all.get_eject_state,
                    get_image_index: all.get_image_index,
                    set_image_index: all.set_image_index,
                    get_num_images: all.get_num_images,
                    replace_image_index: None,
                    add_image_index: None,
                })
            }
            RETRO_ENVIRONMENT_SET_HW_RENDER => {
                let wanted = self.hardware();
                self.at(wanted)
            }
            RETRO_ENVIRONMENT_GET_VARIABLE | RETRO_ENVIRONMENT_SET_VARIABLE => {
                let variable = retro_variable { key: self.key(), value: self.key() };
                self.at(variable)
            }
            RETRO_ENVIRONMENT_SET_VARIABLES => {
                self.list(|it| retro_variable { key: it.key(), value: it.text() }).cast_mut().cast()
            }
            RETRO_ENVIRONMENT_SET_CORE_OPTIONS => self.options_1().cast_mut().cast(),
            RETRO_ENVIRONMENT_SET_CORE_OPTIONS_INTL => {
                let all =
                    retro_core_options_intl { us: self.options_1().cast_mut(), local: self.options_1().cast_mut() };
                self.at(all)
            }
            RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2 => {
                let options = self.options_2();
                self.at(options)
            }
            RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2_INTL => {
                let (us, local) = (self.options_2(), self.options_2());
                let (us, mut local) = (self.keep(us), self.keep(local));
                if self.byte().is_multiple_of(4) {
                    local = null_mut();
                }
                self.at(retro_core_options_v2_intl { us, local })
            }
            RETRO_ENVIRONMENT_SET_CORE_OPTIONS_DISPLAY => {
                let display = retro_core_option_display { key: self.key(), visible: self.byte() };
                self.at(display)
            }
            RETRO_ENVIRONMENT_SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK => {
                let callback = retro_core_options_update_display_callback { callback: self.function(asked) };
                self.at(callback)
            }
            RETRO_ENVIRONMENT_SET_FRAME_TIME_CALLBACK => {
                let callback =
                    retro_frame_time_callback { callback: self.function(told_time), reference: self.number().into() };
                self.at(callback)
            }
            RETRO_ENVIRONMENT_SET_AUDIO_CALLBACK => {
                let callback =
                    retro_audio_callback { callback: self.function(nothing), set_state: self.function(told_state) };
                self.at(callback)
            }
            RETRO_ENVIRONMENT_SET_AUDIO_BUFFER_STATUS_CALLBACK => {
                let callback = retro_audio_buffer_status_callback { callback: self.function(told_buffer) };
                self.at(callback)
            }
            RETRO_ENVIRONMENT_SET_SUBSYSTEM_INFO => {
                let list = self.list(|it| {
                    let (roms, num_roms) = it.counted(Script::rom);
                    retro_subsystem_info { desc: it.text(), ident: it.key(), roms, num_roms, id: it.number() }
                });
                list.cast_mut().cast()
            }
            RETRO_ENVIRONMENT_SET_CONTENT_INFO_OVERRIDE => {
                let list = self.list(|it| retro_system_content_info_override {
                    extensions: it.key(),
                    need_fullpath: it.byte(),
                    persistent_data: it.byte(),
                });
                list.cast_mut().cast()
            }
            // Numbers alone, or room to write to.
            _ => {
                let plain: [u8; PLAIN_BYTES] = std::array::from_fn(|_| self.byte());
                self.at(Aligned(plain))
            }
        };
        (command, data)
    }

    /// Of no kind that gets a context: making those is the driver's work, and takes longer than all the rest.
    fn hardware(&mut self) -> retro_hw_render_callback {
        let offered = |kind| (RETRO_HW_CONTEXT_OPENGL..=RETRO_HW_CONTEXT_OPENGLES_VERSION).contains(&kind);
        let kind = Some(self.count()).filter(|kind| !offered(*kind)).unwrap_or(RETRO_HW_CONTEXT_NONE);
        retro_hw_render_callback {
            context_type: kind,
            context_reset: self.function(nothing),
            get_current_framebuffer: None,
            get_proc_address: None,
            depth: self.byte(),
            stencil: self.byte(),
            bottom_left_origin: self.byte(),
            version_major: self.number(),
            version_minor: self.number(),
            cache_context: self.byte(),
            context_destroy: self.function(nothing),
            debug_context: self.byte(),
        }
    }
}

/// As the largest number needs it.
#[repr(align(16))]
struct Aligned(#[allow(dead_code, reason = "read and written by way of its address")] [u8; PLAIN_BYTES]);
