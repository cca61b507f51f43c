//! One oscillator whose loudness and pitch glide, so that nothing it does clicks.

use crate::codec::Codec;

/// Samples a second.
pub const RATE: u32 = 48_000;

/// Frequencies of the octave from MIDI note 120, in hertz; the lower ones are halves of these.
const TOP: [f64; 13] = [
    8372.018, 8869.844, 9397.273, 9956.063, 10548.082, 11175.303, 11839.822, 12543.854, 13289.75, 14080.0, 14917.24,
    15804.266, 16744.036,
];

/// Phase steps for [`TOP`]: a full turn is 2^32.
const STEPS: [i64; 13] = {
    let mut steps = [0; 13];
    let mut k = 0;
    while k < 13 {
        steps[k] = (TOP[k] * 4_294_967_296.0 / RATE as f64) as i64;
        k += 1;
    }
    steps
};

/// The phase step of a pitch in sixteenths of a semitone above MIDI note 0.
pub fn pitch(sixteenths: i32) -> i32 {
    let p = sixteenths.clamp(0, 127 * 16);
    let (note, part) = (p / 16, i64::from(p % 16));
    let k = (note % 12) as usize;
    let step = STEPS[k] + (STEPS[k + 1] - STEPS[k]) * part / 16;
    (step >> (10 - note / 12)).min(i64::from(i32::MAX)) as i32
}

/// A waveform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wave {
    /// A narrow pulse, thin and bright.
    Thin,
    /// A pulse of a quarter.
    Quarter,
    /// A square.
    Square,
    /// A triangle.
    Triangle,
    /// Noise; its pitch is how often it changes.
    Noise,
}

impl Wave {
    const ALL: [Self; 5] = [Self::Thin, Self::Quarter, Self::Square, Self::Triangle, Self::Noise];
}

/// An oscillator.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    /// Its waveform.
    pub wave: Wave,
    /// The loudness it glides to, 0 to 1.
    pub goal: f32,
    /// The phase step it glides to.
    pub step_goal: i32,
    loudness: f32,
    step: i32,
    phase: u32,
    noise: u32,
}

/// Share of the way to the wanted loudness each sample goes: about 1.3 ms to get there.
const ATTACK: f32 = 1.0 / 48.0;
/// The same for pitch, as a shift: about 3 ms.
const GLIDE: u32 = 7;

impl Voice {
    /// Silence.
    pub const fn new(wave: Wave) -> Self {
        Self { wave, goal: 0.0, step_goal: 0, loudness: 0.0, step: 0, phase: 0, noise: 0x4a31 }
    }

    /// Whether nothing is to be heard of it.
    pub fn silent(&self) -> bool {
        self.goal == 0.0 && self.loudness == 0.0
    }

    /// Jumps to a pitch instead of gliding there.
    pub fn jump(&mut self, step: i32) {
        self.step = step;
        self.step_goal = step;
    }

    /// Adds this voice to a block of stereo.
    pub fn mix(&mut self, out: &mut [[f32; 2]], pan: [f32; 2]) {
        if self.silent() {
            return;
        }
        for frame in out {
            self.loudness += (self.goal - self.loudness) * ATTACK;
            self.step += (self.step_goal - self.step) >> GLIDE;
            let v = self.sample() * self.loudness;
            frame[0] += v * pan[0];
            frame[1] += v * pan[1];
        }
        if self.goal == 0.0 && self.loudness < 0.000_05 {
            self.loudness = 0.0;
        }
    }

    fn sample(&mut self) -> f32 {
        let before = self.phase;
        self.phase = before.wrapping_add(self.step as u32);
        match self.wave {
            Wave::Thin => self.pulse(0x2000_0000),
            Wave::Quarter => self.pulse(0x4000_0000),
            Wave::Square => self.pulse(0x8000_0000),
            Wave::Triangle => {
                let t = turn(self.phase);
                if t < 0.5 { 4.0 * t - 1.0 } else { 3.0 - 4.0 * t }
            }
            Wave::Noise => {
                if self.phase < before {
                    let bit = (self.noise ^ self.noise >> 1) & 1;
                    self.noise = self.noise >> 1 | bit << 14;
                }
                if self.noise & 1 == 1 { 0.8 } else { -0.8 }
            }
        }
    }

    /// A pulse with its edges rounded over one sample, which keeps high notes free of aliasing,
    /// and without its mean, which would thump when the loudness moves.
    fn pulse(&self, width: u32) -> f32 {
        let step = turn(self.step.max(1) as u32);
        let high = if self.phase < width { 1.0 } else { -1.0 };
        let mean = 2.0 * turn(width) - 1.0;
        let rise = edge(turn(self.phase), step);
        let fall = edge(turn(self.phase.wrapping_sub(width)), step);
        high + rise - fall - mean
    }

    /// Visits every field that later samples depend on.
    pub fn visit(&mut self, c: &mut Codec) {
        c.variant(&mut self.wave, &Wave::ALL);
        c.f32(&mut self.goal, 0.0..=2.0);
        c.i32(&mut self.step_goal, 0..=i32::MAX);
        c.f32(&mut self.loudness, 0.0..=2.0);
        c.i32(&mut self.step, 0..=i32::MAX);
        c.u32(&mut self.phase, 0..=u32::MAX);
        c.u32(&mut self.noise, 1..=0x7fff);
    }
}

/// A phase as a share of a turn.
fn turn(phase: u32) -> f32 {
    phase as f32 / 4_294_967_296.0
}

/// What rounds off an edge at phase 0 (the method known as PolyBLEP).
fn edge(t: f32, step: f32) -> f32 {
    if t < step {
        let k = t / step;
        2.0 * k - k * k - 1.0
    } else if t > 1.0 - step {
        let k = (t - 1.0) / step;
        k * k + 2.0 * k + 1.0
    } else {
        0.0
    }
}
