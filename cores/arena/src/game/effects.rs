//! What is only to be looked at: particles, rising labels, rings and shake.

use super::Game;
use crate::math;

/// Particles alive at once; the oldest makes room.
pub const MAX_PARTICLES: usize = 256;
/// Labels alive at once; the oldest makes room.
pub const MAX_LABELS: usize = 12;

/// How a particle is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A point that cools down.
    Spark,
    /// A soft ember that rises.
    Ember,
    /// The picture a dashing wisp leaves behind.
    Ghost,
    /// A circle that grows; `vx` is its growth a frame.
    Ring,
}

impl Shape {
    pub(super) const ALL: [Self; 4] = [Self::Spark, Self::Ember, Self::Ghost, Self::Ring];
}

/// Colours of particles beyond the four players'.
pub mod tint {
    /// The gloom.
    pub const GLOOM: u8 = 4;
    /// Danger.
    pub const RED: u8 = 5;
    /// Ice and steel.
    pub const ICE: u8 = 6;
    /// Sparks and score.
    pub const GOLD: u8 = 7;
    /// The last one.
    pub const MAX: u8 = 7;
}

/// One particle.
#[derive(Clone, Copy, Debug)]
pub struct Particle {
    /// Position.
    pub x: f32,
    /// Position.
    pub y: f32,
    /// Speed.
    pub vx: f32,
    /// Speed.
    pub vy: f32,
    /// Frames left; 0 is a free slot.
    pub life: u8,
    /// Frames it had at first.
    pub span: u8,
    /// A player, or one of [`tint`].
    pub tint: u8,
    /// How it is drawn.
    pub shape: Shape,
}

impl Particle {
    pub(super) const NONE: Self =
        Self { x: 0.0, y: 0.0, vx: 0.0, vy: 0.0, life: 0, span: 1, tint: 0, shape: Shape::Spark };
}

/// What a label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Points won.
    Points,
    /// A chain's new multiplier.
    Times,
    /// Sparks lost to a bump.
    Loss,
    /// A heart found.
    Heart,
    /// A new player, by port.
    Hello,
    /// A woken friend.
    Wake,
    /// A blazing trail.
    Blaze,
    /// Slow time.
    Slow,
    /// All sparks fly here.
    Magnet,
}

impl Mark {
    pub(super) const ALL: [Self; 9] = [
        Self::Points,
        Self::Times,
        Self::Loss,
        Self::Heart,
        Self::Hello,
        Self::Wake,
        Self::Blaze,
        Self::Slow,
        Self::Magnet,
    ];
}

/// A label that rises and fades.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// Position.
    pub x: f32,
    /// Position.
    pub y: f32,
    /// Frames left; 0 is a free slot.
    pub life: u8,
    /// What it says.
    pub mark: Mark,
    /// The number in it.
    pub value: u16,
    /// Its colour.
    pub tint: u8,
}

impl Label {
    pub(super) const NONE: Self = Self { x: 0.0, y: 0.0, life: 0, mark: Mark::Points, value: 0, tint: 0 };
}

/// Everything that is only to be looked at.
#[derive(Clone, Copy)]
pub struct Effects {
    /// Particles.
    pub particles: [Particle; MAX_PARTICLES],
    /// Labels.
    pub labels: [Label; MAX_LABELS],
    /// The particle slot written next.
    pub next_particle: u16,
    /// The label slot written next.
    pub next_label: u8,
    /// Frames of shake left, which is also its strength.
    pub shake: u8,
    /// Frames of white flash left.
    pub flash: u8,
}

impl Effects {
    /// None.
    pub const fn new() -> Self {
        Self {
            particles: [Particle::NONE; MAX_PARTICLES],
            labels: [Label::NONE; MAX_LABELS],
            next_particle: 0,
            next_label: 0,
            shake: 0,
            flash: 0,
        }
    }

    /// Adds a particle.
    pub fn particle(&mut self, p: Particle) {
        self.particles[usize::from(self.next_particle)] = p;
        self.next_particle = (self.next_particle + 1) % MAX_PARTICLES as u16;
    }

    /// Adds a growing circle.
    pub fn ring(&mut self, x: f32, y: f32, growth: f32, span: u8, tint: u8) {
        self.particle(Particle { x, y, vx: growth, vy: 0.0, life: span, span, tint, shape: Shape::Ring });
    }

    /// Adds a label.
    pub fn label(&mut self, x: f32, y: f32, mark: Mark, value: u32, tint: u8) {
        let value = value.min(u32::from(u16::MAX)) as u16;
        self.labels[usize::from(self.next_label)] = Label { x, y, life: 48, mark, value, tint };
        self.next_label = (self.next_label + 1) % MAX_LABELS as u8;
    }

    /// Shakes the picture, at least this strongly.
    pub fn shake(&mut self, strength: u8) {
        self.shake = self.shake.max(strength);
    }
}

impl Default for Effects {
    fn default() -> Self {
        Self::new()
    }
}

impl Game {
    /// Throws `n` sparks outwards.
    pub(super) fn burst(&mut self, x: f32, y: f32, tint: u8, n: u32, speed: f32) {
        for _ in 0..n {
            let (dx, dy) = math::dir(self.rng.below(u32::from(math::TURN)) as u8);
            let v = speed * (0.25 + self.rng.unit());
            let span = 12 + self.rng.below(18) as u8;
            let shape = if self.rng.one_in(4) { Shape::Ember } else { Shape::Spark };
            let (vx, vy) = (dx * v, dy * v);
            self.effects.particle(Particle { x, y, vx, vy, life: span, span, tint, shape });
        }
    }

    pub(super) fn update_effects(&mut self) {
        let effects = &mut self.effects;
        effects.shake = effects.shake.saturating_sub(1);
        effects.flash = effects.flash.saturating_sub(1);
        for p in effects.particles.iter_mut().filter(|p| p.life > 0) {
            p.life -= 1;
            match p.shape {
                Shape::Ring | Shape::Ghost => continue,
                Shape::Spark => (p.vx, p.vy) = (p.vx * 0.90, p.vy * 0.90),
                Shape::Ember => (p.vx, p.vy) = (p.vx * 0.92, p.vy * 0.92 - 0.03),
            }
            p.x = (p.x + p.vx).clamp(0.0, 320.0);
            p.y = (p.y + p.vy).clamp(0.0, 240.0);
        }
        for l in effects.labels.iter_mut().filter(|l| l.life > 0) {
            l.life -= 1;
            if l.life > 28 {
                l.y = (l.y - 0.8).max(0.0);
            }
        }
    }
}
