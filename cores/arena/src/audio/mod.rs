//! The sound: a small synthesizer that plays the tune of the moment and the frame's effects.

mod effects;
mod music;
mod songs;
mod voice;

pub use voice::RATE;

use crate::codec::Codec;
use crate::game::{Game, Kind, Phase};
use effects::Effects;
use music::{Music, Tune};

/// Stereo samples in one frame at 60 frames a second.
pub const SAMPLES: usize = RATE as usize / 60;

/// The synthesizer.
#[derive(Clone, Copy)]
pub struct Synth {
    music: Music,
    effects: Effects,
    /// What the last low-pass step left, left and right.
    smooth: [f32; 2],
}

impl Default for Synth {
    fn default() -> Self {
        Self::new()
    }
}

impl Synth {
    /// Silence.
    pub fn new() -> Self {
        Self { music: Music::new(), effects: Effects::new(), smooth: [0.0; 2] }
    }

    /// Plays the frame that `game` just updated to: interleaved left and right.
    pub fn play(&mut self, game: &Game, out: &mut [i16; SAMPLES * 2]) {
        let mut mix = [[0.0; 2]; SAMPLES];
        self.music.play(tune(game), &mut mix);
        for cue in game.cues.iter() {
            self.effects.start(cue);
        }
        self.effects.play(&mut mix);
        for (frame, out) in mix.iter().zip(out.chunks_exact_mut(2)) {
            for side in 0..2 {
                let s = &mut self.smooth[side];
                *s += (frame[side] - *s) * 0.6;
                out[side] = (clip(*s * 0.62) * 31_000.0) as i16;
            }
        }
    }

    /// Visits every field that later samples depend on.
    pub fn visit(&mut self, c: &mut Codec) {
        self.music.visit(c);
        self.effects.visit(c);
        for s in &mut self.smooth {
            c.f32(s, -16.0..=16.0);
        }
    }
}

/// Bends what is too loud instead of cutting it off: straight around 0, flat at 1.
fn clip(x: f32) -> f32 {
    let x = x.clamp(-1.5, 1.5);
    x - x * x * x * (4.0 / 27.0)
}

fn tune(game: &Game) -> Tune {
    match game.phase {
        Phase::Title => Tune::Title,
        Phase::Over => Tune::Over,
        Phase::Play if game.enemies.iter().any(|e| e.kind == Kind::King) => Tune::Boss,
        Phase::Play => Tune::Run,
    }
}
