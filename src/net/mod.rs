//! Friends in their browsers: the page, joining, and the one UDP socket that carries pictures out and inputs in.

mod asks;
mod formats;
mod page;
mod peer;
pub mod ports;
pub mod protocol;
mod routes;
mod signaling;
mod thread;

pub use routes::local_addresses;
pub use signaling::{Signaling, listen, open_udp};
pub use thread::{NetCommand, NetEvent, NetHandle, NetPorts, NetStats, PeerStats, start};
