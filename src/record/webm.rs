//! VP8 or VP9 and Opus in WebM.
//!
//! While it grows, the segment has no size and the file is a head and whole clusters. A cluster is written as an element
//! that says nothing and then gets its true beginning, so that a host killed while it writes leaves no half of one; then
//! its end goes into the head as the duration. A clean stop appends the cues, for jumps, and writes the head again with
//! the segment's size and the way to them.

use super::track_format::TrackFormat;
use super::{BLOCK_TIME, FRAME_TIME, Muxer, Patch, RecordError};
use crate::packet::Codec;
use crate::packet::RATE_HZ;
use std::time::Duration;

const VIDEO: u8 = 1;
const SOUND: u8 = 2;

/// What decoders of Opus need before they sound right after a jump, in nanoseconds.
const PREROLL_NS: u64 = 80_000_000;

/// The ID of an element that says nothing.
const VOID: u32 = 0xEC;

/// The size of something whose end is not known yet.
const UNKNOWN: [u8; 8] = [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/// From the segment's beginning to what places in it count from: its ID and size.
const SEGMENT_HEAD: u64 = 12;

/// A WebM file being written.
pub struct WebM {
    format: TrackFormat,
    /// Since the last cut: time in milliseconds, track, whether it is a keyframe, and the end of its data.
    taken: Vec<(u64, u8, bool, usize)>,
    data: Vec<u8>,
    /// Blocks of sound taken.
    blocks: u64,
    /// Between the last two frames, in milliseconds.
    frame_ms: u64,
    /// When the newest frame ends, in milliseconds.
    end_ms: u64,
    last_frame_ms: Option<u64>,
    /// What has been handed out.
    len: u64,
    segment_at: u64,
    duration_at: u64,
    /// Times of keyframes, and the places of their clusters.
    cues: Vec<(u64, u64)>,
}

impl WebM {
    /// For a format of VP8 or VP9.
    pub fn new(format: TrackFormat) -> WebM {
        WebM {
            format,
            taken: Vec::new(),
            data: Vec::new(),
            blocks: 0,
            frame_ms: FRAME_TIME.as_millis() as u64,
            end_ms: 0,
            last_frame_ms: None,
            len: 0,
            segment_at: 0,
            duration_at: 0,
            cues: Vec::new(),
        }
    }
}

impl Muxer for WebM {
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), RecordError> {
        let start = out.len();
        self.write_head(None, out);
        self.len = (out.len() - start) as u64;
        Ok(())
    }

    fn frame(&mut self, data: &[u8], time: Duration, keyframe: bool) {
        let ms = time.as_millis() as u64;
        if let Some(last) = self.last_frame_ms.replace(ms) {
            self.frame_ms = ms.saturating_sub(last);
        }
        self.end_ms = ms + self.frame_ms;
        self.take(ms, VIDEO, keyframe, data);
    }

    fn block(&mut self, data: &[u8]) {
        self.take(self.sound_ms(), SOUND, true, data);
        self.blocks += 1;
    }

    fn cut(&mut self, _next: Option<Duration>, out: &mut Vec<u8>) -> Result<Vec<Patch>, RecordError> {
        // Where silence was filled in, the sound comes after a picture that is later.
        let mut order: Vec<usize> = (0..self.taken.len()).collect();
        order.sort_by_key(|&index| self.taken[index].0);
        let Some(&first) = order.first() else { return Ok(Vec::new()) };
        let (begin, ..) = self.taken[first];
        if let Some(&(ms, ..)) = self.taken.iter().find(|(_, track, keyframe, _)| *track == VIDEO && *keyframe) {
            self.cues.push((ms, self.len - self.segment_at - SEGMENT_HEAD));
        }
        let start = out.len();
        element(out, 0x1F43_B675, |out| {
            uint(out, 0xE7, begin);
            for index in order {
                let (ms, track, keyframe, end) = self.taken[index];
                let data = &self.data[index.checked_sub(1).map_or(0, |before| self.taken[before].3)..end];
                element(out, 0xA3, |out| {
                    out.push(0x80 | track);
                    out.extend(((ms - begin).min(0x7fff) as u16).to_be_bytes());
                    out.push(if keyframe { 0x80 } else { 0 });
                    out.extend_from_slice(data);
                });
            }
        });
        let reveal = self.hide(out, start);
        self.len += (out.len() - start) as u64;
        self.taken.clear();
        self.data.clear();
        let mut bytes = Vec::new();
        self.duration(&mut bytes);
        Ok(vec![reveal, Patch { at: self.duration_at, bytes }])
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<Vec<Patch>, RecordError> {
        let cues_at = self.len - self.segment_at - SEGMENT_HEAD;
        let start = out.len();
        element(out, 0x1C53_BB6B, |out| {
            for &(ms, at) in &self.cues {
                element(out, 0xBB, |out| {
                    uint(out, 0xB3, ms);
                    element(out, 0xB7, |out| {
                        uint(out, 0xF7, VIDEO.into());
                        uint(out, 0xF1, at);
                    });
                });
            }
        });
        let reveal = self.hide(out, start);
        self.len += (out.len() - start) as u64;
        let mut bytes = Vec::new();
        self.write_head(Some(cues_at), &mut bytes);
        Ok(vec![reveal, Patch { at: 0, bytes }])
    }
}

impl WebM {
    /// Makes nothing of the element that is in `out` from `start`, and returns what undoes that.
    fn hide(&self, out: &mut [u8], start: usize) -> Patch {
        let bytes = out[start..start + 8].to_vec();
        // Seven bytes of size in place of four of ID and four of size.
        let size = 2 << 48 | (out.len() - start - 8) as u64;
        out[start..start + 8].copy_from_slice(&size.to_be_bytes());
        out[start] = VOID as u8;
        Patch { at: self.len, bytes }
    }

    /// When the next block of sound begins.
    fn sound_ms(&self) -> u64 {
        self.blocks * BLOCK_TIME.as_millis() as u64
    }

    fn take(&mut self, ms: u64, track: u8, keyframe: bool, data: &[u8]) {
        self.data.extend_from_slice(data);
        self.taken.push((ms, track, keyframe, self.data.len()));
    }

    /// Everything before the first cluster; the same length with the place of the cues and without.
    fn write_head(&mut self, cues_at: Option<u64>, out: &mut Vec<u8>) {
        let start = out.len();
        element(out, 0x1A45_DFA3, |out| {
            // Version of EBML, to read it, longest ID, longest size; version of WebM, to read it.
            for (id, value) in [(0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8), (0x4287, 4), (0x4285, 2)] {
                uint(out, id, value);
            }
            text(out, 0x4282, "webm");
        });
        self.segment_at = (out.len() - start) as u64;
        out.extend([0x18, 0x53, 0x80, 0x67]);
        match cues_at {
            Some(_) => out.extend((1 << 56 | (self.len - self.segment_at - SEGMENT_HEAD)).to_be_bytes()),
            None => out.extend(UNKNOWN),
        }
        self.way_to(cues_at, out);
        element(out, 0x1549_A966, |out| {
            // A millisecond.
            uint(out, 0x2A_D7B1, 1_000_000);
            text(out, 0x4D80, "Hotseat");
            text(out, 0x5741, "Hotseat");
            self.duration_at = (out.len() - start) as u64;
            self.duration(out);
        });
        element(out, 0x1654_AE6B, |out| {
            self.picture_track(out);
            sound_track(out);
        });
    }

    /// Where the cues are.
    fn way_to(&self, cues_at: Option<u64>, out: &mut Vec<u8>) {
        or_void(out, cues_at.is_some(), |out| {
            element(out, 0x114D_9B74, |out| {
                element(out, 0x4DBB, |out| {
                    element(out, 0x53AB, |out| out.extend([0x1C, 0x53, 0xBB, 0x6B]));
                    element(out, 0x53AC, |out| out.extend(cues_at.unwrap_or(0).to_be_bytes()));
                });
            });
        });
    }

    /// How long it is.
    fn duration(&self, out: &mut Vec<u8>) {
        let ms = self.end_ms.max(self.sound_ms());
        or_void(out, ms > 0, |out| element(out, 0x4489, |out| out.extend((ms as f64).to_be_bytes())));
    }

    fn picture_track(&self, out: &mut Vec<u8>) {
        let TrackFormat { coded: (width, height), picture: (picture_width, picture_height), .. } = self.format;
        let codec = if self.format.encoding.codec == Codec::Vp9 { "V_VP9" } else { "V_VP8" };
        track(out, VIDEO, 1, codec, |out| {
            element(out, 0xE0, |out| {
                uint(out, 0xB0, width.into());
                uint(out, 0xBA, height.into());
                uint(out, 0x54AA, height.saturating_sub(picture_height).into());
                uint(out, 0x54DD, width.saturating_sub(picture_width).into());
                let shown = (f64::from(picture_width) * self.format.pixel_aspect).round().max(1.0) as u64;
                uint(out, 0x54B0, shown);
                uint(out, 0x54BA, picture_height.into());
            });
        });
    }
}

fn sound_track(out: &mut Vec<u8>) {
    track(out, SOUND, 2, "A_OPUS", |out| {
        element(out, 0x63A2, |out| {
            // Version 1, two channels, no samples to skip (the recording begins in the middle of the sound), rate, gain,
            // mapping.
            out.extend(b"OpusHead\x01\x02\0\0");
            out.extend(RATE_HZ.to_le_bytes());
            out.extend([0, 0, 0]);
        });
        uint(out, 0x56AA, 0);
        uint(out, 0x56BB, PREROLL_NS);
        element(out, 0xE1, |out| {
            element(out, 0xB5, |out| out.extend(f64::from(RATE_HZ).to_be_bytes()));
            uint(out, 0x9F, 2);
        });
    });
}

fn track(out: &mut Vec<u8>, number: u8, kind: u64, codec: &str, rest: impl FnOnce(&mut Vec<u8>)) {
    element(out, 0xAE, |out| {
        uint(out, 0xD7, number.into());
        uint(out, 0x73C5, number.into());
        uint(out, 0x83, kind);
        // No lacing.
        uint(out, 0x9C, 0);
        text(out, 0x22_B59C, "und");
        text(out, 0x86, codec);
        rest(out);
    });
}

/// An element: its size, always four bytes, is filled in when its content is known.
fn element(out: &mut Vec<u8>, id: u32, content: impl FnOnce(&mut Vec<u8>)) {
    out.extend(significant(id.into()));
    let size_at = out.len();
    out.extend([0; 4]);
    content(out);
    let size = 1 << 28 | (out.len() - size_at - 4) as u32;
    out[size_at..size_at + 4].copy_from_slice(&size.to_be_bytes());
}

fn uint(out: &mut Vec<u8>, id: u32, value: u64) {
    element(out, id, |out| out.extend(significant(value)));
}

fn text(out: &mut Vec<u8>, id: u32, text: &str) {
    element(out, id, |out| out.extend(text.as_bytes()));
}

/// What `content` writes, or as many bytes that mean nothing.
fn or_void(out: &mut Vec<u8>, known: bool, content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    content(out);
    if !known {
        let len = out.len() - start;
        out.truncate(start);
        // ID and size take five.
        element(out, VOID, |out| out.resize(out.len() + len - 5, 0));
    }
}

/// The bytes of a number without leading zeros, at least one.
fn significant(value: u64) -> impl Iterator<Item = u8> {
    let skip = (value.leading_zeros() / 8).min(7) as usize;
    value.to_be_bytes().into_iter().skip(skip)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{VP9, content, elements, frame, number, read_webm};
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const HEAD: [&str; 3] = ["EC", "1549A966", "1654AE6B"];

    /// The file after every write: four pieces of half a second, with keyframes in the first and the third.
    fn states() -> Vec<Vec<u8>> {
        let mut webm = WebM::new(TrackFormat::of(&frame(VP9, 0, true)).expect("a format"));
        let mut file = Vec::new();
        webm.head(&mut file).expect("a head");
        let mut states = vec![file.clone()];
        for piece in 0..=4 {
            let mut out = Vec::new();
            let patches = if piece < 4 {
                for number in piece * 25..piece * 25 + 25 {
                    webm.frame(&content(number, number % 50 == 0), 20 * MS * number as u32, number % 50 == 0);
                    webm.block(&[0xf4, number as u8, 1]);
                    webm.block(&[0xf4, number as u8, 2, 2]);
                }
                webm.cut(None, &mut out)
            } else {
                webm.finish(&mut out)
            };
            let patches = patches.expect("a piece");
            file.extend(&out);
            states.push(file.clone());
            for Patch { at, bytes } in patches {
                file[at as usize..][..bytes.len()].copy_from_slice(&bytes);
                states.push(file.clone());
            }
        }
        states
    }

    fn assert_whole(file: &[u8], frames: usize) {
        let film = read_webm(file);
        assert_eq!((film.frames.len(), film.sound.len()), (frames, frames * 2));
        for (number, found) in film.frames.iter().enumerate() {
            assert_eq!(found.data, content(number as u64, number % 50 == 0));
            assert_eq!((found.time, found.keyframe), (number as u64 * 20, number % 50 == 0));
        }
        for (number, found) in film.sound.iter().enumerate() {
            assert_eq!((found.time, found.data[1]), (number as u64 * 10, (number / 2) as u8));
        }
    }

    /// The content of the element at the end of a path of IDs.
    fn find(data: &[u8], path: &[u32]) -> Option<Vec<u8>> {
        let mut range = 0..data.len();
        for &wanted in path {
            range = elements(data, range).into_iter().find(|(id, _)| *id == wanted)?.1;
        }
        Some(data[range].to_vec())
    }

    #[test]
    fn after_every_write_and_every_cut_it_is_whole_up_to_its_last_cluster() {
        let states = states();
        let (growing, finished) = states.split_at(states.len() - 3);
        for (step, state) in growing.iter().enumerate() {
            assert_whole(state, (step + 1) / 3 * 25);
        }
        for state in finished {
            assert_whole(state, 100);
        }
        let last = &growing[growing.len() - 1];
        let segment = elements(last, 0..last.len())[1].1.clone();
        let ends: Vec<usize> = elements(last, segment).iter().map(|(_, content)| content.end).collect();
        for len in ends[2]..last.len() {
            assert_whole(&last[..len], ends[3..].iter().filter(|&&end| end <= len).count() * 25);
        }
    }

    #[test]
    fn the_head_says_the_duration_of_what_is_there() {
        let states = states();
        let duration = |state: &[u8]| find(state, &[0x1853_8067, 0x1549_A966, 0x4489]).map(|bytes| number(&bytes));
        assert_eq!(duration(&states[0]), None);
        assert_eq!(duration(&states[2]), None);
        assert_eq!(duration(&states[3]), Some(500f64.to_bits()));
        assert_eq!(duration(&states[12]), Some(2000f64.to_bits()));
        assert_eq!(duration(&states[15]), Some(2000f64.to_bits()));
    }

    #[test]
    fn a_finished_file_has_sizes_and_a_way_to_its_keyframes() {
        let states = states();
        let outline = |state: &[u8]| read_webm(state).outline;
        assert_eq!(outline(&states[3])[..3], HEAD);
        assert_eq!(outline(&states[12])[3..], ["1F43B675"; 4]);
        let file = &states[15];
        assert_eq!(outline(file)[0], "114D9B74");
        let top = elements(file, 0..file.len());
        assert_eq!((top.len(), top[1].0, top[1].1.end), (2, 0x1853_8067, file.len()));
        let start = top[1].1.start;
        assert_eq!(file[start - 8..start][0], 1, "a known size of eight bytes");
        let place = find(file, &[0x1853_8067, 0x114D_9B74, 0x4DBB, 0x53AC]).expect("a way to the cues");
        let cues = start + number(&place) as usize;
        let (id, content) = elements(file, cues..file.len()).remove(0);
        assert_eq!(id, 0x1C53_BB6B);
        let found: Vec<_> = elements(file, content)
            .into_iter()
            .map(|(_, point)| {
                let point = &file[point];
                let at = start + number(&find(point, &[0xB7, 0xF1]).expect("a place")) as usize;
                let cluster = elements(file, at..file.len()).remove(0);
                assert_eq!(cluster.0, 0x1F43_B675);
                (
                    number(&find(point, &[0xB3]).expect("a time")),
                    number(&find(&file[cluster.1], &[0xE7]).expect("a time")),
                )
            })
            .collect();
        assert_eq!(found, [(0, 0), (1000, 1000)]);
    }

    #[test]
    fn the_head_says_how_the_picture_looks() {
        let mut odd = frame(VP9, 0, true);
        odd.shape.width = 255;
        let mut file = Vec::new();
        WebM::new(TrackFormat::of(&odd).expect("a format")).head(&mut file).expect("a head");
        let said = |id| find(&file, &[0x1853_8067, 0x1654_AE6B, 0xAE, 0xE0, id]).map(|bytes| number(&bytes));
        // Coded width and height, cropped right and below, shown width and height.
        assert_eq!([0xB0, 0xBA, 0x54DD, 0x54AA, 0x54B0, 0x54BA].map(said), [512, 448, 2, 0, 597, 448].map(Some));
    }
}
