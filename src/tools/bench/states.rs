//! What automatic states cost, core by core: the share of the running time that goes into them.

use super::table::{Row, Table};
use super::{BenchError, NES_GAME, NO_NES, fixture, system_core};
use crate::emulator::{Emulator, Event};
use crate::library::demo_core;
use crate::link::Link;
use crate::link::message::{Bounds, FromCore, Load, Loaded, Pace, Report, ToCore};
use crate::text::Spoken;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// Some states are made in that time, even slow ones.
const RUNS: Duration = Duration::from_secs(12);
/// A core that is not ready by then, or does not end, will not be.
const PATIENCE: Duration = Duration::from_secs(20);
/// Percent of the time, or of a frame's on average.
const BUDGET: f64 = 3.0;
/// A game of nothing: these start what they emulate all the same, and their states are as large as any game's.
const NOTHING: usize = 64 << 10;
const CORES: [(&str, &str); 5] = [
    ("mgba", "gba"),
    ("gambatte", "gb"),
    ("bsnes_mercury_performance", "sfc"),
    ("mednafen_pce_fast", "pce"),
    ("mednafen_wswan", "ws"),
];

pub fn states(table: &mut Table) -> Result<(), BenchError> {
    let scratch = std::env::temp_dir().join(format!("hotseat-bench-states-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).map_err(BenchError::io("There is no room for a game of nothing"))?;
    let done = measure_all(table, &scratch);
    let _ = std::fs::remove_dir_all(&scratch);
    done
}

fn measure_all(table: &mut Table, scratch: &Path) -> Result<(), BenchError> {
    if let Some(core) = demo_core() {
        measure(table, "the demo game", core, None, &[], scratch)?;
    }
    if let Some(core) = fixture() {
        for megabytes in [1, 16] {
            let size = ("fixture_state_size".to_owned(), (megabytes << 20).to_string());
            measure(table, &format!("a state of {megabytes} MiB"), core.clone(), None, &[size], scratch)?;
        }
    }
    match system_core("nestopia_libretro.so").filter(|_| Path::new(NES_GAME).is_file()) {
        Some(core) => measure(table, "nestopia", core, Some(NES_GAME.into()), &[], scratch)?,
        None => table.push(Row::missing("automatic states, nestopia", NO_NES)),
    }
    for (name, extension) in CORES {
        let Some(core) = system_core(&format!("{name}_libretro.so")) else {
            table.push(Row::missing(&format!("automatic states, {name}"), "it is not installed"));
            continue;
        };
        let content = scratch.join(format!("nothing.{extension}"));
        std::fs::write(&content, nothing()).map_err(BenchError::io("A game of nothing could not be written"))?;
        match measure(table, name, core, Some(content), &[], scratch) {
            Err(BenchError::Load(_)) => {
                table.push(Row::missing(&format!("automatic states, {name}"), "it takes no game of nothing"));
            }
            done => done?,
        }
    }
    Ok(())
}

/// Zeros, but for what a Game Boy Advance is known by: a jump, and one byte of the header.
fn nothing() -> Vec<u8> {
    let mut game = vec![0; NOTHING];
    game[..4].copy_from_slice(&0xea00_002e_u32.to_le_bytes());
    game[0xb2] = 0x96;
    game
}

fn measure(
    table: &mut Table,
    name: &str,
    core: PathBuf,
    content: Option<PathBuf>,
    options: &[(String, String)],
    scratch: &Path,
) -> Result<(), BenchError> {
    let Measured { loaded, report, ran, .. } = measured(core, content, options, scratch, 0, RUNS)?;
    tell(table, name, &loaded, &report, ran);
    Ok(())
}

/// What a core said of itself, and what was seen of it.
pub(super) struct Measured {
    pub loaded: Loaded,
    pub report: Report,
    /// In seconds.
    pub ran: f64,
    /// What it said meanwhile.
    pub heard: Vec<FromCore>,
}

/// Runs a core in a process of its own for so long.
pub(super) fn measured(
    core: PathBuf,
    content: Option<PathBuf>,
    options: &[(String, String)],
    scratch: &Path,
    rewind_mb: u32,
    runs: Duration,
) -> Result<Measured, BenchError> {
    measured_with(core, content, options, scratch, rewind_mb, runs, &[])
}

/// The same, of a core that is told something at its beginning.
pub(super) fn measured_with(
    core: PathBuf,
    content: Option<PathBuf>,
    options: &[(String, String)],
    scratch: &Path,
    rewind_mb: u32,
    runs: Duration,
    tell: &[ToCore],
) -> Result<Measured, BenchError> {
    let load = Load {
        core,
        content,
        several: None,
        only_asked: false,
        options: options.to_vec(),
        options_typed: true,
        devices: Vec::new(),
        system_dir: scratch.to_owned(),
        save_dir: scratch.to_owned(),
        temp_dir: scratch.to_owned(),
        language: Spoken::English,
        revive: false,
        pace: Pace::Real,
        bounds: Bounds::default(),
        rewind_mb,
    };
    let link = Link::create().map_err(BenchError::io("The system gives no shared memory"))?;
    // Words of the core may be lost.
    let (sender, events) = sync_channel(1024);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let emulator = Emulator::start(link, load, listener)?;
    let loaded = hear(&events, PATIENCE, |message| match message {
        FromCore::Loaded(loaded) => Some(loaded),
        _ => None,
    })?;
    let begin = Instant::now();
    tell.iter().for_each(|message| emulator.send(message));
    let mut heard = Vec::new();
    let _ = hear(&events, runs, |message| {
        heard.push(message);
        None::<()>
    });
    let ran = begin.elapsed().as_secs_f64();
    emulator.send(&ToCore::Stop);
    let report = hear(&events, PATIENCE, |message| match message {
        FromCore::Ended(report) => Some(report),
        _ => None,
    })?;
    Ok(Measured { loaded, report, ran, heard })
}

fn tell(table: &mut Table, name: &str, loaded: &Loaded, report: &Report, ran: f64) {
    if loaded.state_bytes == 0 {
        table.push(Row::missing(&format!("automatic states, {name}"), "this core has none"));
        return;
    }
    let states = &report.states;
    let mean_us = states.total_us / states.count.max(1) as f64;
    let row = format!("automatic states, {name}: share of the time");
    table.push(Row::below(row, states.total_us / 1e6 / ran * 100.0, "%", BUDGET));
    table.push(Row::info(format!("  one of {} KiB takes", loaded.state_bytes / 1024), mean_us, "us"));
    table.push(Row::info("  of the time that a frame has".into(), mean_us / 1e6 * loaded.av.fps * 100.0, "%"));
    table.push(Row::info("  seconds from one to the next".into(), ran / states.count.max(1) as f64, "s"));
}

/// The first message that is wanted.
fn hear<T>(
    events: &Receiver<Event>,
    limit: Duration,
    mut wanted: impl FnMut(FromCore) -> Option<T>,
) -> Result<T, BenchError> {
    let until = Instant::now() + limit;
    loop {
        match events.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Event::Message(FromCore::LoadFailed(error))) => return Err(error.into()),
            Ok(Event::Message(message)) => {
                if let Some(found) = wanted(message) {
                    return Ok(found);
                }
            }
            Ok(Event::Held(_) | Event::Refused(_)) => {}
            Ok(Event::Died { crash, .. }) => return Err(crash.into()),
            Ok(Event::Ended) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return Err(BenchError::NoFigures);
            }
        }
    }
}
