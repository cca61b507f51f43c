//! The runner's figures, as the host process reads them.

use super::{Link, layout, sys::Region};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Counters that the core process keeps. What it reads is only for showing and for telling life from death.
#[derive(Clone)]
pub struct Status(Arc<Link>);

impl Status {
    /// The figures of `link`.
    pub fn new(link: Arc<Link>) -> Status {
        Status(link)
    }

    /// Frames emulated since the content was loaded.
    pub fn frames_run(&self) -> u64 {
        self.0.region.u64(layout::FRAMES_RUN).load(Relaxed)
    }

    /// Changes while the runner is alive.
    pub fn heartbeat(&self) -> u64 {
        self.0.region.u64(layout::HEARTBEAT).load(Relaxed)
    }

    /// Frames the core made that found no free slot.
    pub fn frames_dropped(&self) -> u64 {
        self.0.region.u64(layout::FRAMES_DROPPED).load(Relaxed)
    }

    /// How often the runner fell so far behind that it started its clock anew.
    pub fn resyncs(&self) -> u64 {
        self.0.region.u64(layout::RESYNCS).load(Relaxed)
    }

    /// The frame rate the runner keeps, in Hz; 0 before the content is loaded.
    pub fn fps(&self) -> f64 {
        let fps = f64::from_bits(self.0.region.u64(layout::FPS).load(Relaxed));
        if fps.is_finite() { fps.clamp(0.0, 1000.0) } else { 0.0 }
    }

    /// The runner's side: one more frame.
    pub fn count_frame(&self) {
        self.0.region.u64(layout::FRAMES_RUN).fetch_add(1, Relaxed);
    }

    /// The runner's side: still here.
    pub fn beat(&self) {
        self.0.region.u64(layout::HEARTBEAT).fetch_add(1, Relaxed);
    }

    /// The runner's side: the clock was started anew.
    pub fn count_resync(&self) {
        self.0.region.u64(layout::RESYNCS).fetch_add(1, Relaxed);
    }

    /// The runner's side: the rate it keeps.
    pub fn set_fps(&self, fps: f64) {
        self.0.region.u64(layout::FPS).store(fps.to_bits(), Relaxed);
    }
}

pub(super) fn clear(region: &Region) {
    for offset in [layout::FRAMES_RUN, layout::HEARTBEAT, layout::FRAMES_DROPPED, layout::FPS, layout::RESYNCS] {
        region.u64(offset).store(0, Relaxed);
    }
}
