//! What going back in time costs, core by core: memory for a minute, and the share of the running time.

use super::states::{Measured, measured};
use super::table::{Row, Table};
use super::{BenchError, NES_GAME, NO_NES, fixture, system_core};
use crate::library::demo_core;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Long enough for the differences of a game in motion.
const RUNS: Duration = Duration::from_secs(20);
/// Megabytes of memory, as the settings have it at first.
const MEMORY_MB: u32 = 64;
/// Percent of a frame's time, on average.
const SHARE: f64 = 3.0;
const MINUTE: f64 = 60.0;

pub fn rewind(table: &mut Table) -> Result<(), BenchError> {
    match system_core("nestopia_libretro.so").filter(|_| Path::new(NES_GAME).is_file()) {
        Some(core) => measure(table, "nestopia", core, Some(NES_GAME.into()), &[])?,
        None => table.push(Row::missing("rewind, nestopia", NO_NES)),
    }
    if let Some(core) = demo_core() {
        measure(table, "the demo game", core, None, &[])?;
    }
    if let Some(core) = fixture() {
        for megabytes in [1, 8] {
            let size = ("fixture_state_size".to_owned(), (megabytes << 20).to_string());
            measure(table, &format!("a state of {megabytes} MiB"), core.clone(), None, &[size])?;
        }
    }
    Ok(())
}

fn measure(
    table: &mut Table,
    name: &str,
    core: PathBuf,
    content: Option<PathBuf>,
    options: &[(String, String)],
) -> Result<(), BenchError> {
    let scratch = std::env::temp_dir();
    let Measured { loaded, report, .. } = measured(core, content, options, &scratch, MEMORY_MB, RUNS)?;
    let seen = &report.rewind;
    if seen.frames == 0 {
        table.push(Row::missing(&format!("rewind, {name}"), "its states are too slow or too large"));
        return Ok(());
    }
    let fps = loaded.av.fps;
    let whole = seen.state_bytes as f64 * 2.0;
    let minute = whole + (seen.bytes as f64 - whole).max(0.0) / seen.frames as f64 * fps * MINUTE;
    table.push(Row::below(format!("rewind, {name}: memory for 60 s"), minute / 1e6, "MB", MEMORY_MB.into()));
    let share = seen.total_us / 1e6 / (report.frames as f64 / fps) * 100.0;
    table.push(Row::below("  of a frame's time, on average".into(), share, "%", SHARE));
    table.push(Row::info(
        format!("  one of {} KiB takes", seen.state_bytes / 1024),
        seen.total_us / seen.count.max(1) as f64,
        "us",
    ));
    table.push(Row::info("  frames from one to the next".into(), report.frames as f64 / seen.count.max(1) as f64, ""));
    Ok(())
}
