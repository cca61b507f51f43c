//! The game's part of a save state.

use super::effects::{Label, Mark, Particle, Shape, tint};
use super::{Cues, Enemy, Game, Gem, Kind, PORTS, Phase, Player, Power, PowerKind, Seat, Shot, Stage, Wave};
use crate::codec::Codec;
use crate::rng::Rng;

const PHASES: [Phase; 3] = [Phase::Title, Phase::Play, Phase::Over];

fn place(c: &mut Codec, x: &mut f32, y: &mut f32) {
    c.f32(x, 0.0..=320.0);
    c.f32(y, 0.0..=240.0);
}

fn speed(c: &mut Codec, x: &mut f32, y: &mut f32) {
    c.f32(x, -32.0..=32.0);
    c.f32(y, -32.0..=32.0);
}

impl Player {
    fn visit(&mut self, c: &mut Codec) {
        c.variant(&mut self.seat, &Seat::ALL);
        place(c, &mut self.x, &mut self.y);
        speed(c, &mut self.vx, &mut self.vy);
        c.f32(&mut self.fx, -1.01..=1.01);
        c.f32(&mut self.fy, -1.01..=1.01);
        c.u8(&mut self.dash, 0..=super::DASH_FRAMES);
        c.u8(&mut self.rest, 0..=60);
        c.u8(&mut self.wish, 0..=60);
        c.u16(&mut self.safe, 0..=600);
        c.u8(&mut self.lit, 0..=60);
        c.u8(&mut self.hearts, 0..=super::MAX_HEARTS);
        c.u8(&mut self.charge, 0..=super::MAX_CHARGE);
        c.u32(&mut self.score, 0..=u32::MAX);
        c.u16(&mut self.chain, 0..=u16::MAX);
        c.u16(&mut self.chain_frames, 0..=600);
        c.u16(&mut self.best_chain, 0..=u16::MAX);
        c.u16(&mut self.kills, 0..=u16::MAX);
        c.u16(&mut self.blaze, 0..=6000);
        c.u16(&mut self.magnet, 0..=6000);
        c.u16(&mut self.idle, 0..=u16::MAX);
        c.u8(&mut self.bumped, 0..=60);
    }
}

impl Enemy {
    fn visit(&mut self, c: &mut Codec) {
        c.variant(&mut self.kind, &Kind::ALL);
        place(c, &mut self.x, &mut self.y);
        speed(c, &mut self.vx, &mut self.vy);
        c.u8(&mut self.hp, 0..=120);
        c.u8(&mut self.hp_full, 1..=120);
        c.u8(&mut self.born, 0..=120);
        c.u8(&mut self.hit, 0..=60);
        c.u16(&mut self.clock, 0..=1000);
    }
}

impl Shot {
    fn visit(&mut self, c: &mut Codec) {
        place(c, &mut self.x, &mut self.y);
        speed(c, &mut self.vx, &mut self.vy);
        c.u16(&mut self.life, 0..=1000);
    }
}

impl Gem {
    fn visit(&mut self, c: &mut Codec) {
        place(c, &mut self.x, &mut self.y);
        speed(c, &mut self.vx, &mut self.vy);
        c.u16(&mut self.life, 0..=1000);
    }
}

impl Power {
    fn visit(&mut self, c: &mut Codec) {
        c.variant(&mut self.kind, &PowerKind::ALL);
        place(c, &mut self.x, &mut self.y);
        c.u16(&mut self.life, 0..=1000);
    }
}

impl Particle {
    fn visit(&mut self, c: &mut Codec) {
        place(c, &mut self.x, &mut self.y);
        speed(c, &mut self.vx, &mut self.vy);
        c.u8(&mut self.life, 0..=60);
        c.u8(&mut self.span, 1..=60);
        c.u8(&mut self.tint, 0..=tint::MAX);
        c.variant(&mut self.shape, &Shape::ALL);
        // The age of a ring is its radius, and an age below zero would have none.
        c.require(self.life <= self.span);
    }
}

impl Label {
    fn visit(&mut self, c: &mut Codec) {
        place(c, &mut self.x, &mut self.y);
        c.u8(&mut self.life, 0..=60);
        c.variant(&mut self.mark, &Mark::ALL);
        c.u16(&mut self.value, 0..=u16::MAX);
        c.u8(&mut self.tint, 0..=tint::MAX);
    }
}

impl Wave {
    fn visit(&mut self, c: &mut Codec) {
        c.u16(&mut self.number, 1..=999);
        c.variant(&mut self.stage, &Stage::ALL);
        c.u16(&mut self.timer, 0..=1000);
        c.u16(&mut self.left, 0..=100);
    }
}

impl Game {
    /// Visits every field that a later frame depends on.
    pub fn visit(&mut self, c: &mut Codec) {
        let mut seed = self.rng.seed();
        c.u32(&mut seed, 1..=u32::MAX);
        self.rng = Rng::new(seed);
        c.u32(&mut self.frame, 0..=u32::MAX);
        c.variant(&mut self.phase, &PHASES);
        c.u32(&mut self.phase_frames, 0..=u32::MAX);
        c.u32(&mut self.best, 0..=u32::MAX);
        c.flag(&mut self.record);
        for port in 0..PORTS {
            c.u16(&mut self.held[port], 0..=u16::MAX);
        }
        self.players.iter_mut().for_each(|x| x.visit(c));
        self.enemies.iter_mut().for_each(|x| x.visit(c));
        self.shots.iter_mut().for_each(|x| x.visit(c));
        self.gems.iter_mut().for_each(|x| x.visit(c));
        self.powers.iter_mut().for_each(|x| x.visit(c));
        c.u16(&mut self.slow, 0..=6000);
        self.wave.visit(c);
        self.effects.particles.iter_mut().for_each(|x| x.visit(c));
        self.effects.labels.iter_mut().for_each(|x| x.visit(c));
        c.u16(&mut self.effects.next_particle, 0..=super::effects::MAX_PARTICLES as u16 - 1);
        c.u8(&mut self.effects.next_label, 0..=super::MAX_LABELS as u8 - 1);
        c.u8(&mut self.effects.shake, 0..=60);
        c.u8(&mut self.effects.flash, 0..=60);
        self.cues = Cues::new();
    }
}
