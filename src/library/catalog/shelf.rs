//! The library in memory, and in its database: what a walk finds is compared with what is known, and what is new is looked into, a few
//! files at a time.

use super::archives;
use super::dat::{self, Dat, DatError};
use super::database::{self, Database, DatabaseError};
use super::entries::{GameEntry, entries};
use super::records::{self, PlayRecord, Records};
use super::rows::{FileRow, GameRow, Known, Looked};
use super::systems::Systems;
use super::walk::{FoundFile, Stamp, walk};
use super::{CatalogConfig, watch::Watch};
use crate::content::Hashes;
use crate::messages;
use crate::text::IoCause;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// What is read in one step, in bytes: between two steps the thread listens.
const STEP_BYTES: u64 = 32 << 20;
const STEP_FILES: usize = 200;
/// Lists of games, in a folder and in those in it.
const MOST_DATS: usize = 512;

messages! {
    /// What a person should know of the library.
    pub enum CatalogNotice in catalog {
        /// What was in it is found out again.
        rebuilt => Rebuilt { kept: PathBuf, problem: DatabaseError },
        /// The library works without it until the end.
        no_database => NoDatabase { problem: DatabaseError },
        not_copied => NotCopied { file: PathBuf, cause: IoCause },
        dat => Dat { problem: DatError },
        too_many => TooMany { most: usize },
        thread => Thread { cause: String },
    }
}

/// The library. Used by one thread.
pub struct Shelf {
    config: CatalogConfig,
    systems: Systems,
    database: Option<Database>,
    files: BTreeMap<PathBuf, FileRow>,
    records: Records,
    /// Those of the library's folders that were there when they were looked through last.
    present: Vec<PathBuf>,
    notices: Vec<CatalogNotice>,
}

/// What is still to be looked into.
#[derive(Debug, Default)]
pub struct Scan {
    waiting: VecDeque<PathBuf>,
    pub done: usize,
    pub of: usize,
}

impl Shelf {
    /// Reads the database, or makes it. Never fails: without one nothing is remembered.
    pub fn open(config: CatalogConfig) -> Shelf {
        let mut shelf = Shelf {
            systems: Systems::new(&config.cores),
            present: config.folders.clone(),
            config,
            database: None,
            files: BTreeMap::new(),
            records: Records::new(),
            notices: Vec::new(),
        };
        match shelf.read() {
            Ok(()) => {}
            Err(problem) => shelf.rebuild(problem),
        }
        shelf
    }

    fn read(&mut self) -> Result<(), DatabaseError> {
        let _ = fs::create_dir_all(&self.config.data_dir);
        let database = Database::open(&self.config.data_dir.join(database::FILE))?;
        self.files = database.files()?.into_iter().map(|row| (row.path.clone(), row)).collect();
        self.records = database.records()?;
        self.database = Some(database);
        self.restore_records()
    }

    /// What the copy has and the database has not.
    fn restore_records(&mut self) -> Result<(), DatabaseError> {
        if self.records.is_empty() {
            let copy = records::read(&self.copy());
            records::join(&mut self.records, copy);
            if let Some(database) = &mut self.database {
                database.put_records(&self.records)?;
            }
        }
        Ok(())
    }

    fn copy(&self) -> PathBuf {
        self.config.data_dir.join(records::FILE)
    }

    /// Puts the file aside and begins with an empty one, if that is what helps.
    fn rebuild(&mut self, problem: DatabaseError) {
        self.database = None;
        if !problem.is_beyond_repair() {
            return self.tell(CatalogNotice::NoDatabase { problem });
        }
        let Ok(kept) = database::put_aside(&self.config.data_dir.join(database::FILE)) else {
            return self.tell(CatalogNotice::NoDatabase { problem });
        };
        // What is in memory is as good as it was; what the person did counts more than what can be found out again.
        let (files, records) = (std::mem::take(&mut self.files), std::mem::take(&mut self.records));
        match self.read() {
            Ok(()) => {
                self.files = files;
                records::join(&mut self.records, records);
                self.tell(CatalogNotice::Rebuilt { kept, problem });
                let written = self
                    .database
                    .as_mut()
                    .map(|it| it.put(self.files.values()).and_then(|()| it.put_records(&self.records)));
                if let Some(Err(problem)) = written {
                    self.tell(CatalogNotice::NoDatabase { problem });
                }
            }
            Err(problem) => self.tell(CatalogNotice::NoDatabase { problem }),
        }
    }

    /// Reads the whole database once, which takes a while.
    pub fn check(&mut self) {
        if let Some(Err(problem)) = self.database.as_ref().map(Database::check) {
            self.rebuild(problem);
        }
    }

    fn tell(&mut self, notice: CatalogNotice) {
        if self.notices.len() < 100 && !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// What happened since this was asked for last.
    pub fn take_notices(&mut self) -> Vec<CatalogNotice> {
        std::mem::take(&mut self.notices)
    }

    /// Does something with the database, if there is one that works.
    fn with_database<T>(&mut self, act: impl FnOnce(&mut Database) -> Result<T, DatabaseError>) -> Option<T> {
        match act(self.database.as_mut()?) {
            Ok(done) => Some(done),
            Err(problem) => {
                self.rebuild(problem);
                None
            }
        }
    }

    pub fn config(&self) -> &CatalogConfig {
        &self.config
    }

    /// Other folders, lists or cores.
    pub fn set_config(&mut self, config: CatalogConfig) {
        self.systems = Systems::new(&config.cores);
        self.present.clone_from(&config.folders);
        self.config = config;
    }

    pub fn entries(&self) -> Vec<GameEntry> {
        entries(&self.files, &self.present, &self.systems, &self.records)
    }

    /// Looks which files there are. None: `go_on` said no, and nothing changed.
    pub fn begin(&mut self, go_on: &mut dyn FnMut() -> bool) -> Option<(Scan, Watch)> {
        let walked = walk(&self.config.folders, &self.systems, go_on)?;
        self.present = self.config.folders.iter().filter(|it| !walked.missing.contains(it)).cloned().collect();
        if walked.cut {
            self.tell(CatalogNotice::TooMany { most: super::walk::MOST_FILES });
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
            let known = self.files.get(&file.path);
            let whole = file.is_archive && Systems::takes_archives(&file.path, &file.root);
            let is_archive = file.is_archive && !whole;
            let is_same =
                |row: &FileRow| row.stamp == file.stamp && row.root == file.root && row.is_archive == is_archive;
            if known.is_some_and(is_same) {
                continue;
            }
            let row = row_of(file, whole, &mut moved);
            changed.push(row.path.clone());
            self.files.insert(row.path.clone(), row);
        }
        self.with_database(|it| it.remove(&gone));
        self.put(&changed);
        let waiting: VecDeque<PathBuf> =
            self.files.values().filter(|row| row.looked == Looked::NotYet).map(|row| row.path.clone()).collect();
        self.read_dats();
        Some((Scan { done: 0, of: waiting.len(), waiting }, watch))
    }

    fn put(&mut self, paths: &[PathBuf]) {
        let Some(database) = &mut self.database else { return };
        if let Err(problem) = database.put(paths.iter().filter_map(|path| self.files.get(path))) {
            self.rebuild(problem);
        }
    }

    /// Looks into some files. False: there are no more.
    pub fn step(&mut self, scan: &mut Scan) -> bool {
        let Some(first) = scan.waiting.front().and_then(|path| self.files.get(path)) else {
            // One that is gone meanwhile.
            scan.done += usize::from(scan.waiting.pop_front().is_some());
            return !scan.waiting.is_empty();
        };
        let is_archive = first.is_archive;
        let most = if is_archive { archives::AT_ONCE } else { STEP_FILES };
        let (mut paths, mut bytes) = (Vec::new(), 0);
        while let Some(row) = scan.waiting.front().and_then(|path| self.files.get(path)) {
            if row.is_archive != is_archive || paths.len() >= most || (bytes >= STEP_BYTES && !is_archive) {
                break;
            }
            bytes += row.stamp.bytes.min(crate::content::MOST_WHOLE_BYTES);
            paths.extend(scan.waiting.pop_front());
        }
        if is_archive {
            self.look_into_archives(&paths)
        } else {
            self.look_into_files(&paths)
        }
        self.put(&paths);
        scan.done += paths.len();
        !scan.waiting.is_empty()
    }

    fn look_into_files(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let hashes = Hashes::of_file(path).ok();
            let known = hashes.as_ref().map(|hashes| self.known(hashes)).unwrap_or_default();
            let Some(row) = self.files.get_mut(path) else { continue };
            row.looked = if hashes.is_some() { Looked::Done } else { Looked::Failed };
            row.games = vec![GameRow { inner: None, hashes, known }];
        }
    }

    fn look_into_archives(&mut self, paths: &[PathBuf]) {
        let answers = archives::look(&self.config.program, paths, &self.systems.endings());
        for (path, answer) in paths.iter().zip(answers) {
            let looked = if answer.is_some() { Looked::Done } else { Looked::Failed };
            let games = answer.unwrap_or_default().into_iter().map(|game| {
                let known = self.known(&game.hashes);
                GameRow { inner: Some(game.name), hashes: Some(game.hashes), known }
            });
            let games = games.collect();
            if let Some(row) = self.files.get_mut(path) {
                (row.looked, row.games) = (looked, games);
            }
        }
    }

    fn known(&mut self, hashes: &Hashes) -> Known {
        self.with_database(|it| it.known(hashes)).unwrap_or_default()
    }

    /// Reads the lists of games anew, if one of them changed, and asks them about every game.
    fn read_dats(&mut self) {
        let mut there = dats_in(&self.config.dats());
        there.truncate(MOST_DATS);
        let Some(known) = self.with_database(|it| it.dats()) else { return };
        if known == there {
            return;
        }
        self.with_database(Database::forget_dats);
        for (path, bytes, modified) in there {
            let dat = dat::read(&path).unwrap_or_else(|problem| {
                self.tell(CatalogNotice::Dat { problem });
                Dat::default()
            });
            self.with_database(|it| it.add_dat(&path, bytes, modified, &dat));
        }
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

    /// Remembers something of a game. One that was not looked into yet is looked into for it.
    pub fn remember(&mut self, entry: &GameEntry, change: impl FnOnce(&mut PlayRecord)) {
        let mut identity = entry.identity.clone();
        if identity.is_empty() && self.files.contains_key(&entry.path) {
            let path = [entry.path.clone()];
            self.look_into_files(&path);
            self.put(&path);
            let found = self.files.get(&entry.path).and_then(|row| row.games.first()?.hashes.clone());
            identity = found.map(|it| it.identity).unwrap_or_default();
        }
        if identity.is_empty() {
            return;
        }
        change(self.records.entry(identity.clone()).or_default());
        if self.records.len() > records::MOST_RECORDS {
            return;
        }
        let record = self.records.get(&identity).copied().unwrap_or_default();
        self.with_database(|it| it.put_records([(&identity, &record)]));
        let copy = self.copy();
        if let Err(error) = records::write(&copy, &self.records) {
            self.tell(CatalogNotice::NotCopied { file: copy, cause: error.into() });
        }
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

/// In a folder, and in the folders in it.
fn dats_in(folder: &Path) -> Vec<(PathBuf, u64, i64)> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()).take(10_000);
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in entries(folder) {
        if path.is_dir() { paths.extend(entries(&path)) } else { paths.push(path) }
    }
    let is_dat = |path: &PathBuf| matches!(super::super::extension(path).as_deref(), Some("dat" | "xml"));
    let stamp = |path: PathBuf| {
        let stamp = fs::metadata(&path).ok().filter(fs::Metadata::is_file).map(|meta| Stamp::of(&meta))?;
        Some((path, stamp.bytes, stamp.modified))
    };
    let mut dats: Vec<_> = paths.into_iter().filter(is_dat).filter_map(stamp).collect();
    dats.sort();
    dats
}

#[cfg(test)]
mod tests;
