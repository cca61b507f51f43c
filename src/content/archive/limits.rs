//! Which archives do no harm: how much is in one, how it is called, and what it becomes.

use super::{ArchiveError, Entry, Raw};
use std::collections::HashSet;

/// The largest sets of games have some ten thousand.
pub(super) const MOST_ENTRIES: usize = 65_536;
/// In bytes; what a path has room for with folders before it.
const LONGEST_NAME: usize = 1024;
/// Of each part of a name, in bytes: what file systems take.
const LONGEST_PART: usize = 255;
/// Folders in each other.
const DEEPEST: usize = 32;
/// What is not larger than this when unpacked is no bomb.
const HARMLESS_BYTES: u64 = 256 << 20;
/// Unpacked to packed. Deflate never does better than 1032; a disc that is nothing but zeros would, in 7z, but no game's is.
const MOST_RATIO: u64 = 1100;

/// The limits, which tests make smaller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) harmless_bytes: u64,
    pub(super) most_ratio: u64,
}

impl Limits {
    pub(super) fn usual() -> Limits {
        Limits { harmless_bytes: HARMLESS_BYTES, most_ratio: MOST_RATIO }
    }

    /// The files among `raw`, if none of it does harm. `bytes` is the archive's own size.
    pub(super) fn check(self, archive: &str, raw: Vec<Raw>, bytes: u64) -> Result<Vec<Entry>, ArchiveError> {
        let archive = archive.to_owned();
        let mut total = 0_u64;
        let mut seen = HashSet::with_capacity(raw.len());
        let mut entries = Vec::with_capacity(raw.len());
        for it in raw {
            let inner = || shown(&it.name);
            if it.name.len() > LONGEST_NAME || it.name.split('/').any(|part| part.len() > LONGEST_PART) {
                return Err(ArchiveError::LongName { archive });
            }
            if leads_elsewhere(&it.name) {
                return Err(ArchiveError::Escape { archive, inner: inner() });
            }
            if it.link {
                return Err(ArchiveError::Link { archive, inner: inner() });
            }
            if it.folder {
                continue;
            }
            if !seen.insert(it.name.clone()) {
                return Err(ArchiveError::Twice { archive, inner: inner() });
            }
            total = total.saturating_add(it.size);
            entries.push(Entry { name: it.name, size: it.size, crc: it.crc });
        }
        if total > self.harmless_bytes && total / bytes.max(1) > self.most_ratio {
            return Err(ArchiveError::Bomb { archive });
        }
        if entries.is_empty() {
            return Err(ArchiveError::Empty { archive });
        }
        Ok(entries)
    }
}

/// Whether a name, put below a folder, could be something else than a file below that folder.
fn leads_elsewhere(name: &str) -> bool {
    // The last slash is a folder's own.
    let parts = name.strip_suffix('/').unwrap_or(name).split('/');
    name.contains(['\\', '\0'])
        || parts.clone().count() > DEEPEST
        || parts.into_iter().any(|part| part.is_empty() || part == "." || part == "..")
}

/// A name as it may be shown: it may have anything in it.
fn shown(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(name: &str, size: u64) -> Raw {
        Raw { name: name.into(), size, crc: None, folder: name.ends_with('/'), link: false }
    }

    fn code(raw: Vec<Raw>, bytes: u64) -> &'static str {
        use crate::text::Message;
        Limits::usual().check("a.zip", raw, bytes).map_or_else(|error| error.code(), |_| "")
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused_and_others_are_not() {
        for bad in ["../a", "a/../b", "/a", "a//b", "..", ".", "./a", "a\\..\\b", "C:\\a", "a\0b", "a/./b", ""] {
            assert_eq!(code(vec![raw(bad, 1)], 100), "archive.escape", "{bad:?}");
        }
        assert_eq!(code(vec![raw(&"a/".repeat(40), 1)], 100), "archive.escape");
        for good in ["a", "a/b.nes", "...", "a..b/c", "Pok\u{e9}mon #1.gb", ".hidden/a"] {
            assert_eq!(code(vec![raw(good, 1)], 100), "", "{good:?}");
        }
    }

    #[test]
    fn limits_hold_for_what_an_archive_says_of_itself() {
        assert_eq!(code(vec![raw(&"a".repeat(256), 1)], 100), "archive.long_name");
        assert_eq!(code(vec![raw("a", 1), raw("a", 1)], 100), "archive.twice");
        assert_eq!(code(vec![Raw { link: true, ..raw("a", 1) }], 100), "archive.link");
        assert_eq!(code(vec![raw("folder/", 0)], 100), "archive.empty");
        assert_eq!(code(vec![raw("a", 10 << 30)], 1 << 20), "archive.bomb");
        assert_eq!(code(vec![raw("a", u64::MAX), raw("b", u64::MAX)], 1 << 30), "archive.bomb");
        // A blank disc in 7z, and a film that hardly became smaller.
        assert_eq!(code(vec![raw("a", 200 << 20)], 30_000), "");
        assert_eq!(code(vec![raw("a", 40 << 30)], 30 << 30), "");
    }
}
