//! `hotseat host`: the same engine without a window. With `--json`, standard output carries one object a line.

use crate::engine::{
    Command, Config, Engine, EngineEvent, Game, GameCommand, GameState, HolderStatus, InviteStatus, Level,
    RequestStatus, SeatStatus, Slot, Snapshot,
};
use crate::input::MAX_SEATS;
use crate::net::{NetStats, RoomCommand, Talk};
use crate::packet::Format;
use crate::room::{Grant, Rights, Terms, Verdict};
use crate::signals;
use crate::sync::{now, spawn};
use crate::usage;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// A line of commands longer than this is not one.
const MAX_LINE: usize = 4096;

/// Runs until a signal ends it, or the game cannot be started. The error is one sentence for people.
pub fn run(config: Config, game: Game, json: bool) -> Result<(), String> {
    let mut engine = Engine::start(config)?;
    let events = engine.take_events().ok_or("the engine's events were taken before")?;
    // One: the wish to end is the same however often it comes.
    let (ask, signals) = sync_channel(1);
    signals::on_end(move || {
        let _ = ask.try_send(());
    })?;
    engine.send(Command::Open(game));
    let commands = if json { Some(read_commands()?) } else { None };
    let mut out = Out { json, started: false, held: Vec::new() };
    loop {
        match events.recv_timeout(Duration::from_millis(50)) {
            Ok(event) => out.tell(&engine, event)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err("The engine ended.".into()),
        }
        if signals.try_recv().is_ok() {
            return Ok(());
        }
        while let Some(command) = commands.as_ref().and_then(|commands| commands.try_recv().ok()) {
            engine.send(command);
        }
        // The core asked to end: so do we.
        if out.started && engine.snapshot().game.is_none() {
            return Ok(());
        }
    }
}

/// One command a line on standard input, as JSON.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Line {
    Pause,
    Resume,
    Reset,
    Restart,
    SaveState {
        slot: Slot,
    },
    LoadState {
        slot: Slot,
    },
    Option {
        key: String,
        value: String,
    },
    Device {
        port: u32,
        id: u32,
    },
    Invite(Offer),
    ChangeInvite {
        invite: u32,
        #[serde(flatten)]
        offer: Offer,
    },
    Revoke {
        invite: u32,
        #[serde(default)]
        people: bool,
    },
    Code {
        invite: u32,
        on: bool,
    },
    Answer {
        request: u32,
        verdict: Said,
        #[serde(default)]
        seat: Option<usize>,
    },
    Sit {
        peer: u32,
        seat: usize,
        on: bool,
    },
    Rights {
        peer: u32,
        rights: Rights,
    },
    Mute {
        peer: u32,
        on: bool,
    },
    Kick {
        peer: u32,
    },
    Ban {
        peer: u32,
    },
    Pardon,
    Say {
        text: String,
    },
    Codec {
        name: String,
    },
    Screenshot,
    Record {
        on: bool,
    },
}

/// What a link is to be like; without a word about it, it lets anybody play, for ever.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Offer {
    #[serde(default = "any")]
    grant: Grant,
    #[serde(default)]
    rights: Rights,
    #[serde(default)]
    approval: bool,
    #[serde(default)]
    uses: Option<u32>,
    #[serde(default)]
    seconds: Option<u64>,
}

fn any() -> Grant {
    Grant::Any
}

impl Offer {
    fn terms(&self) -> Terms {
        Terms {
            grant: self.grant,
            rights: self.rights,
            approval: self.approval,
            uses: self.uses,
            lasts: self.seconds.map(Duration::from_secs),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Play,
    Watch,
    No,
}

fn parse(line: &str) -> Option<Command> {
    let room = Command::Room;
    Some(match serde_json::from_str(line).ok()? {
        Line::Pause => Command::Game(GameCommand::Pause),
        Line::Resume => Command::Game(GameCommand::Resume),
        Line::Reset => Command::Game(GameCommand::Reset),
        Line::Restart => Command::Restart,
        Line::SaveState { slot } => Command::Game(GameCommand::SaveState(slot)),
        Line::LoadState { slot } => Command::Game(GameCommand::LoadState(slot)),
        Line::Option { key, value } => Command::CoreOption { key, value },
        Line::Device { port, id } => Command::Device { port, id },
        Line::Invite(offer) => room(RoomCommand::Invite(offer.terms())),
        Line::ChangeInvite { invite, offer } => room(RoomCommand::ChangeInvite(invite, offer.terms())),
        Line::Revoke { invite, people } => room(RoomCommand::Revoke(invite, people)),
        Line::Code { invite, on } => room(RoomCommand::Code(invite, on)),
        Line::Answer { request, verdict, seat } => {
            let verdict = match verdict {
                Said::Play => Verdict::Play(seat.filter(|&seat| seat < MAX_SEATS)),
                Said::Watch => Verdict::Watch,
                Said::No => Verdict::No,
            };
            room(RoomCommand::Answer(request, verdict))
        }
        Line::Sit { peer, seat, on } => room(RoomCommand::Sit(peer, seat, on)),
        Line::Rights { peer, rights } => room(RoomCommand::Rights(peer, rights)),
        Line::Mute { peer, on } => room(RoomCommand::Mute(peer, on)),
        Line::Kick { peer } => room(RoomCommand::Kick(peer)),
        Line::Ban { peer } => room(RoomCommand::Ban(peer)),
        Line::Pardon => room(RoomCommand::PardonAll),
        Line::Say { text } => room(RoomCommand::Say(text)),
        Line::Screenshot => Command::Screenshot,
        Line::Record { on: true } => Command::StartRecording,
        Line::Record { on: false } => Command::StopRecording,
        Line::Codec { name } if name == "auto" => Command::Codec(None),
        Line::Codec { name } => Command::Codec(Some(Format::from_name(&name)?)),
    })
}

/// Reads on a thread of its own until the input ends, which means nothing: the host goes on.
fn read_commands() -> Result<Receiver<Command>, String> {
    // Full, the reader waits: whoever writes faster than this waits too.
    let (sender, receiver) = sync_channel(16);
    spawn("commands", move || {
        let mut input = std::io::stdin().lock();
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = std::io::Read::take(&mut input, MAX_LINE as u64).read_until(b'\n', &mut line);
            if !matches!(read, Ok(1..)) {
                return;
            }
            match std::str::from_utf8(&line).ok().and_then(parse) {
                Some(command) => {
                    if sender.send(command).is_err() {
                        return;
                    }
                }
                None => tracing::warn!("a line on standard input is no command"),
            }
        }
    })?;
    Ok(receiver)
}

struct Out {
    json: bool,
    started: bool,
    /// Notices from before the start; the engine makes at most one for each message of the core.
    held: Vec<EngineEvent>,
}

impl Out {
    fn tell(&mut self, engine: &Engine, event: EngineEvent) -> Result<(), String> {
        if let EngineEvent::Started { .. } = event {
            self.started = true;
        }
        if let EngineEvent::Failed(why) = &event
            && !self.started
        {
            return Err(why.to_string());
        }
        if !self.started {
            // `ready` comes first; what a core says while it loads comes after it.
            if matches!(event, EngineEvent::Notice(_)) {
                self.held.push(event);
            }
            return Ok(());
        }
        self.print(engine, event)?;
        for held in std::mem::take(&mut self.held) {
            self.print(engine, held)?;
        }
        Ok(())
    }

    fn print(&self, engine: &Engine, event: EngineEvent) -> Result<(), String> {
        if self.json {
            let object = to_json(engine, event);
            if let Some(object) = object {
                write_line(&object.to_string())?;
            }
        } else if let Some(text) = to_text(engine, event) {
            write_line(&text)?;
        }
        Ok(())
    }
}

/// Whoever reads us may have gone: that ends the host in order.
fn write_line(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| format!("Standard output is closed: {error}."))
}

fn to_json(engine: &Engine, event: EngineEvent) -> Option<Value> {
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
        EngineEvent::Failed(why) => json!({"event": "failed", "reason": why.to_string()}),
        EngineEvent::PeerJoined { id, name, seat } => {
            json!({"event": "peer_joined", "peer": id, "name": name, "seat": seat})
        }
        EngineEvent::PeerLeft { id, name } => json!({"event": "peer_left", "peer": id, "name": name}),
        EngineEvent::CoreDied { crash, restarting } => {
            json!({"event": "core_died", "reason": crash.to_string(), "restarting": restarting})
        }
        EngineEvent::CoreRestarted { core_pid, revived } => {
            json!({"event": "core_restarted", "core_pid": core_pid, "revived": revived})
        }
        EngineEvent::Notice(notice) => {
            json!({"event": "notice", "level": level(notice.level), "text": notice.kind.to_string()})
        }
        EngineEvent::Talk(Talk::Said { peer, name, text }) => {
            json!({"event": "chat", "peer": peer, "name": name, "text": text})
        }
        EngineEvent::Talk(Talk::Reaction { peer, name, emoji }) => {
            json!({"event": "reaction", "peer": peer, "name": name, "emoji": emoji.as_str()})
        }
        // Who came and who went has events of its own.
        EngineEvent::Talk(Talk::Line(..)) => return None,
        EngineEvent::Request { id, name, address } => {
            json!({"event": "request", "request": id, "name": name, "address": address.to_string()})
        }
        EngineEvent::Stats { snapshot, net, core_pid } => stats(&snapshot, &net, core_pid),
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn stats(snapshot: &Snapshot, net: &NetStats, core_pid: Option<u32>) -> Value {
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
        "lights": snapshot.lights,
        "invites": snapshot.invites.iter().map(invite).collect::<Vec<_>>(),
        "requests": snapshot.requests.iter().map(request).collect::<Vec<_>>(),
        "host": {"cpu_seconds": host.cpu_seconds, "resident_bytes": host.resident_bytes},
        "core": {"cpu_seconds": core.cpu_seconds, "resident_bytes": core.resident_bytes},
    })
}

fn seat(seat: &SeatStatus) -> Value {
    let holder = |it: &HolderStatus| json!({"peer": it.peer, "name": it.name, "away": it.away});
    json!({"seat": seat.seat, "device": seat.device, "holders": seat.holders.iter().map(holder).collect::<Vec<_>>()})
}

/// Somebody who waits still: those who went away meanwhile are in it no more.
fn request(request: &RequestStatus) -> Value {
    let RequestStatus { id, name, address, invite } = request;
    json!({"request": id, "name": name, "address": address.to_string(), "invite": invite})
}

fn invite(invite: &InviteStatus) -> Value {
    let left = |until: Duration| until.saturating_sub(now()).as_secs();
    json!({
        "invite": invite.id,
        "url": invite.links.first(),
        "grant": invite.terms.grant,
        "rights": invite.terms.rights,
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

fn to_text(engine: &Engine, event: EngineEvent) -> Option<String> {
    Some(match event {
        EngineEvent::Started { .. } => {
            let snapshot: Arc<Snapshot> = engine.snapshot();
            let game = snapshot.game.as_ref().map_or("The game", |game| game.title.as_str());
            let links = snapshot.invites.first().map(|invite| invite.links.join("\n  ")).unwrap_or_default();
            format!("{game} runs. Friends join at\n  {links}\nCtrl-C ends it.")
        }
        EngineEvent::Failed(why) => why.to_string(),
        EngineEvent::PeerJoined { name, seat, .. } => match seat {
            Some(seat) => format!("{name} joined as player {}.", seat + 1),
            None => format!("{name} joined to watch."),
        },
        EngineEvent::PeerLeft { name, .. } => format!("{name} left."),
        EngineEvent::CoreDied { crash, restarting } => {
            let next =
                if restarting { " The game is being brought back." } else { " It is not started again by itself." };
            format!("{crash}{next}")
        }
        EngineEvent::CoreRestarted { .. } => return None,
        EngineEvent::Notice(notice) => notice.kind.to_string(),
        EngineEvent::Talk(Talk::Said { name, text, .. }) => format!("{name}: {text}"),
        EngineEvent::Request { id, name, address } => format!("{name} ({address}) asks to be let in: request {id}."),
        EngineEvent::Talk(_) | EngineEvent::Stats { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_of_the_known_commands_or_nothing() {
        assert_eq!(parse(r#"{"command":"pause"}"#), Some(Command::Game(GameCommand::Pause)));
        assert_eq!(
            parse(r#"{"command":"save_state","slot":3}"#),
            Some(Command::Game(GameCommand::SaveState(Slot::clamped(3))))
        );
        let invited =
            parse(r#"{"command":"invite","grant":1,"rights":["pause"],"approval":true,"uses":2,"seconds":60}"#);
        let terms = Terms {
            grant: Grant::Seat(1),
            rights: [crate::room::Right::Pause].into_iter().collect(),
            approval: true,
            uses: Some(2),
            lasts: Some(Duration::from_secs(60)),
        };
        assert_eq!(invited, Some(Command::Room(RoomCommand::Invite(terms))));
        assert_eq!(
            parse(r#"{"command":"answer","request":4,"verdict":"play","seat":1}"#),
            Some(Command::Room(RoomCommand::Answer(4, Verdict::Play(Some(1)))))
        );
        for bad in [
            "",
            "pause",
            "{}",
            r#"{"command":"nope"}"#,
            r#"{"command":"save_state"}"#,
            r#"{"command":"save_state","slot":-1}"#,
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
