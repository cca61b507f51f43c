//! The library of games: the folders that a person added, looked through in the background, and what is known of each game.
//!
//! [`walk`] finds files, [`shelf`] finds out which games they are and keeps that in the [`database`], [`entries`] makes of it what is
//! shown, [`find`] looks for some of it, and [`worker`] does all of that on a thread of its own. The window reads what was shown last
//! and never waits.

mod archives;
pub mod dat;
mod database;
mod entries;
mod find;
mod name;
mod records;
mod rows;
mod shelf;
mod systems;
mod walk;
mod watch;
mod worker;

pub use dat::DatError;
pub use database::DatabaseError;
pub use entries::GameEntry;
pub use find::{Query, Sort, find, systems};
pub use name::{GameName, parse as parse_name};
pub use records::PlayRecord;
pub use shelf::{CatalogNotice, Shelf};
pub use systems::short_name;
pub use worker::{Catalog, CatalogCommand, CatalogShown, ScanProgress};

use super::CoreEntry;
use std::path::PathBuf;

/// What the library is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogConfig {
    /// Where the database lies.
    pub data_dir: PathBuf,
    /// Those that the person added.
    pub folders: Vec<PathBuf>,
    /// Where lists of games lie; none for `dats` in the folder for data.
    pub dat_folder: Option<PathBuf>,
    /// By which it is known what a game is.
    pub cores: Vec<CoreEntry>,
    /// This program, which looks into archives.
    pub program: PathBuf,
}

impl CatalogConfig {
    /// With this executable for archives.
    pub fn new(data_dir: PathBuf) -> CatalogConfig {
        CatalogConfig { data_dir, program: crate::platform::own_program().into(), ..CatalogConfig::default() }
    }

    fn dats(&self) -> PathBuf {
        self.dat_folder.clone().unwrap_or_else(|| self.data_dir.join("dats"))
    }
}
