//! Pictures that the graphics card drew.
#![allow(unsafe_code)]

use super::{called, picture};
use crate::frame::PixelFormat;
use crate::libretro::{hw, sys};
use crate::link::message::InvalidVideo;
use std::ffi::{CStr, c_char};
use std::time::Duration;

/// Called by the core, any time: OpenGL's name of the framebuffer to draw into.
pub extern "C" fn current_framebuffer() -> usize {
    hw::framebuffer()
}

/// # Safety
/// Called by the core with a function's name, or NULL.
pub unsafe extern "C" fn proc_address(name: *const c_char) -> sys::retro_proc_address_t {
    // SAFETY: not NULL, and the core's promise.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }).and_then(hw::proc_address)
}

/// What the core stated of its sizes counts for what it draws into as well.
pub(super) fn follow(command: u32) {
    let done = match command {
        sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO => match called(|front| Some(front.environment.video.largest())) {
            Some(largest) => hw::restate(largest),
            None => Ok(()),
        },
        sys::RETRO_ENVIRONMENT_SET_GEOMETRY => {
            if let Some((width, height)) = called(|front| Some(front.environment.video.base)) {
                hw::make_room(width, height);
            }
            Ok(())
        }
        _ => Ok(()),
    };
    lost(done.is_err());
}

/// The core stands there without a context: every picture of the card is refused from here on, which is told.
pub fn lost(is_lost: bool) {
    if is_lost {
        called(|front| front.environment.warn(InvalidVideo::Hardware));
    }
}

/// Called by the core when its picture is in the framebuffer. The front end is not locked while the card draws and is read: a
/// core may make sound on another thread, and a driver may call it back.
pub(super) fn show(width: u32, height: u32, captured: Duration) {
    let Some(most) = hw::most() else { return refuse(InvalidVideo::Hardware) };
    if width == 0 || height == 0 || width > most || height > most {
        return refuse(InvalidVideo::Size { width, height, most });
    }
    let len = width as usize * height as usize * PixelFormat::Xrgb8888.bytes();
    let room = called(|front| {
        // Were it where the core draws in memory, that is drawn over now.
        front.drawing = None;
        front.frames.room_to_draw(len)
    });
    let Some(room) = room else {
        return called(|front| {
            front.seen.pictures += 1;
            front.frames.count_lost();
        });
    };
    // SAFETY: room for that many bytes of the ring, which nobody else writes to or reads from until it is published.
    let pixels = unsafe { std::slice::from_raw_parts_mut(room, len) };
    if !hw::read(width, height, pixels) {
        return refuse(InvalidVideo::Hardware);
    }
    called(|front| {
        front.seen.pictures += 1;
        let header = picture::header(front, width, height, PixelFormat::Xrgb8888, captured);
        front.frames.publish_in_place(header);
    });
}

fn refuse(problem: InvalidVideo) {
    called(|front| {
        front.seen.pictures += 1;
        front.seen.refused += 1;
        front.environment.warn(problem);
    });
}
