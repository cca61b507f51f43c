//! Meeting friends where neither side can be reached: both keep a connection to a message broker, and what passes it is
//! sealed with keys that come of the invite's secret.
//!
//! `keys` seals and opens, `sessions` decides what counts, `client` keeps the connections; here is the thread that brings them
//! together with the net thread. docs/protocol.md has what is said, docs/decisions/meeting.md why it is like this.

mod address;
mod client;
mod keys;
mod packing;
mod page_config;
mod sessions;

pub use address::{BrokerAddress, BrokerAddressError};
pub use page_config::{NoServer, page_config};

use super::tls::client_config;
use super::{NetCommand, NetHandle, PublicAddress};
use crate::messages;
use crate::room::{Origin, Random, SystemRandom};
use crate::session::protocol::{RefusedCode, ToPage};
use crate::session::{JoinId, Reply};
use crate::sync::{Clock, SpawnError, spawn};
use crate::text::IoCause;
use client::{Client, Published};
use sessions::{BrokerId, MeetingEvent, SessionKey, Sessions};
use std::collections::BTreeMap;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Brokers that are asked at once.
pub const MAX_BROKERS: usize = 4;
/// Commands that may wait; full, the newest links are handed over with the next change.
const COMMANDS: usize = 16;
/// Messages from brokers that may wait; full, they are lost, as strangers flood, and pages repeat what was not answered.
const INBOX: usize = 256;
/// Messages to one broker that may wait; full, they are lost and said again when the page repeats itself.
const OUTBOX: usize = 64;
/// Answers on their way to one page.
const REPLIES: usize = 32;
/// The same of all pages.
const ALL_REPLIES: usize = 256;

/// Where the host meets friends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingConfig {
    /// The page that leads there, on any server.
    pub page: PublicAddress,
    /// At most [`MAX_BROKERS`].
    pub brokers: Vec<BrokerAddress>,
}

messages! {
    /// Why a broker is of no use now.
    pub enum BrokerProblem in broker {
        address => Address,
        no_answer => NoAnswer,
        io => Io { cause: IoCause },
        certificate => Certificate,
        refused => Refused,
        no_broker => NoBroker,
    }
}

/// How it is with a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokerState {
    Connecting,
    Connected,
    /// It is tried again.
    Failed(BrokerProblem),
}

/// Each broker's name, and how it is with it.
pub type MeetingStatus = Vec<(String, BrokerState)>;

enum Command {
    /// The secrets of the links that there are.
    Invites(Vec<String>),
    /// The addresses of this machine changed.
    NetworkChanged,
}

/// The connections to the brokers. Dropping it ends them.
pub struct Meeting {
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Meeting {
    /// Connects to the brokers. `on_status` is told how it is with them, and must not block.
    pub fn start(
        config: &MeetingConfig,
        net: NetHandle,
        clock: Clock,
        on_status: impl Fn(MeetingStatus) + Send + 'static,
    ) -> Result<Meeting, SpawnError> {
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let brokers: Vec<BrokerAddress> = config.brokers.iter().take(MAX_BROKERS).cloned().collect();
        let thread = spawn("meeting", move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            let meet = meet(brokers, net, clock, Box::new(on_status), inbox);
            runtime.block_on(meet);
            runtime.shutdown_background();
        })?;
        Ok(Meeting { commands: Some(commands), thread: Some(thread) })
    }

    /// The secrets of the links that there are now. False if it could not be handed over.
    pub fn set_invites(&self, secrets: Vec<String>) -> bool {
        self.send(Command::Invites(secrets))
    }

    /// The addresses of this machine changed: what was connected may not be any more.
    pub fn network_changed(&self) {
        self.send(Command::NetworkChanged);
    }

    fn send(&self, command: Command) -> bool {
        self.commands.as_ref().is_some_and(|commands| commands.try_send(command).is_ok())
    }
}

impl Drop for Meeting {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Meeter {
    sessions: Sessions,
    net: NetHandle,
    /// Pages that came through brokers, and their numbers at the session.
    joined: BTreeMap<SessionKey, JoinId>,
    clock: Clock,
    outboxes: Vec<mpsc::Sender<(String, Vec<u8>)>>,
    replies: mpsc::Sender<(SessionKey, Option<ToPage>)>,
}

async fn meet(
    brokers: Vec<BrokerAddress>,
    net: NetHandle,
    clock: Clock,
    on_status: Box<dyn Fn(MeetingStatus) + Send>,
    mut commands: mpsc::Receiver<Command>,
) {
    let (topics, topics_out) = watch::channel(Vec::new());
    let (network, network_out) = watch::channel(0u64);
    let (inbox, mut published) = mpsc::channel(INBOX);
    let (states, mut news) = mpsc::channel(MAX_BROKERS * 4);
    let (replies, mut answers) = mpsc::channel(ALL_REPLIES);
    let mut status: MeetingStatus = Vec::new();
    let mut outboxes = Vec::new();
    let Some(tls) = client_config(&[]) else { return };
    for (id, address) in brokers.into_iter().enumerate() {
        let (outbox, outbox_out) = mpsc::channel(OUTBOX);
        outboxes.push(outbox);
        status.push((address.host().to_owned(), BrokerState::Connecting));
        let Some(name) = SystemRandom.secret() else { return };
        let client = Client {
            id,
            address,
            tls: tls.clone(),
            name: format!("h{}", &name.as_str()[..20]),
            topics: topics_out.clone(),
            network: network_out.clone(),
            outbox: outbox_out,
            inbox: inbox.clone(),
            states: states.clone(),
        };
        tokio::spawn(client.run());
    }
    let sessions = Sessions::new(Box::new(SystemRandom));
    let mut meeter = Meeter { sessions, net, joined: BTreeMap::new(), clock, outboxes, replies };
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                None => return,
                Some(Command::Invites(secrets)) => {
                    if meeter.sessions.set_invites(secrets.iter().map(String::as_str)) {
                        topics.send_replace(meeter.sessions.topics());
                    }
                }
                Some(Command::NetworkChanged) => network.send_modify(|changes| *changes += 1),
            },
            Some((broker, state)) = news.recv() => {
                if let Some(it) = status.get_mut(broker) && it.1 != state {
                    it.1 = state;
                    on_status(status.clone());
                }
            }
            Some(Published { broker, topic, payload }) = published.recv() => {
                let now = (meeter.clock)();
                meeter.sessions.handle_publish(broker, &topic, &payload, now);
            }
            Some((session, answer)) = answers.recv() => meeter.answer(session, answer),
        }
        meeter.work();
    }
}

impl Meeter {
    fn answer(&mut self, session: SessionKey, answer: Option<ToPage>) {
        let now = (self.clock)();
        match answer {
            Some(message) => self.sessions.say(session, &message, now),
            None => {
                self.joined.remove(&session);
                self.sessions.end(session, now);
            }
        }
    }

    fn work(&mut self) {
        while let Some(event) = self.sessions.poll_event() {
            match event {
                MeetingEvent::Join(session, join) => {
                    let id = self.net.next_join();
                    let (reply, answers) = mpsc::channel(REPLIES);
                    if self.net.send(NetCommand::Join(id, *join, Origin::Broker, reply)) {
                        self.joined.insert(session, id);
                        tokio::spawn(forward(session, answers, self.replies.clone()));
                    } else {
                        self.sessions.say(session, &ToPage::refused(RefusedCode::HostError), (self.clock)());
                    }
                }
                MeetingEvent::Said(session, message) => {
                    if let Some(&id) = self.joined.get(&session) {
                        self.net.send(NetCommand::Page(id, message));
                    }
                }
            }
        }
        while let Some(it) = self.sessions.poll_publication() {
            if let Some(outbox) = self.outboxes.get::<BrokerId>(it.broker) {
                let _ = outbox.try_send((it.topic, it.payload));
            }
        }
    }
}

/// Brings what the session says to a page, each when it is time for it, and that it is done.
async fn forward(
    session: SessionKey,
    mut answers: mpsc::Receiver<Reply>,
    to: mpsc::Sender<(SessionKey, Option<ToPage>)>,
) {
    while let Some(Reply { message, after }) = answers.recv().await {
        if after > Duration::ZERO {
            tokio::time::sleep(after).await;
        }
        let _ = to.send((session, Some(message))).await;
    }
    let _ = to.send((session, None)).await;
}
