//! What other threads may ask of the video thread, and what they may read of it. All of it is atomic: no reader or writer waits.

use crate::link::Link;
use crate::packet::Format;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::time::Duration;

/// The rate limit while no peer's network is known.
const START_KBIT_S: u32 = 6000;

/// In place of a frame's number while the time that belongs to it changes.
const BEING_WRITTEN: u64 = u64::MAX;

/// One for each start of the video thread; it lives as long as the engine.
pub struct VideoControl {
    link: Arc<Link>,
    stop: AtomicBool,
    screenshot: AtomicBool,
    picture: AtomicBool,
    renditions: [RenditionControl; Format::ALL.len()],
    /// Frames encoded, in one rendition or more.
    pub(super) encoded: AtomicU64,
    /// Frames passed over because the encoders were busy.
    pub(super) skipped: AtomicU64,
    /// Frames that could not be converted.
    pub(super) failed: AtomicU64,
    /// Frames whose numbers made no sense.
    pub(super) refused: AtomicU64,
    /// The present step of [`super::encoder::Tuning::speed`].
    pub(super) speed: AtomicU32,
    /// Width (high half) and height of the newest picture.
    size: AtomicU64,
    /// Number of the newest frame, and when the core handed it over, in nanoseconds of the monotonic clock.
    newest: [AtomicU64; 2],
}

/// The same for one rendition.
pub(super) struct RenditionControl {
    viewers: AtomicU32,
    max_kbit_s: AtomicU32,
    pub(super) keyframe: AtomicBool,
    pub(super) open: AtomicBool,
    pub(super) broken: AtomicBool,
    pub(super) encoded: AtomicU64,
    pub(super) keyframes: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) dropped: AtomicU64,
}

/// The state of one rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RenditionStatus {
    pub format: Format,
    /// Peers that watch it.
    pub viewers: u32,
    pub open: bool,
    /// Frames encoded since the start.
    pub encoded: u64,
    /// Keyframes among them.
    pub keyframes: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Encoded, and not taken by the net thread in time.
    pub dropped: u64,
}

impl VideoControl {
    pub fn new(link: Arc<Link>) -> Arc<VideoControl> {
        Arc::new(VideoControl {
            link,
            stop: AtomicBool::new(false),
            screenshot: AtomicBool::new(false),
            picture: AtomicBool::new(false),
            renditions: std::array::from_fn(|_| RenditionControl {
                viewers: AtomicU32::new(0),
                max_kbit_s: AtomicU32::new(START_KBIT_S),
                keyframe: AtomicBool::new(false),
                open: AtomicBool::new(false),
                broken: AtomicBool::new(false),
                encoded: AtomicU64::new(0),
                keyframes: AtomicU64::new(0),
                bytes: AtomicU64::new(0),
                dropped: AtomicU64::new(0),
            }),
            encoded: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            speed: AtomicU32::new(0),
            size: AtomicU64::new(0),
            newest: [const { AtomicU64::new(0) }; 2],
        })
    }

    pub(super) fn of(&self, format: Format) -> &RenditionControl {
        &self.renditions[format.index()]
    }

    /// The next frame of this rendition is to be a keyframe.
    pub fn request_keyframe(&self, format: Format) {
        self.of(format).keyframe.store(true, Release);
        self.link.frame_event.signal();
    }

    /// Every rendition is to begin anew: another game is on.
    pub fn request_keyframes(&self) {
        for rendition in &self.renditions {
            rendition.keyframe.store(true, Release);
        }
        self.link.frame_event.signal();
    }

    /// How many peers watch a rendition; with none, its encoder is closed.
    pub fn set_viewers(&self, format: Format, viewers: u32) {
        if self.of(format).viewers.swap(viewers, Release) != viewers {
            self.link.frame_event.signal();
        }
    }

    /// The most a rendition may use, in kbit/s.
    pub fn set_max_kbit_s(&self, format: Format, max_kbit_s: u32) {
        self.of(format).max_kbit_s.store(max_kbit_s, Release);
    }

    pub fn rendition(&self, format: Format) -> RenditionStatus {
        let control = self.of(format);
        RenditionStatus {
            format,
            viewers: control.viewers.load(Acquire),
            open: control.open.load(Acquire),
            encoded: control.encoded.load(Relaxed),
            keyframes: control.keyframes.load(Relaxed),
            bytes: control.bytes.load(Relaxed),
            dropped: control.dropped.load(Relaxed),
        }
    }

    /// Whether its encoder failed, and the one that replaced it, and none has worked since.
    pub fn is_broken(&self, format: Format) -> bool {
        self.of(format).broken.load(Acquire)
    }

    /// The next picture, or the last one if the game stands still, is to be handed out.
    pub fn request_screenshot(&self) {
        self.screenshot.store(true, Release);
        self.link.frame_event.signal();
    }

    /// Has the newest picture handed out, an empty one before the first.
    pub fn request_picture(&self) {
        self.picture.store(true, Release);
        self.link.frame_event.signal();
    }

    pub(super) fn take_picture_request(&self) -> bool {
        self.picture.swap(false, Acquire)
    }

    pub(super) fn take_screenshot_request(&self) -> bool {
        self.screenshot.swap(false, Acquire)
    }

    pub fn encoded(&self) -> u64 {
        self.encoded.load(Relaxed)
    }

    pub fn skipped(&self) -> u64 {
        self.skipped.load(Relaxed)
    }

    /// Frames that made no sense.
    pub fn failed(&self) -> u64 {
        self.failed.load(Relaxed) + self.refused.load(Relaxed)
    }

    /// How much quality is given up for speed now: 0 for none.
    pub fn speed(&self) -> u32 {
        self.speed.load(Relaxed)
    }

    /// Width and height of the newest picture; 0 before the first.
    pub fn size(&self) -> (u32, u32) {
        let size = self.size.load(Relaxed);
        ((size >> 32) as u32, size as u32)
    }

    /// The newest frame's number and the moment the core handed it over.
    pub fn newest(&self) -> (u64, Duration) {
        let [number, captured] = &self.newest;
        loop {
            let before = number.load(Acquire);
            let at = Duration::from_nanos(captured.load(Acquire));
            if before != BEING_WRITTEN && number.load(Acquire) == before {
                return (before, at);
            }
        }
    }

    pub(super) fn set_newest(&self, number: u64, captured: Duration, size: (u32, u32)) {
        self.size.store(u64::from(size.0) << 32 | u64::from(size.1), Relaxed);
        let [newest, at] = &self.newest;
        newest.store(BEING_WRITTEN, Release);
        at.store(u64::try_from(captured.as_nanos()).unwrap_or(u64::MAX), Release);
        newest.store(number, Release);
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Release);
        self.link.frame_event.signal();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Acquire)
    }

    pub(super) fn event(&self) -> &crate::sync::Event {
        &self.link.frame_event
    }

    pub(super) fn viewers(&self, format: Format) -> u32 {
        self.of(format).viewers.load(Acquire)
    }

    pub(super) fn max_kbit_s(&self, format: Format) -> u32 {
        self.of(format).max_kbit_s.load(Acquire)
    }
}
