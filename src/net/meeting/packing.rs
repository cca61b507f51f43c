//! Session descriptions shrink to a quarter when they are packed, and some brokers take long over what is longer than 4 KiB.
//!
//! It is done before sealing. What a broker learns of a message by its length, it learns of one that is not packed as well; no
//! message has in it both a secret and what somebody else chose.

use crate::session::protocol::MAX_JOIN;
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use std::io::Read;

/// Before packed text. What is plain begins with a brace: it is JSON.
const PACKED: u8 = 1;
/// Shorter text is said as it is.
const WORTH: usize = 1024;

/// What is to be sealed of a text for a page that packs, too.
pub fn pack(text: &[u8]) -> Vec<u8> {
    let mut packed = vec![PACKED];
    let worth = text.len() >= WORTH
        && DeflateEncoder::new(text, Compression::fast()).read_to_end(&mut packed).is_ok()
        && packed.len() < text.len();
    if worth { packed } else { text.to_vec() }
}

/// The text of what was sealed, and whether it was packed. None for what is no text, or a longer one than there may be.
pub fn unpack(message: Vec<u8>) -> Option<(Vec<u8>, bool)> {
    let Some((&PACKED, packed)) = message.split_first() else { return Some((message, false)) };
    let mut text = Vec::new();
    DeflateDecoder::new(packed).take(MAX_JOIN as u64 + 1).read_to_end(&mut text).ok()?;
    (text.len() <= MAX_JOIN).then_some((text, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shorter_packed_and_come_out_as_they_were() {
        let long = br#"{"type":"welcome","sdp":"a=rtcp-fb:96 nack"}"#.repeat(100);
        let packed = pack(&long);
        assert!(packed.len() * 4 < long.len(), "{} of {}", packed.len(), long.len());
        assert_eq!(unpack(packed), Some((long, true)));
        let short = br#"{"type":"bye"}"#;
        assert_eq!(pack(short), short);
        assert_eq!(unpack(short.to_vec()), Some((short.to_vec(), false)));
    }

    #[test]
    fn what_the_page_packs_is_read() {
        #[derive(serde::Deserialize)]
        struct Packed {
            text: String,
            packed: String,
        }
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/web/test/packing-vectors.json");
        let text = std::fs::read_to_string(file).expect("the vectors");
        let cases: Vec<Packed> = serde_json::from_str(&text).expect("vectors");
        assert!(!cases.is_empty());
        for case in cases {
            let digits = |at: usize| u8::from_str_radix(&case.packed[at..at + 2], 16).expect("digits");
            let packed = (0..case.packed.len()).step_by(2).map(digits).collect();
            assert_eq!(unpack(packed), Some((case.text.into_bytes(), true)));
        }
    }

    #[test]
    fn what_is_cut_short_broken_or_too_long_is_no_text() {
        let whole = pack(&br#"{"type":"welcome","sdp":"a=rtcp-fb:96 nack"}"#.repeat(100));
        for length in 1..whole.len() {
            assert_eq!(unpack(whole[..length].to_vec()), None, "{length} bytes");
        }
        assert_eq!(unpack(vec![PACKED; 40]), None);
        let most = vec![b' '; MAX_JOIN];
        assert_eq!(unpack(pack(&most)), Some((most, true)));
        // Packed, a hundred megabytes are a hundred kilobytes; no more than a text's length of them is made.
        let bomb = pack(&vec![b' '; 100_000_000]);
        assert!(bomb.len() < 1_000_000);
        assert_eq!(unpack(bomb), None);
        assert_eq!(unpack(Vec::new()), Some((Vec::new(), false)));
    }
}
