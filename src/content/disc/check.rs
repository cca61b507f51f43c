//! Compares a sheet with what is on disk.

use super::sheet::{Kind, MOST_NAMED, Named, Sheet, SheetFault, Span, parse};
use super::{DiscError, DiscNote, MOST_SHEET_BYTES, chd};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// Lists in lists in lists.
const DEEPEST: usize = 4;
/// Where a file system says how large it is: sector 16, and every disc with data has one there.
const VOLUME_SECTOR: u64 = 16;
/// What may be missing at the end without being missed: pauses behind the last track are left out of many images.
const SPARE_SECTORS: u64 = 450;
const MIB: u64 = 1 << 20;

/// Whether a disc is whole, as far as its sheet and headers tell. Content of other kinds always is. Nothing outside of the folder that
/// `path` is in is looked at.
pub fn check(path: &Path) -> Result<Vec<DiscNote>, DiscError> {
    let mut check = Check { root: path.parent().unwrap_or(Path::new("")), visited: HashSet::new(), notes: Vec::new() };
    check.file(path, None, Span::default(), 0)?;
    Ok(check.notes)
}

struct Check<'a> {
    root: &'a Path,
    visited: HashSet<PathBuf>,
    notes: Vec<DiscNote>,
}

impl Check<'_> {
    /// A file that `sheet` names, or the content itself.
    fn file(&mut self, path: &Path, sheet: Option<&Path>, span: Span, depth: usize) -> Result<(), DiscError> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let has = match (length(path), sheet) {
            (Ok(has), _) => has,
            (Err(_), Some(sheet)) => return Err(DiscError::Missing { sheet: name(sheet), file: name(path) }),
            (Err(error), None) => return Err(DiscError::Unreadable { sheet: name(path), cause: error.into() }),
        };
        if let (0, Some(sheet)) = (has, sheet) {
            return Err(DiscError::Empty { sheet: name(sheet), file: name(path) });
        }
        if let Some(kind) = Kind::of(&extension) {
            return self.sheet(path, kind, depth);
        }
        if extension == "chd" {
            return check_chd(path, has);
        }
        self.track(path, span, has)
    }

    fn sheet(&mut self, path: &Path, kind: Kind, depth: usize) -> Result<(), DiscError> {
        let sheet = || name(path);
        let unreadable = |error: io::Error| DiscError::Unreadable { sheet: sheet(), cause: error.into() };
        if depth >= DEEPEST || !self.visited.insert(path.to_owned()) {
            return Err(DiscError::Loops { sheet: sheet() });
        }
        if self.visited.len() > MOST_NAMED {
            return Err(DiscError::TooMany { sheet: sheet(), most: MOST_NAMED });
        }
        let mut text = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MOST_SHEET_BYTES + 1).read_to_end(&mut text));
        if read.map_err(unreadable)? as u64 > MOST_SHEET_BYTES {
            return Err(DiscError::TooLong { sheet: sheet() });
        }
        let Sheet { files, image } = parse(kind, &text).map_err(|fault| match fault {
            SheetFault::Binary => DiscError::NotASheet { sheet: sheet() },
            SheetFault::LongName => DiscError::LongName { sheet: sheet() },
            SheetFault::TooMany => DiscError::TooMany { sheet: sheet(), most: MOST_NAMED },
        })?;
        if let Some(bytes) = image {
            let image = ["img", "IMG"].map(|it| path.with_extension(it)).into_iter().find(|it| it.is_file());
            let image = image.unwrap_or_else(|| path.with_extension("img"));
            return self.file(&image, Some(path), Span { bytes, data: None }, depth + 1);
        }
        if files.is_empty() && kind != Kind::M3u {
            return Err(DiscError::NamesNothing { sheet: sheet() });
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        for Named { name: file, span } in files {
            // Not of this system's letters: the core opens the bytes as they are.
            if file.contains('\u{fffd}') {
                continue;
            }
            let outside = || DiscError::Outside { sheet: sheet(), file: file.clone() };
            let target = self.below(&folder, &file).ok_or_else(outside)?;
            // A list has several discs, and one of them may be a list again by mistake; the same file twice is no loop.
            self.file(&target, Some(path), span, depth + 1)?;
        }
        Ok(())
    }

    /// Where a name leads from `folder`. None: out of the folder that the content is in.
    fn below(&self, folder: &Path, named: &str) -> Option<PathBuf> {
        // Sheets are made on systems that write their paths so.
        let named = if folder.join(named).exists() { named.to_owned() } else { named.replace('\\', "/") };
        // Some lists have whole paths, to what is in the same folder.
        let inside = match self.root.as_os_str().is_empty() {
            true => None,
            false => Path::new(&named).strip_prefix(self.root).ok().map(|it| it.to_string_lossy().into_owned()),
        };
        let mut path = if inside.is_some() { self.root.to_owned() } else { folder.to_owned() };
        let named = inside.unwrap_or(named);
        for part in Path::new(&named).components() {
            match part {
                Component::Normal(part) => path.push(part),
                Component::CurDir => {}
                Component::ParentDir => {
                    path.pop();
                    if !path.starts_with(self.root) {
                        return None;
                    }
                }
                Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        Some(path)
    }

    fn track(&mut self, path: &Path, span: Span, has: u64) -> Result<(), DiscError> {
        let least = span.data.map_or(0, |(begin, sector)| begin.saturating_add((VOLUME_SECTOR + 1) * sector));
        let needs = span.bytes.max(least);
        if has < needs {
            return Err(DiscError::Short { file: name(path), has, needs });
        }
        let says = span.data.and_then(|(begin, sector)| stated_length(path, begin, sector));
        if let Some(says) = says.filter(|says| *says > has) {
            let file = name(path);
            self.notes.push(DiscNote::Short { file, has: has.div_ceil(MIB), says: says.div_ceil(MIB) });
        }
        Ok(())
    }
}

fn check_chd(path: &Path, has: u64) -> Result<(), DiscError> {
    let mut header = Vec::new();
    let read = File::open(path).and_then(|file| file.take(chd::HEADER_BYTES as u64).read_to_end(&mut header));
    read.map_err(|error| DiscError::Unreadable { sheet: name(path), cause: error.into() })?;
    let needs = chd::least_bytes(&header).ok_or_else(|| DiscError::NotChd { file: name(path) })?;
    if has < needs { Err(DiscError::Short { file: name(path), has, needs }) } else { Ok(()) }
}

/// Bytes up to the end of an ISO 9660 file system, without what may be missing; none where there is none.
fn stated_length(path: &Path, begin: u64, sector: u64) -> Option<u64> {
    // A raw sector begins with its address, in mode 2 with what kind it is as well.
    for before in [0, 16, 24] {
        let mut file = File::open(path).ok()?;
        file.seek(SeekFrom::Start(begin.checked_add(VOLUME_SECTOR * sector)?.checked_add(before)?)).ok()?;
        let mut volume = [0; 84];
        file.read_exact(&mut volume).ok()?;
        if &volume[..6] == b"\x01CD001" {
            let sectors = u64::from(u32::from_le_bytes([volume[80], volume[81], volume[82], volume[83]]));
            return begin.checked_add(sectors.saturating_sub(SPARE_SECTORS).checked_mul(sector)?);
        }
    }
    None
}

/// Of a plain file.
fn length(path: &Path) -> io::Result<u64> {
    let meta = fs::metadata(path)?;
    if meta.is_file() { Ok(meta.len()) } else { Err(io::ErrorKind::NotFound.into()) }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
