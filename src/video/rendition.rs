//! One encoded version of the picture: its encoder, from the first viewer to the last.

use super::convert::{PlaneShape, Planes};
use super::encoder::{Encoder, Tuning, Want};
use crate::packet::Format;
use std::time::Duration;

/// The shortest time between two keyframes that somebody asked for: whoever asks without end must not spoil the picture
/// for the others. A change of size makes one whenever it comes.
const KEYFRAME_EVERY: Duration = Duration::from_millis(500);

/// Frames that a picture which does not change is still improved for: a tight rate limit makes its first frame coarse.
const REFINED_AFTER: u32 = 30;

/// How long a rendition that failed twice in a row is left alone.
const RETRY: Duration = Duration::from_secs(2);

type Open = fn(Format, PlaneShape, Tuning) -> Result<Box<dyn Encoder>, String>;

/// What came of a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was encoded; true for a keyframe.
    Encoded(bool),
    /// The encoder failed, and so did a new one. The sentence part says how.
    Broken(String),
    /// It failed a short while ago and is left alone for now.
    Waiting,
}

/// A rendition, with an encoder or without.
pub struct Rendition {
    format: Format,
    open: Open,
    encoder: Option<Box<dyn Encoder>>,
    last_keyframe: Option<Duration>,
    retry_at: Duration,
    /// Frames since the picture changed or a keyframe was made.
    refined: u32,
}

/// One frame to encode.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The picture.
    pub planes: &'a Planes,
    /// Rate and speed.
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
        Rendition { format, open, encoder: None, last_keyframe: None, retry_at: Duration::ZERO, refined: 0 }
    }

    /// Whether an encoder is open.
    pub fn is_open(&self) -> bool {
        self.encoder.is_some()
    }

    /// Whether it is left alone after two failures in a row.
    pub fn rests(&self, now: Duration) -> bool {
        now < self.retry_at
    }

    /// Nobody watches any more.
    pub fn close(&mut self) {
        self.encoder = None;
        self.last_keyframe = None;
    }

    /// Whether a keyframe that somebody wants may be made at `now`.
    pub fn may_make_keyframe(&self, now: Duration) -> bool {
        self.last_keyframe.is_none_or(|last| now.saturating_sub(last) >= KEYFRAME_EVERY)
    }

    /// Whether more frames of the same picture would look better.
    pub fn could_improve(&self) -> bool {
        self.is_open() && self.refined < REFINED_AFTER
    }

    /// Encodes one frame into `out`, opening or reopening the encoder if it does not fit. An encoder that fails is
    /// replaced at once, so that a single failure costs nothing but a keyframe.
    pub fn encode(&mut self, job: Job<'_>, out: &mut Vec<u8>) -> Outcome {
        if self.rests(job.now) {
            return Outcome::Waiting;
        }
        self.refined = if job.unchanged { self.refined.saturating_add(1) } else { 0 };
        let before = out.len();
        let mut tried = self.try_encode(job, out);
        if tried.is_err() {
            self.encoder = None;
            out.truncate(before);
            tried = self.try_encode(job, out);
        }
        match tried {
            Ok(is_keyframe) => {
                if is_keyframe {
                    self.last_keyframe = Some(job.now);
                    self.refined = 0;
                }
                Outcome::Encoded(is_keyframe)
            }
            Err(why) => {
                self.encoder = None;
                out.truncate(before);
                self.retry_at = job.now + RETRY;
                Outcome::Broken(why)
            }
        }
    }

    fn try_encode(&mut self, job: Job<'_>, out: &mut Vec<u8>) -> Result<bool, String> {
        let Job { planes, tuning, .. } = job;
        if self.encoder.as_ref().is_some_and(|encoder| encoder.shape() != planes.shape) {
            // Closed before the next is opened, so that two never take memory at once.
            self.encoder = None;
        }
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            None => self.encoder.insert((self.open)(self.format, planes.shape, tuning)?),
        };
        encoder.tune(tuning)?;
        let want = match job {
            Job { keyframe: true, .. } => Want::Keyframe,
            _ if self.refined > REFINED_AFTER => Want::Still,
            _ if self.refined > 0 => Want::Better,
            _ => Want::Any,
        };
        encoder.encode(planes, want, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        static OPENED: Cell<u32> = const { Cell::new(0) };
        static STILL: Cell<bool> = const { Cell::new(false) };
        static FAILURES: Cell<u32> = const { Cell::new(0) };
    }

    struct Fake(PlaneShape, bool);

    impl Encoder for Fake {
        fn shape(&self) -> PlaneShape {
            self.0
        }
        fn tune(&mut self, _: Tuning) -> Result<(), String> {
            Ok(())
        }
        fn encode(&mut self, _: &Planes, want: Want, out: &mut Vec<u8>) -> Result<bool, String> {
            out.push(1);
            if FAILURES.get() > 0 {
                FAILURES.set(FAILURES.get() - 1);
                return Err("out of order".into());
            }
            STILL.set(want == Want::Still);
            Ok(std::mem::replace(&mut self.1, false) || want == Want::Keyframe)
        }
        fn decoded(&mut self, _: &mut Planes) -> bool {
            false
        }
    }

    fn open(_: Format, shape: PlaneShape, _: Tuning) -> Result<Box<dyn Encoder>, String> {
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
        let job = Job { planes: &planes(width), tuning: TUNING, keyframe: false, unchanged: false, now };
        let outcome = rendition.encode(job, &mut out);
        assert_eq!(out.len(), usize::from(matches!(outcome, Outcome::Encoded(_))), "nothing is left of a failure");
        outcome
    }

    #[test]
    fn a_new_size_is_a_new_encoder_and_a_keyframe_at_once() {
        let mut rendition = Rendition::new(Format::default(), open);
        assert_eq!(encode(&mut rendition, 16, 0), Outcome::Encoded(true));
        assert_eq!(encode(&mut rendition, 16, 16), Outcome::Encoded(false));
        assert_eq!(encode(&mut rendition, 32, 33), Outcome::Encoded(true));
        assert_eq!(OPENED.get(), 2);
        rendition.close();
        assert!(!rendition.is_open());
        assert_eq!(encode(&mut rendition, 32, 50), Outcome::Encoded(true));
    }

    #[test]
    fn one_failure_costs_a_keyframe_and_two_a_pause() {
        let mut rendition = Rendition::new(Format::default(), open);
        encode(&mut rendition, 16, 0);
        FAILURES.set(1);
        assert_eq!(encode(&mut rendition, 16, 16), Outcome::Encoded(true));
        FAILURES.set(2);
        assert_eq!(encode(&mut rendition, 16, 33), Outcome::Broken("out of order".into()));
        assert!(!rendition.is_open());
        assert_eq!(encode(&mut rendition, 16, 50), Outcome::Waiting);
        assert!(rendition.rests(Duration::from_millis(2032)) && !rendition.rests(Duration::from_millis(2033)));
        assert_eq!(encode(&mut rendition, 16, 2050), Outcome::Encoded(true));
    }

    #[test]
    fn a_picture_that_stays_is_improved_for_a_while_and_then_left_alone() {
        let mut rendition = Rendition::new(Format::default(), open);
        let planes = planes(16);
        let mut frame = |unchanged, keyframe| {
            let job = Job { planes: &planes, tuning: TUNING, keyframe, unchanged, now: Duration::ZERO };
            rendition.encode(job, &mut Vec::new());
            (STILL.get(), rendition.could_improve())
        };
        assert_eq!(frame(false, false), (false, true));
        let seen: Vec<_> = (0..40).map(|_| frame(true, false)).collect();
        assert_eq!(seen.iter().filter(|(still, _)| !still).count(), REFINED_AFTER as usize);
        assert_eq!(seen[39], (true, false));
        assert_eq!(frame(true, true), (false, true), "a keyframe begins anew");
        assert_eq!(frame(false, false), (false, true));
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
