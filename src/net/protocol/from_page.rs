//! Texts from a page: the one on its WebSocket, and those on the control channel.

use super::{MAX_CONTROL, MAX_JOIN};
use crate::room::{Emoji, Game, Grant, Wish};
use serde::Deserialize;

/// First and only message from a page on its WebSocket.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromPage {
    /// Let me in.
    Join(Join),
}

/// Who wants in, and with what.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Join {
    /// The page's protocol version.
    pub v: u32,
    /// From the invite link.
    #[serde(default)]
    pub secret: Option<String>,
    /// Digits that somebody read aloud, in place of a link.
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

/// Parses the message on the WebSocket. None for anything that is not one.
pub fn parse_join(text: &str) -> Option<Join> {
    if text.len() > MAX_JOIN {
        return None;
    }
    let FromPage::Join(join) = serde_json::from_str(text).ok()?;
    Some(join)
}

/// On the control channel, page to host.
#[derive(Debug, Clone, PartialEq)]
pub enum FromPeer {
    /// Are you there? The number comes back unchanged.
    Ping(f64),
    /// I am leaving.
    Bye,
    /// I would like something, and the room decides.
    Wish(Wish),
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
        peer: u32,
        seat: usize,
        on: bool,
    },
    Do {
        what: Game,
        #[serde(default)]
        slot: u8,
    },
    Invite {
        grant: Grant,
    },
}

/// Parses a control message. None for anything that is not one.
pub fn parse_control(bytes: &[u8]) -> Option<FromPeer> {
    if bytes.len() > MAX_CONTROL {
        return None;
    }
    Some(match serde_json::from_slice(bytes).ok()? {
        Raw::Ping { t } => FromPeer::Ping(t),
        Raw::Rename { name } => FromPeer::Wish(Wish::Rename(name)),
        Raw::Bye => FromPeer::Bye,
        Raw::Chat { text } => FromPeer::Wish(Wish::Chat(text)),
        Raw::React { emoji } => FromPeer::Wish(Wish::React(Emoji::parse(&emoji)?)),
        Raw::Ask { seat } => FromPeer::Wish(Wish::Ask(seat)),
        Raw::Unask => FromPeer::Wish(Wish::Unask),
        Raw::Stand { seat } => FromPeer::Wish(Wish::Stand(seat)),
        Raw::Sit { peer, seat, on } => FromPeer::Wish(Wish::Sit { peer, seat, on }),
        Raw::Do { what, slot } => FromPeer::Wish(Wish::Do(what, slot)),
        Raw::Invite { grant } => FromPeer::Wish(Wish::Invite(grant)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_messages_are_those_we_know() {
        let wish = |wish| Some(FromPeer::Wish(wish));
        for (text, parsed) in [
            (r#"{"type":"ping","t":1.5}"#, Some(FromPeer::Ping(1.5))),
            (r#"{"type":"bye"}"#, Some(FromPeer::Bye)),
            (r#"{"type":"rename","name":"x"}"#, Some(FromPeer::Wish(Wish::Rename("x".into())))),
            (r#"{"type":"chat","text":"hi"}"#, wish(Wish::Chat("hi".into()))),
            (r#"{"type":"react","emoji":"👍"}"#, Emoji::parse("👍").and_then(|it| wish(Wish::React(it)))),
            (r#"{"type":"ask","seat":null}"#, wish(Wish::Ask(None))),
            (r#"{"type":"ask","seat":3}"#, wish(Wish::Ask(Some(3)))),
            (r#"{"type":"unask"}"#, wish(Wish::Unask)),
            (r#"{"type":"stand","seat":0}"#, wish(Wish::Stand(0))),
            (r#"{"type":"sit","peer":4,"seat":1,"on":true}"#, wish(Wish::Sit { peer: 4, seat: 1, on: true })),
            (r#"{"type":"do","what":"pause"}"#, wish(Wish::Do(Game::Pause, 0))),
            (r#"{"type":"do","what":"save","slot":9}"#, wish(Wish::Do(Game::Save, 9))),
            (r#"{"type":"invite","grant":"watch"}"#, wish(Wish::Invite(Grant::Watch))),
            (r#"{"type":"invite","grant":2}"#, wish(Wish::Invite(Grant::Seat(2)))),
        ] {
            assert!(parsed.is_some());
            assert_eq!(parse_control(text.as_bytes()), parsed, "{text}");
        }
        let bad: [&[u8]; 13] = [
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
            parse_join(r#"{"type":"join","v":2,"secret":null,"code":"123456","name":"x","resume":null,"sdp":""}"#);
        let join = join.expect("a join");
        assert_eq!((join.secret, join.code.as_deref()), (None, Some("123456")));
        let short = parse_join(r#"{"type":"join","v":1,"name":"x","sdp":""}"#).expect("a join of another version");
        assert_eq!((short.secret, short.code, short.resume), (None, None, None));
        assert_eq!(parse_join(&"[".repeat(MAX_JOIN + 1)), None);
    }
}
