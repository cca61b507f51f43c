//! Lists of known games that people have: No-Intro's and Redump's (Logiqx XML), and libretro-database's (clrmamepro's text).
//!
//! They come from anywhere. A list that is too long, too deep or no list is refused as a whole, with one sentence.

mod clrmamepro;
mod logiqx;

use crate::messages;
use crate::text::IoCause;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest real ones (arcade) have some 60 MB.
pub const MOST_BYTES: u64 = 128 << 20;
/// The most games of one list, and files of all of its games.
const MOST_ROMS: usize = 400_000;
/// A longer name or system is cut, in bytes.
const LONGEST_NAME: usize = 512;
/// Elements or brackets in each other; real lists have four.
const DEEPEST: usize = 16;

messages! {
    /// Why a list of games is not used. `file` is its name without the folders.
    pub enum DatError in dat {
        unreadable => Unreadable { file: String, cause: IoCause },
        too_large => TooLarge { file: String, megabytes: u64 },
        too_many => TooMany { file: String, most: usize },
        too_deep => TooDeep { file: String },
        /// Entities of its own, with which a short text becomes an endless one.
        entities => Entities { file: String },
        damaged => Damaged { file: String, line: u64 },
        not_a_list => NotAList { file: String },
    }
}

/// The same, before it is known which file it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    TooMany,
    TooDeep,
    Entities,
    /// At this byte.
    Damaged(usize),
    NotAList,
}

/// One file of a game, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DatRom {
    /// The game's name, in No-Intro's way.
    pub game: String,
    pub size: Option<u64>,
    pub crc: Option<u32>,
    pub sha1: Option<[u8; 20]>,
    /// How many can play.
    pub players: Option<u8>,
}

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dat {
    /// The machine, as libretro's databases call it; empty if it says none.
    pub system: String,
    pub roms: Vec<DatRom>,
}

/// Reads a list from a file.
pub fn read(path: &Path) -> Result<Dat, DatError> {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unreadable = |error: std::io::Error| DatError::Unreadable { file: file.clone(), cause: error.into() };
    let mut bytes = Vec::new();
    File::open(path).and_then(|it| it.take(MOST_BYTES + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(DatError::TooLarge { file, megabytes: MOST_BYTES >> 20 });
    }
    parse(bytes, file)
}

/// Reads a list; `file` is what it is called.
pub fn parse(bytes: Vec<u8>, file: String) -> Result<Dat, DatError> {
    let text = decode(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let read = if text.trim_start().starts_with('<') { logiqx::parse(text) } else { clrmamepro::parse(text) };
    let mut dat = read.map_err(|fault| match fault {
        Fault::TooMany => DatError::TooMany { file: file.clone(), most: MOST_ROMS },
        Fault::TooDeep => DatError::TooDeep { file: file.clone() },
        Fault::Entities => DatError::Entities { file: file.clone() },
        Fault::Damaged(at) => DatError::Damaged { file: file.clone(), line: line_of(text, at) },
        Fault::NotAList => DatError::NotAList { file: file.clone() },
    })?;
    dat.system = bounded(plain_system(&dat.system));
    Ok(dat)
}

/// Lists are in UTF-8 but for old ones, whose names are in Latin-1.
fn decode(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}

fn line_of(text: &str, at: usize) -> u64 {
    let before = &text.as_bytes()[..at.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1
}

/// "Nintendo - Game Boy (Headered) (20260101-000000)" is a list of games for the "Nintendo - Game Boy".
fn plain_system(name: &str) -> &str {
    let name = name.find(" (").map_or(name, |at| &name[..at]);
    name.strip_suffix(" - Datfile").unwrap_or(name).trim()
}

/// A text of a list, of one line and bounded.
fn bounded(text: &str) -> String {
    let mut short = String::new();
    add_bounded(&mut short, text.trim());
    short
}

/// A piece of such a text.
fn add_bounded(text: &mut String, piece: &str) {
    for c in piece.chars().filter(|c| !c.is_control()) {
        if text.len() + c.len_utf8() > LONGEST_NAME {
            break;
        }
        text.push(c);
    }
}

fn crc(text: &str) -> Option<u32> {
    (text.len() <= 8).then(|| u32::from_str_radix(text.trim(), 16).ok())?
}

fn sha1(text: &str) -> Option<[u8; 20]> {
    let text = text.trim().as_bytes();
    if text.len() != 40 {
        return None;
    }
    let mut sum = [0; 20];
    for (byte, digits) in sum.iter_mut().zip(text.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(sum)
}

/// No machine has more controllers.
fn players(text: &str) -> Option<u8> {
    text.trim().parse().ok().filter(|count| (1..=64).contains(count))
}

/// Whether a rom tells enough to be found by.
fn is_findable(rom: &DatRom) -> bool {
    rom.sha1.is_some() || rom.crc.is_some()
}

#[cfg(test)]
mod tests;
