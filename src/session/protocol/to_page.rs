//! What a page is told: on its carrier, and on the control channel.

use super::OnScreenNow;
use crate::game_command::Flow;
use crate::input::{Seat, SeatSet};
use crate::room::{Denied, Holder, Member, PeerId, Permissions, SeatGrant};
use serde::Serialize;
use std::collections::BTreeMap;

/// On a carrier: the WebSocket beside the page, or a broker.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ToPage {
    /// The host is being asked.
    Waiting,
    /// Come in.
    Welcome {
        /// The protocol version.
        v: u32,
        /// Their number.
        peer: PeerId,
        /// To come back with.
        resume: String,
        /// The WebRTC answer.
        sdp: String,
        /// Servers by which the page may be reached, too (`RTCConfiguration.iceServers`).
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ice: Vec<IceServer>,
    },
    /// The host can be reached here too, now.
    Candidate {
        /// As in SDP, from `candidate:` on (RFC 8839, 5.1).
        candidate: String,
    },
    /// The host looks for another way, too.
    Restarted {
        /// The answer with its new credentials.
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

/// A STUN or TURN server, as browsers take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedCode {
    /// Not one of our links or codes, or no longer: no hint which.
    BadInvite,
    /// Not a message we know.
    BadMessage,
    /// Too many.
    RoomFull,
    /// Their browser takes none of our codecs.
    NoCodec,
    /// Their browser does not take the one codec that the host streams.
    HostCodec,
    /// Another protocol version.
    Version,
    /// The host said no.
    Declined,
    /// For as long as the room is open.
    Banned,
    /// Too many wait to be let in.
    Busy,
    /// Our fault.
    HostError,
}

impl ToPage {
    /// Whether nothing follows it.
    pub fn is_last(&self) -> bool {
        matches!(self, ToPage::Refused { .. })
    }

    /// A refusal with its sentence.
    pub fn refused(code: RefusedCode) -> ToPage {
        let message = match code {
            RefusedCode::BadInvite => "This invite does not work. Ask for a new one.",
            RefusedCode::BadMessage => "The host did not understand this page. Reload it.",
            RefusedCode::RoomFull => "The room is full. Try again when somebody has left.",
            RefusedCode::NoCodec => {
                "This browser can play none of H.264, VP9 and VP8 video. Try Chrome, Firefox or Safari."
            }
            RefusedCode::HostCodec => {
                "The host streams one video format only, and this browser cannot play it. Ask the host to choose another one."
            }
            RefusedCode::Version => "This page is of another version than the host. Reload it.",
            RefusedCode::Declined => "The host declined your request.",
            RefusedCode::Banned => "The host has banned you from this room.",
            RefusedCode::Busy => "Too many people are waiting to be let in. Try again in a minute.",
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
        you: You<'a>,
        host: HostInfo<'a>,
        seats: &'a [SeatInfo],
        /// Everyone whose media flows.
        peers: &'a [Member],
        game: &'a GameInfo,
    },
    /// What the controllers are called.
    Controls(&'a Controls),
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
    /// The host can be reached here too, now.
    Candidate {
        /// As in SDP, from `candidate:` on (RFC 8839, 5.1).
        candidate: &'a str,
    },
    /// Something is wrong with what this peer is sent, or no longer.
    Trouble { code: TroubleCode },
    /// Answer to a ping.
    Pong {
        /// The ping's own.
        t: f64,
    },
    Chat {
        /// None for the host.
        peer: Option<PeerId>,
        name: &'a str,
        text: &'a str,
    },
    /// A person came or went.
    #[serde(rename = "line")]
    Presence { what: Presence, name: &'a str },
    Reaction {
        /// None for the host.
        peer: Option<PeerId>,
        name: &'a str,
        /// One of [`crate::room::EMOJI`].
        emoji: &'a str,
    },
    /// What the core wants people to read over the picture: all of it, each time.
    #[serde(rename = "osd")]
    OnScreen(OnScreenNow<'a>),
    /// The discs of the game.
    Discs(&'a Discs),
    /// Another disc is in.
    Disc {
        /// Who put it in.
        name: &'a str,
        /// From 0.
        disc: u32,
        /// What it is called; may be empty.
        label: &'a str,
    },
    /// Seats with anything held, one bit each.
    #[serde(rename = "lights")]
    Activity { seats: SeatSet },
    /// The controller on this seat shakes, until it is told otherwise.
    Rumble {
        seat: Seat,
        /// The heavy motor, 0 to 65535.
        strong: u16,
        /// The light one.
        weak: u16,
    },
    /// The core's LEDs, one bit each.
    Leds { on: u32 },
    /// What the core wants to be told of motion, one bit a seat.
    Sensors { accelerometer: SeatSet, gyroscope: SeatSet },
    /// Here is a link.
    Invited {
        /// What stands behind its `#`.
        secret: &'a str,
    },
    /// A command was denied.
    #[serde(rename = "no")]
    Denied {
        /// Its message's type.
        to: &'static str,
        code: Denied,
    },
    /// Last message.
    Closing {
        /// For the page.
        code: ClosingCode,
        /// For people.
        message: &'a str,
    },
}

/// How a person came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    Joined,
    Left,
    Kicked,
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
    Kicked,
    /// For as long as the room is open.
    Banned,
    /// The link they came by was taken back.
    Revoked,
    /// The host ends the program.
    HostClosed,
    /// Sent something that is no message.
    BadMessage,
    /// The same person is here by a newer connection.
    Replaced,
    /// Sent too much.
    Flood,
    /// The host streams one codec now that this peer's browser does not take.
    HostCodec,
}

impl ClosingCode {
    /// For people.
    pub fn message(self) -> &'static str {
        match self {
            ClosingCode::Kicked => "The host has shown you out.",
            ClosingCode::Banned => "The host has shown you out of this room.",
            ClosingCode::Revoked => "The host has taken your invite back.",
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct You<'a> {
    pub peer: PeerId,
    pub name: &'a str,
    pub seats: &'a [Seat],
    #[serde(rename = "rights")]
    pub permissions: Permissions,
    pub muted: bool,
    pub grant: SeatGrant,
}

impl<'a> From<&'a Member> for You<'a> {
    fn from(member: &'a Member) -> You<'a> {
        You {
            peer: member.id,
            name: &member.name,
            seats: &member.seats,
            permissions: member.permissions,
            muted: member.muted,
            grant: member.grant,
        }
    }
}

/// The host, as pages see them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HostInfo<'a> {
    /// None when nobody plays at the host's machine.
    pub name: Option<&'a str>,
}

/// One seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeatInfo {
    pub seat: Seat,
    /// What is plugged in there, in the core's words; empty when it does not say.
    pub device: String,
    pub holders: Vec<Holder>,
}

/// What is played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct GameInfo {
    pub name: String,
    pub core: String,
    /// The machine, as the libretro database calls it; empty when that is unknown.
    pub system: String,
    pub state: PlayState,
    /// For a pause, the name of the guest who made it; else nothing.
    pub message: String,
    /// Why there is no game, for the page to put into words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// What the game saves cannot be written: whoever plays knows what is at stake.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unsaved: bool,
    /// How it goes through time.
    #[serde(skip_serializing_if = "Flow::is_normal")]
    pub flow: Flow,
    /// The name of the guest who wants it so; empty for the host.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub flow_by: String,
    /// It can be gone back in time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub can_rewind: bool,
    /// Frames that are run ahead.
    #[serde(skip_serializing_if = "is_zero")]
    pub ahead: u32,
    /// Inputs that come late are shown at once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late_latch: bool,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Why a game is not running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A message's stable code, such as `crash.memory`, or `failed` for a game that did not start.
    pub code: &'static str,
    /// What the core calls itself.
    pub core: String,
}

/// How a game is, as the page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum PlayState {
    /// Being started.
    Starting,
    Running,
    /// Waits for the host.
    Paused,
    /// Ended on its own.
    Crashed,
    /// Nothing is open.
    #[default]
    Stopped,
}

/// What the core calls its controls, and what it reads beside pads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Controls {
    /// By seat.
    pub seats: Vec<SeatControls>,
    /// `keyboard`, `mouse`, `lightgun`, `pointer`.
    pub wants: Vec<&'static str>,
}

/// The discs of a game that has several, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Discs {
    /// What each is called; empty where the core does not say.
    pub names: Vec<String>,
    /// The one in the closed drive, from 0.
    pub inserted: Option<u32>,
}

/// The controls of one seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeatControls {
    pub seat: Seat,
    /// What is plugged in, in the core's words.
    pub device: String,
    /// By the RetroPad's names: what the core calls them.
    pub names: BTreeMap<&'static str, String>,
}
