//! An evening in ten minutes: four browsers on the four seats of the demo game, ten spectators, everybody pressing something
//! at the same time. Every press must light its seat up and every seat go dark again, nothing may be dropped on the host, and
//! every frame that was made must be sent, received and decoded. What was missed is said beside its row, and is a failure.
//!
//! `cargo bench --bench evening`; an argument is the number of minutes.

#[path = "../tests/common/mod.rs"]
mod common;

use common::host::Setup;
use common::stalls::Stalls;
use common::{Browser, Host, LONG, until};
use hotseat::tools::Viewer;
use serde_json::Value;
use std::time::{Duration, Instant};

const NAMES: [&str; 4] = ["Ann", "Bea", "Cid", "Dan"];
const SPECTATORS: usize = 10;
/// What each presses in turn: the d-pad, A, B and Start, as the page has them.
const KEYS: [&str; 7] = ["\u{e012}", "\u{e013}", "\u{e014}", "\u{e015}", "x", "z", "\u{e006}"];
/// How long a button is held at least.
const HELD: Duration = Duration::from_millis(120);
/// A light that has not changed by then does not change any more.
const PATIENCE: Duration = Duration::from_secs(3);
const ALL_LIT: u32 = (1 << NAMES.len()) - 1;

/// What came of it, row by row.
#[derive(Default)]
struct Report {
    missed: usize,
}

impl Report {
    fn info(&self, name: &str, figure: &str) {
        println!("{name:<44} {figure:>12}");
    }

    /// A figure that has to be this one.
    fn exactly(&mut self, name: &str, figure: u64, wanted: u64) {
        let missed = figure != wanted;
        self.missed += usize::from(missed);
        println!("{name:<44} {figure:>12} of {wanted}{}", if missed { "  MISSED" } else { "" });
    }
}

/// Presses that lit no light, and lights that did not go out, one for each seat and round.
#[derive(Default)]
struct Pressed {
    rounds: u64,
    unlit: u64,
    stuck: u64,
}

/// What was counted of the frames of one peer.
#[derive(PartialEq, Clone, Copy)]
struct Frames {
    made: u64,
    sent: u64,
    received: u64,
    decoded: u64,
    dropped: u64,
    frozen: u64,
    lost: u64,
}

impl Frames {
    fn since(self, before: Frames) -> Frames {
        Frames {
            made: self.made - before.made,
            sent: self.sent - before.sent,
            received: self.received - before.received,
            decoded: self.decoded - before.decoded,
            dropped: self.dropped - before.dropped,
            frozen: self.frozen - before.frozen,
            lost: self.lost.saturating_sub(before.lost),
        }
    }
}

/// Everybody's frames, players first.
fn frames(host: &Host, players: &[Browser], spectators: &[Viewer]) -> Option<Vec<Frames>> {
    let stats = host.stats();
    let number = |value: &Value| value.as_u64();
    let of = |peer: &Value| {
        let status = stats["peers"].as_array()?.iter().find(|it| it["peer"] == *peer)?;
        let rendition = stats["renditions"].as_array()?.iter().find(|it| it["codec"] == status["codec"])?;
        Some((number(&rendition["frames_encoded"])?, number(&status["frames_sent"])?))
    };
    let playing = players.iter().map(|player| {
        let (made, sent) = of(&player.heard("room").last()?["you"]["peer"])?;
        let inbound = player.inbound("video");
        Some(Frames {
            made,
            sent,
            received: number(&inbound["framesReceived"])?,
            decoded: number(&inbound["framesDecoded"])?,
            dropped: number(&inbound["framesDropped"])?,
            frozen: number(&inbound["freezeCount"])?,
            // Packets that come twice make it negative.
            lost: inbound["packetsLost"].as_i64()?.max(0).unsigned_abs(),
        })
    });
    let watching = spectators.iter().map(|spectator| {
        let (made, sent) = of(&spectator.peer().into())?;
        let received = spectator.frames();
        Some(Frames { made, sent, received, decoded: received, dropped: 0, frozen: 0, lost: 0 })
    });
    playing.chain(watching).collect()
}

/// Pauses the game, and counts once no frame is on its way any more.
fn frames_at_rest(host: &mut Host, players: &[Browser], spectators: &[Viewer]) -> Vec<Frames> {
    host.command(r#"{"command":"pause"}"#);
    host.stats_when("a pause", LONG, |stats| stats["state"] == "paused");
    let mut last = None;
    until("counts that stand still", LONG, || {
        let now = frames(host, players, spectators)?;
        (last.replace(now.clone()).as_ref() == Some(&now)).then_some(now)
    })
}

/// Waits for these lights alone. Seats that are not as they should be, one bit each.
fn wait_for_lights(sees: &Viewer, wanted: u32) -> u32 {
    let end = Instant::now() + PATIENCE;
    while sees.lights() != wanted && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    sees.lights() ^ wanted
}

/// Everybody presses a button, all hold theirs together, and everybody lets go.
fn press_together(players: &[Browser], sees: &Viewer, pressed: &mut Pressed) {
    let round = pressed.rounds as usize;
    let keys: Vec<&str> = (0..players.len()).map(|seat| KEYS[(round * 5 + seat * 3) % KEYS.len()]).collect();
    for (player, key) in players.iter().zip(&keys) {
        player.press(key);
    }
    pressed.unlit += u64::from(wait_for_lights(sees, ALL_LIT).count_ones());
    std::thread::sleep(HELD);
    for (player, key) in players.iter().zip(&keys) {
        player.release(key);
    }
    pressed.stuck += u64::from(wait_for_lights(sees, 0).count_ones());
    pressed.rounds += 1;
}

fn main() {
    let minutes = std::env::args().skip(1).find_map(|it| it.parse::<f64>().ok()).unwrap_or(10.0);
    let mut host = Setup::core(&common::built_core("arena")).start();
    let players: Vec<Browser> = NAMES.iter().map(|name| Browser::playing(&host.url_for(name))).collect();
    let spectators: Vec<Viewer> = (0..SPECTATORS).map(|_| Viewer::join(&host.url()).expect("a spectator")).collect();
    for spectator in &spectators {
        spectator.wait_for_frames(10).expect("frames");
    }
    for (seat, player) in players.iter().enumerate() {
        player.wait_for_dataset("seat", &seat.to_string());
    }

    let frames_before = frames_at_rest(&mut host, &players, &spectators);
    let before = host.stats();
    host.command(r#"{"command":"resume"}"#);
    host.stats_when("the game to go on", LONG, |stats| stats["state"] == "running");
    let begin = Instant::now();
    let stalls = Stalls::watch();
    let mut pressed = Pressed::default();
    while begin.elapsed() < Duration::from_secs_f64(minutes * 60.0) {
        press_together(&players, &spectators[0], &mut pressed);
    }
    let took = begin.elapsed();
    let stalls = stalls.end();
    let latest = host.stats();
    let frames_after = frames_at_rest(&mut host, &players, &spectators);
    let after = host.stats();

    let mut report = Report::default();
    println!("{:.1} minutes, 4 browsers and {SPECTATORS} spectators", took.as_secs_f64() / 60.0);
    let presses = pressed.rounds * NAMES.len() as u64;
    report.exactly("presses seen on their seat, all four held", presses - pressed.unlit.min(presses), presses);
    report.exactly("let go, and dark again", presses - pressed.stuck.min(presses), presses);
    report.exactly("seats lit at the end", spectators[0].lights().count_ones().into(), 0);
    for (seat, name) in NAMES.iter().enumerate() {
        let lit = spectators.iter().filter(|it| it.lit() >> seat & 1 == 1).count();
        report.exactly(&format!("spectators who saw {name}'s seat lit"), lit as u64, SPECTATORS as u64);
    }
    count_on_the_host(&mut report, &before, &after);
    say_when_skipped(&host, &before, &after);
    let longest = stalls.iter().map(|(from, to)| to - from).fold(0.0, f64::max);
    report.info("the whole machine stood still, at most", &format!("{longest:.0} ms"));
    let latency = |share: &str| format!("{} ms", latest[format!("latency_{share}_ms")]);
    report.info("host latency of the last second, p50", &latency("p50"));
    report.info("host latency of the last second, p99", &latency("p99"));
    let all: Vec<Frames> = frames_after.iter().zip(&frames_before).map(|(now, then)| now.since(*then)).collect();
    let (playing, watching) = all.split_at(players.len());
    for (name, it) in NAMES.iter().zip(playing) {
        report.exactly(&format!("{name}: frames sent of those made"), it.sent, it.made);
        report.exactly(&format!("{name}: frames decoded of those sent"), it.decoded, it.sent);
        report.exactly(&format!("{name}: frames that the browser dropped"), it.dropped, 0);
        // Coming back from the pause in which frames are counted is one.
        report.info(&format!("{name}: freezes, packets lost"), &format!("{}, {}", it.frozen, it.lost));
    }
    for (index, it) in watching.iter().enumerate() {
        report.exactly(&format!("spectator {}: frames sent of those made", index + 1), it.sent, it.made);
        report.exactly(&format!("spectator {}: frames received of those sent", index + 1), it.received, it.sent);
    }
    host.assert_alive();
    drop((players, spectators, host));
    if report.missed > 0 {
        eprintln!("{} of the figures above are not what they have to be.", report.missed);
        std::process::exit(1);
    }
}

/// When frames were passed over, in seconds since the count began, and how late the host was then.
fn say_when_skipped(host: &Host, before: &Value, after: &Value) {
    let all = host.events_named("stats");
    let at = |stats: &Value| all.iter().position(|it| it == stats).unwrap_or(0);
    let number = |value: &Value| value["frames_skipped"].as_u64().unwrap_or(0);
    for (second, pair) in all.get(at(before)..=at(after)).unwrap_or_default().windows(2).enumerate() {
        let skipped = number(&pair[1]).saturating_sub(number(&pair[0]));
        if skipped > 0 {
            let latency = |share: &str| &pair[1][format!("latency_{share}_ms")];
            println!(
                "  second {second}: {skipped} skipped, encoder speed {} to {}, host latency {} / {} ms",
                pair[0]["encoder_speed"],
                pair[1]["encoder_speed"],
                latency("p50"),
                latency("p99")
            );
        }
    }
}

/// What the host says was made and left out, of all renditions.
fn count_on_the_host(report: &mut Report, before: &Value, after: &Value) {
    let number = |value: &Value, name: &str| value[name].as_u64().unwrap_or(0);
    let more = |name: &str| number(after, name) - number(before, name);
    report.info("frames emulated", &more("frames_emulated").to_string());
    report.info("frames encoded", &more("frames_encoded").to_string());
    report.exactly("skipped by the encoder", more("frames_skipped"), 0);
    report.exactly("that could not be converted", more("frames_unusable"), 0);
    let none = Vec::new();
    for rendition in after["renditions"].as_array().unwrap_or(&none) {
        let then = before["renditions"].as_array().unwrap_or(&none);
        let then = then.iter().find(|it| it["codec"] == rendition["codec"]);
        let dropped = number(rendition, "frames_dropped") - then.map_or(0, |it| number(it, "frames_dropped"));
        let codec = rendition["codec"].as_str().unwrap_or_default();
        report.exactly(&format!("{codec}: dropped before sending"), dropped, 0);
    }
}
