//! Any size after any other, in every format: each first frame of a size is a keyframe of its own, and none is lost.

use crate::rig::Rig;
use hotseat::frame::PixelFormat;
use hotseat::link::frames::FrameHeader;
use hotseat::packet::Format;
use std::time::Duration;

/// Among them pairs that are encoded at one size, tiny, long and odd ones.
const SIZES: [(u32, u32); 11] = [
    (256, 224),
    (512, 448),
    (256, 240),
    (512, 480),
    (320, 240),
    (640, 480),
    (368, 240),
    (321, 199),
    (1, 1),
    (5, 3),
    (1200, 2),
];

#[test]
fn the_first_frame_of_every_size_after_every_other_is_a_keyframe_and_no_other_is() {
    let mut rig = Rig::start();
    for format in Format::ALL {
        rig.control.set_viewers(format, 1);
    }
    let mut pixels = Vec::new();
    let mut size = 0;
    for change in 0..SIZES.len() * (SIZES.len() - 1) {
        size = (size + 1 + change / SIZES.len()) % SIZES.len();
        let (width, height) = SIZES[size];
        for frame in 0..3usize {
            pixels.clear();
            let len = width as usize * height as usize * 4;
            pixels.extend((0..len).map(|at| ((at / 64 + frame * 5 + change) * 37) as u8));
            let header = Rig::header(width, height, PixelFormat::Xrgb8888);
            // The second only says "the same again".
            let header = FrameHeader { duplicate: frame == 1, ..header };
            rig.publish(header, if header.duplicate { &[] } else { &pixels });
            rig.packets_of(header.captured, Format::ALL.len(), |packet| {
                let name = format!("{} frame {frame} of {width}x{height}, change {change}", packet.format.title());
                assert_eq!((packet.shape.width, packet.shape.height), (width, height), "{name}");
                assert_eq!(packet.keyframe, frame == 0, "{name}");
            });
        }
    }
    assert_eq!((rig.control.skipped(), rig.control.failed()), (0, 0));
}

#[test]
fn a_picture_that_is_turned_without_being_drawn_again_is_turned() {
    let mut rig = Rig::start();
    let format = Format::default();
    rig.control.set_viewers(format, 1);
    let mut seen = Vec::new();
    for (rotation, aspect, duplicate) in [(0, 2.0, false), (1, 2.0, true), (1, 4.0, true), (0, 4.0, true)] {
        let header = Rig::header(64, 32, PixelFormat::Rgb565);
        let header = FrameHeader { rotation, aspect, duplicate, ..header };
        rig.publish(header, if duplicate { &[] } else { &[0x35; 64 * 32 * 2] });
        rig.packets_of(header.captured, 1, |packet| {
            seen.push((packet.shape.width, packet.shape.height, packet.shape.aspect));
        });
    }
    assert_eq!(seen, [(64, 32, 2.0), (32, 64, 2.0), (32, 64, 4.0), (64, 32, 4.0)]);
}

#[test]
fn asking_without_end_makes_a_keyframe_every_half_second_and_no_more() {
    let mut rig = Rig::start();
    let format = Format::default();
    rig.control.set_viewers(format, 1);
    let mut keyframes = Vec::new();
    let mut number = 0u32;
    // By the program's own clock, which is the one that is told.
    let begin = hotseat::sync::now();
    while hotseat::sync::now() - begin < Duration::from_millis(1800) {
        number += 1;
        let pixels: Vec<u8> = (0..320 * 240 * 2).map(|at| (at * 31 + number * 977) as u8).collect();
        let header = Rig::header(320, 240, PixelFormat::Rgb565);
        rig.publish(header, &pixels);
        rig.packets_of(header.captured, 1, |packet| {
            if packet.keyframe {
                keyframes.push(packet.taken);
            }
        });
        rig.control.request_keyframe(format);
    }
    assert!(keyframes.len() >= 3, "{keyframes:?}");
    let apart = keyframes.windows(2).map(|pair| pair[1] - pair[0]).min().expect("two keyframes");
    assert!(apart >= Duration::from_millis(500), "{keyframes:?}");
}
