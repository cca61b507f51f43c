//! The figures as Prometheus reads them (its text format, version 0.0.4). No addresses and no topics.

use super::broker::{Ended, Figures};
use super::limits::Refused;
use crate::prometheus::Page;
use std::collections::BTreeMap;

/// What is told about the web server's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Connections {
    /// WebSockets that were refused.
    pub clients: Refused,
    /// TCP connections that were hung up on.
    pub sockets: Refused,
}

/// The whole page.
pub fn render(figures: &Figures, endings: &BTreeMap<Ended, u64>, refused: &Connections) -> String {
    let mut page = Page::new("hotseat_meet_");
    let mut family = |name: &str, kind: &str, help: &str, samples: &[(&str, u64)]| {
        page.family(name, kind, help, samples.iter().copied());
    };
    let Figures { clients, subscriptions, messages_in, messages_out, bytes_in, bytes_out, .. } = *figures;
    family("clients", "gauge", "Connected clients.", &[("", clients as u64)]);
    family("subscriptions", "gauge", "Topics that clients listen to.", &[("", subscriptions as u64)]);
    family("messages_in_total", "counter", "Messages published by clients.", &[("", messages_in)]);
    family("messages_out_total", "counter", "Messages handed on to clients.", &[("", messages_out)]);
    family("bytes_in_total", "counter", "Bytes of published messages.", &[("", bytes_in)]);
    family("bytes_out_total", "counter", "Bytes of messages handed on.", &[("", bytes_out)]);
    let dropped = [
        ("{reason=\"unheard\"}", figures.dropped_unheard),
        ("{reason=\"rate\"}", figures.dropped_rate),
        ("{reason=\"slow\"}", figures.dropped_slow),
    ];
    family("messages_dropped_total", "counter", "Messages that were not handed on.", &dropped);
    let refused_topics = figures.refused_subscriptions;
    family("subscriptions_refused_total", "counter", "Topics that nobody may listen to.", &[("", refused_topics)]);
    let Connections { clients, sockets } = refused;
    let refused = [
        ("{what=\"client\",reason=\"full\"}", clients.full),
        ("{what=\"client\",reason=\"too_many\"}", clients.too_many),
        ("{what=\"client\",reason=\"too_quick\"}", clients.too_quick),
        ("{what=\"socket\",reason=\"full\"}", sockets.full),
        ("{what=\"socket\",reason=\"too_many\"}", sockets.too_many),
        ("{what=\"socket\",reason=\"too_quick\"}", sockets.too_quick),
    ];
    family("connections_refused_total", "counter", "Connections that were refused.", &refused);
    let ended: Vec<(String, u64)> = Ended::ALL
        .iter()
        .map(|it| (format!("{{reason=\"{}\"}}", it.label()), *endings.get(it).unwrap_or(&0)))
        .collect();
    let ended: Vec<(&str, u64)> = ended.iter().map(|(labels, count)| (labels.as_str(), *count)).collect();
    family("connections_ended_total", "counter", "Connections that ended, by why.", &ended);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_its_line_with_help_and_type() {
        let figures = Figures { clients: 3, messages_in: 70, dropped_slow: 2, ..Figures::default() };
        let connections = Connections { clients: Refused { full: 5, ..Refused::default() }, ..Connections::default() };
        let page = render(&figures, &BTreeMap::from([(Ended::Slow, 4)]), &connections);
        for line in [
            "# TYPE hotseat_meet_clients gauge",
            "hotseat_meet_clients 3",
            "hotseat_meet_messages_in_total 70",
            "hotseat_meet_messages_dropped_total{reason=\"slow\"} 2",
            "hotseat_meet_connections_refused_total{what=\"client\",reason=\"full\"} 5",
            "hotseat_meet_connections_ended_total{reason=\"slow\"} 4",
            "hotseat_meet_connections_ended_total{reason=\"silent\"} 0",
        ] {
            assert!(page.lines().any(|it| it == line), "{line} in\n{page}");
        }
        let mut family = "";
        for line in page.lines() {
            match line.strip_prefix("# HELP ").or(line.strip_prefix("# TYPE ")) {
                Some(named) => family = named.split(' ').next().expect("a name"),
                None => assert!(line.starts_with(family) && line.split(' ').count() == 2, "{line}"),
            }
        }
        let labels: std::collections::BTreeSet<&str> = Ended::ALL.iter().map(|it| it.label()).collect();
        assert_eq!(labels.len(), Ended::ALL.len());
    }
}
