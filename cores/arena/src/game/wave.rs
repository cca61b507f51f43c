//! Waves: how much gloom comes, of which kinds, and the breath between.

use super::{BORN, Game, Kind, PORTS, Phase, PowerKind, Seat, Sound, arena};
use crate::math;

const INTRO_FRAMES: u16 = 90;
const CLEAR_FRAMES: u16 = 110;
/// The first wave of a run starts sooner: the first seconds are for moving, not for waiting.
const FIRST_INTRO_FRAMES: u16 = 60;

/// Where a wave is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its name is shown.
    Intro,
    /// It comes.
    Fight,
    /// It is over.
    Clear,
}

impl Stage {
    pub(super) const ALL: [Self; 3] = [Self::Intro, Self::Fight, Self::Clear];
}

/// The running wave.
#[derive(Clone, Copy, Debug)]
pub struct Wave {
    /// From 1.
    pub number: u16,
    /// Where it is.
    pub stage: Stage,
    /// Frames left in the stage, or until the next spawn.
    pub timer: u16,
    /// Enemies yet to come.
    pub left: u16,
}

impl Wave {
    /// The first one.
    pub const fn new() -> Self {
        Self { number: 1, stage: Stage::Intro, timer: FIRST_INTRO_FRAMES, left: 0 }
    }

    /// Whether it ends with the king.
    pub fn boss(&self) -> bool {
        self.number.is_multiple_of(5)
    }

    /// Which of the four floors it is fought on.
    pub fn chapter(&self) -> usize {
        usize::from((self.number.saturating_sub(1) / 5) % 4)
    }
}

impl Default for Wave {
    fn default() -> Self {
        Self::new()
    }
}

impl Game {
    pub(super) fn update_wave(&mut self) {
        self.wave.timer = self.wave.timer.saturating_sub(1);
        let alive = self.enemies.iter().filter(|e| e.kind != Kind::None).count() as u16;
        match self.wave.stage {
            Stage::Intro => {
                if self.wave.timer == FIRST_INTRO_FRAMES - 10 {
                    self.cue(Sound::Wave, 0);
                }
                if self.wave.timer == 0 {
                    self.begin_fight();
                }
            }
            Stage::Fight => {
                if self.wave.left == 0 && alive == 0 {
                    self.end_wave();
                } else if self.wave.left > 0 && (self.wave.timer == 0 || alive == 0) {
                    self.spawn_group(alive);
                }
            }
            Stage::Clear => {
                if self.wave.timer == 0 {
                    self.wave.number = (self.wave.number + 1).min(999);
                    self.wave.stage = Stage::Intro;
                    self.wave.timer = INTRO_FRAMES;
                }
            }
        }
    }

    fn begin_fight(&mut self) {
        let n = self.wave.number;
        let friends = self.seated().saturating_sub(1) as u16;
        self.wave.stage = Stage::Fight;
        self.wave.timer = 1;
        self.wave.left = if self.wave.boss() {
            self.spawn(Kind::King, 160.0, 80.0, 80);
            self.cue(Sound::Roar, 0);
            4 + friends * 2
        } else {
            (6 + n * 2 + friends * (3 + n)).min(90)
        };
    }

    fn end_wave(&mut self) {
        self.wave.stage = Stage::Clear;
        self.wave.timer = CLEAR_FRAMES;
        self.cue(Sound::Clear, 0);
        let bonus = u32::from(self.wave.number) * 50;
        for port in 0..PORTS {
            match self.players[port].seat {
                Seat::Alive => {
                    let p = &mut self.players[port];
                    p.score = p.score.saturating_add(bonus);
                }
                // A wave survived by anyone brings everyone back.
                Seat::Down if self.phase == Phase::Play => self.wake(port),
                Seat::Down | Seat::Empty => {}
            }
        }
        for shot in &mut self.shots {
            shot.life = 0;
        }
        if self.wave.number.is_multiple_of(2) {
            self.drop_power(PowerKind::Heart, 160.0, 134.0);
        }
    }

    fn spawn_group(&mut self, alive: u16) {
        let n = self.wave.number;
        let players = self.seated().max(1) as u16;
        let room = (4 + n / 2 + players * 4).min(34);
        if alive >= room {
            self.wave.timer = 12;
            return;
        }
        let kind = self.pick_kind();
        let many = if kind == Kind::Gloop { 2 + self.rng.below(2) as u16 } else { 1 };
        let many = many.min(self.wave.left).min(room - alive);
        let (x, y) = self.spawn_place();
        for k in 0..many {
            let dx = f32::from(k) * 14.0 - 10.0;
            let dy = self.rng.spread(12.0);
            if self.spawn(kind, x + dx, y + dy, BORN + k as u8 * 5) {
                self.wave.left -= 1;
            }
        }
        self.wave.timer = (70_u16.saturating_sub(n * 2)).max(30) / (1 + players / 2);
    }

    fn pick_kind(&mut self) -> Kind {
        let n = self.wave.number;
        if self.wave.boss() {
            return Kind::Gloop;
        }
        // Each wave up to the sixth shows one kind for the first time; later waves draw from all.
        let fresh = match n {
            2 => Kind::Darter,
            3 => Kind::Eye,
            4 => Kind::Urchin,
            6 => Kind::Blob,
            _ => Kind::Gloop,
        };
        if fresh != Kind::Gloop && self.rng.one_in(3) {
            return fresh;
        }
        match self.rng.below(10) {
            0 | 1 if n > 2 => Kind::Darter,
            2 if n > 3 => Kind::Eye,
            3 if n > 4 => Kind::Urchin,
            4 | 5 if n > 6 => Kind::Blob,
            6 if n > 8 => Kind::Darter,
            7 if n > 10 => Kind::Eye,
            _ => Kind::Gloop,
        }
    }

    /// A place far from every wisp, the best of a few draws.
    fn spawn_place(&mut self) -> (f32, f32) {
        let mut best = (160.0, 60.0);
        let mut best_far = -1.0;
        for _ in 0..6 {
            let x = arena::LEFT + self.rng.unit() * (arena::RIGHT - arena::LEFT);
            let y = arena::TOP + self.rng.unit() * (arena::BOTTOM - arena::TOP);
            let far = self.prey(x, y).map_or(200.0, |(px, py)| math::len(px - x, py - y));
            // Far enough is enough: always the farthest would always be a corner.
            let far = if far > 70.0 { 200.0 + self.rng.unit() } else { far };
            if far > best_far {
                best_far = far;
                best = (x, y);
            }
        }
        best
    }
}
