//! One file of a recording: what is taken is cut into pieces, each of which is written so that the file is whole after it.

use super::mp4::Mp4;
use super::track_format::TrackFormat;
use super::webm::WebM;
use super::{BLOCK_TIME, FRAME_TIME, Muxer, Patch, RecordError, SILENCE};
use crate::packet::VideoPacket;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::time::Duration;

/// A piece this long is written: what a killed host loses at most.
const PIECE: Duration = Duration::from_millis(500);

/// The same by the clock on the wall, when the picture stands still.
const IDLE: Duration = Duration::from_millis(700);

/// A part of this size ends at the next keyframe: some file systems end at 4 GiB, and the tables of a part are in memory.
const LARGEST: u64 = 3_900_000_000;

/// Sound that is this much behind the picture is not coming: silence takes its place.
const SILENT: Duration = Duration::from_millis(500);

/// A millisecond: frames are at least this far apart.
const APART: Duration = Duration::from_millis(1);

/// Where a part is written.
pub trait Output {
    /// Writes all of `data` at `at`, in one call of the system where it can.
    fn write_at(&mut self, at: u64, data: &[u8]) -> io::Result<()>;

    /// Cuts off what is behind `len`, or puts zeros there.
    fn resize(&mut self, len: u64) -> io::Result<()>;
}

impl Output for File {
    fn write_at(&mut self, at: u64, data: &[u8]) -> io::Result<()> {
        self.write_all_at(data, at)
    }

    fn resize(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }
}

/// A file being written. After an error it is over; what is written is playable.
pub struct Part {
    output: Box<dyn Output>,
    muxer: Box<dyn Muxer>,
    format: TrackFormat,
    /// The recording's time of its first frame.
    begin: Duration,
    /// When its newest frame begins and ends, from `begin`.
    frame: Option<(Duration, Duration)>,
    /// When the first frame since the last cut begins, from `begin`.
    piece: Duration,
    /// Something was taken since the last cut.
    pending: bool,
    /// By the monotonic clock.
    last_cut: Duration,
    /// Blocks of sound taken.
    blocks: u32,
    /// What is written: the head and whole pieces.
    len: u64,
    pieces: u64,
    buffer: Vec<u8>,
}

impl Part {
    pub fn open(
        output: Box<dyn Output>,
        format: TrackFormat,
        begin: Duration,
        now: Duration,
    ) -> Result<Part, RecordError> {
        let muxer: Box<dyn Muxer> = match &format.parameter_sets {
            Some(sets) => Box::new(Mp4::new(format.clone(), sets.clone())),
            None => Box::new(WebM::new(format.clone())),
        };
        let mut part = Part {
            output,
            muxer,
            format,
            begin,
            frame: None,
            piece: Duration::ZERO,
            pending: false,
            last_cut: now,
            blocks: 0,
            len: 0,
            pieces: 0,
            buffer: Vec::new(),
        };
        part.muxer.head(&mut part.buffer)?;
        part.write(Vec::new())?;
        Ok(part)
    }

    /// Whether a keyframe of this format may go on in it.
    pub fn takes(&self, format: &TrackFormat) -> bool {
        self.format == *format && self.len < LARGEST
    }

    /// The recording's time of its first frame.
    pub fn begin(&self) -> Duration {
        self.begin
    }

    /// Whether nothing in it plays yet.
    pub fn is_empty(&self) -> bool {
        self.pieces == 0
    }

    /// Writes what waits, when nothing else did for a while.
    pub fn cut_if_idle(&mut self, now: Duration) -> Result<(), RecordError> {
        if self.pending && now.saturating_sub(self.last_cut) > IDLE { self.cut(None, now) } else { Ok(()) }
    }

    pub fn frame(&mut self, packet: &VideoPacket, time: Duration, now: Duration) -> Result<(), RecordError> {
        let time = time.saturating_sub(self.begin);
        let (time, duration) = match self.frame {
            // Times must rise, whatever comes.
            Some((last, _)) if time < last + APART => (last + APART, APART),
            Some((last, _)) => (time, time - last),
            None => (time, FRAME_TIME),
        };
        if self.pending && (packet.keyframe || time >= self.piece + PIECE) {
            self.fill_until(time.saturating_sub(SILENT));
            self.cut(Some(time), now)?;
        }
        if !self.pending {
            self.piece = time;
        }
        self.frame = Some((time, time + duration));
        self.muxer.frame(&packet.data, time, packet.keyframe);
        self.pending = true;
        Ok(())
    }

    /// The next block of sound. One that would be heard before its turn is left out, and silence fills a hole: so players
    /// that do not look at the time of sound stay in step too.
    pub fn block(&mut self, data: &[u8], time: Duration) {
        if time + BLOCK_TIME <= self.begin + self.sound_end() {
            return;
        }
        self.fill_until(time.saturating_sub(self.begin));
        self.push_block(data);
    }

    /// Silence for as many whole blocks as are missing before `time`.
    fn fill_until(&mut self, time: Duration) {
        while self.sound_end() + BLOCK_TIME <= time {
            self.push_block(&SILENCE);
        }
    }

    fn push_block(&mut self, data: &[u8]) {
        self.muxer.block(data);
        self.blocks += 1;
        self.pending = true;
    }

    fn sound_end(&self) -> Duration {
        BLOCK_TIME * self.blocks
    }

    pub fn length(&self) -> Duration {
        self.frame.map_or(Duration::ZERO, |(_, end)| end).max(self.sound_end())
    }

    fn cut(&mut self, next: Option<Duration>, now: Duration) -> Result<(), RecordError> {
        let patches = self.muxer.cut(next, &mut self.buffer)?;
        self.pending = false;
        self.last_cut = now;
        self.write(patches)?;
        self.pieces += 1;
        Ok(())
    }

    pub fn finish(&mut self, now: Duration) -> Result<(), RecordError> {
        self.fill_until(self.length().saturating_sub(SILENT));
        self.cut(None, now)?;
        let patches = self.muxer.finish(&mut self.buffer)?;
        self.write(patches)
    }

    /// Writes the buffer behind what is there, then the patches. When the buffer cannot be written, what was written of it
    /// is taken away again.
    fn write(&mut self, patches: Vec<Patch>) -> Result<(), RecordError> {
        let len = self.len + self.buffer.len() as u64;
        // The length first: should the host be killed while it writes, what hides the piece hides all of it.
        let written = self.output.resize(len).and_then(|()| self.output.write_at(self.len, &self.buffer));
        self.buffer.clear();
        if let Err(error) = written {
            // Only tidier, so it may fail as well: the piece is hidden.
            let _ = self.output.resize(self.len);
            return Err(error.into());
        }
        self.len = len;
        Ok(patches.into_iter().try_for_each(|patch| self.output.write_at(patch.at, &patch.bytes))?)
    }
}
