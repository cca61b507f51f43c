//! A machine with hands: seeded random pads, and fingerprints of what comes out.
#![allow(dead_code)]

use arena_libretro::audio::SAMPLES;
use arena_libretro::draw::{HEIGHT, Painter, WIDTH};
use arena_libretro::game::PORTS;
use arena_libretro::machine::Machine;
use arena_libretro::pad::{Pad, button};
use arena_libretro::rng::Rng;

/// A machine, its screen and its loudspeaker.
pub struct Cabinet {
    pub machine: Machine,
    pub picture: Vec<u32>,
    pub sound: [i16; SAMPLES * 2],
    painter: Painter,
}

impl Cabinet {
    pub fn new() -> Self {
        Self {
            machine: Machine::default(),
            picture: vec![0; WIDTH * HEIGHT],
            sound: [0; SAMPLES * 2],
            painter: Painter::new(),
        }
    }

    /// One frame without a picture.
    pub fn blind(&mut self, pads: &[Pad; PORTS]) {
        self.machine.game.update(pads);
        self.machine.synth.play(&self.machine.game, &mut self.sound);
    }

    pub fn frame(&mut self, pads: &[Pad; PORTS]) {
        self.blind(pads);
        self.paint();
    }

    pub fn paint(&mut self) {
        self.painter.paint(&self.machine.game, &mut self.picture);
    }

    /// State, picture and sound in one number.
    pub fn print(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut eat = |v: u64| hash = (hash ^ v).wrapping_mul(0x0100_0000_01b3);
        self.state().iter().for_each(|&v| eat(u64::from(v)));
        self.picture.iter().for_each(|&v| eat(u64::from(v)));
        self.sound.iter().for_each(|&v| eat(u64::from(v as u16)));
        hash
    }

    pub fn state(&self) -> Vec<u8> {
        let mut out = vec![0; Machine::state_size()];
        assert!(self.machine.save(&mut out), "every state a game reaches can be saved");
        out
    }
}

/// Four restless players, some of whom are often away.
pub struct Hands {
    rng: Rng,
    pads: [Pad; PORTS],
}

impl Hands {
    pub fn new(seed: u32) -> Self {
        Self { rng: Rng::new(seed), pads: [Pad::default(); PORTS] }
    }

    pub fn next(&mut self) -> [Pad; PORTS] {
        for port in 0..PORTS {
            if !self.rng.one_in(4 + port as u32 * 6) {
                continue;
            }
            let pad = &mut self.pads[port];
            pad.buttons = self.rng.below(0x1_0000) as u16 & self.rng.below(0x1_0000) as u16;
            pad.lx = self.rng.below(0x1_0000) as u16 as i16;
            pad.ly = self.rng.below(0x1_0000) as u16 as i16;
            if self.rng.one_in(3) {
                *pad = Pad::default();
            }
        }
        self.pads
    }
}

pub fn press(port: usize, buttons: u16) -> [Pad; PORTS] {
    let mut pads = [Pad::default(); PORTS];
    pads[port].buttons = buttons;
    pads
}

/// Nobody touches anything.
pub fn rest() -> [Pad; PORTS] {
    press(0, 0)
}

/// A machine in the first frame of a run of player one.
pub fn started() -> Cabinet {
    let mut cabinet = Cabinet::new();
    cabinet.frame(&rest());
    cabinet.frame(&press(0, button::START));
    cabinet
}
