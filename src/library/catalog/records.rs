//! What a person did with games: kept by what is in the content, so that a game that is moved, renamed or packed keeps it.
//!
//! The database has it, and a small file beside it has it again: everything else of the database can be found out anew.

use crate::files::write_atomically;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The file beside the database.
pub const FILE: &str = "library-played.json";
/// A longer one was written by something else, in bytes.
const MOST_BYTES: u64 = 64 << 20;
/// The most games that are remembered.
pub const MOST_RECORDS: usize = 100_000;

/// Of one game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlayRecord {
    pub favourite: bool,
    /// In seconds since 1970; 0: never.
    pub last_played: u64,
    /// In seconds.
    pub played: u64,
}

/// By identity.
pub type Records = BTreeMap<String, PlayRecord>;

/// What can be read of the copy; nothing of one that is damaged.
pub fn read(path: &Path) -> Records {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut text));
    let records: Records = read.ok().and_then(|_| serde_json::from_slice(&text).ok()).unwrap_or_default();
    records.into_iter().filter(|(identity, _)| is_identity(identity)).take(MOST_RECORDS).collect()
}

pub fn write(path: &Path, records: &Records) -> io::Result<()> {
    write_atomically(path, &serde_json::to_vec(records).map_err(io::Error::other)?)
}

/// Of two sources that know of a game, the newer is right; neither takes time away.
pub fn join(records: &mut Records, other: Records) {
    for (identity, theirs) in other {
        let ours = records.entry(identity).or_default();
        if theirs.last_played > ours.last_played || *ours == PlayRecord::default() {
            *ours = PlayRecord { played: ours.played.max(theirs.played), ..theirs };
        } else {
            ours.played = ours.played.max(theirs.played);
        }
    }
}

fn is_identity(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_comes_back_as_it_was_and_a_damaged_one_is_none() {
        let path = std::env::temp_dir().join(format!("hotseat-records-{}.json", std::process::id()));
        let record = PlayRecord { favourite: true, last_played: 5, played: 9 };
        let records: Records = [("ab".repeat(32), record)].into();
        write(&path, &records).unwrap();
        assert_eq!(read(&path), records);
        std::fs::write(&path, b"{\"no identity\":{}}").unwrap();
        assert_eq!(read(&path), Records::new());
        std::fs::write(&path, b"{\"ab").unwrap();
        assert_eq!(read(&path), Records::new());
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read(&path), Records::new());
    }

    #[test]
    fn the_newer_of_two_records_counts_and_no_time_is_lost() {
        let of = |favourite, last_played, played| PlayRecord { favourite, last_played, played };
        let joined = |ours, theirs| {
            let mut records: Records = [("a".to_owned(), ours)].into();
            join(&mut records, [("a".to_owned(), theirs)].into());
            records["a"]
        };
        assert_eq!(joined(of(false, 1, 70), of(true, 2, 60)), of(true, 2, 70));
        assert_eq!(joined(of(false, 3, 10), of(true, 2, 60)), of(false, 3, 60));
        assert_eq!(joined(PlayRecord::default(), of(true, 0, 0)), of(true, 0, 0));
    }
}
