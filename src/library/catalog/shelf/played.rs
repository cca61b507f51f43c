//! What a person did with games: kept in the database, and in a copy beside it.

use super::super::entries::GameEntry;
use super::super::records::{self, PlayRecord, Records};
use super::{CatalogNotice, Shelf};
use std::path::PathBuf;

impl Shelf {
    /// The copy has what could not be written to the database, which another host may have written meanwhile.
    pub(super) fn join_copy(&mut self) {
        let (before, copy) = (self.records.clone(), self.copy());
        records::join(&mut self.records, records::read(&copy));
        if self.records != before {
            self.change_records(|_| {});
        }
    }

    fn copy(&self) -> PathBuf {
        self.config.data_dir.join(records::FILE)
    }

    /// Remembers something of a game. One that was not looked into yet is looked into for it. `change` may be called twice, with
    /// different records.
    pub fn remember(&mut self, entry: &GameEntry, change: impl Fn(&mut PlayRecord)) {
        let mut identity = entry.identity.clone();
        if identity.is_empty() && self.files.contains_key(&entry.path) {
            let path = [entry.path.clone()];
            self.look_into_files(&path);
            self.put(&path);
            let found = self.files.get(&entry.path).and_then(|row| row.games.first()?.hashes.clone());
            identity = found.map(|it| it.identity).unwrap_or_default();
        }
        let is_full = self.records.len() >= records::MOST_RECORDS && !self.records.contains_key(&identity);
        if identity.is_empty() || is_full {
            return;
        }
        self.change_records(|records| change(records.entry(identity.clone()).or_default()));
        let copy = self.copy();
        // Another host without a database may have written there alone.
        records::join(&mut self.records, records::read(&copy));
        if let Err(error) = records::write(&copy, &self.records) {
            self.tell(CatalogNotice::NotCopied { file: copy, cause: error.into() });
        }
    }

    /// In memory alone where the database does not work; the next change writes it there too.
    fn change_records(&mut self, change: impl Fn(&mut Records)) {
        let ours = self.records.clone();
        match self.with_database(|it| it.change_records(&ours, &change)) {
            Some(joined) => (self.records, self.is_failing) = (joined, false),
            None => change(&mut self.records),
        }
    }
}
