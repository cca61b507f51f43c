//! Texts from a page: those on its carrier, and those on the control channel.

use super::{MAX_CANDIDATE, MAX_CONTROL, MAX_JOIN};
use crate::game_command::{Flow, GameCommand, Slot};
use crate::input::Seat;
use crate::room::{Emoji, InviteTerms, PeerId, RoomCommand, SeatChange, SeatGrant};
use serde::Deserialize;

/// From a page on its carrier: the WebSocket beside it, or a broker.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromPage {
    /// Let me in: the first message, and the only one of its kind.
    Join(Join),
    /// The page may be reached here, too.
    Candidate {
        /// As in SDP, from `candidate:` on (RFC 8839, 5.1); empty: there are no more.
        candidate: String,
    },
    /// The way is lost: look for another, with other credentials (RFC 8445, 2.4).
    Restart {
        /// The offer with them.
        sdp: String,
    },
    /// I am leaving, or do not want in any more.
    Bye,
}

/// Who wants in, and with what.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Join {
    /// The page's protocol version.
    pub v: u32,
    /// From the invite link.
    #[serde(default)]
    pub secret: Option<String>,
    /// Digits that were read aloud, in place of a link.
    #[serde(default)]
    pub code: Option<String>,
    /// What they call themselves.
    pub name: String,
    /// Of an earlier stay.
    #[serde(default)]
    pub resume: Option<String>,
    /// The WebRTC offer.
    pub sdp: String,
}

/// Parses a message on a carrier. None for anything that is not one.
pub fn parse_page(text: &[u8]) -> Option<FromPage> {
    if text.len() > MAX_JOIN {
        return None;
    }
    serde_json::from_slice(text).ok().filter(|message| match message {
        FromPage::Candidate { candidate } => candidate.len() <= MAX_CANDIDATE,
        FromPage::Join(_) | FromPage::Restart { .. } | FromPage::Bye => true,
    })
}

/// The first of them, which asks to be let in.
pub fn parse_join(text: &[u8]) -> Option<Join> {
    match parse_page(text)? {
        FromPage::Join(join) => Some(join),
        _ => None,
    }
}

/// On the control channel, page to host.
#[derive(Debug, Clone, PartialEq)]
pub enum FromPeer {
    /// Are you there? The number comes back unchanged.
    Ping(f64),
    /// I am leaving.
    Bye,
    /// A command, which the room decides, and the message's type for the answer.
    Command(&'static str, RoomCommand),
    /// A command about a seat or slot that there cannot be, and the message's type.
    OutOfRange(&'static str),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Raw {
    Ping {
        t: f64,
    },
    Rename {
        name: String,
    },
    Bye,
    Chat {
        text: String,
    },
    React {
        emoji: String,
    },
    Ask {
        seat: Option<usize>,
    },
    Unask,
    Stand {
        seat: usize,
    },
    Sit {
        peer: PeerId,
        seat: usize,
        on: bool,
    },
    Do {
        what: GameVerb,
        #[serde(default)]
        slot: u8,
        /// From 0.
        #[serde(default)]
        disc: u32,
    },
    Invite {
        grant: SeatGrant,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum GameVerb {
    Pause,
    Resume,
    Reset,
    Save,
    Load,
    Disc,
    /// The game goes at its own speed again.
    Normal,
    Fast,
    Slow,
    Rewind,
    Step,
}

impl GameVerb {
    /// None for a slot that there is not. Which discs there are, the room knows.
    fn command(self, slot: u8, disc: u32) -> Option<GameCommand> {
        let slot = Slot::new(slot)?;
        Some(match self {
            GameVerb::Pause => GameCommand::Pause,
            GameVerb::Resume => GameCommand::Resume,
            GameVerb::Reset => GameCommand::Reset,
            GameVerb::Normal => GameCommand::Flow(Flow::Normal),
            GameVerb::Fast => GameCommand::Flow(Flow::FastForward),
            GameVerb::Slow => GameCommand::Flow(Flow::SlowMotion),
            GameVerb::Rewind => GameCommand::Flow(Flow::Rewind),
            GameVerb::Step => GameCommand::StepFrame,
            GameVerb::Save => GameCommand::SaveState(slot),
            GameVerb::Load => GameCommand::LoadState(slot),
            GameVerb::Disc => GameCommand::InsertDisc(disc),
        })
    }
}

/// Parses a control message. None for anything that is not one.
pub fn parse_control(bytes: &[u8]) -> Option<FromPeer> {
    if bytes.len() > MAX_CONTROL {
        return None;
    }
    let command = |kind, command: Option<RoomCommand>| match command {
        Some(command) => FromPeer::Command(kind, command),
        None => FromPeer::OutOfRange(kind),
    };
    let change = |on| if on { SeatChange::Seat } else { SeatChange::Unseat };
    Some(match serde_json::from_slice(bytes).ok()? {
        Raw::Ping { t } => FromPeer::Ping(t),
        Raw::Bye => FromPeer::Bye,
        Raw::Rename { name } => command("rename", Some(RoomCommand::Rename(name))),
        Raw::Chat { text } => command("chat", Some(RoomCommand::Chat(text))),
        Raw::React { emoji } => command("react", Some(RoomCommand::React(Emoji::parse(&emoji)?))),
        Raw::Ask { seat: None } => command("ask", Some(RoomCommand::RequestSeat(None))),
        Raw::Ask { seat: Some(seat) } => {
            command("ask", Seat::new(seat).map(|seat| RoomCommand::RequestSeat(Some(seat))))
        }
        Raw::Unask => command("unask", Some(RoomCommand::WithdrawSeatRequest)),
        Raw::Stand { seat } => command("stand", Seat::new(seat).map(RoomCommand::LeaveSeat)),
        Raw::Sit { peer, seat, on } => {
            command("sit", Seat::new(seat).map(|seat| RoomCommand::AssignSeat { peer, seat, change: change(on) }))
        }
        Raw::Do { what, slot, disc } => command("do", what.command(slot, disc).map(RoomCommand::Game)),
        Raw::Invite { grant } => {
            command("invite", Some(RoomCommand::Invite(InviteTerms { grant, ..InviteTerms::default() })))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_messages_are_those_we_know() {
        let seat = |index| Seat::new(index).expect("a seat");
        let slot = |index| Slot::new(index).expect("a slot");
        let grant = |grant| RoomCommand::Invite(InviteTerms { grant, ..InviteTerms::default() });
        let sit = RoomCommand::AssignSeat { peer: PeerId(4), seat: seat(1), change: SeatChange::Seat };
        let is = |kind, command| Some(FromPeer::Command(kind, command));
        for (text, parsed) in [
            (r#"{"type":"ping","t":1.5}"#, Some(FromPeer::Ping(1.5))),
            (r#"{"type":"bye"}"#, Some(FromPeer::Bye)),
            (r#"{"type":"rename","name":"x"}"#, is("rename", RoomCommand::Rename("x".into()))),
            (r#"{"type":"chat","text":"hi"}"#, is("chat", RoomCommand::Chat("hi".into()))),
            (r#"{"type":"react","emoji":"👍"}"#, Emoji::parse("👍").and_then(|it| is("react", RoomCommand::React(it)))),
            (r#"{"type":"ask","seat":null}"#, is("ask", RoomCommand::RequestSeat(None))),
            (r#"{"type":"ask","seat":3}"#, is("ask", RoomCommand::RequestSeat(Some(seat(3))))),
            (r#"{"type":"unask"}"#, is("unask", RoomCommand::WithdrawSeatRequest)),
            (r#"{"type":"stand","seat":0}"#, is("stand", RoomCommand::LeaveSeat(seat(0)))),
            (r#"{"type":"stand","seat":9}"#, Some(FromPeer::OutOfRange("stand"))),
            (r#"{"type":"sit","peer":4,"seat":1,"on":true}"#, is("sit", sit)),
            (r#"{"type":"do","what":"pause"}"#, is("do", RoomCommand::Game(GameCommand::Pause))),
            (r#"{"type":"do","what":"rewind"}"#, is("do", RoomCommand::Game(GameCommand::Flow(Flow::Rewind)))),
            (r#"{"type":"do","what":"step"}"#, is("do", RoomCommand::Game(GameCommand::StepFrame))),
            (r#"{"type":"do","what":"save","slot":9}"#, is("do", RoomCommand::Game(GameCommand::SaveState(slot(9))))),
            (r#"{"type":"do","what":"save","slot":10}"#, Some(FromPeer::OutOfRange("do"))),
            (r#"{"type":"do","what":"disc","disc":2}"#, is("do", RoomCommand::Game(GameCommand::InsertDisc(2)))),
            (r#"{"type":"invite","grant":"watch"}"#, is("invite", grant(SeatGrant::Watch))),
            (r#"{"type":"invite","grant":2}"#, is("invite", grant(SeatGrant::Seat(seat(2))))),
        ] {
            assert!(parsed.is_some());
            assert_eq!(parse_control(text.as_bytes()), parsed, "{text}");
        }
        let bad: [&[u8]; 15] = [
            b"",
            b"{}",
            b"[]",
            b"\xff",
            br#"{"type":"nope"}"#,
            br#"{"type":"ping"}"#,
            br#"{"type":"ping","t":"x"}"#,
            br#"{"type":"ask","seat":-1}"#,
            br#"{"type":"sit","peer":1,"seat":1}"#,
            br#"{"type":"do","what":"explode"}"#,
            br#"{"type":"do","what":"save","slot":256}"#,
            br#"{"type":"do","what":"disc","disc":-1}"#,
            br#"{"type":"do","what":"disc","disc":"Tale"}"#,
            br#"{"type":"react","emoji":"x"}"#,
            br#"{"type":"invite","grant":"all"}"#,
        ];
        for bad in bad {
            assert_eq!(parse_control(bad), None, "{}", String::from_utf8_lossy(bad));
        }
        let long = format!(r#"{{"type":"rename","name":"{}"}}"#, "x".repeat(MAX_CONTROL));
        assert_eq!(parse_control(long.as_bytes()), None);
    }

    #[test]
    fn a_join_brings_a_secret_or_a_code_or_neither() {
        let join =
            parse_join(br#"{"type":"join","v":3,"secret":null,"code":"123456","name":"x","resume":null,"sdp":""}"#);
        let join = join.expect("a join");
        assert_eq!((join.secret, join.code.as_deref()), (None, Some("123456")));
        let short = parse_join(br#"{"type":"join","v":1,"name":"x","sdp":""}"#).expect("a join of another version");
        assert_eq!((short.secret, short.code, short.resume), (None, None, None));
        assert_eq!(parse_join(&[b'['; MAX_JOIN + 1]), None);
    }

    #[test]
    fn a_page_says_where_it_may_be_reached_and_asks_for_another_way() {
        let candidate = |text: &str| Some(FromPage::Candidate { candidate: text.into() });
        let line = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host";
        let said = |line: &str| parse_page(format!(r#"{{"type":"candidate","candidate":"{line}"}}"#).as_bytes());
        assert_eq!(said(line), candidate(line));
        assert_eq!(said(""), candidate(""));
        assert_eq!(said(&"x".repeat(MAX_CANDIDATE + 1)), None);
        assert_eq!(parse_page(br#"{"type":"restart","sdp":"x"}"#), Some(FromPage::Restart { sdp: "x".into() }));
        assert_eq!(parse_page(br#"{"type":"bye"}"#), Some(FromPage::Bye));
        for bad in
            [&b""[..], b"{}", b"\xff", br#"{"type":"candidate"}"#, br#"{"type":"restart"}"#, br#"{"type":"chat"}"#]
        {
            assert_eq!(parse_page(bad), None, "{}", String::from_utf8_lossy(bad));
        }
        assert_eq!(parse_join(br#"{"type":"bye"}"#), None, "who is not in says first what they want");
    }
}
