//! Finds a game's picture and reads it: one of the person's own, in the layout of libretro's thumbnails, or of the moment at which the
//! game was left.

use crate::engine;
use egui::{Color32, ColorImage};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// A picture with longer sides is read by nobody, in pixels.
const MOST_SIDE: u32 = 4096;
/// A longer file is not read, in bytes.
const MOST_FILE_BYTES: u64 = 16 << 20;
/// What it is made smaller to, in pixels: large cards on a screen with two pixels a point have this.
const SIDE: usize = 512;

/// A picture that is to be read.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub path: PathBuf,
    pub system: String,
    pub name: String,
}

/// Where pictures lie.
#[derive(Debug, Clone, Default)]
pub struct PictureFolders {
    /// With `SYSTEM/Named_Boxarts/NAME.png` in them; the first that has a picture counts.
    pub thumbnails: Vec<PathBuf>,
    /// With the states.
    pub data_dir: PathBuf,
}

impl PictureFolders {
    /// The picture, if there is one that can be read.
    pub fn read(&self, wanted: &Wanted) -> Option<ColorImage> {
        let name = thumbnail_name(&wanted.name);
        let boxes =
            self.thumbnails.iter().filter(|_| !wanted.system.is_empty() && !wanted.system.contains(['/', '\\']));
        let boxes = boxes.map(|folder| folder.join(&wanted.system).join("Named_Boxarts").join(format!("{name}.png")));
        let states = engine::last_pictures(&self.data_dir, &wanted.path);
        boxes.chain(states).find_map(|path| read(&path)).map(|image| smaller(image, SIDE))
    }
}

/// As libretro's thumbnails are named: what file systems do not take is an underscore.
fn thumbnail_name(name: &str) -> String {
    name.chars().map(|c| if "&*/:`<>?\\|\"".contains(c) || c.is_control() { '_' } else { c }).collect()
}

fn read(path: &Path) -> Option<ColorImage> {
    let file = File::open(path).ok()?;
    let meta = file.metadata().ok()?;
    if !meta.is_file() || meta.len() > MOST_FILE_BYTES {
        return None;
    }
    super::super::super::state_pictures::decode(BufReader::new(file), MOST_SIDE)
}

/// So that no side is longer than `most`: each pixel is the mean of those that it stands for.
fn smaller(image: ColorImage, most: usize) -> ColorImage {
    let [width, height] = image.size;
    let longest = width.max(height);
    if longest <= most || width == 0 || height == 0 {
        return image;
    }
    let size = [width, height].map(|side| (side * most / longest).max(1));
    let mut pixels = Vec::with_capacity(size[0] * size[1]);
    for y in 0..size[1] {
        let rows = y * height / size[1]..((y + 1) * height / size[1]).max(y * height / size[1] + 1);
        for x in 0..size[0] {
            let columns = x * width / size[0]..((x + 1) * width / size[0]).max(x * width / size[0] + 1);
            let (mut sums, mut count) = ([0u32; 4], 0);
            for row in rows.clone() {
                for pixel in &image.pixels[row * width + columns.start..row * width + columns.end] {
                    for (sum, value) in sums.iter_mut().zip(pixel.to_array()) {
                        *sum += u32::from(value);
                    }
                    count += 1;
                }
            }
            let [r, g, b, a] = sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
            pixels.push(Color32::from_rgba_premultiplied(r, g, b, a));
        }
    }
    ColorImage::new(size, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_has_its_own_picture_or_that_of_where_it_was_left_or_none() {
        let folder = std::env::temp_dir().join(format!("hotseat-pictures-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let folders = PictureFolders { thumbnails: vec![folder.join("t")], data_dir: folder.join("data") };
        let wanted =
            Wanted { path: "/g/Tale & Song.nes".into(), system: "NES".into(), name: "Tale & Song (USA)".into() };
        assert!(folders.read(&wanted).is_none());
        let write = |path: &str, width: u32, height: u32| {
            let pixels = vec![0xff_80_20; (width * height) as usize];
            crate::record::write_png(&folder.join(path), width, height, &pixels).unwrap();
        };
        write("data/states/nestopia/Tale & Song.state.auto.png", 8, 4);
        assert_eq!(folders.read(&wanted).map(|image| image.size), Some([8, 4]));
        write("t/NES/Named_Boxarts/Tale _ Song (USA).png", 2048, 1024);
        let image = folders.read(&wanted).unwrap();
        assert_eq!((image.size, image.pixels[5]), ([512, 256], Color32::from_rgb(0xff, 0x80, 0x20)));
        let elsewhere = Wanted { system: "../NES".into(), ..wanted };
        assert_eq!(folders.read(&elsewhere).map(|image| image.size), Some([8, 4]));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
