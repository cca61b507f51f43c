//! BPS: a list of copies, from the source, from the patch, and from what is there already.

use super::PatchError;
use super::numbers::{Reader, whole};

pub(super) fn apply(source: &[u8], patch: &[u8]) -> Result<Vec<u8>, PatchError> {
    let (body, sums) = whole(patch)?;
    let mut from = Reader::new(body, 4);
    let (before, after, about) = (from.length()?, from.length()?, from.length()?);
    if before != source.len() || crc32fast::hash(source) != sums.source {
        return Err(PatchError::OtherGame);
    }
    from.bytes(about)?;
    let mut result: Vec<u8> = Vec::new();
    let (mut in_source, mut in_result) = (0_usize, 0_usize);
    while !from.is_at_end() {
        let action = from.number()?;
        let len = usize::try_from((action >> 2) + 1).map_err(|_| PatchError::Damaged)?;
        if len > after - result.len() {
            return Err(PatchError::Damaged);
        }
        match action & 3 {
            0 => {
                let at = result.len();
                result.extend_from_slice(slice(source, at, len)?);
            }
            1 => result.extend_from_slice(from.bytes(len)?),
            2 => {
                in_source = moved(in_source, from.number()?)?;
                result.extend_from_slice(slice(source, in_source, len)?);
                in_source += len;
            }
            _ => {
                in_result = moved(in_result, from.number()?)?;
                // It may run into what it writes itself.
                for _ in 0..len {
                    let byte = *result.get(in_result).ok_or(PatchError::Damaged)?;
                    result.push(byte);
                    in_result += 1;
                }
            }
        }
    }
    if result.len() != after || crc32fast::hash(&result) != sums.result {
        return Err(PatchError::WrongResult);
    }
    Ok(result)
}

fn slice(data: &[u8], at: usize, len: usize) -> Result<&[u8], PatchError> {
    at.checked_add(len).and_then(|end| data.get(at..end)).ok_or(PatchError::Damaged)
}

/// By a number whose lowest bit is its sign.
fn moved(at: usize, by: u64) -> Result<usize, PatchError> {
    let distance = usize::try_from(by >> 1).map_err(|_| PatchError::Damaged)?;
    let moved = if by & 1 == 1 { at.checked_sub(distance) } else { at.checked_add(distance) };
    moved.ok_or(PatchError::Damaged)
}
