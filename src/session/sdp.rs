//! What an agreement between a browser and us comes to: formats, and the one line of an answer that str0m does not write.

use crate::packet::{Chroma, Codec, Format};
use str0m::format::{Codec as AgreedCodec, CodecSpec};

/// The format of an agreed payload type, and how well it fits: 0 is best.
pub fn format_of(spec: &CodecSpec) -> Option<(Format, u8)> {
    let format = |codec, chroma| Format { codec, chroma };
    let parameters = &spec.format;
    match spec.codec {
        // Our frames are larger than a packet: mode 1.
        AgreedCodec::H264 if parameters.packetization_mode == Some(1) => {
            // RFC 6184: without the parameter it is baseline at the lowest level.
            match parameters.profile_level_id.unwrap_or(0x0042_000a) >> 8 {
                0xf400 => Some((format(Codec::H264, Chroma::C444), 0)),
                // Ours is constrained baseline, which every decoder of these profiles takes.
                0x42e0 => Some((format(Codec::H264, Chroma::C420), 0)),
                profile => [0x42, 0x4d, 0x64]
                    .iter()
                    .position(|known| profile >> 8 == *known)
                    .map(|rank| (format(Codec::H264, Chroma::C420), rank as u8 + 1)),
            }
        }
        AgreedCodec::Vp8 => Some((format(Codec::Vp8, Chroma::C420), 0)),
        AgreedCodec::Vp9 => match parameters.profile_id.unwrap_or(0) {
            0 => Some((format(Codec::Vp9, Chroma::C420), 0)),
            1 => Some((format(Codec::Vp9, Chroma::C444), 0)),
            _ => None,
        },
        _ => None,
    }
}

/// Marks Opus as stereo in an answer: Chrome decodes mono unless told.
pub fn with_stereo_opus(sdp: &str) -> String {
    let opus = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=rtpmap:"))
        .find_map(|rest| rest.split_once(' ').filter(|(_, codec)| codec.to_ascii_lowercase().starts_with("opus/")))
        .map(|(pt, _)| pt.to_owned());
    let Some(pt) = opus else { return sdp.to_owned() };
    let fmtp = format!("a=fmtp:{pt} ");
    let rtpmap = format!("a=rtpmap:{pt} ");
    let has_fmtp = sdp.lines().any(|line| line.starts_with(&fmtp));
    let mut out = String::with_capacity(sdp.len() + 64);
    for line in sdp.lines() {
        out.push_str(line);
        if line.starts_with(&fmtp) {
            for word in ["stereo=1", "sprop-stereo=1"] {
                if !line.split([' ', ';']).any(|part| part.trim() == word) {
                    out.push(';');
                    out.push_str(word);
                }
            }
        }
        out.push_str("\r\n");
        if !has_fmtp && line.starts_with(&rtpmap) {
            out.push_str(&fmtp);
            out.push_str("stereo=1;sprop-stereo=1\r\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use str0m::format::FormatParams;
    use str0m::media::Frequency;

    fn spec(codec: AgreedCodec, format: FormatParams) -> CodecSpec {
        CodecSpec { codec, clock_rate: Frequency::NINETY_KHZ, channels: None, format }
    }

    fn h264(mode: u8, profile: Option<u32>) -> Option<(&'static str, u8)> {
        let format =
            FormatParams { packetization_mode: Some(mode), profile_level_id: profile, ..FormatParams::default() };
        format_of(&spec(AgreedCodec::H264, format)).map(|(format, rank)| (format.name(), rank))
    }

    #[test]
    fn of_the_profiles_of_h264_constrained_baseline_fits_best() {
        assert_eq!(h264(1, Some(0x0042_e01f)), Some(("h264", 0)));
        assert_eq!(h264(1, Some(0x0042_001f)), Some(("h264", 1)));
        assert_eq!(h264(1, Some(0x004d_001f)), Some(("h264", 2)));
        assert_eq!(h264(1, Some(0x0064_0032)), Some(("h264", 3)));
        assert_eq!(h264(1, Some(0x00f4_001f)), Some(("h264-444", 0)));
        assert_eq!(h264(1, None), Some(("h264", 1)));
        assert_eq!(h264(0, Some(0x0042_e01f)), None, "frames are larger than a packet");
        assert_eq!(h264(1, Some(0x0058_001f)), None, "the extended profile");
    }

    #[test]
    fn vp9_is_told_apart_by_its_profile() {
        let vp9 = |profile_id| {
            let format = FormatParams { profile_id, ..FormatParams::default() };
            format_of(&spec(AgreedCodec::Vp9, format)).map(|(format, _)| format.name())
        };
        assert_eq!([None, Some(0), Some(1), Some(2)].map(vp9), [Some("vp9"), Some("vp9"), Some("vp9-444"), None]);
        assert_eq!(format_of(&spec(AgreedCodec::Opus, FormatParams::default())), None);
    }

    #[test]
    fn opus_is_answered_as_stereo_once() {
        let sdp = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
        let once = with_stereo_opus(sdp);
        assert!(once.contains("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n"));
        assert_eq!(with_stereo_opus(&once), once);
        assert!(with_stereo_opus("a=rtpmap:96 opus/48000/2\r\n").contains("a=fmtp:96 stereo=1;sprop-stereo=1"));
    }
}
