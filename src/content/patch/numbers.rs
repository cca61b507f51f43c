//! What BPS and UPS have in common: numbers of any length, and three checksums at the end.

use super::{MOST_BYTES, PatchError};

/// Reads from a patch's bytes.
pub(super) struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(data: &'a [u8], at: usize) -> Reader<'a> {
        Reader { data, at }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.data.len()
    }

    pub(super) fn byte(&mut self) -> Result<u8, PatchError> {
        let byte = self.data.get(self.at).ok_or(PatchError::Damaged)?;
        self.at += 1;
        Ok(*byte)
    }

    pub(super) fn bytes(&mut self, len: usize) -> Result<&'a [u8], PatchError> {
        let end = self.at.checked_add(len).ok_or(PatchError::Damaged)?;
        let bytes = self.data.get(self.at..end).ok_or(PatchError::Damaged)?;
        self.at = end;
        Ok(bytes)
    }

    /// Seven bits a byte, the last one marked, each place counted once: byuu's encoding.
    pub(super) fn number(&mut self) -> Result<u64, PatchError> {
        let (mut value, mut weight) = (0_u64, 1_u64);
        loop {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f).checked_mul(weight).ok_or(PatchError::Damaged)?;
            value = value.checked_add(part).ok_or(PatchError::Damaged)?;
            if byte & 0x80 != 0 {
                return Ok(value);
            }
            weight = weight.checked_mul(128).ok_or(PatchError::Damaged)?;
            value = value.checked_add(weight).ok_or(PatchError::Damaged)?;
        }
    }

    /// How long something is, no longer than may be held.
    pub(super) fn length(&mut self) -> Result<usize, PatchError> {
        let length = self.number()?;
        if length > MOST_BYTES {
            return Err(PatchError::TooLarge);
        }
        usize::try_from(length).map_err(|_| PatchError::TooLarge)
    }
}

/// The checksums at the end of a patch: of the source, the result, and the patch before them.
pub(super) struct Sums {
    pub(super) source: u32,
    pub(super) result: u32,
}

/// The patch without its checksums, after its own was compared.
pub(super) fn whole(patch: &[u8]) -> Result<(&[u8], Sums), PatchError> {
    let body = patch.len().checked_sub(12).ok_or(PatchError::Damaged)?;
    let sum = |at: usize| patch.get(at..at + 4).and_then(|it| it.try_into().ok()).map_or(0, u32::from_le_bytes);
    if crc32fast::hash(&patch[..body + 8]) != sum(body + 8) {
        return Err(PatchError::Damaged);
    }
    Ok((&patch[..body], Sums { source: sum(body), result: sum(body + 4) }))
}
