//! From a core's picture to the planes an encoder takes.
//!
//! First every frame becomes a [`Picture`]: upright, 32 bits a pixel, the form the window shows. Then Y, U and V are
//! computed once for each source pixel. For 4:2:0 small pictures are enlarged by an even whole number, so that every
//! chroma sample belongs to exactly one source pixel and keeps its colour; large ones are subsampled as usual. For 4:4:4
//! nothing is enlarged: the page does it, sharply.

use super::error::ConvertError;
use super::planes::{PlaneShape, Planes, enlargement};
use crate::frame::{Picture, PixelFormat};
use crate::link::frames::ReadFrame;
use crate::packet::Chroma;
use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix};

/// Keeps its buffers between frames.
#[derive(Debug, Default)]
pub struct Converter {
    row: Vec<u8>,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

/// How one side of a plane is made: every `take`th sample, repeated.
#[derive(Debug, Clone, Copy)]
struct Step {
    repeat: usize,
    take: usize,
}

impl Step {
    fn luma(k: u32) -> Step {
        Step { repeat: k as usize, take: 1 }
    }

    /// A chroma sample of 4:2:0 covers two encoded pixels: with k even, k/2 of them cover one source pixel. With k = 1 every
    /// second source pixel gives its colour.
    fn chroma(k: u32, chroma: Chroma) -> Step {
        match (chroma, k) {
            (Chroma::C444, _) => Step::luma(k),
            (Chroma::C420, 1) => Step { repeat: 1, take: 2 },
            (Chroma::C420, _) => Step::luma(k / 2),
        }
    }
}

impl Converter {
    /// Reads a frame out of the ring into `picture`, turned upright.
    pub fn unpack(&mut self, frame: &ReadFrame<'_>, picture: &mut Picture) {
        let header = frame.header();
        let (width, height) = (header.width as usize, header.height as usize);
        let turned = header.rotation % 2 == 1;
        picture.width = if turned { header.height } else { header.width };
        picture.height = if turned { header.width } else { header.height };
        picture.aspect = header.aspect;
        picture.number = header.number;
        picture.captured = header.captured;
        picture.pixels.resize(width * height, 0);
        self.row.resize(width * header.format.bytes(), 0);
        let pixels = &mut picture.pixels[..];
        for y in 0..height {
            if header.rotation == 0 {
                let out = &mut pixels[y * width..][..width];
                if header.format == PixelFormat::Xrgb8888 {
                    frame.row(y as u32, bytemuck::cast_slice_mut(out));
                } else {
                    frame.row(y as u32, &mut self.row);
                    unpack_row(header.format, &self.row, out.iter_mut());
                }
                continue;
            }
            frame.row(y as u32, &mut self.row);
            // Quarter turns are counter-clockwise, as libretro counts them.
            match header.rotation {
                1 => unpack_row(header.format, &self.row, pixels.iter_mut().skip(y).step_by(height).rev()),
                2 => unpack_row(header.format, &self.row, pixels[(height - 1 - y) * width..][..width].iter_mut().rev()),
                _ => unpack_row(header.format, &self.row, pixels.iter_mut().skip(height - 1 - y).step_by(height)),
            }
        }
    }

    /// Turns a picture by quarters counter-clockwise into `turned`: a core may turn its screen without drawing it again. Its
    /// aspect ratio stays: cores state it anew.
    pub fn turn(&self, picture: &Picture, quarters: u32, turned: &mut Picture) {
        let (width, height) = (picture.width as usize, picture.height as usize);
        turned.clone_from(picture);
        if quarters % 2 == 1 {
            (turned.width, turned.height) = (picture.height, picture.width);
        }
        let pixels = &picture.pixels[..width * height];
        let column = |x: usize| pixels[x..].iter().step_by(width);
        let out = turned.pixels.iter_mut();
        match quarters % 4 {
            0 => {}
            1 => out.zip((0..width).rev().flat_map(column)).for_each(|(to, from)| *to = *from),
            2 => out.zip(pixels.iter().rev()).for_each(|(to, from)| *to = *from),
            _ => out.zip((0..width).flat_map(|x| column(x).rev())).for_each(|(to, from)| *to = *from),
        }
    }

    /// Converts `picture` for an encoder of this chroma.
    pub fn convert(&mut self, picture: &Picture, chroma: Chroma, planes: &mut Planes) -> Result<(), ConvertError> {
        let (width, height) = (picture.width as usize, picture.height as usize);
        if width == 0 || height == 0 || picture.pixels.len() < width * height {
            let pixels = picture.pixels.len();
            return Err(ConvertError::TooFewPixels { width: picture.width, height: picture.height, pixels });
        }
        let refused = |error: yuv::YuvError| ConvertError::Refused {
            width: picture.width,
            height: picture.height,
            cause: error.to_string(),
        };
        let (across, down) = enlargement(picture.width, picture.height, chroma);
        planes.reshape(PlaneShape::of_picture(picture.width, picture.height, chroma));
        let shape = planes.shape;
        let (cw, ch) = (shape.width as usize, shape.height as usize);
        let bgra: &[u8] = bytemuck::cast_slice(&picture.pixels);
        let stride = picture.width * 4;
        let (full_size, is_444) = ((cw, ch) == (width, height), chroma == Chroma::C444);
        if full_size {
            let (chroma_width, _) = shape.chroma_size();
            let planes = (&mut planes.y[..], &mut planes.u[..], &mut planes.v[..]);
            let mut image = image(planes, picture.width, picture.height, chroma_width);
            let done = if is_444 {
                yuv::bgra_to_yuv444(&mut image, bgra, stride, RANGE, MATRIX, MODE)
            } else {
                yuv::bgra_to_yuv420(&mut image, bgra, stride, RANGE, MATRIX, MODE)
            };
            return done.map_err(refused);
        }
        self.y.resize(width * height, 0);
        self.u.resize(width * height, 0);
        self.v.resize(width * height, 0);
        let mut full = image((&mut self.y, &mut self.u, &mut self.v), picture.width, picture.height, picture.width);
        yuv::bgra_to_yuv444(&mut full, bgra, stride, RANGE, MATRIX, MODE).map_err(refused)?;
        enlarge(&self.y, (width, height), (Step::luma(across), Step::luma(down)), &mut planes.y, (cw, ch));
        let steps = (Step::chroma(across, chroma), Step::chroma(down, chroma));
        let (uw, uh) = shape.chroma_size();
        let chroma_size = (uw as usize, uh as usize);
        enlarge(&self.u, (width, height), steps, &mut planes.u, chroma_size);
        enlarge(&self.v, (width, height), steps, &mut planes.v, chroma_size);
        Ok(())
    }
}

const RANGE: YuvRange = YuvRange::Limited;
/// BT.601 at every size: VP8 knows nothing else, the others say so, and decoders that do not listen take it for that.
const MATRIX: YuvStandardMatrix = YuvStandardMatrix::Bt601;
const MODE: YuvConversionMode = YuvConversionMode::Balanced;

fn image<'a>(
    (y, u, v): (&'a mut [u8], &'a mut [u8], &'a mut [u8]),
    width: u32,
    height: u32,
    chroma_stride: u32,
) -> YuvPlanarImageMut<'a, u8> {
    YuvPlanarImageMut {
        y_plane: BufferStoreMut::Borrowed(y),
        y_stride: width,
        u_plane: BufferStoreMut::Borrowed(u),
        u_stride: chroma_stride,
        v_plane: BufferStoreMut::Borrowed(v),
        v_stride: chroma_stride,
        width,
        height,
    }
}

/// Copies a plane, each side by its step; what is left at the right and the bottom is filled with the last sample, so that
/// no foreign colour bleeds in from the padding.
fn enlarge(
    from: &[u8],
    (width, height): (usize, usize),
    (across, down): (Step, Step),
    to: &mut [u8],
    (to_width, to_height): (usize, usize),
) {
    let mut y = 0;
    let mut source_y = 0;
    while y < to_height {
        let row = &from[source_y.min(height - 1) * width..][..width];
        let (done, rest) = to[y * to_width..].split_at_mut(to_width);
        match across {
            Step { repeat: 2, take: 1 } => {
                for (pair, &sample) in done.chunks_exact_mut(2).zip(row) {
                    pair.fill(sample);
                }
            }
            Step { repeat: 1, take: 1 } => {
                let len = width.min(to_width);
                done[..len].copy_from_slice(&row[..len]);
            }
            Step { repeat, take } => {
                for (group, &sample) in done.chunks_mut(repeat).zip(row.iter().step_by(take)) {
                    group.fill(sample);
                }
            }
        }
        let filled = (width.div_ceil(across.take) * across.repeat).min(to_width);
        let last = done[filled - 1];
        done[filled..].fill(last);
        let copies = (down.repeat - 1).min(to_height - y - 1);
        for copy in rest.chunks_exact_mut(to_width).take(copies) {
            copy.copy_from_slice(done);
        }
        y += copies + 1;
        source_y += down.take;
    }
}

fn unpack_row<'a>(format: PixelFormat, row: &[u8], out: impl Iterator<Item = &'a mut u32>) {
    /// A 5-bit and a 6-bit level as 8 bits, the top bits repeated below, so that white stays white.
    fn five(v: u32) -> u32 {
        v << 3 | v >> 2
    }
    fn six(v: u32) -> u32 {
        v << 2 | v >> 4
    }
    let halves = || row.chunks_exact(2).map(|b| u32::from(u16::from_ne_bytes([b[0], b[1]])));
    match format {
        PixelFormat::Xrgb8888 => {
            for (out, b) in out.zip(row.chunks_exact(4)) {
                *out = u32::from_ne_bytes([b[0], b[1], b[2], b[3]]);
            }
        }
        PixelFormat::Rgb565 => {
            for (out, p) in out.zip(halves()) {
                *out = five(p >> 11) << 16 | six(p >> 5 & 63) << 8 | five(p & 31);
            }
        }
        PixelFormat::Zrgb1555 => {
            for (out, p) in out.zip(halves()) {
                *out = five(p >> 10 & 31) << 16 | five(p >> 5 & 31) << 8 | five(p & 31);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;
    use crate::link::frames::{FrameHeader, FrameReader, FrameWriter};
    use std::time::Duration;

    fn unpack(format: PixelFormat, rotation: u32, width: u32, rows: &[&[u8]]) -> Picture {
        let link = Link::create().expect("link");
        let mut writer = FrameWriter::new(link.clone());
        let mut reader = FrameReader::new(link);
        let header = FrameHeader {
            width,
            height: rows.len() as u32,
            format,
            rotation,
            aspect: 2.0,
            duplicate: false,
            number: 0,
            captured: Duration::ZERO,
            due: Duration::ZERO,
            fps: 60.0,
        };
        writer.publish(header, rows.iter().copied());
        let mut picture = Picture::default();
        Converter::default().unpack(&reader.take_next(crate::link::BACKLOG).expect("a frame"), &mut picture);
        picture
    }

    #[test]
    fn sixteen_bit_white_and_red_are_full_white_and_red() {
        let words = |a: u16, b: u16| [a.to_ne_bytes(), b.to_ne_bytes()].concat();
        let picture = unpack(PixelFormat::Rgb565, 0, 2, &[&words(0xffff, 0xf800)]);
        assert_eq!(picture.pixels, [0xff_ffff, 0xff_0000]);
        let picture = unpack(PixelFormat::Zrgb1555, 0, 2, &[&words(0x7fff, 0x7c00)]);
        assert_eq!(picture.pixels, [0xff_ffff, 0xff_0000]);
    }

    #[test]
    fn quarter_turns_are_counter_clockwise() {
        let row = |a: u32, b: u32| [a.to_ne_bytes(), b.to_ne_bytes()].concat();
        let (top, bottom) = (row(1, 2), row(3, 4));
        let rows: [&[u8]; 2] = [&top, &bottom];
        let turned = |rotation| unpack(PixelFormat::Xrgb8888, rotation, 2, &rows);
        assert_eq!(turned(0).pixels, [1, 2, 3, 4]);
        assert_eq!(turned(1).pixels, [2, 4, 1, 3]);
        assert_eq!(turned(2).pixels, [4, 3, 2, 1]);
        assert_eq!(turned(3).pixels, [3, 1, 4, 2]);
        assert_eq!(turned(1).aspect, 2.0, "what is stated is how it looks after turning");
        let wide = row(1, 2);
        let picture = unpack(PixelFormat::Xrgb8888, 1, 2, &[&wide]);
        assert_eq!((picture.width, picture.height, &picture.pixels[..]), (1, 2, &[2, 1][..]));
    }

    #[test]
    fn a_picture_that_is_turned_later_looks_as_if_it_had_come_so() {
        let rows: Vec<Vec<u8>> =
            (0..2u32).map(|y| (0..3).flat_map(|x| (y * 3 + x + 1).to_ne_bytes()).collect()).collect();
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let come = |rotation| unpack(PixelFormat::Xrgb8888, rotation, 3, &rows);
        for before in 0..4 {
            for quarters in 0..4 {
                let mut turned = Picture::default();
                Converter::default().turn(&come(before), quarters, &mut turned);
                assert!(turned.looks_like(&come((before + quarters) % 4)), "{before} and {quarters}");
            }
        }
    }

    #[test]
    fn a_small_picture_is_enlarged_so_that_each_pixel_keeps_its_own_chroma() {
        let mut picture =
            Picture { width: 256, height: 240, aspect: 1.0, pixels: vec![0x00_00ff; 256 * 240], ..Picture::default() };
        picture.pixels[1] = 0xff_0000;
        let mut planes = Planes::default();
        Converter::default().convert(&picture, Chroma::C420, &mut planes).expect("convert");
        assert_eq!((planes.shape.width, planes.shape.height), (512, 480));
        // BT.601 limited range: pure blue is Y 41 U 240 V 110, pure red Y 81 U 90 V 240.
        let near = |a: u8, b: u8| a.abs_diff(b) <= 1;
        assert!(near(planes.y[0], 41) && near(planes.y[2], 81) && near(planes.y[512 + 3], 81));
        assert!(near(planes.u[0], 240) && near(planes.u[1], 90) && near(planes.v[1], 240));
        assert!(near(planes.u[2], 240), "the neighbour's colour is untouched");
    }

    /// As small, as large, as long and as odd as pictures get.
    const CORNERS: [(u32, u32); 14] = [
        (1, 1),
        (2, 2),
        (3, 5),
        (15, 31),
        (255, 239),
        (321, 241),
        (1001, 777),
        (4096, 1),
        (1, 4096),
        (4096, 6),
        (4096, 27),
        (4096, 30),
        (31, 4095),
        (4096, 4096),
    ];

    #[test]
    fn every_pixel_is_where_it_belongs() {
        for (width, height) in CORNERS {
            let pixel = |x: u32, y: u32| (x * 7 + y * 13) % 16 * 0x11_1111;
            let pixels = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect();
            let picture = Picture { width, height, aspect: 1.0, pixels, ..Picture::default() };
            for chroma in [Chroma::C420, Chroma::C444] {
                let mut planes = Planes::default();
                Converter::default().convert(&picture, chroma, &mut planes).expect("convert");
                let (across, down) = enlargement(width, height, chroma);
                for (x, y) in
                    [(0, 0), (width - 1, 0), (0, height - 1), (width / 2, height / 3), (width - 1, height - 1)]
                {
                    let wanted = 16.0 + f64::from(pixel(x, y) & 255) * 219.0 / 255.0;
                    for (dx, dy) in [(0, 0), (across - 1, down - 1)] {
                        let at = (y * down + dy) * planes.shape.width + x * across + dx;
                        let seen = f64::from(planes.y[at as usize]);
                        assert!(
                            (seen - wanted).abs() <= 1.5,
                            "{width}x{height} {chroma:?} {x},{y}: {seen} for {wanted}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn every_encoder_takes_every_size() {
        use crate::packet::Format;
        use crate::video::encoder::{EncodeMode, FrameType, Tuning, open};
        for (width, height) in CORNERS {
            for format in Format::ALL {
                let shape = PlaneShape::of_picture(width, height, format.chroma);
                let mut planes = Planes::default();
                planes.reshape(shape);
                let mut encoder = open(format, shape, Tuning { fps: 60.0, max_kbit_s: 6000, speed: 0 }).expect("opens");
                let mut out = Vec::new();
                assert_eq!(
                    encoder.encode(&planes, EncodeMode::Auto, &mut out),
                    Ok(FrameType::Key),
                    "{width}x{height} {format:?}"
                );
            }
        }
    }

    #[test]
    fn every_size_is_even_and_not_too_small_and_padded_with_its_own_edge() {
        for (width, height) in CORNERS {
            let picture = Picture {
                width,
                height,
                aspect: 1.0,
                pixels: vec![0xff_ffff; (width * height) as usize],
                ..Picture::default()
            };
            for chroma in [Chroma::C420, Chroma::C444] {
                let mut planes = Planes::default();
                Converter::default().convert(&picture, chroma, &mut planes).expect("convert");
                assert!(planes.shape.width % 2 == 0 && planes.shape.height % 2 == 0);
                assert!(planes.shape.width >= 32 && planes.shape.height >= 32 && planes.is_whole());
                // The page finds the factor in this way, and shows the whole picture.
                let padding = |coded: u32, side: u32| coded - coded / side * side;
                assert!(padding(planes.shape.width, width) <= 1, "{width}x{height}: {:?}", planes.shape);
                assert!(padding(planes.shape.height, height) <= 1, "{width}x{height}: {:?}", planes.shape);
                assert!(planes.y.iter().all(|&y| y.abs_diff(235) <= 1), "{width}x{height}");
                assert!(planes.u.iter().all(|&u| u.abs_diff(128) <= 1), "{width}x{height}");
            }
        }
    }

    #[test]
    fn full_colour_is_not_enlarged_and_keeps_every_pixel_apart() {
        let mut picture =
            Picture { width: 256, height: 240, aspect: 1.0, pixels: vec![0x00_00ff; 256 * 240], ..Picture::default() };
        picture.pixels[257] = 0xff_0000;
        let mut planes = Planes::default();
        Converter::default().convert(&picture, Chroma::C444, &mut planes).expect("convert");
        assert_eq!((planes.shape.width, planes.shape.height, planes.u.len()), (256, 240, 256 * 240));
        let near = |a: u8, b: u8| a.abs_diff(b) <= 1;
        assert!(near(planes.u[256], 240) && near(planes.u[257], 90) && near(planes.u[258], 240));
    }

    #[test]
    fn a_picture_with_too_few_pixels_is_an_error() {
        let picture = Picture { width: 64, height: 64, aspect: 1.0, pixels: vec![0; 100], ..Picture::default() };
        assert!(Converter::default().convert(&picture, Chroma::C420, &mut Planes::default()).is_err());
    }
}
