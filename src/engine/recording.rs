//! Recordings: begun and ended here, made elsewhere, told about in sentences.

use super::said::Said;
use super::snapshot::Level;
use super::worker::Worker;
use crate::record::RecordEvent;

impl Worker {
    pub(super) fn record(&mut self, on: bool) {
        let Some(running) = &self.running else { return };
        if on == self.recording.recording() {
            return;
        }
        if !on {
            self.recording.stop();
        } else if let Err(failure) = self.recording.start(self.config.record_dir.clone(), &running.game.title) {
            self.notice(Level::Error, Said::NotRecorded(failure));
        }
    }

    pub(super) fn follow_recording(&mut self, event: RecordEvent) {
        match event {
            RecordEvent::Started(path) => self.notice(Level::Info, Said::Recording(path)),
            RecordEvent::Finished { files, seconds } => {
                self.notice(Level::Info, Said::Recorded(files, seconds.round().max(0.0) as u64));
            }
            RecordEvent::Failed(failure) => self.notice(Level::Error, Said::NotRecorded(failure)),
        }
    }
}
