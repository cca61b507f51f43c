//! The files that a core opens by way of the front end: libretro's VFS, versions 1 to 4.
//!
//! A handle is a number, never a pointer: one that was closed or made up finds nothing. Each open file has a lock of its own,
//! because cores read from threads of theirs, and none of it takes the front end's.

mod sys;

pub use sys::{INTERFACE, VERSION};

use std::collections::HashMap;
use std::ffi::{CString, OsString};
use std::fs::{self, File, OpenOptions, ReadDir};
use std::io::{self, Seek, SeekFrom, Write};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Files and folders that a core may have open together; the system's own limit is higher.
const MOST_OPEN: usize = 4096;

/// How a file is opened, from `RETRO_VFS_FILE_ACCESS_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Access {
    read: bool,
    write: bool,
    /// What is there stays; the file must exist.
    update: bool,
}

struct OpenFile {
    file: File,
    /// As the core gave it; it may keep the pointer until it closes the file.
    path: CString,
}

struct OpenFolder {
    entries: ReadDir,
    hidden: bool,
    /// The entry that was read last; the core may keep the pointer until it reads the next.
    name: CString,
    is_folder: bool,
}

enum Opened {
    File(Arc<Mutex<OpenFile>>),
    Folder(Arc<Mutex<OpenFolder>>),
}

/// What is open, by handle.
#[derive(Default)]
struct Table {
    open: HashMap<usize, Opened>,
    last: usize,
}

impl Table {
    fn add(&mut self, opened: Opened) -> io::Result<usize> {
        if self.open.len() >= MOST_OPEN {
            return Err(io::Error::other("too many files are open"));
        }
        self.last += 1;
        self.open.insert(self.last, opened);
        Ok(self.last)
    }

    fn file(&self, handle: usize) -> Option<Arc<Mutex<OpenFile>>> {
        match self.open.get(&handle)? {
            Opened::File(file) => Some(file.clone()),
            Opened::Folder(_) => None,
        }
    }

    fn folder(&self, handle: usize) -> Option<Arc<Mutex<OpenFolder>>> {
        match self.open.get(&handle)? {
            Opened::Folder(folder) => Some(folder.clone()),
            Opened::File(_) => None,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(path: CString, access: Access) -> io::Result<OpenFile> {
    let on_disk = OsString::from_vec(path.as_bytes().to_vec());
    let mut options = OpenOptions::new();
    options.read(access.read || access.update).write(access.write);
    if access.write && !access.update {
        options.create(true).truncate(true);
    }
    let file = options.open(&on_disk)?;
    // The system lets a folder be opened for reading, and then every read fails.
    match file.metadata()?.is_dir() {
        true => Err(io::ErrorKind::IsADirectory.into()),
        false => Ok(OpenFile { file, path }),
    }
}

impl OpenFile {
    fn size(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }

    /// Up to the end of the file: short reads are for the end alone, as C's `fread` has it.
    fn read(&mut self, mut out: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
        let wanted = out.len();
        while !out.is_empty() {
            match rustix::io::read(&self.file, &mut *out).map(|(read, _)| read.len()) {
                Ok(0) => break,
                Ok(read) => out = &mut out[read..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) if out.len() == wanted => return Err(error.into()),
                Err(_) => break,
            }
        }
        Ok(wanted - out.len())
    }

    fn write(&mut self, data: &[u8]) -> io::Result<()> {
        self.file.write_all(data)
    }

    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    bytes: u64,
    folder: bool,
    device: bool,
}

fn stat(path: &Path) -> io::Result<Stat> {
    let metadata = fs::metadata(path)?;
    let kind = metadata.file_type();
    Ok(Stat { bytes: metadata.len(), folder: kind.is_dir(), device: kind.is_char_device() })
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path)?.is_dir() {
        true => fs::remove_dir(path),
        false => fs::remove_file(path),
    }
}

fn open_folder(path: &Path, hidden: bool) -> io::Result<OpenFolder> {
    Ok(OpenFolder { entries: fs::read_dir(path)?, hidden, name: CString::default(), is_folder: false })
}

impl OpenFolder {
    /// Goes on to the next entry. False at the end.
    fn next(&mut self) -> bool {
        for entry in self.entries.by_ref().flatten() {
            let name = entry.file_name().into_vec();
            if !self.hidden && name.starts_with(b".") {
                continue;
            }
            // A symbolic link to a folder is one.
            self.is_folder = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
            self.name = CString::new(name).unwrap_or_default();
            return true;
        }
        self.name = CString::default();
        false
    }
}

#[cfg(test)]
mod tests;
