//! The way to the net thread.

use super::relay::Relay;
use super::transport::TcpAcceptor;
use super::transport::stun::StunServer;
use super::transport::turn::TurnServer;
use crate::messages;
use crate::room::Origin;
use crate::session::connection::HostCandidate;
use crate::session::protocol::{FromPage, Join};
use crate::session::webrtc::CertificateError;
use crate::session::{JoinId, Reply, SessionCommand};
use crate::sync::{Event, SpawnError};
use crate::text::IoCause;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use tokio::sync::mpsc;

/// Commands that may wait; full, the caller is told that the host is busy.
pub(super) const COMMANDS: usize = 256;

messages! {
    /// Why the net thread does not start.
    pub enum NetError in net {
        socket => Socket { cause: IoCause },
        certificate => Certificate { cause: CertificateError },
        thread => Thread { cause: SpawnError },
    }
}

/// What can be asked of the net thread.
pub enum NetCommand {
    /// A page wants in. What is said to it goes back to its carrier; when that is closed, so is the channel.
    Join(JoinId, Join, Origin, mpsc::Sender<Reply>),
    /// It says something more.
    Page(JoinId, FromPage),
    Session(SessionCommand),
    /// Where this machine can be reached, at its own addresses.
    Candidates(Vec<HostCandidate>),
    /// Where routers lead guests to it.
    Mapped(Vec<HostCandidate>),
    /// Who is asked how others see this machine.
    StunServers(Vec<StunServer>),
    /// Which relays this host uses itself.
    TurnServers(Vec<TurnServer>),
    /// What guests are told of that helps them to find a way.
    Relays(Vec<Relay>),
}

/// The way to the net thread.
#[derive(Clone)]
pub struct NetHandle {
    commands: SyncSender<NetCommand>,
    event: Arc<Event>,
    tcp: TcpAcceptor,
    /// The last number that was given to a page.
    last_join: Arc<AtomicU64>,
}

impl NetHandle {
    pub(super) fn new(commands: SyncSender<NetCommand>, event: Arc<Event>, tcp: TcpAcceptor) -> NetHandle {
        NetHandle { commands, event, tcp, last_join: Arc::default() }
    }

    /// A number for a page that wants in.
    pub(super) fn next_join(&self) -> JoinId {
        JoinId(self.last_join.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Where connections go that carry datagrams.
    pub(super) fn tcp(&self) -> &TcpAcceptor {
        &self.tcp
    }

    /// Hands a command over; false when too many wait already.
    pub fn send(&self, command: NetCommand) -> bool {
        let sent = !matches!(self.commands.try_send(command), Err(TrySendError::Full(_)));
        self.event.signal();
        sent
    }
}
