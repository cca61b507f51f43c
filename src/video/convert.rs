//! From a core's picture to the planes an encoder takes.
//!
//! First every frame becomes a [`Picture`]: upright, 32 bits a pixel, the form the window shows. Then Y, U and V are
//! computed once for each source pixel. Small pictures are enlarged by an even whole number, so that every chroma
//! sample of 4:2:0 belongs to exactly one source pixel and keeps its colour; large ones are subsampled as usual.

use crate::frame::{Picture, PixelFormat};
use crate::link::frames::ReadFrame;
use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix};

/// Enlarging stops at this many encoded pixels: 640x480 with some room, what two cores encode at 60 Hz beside a core.
const ENLARGE_UP_TO: u64 = 768 * 576;

/// The smallest side that is encoded: a macroblock.
const MIN_SIDE: u32 = 16;

/// Planes of 4:2:0 video, limited range, BT.709.
#[derive(Debug, Default)]
pub struct Planes {
    /// Width of the luma plane; even.
    pub width: u32,
    /// Height of the luma plane; even.
    pub height: u32,
    /// Luma, `width` bytes a row.
    pub y: Vec<u8>,
    /// Chroma, `width / 2` bytes a row.
    pub u: Vec<u8>,
    /// Chroma, `width / 2` bytes a row.
    pub v: Vec<u8>,
}

/// Keeps its buffers between frames.
#[derive(Debug, Default)]
pub struct Converter {
    row: Vec<u8>,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

/// How often a picture of this size is doubled before encoding: 1, 2 or 4.
pub fn enlargement(width: u32, height: u32) -> u32 {
    let pixels = u64::from(width) * u64::from(height);
    [4, 2].into_iter().find(|&k| pixels * u64::from(k * k) <= ENLARGE_UP_TO).unwrap_or(1)
}

/// The encoded size for a picture: enlarged, made even, and at least a macroblock.
pub fn coded_size(width: u32, height: u32) -> (u32, u32) {
    let k = enlargement(width, height);
    let side = |value: u32| (value * k).next_multiple_of(2).max(MIN_SIDE);
    (side(width), side(height))
}

impl Converter {
    /// Reads a frame out of the ring into `picture`, turned upright.
    pub fn unpack(&mut self, frame: &ReadFrame<'_>, picture: &mut Picture) {
        let header = frame.header();
        let (width, height) = (header.width as usize, header.height as usize);
        let turned = header.rotation % 2 == 1;
        picture.width = if turned { header.height } else { header.width };
        picture.height = if turned { header.width } else { header.height };
        picture.aspect = if turned { 1.0 / header.aspect } else { header.aspect };
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

    /// Converts `picture` for the encoder.
    pub fn convert(&mut self, picture: &Picture, planes: &mut Planes) -> Result<(), String> {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let k = enlargement(picture.width, picture.height) as usize;
        let (coded_width, coded_height) = coded_size(picture.width, picture.height);
        planes.width = coded_width;
        planes.height = coded_height;
        let (cw, ch) = (coded_width as usize, coded_height as usize);
        planes.y.resize(cw * ch, 0);
        planes.u.resize(cw * ch / 4, 0);
        planes.v.resize(cw * ch / 4, 0);
        let bgra: &[u8] = bytemuck::cast_slice(&picture.pixels);
        if k == 1 && (cw, ch) == (width, height) {
            let mut image =
                image((&mut planes.y, &mut planes.u, &mut planes.v), picture.width, picture.height, picture.width / 2);
            return yuv::bgra_to_yuv420(&mut image, bgra, picture.width * 4, RANGE, MATRIX, MODE)
                .map_err(|error| format!("bgra_to_yuv420 failed for {width}x{height}: {error}"));
        }
        self.y.resize(width * height, 0);
        self.u.resize(width * height, 0);
        self.v.resize(width * height, 0);
        let mut full = image((&mut self.y, &mut self.u, &mut self.v), picture.width, picture.height, picture.width);
        yuv::bgra_to_yuv444(&mut full, bgra, picture.width * 4, RANGE, MATRIX, MODE)
            .map_err(|error| format!("bgra_to_yuv444 failed for {width}x{height}: {error}"))?;
        enlarge(&self.y, width, height, k, 1, &mut planes.y, cw, ch);
        // A chroma sample covers two by two encoded pixels: with k even, (k/2) by (k/2) of them cover one source pixel.
        // With k = 1 (an odd size that had to be padded) every second sample is taken.
        let (take, repeat) = if k == 1 { (2, 1) } else { (1, k / 2) };
        enlarge(&self.u, width, height, repeat, take, &mut planes.u, cw / 2, ch / 2);
        enlarge(&self.v, width, height, repeat, take, &mut planes.v, cw / 2, ch / 2);
        Ok(())
    }
}

const RANGE: YuvRange = YuvRange::Limited;
const MATRIX: YuvStandardMatrix = YuvStandardMatrix::Bt709;
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

/// Copies a plane with every `take`th sample repeated `repeat` times each way; what is left at the right and the bottom
/// is filled with the last sample, so that no foreign colour bleeds in from the padding.
#[allow(clippy::too_many_arguments)]
fn enlarge(
    from: &[u8],
    width: usize,
    height: usize,
    repeat: usize,
    take: usize,
    to: &mut [u8],
    to_width: usize,
    to_height: usize,
) {
    let mut y = 0;
    let mut source_y = 0;
    while y < to_height {
        let row = &from[source_y.min(height - 1) * width..][..width];
        let (done, rest) = to[y * to_width..].split_at_mut(to_width);
        match (repeat, take) {
            (2, 1) => {
                for (pair, &sample) in done.chunks_exact_mut(2).zip(row) {
                    pair.fill(sample);
                }
            }
            (1, 1) => {
                let len = width.min(to_width);
                done[..len].copy_from_slice(&row[..len]);
            }
            _ => {
                for (group, &sample) in done.chunks_mut(repeat).zip(row.iter().step_by(take)) {
                    group.fill(sample);
                }
            }
        }
        let filled = (width.div_ceil(take) * repeat).min(to_width);
        let last = done[filled - 1];
        done[filled..].fill(last);
        let copies = (repeat - 1).min(to_height - y - 1);
        for copy in rest.chunks_exact_mut(to_width).take(copies) {
            copy.copy_from_slice(done);
        }
        y += copies + 1;
        source_y += take;
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
        Converter::default().unpack(&reader.take_next().expect("a frame"), &mut picture);
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
        assert_eq!(turned(1).aspect, 0.5);
        let wide = row(1, 2);
        let picture = unpack(PixelFormat::Xrgb8888, 1, 2, &[&wide]);
        assert_eq!((picture.width, picture.height, &picture.pixels[..]), (1, 2, &[2, 1][..]));
    }

    #[test]
    fn a_small_picture_is_enlarged_so_that_each_pixel_keeps_its_own_chroma() {
        let mut picture =
            Picture { width: 256, height: 240, aspect: 1.0, pixels: vec![0x00_00ff; 256 * 240], ..Picture::default() };
        picture.pixels[1] = 0xff_0000;
        let mut planes = Planes::default();
        Converter::default().convert(&picture, &mut planes).expect("convert");
        assert_eq!((planes.width, planes.height), (512, 480));
        // BT.709 limited range: pure blue is Y 32 U 240 V 118, pure red Y 63 U 102 V 240.
        let near = |a: u8, b: u8| a.abs_diff(b) <= 1;
        assert!(near(planes.y[0], 32) && near(planes.y[2], 63) && near(planes.y[512 + 3], 63));
        assert!(near(planes.u[0], 240) && near(planes.u[1], 102) && near(planes.v[1], 240));
        assert!(near(planes.u[2], 240), "the neighbour's colour is untouched");
    }

    #[test]
    fn every_size_is_even_and_at_least_a_macroblock_and_padded_with_its_own_edge() {
        for (width, height) in [(1, 1), (3, 5), (255, 239), (321, 241), (1001, 777), (4096, 1)] {
            let picture = Picture {
                width,
                height,
                aspect: 1.0,
                pixels: vec![0xff_ffff; (width * height) as usize],
                ..Picture::default()
            };
            let mut planes = Planes::default();
            Converter::default().convert(&picture, &mut planes).expect("convert");
            assert!(planes.width % 2 == 0 && planes.height % 2 == 0);
            assert!(planes.width >= 16 && planes.height >= 16);
            assert!(planes.y.iter().all(|&y| y.abs_diff(235) <= 1), "{width}x{height}");
            assert!(planes.u.iter().all(|&u| u.abs_diff(128) <= 1), "{width}x{height}");
        }
    }
}
