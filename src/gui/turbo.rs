//! Buttons that press themselves again and again while they are held. Pure: takes the time.

use crate::settings::TURBO_HZ;
use std::time::Duration;

/// One seat's buttons with turbo.
#[derive(Debug, Clone, Copy)]
pub struct Turbo {
    /// When each held button went down, by its bit.
    since: [Option<Duration>; 16],
    half: Duration,
}

impl Default for Turbo {
    fn default() -> Self {
        Turbo { since: [None; 16], half: half(TURBO_HZ) }
    }
}

impl Turbo {
    /// So many presses in a second.
    pub fn set_rate(&mut self, hz: u32) {
        self.half = half(hz);
    }

    /// Of the buttons in `held`, those that are down at this moment. A press begins with one.
    pub fn buttons(&mut self, held: u16, now: Duration) -> u16 {
        let mut down = 0;
        for (bit, since) in self.since.iter_mut().enumerate() {
            if held >> bit & 1 == 0 {
                *since = None;
                continue;
            }
            let since = *since.get_or_insert(now);
            if halves(now.saturating_sub(since), self.half).is_multiple_of(2) {
                down |= 1 << bit;
            }
        }
        down
    }

    /// When [`Turbo::buttons`] will say something else; none while nothing is held.
    pub fn next_due(&self, now: Duration) -> Option<Duration> {
        let due = |since: Duration| {
            let next = halves(now.saturating_sub(since), self.half) + 1;
            since + self.half * u32::try_from(next).unwrap_or(u32::MAX)
        };
        self.since.iter().flatten().map(|since| due(*since)).min()
    }
}

fn half(hz: u32) -> Duration {
    Duration::from_millis(500) / hz.max(1)
}

fn halves(held: Duration, half: Duration) -> u128 {
    held.as_nanos() / half.as_nanos().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(1000 + ms)
    }

    #[test]
    fn a_held_button_goes_up_and_down_from_its_own_beginning() {
        let mut turbo = Turbo::default();
        turbo.set_rate(10);
        assert_eq!(turbo.next_due(at(0)), None);
        assert_eq!(turbo.buttons(0b01, at(0)), 0b01);
        assert_eq!(turbo.next_due(at(0)), Some(at(50)));
        assert_eq!(turbo.buttons(0b11, at(60)), 0b10, "the second one begins when the first is up");
        assert_eq!(turbo.next_due(at(60)), Some(at(100)));
        assert_eq!(turbo.buttons(0b11, at(100)), 0b11);
        assert_eq!(turbo.buttons(0b11, at(110)), 0b01);
        assert_eq!(turbo.buttons(0, at(120)), 0);
        assert_eq!(turbo.next_due(at(120)), None);
        assert_eq!(turbo.buttons(0b01, at(140)), 0b01, "pressed anew");
    }

    #[test]
    fn every_press_of_a_second_is_there_and_each_is_as_long_as_the_gap_after_it() {
        for hz in [4, 12, 30] {
            let mut turbo = Turbo::default();
            turbo.set_rate(hz);
            let mut now = at(0);
            let (mut presses, mut before) = (0, 0);
            while now < at(999) {
                let down = turbo.buttons(1, now);
                presses += u32::from(down & !before);
                before = down;
                let next = turbo.next_due(now).unwrap();
                assert!(next > now, "time goes on");
                now = next;
            }
            assert_eq!(presses, hz);
        }
    }

    #[test]
    fn no_rate_and_a_clock_that_goes_back_do_no_harm() {
        let mut turbo = Turbo::default();
        turbo.set_rate(0);
        assert_eq!(turbo.buttons(1, at(500)), 1);
        assert_eq!(turbo.buttons(1, at(0)), 1);
        assert!(turbo.next_due(at(0)).is_some());
    }
}
