//! What was heard of the engine.

use crate::engine::{EngineEvent, Snapshot};
use crate::net::Refusals;
use crate::session::SessionStats;
use std::sync::Arc;
use std::time::Duration;

/// See the module. Times are those of [`crate::sync::now`].
pub(super) struct Board {
    pub snapshot: Arc<Snapshot>,
    pub session: SessionStats,
    pub core_pid: Option<u32>,
    pub refusals: Arc<Refusals>,
    pub crashes: u64,
    pub restarts: u64,
    pub recordings: u64,
    /// When the figures of a second came last: net thread and engine both had a part in them.
    pub heard: Duration,
    /// When the encoders were last seen to keep up: a frame encoded since, or none to encode.
    pub encoded: Duration,
}

impl Board {
    pub fn new(refusals: Arc<Refusals>, now: Duration) -> Board {
        Board {
            snapshot: Arc::default(),
            session: SessionStats::default(),
            core_pid: None,
            refusals,
            crashes: 0,
            restarts: 0,
            recordings: 0,
            heard: now,
            encoded: now,
        }
    }

    pub fn note(&mut self, event: &EngineEvent, now: Duration) {
        match event {
            EngineEvent::CoreDied { .. } => self.crashes += 1,
            EngineEvent::CoreRestarted { .. } => self.restarts += 1,
            EngineEvent::Stats { snapshot, session, core_pid } => {
                self.recordings += u64::from(snapshot.recording && !self.snapshot.recording);
                let before = &self.snapshot.stats;
                let watched = snapshot.renditions.iter().any(|it| it.status.viewers > 0);
                let came = snapshot.stats.emulated > before.emulated;
                if !watched || !came || snapshot.stats.encoded > before.encoded {
                    self.encoded = now;
                }
                self.snapshot = snapshot.clone();
                self.session = SessionStats::clone(session);
                self.core_pid = *core_pid;
                self.heard = now;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Rendition, Stats};

    fn second(board: &mut Board, recording: bool, counts: (u64, u64), viewers: u32, at: u64) {
        let (emulated, encoded) = counts;
        let mut rendition = Rendition { status: Default::default(), kbit_s: 0 };
        rendition.status.viewers = viewers;
        let stats = Stats { emulated, encoded, ..Stats::default() };
        let snapshot = Snapshot { recording, stats, renditions: vec![rendition], ..Snapshot::default() };
        let event = EngineEvent::Stats { snapshot: Arc::new(snapshot), session: Box::default(), core_pid: Some(7) };
        board.note(&event, Duration::from_secs(at));
    }

    #[test]
    fn a_recording_counts_once_and_an_encoder_that_stands_still_is_seen() {
        let mut board = Board::new(Arc::default(), Duration::ZERO);
        second(&mut board, true, (60, 60), 1, 1);
        second(&mut board, true, (120, 120), 1, 2);
        second(&mut board, false, (180, 180), 1, 3);
        second(&mut board, true, (240, 180), 1, 4);
        assert_eq!((board.recordings, board.heard, board.encoded), (2, Duration::from_secs(4), Duration::from_secs(3)));
        second(&mut board, true, (300, 180), 0, 5);
        assert_eq!(board.encoded, Duration::from_secs(5), "nobody watches");
        second(&mut board, true, (300, 180), 1, 6);
        assert_eq!(board.encoded, Duration::from_secs(6), "the game rests");
    }
}
