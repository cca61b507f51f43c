//! An evening in ten minutes: four browsers on the four seats of the demo game, ten spectators, everybody pressing something.
//! Nothing may be dropped on the host, every frame sent must be decoded, and at the end nothing may be held.
//!
//! `cargo bench --bench evening`; an argument is the number of minutes.

#[path = "../tests/common/mod.rs"]
mod common;

use common::host::Setup;
use common::{Browser, LONG, until};
use hotseat::tools::Viewer;
use serde_json::Value;
use std::time::{Duration, Instant};

const NAMES: [&str; 4] = ["Ann", "Bea", "Cid", "Dan"];
const SPECTATORS: usize = 10;
/// What each presses in turn: the d-pad, A, B and Start, as the page has them.
const KEYS: [&str; 7] = ["\u{e012}", "\u{e013}", "\u{e014}", "\u{e015}", "x", "z", "\u{e007}"];

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
    let before = host.stats();
    let begin = Instant::now();
    let mut presses = 0usize;
    while begin.elapsed() < Duration::from_secs_f64(minutes * 60.0) {
        for (seat, player) in players.iter().enumerate() {
            let key = KEYS[(presses * 5 + seat * 3) % KEYS.len()];
            player.press(key);
            std::thread::sleep(Duration::from_millis(120));
            player.release(key);
        }
        presses += 1;
    }
    let lights = |tab: &Browser| tab.heard("lights").last().and_then(|it| it["seats"].as_u64()).unwrap_or(0);
    let stuck = until("all lights out", LONG, || players.iter().all(|it| lights(it) == 0).then_some(false));
    let after = host.stats();
    let number = |stats: &Value, name: &str| stats[name].as_u64().unwrap_or(0);
    println!(
        "{:.1} minutes, 4 browsers and {SPECTATORS} spectators, {} presses",
        begin.elapsed().as_secs_f64() / 60.0,
        presses * 4
    );
    println!("frames emulated        {}", number(&after, "frames_emulated") - number(&before, "frames_emulated"));
    println!("frames encoded         {}", number(&after, "frames_encoded") - number(&before, "frames_encoded"));
    println!("skipped by the encoder {}", number(&after, "frames_skipped") - number(&before, "frames_skipped"));
    println!("dropped before sending {}", number(&after["renditions"][0], "frames_dropped"));
    println!("host latency p50, p99  {} {} ms", after["latency_p50_ms"], after["latency_p99_ms"]);
    println!("something held         {stuck}");
    host.command(r#"{"command":"pause"}"#);
    for (name, player) in NAMES.iter().zip(&players) {
        let mut last = None;
        let (sent, inbound) = until("counts that stand still", LONG, || {
            let peers = host.stats()["peers"].clone();
            let id = player.heard("room").last()?["you"]["peer"].clone();
            let sent = peers.as_array()?.iter().find(|it| it["peer"] == id)?["frames_sent"].as_u64()?;
            let inbound = player.inbound("video");
            let now = (sent, inbound["framesDecoded"].as_u64()?);
            (last.replace(now) == Some(now)).then_some((sent, inbound))
        });
        println!(
            "{name}: sent {sent}, decoded {}, dropped {}, freezes {}, packets lost {}",
            inbound["framesDecoded"], inbound["framesDropped"], inbound["freezeCount"], inbound["packetsLost"]
        );
    }
    let least = spectators.iter().map(Viewer::frames).min().unwrap_or(0);
    println!("spectators: at least {least} frames each");
    host.assert_alive();
}
