//! A folder for what a game needs on disk only while it is open: what was unpacked for its core.
//!
//! It lies beside the saves rather than in `/tmp`, which may be memory, and a disc is large. It is taken away when the game is closed; what
//! a host leaves behind that did not end in order, the next one takes away.

use crate::files::remove_folder;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// In each folder, locked by the host that it is of.
const LOCK: &str = ".lock";

/// The folder of one host. Dropped, it is gone.
#[derive(Debug)]
pub struct Temporary {
    folder: PathBuf,
    /// Held while the folder is in use.
    _lock: File,
}

impl Temporary {
    /// Makes one below `data_dir`, and takes away those that nobody uses any more.
    pub fn create(data_dir: &Path) -> io::Result<Temporary> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let all = data_dir.join("temporary");
        fs::create_dir_all(&all)?;
        // Between the making of a folder and its lock nobody else looks.
        let alone = File::create(all.join(LOCK))?;
        alone.lock()?;
        sweep(&all);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = all.join(format!("{}-{number}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        lock.lock()?;
        Ok(Temporary { folder, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Takes away what is in it.
    pub fn clear(&self) {
        // What cannot be removed now is gone with the folder, or with the next host.
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name() != LOCK {
                remove(&entry.path());
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        remove_folder(&self.folder);
    }
}

fn sweep(all: &Path) {
    for folder in fs::read_dir(all).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let unused = File::open(folder.join(LOCK)).map_or(true, |lock| lock.try_lock().is_ok());
        if folder.is_dir() && unused {
            remove(&folder);
        }
    }
}

fn remove(path: &Path) {
    match fs::symlink_metadata(path).is_ok_and(|it| it.is_dir()) {
        true => remove_folder(path),
        false => drop(fs::remove_file(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unpacked_goes_with_the_game_and_what_was_left_behind_with_the_next_host() {
        let data = std::env::temp_dir().join(format!("hotseat-temporary-{}", std::process::id()));
        let _ = fs::remove_dir_all(&data);
        let (left, file) = (data.join("temporary/1-0"), data.join("temporary/1-0/disc.bin"));
        fs::create_dir_all(&left).unwrap();
        fs::write(&file, b"x").unwrap();
        let first = Temporary::create(&data).unwrap();
        assert!(!left.exists());
        fs::create_dir_all(first.path().join("content")).unwrap();
        fs::write(first.path().join("content/G.bin"), b"x").unwrap();
        let second = Temporary::create(&data).unwrap();
        assert!(first.path().join("content/G.bin").exists(), "it is another host's, which runs");
        first.clear();
        assert!(!first.path().join("content").exists() && first.path().exists());
        let folders = [first.path().to_owned(), second.path().to_owned()];
        drop((first, second));
        assert!(folders.iter().all(|folder| !folder.exists()));
        fs::remove_dir_all(data).unwrap();
    }
}
