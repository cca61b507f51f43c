//! What the net thread works with, and starting it.

use super::handle::{self, NetError, NetHandle};
use super::thread::NetThread;
use super::transport::media::MediaTransport;
use super::transport::stun::StunStatus;
use super::transport::tcp::tcp_peers;
use super::transport::turn::TurnStatus;
use crate::link::board::{BoardWriter, FeedbackReader};
use crate::packet::{AudioPacket, Format, VideoPacket};
use crate::room::Room;
use crate::session::SessionEvent;
use crate::session::connection::HostCandidate;
use crate::session::webrtc::certificate;
use crate::sync::{Event, spawn};
use crate::video::VideoControl;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;

/// What the net thread works with.
pub struct NetConfig {
    /// Encoded video.
    pub video: rtrb::Consumer<VideoPacket>,
    /// Used packets go back.
    pub spares: rtrb::Producer<VideoPacket>,
    /// Encoded sound.
    pub audio: rtrb::Consumer<AudioPacket>,
    /// Rung when there is a packet or a command.
    pub event: Arc<Event>,
    /// Asked for keyframes, told how many watch and what the networks carry.
    pub video_control: Arc<VideoControl>,
    /// Whether anyone listens.
    pub on_listeners: Box<dyn Fn(bool) + Send>,
    /// Where inputs go.
    pub board: BoardWriter,
    /// Motors and LEDs of the core.
    pub feedback: FeedbackReader,
    /// Stream in this format only.
    pub force_format: Option<Format>,
    /// The ways to this host.
    pub candidates: Vec<HostCandidate>,
    /// Told what happens; must not block.
    pub on_event: Box<dyn Fn(SessionEvent) + Send>,
    /// Told how others see this machine; must not block.
    pub on_stun: Box<dyn Fn(StunStatus) + Send>,
    /// Told how it is with the relays that this host uses itself; must not block.
    pub on_turn: Box<dyn Fn(TurnStatus) + Send>,
}

/// Starts the net thread. It ends by [`crate::session::SessionCommand::Close`].
pub fn start(socket: UdpSocket, room: Room, config: NetConfig) -> Result<(NetHandle, JoinHandle<()>), NetError> {
    let (acceptor, tcp) = tcp_peers(config.event.clone());
    let transport = MediaTransport::new(socket, tcp).map_err(|error| NetError::Socket { cause: error.into() })?;
    let identity = certificate().map_err(|cause| NetError::Certificate { cause })?;
    let (commands, inbox) = sync_channel(handle::COMMANDS);
    let handle = NetHandle::new(commands, config.event.clone(), acceptor);
    let thread = NetThread::new(config, room, transport, identity, inbox);
    let thread = spawn("net", move || thread.run()).map_err(|cause| NetError::Thread { cause })?;
    Ok((handle, thread))
}
