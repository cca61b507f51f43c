//! Asks a core process which machines its core has that take several files: only the core itself knows.

use super::{Emulator, Event, StartError};
use crate::crash::Crash;
use crate::link::Link;
use crate::link::message::{Bounds, FromCore, Load, LoadError, Pace};
use crate::link::subsystem::Subsystem;
use crate::messages;
use crate::sandbox::TempDir;
use crate::text::{IoCause, Spoken};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// Cores say it within milliseconds.
const LIMIT: Duration = Duration::from_secs(10);

messages! {
    /// Why a core did not say which machines it has.
    pub enum AskError in ask_core {
        start => Start { error: StartError },
        memory => Memory { cause: IoCause },
        load => Load { error: LoadError },
        crash => Crash { error: Crash },
        silent => Silent { seconds: u64 },
    }
}

/// Asks, and waits for the answer; empty for a core that has none.
pub fn ask_subsystems(core: &Path, bounds: &Bounds) -> Result<Vec<Subsystem>, AskError> {
    let memory = |error: std::io::Error| AskError::Memory { cause: error.into() };
    let link = Link::create().map_err(memory)?;
    // What it wants to write goes nowhere that matters.
    let scratch = TempDir::create().map_err(memory)?;
    let load = Load {
        core: core.to_owned(),
        content: None,
        several: None,
        only_asked: true,
        options: Vec::new(),
        options_typed: false,
        devices: Vec::new(),
        system_dir: scratch.path().to_owned(),
        save_dir: scratch.path().to_owned(),
        temp_dir: PathBuf::new(),
        language: Spoken::English,
        revive: false,
        pace: Pace::Unthrottled { frames: 0 },
        rewind_mb: 0,
        bounds: Bounds { reports: None, ..bounds.clone() },
    };
    // Log lines beyond that are not worth waiting for; the answer comes before most of them.
    let (sender, events) = sync_channel(4096);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let emulator = Emulator::start(link, load, listener).map_err(|error| AskError::Start { error })?;
    let end = Instant::now() + LIMIT;
    let mut subsystems = Vec::new();
    let result = loop {
        match events.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Event::Message(FromCore::Subsystems(all))) => subsystems = all,
            Ok(Event::Message(FromCore::LoadFailed(error))) => break Err(AskError::Load { error }),
            Ok(Event::Message(_) | Event::Held(_) | Event::Refused(_)) => {}
            Ok(Event::Died { crash: error, .. }) => break Err(AskError::Crash { error }),
            Ok(Event::Ended) | Err(RecvTimeoutError::Disconnected) => break Ok(subsystems),
            Err(RecvTimeoutError::Timeout) => break Err(AskError::Silent { seconds: LIMIT.as_secs() }),
        }
    };
    drop(emulator);
    result
}
