//! Reading zip and 7z archives that come from anywhere.
//!
//! What is in one is found out first, without unpacking: an archive that could do harm is refused as a whole, with one sentence.
//! What is unpacked afterwards is never longer than was said.

mod choice;
mod limits;
mod seven;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod zipped;

pub use choice::{folder_of, is_sheet, playable};

use crate::messages;
use crate::text::IoCause;
use limits::Limits;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What archives are called that are looked into.
pub const ENDINGS: [&str; 2] = ["zip", "7z"];

/// What is kept free on the disk when something is unpacked.
const ROOM_LEFT: u64 = 64 << 20;

messages! {
    /// Why an archive is not used, or what is in it. `archive` is its name without the folders, `inner` a name inside it.
    #[derive(Serialize, Deserialize)]
    pub enum ArchiveError in archive {
        unreadable => Unreadable { archive: String, cause: IoCause },
        damaged => Damaged { archive: String },
        encrypted => Encrypted { archive: String },
        /// Packed in a way that is not known here.
        method => Method { archive: String },
        empty => Empty { archive: String },
        too_many => TooMany { archive: String, most: usize },
        /// It would be written elsewhere than where it is put.
        escape => Escape { archive: String, inner: String },
        link => Link { archive: String, inner: String },
        long_name => LongName { archive: String },
        twice => Twice { archive: String, inner: String },
        /// What it becomes has nothing to do with its size.
        bomb => Bomb { archive: String },
        /// More memory than a game's file may have.
        large => Large { archive: String, inner: String },
        no_room => NoRoom { archive: String, folder: String, megabytes: u64 },
        not_written => NotWritten { folder: String, cause: IoCause },
        missing => Missing { archive: String, inner: String },
        /// Nothing that a core opens.
        nothing => Nothing { archive: String },
        /// Nothing but another archive.
        nested => Nested { archive: String, inner: String },
        several => Several { archive: String, names: String, example: String },
        /// It took too long, or ended without an answer.
        gave_up => GaveUp { archive: String },
    }
}

/// Names that are shown of a set of games.
const SHOWN_NAMES: usize = 12;

impl ArchiveError {
    /// Of an archive in which a core opens nothing.
    pub fn of_nothing(path: &Path, names: &[&str]) -> ArchiveError {
        let archive = name_of(path);
        match names.iter().find(|name| is_archive(Path::new(name))) {
            Some(inner) => ArchiveError::Nested { archive, inner: (*inner).to_owned() },
            None => ArchiveError::Nothing { archive },
        }
    }

    /// Of an archive, or a folder, in which a core opens each of `names`.
    pub fn of_several(path: &Path, names: &[&str]) -> ArchiveError {
        let archive = name_of(path);
        let more = if names.len() > SHOWN_NAMES { ", …" } else { "" };
        let example = names.first().map(|name| format!("{archive}#{name}")).unwrap_or_default();
        let names = names.iter().take(SHOWN_NAMES).copied().collect::<Vec<_>>().join(", ") + more;
        ArchiveError::Several { archive, names, example }
    }

    /// Puts every text within the bounds that `bound` sets.
    pub fn bound(&mut self, bound: fn(&mut String)) {
        match self {
            Self::Damaged { archive }
            | Self::Encrypted { archive }
            | Self::Method { archive }
            | Self::Empty { archive }
            | Self::TooMany { archive, most: _ }
            | Self::LongName { archive }
            | Self::Bomb { archive }
            | Self::Nothing { archive }
            | Self::GaveUp { archive } => bound(archive),
            Self::Escape { archive, inner }
            | Self::Link { archive, inner }
            | Self::Twice { archive, inner }
            | Self::Large { archive, inner }
            | Self::Missing { archive, inner }
            | Self::Nested { archive, inner } => [archive, inner].into_iter().for_each(bound),
            Self::NoRoom { archive, folder, megabytes: _ } => [archive, folder].into_iter().for_each(bound),
            Self::Several { archive, names, example } => [archive, names, example].into_iter().for_each(bound),
            Self::Unreadable { archive: text, cause } | Self::NotWritten { folder: text, cause } => {
                bound(text);
                if let IoCause::Other { system } = cause {
                    bound(system);
                }
            }
        }
    }
}

/// A file inside an archive, as the archive states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// With `/` between its folders; safe to put below a folder.
    pub name: String,
    /// In bytes, unpacked.
    pub size: u64,
    /// CRC-32 of what is in it, if the archive has one.
    pub crc: Option<u32>,
}

/// Whether a file's ending is that of an archive.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// An archive whose directory was read and found harmless.
pub struct Archive<R: Read + Seek> {
    name: String,
    entries: Vec<Entry>,
    packed: Packed<R>,
}

enum Packed<R: Read + Seek> {
    Zip(zipped::Zip<R>),
    Seven(Box<seven::Seven<R>>),
}

/// What went wrong below, before it is known which archive it was.
#[derive(Debug)]
enum Fault {
    Io(io::Error),
    /// Where it goes, not where it comes from.
    Write(io::Error),
    Damaged,
    Encrypted,
    Method,
    TooMany,
}

/// An entry before it was looked at.
struct Raw {
    name: String,
    size: u64,
    crc: Option<u32>,
    folder: bool,
    link: bool,
}

impl Archive<BufReader<File>> {
    /// Opens a file, and reads what is in it.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let name = name_of(path);
        let unreadable = |error: io::Error| ArchiveError::Unreadable { archive: name.clone(), cause: error.into() };
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(ArchiveError::Damaged { archive: name });
        }
        let file = File::open(path).map_err(unreadable)?;
        Archive::read(BufReader::new(file), name)
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Reads what is in an archive called `name`.
    pub fn read(mut reader: R, name: String) -> Result<Self, ArchiveError> {
        let told = |fault| tell(&name, fault);
        let mut magic = [0; 6];
        let read = reader.read(&mut magic).map_err(|error| told(Fault::Io(error)))?;
        let bytes = reader.seek(SeekFrom::End(0)).map_err(|error| told(Fault::Io(error)))?;
        reader.rewind().map_err(|error| told(Fault::Io(error)))?;
        let (packed, raw) = if magic[..read].starts_with(b"7z\xbc\xaf\x27\x1c") {
            let (seven, raw) = seven::Seven::open(reader).map_err(told)?;
            (Packed::Seven(Box::new(seven)), raw)
        } else {
            let (zip, raw) = zipped::Zip::open(reader).map_err(told)?;
            (Packed::Zip(zip), raw)
        };
        let entries = Limits::usual().check(&name, raw, bytes)?;
        Ok(Archive { name, entries, packed })
    }

    /// The files in it.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many bytes are unpacked to get at one file: of a 7z everything that comes before it, too.
    pub fn unpacked_for(&self, inner: &str) -> u64 {
        let position = self.entries.iter().position(|entry| entry.name == inner).unwrap_or(0);
        let first = match self.packed {
            Packed::Zip(_) => position,
            Packed::Seven(_) => 0,
        };
        let needed = self.entries.get(first..=position).unwrap_or_default();
        needed.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.size))
    }

    /// One file, whole. `most` bytes are what may be held in memory.
    pub fn unpack(&mut self, inner: &str, most: u64) -> Result<Vec<u8>, ArchiveError> {
        if self.entry(inner)?.size > most {
            return Err(ArchiveError::Large { archive: self.name.clone(), inner: inner.into() });
        }
        let mut data = Vec::new();
        self.each(&[inner], &mut |_, from, size| copy(from, &mut data, size).map_err(CopyError::fault))?;
        Ok(data)
    }

    /// Several files, each whole, in the order of the archive. They are no larger than what is held in memory.
    pub fn read_each(&mut self, names: &[&str], sink: &mut dyn FnMut(&str, Vec<u8>)) -> Result<(), ArchiveError> {
        if names.is_empty() {
            return Ok(());
        }
        self.each(names, &mut |name, from, size| {
            let mut data = Vec::new();
            copy(from, &mut data, size).map_err(CopyError::fault)?;
            sink(name, data);
            Ok(())
        })
    }

    /// Writes these files below `folder`, with their own folders but for the `skipped` bytes at the beginning of their names.
    /// What is in the way is not overwritten.
    pub fn extract(&mut self, names: &[&str], folder: &Path, skipped: usize) -> Result<(), ArchiveError> {
        let mut needed = 0_u64;
        for name in names {
            needed = needed.saturating_add(self.entry(name)?.size);
        }
        let not_written =
            |error: io::Error| ArchiveError::NotWritten { folder: folder.display().to_string(), cause: error.into() };
        fs::create_dir_all(folder).map_err(not_written)?;
        // A file system that does not tell is one where writing tells.
        let free = rustix::fs::statvfs(folder).map_or(u64::MAX, |it| it.f_bavail.saturating_mul(it.f_frsize));
        if needed.saturating_add(ROOM_LEFT) > free {
            let (archive, folder) = (self.name.clone(), folder.display().to_string());
            return Err(ArchiveError::NoRoom { archive, folder, megabytes: needed.div_ceil(1 << 20) });
        }
        self.each(names, &mut |name, from, size| {
            let path = folder.join(name.get(skipped..).unwrap_or(name));
            let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| File::create_new(&path));
            let mut file = made.map_err(Fault::Write)?;
            copy(from, &mut file, size).map_err(CopyError::fault)
        })
        .map_err(|error| match error {
            ArchiveError::NotWritten { cause, .. } => {
                ArchiveError::NotWritten { folder: folder.display().to_string(), cause }
            }
            other => other,
        })
    }

    fn entry(&self, inner: &str) -> Result<&Entry, ArchiveError> {
        let found = self.entries.iter().find(|entry| entry.name == inner);
        found.ok_or_else(|| ArchiveError::Missing { archive: self.name.clone(), inner: inner.into() })
    }

    /// Unpacks these files, each into `sink`, which gets its name, what is in it and how long that is.
    fn each(&mut self, names: &[&str], sink: Sink) -> Result<(), ArchiveError> {
        let wanted: HashSet<&str> = names.iter().copied().collect();
        let sizes: HashMap<&str, u64> =
            self.entries.iter().filter(|it| wanted.contains(&*it.name)).map(|it| (&*it.name, it.size)).collect();
        let done = match &mut self.packed {
            Packed::Zip(zip) => zip.each(&sizes, sink),
            Packed::Seven(seven) => seven.each(&sizes, sink),
        };
        done.map_err(|fault| tell(&self.name, fault))
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Where unpacked files go.
type Sink<'a> = &'a mut dyn FnMut(&str, &mut dyn Read, u64) -> Result<(), Fault>;

enum CopyError {
    Read(io::Error),
    Write(io::Error),
    /// Shorter or longer than was said.
    Length,
}

impl CopyError {
    fn fault(self) -> Fault {
        match self {
            CopyError::Read(error) => Fault::Io(error),
            CopyError::Write(error) => Fault::Write(error),
            CopyError::Length => Fault::Damaged,
        }
    }
}

/// Copies exactly `size` bytes, and reads to the very end, where checksums are compared.
fn copy(from: &mut dyn Read, to: &mut dyn Write, size: u64) -> Result<(), CopyError> {
    let mut piece = vec![0; 128 << 10];
    let mut done = 0_u64;
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Read(error)),
        };
        done += read as u64;
        if done > size {
            return Err(CopyError::Length);
        }
        to.write_all(&piece[..read]).map_err(CopyError::Write)?;
    }
    if done == size { Ok(()) } else { Err(CopyError::Length) }
}

fn tell(archive: &str, fault: Fault) -> ArchiveError {
    let archive = archive.to_owned();
    match fault {
        Fault::Io(error) if is_damage(&error) => ArchiveError::Damaged { archive },
        Fault::Io(error) => ArchiveError::Unreadable { archive, cause: error.into() },
        Fault::Write(error) => ArchiveError::NotWritten { folder: String::new(), cause: error.into() },
        Fault::Damaged => ArchiveError::Damaged { archive },
        Fault::Encrypted => ArchiveError::Encrypted { archive },
        Fault::Method => ArchiveError::Method { archive },
        Fault::TooMany => ArchiveError::TooMany { archive, most: limits::MOST_ENTRIES },
    }
}

/// What the crates say of bytes that make no sense.
fn is_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
}
