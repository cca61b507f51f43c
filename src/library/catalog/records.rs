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
    /// When that was chosen last, in seconds since 1970; 0: never.
    pub favourite_at: u64,
    /// In seconds since 1970; 0: never.
    pub last_played: u64,
    /// In seconds.
    pub played: u64,
}

impl PlayRecord {
    /// Later than any choice before, so that of two that know of the game the one that knows this choice is right.
    pub fn set_favourite(&mut self, on: bool, now: u64) {
        self.favourite = on;
        self.favourite_at = now.max(self.favourite_at.saturating_add(1));
    }

    /// The newer of two is right, in each thing by itself; neither takes time away. This one is, where nothing tells.
    fn join(&mut self, other: PlayRecord) {
        let is_untouched = *self == PlayRecord::default();
        if is_untouched || (other.favourite_at, other.last_played) > (self.favourite_at, self.last_played) {
            (self.favourite, self.favourite_at) = (other.favourite, other.favourite_at);
        }
        self.last_played = self.last_played.max(other.last_played);
        self.played = self.played.max(other.played);
    }
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

/// Adds what another source knows.
pub fn join(records: &mut Records, other: Records) {
    for (identity, theirs) in other {
        records.entry(identity).or_default().join(theirs);
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
        let record = PlayRecord { favourite: true, favourite_at: 4, last_played: 5, played: 9 };
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
        let of = |favourite, last_played, played| PlayRecord { favourite, favourite_at: 0, last_played, played };
        let joined = |ours, theirs| {
            let mut records: Records = [("a".to_owned(), ours)].into();
            join(&mut records, [("a".to_owned(), theirs)].into());
            records["a"]
        };
        assert_eq!(joined(of(false, 1, 70), of(true, 2, 60)), of(true, 2, 70));
        assert_eq!(joined(of(false, 3, 10), of(true, 2, 60)), of(false, 3, 60));
        assert_eq!(joined(PlayRecord::default(), of(true, 0, 0)), of(true, 0, 0));
        // A choice has a time of its own: neither is undone by another game session, nor by the choice before it.
        let mut ours = of(false, 9, 10);
        ours.set_favourite(true, 5);
        assert_eq!(joined(ours, of(false, 20, 60)), PlayRecord { last_played: 20, played: 60, ..ours });
        assert_eq!(joined(of(false, 20, 60), ours), PlayRecord { last_played: 20, played: 60, ..ours });
        let mut later = ours;
        later.set_favourite(false, 5);
        assert_eq!((joined(ours, later).favourite, joined(later, ours).favourite), (false, false));
    }

    #[test]
    fn a_copy_without_times_of_choices_is_read() {
        let path = std::env::temp_dir().join(format!("hotseat-records-old-{}.json", std::process::id()));
        let text = format!("{{\"{}\":{{\"favourite\":true,\"last_played\":5,\"played\":9}}}}", "ab".repeat(32));
        std::fs::write(&path, text).unwrap();
        let record = PlayRecord { favourite: true, favourite_at: 0, last_played: 5, played: 9 };
        assert_eq!(read(&path), [("ab".repeat(32), record)].into());
        std::fs::remove_file(&path).unwrap();
    }
}
