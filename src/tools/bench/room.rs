//! `bench inputs` and `bench viewers`: many people in one room, who play all at once or watch all at once.

use super::Viewer;
use super::host::Host;
use super::table::{self, Row, Table};
use super::{fixture, floor};
use crate::input::MAX_SEATS;

/// Input messages a second, of each player.
const RATE: u32 = 1000;
/// Spectators of one rendition.
const SPECTATORS: usize = 32;

fn median(stats: &[serde_json::Value], path: &str) -> f64 {
    table::median(stats.iter().map(|stat| table::number(stat, &[path])))
}

/// The host's own figures, and right after them what the machine takes to wake any thread at all under the same load.
fn push_inputs(table: &mut Table, who: &str, stats: &[serde_json::Value]) -> Result<(), String> {
    let floor = floor::wake_us(120, 10)?;
    let mut push = |what: &str, share: &str, figure: f64, budget: Option<f64>| {
        let name = format!("{what}, {who}, {share}");
        table.push(match budget {
            Some(budget) => Row::below(name, figure, "us", budget),
            None => Row::info(name, figure, "us"),
        });
    };
    push("input arrived to input board", "p50", median(stats, "input_p50_us"), None);
    push("input arrived to input board", "p99", median(stats, "input_p99_us"), Some(100.0));
    push("datagram arrived to a thread that only waits", "p50", floor.0, None);
    push("datagram arrived to a thread that only waits", "p99", floor.1, None);
    Ok(())
}

/// How long an input takes from its datagram's arrival to the input board, and what eight busy players do to the picture.
pub fn inputs(table: &mut Table) -> Result<(), String> {
    let Some(core) = fixture() else {
        table.push(Row::missing("inputs of one and of eight players", "the test core is not built"));
        return Ok(());
    };
    let arguments = ["--core".into(), core.display().to_string(), "--option".into(), "fixture_ports=8".into()];
    let mut host = Host::start(&arguments)?;
    let mut players = vec![Viewer::play(&host.url, 0, 120)?];
    players[0].wait_for_frames(120)?;
    host.skip_stats(2)?;
    let stats = host.stats(10)?;
    push_inputs(table, "one player at 120/s", &stats)?;
    drop(players.drain(..));
    for seat in 0..MAX_SEATS {
        let player = Viewer::play(&host.url, seat, RATE)?;
        player.wait_for_frames(10)?;
        players.push(player);
    }
    host.skip_stats(3)?;
    let before: Vec<u64> = players.iter().map(Viewer::sent).collect();
    let stats = host.stats(10)?;
    let sent: u64 = players.iter().zip(before).map(|(player, before)| player.sent() - before).sum();
    table.push(Row::info("eight players: input messages sent".into(), sent as f64 / stats.len() as f64, "/s"));
    push_inputs(table, "eight players", &stats)?;
    table.push(Row::below(
        "host latency 512x480, eight players, p50".into(),
        median(&stats, "latency_p50_ms"),
        "ms",
        3.0,
    ));
    table.push(Row::below(
        "host latency 512x480, eight players, p99".into(),
        median(&stats, "latency_p99_ms"),
        "ms",
        6.0,
    ));
    Ok(())
}

/// What a room full of spectators does to the latency, and whether every frame reaches every one of them.
pub fn viewers(table: &mut Table) -> Result<(), String> {
    let arguments = match fixture() {
        Some(core) => vec!["--core".into(), core.display().to_string()],
        None => Vec::new(),
    };
    let mut host = Host::start(&arguments)?;
    let mut viewers = Vec::with_capacity(SPECTATORS);
    for _ in 0..SPECTATORS {
        viewers.push(Viewer::join(&host.url)?);
    }
    for viewer in &viewers {
        viewer.wait_for_frames(60)?;
    }
    host.skip_stats(3)?;
    let before: Vec<u64> = viewers.iter().map(Viewer::frames).collect();
    let first = host.stats(1)?;
    let stats = host.stats(20)?;
    let received: Vec<u64> = viewers.iter().zip(before).map(|(viewer, before)| viewer.frames() - before).collect();
    let encoded = |stat: Option<&serde_json::Value>| stat.map_or(0.0, |stat| table::number(stat, &["frames_encoded"]));
    let made = encoded(stats.last()) - encoded(first.first());
    let least = received.iter().min().copied().unwrap_or(0) as f64;
    table.push(Row::info("32 spectators: frames made".into(), made, ""));
    // The figures are read a moment apart: the slowest spectator may have frames of that moment less, or more.
    table.push(Row::below("32 spectators: frames that the slowest one lacks".into(), (made - least).max(0.0), "", 5.0));
    table.push(Row::info("host latency 512x480, 32 spectators, p50".into(), median(&stats, "latency_p50_ms"), "ms"));
    table.push(Row::below(
        "host latency 512x480, 32 spectators, p99".into(),
        median(&stats, "latency_p99_ms"),
        "ms",
        12.0,
    ));
    Ok(())
}
