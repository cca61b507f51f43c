//! Writing files so that a crash or a full disc never costs what was there before.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Replaces `path` with `data`, whole or not at all: a reader sees the old file or the new one, never a part.
///
/// Missing folders are made. The data is on the disc when this returns. A symbolic link is followed, so that a
/// settings file kept elsewhere stays a link. Errors are those of the file system; the old file is then untouched.
pub fn write_atomically(path: &Path, data: &[u8]) -> io::Result<()> {
    write(path, data, Readers::AsUsual)
}

/// The same for what nobody else may read, such as a key.
pub fn write_private(path: &Path, data: &[u8]) -> io::Result<()> {
    write(path, data, Readers::OwnerOnly)
}

/// Keeps what `from` holds as `to`, in place of what was there, without another copy where the disc allows that.
pub fn keep_as(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let temporary = to.with_file_name(format!(".{}.{}.keep", short_name(to), std::process::id()));
    let _ = fs::remove_file(&temporary);
    // Of a symbolic link the link itself would be kept, and what it leads to is written over next.
    let from = fs::canonicalize(from)?;
    let kept = fs::hard_link(&from, &temporary).or_else(|_| {
        fs::copy(&from, &temporary)?;
        File::open(&temporary)?.sync_all()
    });
    // Two names of one file are not changed for each other by a rename: then there is nothing to do.
    let renamed = kept.and_then(|()| fs::rename(&temporary, to));
    let _ = fs::remove_file(&temporary);
    renamed?;
    sync_folder(folder)
}

/// Removes what was being written in `folder` when a process was killed: of files whose names begin with one of `names`, which
/// nobody else may be writing.
pub fn tidy(folder: &Path, names: &[&str]) {
    let begins: Vec<String> = names.iter().map(|name| format!(".{}", short_name(Path::new(name)))).collect();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_temporary = [".part", ".keep", ".change"].iter().any(|ending| name.ends_with(ending));
        if is_temporary && begins.iter().any(|begin| name.starts_with(begin)) {
            // It stays in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Of a file's name what fits into 255 bytes with more behind it.
fn short_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().chars().take(40).collect()
}

/// Removes a folder in which a program did what it liked: what cannot be removed stays, and keeps nothing else. No other
/// program may be at work in it. However deep its folders lie, few files are open at once: what lies deeper is moved up first.
pub fn remove_folder(top: &Path) {
    let mut number = 0_u64;
    // Each round takes away a file, or a folder whose content it moved up; what resists is met once a round at most.
    loop {
        let mut progress = false;
        for entry in entries_of(top) {
            let path = entry.path();
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                progress |= fs::remove_file(&path).is_ok();
                continue;
            }
            for inner in entries_of(&path) {
                number += 1;
                let up = top.join(format!(".{number}.up"));
                progress |= !up.exists() && fs::rename(inner.path(), up).is_ok();
            }
            progress |= fs::remove_dir(&path).is_ok();
        }
        if !progress {
            break;
        }
    }
    let _ = fs::remove_dir(top);
}

fn entries_of(folder: &Path) -> Vec<fs::DirEntry> {
    const AT_ONCE: usize = 4096;
    #[cfg(unix)]
    {
        // One that its owner may not look into.
        let _ = fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700));
    }
    fs::read_dir(folder).into_iter().flatten().flatten().take(AT_ONCE).collect()
}

/// Changes two files of one disc for each other; the second need not be there.
pub fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    if !b.exists() {
        return fs::rename(a, b);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    // At no moment is one of them to be had by a name alone that is tidied up.
    let temporary = a.with_file_name(format!(".{}.{}.change", short_name(a), std::process::id()));
    keep_as(b, &temporary)?;
    let changed = fs::rename(a, b).and_then(|()| fs::rename(&temporary, a));
    if changed.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    changed
}

/// Who may read a new file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    AsUsual,
    OwnerOnly,
}

fn write(path: &Path, data: &[u8], readers: Readers) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&folder)?;
    let (temporary, file) = create_beside(&target, &folder, readers)?;
    let written = fill(file, &target, data, readers).and_then(|()| fs::rename(&temporary, &target));
    if let Err(error) = written {
        // Nothing more can be done about a leftover; the first error is the one that matters.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_folder(&folder)
}

fn create_beside(target: &Path, folder: &Path, readers: Readers) -> io::Result<(PathBuf, File)> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let stem = short_name(target);
    if stem.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    }
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let temporary = folder.join(format!(".{stem}.{}-{number}.part", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if readers == Readers::OwnerOnly {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        match options.open(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            // Left behind by a process with the same id.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

fn fill(mut file: File, target: &Path, data: &[u8], readers: Readers) -> io::Result<()> {
    file.write_all(data)?;
    if readers == Readers::AsUsual
        && let Ok(old) = fs::metadata(target)
    {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network file systems refuse to sync a folder; the file itself is written.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("hotseat-files-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_file_is_written_into_folders_that_did_not_exist_and_replaced_after() {
        let folder = folder("replace");
        let path = folder.join("a/b/save.srm");
        write_atomically(&path, b"one").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_atomically(&path, b"two, longer").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two, longer");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no leftovers");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let folder = folder("fail");
        fs::create_dir_all(folder.join("taken/inside")).unwrap();
        // A folder that is not empty cannot be replaced by a file.
        assert!(write_atomically(&folder.join("taken"), b"x").is_err());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_of_255_bytes_can_be_written() {
        let folder = folder("long");
        let path = folder.join("x".repeat(255));
        write_atomically(&path, b"x").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_symbolic_links_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = folder("link");
        fs::create_dir_all(&folder).unwrap();
        let real = folder.join("real");
        fs::write(&real, b"old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
        let link = folder.join("link");
        symlink(&real, &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_kept_stays_as_it_was_and_changes_places_with_what_came_after() {
        let folder = folder("keep");
        let (path, kept) = (folder.join("state"), folder.join("kept/state"));
        assert!(keep_as(&path, &kept).is_err());
        for text in [b"one", b"two"] {
            write_atomically(&path, text).unwrap();
            keep_as(&path, &kept).unwrap();
            // Once more is nothing new.
            keep_as(&path, &kept).unwrap();
        }
        write_atomically(&path, b"three").unwrap();
        assert_eq!(fs::read(&kept).unwrap(), b"two");
        for (now, before) in [(&b"two"[..], &b"three"[..]), (b"three", b"two")] {
            exchange(&kept, &path).unwrap();
            assert_eq!((fs::read(&path).unwrap(), fs::read(&kept).unwrap()), (now.to_vec(), before.to_vec()));
        }
        fs::remove_file(&path).unwrap();
        exchange(&kept, &path).unwrap();
        assert_eq!((fs::read(&path).unwrap(), kept.exists()), (b"two".to_vec(), false));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "nothing is left behind");
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn of_a_link_what_it_leads_to_is_kept() {
        let folder = folder("keep-link");
        let [link, real, kept] = ["link", "real", "kept"].map(|name| folder.join(name));
        fs::create_dir_all(&folder).unwrap();
        fs::write(&real, b"before").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        keep_as(&link, &kept).unwrap();
        write_atomically(&link, b"after").unwrap();
        assert_eq!((fs::read(&kept).unwrap(), fs::read(&link).unwrap()), (b"before".to_vec(), b"after".to_vec()));
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_in_which_a_program_did_what_it_liked_is_removed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("mess");
        let outside = std::env::temp_dir().join(format!("hotseat-files-outside-{}", std::process::id()));
        fs::create_dir_all(folder.join("a/b/c")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        fs::write(outside.join("kept"), b"x").unwrap();
        std::os::unix::fs::symlink(&outside, folder.join("a/link")).unwrap();
        for name in [".1.up", "a/file", "a/b/c/file"] {
            fs::write(folder.join(name), b"x").unwrap();
        }
        fs::set_permissions(folder.join("a/b"), fs::Permissions::from_mode(0o0)).unwrap();
        // Deeper than a path may be long.
        let mut deep = folder.clone();
        for _ in 0..600 {
            deep = deep.join("deeper");
            if fs::create_dir(&deep).is_err() {
                break;
            }
        }
        remove_folder(&folder);
        assert!(!folder.exists());
        assert!(outside.join("kept").exists(), "links are not followed");
        fs::remove_dir_all(outside).unwrap();
    }

    #[test]
    fn what_was_half_written_is_tidied_up_and_nothing_else() {
        let folder = folder("tidy");
        fs::create_dir_all(&folder).unwrap();
        let half = [".G.srm.1-0.part", ".G.state2.png.77-3.part", ".G.state.4.keep", ".G.state.4.change"];
        let whole = ["G.srm", ".G.lock", ".Go.srm.1-0.part", ".G.srm.bak", "part"];
        for name in half.iter().chain(&whole) {
            fs::write(folder.join(name), b"x").unwrap();
        }
        tidy(&folder, &["G.srm", "G.state"]);
        assert!(half.iter().all(|name| !folder.join(name).exists()));
        assert!(whole.iter().all(|name| folder.join(name).exists()));
        tidy(&folder.join("missing"), &[""]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn writers_at_the_same_time_each_write_a_whole_file() {
        let folder = folder("race");
        let path = folder.join("file");
        std::thread::scope(|scope| {
            for n in 0..8u8 {
                let path = &path;
                scope.spawn(move || write_atomically(path, &vec![n; 10_000]).unwrap());
            }
        });
        let data = fs::read(&path).unwrap();
        assert_eq!(data.len(), 10_000);
        assert!(data.iter().all(|byte| *byte == data[0]));
        fs::remove_dir_all(folder).unwrap();
    }
}
