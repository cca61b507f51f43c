//! What stands between this machine and friends elsewhere, step by step, in words for people: for the window and for
//! `hotseat doctor`. Pure.

use super::internet::InternetStatus;
use crate::messages;
use crate::net::meeting::BrokerState;
use crate::net::port_mapping::{MappingProblem, Method, Outcome, PortStatus};
use crate::net::tls::acme::{AcmeError, AcmeStatus};
use crate::net::transport::stun::{MappingBehavior, StunOutcome};
use crate::net::transport::turn::TurnOutcome;
use crate::text::{Message, Texts};
use std::net::SocketAddr;

/// How a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Good,
    /// Not known yet.
    Working,
    /// Some friends may not get in.
    Limited,
    Bad,
    /// Not wanted.
    Off,
}

impl StepState {
    /// For programs.
    pub fn name(self) -> &'static str {
        match self {
            StepState::Good => "good",
            StepState::Working => "working",
            StepState::Limited => "limited",
            StepState::Bad => "bad",
            StepState::Off => "off",
        }
    }
}

messages! {
    /// What a step is about.
    pub enum StepTitle in step {
        network => Network,
        router => Router,
        mapping => Mapping,
        certificate => Certificate,
        relays => Relays,
        brokers => Brokers,
        link => Link,
        /// What cores may open.
        core_files => CoreFiles,
        /// And what else they may do.
        core_calls => CoreCalls,
        /// Screen saver and sleep.
        awake => Awake,
    }
}

messages! {
    /// What was found.
    pub enum Finding in finding {
        local_only => LocalOnly,
        no_servers => NoServers,
        no_network => NoNetwork,
        addresses => Addresses { addresses: String },
        asking => Asking,
        no_nat => NoNat { address: SocketAddr },
        nat => Nat { address: SocketAddr },
        nat_by_one => NatByOne { address: SocketAddr },
        symmetric => Symmetric { addresses: String },
        udp_blocked => UdpBlocked { servers: String },
        mapping_asking => MappingAsking,
        mapped => Mapped { method: Method, addresses: String },
        not_mapped => NotMapped { problem: MappingProblem },
        /// One is wanted for the address at which friends reach this machine.
        certificate_no_address => CertificateNoAddress,
        certificate_asked => CertificateAsked { names: String },
        certificate_ready => CertificateReady { names: String },
        certificate_failed => CertificateFailed { problems: String },
        /// That of some.
        certificates_failed => CertificatesFailed { names: String, problems: String },
        relays_asking => RelaysAsking,
        relays_ready => RelaysReady { relays: String },
        relays_failed => RelaysFailed { problems: String },
        brokers_connected => BrokersConnected { brokers: String },
        brokers_connecting => BrokersConnecting,
        brokers_failed => BrokersFailed { problems: String },
        no_meeting => NoMeeting,
        link_anywhere => LinkAnywhere { page: String },
        link_waits => LinkWaits { page: String },
        link_local => LinkLocal { page: String },
        link_nowhere => LinkNowhere,
        files_held => FilesHeld { abi: u32 },
        no_landlock => NoLandlock,
        landlock_leaks => LandlockLeaks { abi: u32 },
        calls_held => CallsHeld,
        calls_held_untold => CallsHeldUntold,
        no_seccomp => NoSeccomp,
        seccomp_leaks => SeccompLeaks,
        hold_not_tried => HoldNotTried,
        awake => Awake,
        not_awake => NotAwake,
    }
}

messages! {
    /// What to do about it.
    pub enum Advice in advice {
        connect => Connect,
        set_meeting => SetMeeting,
        symmetric => Symmetric,
        udp_blocked => UdpBlocked,
        mapping => Mapping,
        certificate_address => CertificateAddress,
        /// Of the page.
        certificate_port => CertificatePort { port: u16 },
        certificate_wait => CertificateWait,
        relays => Relays { problems: String },
        no_relay => NoRelay,
        brokers => Brokers,
        kernel => Kernel,
        newer_kernel => NewerKernel,
        hold_not_tried => HoldNotTried,
        not_awake => NotAwake,
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub title: StepTitle,
    pub state: StepState,
    pub finding: Finding,
    pub advice: Option<Advice>,
}

impl Step {
    pub(super) fn new(title: StepTitle, state: StepState, finding: Finding) -> Step {
        Step { title, state, finding, advice: None }
    }

    pub(super) fn but(self, advice: Advice) -> Step {
        Step { advice: Some(advice), ..self }
    }
}

/// Whether the desktop keeps screen saver and sleep away when it is asked, which takes seconds where it does not answer.
pub fn diagnose_awake() -> Step {
    match crate::awake::try_it() {
        true => Step::new(StepTitle::Awake, StepState::Good, Finding::Awake),
        false => Step::new(StepTitle::Awake, StepState::Limited, Finding::NotAwake).but(Advice::NotAwake),
    }
}

/// Every step, the nearest first. `texts` are those of the words inside a sentence.
pub fn diagnose(status: &InternetStatus, texts: &Texts) -> Vec<Step> {
    let near = [network(status), router(status)];
    near.into_iter()
        .chain(mapping(status))
        .chain(certificate(status, texts))
        .chain(relays(status, texts))
        .chain([brokers(status, texts), link(status)])
        .collect()
}

fn network(status: &InternetStatus) -> Step {
    // Friends are not on this machine.
    let others: Vec<String> =
        status.addresses.iter().filter(|it| !it.ip().is_loopback()).map(|it| it.ip().to_string()).collect();
    if others.is_empty() {
        return Step::new(StepTitle::Network, StepState::Bad, Finding::NoNetwork).but(Advice::Connect);
    }
    Step::new(StepTitle::Network, StepState::Good, Finding::Addresses { addresses: others.join(", ") })
}

fn router(status: &InternetStatus) -> Step {
    let step = |state, finding| Step::new(StepTitle::Router, state, finding);
    if !status.wanted {
        return step(StepState::Off, Finding::LocalOnly);
    }
    let stun = &status.stun;
    if stun.servers.is_empty() {
        return match status.asks_servers {
            true => step(StepState::Working, Finding::Asking),
            false => step(StepState::Off, Finding::NoServers),
        };
    }
    let mut seen: Vec<SocketAddr> = Vec::new();
    for (_, outcome) in &stun.servers {
        if let StunOutcome::Seen { address } = outcome
            && !seen.contains(address)
        {
            seen.push(*address);
        }
    }
    // IPv4 first: that is where routers are.
    seen.sort_by_key(SocketAddr::is_ipv6);
    let waits = stun.servers.iter().any(|(_, outcome)| *outcome == StunOutcome::Asking);
    let Some(&address) = seen.first() else {
        let servers = stun.servers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        return match waits {
            true => step(StepState::Working, Finding::Asking),
            false => step(StepState::Bad, Finding::UdpBlocked { servers }).but(Advice::UdpBlocked),
        };
    };
    match stun.behavior {
        MappingBehavior::NoNat => step(StepState::Good, Finding::NoNat { address }),
        MappingBehavior::EndpointIndependent => step(StepState::Good, Finding::Nat { address }),
        MappingBehavior::EndpointDependent => {
            let addresses = seen.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let step = step(StepState::Limited, Finding::Symmetric { addresses });
            if status.relays > 0 { Step { state: StepState::Good, ..step } } else { step.but(Advice::Symmetric) }
        }
        MappingBehavior::Unknown | MappingBehavior::Blocked if status.addresses.contains(&address) => {
            step(StepState::Good, Finding::NoNat { address })
        }
        MappingBehavior::Unknown | MappingBehavior::Blocked => {
            let state = if waits { StepState::Working } else { StepState::Good };
            step(state, Finding::NatByOne { address })
        }
    }
}

/// What the router said to being asked for ports; none if it was not.
fn mapping(status: &InternetStatus) -> Option<Step> {
    if !status.wanted || !status.maps_ports {
        return None;
    }
    let step = |state, finding| Step::new(StepTitle::Mapping, state, finding);
    let all = || status.mapping.iter().flat_map(PortStatus::mappings);
    if let Some(first) = all().next() {
        let mut addresses: Vec<String> = all().map(|mapping| mapping.external.to_string()).collect();
        addresses.dedup();
        let addresses = addresses.join(", ");
        return Some(step(StepState::Good, Finding::Mapped { method: first.method, addresses }));
    }
    // By IPv4: a firewall of IPv6 may be as open without.
    let outcomes: Vec<&Outcome> = status.mapping.iter().map(|port| &port.ipv4).collect();
    let problem = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::NotReachable { why, .. } | Outcome::Unmapped(why) => Some(why.clone()),
        Outcome::Asking | Outcome::Mapped(_) => None,
    });
    Some(match problem {
        Some(problem) => step(StepState::Limited, Finding::NotMapped { problem }).but(Advice::Mapping),
        None => step(StepState::Working, Finding::MappingAsking),
    })
}

/// What a server of certificates said; none if it was not asked.
fn certificate(status: &InternetStatus, texts: &Texts) -> Option<Step> {
    if !status.wants_certificates {
        return None;
    }
    let step = |state, finding| Step::new(StepTitle::Certificate, state, finding);
    let all = &status.certificates;
    if all.is_empty() {
        let mapping = status.maps_ports && status.mapping.iter().any(|port| port.ipv4 == Outcome::Asking);
        let servers = status.stun.servers.iter().any(|(_, outcome)| *outcome == StunOutcome::Asking);
        let step = |state| step(state, Finding::CertificateNoAddress);
        return Some(match mapping || servers {
            true => step(StepState::Working),
            false => step(StepState::Limited).but(Advice::CertificateAddress),
        });
    }
    let names = |wanted: fn(&AcmeStatus) -> bool| {
        all.iter().filter(move |it| wanted(it)).map(|it| it.name.to_string()).collect::<Vec<_>>().join(", ")
    };
    let ready = names(|it| it.until.is_some());
    let mut problems: Vec<String> = all.iter().filter_map(|it| Some(it.problem.as_ref()?.text(texts))).collect();
    problems.dedup();
    let problems = problems.join(" ");
    let not_proven = all.iter().any(|it| matches!(it.problem, Some(AcmeError::NotProven { .. })));
    let advice = if not_proven { Advice::CertificatePort { port: status.page_port } } else { Advice::CertificateWait };
    Some(match (ready.is_empty(), problems.is_empty()) {
        (true, false) => step(StepState::Limited, Finding::CertificateFailed { problems }).but(advice),
        (false, false) => step(StepState::Limited, Finding::CertificatesFailed { names: ready, problems }).but(advice),
        (_, true) if all.iter().any(|it| it.until.is_none()) => {
            let names = names(|it| it.until.is_none());
            step(StepState::Working, Finding::CertificateAsked { names })
        }
        (_, true) => step(StepState::Good, Finding::CertificateReady { names: ready }),
    })
}

/// Those that are set, as this machine finds them; none without any.
fn relays(status: &InternetStatus, texts: &Texts) -> Option<Step> {
    if !status.wanted || status.relays == 0 {
        return None;
    }
    let step = |state, finding| Step::new(StepTitle::Relays, state, finding);
    let ready = |(url, outcome): &(String, TurnOutcome)| match outcome {
        TurnOutcome::Relaying(address) => Some(format!("{url} ({address})")),
        TurnOutcome::Asking | TurnOutcome::Failed(_) => None,
    };
    let failed = |(url, outcome): &(String, TurnOutcome)| match outcome {
        TurnOutcome::Failed(problem) => Some(format!("{url}: {}", problem.text(texts))),
        TurnOutcome::Asking | TurnOutcome::Relaying(_) => None,
    };
    let ready: Vec<String> = status.turn.iter().filter_map(ready).collect();
    let problems: Vec<String> = status.turn.iter().filter_map(failed).collect();
    // One whose name has no address yet is not among them.
    let waits = ready.len() + problems.len() < status.turn.len().max(1);
    let (relays, problems) = (ready.join(", "), problems.join("; "));
    Some(match (waits, relays.is_empty(), problems.is_empty()) {
        (true, true, _) => step(StepState::Working, Finding::RelaysAsking),
        (_, true, _) => step(StepState::Bad, Finding::RelaysFailed { problems }).but(Advice::NoRelay),
        (true, false, _) => step(StepState::Working, Finding::RelaysReady { relays }),
        (false, false, true) => step(StepState::Good, Finding::RelaysReady { relays }),
        (false, false, false) => {
            step(StepState::Limited, Finding::RelaysReady { relays }).but(Advice::Relays { problems })
        }
    })
}

fn brokers(status: &InternetStatus, texts: &Texts) -> Step {
    let step = |state, finding| Step::new(StepTitle::Brokers, state, finding);
    if !status.wanted {
        return step(StepState::Off, Finding::LocalOnly);
    }
    if status.meeting_page.is_none() {
        return step(StepState::Off, Finding::NoMeeting).but(Advice::SetMeeting);
    }
    let with = |wanted: fn(&BrokerState) -> bool| status.brokers.iter().filter(move |(_, state)| wanted(state));
    let connected: Vec<&str> = with(|state| *state == BrokerState::Connected).map(|(name, _)| name.as_str()).collect();
    if !connected.is_empty() {
        let all = connected.len() == status.brokers.len();
        let state = if all { StepState::Good } else { StepState::Limited };
        return step(state, Finding::BrokersConnected { brokers: connected.join(", ") });
    }
    let problems: Vec<String> = status
        .brokers
        .iter()
        .filter_map(|(name, state)| match state {
            BrokerState::Failed(problem) => Some(format!("{name}: {}", problem.text(texts))),
            BrokerState::Connecting | BrokerState::Connected => None,
        })
        .collect();
    if problems.is_empty() {
        return step(StepState::Working, Finding::BrokersConnecting);
    }
    step(StepState::Bad, Finding::BrokersFailed { problems: problems.join("; ") }).but(Advice::Brokers)
}

/// What the link that is handed out is good for.
fn link(status: &InternetStatus) -> Step {
    let step = |state, finding| Step::new(StepTitle::Link, state, finding);
    if let Some(page) = &status.public_page {
        return step(StepState::Good, Finding::LinkAnywhere { page: page.clone() });
    }
    if let Some(page) = &status.meeting_page {
        let page = page.clone();
        let connected = status.brokers.iter().any(|(_, state)| *state == BrokerState::Connected);
        return match connected {
            true => step(StepState::Good, Finding::LinkAnywhere { page }),
            false => step(StepState::Working, Finding::LinkWaits { page }),
        };
    }
    let Some(local) = status.addresses.iter().find(|it| !it.ip().is_loopback()) else {
        return step(StepState::Bad, Finding::LinkNowhere).but(Advice::Connect);
    };
    let finding = Finding::LinkLocal { page: format!("http://{local}/") };
    match status.wanted {
        true => step(StepState::Limited, finding).but(Advice::SetMeeting),
        false => step(StepState::Good, finding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::meeting::BrokerProblem;
    use crate::net::port_mapping::{Mapping, Protocol, Wanted};
    use crate::net::port_mapping::{MappingProblem, Method, Outcome, PortStatus};
    use crate::net::transport::stun::StunStatus;
    use crate::net::transport::turn::TurnProblem;
    use crate::text::Spoken;
    use std::num::NonZeroU16;
    use std::time::SystemTime;

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn status() -> InternetStatus {
        InternetStatus {
            wanted: true,
            asks_servers: true,
            addresses: vec![at("192.168.1.2:8470"), at("127.0.0.1:8470")],
            ..InternetStatus::default()
        }
    }

    fn steps(status: &InternetStatus) -> Vec<(StepState, Finding)> {
        let steps = diagnose(status, &Spoken::English.texts());
        for step in &steps {
            let needs = matches!(step.state, StepState::Bad | StepState::Limited);
            assert!(!needs || step.advice.is_some() || step.title == StepTitle::Brokers, "{step:?} without advice");
        }
        steps.into_iter().map(|step| (step.state, step.finding)).collect()
    }

    #[test]
    fn in_the_local_network_alone_nothing_is_missing() {
        let found = steps(&InternetStatus { wanted: false, ..status() });
        assert_eq!(found[0], (StepState::Good, Finding::Addresses { addresses: "192.168.1.2".into() }));
        assert_eq!(found[1], (StepState::Off, Finding::LocalOnly));
        assert_eq!(found[3], (StepState::Good, Finding::LinkLocal { page: "http://192.168.1.2:8470/".into() }));
        let none = InternetStatus { addresses: vec![at("[::1]:8470")], ..InternetStatus::default() };
        assert_eq!(steps(&none)[0], (StepState::Bad, Finding::NoNetwork));
        assert_eq!(steps(&none)[3], (StepState::Bad, Finding::LinkNowhere));
    }

    #[test]
    fn the_router_is_told_by_what_servers_see() {
        let seen = |text| StunOutcome::Seen { address: at(text) };
        let mut it = status();
        assert_eq!(steps(&it)[1], (StepState::Working, Finding::Asking));
        let mut found = |outcomes: Vec<StunOutcome>, behavior| {
            let servers = outcomes.into_iter().enumerate().map(|(n, it)| (format!("s{n}"), it)).collect();
            it.stun = StunStatus { servers, behavior };
            steps(&it).swap_remove(1)
        };
        let address = at("198.51.100.7:8470");
        let (one, other) = (seen("198.51.100.7:8470"), seen("198.51.100.7:9000"));
        use MappingBehavior::*;
        assert_eq!(
            found(vec![one.clone(), one.clone()], EndpointIndependent),
            (StepState::Good, Finding::Nat { address })
        );
        assert_eq!(found(vec![one.clone(), StunOutcome::Asking], Unknown).0, StepState::Working);
        assert_eq!(
            found(vec![one.clone(), StunOutcome::NoAnswer], Unknown),
            (StepState::Good, Finding::NatByOne { address })
        );
        let addresses = "198.51.100.7:8470, 198.51.100.7:9000".into();
        assert_eq!(found(vec![one, other], EndpointDependent), (StepState::Limited, Finding::Symmetric { addresses }));
        let silent = found(vec![StunOutcome::NoAnswer; 2], Blocked);
        assert_eq!(silent, (StepState::Bad, Finding::UdpBlocked { servers: "s0, s1".into() }));
        let own = seen("192.168.1.2:8470");
        assert_eq!(found(vec![own], Unknown).1, Finding::NoNat { address: at("192.168.1.2:8470") });
    }

    #[test]
    fn relays_are_told_of_when_there_are_any_with_what_is_wrong_with_them() {
        let mut it = InternetStatus { relays: 2, ..status() };
        assert_eq!(steps(&it)[2], (StepState::Working, Finding::RelaysAsking));
        let failed = TurnOutcome::Failed(TurnProblem::NoAnswer);
        it.turn = vec![("turn:a".into(), failed.clone()), ("turn:b".into(), TurnOutcome::Asking)];
        assert_eq!(steps(&it)[2].0, StepState::Working);
        it.turn[1].1 = TurnOutcome::Relaying(at("192.0.2.1:50000"));
        let relays = "turn:b (192.0.2.1:50000)".into();
        assert_eq!(steps(&it)[2], (StepState::Limited, Finding::RelaysReady { relays }));
        it.turn[1].1 = failed;
        assert_eq!(steps(&it)[2].0, StepState::Bad);
        it.wanted = false;
        assert_eq!(steps(&it).len(), 4);
    }

    #[test]
    fn the_router_is_told_by_what_it_said_to_being_asked() {
        let mut it = status();
        it.maps_ports = true;
        assert_eq!(steps(&it)[2], (StepState::Working, Finding::MappingAsking));
        let port = NonZeroU16::new(8470).expect("a port");
        let wanted = Wanted { protocol: Protocol::Udp, internal_port: port, external_port: port };
        let mapping =
            Mapping { method: Method::Pcp, external: at("198.51.100.7:8470"), internal: at("192.168.1.2:8470") };
        let no_ipv6 = Outcome::Unmapped(MappingProblem::NoIpv6);
        let mut found = |ipv4| {
            it.mapping = vec![PortStatus { wanted, ipv4, ipv6: no_ipv6.clone() }];
            steps(&it).swap_remove(2)
        };
        assert_eq!(found(Outcome::Asking), (StepState::Working, Finding::MappingAsking));
        let mapped = Finding::Mapped { method: Method::Pcp, addresses: "198.51.100.7:8470".into() };
        assert_eq!(found(Outcome::Mapped(mapping)), (StepState::Good, mapped));
        let problem = MappingProblem::DoubleNat { external: mapping.external.ip() };
        let not_mapped = (StepState::Limited, Finding::NotMapped { problem: problem.clone() });
        assert_eq!(found(Outcome::NotReachable { mapping, why: problem.clone() }), not_mapped);
        assert_eq!(found(Outcome::Unmapped(problem)), not_mapped);
    }

    #[test]
    fn certificates_are_told_of_when_they_are_wanted_with_what_the_server_said() {
        let mut it = InternetStatus { wants_certificates: true, page_port: 8470, ..status() };
        assert_eq!(steps(&it)[2], (StepState::Limited, Finding::CertificateNoAddress));
        it.stun.servers = vec![("s".into(), StunOutcome::Asking)];
        assert_eq!(steps(&it)[2], (StepState::Working, Finding::CertificateNoAddress));
        let of = |name: &str, until, problem| AcmeStatus {
            name: name.parse().expect("a name"),
            until,
            problem,
            next: SystemTime::UNIX_EPOCH,
        };
        it.certificates = vec![of("45.0.0.7", None, None), of("play.example", Some(SystemTime::UNIX_EPOCH), None)];
        assert_eq!(steps(&it)[2], (StepState::Working, Finding::CertificateAsked { names: "45.0.0.7".into() }));
        let problem = AcmeError::Slow { server: "ca.example".into() };
        let problems = problem.text(&Spoken::English.texts());
        it.certificates[0].problem = Some(problem);
        let failed = Finding::CertificatesFailed { names: "play.example".into(), problems: problems.clone() };
        assert_eq!(steps(&it)[2], (StepState::Limited, failed));
        it.certificates.truncate(1);
        assert_eq!(steps(&it)[2], (StepState::Limited, Finding::CertificateFailed { problems }));
        assert_eq!(diagnose(&it, &Spoken::English.texts())[2].advice, Some(Advice::CertificateWait));
        it.certificates[0].problem = Some(AcmeError::NotProven {
            server: "ca.example".into(),
            name: "45.0.0.7".into(),
            port: 443,
            kind: "connection".into(),
            detail: "refused".into(),
        });
        let advice = diagnose(&it, &Spoken::English.texts()).swap_remove(2).advice;
        assert_eq!(advice, Some(Advice::CertificatePort { port: 8470 }));
        it.certificates = vec![of("45.0.0.7", Some(SystemTime::UNIX_EPOCH), None)];
        assert_eq!(steps(&it)[2], (StepState::Good, Finding::CertificateReady { names: "45.0.0.7".into() }));
    }

    #[test]
    fn brokers_and_the_link_that_leads_to_them() {
        let mut it = status();
        assert_eq!(steps(&it)[2].1, Finding::NoMeeting);
        assert_eq!(steps(&it)[3].0, StepState::Limited, "friends elsewhere have no way in");
        it.meeting_page = Some("https://play.example/".into());
        let broker = |name: &str, state| (name.to_owned(), state);
        it.brokers = vec![broker("a", BrokerState::Connecting), broker("b", BrokerState::Connecting)];
        assert_eq!(steps(&it)[2], (StepState::Working, Finding::BrokersConnecting));
        it.brokers[0].1 = BrokerState::Failed(BrokerProblem::NoAnswer);
        assert_eq!(steps(&it)[2].0, StepState::Bad);
        assert_eq!(steps(&it)[3].1, Finding::LinkWaits { page: "https://play.example/".into() });
        it.brokers[1].1 = BrokerState::Connected;
        assert_eq!(steps(&it)[2], (StepState::Limited, Finding::BrokersConnected { brokers: "b".into() }));
        assert_eq!(steps(&it)[3], (StepState::Good, Finding::LinkAnywhere { page: "https://play.example/".into() }));
    }
}
