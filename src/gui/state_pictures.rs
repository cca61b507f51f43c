//! The pictures of save states, read from their files when they are shown.

use crate::engine::{SavedState, StateList};
use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek};
use std::path::{Path, PathBuf};

/// A picture with longer sides is none of a state's, in pixels.
const MAX_SIDE: u32 = 4096;

/// Those that were read, with the time of their state: another state of the same place has another.
#[derive(Default)]
pub struct StatePictures {
    known: BTreeMap<PathBuf, (u64, Option<TextureHandle>)>,
}

impl StatePictures {
    /// Reads one more of those that are shown; a file that is no picture is not tried again.
    pub fn follow(&mut self, ctx: &Context, states: Option<&StateList>) {
        let Some(states) = states else { return self.known.clear() };
        let all = || states.slots.iter().chain([&states.auto]).flatten();
        self.known.retain(|path, _| all().any(|state| state.picture.as_ref() == Some(path)));
        let mut unknown = all().filter_map(|state| Some((state.picture.as_ref()?, state.time)));
        let is_known = |(path, time): &(&PathBuf, u64)| self.known.get(*path).is_some_and(|(known, _)| known == time);
        let Some((path, time)) = unknown.find(|it| !is_known(it)) else { return };
        let texture = read(path).map(|image| ctx.load_texture("state", image, TextureOptions::LINEAR));
        self.known.insert(path.clone(), (time, texture));
        // One a painting, so that none takes long.
        ctx.request_repaint();
    }

    /// The picture of this state.
    pub fn of(&self, state: &SavedState) -> Option<&TextureHandle> {
        self.known.get(state.picture.as_ref()?)?.1.as_ref()
    }
}

fn read(path: &Path) -> Option<ColorImage> {
    decode(BufReader::new(File::open(path).ok()?), MAX_SIDE)
}

/// A PNG picture with sides no longer than that, in pixels.
pub(super) fn decode(from: impl BufRead + Seek, max_side: u32) -> Option<ColorImage> {
    let limits = png::Limits { bytes: 4 * (max_side as usize).pow(2) };
    let mut decoder = png::Decoder::new_with_limits(from, limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    if width > max_side || height > max_side {
        return None;
    }
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    bytes.truncate(info.buffer_size());
    let size = [width as usize, height as usize];
    match info.color_type {
        png::ColorType::Rgb => Some(ColorImage::from_rgb(size, &bytes)),
        png::ColorType::Rgba => Some(ColorImage::from_rgba_unmultiplied(size, &bytes)),
        png::ColorType::Grayscale => Some(ColorImage::from_gray(size, &bytes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn each_picture_is_read_once_and_again_when_its_state_is_another() {
        let folder = std::env::temp_dir().join(format!("hotseat-state-pictures-{}", std::process::id()));
        let path = folder.join("G.state.png");
        fs::create_dir_all(&folder).unwrap();
        let mut encoder = png::Encoder::new(File::create(&path).unwrap(), 2, 1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&[255, 0, 0, 0, 255, 0]).unwrap();
        let mut state = SavedState { time: 1, bytes: 1, picture: Some(path.clone()), has_previous: false };
        let mut states = StateList { auto: Some(state.clone()), ..StateList::default() };
        let mut pictures = StatePictures::default();
        let ctx = Context::default();
        pictures.follow(&ctx, Some(&states));
        let first = pictures.of(&state).expect("a picture");
        assert_eq!(first.size(), [2, 1]);
        let first = first.id();
        pictures.follow(&ctx, Some(&states));
        assert_eq!(pictures.of(&state).map(TextureHandle::id), Some(first));
        fs::write(&path, b"no picture").unwrap();
        state.time = 2;
        states.auto = Some(state.clone());
        pictures.follow(&ctx, Some(&states));
        assert!(pictures.of(&state).is_none());
        pictures.follow(&ctx, None);
        assert!(pictures.known.is_empty());
        fs::remove_dir_all(folder).unwrap();
    }
}
