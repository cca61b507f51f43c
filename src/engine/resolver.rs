//! Names of servers become addresses, again and again: on a thread of its own, because the system takes its time for it.

use crate::net::Relay;
use crate::net::transport::stun::StunServer;
use crate::net::transport::turn::TurnServer;
use crate::sync::{SpawnError, spawn};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Names that were resolved are looked at again after so long, and those that were not.
const AGAIN: (Duration, Duration) = (Duration::from_secs(600), Duration::from_secs(20));
/// The usual port (RFC 8489, 8.1).
const STUN_PORT: u16 = 3478;

/// A server by its name, such as `stun.example:3478`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName {
    host: String,
    port: u16,
}

impl ServerName {
    /// Reads what a person typed. None for what is no name.
    pub fn parse(text: &str) -> Option<ServerName> {
        let text = text.trim();
        let text = text.strip_prefix("stun:").unwrap_or(text);
        let (host, port) = match text.rsplit_once(':') {
            // An IPv6 address without a port has colons of its own.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().ok()?),
            _ => (text, STUN_PORT),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
        (!host.is_empty() && host.len() <= 253 && host.chars().all(fits) && port != 0)
            .then(|| ServerName { host: host.to_owned(), port })
    }
}

/// What has an address, or will have one.
pub(super) trait Named {
    type Server: Clone + PartialEq + Send + 'static;

    /// Its addresses; none while there are none. Blocks.
    fn resolve(&self) -> Vec<Self::Server>;
}

impl Named for ServerName {
    type Server = StunServer;

    /// The first of each family.
    fn resolve(&self) -> Vec<StunServer> {
        let Ok(found) = (self.host.as_str(), self.port).to_socket_addrs() else { return Vec::new() };
        let found: Vec<_> = found.collect();
        let first = |v4: bool| found.iter().find(|it| it.is_ipv4() == v4);
        let server = |&address| StunServer { name: self.to_string(), address };
        [first(true), first(false)].into_iter().flatten().map(server).collect()
    }
}

impl Named for Relay {
    type Server = TurnServer;

    /// One is enough: IPv4 where there is a way by it, as more networks have that.
    fn resolve(&self) -> Vec<TurnServer> {
        let Ok(found) = (self.host(), self.port()).to_socket_addrs() else { return Vec::new() };
        let mut found: Vec<SocketAddr> = found.filter(|&it| has_route(it)).collect();
        found.sort_by_key(SocketAddr::is_ipv6);
        found.into_iter().take(1).map(|address| TurnServer { relay: self.clone(), address }).collect()
    }
}

/// Whether a packet to there would leave. Connecting a UDP socket sends nothing: it asks the routing table.
fn has_route(address: SocketAddr) -> bool {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    UdpSocket::bind((any, 0)).is_ok_and(|socket| socket.connect(address).is_ok())
}

impl fmt::Display for ServerName {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(to, "[{}]:{}", self.host, self.port),
            false => write!(to, "{}:{}", self.host, self.port),
        }
    }
}

/// The thread. Dropping it ends it, when the system has answered.
pub(super) struct Resolver {
    wake: SyncSender<()>,
}

impl Resolver {
    /// Tells `on_resolved` the addresses, until it takes them, and whenever they are others.
    pub(super) fn start<N: Named + Send + 'static>(
        names: Vec<N>,
        on_resolved: impl Fn(Vec<N::Server>) -> bool + Send + 'static,
    ) -> Result<Resolver, SpawnError> {
        // One wish to look again is as good as many.
        let (wake, woken) = sync_channel(1);
        spawn("resolver", move || {
            let mut told: Option<Vec<N::Server>> = None;
            loop {
                let each: Vec<Vec<N::Server>> = names.iter().map(Named::resolve).collect();
                let complete = each.iter().all(|servers| !servers.is_empty());
                let servers = each.concat();
                if told.as_ref() != Some(&servers) && on_resolved(servers.clone()) {
                    told = Some(servers);
                }
                match woken.recv_timeout(if complete { AGAIN.0 } else { AGAIN.1 }) {
                    Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Resolver { wake })
    }

    /// The network is another one.
    pub(super) fn network_changed(&self) {
        let _ = self.wake.try_send(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_or_an_address_with_a_port_or_without() {
        let read = |text: &str| ServerName::parse(text).map(|it| it.to_string());
        for (text, name) in [
            ("stun.example:19302", "stun.example:19302"),
            (" stun:stun.example ", "stun.example:3478"),
            ("192.0.2.1", "192.0.2.1:3478"),
            ("[2001:db8::1]:5", "[2001:db8::1]:5"),
            ("2001:db8::1", "[2001:db8::1]:3478"),
        ] {
            assert_eq!(read(text).as_deref(), Some(name), "{text}");
        }
        for bad in ["", ":1", "a b", "a:0", "a:70000", "a:x", "http://x/", &"x".repeat(300)] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_was_not_taken_is_told_again() {
        let (told, heard) = sync_channel(8);
        let name = ServerName::parse("127.0.0.1:3478").expect("a name");
        let first = std::sync::atomic::AtomicBool::new(true);
        let resolver = Resolver::start(vec![name], move |servers| {
            let _ = told.try_send(servers);
            !first.swap(false, std::sync::atomic::Ordering::Relaxed)
        });
        let resolver = resolver.expect("a thread");
        let wait = Duration::from_secs(30);
        let servers = heard.recv_timeout(wait).expect("told");
        assert_eq!(servers[0].address.to_string(), "127.0.0.1:3478");
        resolver.network_changed();
        assert_eq!(heard.recv_timeout(wait).expect("told again"), servers);
    }
}
