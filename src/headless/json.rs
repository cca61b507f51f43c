//! Events on standard output: one JSON object a line.
//!
//! Texts for people are in their language and have a stable code beside them.

use crate::engine::{
    Discs, Engine, EngineEvent, GameState, InviteStatus, LayerValue, Level, SaveVersion, SavedState, Snapshot, StateList,
};
use crate::layers::{Layer, LayerKind};
use crate::room::{Holder, JoinRequest};
use crate::session::protocol::SeatInfo;
use crate::session::{ChatEvent, SessionStats};
use crate::sync::now;
use crate::text::{Message, Texts};
use crate::usage;
use serde_json::{Value, json};
use std::time::Duration;

/// The object for an event; none for those that are told in another one.
pub(super) fn event(engine: &Engine, event: EngineEvent, texts: &Texts) -> Option<Value> {
    Some(match event {
        EngineEvent::Started { core_pid } => {
            let snapshot = engine.snapshot();
            json!({
                "event": "ready",
                "url": snapshot.invites.first().and_then(|invite| invite.links.first()),
                "urls": snapshot.invites.first().map(|invite| &invite.links),
                "pid": std::process::id(),
                "core_pid": core_pid,
                "game": snapshot.game.as_ref().map(|game| &game.title),
                "core": snapshot.game.as_ref().map(|game| &game.core_name),
            })
        }
        EngineEvent::Flow { flow, by } => json!({"event": "time", "flow": flow, "by": by}),
        EngineEvent::Layers(values) => {
            let of = |kind: LayerKind| values.iter().filter(move |it| it.kind == kind).map(layer_value);
            json!({
                "event": "options",
                "options": of(LayerKind::Options).collect::<Vec<_>>(),
                "settings": of(LayerKind::Settings).collect::<Vec<_>>(),
            })
        }
        EngineEvent::LinksChanged => {
            let snapshot = engine.snapshot();
            let links = snapshot.invites.first().map(|invite| &invite.links);
            json!({"event": "links", "url": links.and_then(|all| all.first()), "urls": links})
        }
        EngineEvent::Failed(reason) => {
            json!({"event": "failed", "code": reason.innermost_code(), "reason": reason.text(texts)})
        }
        EngineEvent::PeerJoined { id, name, seat } => {
            json!({"event": "peer_joined", "peer": id, "name": name, "seat": seat})
        }
        EngineEvent::PeerLeft { id, name } => json!({"event": "peer_left", "peer": id, "name": name}),
        EngineEvent::CoreDied { crash, restarting, report } => json!({
            "event": "core_died",
            "code": crash.code(),
            "reason": crash.text(texts),
            "restarting": restarting,
            "report": report.map(|path| path.display().to_string()),
        }),
        EngineEvent::CoreRestarted { core_pid, revived } => {
            json!({"event": "core_restarted", "core_pid": core_pid, "revived": revived})
        }
        EngineEvent::Notice(notice) => {
            let (code, text) = (notice.kind.innermost_code(), notice.kind.text(texts));
            json!({"event": "notice", "level": level(notice.level), "code": code, "text": text})
        }
        EngineEvent::Chat(ChatEvent::Said { peer, name, text }) => {
            json!({"event": "chat", "peer": peer, "name": name, "text": text})
        }
        EngineEvent::Chat(ChatEvent::Reaction { peer, name, emoji }) => {
            json!({"event": "reaction", "peer": peer, "name": name, "emoji": emoji.as_str()})
        }
        EngineEvent::Chat(ChatEvent::Disc { name, disc, label }) => {
            json!({"event": "disc_changed", "name": name, "disc": disc, "label": label})
        }
        // Who came and who went has events of its own.
        EngineEvent::Chat(ChatEvent::Presence(..)) => return None,
        EngineEvent::Request(JoinRequest { id, name, origin, .. }) => {
            json!({"event": "request", "request": id, "name": name, "address": origin})
        }
        EngineEvent::Stats { snapshot, session, core_pid } => stats(&snapshot, &session, core_pid),
    })
}

/// `from` is the layer that the value comes from, `default` where none has one.
fn layer_value(value: &LayerValue) -> Value {
    let layers: serde_json::Map<String, Value> =
        value.layers.iter().map(|(layer, value)| (layer.name().to_owned(), json!(value))).collect();
    json!({
        "key": value.key,
        "value": value.value,
        "from": value.from.map_or("default", Layer::name),
        "layers": layers,
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn stats(snapshot: &Snapshot, net: &SessionStats, core_pid: Option<u32>) -> Value {
    let stats = &snapshot.stats;
    let host = usage::of(std::process::id());
    let core = core_pid.map(usage::of).unwrap_or_default();
    let peers: Vec<Value> = net
        .peers
        .iter()
        .map(|peer| {
            json!({
                "peer": peer.id,
                "codec": peer.format.name(),
                "frames_sent": peer.frames,
                "kbit_s": peer.kbit_s,
                "round_trip_ms": peer.round_trip.map(|rtt| round(rtt.as_secs_f64() * 1000.0)),
                "path": peer.path.map(|path| path.kind),
                "remote": peer.path.map(|path| path.remote),
                "loss": peer.loss,
                "estimate_kbit_s": peer.estimate_kbit_s,
            })
        })
        .collect();
    let renditions: Vec<Value> = snapshot
        .renditions
        .iter()
        .map(|rendition| {
            let status = &rendition.status;
            json!({
                "codec": status.format.name(),
                "viewers": status.viewers,
                "frames_encoded": status.encoded,
                "keyframes": status.keyframes,
                "frames_dropped": status.dropped,
                "kbit_s": rendition.kbit_s,
            })
        })
        .collect();
    let state = match snapshot.game.as_ref().map(|game| &game.state) {
        None => "stopped",
        Some(GameState::Starting) => "starting",
        Some(GameState::Running) => "running",
        Some(GameState::Paused) => "paused",
        Some(GameState::Crashed(_)) => "crashed",
        Some(GameState::Failed(_)) => "failed",
    };
    json!({
        "event": "stats",
        "state": state,
        "flow": snapshot.game.as_ref().map(|game| game.flow),
        "flow_by": snapshot.game.as_ref().and_then(|game| game.flow_by.as_ref()),
        "can_rewind": snapshot.game.as_ref().is_some_and(|game| game.can_rewind),
        "save_versions": snapshot.game.as_ref().map(|game| game.versions.iter().map(version).collect::<Vec<_>>()),
        "states": snapshot.game.as_ref().map(|game| states(&game.states)),
        "last_state": snapshot.game.as_ref().and_then(|game| game.states.auto.as_ref()).map(saved_state),
        "discs": snapshot.game.as_ref().and_then(|game| game.discs.as_ref()).map(discs),
        "fps": round(stats.fps),
        "target_fps": stats.target_fps,
        "frames_emulated": stats.emulated,
        "frames_encoded": stats.encoded,
        "frames_sent": stats.sent,
        "frames_skipped": stats.skipped,
        "frames_unusable": stats.unusable,
        "encoder_speed": stats.speed,
        "recording": snapshot.recording,
        "renditions": renditions,
        "width": stats.width,
        "height": stats.height,
        "latency_p50_ms": stats.latency_p50_ms,
        "latency_p99_ms": stats.latency_p99_ms,
        "stages_p50_ms": {"wait": net.stages_ms[0], "encode": net.stages_ms[1], "send": net.stages_ms[2]},
        "kbit_s": stats.kbit_s,
        "newest_frame": {"number": stats.newest_frame, "captured_s": stats.newest_frame_at.as_secs_f64()},
        "input_p50_us": net.input_us.0,
        "input_p99_us": net.input_us.1,
        "peers": peers,
        "seats": snapshot.seats.iter().map(seat).collect::<Vec<_>>(),
        "lights": snapshot.activity,
        "invites": snapshot.invites.iter().map(invite).collect::<Vec<_>>(),
        "requests": snapshot.requests.iter().map(request).collect::<Vec<_>>(),
        "host": {"cpu_seconds": host.cpu_seconds, "resident_bytes": host.resident_bytes},
        "core": {"cpu_seconds": core.cpu_seconds, "resident_bytes": core.resident_bytes},
    })
}

/// The time at which it was put aside is also its name.
fn version(version: &SaveVersion) -> Value {
    json!({"version": version.put_aside, "bytes": version.bytes})
}

/// By slot; null for one that is empty.
fn states(states: &StateList) -> Vec<Value> {
    states.slots.iter().map(|it| it.as_ref().map_or(Value::Null, saved_state)).collect()
}

fn saved_state(state: &SavedState) -> Value {
    let SavedState { time, bytes, picture, has_previous } = state;
    let picture = picture.as_ref().map(|path| path.to_string_lossy());
    json!({"time_ms": time, "bytes": bytes, "picture": picture, "can_be_put_back": has_previous})
}

fn discs(discs: &Discs) -> Value {
    json!({"names": discs.names, "inserted": discs.inserted})
}

fn seat(seat: &SeatInfo) -> Value {
    let holder = |it: &Holder| json!({"peer": it.peer, "name": it.name, "away": it.away});
    json!({"seat": seat.seat, "device": seat.device, "holders": seat.holders.iter().map(holder).collect::<Vec<_>>()})
}

/// A guest who still waits at the door.
fn request(request: &JoinRequest) -> Value {
    let JoinRequest { id, name, origin, invite } = request;
    json!({"request": id, "name": name, "address": origin, "invite": invite})
}

fn invite(invite: &InviteStatus) -> Value {
    let left = |until: Duration| until.saturating_sub(now()).as_secs();
    json!({
        "invite": invite.id,
        "url": invite.links.first(),
        "grant": invite.terms.grant,
        "rights": invite.terms.permissions,
        "approval": invite.terms.approval,
        "used": invite.used,
        "uses": invite.terms.uses,
        "seconds_left": invite.ends.map(left),
        "code": invite.code.as_ref().map(|(digits, _)| digits),
    })
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
