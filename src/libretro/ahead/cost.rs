//! Whether what is run ahead fits into the time of a frame. Pure.

use std::time::Duration;

/// The share of a frame's time that a tick may take, run ahead and all: the rest is for the encoder beside it.
const MOST_SHARE: f64 = 0.8;
/// Ticks that are looked at together: two seconds.
const TICKS: u32 = 120;
/// So many of them may take longer.
const MOST_LONG: u32 = TICKS / 3;

/// Ticks so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    ticks: u32,
    long: u32,
}

impl Cost {
    /// A tick took so long. True: it is too much, over a while.
    pub fn is_too_much(&mut self, took: Duration, fps: f64) -> bool {
        self.ticks += 1;
        self.long += u32::from(took.as_secs_f64() * fps > MOST_SHARE);
        let too_much = self.long > MOST_LONG;
        if too_much || self.ticks == TICKS {
            *self = Cost::default();
        }
        too_much
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_now_and_then_may_be_long_but_not_one_in_two() {
        let ms = Duration::from_millis;
        let mut cost = Cost::default();
        assert!(!(0..6000).any(|tick| cost.is_too_much(if tick % 4 == 0 { ms(40) } else { ms(9) }, 60.0)));
        let mut cost = Cost::default();
        assert!((0..120).any(|tick| cost.is_too_much(if tick % 2 == 0 { ms(40) } else { ms(9) }, 60.0)));
        // What is too much for one rate is not for another.
        assert!(!(0..600).any(|_| Cost::default().is_too_much(ms(14), 50.0)));
        let mut cost = Cost::default();
        assert!((0..120).any(|_| cost.is_too_much(ms(14), 60.0)));
    }
}
