//! The gloom: six kinds, each with one trick that can be read from its shape.

use super::effects::tint;
use super::{Game, PORTS, Seat, Sound, Stage, arena};
use crate::math;

/// Enemies at once.
pub const MAX_ENEMIES: usize = 40;
/// Frames of warning before an enemy is there.
pub const BORN: u8 = 42;

const DARTER_AIM: u16 = 34;
const DARTER_RUSH: u16 = 30;
const EYE_CYCLE: u16 = 130;
const EYE_AIM: u16 = 28;
const URCHIN_CYCLE: u16 = 190;
const URCHIN_OUT: u16 = 100;
const KING_CYCLE: u16 = 330;

/// What an enemy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A free slot.
    None,
    /// Hops after the nearest wisp.
    Gloop,
    /// Flutters, aims, rushes.
    Darter,
    /// Keeps its distance and shoots.
    Eye,
    /// Drifts; no dash gets through while its spikes are out.
    Urchin,
    /// Takes two dashes and falls into gloops.
    Blob,
    /// Ends every fifth wave.
    King,
}

impl Kind {
    pub(super) const ALL: [Self; 7] =
        [Self::None, Self::Gloop, Self::Darter, Self::Eye, Self::Urchin, Self::Blob, Self::King];
}

/// One enemy.
#[derive(Clone, Copy, Debug)]
pub struct Enemy {
    /// What it is.
    pub kind: Kind,
    /// Position.
    pub x: f32,
    /// Position.
    pub y: f32,
    /// Speed.
    pub vx: f32,
    /// Speed.
    pub vy: f32,
    /// Dashes it still takes.
    pub hp: u8,
    /// What it had at first.
    pub hp_full: u8,
    /// Frames of warning left before it is there.
    pub born: u8,
    /// Frames it is lit up by a hit; it takes no other for so long.
    pub hit: u8,
    /// Its clock, within its kind's cycle.
    pub clock: u16,
}

impl Enemy {
    /// A free slot.
    pub const NONE: Self =
        Self { kind: Kind::None, x: 160.0, y: 120.0, vx: 0.0, vy: 0.0, hp: 0, hp_full: 1, born: 0, hit: 0, clock: 0 };

    /// Whether it is there to be touched.
    pub fn solid(&self) -> bool {
        self.kind != Kind::None && self.born == 0
    }

    /// Its radius.
    pub fn radius(&self) -> f32 {
        match self.kind {
            Kind::None => 0.0,
            Kind::Gloop | Kind::Darter => 6.0,
            Kind::Eye | Kind::Urchin => 7.0,
            Kind::Blob => 10.0,
            Kind::King => 19.0,
        }
    }

    /// Whether an urchin's spikes are out.
    pub fn spiked(&self) -> bool {
        self.kind == Kind::Urchin && self.clock < URCHIN_OUT
    }

    /// Whether an urchin's spikes are about to come out.
    pub fn bristles(&self) -> bool {
        self.kind == Kind::Urchin && self.clock > URCHIN_CYCLE - 30
    }

    /// Whether a darter aims; its speed then points where it will rush.
    pub fn aims(&self) -> bool {
        self.kind == Kind::Darter && (1..=DARTER_AIM).contains(&self.clock)
    }

    /// Whether a darter rushes.
    pub fn rushes(&self) -> bool {
        self.kind == Kind::Darter && (DARTER_AIM + 1..=DARTER_AIM + DARTER_RUSH).contains(&self.clock)
    }

    fn points(&self) -> u32 {
        match self.kind {
            Kind::None => 0,
            Kind::Gloop => 20,
            Kind::Darter => 40,
            Kind::Eye => 50,
            Kind::Urchin => 60,
            Kind::Blob => 60,
            Kind::King => 1000,
        }
    }
}

/// Whether an eye is about to shoot.
pub fn eye_aims(e: &Enemy) -> bool {
    e.kind == Kind::Eye && e.clock > EYE_CYCLE - EYE_AIM
}

/// Whether the king is about to shoot or rush.
pub fn king_aims(e: &Enemy) -> bool {
    e.kind == Kind::King && ((120..160).contains(&e.clock) || (240..275).contains(&e.clock))
}

impl Game {
    /// Announces an enemy; returns false when there is no room.
    pub(super) fn spawn(&mut self, kind: Kind, x: f32, y: f32, born: u8) -> bool {
        let players = self.seated() as u8;
        let hp = match kind {
            Kind::Blob => 2,
            Kind::King => (6 + 6 * players).saturating_add((self.wave.number / 5 * 4).min(60) as u8),
            _ => 1,
        };
        let clock = match kind {
            // Never all at once: clocks start apart.
            Kind::Darter => 200 + self.rng.below(80) as u16,
            Kind::Eye => self.rng.below(60) as u16,
            Kind::Urchin => URCHIN_OUT + self.rng.below(40) as u16,
            _ => self.rng.below(32) as u16,
        };
        let (vx, vy) = math::dir(self.rng.below(u32::from(math::TURN)) as u8);
        let Some(slot) = self.enemies.iter_mut().find(|e| e.kind == Kind::None) else {
            return false;
        };
        let x = x.clamp(arena::LEFT, arena::RIGHT);
        let y = y.clamp(arena::TOP, arena::BOTTOM);
        *slot = Enemy { kind, x, y, vx, vy, hp, hp_full: hp, born, hit: 0, clock };
        true
    }

    /// The nearest wisp that can be hunted.
    pub fn prey(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let far = |p: &super::Player| (p.x - x) * (p.x - x) + (p.y - y) * (p.y - y);
        self.players
            .iter()
            .filter(|p| p.seat == Seat::Alive)
            .min_by(|a, b| far(a).total_cmp(&far(b)))
            .map(|p| (p.x, p.y))
    }

    pub(super) fn update_enemies(&mut self) {
        let ticks = self.ticks();
        for i in 0..MAX_ENEMIES {
            let e = &mut self.enemies[i];
            if e.kind == Kind::None {
                continue;
            }
            e.hit = e.hit.saturating_sub(1);
            if e.born > 0 {
                if ticks {
                    e.born -= 1;
                }
                continue;
            }
            self.think(i, ticks);
            self.touch(i);
        }
        self.part_enemies();
    }

    fn think(&mut self, i: usize, ticks: bool) {
        let mut e = self.enemies[i];
        let (tx, ty) = self.prey(e.x, e.y).unwrap_or((160.0, 134.0));
        let (dx, dy) = math::unit(tx - e.x, ty - e.y);
        let haste = f32::from(self.wave.number.min(20)) * 0.025;
        if ticks {
            e.clock = e.clock.saturating_add(1);
        }
        match e.kind {
            Kind::None => {}
            Kind::Gloop => {
                e.clock %= 32;
                let hop = if e.clock < 16 { 1.0 + haste } else { 0.12 };
                (e.vx, e.vy) = (e.vx * 0.8 + dx * hop * 0.2, e.vy * 0.8 + dy * hop * 0.2);
            }
            Kind::Darter => self.think_darter(&mut e, (dx, dy), haste, ticks),
            Kind::Eye => {
                let far = math::len(tx - e.x, ty - e.y);
                // The last ones of a wave stand their ground, or it would end in a chase.
                let brave = self.wave.stage == Stage::Fight && self.wave.left == 0;
                let want = match far {
                    f if f > 110.0 => 0.7,
                    f if f < 75.0 && !brave => -0.8,
                    _ => 0.0,
                };
                e.vx = e.vx * 0.92 + (dx * want - dy * 0.35) * 0.08;
                e.vy = e.vy * 0.92 + (dy * want + dx * 0.35) * 0.08;
                if e.clock >= EYE_CYCLE {
                    e.clock = 0;
                    let fan = if self.wave.number >= 7 { 3 } else { 1 };
                    self.shoot_at(e.x, e.y, dx, dy, fan);
                }
            }
            Kind::Urchin => {
                e.clock %= URCHIN_CYCLE;
                if e.x <= arena::LEFT || e.x >= arena::RIGHT {
                    e.vx = -e.vx;
                }
                if e.y <= arena::TOP || e.y >= arena::BOTTOM {
                    e.vy = -e.vy;
                }
                let (ux, uy) = math::unit(e.vx + dx * 0.01, e.vy + dy * 0.01);
                (e.vx, e.vy) = (ux * (0.7 + haste), uy * (0.7 + haste));
            }
            Kind::Blob => {
                e.clock %= 48;
                let hop = if e.clock < 24 { 0.8 + haste } else { 0.05 };
                (e.vx, e.vy) = (e.vx * 0.85 + dx * hop * 0.15, e.vy * 0.85 + dy * hop * 0.15);
            }
            Kind::King => self.think_king(&mut e, (dx, dy), ticks),
        }
        let pace = if e.aims() { 0.0 } else { self.pace() };
        e.x = (e.x + e.vx * pace).clamp(arena::LEFT, arena::RIGHT);
        e.y = (e.y + e.vy * pace).clamp(arena::TOP, arena::BOTTOM);
        self.enemies[i] = e;
    }

    fn think_darter(&mut self, e: &mut Enemy, to: (f32, f32), haste: f32, ticks: bool) {
        const WANDER: u16 = 200;
        match e.clock {
            1..=DARTER_AIM => {
                // The aim is fixed a moment before the rush, so that a late step aside works.
                if e.clock < DARTER_AIM - 10 {
                    (e.vx, e.vy) = to;
                }
                if e.clock == 1 && ticks {
                    self.cue(Sound::Aim, 0);
                }
            }
            c if c <= DARTER_AIM + DARTER_RUSH => {
                let (ux, uy) = math::unit(e.vx, e.vy);
                (e.vx, e.vy) = (ux * (3.4 + haste * 2.0), uy * (3.4 + haste * 2.0));
            }
            c if c < WANDER => {
                (e.vx, e.vy) = (e.vx * 0.9, e.vy * 0.9);
                if c > DARTER_AIM + DARTER_RUSH + 35 {
                    e.clock = WANDER + self.rng.below(60) as u16;
                }
            }
            c => {
                // Flutters around its prey until its clock runs out.
                let side = math::sin((c % 64) as u8);
                e.vx = e.vx * 0.9 + (to.0 * 0.8 - to.1 * side) * 0.1;
                e.vy = e.vy * 0.9 + (to.1 * 0.8 + to.0 * side) * 0.1;
                if c > WANDER + 130 {
                    e.clock = 0;
                }
            }
        }
    }

    fn think_king(&mut self, e: &mut Enemy, (dx, dy): (f32, f32), ticks: bool) {
        let angry = e.hp * 2 < e.hp_full;
        match e.clock {
            0..120 => {
                let hop = if e.clock % 40 < 22 { 1.1 } else { 0.05 };
                (e.vx, e.vy) = (e.vx * 0.85 + dx * hop * 0.15, e.vy * 0.85 + dy * hop * 0.15);
            }
            120..240 => {
                (e.vx, e.vy) = (e.vx * 0.85, e.vy * 0.85);
                if ticks && matches!(e.clock, 160 | 190 | 220) {
                    let n = if angry { 16 } else { 12 };
                    self.shoot_ring(e.x, e.y, n, (e.clock / 10) as u8);
                }
                if ticks && e.clock == 205 {
                    for side in [-1.0, 1.0] {
                        self.spawn(Kind::Gloop, e.x + side * 30.0, e.y, BORN);
                    }
                }
            }
            240..275 => {
                if e.clock == 240 && ticks {
                    self.cue(Sound::Roar, 0);
                }
                (e.vx, e.vy) = (dx * 0.01, dy * 0.01);
            }
            275..310 => {
                let speed = if angry { 3.6 } else { 3.0 };
                let (ux, uy) = math::unit(e.vx, e.vy);
                (e.vx, e.vy) = (ux * speed, uy * speed);
            }
            _ => {
                (e.vx, e.vy) = (e.vx * 0.85, e.vy * 0.85);
                if e.clock >= KING_CYCLE {
                    e.clock = 0;
                }
            }
        }
    }

    /// Enemies push each other apart, or a crowd would look like one.
    fn part_enemies(&mut self) {
        for i in 0..MAX_ENEMIES {
            for j in i + 1..MAX_ENEMIES {
                let (a, b) = (self.enemies[i], self.enemies[j]);
                if !a.solid() || !b.solid() {
                    continue;
                }
                let room = (a.radius() + b.radius()) * 0.9;
                if math::near(a.x, a.y, b.x, b.y, room) {
                    let (ux, uy) = math::unit(a.x - b.x + 0.01, a.y - b.y);
                    self.nudge(i, ux * 0.6, uy * 0.6);
                    self.nudge(j, -ux * 0.6, -uy * 0.6);
                }
            }
        }
    }

    fn nudge(&mut self, i: usize, dx: f32, dy: f32) {
        let e = &mut self.enemies[i];
        if e.kind != Kind::King {
            e.x = (e.x + dx).clamp(arena::LEFT, arena::RIGHT);
            e.y = (e.y + dy).clamp(arena::TOP, arena::BOTTOM);
        }
    }

    /// Wisp against gloom: a dash strikes, anything else hurts.
    fn touch(&mut self, i: usize) {
        for port in 0..PORTS {
            let (e, p) = (self.enemies[i], self.players[port]);
            if !e.solid() || p.seat != Seat::Alive {
                continue;
            }
            // Bodies forgive a little where blades do not.
            let reach = self.reach(port) + e.radius() - if p.dash > 0 { 0.0 } else { 1.5 };
            if !math::near(p.x, p.y, e.x, e.y, reach) {
                continue;
            }
            if p.dash > 0 {
                self.strike(i, port, p.fx, p.fy);
            } else {
                self.hurt(port, e.x, e.y);
            }
        }
    }

    /// A dash of `port` meets an enemy.
    pub(super) fn strike(&mut self, i: usize, port: usize, dx: f32, dy: f32) {
        let e = self.enemies[i];
        if e.hit > 0 {
            return;
        }
        if e.spiked() && self.players[port].blaze == 0 {
            let p = &mut self.players[port];
            p.dash = 0;
            p.safe = p.safe.max(20);
            (p.vx, p.vy) = (-dx * 5.0, -dy * 5.0);
            self.enemies[i].hit = 6;
            self.burst(e.x - dx * 8.0, e.y - dy * 8.0, tint::ICE, 8, 2.0);
            self.cue(Sound::Clink, 0);
            return;
        }
        self.wound(i, port, 1);
        if self.enemies[i].kind == Kind::King {
            // The big ones throw a wisp back, ready to dash again.
            let p = &mut self.players[port];
            p.dash = 0;
            p.rest = 0;
            p.safe = p.safe.max(24);
            (p.vx, p.vy) = (-dx * 6.5, -dy * 6.5);
        }
    }

    /// A nova meets an enemy: spikes do not help, and kings only flinch.
    pub(super) fn blast(&mut self, i: usize, port: usize) {
        let hp = if self.enemies[i].kind == Kind::King { 3 } else { u8::MAX };
        self.wound(i, port, hp);
    }

    fn wound(&mut self, i: usize, port: usize, damage: u8) {
        let e = &mut self.enemies[i];
        e.hp = e.hp.saturating_sub(damage);
        e.hit = 9;
        let e = *e;
        if e.hp > 0 {
            self.burst(e.x, e.y, tint::GLOOM, 10, 2.4);
            self.effects.shake(5);
            self.cue(Sound::BossHit, 0);
            return;
        }
        self.enemies[i].kind = Kind::None;
        self.reward(port, e.x, e.y, e.points());
        self.effects.shake(3);
        self.effects.ring(e.x, e.y, 2.0, 9, port as u8);
        self.burst(e.x, e.y, tint::GLOOM, 10, 2.2);
        self.burst(e.x, e.y, port as u8, 5, 2.8);
        match e.kind {
            Kind::Blob => {
                for (sx, sy) in [(-9.0, 3.0), (9.0, 3.0), (0.0, -9.0)] {
                    self.spawn(Kind::Gloop, e.x + sx, e.y + sy, 14);
                }
                self.drop_gem(e.x, e.y, 1.6);
            }
            Kind::King => self.king_falls(&e),
            _ => {
                let gems = 1 + self.rng.below(2);
                for _ in 0..gems {
                    self.drop_gem(e.x, e.y, 1.4);
                }
                self.maybe_drop_power(e.x, e.y);
            }
        }
    }

    fn king_falls(&mut self, e: &Enemy) {
        self.cue(Sound::BossDown, 0);
        self.effects.shake(30);
        self.effects.flash = 8;
        for (growth, span) in [(4.0, 30), (3.0, 34), (2.0, 40)] {
            self.effects.ring(e.x, e.y, growth, span, tint::GOLD);
        }
        self.burst(e.x, e.y, tint::GLOOM, 50, 4.5);
        self.burst(e.x, e.y, tint::GOLD, 40, 3.5);
        for _ in 0..24 {
            self.drop_gem(e.x, e.y, 3.5);
        }
        self.drop_power(super::PowerKind::Heart, e.x, e.y);
        // Its court falls with it.
        for minion in &mut self.enemies {
            minion.kind = Kind::None;
        }
        for shot in &mut self.shots {
            shot.life = 0;
        }
    }
}
