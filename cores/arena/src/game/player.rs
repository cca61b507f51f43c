//! The wisps.

use super::effects::{Mark, Particle, Shape};
use super::{Control, Game, Kind, PORTS, Sound, arena};
use crate::math;

/// Hearts a wisp can hold.
pub const MAX_HEARTS: u8 = 4;
/// Sparks that charge a nova.
pub const MAX_CHARGE: u8 = 20;
/// Frames a dash lasts.
pub const DASH_FRAMES: u8 = 9;

const START_HEARTS: u8 = 3;
const SPEED: f32 = 2.1;
const DASH_SPEED: f32 = 5.6;
/// Frames between two dashes; a kill makes it zero, which is what makes chains.
const DASH_REST: u8 = 15;
/// Frames for which a press during the rest is remembered.
const DASH_MEMORY: u8 = 8;
const DASH_REACH: f32 = 9.0;
const BODY: f32 = 4.5;
const SAFE_AFTER_HIT: u16 = 110;
const CHAIN_FRAMES: u16 = 140;
const NOVA_REACH: f32 = 88.0;
/// Frames without input after which a player has left; the last third of them shows it.
const IDLE_FRAMES: u16 = 60 * 30;

/// Whether anyone plays on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Nobody.
    Empty,
    /// A wisp.
    Alive,
    /// An ember on the floor, waiting for a friend's touch or the end of the wave.
    Down,
}

impl Seat {
    pub(super) const ALL: [Self; 3] = [Self::Empty, Self::Alive, Self::Down];
}

/// One wisp.
#[derive(Clone, Copy, Debug)]
pub struct Player {
    /// Whether anyone plays.
    pub seat: Seat,
    /// Position.
    pub x: f32,
    /// Position.
    pub y: f32,
    /// Speed.
    pub vx: f32,
    /// Speed.
    pub vy: f32,
    /// Where it looks, of length 1.
    pub fx: f32,
    /// Where it looks, of length 1.
    pub fy: f32,
    /// Frames of the dash left.
    pub dash: u8,
    /// Frames until the next dash.
    pub rest: u8,
    /// Frames for which a pressed dash is remembered.
    pub wish: u8,
    /// Frames of invulnerability left.
    pub safe: u16,
    /// Frames the wisp is lit up because a button was pressed.
    pub lit: u8,
    /// Hearts left.
    pub hearts: u8,
    /// Sparks toward the next nova.
    pub charge: u8,
    /// Score.
    pub score: u32,
    /// Kills in the running chain.
    pub chain: u16,
    /// Frames until the chain breaks.
    pub chain_frames: u16,
    /// The longest chain of the run.
    pub best_chain: u16,
    /// Gloom dispelled in the run.
    pub kills: u16,
    /// Frames of blazing trail left.
    pub blaze: u16,
    /// Frames of magnet left.
    pub magnet: u16,
    /// Frames without input.
    pub idle: u16,
    /// Frames until this wisp can be bumped again.
    pub bumped: u8,
}

impl Player {
    /// A port nobody plays on.
    pub const EMPTY: Self = Self {
        seat: Seat::Empty,
        x: 160.0,
        y: 130.0,
        vx: 0.0,
        vy: 0.0,
        fx: 0.0,
        fy: 1.0,
        dash: 0,
        rest: 0,
        wish: 0,
        safe: 0,
        lit: 0,
        hearts: 0,
        charge: 0,
        score: 0,
        chain: 0,
        chain_frames: 0,
        best_chain: 0,
        kills: 0,
        blaze: 0,
        magnet: 0,
        idle: 0,
        bumped: 0,
    };

    /// What the chain multiplies points by.
    pub fn times(&self) -> u16 {
        (1 + self.chain / 3).min(9)
    }

    /// Whether the wisp is about to be taken for gone.
    pub fn dozing(&self) -> bool {
        self.idle > IDLE_FRAMES - 60 * 10
    }
}

impl Game {
    /// Seats a player, at any moment of a run. A score left on the port by someone who went idle
    /// is kept, so that a lost connection costs nothing.
    pub(super) fn join(&mut self, port: usize) {
        let p = &mut self.players[port];
        let (dx, dy) = [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)][port % PORTS];
        *p = Player {
            seat: Seat::Alive,
            x: 160.0 + dx * 34.0,
            y: 134.0 + dy * 24.0,
            hearts: if p.hearts > 0 { p.hearts } else { START_HEARTS },
            safe: 120,
            lit: 10,
            score: p.score,
            best_chain: p.best_chain,
            kills: p.kills,
            ..Player::EMPTY
        };
        let (x, y) = (p.x, p.y);
        self.effects.ring(x, y, 3.0, 16, port as u8);
        self.effects.label(x, y - 14.0, Mark::Hello, port as u32 + 1, port as u8);
        self.burst(x, y, port as u8, 16, 2.2);
        self.cue(Sound::Join, port as i8 * 2);
    }

    /// Frees the seats of players who have been still for long.
    pub(super) fn drop_idle(&mut self) {
        for port in 0..PORTS {
            let p = self.players[port];
            if p.seat == Seat::Alive && p.idle >= IDLE_FRAMES {
                self.players[port].seat = Seat::Empty;
                self.burst(p.x, p.y, port as u8, 10, 1.0);
            }
        }
    }

    pub(super) fn update_player(&mut self, port: usize, control: &Control) {
        let mut p = self.players[port];
        if p.seat == Seat::Empty {
            return;
        }
        p.idle = if control.active { 0 } else { p.idle.saturating_add(1) };
        p.safe = p.safe.saturating_sub(1);
        p.lit = p.lit.saturating_sub(1);
        p.rest = p.rest.saturating_sub(1);
        p.wish = p.wish.saturating_sub(1);
        p.bumped = p.bumped.saturating_sub(1);
        p.blaze = p.blaze.saturating_sub(1);
        p.magnet = p.magnet.saturating_sub(1);
        p.chain_frames = p.chain_frames.saturating_sub(1);
        if p.chain_frames == 0 {
            p.chain = 0;
        }
        if control.join {
            p.lit = 4;
        }
        self.players[port] = p;
        if p.seat == Seat::Down {
            self.wait_for_friend(port);
            return;
        }
        let charged = p.charge >= MAX_CHARGE;
        if control.nova && charged {
            self.nova(port);
        } else if control.dash || control.nova {
            self.players[port].wish = DASH_MEMORY;
        }
        self.steer(port, control);
        if self.players[port].blaze > 0 {
            self.trail(port);
        }
    }

    fn steer(&mut self, port: usize, control: &Control) {
        let p = &mut self.players[port];
        // A dash keeps its direction: what it will hit can be read from how it began.
        if p.dash == 0 && (control.x != 0.0 || control.y != 0.0) {
            (p.fx, p.fy) = math::unit(control.x, control.y);
        }
        let mut began = false;
        if p.dash == 0 && p.wish > 0 && p.rest == 0 {
            p.dash = DASH_FRAMES;
            p.rest = DASH_FRAMES + DASH_REST;
            p.wish = 0;
            began = true;
        }
        if p.dash > 0 {
            p.dash -= 1;
            (p.vx, p.vy) = (p.fx * DASH_SPEED, p.fy * DASH_SPEED);
            // A few frames of grace, so that a dash that ends beside its victim's friend is no trap.
            p.safe = p.safe.max(6);
        } else {
            // More than half of the way in the first frame: a tilt shows in the frame that polls it.
            p.vx += (control.x * SPEED - p.vx) * 0.55;
            p.vy += (control.y * SPEED - p.vy) * 0.55;
        }
        p.x = (p.x + p.vx).clamp(arena::LEFT, arena::RIGHT);
        p.y = (p.y + p.vy).clamp(arena::TOP, arena::BOTTOM);
        let p = *p;
        if began {
            self.cue(Sound::Dash, port as i8);
            self.effects.ring(p.x, p.y + 3.0, 1.8, 8, port as u8);
            self.burst(p.x, p.y, port as u8, 5, 1.4);
        }
        if p.dash > 0 {
            self.effects.particle(Particle {
                x: p.x,
                y: p.y,
                vx: 0.0,
                vy: 0.0,
                life: 12,
                span: 12,
                tint: port as u8,
                shape: Shape::Ghost,
            });
        } else if self.rng.one_in(9) {
            let vx = self.rng.spread(0.3);
            self.effects.particle(Particle {
                x: p.x + vx * 12.0,
                y: p.y - 4.0,
                vx,
                vy: -0.5,
                life: 22,
                span: 22,
                tint: port as u8,
                shape: Shape::Ember,
            });
        }
    }

    /// A blazing wisp burns what it brushes, without dashing.
    fn trail(&mut self, port: usize) {
        let p = self.players[port];
        self.burst(p.x, p.y + 3.0, port as u8, 2, 0.8);
        for i in 0..self.enemies.len() {
            let e = self.enemies[i];
            if e.solid() && e.kind != Kind::King && math::near(p.x, p.y, e.x, e.y, e.radius() + 13.0) {
                self.strike(i, port, p.fx, p.fy);
            }
        }
    }

    fn nova(&mut self, port: usize) {
        let p = &mut self.players[port];
        p.charge = 0;
        p.safe = p.safe.max(45);
        p.lit = 12;
        let (x, y) = (p.x, p.y);
        self.cue(Sound::Nova, 0);
        self.effects.shake(12);
        self.effects.flash = 4;
        self.effects.ring(x, y, 7.5, 12, port as u8);
        self.effects.ring(x, y, 5.5, 15, port as u8);
        self.effects.ring(x, y, 3.2, 18, super::effects::tint::GOLD);
        self.burst(x, y, port as u8, 40, 4.0);
        for shot in self.shots.iter_mut().filter(|s| s.life > 0) {
            if math::near(x, y, shot.x, shot.y, NOVA_REACH * 1.4) {
                shot.life = 0;
            }
        }
        for i in 0..self.enemies.len() {
            let e = self.enemies[i];
            if e.solid() && math::near(x, y, e.x, e.y, NOVA_REACH + e.radius()) {
                self.blast(i, port);
            }
        }
    }

    /// An ember on the floor glows up when a friend comes by.
    fn wait_for_friend(&mut self, port: usize) {
        let p = self.players[port];
        let friend = (0..PORTS).find(|&other| {
            let f = &self.players[other];
            other != port && f.seat == Seat::Alive && math::near(p.x, p.y, f.x, f.y, 15.0)
        });
        // Not at once: whoever dealt the blow is often still there.
        if let Some(friend) = friend
            && p.safe == 0
        {
            self.players[friend].score = self.players[friend].score.saturating_add(100);
            self.wake(port);
        }
    }

    /// Puts a downed wisp back on its feet with one heart.
    pub(super) fn wake(&mut self, port: usize) {
        let p = &mut self.players[port];
        p.seat = Seat::Alive;
        p.hearts = 1;
        p.safe = 120;
        p.idle = 0;
        let (x, y) = (p.x, p.y);
        self.effects.ring(x, y, 2.5, 16, port as u8);
        self.effects.label(x, y - 12.0, Mark::Wake, 0, port as u8);
        self.burst(x, y, port as u8, 20, 2.0);
        self.cue(Sound::Wake, 0);
    }

    /// Takes a heart, unless the wisp is safe.
    pub(super) fn hurt(&mut self, port: usize, from_x: f32, from_y: f32) {
        let p = &mut self.players[port];
        if p.seat != Seat::Alive || p.safe > 0 {
            return;
        }
        p.hearts = p.hearts.saturating_sub(1);
        p.safe = SAFE_AFTER_HIT;
        p.chain = 0;
        let (dx, dy) = math::unit(p.x - from_x, p.y - from_y);
        (p.vx, p.vy) = (dx * 5.0, dy * 5.0);
        let (x, y, out) = (p.x, p.y, p.hearts == 0);
        self.effects.shake(if out { 16 } else { 10 });
        self.effects.ring(x, y, 3.0, 10, super::effects::tint::RED);
        self.burst(x, y, port as u8, if out { 40 } else { 18 }, 3.0);
        self.cue(if out { Sound::Down } else { Sound::Hurt }, 0);
        if out {
            let p = &mut self.players[port];
            p.seat = Seat::Down;
            p.safe = 60;
            (p.dash, p.blaze, p.magnet, p.charge) = (0, 0, 0, p.charge / 2);
        }
    }

    /// Counts a kill for a player: chain, points, and the dash back.
    pub(super) fn reward(&mut self, port: usize, x: f32, y: f32, points: u32) {
        let p = &mut self.players[port];
        let before = p.times();
        p.kills = p.kills.saturating_add(1);
        p.chain = p.chain.saturating_add(1);
        p.chain_frames = CHAIN_FRAMES;
        p.best_chain = p.best_chain.max(p.chain);
        p.rest = p.rest.min(p.dash);
        let times = p.times();
        let won = points * u32::from(times);
        p.score = p.score.saturating_add(won);
        let (px, py, chain) = (p.x, p.y, p.chain);
        self.effects.label(x, y - 6.0, Mark::Points, won, port as u8);
        if times > before {
            self.effects.label(px, py - 18.0, Mark::Times, u32::from(times), port as u8);
            self.cue(Sound::Chain, times as i8 * 2);
        }
        self.cue(Sound::Kill, chain.min(16) as i8);
    }

    /// What a dash hits: the reach of the wisp now, body or blade.
    pub(super) fn reach(&self, port: usize) -> f32 {
        if self.players[port].dash > 0 { DASH_REACH } else { BODY }
    }

    /// Dashing into a friend does not hurt, but shakes sparks loose for everyone to grab.
    pub(super) fn update_bumps(&mut self) {
        for a in 0..PORTS {
            for b in 0..PORTS {
                let (p, q) = (self.players[a], self.players[b]);
                if a == b
                    || p.dash == 0
                    || p.seat != Seat::Alive
                    || q.seat != Seat::Alive
                    || q.bumped > 0
                    || q.dash > 0
                    || !math::near(p.x, p.y, q.x, q.y, 13.0)
                {
                    continue;
                }
                let q = &mut self.players[b];
                q.bumped = 45;
                (q.vx, q.vy) = (p.fx * 7.0, p.fy * 7.0);
                let lost = (q.score / 40).min(3);
                q.score -= lost * 10;
                let (x, y) = (q.x, q.y);
                for _ in 0..lost {
                    self.drop_gem(x, y, 2.4);
                }
                if lost > 0 {
                    self.effects.label(x, y - 14.0, Mark::Loss, lost * 10, b as u8);
                }
                self.burst(x, y, b as u8, 8, 2.0);
                self.effects.shake(4);
                self.cue(Sound::Bump, 0);
            }
        }
    }
}
