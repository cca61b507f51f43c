//! What a walk finds, compared with what is known.

use super::super::rows::{FileRow, GameRow, Looked};
use super::super::systems::Systems;
use super::super::walk::{FoundFile, MOST_FILES, Stamp, walk};
use super::super::watch::Watch;
use super::{CatalogNotice, Scan, Shelf};
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

impl Shelf {
    /// Looks which files there are. None: `go_on` said no, and another look goes on from there.
    pub fn begin(&mut self, go_on: &mut dyn FnMut() -> bool) -> Option<(Scan, Watch)> {
        let walked = walk(&self.config.folders, &self.systems, go_on)?;
        self.present = self.config.folders.iter().filter(|it| !walked.missing.contains(it)).cloned().collect();
        if walked.cut {
            self.tell(CatalogNotice::TooMany { most: MOST_FILES });
        }
        let watch = Watch::new(&walked.folders);
        let found: HashSet<&Path> = walked.files.iter().map(|file| file.path.as_path()).collect();
        let is_gone =
            |row: &FileRow| !found.contains(row.path.as_path()) && !walked.missing.contains(&row.root) && !walked.cut;
        let gone: Vec<PathBuf> = self.files.values().filter(|row| is_gone(row)).map(|row| row.path.clone()).collect();
        let mut moved: HashMap<Stamp, FileRow> = HashMap::new();
        for path in &gone {
            moved.extend(self.files.remove(path).map(|row| (row.stamp, row)));
        }
        let mut changed = Vec::new();
        for file in walked.files {
            let whole = file.is_archive && Systems::takes_archives(&file.path, &file.root);
            let is_archive = file.is_archive && !whole;
            let is_same = |row: &FileRow| row.stamp.is_as(&file.stamp) && row.is_archive == is_archive;
            match self.files.get_mut(&file.path) {
                Some(row) if row.stamp == file.stamp && row.root == file.root && row.is_archive == is_archive => {}
                // On a drive that was put in again, or in another of the library's folders; no other file was moved to its place.
                Some(row) if is_same(row) && !moved.contains_key(&file.stamp) => {
                    (row.stamp, row.root) = (file.stamp, file.root);
                    changed.push(file.path);
                }
                _ => {
                    let row = row_of(file, whole, &mut moved);
                    changed.push(row.path.clone());
                    self.files.insert(row.path.clone(), row);
                }
            }
        }
        if !gone.is_empty() {
            self.with_database(|it| it.remove(&gone));
        }
        self.put(&changed);
        self.follow_endings();
        self.read_dats(go_on)?;
        let waiting: VecDeque<PathBuf> =
            self.files.values().filter(|row| row.looked == Looked::NotYet).map(|row| row.path.clone()).collect();
        Some((Scan { done: 0, of: waiting.len(), waiting }, watch))
    }

    /// What could not be looked into is tried again at the next look.
    pub fn retry_failed(&mut self) {
        for row in self.files.values_mut().filter(|row| row.looked == Looked::Failed) {
            row.looked = Looked::NotYet;
        }
    }

    /// With other cores, other files in archives are games.
    fn follow_endings(&mut self) {
        let endings = self.systems.endings().join("|");
        if self.endings.as_ref() == Some(&endings) {
            return;
        }
        let mut again = Vec::new();
        for row in self.files.values_mut().filter(|row| row.is_archive && row.looked != Looked::NotYet) {
            row.looked = Looked::NotYet;
            again.push(row.path.clone());
        }
        self.put(&again);
        self.with_database(|it| it.put_endings(&endings));
        self.endings = Some(endings);
    }
}

/// What is known of a file that is new here: what is known of it elsewhere, if it was moved.
fn row_of(file: FoundFile, whole: bool, moved: &mut HashMap<Stamp, FileRow>) -> FileRow {
    let FoundFile { path, root, stamp, is_archive } = file;
    let is_archive = is_archive && !whole;
    let before = moved.remove(&stamp).filter(|row| row.is_archive == is_archive && row.looked == Looked::Done);
    let (looked, games) = match before {
        Some(row) => (row.looked, row.games),
        None if is_archive => (Looked::NotYet, Vec::new()),
        None => (Looked::NotYet, vec![GameRow::default()]),
    };
    FileRow { path, root, stamp, is_archive, looked, games }
}
