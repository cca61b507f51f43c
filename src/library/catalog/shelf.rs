//! The library in memory, and in its database: what a walk finds is compared with what is known, and what is new is looked into, a few
//! files at a time.

mod lists;
mod look;
mod played;

use super::CatalogConfig;
use super::archives::{self, Answered};
use super::dat::DatError;
use super::database::{self, Database, DatabaseError};
use super::entries::{GameEntry, entries};
use super::records::{self, Records};
use super::rows::{FileRow, GameRow, Known, Looked};
use super::systems::Systems;
use crate::content::Hashes;
use crate::messages;
use crate::text::IoCause;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::PathBuf;

/// What is read in one step, in bytes: between two steps the thread listens.
const STEP_BYTES: u64 = 32 << 20;
const STEP_FILES: usize = 200;

messages! {
    /// What a person should know of the library.
    pub enum CatalogNotice in catalog {
        /// What was in it is found out again.
        rebuilt => Rebuilt { kept: PathBuf, problem: DatabaseError },
        /// It cannot be opened, or not be written now.
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
    /// By which the games in archives were told from other files; none: not known.
    endings: Option<String>,
    /// Nothing could be written to the database since this was told.
    is_failing: bool,
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
            endings: None,
            is_failing: false,
        };
        if let Err(problem) = shelf.read() {
            shelf.rebuild(problem);
        }
        shelf.join_copy();
        shelf
    }

    fn read(&mut self) -> Result<(), DatabaseError> {
        let _ = fs::create_dir_all(&self.config.data_dir);
        let database = Database::open(&self.config.data_dir.join(database::FILE))?;
        self.files = database.files()?.into_iter().map(|row| (row.path.clone(), row)).collect();
        self.records = database.records()?;
        self.endings = database.endings()?;
        self.database = Some(database);
        Ok(())
    }

    /// Puts the file aside and begins with an empty one, if that is what helps. A disk that is full and a file that another host holds are
    /// tried again.
    fn rebuild(&mut self, problem: DatabaseError) {
        if !problem.is_beyond_repair() {
            return self.tell_failing(problem);
        }
        self.database = None;
        let Ok(kept) = database::put_aside(&self.config.data_dir.join(database::FILE)) else {
            return self.tell_failing(problem);
        };
        // What is in memory is as good as it was; what the person did counts more than what can be found out again.
        let (files, records) = (std::mem::take(&mut self.files), std::mem::take(&mut self.records));
        let endings = self.endings.take();
        let read = self.read();
        (self.files, self.endings) = (files, endings);
        records::join(&mut self.records, records);
        match read.and_then(|()| self.write_all()) {
            Ok(()) => self.tell(CatalogNotice::Rebuilt { kept, problem }),
            Err(problem) => self.tell_failing(problem),
        }
    }

    /// Into a new database.
    fn write_all(&mut self) -> Result<(), DatabaseError> {
        let Some(database) = &mut self.database else { return Ok(()) };
        database.put(self.files.values())?;
        self.records = database.change_records(&self.records, |_| {})?;
        self.endings.as_ref().map_or(Ok(()), |endings| database.put_endings(endings))
    }

    /// Once, until it works again.
    fn tell_failing(&mut self, problem: DatabaseError) {
        if !std::mem::replace(&mut self.is_failing, true) {
            self.tell(CatalogNotice::NoDatabase { problem });
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

    fn put(&mut self, paths: &[PathBuf]) {
        let Some(database) = self.database.as_mut().filter(|_| !paths.is_empty()) else { return };
        match database.put(paths.iter().filter_map(|path| self.files.get(path))) {
            Ok(()) => self.is_failing = false,
            Err(problem) => self.rebuild(problem),
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
            // A drive that is gone: that says nothing of the file.
            if hashes.is_none() && fs::File::open(path).is_err() {
                continue;
            }
            let known = hashes.as_ref().map(|hashes| self.known(hashes)).unwrap_or_default();
            let Some(row) = self.files.get_mut(path) else { continue };
            row.looked = if hashes.is_some() { Looked::Done } else { Looked::Failed };
            row.games = vec![GameRow { inner: None, hashes, known }];
        }
    }

    fn look_into_archives(&mut self, paths: &[PathBuf]) {
        let answers = archives::look(&self.config.program, paths, &self.systems.endings());
        for (path, answer) in paths.iter().zip(answers) {
            let (looked, games) = match answer {
                Answered::Games(games) => (Looked::Done, games),
                Answered::Refused => (Looked::Failed, Vec::new()),
                Answered::NotNow => continue,
            };
            let games = games.into_iter().map(|game| {
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
}

#[cfg(test)]
mod tests;
