//! Puts the shape of the pixels into H.264's sequence parameter set (ITU-T H.264, 7.3.2.1.1 and E.1.1).
//!
//! Firefox believes only what is there, not what the file says. How frames are decoded does not change.
//!
//! libx264 could write it too (`vui.i_sar_width`, also without being reopened), but then into the stream that browsers get:
//! RFC 8829, section 3.6, has WebRTC receivers stretch such pixels and senders never send them, and the page, which
//! stretches the picture itself, finds it by the size of the video as it was encoded.

/// Profiles that say more about colour: those that libx264 makes.
const HIGH_PROFILES: [u8; 4] = [100, 110, 122, 244];

/// Means that the ratio is written out.
const EXTENDED: u32 = 255;

/// The parameter set (with its header byte) with pixels of this ratio. `None` when it has something that libx264 does not
/// write, or is broken.
pub fn with_pixel_aspect(sps: &[u8], (width, height): (u16, u16)) -> Option<Vec<u8>> {
    let mut bits = Bits { data: unescaped(sps), at: 0 };
    let before = up_to_usability(&mut bits)?;
    let usability = bits.read(1)? == 1;
    if usability && bits.read(1)? == 1 && bits.read(8)? == EXTENDED {
        bits.read(32)?;
    }
    // Usability information is present, and in it the ratio.
    let mut new: Vec<bool> = bits.of(0..before).chain([true, true]).collect();
    for (value, count) in [(EXTENDED, 8), (width.into(), 16), (height.into(), 16)] {
        new.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }
    if !usability {
        // None of the other eight things that could be.
        new.extend([false; 8]);
    }
    // The last bit that is set ends it.
    let end = (0..bits.data.len() * 8).rev().find(|&at| bits.bit(at))? + 1;
    new.extend(bits.of(bits.at..end));
    new.resize(new.len().next_multiple_of(8), false);
    Some(escaped(new.chunks(8).map(|byte| byte.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit)))))
}

/// Reads up to the flag that says whether usability information is present, and returns its place.
fn up_to_usability(bits: &mut Bits) -> Option<usize> {
    bits.read(8)?;
    let profile = bits.read(8)? as u8;
    bits.read(16)?;
    bits.read_number()?;
    if HIGH_PROFILES.contains(&profile) {
        if bits.read_number()? == 3 {
            bits.read(1)?;
        }
        // Bits of luma, bits of chroma, lossless; then scaling matrices, which libx264 is not told to use.
        bits.read_number()?;
        bits.read_number()?;
        bits.read(1)?;
        if bits.read(1)? == 1 {
            return None;
        }
    }
    bits.read_number()?;
    // How frames are ordered.
    match bits.read_number()? {
        0 => drop(bits.read_number()?),
        2 => {}
        _ => return None,
    }
    // References, gaps; width, height, interlaced or not, a detail of prediction, cropping.
    bits.read_number()?;
    bits.read(1)?;
    bits.read_number()?;
    bits.read_number()?;
    if bits.read(1)? == 0 {
        bits.read(1)?;
    }
    bits.read(1)?;
    if bits.read(1)? == 1 {
        for _ in 0..4 {
            bits.read_number()?;
        }
    }
    Some(bits.at)
}

struct Bits {
    data: Vec<u8>,
    at: usize,
}

impl Bits {
    fn bit(&self, at: usize) -> bool {
        self.data.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
    }

    fn of(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = bool> {
        range.map(|at| self.bit(at))
    }

    fn read(&mut self, count: usize) -> Option<u32> {
        let range = self.at..self.at + count;
        self.at += count;
        (self.at <= self.data.len() * 8).then(|| self.of(range).fold(0, |value, bit| value << 1 | u32::from(bit)))
    }

    /// As many zeros as bits follow the first one (Exp-Golomb).
    fn read_number(&mut self) -> Option<u32> {
        let zeros = (0..16).find(|&zero| self.bit(self.at + zero))?;
        self.read(zeros)?;
        Some(self.read(zeros + 1)? - 1)
    }
}

/// Without the threes that keep start codes from coming up inside.
fn unescaped(nal: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut zeros = 0;
    for &byte in nal {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

/// With them.
fn escaped(data: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut zeros = 0;
    for byte in data {
        if zeros >= 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// libx264's for 512x448, baseline, with colours said; and for 640x480, High 4:4:4 Predictive.
    const SPS: [&[u8]; 2] = [
        &[
            0x67, 0x42, 0xc0, 0x1f, 0xda, 0x02, 0x00, 0xe6, 0xc0, 0x5a, 0x80, 0x80, 0x80, 0xa0, 0x00, 0x00, 0x03, 0x00,
            0x20, 0x00, 0x00, 0x0f, 0x11, 0xe3, 0x06, 0x54,
        ],
        &[
            0x67, 0xf4, 0x00, 0x1f, 0x91, 0x96, 0x80, 0xa0, 0x3d, 0xb0, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00,
            0x03, 0x00, 0x78, 0x8f, 0x18, 0x32, 0xa0,
        ],
    ];

    #[test]
    fn the_ratio_goes_in_and_nothing_else_changes() {
        for sps in SPS {
            let once = with_pixel_aspect(sps, (7, 6)).expect("libx264's");
            assert_ne!(once, sps);
            let mut bits = Bits { data: unescaped(&once), at: 0 };
            up_to_usability(&mut bits).expect("as before");
            assert_eq!([1, 1, 8, 16, 16].map(|count| bits.read(count).expect("there")), [1, 1, 255, 7, 6]);
            // The ratio is replaced when there is one.
            assert_eq!(with_pixel_aspect(&once, (7, 6)).as_ref(), Some(&once));
            let other = with_pixel_aspect(&once, (257, 1)).expect("ours");
            assert_eq!(with_pixel_aspect(&other, (7, 6)), Some(once));
        }
    }

    #[test]
    fn what_is_broken_or_unknown_is_refused_and_no_more() {
        for sps in SPS {
            for len in 0..sps.len() - 4 {
                let _ = with_pixel_aspect(&sps[..len], (1, 1));
            }
            assert_eq!(with_pixel_aspect(&sps[..6], (1, 1)), None);
        }
        assert_eq!(with_pixel_aspect(&[], (1, 1)), None);
        assert_eq!(with_pixel_aspect(&[0; 100], (1, 1)), None);
    }

    #[test]
    fn no_start_code_comes_up() {
        let data = [0, 0, 0, 0, 0, 1, 0, 0, 3, 0, 0];
        let safe = escaped(data.into_iter());
        assert!(safe.windows(3).all(|window| window[..2] != [0, 0] || window[2] == 3));
        assert_eq!(unescaped(&safe), data);
    }
}
