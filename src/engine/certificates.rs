//! Certificates that a server gives by itself: for which names and addresses they are asked, and the pages that there are then.

use super::internet::InternetStatus;
use super::thread::Message;
use crate::net::port_mapping::{Outcome, Protocol};
use crate::net::tls::Certificates;
use crate::net::tls::acme::{Acme, AcmeConfig, AcmeName, MAX_NAMES, is_public};
use crate::net::transport::stun::StunOutcome;
use crate::sync::SpawnError;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::SystemTime;

/// Ports at which servers of certificates look.
pub(super) const PROOF_PORTS: [u16; 2] = [443, 80];

/// What runs for that, and what it is asked for.
pub(super) struct PublicCertificates {
    certificates: Arc<Certificates>,
    /// Where accounts and certificates are kept.
    folder: PathBuf,
    /// Of the page, on this machine.
    port: u16,
    messages: SyncSender<Message>,
    config: Option<AcmeConfig>,
    acme: Option<Acme>,
    /// At which this machine is reached, as far as is known.
    own: Vec<AcmeName>,
    /// Where the router leads to the page from.
    outside: Option<u16>,
}

impl PublicCertificates {
    pub(super) fn new(
        certificates: Arc<Certificates>,
        folder: PathBuf,
        port: u16,
        messages: SyncSender<Message>,
    ) -> PublicCertificates {
        let (config, acme, own, outside) = (None, None, Vec::new(), None);
        PublicCertificates { certificates, folder, port, messages, config, acme, own, outside }
    }

    /// Starts what is wanted now, and ends what is not any more: its certificates are not shown then.
    pub(super) fn apply(&mut self, config: Option<AcmeConfig>) -> Result<(), SpawnError> {
        if self.config == config {
            return Ok(());
        }
        self.acme = None;
        self.certificates.clear_public();
        self.config = config;
        let Some(mut config) = self.config.clone() else { return Ok(()) };
        config.identifiers = self.identifiers();
        let messages = self.messages.clone();
        let on_news = move |status| {
            // Full: the next news says how it is, too.
            let _ = messages.try_send(Message::Certificate(status));
        };
        let (folder, certificates) = (self.folder.clone(), self.certificates.clone());
        self.acme = Some(Acme::start(config, &folder, certificates, SystemTime::now, Box::new(on_news))?);
        Ok(())
    }

    /// Follows what is known of the ways to this machine.
    pub(super) fn follow(&mut self, status: &InternetStatus) {
        let outside = outside(status);
        let own = own_addresses(status, self.port);
        // What is not known for a moment, since servers are asked anew, is not gone.
        let moved = !own.is_empty() && own != self.own;
        if moved {
            self.own = own;
        }
        let Some(acme) = &self.acme else {
            self.outside = outside;
            return;
        };
        if moved {
            acme.set_identifiers(self.identifiers());
        }
        // The router leads here now: what failed before may go well.
        if self.outside != outside && outside.is_some() {
            acme.retry();
        }
        self.outside = outside;
    }

    fn identifiers(&self) -> Vec<AcmeName> {
        let Some(config) = &self.config else { return Vec::new() };
        let own = self.own.iter().filter(|_| config.own_address);
        // Those that were named first: there is a limit to them all.
        let mut names: Vec<AcmeName> = Vec::new();
        for name in config.identifiers.iter().chain(own) {
            if names.len() < MAX_NAMES && !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Whether one is asked for, for this name.
    pub(super) fn wants(&self, name: &AcmeName) -> bool {
        self.identifiers().contains(name)
    }

    /// Whether any are.
    pub(super) fn is_wanted(&self) -> bool {
        self.config.is_some()
    }

    /// What is known before anything came of it.
    pub(super) fn begin(&self, status: &mut InternetStatus) {
        status.wants_certificates = self.is_wanted();
        status.page_port = self.port;
        status.certificates.retain(|it| self.wants(&it.name));
    }

    /// The page at the names and addresses for which there is a certificate that every browser believes, the best one first.
    pub(super) fn pages(&self) -> Vec<String> {
        let outside = self.outside.filter(|_| self.is_wanted()).unwrap_or(self.port);
        let page = |(name, found): (String, Option<u16>)| {
            let port = match found {
                // Found by TLS.
                Some(443) => 443,
                // A router opens the port of the page itself for IPv6.
                _ if name.starts_with('[') => self.port,
                _ => outside,
            };
            if port == 443 { format!("https://{name}/") } else { format!("https://{name}:{port}/") }
        };
        self.certificates.public_places().into_iter().map(page).collect()
    }
}

/// The port from which the router leads to the page.
fn outside(status: &InternetStatus) -> Option<u16> {
    let page = status.mapping.iter().filter(|port| port.wanted.protocol == Protocol::Tcp);
    let external = page.flat_map(|port| port.mappings()).map(|mapping| mapping.external);
    external.filter(|external| external.is_ipv4()).map(|external| external.port()).next()
}

/// The addresses at which anyone reaches this machine, as far as is known; one of each family at the most.
fn own_addresses(status: &InternetStatus, port: u16) -> Vec<AcmeName> {
    let page = status.mapping.iter().find(|port| port.wanted.protocol == Protocol::Tcp);
    let own = || status.addresses.iter().map(|it| it.ip().to_canonical());
    let seen = || {
        status.stun.servers.iter().filter_map(|(_, outcome)| match outcome {
            StunOutcome::Seen { address } => Some(address.ip().to_canonical()),
            _ => None,
        })
    };
    let ipv4 = match page.map(|port| &port.ipv4) {
        Some(Outcome::Mapped(mapping)) => Some(mapping.external.ip()),
        // Behind another router: nothing at the address that others see leads here.
        Some(Outcome::NotReachable { .. }) => None,
        None | Some(Outcome::Asking) if status.maps_ports => None,
        _ => own().chain(seen()).find(|ip| ip.is_ipv4() && is_public(*ip)),
    };
    // Routers translate no ports of this family: the page has to be where servers of certificates look.
    let own: Vec<IpAddr> = own().collect();
    let ipv6 = seen().chain(own.iter().copied()).find(|ip| ip.is_ipv6() && is_public(*ip) && own.contains(ip));
    let ipv6 = ipv6.filter(|_| PROOF_PORTS.contains(&port));
    ipv4.filter(|ip| is_public(*ip)).into_iter().chain(ipv6).map(AcmeName::Ip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::port_mapping::{Mapping, MappingProblem, Method, PortStatus, Wanted};
    use std::net::SocketAddr;
    use std::num::NonZeroU16;

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn names(status: &InternetStatus, port: u16) -> Vec<String> {
        own_addresses(status, port).iter().map(ToString::to_string).collect()
    }

    fn port(ipv4: Outcome) -> PortStatus {
        let port = NonZeroU16::new(8470).expect("a port");
        let wanted = Wanted { protocol: Protocol::Tcp, internal_port: port, external_port: port };
        let gateway = at("10.0.0.1:1").ip();
        PortStatus { wanted, ipv4, ipv6: Outcome::Unmapped(MappingProblem::NoAnswer { gateway }) }
    }

    #[test]
    fn the_address_is_the_routers_or_what_others_see_or_this_machines_own() {
        let mut status = InternetStatus { addresses: vec![at("10.0.0.2:8470")], ..InternetStatus::default() };
        assert!(names(&status, 8470).is_empty(), "nobody far away reaches such an address");
        status.stun.servers = vec![
            ("a".into(), StunOutcome::NoAnswer),
            ("b".into(), StunOutcome::Seen { address: at("45.0.0.7:1") }),
            ("c".into(), StunOutcome::Seen { address: at("45.0.0.8:1") }),
        ];
        assert_eq!(names(&status, 8470), ["45.0.0.7"]);
        status.maps_ports = true;
        assert!(names(&status, 8470).is_empty(), "the router is waited for");
        let mapping = Mapping { method: Method::Upnp, external: at("45.0.0.9:443"), internal: at("10.0.0.2:8470") };
        status.mapping = vec![port(Outcome::Mapped(mapping))];
        assert_eq!((names(&status, 8470), outside(&status)), (vec!["45.0.0.9".into()], Some(443)));
        let why = MappingProblem::DoubleNat { external: mapping.external.ip() };
        status.mapping = vec![port(Outcome::NotReachable { mapping, why: why.clone() })];
        assert!(names(&status, 8470).is_empty() && outside(&status).is_none());
        status.mapping = vec![port(Outcome::Unmapped(why))];
        assert_eq!(names(&status, 8470), ["45.0.0.7"], "somebody may have set the router up by hand");
        status.addresses.push(at("45.0.0.1:8470"));
        assert_eq!(names(&status, 8470), ["45.0.0.1"]);
    }

    #[test]
    fn an_address_of_ipv6_counts_where_the_page_is_at_a_port_that_is_looked_at() {
        let six = |text: &str| SocketAddr::new(text.parse().expect("an address"), 443);
        let mut status = InternetStatus {
            addresses: vec![six("fe80::1"), six("2620:45::1"), six("2620:45::2")],
            ..InternetStatus::default()
        };
        assert_eq!(names(&status, 443), ["[2620:45::1]"]);
        assert!(names(&status, 8470).is_empty());
        let seen = |text| StunOutcome::Seen { address: six(text) };
        status.stun.servers = vec![("a".into(), seen("2620:99::9")), ("b".into(), seen("2620:45::2"))];
        assert_eq!(names(&status, 80), ["[2620:45::2]"], "the one that it sends from, not somebody else's");
    }
}
