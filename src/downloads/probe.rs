//! Whether a core that was just fetched runs on this machine: tried in a core process, before anybody can choose it.

use super::error::ProbeError;
use crate::emulator::{Emulator, Event};
use crate::link::Link;
use crate::link::message::{Bounds, FromCore, Load, LoadError, Pace};
use crate::text::Spoken;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// A core that needs a game says so within milliseconds; one that is a game of its own may load it first.
const LIMIT: Duration = Duration::from_secs(30);

/// Opens `core` without a game, and runs one frame if it is a game of its own. What it wants to write goes into `scratch`,
/// a folder.
pub(super) fn probe(core: &Path, scratch: &Path) -> Result<(), ProbeError> {
    let link = Link::create().map_err(|error| ProbeError::Memory { cause: error.into() })?;
    let load = Load {
        core: core.to_owned(),
        content: None,
        several: None,
        only_asked: false,
        options: Vec::new(),
        options_typed: false,
        devices: Vec::new(),
        system_dir: scratch.to_owned(),
        save_dir: scratch.to_owned(),
        temp_dir: scratch.to_owned(),
        language: Spoken::English,
        revive: false,
        pace: Pace::Unthrottled { frames: 1 },
        // What it does to deserve more, it can do only once a person chose it.
        bounds: Bounds::default(),
        rewind_mb: 0,
    };
    // Log lines beyond that are not worth waiting for; the few messages that count come before most of them.
    let (sender, events) = sync_channel(4096);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let emulator = Emulator::start(link, load, listener).map_err(|error| ProbeError::Start { error })?;
    let end = Instant::now() + LIMIT;
    let result = loop {
        match events.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Event::Message(FromCore::LoadFailed(error))) => break is_a_core(error),
            Ok(Event::Message(_) | Event::Held(_) | Event::Refused(_)) => {}
            Ok(Event::Died { crash: error, .. }) => break Err(ProbeError::Crash { error }),
            Ok(Event::Ended) | Err(RecvTimeoutError::Disconnected) => break Ok(()),
            Err(RecvTimeoutError::Timeout) => break Err(ProbeError::Silent { seconds: LIMIT.as_secs() }),
        }
    };
    drop(emulator);
    result
}

/// One that was opened and then wants a game, a BIOS or a graphics API has shown that it is a core that runs here.
fn is_a_core(error: LoadError) -> Result<(), ProbeError> {
    match error {
        LoadError::NotLoadable { .. } | LoadError::NoFunction { .. } | LoadError::OtherVersion { .. } => {
            Err(ProbeError::Load { error })
        }
        _ => Ok(()),
    }
}
