//! Where the milliseconds go, over the last second: frames on their way out, inputs on their way in.

use super::connection::FrameTimes;
use super::event::SessionStats;
use hdrhistogram::Histogram;
use std::time::Duration;

/// In microseconds.
pub(super) struct Latency {
    total: Histogram<u32>,
    stages: [Histogram<u32>; 3],
    input: Histogram<u32>,
}

impl Latency {
    pub fn new() -> Latency {
        // Up to ten seconds with three digits: a fixed size, so recording never allocates.
        let histogram =
            || Histogram::new_with_bounds(1, 10_000_000, 3).unwrap_or_else(|_| unreachable!("constant bounds"));
        Latency { total: histogram(), stages: [histogram(), histogram(), histogram()], input: histogram() }
    }

    /// A frame's last packet was handed to the socket.
    pub fn frame(&mut self, times: &FrameTimes, sent: Duration) {
        let micros = |from: Duration, to: Duration| (to.saturating_sub(from).as_micros() as u64).max(1);
        self.total.saturating_record(micros(times.captured, sent));
        self.stages[0].saturating_record(micros(times.captured, times.taken));
        self.stages[1].saturating_record(micros(times.taken, times.encoded));
        self.stages[2].saturating_record(micros(times.encoded, sent));
    }

    /// An input is on the board, so long after its datagram arrived.
    pub fn input(&mut self, took: Duration) {
        self.input.saturating_record((took.as_micros() as u64).max(1));
    }

    /// Hands the figures out and begins anew.
    pub fn take(&mut self, stats: &mut SessionStats) {
        let at = |histogram: &Histogram<u32>, quantile| {
            if histogram.is_empty() { 0.0 } else { histogram.value_at_quantile(quantile) as f64 }
        };
        stats.latency_ms = (at(&self.total, 0.5) / 1000.0, at(&self.total, 0.99) / 1000.0);
        stats.stages_ms = [0, 1, 2].map(|stage| at(&self.stages[stage], 0.5) / 1000.0);
        stats.input_us = (at(&self.input, 0.5), at(&self.input, 0.99));
        self.total.reset();
        self.stages.iter_mut().for_each(Histogram::reset);
        self.input.reset();
    }
}
