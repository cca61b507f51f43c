//! Earlier versions of a battery save: the last five that differ, with the time at which they were put aside.

use crate::files::write_atomically;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Versions that are kept.
pub const KEPT: usize = 5;
/// Looked at in a folder of versions, and listed of them.
const MOST_ENTRIES: usize = 4096;
const MOST_LISTED: usize = 16;

/// One that can be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SaveVersion {
    /// When another took its place, in milliseconds since 1970. No two of one game have the same.
    pub put_aside: u64,
    pub bytes: u64,
}

/// The versions of one save: files in a folder, named by their times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    folder: PathBuf,
}

impl Versions {
    pub fn of(folder: PathBuf) -> Versions {
        Versions { folder }
    }

    /// The newest first.
    pub fn list(&self) -> Vec<SaveVersion> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten().take(MOST_ENTRIES);
        let version = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let put_aside = name.strip_suffix(".srm")?.parse().ok()?;
            Some(SaveVersion { put_aside, bytes: entry.metadata().ok()?.len() })
        };
        let mut all: Vec<SaveVersion> = entries.filter_map(version).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        // Far more than are kept are not of this program's making.
        all.truncate(MOST_LISTED);
        all
    }

    pub fn path(&self, version: SaveVersion) -> PathBuf {
        self.folder.join(format!("{}.srm", version.put_aside))
    }

    /// Puts `data` aside, unless a version that is the same is there; the one that was put aside at `in_place_of` goes for it, and the
    /// oldest of too many. Says when the new one was put aside, if there is one.
    pub fn keep(&self, data: &[u8], now: SystemTime, in_place_of: Option<u64>) -> io::Result<Option<u64>> {
        let all = self.list();
        let same = |version: &&SaveVersion| {
            version.bytes == data.len() as u64 && is_same(&self.path(**version), data).unwrap_or(false)
        };
        if data.is_empty() || all.first().is_some_and(|newest| same(&newest)) {
            return Ok(None);
        }
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let time = now.duration_since(UNIX_EPOCH).map_or(0, millis);
        // A clock that was set back must not make the newest version the oldest.
        let put_aside = all.first().map_or(time, |newest| time.max(newest.put_aside.saturating_add(1)));
        // What was put back and is put aside again is the newest, not one of long ago that is the next to go.
        if let Some(old) = all.iter().find(same) {
            return fs::rename(self.path(*old), self.path(SaveVersion { put_aside, bytes: 0 })).map(|()| None);
        }
        write_atomically(&self.path(SaveVersion { put_aside, bytes: 0 }), data)?;
        let (replaced, others): (Vec<_>, Vec<_>) =
            self.list().into_iter().partition(|it| Some(it.put_aside) == in_place_of);
        for old in replaced.into_iter().chain(others.into_iter().skip(KEPT)) {
            // Too many is a smaller evil than none.
            let _ = fs::remove_file(self.path(old));
        }
        Ok(Some(put_aside))
    }
}

/// Compared without believing what the file said of its length: a core may write here too.
fn is_same(path: &Path, data: &[u8]) -> io::Result<bool> {
    let mut other = Vec::with_capacity(data.len());
    File::open(path)?.take(data.len() as u64 + 1).read_to_end(&mut other)?;
    Ok(other == data)
}

/// Beside the saves; hidden, because they are none.
pub fn folder(core_dir: &Path, name: &str) -> PathBuf {
    core_dir.join(".versions").join(name)
}
