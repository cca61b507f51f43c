//! H.264 out of the form for streams (Annex B: start codes) into the form for files (lengths, headers apart).

use super::sps::with_pixel_aspect;
use crate::packet::Chroma;
use mp4_atom::{Avcc, AvccExt};

/// What a decoder must know before the first frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterSets {
    sps: Vec<u8>,
    pps: Vec<u8>,
    chroma: Chroma,
}

const SPS: u8 = 7;
const PPS: u8 = 8;

/// What a unit's length takes before it.
const LENGTH_BYTES: u8 = 4;

/// Profiles whose configuration record ends with the parameter sets: baseline, main, extended.
const SHORT_RECORD: [u8; 3] = [66, 77, 88];

impl ParameterSets {
    /// The first of each in a frame, Annex B.
    pub fn find(frame: &[u8], chroma: Chroma) -> Option<ParameterSets> {
        let first = |kind: u8| nals(frame).find(|nal| nal[0] & 0x1f == kind).map(<[u8]>::to_vec);
        let sets = ParameterSets { sps: first(SPS)?, pps: first(PPS)?, chroma };
        (sets.sps.len() >= 4).then_some(sets)
    }

    /// The decoder configuration record (ISO/IEC 14496-15), for 8 bits a sample, and pixels of this ratio.
    pub fn configuration(&self, pixel_aspect: (u16, u16)) -> Avcc {
        let shaped = if pixel_aspect == (1, 1) { None } else { with_pixel_aspect(&self.sps, pixel_aspect) };
        // ITU-T H.264, table 6-1.
        let chroma_format = match self.chroma {
            Chroma::C420 => 1,
            Chroma::C444 => 3,
        };
        Avcc {
            configuration_version: 1,
            avc_profile_indication: self.sps[1],
            profile_compatibility: self.sps[2],
            avc_level_indication: self.sps[3],
            length_size: LENGTH_BYTES,
            ext: (!SHORT_RECORD.contains(&self.sps[1])).then(|| AvccExt { chroma_format, ..AvccExt::default() }),
            sequence_parameter_sets: vec![shaped.unwrap_or_else(|| self.sps.clone())],
            picture_parameter_sets: vec![self.pps.clone()],
        }
    }

    /// Appends the frame with lengths in place of start codes and without the parameter sets, which the header has.
    pub fn append_frame(&self, frame: &[u8], out: &mut Vec<u8>) {
        for nal in nals(frame).filter(|&nal| nal != self.sps && nal != self.pps) {
            out.extend((nal.len() as u32).to_be_bytes());
            out.extend(nal);
        }
    }
}

/// The NAL units of a frame, none of them empty.
fn nals(frame: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = split(frame).map(|(_, after)| after);
    std::iter::from_fn(move || {
        let from = rest?;
        let (nal, after) = split(from).map_or((from, None), |(nal, after)| (nal, Some(after)));
        rest = after;
        // A NAL unit never ends with a zero: those belong to the next start code.
        let len = nal.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        Some(&nal[..len])
    })
    .filter(|nal| !nal.is_empty())
}

/// What is before the first start code and what after it.
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = data.windows(3).position(|window| window == [0, 0, 1])?;
    Some((&data[..at], &data[at + 3..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mp4_atom::Encode;

    /// The content of the record's box.
    fn record(sets: &ParameterSets) -> Vec<u8> {
        let mut out = Vec::new();
        sets.configuration((1, 1)).encode(&mut out).expect("a box");
        out.split_off(8)
    }

    const FRAME: [u8; 24] = [0, 0, 0, 1, 0x67, 66, 0xc0, 30, 0, 0, 0, 1, 0x68, 9, 0, 0, 1, 0x65, 1, 0, 0, 2, 0, 0];

    #[test]
    fn start_codes_of_three_and_four_bytes_divide_and_zeros_inside_stay() {
        let all: Vec<&[u8]> = nals(&FRAME).collect();
        assert_eq!(all, [&[0x67, 66, 0xc0, 30][..], &[0x68, 9], &[0x65, 1, 0, 0, 2]]);
        assert_eq!(nals(&[]).count() + nals(&[0, 0, 1]).count() + nals(&[1, 2, 3]).count(), 0);
    }

    #[test]
    fn the_headers_go_into_the_record_and_the_rest_into_the_frame() {
        let sets = ParameterSets::find(&FRAME, Chroma::C420).expect("both are there");
        assert_eq!(record(&sets), [1, 66, 0xc0, 30, 0xff, 0xe1, 0, 4, 0x67, 66, 0xc0, 30, 1, 0, 2, 0x68, 9]);
        let mut out = Vec::new();
        sets.append_frame(&FRAME, &mut out);
        assert_eq!(out, [0, 0, 0, 5, 0x65, 1, 0, 0, 2]);
        assert_eq!(ParameterSets::find(&FRAME[16..], Chroma::C420), None);
    }

    #[test]
    fn a_high_profile_says_how_much_colour_it_has() {
        let mut frame = FRAME;
        frame[5] = 244;
        let record = record(&ParameterSets::find(&frame, Chroma::C444).expect("both are there"));
        assert_eq!(record[17..], [0xff, 0xf8, 0xf8, 0]);
    }
}
