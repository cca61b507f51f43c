//! What a guest sees on bad networks: a real host and real Chromium, with a relay of our own between their network namespaces. `make
//! bench-net` runs it; prints each figure beside its budget, and draws the bitrate over time into `target/bench-net`.
//!
//! `NAME ...` picks networks, `--list` names them, `--beside` measures a second time without adaptation, `--quick` takes two networks
//! for some seconds each.

#[path = "../tests/common/mod.rs"]
mod common;

use common::line::measure::{Lab, Measured, Seen};
use common::line::networks::Network;
use common::line::plot::{Series, svg};
use common::network::again;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What a host without adaptation sends: what it starts with when nothing is known.
const PLAIN: [&str; 2] = ["--fixed-bitrate", "6000"];
/// Networks of `--quick`.
const QUICK: [&str; 2] = ["lan", "2%"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let has = |flag: &str| arguments.iter().any(|it| it == flag);
    let all = Network::all();
    if has("--list") {
        all.iter().for_each(|network| println!("{:<10} {}", network.name, network.title));
        return ExitCode::SUCCESS;
    }
    let names: Vec<&str> = arguments.iter().map(String::as_str).filter(|it| !it.starts_with("--")).collect();
    let wrong = names.iter().find(|name| !all.iter().any(|network| network.name == **name));
    let flag = arguments.iter().find(|it| it.starts_with("--") && !["--beside", "--quick"].contains(&it.as_str()));
    if let Some(what) = wrong.copied().or(flag.map(String::as_str)) {
        eprintln!("There is no network and no option {what}: --list names the networks.");
        return ExitCode::FAILURE;
    }
    let inner: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if !again(&inner) {
        return ExitCode::SUCCESS;
    }
    let wanted = |network: &Network| match (names.is_empty(), has("--quick")) {
        (false, _) => names.contains(&network.name),
        (true, true) => QUICK.contains(&network.name),
        (true, false) => true,
    };
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!("{processors} processors, which the browser and the relay share with the host");
    println!("{:<34} {:<10} {:>8} {:>8}  unit", "network", "settings", "measured", "budget");
    let lab = Lab::new();
    for network in all.iter().filter(|network| wanted(network)) {
        let time = match (has("--quick"), network.step) {
            (true, _) => Duration::from_secs(4),
            (false, Some((_, rise))) => rise + Duration::from_secs(14),
            (false, None) => Duration::from_secs(30),
        };
        let adapted = lab.measure(network, &[], time);
        print(network, "adapting", &adapted);
        draw(network, "adapting", &adapted);
        if has("--beside") {
            let plain = lab.measure(network, &PLAIN, time);
            print(network, "plain", &plain);
            draw(network, "plain", &plain);
        }
    }
    ExitCode::SUCCESS
}

/// A figure, and its budget if there is one.
fn row(network: &Network, settings: &str, what: &str, figure: f64, budget: Option<f64>, unit: &str) {
    let verdict = if budget.is_some_and(|budget| figure.is_nan() || figure > budget) { "  MISSED" } else { "" };
    let budget = budget.map_or("-".into(), |budget| format!("{budget:.1}"));
    println!("{:<34} {settings:<10} {figure:>8.1} {budget:>8}  {unit}, {what}{verdict}", network.title);
}

fn print(network: &Network, settings: &str, measured: &Measured) {
    let row = |what: &str, figure, budget, unit: &str| row(network, settings, what, figure, budget, unit);
    let seen = &measured.seen;
    picture("", network, seen, &row);
    if let Some(good) = &measured.good {
        picture(" of the good one", network, good, &row);
    }
    if let Some((fall, rise)) = network.step {
        let budgets = |ms: Option<f64>| ms.map_or(f64::NAN, |ms| ms / 1000.0);
        row("queue empty after the fall", budgets(measured.queue_empty_after(fall, rise)), Some(1.0), "s");
        let base = seen.click(0.0, fall.as_secs_f64() * 1000.0, 0.5);
        let later = seen.click(fall.as_secs_f64() * 1000.0 + 2000.0, rise.as_secs_f64() * 1000.0, 0.5);
        row("click to pixel p50 beyond base, from 2 s after the fall", later - base, Some(60.0), "ms");
        row("bitrate back after the rise", budgets(measured.back_after(fall, rise)), Some(10.0), "s");
    }
    let most = measured.queue.iter().map(|it| it.1).max().unwrap_or(0);
    row("most that waited before the link", most as f64 / 1024.0, None, "KiB");
}

fn picture(whose: &str, network: &Network, seen: &Seen, row: &impl Fn(&str, f64, Option<f64>, &str)) {
    let own = whose.is_empty();
    let freezes = seen.freezes();
    let longest = network.budget.longest_freeze.filter(|_| own).map(|it| it.as_secs_f64() * 1000.0);
    row(&format!("frames shown{whose}"), seen.frames_per_second(), None, "a second");
    row(&format!("freezes above 100 ms{whose}"), freezes.count as f64, None, "times");
    row(&format!("longest time without a frame{whose}"), freezes.longest_ms, longest, "ms");
    row(&format!("time frozen{whose}"), freezes.percent, network.budget.frozen_percent.filter(|_| own), "%");
    row(&format!("click to pixel p50{whose}"), seen.click(0.0, f64::INFINITY, 0.5), None, "ms");
    row(&format!("click to pixel p95{whose}"), seen.click(0.0, f64::INFINITY, 0.95), None, "ms");
    row(&format!("video received{whose}"), seen.mean_kbit_s(), None, "kbit/s");
}

fn draw(network: &Network, settings: &str, measured: &Measured) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench-net");
    let limit: Vec<(f64, f64)> = rate_over_time(network, measured.seen.seconds * 1000.0);
    let received = measured.seen.bitrate();
    let series = [
        Series { name: "video received, kbit/s", color: "#1565c0", points: &received },
        Series { name: "estimate, kbit/s", color: "#ef6c00", points: &measured.estimate },
        Series { name: "rate of the link, kbit/s", color: "#757575", points: &limit },
    ];
    let file = folder.join(format!("{}-{settings}.svg", network.name.replace('%', "-percent")));
    let drawn = svg(&format!("{}, {settings}", network.title), &series);
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, drawn));
    written.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// As steps.
fn rate_over_time(network: &Network, until: f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (from, conditions) in &network.schedule {
        let (ms, Some(rate)) = (from.as_secs_f64() * 1000.0, conditions.rate_kbit_s) else { continue };
        if ms > until {
            break;
        }
        points.extend(points.last().map(|&(_, before)| (ms, before)));
        points.push((ms, rate.into()));
    }
    points.extend(points.last().map(|&(_, before)| (until, before)));
    points
}
