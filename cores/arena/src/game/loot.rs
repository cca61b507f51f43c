//! Sparks and power-ups on the floor.

use super::effects::Mark;
use super::{Game, MAX_CHARGE, MAX_HEARTS, PORTS, Seat, Sound, arena};
use crate::math;

/// Sparks at once; when full, new ones are lost.
pub const MAX_GEMS: usize = 72;
/// Power-ups at once.
pub const MAX_POWERS: usize = 4;

const GEM_FRAMES: u16 = 60 * 7;
const POWER_FRAMES: u16 = 60 * 10;
const GEM_POINTS: u32 = 10;
const PULL: f32 = 34.0;

/// A spark: ten points and a step towards a nova.
#[derive(Clone, Copy, Debug)]
pub struct Gem {
    /// Position.
    pub x: f32,
    /// Position.
    pub y: f32,
    /// Speed.
    pub vx: f32,
    /// Speed.
    pub vy: f32,
    /// Frames left; 0 is a free slot.
    pub life: u16,
}

impl Gem {
    /// A free slot.
    pub const NONE: Self = Self { x: 0.0, y: 0.0, vx: 0.0, vy: 0.0, life: 0 };

    /// Whether it may be caught: not in the moment it bursts out of something.
    fn ripe(&self) -> bool {
        self.life > 0 && self.life < GEM_FRAMES - 14
    }
}

/// What a power-up does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerKind {
    /// One heart more.
    Heart,
    /// A trail that burns.
    Blaze,
    /// Slow time.
    Clock,
    /// All sparks fly to the wisp.
    Magnet,
}

impl PowerKind {
    pub(super) const ALL: [Self; 4] = [Self::Heart, Self::Blaze, Self::Clock, Self::Magnet];
}

/// A power-up.
#[derive(Clone, Copy, Debug)]
pub struct Power {
    /// What it does.
    pub kind: PowerKind,
    /// Position.
    pub x: f32,
    /// Position.
    pub y: f32,
    /// Frames left; 0 is a free slot.
    pub life: u16,
}

impl Power {
    /// A free slot.
    pub const NONE: Self = Self { kind: PowerKind::Heart, x: 0.0, y: 0.0, life: 0 };
}

impl Game {
    pub(super) fn drop_gem(&mut self, x: f32, y: f32, speed: f32) {
        let (dx, dy) = math::dir(self.rng.below(u32::from(math::TURN)) as u8);
        let v = speed * (0.5 + self.rng.unit());
        if let Some(slot) = self.gems.iter_mut().find(|g| g.life == 0) {
            let life = GEM_FRAMES - self.rng.below(14) as u16;
            *slot = Gem { x, y, vx: dx * v, vy: dy * v, life };
        }
    }

    /// Drops a power-up; when there is no room, a spark.
    pub(super) fn drop_power(&mut self, kind: PowerKind, x: f32, y: f32) {
        match self.powers.iter_mut().find(|p| p.life == 0) {
            Some(slot) => *slot = Power { kind, x, y, life: POWER_FRAMES },
            None => self.drop_gem(x, y, 1.0),
        }
    }

    pub(super) fn maybe_drop_power(&mut self, x: f32, y: f32) {
        if !self.rng.one_in(17) {
            return;
        }
        let hurt = self.players.iter().any(|p| p.seat == Seat::Alive && p.hearts < 3);
        let kind = match self.rng.below(if hurt { 5 } else { 3 }) {
            0 => PowerKind::Blaze,
            1 => PowerKind::Clock,
            2 => PowerKind::Magnet,
            _ => PowerKind::Heart,
        };
        self.drop_power(kind, x, y);
    }

    pub(super) fn update_loot(&mut self) {
        for i in 0..MAX_GEMS {
            if self.gems[i].life > 0 {
                self.update_gem(i);
            }
        }
        for i in 0..MAX_POWERS {
            let power = &mut self.powers[i];
            if power.life == 0 {
                continue;
            }
            power.life -= 1;
            let power = *power;
            let taker = (0..PORTS).find(|&port| {
                let p = &self.players[port];
                p.seat == Seat::Alive && math::near(p.x, p.y, power.x, power.y, 13.0)
            });
            if let Some(port) = taker {
                self.powers[i].life = 0;
                self.take_power(port, power);
            }
        }
    }

    fn update_gem(&mut self, i: usize) {
        let mut g = self.gems[i];
        g.life -= 1;
        // The nearest wisp pulls; a magnet reaches across the floor.
        let mut pull: Option<(usize, f32)> = None;
        for (port, p) in self.players.iter().enumerate() {
            let far = math::len(p.x - g.x, p.y - g.y);
            let reach = if p.magnet > 0 { 400.0 } else { PULL };
            if p.seat == Seat::Alive && g.ripe() && far < reach && pull.is_none_or(|(_, f)| far < f) {
                pull = Some((port, far));
            }
        }
        if let Some((port, far)) = pull {
            let p = self.players[port];
            let (dx, dy) = math::unit(p.x - g.x, p.y - g.y);
            (g.vx, g.vy) = (g.vx * 0.7 + dx * 1.3, g.vy * 0.7 + dy * 1.3);
            if far < 8.0 {
                self.gems[i].life = 0;
                self.take_gem(port);
                return;
            }
        } else {
            (g.vx, g.vy) = (g.vx * 0.9, g.vy * 0.9);
        }
        g.x = (g.x + g.vx).clamp(arena::LEFT, arena::RIGHT);
        g.y = (g.y + g.vy).clamp(arena::TOP, arena::BOTTOM);
        self.gems[i] = g;
    }

    fn take_gem(&mut self, port: usize) {
        let p = &mut self.players[port];
        p.score = p.score.saturating_add(GEM_POINTS);
        let before = p.charge;
        p.charge = (p.charge + 1).min(MAX_CHARGE);
        let (charge, x, y) = (p.charge, p.x, p.y);
        if charge == MAX_CHARGE && before < MAX_CHARGE {
            self.effects.ring(x, y, 2.0, 14, port as u8);
            self.cue(Sound::Charged, 0);
        } else {
            self.cue(Sound::Gem, charge as i8 / 2);
        }
    }

    fn take_power(&mut self, port: usize, power: Power) {
        let p = &mut self.players[port];
        p.score = p.score.saturating_add(50);
        let mark = match power.kind {
            PowerKind::Heart => {
                p.hearts = (p.hearts + 1).min(MAX_HEARTS);
                Mark::Heart
            }
            PowerKind::Blaze => {
                p.blaze = 60 * 7;
                Mark::Blaze
            }
            PowerKind::Magnet => {
                p.magnet = 60 * 9;
                Mark::Magnet
            }
            PowerKind::Clock => {
                self.slow = 60 * 6;
                Mark::Slow
            }
        };
        self.effects.label(power.x, power.y - 10.0, mark, 0, port as u8);
        self.effects.ring(power.x, power.y, 2.4, 14, port as u8);
        self.burst(power.x, power.y, super::effects::tint::GOLD, 14, 2.0);
        self.cue(Sound::Power, 0);
    }
}
