//! H.264 and Opus in MP4: fragments while recording, an ordinary file at the end.
//!
//! While it grows, the file is `ftyp`, a `free` box of 16 bytes, a `moov` without samples, and then `moof` and `mdat` in
//! turn. A pair is written as one `free` box, which every player passes over, and then gets its true beginning: so a host
//! killed while it writes leaves no half of a frame, at which browsers would stop. Then the duration in the `moov` grows.
//!
//! A clean stop appends an ordinary `moov` that knows all samples, and then the first `free` box becomes the head of one
//! `mdat` around all that came before: now programs that know nothing of fragments can open it, and every player can jump.
//! Between the two writes there is a second `moov` at the end, which players ignore. (OBS Studio's hybrid MP4 is made like
//! this too.)
//!
//! The boxes are those of the crate `mp4-atom`. Two heads are written here: the one that hides a piece, and the one of the
//! closing `mdat`, which must fill 16 bytes whatever its size is.

use super::h264::ParameterSets;
use super::movie::{self, Index, SOUND, Samples, Track, VIDEO, VIDEO_HZ};
use super::track_format::TrackFormat;
use super::{FRAME_TIME, Muxer, Patch, RecordError};
use crate::packet::{BLOCK, RATE_HZ};
use mp4_atom::{Atom, Encode, Free, Ftyp, Header, Mdat, Mfhd, Moof, Tfdt, Tfhd, Traf, Trun, TrunEntry, Zeroed};
use std::time::Duration;

/// `trun` flags of a frame that depends on none, and of one that does.
const KEYFRAME: u32 = 0x0200_0000;
const NO_KEYFRAME: u32 = 0x0101_0000;

/// Bytes of a box before its content.
const HEAD: usize = 8;

/// An MP4 file being written.
pub struct Mp4 {
    format: TrackFormat,
    sets: ParameterSets,
    /// Since the last cut: size, time and whether it is a keyframe; and the data of all.
    frames: Vec<(u32, u64, bool)>,
    frame_data: Vec<u8>,
    /// Since the last cut: sizes, and the data of all.
    blocks: Vec<u32>,
    block_data: Vec<u8>,
    fragments: u32,
    /// What has been handed out.
    len: u64,
    /// Where the first `free` box is.
    free_at: u64,
    /// Where the duration of all fragments is.
    duration_at: u64,
    video: Samples,
    sound: Samples,
    /// Of the newest frame whose duration is known.
    frame_duration: u32,
}

impl Mp4 {
    /// `sets` are those of the format's first frame.
    pub fn new(format: TrackFormat, sets: ParameterSets) -> Mp4 {
        Mp4 {
            format,
            sets,
            frames: Vec::new(),
            frame_data: Vec::new(),
            blocks: Vec::new(),
            block_data: Vec::new(),
            fragments: 0,
            len: 0,
            free_at: 0,
            duration_at: 0,
            video: Samples::default(),
            sound: Samples::default(),
            frame_duration: ticks(FRAME_TIME) as u32,
        }
    }
}

impl Muxer for Mp4 {
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), RecordError> {
        let start = out.len();
        let brands = [b"isom", b"iso6", b"avc1", b"mp41"].map(Into::into).into();
        Ftyp { major_brand: b"isom".into(), minor_version: 0x200, compatible_brands: brands }.encode(out)?;
        self.free_at = (out.len() - start) as u64;
        Free { zeroed: Zeroed { size: 8 } }.encode(out)?;
        let movie_at = out.len();
        self.movie(out, Index::Fragments)?;
        // Before it is only the `mvhd`, which says nothing like that.
        let kind = out[movie_at..].windows(4).position(|kind| kind == b"mehd").unwrap_or_default();
        // After the kind, version and flags.
        self.duration_at = (movie_at - start + kind + 8) as u64;
        self.len = (out.len() - start) as u64;
        Ok(())
    }

    fn frame(&mut self, data: &[u8], time: Duration, keyframe: bool) {
        let before = self.frame_data.len();
        self.sets.append_frame(data, &mut self.frame_data);
        let size = (self.frame_data.len() - before) as u32;
        self.frames.push((size, ticks(time), keyframe));
    }

    fn block(&mut self, data: &[u8]) {
        self.block_data.extend_from_slice(data);
        self.blocks.push(data.len() as u32);
    }

    fn cut(&mut self, next: Option<Duration>, out: &mut Vec<u8>) -> Result<Vec<Patch>, RecordError> {
        if self.frames.is_empty() && self.blocks.is_empty() {
            return Ok(Vec::new());
        }
        let start = out.len();
        let mut fragment = self.fragment(next.map(ticks));
        fragment.encode(out)?;
        // Only now it is known where the data begins: after the head of `mdat`.
        let data_at = out.len() - start + HEAD;
        for track in &mut fragment.traf {
            let before = if track.tfhd.track_id == SOUND { self.frame_data.len() } else { 0 };
            track.trun[0].data_offset = Some((data_at + before) as i32);
        }
        out.truncate(start);
        fragment.encode(out)?;
        let size = self.frame_data.len() + self.block_data.len();
        Header { kind: Mdat::KIND, size: Some(size) }.encode(out)?;
        out.extend_from_slice(&self.frame_data);
        out.extend_from_slice(&self.block_data);

        let data_at = self.len + data_at as u64;
        self.video.chunk(data_at, self.frames.len());
        for &(size, time, keyframe) in &self.frames {
            self.video.add(size, time, keyframe);
        }
        self.sound.chunk(data_at + self.frame_data.len() as u64, self.blocks.len());
        for &size in &self.blocks {
            let time = (self.sound.len() * BLOCK) as u64;
            self.sound.add(size, time, false);
        }
        let reveal = self.hide(out, start);
        self.len += (out.len() - start) as u64;
        self.frames.clear();
        self.frame_data.clear();
        self.blocks.clear();
        self.block_data.clear();
        let duration = movie::in_movie(self.video.last() + u64::from(self.frame_duration), VIDEO_HZ);
        Ok(vec![reveal, Patch { at: self.duration_at, bytes: duration.to_be_bytes().into() }])
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<Vec<Patch>, RecordError> {
        self.video.close(self.frame_duration);
        self.sound.close(BLOCK as u32);
        let start = out.len();
        self.movie(out, Index::Complete)?;
        let reveal = self.hide(out, start);
        // A size of 1 means that 64 bits of size follow.
        let mut bytes = vec![0, 0, 0, 1];
        bytes.extend(b"mdat");
        bytes.extend((self.len - self.free_at).to_be_bytes());
        Ok(vec![reveal, Patch { at: self.free_at, bytes }])
    }
}

impl Mp4 {
    /// Makes one `free` box of all that is in `out` from `start`, and returns what undoes that.
    fn hide(&self, out: &mut [u8], start: usize) -> Patch {
        let size = (out.len() - start) as u32;
        let bytes = out[start..start + HEAD].to_vec();
        out[start..start + 4].copy_from_slice(&size.to_be_bytes());
        out[start + 4..start + HEAD].copy_from_slice(b"free");
        Patch { at: self.len, bytes }
    }

    /// What was taken since the last cut; the places of the data are not filled in yet.
    fn fragment(&mut self, next: Option<u64>) -> Moof {
        self.fragments += 1;
        let mut tracks = Vec::new();
        if let Some(&(_, first, _)) = self.frames.first() {
            let ends = self.frames[1..].iter().map(|&(_, time, _)| Some(time)).chain([next]);
            let mut run = Vec::with_capacity(self.frames.len());
            for (&(size, time, keyframe), end) in self.frames.iter().zip(ends) {
                if let Some(end) = end {
                    self.frame_duration = end.saturating_sub(time) as u32;
                }
                let flags = if keyframe { KEYFRAME } else { NO_KEYFRAME };
                let (duration, size, flags) = (Some(self.frame_duration), Some(size), Some(flags));
                run.push(TrunEntry { duration, size, flags, cts: None });
            }
            tracks.push(track_fragment(VIDEO, first, run));
        }
        if !self.blocks.is_empty() {
            let first = self.sound.len() * BLOCK;
            // The duration is that of `trex`.
            let run = self.blocks.iter().map(|&size| TrunEntry { size: Some(size), ..TrunEntry::default() });
            tracks.push(track_fragment(SOUND, first as u64, run.collect()));
        }
        Moof { mfhd: Mfhd { sequence_number: self.fragments }, traf: tracks }
    }

    fn movie(&self, out: &mut Vec<u8>, index: Index) -> Result<(), RecordError> {
        let tracks = [
            Track { id: VIDEO, hz: VIDEO_HZ, samples: &self.video },
            Track { id: SOUND, hz: RATE_HZ, samples: &self.sound },
        ];
        Ok(movie::movie(&self.format, &self.sets, tracks, index).encode(out)?)
    }
}

fn track_fragment(track_id: u32, first: u64, run: Vec<TrunEntry>) -> Traf {
    Traf {
        // Places count from the `moof`.
        tfhd: Tfhd { track_id, default_base_is_moof: true, ..Tfhd::default() },
        tfdt: Some(Tfdt { base_media_decode_time: first }),
        trun: vec![Trun { data_offset: Some(0), samples: run.into() }],
        ..Traf::default()
    }
}

/// To the nearest, so that frames at an even pace have even durations.
fn ticks(time: Duration) -> u64 {
    ((time.as_nanos() * u128::from(VIDEO_HZ) + 500_000_000) / 1_000_000_000) as u64
}

#[cfg(test)]
mod tests {
    use super::super::testing::{H264, boxes, content, frame, inside, read_mp4, words};
    use super::*;

    /// A file as it grows: its state after every write of every step.
    struct Grown {
        mp4: Mp4,
        file: Vec<u8>,
        states: Vec<Vec<u8>>,
    }

    impl Grown {
        fn new() -> Grown {
            let format = TrackFormat::of(&frame(H264, 0, true)).expect("a format");
            let sets = format.parameter_sets.clone().expect("of H.264");
            let mut mp4 = Mp4::new(format, sets);
            let mut file = Vec::new();
            mp4.head(&mut file).expect("boxes");
            Grown { mp4, states: vec![file.clone()], file }
        }

        /// Half a second: 25 frames and 50 blocks.
        fn piece(&mut self, first: u64) {
            for number in first..first + 25 {
                let keyframe = number == 0;
                self.mp4.frame(&frame(H264, number, keyframe).data, 20 * MS * number as u32, keyframe);
                self.mp4.block(&[0xf4, number as u8, 1]);
                self.mp4.block(&[0xf4, number as u8, 2, 2]);
            }
            let mut out = Vec::new();
            let patches = self.mp4.cut(Some(20 * MS * (first as u32 + 25)), &mut out).expect("boxes");
            self.write(&out, patches);
        }

        fn finish(&mut self) {
            let mut out = Vec::new();
            let patches = self.mp4.finish(&mut out).expect("boxes");
            self.write(&out, patches);
        }

        fn write(&mut self, out: &[u8], patches: Vec<Patch>) {
            self.file.extend(out);
            self.states.push(self.file.clone());
            for Patch { at, bytes } in patches {
                self.file[at as usize..][..bytes.len()].copy_from_slice(&bytes);
                self.states.push(self.file.clone());
            }
        }
    }

    const MS: Duration = Duration::from_millis(1);

    fn assert_whole(file: &[u8], frames: usize) {
        let film = read_mp4(file);
        assert_eq!((film.frames.len(), film.sound.len()), (frames, frames * 2));
        for (number, found) in film.frames.iter().enumerate() {
            let mut data = content(number as u64, number == 0);
            data.splice(0..0, (data.len() as u32).to_be_bytes());
            assert_eq!(found.data, data, "frame {number}");
            assert_eq!((found.time, found.keyframe), (number as u64 * 1800, number == 0));
        }
        for (number, found) in film.sound.iter().enumerate() {
            assert_eq!(found.data[1..3], [(number / 2) as u8, (number % 2) as u8 + 1]);
            assert_eq!(found.time, number as u64 * 480);
        }
    }

    #[test]
    fn it_is_fragments_while_it_grows_and_an_ordinary_file_at_the_end() {
        let mut grown = Grown::new();
        assert_eq!(read_mp4(&grown.file).outline, ["ftyp", "free", "moov"]);
        grown.piece(0);
        grown.piece(25);
        assert_eq!(read_mp4(&grown.file).outline, ["ftyp", "free", "moov", "moof", "mdat", "moof", "mdat"]);
        assert_whole(&grown.file, 50);
        let duration = inside(&grown.file, 0..grown.file.len(), &["moov", "mvex", "mehd"]);
        // Version and flags, 64 bits of duration.
        assert_eq!(words(&grown.file, duration[0].clone()), [1 << 24, 0, 1000]);
        grown.finish();
        assert_eq!(read_mp4(&grown.file).outline, ["ftyp", "mdat", "moov"]);
        assert_whole(&grown.file, 50);
        let head = inside(&grown.file, 0..grown.file.len(), &["moov", "mvhd"]);
        // After two times of 64 bits: the clock, 64 bits of duration.
        assert_eq!(words(&grown.file, head[0].clone())[5..8], [1000, 0, 1000]);
    }

    #[test]
    fn after_every_write_and_every_cut_it_is_whole_up_to_its_last_piece() {
        let mut grown = Grown::new();
        (0..4).for_each(|piece| grown.piece(piece * 25));
        let pieces = grown.states.len();
        grown.finish();
        for (step, state) in grown.states.iter().enumerate() {
            // A piece is three writes: itself, what reveals it, the duration.
            assert_whole(state, if step < pieces { (step + 1) / 3 * 25 } else { 100 });
        }
        let growing = &grown.states[pieces - 1];
        let ends: Vec<usize> = boxes(growing, 0..growing.len()).iter().map(|(_, content)| content.end).collect();
        for len in ends[2]..growing.len() {
            // A box whose end is missing is not read: what is left is every pair that is whole.
            let whole = ends[4..].iter().step_by(2).filter(|&&end| end <= len).count();
            assert_eq!(read_mp4_up_to_pairs(&growing[..len]), whole * 25, "cut off at {len}");
        }
    }

    /// A `moof` whose `mdat` is torn is left out, as players do or stop at.
    fn read_mp4_up_to_pairs(data: &[u8]) -> usize {
        let whole = boxes(data, 0..data.len());
        let end = match whole.last() {
            Some((kind, content)) if kind == "moof" => content.start - 8,
            Some((_, content)) => content.end,
            None => 0,
        };
        read_mp4(&data[..end]).frames.len()
    }

    #[test]
    fn the_header_says_how_the_picture_looks() {
        let grown = Grown::new();
        let all = 0..grown.file.len();
        let table = ["moov", "trak", "mdia", "minf", "stbl", "stsd"];
        let entry = inside(&grown.file, all.clone(), &table)[0].clone();
        // After version, count, and the fields of `avc1` that are no boxes.
        let entry = boxes(&grown.file, entry.start + 8..entry.end).remove(0).1;
        let size = words(&grown.file, entry.start + 24..entry.start + 28);
        assert_eq!(size, [512 << 16 | 448]);
        let shape = inside(&grown.file, entry.start + 78..entry.end, &["pasp"])[0].clone();
        assert_eq!(words(&grown.file, shape), [7, 6]);
        let track = inside(&grown.file, all, &["moov", "trak", "tkhd"])[0].clone();
        let shown = words(&grown.file, track)[22..].to_vec();
        assert_eq!((shown[0] >> 16, shown[1]), (597, 448 << 16));
    }

    #[test]
    fn a_frame_that_comes_late_after_a_cut_without_a_next_one_keeps_its_time() {
        let mut grown = Grown::new();
        for (number, ms) in [(0, 0), (1, 20), (2, 700)] {
            grown.mp4.frame(&frame(H264, number, number == 0).data, ms * MS, number == 0);
            if number > 0 {
                let mut out = Vec::new();
                let patches = grown.mp4.cut(None, &mut out).expect("boxes");
                grown.write(&out, patches);
            }
        }
        let times = |file: &[u8]| read_mp4(file).frames.iter().map(|found| found.time).collect::<Vec<_>>();
        assert_eq!(times(&grown.file), [0, 1800, 63_000]);
        grown.finish();
        assert_eq!(times(&grown.file), [0, 1800, 63_000]);
    }
}
