//! `bench encode`: what each codec costs, and what comes out of it, on pictures that a game really made.

use super::BenchError;
use super::footage::{draw, header, play};
use super::table::{Row, Table, median};
use crate::frame::{Picture, PixelFormat};
use crate::library::demo_core;
use crate::link::Link;
use crate::link::frames::{FrameHeader, FrameReader, FrameWriter};
use crate::packet::{Chroma, Codec, Format};
use crate::sync::now;
use crate::video::convert::Converter;
use crate::video::encoder::{EncodeMode, SPEEDS, Tuning, open_as};
use crate::video::planes::{Planes, enlargement};
use crate::video::vpx::Kind;
use crate::video::x264::Preset;
use serde_json::json;
use std::time::Instant;

const FRAMES: usize = 300;
/// Every so many frames the picture is compared with what was encoded: that takes longer than encoding.
const COMPARED: usize = 5;
const TUNING: Tuning = Tuning { fps: 60.0, max_kbit_s: 8000, speed: 0 };

/// Every format with every preset and at every speed, and the conversion that comes before.
pub fn encode(table: &mut Table) -> Result<(), BenchError> {
    let mut scenes = Vec::new();
    match demo_core() {
        Some(core) => scenes.push(("demo game 320x240", play(&core, FRAMES)?)),
        None => table.push(Row::missing("encoding the demo game", "the demo game is not beside the program")),
    }
    let drawn = |width, height| {
        let picture = |frame| {
            let mut pixels = Vec::new();
            draw(width, height, frame, &mut pixels);
            Picture { width, height, pixels, aspect: 4.0 / 3.0, ..Picture::default() }
        };
        (0..FRAMES as u32).map(picture).collect::<Vec<_>>()
    };
    scenes.push(("scrolling tiles 256x240", drawn(256, 240)));
    let large = drawn(640, 480);
    conversion(table, &large)?;
    unpacking(table, &large)?;
    for (name, pictures) in &scenes {
        let mut lines = vec![
            format!("{name}, {FRAMES} frames at 60 Hz, at most {} kbit/s", TUNING.max_kbit_s),
            format!(
                "{:<14}{:>7}{:>15}{:>10}{:>10}{:>10}{:>10}{:>12}{:>12}",
                "format", "speed", "preset", "convert", "p50 ms", "p99 ms", "kbit/s", "first KB", "PSNR dB"
            ),
        ];
        let mut rows = Vec::new();
        for format in Format::ALL {
            for (speed, preset) in ways(format) {
                let seen = run(format, speed, preset, pictures)?;
                let called = match format.codec {
                    Codec::H264 => preset.name().to_string_lossy().into_owned(),
                    Codec::Vp8 => format!("cpu-used {}", Kind::Vp8.cpu_used(speed)),
                    Codec::Vp9 => format!("cpu-used {}", Kind::Vp9.cpu_used(speed)),
                };
                lines.push(format!(
                    "{:<14}{speed:>7}{called:>15}{:>10.2}{:>10.2}{:>10.2}{:>10.0}{:>12.1}{:>12.2}",
                    format.title(),
                    seen.convert_ms,
                    seen.p50_ms,
                    seen.p99_ms,
                    seen.kbit_s,
                    seen.first_kb,
                    seen.psnr
                ));
                rows.push(json!({
                    "format": format.name(), "speed": speed, "preset": called, "convert_ms": seen.convert_ms,
                    "p50_ms": seen.p50_ms, "p99_ms": seen.p99_ms, "kbit_s": seen.kbit_s, "first_kb": seen.first_kb,
                    "psnr_db": seen.psnr,
                }));
            }
        }
        table.push_block(lines.join("\n"), json!({"scene": name, "rows": rows}));
    }
    Ok(())
}

/// Every speed as it is used, and for libx264 the other presets beside it.
fn ways(format: Format) -> Vec<(usize, Preset)> {
    let others = Preset::ALL.into_iter().filter(|&it| it != Preset::default());
    let mut ways: Vec<_> = (0..SPEEDS).map(|speed| (speed, Preset::default())).collect();
    if format.codec == Codec::H264 {
        ways.extend(others.map(|preset| (0, preset)));
    }
    ways
}

/// What comes before the conversion: out of the ring, upright and in 32 bits, and compared with the picture before.
fn unpacking(table: &mut Table, pictures: &[Picture]) -> Result<(), BenchError> {
    let link = Link::create().map_err(BenchError::io("The system gives no shared memory"))?;
    let (mut writer, mut reader) = (FrameWriter::new(link.clone()), FrameReader::new(link));
    let mut converter = Converter::default();
    let (mut last, mut next) = (Picture::default(), Picture::default());
    for format in [PixelFormat::Xrgb8888, PixelFormat::Rgb565] {
        let mut times = Vec::new();
        for picture in pictures {
            let bytes: Vec<u8> = match format {
                PixelFormat::Xrgb8888 => bytemuck::cast_slice(&picture.pixels).to_vec(),
                _ => picture.pixels.iter().flat_map(|pixel| ((pixel >> 8) as u16).to_ne_bytes()).collect(),
            };
            let header = FrameHeader { format, ..header(picture.width, picture.height, TUNING.fps, now()) };
            writer.publish(header, bytes.chunks(picture.width as usize * format.bytes()));
            let begin = Instant::now();
            let frame = reader.take_next(crate::link::BACKLOG).ok_or(BenchError::FrameLost)?;
            converter.unpack(&frame, &mut next);
            std::hint::black_box(next.looks_like(&last));
            std::mem::swap(&mut last, &mut next);
            drop(frame);
            times.push(begin.elapsed().as_secs_f64() * 1000.0);
        }
        let name = format!("  before that, out of the ring and compared, {}, p50", format.name());
        table.push(Row::info(name, median(times), "ms"));
    }
    Ok(())
}

/// The largest size that is still common, in both forms.
fn conversion(table: &mut Table, pictures: &[Picture]) -> Result<(), BenchError> {
    let mut converter = Converter::default();
    let mut planes = Planes::default();
    for (name, chroma) in [("4:2:0", Chroma::C420), ("4:4:4", Chroma::C444)] {
        let mut times = Vec::new();
        for picture in pictures {
            let begin = Instant::now();
            converter.convert(picture, chroma, &mut planes)?;
            times.push(begin.elapsed().as_secs_f64() * 1000.0);
        }
        table.push(Row::below(format!("conversion at 640x480 to {name}, p50"), median(times), "ms", 0.3));
    }
    Ok(())
}

struct Figures {
    convert_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    kbit_s: f64,
    first_kb: f64,
    psnr: f64,
}

fn run(format: Format, speed: usize, preset: Preset, pictures: &[Picture]) -> Result<Figures, BenchError> {
    let (mut converter, mut planes, mut seen) = (Converter::default(), Planes::default(), Planes::default());
    let mut encoder = None;
    let (mut converts, mut encodes, mut bytes, mut first) = (Vec::new(), Vec::new(), 0, 0);
    let (mut error, mut samples) = (0.0, 0.0);
    let mut out = Vec::new();
    for (index, picture) in pictures.iter().enumerate() {
        let begin = Instant::now();
        converter.convert(picture, format.chroma, &mut planes)?;
        converts.push(begin.elapsed().as_secs_f64() * 1000.0);
        let encoder = match &mut encoder {
            Some(encoder) => encoder,
            // The demo game keeps its size.
            none => {
                let opened = open_as(format, planes.shape, Tuning { speed, ..TUNING }, preset);
                none.insert(opened?)
            }
        };
        out.clear();
        let begin = Instant::now();
        encoder.encode(&planes, EncodeMode::Auto, &mut out)?;
        encodes.push(begin.elapsed().as_secs_f64() * 1000.0);
        if index == 0 {
            first = out.len();
        } else {
            bytes += out.len();
        }
        if index % COMPARED == 0 && encoder.decoded(&mut seen) {
            error += squared_error(picture, &seen);
            samples += picture.pixels.len() as f64 * 3.0;
        }
    }
    encodes.sort_by(f64::total_cmp);
    let at = |share: f64| encodes.get((encodes.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    Ok(Figures {
        convert_ms: median(converts),
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        kbit_s: bytes as f64 * 8.0 / 1000.0 * TUNING.fps / (pictures.len() - 1) as f64,
        first_kb: first as f64 / 1000.0,
        psnr: 10.0 * (255.0 * 255.0 * samples / error.max(1e-9)).log10(),
    })
}

/// Sum of the squared differences of red, green and blue, as the page shows them: one sample a source pixel.
fn squared_error(picture: &Picture, planes: &Planes) -> f64 {
    let shape = planes.shape;
    let (across, down) = enlargement(picture.width, picture.height, shape.chroma);
    let (chroma_width, _) = shape.chroma_size();
    let divide = (shape.width / chroma_width) as usize;
    // ITU-R BT.601: the weights of red and blue in luma.
    let (kr, kb) = (0.299, 0.114);
    let mut sum = 0.0;
    for (index, pixel) in picture.pixels.iter().enumerate() {
        let (x, y) = (index % picture.width as usize, index / picture.width as usize);
        let (x, y) = (x * across as usize, y * down as usize);
        let luma = (f64::from(planes.y[y * shape.width as usize + x]) - 16.0) * 255.0 / 219.0;
        let chroma = y / divide * chroma_width as usize + x / divide;
        let blue = (f64::from(planes.u[chroma]) - 128.0) * 255.0 / 224.0;
        let red = (f64::from(planes.v[chroma]) - 128.0) * 255.0 / 224.0;
        let r = luma + red * 2.0 * (1.0 - kr);
        let b = luma + blue * 2.0 * (1.0 - kb);
        let g = (luma - kr * r - kb * b) / (1.0 - kr - kb);
        for (seen, wanted) in [(r, pixel >> 16), (g, pixel >> 8), (b, *pixel)] {
            sum += (seen.clamp(0.0, 255.0) - f64::from(wanted as u8)).powi(2);
        }
    }
    sum
}
