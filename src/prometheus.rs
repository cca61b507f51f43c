//! Figures as Prometheus reads them: its text format, version 0.0.4. Base units, and a unit and `_total` in the names of those that have
//! them, are the caller's to keep to.

use std::fmt::{Display, Write};
use std::time::Duration;

/// What the format is called in HTTP.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A page of figures that is being written. No label has a value that came from outside, so nothing is escaped.
pub struct Page {
    prefix: &'static str,
    text: String,
}

impl Page {
    /// Every name begins with `prefix`.
    pub fn new(prefix: &'static str) -> Page {
        Page { prefix, text: String::with_capacity(8 * 1024) }
    }

    /// A figure that only rises.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "counter", help, [("", value)]);
    }

    /// One that rises and falls.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help, [("", value)]);
    }

    /// Several samples of one name, told apart by their labels: `{reason="full"}`.
    pub fn family<L: Display, V: Display>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        samples: impl IntoIterator<Item = (L, V)>,
    ) {
        let prefix = self.prefix;
        // Writing into a string never fails.
        let _ = writeln!(self.text, "# HELP {prefix}{name} {help}\n# TYPE {prefix}{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.text, "{prefix}{name}{labels} {value}");
        }
    }

    /// How often something took how long: `counts` has one more than `bounds`, for what took longer than the last.
    pub fn histogram(&mut self, name: &str, help: &str, bounds: &[Duration], counts: &[u64], sum: Duration) {
        let prefix = self.prefix;
        let _ = writeln!(self.text, "# HELP {prefix}{name} {help}\n# TYPE {prefix}{name} histogram");
        let mut all = 0;
        for (index, count) in counts.iter().enumerate() {
            all += count;
            let bound = bounds.get(index).map_or("+Inf".into(), |bound| bound.as_secs_f64().to_string());
            let _ = writeln!(self.text, "{prefix}{name}_bucket{{le=\"{bound}\"}} {all}");
        }
        let _ = writeln!(self.text, "{prefix}{name}_sum {}\n{prefix}{name}_count {all}", sum.as_secs_f64());
    }

    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_prometheus_wants_it() {
        let mut page = Page::new("hotseat_");
        page.gauge("peers", "Connected peers.", 3);
        page.family("refused_total", "counter", "Refused.", [("{reason=\"full\"}", 1), ("{reason=\"banned\"}", 0)]);
        let bounds = [Duration::from_millis(1), Duration::from_millis(20)];
        page.histogram("latency_seconds", "How long.", &bounds, &[2, 0, 3], Duration::from_millis(1500));
        let wanted = "# HELP hotseat_peers Connected peers.\n# TYPE hotseat_peers gauge\nhotseat_peers 3\n\
            # HELP hotseat_refused_total Refused.\n# TYPE hotseat_refused_total counter\n\
            hotseat_refused_total{reason=\"full\"} 1\nhotseat_refused_total{reason=\"banned\"} 0\n\
            # HELP hotseat_latency_seconds How long.\n# TYPE hotseat_latency_seconds histogram\n\
            hotseat_latency_seconds_bucket{le=\"0.001\"} 2\nhotseat_latency_seconds_bucket{le=\"0.02\"} 2\n\
            hotseat_latency_seconds_bucket{le=\"+Inf\"} 5\nhotseat_latency_seconds_sum 1.5\nhotseat_latency_seconds_count 5\n";
        assert_eq!(page.finish(), wanted);
    }
}
