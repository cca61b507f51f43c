//! Sockets and addresses: what is listened on, by which address a peer is reached, sending and receiving.

pub(crate) mod arrival;
mod bind;
mod routes;
pub(crate) mod send;

pub use bind::{BindError, Protocol, any, listen, open_udp, or_free};
pub use routes::{Routes, local_addresses};
