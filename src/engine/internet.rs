//! How friends who are elsewhere get in: what is started for that, and ended when the host wants none of it.

use super::addresses::Bound;
use super::certificates::PROOF_PORTS;
use super::resolver::{Resolver, ServerName};
use super::thread::Message;
use crate::messages;
use crate::net::meeting::{
    BrokerAddress, BrokerAddressError, BrokerState, MAX_BROKERS, Meeting, MeetingConfig, MeetingStatus,
};
use crate::net::port_mapping::{MappingStatus, PortMapper, Protocol, Wanted, of_this_machine};
use crate::net::tls::acme::AcmeStatus;
use crate::net::transport::stun::{StunOutcome, StunStatus};
use crate::net::transport::turn::TurnStatus;
use crate::net::{MAX_RELAYS, NetCommand, NetHandle, PublicAddress, PublicAddressError, Relay, RelayError};
use crate::session::connection::HostCandidate;
use crate::sync::{SpawnError, now};
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// What may be used to reach friends beyond the local network; nothing by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Internet {
    /// False: nothing beyond the local network is asked for anything.
    pub wanted: bool,
    /// Where host and pages meet when neither can be reached.
    pub meeting: Option<MeetingConfig>,
    /// Who tells this machine how others see it.
    pub stun: Vec<ServerName>,
    /// By which guests and this host may go where there is no other way.
    pub relays: Vec<Relay>,
    /// Ask the router to lead guests here.
    pub map_ports: bool,
}

/// What a person typed.
#[derive(Debug, Clone)]
pub struct InternetWords<'a> {
    /// False: nothing beyond the local network is asked for anything.
    pub wanted: bool,
    /// Where the page is that pages meet the host by; empty for none.
    pub page: &'a str,
    pub brokers: &'a [String],
    pub stun: &'a [String],
    pub relays: Vec<RelayWords<'a>>,
    pub map_ports: bool,
}

/// A relay's address, and a name with a password or a secret.
#[derive(Debug, Clone, Copy)]
pub struct RelayWords<'a> {
    pub url: &'a str,
    pub username: &'a str,
    pub password: &'a str,
    pub secret: &'a str,
}

messages! {
    /// Why something of that is not used.
    pub enum InternetProblem in internet_words {
        page => Page { error: PublicAddressError },
        /// Browsers seal and open only on pages that came by https.
        insecure_page => InsecurePage,
        broker => Broker { error: BrokerAddressError },
        /// There is a page, and nowhere to meet.
        no_broker => NoBroker,
        too_many_brokers => TooManyBrokers { most: usize },
        stun => Stun { text: String },
        relay => Relay { error: RelayError },
    }
}

impl Internet {
    /// What can be used of it, and what is wrong with the rest.
    pub fn from_words(words: InternetWords<'_>) -> (Internet, Vec<InternetProblem>) {
        let mut problems = Vec::new();
        let mut internet = Internet::default();
        if !words.wanted {
            return (internet, problems);
        }
        internet.wanted = true;
        internet.map_ports = words.map_ports;
        for text in words.stun.iter().filter(|text| !text.trim().is_empty()) {
            match ServerName::parse(text) {
                Some(server) => internet.stun.push(server),
                None => problems.push(InternetProblem::Stun { text: text.clone() }),
            }
        }
        for it in words.relays.iter().take(MAX_RELAYS) {
            match Relay::parse(it.url, it.username, it.password, it.secret) {
                Ok(relay) => internet.relays.push(relay),
                Err(error) => problems.push(InternetProblem::Relay { error }),
            }
        }
        let mut brokers = Vec::new();
        for text in words.brokers.iter().filter(|text| !text.trim().is_empty()) {
            match BrokerAddress::parse(text) {
                Ok(_) if brokers.len() == MAX_BROKERS => {
                    problems.push(InternetProblem::TooManyBrokers { most: MAX_BROKERS });
                    break;
                }
                Ok(broker) => brokers.push(broker),
                Err(error) => problems.push(InternetProblem::Broker { error }),
            }
        }
        if words.page.trim().is_empty() {
            return (internet, problems);
        }
        match PublicAddress::parse(words.page) {
            Ok(page) if !page.is_secure() => problems.push(InternetProblem::InsecurePage),
            Ok(_) if brokers.is_empty() => problems.push(InternetProblem::NoBroker),
            Ok(page) => internet.meeting = Some(MeetingConfig { page, brokers }),
            Err(error) => problems.push(InternetProblem::Page { error }),
        }
        (internet, problems)
    }
}

/// How it is with each of that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InternetStatus {
    /// Anything of it is wanted.
    pub wanted: bool,
    /// This machine's own addresses with the port of the page, the best one first.
    pub addresses: Vec<SocketAddr>,
    /// Guests open the page here, and it leads to this machine.
    pub public_page: Option<String>,
    /// Guests open the page here, and meet this machine by brokers.
    pub meeting_page: Option<String>,
    /// Relays that guests may use.
    pub relays: usize,
    /// Servers are asked how others see this machine.
    pub asks_servers: bool,
    /// How others see this machine.
    pub stun: StunStatus,
    /// How it is with the relays for this host itself.
    pub turn: TurnStatus,
    /// The router is asked to lead guests here.
    pub maps_ports: bool,
    /// What it said to that.
    pub mapping: MappingStatus,
    /// Each broker, and how it is with it.
    pub brokers: MeetingStatus,
    /// A server is asked for certificates.
    pub wants_certificates: bool,
    /// Of the page, on this machine.
    pub page_port: u16,
    /// Each name for which that is done, and how it is with it.
    pub certificates: Vec<AcmeStatus>,
}

/// The ways to this host that the router made. A pinhole for an address of this machine makes no other.
fn mapped(status: &MappingStatus) -> Vec<HostCandidate> {
    let candidates = status.iter().flat_map(|port| {
        let others = port.mappings().filter(|mapping| mapping.external != mapping.internal);
        others.map(|mapping| match port.wanted.protocol {
            Protocol::Udp => HostCandidate::Reflexive { address: mapping.external, base: mapping.internal },
            Protocol::Tcp => HostCandidate::Tcp(mapping.external),
        })
    });
    candidates.collect()
}

/// What runs of that.
pub(super) struct Reach {
    config: Internet,
    net: NetHandle,
    messages: SyncSender<Message>,
    meeting: Option<Meeting>,
    resolver: Option<Resolver>,
    relay_resolver: Option<Resolver>,
    mapper: Option<PortMapper>,
    /// The router is to lead to the page from where servers of certificates look.
    proves: bool,
    /// Those of the media and of the page.
    bound: Bound,
    /// Of the links that there are.
    secrets: Vec<String>,
}

impl Reach {
    pub(super) fn new(net: NetHandle, messages: SyncSender<Message>, bound: Bound) -> Reach {
        Reach {
            config: Internet::default(),
            net,
            messages,
            meeting: None,
            resolver: None,
            relay_resolver: None,
            mapper: None,
            proves: false,
            bound,
            secrets: Vec::new(),
        }
    }

    /// Starts what is wanted now, and ends what is not any more.
    pub(super) fn apply(&mut self, config: Internet) -> Result<(), SpawnError> {
        if self.config.meeting != config.meeting {
            self.meeting = None;
            if let Some(meeting) = &config.meeting {
                let messages = self.messages.clone();
                let on_status = move |status| {
                    // Full: the next news says how it is, too.
                    let _ = messages.try_send(Message::Brokers(status));
                };
                let meeting = Meeting::start(meeting, self.net.clone(), now, on_status)?;
                meeting.set_invites(self.secrets.clone());
                self.meeting = Some(meeting);
            }
        }
        if self.config.stun != config.stun {
            self.resolver = None;
            let net = self.net.clone();
            if config.stun.is_empty() {
                net.send(NetCommand::StunServers(Vec::new()));
            } else {
                let on_resolved = move |servers| net.send(NetCommand::StunServers(servers));
                self.resolver = Some(Resolver::start(config.stun.clone(), on_resolved)?);
            }
        }
        if self.config.relays != config.relays {
            self.net.send(NetCommand::Relays(config.relays.clone()));
            self.relay_resolver = None;
            let net = self.net.clone();
            if config.relays.is_empty() {
                net.send(NetCommand::TurnServers(Vec::new()));
            } else {
                let on_resolved = move |servers| net.send(NetCommand::TurnServers(servers));
                self.relay_resolver = Some(Resolver::start(config.relays.clone(), on_resolved)?);
            }
        }
        if self.config.map_ports != config.map_ports {
            self.map_ports(config.map_ports)?;
        }
        self.config = config;
        Ok(())
    }

    /// Servers of certificates are to find the page, or need not any more.
    pub(super) fn prove(&mut self, wanted: bool) -> Result<(), SpawnError> {
        if self.proves != wanted {
            self.proves = wanted;
            if self.config.map_ports {
                self.map_ports(true)?;
            }
        }
        Ok(())
    }

    fn map_ports(&mut self, wanted: bool) -> Result<(), SpawnError> {
        // The one before gives back what it has first.
        self.mapper = None;
        match wanted {
            true => self.mapper = Some(self.start_mapper()?),
            false => drop(self.net.send(NetCommand::Mapped(Vec::new()))),
        }
        Ok(())
    }

    fn start_mapper(&self) -> Result<PortMapper, SpawnError> {
        let port = |protocol, at: SocketAddr, outside: u16| {
            let (internal_port, external_port) = (NonZeroU16::new(at.port())?, NonZeroU16::new(outside)?);
            Some(Wanted { protocol, internal_port, external_port })
        };
        let (media, http) = (self.bound.media, self.bound.http);
        // PCP and NAT-PMP lead to a port from one port only. It is left out of the page's links.
        let outside = if self.proves { PROOF_PORTS[0] } else { http.port() };
        let wanted = [port(Protocol::Udp, media, media.port()), port(Protocol::Tcp, http, outside)];
        let (net, messages) = (self.net.clone(), self.messages.clone());
        let on_news = move |status: MappingStatus| {
            net.send(NetCommand::Mapped(mapped(&status)));
            // Full: the next news says how it is, too.
            let _ = messages.try_send(Message::Mapping(status));
        };
        PortMapper::start(wanted.into_iter().flatten().collect(), Arc::new(of_this_machine), now, on_news)
    }

    /// What servers see tells whether the router's address is one that others reach.
    pub(super) fn stun_changed(&self, status: &StunStatus) {
        for (_, outcome) in &status.servers {
            if let (Some(mapper), StunOutcome::Seen { address }) = (&self.mapper, outcome) {
                mapper.set_seen_by_others(address.ip());
            }
        }
    }

    /// The page by which friends anywhere meet the host.
    pub(super) fn page(&self) -> Option<String> {
        self.config.meeting.as_ref().map(|meeting| meeting.page.to_string())
    }

    /// What is known before anything was tried.
    pub(super) fn begin(&self, status: &mut InternetStatus) {
        status.wanted = self.config.wanted;
        status.meeting_page = self.page();
        status.relays = self.config.relays.len();
        status.maps_ports = self.config.map_ports;
        if !self.config.map_ports {
            status.mapping.clear();
        }
        status.asks_servers = !self.config.stun.is_empty();
        status.brokers.clear();
        if let Some(meeting) = &self.config.meeting {
            let state = |broker: &BrokerAddress| (broker.host().to_owned(), BrokerState::Connecting);
            status.brokers.extend(meeting.brokers.iter().map(state));
        }
        if self.config.relays.is_empty() {
            status.turn.clear();
        }
        if !status.asks_servers {
            status.stun = StunStatus::default();
        }
    }

    /// The links that there are now.
    pub(super) fn set_invites(&mut self, secrets: Vec<String>) {
        if self.secrets != secrets {
            // What could not be handed over is handed over with the next news.
            if self.meeting.as_ref().is_none_or(|meeting| meeting.set_invites(secrets.clone())) {
                self.secrets = secrets;
            }
        }
    }

    /// The addresses of this machine changed.
    pub(super) fn network_changed(&self) {
        if let Some(meeting) = &self.meeting {
            meeting.network_changed();
        }
        if let Some(mapper) = &self.mapper {
            mapper.network_changed();
        }
        for resolver in [&self.resolver, &self.relay_resolver].into_iter().flatten() {
            resolver.network_changed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(wanted: bool, page: &str, brokers: &[&str]) -> (Internet, Vec<InternetProblem>) {
        let brokers: Vec<String> = brokers.iter().map(ToString::to_string).collect();
        Internet::from_words(InternetWords {
            wanted,
            page,
            brokers: &brokers,
            stun: &[],
            relays: Vec::new(),
            map_ports: false,
        })
    }

    #[test]
    fn servers_that_are_none_are_said() {
        let stun = ["stun.example:3478".to_owned(), "stun.example".to_owned(), "a b".to_owned()];
        let (internet, problems) = Internet::from_words(InternetWords {
            wanted: true,
            page: "",
            brokers: &[],
            stun: &stun,
            relays: Vec::new(),
            map_ports: true,
        });
        assert!(internet.stun.len() == 2 && internet.map_ports);
        assert_eq!(problems, [InternetProblem::Stun { text: "a b".into() }]);
    }

    #[test]
    fn one_switch_turns_everything_off_and_what_cannot_be_used_is_said() {
        let broker = "wss://broker.example:8084/mqtt";
        let (internet, problems) = read(true, "https://play.example/x", &[broker, " "]);
        let meeting = internet.meeting.expect("a meeting");
        assert_eq!((meeting.page.to_string().as_str(), meeting.brokers.len()), ("https://play.example/x/", 1));
        assert!(problems.is_empty());
        assert_eq!(read(false, "https://play.example/x", &[broker]), (Internet::default(), Vec::new()));
        assert_eq!(read(true, "", &[broker]).0.meeting, None, "brokers alone are no meeting");
        assert_eq!(read(true, "http://play.example/", &[broker]).1, [InternetProblem::InsecurePage]);
        assert_eq!(read(true, "https://play.example/", &[]).1, [InternetProblem::NoBroker]);
        assert!(
            read(true, "http://localhost:8000/", &[broker]).0.meeting.is_some(),
            "browsers trust their own machine"
        );
        let (internet, problems) = read(true, "https://play.example/", &["mqtt://x", broker]);
        assert!(internet.meeting.is_some() && matches!(problems[..], [InternetProblem::Broker { .. }]));
        assert_eq!(read(true, "https://play.example/", &[broker; 5]).1, [InternetProblem::TooManyBrokers { most: 4 }]);
    }
}
