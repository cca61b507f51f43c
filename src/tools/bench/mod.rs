//! `hotseat bench`: measures this program on this machine and prints each figure beside its budget.
//!
//! Figures of speed come from a real host process, a real core process and real WebRTC peers over loopback, which share the
//! machine's processors with what is measured; those of the encoders alone from the video thread or the encoders themselves.

mod ahead;
mod check;
mod cycles;
mod encode;
mod error;
mod floor;
mod footage;
mod host;
mod library;
mod meet;
mod readback;
mod rewind;
mod room;
mod sandbox;
mod socket;
mod states;
mod strangers;
mod switch;
mod table;
mod viewer;

use crate::library::demo_core;
pub use error::BenchError;
use host::Host;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use table::{Row, Table};
pub use viewer::Viewer;

/// The benches by name, in the order `all` runs them.
pub const NAMES: [&str; 20] = [
    "latency",
    "join",
    "footprint",
    "peers",
    "inputs",
    "viewers",
    "crash",
    "readback",
    "pace",
    "states",
    "rewind",
    "ahead",
    "strangers",
    "encode",
    "switch",
    "meet",
    "sandbox",
    "library",
    "check",
    "cycles",
];

/// One that takes seconds in place of a minute, for tests.
const FEW_CYCLES: &str = "few-cycles";

/// Runs one bench, or `all`.
pub fn bench(name: &str, json: bool) -> Result<String, BenchError> {
    let names: Vec<&str> = match name {
        "all" => NAMES.to_vec(),
        name if NAMES.contains(&name) || name == FEW_CYCLES => vec![name],
        name => return Err(BenchError::UnknownBench { name: name.to_owned() }),
    };
    let mut table = Table::default();
    for name in names {
        match name {
            "latency" => latency(&mut table)?,
            "join" => join(&mut table)?,
            "footprint" => footprint(&mut table)?,
            "peers" => peers(&mut table)?,
            "inputs" => room::inputs(&mut table)?,
            "viewers" => room::viewers(&mut table)?,
            "crash" => crash(&mut table)?,
            "readback" => readback::readback(&mut table)?,
            "encode" => encode::encode(&mut table)?,
            "switch" => switch::switch(&mut table)?,
            "states" => states::states(&mut table)?,
            "rewind" => rewind::rewind(&mut table)?,
            "ahead" => ahead::ahead(&mut table)?,
            "strangers" => strangers::strangers(&mut table)?,
            "meet" => meet::meet(&mut table)?,
            "sandbox" => sandbox::sandbox(&mut table)?,
            "library" => library::library(&mut table)?,
            "check" => check::check(&mut table)?,
            "cycles" => cycles::cycles(&mut table, cycles::MANY)?,
            FEW_CYCLES => cycles::cycles(&mut table, cycles::FEW)?,
            _ => pace(&mut table)?,
        }
        if !json {
            eprintln!("{name} done");
        }
    }
    Ok(if json { table.json() } else { table.text() })
}

/// The test core, where it was built: it is never shipped.
fn fixture() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok()?.parent()?.join("libfixture_libretro.so");
    beside.is_file().then_some(beside)
}

/// A core of the system's package manager.
fn system_core(name: &str) -> Option<PathBuf> {
    let cores = crate::library::find_cores(&[]);
    cores.into_iter().map(|core| core.path).find(|path| path.file_name().is_some_and(|file| file == name))
}

const NO_NES: &str = "nestopia and the package efp are not installed";
const NES_GAME: &str = "/usr/share/nes/efp.nes";

fn nes() -> Option<[String; 3]> {
    let core = system_core("nestopia_libretro.so")?;
    Path::new(NES_GAME).is_file().then(|| ["--core".into(), core.display().to_string(), NES_GAME.into()])
}

/// Host latency by picture size, one peer.
fn latency(table: &mut Table) -> Result<(), BenchError> {
    let text = |path: &Path| path.display().to_string();
    let mut cases = Vec::new();
    match nes() {
        Some(arguments) => {
            let mut arguments = arguments.to_vec();
            // All 240 lines: nestopia hides some of them otherwise.
            arguments.extend(["--option".into(), "nestopia_overscan_v=disabled".into()]);
            let vp8: Vec<String> = arguments.iter().cloned().chain(["--codec".into(), "vp8".into()]).collect();
            cases.push(("host latency 512x480, NES game", arguments, (3.0, 6.0)));
            cases.push(("host latency 512x480, NES game, VP8", vp8, (6.0, 12.0)));
        }
        None => table.push(Row::missing("host latency 512x480, NES game", NO_NES)),
    }
    if let Some(core) = demo_core() {
        let demo = vec!["--core".to_owned(), text(&core)];
        let vp8: Vec<String> = demo.iter().cloned().chain(["--codec".into(), "vp8".into()]).collect();
        cases.push(("host latency 640x480, demo game", demo, (4.0, 8.0)));
        cases.push(("host latency 640x480, demo game, VP8", vp8, (8.0, 16.0)));
    }
    for (name, arguments, (p50, p99)) in cases {
        let mut host = Host::start(&arguments)?;
        let viewer = Viewer::join(&host.url)?;
        viewer.wait_for_frames(120)?;
        host.skip_stats(3)?;
        let stats = host.stats(20)?;
        let of = |path: &[&str]| table::median(stats.iter().map(|stat| table::number(stat, path)));
        table.push(Row::below(format!("{name}, p50"), of(&["latency_p50_ms"]), "ms", p50));
        table.push(Row::below(format!("{name}, p99"), of(&["latency_p99_ms"]), "ms", p99));
        for stage in ["wait", "encode", "send"] {
            table.push(Row::info(format!("  of which {stage}, p50"), of(&["stages_p50_ms", stage]), "ms"));
        }
    }
    Ok(())
}

/// From the first byte to the signaling server until the first whole frame is there, without a browser.
fn join(table: &mut Table) -> Result<(), BenchError> {
    let host = Host::start(&[])?;
    let mut times = Vec::new();
    for _ in 0..10 {
        let begin = Instant::now();
        let viewer = Viewer::join(&host.url)?;
        viewer.wait_for_frames(1)?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    table.push(Row::below("link opened to first frame received, no browser".into(), table::median(times), "ms", 600.0));
    Ok(())
}

/// An NES game, headless, one peer: processor and memory of both processes.
fn footprint(table: &mut Table) -> Result<(), BenchError> {
    let Some(arguments) = nes() else {
        table.push(Row::missing("NES game, headless, one peer", NO_NES));
        return Ok(());
    };
    let mut host = Host::start(&arguments)?;
    let viewer = Viewer::join(&host.url)?;
    viewer.wait_for_frames(120)?;
    host.skip_stats(2)?;
    let stats = host.stats(20)?;
    let cpu = |who: &str| -> f64 {
        let at = |stat: Option<&serde_json::Value>| stat.map_or(0.0, |stat| table::number(stat, &[who, "cpu_seconds"]));
        (at(stats.last()) - at(stats.first())) / (stats.len().max(2) - 1) as f64 * 100.0
    };
    let memory =
        |who: &str| stats.iter().map(|stat| table::number(stat, &[who, "resident_bytes"])).fold(0.0, f64::max) / 1e6;
    table.push(Row::below(
        "NES game, headless, one peer: both processes".into(),
        cpu("host") + cpu("core"),
        "% of a core",
        20.0,
    ));
    table.push(Row::info("  of which host process".into(), cpu("host"), "% of a core"));
    table.push(Row::info("  of which core process".into(), cpu("core"), "% of a core"));
    table.push(Row::below(
        "NES game, headless, one peer: both processes".into(),
        memory("host") + memory("core"),
        "MB",
        120.0,
    ));
    Ok(())
}

/// What one more peer on the same rendition costs.
fn peers(table: &mut Table) -> Result<(), BenchError> {
    const MORE: usize = 8;
    let mut host = Host::start(&[])?;
    let mut viewers = vec![Viewer::join(&host.url)?];
    viewers[0].wait_for_frames(120)?;
    let measure = |host: &mut Host| -> Result<(f64, f64), BenchError> {
        host.skip_stats(3)?;
        let stats = host.stats(10)?;
        let at =
            |stat: Option<&serde_json::Value>| stat.map_or(0.0, |stat| table::number(stat, &["host", "cpu_seconds"]));
        let kbit_s = table::median(stats.iter().map(|stat| table::number(stat, &["kbit_s"])));
        Ok(((at(stats.last()) - at(stats.first())) / (stats.len().max(2) - 1) as f64 * 100.0, kbit_s))
    };
    let (one, kbit_s) = measure(&mut host)?;
    for _ in 0..MORE {
        viewers.push(Viewer::join(&host.url)?);
    }
    for viewer in &viewers {
        viewer.wait_for_frames(60)?;
    }
    let (many, _) = measure(&mut host)?;
    let name = format!("one more peer on the same rendition, {:.1} Mbit/s", kbit_s / 1000.0);
    table.push(Row::below(name, (many - one) / MORE as f64, "% of a core", 1.0));
    Ok(())
}

/// From a crash of the core to frames again.
fn crash(table: &mut Table) -> Result<(), BenchError> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let mut host = Host::start(&[])?;
        let viewer = Viewer::join(&host.url)?;
        times.push(back_after_crash(&mut host, &viewer)?);
    }
    table.push(Row::below("a core crash, to the game running again".into(), table::median(times), "s", 1.0));
    Ok(())
}

/// Seconds from a crash of the core to frames again.
fn back_after_crash(host: &mut Host, viewer: &Viewer) -> Result<f64, BenchError> {
    viewer.wait_for_frames(200)?;
    let killed = Instant::now();
    host.kill_core()?;
    host.wait_for("core_restarted", Duration::from_secs(10))?;
    let before = viewer.frames();
    viewer.wait_for_frames(before + 2)?;
    Ok(killed.elapsed().as_secs_f64())
}

/// The frame rate over a minute, against the rate that the core asks for.
fn pace(table: &mut Table) -> Result<(), BenchError> {
    let rates = if fixture().is_some() { vec![60.0988, 50.2734] } else { vec![60.0] };
    for rate in rates {
        let mut arguments = Vec::new();
        if let Some(core) = fixture() {
            arguments.extend(["--core".into(), core.display().to_string()]);
            arguments.extend(["--option".into(), format!("fixture_fps={rate}")]);
        }
        let mut host = Host::start(&arguments)?;
        host.skip_stats(2)?;
        let stats = host.stats(61)?;
        let newest = |stat: &serde_json::Value, what| table::number(stat, &["newest_frame", what]);
        let (Some(first), Some(last)) = (stats.first(), stats.last()) else {
            return Err(BenchError::NoFigures);
        };
        let frames = newest(last, "number") - newest(first, "number");
        let seconds = newest(last, "captured_s") - newest(first, "captured_s");
        let error = (frames / seconds / rate - 1.0).abs() * 100.0;
        table.push(Row::below(format!("frame rate {rate} Hz over a minute, off by"), error, "%", 0.01));
    }
    Ok(())
}
