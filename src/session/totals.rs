//! What was counted since the start, for those who watch over a host: whole numbers that only rise.

use super::connection::FrameTimes;
use super::protocol::RefusedCode;
use std::time::Duration;

/// Upper bounds of the classes that frames are counted in by their host latency; a last class is without one. Close together
/// around the budgets of 3 and 6 ms.
pub const LATENCY_BOUNDS: [Duration; 11] = {
    let ms = Duration::from_millis;
    [ms(1), ms(2), ms(3), ms(4), ms(6), ms(8), ms(12), ms(16), ms(33), ms(100), ms(1000)]
};

/// See the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Frames of each class of host latency, a frame once for each peer that it was sent to.
    pub latency: [u64; LATENCY_BOUNDS.len() + 1],
    /// Their host latency together.
    pub latency_sum: Duration,
    /// The parts of it: until the video thread had the frame, until it was encoded, until it was sent.
    pub stages: [Duration; 3],
    /// Inputs that reached the board.
    pub inputs: u64,
    /// Datagrams that were made for peers.
    pub datagrams: u64,
    /// What is in them, in bytes.
    pub bytes: u64,
    /// How often peers asked for packets of the picture again, brought up to date once a second.
    pub repeats: u64,
    /// Those who were not let in, by [`RefusedCode::ALL`].
    pub refused: [u64; RefusedCode::ALL.len()],
}

impl Totals {
    /// The last packet of a frame was handed to the socket.
    #[inline]
    pub(super) fn frame(&mut self, times: &FrameTimes, sent: Duration) {
        let took = sent.saturating_sub(times.captured);
        let class = LATENCY_BOUNDS.iter().position(|&bound| took <= bound).unwrap_or(LATENCY_BOUNDS.len());
        self.latency[class] += 1;
        self.latency_sum += took;
        self.stages[0] += times.taken.saturating_sub(times.captured);
        self.stages[1] += times.encoded.saturating_sub(times.taken);
        self.stages[2] += sent.saturating_sub(times.encoded);
    }

    pub(super) fn refuse(&mut self, code: RefusedCode) {
        if let Some(place) = RefusedCode::ALL.iter().position(|&it| it == code) {
            self.refused[place] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_in_the_first_class_that_it_fits_and_its_parts_make_the_whole() {
        let ms = Duration::from_millis;
        let mut totals = Totals::default();
        let times = |captured| FrameTimes {
            captured: ms(captured),
            taken: ms(captured + 1),
            encoded: ms(captured + 2),
            number: 1,
        };
        totals.frame(&times(100), ms(103));
        totals.frame(&times(200), ms(202));
        totals.frame(&times(300), ms(5000));
        assert_eq!((totals.latency[1], totals.latency[2], totals.latency[LATENCY_BOUNDS.len()]), (1, 1, 1));
        assert_eq!(totals.latency.iter().sum::<u64>(), 3);
        assert_eq!(totals.latency_sum, totals.stages.iter().sum::<Duration>());
        assert_eq!(totals.latency_sum, ms(4705));
    }

    #[test]
    fn each_reason_has_a_place_and_a_name_of_its_own() {
        let mut totals = Totals::default();
        RefusedCode::ALL.into_iter().for_each(|code| totals.refuse(code));
        assert_eq!(totals.refused, [1; RefusedCode::ALL.len()]);
        let named = RefusedCode::ALL.map(|code| serde_json::to_value(code).expect("a name"));
        assert_eq!(named, RefusedCode::ALL.map(|code| serde_json::Value::from(code.name())));
    }
}
