//! The difference of two states, from which either is made of the other.
//!
//! States of one game are alike from frame to frame: of most words nothing changes, and of those that do a byte or two. A
//! difference is the length of the older state, then runs: how many words of eight bytes are the same, how many are not, and
//! for each of those a byte that says which of its bytes differ, followed by these, each the exclusive or of both. A shorter
//! state counts as one with zeros behind it.

const WORD: usize = 8;
/// Bytes that one turn of the loop below adds at most: a word with what says which bytes differ, and two numbers.
const LONGEST: usize = 1 + WORD + 2 * 10;
/// Compared at once, since most of a state stays as it is.
const STRIDE: usize = 32 * WORD;

/// Appends to `out` what makes `old` of `new`. False, and something of no use in `out`, if that takes more than `most` bytes.
pub fn encode(old: &[u8], new: &[u8], most: usize, out: &mut Vec<u8>) -> bool {
    let most = out.len() + most;
    put_number(out, old.len());
    let words = old.len().max(new.len()).div_ceil(WORD);
    let (mut at, mut same) = (0, 0);
    while at < words {
        let byte = at * WORD;
        if let (Some(a), Some(b)) = (old.get(byte..byte + STRIDE), new.get(byte..byte + STRIDE))
            && a == b
        {
            at += STRIDE / WORD;
            same += STRIDE / WORD;
            continue;
        }
        if word(old, at) == word(new, at) {
            at += 1;
            same += 1;
            continue;
        }
        let end = (at..words).find(|&it| word(old, it) == word(new, it)).unwrap_or(words);
        put_number(out, same);
        put_number(out, end - at);
        for it in at..end {
            // A word and the numbers before the next one take no more.
            if out.len() + LONGEST > most {
                return false;
            }
            let difference = (word(old, it) ^ word(new, it)).to_le_bytes();
            let place = out.len();
            out.push(0);
            for (bit, byte) in difference.into_iter().enumerate().filter(|(_, byte)| *byte != 0) {
                out[place] |= 1 << bit;
                out.push(byte);
            }
        }
        (at, same) = (end, 0);
    }
    out.len() <= most
}

/// Makes the older state of the newer one. False, and a state that is of no use, for what [`encode`] does not write.
pub fn apply(difference: &[u8], state: &mut Vec<u8>) -> bool {
    undo(difference, state).is_some()
}

fn undo(mut difference: &[u8], state: &mut Vec<u8>) -> Option<()> {
    let len = take_number(&mut difference)?;
    let longer = len.max(state.len());
    state.resize(longer, 0);
    let mut at = 0usize;
    while !difference.is_empty() {
        at = at.checked_add(take_number(&mut difference)?)?;
        for _ in 0..take_number(&mut difference)? {
            let mask = take(&mut difference)?;
            for bit in (0..WORD).filter(|bit| mask & 1 << bit != 0) {
                *state.get_mut(at.checked_mul(WORD)? + bit)? ^= take(&mut difference)?;
            }
            at += 1;
        }
    }
    state.truncate(len);
    Some(())
}

/// With zeros where the state has ended.
fn word(state: &[u8], at: usize) -> u64 {
    let from = at * WORD;
    if let Some(bytes) = state.get(from..from + WORD).and_then(|bytes| bytes.try_into().ok()) {
        return u64::from_le_bytes(bytes);
    }
    let mut bytes = [0; WORD];
    let rest = state.get(from..).unwrap_or_default();
    bytes[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(bytes)
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_number(from: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let byte = take(from)?;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn difference(old: &[u8], new: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        assert!(encode(old, new, usize::MAX / 2, &mut out));
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn the_older_state_comes_back_whatever_the_two_are(
            old in proptest::collection::vec(0u8..3, 0..1200),
            changes in proptest::collection::vec((0usize..1200, any::<u8>()), 0..60),
            len in 0usize..1200,
        ) {
            let mut new = old.clone();
            for (at, value) in changes {
                if let Some(byte) = new.get_mut(at) {
                    *byte = value;
                }
            }
            if len % 3 == 0 {
                new.resize(len, 1);
            }
            let difference = difference(&old, &new);
            prop_assert!(apply(&difference, &mut new));
            prop_assert_eq!(new, old);
        }

        #[test]
        fn what_was_never_written_is_survived(difference in proptest::collection::vec(any::<u8>(), 0..64)) {
            // The first number is how long the state was.
            let mut difference = difference;
            difference.insert(0, 40);
            let mut state = vec![7; 64];
            let whole = apply(&difference, &mut state);
            prop_assert!(!whole || state.len() == 40);
        }
    }

    #[test]
    fn it_never_takes_more_than_it_may() {
        let (old, new) = (vec![0; 4096], vec![1; 4096]);
        let all = difference(&old, &new).len();
        for most in 0..all + 2 * LONGEST {
            let mut out = Vec::new();
            let whole = encode(&old, &new, most, &mut out);
            assert!(out.len() <= most.max(LONGEST));
            assert!(!whole || out.len() == all);
            assert!(whole || most < all + LONGEST);
        }
    }

    #[test]
    fn what_stays_takes_no_room_and_a_byte_takes_a_few() {
        let old = vec![9; 1 << 20];
        assert!(difference(&old, &old).len() <= 4);
        let mut new = old.clone();
        new[77_777] = 3;
        assert!(difference(&old, &new).len() <= 12);
    }
}
