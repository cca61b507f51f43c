//! The band: melody, its echo, chords, bass and drums.

use super::songs::{self, HOLD, OFF, Song};
use super::voice::{Voice, Wave, pitch};
use crate::codec::Codec;

/// Which tune plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tune {
    /// Behind the title.
    Title,
    /// For a run.
    Run,
    /// For the king.
    Boss,
    /// For the results.
    Over,
}

impl Tune {
    const ALL: [Self; 4] = [Self::Title, Self::Run, Self::Boss, Self::Over];

    fn song(self) -> &'static Song {
        match self {
            Self::Title => &songs::TITLE,
            Self::Run => &songs::RUN,
            Self::Boss => &songs::BOSS,
            Self::Over => &songs::OVER,
        }
    }
}

const LEAD: usize = 0;
const ECHO: usize = 1;
const CHORD: usize = 2;
const BASS: usize = 3;
const KICK: usize = 4;
const SNARE: usize = 5;
const HAT: usize = 6;
const PARTS: usize = 7;

const PAN: [[f32; 2]; PARTS] = [[1.0, 0.85], [0.45, 1.0], [1.0, 0.5], [1.0, 1.0], [1.0, 1.0], [0.9, 1.0], [0.6, 1.0]];

/// A part's last note.
#[derive(Clone, Copy, Debug)]
struct Note {
    key: u8,
    age: u16,
    on: bool,
}

/// The band.
#[derive(Clone, Copy)]
pub struct Music {
    tune: Tune,
    frame: u32,
    notes: [Note; PARTS],
    voices: [Voice; PARTS],
}

impl Music {
    /// Before the first note.
    pub fn new() -> Self {
        let voice = Voice::new;
        Self {
            tune: Tune::Title,
            frame: 0,
            notes: [Note { key: 60, age: 0, on: false }; PARTS],
            voices: [
                voice(Wave::Quarter),
                voice(Wave::Quarter),
                voice(Wave::Thin),
                voice(Wave::Triangle),
                voice(Wave::Triangle),
                voice(Wave::Noise),
                voice(Wave::Noise),
            ],
        }
    }

    /// Plays one frame of a tune into `out`; a new tune starts from its beginning.
    pub fn play(&mut self, tune: Tune, out: &mut [[f32; 2]]) {
        if tune != self.tune {
            self.tune = tune;
            self.frame = 0;
            for note in &mut self.notes {
                note.on = false;
            }
        }
        let song = tune.song();
        for note in &mut self.notes {
            note.age = note.age.saturating_add(1);
        }
        if self.frame.is_multiple_of(song.frames_per_step) {
            self.step(song, self.frame / song.frames_per_step);
        }
        self.frame += 1;
        // The end of the last bar is the beginning of the first.
        if self.frame >= song.lead.len() as u32 * song.frames_per_step {
            self.frame = 0;
        }
        self.shape(song);
        for (voice, pan) in self.voices.iter_mut().zip(PAN) {
            voice.mix(out, pan);
        }
    }

    fn strike(&mut self, part: usize, key: u8) {
        self.notes[part] = Note { key, age: 0, on: true };
        if part != LEAD && part != BASS {
            self.voices[part].jump(pitch(i32::from(key) * 16));
        }
    }

    fn step(&mut self, song: &Song, step: u32) {
        let len = song.lead.len();
        let step = step as usize % len;
        let (bar, beat) = (step / 16, step % 16);
        for (part, at) in [(LEAD, step), (ECHO, (step + len - 3) % len)] {
            match song.lead[at] {
                HOLD => {}
                OFF => self.notes[part].on = false,
                key => self.strike(part, key),
            }
        }
        let chord = song.chords[bar % song.chords.len()];
        let tone = [0, 1, 2, 3, 1, 2, 3, 2][step % 8];
        let key = if tone == 3 { chord[0] + 12 } else { chord[tone] };
        self.strike(CHORD, key + 12);
        let root = chord[0] - if chord[0] > 58 { 24 } else { 12 };
        match song.bass[beat] {
            b'R' => self.strike(BASS, root),
            b'O' => self.strike(BASS, root + 12),
            b'F' => self.strike(BASS, root + 7),
            _ => {}
        }
        let drums = if bar % 4 == 3 { song.fill } else { song.drums };
        match drums[beat] {
            b'k' => self.strike(KICK, 62),
            b's' => self.strike(SNARE, 118),
            b'h' => self.strike(HAT, 127),
            _ => {}
        }
    }

    /// This frame's loudness and pitch of every part.
    fn shape(&mut self, song: &Song) {
        for part in 0..PARTS {
            let n = self.notes[part];
            let age = f32::from(n.age);
            // Falls from 1 by `rate` a frame to `floor`.
            let fall = |rate: f32, floor: f32| (1.0 - age * rate).max(floor);
            let vibrato = [0, 1, 2, 1, 0, -1, -2, -1][usize::from(n.age / 2 % 8)];
            let (loudness, bend) = match part {
                LEAD => (0.15 * fall(0.03, 0.45), if n.age > 14 { vibrato } else { 0 }),
                ECHO => (0.055 * fall(0.03, 0.4), 0),
                CHORD => (song.chord_loudness * fall(0.09, 0.15), 0),
                BASS => (0.30 * fall(0.02, 0.5), 0),
                KICK => (0.55 * fall(0.12, 0.0), -i32::from(n.age.min(7)) * 96),
                SNARE => (0.16 * fall(0.14, 0.0), -i32::from(n.age.min(7)) * 20),
                _ => (0.05 * fall(0.34, 0.0), 0),
            };
            let voice = &mut self.voices[part];
            voice.goal = if n.on { loudness } else { 0.0 };
            voice.step_goal = pitch(i32::from(n.key) * 16 + bend);
        }
    }

    /// Visits every field that later samples depend on.
    pub fn visit(&mut self, c: &mut Codec) {
        c.variant(&mut self.tune, &Tune::ALL);
        let end = self.tune.song().lead.len() as u32 * self.tune.song().frames_per_step;
        c.u32(&mut self.frame, 0..=end - 1);
        for note in &mut self.notes {
            c.u8(&mut note.key, 0..=127);
            c.u16(&mut note.age, 0..=u16::MAX);
            c.flag(&mut note.on);
        }
        for voice in &mut self.voices {
            voice.visit(c);
        }
    }
}
