//! What stays the same within one file, as its header says it.

use super::RecordError;
use super::h264::ParameterSets;
use crate::packet::{Chroma, Codec, Format, PictureShape, VideoPacket};

/// What the header says of the picture: a keyframe with another one begins the next part.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackFormat {
    pub encoding: Format,
    /// The encoded size.
    pub coded: (u32, u32),
    /// The part of it that is picture: at the top left.
    pub picture: (u32, u32),
    /// Width by height of a pixel as it should look.
    pub pixel_aspect: f64,
    /// H.264's headers; none with other codecs.
    pub parameter_sets: Option<ParameterSets>,
}

impl TrackFormat {
    /// The one that begins with this keyframe. Fails when it is H.264 without parameter sets.
    pub fn of(keyframe: &VideoPacket) -> Result<TrackFormat, RecordError> {
        let parameter_sets = match keyframe.format.codec {
            Codec::H264 => {
                let found = ParameterSets::find(&keyframe.data, keyframe.format.chroma);
                Some(found.ok_or(RecordError::NoParameterSets)?)
            }
            Codec::Vp8 | Codec::Vp9 => None,
        };
        let shape = &keyframe.shape;
        let (width, height) = picture(shape, keyframe.format.chroma);
        let pixel_aspect = f64::from(shape.aspect) * f64::from(height) / f64::from(width);
        Ok(TrackFormat {
            encoding: keyframe.format,
            coded: (shape.coded_width, shape.coded_height),
            picture: (width, height),
            pixel_aspect: if pixel_aspect.is_normal() && pixel_aspect > 0.0 { pixel_aspect } else { 1.0 },
            parameter_sets,
        })
    }
}

/// The picture's part of the encoded size. The rest is padding: the codecs want even sides that are not too small.
fn picture(shape: &PictureShape, chroma: Chroma) -> (u32, u32) {
    // As `video::planes` enlarges.
    let factors: &[u32] = if chroma == Chroma::C444 { &[1] } else { &[4, 2, 1] };
    let fits = |k: u32| shape.width * k <= shape.coded_width && shape.height * k <= shape.coded_height;
    match factors.iter().find(|&&k| fits(k)) {
        Some(k) if shape.width > 0 && shape.height > 0 => (shape.width * k, shape.height * k),
        _ => (shape.coded_width.max(1), shape.coded_height.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{VP8, VP9, frame};
    use super::*;

    #[test]
    fn the_picture_is_found_in_what_was_encoded_and_its_pixels_have_a_shape() {
        let vp9_444 = Format { chroma: Chroma::C444, ..VP9 };
        for (format, size, coded, picture) in [
            (VP8, (256, 224), (512, 448), (512, 448)),
            (VP8, (161, 143), (644, 572), (644, 572)),
            (VP8, (999, 777), (1000, 778), (999, 777)),
            (VP8, (7, 7), (32, 32), (28, 28)),
            (vp9_444, (8, 8), (32, 32), (8, 8)),
            (vp9_444, (255, 224), (256, 224), (255, 224)),
            // Makes no sense, and does no harm.
            (VP8, (640, 480), (320, 240), (320, 240)),
            (VP8, (0, 0), (0, 0), (1, 1)),
        ] {
            let mut keyframe = frame(format, 0, true);
            keyframe.shape = PictureShape {
                width: size.0,
                height: size.1,
                aspect: 1.5,
                coded_width: coded.0,
                coded_height: coded.1,
            };
            let format = TrackFormat::of(&keyframe).expect("a format");
            assert_eq!((format.coded, format.picture), (coded, picture));
            let shown = f64::from(picture.0) * format.pixel_aspect / f64::from(picture.1);
            assert!((shown - 1.5).abs() < 1e-9);
        }
        for aspect in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let mut keyframe = frame(VP8, 0, true);
            keyframe.shape.aspect = aspect;
            assert_eq!(TrackFormat::of(&keyframe).expect("a format").pixel_aspect, 1.0);
        }
    }
}
