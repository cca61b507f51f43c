//! The list and the downloads of a window: on a thread of their own, seen through what is shown.

use super::error::DownloadError;
use super::{Downloads, Folders, Offer, OfferState, Progress, Step};
use crate::sync::{SpawnError, spawn};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Cores that may wait for their turn.
const MOST_WAITING: usize = 64;

/// What a window shows of the list and of what is on its way.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    pub listing: Listing,
    /// The one that is fetched now.
    pub now: Option<Downloading>,
    /// Names of those that come after it.
    pub waiting: VecDeque<String>,
    /// What became of each that was asked for and did not come, the newest last.
    pub failed: Vec<(String, DownloadError)>,
    /// Counts up with each core that was put in place.
    pub installed: u64,
}

/// How it is with the list.
#[derive(Debug, Clone, Default)]
pub enum Listing {
    #[default]
    Unasked,
    Asked,
    /// Shared: a window looks with each painting.
    Here(Arc<Vec<Offer>>),
    Failed(DownloadError),
}

/// A core on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloading {
    pub id: String,
    /// None while it is unpacked and tried.
    pub progress: Option<Progress>,
}

struct Shared {
    state: Mutex<State>,
    asked: Condvar,
    cancelled: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct State {
    shown: Shown,
    /// The server whose list is wanted.
    list: Option<String>,
    /// Whose cores are.
    server: String,
    end: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches cores for a window. Dropped, what is on its way is given up; it goes on when it is asked for again.
pub struct Downloader {
    shared: Arc<Shared>,
}

impl Downloader {
    /// `wake` is called when there is something new to show.
    pub fn start(folders: Folders, wake: impl Fn() + Send + Sync + 'static) -> Result<Downloader, SpawnError> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            asked: Condvar::new(),
            cancelled: AtomicBool::new(false),
            wake: Box::new(wake),
        });
        let worker = Worker { shared: shared.clone(), folders };
        spawn("downloads", move || worker.run())?;
        Ok(Downloader { shared })
    }

    /// What there is to show.
    pub fn shown(&self) -> Shown {
        self.shared.state().shown.clone()
    }

    /// Asks `server` for its list.
    pub fn list(&self, server: &str) {
        let mut state = self.shared.state();
        state.list = Some(server.to_owned());
        server.clone_into(&mut state.server);
        state.shown.listing = Listing::Asked;
        self.shared.asked.notify_one();
    }

    /// Asks for a core of the list.
    pub fn install(&self, id: &str) {
        let mut state = self.shared.state();
        let is_asked = state.shown.now.as_ref().is_some_and(|now| now.id == id);
        if is_asked || state.shown.waiting.iter().any(|it| it == id) || state.shown.waiting.len() >= MOST_WAITING {
            return;
        }
        state.shown.failed.retain(|(failed, _)| failed != id);
        state.shown.waiting.push_back(id.to_owned());
        self.shared.asked.notify_one();
    }

    /// Gives up a core that waits or is on its way.
    pub fn cancel(&self, id: &str) {
        let mut state = self.shared.state();
        state.shown.waiting.retain(|it| it != id);
        if state.shown.now.as_ref().is_some_and(|now| now.id == id) {
            self.shared.cancelled.store(true, Ordering::Release);
        }
    }
}

impl Drop for Downloader {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.end = true;
        state.shown.waiting.clear();
        self.shared.cancelled.store(true, Ordering::Release);
        self.shared.asked.notify_one();
    }
}

enum Task {
    List(String),
    Install { server: String, id: String },
}

struct Worker {
    shared: Arc<Shared>,
    folders: Folders,
}

impl Worker {
    fn run(&self) {
        while let Some(task) = self.next() {
            match task {
                Task::List(server) => self.list(&server),
                Task::Install { server, id } => self.install(&server, id),
            }
            (self.shared.wake)();
        }
    }

    /// Waits for something to do; none at the end.
    fn next(&self) -> Option<Task> {
        let mut state = self.shared.state();
        loop {
            if state.end {
                return None;
            }
            if let Some(server) = state.list.take() {
                return Some(Task::List(server));
            }
            if let Some(id) = state.shown.waiting.pop_front() {
                // Under the lock, so that a word to give it up is about this one.
                self.shared.cancelled.store(false, Ordering::Release);
                state.shown.now = Some(Downloading { id: id.clone(), progress: Some(Progress { bytes: 0, of: None }) });
                return Some(Task::Install { server: state.server.clone(), id });
            }
            state = self.shared.asked.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn list(&self, server: &str) {
        let result = Downloads::new(server, self.folders.clone()).and_then(|downloads| downloads.list());
        let mut state = self.shared.state();
        // Another may have been asked meanwhile.
        if state.list.is_none() {
            state.shown.listing = result.map_or_else(Listing::Failed, |offers| Listing::Here(Arc::new(offers)));
        }
    }

    fn install(&self, server: &str, id: String) {
        let step = |step| {
            let progress = match step {
                Step::Fetching(progress) => Some(progress),
                Step::Trying => None,
            };
            self.shared.state().shown.now = Some(Downloading { id: id.clone(), progress });
            (self.shared.wake)();
        };
        let is_cancelled = || self.shared.cancelled.load(Ordering::Acquire);
        let result = Downloads::new(server, self.folders.clone())
            .and_then(|downloads| downloads.install(&id, &step, &is_cancelled));
        let mut state = self.shared.state();
        state.shown.now = None;
        match result {
            Ok(_) => {
                state.shown.installed += 1;
                if let Listing::Here(offers) = &mut state.shown.listing
                    && let Some(offer) = Arc::make_mut(offers).iter_mut().find(|offer| offer.id == id)
                {
                    offer.state = OfferState::Installed;
                }
            }
            Err(DownloadError::Cancelled) => {}
            Err(error) => state.shown.failed.push((id, error)),
        }
    }
}
