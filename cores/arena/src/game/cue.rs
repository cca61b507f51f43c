//! What the rules tell the synthesizer.

/// A sound effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Sound {
    Start,
    Join,
    Dash,
    Kill,
    Gem,
    Chain,
    Hurt,
    Down,
    Wake,
    Nova,
    Charged,
    Shoot,
    Aim,
    Clink,
    Bump,
    Power,
    Wave,
    Clear,
    BossHit,
    Roar,
    BossDown,
    GameOver,
}

/// A sound and how many semitones to shift it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cue {
    /// Which sound.
    pub sound: Sound,
    /// Semitones.
    pub pitch: i8,
}

const MAX_CUES: usize = 12;

/// The sounds begun in one frame. When full, later ones are lost: the ear could not tell them apart.
#[derive(Clone, Copy)]
pub struct Cues {
    list: [Option<Cue>; MAX_CUES],
}

impl Cues {
    /// No sounds.
    pub const fn new() -> Self {
        Self { list: [None; MAX_CUES] }
    }

    /// Forgets the last frame.
    pub fn clear(&mut self) {
        self.list = [None; MAX_CUES];
    }

    /// Adds a sound, once a frame: twice the same is only louder.
    pub fn push(&mut self, cue: Cue) {
        for slot in &mut self.list {
            match slot {
                Some(have) if have.sound == cue.sound => return,
                Some(_) => {}
                None => {
                    *slot = Some(cue);
                    return;
                }
            }
        }
    }

    /// The sounds, in the order they began.
    pub fn iter(&self) -> impl Iterator<Item = Cue> + '_ {
        self.list.iter().flatten().copied()
    }
}

impl Default for Cues {
    fn default() -> Self {
        Self::new()
    }
}
