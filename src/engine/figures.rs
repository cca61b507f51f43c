//! The figures that are shown once a second.

use super::snapshot::{Rendition, Snapshot};
use crate::link::{Link, Status};
use crate::packet::Format;
use crate::video::VideoControl;
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Figures {
    status: Status,
    video: Arc<VideoControl>,
    /// When frames were counted last, and how many there were then.
    counted: (Duration, u64),
    /// Bytes of each rendition a second ago.
    bytes: [u64; Format::ALL.len()],
}

impl Figures {
    pub(super) fn new(link: Arc<Link>, video: Arc<VideoControl>, now: Duration) -> Figures {
        Figures { status: Status::new(link), video, counted: (now, 0), bytes: [0; Format::ALL.len()] }
    }

    /// A game begins to run: its frames count from here.
    pub(super) fn restart(&mut self, now: Duration) {
        self.counted = (now, 0);
    }

    /// Brings the snapshot up to date. `frames_before` were run by core processes before this one.
    pub(super) fn every_second(&mut self, snapshot: &mut Snapshot, frames_before: u64, now: Duration) {
        let frames = self.status.frames_run();
        let (since, before) = std::mem::replace(&mut self.counted, (now, frames));
        let elapsed = now.saturating_sub(since).as_secs_f64();
        let stats = &mut snapshot.stats;
        stats.fps = if elapsed > 0.0 { frames.saturating_sub(before) as f64 / elapsed } else { 0.0 };
        stats.target_fps = self.status.fps();
        stats.emulated = frames_before + frames;
        stats.encoded = self.video.encoded();
        stats.skipped = self.video.skipped();
        (stats.width, stats.height) = self.video.size();
        (stats.newest_frame, stats.newest_frame_at) = self.video.newest();
        stats.speed = self.video.speed();
        stats.unusable = self.video.failed();
        let seconds = elapsed.max(0.1);
        for (format, before) in Format::ALL.into_iter().zip(&mut self.bytes) {
            let status = self.video.rendition(format);
            let bytes = status.bytes.saturating_sub(std::mem::replace(before, status.bytes));
            let kbit_s = (bytes as f64 * 0.008 / seconds).round() as u32;
            snapshot.renditions.retain(|rendition| rendition.status.format != format);
            if status.open || status.viewers > 0 {
                snapshot.renditions.push(Rendition { status, kbit_s });
            }
        }
    }
}
