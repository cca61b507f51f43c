//! Game and synthesizer as one machine that can be stopped, written down and gone on with.

use crate::audio::Synth;
use crate::codec::Codec;
use crate::game::Game;

/// The state's first byte; a state of another version is refused.
const VERSION: u8 = 1;

/// Everything a later frame depends on.
#[derive(Clone, Copy, Default)]
pub struct Machine {
    /// The rules.
    pub game: Game,
    /// The sound.
    pub synth: Synth,
}

impl Machine {
    fn visit(&mut self, c: &mut Codec) {
        let mut version = VERSION;
        c.u8(&mut version, VERSION..=VERSION);
        self.game.visit(c);
        self.synth.visit(c);
    }

    /// Bytes a state takes, always the same.
    pub fn state_size() -> usize {
        let mut codec = Codec::measure();
        Self::default().visit(&mut codec);
        codec.len()
    }

    /// Writes the state to the beginning of `out`; false if it does not fit.
    pub fn save(&self, out: &mut [u8]) -> bool {
        let mut copy = *self;
        let mut codec = Codec::write(out);
        copy.visit(&mut codec);
        codec.ok()
    }

    /// Reads a state of exactly [`state_size`](Self::state_size) bytes. False, and nothing has
    /// changed, if it is not one.
    pub fn load(&mut self, data: &[u8]) -> bool {
        let mut copy = *self;
        let mut codec = Codec::read(data);
        copy.visit(&mut codec);
        let sound = codec.ok() && codec.len() == data.len();
        if sound {
            *self = copy;
        }
        sound
    }
}
