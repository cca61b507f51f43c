//! What it costs to get a picture out of the graphics card, and how soon a core that draws with it is back after a crash.

use super::host::Host;
use super::table::{self, Row, Table};
use super::viewer::Viewer;
use super::{BenchError, back_after_crash};
use crate::emulator::{Emulator, Event};
use crate::link::Link;
use crate::link::message::{Bounds, FromCore, Load, Pace, Report};
use crate::text::Spoken;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::sync_channel;

const NO_CORE: &str = "the test core's source is not beside the program, or cc and the EGL library are not installed";

/// Frames of one run, and runs of which the least disturbed one counts: all draw the same.
const FRAMES: u64 = 100;
const RUNS: usize = 5;

/// How often the test core draws its picture over, as games do with part of theirs.
const LAYERS: &str = "2";

/// Each size with its budget on a graphics card, in milliseconds.
const SIZES: [(&str, f64); 2] = [("640x480", 2.0), ("1280x960", 5.0)];

/// Without a card the processor draws, and reading may add this much to a frame, in percent.
const SOFTWARE_BUDGET: f64 = 20.0;

/// Measures all of it.
pub fn readback(table: &mut Table) -> Result<(), BenchError> {
    let folder = std::env::temp_dir().join(format!("hotseat-readback-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(BenchError::io("A folder for the core cannot be made"))?;
    let done = match compile(&folder) {
        Some(core) => measure(table, &core, &folder),
        None => {
            table.push(Row::missing("picture read from the graphics card", NO_CORE));
            Ok(())
        }
    };
    let _ = std::fs::remove_dir_all(&folder);
    done
}

fn measure(table: &mut Table, core: &Path, folder: &Path) -> Result<(), BenchError> {
    for (size, budget) in SIZES {
        let mut with = Vec::new();
        let mut without = Vec::new();
        let mut renderer = String::new();
        // In turns: what else the machine does meets both.
        for _ in 0..RUNS {
            for (show, times) in [("on", &mut with), ("off", &mut without)] {
                let report = run(core, folder, &[("sizes", size), ("show", show), ("layers", LAYERS)])?;
                times.push(report.run_mean_us / 1000.0);
                renderer = report.hardware.map(|seen| seen.renderer).unwrap_or_default();
            }
        }
        let least = |times: Vec<f64>| times.into_iter().fold(f64::INFINITY, f64::min);
        let (with, without) = (least(with), least(without));
        let software = ["llvmpipe", "softpipe", "swrast"].iter().any(|name| renderer.contains(name));
        let name = format!("{size} drawn and read, {renderer}");
        table.push(Row::info(name, with, "ms"));
        table.push(Row::info("  of which drawn".into(), without, "ms"));
        let read = with - without;
        table.push(match software {
            true => Row::below("  of which read".into(), read / without * 100.0, "% of drawing", SOFTWARE_BUDGET),
            false => Row::below("  of which read".into(), read, "ms", budget),
        });
    }
    let mut times = Vec::new();
    for _ in 0..5 {
        let mut host = Host::start(&["--core".into(), core.display().to_string()])?;
        let viewer = Viewer::join(&host.url)?;
        times.push(back_after_crash(&mut host, &viewer)?);
    }
    let name = "a crash of a core that draws with OpenGL, to the game running again";
    table.push(Row::below(name.into(), table::median(times), "s", 1.0));
    Ok(())
}

/// The test core that draws, made from its source beside the program that was built.
fn compile(folder: &Path) -> Option<PathBuf> {
    let root = std::env::current_exe().ok()?.ancestors().nth(3)?.to_owned();
    let core = folder.join("draws_libretro.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O2", "-I"]).arg(root.join("src/libretro"));
    let sources = ["draws_core.c", "empty_core.c"].map(|name| root.join("tests/content").join(name));
    compiler.args(sources).arg("-o").arg(&core);
    compiler.status().is_ok_and(|status| status.success()).then_some(core)
}

/// As fast as it goes.
fn run(core: &Path, folder: &Path, options: &[(&str, &str)]) -> Result<Report, BenchError> {
    let link = Link::create().map_err(BenchError::io("The system gives no shared memory"))?;
    let load = Load {
        core: core.to_owned(),
        content: None,
        several: None,
        only_asked: false,
        options: options.iter().map(|(key, value)| (format!("draws_{key}"), (*value).to_owned())).collect(),
        options_typed: false,
        devices: Vec::new(),
        system_dir: folder.to_owned(),
        save_dir: folder.to_owned(),
        temp_dir: folder.to_owned(),
        language: Spoken::English,
        revive: false,
        pace: Pace::Unthrottled { frames: FRAMES },
        bounds: Bounds::default(),
        rewind_mb: 0,
    };
    // Some words and the report; the rest is not waited for.
    let (sender, events) = sync_channel(64);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let _emulator = Emulator::start(link, load, listener)?;
    loop {
        match events.recv() {
            Ok(Event::Message(FromCore::Ended(report))) => return Ok(report),
            Ok(Event::Message(FromCore::LoadFailed(error))) => return Err(error.into()),
            Ok(Event::Died { crash, .. }) => return Err(crash.into()),
            Ok(Event::Message(_) | Event::Held(_) | Event::Refused(_)) => {}
            Ok(Event::Ended) | Err(_) => return Err(BenchError::NoFigures),
        }
    }
}
