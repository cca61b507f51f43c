//! Following the addresses of this machine: links, candidates and certificates are made of them.

use super::thread::Message;
use crate::net::tls::Certificates;
use crate::net::transport::{AddressWatch, local_addresses};
use crate::net::{NetCommand, NetHandle};
use crate::session::connection::HostCandidate;
use crate::sync::{Event, SpawnError};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::SystemTime;

/// What the page is served on, and what the media travels on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    pub http: SocketAddr,
    pub media: SocketAddr,
}

/// The ways to this host, the best one first.
pub(super) fn candidates(bound: Bound) -> Vec<HostCandidate> {
    let udp = local_addresses(bound.media).into_iter().map(HostCandidate::Udp);
    udp.chain(local_addresses(bound.http).into_iter().map(HostCandidate::Tcp)).collect()
}

/// The page at each address at which it is served, the best one first.
pub(super) fn pages(addresses: &[SocketAddr]) -> Vec<String> {
    addresses.iter().map(|at| format!("http://{at}/")).collect()
}

/// What follows the addresses of this machine.
pub(super) struct Followers {
    pub net: NetHandle,
    pub certificates: Arc<Certificates>,
    pub messages: SyncSender<Message>,
}

/// Tells everyone when the addresses change, and renews the certificates for them from time to time.
pub(super) fn follow(bound: Bound, stop: Event, followers: Followers) -> Result<AddressWatch, SpawnError> {
    let Followers { net, certificates, messages } = followers;
    let (mut known_addresses, mut known) = (local_addresses(bound.http), candidates(bound));
    let mut told = None;
    AddressWatch::start(stop, move || {
        // What could not be handed over is handed over with the next change.
        let candidates = candidates(bound);
        if candidates != known && net.send(NetCommand::Candidates(candidates.clone())) {
            known = candidates;
        }
        let served = local_addresses(bound.http);
        if served != known_addresses && messages.try_send(Message::Addresses(served.clone())).is_ok() {
            known_addresses.clone_from(&served);
        }
        let addresses: Vec<IpAddr> = served.iter().map(SocketAddr::ip).collect();
        let problem = certificates.refresh(&addresses, SystemTime::now()).err();
        // Once, not each time that it is tried again.
        if problem != told {
            if let Some(problem) = problem.clone() {
                let _ = messages.try_send(Message::Notice(problem.into()));
            }
            told = problem;
        }
    })
}
