//! The thread that looks after the library. It is asked through a channel, answers by what it shows, and waits for nobody.

use super::CatalogConfig;
use super::entries::GameEntry;
use super::find::systems;
use super::shelf::{CatalogNotice, Scan, Shelf};
use super::watch::Watch;
use crate::sync::{Event, spawn};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Commands that wait; another one is dropped then, which takes a person who clicks faster than a disk turns.
const MOST_WAITING: usize = 256;
/// While a scan goes on, what it found is shown so often: making the list takes longer than looking at a file.
const SHOW_INTERVAL: Duration = Duration::from_secs(2);
/// Files come in groups: so long nothing changes before the folders are looked through again.
const QUIET: Duration = Duration::from_secs(2);
/// Below the game and the window.
const NICE: i32 = 10;

/// What the library is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum CatalogCommand {
    /// Other folders, lists or cores.
    Configure(Box<CatalogConfig>),
    /// Look through the folders now.
    Rescan,
    /// Stop looking. What was found stays.
    Cancel,
    /// Of the game at this place.
    Favourite { path: PathBuf, on: bool },
    /// This game starts.
    Started(PathBuf),
    /// It was played so much longer.
    Played { path: PathBuf, seconds: u64 },
}

/// How far a scan is, in files. While it is not known how many there are, `of` is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanProgress {
    pub done: usize,
    pub of: usize,
}

/// What is shown; cheap to copy.
#[derive(Debug, Clone, Default)]
pub struct CatalogShown {
    /// By title.
    pub entries: Arc<Vec<GameEntry>>,
    /// The machines that they are for.
    pub systems: Arc<Vec<String>>,
    /// None: nothing is looked for.
    pub scan: Option<ScanProgress>,
    /// The database was read: what is not here is not known.
    pub is_read: bool,
    /// Numbered from 1, the newest last.
    pub notices: Arc<Vec<(u64, CatalogNotice)>>,
}

/// The library. Dropping it ends the thread, at the latest when the file in its hand is done.
pub struct Catalog {
    /// None only while it is dropped: the closed channel ends the thread.
    commands: Option<SyncSender<CatalogCommand>>,
    shared: Arc<Shared>,
    /// Closed when the thread has ended.
    ended: Receiver<()>,
}

struct Shared {
    shown: Mutex<CatalogShown>,
    event: Event,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Catalog {
    /// Starts the thread, which reads the database and looks through the folders. `wake` is called when something else is shown.
    pub fn start(config: CatalogConfig, wake: impl Fn() + Send + Sync + 'static) -> Result<Catalog, CatalogNotice> {
        let event = Event::new().map_err(|error| CatalogNotice::Thread { cause: error.to_string() })?;
        let shared = Arc::new(Shared { shown: Mutex::default(), event, wake: Box::new(wake) });
        let (commands, receiver) = sync_channel(MOST_WAITING);
        let theirs = Arc::clone(&shared);
        let (at_work, ended) = sync_channel(0);
        let started = spawn("library", move || {
            run(config, receiver, theirs);
            drop(at_work);
        });
        started.map_err(|error| CatalogNotice::Thread { cause: error.to_string() })?;
        Ok(Catalog { commands: Some(commands), shared, ended })
    }

    /// False: too many others wait, and it is dropped.
    pub fn send(&self, command: CatalogCommand) -> bool {
        let sent = self.commands.as_ref().is_some_and(|commands| commands.try_send(command).is_ok());
        self.shared.event.signal();
        sent
    }

    /// Ends the thread when everything that it was asked for is written; no longer than `patience` is waited for it.
    pub fn finish(mut self, patience: Duration) {
        self.commands = None;
        self.shared.event.signal();
        let _ = self.ended.recv_timeout(patience);
    }

    pub fn shown(&self) -> CatalogShown {
        self.shared.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Catalog {
    fn drop(&mut self) {
        self.commands = None;
        self.shared.event.signal();
    }
}

struct Worker {
    shelf: Shelf,
    commands: Receiver<CatalogCommand>,
    shared: Arc<Shared>,
    scan: Option<Scan>,
    watch: Option<Watch>,
    /// Look through the folders when this time has come.
    look_at: Option<Instant>,
    shown_at: Instant,
    notices: Vec<(u64, CatalogNotice)>,
    ended: bool,
}

fn run(config: CatalogConfig, commands: Receiver<CatalogCommand>, shared: Arc<Shared>) {
    // For this thread, and the processes that it starts.
    let _ = rustix::process::nice(NICE);
    let mut worker = Worker::new(Shelf::open(config), commands, shared);
    worker.show(true);
    worker.shelf.check();
    while !worker.ended {
        worker.round();
    }
}

impl Worker {
    fn new(shelf: Shelf, commands: Receiver<CatalogCommand>, shared: Arc<Shared>) -> Worker {
        let now = Instant::now();
        Worker {
            shelf,
            commands,
            shared,
            scan: None,
            watch: None,
            look_at: Some(now),
            shown_at: now,
            notices: Vec::new(),
            ended: false,
        }
    }

    fn round(&mut self) {
        self.obey();
        if self.ended {
            return;
        }
        if let Some(scan) = &mut self.scan {
            if !self.shelf.step(scan) {
                self.scan = None;
                self.show(true);
            } else if self.shown_at.elapsed() >= SHOW_INTERVAL {
                self.show(true);
            } else {
                self.show(false);
            }
            return;
        }
        match self.look_at {
            Some(at) if at <= Instant::now() => self.begin(),
            _ => self.wait(),
        }
    }

    fn begin(&mut self) {
        self.look_at = None;
        self.scan = Some(Scan::default());
        self.show(false);
        let (commands, mut heard) = (&self.commands, Vec::new());
        let begun = self.shelf.begin(&mut || match commands.try_recv() {
            // Whatever was said is seen to first.
            Ok(command) => {
                heard.push(command);
                false
            }
            Err(TryRecvError::Empty) => heard.is_empty(),
            Err(TryRecvError::Disconnected) => false,
        });
        match begun {
            Some((scan, watch)) => {
                self.watch = Some(watch);
                self.scan = Some(scan);
            }
            None => {
                self.scan = None;
                self.look_at = Some(Instant::now());
            }
        }
        for command in heard {
            self.carry_out(command);
        }
        self.show(true);
    }

    /// Until something is asked for or changed.
    fn wait(&mut self) {
        let left = self.look_at.map(|at| at.saturating_duration_since(Instant::now()));
        let left = left.map(|it| Timespec { tv_sec: it.as_secs().cast_signed(), tv_nsec: it.subsec_nanos().into() });
        let mut waits = vec![PollFd::from_borrowed_fd(self.shared.event.fd(), PollFlags::IN)];
        waits.extend(self.watch.as_ref().and_then(Watch::fd).map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
        let _ = poll(&mut waits, left.as_ref());
        let changed = waits.get(1).is_some_and(|it| it.revents().contains(PollFlags::IN));
        self.shared.event.take();
        if changed && self.watch.iter().any(Watch::take) {
            self.look_at = Some(Instant::now() + QUIET);
        }
    }

    fn obey(&mut self) {
        loop {
            match self.commands.try_recv() {
                Ok(command) => self.carry_out(command),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.ended = true;
                    self.scan = None;
                    self.look_at = None;
                    return;
                }
            }
        }
    }

    fn carry_out(&mut self, command: CatalogCommand) {
        match command {
            // What is shown stays as it is.
            CatalogCommand::Configure(config) if *config == *self.shelf.config() => return,
            CatalogCommand::Configure(config) => {
                self.shelf.set_config(*config);
                self.scan = None;
                self.look_at = Some(Instant::now());
            }
            CatalogCommand::Rescan => {
                self.shelf.retry_failed();
                self.look_at = Some(Instant::now());
            }
            CatalogCommand::Cancel => {
                self.scan = None;
                self.look_at = None;
            }
            CatalogCommand::Favourite { path, on } => self.remember(&path, |record| record.set_favourite(on, now())),
            CatalogCommand::Started(path) => self.remember(&path, |record| record.last_played = now()),
            CatalogCommand::Played { path, seconds } => self.remember(&path, |record| {
                record.played = record.played.saturating_add(seconds);
                record.last_played = now();
            }),
        }
        self.show(true);
    }

    fn remember(&mut self, path: &Path, change: impl Fn(&mut super::PlayRecord)) {
        let shown = Arc::clone(&self.shared.shown.lock().unwrap_or_else(PoisonError::into_inner).entries);
        if let Some(entry) = entry_of(&shown, path) {
            self.shelf.remember(entry, change);
        }
    }

    /// Shows how far it is, and with `all` what there is.
    fn show(&mut self, all: bool) {
        let told = self.shelf.take_notices();
        let last = self.notices.last().map_or(0, |(number, _)| *number);
        self.notices.extend((last + 1..).zip(told.iter().cloned()));
        let entries = all.then(|| self.shelf.entries());
        if entries.is_some() {
            self.shown_at = Instant::now();
        }
        // The same list stays the same list, so that nobody looks through it again. The window waits for the lock with each painting,
        // so what takes long is done without it; nobody else changes the list. What was shown is dropped last.
        let before = Arc::clone(&self.shared.shown.lock().unwrap_or_else(PoisonError::into_inner).entries);
        let entries = entries.filter(|entries| *before != *entries);
        let entries = entries.map(|entries| (Arc::new(systems(&entries)), Arc::new(entries)));
        let mut shown = self.shared.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.is_read = true;
        shown.scan = self.scan.as_ref().map(|scan| ScanProgress { done: scan.done, of: scan.of });
        if !told.is_empty() {
            shown.notices = Arc::new(self.notices.clone());
        }
        if let Some((systems, entries)) = entries {
            (shown.systems, shown.entries) = (systems, entries);
        }
        drop(shown);
        (self.shared.wake)();
    }
}

/// The game that is played from this place: it, a disc of it, or the only one in an archive that a core was given as a whole.
fn entry_of<'a>(entries: &'a [GameEntry], path: &Path) -> Option<&'a GameEntry> {
    let is_it = |entry: &&GameEntry| entry.path == path || entry.discs.iter().any(|disc| disc == path);
    let is_inside = |entry: &&GameEntry| {
        let rest = entry.path.as_os_str().as_encoded_bytes().strip_prefix(path.as_os_str().as_encoded_bytes());
        rest.is_some_and(|rest| rest.starts_with(b"#"))
    };
    let only = || {
        let mut inside = entries.iter().filter(is_inside);
        inside.next().filter(|_| inside.next().is_none())
    };
    entries.iter().find(is_it).or_else(only)
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

#[cfg(test)]
mod tests;
