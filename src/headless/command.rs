//! Commands on standard input: one JSON object a line.

use crate::engine::{Command, DiscCommand, Flow, GameCommand, Slot, device_key};
use crate::input::Seat;
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::packet::Format;
use crate::room::RoomCommand;
use crate::room::{
    CodeChange, Decision, InviteId, InviteTerms, Muting, PeerId, Permissions, RequestId, RevokeScope, SeatChange,
    SeatGrant,
};
use crate::sync::{SpawnError, spawn};
use serde::Deserialize;
use std::io::BufRead;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

/// A line of commands longer than this is not one.
const MAX_LINE: usize = 4096;

/// One command a line on standard input, as JSON.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum StdinCommand {
    Pause,
    Resume,
    Reset,
    /// Go through time in another way, until the next of these.
    Time {
        flow: Flow,
    },
    /// One frame of a paused game.
    Step,
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
        #[serde(default = "start")]
        layer: Layer,
    },
    /// What is below a layer counts again, for one option or all.
    ResetOption {
        layer: Layer,
        #[serde(default)]
        key: Option<String>,
    },
    /// Every value that comes from a layer, and every option.
    Options,
    /// A setting of ours for the game, its folder or its core; none for what is below.
    Setting {
        key: String,
        value: Option<String>,
        layer: Layer,
    },
    Device {
        port: u32,
        id: u32,
        #[serde(default = "start")]
        layer: Layer,
    },
    Disc {
        index: u32,
    },
    Eject,
    PutBackSave {
        version: u64,
    },
    PutBackState {
        slot: Slot,
    },
    Continue,
    Invite(InviteFields),
    ChangeInvite {
        invite: InviteId,
        #[serde(flatten)]
        fields: InviteFields,
    },
    Revoke {
        invite: InviteId,
        #[serde(default)]
        people: bool,
    },
    Code {
        invite: InviteId,
        on: bool,
    },
    Answer {
        request: RequestId,
        verdict: Answer,
        #[serde(default)]
        seat: Option<Seat>,
    },
    Sit {
        peer: PeerId,
        seat: Seat,
        on: bool,
    },
    #[serde(rename = "rights")]
    SetPermissions {
        peer: PeerId,
        rights: Permissions,
    },
    Mute {
        peer: PeerId,
        on: bool,
    },
    Kick {
        peer: PeerId,
    },
    Ban {
        peer: PeerId,
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

/// What an invite grants; the defaults let any number of guests play, for ever.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct InviteFields {
    #[serde(default = "any")]
    grant: SeatGrant,
    #[serde(default)]
    rights: Permissions,
    #[serde(default)]
    approval: bool,
    #[serde(default)]
    uses: Option<u32>,
    #[serde(default)]
    seconds: Option<u64>,
}

fn start() -> Layer {
    Layer::Start
}

fn any() -> SeatGrant {
    SeatGrant::Any
}

impl InviteFields {
    fn terms(&self) -> InviteTerms {
        InviteTerms {
            grant: self.grant,
            permissions: self.rights,
            approval: self.approval,
            uses: self.uses,
            lasts: self.seconds.map(Duration::from_secs),
        }
    }
}

/// The host's answer to a guest who asks to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Play,
    Watch,
    No,
}

fn parse(line: &str) -> Option<Command> {
    let room = Command::Room;
    Some(match serde_json::from_str(line).ok()? {
        StdinCommand::Pause => Command::Game(GameCommand::Pause),
        StdinCommand::Resume => Command::Game(GameCommand::Resume),
        StdinCommand::Reset => Command::Game(GameCommand::Reset),
        StdinCommand::Time { flow } => Command::Game(GameCommand::Flow(flow)),
        StdinCommand::Step => Command::Game(GameCommand::StepFrame),
        StdinCommand::Restart => Command::Restart,
        StdinCommand::SaveState { slot } => Command::Game(GameCommand::SaveState(slot)),
        StdinCommand::LoadState { slot } => Command::Game(GameCommand::LoadState(slot)),
        StdinCommand::Option { key, value, layer } => {
            Command::Layer { kind: LayerKind::Options, layer, edit: LayerEdit::Set(vec![(key, value)]) }
        }
        StdinCommand::ResetOption { layer, key } => {
            let edit = key.map_or(LayerEdit::ResetAll, |key| LayerEdit::Reset(vec![key]));
            Command::Layer { kind: LayerKind::Options, layer, edit }
        }
        StdinCommand::Options => Command::ListLayers,
        StdinCommand::Setting { key, value, layer } => {
            let edit = match value {
                Some(value) => LayerEdit::Set(vec![(key, value)]),
                None => LayerEdit::Reset(vec![key]),
            };
            Command::Layer { kind: LayerKind::Settings, layer, edit }
        }
        StdinCommand::Device { port, id, layer } => {
            let edit = LayerEdit::Set(vec![(device_key(port), id.to_string())]);
            Command::Layer { kind: LayerKind::Settings, layer, edit }
        }
        StdinCommand::Disc { index } => Command::Disc(DiscCommand::Insert(index)),
        StdinCommand::PutBackSave { version } => Command::PutBackSave { put_aside: version },
        StdinCommand::PutBackState { slot } => Command::PutBackState { slot },
        StdinCommand::Continue => Command::Continue { wanted: true },
        StdinCommand::Eject => Command::Disc(DiscCommand::Eject),
        StdinCommand::Invite(fields) => room(RoomCommand::Invite(fields.terms())),
        StdinCommand::ChangeInvite { invite, fields } => room(RoomCommand::ChangeInvite(invite, fields.terms())),
        StdinCommand::Revoke { invite, people } => {
            let scope = if people { RevokeScope::WithPeople } else { RevokeScope::LinkOnly };
            room(RoomCommand::Revoke(invite, scope))
        }
        StdinCommand::Code { invite, on } => {
            room(RoomCommand::SetCode(invite, if on { CodeChange::Issue } else { CodeChange::Clear }))
        }
        StdinCommand::Answer { request, verdict, seat } => {
            let verdict = match verdict {
                Answer::Play => Decision::Play(seat),
                Answer::Watch => Decision::Watch,
                Answer::No => Decision::Decline,
            };
            room(RoomCommand::Answer(request, verdict))
        }
        StdinCommand::Sit { peer, seat, on } => {
            let change = if on { SeatChange::Seat } else { SeatChange::Unseat };
            room(RoomCommand::AssignSeat { peer, seat, change })
        }
        StdinCommand::SetPermissions { peer, rights } => room(RoomCommand::SetPermissions(peer, rights)),
        StdinCommand::Mute { peer, on } => {
            room(RoomCommand::SetMuting(peer, if on { Muting::Muted } else { Muting::Unmuted }))
        }
        StdinCommand::Kick { peer } => room(RoomCommand::Kick(peer)),
        StdinCommand::Ban { peer } => room(RoomCommand::Ban(peer)),
        StdinCommand::Pardon => room(RoomCommand::ClearBans),
        StdinCommand::Say { text } => room(RoomCommand::Chat(text)),
        StdinCommand::Screenshot => Command::Screenshot,
        StdinCommand::Record { on: true } => Command::StartRecording,
        StdinCommand::Record { on: false } => Command::StopRecording,
        StdinCommand::Codec { name } if name == "auto" => Command::Codec(None),
        StdinCommand::Codec { name } => Command::Codec(Some(Format::from_name(&name)?)),
    })
}

/// Reads on a thread of its own until the input ends, which means nothing: the host goes on.
pub(super) fn read() -> Result<Receiver<Command>, SpawnError> {
    // Full, this thread waits, and so does the program that writes faster than that.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_of_the_known_commands_or_nothing() {
        assert_eq!(parse(r#"{"command":"pause"}"#), Some(Command::Game(GameCommand::Pause)));
        assert_eq!(
            parse(r#"{"command":"save_state","slot":3}"#),
            Slot::new(3).map(|slot| Command::Game(GameCommand::SaveState(slot)))
        );
        assert_eq!(
            parse(r#"{"command":"time","flow":"rewind"}"#),
            Some(Command::Game(GameCommand::Flow(Flow::Rewind)))
        );
        let option = |layer, edit| Some(Command::Layer { kind: LayerKind::Options, layer, edit });
        let slow = LayerEdit::Set(vec![("speed".into(), "slow".into())]);
        assert_eq!(
            parse(r#"{"command":"option","key":"speed","value":"slow"}"#),
            option(Layer::Start, slow.clone())
        );
        assert_eq!(
            parse(r#"{"command":"option","key":"speed","value":"slow","layer":"folder"}"#),
            option(Layer::Folder, slow)
        );
        assert_eq!(parse(r#"{"command":"reset_option","layer":"game"}"#), option(Layer::Game, LayerEdit::ResetAll));
        assert_eq!(
            parse(r#"{"command":"reset_option","layer":"core","key":"speed"}"#),
            option(Layer::Core, LayerEdit::Reset(vec!["speed".into()]))
        );
        let invited =
            parse(r#"{"command":"invite","grant":1,"rights":["pause"],"approval":true,"uses":2,"seconds":60}"#);
        let terms = InviteTerms {
            grant: SeatGrant::Seat(Seat::ALL[1]),
            permissions: [crate::room::Permission::Pause].into_iter().collect(),
            approval: true,
            uses: Some(2),
            lasts: Some(Duration::from_secs(60)),
        };
        assert_eq!(invited, Some(Command::Room(RoomCommand::Invite(terms))));
        assert_eq!(
            parse(r#"{"command":"answer","request":4,"verdict":"play","seat":1}"#),
            Some(Command::Room(RoomCommand::Answer(RequestId(4), Decision::Play(Some(Seat::ALL[1])))))
        );
        for bad in [
            "",
            "pause",
            "{}",
            r#"{"command":"nope"}"#,
            r#"{"command":"save_state"}"#,
            r#"{"command":"option","key":"speed","value":"slow","layer":"world"}"#,
            r#"{"command":"time","flow":"sideways"}"#,
            r#"{"command":"save_state","slot":-1}"#,
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
