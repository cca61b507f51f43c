//! The engine's thread: tells the machine what happens, does what it asks for, and publishes the snapshot.
//!
//! None of the hot threads waits for it.

use super::addresses;
use super::certificates::PublicCertificates;
use super::executor::Executor;
use super::figures::Figures;
use super::internet::{Internet, Reach};
use super::machine::{Action, Guest, Machine, StartId};
use super::people::People;
use super::publisher::Publisher;
use super::snapshot::Speaker;
use super::{Command, EngineEvent, GameState, GameStatus, Length, NoticeKind};
use crate::awake::{Awake, Moment};
use crate::emulator;
use crate::link::message::FromCore;
use crate::net::meeting::MeetingStatus;
use crate::net::port_mapping::MappingStatus;
use crate::net::tls::acme::{AcmeConfig, AcmeStatus};
use crate::net::transport::stun::StunStatus;
use crate::net::transport::turn::TurnStatus;
use crate::net::{NetCommand, NetHandle};
use crate::record::RecordEvent;
use crate::room::Permission;
use crate::session::protocol::GameInfo;
use crate::session::{SessionCommand, SessionEvent};
use crate::sync::now;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// What reaches the engine's thread.
pub(super) enum Message {
    /// From the window or headless mode.
    Command(Command),
    /// News of the core process, with the start that it belongs to.
    Core(StartId, emulator::Event),
    Session(SessionEvent),
    Speaker(Speaker),
    Record(RecordEvent),
    /// Where the page is served, the best address first: there are others now.
    Addresses(Vec<SocketAddr>),
    /// How others see this machine.
    Stun(StunStatus),
    /// How it is with relays.
    Turn(TurnStatus),
    /// How it is with a certificate.
    Certificate(AcmeStatus),
    /// What the router said to being asked for ports.
    Mapping(MappingStatus),
    /// How it is with the brokers.
    Brokers(MeetingStatus),
    /// Another thread has something to tell.
    Notice(NoticeKind),
    /// End.
    Stop,
}

pub(super) struct EngineThread {
    pub(super) machine: Machine,
    pub(super) executor: Executor,
    pub(super) publisher: Publisher,
    pub(super) people: People,
    pub(super) figures: Figures,
    pub(super) net: NetHandle,
    pub(super) reach: Reach,
    pub(super) certificates: PublicCertificates,
    /// None: the thread for it could not be started.
    pub(super) awake: Option<Awake>,
    pub(super) window_shown: bool,
    /// What the pages were told last.
    pub(super) info: GameInfo,
}

impl EngineThread {
    pub(super) fn run(mut self, inbox: &Receiver<Message>) {
        self.publish();
        let mut next_second = now() + SECOND;
        loop {
            match inbox.recv_timeout(next_second.saturating_sub(now())) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if now() >= next_second {
                next_second = now() + SECOND;
                self.every_second();
            }
            self.publish();
        }
        self.machine.handle_command(Command::Close);
        self.perform_actions();
        // Full for a moment at the most: the net thread never waits for us.
        while !self.net.send(NetCommand::Session(SessionCommand::Close)) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Command(Command::Site(site)) => {
                self.people.set_public(&site, &mut self.publisher);
                self.publisher.snapshot.internet.public_page = self.people.public_page();
                self.executor.set_site(site);
            }
            Message::Command(Command::WindowShown(shown)) => self.window_shown = shown,
            Message::Command(Command::Internet(internet)) => self.apply_internet(internet),
            Message::Command(Command::Certificates(wanted)) => self.apply_certificates(wanted),
            Message::Command(command) => self.machine.handle_command(command),
            Message::Core(_, emulator::Event::Message(FromCore::Log { level, text })) => match level {
                0 => tracing::debug!(target: "core", "{text}"),
                1 => tracing::info!(target: "core", "{text}"),
                _ => tracing::warn!(target: "core", "{text}"),
            },
            Message::Core(start, event) => {
                if matches!(event, emulator::Event::Message(FromCore::Loaded(_))) {
                    self.figures.restart(now());
                }
                self.machine.handle_core(start, event, now());
            }
            Message::Session(SessionEvent::Game { peer, by, command }) => {
                self.machine.handle_guest(Guest { peer, name: by }, command);
            }
            Message::Session(event) => {
                if let SessionEvent::Room(room) = &event {
                    let may = |peer| room.people.iter().any(|it| it.id == peer && it.permissions.has(Permission::Time));
                    self.machine.handle_people(may);
                }
                self.people.follow(event, &mut self.publisher);
                self.reach.set_invites(self.people.secrets());
            }
            Message::Speaker(speaker) => {
                if let Speaker::Silent(why) = &speaker
                    && speaker != self.publisher.snapshot.speaker
                {
                    self.publisher.notice(NoticeKind::NoSound { why: why.clone() });
                }
                self.publisher.snapshot.speaker = speaker;
            }
            Message::Record(event) => self.publisher.notice(match event {
                RecordEvent::Started(file) => NoticeKind::Recording { file },
                RecordEvent::Finished { files, seconds } => {
                    NoticeKind::recorded(files, Length { seconds: seconds.round().max(0.0) as u64 })
                }
                RecordEvent::Failed(failure) => NoticeKind::RecordingFailed { failure },
            }),
            Message::Addresses(addresses) => {
                self.people.set_pages(addresses::pages(&addresses), &mut self.publisher);
                self.publisher.snapshot.internet.addresses = addresses;
                self.reach.network_changed();
                self.follow_ways();
            }
            Message::Stun(status) => {
                self.reach.stun_changed(&status);
                self.publisher.snapshot.internet.stun = status;
                self.follow_ways();
            }
            Message::Mapping(status) => {
                self.publisher.snapshot.internet.mapping = status;
                self.follow_ways();
            }
            Message::Turn(status) => self.publisher.snapshot.internet.turn = status,
            Message::Certificate(status) => self.take_certificate(status),
            Message::Brokers(status) => self.publisher.snapshot.internet.brokers = status,
            Message::Notice(kind) => self.publisher.notice(kind),
            Message::Stop => {}
        }
        self.perform_actions();
    }

    fn take_certificate(&mut self, status: AcmeStatus) {
        self.show_named();
        // It was asked for before something else was wanted.
        if !self.certificates.wants(&status.name) {
            return;
        }
        let internet = &mut self.publisher.snapshot.internet;
        let known = internet.certificates.iter().position(|it| it.name == status.name);
        let before = known.map(|at| internet.certificates.remove(at)).and_then(|it| it.problem);
        let problem = status.problem.clone().filter(|problem| before.as_ref() != Some(problem));
        internet.certificates.push(status);
        // Once, not each time that it is tried again.
        if let Some(problem) = problem {
            self.publisher.notice(problem.into());
        }
    }

    /// What is known of the ways to this machine changed.
    pub(super) fn follow_ways(&mut self) {
        self.certificates.follow(&self.publisher.snapshot.internet);
        self.certificates.begin(&mut self.publisher.snapshot.internet);
        self.show_named();
    }

    fn show_named(&mut self) {
        self.people.set_named(self.certificates.pages(), &mut self.publisher);
        self.publisher.snapshot.internet.public_page = self.people.public_page();
    }

    fn apply_certificates(&mut self, wanted: Option<AcmeConfig>) {
        let applied = self.certificates.apply(wanted);
        if let Err(error) = applied.and_then(|()| self.reach.prove(self.certificates.is_wanted())) {
            self.publisher.notice(error.into());
        }
        self.follow_ways();
    }

    pub(super) fn apply_internet(&mut self, internet: Internet) {
        if let Err(error) = self.reach.apply(internet) {
            self.publisher.notice(error.into());
        }
        self.reach.begin(&mut self.publisher.snapshot.internet);
        self.reach.set_invites(self.people.secrets());
        self.people.set_meeting(self.reach.page(), &mut self.publisher);
    }

    fn every_second(&mut self) {
        self.figures.every_second(&mut self.publisher.snapshot, self.executor.frames_before, now());
        self.net.send(NetCommand::Session(SessionCommand::Fps(self.publisher.snapshot.stats.fps)));
        self.machine.handle_second();
        self.perform_actions();
        self.publish();
        self.publisher.event(EngineEvent::Stats {
            snapshot: Arc::new(self.publisher.snapshot.clone()),
            session: Box::new(self.people.stats.clone()),
            core_pid: self.machine.core_pid(),
        });
    }

    fn perform_actions(&mut self) {
        while let Some(action) = self.machine.poll_action() {
            // Everyone is told of a crash before the new process says anything.
            if matches!(action, Action::StartCore { .. }) {
                self.publish();
            }
            if let Some(answer) = self.executor.perform(action, &mut self.publisher) {
                self.machine.handle_answer(answer);
            }
        }
    }

    fn keep_awake(&mut self) {
        let Some(awake) = &mut self.awake else { return };
        let snapshot = &self.publisher.snapshot;
        let runs = |game: &GameStatus| matches!(game.state, GameState::Starting | GameState::Running);
        awake.look(Moment {
            runs: snapshot.game.as_ref().is_some_and(runs),
            window_shown: self.window_shown,
            guests: snapshot.peers.len(),
        });
    }

    fn publish(&mut self) {
        self.publisher.publish(self.machine.status(), self.executor.recording());
        self.keep_awake();
        let info = self.machine.info();
        if info != self.info && self.net.send(NetCommand::Session(SessionCommand::Game(info.clone()))) {
            self.info = info;
        }
    }
}
