//! UPS: what differs, as exclusive or; so a patch also leads back.

use super::PatchError;
use super::numbers::{Reader, whole};

pub(super) fn apply(source: &[u8], patch: &[u8]) -> Result<Vec<u8>, PatchError> {
    let (body, sums) = whole(patch)?;
    let mut from = Reader::new(body, 4);
    let (before, after) = (from.length()?, from.length()?);
    let sum = crc32fast::hash(source);
    let (after, wanted) = if source.len() == before && sum == sums.source {
        (after, sums.result)
    } else if source.len() == after && sum == sums.result {
        (before, sums.source)
    } else {
        return Err(PatchError::OtherGame);
    };
    let mut result = source.to_vec();
    result.resize(after, 0);
    let mut at = 0_usize;
    while !from.is_at_end() {
        let skipped = usize::try_from(from.number()?).map_err(|_| PatchError::Damaged)?;
        at = at.checked_add(skipped).ok_or(PatchError::Damaged)?;
        loop {
            let byte = from.byte()?;
            // Where the result is the shorter one, the patch goes on behind its end.
            if let Some(place) = result.get_mut(at) {
                *place ^= byte;
            }
            at = at.checked_add(1).ok_or(PatchError::Damaged)?;
            if byte == 0 {
                break;
            }
        }
    }
    if crc32fast::hash(&result) != wanted {
        return Err(PatchError::WrongResult);
    }
    Ok(result)
}
