//! The `moov` of an MP4 file: what its tracks are, and where their samples lie.

use super::h264::ParameterSets;
use super::track_format::TrackFormat;
use crate::packet::{BLOCK, RATE_HZ};
use mp4_atom::{
    Audio, Avc1, Co64, Codec, Dinf, Dops, Dref, DrefEntry, FixedPoint, Hdlr, Mdhd, Mdia, Mehd, Minf, Moov, Mvex, Mvhd,
    Opus, Pasp, Smhd, Stbl, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts, SttsEntry, Tkhd, Trak, Trex, Url,
    Visual, Vmhd,
};

pub const VIDEO: u32 = 1;
pub const SOUND: u32 = 2;

/// The picture's clock.
pub const VIDEO_HZ: u32 = 90_000;

/// The clock of durations of the whole film.
const MOVIE_HZ: u32 = 1000;

/// All samples of a track that were cut, in the form of the tables of the end.
#[derive(Default)]
pub struct Samples {
    sizes: Vec<u32>,
    durations: Vec<SttsEntry>,
    /// Numbers from 1.
    keyframes: Vec<u32>,
    /// Places in the file, and what each has.
    places: Vec<u64>,
    chunks: Vec<StscEntry>,
    /// When the last one begins.
    last: u64,
}

impl Samples {
    /// The next `count` lie one after the other from here.
    pub fn chunk(&mut self, at: u64, count: usize) {
        if count > 0 {
            self.places.push(at);
            let (first_chunk, samples_per_chunk) = (self.places.len() as u32, count as u32);
            self.chunks.push(StscEntry { first_chunk, samples_per_chunk, sample_description_index: 1 });
        }
    }

    pub fn add(&mut self, size: u32, time: u64, keyframe: bool) {
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
    pub fn close(&mut self, duration: u32) {
        match self.durations.last_mut() {
            Some(entry) if entry.sample_delta == duration => entry.sample_count += 1,
            _ if self.sizes.is_empty() => {}
            _ => self.durations.push(SttsEntry { sample_count: 1, sample_delta: duration }),
        }
    }

    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// When the last one begins.
    pub fn last(&self) -> u64 {
        self.last
    }

    fn duration(&self) -> u64 {
        let entries = self.durations.iter();
        entries.map(|entry| u64::from(entry.sample_count) * u64::from(entry.sample_delta)).sum()
    }

    fn table(&self, codec: Codec) -> Stbl {
        Stbl {
            stsd: Stsd { codecs: vec![codec] },
            stts: Stts { entries: self.durations.clone() },
            // Without one, every sample stands alone: that is so with sound.
            stss: (!self.keyframes.is_empty()).then(|| Stss { entries: self.keyframes.clone() }),
            stsc: Stsc { entries: self.chunks.clone() },
            stsz: Stsz { samples: StszSamples::Different { sizes: self.sizes.clone() } },
            co64: Some(Co64 { entries: self.places.clone() }),
            ..Stbl::default()
        }
    }
}

/// Where a file's samples are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// In fragments that follow, as the `moov` says.
    Fragments,
    /// All of them in the `moov`.
    Complete,
}

/// A track, and its clock.
pub struct Track<'a> {
    pub id: u32,
    pub hz: u32,
    pub samples: &'a Samples,
}

/// The `moov`.
pub fn movie(format: &TrackFormat, sets: &ParameterSets, [video, sound]: [Track<'_>; 2], index: Index) -> Moov {
    let longest = video.in_movie().max(sound.in_movie());
    let fragments = Mvex {
        // Grows with the fragments.
        mehd: Some(Mehd { fragment_duration: 0 }),
        trex: [(VIDEO, 0), (SOUND, BLOCK as u32)].map(|(track, duration)| usual(track, duration)).into(),
    };
    Moov {
        mvhd: Mvhd {
            timescale: MOVIE_HZ,
            duration: longest,
            rate: 1.into(),
            volume: 1.into(),
            next_track_id: SOUND + 1,
            ..Mvhd::default()
        },
        mvex: (index == Index::Fragments).then_some(fragments),
        trak: vec![picture_track(&video, format, sets), sound_track(&sound)],
        ..Moov::default()
    }
}

/// What is true of a fragment's samples unless it says otherwise.
fn usual(track_id: u32, duration: u32) -> Trex {
    Trex { track_id, default_sample_description_index: 1, default_sample_duration: duration, ..Trex::default() }
}

fn picture_track(track: &Track<'_>, format: &TrackFormat, sets: &ParameterSets) -> Trak {
    let (width, height) = format.coded;
    let shown = (f64::from(width) * format.pixel_aspect * 65536.0).round() as u32;
    let (h, v) = ratio(format.pixel_aspect);
    let codec = Avc1 {
        visual: Visual { data_reference_index: 1, width: width as u16, height: height as u16, ..Visual::default() },
        avcc: sets.configuration((h, v)),
        pasp: Some(Pasp { h_spacing: h.into(), v_spacing: v.into() }),
        ..Avc1::default()
    };
    let media = Minf { vmhd: Some(Vmhd::default()), ..track.media(codec.into()) };
    Trak {
        tkhd: Tkhd {
            width: FixedPoint::new((shown >> 16) as u16, shown as u16),
            height: (height as u16).into(),
            ..track.header()
        },
        mdia: track.described(b"vide", "Picture", media),
        ..Trak::default()
    }
}

/// Opus at 48 kHz in stereo. No samples to skip at the start: the recording begins in the middle of the sound.
fn sound_track(track: &Track<'_>) -> Trak {
    let codec = Opus {
        audio: Audio {
            data_reference_index: 1,
            channel_count: 2,
            sample_size: 16,
            sample_rate: (RATE_HZ as u16).into(),
        },
        dops: Dops {
            output_channel_count: 2,
            pre_skip: 0,
            input_sample_rate: RATE_HZ,
            output_gain: 0,
            channel_mapping: None,
        },
        btrt: None,
    };
    let media = Minf { smhd: Some(Smhd::default()), ..track.media(codec.into()) };
    Trak {
        tkhd: Tkhd { volume: 1.into(), ..track.header() },
        mdia: track.described(b"soun", "Sound", media),
        ..Trak::default()
    }
}

impl Track<'_> {
    fn in_movie(&self) -> u64 {
        in_movie(self.samples.duration(), self.hz)
    }

    fn header(&self) -> Tkhd {
        Tkhd { track_id: self.id, duration: self.in_movie(), enabled: true, in_movie: true, ..Tkhd::default() }
    }

    /// The data is in this file.
    fn media(&self, codec: Codec) -> Minf {
        let here = DrefEntry::Url(Url { location: String::new() });
        Minf { dinf: Dinf { dref: Dref { entries: vec![here] } }, stbl: self.samples.table(codec), ..Minf::default() }
    }

    fn described(&self, kind: &[u8; 4], name: &str, media: Minf) -> Mdia {
        let (timescale, duration) = (self.hz, self.samples.duration());
        Mdia {
            mdhd: Mdhd { timescale, duration, language: "und".into(), ..Mdhd::default() },
            hdlr: Hdlr { handler: kind.into(), name: name.into() },
            minf: media,
        }
    }
}

/// A duration on the clock of the whole film.
pub fn in_movie(duration: u64, hz: u32) -> u64 {
    duration * u64::from(MOVIE_HZ) / u64::from(hz)
}

/// A fraction with small numbers.
fn ratio(value: f64) -> (u16, u16) {
    let over = |v: u16| ((value * f64::from(v)).round().clamp(1.0, 65535.0) as u16, v);
    let near = |&(h, v): &(u16, u16)| (f64::from(h) / f64::from(v) / value - 1.0).abs() < 1e-6;
    (1..=1000).map(over).find(near).unwrap_or_else(|| over(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

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
