//! The thread that asks once a day while the program runs.

use super::document::Release;
use super::memory::{Memory, Place};
use super::{ask, current};
use crate::sync::spawn;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often it looks whether a day has passed: a system that sleeps does not count its time.
const LOOK: Duration = Duration::from_secs(3600);

/// Dropping it ends the watch; a request that is under way is told to nobody.
pub struct ReleaseWatch {
    _end: SyncSender<()>,
}

impl ReleaseWatch {
    /// Asks this address, remembers in `data_dir`, and calls `on_news` with each newer version that was not told in this place yet. None
    /// where no address is named.
    pub fn start(
        address: &str,
        data_dir: &Path,
        place: Place,
        on_news: impl Fn(Release) + Send + 'static,
    ) -> Option<ReleaseWatch> {
        let address = Some(address.trim().to_owned()).filter(|it| !it.is_empty())?;
        let file = data_dir.join("newest-version.json");
        // Nothing is ever sent: that the other end is gone says it all.
        let (end, ended) = sync_channel(0);
        let started = spawn("releases", move || watch(&address, &file, place, &ended, &on_news));
        started.inspect_err(|error| tracing::warn!("newer versions are not looked for: {error}")).ok()?;
        Some(ReleaseWatch { _end: end })
    }
}

fn watch(address: &str, file: &Path, place: Place, ended: &Receiver<()>, on_news: &dyn Fn(Release)) {
    loop {
        let mut memory = Memory::read(file);
        let before = memory.clone();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        if memory.wait(address, now).is_zero() {
            let asked = ask(address);
            if let Err(error) = &asked {
                tracing::warn!("whether there is a newer version: {error}");
            }
            memory.asked(address, now, asked.as_ref().ok());
        }
        if ended.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected) {
            return;
        }
        let news = memory.tell(place, &current());
        if memory != before
            && let Err(error) = memory.write(file)
        {
            tracing::warn!("{}: {error}", file.display());
        }
        if let Some(release) = news {
            on_news(release);
        }
        if ended.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}
