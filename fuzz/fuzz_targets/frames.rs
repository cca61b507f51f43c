//! Frames of any size, pitch, format, rotation and content, through the frame ring, the conversion and every encoder.
//!
//! The header is written as a core process would, so whatever the host's checks let through must be encoded or refused,
//! never worse.
#![no_main]

use arbitrary::Arbitrary;
use hotseat::frame::{Picture, PixelFormat};
use hotseat::link::Link;
use hotseat::link::frames::{FrameHeader, FrameReader, FrameWriter};
use hotseat::packet::Format;
use hotseat::video::convert::{Converter, Planes};
use hotseat::video::encoder::{Encoder, Tuning, Want, open};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::time::Duration;

#[derive(Arbitrary, Debug)]
struct Frame {
    width: u16,
    height: u16,
    /// Bytes after each row that are not the picture's.
    gap: u8,
    format: u8,
    rotation: u32,
    aspect: f32,
    fps: f64,
    duplicate: bool,
    due: u64,
    want: u8,
    max_kbit_s: u32,
    speed: u8,
    encoder: u8,
    pixels: Vec<u8>,
}

struct Rig {
    writer: FrameWriter,
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
        writer: FrameWriter::new(link.clone()),
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
    fn take(&mut self, frame: &Frame) {
        let format = PixelFormat::from_raw(u32::from(frame.format % 3)).expect("one of three");
        let (width, height) = (side(frame.width, frame.height), side(frame.height, frame.width));
        let header = FrameHeader {
            width,
            height,
            format,
            rotation: frame.rotation,
            aspect: frame.aspect,
            duplicate: frame.duplicate,
            number: 0,
            captured: Duration::from_nanos(frame.due / 2),
            due: Duration::from_nanos(frame.due),
            fps: frame.fps,
        };
        let row = width as usize * format.bytes();
        let pitch = row + usize::from(frame.gap);
        let bytes: Vec<u8> = frame.pixels.iter().copied().chain([0x5a]).cycle().take(pitch * height as usize).collect();
        self.writer.publish(header, bytes.chunks(pitch.max(1)).map(|line| &line[..row.min(line.len())]));
        while let Some(read) = self.reader.take_next(frame.want & 8 != 0) {
            if !read.header().duplicate {
                self.converter.unpack(&read, &mut self.picture);
            }
        }
        self.encode(frame);
    }

    fn encode(&mut self, frame: &Frame) {
        let format = Format::ALL[usize::from(frame.encoder) % Format::ALL.len()];
        if self.converter.convert(&self.picture, format.chroma, &mut self.planes).is_err() {
            return;
        }
        assert!(self.planes.is_whole());
        let fps = if frame.fps.is_finite() { frame.fps.abs().clamp(1.0, 1000.0) } else { frame.fps };
        let tuning = Tuning { fps, max_kbit_s: frame.max_kbit_s, speed: frame.speed.into() };
        let encoder = &mut self.encoders[format.index()];
        if encoder.as_ref().is_none_or(|encoder| encoder.shape() != self.planes.shape) {
            *encoder = None;
            *encoder = open(format, self.planes.shape, tuning).ok();
        }
        let Some(open) = encoder else { return };
        let want = [Want::Any, Want::Better, Want::Keyframe, Want::Still][usize::from(frame.want % 4)];
        let mut out = Vec::new();
        let done = open.tune(tuning).and_then(|()| open.encode(&self.planes, want, &mut out));
        if done.is_err() {
            *encoder = None;
        }
    }
}

fuzz_target!(|frames: Vec<Frame>| {
    RIG.with_borrow_mut(|kept| {
        let rig = kept.get_or_insert_with(rig);
        for frame in frames.iter().take(6) {
            rig.take(frame);
        }
    });
});
