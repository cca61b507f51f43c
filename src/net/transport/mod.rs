//! Sockets and addresses: what is listened on, at which addresses this machine is reached and when they change, sending and
//! receiving.

mod addresses;
pub(crate) mod arrival;
mod bind;
mod binding;
pub(crate) mod mdns;
pub(crate) mod media;
pub(crate) mod send;
pub mod stun;
pub(crate) mod tcp;
pub mod turn;
mod watch;

pub use addresses::local_addresses;
pub use bind::{BindError, Protocol, any, listen, open_udp, or_free};
pub use tcp::TcpAcceptor;
pub use watch::AddressWatch;
