//! What the library keeps of files: what was found, and what was found out.

use super::walk::Stamp;
use crate::content::Hashes;
use crate::content::Location;
use std::path::PathBuf;

/// How far a file was looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Looked {
    #[default]
    NotYet,
    Done,
    /// It could not be read, or did harm. It is tried again when it changes, or when a person asks for another look.
    Failed,
}

impl Looked {
    /// As the database has it.
    pub fn number(self) -> i64 {
        match self {
            Looked::NotYet => 0,
            Looked::Done => 1,
            Looked::Failed => 2,
        }
    }

    pub fn from_number(number: i64) -> Looked {
        match number {
            1 => Looked::Done,
            2 => Looked::Failed,
            _ => Looked::NotYet,
        }
    }
}

/// One file on disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileRow {
    pub path: PathBuf,
    /// Which of the library's folders it lies in.
    pub root: PathBuf,
    pub stamp: Stamp,
    pub is_archive: bool,
    pub looked: Looked,
    /// One for a plain file, any number for an archive.
    pub games: Vec<GameRow>,
}

impl FileRow {
    /// Where a game of it lies.
    pub fn place(&self, game: &GameRow) -> PathBuf {
        Location { file: self.path.clone(), inner: game.inner.clone() }.to_path()
    }
}

/// One game of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GameRow {
    /// Its name in the archive; none: it is the file itself.
    pub inner: Option<String>,
    pub hashes: Option<Hashes>,
    /// What a list of games says of it.
    pub known: Known,
}

/// What lists of games say of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// In No-Intro's way; none: no list has it.
    pub name: Option<String>,
    pub system: Option<String>,
    pub players: Option<u8>,
}
