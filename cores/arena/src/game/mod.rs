//! The rules: wisps dash through the gloom, catch sparks, and wake each other up.
//!
//! Everything here is plain data and arithmetic. [`Game::update`] takes the four pads of one frame
//! and nothing else, so the same inputs always play the same game.

mod bot;
mod cue;
mod effects;
mod enemy;
mod loot;
mod player;
mod shot;
mod state;
mod wave;

pub use cue::{Cue, Cues, Sound};
pub use effects::{Effects, MAX_LABELS, Mark, Particle, Shape};
pub use enemy::{BORN, Enemy, Kind, MAX_ENEMIES, eye_aims, king_aims};
pub use loot::{Gem, MAX_GEMS, Power, PowerKind};
pub use player::{DASH_FRAMES, MAX_CHARGE, MAX_HEARTS, Player, Seat};
pub use shot::Shot;
pub use wave::{Stage, Wave};

use crate::pad::{self, Pad};
use crate::rng::Rng;

/// Controller ports.
pub const PORTS: usize = 4;

/// The floor, in screen pixels: what a wisp's centre can reach.
pub mod arena {
    /// Left end.
    pub const LEFT: f32 = 15.0;
    /// Right end.
    pub const RIGHT: f32 = 305.0;
    /// Upper end, below the wall's face.
    pub const TOP: f32 = 46.0;
    /// Lower end.
    pub const BOTTOM: f32 = 223.0;
}

/// Frames a button must wait on the results, so that mashing does not skip them.
const OVER_GUARD: u32 = 80;
/// Frames the results stay without anyone pressing.
const OVER_FRAMES: u32 = 60 * 30;

/// What the screen is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The attract screen: three of the machine's own wisps play behind the logo.
    Title,
    /// A run.
    Play,
    /// The results of a run.
    Over,
}

/// One player's wishes for one frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Control {
    /// Direction, at most of length 1.
    pub x: f32,
    /// Direction, at most of length 1.
    pub y: f32,
    /// The dash button went down.
    pub dash: bool,
    /// The nova button went down.
    pub nova: bool,
    /// A button that takes a seat went down.
    pub join: bool,
    /// Something is held or tilted.
    pub active: bool,
}

impl Control {
    fn new(pad: Pad, before: u16) -> Self {
        let (x, y) = pad::direction(pad);
        let pressed = pad.buttons & !before;
        Self {
            x,
            y,
            dash: pressed & pad::DASH != 0,
            nova: pressed & pad::NOVA != 0,
            join: pressed & pad::JOIN != 0,
            active: pad.buttons != 0 || x != 0.0 || y != 0.0,
        }
    }
}

/// The whole game, but for its sound.
#[derive(Clone, Copy)]
pub struct Game {
    /// Random numbers, for the rules and the particles alike.
    pub rng: Rng,
    /// Frames since power-on, wrapping.
    pub frame: u32,
    /// What the screen is about.
    pub phase: Phase,
    /// Frames spent in the phase.
    pub phase_frames: u32,
    /// Best score since power-on.
    pub best: u32,
    /// Whether this run beat it.
    pub record: bool,
    /// Buttons held at the last frame, to tell a press from a hold.
    pub held: [u16; PORTS],
    /// The seats.
    pub players: [Player; PORTS],
    /// The gloom; slots with a kind of `None` are free.
    pub enemies: [Enemy; MAX_ENEMIES],
    /// Enemy shots.
    pub shots: [Shot; shot::MAX_SHOTS],
    /// Sparks on the floor.
    pub gems: [Gem; MAX_GEMS],
    /// Power-ups on the floor.
    pub powers: [Power; loot::MAX_POWERS],
    /// Frames for which time runs slowly for the gloom.
    pub slow: u16,
    /// The wave.
    pub wave: Wave,
    /// Particles, labels and shake.
    pub effects: Effects,
    /// Sounds begun in this frame; not part of the state.
    pub cues: Cues,
}

impl Default for Game {
    fn default() -> Self {
        Self::new()
    }
}

impl Game {
    /// A machine just switched on.
    pub fn new() -> Self {
        let mut game = Self {
            rng: Rng::new(0x00c0_ffee),
            frame: 0,
            phase: Phase::Title,
            phase_frames: 0,
            best: 0,
            record: false,
            held: [0; PORTS],
            players: [Player::EMPTY; PORTS],
            enemies: [Enemy::NONE; MAX_ENEMIES],
            shots: [Shot::NONE; shot::MAX_SHOTS],
            gems: [Gem::NONE; MAX_GEMS],
            powers: [Power::NONE; loot::MAX_POWERS],
            slow: 0,
            wave: Wave::new(),
            effects: Effects::new(),
            cues: Cues::new(),
        };
        game.enter_title();
        game
    }

    /// Plays one frame.
    pub fn update(&mut self, pads: &[Pad; PORTS]) {
        self.cues.clear();
        self.frame = self.frame.wrapping_add(1);
        self.phase_frames = self.phase_frames.saturating_add(1);
        let mut controls = [Control::default(); PORTS];
        for (port, pad) in pads.iter().enumerate() {
            controls[port] = Control::new(*pad, self.held[port]);
            self.held[port] = pad.buttons;
        }
        match self.phase {
            Phase::Title => self.update_title(&controls),
            Phase::Play => self.update_play(&controls),
            Phase::Over => self.update_over(&controls),
        }
    }

    /// Players in the run, waiting ones included.
    pub fn seated(&self) -> usize {
        self.players.iter().filter(|p| p.seat != Seat::Empty).count()
    }

    /// The port with the highest score, once it is worth a crown.
    pub fn leader(&self) -> Option<usize> {
        if self.seated() < 2 {
            return None;
        }
        let best = self.players.iter().map(|p| p.score).max()?;
        (best >= 500).then(|| self.players.iter().position(|p| p.score == best))?
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.phase_frames = 0;
    }

    fn clear_floor(&mut self) {
        self.players = [Player::EMPTY; PORTS];
        self.enemies = [Enemy::NONE; MAX_ENEMIES];
        self.shots = [Shot::NONE; shot::MAX_SHOTS];
        self.gems = [Gem::NONE; MAX_GEMS];
        self.powers = [Power::NONE; loot::MAX_POWERS];
        self.slow = 0;
        self.record = false;
        self.wave = Wave::new();
        self.effects = Effects::new();
    }

    fn enter_title(&mut self) {
        self.clear_floor();
        self.enter(Phase::Title);
        for port in 0..3 {
            self.join(port);
        }
        // A wave with some of everything shows more of the game than the first.
        self.wave.number = 3;
    }

    /// Starts a run for the ports in `joining`.
    fn enter_play(&mut self, joining: [bool; PORTS]) {
        self.clear_floor();
        self.enter(Phase::Play);
        self.cue(Sound::Start, 0);
        for (port, joins) in joining.into_iter().enumerate() {
            if joins {
                self.join(port);
            }
        }
    }

    fn update_title(&mut self, controls: &[Control; PORTS]) {
        if controls.iter().any(|c| c.join) {
            self.enter_play(controls.map(|c| c.join));
            return;
        }
        let bots: [Control; PORTS] = std::array::from_fn(|port| self.bot(port));
        self.step(&bots);
        if self.players.iter().all(|p| p.seat != Seat::Alive) {
            self.enter_title();
        }
    }

    fn update_play(&mut self, controls: &[Control; PORTS]) {
        for (port, control) in controls.iter().enumerate() {
            if control.join && self.players[port].seat == Seat::Empty {
                self.join(port);
            }
        }
        self.step(controls);
        self.drop_idle();
        if self.seated() == 0 {
            self.enter_title();
        } else if self.players.iter().all(|p| p.seat != Seat::Alive) {
            self.enter_over();
        }
    }

    fn enter_over(&mut self) {
        let top = self.players.iter().map(|p| p.score).max().unwrap_or(0);
        self.record = top > self.best;
        self.best = self.best.max(top);
        self.enter(Phase::Over);
        self.cue(Sound::GameOver, 0);
    }

    fn update_over(&mut self, controls: &[Control; PORTS]) {
        self.update_effects();
        if self.phase_frames > OVER_GUARD && controls.iter().any(|c| c.join) {
            let seats = self.players.map(|p| p.seat != Seat::Empty);
            // Whoever played is in again; a seat nobody holds any more dozes off by itself.
            self.enter_play(std::array::from_fn(|port| seats[port] || controls[port].join));
        } else if self.phase_frames > OVER_FRAMES {
            self.enter_title();
        }
    }

    /// One frame of the world, the same for players and for the attract screen.
    fn step(&mut self, controls: &[Control; PORTS]) {
        for (port, control) in controls.iter().enumerate() {
            self.update_player(port, control);
        }
        self.update_bumps();
        self.slow = self.slow.saturating_sub(1);
        self.update_wave();
        self.update_enemies();
        self.update_shots();
        self.update_loot();
        self.update_effects();
    }

    /// Whether the gloom's clocks tick in this frame; they skip frames while time runs slowly.
    fn ticks(&self) -> bool {
        self.slow == 0 || self.frame.is_multiple_of(3)
    }

    /// How fast the gloom moves.
    fn pace(&self) -> f32 {
        if self.slow > 0 { 0.35 } else { 1.0 }
    }

    /// Begins a sound; the attract screen plays in silence.
    fn cue(&mut self, sound: Sound, pitch: i8) {
        if self.phase != Phase::Title {
            self.cues.push(Cue { sound, pitch });
        }
    }
}
