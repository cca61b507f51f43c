//! Times a frame of four busy players, and tells how far the machine's own hands get.
//!
//! `cargo run --release -p hotseat-arena --example bench`

use std::time::{Duration, Instant};

use arena_libretro::audio::SAMPLES;
use arena_libretro::draw::{HEIGHT, Painter, WIDTH};
use arena_libretro::game::{PORTS, Phase};
use arena_libretro::machine::Machine;
use arena_libretro::pad::{Pad, button};

fn bot(machine: &Machine, port: usize) -> Pad {
    let c = machine.game.bot(port);
    let mut buttons = 0;
    for (on, mask) in [(c.dash, button::B), (c.nova, button::A)] {
        buttons |= if on { mask } else { 0 };
    }
    Pad { buttons, lx: (c.x * 32767.0) as i16, ly: (c.y * 32767.0) as i16, ..Pad::default() }
}

fn main() {
    let mut painter = Painter::new();
    let mut picture = vec![0; WIDTH * HEIGHT];
    let mut sound = [0; SAMPLES * 2];
    for players in [1, 2, 4] {
        let mut machine = Machine::default();
        let mut times = [const { Vec::new() }; 3];
        let mut waves = Vec::new();
        for frame in 0..60 * 60 * 8_u32 {
            let mut pads = [Pad::default(); PORTS];
            for (port, pad) in pads.iter_mut().enumerate().take(players) {
                *pad = bot(&machine, port);
                if machine.game.phase != Phase::Play && frame % 20 == 0 {
                    pad.buttons = button::START;
                }
            }
            let before = machine.game.phase;
            let t0 = Instant::now();
            machine.game.update(&pads);
            let t1 = Instant::now();
            painter.paint(&machine.game, &mut picture);
            let t2 = Instant::now();
            machine.synth.play(&machine.game, &mut sound);
            let spent = [t1 - t0, t2 - t1, t2.elapsed()];
            times.iter_mut().zip(spent).for_each(|(list, t)| list.push(t));
            if before == Phase::Play && machine.game.phase == Phase::Over {
                waves.push((machine.game.wave.number, machine.game.best));
            }
        }
        println!("{players} players; runs ended at (wave, best) {waves:?}");
        for (name, list) in ["update", "paint", "sound"].iter().zip(&mut times) {
            list.sort();
            let at = |share: usize| list.get(list.len() * share / 1000).copied();
            let of = |share| at(share).unwrap_or(Duration::ZERO);
            println!("  {name}: p50 {:?}, p99 {:?}, p99.9 {:?}", of(500), of(990), of(999));
        }
    }
}
