//! What it costs to start a core process that is held, beside one that is not.

use super::{BenchError, Row, Table, table};
use crate::emulator::{Emulator, Event};
use crate::library::demo_core;
use crate::link::Link;
use crate::link::message::{Bounds, FromCore, Load, Pace};
use crate::sandbox::{Policy, Private, Task, TempDir, probe};
use crate::text::Spoken;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

const TIMES: usize = 20;
const BUDGET_MS: f64 = 20.0;

pub fn sandbox(table: &mut Table) -> Result<(), BenchError> {
    let policy = Policy::new(&Task::default(), &Private::default(), &[]);
    let failed = BenchError::io("No process could try what cores may do");
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let tried = probe::run(&policy).map_err(&failed)?;
        took.push(tried.outcome.took_us as f64 / 1000.0);
    }
    table.push(Row::below("a core process restricts itself".into(), table::median(took), "ms", BUDGET_MS));
    let Some(core) = demo_core() else {
        table.push(Row::missing("a core process starts later for being held", "the demo is not there"));
        return Ok(());
    };
    let mut later = Vec::new();
    let mut starts = Vec::new();
    for _ in 0..TIMES {
        let (held, free) = (first_frame_ms(&core, true)?, first_frame_ms(&core, false)?);
        later.push(held - free);
        starts.push(held);
    }
    table.push(Row::below("a core process starts later for being held".into(), table::median(later), "ms", BUDGET_MS));
    table.push(Row::info("  of so much until its first frame".into(), table::median(starts), "ms"));
    Ok(())
}

/// From nothing to the first frame.
fn first_frame_ms(core: &Path, confined: bool) -> Result<f64, BenchError> {
    let link = Link::create().map_err(BenchError::io("The system gives no shared memory"))?;
    let scratch = TempDir::create().map_err(BenchError::io("A folder for the core cannot be made"))?;
    let load = Load {
        core: core.to_owned(),
        content: None,
        several: None,
        only_asked: false,
        options: Vec::new(),
        options_typed: false,
        devices: Vec::new(),
        system_dir: scratch.path().to_owned(),
        save_dir: scratch.path().to_owned(),
        temp_dir: scratch.path().to_owned(),
        language: Spoken::English,
        revive: false,
        pace: Pace::Unthrottled { frames: 1 },
        bounds: Bounds { confined, ..Bounds::default() },
        rewind_mb: 0,
    };
    let (sender, events) = sync_channel(256);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let begin = Instant::now();
    let _emulator = Emulator::start(link, load, listener)?;
    loop {
        match events.recv() {
            Ok(Event::Message(FromCore::Ended(_))) => return Ok(begin.elapsed().as_secs_f64() * 1000.0),
            Ok(Event::Died { crash, .. }) => return Err(crash.into()),
            Ok(Event::Message(FromCore::LoadFailed(error))) => return Err(error.into()),
            Ok(Event::Ended) | Err(_) => return Err(BenchError::NoFigures),
            Ok(_) => {}
        }
    }
}
