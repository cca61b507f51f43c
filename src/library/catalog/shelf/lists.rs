//! Lists of games: read in when they change, and asked about every game then.

use super::super::dat::{self, Dat};
use super::super::database::Database;
use super::super::walk::Stamp;
use super::{CatalogNotice, Shelf};
use std::fs;
use std::path::{Path, PathBuf};

/// Lists of games, in a folder and in those in it.
const MOST_DATS: usize = 512;

impl Shelf {
    /// Reads the lists of games anew, if one of them changed, and asks them about every game. None: `go_on` said no between two lists;
    /// those that are read in then are not read again.
    pub(super) fn read_dats(&mut self, go_on: &mut dyn FnMut() -> bool) -> Option<()> {
        let mut there = dats_in(&self.config.dats());
        there.truncate(MOST_DATS);
        let Some(known) = self.with_database(|it| it.dats()) else { return Some(()) };
        if known == there {
            return Some(());
        }
        let done = if there.starts_with(&known) { known.len() } else { 0 };
        if done == 0 && self.with_database(Database::forget_dats).is_none() {
            return Some(());
        }
        for (path, bytes, modified) in there.into_iter().skip(done) {
            if !go_on() {
                return None;
            }
            let dat = dat::read(&path).unwrap_or_else(|problem| {
                self.tell(CatalogNotice::Dat { problem });
                Dat::default()
            });
            if self.with_database(|it| it.add_dat(&path, bytes, modified, &dat)).is_none() {
                return Some(());
            }
        }
        self.ask_lists();
        Some(())
    }

    fn ask_lists(&mut self) {
        let mut changed = Vec::new();
        for path in self.files.keys().cloned().collect::<Vec<_>>() {
            let Some(row) = self.files.get(&path) else { continue };
            let mut games = row.games.clone();
            for game in &mut games {
                game.known = game.hashes.as_ref().map(|hashes| self.known(hashes)).unwrap_or_default();
            }
            if let Some(row) = self.files.get_mut(&path).filter(|row| row.games != games) {
                row.games = games;
                changed.push(path);
            }
        }
        self.put(&changed);
    }
}

/// In a folder, and in the folders in it.
fn dats_in(folder: &Path) -> Vec<(PathBuf, u64, i64)> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()).take(10_000);
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in entries(folder) {
        if path.is_dir() { paths.extend(entries(&path)) } else { paths.push(path) }
    }
    let is_dat = |path: &PathBuf| matches!(crate::library::extension(path).as_deref(), Some("dat" | "xml"));
    let stamp = |path: PathBuf| {
        let stamp = fs::metadata(&path).ok().filter(fs::Metadata::is_file).map(|meta| Stamp::of(&meta))?;
        Some((path, stamp.bytes, stamp.modified))
    };
    let mut dats: Vec<_> = paths.into_iter().filter(is_dat).filter_map(stamp).collect();
    dats.sort();
    dats
}
