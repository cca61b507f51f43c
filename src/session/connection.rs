//! What the session needs of a transport: WebRTC in the program, a plain stand-in in tests that want thousands of peers.

pub use str0m::net::Protocol;

use crate::packet::{AudioPacket, Format, PictureShape};
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::net::Transmit;

/// The times of one frame, on the clock of [`crate::sync::now`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameTimes {
    /// Number of the frame.
    pub number: u64,
    /// Entry into `video_refresh`.
    pub captured: Duration,
    /// The video thread had it.
    pub taken: Duration,
    /// The encoder was done.
    pub encoded: Duration,
}

/// One encoded frame, its bytes shared by all peers that are sent it.
#[derive(Debug, Clone)]
pub struct EncodedFrame {
    pub format: Format,
    pub data: Arc<[u8]>,
    pub keyframe: bool,
    /// When it is to be shown, on the clock of the stream.
    pub due: Duration,
    pub shape: PictureShape,
    pub times: FrameTimes,
}

/// One way on which the host can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostCandidate {
    /// The socket of the media, at an address of this machine.
    Udp(SocketAddr),
    /// That socket as servers beyond the routers see it.
    Reflexive {
        address: SocketAddr,
        /// Of this machine.
        base: SocketAddr,
    },
    /// An address of a relay that this host has an allocation at (RFC 8656).
    Relayed(SocketAddr),
    /// The port of the page, for those whose network lets no UDP through.
    Tcp(SocketAddr),
}

/// Addresses that no router leads to from elsewhere (RFC 1918, 6598, 3927, 4193, 4291).
pub(super) fn is_local(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// How a datagram came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via {
    pub protocol: Protocol,
    pub source: SocketAddr,
    /// Which of our addresses it was sent to.
    pub local: SocketAddr,
}

impl Via {
    pub fn udp(source: SocketAddr, local: SocketAddr) -> Via {
        Via { protocol: Protocol::Udp, source, local }
    }

    pub fn tcp(source: SocketAddr, local: SocketAddr) -> Via {
        Via { protocol: Protocol::Tcp, source, local }
    }
}

/// The way that the datagrams of a peer take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PathKind {
    /// Inside one network, or this machine.
    Local,
    /// Straight across the internet, perhaps by what routers opened for it.
    Internet,
    /// A relay of either side is between.
    Relayed,
    /// By a connection to the page's port: the peer's network lets no UDP through.
    Tcp,
}

/// That, and where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerPath {
    pub kind: PathKind,
    /// The peer's end of it, or the relay's.
    pub remote: SocketAddr,
}

/// What a connection has for the session.
#[derive(Debug)]
pub enum Output {
    /// To be sent. With the times of a frame if this is the last datagram of it.
    Transmit(Transmit, Option<FrameTimes>),
    Event(ConnectionEvent),
    /// Nothing more until a call, or until this time: [`Connection::handle_timeout`].
    Timeout(Instant),
}

/// What happens on a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionEvent {
    /// Media flows from now on.
    Connected,
    /// Whether the peer answers connectivity checks.
    Reachable(bool),
    ControlOpen,
    /// A message on the input channel.
    Input(Vec<u8>),
    /// A message on the control channel.
    Control(Vec<u8>),
    /// The browser asks for a keyframe.
    KeyframeRequest,
    /// What its network is thought to carry, in kbit/s.
    Estimate(u32),
    RoundTrip(Duration),
    Path(PeerPath),
    /// Share of packets that the peer says it lost.
    Loss(f32),
    /// How often it has asked for packets of the picture again.
    Repeats(u64),
    /// The peer did what no page does, such as opening a channel that there is none of.
    Violation,
    Closed,
}

/// An offer that cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferError {
    /// It is no offer.
    Malformed,
    /// There is no codec of ours in it.
    NoCodec,
}

/// One connection, without I/O. After every call that changes it [`Connection::poll_output`] is to be called until it
/// gives [`Output::Timeout`].
pub trait Connection: Sized {
    /// What all connections of a host share, such as a certificate: a key for each would be work for every stranger.
    type Identity: Clone;

    /// Answers a page's offer. The host can be reached on these ways.
    fn accept(
        offer: &str,
        candidates: &[HostCandidate],
        identity: Self::Identity,
        now: Instant,
    ) -> Result<(Self, String), OfferError>;

    /// From now on the host can be reached on these ways, and on no other. Returns those that the page does not know, as it
    /// takes them.
    fn set_candidates(&mut self, candidates: &[HostCandidate]) -> Vec<String>;

    /// The page may be reached here, too. A line that this host has no use for is passed over.
    fn add_remote_candidate(&mut self, line: &str);

    /// The page lost the way and offers other credentials to look for another: the answer (RFC 8445, 2.4).
    fn restart(&mut self, offer: &str) -> Result<String, OfferError>;

    /// The formats that were agreed on, best first within a codec.
    fn formats(&self) -> &[Format];

    /// Whether a datagram is for this connection, by where it came from or by the names it carries.
    fn accepts(&self, via: Via, data: &[u8], now: Instant) -> bool;

    fn handle_datagram(&mut self, via: Via, data: &[u8], now: Instant);

    fn handle_timeout(&mut self, now: Instant);

    fn poll_output(&mut self) -> Output;

    /// Hands over one frame in a format that was agreed on. False if it was not taken.
    fn write_video(&mut self, frame: &EncodedFrame, now: Instant) -> bool;

    /// Frames from now on are of another rendition: what is still counted on its way will not be seen to leave.
    fn forget_frames(&mut self);

    fn write_audio(&mut self, packet: &AudioPacket, now: Instant);

    /// Says something on the control channel. False when it cannot be said (yet).
    fn write_control(&mut self, text: &[u8]) -> bool;

    fn close(&mut self);
}
