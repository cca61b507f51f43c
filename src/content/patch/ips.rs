//! IPS: pieces of up to 64 KiB at places in the first 16 MiB, runs of one byte, and a length to cut to at the end.

use super::PatchError;

const END: [u8; 3] = *b"EOF";

pub(super) fn apply(source: &[u8], patch: &[u8]) -> Result<Vec<u8>, PatchError> {
    let mut result = source.to_vec();
    let mut at = 5;
    let take = |at: &mut usize, len: usize| -> Result<&[u8], PatchError> {
        let bytes = patch.get(*at..*at + len).ok_or(PatchError::Damaged)?;
        *at += len;
        Ok(bytes)
    };
    loop {
        let place = take(&mut at, 3)?;
        if place == END && is_end(patch, at) {
            break;
        }
        let place = number(place);
        let len = number(take(&mut at, 2)?);
        if len > 0 {
            let piece = take(&mut at, len)?;
            room(&mut result, place, len).copy_from_slice(piece);
        } else {
            let len = number(take(&mut at, 2)?);
            let byte = take(&mut at, 1)?[0];
            room(&mut result, place, len).fill(byte);
        }
    }
    if let Some(length) = patch.get(at..at + 3) {
        result.truncate(number(length));
    }
    Ok(result)
}

/// Whether the three letters that were read are the end: they are a place, too, that a piece may be for.
fn is_end(patch: &[u8], at: usize) -> bool {
    matches!(patch.len() - at, 0 | 3)
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn room(result: &mut Vec<u8>, place: usize, len: usize) -> &mut [u8] {
    if result.len() < place + len {
        result.resize(place + len, 0);
    }
    &mut result[place..place + len]
}
