//! A PlayStation and a Super Nintendo whose picture changes its size twice a second, for two minutes in each browser and
//! format: every frame that was sent is decoded, and the picture never stands still. Wants a machine that does nothing else.
//!
//! `cargo bench --bench consoles` runs all of it; an argument such as `vp9` or `PlayStation` picks what has it in its name.

#[path = "../tests/common/mod.rs"]
mod common;

use common::browser::Tab;
use common::firefox::Firefox;
use common::modes::{CONSOLES, Console, watch};
use common::stalls::{Stalls, within};
use common::{Browser, Host};
use hotseat::packet::Format;
use std::ops::Deref;
use std::time::Duration;

const TIME: Duration = Duration::from_secs(120);
/// Between two frames that were shown, without the time in which the machine as a whole stood still.
const LONGEST_GAP_MS: f64 = 50.0;

fn main() {
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|part| name.contains(part.as_str()));
    println!(
        "{:<40} {:>5} {:>7} {:>7} {:>7} {:>7} {:>6} {:>6} {:>7} {:>7}",
        "", "modes", "skipped", "sent", "decoded", "dropped", "wrong", "colour", "gap ms", "p99 ms"
    );
    for console in &CONSOLES {
        for format in ["h264", "vp8", "vp9"] {
            let name = format!("{} in Chromium as {format}", console.name);
            if wanted(&name) {
                run(&name, console, format, |host| Browser::unguarded(&host.url_for("Ann")));
            }
        }
        for format in ["vp8", "vp9"] {
            let name = format!("{} in Firefox as {format}", console.name);
            if wanted(&name) {
                run(&name, console, format, |host| Firefox::playing(&host.url_for("Ann")));
            }
        }
    }
}

fn run<B: Deref<Target = dyn Tab>>(name: &str, console: &Console, format: &str, open: impl Fn(&Host) -> B) {
    let format = Format::from_name(format).expect("a format");
    let mut host = console.host(format);
    let tab = open(&host);
    let stalls = Stalls::watch();
    let report = watch(console, format, &mut host, &*tab, TIME);
    let stalls = stalls.end();
    // From when to when nothing new was shown, and for how much of it the machine as a whole stood still.
    let gaps = report.shown.windows(2).map(|pair| {
        let span = (pair[0], pair[1]);
        (span, span.1 - span.0, within(&stalls, span))
    });
    let gaps: Vec<_> = gaps.collect();
    let mut lengths: Vec<f64> = gaps.iter().map(|(_, length, stalled)| length - stalled).collect();
    lengths.sort_by(f64::total_cmp);
    let longest = lengths.last().copied().unwrap_or(f64::NAN);
    let p99 = lengths.get(lengths.len() * 99 / 100).copied().unwrap_or(f64::NAN);
    let missed = report.modes.len() != console.modes.len()
        || !report.wrong.is_empty()
        || report.skipped > 0
        || report.sent != report.decoded
        || report.dropped > 0
        || longest > LONGEST_GAP_MS;
    println!(
        "{name:<40} {:>5} {:>7} {:>7} {:>7} {:>7} {:>6} {:>6} {longest:>7.1} {p99:>7.1}{}",
        format!("{}/{}", report.modes.len(), console.modes.len()),
        report.skipped,
        report.sent,
        report.decoded,
        report.dropped,
        report.wrong.len(),
        report.worst_colour,
        if missed { "  MISSED" } else { "" }
    );
    for &((from, _), length, stalled) in gaps.iter().filter(|(_, length, _)| *length > LONGEST_GAP_MS) {
        let since = (from - report.shown[0]) / 1000.0;
        print!("  nothing new for {length:.1} ms, {since:.1} s after the first frame");
        println!("; the whole machine stood still for {stalled:.1} ms of it");
    }
    if longest > LONGEST_GAP_MS {
        // Whose fault it is: the host's figures of each second, and when the frames came out of the decoder.
        let stats = host.events_named("stats");
        let figures = |name: &str| stats.iter().skip(5).filter_map(|it| it[name].as_f64()).collect::<Vec<_>>();
        let slowest = figures("latency_p99_ms").into_iter().fold(0.0, f64::max);
        let fewest = figures("fps").into_iter().fold(f64::INFINITY, f64::min);
        let decoded = report.looks.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms).fold(0.0, f64::max);
        println!(
            "  meanwhile: host at most {slowest:.1} ms late, at least {fewest:.1} frames/s; decoded at most {decoded:.1} ms apart"
        );
    }
    if let Some(first) = report.wrong.first() {
        println!("  {first}");
    }
}
