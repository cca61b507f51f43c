//! What other threads may ask of the record thread, and what it says.

use super::RecordingFailure;
use crate::sync::Event;
use std::path::PathBuf;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::sync::mpsc::SyncSender;

/// What happens to a recording.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordEvent {
    /// The first file is there and grows.
    Started(PathBuf),
    /// It was stopped, and all is written.
    Finished {
        /// Its parts, in order; none when there was no picture.
        files: Vec<PathBuf>,
        /// How long they play together.
        seconds: f64,
    },
    /// It ended by itself. What was written before is playable.
    Failed(RecordingFailure),
}

/// What other threads may ask of the record thread, and what they may read of it; none of it waits.
pub struct RecordControl {
    /// The number of the recording that is on; 0 when none is.
    pub(super) active: AtomicU32,
    numbers: AtomicU32,
    commands: SyncSender<StartCommand>,
    pub(super) event: Event,
    pub(super) quit: AtomicBool,
    pub(super) wants_keyframe: AtomicBool,
    pub(super) lost: AtomicU64,
}

/// The next recording.
pub(super) struct StartCommand {
    pub number: u32,
    pub folder: PathBuf,
    pub title: String,
}

impl RecordControl {
    /// Nothing is recorded yet; `event` wakes the thread that reads the commands.
    pub(super) fn new(commands: SyncSender<StartCommand>, event: Event) -> RecordControl {
        RecordControl {
            active: AtomicU32::new(0),
            numbers: AtomicU32::new(0),
            commands,
            event,
            quit: AtomicBool::new(false),
            wants_keyframe: AtomicBool::new(false),
            lost: AtomicU64::new(0),
        }
    }

    /// Whether a recording is on. It begins with the next keyframe, which the video tap asks for.
    pub fn recording(&self) -> bool {
        self.active.load(Acquire) != 0
    }

    /// Frames that recordings lost because the disk was too slow, since the engine started.
    pub fn lost_frames(&self) -> u64 {
        self.lost.load(Relaxed)
    }

    /// Begins a recording, and ends the one that is on. Fails while earlier ones are still being written.
    pub fn start(&self, folder: PathBuf, title: &str) -> Result<(), RecordingFailure> {
        let number = self.numbers.fetch_add(1, Relaxed) + 1;
        // Before the command: the thread ends a recording that is not the active one.
        self.active.store(number, Release);
        let command = StartCommand { number, folder, title: title.to_owned() };
        if self.commands.try_send(command).is_err() {
            self.end(number);
            return Err(RecordingFailure::StillWriting);
        }
        self.event.signal();
        Ok(())
    }

    /// Ends the recording that is on, if one is: [`RecordEvent::Finished`] follows.
    pub fn stop(&self) {
        self.active.store(0, Release);
        self.event.signal();
    }

    /// Ends recording `number` and no later one.
    pub(super) fn end(&self, number: u32) {
        let _ = self.active.compare_exchange(number, 0, AcqRel, Relaxed);
    }
}
