//! What the gloom shoots.

use super::effects::tint;
use super::{Game, PORTS, Seat, Sound};
use crate::math;

/// Shots at once; when full, the gloom holds its fire.
pub const MAX_SHOTS: usize = 80;

const SPEED: f32 = 1.45;
const RADIUS: f32 = 2.5;

/// One shot.
#[derive(Clone, Copy, Debug)]
pub struct Shot {
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

impl Shot {
    /// A free slot.
    pub const NONE: Self = Self { x: 0.0, y: 0.0, vx: 0.0, vy: 0.0, life: 0 };
}

impl Game {
    fn shoot(&mut self, x: f32, y: f32, dx: f32, dy: f32) {
        let speed = SPEED + f32::from(self.wave.number.min(25)) * 0.03;
        if let Some(slot) = self.shots.iter_mut().find(|s| s.life == 0) {
            *slot = Shot { x, y, vx: dx * speed, vy: dy * speed, life: 320 };
        }
    }

    /// Shoots `fan` shots toward a direction.
    pub(super) fn shoot_at(&mut self, x: f32, y: f32, dx: f32, dy: f32, fan: u8) {
        self.shoot(x, y, dx, dy);
        if fan > 1 {
            // A turn by 20 degrees: cosine and sine of it.
            let (c, s) = (0.94, 0.342);
            self.shoot(x, y, dx * c - dy * s, dx * s + dy * c);
            self.shoot(x, y, dx * c + dy * s, dy * c - dx * s);
        }
        self.burst(x, y, tint::RED, 4, 1.0);
        self.cue(Sound::Shoot, 0);
    }

    /// Shoots `n` shots all around, turned by `phase` steps.
    pub(super) fn shoot_ring(&mut self, x: f32, y: f32, n: u8, phase: u8) {
        for k in 0..n {
            let angle = (u16::from(k) * u16::from(math::TURN) / u16::from(n)) as u8;
            let (dx, dy) = math::dir((angle + phase) % math::TURN);
            self.shoot(x + dx * 14.0, y + dy * 14.0, dx, dy);
        }
        self.effects.ring(x, y, 3.0, 10, tint::RED);
        self.cue(Sound::Shoot, -5);
    }

    pub(super) fn update_shots(&mut self) {
        let pace = self.pace();
        for i in 0..MAX_SHOTS {
            let s = &mut self.shots[i];
            if s.life == 0 {
                continue;
            }
            s.life -= 1;
            s.x += s.vx * pace;
            s.y += s.vy * pace;
            if !(9.0..311.0).contains(&s.x) || !(38.0..230.0).contains(&s.y) {
                s.life = 0;
                let (x, y) = (s.x.clamp(0.0, 320.0), s.y.clamp(0.0, 240.0));
                (s.x, s.y) = (x, y);
                self.burst(x, y, tint::RED, 2, 0.8);
                continue;
            }
            let s = *s;
            for port in 0..PORTS {
                let p = self.players[port];
                let reach = self.reach(port) + RADIUS - 1.0;
                if p.seat != Seat::Alive || !math::near(p.x, p.y, s.x, s.y, reach) {
                    continue;
                }
                if p.dash > 0 {
                    self.players[port].score = p.score.saturating_add(5);
                    self.burst(s.x, s.y, tint::ICE, 4, 1.6);
                    self.cue(Sound::Clink, 7);
                } else if p.safe > 0 {
                    continue;
                } else {
                    self.hurt(port, s.x - s.vx * 4.0, s.y - s.vy * 4.0);
                }
                self.shots[i].life = 0;
                break;
            }
        }
    }
}
