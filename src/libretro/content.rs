//! What a core is given: unpacked, patched and looked at first, all in this process, since the bytes come from anywhere.

use super::core::Bytes;
use super::power;
use crate::content::archive::{self, Archive, ArchiveError, folder_of, playable};
use crate::content::{ContentNote, Location, disc, patch};
use crate::link::message::LoadError;
use crate::link::{Link, Status};
use crate::text::IoCause;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// What is unpacked into memory is no larger: what a core takes as bytes is in memory as a whole, and this is not on a disk.
const MOST_UNPACKED: u64 = 2 << 30;
const BEAT_EVERY: Duration = Duration::from_millis(500);

/// Beside what was unpacked: which archive it came from. Written last.
const DONE: &str = ".whole";

/// Content as a core takes it.
pub(super) struct Prepared {
    /// On disk, or with the archive before it where it never was.
    pub path: PathBuf,
    /// None where the core opens the path itself.
    pub data: Option<Bytes>,
    /// The archive that `data` comes from, and its name in there.
    pub archive: Option<(PathBuf, String)>,
    pub notes: Vec<ContentNote>,
}

/// What the core takes.
pub(super) struct Wanted {
    /// Lower case, without dots.
    pub extensions: Vec<String>,
    /// It looks into archives itself.
    pub block_extract: bool,
}

/// `by_path` says whether the core wants content with an ending by its path alone. `temp_dir` is for what is
/// unpacked, and this content's alone; empty where there is none.
pub(super) fn prepare(
    content: &Path,
    wanted: &Wanted,
    by_path: impl Fn(&str) -> bool,
    temp_dir: &Path,
    link: &Arc<Link>,
) -> Result<Prepared, LoadError> {
    let extensions = &wanted.extensions;
    let mut location = Location::of(content);
    if location.file.is_dir() {
        // Told by the core: "/" among its endings.
        return Ok(Prepared { path: location.file, data: None, archive: None, notes: Vec::new() });
    }
    let is_archive = archive::is_archive(&location.file);
    let ending = location.file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if is_archive && (wanted.block_extract || extensions.contains(&ending)) {
        // It looks into archives by itself.
        location.inner = None;
        return plain(location.file, by_path(&ending));
    }
    if is_archive && location.inner.is_none() {
        location.inner = Some(the_one(&location.file, extensions)?);
    }
    let by_path = by_path(&location.extension());
    let patches = patch::beside(&location);
    if location.inner.is_none() && patches.0.is_empty() {
        let notes = check_disc(&location.file)?;
        return Ok(Prepared { notes, ..plain(location.file, by_path)? });
    }
    still_alive(link, || if by_path { on_disk(temp_dir, location, &patches) } else { in_memory(location, &patches) })
}

/// Shows the host that this process is at work: a disc may take minutes to unpack, and one that hangs is ended after one. How long it
/// takes has an end, since nothing is unpacked beyond the size that was stated.
fn still_alive<T>(link: &Arc<Link>, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let beating = thread::Builder::new().name("unpacking".into()).spawn_scoped(scope, || {
            let status = Status::new(link.clone());
            while !done.load(Ordering::Acquire) {
                status.beat();
                thread::park_timeout(BEAT_EVERY);
            }
        });
        let result = {
            let _done = Done(&done);
            work()
        };
        if let Ok(beating) = beating {
            beating.thread().unpark();
        }
        result
    })
}

/// Says that the work is done, also where it ends in a panic: whoever beats would go on for ever.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A file as it is.
fn plain(path: PathBuf, by_path: bool) -> Result<Prepared, LoadError> {
    let data = if by_path { None } else { Some(read(&path)?) };
    Ok(Prepared { path, data, archive: None, notes: Vec::new() })
}

fn read(path: &Path) -> Result<Bytes, LoadError> {
    let content = path.display().to_string();
    if fs::metadata(path).is_ok_and(|it| it.len() > most_in_memory()) {
        return Err(LoadError::ContentTooLarge { content });
    }
    match Bytes::of_file(path) {
        Err(error) => Err(LoadError::ContentUnreadable { content, cause: error.into() }),
        Ok(data) if data.as_slice().is_empty() => Err(LoadError::ContentEmpty { content }),
        Ok(data) => Ok(data),
    }
}

/// Mapped, a file costs nothing, but cores that want bytes make a copy of them.
fn most_in_memory() -> u64 {
    power::memory().map_or(u64::MAX, |memory| memory.free / 2)
}

fn check_disc(path: &Path) -> Result<Vec<ContentNote>, LoadError> {
    let notes = disc::check(path).map_err(|error| LoadError::Disc { error })?;
    Ok(notes.into_iter().map(|note| ContentNote::Disc { note }).collect())
}

/// The one file in an archive that the core opens.
fn the_one(archive: &Path, extensions: &[String]) -> Result<String, LoadError> {
    let told = |error| LoadError::Archive { error };
    let opened = Archive::open(archive).map_err(told)?;
    let names: Vec<&str> = opened.entries().iter().map(|entry| &*entry.name).collect();
    match playable(&names, extensions).as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(told(ArchiveError::of_nothing(archive, &names))),
        many => Err(told(ArchiveError::of_several(archive, many))),
    }
}

fn in_memory(location: Location, patches: &patch::Patches) -> Result<Prepared, LoadError> {
    let path = location.to_path();
    let (data, notes) = match &location.inner {
        None => patched(&location, read(&location.file)?, patches),
        Some(inner) => {
            let told = |error| LoadError::Archive { error };
            let most = MOST_UNPACKED.min(most_in_memory());
            let unpacked = Archive::open(&location.file).map_err(told)?.unpack(inner, most).map_err(told)?;
            if unpacked.is_empty() {
                return Err(LoadError::ContentEmpty { content: path.display().to_string() });
            }
            patched(&location, Bytes::Read(unpacked), patches)
        }
    };
    let archive = location.inner.map(|inner| (location.file, inner));
    Ok(Prepared { path, data: Some(data), archive, notes })
}

/// What a game becomes by its patches; itself where none fits.
fn patched(location: &Location, data: Bytes, patches: &patch::Patches) -> (Bytes, Vec<ContentNote>) {
    if patches.0.is_empty() {
        return (data, Vec::new());
    }
    let content = location.name().to_string_lossy().into_owned();
    let told = |(path, result): patch::Applied| {
        let (content, patch) = (content.clone(), name_of(&path));
        match result {
            Ok(()) => ContentNote::Patched { content, patch },
            Err(problem) => ContentNote::NotPatched { content, patch, problem },
        }
    };
    if data.as_slice().len() as u64 > patch::MOST_BYTES {
        let first = patches.0.first().cloned().unwrap_or_default();
        return (data, vec![told((first, Err(patch::PatchError::TooLarge)))]);
    }
    let (data, results) = patches.apply(data.into_vec());
    (Bytes::Read(data), results.into_iter().map(told).collect())
}

/// Into the temporary folder: unpacked, patched, or both. What an earlier process of the same game left there whole is used again.
fn on_disk(temp_dir: &Path, location: Location, patches: &patch::Patches) -> Result<Prepared, LoadError> {
    let folder = temp_dir.join("content");
    let path = folder.join(location.name());
    let archive_error = |error| LoadError::Archive { error };
    // The host could not make one.
    if temp_dir.as_os_str().is_empty() {
        let (folder, cause) = (String::new(), IoCause::PermissionDenied);
        return Err(archive_error(ArchiveError::NotWritten { folder, cause }));
    }
    if location.inner.is_some() && !is_done(&folder, &location) {
        let _ = fs::remove_dir_all(&folder);
        if let Err(error) = unpack(&location, &folder) {
            let _ = fs::remove_dir_all(&folder);
            return Err(archive_error(error));
        }
        let _ = fs::write(folder.join(DONE), origin(&location));
    }
    let mut notes = Vec::new();
    let mut path = if location.inner.is_some() { path } else { location.file.clone() };
    let large = fs::metadata(&path).is_ok_and(|it| it.len() > patch::MOST_BYTES);
    if let (true, Some(first)) = (large, patches.0.first()) {
        let (content, patch) = (name_of(&path), name_of(first));
        notes.push(ContentNote::NotPatched { content, patch, problem: patch::PatchError::TooLarge });
    } else if !patches.0.is_empty() {
        let (data, told) = patched(&location, read(&path)?, patches);
        notes = told;
        // A folder of its own: what was unpacked stays as it is.
        let copy = temp_dir.join("patched").join(location.name());
        let written = write(&copy, data.as_slice());
        match written {
            Ok(()) => path = copy,
            Err(_) => {
                notes = vec![ContentNote::NotPatched {
                    content: name_of(&path),
                    patch: patches.0.first().map(|it| name_of(it)).unwrap_or_default(),
                    problem: patch::PatchError::NoRoom,
                }]
            }
        }
    }
    notes.extend(check_disc(&path)?);
    Ok(Prepared { path, data: None, archive: None, notes })
}

fn write(path: &Path, data: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
    File::create(path)?.write_all(data)
}

/// A disc with everything that is in its folder; another file alone.
fn unpack(location: &Location, folder: &Path) -> Result<(), ArchiveError> {
    let inner = location.inner.as_deref().unwrap_or_default();
    let mut archive = Archive::open(&location.file)?;
    let beside = folder_of(inner);
    let names: Vec<String> = match archive::is_sheet(&location.extension()) {
        true => archive.entries().iter().map(|it| it.name.clone()).filter(|it| it.starts_with(beside)).collect(),
        false => vec![inner.to_owned()],
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    archive.extract(&names, folder, beside.len())
}

fn is_done(folder: &Path, location: &Location) -> bool {
    fs::read(folder.join(DONE)).is_ok_and(|known| known == origin(location))
}

/// What tells an archive that was replaced.
fn origin(location: &Location) -> Vec<u8> {
    let meta = fs::metadata(&location.file).ok();
    let changed = meta.as_ref().and_then(|it| it.modified().ok());
    format!("{:?} {:?} {:?}", location.to_path(), meta.map(|it| it.len()), changed).into_bytes()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
