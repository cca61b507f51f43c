//! What every encoder does, whatever its codec.

use super::error::EncodeError;
use super::planes::{PlaneShape, Planes};
use super::vpx;
use super::x264::{self, Preset};
use crate::packet::{Codec, Format};

/// What an encoder is told, when it is opened and at any time after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// Frames a second: rate control is wrong without it.
    pub fps: f64,
    /// The most the encoder may use, in kbit/s.
    pub max_kbit_s: u32,
    /// How much quality is given up for speed: 0 to [`SPEEDS`]` - 1`, higher is faster.
    pub speed: usize,
}

/// Steps of [`Tuning::speed`].
pub const SPEEDS: usize = 3;

/// The buffer of the rate limit, in frames at the maximum rate: the largest frame takes about this many frame times to
/// pass through a network that is just wide enough.
pub const BUFFER_FRAMES: f64 = 2.0;

impl Tuning {
    /// Refuses what no game has, and what would be divided by.
    pub(super) fn check(&self, codec: Codec) -> Result<(), EncodeError> {
        if (1.0..=1000.0).contains(&self.fps) {
            return Ok(());
        }
        Err(EncodeError::FrameRate { codec, millihertz: (self.fps * 1000.0) as u64 })
    }

    /// The buffer of the rate limit in milliseconds.
    pub fn buffer_ms(&self) -> f64 {
        BUFFER_FRAMES * 1000.0 / self.fps
    }
}

/// How one frame is to be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodeMode {
    /// As the encoder decides.
    Auto,
    /// The same picture as the last one, and better: what the rate limit left coarse is to be repaired.
    Refine,
    /// Decodable without anything before it.
    Keyframe,
    /// The same picture as the last one, which was good enough: as few bits as can be. Encoders left alone never come to
    /// rest, because their loop filters undo a little of what they have just repaired.
    Skip,
}

/// What an encoded frame is to its decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameType {
    /// It needs nothing before it.
    Key,
    /// It refers to the frames before it.
    Delta,
}

impl FrameType {
    pub(super) fn of_key(key: bool) -> FrameType {
        if key { FrameType::Key } else { FrameType::Delta }
    }
}

/// An open encoder. It stays on the thread that opened it.
pub trait Encoder {
    /// The planes it was opened for; no others are taken.
    fn shape(&self) -> PlaneShape;

    /// Changes rate, frame rate or speed without reopening.
    fn tune(&mut self, tuning: Tuning) -> Result<(), EncodeError>;

    /// Encodes one frame and appends it to `out`. The first is a keyframe, and so is each of [`EncodeMode::Keyframe`].
    fn encode(&mut self, planes: &Planes, mode: EncodeMode, out: &mut Vec<u8>) -> Result<FrameType, EncodeError>;

    /// The last frame as a decoder sees it, for measuring. False if there is none.
    fn decoded(&mut self, planes: &mut Planes) -> bool;
}

/// Opens an encoder for planes of this shape, whose chroma must be that of the format.
pub fn open(format: Format, shape: PlaneShape, tuning: Tuning) -> Result<Box<dyn Encoder>, EncodeError> {
    open_as(format, shape, tuning, Preset::default())
}

/// The same with another preset, where the codec has any: to be compared.
pub fn open_as(
    format: Format,
    shape: PlaneShape,
    tuning: Tuning,
    preset: Preset,
) -> Result<Box<dyn Encoder>, EncodeError> {
    if shape.chroma != format.chroma {
        return Err(EncodeError::Chroma { format, shape });
    }
    Ok(match format.codec {
        Codec::H264 => Box::new(x264::Encoder::open(shape, tuning, preset)?),
        Codec::Vp8 => Box::new(vpx::Encoder::open(vpx::Kind::Vp8, shape, tuning)?),
        Codec::Vp9 => Box::new(vpx::Encoder::open(vpx::Kind::Vp9, shape, tuning)?),
    })
}

/// Copies one plane out of foreign memory that was made into rows, `stride` bytes apart.
pub(super) fn copy_rows(from: &[u8], stride: usize, width: usize, step: usize, offset: usize, out: &mut Vec<u8>) {
    out.clear();
    for row in from.chunks(stride) {
        out.extend(row[offset..].iter().step_by(step).take(width));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Chroma;

    const TUNING: Tuning = Tuning { fps: 60.0988, max_kbit_s: 6000, speed: 0 };

    fn shape(format: Format, width: u32, height: u32) -> PlaneShape {
        PlaneShape { width, height, chroma: format.chroma }
    }

    /// Noise in `shape`, new for every seed: nothing costs an encoder more.
    fn noise(shape: PlaneShape, seed: u32) -> Planes {
        let noise =
            |len: u32, salt: u32| (0..len).map(|i| ((i ^ salt).wrapping_mul(2_654_435_761) >> 26) as u8 + 90).collect();
        let (chroma_width, chroma_height) = shape.chroma_size();
        let chroma = chroma_width * chroma_height;
        Planes {
            shape,
            y: noise(shape.width * shape.height, seed),
            u: noise(chroma, seed + 1),
            v: noise(chroma, seed + 2),
        }
    }

    /// A picture as games have them: flat tiles of eight pixels, edges, and a pattern inside every second tile.
    fn tiles(shape: PlaneShape, seed: u32) -> Planes {
        let mut planes = noise(shape, seed);
        let sample = |x: u32, y: u32, size: u32, salt: u32| {
            let tile = (x / size * 31 + y / size * 17 + salt * 101).wrapping_mul(2_654_435_761);
            let inside = if tile >> 20 & 1 == 1 { (x / 2 + y / 2) % 2 * 40 } else { 0 };
            ((tile >> 25) + 60 + inside) as u8
        };
        let (chroma_width, _) = shape.chroma_size();
        let scale = shape.width / chroma_width;
        for (plane, width, size, salt) in [
            (&mut planes.y, shape.width, 16, seed),
            (&mut planes.u, chroma_width, 16 / scale, seed + 1),
            (&mut planes.v, chroma_width, 16 / scale, seed + 2),
        ] {
            for (index, value) in (0..).zip(plane.iter_mut()) {
                *value = sample(index % width, index / width, size, salt);
            }
        }
        planes
    }

    fn opened(format: Format, width: u32, height: u32) -> (Box<dyn Encoder>, PlaneShape) {
        let shape = shape(format, width, height);
        (open(format, shape, TUNING).unwrap_or_else(|why| panic!("{why}")), shape)
    }

    #[test]
    fn the_first_frame_and_each_wanted_one_is_a_keyframe_and_no_other() {
        for format in Format::ALL {
            let (mut encoder, shape) = opened(format, 160, 96);
            for frame in 0..300 {
                let wanted = frame % 100 == 57;
                let mut out = vec![7];
                let frame_type = encoder
                    .encode(
                        &noise(shape, frame),
                        if wanted { EncodeMode::Keyframe } else { EncodeMode::Auto },
                        &mut out,
                    )
                    .expect("encode");
                assert_eq!(frame_type == FrameType::Key, wanted || frame == 0, "{} frame {frame}", format.name());
                assert!(out.len() > 1 && out[0] == 7, "what was there stays");
            }
        }
    }

    #[test]
    fn the_smallest_and_odd_shaped_sizes_encode() {
        for format in Format::ALL {
            for (width, height) in [(16, 16), (16, 4096), (4096, 16), (18, 34), (1002, 778)] {
                let (mut encoder, shape) = opened(format, width, height);
                encoder.encode(&noise(shape, 1), EncodeMode::Auto, &mut Vec::new()).expect("encode");
            }
        }
    }

    #[test]
    fn planes_of_another_shape_are_an_error_and_nothing_worse() {
        for format in Format::ALL {
            let (mut encoder, right) = opened(format, 320, 240);
            let mut short = noise(right, 1);
            short.v.truncate(100);
            let mut out = Vec::new();
            assert!(encoder.encode(&noise(shape(format, 640, 480), 1), EncodeMode::Auto, &mut out).is_err());
            assert!(encoder.encode(&short, EncodeMode::Auto, &mut out).is_err());
            assert!(out.is_empty());
            assert!(encoder.encode(&noise(right, 1), EncodeMode::Auto, &mut out).is_ok());
        }
        let wrong = shape(Format::default(), 64, 64);
        let full = Format { chroma: Chroma::C444, ..Format::default() };
        assert!(open(full, wrong, TUNING).is_err());
        assert!(open(Format::default(), wrong, Tuning { fps: 0.0, ..TUNING }).is_err());
    }

    #[test]
    fn rate_frame_rate_and_speed_change_without_a_keyframe() {
        for format in Format::ALL {
            let (mut encoder, shape) = opened(format, 160, 120);
            let mut seed = 0;
            let mut kbit_s = |encoder: &mut dyn Encoder, fps: f64| {
                let mut out = Vec::new();
                for _ in 0..60 {
                    seed += 7919;
                    let first = seed == 7919;
                    let frame_type = encoder.encode(&noise(shape, seed), EncodeMode::Auto, &mut out).expect("encode");
                    assert_eq!(frame_type == FrameType::Key, first);
                }
                out.len() as f64 * 8.0 / 1000.0 / (60.0 / fps)
            };
            let name = format.name();
            encoder.tune(Tuning { max_kbit_s: 3000, ..TUNING }).expect("tune");
            let fast = kbit_s(&mut *encoder, 60.0);
            encoder.tune(Tuning { max_kbit_s: 1500, ..TUNING }).expect("tune");
            kbit_s(&mut *encoder, 60.0);
            let slow = kbit_s(&mut *encoder, 60.0);
            assert!(slow * 1.5 < fast, "{name}: {fast} kbit/s at 3000, {slow} at 1500");
            // Half the frames a second: the same bits a second.
            encoder.tune(Tuning { max_kbit_s: 1500, fps: 30.0494, ..TUNING }).expect("tune");
            kbit_s(&mut *encoder, 30.0);
            let half = kbit_s(&mut *encoder, 30.0);
            assert!((0.5..1.6).contains(&(half / slow)), "{name}: {slow} kbit/s at 60 Hz, {half} at 30");
            for speed in 0..SPEEDS {
                encoder.tune(Tuning { max_kbit_s: 1500, speed, ..TUNING }).expect("tune");
                kbit_s(&mut *encoder, 60.0);
            }
        }
    }

    #[test]
    fn a_still_picture_costs_next_to_nothing() {
        for format in Format::ALL {
            let (mut encoder, shape) = opened(format, 512, 480);
            let planes = tiles(shape, 1);
            let mut out = Vec::new();
            for _ in 0..30 {
                encoder.encode(&planes, EncodeMode::Refine, &mut out).expect("encode");
            }
            let mut before = Planes::default();
            assert!(encoder.decoded(&mut before));
            let mut kbit_s = |mode| {
                out.clear();
                for _ in 0..60 {
                    encoder.encode(&planes, mode, &mut out).expect("encode");
                }
                out.len() as f64 * 0.008
            };
            println!("{}: {} kbit/s left alone", format.name(), kbit_s(EncodeMode::Auto));
            kbit_s(EncodeMode::Skip);
            let kbit_s = kbit_s(EncodeMode::Skip);
            println!("{}: {kbit_s} kbit/s still", format.name());
            let mut after = Planes::default();
            assert!(encoder.decoded(&mut after));
            let changed = before.y.iter().zip(&after.y).filter(|(a, b)| a.abs_diff(**b) > 8).count();
            assert!(changed * 100 < before.y.len(), "{}: {changed} samples", format.name());
            assert_eq!(encoder.encode(&planes, EncodeMode::Keyframe, &mut out), Ok(FrameType::Key));
            assert!(kbit_s < 60.0, "{}: {kbit_s} kbit/s", format.name());
        }
    }

    #[test]
    fn no_frame_is_ten_times_what_the_network_carries_in_its_time() {
        for format in Format::ALL {
            let shape = shape(format, 512, 480);
            let mut encoder = open(format, shape, Tuning { max_kbit_s: 5000, ..TUNING }).expect("open");
            let per_frame = 5_000_000.0 / 8.0 / TUNING.fps;
            let mut largest = 0;
            for frame in 0..180 {
                // A still picture, and a wholly new one every half second.
                let mut out = Vec::new();
                encoder.encode(&tiles(shape, frame / 30), EncodeMode::Auto, &mut out).expect("encode");
                largest = largest.max(out.len());
            }
            let times = largest as f64 / per_frame;
            println!("{}: the largest frame takes {times:.1} frame times", format.name());
            assert!(times < 10.0, "{}: {times:.1} times", format.name());
        }
    }

    #[test]
    fn what_is_decoded_is_what_was_encoded() {
        for format in Format::ALL {
            let (mut encoder, shape) = opened(format, 64, 48);
            let (chroma_width, chroma_height) = shape.chroma_size();
            let chroma = (chroma_width * chroma_height) as usize;
            let planes = Planes { shape, y: vec![81; 64 * 48], u: vec![90; chroma], v: vec![240; chroma] };
            let mut seen = Planes::default();
            assert!(!encoder.decoded(&mut seen));
            // Another flat picture first, so that this one is not a keyframe.
            let other = Planes { shape, y: vec![180; 64 * 48], u: vec![140; chroma], v: vec![70; chroma] };
            encoder.encode(&other, EncodeMode::Auto, &mut Vec::new()).expect("encode");
            encoder.encode(&planes, EncodeMode::Auto, &mut Vec::new()).expect("encode");
            for _ in 0..20 {
                encoder.encode(&planes, EncodeMode::Refine, &mut Vec::new()).expect("encode");
            }
            assert!(encoder.decoded(&mut seen) && seen.is_whole(), "{}", format.name());
            let near = |plane: &[u8], value: u8| plane.iter().all(|sample| sample.abs_diff(value) <= 1);
            let ends = |plane: &[u8]| (plane.iter().min().copied(), plane.iter().max().copied());
            let all = (ends(&seen.y), ends(&seen.u), ends(&seen.v));
            assert!(near(&seen.y, 81) && near(&seen.u, 90) && near(&seen.v, 240), "{}: {all:?}", format.name());
        }
    }
}
