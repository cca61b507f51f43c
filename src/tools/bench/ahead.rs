//! What running ahead costs, core by core, and whose states lie.

use super::states::{Measured, measured_with};
use super::table::{Row, Table};
use super::{BenchError, NES_GAME, NO_NES, fixture, system_core};
use crate::library::demo_core;
use crate::link::message::{AheadStatus, AheadWish, FromCore, ToCore};
use std::path::{Path, PathBuf};
use std::time::Duration;

const RUNS: Duration = Duration::from_secs(6);
/// Of a frame's time, for one frame ahead.
const SHARE: f64 = 50.0;

pub fn ahead(table: &mut Table) -> Result<(), BenchError> {
    match system_core("nestopia_libretro.so").filter(|_| Path::new(NES_GAME).is_file()) {
        Some(core) => measure(table, "nestopia", &core, Some(NES_GAME.into()), &[])?,
        None => table.push(Row::missing("run ahead, nestopia", NO_NES)),
    }
    if let Some(core) = demo_core() {
        measure(table, "the demo game", &core, None, &[])?;
    }
    if let Some(core) = fixture() {
        measure(table, "the test core", &core, None, &[])?;
        let lies = ("fixture_state_lies".to_owned(), "on".to_owned());
        measure(table, "a core whose states lie", &core, None, &[lies])?;
    }
    Ok(())
}

fn measure(
    table: &mut Table,
    name: &str,
    core: &Path,
    content: Option<PathBuf>,
    options: &[(String, String)],
) -> Result<(), BenchError> {
    let scratch = std::env::temp_dir();
    let run = |tell: &[ToCore]| measured_with(core.to_owned(), content.clone(), options, &scratch, 0, RUNS, tell);
    let off = run(&[])?;
    let calls = off.report.ahead.states;
    table.push(Row::below(format!("run ahead, {name}: states made for it when off"), calls as f64, "", 0.0));
    for frames in [1, 4] {
        let wish = ToCore::Ahead(AheadWish { frames, latch: false });
        let Measured { loaded, report, heard, .. } = run(&[wish])?;
        let status = last(&heard);
        if let Some(why) = status.no_ahead {
            table.push(Row::missing(&format!("  {frames} ahead"), crate::text::Message::code(&why)));
            if status.frames == 0 {
                return Ok(());
            }
        }
        let us = report.ahead.total_us / report.frames.max(1) as f64;
        let share = us / 1e6 * loaded.av.fps * 100.0;
        table.push(Row::info(format!("  {frames} ahead, a frame"), us, "us"));
        let row = format!("  {frames} ahead, of a frame's time");
        table.push(if frames == 1 { Row::below(row, share, "%", SHARE) } else { Row::info(row, share, "%") });
    }
    let Measured { report, heard, .. } = run(&[ToCore::Ahead(AheadWish { frames: 0, latch: true })])?;
    let status = last(&heard);
    match status.no_latch {
        Some(why) => table.push(Row::missing("  late inputs", crate::text::Message::code(&why))),
        None => {
            let us = report.ahead.total_us / report.frames.max(1) as f64;
            table.push(Row::info("  ready for late inputs, a frame".into(), us, "us"));
        }
    }
    Ok(())
}

/// What the core process said last of it.
fn last(heard: &[FromCore]) -> AheadStatus {
    let status = |message: &FromCore| if let FromCore::Ahead(status) = message { Some(status.clone()) } else { None };
    heard.iter().rev().find_map(status).unwrap_or_default()
}
