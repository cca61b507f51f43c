//! The header of a compressed disc: where its tables lie says how long the file is at least.

/// What every version begins with.
const MAGIC: &[u8; 8] = b"MComprHD";
/// As much as is looked at.
pub(super) const HEADER_BYTES: usize = 124;

/// How long the file is at least, in bytes. None: it is none.
pub(super) fn least_bytes(header: &[u8]) -> Option<u64> {
    let word = |at: usize| header.get(at..at + 4).and_then(|it| it.try_into().ok()).map(u32::from_be_bytes);
    let long = |at: usize| header.get(at..at + 8).and_then(|it| it.try_into().ok()).map(u64::from_be_bytes);
    if header.get(..8) != Some(MAGIC) {
        return None;
    }
    let (length, version) = (word(8)?, word(12)?);
    if !(1..=5).contains(&version) {
        return None;
    }
    if version < 5 {
        return Some(u64::from(length).max(1));
    }
    // The map of a compressed one lies behind everything, and begins with its own length.
    let (map, about) = (long(40)?, long(48)?);
    Some(map.max(about).saturating_add(16))
}
