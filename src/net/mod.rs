//! Friends in their browsers, as far as it is I/O: the page, and the one UDP socket that carries pictures out and inputs in.
//! What is decided about them is decided in [`crate::session`].

mod callers;
mod handle;
pub mod http;
mod local_names;
pub mod meeting;
pub mod outgoing;
pub mod port_mapping;
mod relay;
mod servers;
mod start;
mod thread;
pub mod tls;
pub mod transport;

pub use handle::{NetCommand, NetError, NetHandle};
pub use http::{
    HEAD_LIMIT, MeetingPage, PublicAddress, PublicAddressError, Refusals, Refused, ServeError, Signaling, Site,
    SiteProblem, is_our_host, machine_names, meeting_page, page_version, parse_network, refuse, serve_http,
};
pub use ipnet::IpNet;
pub use relay::{Account, MAX_RELAYS, Relay, RelayError, RelayProtocol};
pub use start::{NetConfig, start};
