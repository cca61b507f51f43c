//! Which files below the folders of a library are games, without reading them: names, sizes and times, and the sheets of discs.

use super::systems::Systems;
use crate::content::archive::{is_archive, is_sheet};
use crate::content::disc::{Kind, MOST_SHEET_BYTES, parse};
use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// The most files of a library.
pub const MOST_FILES: usize = 200_000;
/// Entries of folders that are looked at, games or not.
const MOST_ENTRIES: usize = 1_000_000;
/// Folders in each other.
const DEEPEST: usize = 32;
/// Of sheets for one disc, the best first.
const SHEETS: [&str; 5] = ["cue", "ccd", "toc", "gdi", "mds"];
/// Images that lie beside a sheet under its name.
const IMAGES: [&str; 4] = ["img", "sub", "mdf", "bin"];

/// By which a file is known not to have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Stamp {
    pub bytes: u64,
    /// In nanoseconds since 1970.
    pub modified: i64,
    /// With `inode` it tells a file that was moved from others. Both may be different each time that a drive is put in.
    pub device: u64,
    pub inode: u64,
}

impl Stamp {
    /// Whether a file at the same path is the same one.
    pub fn is_as(&self, other: &Stamp) -> bool {
        (self.bytes, self.modified) == (other.bytes, other.modified)
    }

    pub fn of(meta: &Metadata) -> Stamp {
        Stamp {
            bytes: meta.len(),
            modified: meta.mtime().wrapping_mul(1_000_000_000).wrapping_add(meta.mtime_nsec()),
            device: meta.dev(),
            inode: meta.ino(),
        }
    }
}

/// A file that may be a game, or have some in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    pub path: PathBuf,
    /// Which of the library's folders it lies in.
    pub root: PathBuf,
    pub stamp: Stamp,
    pub is_archive: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Walked {
    pub files: Vec<FoundFile>,
    /// Every folder that was looked into, to be watched.
    pub folders: Vec<PathBuf>,
    /// Those of the library's folders that cannot be read: a drive that is not there.
    pub missing: Vec<PathBuf>,
    /// There are more than are looked at.
    pub cut: bool,
}

/// Looks through `roots`. `go_on` is asked for every folder; None: it said no.
pub fn walk(roots: &[PathBuf], systems: &Systems, go_on: &mut dyn FnMut() -> bool) -> Option<Walked> {
    let mut walked = Walked::default();
    // A folder that is reached twice, by a link or by two roots, counts once.
    let mut seen = HashSet::new();
    let mut entries = 0;
    for root in roots {
        if fs::read_dir(root).is_err() {
            walked.missing.push(root.clone());
            continue;
        }
        let mut waiting = vec![(root.clone(), 0)];
        while let Some((folder, depth)) = waiting.pop() {
            if !go_on() {
                return None;
            }
            let Ok(meta) = fs::metadata(&folder) else { continue };
            if !seen.insert((meta.dev(), meta.ino())) {
                continue;
            }
            let folders = look(&folder, root, systems, &mut walked, &mut entries);
            walked.cut |= depth >= DEEPEST && !folders.is_empty();
            if depth < DEEPEST {
                waiting.extend(folders.into_iter().map(|folder| (folder, depth + 1)));
            }
            walked.folders.push(folder);
            if walked.cut && (entries >= MOST_ENTRIES || walked.files.len() >= MOST_FILES) {
                return Some(walked);
            }
        }
    }
    Some(walked)
}

/// Adds the games of one folder, and returns the folders in it.
fn look(folder: &Path, root: &Path, systems: &Systems, walked: &mut Walked, entries: &mut usize) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        *entries += 1;
        if *entries > MOST_ENTRIES || walked.files.len() + files.len() >= MOST_FILES {
            walked.cut = true;
            break;
        }
        // What systems and programs keep for themselves.
        if entry.file_name().as_encoded_bytes().starts_with(b".") || entry.file_name() == "__MACOSX" {
            continue;
        }
        let path = entry.path();
        let is_archive = is_archive(&path);
        let is_game = || systems.is_game(&path, root) || is_sheet_file(&path);
        let kind = entry.file_type().ok();
        if kind.is_some_and(|kind| kind.is_file()) && !is_archive && !is_game() {
            continue;
        }
        // Links are followed.
        let Ok(meta) = fs::metadata(&path) else { continue };
        if meta.is_dir() {
            folders.push(path);
        } else if meta.is_file() && meta.len() > 0 && (is_archive || is_game()) {
            let stamp = Stamp::of(&meta);
            files.push(FoundFile { path, root: root.to_owned(), stamp, is_archive });
        }
    }
    let parts = parts_of_discs(&files);
    files.retain(|file| !parts.contains(&file.path) && (file.is_archive || systems.is_game(&file.path, root)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    walked.files.append(&mut files);
    folders
}

fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn is_sheet_file(path: &Path) -> bool {
    is_sheet(&ending(path))
}

/// The files that others of the same folder name as a part of theirs.
fn parts_of_discs(files: &[FoundFile]) -> HashSet<PathBuf> {
    let mut parts = HashSet::new();
    let sheets = files.iter().filter(|file| is_sheet_file(&file.path));
    for sheet in sheets {
        let kind = ending(&sheet.path);
        // The same disc described twice, and the image of one that names none.
        let others = SHEETS.iter().skip_while(|it| **it != kind).skip(1).chain(&IMAGES);
        if kind != "m3u" {
            parts.extend(others.map(|other| sheet.path.with_extension(other)));
        }
        let Some(kind) = Kind::of(&kind) else { continue };
        let mut text = Vec::new();
        let read = File::open(&sheet.path).and_then(|file| file.take(MOST_SHEET_BYTES).read_to_end(&mut text));
        let Ok(read) = read.map_err(drop).and_then(|_| parse(kind, &text).map_err(drop)) else { continue };
        let folder = sheet.path.parent().unwrap_or(Path::new(""));
        for named in read.files {
            let name = named.name.replace('\\', "/");
            let inside =
                Path::new(&name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            let path = folder.join(&name);
            if inside && path != sheet.path {
                parts.insert(path.components().collect());
            }
        }
    }
    parts
}
