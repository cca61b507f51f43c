//! Power cuts at random moments while a save changes with every frame: after each, the save on disk is whole, at most two seconds
//! old, and what the next start begins with. `cargo bench --bench power_loss -- 500` is the whole of it; the number is optional.

#[path = "../tests/common/mod.rs"]
mod common;

use common::power::Home;
use std::time::{Duration, Instant};

/// Hosts at the same time.
const HOMES: usize = 4;

fn main() {
    let wanted: usize = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(500);
    let begin = Instant::now();
    let mut homes: Vec<Home> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..HOMES)
            .map(|index| {
                let share = wanted / HOMES + usize::from(index < wanted % HOMES);
                scope.spawn(move || {
                    let mut home = Home::new(index as u64 + 1);
                    for cut in 0..share {
                        home.lose_power(Duration::ZERO, Duration::from_secs(4));
                        if (cut + 1).is_multiple_of(25) {
                            eprintln!("host {index}: {} of {share}", cut + 1);
                        }
                    }
                    home
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no power cut costs more than it may")).collect()
    });
    let mut lost: Vec<u64> = homes.iter().flat_map(|home| home.lost.iter().copied()).collect();
    lost.sort_unstable();
    let most = lost.last().copied().unwrap_or_default();
    let leftovers: usize = homes.iter_mut().map(Home::play_in_peace).sum();
    println!(
        "{} power cuts in {:.0} s: every save whole; frames lost: median {}, most {most} of 120 ({:.2} s); files left behind: {leftovers}",
        lost.len(),
        begin.elapsed().as_secs_f64(),
        lost[lost.len() / 2],
        most as f64 / 60.0,
    );
}
