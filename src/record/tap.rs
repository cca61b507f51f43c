//! How the video and audio threads hand copies of their packets to the record thread: without waiting, and without a system
//! call.

use super::control::RecordControl;
use crate::packet::{AudioPacket, Format, VideoPacket};
use crate::sync::now;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::time::Duration;

/// Frames on their way: a second at 60 Hz. When it is full, the tap drops frames until the next keyframe.
pub(super) const FRAMES: usize = 64;

/// Blocks of sound on their way: more than a second. When it is full, the block is dropped, and becomes silence.
const BLOCKS: usize = 128;

/// A keyframe is asked for when there was none for so long: a player can only jump to keyframes.
const KEYFRAME_EVERY: Duration = Duration::from_secs(10);

/// A packet, and the recording it belongs to.
pub struct Tagged<T> {
    pub number: u32,
    pub packet: T,
}

/// The thread's ends of the rings.
pub struct RingEnds {
    pub frames: rtrb::Consumer<Tagged<VideoPacket>>,
    pub spares: rtrb::Producer<VideoPacket>,
    pub blocks: rtrb::Consumer<Tagged<(Duration, AudioPacket)>>,
}

/// The rings from the video and audio threads to the record thread, and the way back of the packets' memory.
pub fn rings(control: &Arc<RecordControl>) -> (VideoTap, AudioTap, RingEnds) {
    let (frames, frames_out) = rtrb::RingBuffer::new(FRAMES);
    // As many as can be on their way, so that it is never full.
    let (spares, spares_out) = rtrb::RingBuffer::new(FRAMES);
    let (blocks, blocks_out) = rtrb::RingBuffer::new(BLOCKS);
    let video = VideoTap {
        control: control.clone(),
        packets: frames,
        spares: spares_out,
        number: 0,
        begun: false,
        broken: true,
        format: Format::default(),
        keyframe_due: Duration::ZERO,
        aspect: 0.0,
    };
    let audio = AudioTap { control: control.clone(), packets: blocks };
    (video, audio, RingEnds { frames: frames_out, spares, blocks: blocks_out })
}

/// What the recording wants the next frame of its rendition to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum NextFrame {
    Any,
    Keyframe,
}

/// The video thread's way to the recording.
pub struct VideoTap {
    control: Arc<RecordControl>,
    packets: rtrb::Producer<Tagged<VideoPacket>>,
    spares: rtrb::Consumer<VideoPacket>,
    /// The recording that the fields below are about.
    number: u32,
    /// Something was recorded already.
    begun: bool,
    /// Nothing is recorded before the next keyframe: it would refer to what is not there.
    broken: bool,
    /// Of the newest keyframe recorded.
    format: Format,
    keyframe_due: Duration,
    aspect: f32,
}

impl VideoTap {
    /// Whether a recording is on.
    pub fn recording(&self) -> bool {
        self.control.recording()
    }

    /// Records a copy of `packet`, if anything is recorded at all; the packets must be those of one rendition, in order,
    /// until another begins with a keyframe. Never blocks.
    pub fn put(&mut self, packet: &VideoPacket) -> NextFrame {
        let number = self.control.active.load(Acquire);
        if number == 0 {
            return NextFrame::Any;
        }
        if number != self.number {
            (self.number, self.begun, self.broken) = (number, false, true);
        }
        self.broken |= packet.format != self.format;
        if (self.broken && !packet.keyframe) || self.packets.is_full() {
            self.broken = true;
            self.control.lost.fetch_add(self.begun.into(), Relaxed);
            return NextFrame::Keyframe;
        }
        let mut data = self.spares.pop().unwrap_or_default().data;
        data.clear();
        data.extend_from_slice(&packet.data);
        // It is not full: this is the only end that fills it.
        let _ = self.packets.push(Tagged { number, packet: VideoPacket { data, ..*packet } });
        (self.begun, self.broken) = (true, false);
        if packet.keyframe {
            (self.format, self.keyframe_due, self.aspect) = (packet.format, packet.due, packet.shape.aspect);
            self.control.wants_keyframe.store(false, Relaxed);
            return NextFrame::Any;
        }
        let old = packet.due.saturating_sub(self.keyframe_due) >= KEYFRAME_EVERY;
        // The same size in another shape needs no keyframe for the page, but a new part here.
        let reshaped = packet.shape.aspect.to_bits() != self.aspect.to_bits();
        if old || reshaped || self.control.wants_keyframe.load(Relaxed) { NextFrame::Keyframe } else { NextFrame::Any }
    }
}

/// The audio thread's way to the recording.
pub struct AudioTap {
    control: Arc<RecordControl>,
    packets: rtrb::Producer<Tagged<(Duration, AudioPacket)>>,
}

impl AudioTap {
    /// Whether a recording is on.
    pub fn recording(&self) -> bool {
        self.control.recording()
    }

    /// Records a copy of `packet`, if anything is recorded at all; to be called as soon as it is encoded. Never blocks.
    pub fn put(&mut self, packet: &AudioPacket) {
        let number = self.control.active.load(Acquire);
        if number != 0 {
            let _ = self.packets.push(Tagged { number, packet: (now(), packet.clone()) });
        }
    }
}
