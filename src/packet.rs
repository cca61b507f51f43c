//! Encoded packets on their way from the encoders to the net thread, and the timestamps that travel with them.

use std::time::Duration;

/// How the page must show the decoded video.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PictureShape {
    /// The core's picture, upright, in pixels.
    pub width: u32,
    /// The core's picture, upright, in pixels.
    pub height: u32,
    /// Width by height as it should look.
    pub aspect: f32,
    /// The encoded video: the picture is its top left part, enlarged by a whole number.
    pub coded_width: u32,
    /// The encoded video.
    pub coded_height: u32,
}

/// One encoded frame.
#[derive(Debug, Clone, Default)]
pub struct VideoPacket {
    /// H.264, Annex B. Its memory goes round between the video and the net thread.
    pub data: Vec<u8>,
    /// It can be decoded without anything before it.
    pub keyframe: bool,
    /// Counts encoded frames, from 1, across core processes.
    pub number: u64,
    /// Entry into `video_refresh`, on the monotonic clock: where host latency starts to count.
    pub captured: Duration,
    /// When the frame was due by the core's own clock; the RTP timestamp comes from this.
    pub due: Duration,
    /// When the video thread had the frame in its hands.
    pub taken: Duration,
    /// When the encoder was done.
    pub encoded: Duration,
    /// Size and shape of the picture.
    pub shape: PictureShape,
}

/// The largest Opus packet that is sent: well inside one datagram.
pub const MAX_OPUS_BYTES: usize = 1200;

/// One encoded block of sound.
#[derive(Debug, Clone)]
pub struct AudioPacket {
    /// Opus.
    pub data: [u8; MAX_OPUS_BYTES],
    /// How much of `data` is used.
    pub len: usize,
    /// Position of its first sample at 48 kHz since the engine started: the RTP time, which never follows arrival.
    pub position: u64,
}
