//! Every figure of a host. No names, no addresses, no invites.

use super::board::Board;
use super::health::Health;
use crate::engine::GameState;
use crate::net::Refused;
use crate::prometheus::Page;
use crate::session::LATENCY_BOUNDS;
use crate::session::protocol::RefusedCode;
use crate::usage::Usage;
use std::time::Duration;

/// Processor and memory of the two processes.
pub(super) struct Processes {
    pub host: Usage,
    pub core: Option<Usage>,
}

/// The whole page.
pub(super) fn render(board: &Board, processes: &Processes, now: Duration) -> String {
    let mut page = Page::new("hotseat_");
    let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    page.family("build_info", "gauge", "The program's version.", [(version, 1)]);
    let health = Health::of(board, now);
    page.gauge("ready", "1 if guests can be sent here, as /healthz says.", u8::from(health.ready()));
    room(&mut page, board);
    frames(&mut page, board);
    renditions(&mut page, board);
    sent(&mut page, board);
    refused(&mut page, board);
    page.counter("core_crashes_total", "Times that the core crashed or hung.", board.crashes);
    page.counter("core_restarts_total", "Times that it was started again after that.", board.restarts);
    page.gauge("recording", "1 while the game is recorded.", u8::from(board.snapshot.recording));
    page.counter("recordings_total", "Recordings begun.", board.recordings);
    let both = || [("host", Some(processes.host)), ("core", processes.core)];
    let of = |what: fn(Usage) -> f64| {
        both().into_iter().filter_map(move |(name, usage)| Some((format!("{{process=\"{name}\"}}"), what(usage?))))
    };
    let help = "Processor time of each process, all threads; the core's begins anew with each core.";
    page.family("process_cpu_seconds_total", "counter", help, of(|it| it.cpu_seconds));
    let help = "Resident memory of each process.";
    page.family("process_resident_memory_bytes", "gauge", help, of(|it| it.resident_bytes as f64));
    page.finish()
}

fn room(page: &mut Page, board: &Board) {
    let snapshot = &board.snapshot;
    let state = snapshot.game.as_ref().map(|game| &game.state);
    page.gauge("game_running", "1 while a game runs.", u8::from(state == Some(&GameState::Running)));
    page.gauge("game_paused", "1 while it waits for the host.", u8::from(state == Some(&GameState::Paused)));
    page.gauge("peers", "Connected peers.", snapshot.peers.len());
    page.gauge("seats", "Seats of the room.", snapshot.seats.len());
    let held = snapshot.seats.iter().filter(|seat| !seat.holders.is_empty()).count();
    page.gauge("seats_held", "Seats that somebody holds.", held);
    page.gauge("invites", "Links that lead in.", snapshot.invites.len());
    page.gauge("requests_waiting", "Guests who wait to be let in.", snapshot.requests.len());
    page.gauge("banned", "Guests who are banned.", snapshot.banned);
}

fn frames(page: &mut Page, board: &Board) {
    let stats = &board.snapshot.stats;
    page.gauge("frame_rate_target_hertz", "Frames a second that the core wants.", stats.target_fps);
    page.counter("frames_emulated_total", "Frames that the core made.", stats.emulated);
    page.counter("frames_encoded_total", "Frames encoded, in one rendition or more.", stats.encoded);
    page.counter("frames_sent_total", "Frames sent, to one peer or more.", board.session.frames_sent);
    page.counter("frames_skipped_total", "Frames passed over because the encoders were busy.", stats.skipped);
    page.counter("frames_unusable_total", "Pictures that could not be converted.", stats.unusable);
    page.gauge("encoder_speed", "How much quality is given up for speed: 0 for none.", stats.speed);
    let totals = &board.session.totals;
    let help = "From the core's picture to the socket, once for each frame and peer.";
    page.histogram("host_latency_seconds", help, &LATENCY_BOUNDS, &totals.latency, totals.latency_sum);
    let stages = ["wait", "encode", "send"].map(|stage| format!("{{stage=\"{stage}\"}}"));
    let help =
        "The parts of host latency: until the video thread had the frame, until it was encoded, until it was sent.";
    let spent = stages.into_iter().zip(totals.stages.map(|it| it.as_secs_f64()));
    page.family("host_latency_stage_seconds_total", "counter", help, spent);
}

fn renditions(page: &mut Page, board: &Board) {
    let all = &board.snapshot.renditions;
    page.gauge("renditions", "Encoded versions of the picture that are watched.", all.len());
    let mut each = |name: &str, kind: &str, help: &str, what: fn(&crate::engine::Rendition) -> u64| {
        let samples = all.iter().map(|it| (format!("{{codec=\"{}\"}}", it.status.format.name()), what(it)));
        page.family(name, kind, help, samples);
    };
    each("rendition_viewers", "gauge", "Peers that watch it.", |it| it.status.viewers.into());
    each("rendition_frames_total", "counter", "Frames encoded for it.", |it| it.status.encoded);
    each("rendition_keyframes_total", "counter", "Keyframes among them.", |it| it.status.keyframes);
    each("rendition_bytes_total", "counter", "Bytes of them.", |it| it.status.bytes);
    let help = "Frames encoded and not taken by the net thread in time.";
    each("rendition_frames_dropped_total", "counter", help, |it| it.status.dropped);
}

fn sent(page: &mut Page, board: &Board) {
    let totals = &board.session.totals;
    page.counter("inputs_total", "Inputs of guests that reached the game.", totals.inputs);
    page.counter("sent_packets_total", "Datagrams sent to peers.", totals.datagrams);
    page.counter("sent_bytes_total", "Bytes in them.", totals.bytes);
    let help = "Times that peers asked for lost packets of the picture again, by NACK.";
    page.counter("retransmission_requests_total", help, totals.repeats);
    let peers = &board.session.peers;
    let loss = peers.iter().map(|peer| f64::from(peer.loss)).fold(0.0, f64::max);
    page.gauge("peer_loss_ratio_max", "Share of packets lost by the peer that loses most.", loss);
    let slowest = peers.iter().filter_map(|peer| peer.round_trip).max().unwrap_or_default();
    page.gauge("peer_round_trip_seconds_max", "Round trip of the peer farthest away.", slowest.as_secs_f64());
}

fn refused(page: &mut Page, board: &Board) {
    let joins = RefusedCode::ALL.into_iter().zip(board.session.totals.refused);
    let joins = joins.map(|(code, count)| (format!("{{reason=\"{}\"}}", code.name()), count));
    page.family("joins_refused_total", "counter", "Guests who were not let in, by why.", joins);
    let requests = Refused::ALL.map(|why| (format!("{{reason=\"{}\"}}", why.name()), board.refusals.of(why)));
    let help = "Requests and connections to the page's port that were refused, by why.";
    page.family("requests_refused_total", "counter", help, requests);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    fn page() -> String {
        let mut board = Board::new(Arc::default(), Duration::ZERO);
        let rendition = crate::engine::Rendition { status: Default::default(), kbit_s: 0 };
        let snapshot = crate::engine::Snapshot { renditions: vec![rendition], ..Default::default() };
        board.snapshot = Arc::new(snapshot);
        board.session.totals.refused[0] = 4;
        let usage = Usage { cpu_seconds: 1.5, resident_bytes: 1 << 20 };
        render(&board, &Processes { host: usage, core: Some(usage) }, Duration::ZERO)
    }

    /// The names of all figures.
    fn families(page: &str) -> BTreeSet<String> {
        let named = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
        named.map(str::to_owned).collect()
    }

    #[test]
    fn every_figure_has_help_type_and_a_value_that_is_a_number() {
        let page = page();
        let mut family = String::new();
        for line in page.lines() {
            if let Some(named) = line.strip_prefix("# HELP ").or(line.strip_prefix("# TYPE ")) {
                family = named.split(' ').next().expect("a name").into();
                assert!(family.starts_with("hotseat_"), "{line}");
                continue;
            }
            let (name, value) = line.rsplit_once(' ').expect("name and value");
            assert!(name.starts_with(&family), "{line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
        for line in ["hotseat_joins_refused_total{reason=\"bad_invite\"} 4", "hotseat_host_latency_seconds_count 0"] {
            assert!(page.lines().any(|it| it == line), "{line} in\n{page}");
        }
    }

    #[test]
    fn the_board_for_grafana_asks_for_figures_that_there_are_and_leaves_out_only_those_that_are_listed() {
        /// Nothing to draw.
        const NOT_DRAWN: [&str; 6] = [
            "hotseat_build_info",
            "hotseat_banned",
            "hotseat_frame_rate_target_hertz",
            "hotseat_frames_unusable_total",
            "hotseat_invites",
            "hotseat_recording",
        ];
        let board: serde_json::Value =
            serde_json::from_str(include_str!("../../docs/grafana.json")).expect("the board is JSON");
        let families = families(&page());
        let mut asked = BTreeSet::new();
        let panels = board["panels"].as_array().expect("panels");
        for target in panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets")) {
            let query = target["expr"].as_str().expect("a query");
            let words = query.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
            for word in words.filter(|word| word.starts_with("hotseat_")) {
                let parts = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end));
                let family = parts.filter(|it| families.contains(*it)).unwrap_or(word);
                assert!(families.contains(family), "{word} is no figure of a host, in {query}");
                asked.insert(family.to_owned());
            }
        }
        let left_out: Vec<&String> = families.difference(&asked).collect();
        let listed: BTreeSet<&str> = NOT_DRAWN.into();
        assert!(left_out.iter().all(|it| listed.contains(it.as_str())), "not on the board: {left_out:?}");
        assert!(listed.iter().all(|it| !asked.contains(*it)), "on the board and listed as not");
    }
}
