//! Friends in their browsers: the page, joining, and the one UDP socket that carries pictures out and inputs in.

pub(crate) mod arrival;
mod asks;
mod door;
mod events;
mod formats;
mod gate;
mod hands;
mod latency;
mod outbox;
mod page;
mod peer;
pub mod ports;
pub mod protocol;
mod routes;
mod signaling;
mod tell;
mod thread;

/// Whether a WebRTC offer is one that this host can answer, for those who only want to know that.
pub fn answers_offer(sdp: &str) -> bool {
    static CERTIFICATE: std::sync::OnceLock<Option<str0m::config::DtlsCert>> = std::sync::OnceLock::new();
    let certificate = CERTIFICATE.get_or_init(|| peer::certificate().ok()).clone();
    certificate.is_some_and(|it| peer::Peer::accept(sdp, &[], it, std::time::Instant::now()).is_ok())
}

pub use events::{NetCommand, NetEvent, NetStats, PeerStats, RoomCommand, RoomNews, Talk};
pub use gate::is_ours as is_our_name;
pub use routes::local_addresses;
pub use signaling::{Signaling, listen, open_udp};
pub use thread::{NetHandle, NetPorts, start};
