//! Pictures of the game as PNG files.

use crate::files::write_atomically;
use crate::frame::Picture;
use std::io;
use std::path::Path;

/// The largest sides of a small picture, in pixels.
const SMALL: (u32, u32) = (640, 480);

/// The same picture, smaller by a whole number where it is large.
pub fn thumbnail(picture: &Picture) -> Picture {
    let by = picture.width.div_ceil(SMALL.0).max(picture.height.div_ceil(SMALL.1)).max(1);
    let [width, height] = [picture.width, picture.height].map(|side| side.div_ceil(by));
    let at = |x: u32, y: u32| picture.pixels.get((y * by * picture.width + x * by) as usize).copied().unwrap_or(0);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| at(x, y))).collect();
    Picture { width, height, pixels, ..*picture }
}

/// Writes `pixels`, rows from top to bottom, 0xXXRRGGBB, into a PNG file: exactly these colours, the file whole or not at
/// all. Errors are those of the file system, and `InvalidInput` when there are not `width` times `height` pixels.
pub fn write_png(path: &Path, width: u32, height: u32, pixels: &[u32]) -> io::Result<()> {
    write_atomically(path, &png_file(width, height, pixels)?)
}

/// What [`write_png`] writes.
pub fn png_file(width: u32, height: u32, pixels: &[u32]) -> io::Result<Vec<u8>> {
    if width == 0 || height == 0 || pixels.len() as u64 != u64::from(width) * u64::from(height) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{} pixels for a picture of {width}x{height}", pixels.len()),
        ));
    }
    let bytes: Vec<u8> = pixels
        .iter()
        .flat_map(|pixel| {
            let [_, red, green, blue] = pixel.to_be_bytes();
            [red, green, blue]
        })
        .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_pixels_come_back_exactly_and_a_wrong_size_writes_nothing() {
        let folder = std::env::temp_dir().join(format!("hotseat-png-{}", std::process::id()));
        let path = folder.join("new/picture.png");
        let pixels: Vec<u32> = (0..7 * 5u32).map(|n| n.wrapping_mul(0x9e37_79b9)).collect();
        assert_eq!(write_png(&path, 7, 6, &pixels).expect_err("too few").kind(), io::ErrorKind::InvalidInput);
        assert!(write_png(&path, 0, 0, &[]).is_err());
        assert!(!path.exists());
        write_png(&path, 7, 5, &pixels).expect("write");
        let file = io::BufReader::new(fs::File::open(&path).expect("open"));
        let mut reader = png::Decoder::new(file).read_info().expect("read");
        let mut bytes = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut bytes).expect("decode");
        assert_eq!((info.width, info.height, info.color_type), (7, 5, png::ColorType::Rgb));
        let back: Vec<u32> = bytes.chunks_exact(3).map(|rgb| u32::from_be_bytes([0, rgb[0], rgb[1], rgb[2]])).collect();
        assert_eq!(back, pixels.iter().map(|pixel| pixel & 0xff_ffff).collect::<Vec<_>>());
        fs::remove_dir_all(folder).expect("remove");
    }
}
