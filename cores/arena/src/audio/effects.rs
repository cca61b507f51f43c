//! Sound effects: a patch each, played by a few voices.

use super::voice::{Voice, Wave, pitch};
use crate::codec::Codec;
use crate::game::{Cue, Sound};

/// Effects at once; the oldest makes room.
const VOICES: usize = 6;

/// How a sound is made.
struct Patch {
    wave: Wave,
    /// MIDI note.
    key: i32,
    /// Semitones played one after the other.
    tune: &'static [i8],
    /// Frames each of them lasts.
    pace: u16,
    /// Sixteenths of a semitone a frame.
    slide: i32,
    /// Frames.
    span: u16,
    loudness: f32,
}

const fn patch(wave: Wave, key: i32, tune: &'static [i8], pace: u16) -> Patch {
    Patch { wave, key, tune, pace, slide: 0, span: tune.len() as u16 * pace + 6, loudness: 0.16 }
}

const fn sweep(wave: Wave, key: i32, slide: i32, span: u16, loudness: f32) -> Patch {
    Patch { wave, key, tune: &[0], pace: 1, slide, span, loudness }
}

fn patch_of(sound: Sound) -> Patch {
    use Wave::{Noise, Quarter, Square, Thin, Triangle};
    match sound {
        Sound::Start => patch(Square, 64, &[0, 5, 8, 12, 17, 20, 24], 4),
        Sound::Join => patch(Quarter, 69, &[0, 7, 12, 19], 4),
        Sound::Dash => sweep(Noise, 100, 40, 11, 0.17),
        Sound::Kill => sweep(Square, 58, -30, 13, 0.15),
        Sound::Gem => Patch { loudness: 0.10, ..patch(Thin, 84, &[0, 7], 3) },
        Sound::Chain => patch(Quarter, 72, &[0, 4, 7, 12, 16], 3),
        Sound::Hurt => sweep(Quarter, 62, -28, 24, 0.24),
        Sound::Down => Patch { loudness: 0.24, slide: -8, ..patch(Quarter, 67, &[0, -3, -7, -12], 9) },
        Sound::Wake => patch(Triangle, 67, &[0, 4, 7, 11, 14, 19], 5),
        Sound::Nova => sweep(Noise, 118, -16, 60, 0.36),
        Sound::Charged => Patch { loudness: 0.13, ..patch(Thin, 76, &[0, 12, 7, 19, 12, 24], 4) },
        Sound::Shoot => sweep(Thin, 78, -40, 12, 0.13),
        Sound::Aim => sweep(Thin, 66, 18, 18, 0.10),
        Sound::Clink => Patch { loudness: 0.12, ..patch(Thin, 98, &[0, 5], 2) },
        Sound::Bump => sweep(Triangle, 60, -36, 12, 0.4),
        Sound::Power => patch(Square, 69, &[0, 4, 9, 12, 16, 21], 4),
        Sound::Wave => Patch { loudness: 0.14, ..patch(Square, 57, &[0, 0, 7, 12], 6) },
        Sound::Clear => patch(Square, 69, &[0, 3, 7, 12, 7, 12, 15, 19], 5),
        Sound::BossHit => sweep(Noise, 108, -50, 14, 0.28),
        Sound::Roar => sweep(Quarter, 45, -6, 50, 0.26),
        Sound::BossDown => sweep(Noise, 112, -9, 100, 0.36),
        Sound::GameOver => Patch { loudness: 0.18, ..patch(Square, 69, &[0, -1, -2, -3, -5, -8, -12, -12], 9) },
    }
}

const SOUNDS: [Sound; 22] = [
    Sound::Start,
    Sound::Join,
    Sound::Dash,
    Sound::Kill,
    Sound::Gem,
    Sound::Chain,
    Sound::Hurt,
    Sound::Down,
    Sound::Wake,
    Sound::Nova,
    Sound::Charged,
    Sound::Shoot,
    Sound::Aim,
    Sound::Clink,
    Sound::Bump,
    Sound::Power,
    Sound::Wave,
    Sound::Clear,
    Sound::BossHit,
    Sound::Roar,
    Sound::BossDown,
    Sound::GameOver,
];

#[derive(Clone, Copy)]
struct Player {
    sound: Sound,
    shift: i32,
    age: u16,
    on: bool,
    voice: Voice,
}

/// The voices that play effects.
#[derive(Clone, Copy)]
pub struct Effects {
    players: [Player; VOICES],
}

impl Effects {
    /// Silence.
    pub fn new() -> Self {
        let idle = Player { sound: Sound::Start, shift: 0, age: 0, on: false, voice: Voice::new(Wave::Square) };
        Self { players: [idle; VOICES] }
    }

    /// Begins a sound.
    pub fn start(&mut self, cue: Cue) {
        // The same sound again takes its own voice, or fast ones would take them all.
        let place = self
            .players
            .iter()
            .position(|p| p.on && p.sound == cue.sound)
            .or_else(|| self.players.iter().position(|p| p.voice.silent()))
            .or_else(|| (0..VOICES).max_by_key(|&k| self.players[k].age));
        let Some(p) = place.and_then(|k| self.players.get_mut(k)) else {
            return;
        };
        p.sound = cue.sound;
        p.shift = i32::from(cue.pitch);
        p.age = 0;
        p.on = true;
        let patch = patch_of(cue.sound);
        p.voice.wave = patch.wave;
        p.voice.jump(pitch((patch.key + p.shift) * 16));
    }

    /// Plays one frame into `out`.
    pub fn play(&mut self, out: &mut [[f32; 2]]) {
        for p in &mut self.players {
            let patch = patch_of(p.sound);
            if p.age >= patch.span {
                p.on = false;
            }
            if p.on {
                let note = usize::from(p.age / patch.pace).min(patch.tune.len() - 1);
                let key = patch.key + p.shift + i32::from(patch.tune[note]);
                let left = f32::from(patch.span - p.age) / f32::from(patch.span);
                // A melody keeps its loudness to the last note; a sweep fades from the start.
                let fade = if patch.tune.len() > 1 { (left * 2.0).min(1.0) } else { left };
                p.voice.goal = patch.loudness * fade;
                p.voice.step_goal = pitch(key * 16 + patch.slide * i32::from(p.age));
                p.age += 1;
            } else {
                p.voice.goal = 0.0;
            }
            p.voice.mix(out, [1.0, 1.0]);
        }
    }

    /// Visits every field that later samples depend on.
    pub fn visit(&mut self, c: &mut Codec) {
        for p in &mut self.players {
            c.variant(&mut p.sound, &SOUNDS);
            c.i32(&mut p.shift, -128..=127);
            c.u16(&mut p.age, 0..=1000);
            c.flag(&mut p.on);
            p.voice.visit(c);
        }
    }
}
