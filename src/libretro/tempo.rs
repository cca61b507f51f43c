//! How many frames the runner runs in one tick of its clock, which goes at the core's own rate whatever people do with time:
//! pictures never come faster than that. Pure.

use super::environment::FastOverride;
use super::tempo_sound::Heard;
use crate::link::message::Tempo;

/// Frames in a tick, at most.
pub const MOST_FRAMES: u32 = 16;
/// Where the core leaves to us how fast it is.
const USUAL_FACTOR: u32 = 3;
/// Slower than this would look as if it stood still.
const MOST_PARTS: u32 = 8;

/// What one tick is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Run this many frames, 1 at least, and fewer if the tick is over before; the last is shown.
    Run { frames: u32, heard: Heard },
    /// Nothing but the sound of the frame that was run in an earlier one.
    Wait { heard: Heard },
    /// Go back.
    Back,
}

/// What people and the core want, put together.
#[derive(Debug, Clone, Copy, Default)]
pub struct TempoControl {
    wanted: Tempo,
    /// Ticks since the slow frame that is seen now.
    part: u32,
}

impl TempoControl {
    pub fn set(&mut self, wanted: Tempo) {
        *self = TempoControl { wanted, part: 0 };
    }

    pub fn goes_back(&self) -> bool {
        self.wanted == Tempo::Rewind
    }

    /// What the game does now.
    pub fn now(&self, core: Option<FastOverride>) -> Tempo {
        match (self.wanted, core) {
            (Tempo::Normal | Tempo::Fast(_), Some(FastOverride { fast: true, factor, .. })) => {
                match factor.unwrap_or(USUAL_FACTOR) {
                    1 => Tempo::Normal,
                    factor => Tempo::Fast(factor),
                }
            }
            (Tempo::Fast(_), Some(FastOverride { inhibit: true, .. })) => Tempo::Normal,
            // Once as fast is not faster, and a whole part is not slower.
            (Tempo::Fast(1) | Tempo::Slow(0 | 1), _) => Tempo::Normal,
            (wanted, _) => wanted,
        }
    }

    /// The next tick of a game that goes so.
    pub fn tick(&mut self, tempo: Tempo) -> Tick {
        match tempo {
            Tempo::Normal => Tick::Run { frames: 1, heard: Heard::AsMade },
            Tempo::Fast(0) => Tick::Run { frames: MOST_FRAMES, heard: Heard::Faster },
            Tempo::Fast(factor) => Tick::Run { frames: factor.min(MOST_FRAMES), heard: Heard::Faster },
            Tempo::Slow(parts) => {
                let of = parts.clamp(1, MOST_PARTS);
                let heard = Heard::Part { index: self.part, of };
                let first = self.part == 0;
                self.part = (self.part + 1) % of;
                if first { Tick::Run { frames: 1, heard } } else { Tick::Wait { heard } }
            }
            Tempo::Rewind => Tick::Back,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(tempo: Tempo, ticks: u32) -> u32 {
        let mut control = TempoControl::default();
        control.set(tempo);
        let run = |tick| if let Tick::Run { frames, .. } = tick { frames } else { 0 };
        (0..ticks).map(|_| run(control.tick(control.now(None)))).sum()
    }

    #[test]
    fn a_game_is_as_many_times_as_fast_or_slow_as_was_asked_within_bounds() {
        assert_eq!(frames(Tempo::Normal, 60), 60);
        assert_eq!(frames(Tempo::Fast(4), 60), 240);
        assert_eq!(frames(Tempo::Fast(0), 60), 60 * MOST_FRAMES);
        assert_eq!(frames(Tempo::Fast(u32::MAX), 60), 60 * MOST_FRAMES);
        assert_eq!(frames(Tempo::Slow(2), 60), 30);
        assert_eq!(frames(Tempo::Slow(4), 60), 15);
        assert_eq!(frames(Tempo::Slow(u32::MAX), 80), 10);
        assert_eq!(frames(Tempo::Slow(0), 60), 60);
        assert_eq!(frames(Tempo::Rewind, 60), 0);
    }

    #[test]
    fn a_core_may_be_fast_by_itself_and_may_keep_people_from_it_but_from_nothing_else() {
        let mut control = TempoControl::default();
        let fast = |factor| Some(FastOverride { fast: true, factor, inhibit: false });
        let inhibit = Some(FastOverride { fast: false, factor: None, inhibit: true });
        assert_eq!(control.now(fast(Some(5))), Tempo::Fast(5));
        assert_eq!(control.now(fast(Some(0))), Tempo::Fast(0));
        assert_eq!(control.now(fast(Some(1))), Tempo::Normal);
        assert_eq!(control.now(fast(None)), Tempo::Fast(USUAL_FACTOR));
        control.set(Tempo::Fast(2));
        assert_eq!(control.now(inhibit), Tempo::Normal);
        assert_eq!(control.now(fast(Some(5))), Tempo::Fast(5));
        for wanted in [Tempo::Rewind, Tempo::Slow(2)] {
            control.set(wanted);
            assert_eq!((control.now(fast(Some(5))), control.now(inhibit)), (wanted, wanted));
        }
    }
}
