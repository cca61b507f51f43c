//! What page and host say to each other. Version 1; ARCHITECTURE.md has the whole of it in prose.
//!
//! Everything that comes in is parsed here, once, into types that cannot hold nonsense.

use crate::input::{MAX_SEATS, PadState};
use serde::{Deserialize, Serialize};

/// The protocol's version.
pub const VERSION: u32 = 1;
/// The longest WebSocket message, in bytes.
pub const MAX_JOIN: usize = 64 << 10;
/// The longest message on the control channel, in bytes.
pub const MAX_CONTROL: usize = 16 << 10;
/// The most states in one input message.
pub const MAX_STATES: usize = 8;
const STATE_BYTES: usize = 14;
const INPUT_HEADER: usize = 8;

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
    pub secret: String,
    /// What they call themselves.
    pub name: String,
    /// Of an earlier stay.
    pub resume: Option<String>,
    /// The WebRTC offer.
    pub sdp: String,
}

/// Answers on the WebSocket.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ToPage {
    /// Come in.
    Welcome {
        /// The protocol version.
        v: u32,
        /// Their number.
        peer: u32,
        /// To come back with.
        resume: String,
        /// The WebRTC answer.
        sdp: String,
    },
    /// No.
    Refused {
        /// For the page.
        code: RefusedCode,
        /// For people.
        message: String,
    },
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedCode {
    /// Not one of our links.
    BadInvite,
    /// Not a message we know.
    BadMessage,
    /// Too many.
    RoomFull,
    /// Their browser takes none of our codecs.
    NoCodec,
    /// Their browser does not take the one codec that the host wishes.
    HostCodec,
    /// Another protocol version.
    Version,
    /// Our fault.
    HostError,
}

impl ToPage {
    /// A refusal with its sentence.
    pub fn refused(code: RefusedCode) -> ToPage {
        let message = match code {
            RefusedCode::BadInvite => "This invite link does not work. Ask for a new one.",
            RefusedCode::BadMessage => "The host did not understand this page. Reload it.",
            RefusedCode::RoomFull => "The room is full. Try again when somebody has left.",
            RefusedCode::NoCodec => {
                "This browser can play none of H.264, VP9 and VP8 video. Try Chrome, Firefox or Safari."
            }
            RefusedCode::HostCodec => {
                "The host streams one video format only, and this browser cannot play it. Ask the host to choose another one."
            }
            RefusedCode::Version => "This page is of another version than the host. Reload it.",
            RefusedCode::HostError => "The host had a problem. Try again.",
        };
        ToPage::Refused { code, message: message.into() }
    }
}

/// On the control channel, host to page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ToPeer<'a> {
    /// The room, whenever it changes.
    Room {
        /// Who you are.
        you: You<'a>,
        /// Every seat.
        seats: &'a [Seat],
        /// Everyone.
        peers: &'a [Person],
        /// The game.
        game: &'a GameInfo,
    },
    /// How to show the decoded video.
    Picture {
        /// Core's picture.
        width: u32,
        /// Core's picture.
        height: u32,
        /// Width by height as it should look.
        aspect: f32,
        /// Encoded video.
        coded_width: u32,
        /// Encoded video.
        coded_height: u32,
    },
    /// Once a second.
    Stats {
        /// Frames emulated in the last second.
        fps: f64,
        /// Host latency, 50th percentile.
        latency_ms: f64,
        /// Sent to this peer.
        kbit_s: u32,
    },
    /// Something is wrong with what this peer is sent, or no longer.
    Trouble {
        /// What.
        code: TroubleCode,
    },
    /// Answer to a ping.
    Pong {
        /// The ping's own.
        t: f64,
    },
    /// Last message.
    Closing {
        /// For the page.
        code: ClosingCode,
        /// For people.
        message: &'a str,
    },
}

/// What is wrong with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleCode {
    /// Nothing any more.
    None,
    /// No encoder works for what this peer's browser takes.
    NoPicture,
}

/// Why the host ends a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosingCode {
    /// Shown out.
    Kicked,
    /// The host ends the program.
    HostClosed,
    /// Sent something that is no message.
    BadMessage,
    /// The same person is here by a newer connection.
    Replaced,
    /// Sent too much.
    Flood,
    /// The host wishes for a codec now that this peer's browser does not take.
    HostCodec,
}

impl ClosingCode {
    /// For people.
    pub fn message(self) -> &'static str {
        match self {
            ClosingCode::Kicked => "The host has shown you out.",
            ClosingCode::HostClosed => "The host has closed the room.",
            ClosingCode::BadMessage => "The host did not understand this page.",
            ClosingCode::Replaced => "You are here from another tab or device now.",
            ClosingCode::HostCodec => {
                "The host has chosen a video format that this browser cannot play. Ask for another one."
            }
            ClosingCode::Flood => "This page sent more than the host takes.",
        }
    }
}

/// The reader of a room message.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct You<'a> {
    /// Number.
    pub peer: u32,
    /// Name.
    pub name: &'a str,
    /// Seat, from 0.
    pub seat: Option<usize>,
}

/// One seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// From 0.
    pub seat: usize,
    /// Who holds it.
    pub name: Option<String>,
    /// Their number, unless it is the host.
    pub peer: Option<u32>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Number.
    pub peer: u32,
    /// Name.
    pub name: String,
    /// Seat, from 0.
    pub seat: Option<usize>,
}

/// What is played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct GameInfo {
    /// Its title.
    pub name: String,
    /// The core's name.
    pub core: String,
    /// How it is.
    pub state: PlayState,
    /// Plain words, or nothing.
    pub message: String,
}

/// How a game is, as the page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum PlayState {
    /// Being started.
    Starting,
    /// Runs.
    Running,
    /// Waits for the host.
    Paused,
    /// Ended on its own.
    Crashed,
    /// Nothing is open.
    #[default]
    Stopped,
}

/// On the control channel, page to host.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromPeer {
    /// Are you there?
    Ping {
        /// Comes back unchanged.
        t: f64,
    },
    /// Call me this.
    Rename {
        /// The new name.
        name: String,
    },
    /// I am leaving.
    Bye,
}

/// Parses a control message. None for anything that is not one.
pub fn parse_control(bytes: &[u8]) -> Option<FromPeer> {
    if bytes.len() > MAX_CONTROL {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

/// An input message: the newest state of one seat and the ones before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputMessage {
    /// Whose controller, from 0.
    pub seat: usize,
    /// Number of the newest state.
    pub seq: u32,
    states: [PadState; MAX_STATES],
    count: usize,
}

impl InputMessage {
    /// Parses one. None for anything that is not one.
    pub fn parse(bytes: &[u8]) -> Option<InputMessage> {
        let (header, body) = bytes.split_at_checked(INPUT_HEADER)?;
        let [kind, seat, count, zero, seq @ ..] = header else { return None };
        let seq = u32::from_le_bytes(seq.try_into().ok()?);
        let (seat, count) = (usize::from(*seat), usize::from(*count));
        let sound = *kind == 1
            && *zero == 0
            && seat < MAX_SEATS
            && (1..=MAX_STATES).contains(&count)
            && body.len() == count * STATE_BYTES;
        if !sound {
            return None;
        }
        let mut states = [PadState::default(); MAX_STATES];
        for (state, bytes) in states.iter_mut().zip(body.chunks_exact(STATE_BYTES)) {
            let half = |index: usize| u16::from_le_bytes([bytes[index * 2], bytes[index * 2 + 1]]);
            // -32768 has no counterpart on the other side: libretro's range is symmetric.
            let axis = |index: usize| half(index).cast_signed().max(-i16::MAX);
            let trigger = |index: usize| half(index).cast_signed().max(0);
            *state = PadState {
                buttons: half(0),
                left: [axis(1), axis(2)],
                right: [axis(3), axis(4)],
                triggers: [trigger(5), trigger(6)],
            };
        }
        Some(InputMessage { seat, seq, states, count })
    }

    /// The newest state.
    pub fn newest(&self) -> PadState {
        self.states[0]
    }

    /// The states newer than `last`, oldest first. Numbers wrap around.
    pub fn newer_than(&self, last: u32) -> impl Iterator<Item = PadState> + '_ {
        let ahead = self.seq.wrapping_sub(last);
        // More than half the circle ahead is behind: an old message that was overtaken.
        let new = if ahead > u32::MAX / 2 { 0 } else { (ahead as usize).min(self.count) };
        self.states[..new].iter().rev().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seat: u8, seq: u32, buttons: &[u16]) -> Vec<u8> {
        let mut bytes = vec![1, seat, buttons.len() as u8, 0];
        bytes.extend(seq.to_le_bytes());
        for b in buttons {
            bytes.extend(b.to_le_bytes());
            bytes.extend([0; 12]);
        }
        bytes
    }

    fn buttons(message: &[u8], last: u32) -> Vec<u16> {
        let message = InputMessage::parse(message).expect("a message");
        message.newer_than(last).map(|state| state.buttons).collect()
    }

    #[test]
    fn only_states_that_are_news_come_out_oldest_first() {
        let bytes = message(1, 10, &[10, 9, 8, 7]);
        assert_eq!(buttons(&bytes, 8), [9, 10]);
        assert!(buttons(&bytes, 10).is_empty());
        assert_eq!(buttons(&bytes, 2), [7, 8, 9, 10]);
        assert!(buttons(&bytes, 11).is_empty(), "overtaken by a newer one");
    }

    #[test]
    fn numbers_wrap_around() {
        let bytes = message(0, 1, &[1, 0, 65535]);
        assert_eq!(buttons(&bytes, u32::MAX - 1), [65535, 0, 1]);
        assert_eq!(buttons(&bytes, u32::MAX), [0, 1]);
    }

    #[test]
    fn the_whole_state_is_read_little_endian() {
        let mut bytes = message(7, 1, &[0x8001]);
        bytes[10..22].copy_from_slice(&[0xff, 0x7f, 1, 0x80, 0, 0x80, 2, 0, 3, 0, 0xff, 0xff]);
        let state = InputMessage::parse(&bytes).expect("a message").newer_than(0).next().expect("a state");
        assert_eq!(state.buttons, 0x8001);
        assert_eq!(state.left, [32767, -32767]);
        assert_eq!(state.right, [-32767, 2]);
        assert_eq!(state.triggers, [3, 0], "a trigger is never below zero");
    }

    #[test]
    fn what_is_no_input_message_is_refused() {
        let good = message(1, 1, &[1, 2]);
        assert!(InputMessage::parse(&good).is_some());
        for len in 0..good.len() {
            assert!(InputMessage::parse(&good[..len]).is_none(), "cut to {len}");
        }
        for (index, value) in [(0, 2), (1, 8), (1, 255), (2, 0), (2, 3), (2, 9), (3, 1)] {
            let mut bad = good.clone();
            bad[index] = value;
            assert!(InputMessage::parse(&bad).is_none(), "byte {index} = {value}");
        }
        assert!(InputMessage::parse(&message(1, 1, &[0; 9])).is_none());
    }

    #[test]
    fn control_messages_are_the_three_we_know() {
        assert_eq!(parse_control(br#"{"type":"ping","t":1.5}"#), Some(FromPeer::Ping { t: 1.5 }));
        assert_eq!(parse_control(br#"{"type":"bye"}"#), Some(FromPeer::Bye));
        let bad: [&[u8]; 7] =
            [b"", b"{}", b"[]", b"\xff", br#"{"type":"nope"}"#, br#"{"type":"ping"}"#, br#"{"type":"ping","t":"x"}"#];
        for bad in bad {
            assert_eq!(parse_control(bad), None);
        }
        let long = format!(r#"{{"type":"rename","name":"{}"}}"#, "x".repeat(MAX_CONTROL));
        assert_eq!(parse_control(long.as_bytes()), None);
    }
}
