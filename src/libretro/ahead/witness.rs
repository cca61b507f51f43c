//! What was seen and heard of one frame, to compare it with the same frame run again.

/// Sample pairs by which the sound of two runs of one frame may differ: resamplers keep a fraction outside of states.
const PAIRS_APART: u64 = 4;
/// So much of its loudness may.
const LOUDNESS_PART: u64 = 16;

/// While it looks, pictures and sound are told to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Witness {
    pub looks: bool,
    seen: Seen,
}

/// One frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// Of the last picture; 0 for none.
    picture: u64,
    pairs: u64,
    loudness: u64,
}

impl Witness {
    pub fn begin(&mut self) {
        *self = Witness { looks: true, seen: Seen::default() };
    }

    pub fn end(&mut self) -> Seen {
        std::mem::take(self).seen
    }

    pub fn picture<'a>(&mut self, size: (u32, u32), rows: impl Iterator<Item = &'a [u8]>) {
        let size = u64::from(size.0) << 32 | u64::from(size.1);
        self.seen.picture = rows.fold(mix(SEED, size), checksum) | 1;
    }

    pub fn sound(&mut self, stereo: &[i16]) {
        self.seen.pairs += stereo.len() as u64 / 2;
        self.seen.loudness += stereo.iter().map(|sample| u64::from(sample.unsigned_abs())).sum::<u64>();
    }
}

impl Seen {
    /// Whether both may be the same frame.
    pub fn agrees(&self, other: &Seen) -> bool {
        let louder = self.loudness.max(other.loudness);
        // What the few pairs that may differ sound like is allowed for as well.
        let pairs = self.pairs.max(other.pairs).max(1);
        let few = louder / pairs * PAIRS_APART * 2 + 64;
        self.picture == other.picture
            && self.pairs.abs_diff(other.pairs) <= PAIRS_APART
            && self.loudness.abs_diff(other.loudness) <= louder / LOUDNESS_PART + few
    }

    /// Whether it looked otherwise.
    pub fn looks_like(&self, other: &Seen) -> bool {
        self.picture == other.picture
    }
}

pub const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(sum: u64, word: u64) -> u64 {
    (sum ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29)
}

/// Of `bytes`, after what came before. Quick, and against no one.
pub fn checksum(sum: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(sum, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(picture: u8, sound: &[i16]) -> Seen {
        let mut witness = Witness::default();
        witness.begin();
        witness.picture((2, 1), [&[picture; 8][..]].into_iter());
        witness.sound(sound);
        witness.end()
    }

    #[test]
    fn a_frame_is_the_same_if_it_looks_the_same_and_sounds_nearly_so() {
        let one = frame(1, &[100; 1600]);
        assert!(one.agrees(&frame(1, &[100; 1600])));
        assert!(one.agrees(&frame(1, &[100; 1608])), "a resampler's fraction");
        assert!(one.agrees(&frame(1, &[101; 1600])));
        assert!(!one.agrees(&frame(2, &[100; 1600])), "another picture");
        assert!(!one.agrees(&frame(1, &[100; 1620])), "more of it");
        assert!(!one.agrees(&frame(1, &[300; 1600])), "louder");
        assert!(frame(1, &[]).agrees(&frame(1, &[])));
    }

    #[test]
    fn every_byte_counts_wherever_it_is() {
        let bytes = [7u8; 21];
        for at in 0..bytes.len() {
            let mut other = bytes;
            other[at] ^= 1;
            assert_ne!(checksum(SEED, &bytes), checksum(SEED, &other), "{at}");
        }
    }
}
