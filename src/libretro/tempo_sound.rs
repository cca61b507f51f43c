//! Sound of a game that does not go at its own speed: as much of it as the time takes, so that whatever plays or records it has
//! neither too much nor too little. Pure.
//!
//! A faster game sounds higher and a slower one deeper, as a tape does, and the faster one is half as loud; backwards it is heard
//! backwards. Other front ends do the same by default. What is heard before a change and after it is joined without a click.

/// Sample pairs over which two sounds are joined: 2 ms.
const JOIN: usize = 96;
/// Sample pairs of one tick that are kept, more than any core makes in sixteen frames.
const MOST: usize = 1 << 15;
/// So much of its loudness has a game that is faster.
const FAST_LOUDNESS: f32 = 0.5;

/// What is to be heard of what the core makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Heard {
    /// All of it, as it comes.
    #[default]
    AsMade,
    /// As much as the tick takes, from all of it.
    Faster,
    /// This part of so many.
    Part {
        index: u32,
        of: u32,
    },
    Backwards,
    Nothing,
}

/// Gathers the sound of one tick and hands out what is to be heard.
#[derive(Default)]
pub struct TempoSound {
    heard: Heard,
    /// Of this tick, or, while it is heard in parts, of the last frame. Interleaved stereo.
    gathered: Vec<i16>,
    out: Vec<i16>,
    /// Sample pairs that are due and were not handed out.
    owed: f64,
    last: [i16; 2],
    /// What the sound jumped by where two sounds meet, and pairs over which that is still made up for.
    jump: [f32; 2],
    joining: usize,
    meets: bool,
}

impl TempoSound {
    /// Before the frames of a tick.
    pub fn begin_tick(&mut self, heard: Heard) {
        let same = std::mem::discriminant(&heard) == std::mem::discriminant(&self.heard);
        self.meets |= !same;
        self.heard = heard;
        // What is left of one in parts is heard in the next ticks.
        if !same || !matches!(heard, Heard::Part { index: 1.., .. }) {
            self.gathered.clear();
        }
        if !same {
            self.owed = 0.0;
        }
    }

    /// The core made this. Handed back is what is to be heard at once.
    pub fn take<'a>(&'a mut self, stereo: &'a [i16]) -> &'a [i16] {
        if self.heard != Heard::AsMade {
            let room = (2 * MOST).saturating_sub(self.gathered.len());
            self.gathered.extend_from_slice(&stereo[..stereo.len().min(room)]);
            return &[];
        }
        if !self.meets && self.joining == 0 {
            if let [.., left, right] = *stereo {
                self.last = [left, right];
            }
            return stereo;
        }
        self.out.clear();
        self.out.extend_from_slice(stereo);
        self.join();
        &self.out
    }

    /// The tick's frames were run, at this rate and so many ticks a second: what is to be heard of it.
    pub fn end_tick(&mut self, rate: f64, ticks: f64) -> &[i16] {
        self.out.clear();
        if self.heard == Heard::AsMade {
            return &self.out;
        }
        self.owed += rate / ticks;
        let pairs = (self.owed as usize).min(MOST);
        self.owed -= pairs as f64;
        let made = self.gathered.len() / 2;
        let (from, to, loudness) = match self.heard {
            Heard::Faster => (0, made, FAST_LOUDNESS),
            Heard::Part { index, of } => {
                let part = |index: u32| made * index as usize / of.max(1) as usize;
                (part(index), part(index + 1).min(made), 1.0)
            }
            Heard::Backwards => {
                // Pair by pair, each as it was.
                let (front, _) = self.gathered.as_chunks_mut::<2>();
                front.reverse();
                (0, made, 1.0)
            }
            Heard::Nothing | Heard::AsMade => (0, 0, 0.0),
        };
        stretch(&self.gathered[from * 2..to * 2], pairs, loudness, &mut self.out);
        self.join();
        &self.out
    }

    /// Makes up for the jump from what was handed out last to what is handed out now.
    fn join(&mut self) {
        let (pairs, _) = self.out.as_chunks_mut::<2>();
        let Some(first) = pairs.first() else { return };
        if std::mem::take(&mut self.meets) {
            self.jump = std::array::from_fn(|side| f32::from(self.last[side]) - f32::from(first[side]));
            self.joining = JOIN;
        }
        for pair in pairs.iter_mut().take(self.joining) {
            let share = self.joining as f32 / JOIN as f32;
            for (sample, jump) in pair.iter_mut().zip(self.jump) {
                *sample = (f32::from(*sample) + jump * share) as i16;
            }
            self.joining -= 1;
        }
        if let Some(last) = pairs.last() {
            self.last = *last;
        }
    }
}

/// Makes `pairs` sample pairs of those in `stereo`: fewer by averaging, more by drawing lines between them.
fn stretch(stereo: &[i16], pairs: usize, loudness: f32, out: &mut Vec<i16>) {
    let (made, _) = stereo.as_chunks::<2>();
    if made.is_empty() {
        out.resize(out.len() + pairs * 2, 0);
        return;
    }
    let step = made.len() as f32 / pairs.max(1) as f32;
    for index in 0..pairs {
        let from = index as f32 * step;
        let pair = if step > 1.0 {
            let within =
                &made[from as usize..(((index + 1) as f32 * step) as usize).clamp(from as usize + 1, made.len())];
            let sum = within.iter().fold([0.0, 0.0], |sum, it| [sum[0] + f32::from(it[0]), sum[1] + f32::from(it[1])]);
            sum.map(|side| side / within.len() as f32)
        } else {
            let before = made[(from as usize).min(made.len() - 1)];
            let after = made[(from as usize + 1).min(made.len() - 1)];
            let share = from.fract();
            std::array::from_fn(|side| f32::from(before[side]) * (1.0 - share) + f32::from(after[side]) * share)
        };
        out.extend(pair.map(|sample| (sample * loudness) as i16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(pairs: usize) -> Vec<i16> {
        (0..pairs).flat_map(|at| [(f64::from(at as u32 % 100) * 200.0) as i16 - 10_000; 2]).collect()
    }

    /// Hands out what `ticks` ticks sound like, each of so many frames.
    fn heard(sound: &mut TempoSound, how: Heard, ticks: usize, frames: usize) -> Vec<i16> {
        let mut all = Vec::new();
        for _ in 0..ticks {
            sound.begin_tick(how);
            for _ in 0..frames {
                let at_once = sound.take(&tone(800)).to_vec();
                all.extend(at_once);
            }
            all.extend_from_slice(sound.end_tick(48_000.0, 60.0));
        }
        all
    }

    #[test]
    fn as_much_is_heard_as_the_time_takes_however_fast_the_game_is() {
        let mut sound = TempoSound::default();
        for (how, frames) in [(Heard::AsMade, 1), (Heard::Faster, 3), (Heard::Faster, 16), (Heard::Backwards, 1)] {
            assert_eq!(heard(&mut sound, how, 60, frames).len(), 2 * 48_000, "{how:?}, {frames}");
        }
        assert_eq!(heard(&mut sound, Heard::Nothing, 60, 1).len(), 2 * 48_000);
        let mut uneven = 0;
        for _ in 0..6010 {
            sound.begin_tick(Heard::Faster);
            sound.take(&tone(1000));
            uneven += sound.end_tick(44_100.0, 60.1).len() / 2;
        }
        assert!((uneven as f64 - 4_410_000.0).abs() < 2.0, "{uneven}");
    }

    #[test]
    fn a_slow_frame_is_heard_in_parts_that_are_all_of_it() {
        let mut sound = TempoSound::default();
        let mut all = Vec::new();
        for index in 0..4 {
            sound.begin_tick(Heard::Part { index, of: 4 });
            if index == 0 {
                sound.take(&[5000; 1600]);
            }
            all.extend_from_slice(sound.end_tick(48_000.0, 60.0));
        }
        assert_eq!(all.len(), 4 * 1600);
        assert!(all[2 * JOIN..].iter().all(|sample| *sample == 5000));
    }

    #[test]
    fn backwards_the_last_comes_first_and_left_stays_left() {
        let mut sound = TempoSound::default();
        sound.begin_tick(Heard::Backwards);
        let made: Vec<i16> = (0..800).flat_map(|at| [at, -at]).collect();
        sound.take(&made);
        let out = sound.end_tick(48_000.0, 60.0);
        assert_eq!(out[2 * 400..2 * 400 + 4], [399, -399, 398, -398]);
    }

    #[test]
    fn nothing_jumps_where_two_sounds_meet() {
        let mut sound = TempoSound::default();
        let mut all = Vec::new();
        for (how, level) in [
            (Heard::AsMade, 20_000),
            (Heard::Nothing, 20_000),
            (Heard::Faster, 20_000),
            (Heard::Backwards, -20_000),
            (Heard::AsMade, 20_000),
            (Heard::AsMade, 20_000),
        ] {
            sound.begin_tick(how);
            let at_once = sound.take(&vec![level; 1600]).to_vec();
            all.extend(at_once);
            all.extend_from_slice(sound.end_tick(48_000.0, 60.0));
        }
        let steepest =
            all.as_chunks::<2>().0.windows(2).map(|two| (i32::from(two[1][0]) - i32::from(two[0][0])).abs()).max();
        // The highest of these jumps, over 2 ms.
        assert!(steepest <= Some(40_000 / JOIN as i32 + 1), "{steepest:?}");
        assert_eq!(all[all.len() - 1], 20_000);
    }
}
