//! Recordings: begun and ended here, made elsewhere, told about in sentences.

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
        } else if let Err(why) = self.recording.start(self.config.record_dir.clone(), &running.game.title) {
            self.notice(Level::Error, why);
        }
    }

    pub(super) fn follow_recording(&mut self, event: RecordEvent) {
        match event {
            RecordEvent::Started(path) => self.notice(Level::Info, format!("Recording to {}.", path.display())),
            RecordEvent::Finished { files, seconds } => {
                let text = match files.as_slice() {
                    [] => "Nothing was recorded.".into(),
                    [file] => format!("Recorded {}: {}.", length(seconds), file.display()),
                    [first, ..] => {
                        format!("Recorded {} in {} parts, from {}.", length(seconds), files.len(), first.display())
                    }
                };
                self.notice(Level::Info, text);
            }
            RecordEvent::Failed(why) => self.notice(Level::Error, why),
        }
    }
}

/// Such as 1:02:03 or 0:07.
fn length(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
