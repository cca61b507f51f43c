//! One family of addresses: finds a way that the router answers to, keeps what it granted, and removes it in the end.

use super::lease::{LEASE, Pace};
use super::pcp_message::Nonce;
use super::routes::{Family, Gateway, Gateways};
use super::status::{MappingProblem, Method, Outcome, Wanted};
use super::way::{Granted, Place, Way};
use super::{upnp, way};
use crate::sync::Clock;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// How long removing mappings may take: the program is about to end, or the router may be out of reach.
const REMOVAL: Duration = Duration::from_secs(1);

/// What became of the ports, of both families.
#[derive(Debug, Default)]
pub struct Outcomes {
    pub ipv4: Vec<Outcome>,
    pub ipv6: Vec<Outcome>,
    /// How often the router became another one.
    pub moves: u64,
}

/// A mapping that the router granted.
struct Held {
    way: Way,
    place: Place,
    granted: Granted,
    /// When it is not believed in any more, by the clock: the end of the lease, and of one for ever as if it were one of ours.
    until: Duration,
}

struct Port {
    wanted: Wanted,
    nonce: Nonce,
    held: Option<Held>,
    /// Why it is not held.
    problem: Option<MappingProblem>,
}

/// A question to the router. It goes on when nobody waits for it any more, so that what it is granted can be removed.
struct Question {
    way: Way,
    place: Place,
    answer: JoinHandle<Result<Granted, MappingProblem>>,
}

pub struct Side {
    family: Family,
    gateways: Gateways,
    clock: Clock,
    pace: Pace,
    /// Counts the changes of the network; closed when all is to end.
    network: watch::Receiver<u64>,
    outcomes: Arc<watch::Sender<Outcomes>>,
    ports: Vec<Port>,
    gateway: Option<Gateway>,
    question: Option<Question>,
    removals: JoinSet<()>,
    /// Rounds in a row in which not everything was granted.
    failures: u32,
}

async fn closed(network: &mut watch::Receiver<u64>) {
    while network.changed().await.is_ok() {}
}

impl Side {
    pub fn new(
        family: Family,
        wanted: &[Wanted],
        gateways: Gateways,
        clock: Clock,
        pace: Pace,
        network: watch::Receiver<u64>,
        outcomes: Arc<watch::Sender<Outcomes>>,
    ) -> Side {
        let port = |wanted: &Wanted| Port { wanted: *wanted, nonce: way::nonce(wanted), held: None, problem: None };
        Side {
            family,
            gateways,
            clock,
            pace,
            network,
            outcomes,
            ports: wanted.iter().map(port).collect(),
            gateway: None,
            question: None,
            removals: JoinSet::new(),
            failures: 0,
        }
    }

    /// Until the network's channel is closed.
    pub async fn run(mut self) {
        let mut end = self.network.clone();
        loop {
            self.network.borrow_and_update();
            let wait = tokio::select! {
                () = closed(&mut end) => break,
                wait = self.round() => wait,
            };
            tokio::select! {
                () = closed(&mut end) => break,
                () = sleep(self.pace.rest) => {}
            }
            tokio::select! {
                () = sleep(wait) => {}
                changed = self.network.changed() => if changed.is_err() {
                    break;
                },
            }
        }
        self.remove_all().await;
    }

    /// Renews what is held or asks anew; returns when to do it again.
    async fn round(&mut self) -> Duration {
        while self.removals.try_join_next().is_some() {}
        let gateway = (self.gateways)(self.family);
        if gateway != self.gateway {
            self.remove_all().await;
            if self.gateway.is_some() {
                self.outcomes.send_modify(|outcomes| outcomes.moves += 1);
            }
            self.gateway = gateway;
            self.failures = 0;
        }
        let Some(gateway) = gateway else {
            let problem = match self.family {
                Family::Ipv4 => MappingProblem::NoGateway,
                Family::Ipv6 => MappingProblem::NoIpv6,
            };
            self.ports.iter_mut().for_each(|port| port.problem = Some(problem.clone()));
            self.publish();
            return self.pace.most;
        };
        if !self.renew(gateway).await {
            self.establish(gateway).await;
        }
        let now = (self.clock)();
        for port in &mut self.ports {
            port.held.take_if(|held| held.until <= now);
        }
        self.publish();
        let renewals = self.ports.iter().filter_map(|port| port.held.as_ref());
        let renewal = renewals.map(|held| self.pace.renew_after(held.granted.lease)).min();
        // What is held although the router did not answer any more has a problem too.
        if self.ports.iter().all(|port| port.problem.is_none()) {
            self.failures = 0;
            return renewal.unwrap_or(self.pace.most);
        }
        self.failures = self.failures.saturating_add(1);
        let retry = self.pace.retry_after(self.failures);
        renewal.map_or(retry, |renewal| renewal.min(retry))
    }

    /// Whether everything is held and was granted again.
    async fn renew(&mut self, gateway: Gateway) -> bool {
        for index in 0..self.ports.len() {
            let Some(held) = &self.ports[index].held else { return false };
            let way = held.way.clone();
            match self.map(index, &way, gateway).await {
                Ok(granted) => self.hold(index, way, gateway, granted),
                Err(_) => return false,
            }
        }
        true
    }

    /// Asks in each way until one grants something; one way for all ports, so that they have one external address.
    async fn establish(&mut self, gateway: Gateway) {
        self.ports.iter_mut().for_each(|port| port.problem = None);
        let mut search = JoinSet::new();
        if self.family == Family::Ipv4 {
            search.spawn(upnp::search(gateway));
        }
        if self.map_all(&Way::Pcp, gateway).await {
            return;
        }
        if self.family == Family::Ipv6 || self.map_all(&Way::NatPmp, gateway).await {
            return;
        }
        match search.join_next().await {
            Some(Ok(Ok(igd))) => {
                self.map_all(&Way::Upnp(igd), gateway).await;
            }
            Some(Ok(Err(problem))) => (0..self.ports.len()).for_each(|index| self.note(index, problem.clone())),
            Some(Err(_)) | None => {}
        }
    }

    /// Whether anything was granted.
    async fn map_all(&mut self, way: &Way, gateway: Gateway) -> bool {
        let mut any = false;
        for index in 0..self.ports.len() {
            match self.map(index, way, gateway).await {
                Ok(granted) => {
                    self.hold(index, way.clone(), gateway, granted);
                    any = true;
                }
                Err(problem @ MappingProblem::Refused { .. }) => self.note(index, problem),
                // Who does not speak like this for one port does not for another.
                Err(problem) => {
                    (index..self.ports.len()).for_each(|index| self.note(index, problem.clone()));
                    break;
                }
            }
        }
        any
    }

    fn note(&mut self, index: usize, problem: MappingProblem) {
        let noted = &mut self.ports[index].problem;
        *noted = Some(match noted.take() {
            Some(before) => before.or_better(problem),
            None => problem,
        });
    }

    /// Asks for a port, for the external one that it had if it had one. A router that refuses the wanted one is asked for the
    /// same as inside: many keep those below 1024 to themselves.
    async fn map(&mut self, index: usize, way: &Way, gateway: Gateway) -> Result<Granted, MappingProblem> {
        let port = &self.ports[index];
        let Wanted { internal_port, external_port, .. } = port.wanted;
        let had = port.held.as_ref().and_then(|held| NonZeroU16::new(held.granted.mapping.external.port()));
        let first = had.unwrap_or(external_port);
        match self.map_to(index, way, gateway, first).await {
            Err(MappingProblem::Refused { .. }) if first != internal_port => {
                self.map_to(index, way, gateway, internal_port).await
            }
            answer => answer,
        }
    }

    async fn map_to(
        &mut self,
        index: usize,
        way: &Way,
        gateway: Gateway,
        external: NonZeroU16,
    ) -> Result<Granted, MappingProblem> {
        let port = &self.ports[index];
        let place = Place { gateway, wanted: port.wanted, nonce: port.nonce };
        let asked = way.clone();
        let answer = tokio::spawn(async move { asked.map(&place, external).await });
        let question = self.question.insert(Question { way: way.clone(), place, answer });
        let answer = (&mut question.answer).await;
        self.question = None;
        answer.unwrap_or(Err(MappingProblem::NoAnswer { gateway: gateway.address.ip() }))
    }

    fn hold(&mut self, index: usize, way: Way, gateway: Gateway, granted: Granted) {
        let until = (self.clock)() + granted.lease.unwrap_or(LEASE);
        let port = &mut self.ports[index];
        let place = Place { gateway, wanted: port.wanted, nonce: port.nonce };
        port.problem = None;
        let external = granted.mapping.external.port();
        let before = port.held.replace(Held { way, place, granted, until });
        // PCP and NAT-PMP know mappings by the internal port: to remove the one before would remove this one.
        let stray = before
            .filter(|before| before.way.method() == Method::Upnp && before.granted.mapping.external.port() != external);
        if let Some(Held { way, place, granted, .. }) = stray {
            let removal = async move { way.remove(&place, granted.mapping.external.port()).await };
            self.removals.spawn(async { drop(timeout(REMOVAL, removal).await) });
        }
    }

    /// Removes everything that the router granted or is about to; what takes too long is left to its lease.
    async fn remove_all(&mut self) {
        if let Some(Question { way, place, answer }) = self.question.take() {
            self.removals.spawn(async move {
                if let Ok(Ok(granted)) = answer.await {
                    way.remove(&place, granted.mapping.external.port()).await;
                }
            });
        }
        for Held { way, place, granted, .. } in self.ports.iter_mut().filter_map(|port| port.held.take()) {
            self.removals.spawn(async move { way.remove(&place, granted.mapping.external.port()).await });
        }
        let all = async { while self.removals.join_next().await.is_some() {} };
        if timeout(REMOVAL, all).await.is_err() {
            self.removals.abort_all();
        }
    }

    fn publish(&self) {
        let outcome = |port: &Port| match (&port.held, &port.problem) {
            (Some(held), _) => Outcome::Mapped(held.granted.mapping),
            (None, Some(problem)) => Outcome::Unmapped(problem.clone()),
            (None, None) => Outcome::Asking,
        };
        let all: Vec<Outcome> = self.ports.iter().map(outcome).collect();
        self.outcomes.send_modify(|outcomes| match self.family {
            Family::Ipv4 => outcomes.ipv4 = all,
            Family::Ipv6 => outcomes.ipv6 = all,
        });
    }
}
