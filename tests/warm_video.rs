//! The video thread allocates nothing once it is warm: every allocation of Rust code on a thread is counted.
//!
//! The encoders' own C code has its own allocator and is not counted; what it keeps is bounded by `hotseat bench switch`.
#![allow(unsafe_code)]

use hotseat::frame::{Picture, PixelFormat};
use hotseat::link::Link;
use hotseat::link::frames::{FrameHeader, FrameWriter};
use hotseat::packet::{Format, VideoRings};
use hotseat::sync::{Event, now};
use hotseat::video::{self, VideoControl, VideoPorts};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

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

fn header(width: u32, height: u32, format: PixelFormat, duplicate: bool) -> FrameHeader {
    let captured = now();
    FrameHeader {
        width,
        height,
        format,
        rotation: 0,
        aspect: width as f32 / height as f32,
        duplicate,
        number: 0,
        captured,
        due: captured,
        fps: 60.0,
    }
}

#[test]
fn the_video_thread_allocates_nothing_once_it_is_warm() {
    let link = Link::create().expect("shared memory");
    let control = VideoControl::new(link.clone());
    let VideoRings { packets, packets_out: mut out, mut used, spares } = VideoRings::default();
    let (preview, _window) = triple_buffer::triple_buffer(&Picture::default());
    let packet_event = Arc::new(Event::new().expect("an event"));
    let (_record, _, tap, _) = hotseat::record::start(Box::new(|_| {})).expect("the recorder starts");
    let ports = VideoPorts {
        tap,
        packets,
        spares,
        packet_event: packet_event.clone(),
        preview: Some(preview),
        picture_event: Arc::new(Event::new().expect("an event")),
        screenshots: sync_channel(1).0,
        on_failure: Box::new(|why| panic!("{why}")),
    };
    let _thread = video::start(link.clone(), control.clone(), ports).expect("the thread starts");
    let formats = [Format::from_name("h264"), Format::from_name("vp8"), Format::from_name("h264-444")];
    for format in formats.into_iter().flatten() {
        control.set_viewers(format, 1);
    }
    let mut writer = FrameWriter::new(link);
    // Two sizes by turns of 20 frames, moving pictures, duplicates, another pixel format, wanted keyframes: all there is in an evening.
    let mut frame = |number: u32| {
        let big = number / 20 % 2 == 1;
        let (width, height) = if big { (512, 448) } else { (320, 240) };
        let format = if big { PixelFormat::Rgb565 } else { PixelFormat::Xrgb8888 };
        let row = width as usize * format.bytes();
        let pixels: Vec<u8> =
            (0..row * height as usize).map(|at| ((at as u32 * 31 + number * 977) >> 4) as u8).collect();
        let header = header(width, height, format, number % 10 == 9);
        let captured = header.captured;
        writer.publish(header, pixels.chunks(row));
        if number.is_multiple_of(35) {
            control.request_keyframes();
        }
        // Where the machine stands still, the last picture is sent again meanwhile: those packets are not counted.
        let mut missing = 3;
        while missing > 0 {
            match out.pop() {
                Ok(packet) => {
                    missing -= i32::from(packet.captured == captured);
                    let _ = used.push(packet);
                }
                Err(_) => assert!(packet_event.wait_timeout(Duration::from_secs(20)), "a packet comes"),
            }
        }
    };
    (0..80).for_each(&mut frame);
    let warm = COUNT.load(Relaxed);
    assert!(warm > 0, "the counter counts");
    (80..160).for_each(&mut frame);
    let later = COUNT.load(Relaxed) - warm;
    // Four times another size: what an encoder keeps of its own (H.264 twice: itself and its parameters; VP8: itself, its
    // context and its map of macroblocks), and not one allocation for a frame.
    assert!(later <= 4 * (2 + 3 + 2), "{later} allocations in 80 frames with four changes of size");
}
