//! `bench inputs` and `bench viewers`: many people in one room, who play all at once or watch all at once.

use super::Viewer;
use super::host::Host;
use super::table::{self, Row, Table};
use super::{BenchError, fixture, floor};
use crate::input::MAX_SEATS;
use serde_json::Value;
use std::time::Instant;

/// Input messages a second, of each player.
const RATE: u32 = 1000;
/// Spectators of one rendition.
const SPECTATORS: usize = 32;

/// Players of one room, all seats there are.
const PLAYERS: usize = MAX_SEATS;
/// Seconds that inputs are measured for.
const SECONDS: usize = 10;

fn median(stats: &[Value], path: &str) -> f64 {
    table::median(stats.iter().map(|stat| table::number(stat, &[path])))
}

/// The host's own figures, and right after them what the machine takes to wake any thread at all under the same load.
fn push_inputs(table: &mut Table, who: &str, stats: &[Value]) -> Result<(), BenchError> {
    let p99 = |stat: &Value| table::number(stat, &["input_p99_us"]);
    let without = stats.iter().filter(|stat| p99(stat) <= 0.0).count();
    if without > 0 {
        return Err(BenchError::InputsMissing { without, seconds: stats.len(), who: who.to_owned() });
    }
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
    push("input arrived to input board", "worst p99", stats.iter().map(p99).fold(0.0, f64::max), None);
    push("datagram arrived to a thread that only waits", "p50", floor.0, None);
    push("datagram arrived to a thread that only waits", "p99", floor.1, None);
    Ok(())
}

/// How long an input takes from its datagram's arrival to the input board, and what eight busy players do to the picture.
pub fn inputs(table: &mut Table) -> Result<(), BenchError> {
    let Some(core) = fixture() else {
        table.push(Row::missing("inputs of one and of eight players", "the test core is not built"));
        return Ok(());
    };
    let ports = format!("fixture_ports={PLAYERS}");
    let arguments = ["--core".into(), core.display().to_string(), "--option".into(), ports];
    one_player(table, &arguments)?;
    // A room of its own: the seat of a player who left is kept for a while.
    eight_players(table, &arguments)
}

fn one_player(table: &mut Table, arguments: &[String]) -> Result<(), BenchError> {
    let mut host = Host::start(arguments)?;
    let player = Viewer::play(&host.url, 120)?;
    player.wait_for_frames(120)?;
    host.skip_stats(2)?;
    let stats = host.stats(SECONDS)?;
    all_lit(std::slice::from_ref(&player))?;
    push_inputs(table, "one player at 120/s", &stats)
}

fn eight_players(table: &mut Table, arguments: &[String]) -> Result<(), BenchError> {
    let mut host = Host::start(arguments)?;
    let mut players = Vec::with_capacity(PLAYERS);
    for _ in 0..PLAYERS {
        let player = Viewer::play(&host.url, RATE)?;
        player.wait_for_frames(10)?;
        players.push(player);
    }
    host.skip_stats(3)?;
    let (before, begin): (Vec<u64>, _) = (players.iter().map(Viewer::sent).collect(), Instant::now());
    let stats = host.stats(SECONDS)?;
    let seconds = begin.elapsed().as_secs_f64();
    let sent: Vec<u64> = players.iter().zip(before).map(|(player, before)| player.sent() - before).collect();
    all_lit(&players)?;
    let slowest = sent.iter().min().copied().unwrap_or(0) as f64 / seconds;
    let all = sent.iter().sum::<u64>() as f64 / seconds;
    table.push(Row::info("eight players: input messages sent".into(), all, "/s"));
    table.push(Row::below(
        format!("eight players: the slowest one's messages, short of {RATE}/s by"),
        (100.0 - slowest / f64::from(RATE) * 100.0).max(0.0),
        "%",
        10.0,
    ));
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

/// Inputs that light no seat are measured on their way to nowhere.
fn all_lit(players: &[Viewer]) -> Result<(), BenchError> {
    let lit = players.first().map_or(0, Viewer::lit).count_ones() as usize;
    if lit == players.len() {
        return Ok(());
    }
    Err(BenchError::InputsLost { players: players.len(), lit })
}

/// What a room full of spectators does to the latency, and whether every frame reaches every one of them.
pub fn viewers(table: &mut Table) -> Result<(), BenchError> {
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
    let skipped = |stats: &[Value]| stats.last().map_or(0.0, |stat| table::number(stat, &["frames_skipped"]));
    let before = Frames::at_rest(&mut host, &viewers)?;
    let skipped_before = skipped(&host.stats(1)?);
    host.command("resume")?;
    host.skip_stats(3)?;
    let stats = host.stats(20)?;
    let frames = Frames::at_rest(&mut host, &viewers)?.since(&before);
    let skipped = skipped(&host.stats(1)?) - skipped_before;
    if frames.made == 0 {
        return Err(BenchError::NoFrames);
    }
    let most = |lacks: &mut dyn Iterator<Item = u64>| lacks.max().unwrap_or(0) as f64;
    let unsent = most(&mut frames.sent.iter().map(|&sent| frames.made.abs_diff(sent)));
    let lost = most(&mut frames.sent.iter().zip(&frames.received).map(|(&sent, &got)| sent.abs_diff(got)));
    table.push(Row::info("32 spectators: frames made".into(), frames.made as f64, ""));
    table.push(Row::info("32 spectators: frames a second that the game made".into(), median(&stats, "fps"), "/s"));
    table.push(Row::below("32 spectators: frames that the encoder passed over".into(), skipped, "", 0.0));
    table.push(Row::below("32 spectators: frames made and not sent to the worst off".into(), unsent, "", 0.0));
    table.push(Row::below("32 spectators: frames sent and not received by the worst off".into(), lost, "", 0.0));
    table.push(Row::info("host latency 512x480, 32 spectators, p50".into(), median(&stats, "latency_p50_ms"), "ms"));
    table.push(Row::below(
        "host latency 512x480, 32 spectators, p99".into(),
        median(&stats, "latency_p99_ms"),
        "ms",
        12.0,
    ));
    Ok(())
}

/// How many frames there have been: made, and by viewer sent and received.
#[derive(PartialEq)]
struct Frames {
    made: u64,
    sent: Vec<u64>,
    received: Vec<u64>,
}

impl Frames {
    /// Pauses the game, and counts once no frame is on its way any more.
    fn at_rest(host: &mut Host, viewers: &[Viewer]) -> Result<Frames, BenchError> {
        host.command("pause")?;
        host.skip_stats(1)?;
        let mut last = None;
        for _ in 0..20 {
            let stats = host.stats(1)?;
            let frames = stats.first().and_then(|stat| Frames::of(stat, viewers));
            let frames = frames.ok_or(BenchError::ViewersMissing)?;
            if last.as_ref() == Some(&frames) {
                return Ok(frames);
            }
            last = Some(frames);
        }
        Err(BenchError::NeverAtRest)
    }

    fn of(stat: &Value, viewers: &[Viewer]) -> Option<Frames> {
        let peers = stat["peers"].as_array()?;
        let sent = |viewer: &Viewer| peers.iter().find(|it| it["peer"] == viewer.peer())?["frames_sent"].as_u64();
        Some(Frames {
            made: stat["renditions"][0]["frames_encoded"].as_u64()?,
            sent: viewers.iter().map(sent).collect::<Option<_>>()?,
            received: viewers.iter().map(Viewer::frames).collect(),
        })
    }

    fn since(&self, before: &Frames) -> Frames {
        let less = |now: &[u64], before: &[u64]| now.iter().zip(before).map(|(now, before)| now - before).collect();
        Frames {
            made: self.made - before.made,
            sent: less(&self.sent, &before.sent),
            received: less(&self.received, &before.received),
        }
    }
}
