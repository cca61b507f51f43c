//! A connection without WebRTC: what a page sends is said in plain bytes, what it is sent is noted. Thousands of peers cost
//! nothing, so that orders of events can be tried that no browser would ever come to.

use super::super::connection::{Connection, ConnectionEvent, EncodedFrame, HostCandidate, OfferError, Output, Via};
use crate::packet::{AudioPacket, Format};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::net::{Protocol, Transmit};

/// What a page does to its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Act {
    Connect,
    OpenControl,
    Input,
    Control,
    AskForKeyframe,
    Estimate,
    Reachable,
    Unreachable,
    Violate,
    Close,
}

impl Act {
    const ALL: [Act; 10] = [
        Act::Connect,
        Act::OpenControl,
        Act::Input,
        Act::Control,
        Act::AskForKeyframe,
        Act::Estimate,
        Act::Reachable,
        Act::Unreachable,
        Act::Violate,
        Act::Close,
    ];
}

/// What a page is sent: the first byte of a datagram.
pub const VIDEO: u8 = 1;
pub const AUDIO: u8 = 2;
pub const CONTROL: u8 = 3;
pub const CLOSED: u8 = 4;

/// An offer of a page with this number, which takes these formats.
pub fn offer(page: u32, formats: &[Format]) -> String {
    let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
    format!("{page} {}", names.join(","))
}

/// A datagram of a page.
pub fn datagram(page: u32, act: Act, payload: &[u8]) -> Vec<u8> {
    let mut data = page.to_le_bytes().to_vec();
    data.push(act as u8);
    data.extend(payload);
    data
}

/// One peer.
pub struct Plain {
    page: u32,
    formats: Vec<Format>,
    to: SocketAddr,
    candidates: Vec<HostCandidate>,
    output: VecDeque<Output>,
    control: bool,
    closed: bool,
    next_timeout: Instant,
}

impl Plain {
    fn send(&mut self, kind: u8, payload: &[u8]) {
        let contents = [&[kind][..], payload].concat().into();
        let transmit = Transmit { proto: Protocol::Udp, source: self.to, destination: self.to, contents };
        self.output.push_back(Output::Transmit(transmit, None));
    }
}

impl Connection for Plain {
    type Identity = ();

    fn accept(offer: &str, candidates: &[HostCandidate], (): (), now: Instant) -> Result<(Plain, String), OfferError> {
        let (page, formats) = offer.split_once(' ').ok_or(OfferError::Malformed)?;
        let page = page.parse().map_err(|_| OfferError::Malformed)?;
        let formats: Vec<_> = formats.split(',').filter_map(Format::from_name).collect();
        if formats.is_empty() {
            return Err(OfferError::NoCodec);
        }
        let to = SocketAddr::from(([10, 0, 0, 1], 1000));
        let plain = Plain {
            page,
            formats,
            to,
            candidates: candidates.to_vec(),
            output: VecDeque::new(),
            control: false,
            closed: false,
            next_timeout: now,
        };
        Ok((plain, "answer".into()))
    }

    fn set_candidates(&mut self, candidates: &[HostCandidate]) -> Vec<String> {
        let before = std::mem::replace(&mut self.candidates, candidates.to_vec());
        candidates.iter().filter(|it| !before.contains(it)).map(|it| format!("{it:?}")).collect()
    }

    fn add_remote_candidate(&mut self, _: &str) {}

    fn restart(&mut self, offer: &str) -> Result<String, OfferError> {
        if offer.is_empty() { Err(OfferError::Malformed) } else { Ok("answer".into()) }
    }

    fn formats(&self) -> &[Format] {
        &self.formats
    }

    fn accepts(&self, _: Via, data: &[u8], _: Instant) -> bool {
        !self.closed && data.get(..4) == Some(&self.page.to_le_bytes())
    }

    fn handle_datagram(&mut self, via: Via, data: &[u8], _: Instant) {
        self.to = via.source;
        let payload = data[5..].to_vec();
        let Some(act) = Act::ALL.into_iter().find(|act| *act as u8 == data[4]) else { return };
        let event = match act {
            Act::Connect => ConnectionEvent::Connected,
            Act::OpenControl => {
                self.control = true;
                ConnectionEvent::ControlOpen
            }
            Act::Input => ConnectionEvent::Input(payload),
            Act::Control => ConnectionEvent::Control(payload),
            Act::AskForKeyframe => ConnectionEvent::KeyframeRequest,
            Act::Estimate => ConnectionEvent::Estimate(u32::from_le_bytes(payload.try_into().expect("four bytes"))),
            Act::Reachable => ConnectionEvent::Reachable(true),
            Act::Unreachable => ConnectionEvent::Reachable(false),
            Act::Violate => ConnectionEvent::Violation,
            Act::Close => ConnectionEvent::Closed,
        };
        self.output.push_back(Output::Event(event));
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.next_timeout = now + Duration::from_secs(1);
    }

    fn poll_output(&mut self) -> Output {
        self.output.pop_front().unwrap_or(Output::Timeout(self.next_timeout))
    }

    fn write_video(&mut self, frame: &EncodedFrame, _: Instant) -> bool {
        let contents =
            [&[VIDEO, frame.format.index() as u8, u8::from(frame.keyframe)][..], &frame.data].concat().into();
        let transmit = Transmit { proto: Protocol::Udp, source: self.to, destination: self.to, contents };
        self.output.push_back(Output::Transmit(transmit, Some(frame.times)));
        true
    }

    fn forget_frames(&mut self) {}

    fn write_audio(&mut self, packet: &AudioPacket, _: Instant) {
        self.send(AUDIO, &packet.data[..packet.len]);
    }

    fn write_control(&mut self, text: &[u8]) -> bool {
        if self.control && !self.closed {
            self.send(CONTROL, text);
        }
        self.control && !self.closed
    }

    fn close(&mut self) {
        self.closed = true;
        self.send(CLOSED, &[]);
    }
}
