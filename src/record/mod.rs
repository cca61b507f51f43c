//! The recording: what the encoders made anyway, written into files that players and browsers play.
//!
//! Nothing is encoded for it. H.264 goes into MP4, VP8 and VP9 into WebM, the sound is Opus in both. A file is whole
//! after every piece of half a second, so a host that is killed leaves one that plays to its last second; a clean stop
//! adds what players need for seeking. Another size, shape or codec begins the next part.
//!
//! From the outside in: `tap` is the other threads' way here, `thread` the thread itself; `recorder` puts picture and sound
//! in order, `clock` says when each is, `part` writes a file, `mp4` and `webm` say how.

mod clock;
mod control;
mod error;
mod h264;
mod movie;
mod mp4;
mod names;
mod part;
mod png;
mod recorder;
mod sps;
mod tap;
#[cfg(test)]
mod testing;
mod thread;
mod track_format;
mod webm;

pub use control::{RecordControl, RecordEvent};
pub use error::{RecordError, RecordStartError, RecordingFailure};
pub use names::{create, stem};
pub use png::{png_file, thumbnail, write_png};
pub use tap::{AudioTap, NextFrame, VideoTap};
pub use thread::{RecordThread, start};

use crate::packet::{BLOCK, RATE_HZ};
use std::time::Duration;

/// A container being written. Pure: every call says what is to be written where; [`part::Output`] writes it.
///
/// The sound has no gaps: its block number n begins [`BLOCK_TIME`] times n after the file does.
trait Muxer {
    /// Appends to `out` what the file begins with.
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), RecordError>;

    /// Takes a frame. `time` counts from the beginning of the file and rises from frame to frame.
    fn frame(&mut self, data: &[u8], time: Duration, keyframe: bool);

    /// Takes the next block of sound.
    fn block(&mut self, data: &[u8]);

    /// Appends to `out` everything taken since the last cut, as one piece that plays without those after it. `next` is
    /// the time of the next frame, where there is one already. Players pass over the piece until the patches are written.
    fn cut(&mut self, next: Option<Duration>, out: &mut Vec<u8>) -> Result<Vec<Patch>, RecordError>;

    /// Appends to `out` what a finished file ends with. Everything taken must have been cut.
    fn finish(&mut self, out: &mut Vec<u8>) -> Result<Vec<Patch>, RecordError>;
}

/// Bytes that change something written earlier; to be written after what was appended, in order.
#[derive(Debug, PartialEq)]
struct Patch {
    at: u64,
    bytes: Vec<u8>,
}

const BLOCK_TIME: Duration = Duration::from_millis(BLOCK as u64 * 1000 / RATE_HZ as u64);

/// How long a frame is taken to be while there is only one.
const FRAME_TIME: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// A block of sound in which there is none: Opus, 10 ms, stereo.
const SILENCE: [u8; 3] = [0xf4, 0xff, 0xfe];
