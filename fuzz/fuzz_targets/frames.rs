//! Pictures of any size, pitch, format, shape and content, stated truly or not, through what a core calls, the frame ring,
//! the conversion and every encoder.
//!
//! Whatever the checks let through must be converted and encoded; nothing may be read beyond what was handed over.
#![no_main]

use arbitrary::Arbitrary;
use hotseat::frame::Picture;
use hotseat::libretro::rehearsal::{self, Stated};
use hotseat::link::{BACKLOG, Link};
use hotseat::link::frames::FrameReader;
use hotseat::link::message::FromCore;
use hotseat::packet::Format;
use hotseat::video::convert::Converter;
use hotseat::video::planes::Planes;
use hotseat::video::encoder::{EncodeMode, Encoder, Tuning, open};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::sync::mpsc::Receiver;

/// A number that is mostly one that makes sense.
#[derive(Arbitrary, Debug)]
enum Real {
    Usual(u16),
    Any(f64),
}

impl Real {
    /// Usual ones lie between these.
    fn within(&self, least: f64, most: f64) -> f64 {
        match *self {
            Real::Usual(raw) => least + (most - least) * f64::from(raw) / f64::from(u16::MAX),
            Real::Any(any) => any,
        }
    }
}

#[derive(Arbitrary, Debug)]
enum Pitch {
    /// So many bytes after each row that are not the picture's.
    Longer(u8),
    Any(u32),
}

#[derive(Arbitrary, Debug)]
enum Step {
    State {
        base: (u16, u16),
        max: (u16, u16),
        aspect: Real,
        fps: Real,
        rotation: u8,
    },
    Format(u8),
    Picture {
        width: u16,
        height: u16,
        pitch: Pitch,
        pixels: Vec<u8>,
    },
    /// A size that nobody has.
    Absurd {
        width: u32,
        height: u32,
        pitch: u32,
    },
    Duplicate,
    /// Encodes what came last.
    Encode {
        format: u8,
        mode: u8,
        max_kbit_s: u32,
        speed: u8,
        fps: Real,
        newest: bool,
    },
}

struct Rig {
    heard: Receiver<FromCore>,
    reader: FrameReader,
    converter: Converter,
    picture: Picture,
    planes: Planes,
    encoders: [Option<Box<dyn Encoder>>; Format::ALL.len()],
}

thread_local! {
    static RIG: RefCell<Option<Rig>> = const { RefCell::new(None) };
}

fn rig() -> Rig {
    let link = Link::create().expect("shared memory");
    Rig {
        heard: rehearsal::begin(&link),
        reader: FrameReader::new(link),
        converter: Converter::default(),
        picture: Picture::default(),
        planes: Planes::default(),
        encoders: [const { None }; Format::ALL.len()],
    }
}

/// Mostly sizes that are quick to encode; now and then a very long one.
fn side(raw: u16, other: u16) -> u32 {
    let most = if other % 512 < 24 { 4200 } else { 512 };
    u32::from(raw) % most
}

impl Rig {
    /// Each input begins alike, so that what it finds can be found again.
    fn begin(&mut self) {
        rehearsal::state_format(0);
        let (base, max) = ((256, 224), (4096, 4096));
        assert!(rehearsal::state(Stated { base, max, aspect: 1.5, fps: 60.0, rotation: 0 }));
        assert!(rehearsal::picture(Some(&[0x5a; 2 * 16 * 16]), 16, 16, 32));
        self.look(true);
        self.encoders = [const { None }; Format::ALL.len()];
    }

    fn take(&mut self, step: &Step, bytes: &mut usize) {
        match step {
            Step::State { base, max, aspect, fps, rotation } => {
                let size = |(width, height): (u16, u16)| (u32::from(width), u32::from(height));
                rehearsal::state(Stated {
                    base: size(*base),
                    max: size(*max),
                    aspect: aspect.within(0.2, 5.0) as f32,
                    fps: fps.within(1.0, 240.0),
                    rotation: (*rotation).into(),
                });
            }
            Step::Format(raw) => {
                // Four of them: the last is none.
                *bytes = match u32::from(raw % 4) {
                    raw if !rehearsal::state_format(raw) => *bytes,
                    1 => 4,
                    _ => 2,
                };
            }
            Step::Picture { width, height, pitch, pixels } => {
                let (width, height) = (side(*width, *height), side(*height, *width));
                let row = width as usize * *bytes;
                let pitch = match *pitch {
                    Pitch::Longer(gap) => row + usize::from(gap),
                    Pitch::Any(any) => any as usize % (1 << 17),
                };
                // Not a byte more than a front end may read: the sanitizer sees the next one.
                let len = (height as usize).saturating_sub(1) * pitch.min(1 << 15) + row;
                let data: Box<[u8]> = pixels.iter().copied().chain([0x5a]).cycle().take(len).collect();
                rehearsal::picture(Some(&data), width, height, pitch);
            }
            Step::Absurd { width, height, pitch } => {
                rehearsal::picture(Some(&[0; 64]), *width, *height, *pitch as usize);
            }
            Step::Duplicate => assert!(rehearsal::picture(None, 0, 0, 0)),
            Step::Encode { format, mode, max_kbit_s, speed, fps, newest } => {
                self.look(*newest);
                let mode = [EncodeMode::Auto, EncodeMode::Refine, EncodeMode::Keyframe, EncodeMode::Skip][usize::from(mode % 4)];
                let fps = fps.within(1.0, 1000.0);
                let tuning = Tuning { fps, max_kbit_s: *max_kbit_s, speed: usize::from(*speed) };
                self.encode(Format::ALL[usize::from(*format) % Format::ALL.len()], mode, tuning);
            }
        }
    }

    fn look(&mut self, newest: bool) {
        let too_many = if newest { 2 } else { BACKLOG };
        while let Some(read) = self.reader.take_next(too_many) {
            if !read.header().duplicate {
                self.converter.unpack(&read, &mut self.picture);
            }
        }
        assert_eq!(self.reader.refused(), 0, "what the one end lets through, the other takes");
        while self.heard.try_recv().is_ok() {}
    }

    fn encode(&mut self, format: Format, mode: EncodeMode, tuning: Tuning) {
        self.converter.convert(&self.picture, format.chroma, &mut self.planes).expect("every picture is converted");
        assert!(self.planes.is_whole());
        // What the video thread makes of a rate that it reads from shared memory.
        if !(1.0..=1000.0).contains(&tuning.fps) {
            assert!(open(format, self.planes.shape, tuning).is_err());
            return;
        }
        let encoder = &mut self.encoders[format.index()];
        if encoder.as_ref().is_none_or(|encoder| encoder.shape() != self.planes.shape) {
            *encoder = None;
            *encoder = Some(open(format, self.planes.shape, tuning).expect("every picture has an encoder"));
        }
        let Some(open) = encoder else { return };
        let mut out = Vec::new();
        open.tune(tuning).expect("every tuning is taken");
        open.encode(&self.planes, mode, &mut out).expect("every picture is encoded");
        assert!(!out.is_empty());
    }
}

fuzz_target!(|steps: Vec<Step>| {
    RIG.with_borrow_mut(|kept| {
        let rig = kept.get_or_insert_with(rig);
        rig.begin();
        let mut bytes = 2;
        for step in steps.iter().take(16) {
            rig.take(step, &mut bytes);
        }
    });
});
