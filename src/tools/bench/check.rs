//! What `hotseat check` adds to a core's own frames: a process that is held, pictures into the frame ring, what is counted.

use super::{BenchError, Row, Table, fixture, table};
use crate::library::demo_core;
use crate::link::message::Bounds;
use crate::sandbox::TempDir;
use crate::text::Spoken;
use crate::tools::{Check, check as run_check};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// In percent, of the whole from start to end.
const BUDGET: f64 = 10.0;
/// 100 seconds of the demo game: what a start costs is a small part of it.
const FRAMES: u64 = 6_000;
const TIMES: usize = 3;
const NAME: &str = "check over a bare loop";

pub fn check(table: &mut Table) -> Result<(), BenchError> {
    let folder = TempDir::create().map_err(BenchError::io("A folder for the loop cannot be made"))?;
    let Some(bare) = compile(folder.path()) else {
        table.push(Row::missing(NAME, "the loop's source is not beside the program, or cc is not installed"));
        return Ok(());
    };
    match demo_core() {
        Some(core) => {
            let (checked, looped) = measure(&core, &bare, folder.path(), FRAMES)?;
            let more = (checked / looped - 1.0) * 100.0;
            table.push(Row::below(format!("{NAME}, {FRAMES} frames of the demo game"), more, "%", BUDGET));
            table.push(Row::info("  of which the loop".into(), looped, "s"));
        }
        None => table.push(Row::missing(NAME, "the demo is not there")),
    }
    // Its frames take next to nothing, so this is what each frame costs beside them.
    if let Some(core) = fixture() {
        let (checked, looped) = measure(&core, &bare, folder.path(), FRAMES)?;
        let each = (checked - looped) * 1e6 / FRAMES as f64;
        table.push(Row::info("  of so much for each frame of the test core".into(), each, "us"));
    }
    Ok(())
}

/// Seconds of both, each the middle of several that took turns.
fn measure(core: &Path, bare: &Path, folder: &Path, frames: u64) -> Result<(f64, f64), BenchError> {
    let (mut checked, mut looped) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let begin = Instant::now();
        let asked = Check {
            core: core.to_owned(),
            content: None,
            several: None,
            options: Vec::new(),
            frames,
            system_dir: folder.to_owned(),
            bounds: Bounds::default(),
            json: true,
        };
        let done = run_check(&asked, &Spoken::English.texts());
        done.map_err(|error| BenchError::NotChecked { error: error.to_string() })?;
        checked.push(begin.elapsed().as_secs_f64());
        let begin = Instant::now();
        let failed = BenchError::io("The loop could not be run");
        let output = Command::new(bare).arg(core).arg(frames.to_string()).output().map_err(&failed)?;
        if !output.status.success() {
            return Err(failed(std::io::Error::other("it ended before its time")));
        }
        looped.push(begin.elapsed().as_secs_f64());
    }
    Ok((table::median(checked), table::median(looped)))
}

/// The loop, made from its source beside the program that was built.
fn compile(folder: &Path) -> Option<PathBuf> {
    let root = std::env::current_exe().ok()?.ancestors().nth(3)?.to_owned();
    let bare = folder.join("bare_loop");
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-I"]).arg(root.join("src/libretro")).arg(root.join("tests/content/bare_loop.c"));
    let compiled = compiler.args(["-ldl", "-o"]).arg(&bare).status();
    compiled.is_ok_and(|status| status.success()).then_some(bare)
}
