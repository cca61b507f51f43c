//! Which encoded versions of the picture a browser takes, read from the answer that was agreed on.

use crate::packet::{Chroma, Codec, Format};

/// What a peer gets if nobody wishes otherwise: by the time it costs, which everyone waits for (`hotseat bench encode`).
const PREFERENCE: [Codec; 3] = [Codec::H264, Codec::Vp8, Codec::Vp9];

/// The formats of an SDP answer with their payload types. Of several payload types for one format the best.
pub fn agreed(answer: &str) -> Vec<(Format, u8)> {
    let mut found: Vec<(Format, u8, u8)> = Vec::new();
    for line in answer.lines() {
        let Some((pt, codec)) = line.strip_prefix("a=rtpmap:").and_then(|rest| rest.split_once(' ')) else { continue };
        let Ok(number) = pt.parse::<u8>() else { continue };
        let start = format!("a=fmtp:{pt} ");
        let parameters = answer.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default();
        let value = |name: &str| {
            parameters.split(';').find_map(|word| word.trim().strip_prefix(name)?.strip_prefix('=')).map(str::trim)
        };
        let codec = codec.split('/').next().unwrap_or_default().to_ascii_uppercase();
        let Some((format, rank)) = format_of(&codec, value) else { continue };
        match found.iter_mut().find(|(known, ..)| *known == format) {
            Some(known) if known.2 > rank => *known = (format, number, rank),
            Some(_) => {}
            None => found.push((format, number, rank)),
        }
    }
    found.into_iter().map(|(format, pt, _)| (format, pt)).collect()
}

/// The format of one payload type, and how well it fits: 0 is best.
fn format_of<'a>(codec: &str, value: impl Fn(&str) -> Option<&'a str>) -> Option<(Format, u8)> {
    let format = |codec, chroma| Format { codec, chroma };
    match codec {
        // Our frames are larger than a packet: mode 1.
        "H264" if value("packetization-mode") == Some("1") => {
            let profile = value("profile-level-id").unwrap_or("42e01f").to_ascii_lowercase();
            match profile.get(..4)? {
                "f400" => Some((format(Codec::H264, Chroma::C444), 0)),
                // Ours is constrained baseline, which every decoder of these profiles takes.
                "42e0" => Some((format(Codec::H264, Chroma::C420), 0)),
                other => ["42", "4d", "64"]
                    .iter()
                    .position(|known| other.starts_with(known))
                    .map(|rank| (format(Codec::H264, Chroma::C420), rank as u8 + 1)),
            }
        }
        "VP8" => Some((format(Codec::Vp8, Chroma::C420), 0)),
        "VP9" => match value("profile-id").unwrap_or("0") {
            "0" => Some((format(Codec::Vp9, Chroma::C420), 0)),
            "1" => Some((format(Codec::Vp9, Chroma::C444), 0)),
            _ => None,
        },
        _ => None,
    }
}

/// What a peer that takes `formats` gets: what the host wishes, or else the best one. `usable` leaves out those that
/// cannot be encoded now.
pub fn choose(
    wish: Option<Format>,
    formats: impl Fn(Format) -> bool,
    usable: impl Fn(Format) -> bool,
) -> Option<Format> {
    match wish {
        Some(wish) => (formats(wish) && usable(wish)).then_some(wish),
        None => PREFERENCE
            .into_iter()
            .map(|codec| Format { codec, chroma: Chroma::C420 })
            .find(|&format| formats(format) && usable(format)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(name: &str) -> Format {
        Format::from_name(name).expect("a format")
    }

    #[test]
    fn every_format_of_an_answer_is_found_with_its_best_payload_type() {
        let answer = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 98 100 102 104 106 108\r\n\
            a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
            a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\n\
            a=rtpmap:100 VP9/90000\r\na=fmtp:100 profile-id=2\r\n\
            a=rtpmap:101 VP9/90000\r\na=fmtp:101 profile-id=1\r\n\
            a=rtpmap:102 H264/90000\r\na=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\r\n\
            a=rtpmap:104 H264/90000\r\na=fmtp:104 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f\r\n\
            a=rtpmap:106 H264/90000\r\na=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
            a=rtpmap:108 H264/90000\r\na=fmtp:108 packetization-mode=1; profile-level-id=f4001f\r\n";
        let mut found = agreed(answer);
        found.sort_by_key(|(format, _)| format.index());
        let wanted = [("h264", 106), ("h264-444", 108), ("vp8", 96), ("vp9", 98), ("vp9-444", 101)];
        assert_eq!(found, wanted.map(|(name, pt)| (format(name), pt)));
    }

    #[test]
    fn nonsense_has_no_formats() {
        for answer in ["", "a=rtpmap:", "a=rtpmap:x VP8/90000", "a=rtpmap:96 H264/90000", "a=rtpmap:300 VP8/90000"] {
            assert_eq!(agreed(answer), [], "{answer}");
        }
        let odd = "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=\u{e9}\r\n";
        assert_eq!(agreed(odd), []);
    }

    #[test]
    fn a_peer_gets_the_best_it_takes_or_what_the_host_wishes_or_nothing() {
        let all = |_| true;
        let firefox = |format: Format| format.codec != Codec::H264 && format.chroma == Chroma::C420;
        assert_eq!(choose(None, all, all), Some(format("h264")));
        assert_eq!(choose(None, firefox, all), Some(format("vp8")));
        assert_eq!(choose(None, all, |it| it.codec != Codec::H264), Some(format("vp8")));
        assert_eq!(choose(Some(format("vp8")), all, all), Some(format("vp8")));
        assert_eq!(choose(Some(format("h264")), firefox, all), None);
        assert_eq!(choose(None, |_| false, all), None);
    }
}
