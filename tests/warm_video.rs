//! The video thread allocates nothing once it is warm: every allocation of Rust code on a thread is counted.
//!
//! The encoders' own C code has its own allocator and is not counted; what it keeps is bounded by `hotseat bench switch`.
#![allow(unsafe_code)]

#[path = "common/rig.rs"]
mod rig;

use hotseat::frame::PixelFormat;
use hotseat::link::frames::FrameHeader;
use hotseat::packet::Format;
use rig::Rig;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static IS_VIDEO: std::cell::Cell<Option<bool>> = const { std::cell::Cell::new(None) };
}

/// Only the thread called `video` counts. Its name is read without allocating.
fn count() {
    let _ = IS_VIDEO.try_with(|is_video| {
        let is = is_video.get().unwrap_or_else(|| {
            // Marked first: what is called below could allocate.
            is_video.set(Some(false));
            let is = std::fs::read("/proc/thread-self/comm").is_ok_and(|name| name == b"video\n");
            is_video.set(Some(is));
            is
        });
        COUNT.fetch_add(u64::from(is), Relaxed);
    });
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn the_video_thread_allocates_nothing_once_it_is_warm() {
    let mut rig = Rig::start();
    let formats = ["h264", "vp8", "vp9", "h264-444"];
    for format in formats.into_iter().filter_map(Format::from_name) {
        rig.control.set_viewers(format, 1);
    }
    // Two sizes by turns of 20 frames, moving pictures, duplicates, another pixel format, turned pictures, wanted keyframes:
    // all there is in an evening.
    let mut frame = |number: u32| {
        let big = number / 20 % 2 == 1;
        let (width, height) = if big { (512, 448) } else { (320, 240) };
        let format = if big { PixelFormat::Rgb565 } else { PixelFormat::Xrgb8888 };
        let len = width as usize * format.bytes() * height as usize;
        let pixels: Vec<u8> = (0..len).map(|at| ((at as u32 * 31 + number * 977) >> 4) as u8).collect();
        let duplicate = number % 10 == 9;
        let header = FrameHeader { duplicate, rotation: number / 40 % 2 * 2, ..Rig::header(width, height, format) };
        rig.publish(header, if duplicate { &[] } else { &pixels });
        if number.is_multiple_of(35) {
            rig.control.request_keyframes();
        }
        rig.packets_of(header.captured, formats.len(), |_| ());
    };
    (0..80).for_each(&mut frame);
    let warm = COUNT.load(Relaxed);
    assert!(warm > 0, "the counter counts");
    (80..160).for_each(&mut frame);
    let later = COUNT.load(Relaxed) - warm;
    // Four times another size: what an encoder keeps of its own (H.264 twice: itself and its parameters; VP8 and VP9: itself,
    // its context and its map of macroblocks), and not one allocation for a frame.
    assert!(later <= 4 * (2 + 3 + 3 + 2), "{later} allocations in 80 frames with four changes of size");
}
