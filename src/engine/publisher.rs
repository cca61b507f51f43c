//! Where the engine's thread shows itself: the snapshot, replaced as a whole, and the events behind it.

use super::EngineEvent;
use super::notice::{Notice, NoticeKind};
use super::snapshot::{GameStatus, Snapshot};
use crate::sync::Event;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

/// Notices kept for the window.
const MAX_NOTICES: usize = 16;

pub(super) struct Publisher {
    /// As it will be shown next.
    pub(super) snapshot: Snapshot,
    shown: Arc<Mutex<Arc<Snapshot>>>,
    change: Arc<Event>,
    events: SyncSender<EngineEvent>,
    /// Events that wait for the snapshot that goes with them.
    waiting: Vec<EngineEvent>,
    notices: u64,
}

impl Publisher {
    /// Shows itself in `shown`, rings `change` when that is new, and sends to `events` what happens.
    pub(super) fn new(
        shown: Arc<Mutex<Arc<Snapshot>>>,
        change: Arc<Event>,
        events: SyncSender<EngineEvent>,
    ) -> Publisher {
        let snapshot = Snapshot::clone(&shown.lock().unwrap_or_else(PoisonError::into_inner));
        Publisher { snapshot, shown, change, events, waiting: Vec::new(), notices: 0 }
    }

    pub(super) fn notice(&mut self, kind: NoticeKind) {
        self.notices += 1;
        let notice = Notice { id: self.notices, level: kind.level(), kind };
        // What the core says is over the picture, with what it says else.
        if !matches!(notice.kind, NoticeKind::CoreMessage { .. }) {
            if self.snapshot.notices.len() == MAX_NOTICES {
                self.snapshot.notices.remove(0);
            }
            self.snapshot.notices.push(notice.clone());
        }
        self.event(EngineEvent::Notice(notice));
    }

    /// Told with the next snapshot.
    pub(super) fn event(&mut self, event: EngineEvent) {
        self.waiting.push(event);
    }

    /// Shows the snapshot, then tells of what happened: who hears of an event finds it in the snapshot.
    pub(super) fn publish(&mut self, game: Option<GameStatus>, recording: bool) {
        self.snapshot.game = game;
        self.snapshot.recording = recording;
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        // The window paints whenever it is rung: only news may ring it.
        if **shown != self.snapshot {
            *shown = Arc::new(self.snapshot.clone());
            drop(shown);
            self.change.signal();
        }
        for event in self.waiting.drain(..) {
            // Full or gone: there is no reader, as in the window.
            let _ = self.events.try_send(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn an_event_comes_after_the_snapshot_that_goes_with_it_and_old_notices_go() {
        let shown = Arc::new(Mutex::new(Arc::new(Snapshot::default())));
        let (events, out) = sync_channel(64);
        let mut publisher = Publisher::new(shown.clone(), Arc::new(Event::new().expect("an event")), events);
        for _ in 0..MAX_NOTICES + 2 {
            publisher.notice(NoticeKind::NoMoreLinks);
        }
        assert!(out.try_recv().is_err() && shown.lock().expect("the lock").notices.is_empty());
        publisher.publish(None, true);
        let shown = shown.lock().expect("the lock").clone();
        assert!(shown.recording);
        assert!(shown.notices.iter().map(|notice| notice.id).eq(3..=MAX_NOTICES as u64 + 2));
        assert_eq!(out.try_iter().count(), MAX_NOTICES + 2);
    }
}
