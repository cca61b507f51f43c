//! Pictures to encode: the demo game as it is played, and drawn scenes of any size.

use super::BenchError;
use crate::emulator::{Emulator, Event};
use crate::frame::{Picture, PixelFormat};
use crate::input::{Button, PadState};
use crate::link::Link;
use crate::link::board::{BoardWriter, Lane};
use crate::link::frames::{FrameHeader, FrameReader};
use crate::link::message::{FromCore, Load, Pace};
use crate::text::Spoken;
use crate::video::convert::Converter;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// What a size is drawn with: a handful of strong colours, as games of the time have them.
const PALETTE: [u32; 8] = [0x10_1020, 0x28_3060, 0xb0_3030, 0x30_a050, 0xe0_c040, 0xf0_f0f0, 0x80_40a0, 0x40_90d0];

/// Draws frame number `frame` of a scrolling scene into `pixels`: a landscape of tiles and some things that move.
pub fn draw(width: u32, height: u32, frame: u32, pixels: &mut Vec<u32>) {
    pixels.clear();
    let hash = |a: u32, b: u32| (a.wrapping_mul(0x9e37_79b1) ^ b.wrapping_mul(0x85eb_ca77)).rotate_left(13);
    for y in 0..height {
        for x in 0..width {
            let (wx, wy) = (x + frame, y);
            let tile = hash(wx / 16, wy / 16);
            // Eight tile shapes of eight by eight, each in two colours.
            let shape = tile.wrapping_mul(0x27d4_eb2f) >> 5;
            let on = shape >> ((wx / 2 % 4) + (wy / 2 % 4) * 4) & 1 == 1;
            pixels.push(PALETTE[(if on { tile >> 9 } else { tile >> 13 }) as usize % 3]);
        }
    }
    for sprite in 0..12 {
        let home = hash(sprite, 7);
        let left = (home + frame * (1 + sprite % 3)) % width.max(1);
        let top = (home >> 11) % height.max(1);
        for y in top..(top + 16).min(height) {
            for x in left..(left + 16).min(width) {
                if !(x - left + y - top).is_multiple_of(5) {
                    pixels[(y * width + x) as usize] = PALETTE[3 + (sprite as usize + (y - top) as usize / 4) % 5];
                }
            }
        }
    }
}

/// The header of a frame of this size, due now.
pub fn header(width: u32, height: u32, fps: f64, now: Duration) -> FrameHeader {
    FrameHeader {
        width,
        height,
        format: PixelFormat::Xrgb8888,
        rotation: 0,
        aspect: width as f32 / height as f32,
        duplicate: false,
        number: 0,
        captured: now,
        due: now,
        fps,
    }
}

/// Plays a core for `count` frames, with a player who runs about and shoots, and keeps every picture.
pub fn play(core: &Path, count: usize) -> Result<Vec<Picture>, BenchError> {
    let link = Link::create().map_err(BenchError::io("The system gives no shared memory"))?;
    let scratch = std::env::temp_dir().join(format!("hotseat-footage-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).map_err(BenchError::io("A folder for the core cannot be made"))?;
    let load = Load {
        core: core.to_owned(),
        content: None,
        several: None,
        only_asked: false,
        options: Vec::new(),
        options_typed: true,
        devices: Vec::new(),
        system_dir: scratch.clone(),
        save_dir: scratch.clone(),
        temp_dir: scratch.clone(),
        language: Spoken::English,
        revive: false,
        pace: Pace::Real,
        bounds: Default::default(),
        rewind_mb: 0,
    };
    let (sender, events) = sync_channel(64);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let emulator = Emulator::start(link.clone(), load, listener)?;
    let board = BoardWriter::new(link.clone());
    let mut reader = FrameReader::new(link.clone());
    let mut converter = Converter::default();
    let mut pictures = Vec::with_capacity(count);
    let until = Instant::now() + Duration::from_secs(10) + Duration::from_secs(1) * (count / 30) as u32;
    while pictures.len() < count && Instant::now() < until {
        match events.try_recv() {
            Ok(Event::Died { crash, .. }) => return Err(crash.into()),
            Ok(Event::Message(FromCore::LoadFailed(error))) => return Err(error.into()),
            _ => {}
        }
        link.frame_event.wait_timeout(Duration::from_millis(100));
        while let Some(frame) = reader.take_next(crate::link::BACKLOG) {
            let mut picture = Picture::default();
            if !frame.header().duplicate {
                converter.unpack(&frame, &mut picture);
                pictures.push(picture);
            }
        }
        board.set(Lane::Local, 0, pad_at(pictures.len()));
    }
    drop(emulator);
    let _ = std::fs::remove_dir_all(&scratch);
    if pictures.len() < count {
        return Err(BenchError::PicturesMissing { core: core.to_owned(), got: pictures.len(), wanted: count });
    }
    Ok(pictures)
}

/// Start once, then round and round with a finger on the trigger.
fn pad_at(frame: usize) -> PadState {
    let buttons = match frame {
        0..20 => 0,
        20..30 => Button::Start as u16,
        _ => {
            let way = [Button::Right, Button::Down, Button::Left, Button::Up][frame / 24 % 4];
            let fire = if (frame / 6).is_multiple_of(2) { Button::B as u16 } else { 0 };
            way as u16 | fire
        }
    };
    PadState { buttons, ..PadState::default() }
}
