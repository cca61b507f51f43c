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
//! Padding is accepted: it is at most a column and a row, and few players know the box that would cut it off.

use super::layout::Layout;
use super::{FRAME_TIME, Muxer, Patch};
use crate::packet::{BLOCK, RATE_HZ};
use std::time::Duration;

/// The picture's clock, in Hz.
const VIDEO_HZ: u32 = 90_000;

/// The clock of durations of the whole film, in Hz.
const MOVIE_HZ: u32 = 1000;

const VIDEO: u32 = 1;
const SOUND: u32 = 2;

/// `trun` flags of a frame that depends on none, and of one that does.
const KEYFRAME: u32 = 0x0200_0000;
const NO_KEYFRAME: u32 = 0x0101_0000;

/// No rotation, no scaling.
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// An MP4 file being written.
pub struct Mp4 {
    layout: Layout,
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

/// All samples of a track that were cut, for the `moov` of the end.
#[derive(Default)]
struct Samples {
    sizes: Vec<u32>,
    /// Count and duration.
    durations: Vec<(u32, u32)>,
    /// Numbers from 1.
    keyframes: Vec<u32>,
    /// Place in the file, and count.
    chunks: Vec<(u64, u32)>,
    /// When the last one begins.
    last: u64,
}

impl Mp4 {
    /// For a layout with H.264's parameter sets.
    pub fn new(layout: Layout) -> Mp4 {
        Mp4 {
            layout,
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
    fn head(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        boxed(out, b"ftyp", |out| {
            out.extend(b"isom");
            words(out, &[0x200]);
            out.extend(b"isomiso6avc1mp41");
        });
        self.free_at = (out.len() - start) as u64;
        boxed(out, b"free", |out| words(out, &[0, 0]));
        self.duration_at = self.movie(out, false) as u64 - start as u64;
        self.len = (out.len() - start) as u64;
    }

    fn frame(&mut self, data: &[u8], time: Duration, keyframe: bool) {
        let before = self.frame_data.len();
        if let Some(sets) = &self.layout.parameter_sets {
            sets.append_frame(data, &mut self.frame_data);
        }
        let size = (self.frame_data.len() - before) as u32;
        self.frames.push((size, ticks(time), keyframe));
    }

    fn block(&mut self, data: &[u8]) {
        self.block_data.extend_from_slice(data);
        self.blocks.push(data.len() as u32);
    }

    fn cut(&mut self, next: Option<Duration>, out: &mut Vec<u8>) -> Vec<Patch> {
        if self.frames.is_empty() && self.blocks.is_empty() {
            return Vec::new();
        }
        let start = out.len();
        let offsets = self.movie_fragment(next.map(ticks), out);
        // The data begins after the head of `mdat`: only now it is known where.
        let data_at = out.len() - start + 8;
        for (place, offset) in offsets.into_iter().zip([0, self.frame_data.len()]) {
            if let Some(place) = place {
                out[place..place + 4].copy_from_slice(&((data_at + offset) as u32).to_be_bytes());
            }
        }
        boxed(out, b"mdat", |out| {
            out.extend_from_slice(&self.frame_data);
            out.extend_from_slice(&self.block_data);
        });

        let data_at = self.len + data_at as u64;
        self.video.chunk(data_at, self.frames.len());
        for &(size, time, keyframe) in &self.frames {
            self.video.add(size, time, keyframe);
        }
        self.sound.chunk(data_at + self.frame_data.len() as u64, self.blocks.len());
        for &size in &self.blocks {
            let time = (self.sound.sizes.len() * BLOCK) as u64;
            self.sound.add(size, time, false);
        }
        let reveal = self.hide(out, start);
        self.len += (out.len() - start) as u64;
        self.frames.clear();
        self.frame_data.clear();
        self.blocks.clear();
        self.block_data.clear();
        let duration = in_movie(self.video.last + u64::from(self.frame_duration), VIDEO_HZ);
        vec![reveal, Patch { at: self.duration_at, bytes: duration.to_be_bytes().into() }]
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Vec<Patch> {
        self.video.close(self.frame_duration);
        self.sound.close(BLOCK as u32);
        let start = out.len();
        self.movie(out, true);
        let reveal = self.hide(out, start);
        // A size of 1 means that 64 bits of size follow.
        let mut bytes = vec![0, 0, 0, 1];
        bytes.extend(b"mdat");
        bytes.extend((self.len - self.free_at).to_be_bytes());
        vec![reveal, Patch { at: self.free_at, bytes }]
    }
}

impl Mp4 {
    /// Makes one `free` box of all that is in `out` from `start`, and returns what undoes that.
    fn hide(&self, out: &mut [u8], start: usize) -> Patch {
        let size = (out.len() - start) as u32;
        let bytes = out[start..start + 8].to_vec();
        out[start..start + 4].copy_from_slice(&size.to_be_bytes());
        out[start + 4..start + 8].copy_from_slice(b"free");
        Patch { at: self.len, bytes }
    }

    /// The `moof`. Returns where in `out` the places of the picture's and the sound's data are to be filled in.
    fn movie_fragment(&mut self, next: Option<u64>, out: &mut Vec<u8>) -> [Option<usize>; 2] {
        let mut places = [None, None];
        self.fragments += 1;
        boxed(out, b"moof", |out| {
            full(out, b"mfhd", 0, |out| words(out, &[self.fragments]));
            if let Some(&(_, first, _)) = self.frames.first() {
                let ends = self.frames[1..].iter().map(|&(_, time, _)| Some(time)).chain([next]);
                track_fragment(out, VIDEO, first, |out| {
                    // Place of the data; then duration, size and flags of each.
                    full(out, b"trun", 0x701, |out| {
                        words(out, &[self.frames.len() as u32]);
                        places[0] = Some(out.len());
                        words(out, &[0]);
                        for (&(size, time, keyframe), end) in self.frames.iter().zip(ends) {
                            if let Some(end) = end {
                                self.frame_duration = end.saturating_sub(time) as u32;
                            }
                            words(out, &[self.frame_duration, size, if keyframe { KEYFRAME } else { NO_KEYFRAME }]);
                        }
                    });
                });
            }
            if !self.blocks.is_empty() {
                let first = self.sound.sizes.len() * BLOCK;
                track_fragment(out, SOUND, first as u64, |out| {
                    // Place of the data; then the size of each. The duration is that of `trex`.
                    full(out, b"trun", 0x201, |out| {
                        words(out, &[self.blocks.len() as u32]);
                        places[1] = Some(out.len());
                        words(out, &[0]);
                        words(out, &self.blocks);
                    });
                });
            }
        });
        places
    }

    /// The `moov`: with all samples, or with the announcement that they come in fragments. Returns where in `out` the
    /// duration of all fragments is to be filled in.
    fn movie(&self, out: &mut Vec<u8>, whole: bool) -> usize {
        let mut duration_at = 0;
        let (video, sound) = (self.video.duration(), self.sound.duration());
        let (video_in_movie, sound_in_movie) = (in_movie(video, VIDEO_HZ), in_movie(sound, RATE_HZ));
        boxed(out, b"moov", |out| {
            full(out, b"mvhd", 0, |out| {
                // Times of creation and change, clock, duration; speed and volume 1.
                words(out, &[0, 0, MOVIE_HZ, video_in_movie.max(sound_in_movie), 0x1_0000, 0x100_0000, 0, 0]);
                words(out, &MATRIX);
                words(out, &[0, 0, 0, 0, 0, 0, SOUND + 1]);
            });
            boxed(out, b"trak", |out| {
                let (width, height) = self.layout.coded;
                let shown = (f64::from(width) * self.layout.pixel_aspect * 65536.0).round() as u32;
                track_header(out, VIDEO, video_in_movie, 0, [shown, height << 16]);
                boxed(out, b"mdia", |out| {
                    media_header(out, VIDEO_HZ, video, b"vide", "Picture");
                    boxed(out, b"minf", |out| {
                        full(out, b"vmhd", 1, |out| words(out, &[0, 0]));
                        data_information(out);
                        self.video.table(out, |out| self.picture_entry(out));
                    });
                });
            });
            boxed(out, b"trak", |out| {
                track_header(out, SOUND, sound_in_movie, 0x100, [0, 0]);
                boxed(out, b"mdia", |out| {
                    media_header(out, RATE_HZ, sound, b"soun", "Sound");
                    boxed(out, b"minf", |out| {
                        full(out, b"smhd", 0, |out| words(out, &[0]));
                        data_information(out);
                        self.sound.table(out, sound_entry);
                    });
                });
            });
            if !whole {
                boxed(out, b"mvex", |out| {
                    full(out, b"mehd", 0, |out| {
                        duration_at = out.len();
                        words(out, &[0]);
                    });
                    for (track, duration) in [(VIDEO, 0), (SOUND, BLOCK as u32)] {
                        // Description 1; usual duration, size and flags.
                        full(out, b"trex", 0, |out| words(out, &[track, 1, duration, 0, 0]));
                    }
                });
            }
        });
        duration_at
    }

    /// How the picture is encoded and how it looks.
    fn picture_entry(&self, out: &mut Vec<u8>) {
        let (width, height) = self.layout.coded;
        boxed(out, b"avc1", |out| {
            // Reserved, data reference 1, reserved; size; 72 dpi; one frame a sample.
            words(out, &[0, 1, 0, 0, 0, 0, width << 16 | height, 0x48_0000, 0x48_0000, 0]);
            out.extend(1u16.to_be_bytes());
            // No name of an encoder; no alpha; no palette.
            out.extend([0; 32]);
            out.extend([0, 0x18, 0xff, 0xff]);
            let (h, v) = ratio(self.layout.pixel_aspect);
            boxed(out, b"avcC", |out| {
                if let Some(sets) = &self.layout.parameter_sets {
                    out.extend(sets.configuration((h, v)));
                }
            });
            boxed(out, b"pasp", |out| words(out, &[h.into(), v.into()]));
        });
    }
}

/// Opus at 48 kHz in stereo. No samples to skip at the start: the recording begins in the middle of the sound.
fn sound_entry(out: &mut Vec<u8>) {
    boxed(out, b"Opus", |out| {
        // Reserved, data reference 1, reserved; two channels of 16 bits; rate.
        words(out, &[0, 1, 0, 0, 2 << 16 | 16, 0, RATE_HZ << 16]);
        boxed(out, b"dOps", |out| {
            // Version, channels, samples to skip; rate; gain, mapping.
            out.extend([0, 2, 0, 0]);
            words(out, &[RATE_HZ]);
            out.extend([0, 0, 0]);
        });
    });
}

fn track_header(out: &mut Vec<u8>, track: u32, duration: u32, volume: u32, shown: [u32; 2]) {
    // Enabled, and part of the film.
    full(out, b"tkhd", 3, |out| {
        words(out, &[0, 0, track, 0, duration, 0, 0, 0, volume << 16]);
        words(out, &MATRIX);
        words(out, &shown);
    });
}

fn media_header(out: &mut Vec<u8>, hz: u32, duration: u64, kind: &[u8; 4], name: &str) {
    // With 64 bits: 90 kHz fills 32 in 13 hours.
    full(out, b"mdhd", 1 << 24, |out| {
        words(out, &[0, 0, 0, 0, hz]);
        out.extend(duration.to_be_bytes());
        // Language "und", five bits a letter.
        words(out, &[0x55c4_0000]);
    });
    full(out, b"hdlr", 0, |out| {
        words(out, &[0]);
        out.extend(kind);
        words(out, &[0, 0, 0]);
        out.extend(name.as_bytes());
        out.push(0);
    });
}

/// The data is in this file.
fn data_information(out: &mut Vec<u8>) {
    boxed(out, b"dinf", |out| {
        full(out, b"dref", 0, |out| {
            words(out, &[1]);
            full(out, b"url ", 1, |_| ());
        });
    });
}

fn track_fragment(out: &mut Vec<u8>, track: u32, first: u64, run: impl FnOnce(&mut Vec<u8>)) {
    boxed(out, b"traf", |out| {
        // Places count from the `moof`.
        full(out, b"tfhd", 0x2_0000, |out| words(out, &[track]));
        full(out, b"tfdt", 1 << 24, |out| out.extend(first.to_be_bytes()));
        run(out);
    });
}

impl Samples {
    fn chunk(&mut self, at: u64, count: usize) {
        if count > 0 {
            self.chunks.push((at, count as u32));
        }
    }

    fn add(&mut self, size: u32, time: u64, keyframe: bool) {
        if !self.sizes.is_empty() {
            self.close(time.saturating_sub(self.last) as u32);
        }
        self.last = time;
        self.sizes.push(size);
        if keyframe {
            self.keyframes.push(self.sizes.len() as u32);
        }
    }

    /// The duration of the last one is known.
    fn close(&mut self, duration: u32) {
        match self.durations.last_mut() {
            Some((count, same)) if *same == duration => *count += 1,
            _ if self.sizes.is_empty() => {}
            _ => self.durations.push((1, duration)),
        }
    }

    fn duration(&self) -> u64 {
        self.durations.iter().map(|&(count, duration)| u64::from(count) * u64::from(duration)).sum()
    }

    /// The `stbl`.
    fn table(&self, out: &mut Vec<u8>, entry: impl FnOnce(&mut Vec<u8>)) {
        boxed(out, b"stbl", |out| {
            full(out, b"stsd", 0, |out| {
                words(out, &[1]);
                entry(out);
            });
            full(out, b"stts", 0, |out| {
                words(out, &[self.durations.len() as u32]);
                self.durations.iter().for_each(|&(count, duration)| words(out, &[count, duration]));
            });
            if !self.keyframes.is_empty() {
                full(out, b"stss", 0, |out| {
                    words(out, &[self.keyframes.len() as u32]);
                    words(out, &self.keyframes);
                });
            }
            full(out, b"stsc", 0, |out| {
                words(out, &[self.chunks.len() as u32]);
                // First chunk of which this is true, samples in each, description 1.
                (1..).zip(&self.chunks).for_each(|(number, &(_, count))| words(out, &[number, count, 1]));
            });
            full(out, b"stsz", 0, |out| {
                words(out, &[0, self.sizes.len() as u32]);
                words(out, &self.sizes);
            });
            full(out, b"co64", 0, |out| {
                words(out, &[self.chunks.len() as u32]);
                self.chunks.iter().for_each(|&(at, _)| out.extend(at.to_be_bytes()));
            });
        });
    }
}

/// A duration on the clock of the whole film.
fn in_movie(duration: u64, hz: u32) -> u32 {
    (duration * u64::from(MOVIE_HZ) / u64::from(hz)) as u32
}

/// To the nearest, so that frames at an even pace have even durations.
fn ticks(time: Duration) -> u64 {
    ((time.as_nanos() * u128::from(VIDEO_HZ) + 500_000_000) / 1_000_000_000) as u64
}

/// A fraction with small numbers.
fn ratio(value: f64) -> (u16, u16) {
    let over = |v: u16| ((value * f64::from(v)).round().clamp(1.0, 65535.0) as u16, v);
    let near = |&(h, v): &(u16, u16)| (f64::from(h) / f64::from(v) / value - 1.0).abs() < 1e-6;
    (1..=1000).map(over).find(near).unwrap_or_else(|| over(1000))
}

/// A box: its size is filled in when its content is known.
fn boxed(out: &mut Vec<u8>, kind: &[u8; 4], content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    words(out, &[0]);
    out.extend(kind);
    content(out);
    let size = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&size.to_be_bytes());
}

/// A box with a version (the highest eight bits) and flags.
fn full(out: &mut Vec<u8>, kind: &[u8; 4], version_and_flags: u32, content: impl FnOnce(&mut Vec<u8>)) {
    boxed(out, kind, |out| {
        words(out, &[version_and_flags]);
        content(out);
    });
}

fn words(out: &mut Vec<u8>, words: &[u32]) {
    out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
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
            let layout = Layout::of(&frame(H264, 0, true)).expect("a layout");
            let mut mp4 = Mp4::new(layout);
            let mut file = Vec::new();
            mp4.head(&mut file);
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
            let patches = self.mp4.cut(Some(20 * MS * (first as u32 + 25)), &mut out);
            self.write(&out, patches);
        }

        fn finish(&mut self) {
            let mut out = Vec::new();
            let patches = self.mp4.finish(&mut out);
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
        assert_eq!(words(&grown.file, duration[0].clone()), [0, 1000]);
        grown.finish();
        assert_eq!(read_mp4(&grown.file).outline, ["ftyp", "mdat", "moov"]);
        assert_whole(&grown.file, 50);
        let head = inside(&grown.file, 0..grown.file.len(), &["moov", "mvhd"]);
        assert_eq!(words(&grown.file, head[0].clone())[3..5], [1000, 1000]);
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
        let shown = words(&grown.file, track)[19..].to_vec();
        assert_eq!((shown[0] >> 16, shown[1]), (597, 448 << 16));
    }

    #[test]
    fn a_frame_that_comes_late_after_a_cut_without_a_next_one_keeps_its_time() {
        let mut grown = Grown::new();
        for (number, ms) in [(0, 0), (1, 20), (2, 700)] {
            grown.mp4.frame(&frame(H264, number, number == 0).data, ms * MS, number == 0);
            if number > 0 {
                let mut out = Vec::new();
                let patches = grown.mp4.cut(None, &mut out);
                grown.write(&out, patches);
            }
        }
        let times = |file: &[u8]| read_mp4(file).frames.iter().map(|found| found.time).collect::<Vec<_>>();
        assert_eq!(times(&grown.file), [0, 1800, 63_000]);
        grown.finish();
        assert_eq!(times(&grown.file), [0, 1800, 63_000]);
    }

    #[test]
    fn ratios_are_small_numbers() {
        for (value, expected) in [(1.0, (1, 1)), (4.0 / 3.0, (4, 3)), (f64::from(7.0_f32 / 6.0), (7, 6)), (0.5, (1, 2))]
        {
            assert_eq!(ratio(value), expected);
        }
        assert_eq!(ratio(std::f64::consts::PI), (355, 113));
        assert_eq!(ratio(1e-9), (1, 1000));
        assert_eq!(ratio(1e9), (65535, 1000));
    }
}
