//! One encoded version of the picture: its encoder, from the first viewer to the last.

use super::encoder::{EncodeMode, Encoder, FrameType, Tuning};
use super::error::EncodeError;
use super::planes::{PlaneShape, Planes};
use crate::packet::Format;
use std::time::Duration;

/// The shortest time between two keyframes that peers asked for: one that asks without end must not spoil the picture for
/// the others. A change of size makes one whenever it comes.
const KEYFRAME_EVERY: Duration = Duration::from_millis(500);

/// As many frames without a change are nothing but a game that draws less often than its screen is shown: they cost next to
/// no bits, so that the limit leaves more for the next picture.
const SAME_AGAIN: u32 = 2;

/// Frames that a picture which does not change is still improved for after that: a tight rate limit makes its first frame
/// coarse.
const REFINED_AFTER: u32 = SAME_AGAIN + 30;

/// How long a rendition is left alone whose encoder failed, and the one that replaced it within as long.
const RETRY: Duration = Duration::from_secs(2);

type Open = fn(Format, PlaneShape, Tuning) -> Result<Box<dyn Encoder>, EncodeError>;

/// What came of encoding a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Encoded(FrameType),
    /// The encoder failed, and so did a new one.
    Broken(EncodeError),
    /// It failed a short while ago and is left alone for now.
    Waiting,
}

/// One encoded version of the picture.
pub struct Rendition {
    format: Format,
    open: Open,
    encoder: Option<Box<dyn Encoder>>,
    last_keyframe: Option<Duration>,
    /// The size of the last picture, in the core's pixels.
    picture: (u32, u32),
    /// When an encoder that failed was replaced.
    replaced: Option<Duration>,
    retry_at: Duration,
    /// Frames since the picture changed or a keyframe was made.
    refined: u32,
}

/// One frame to encode.
#[derive(Clone, Copy)]
pub struct FrameInput<'a> {
    pub planes: &'a Planes,
    /// Its size before it was enlarged: pictures of two sizes may give planes of one.
    pub picture: (u32, u32),
    pub tuning: Tuning,
    /// It is to be a keyframe.
    pub keyframe: bool,
    /// The picture is the one of the last frame.
    pub unchanged: bool,
    /// The monotonic clock.
    pub now: Duration,
}

impl Rendition {
    /// Without an encoder yet: that is opened for the first frame.
    pub fn new(format: Format, open: Open) -> Rendition {
        Rendition {
            format,
            open,
            encoder: None,
            last_keyframe: None,
            picture: (0, 0),
            replaced: None,
            retry_at: Duration::ZERO,
            refined: 0,
        }
    }

    pub fn is_open(&self) -> bool {
        self.encoder.is_some()
    }

    /// Whether it is left alone after two failures in a row.
    pub fn rests(&self, now: Duration) -> bool {
        now < self.retry_at
    }

    /// After the last viewer.
    pub fn close(&mut self) {
        self.encoder = None;
        self.last_keyframe = None;
    }

    /// Whether a requested keyframe may be made at `now`.
    pub fn may_make_keyframe(&self, now: Duration) -> bool {
        self.last_keyframe.is_none_or(|last| now.saturating_sub(last) >= KEYFRAME_EVERY)
    }

    /// Whether more frames of the same picture would look better.
    pub fn could_improve(&self) -> bool {
        self.is_open() && self.refined < REFINED_AFTER
    }

    /// Encodes one frame into `out`, opening or reopening the encoder if it does not fit. An encoder that fails is
    /// replaced at once, so that a single failure costs nothing but a keyframe. One whose replacement fails soon as well is
    /// broken.
    pub fn encode(&mut self, input: FrameInput<'_>, out: &mut Vec<u8>) -> Outcome {
        if self.rests(input.now) {
            return Outcome::Waiting;
        }
        self.refined = if input.unchanged { self.refined.saturating_add(1) } else { 0 };
        let before = out.len();
        let mut tried = self.try_encode(input, out);
        if tried.is_err() && self.replaced.is_none_or(|at| input.now.saturating_sub(at) >= RETRY) {
            self.replaced = Some(input.now);
            self.encoder = None;
            out.truncate(before);
            tried = self.try_encode(input, out);
        }
        match tried {
            Ok(frame_type) => {
                if frame_type == FrameType::Key {
                    self.last_keyframe = Some(input.now);
                    self.refined = 0;
                }
                Outcome::Encoded(frame_type)
            }
            Err(why) => {
                self.encoder = None;
                out.truncate(before);
                self.replaced = None;
                self.retry_at = input.now + RETRY;
                Outcome::Broken(why)
            }
        }
    }

    fn try_encode(&mut self, input: FrameInput<'_>, out: &mut Vec<u8>) -> Result<FrameType, EncodeError> {
        let FrameInput { planes, tuning, .. } = input;
        if self.encoder.as_ref().is_some_and(|encoder| encoder.shape() != planes.shape) {
            // Closed before the next is opened, so that two never take memory at once.
            self.encoder = None;
        }
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            None => {
                self.refined = 0;
                self.encoder.insert((self.open)(self.format, planes.shape, tuning)?)
            }
        };
        encoder.tune(tuning)?;
        let resized = self.picture != input.picture;
        let mode = match self.refined {
            _ if input.keyframe || resized => EncodeMode::Keyframe,
            0 => EncodeMode::Auto,
            again if again > SAME_AGAIN && again <= REFINED_AFTER => EncodeMode::Refine,
            _ => EncodeMode::Skip,
        };
        let frame_type = encoder.encode(planes, mode, out)?;
        self.picture = input.picture;
        Ok(frame_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Codec;
    use std::cell::Cell;

    thread_local! {
        static OPENED: Cell<u32> = const { Cell::new(0) };
        static SKIPPED: Cell<bool> = const { Cell::new(false) };
        static FAILURES: Cell<u32> = const { Cell::new(0) };
    }

    const FAILURE: EncodeError = EncodeError::NoFrame { codec: Codec::H264, width: 16, height: 16 };

    struct Fake(PlaneShape, bool);

    impl Encoder for Fake {
        fn shape(&self) -> PlaneShape {
            self.0
        }
        fn tune(&mut self, _: Tuning) -> Result<(), EncodeError> {
            Ok(())
        }
        fn encode(&mut self, _: &Planes, mode: EncodeMode, out: &mut Vec<u8>) -> Result<FrameType, EncodeError> {
            out.push(1);
            if FAILURES.get() > 0 {
                FAILURES.set(FAILURES.get() - 1);
                return Err(FAILURE);
            }
            SKIPPED.set(mode == EncodeMode::Skip);
            let first = std::mem::replace(&mut self.1, false);
            Ok(FrameType::of_key(first || mode == EncodeMode::Keyframe))
        }
        fn decoded(&mut self, _: &mut Planes) -> bool {
            false
        }
    }

    fn open(_: Format, shape: PlaneShape, _: Tuning) -> Result<Box<dyn Encoder>, EncodeError> {
        OPENED.set(OPENED.get() + 1);
        Ok(Box::new(Fake(shape, true)))
    }

    fn planes(width: u32) -> Planes {
        Planes { shape: PlaneShape { width, height: 16, ..PlaneShape::default() }, ..Planes::default() }
    }

    const TUNING: Tuning = Tuning { fps: 60.0, max_kbit_s: 5000, speed: 0 };

    fn encode(rendition: &mut Rendition, width: u32, ms: u64) -> Outcome {
        let mut out = Vec::new();
        let now = Duration::from_millis(ms);
        let planes = planes(width);
        let input = FrameInput {
            planes: &planes,
            picture: (width, 16),
            tuning: TUNING,
            keyframe: false,
            unchanged: false,
            now,
        };
        let outcome = rendition.encode(input, &mut out);
        assert_eq!(out.len(), usize::from(matches!(outcome, Outcome::Encoded(_))), "nothing is left of a failure");
        outcome
    }

    #[test]
    fn a_new_size_is_a_new_encoder_and_a_keyframe_at_once() {
        let mut rendition = Rendition::new(Format::default(), open);
        assert_eq!(encode(&mut rendition, 16, 0), Outcome::Encoded(FrameType::Key));
        assert_eq!(encode(&mut rendition, 16, 16), Outcome::Encoded(FrameType::Delta));
        assert_eq!(encode(&mut rendition, 32, 33), Outcome::Encoded(FrameType::Key));
        assert_eq!(OPENED.get(), 2);
        rendition.close();
        assert!(!rendition.is_open());
        assert_eq!(encode(&mut rendition, 32, 50), Outcome::Encoded(FrameType::Key));
    }

    #[test]
    fn one_failure_costs_a_keyframe_and_two_a_pause() {
        let mut rendition = Rendition::new(Format::default(), open);
        encode(&mut rendition, 16, 0);
        FAILURES.set(1);
        assert_eq!(encode(&mut rendition, 16, 16), Outcome::Encoded(FrameType::Key));
        FAILURES.set(2);
        assert_eq!(encode(&mut rendition, 16, 2033), Outcome::Broken(FAILURE));
        assert!(!rendition.is_open());
        FAILURES.set(0);
        assert_eq!(encode(&mut rendition, 16, 2050), Outcome::Waiting);
        assert!(rendition.rests(Duration::from_millis(4032)) && !rendition.rests(Duration::from_millis(4033)));
        assert_eq!(encode(&mut rendition, 16, 4050), Outcome::Encoded(FrameType::Key));
    }

    #[test]
    fn an_encoder_that_fails_again_and_again_is_not_replaced_for_ever() {
        let mut rendition = Rendition::new(Format::default(), open);
        encode(&mut rendition, 16, 0);
        FAILURES.set(1);
        assert_eq!(encode(&mut rendition, 16, 16), Outcome::Encoded(FrameType::Key));
        assert_eq!(encode(&mut rendition, 16, 33), Outcome::Encoded(FrameType::Delta));
        FAILURES.set(1);
        assert_eq!(encode(&mut rendition, 16, 50), Outcome::Broken(FAILURE));
    }

    #[test]
    fn two_sizes_that_are_encoded_alike_are_two_sizes() {
        let mut rendition = Rendition::new(Format::default(), open);
        let planes = planes(512);
        let mut frame = |picture| {
            let now = Duration::ZERO;
            let input = FrameInput { planes: &planes, picture, tuning: TUNING, keyframe: false, unchanged: false, now };
            rendition.encode(input, &mut Vec::new())
        };
        let opened = OPENED.get();
        for picture in [(256, 224), (512, 448), (256, 224)] {
            assert_eq!(frame(picture), Outcome::Encoded(FrameType::Key), "{picture:?}");
            assert_eq!(frame(picture), Outcome::Encoded(FrameType::Delta), "{picture:?}");
        }
        assert_eq!(OPENED.get(), opened + 1, "the encoder stays open");
    }

    #[test]
    fn a_picture_that_stays_is_improved_for_a_while_and_then_left_alone() {
        let mut rendition = Rendition::new(Format::default(), open);
        let planes = planes(16);
        let mut frame = |unchanged, keyframe| {
            let now = Duration::ZERO;
            let input = FrameInput { planes: &planes, picture: (16, 16), tuning: TUNING, keyframe, unchanged, now };
            rendition.encode(input, &mut Vec::new());
            (SKIPPED.get(), rendition.could_improve())
        };
        assert_eq!(frame(false, false), (false, true));
        let seen: Vec<_> = (0..40).map(|_| frame(true, false)).collect();
        let still: Vec<bool> = seen.iter().map(|(still, _)| *still).collect();
        let (at_first, later) = (SAME_AGAIN as usize, REFINED_AFTER as usize);
        assert!(still[..at_first].iter().all(|it| *it) && still[later..].iter().all(|it| *it));
        assert!(still[at_first..later].iter().all(|it| !it));
        assert_eq!(seen[39], (true, false));
        assert_eq!(frame(true, true), (false, true), "a keyframe begins anew");
        assert_eq!(frame(false, false), (false, true));
    }

    #[test]
    fn a_game_that_draws_every_second_frame_pays_for_no_more() {
        use crate::frame::Picture;
        use crate::video::convert::Converter;
        /// Tiles that scroll, each with a pattern of its own.
        fn tiles(frame: u32) -> Picture {
            let pixel = |x: u32, y: u32| {
                let (x, y) = (x + 3 * frame, y + frame);
                let tile = (x / 16 * 31 + y / 16 * 17).wrapping_mul(2_654_435_761) >> 8;
                if (x ^ y) & 2 == 0 { tile } else { tile >> 1 & 0x7f_7f7f }
            };
            let pixels = (0..240).flat_map(|y| (0..256).map(move |x| pixel(x, y))).collect();
            Picture { width: 256, height: 240, aspect: 1.0, pixels, ..Picture::default() }
        }
        for format in Format::ALL {
            let mut rendition = Rendition::new(format, crate::video::encoder::open);
            let (mut converter, mut planes) = (Converter::default(), Planes::default());
            let mut bytes = [0; 2];
            for number in 0..120 {
                converter.convert(&tiles(number / 2), format.chroma, &mut planes).expect("converts");
                let again = number % 2 == 1;
                let now = Duration::from_millis(u64::from(number) * 1000 / 60);
                let input = FrameInput {
                    planes: &planes,
                    picture: (256, 240),
                    tuning: TUNING,
                    keyframe: false,
                    unchanged: again,
                    now,
                };
                let mut out = Vec::new();
                assert!(matches!(rendition.encode(input, &mut out), Outcome::Encoded(_)));
                if number >= 20 {
                    bytes[usize::from(again)] += out.len();
                }
            }
            println!("{}: {} bytes drawn, {} again", format.title(), bytes[0], bytes[1]);
            assert!(bytes[1] * 10 < bytes[0], "{}: {bytes:?}", format.title());
        }
    }

    #[test]
    fn wanted_keyframes_keep_their_distance() {
        let mut rendition = Rendition::new(Format::default(), open);
        assert!(rendition.may_make_keyframe(Duration::ZERO));
        encode(&mut rendition, 16, 0);
        assert!(!rendition.may_make_keyframe(Duration::from_millis(499)));
        assert!(rendition.may_make_keyframe(Duration::from_millis(500)));
    }
}
