//! Following the addresses of this machine: links and candidates are made of them.

use super::thread::Message;
use crate::net::transport::{AddressWatch, local_addresses};
use crate::net::{NetCommand, NetHandle};
use crate::session::SessionCommand;
use crate::session::connection::HostCandidate;
use crate::sync::{Event, SpawnError};
use std::net::SocketAddr;
use std::sync::mpsc::SyncSender;

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
pub(super) fn pages(http: SocketAddr) -> Vec<String> {
    local_addresses(http).iter().map(|at| format!("http://{at}/")).collect()
}

/// Tells net thread and engine when the addresses change; none where the sockets are bound to one address each.
pub(super) fn follow(
    bound: Bound,
    stop: Event,
    net: NetHandle,
    messages: SyncSender<Message>,
) -> Result<Option<AddressWatch>, SpawnError> {
    if [bound.http, bound.media].iter().all(|it| !it.ip().is_unspecified()) {
        return Ok(None);
    }
    let (mut known_pages, mut known) = (pages(bound.http), candidates(bound));
    let watch = AddressWatch::start(stop, move || {
        // What could not be handed over is handed over with the next change.
        let candidates = candidates(bound);
        if candidates != known && net.send(NetCommand::Session(SessionCommand::Candidates(candidates.clone()))) {
            known = candidates;
        }
        let pages = pages(bound.http);
        if pages != known_pages && messages.try_send(Message::Pages(pages.clone())).is_ok() {
            known_pages = pages;
        }
    })?;
    Ok(Some(watch))
}
