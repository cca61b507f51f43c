//! The addresses to listen on: the usual port, or a free one where that is taken.

use crate::messages;
use crate::text::IoCause;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// Whether a port is one of TCP's or UDP's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// The page and its WebSocket.
    Tcp,
    /// The media.
    Udp,
}

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
        }
    }

    /// The argument that chooses the address.
    fn flag(self) -> &'static str {
        match self {
            Protocol::Tcp => "--http",
            Protocol::Udp => "--udp",
        }
    }
}

messages! {
    /// Why an address cannot be listened on.
    pub enum BindError in bind {
        in_use => InUse { protocol: &'static str, flag: &'static str, ip: IpAddr, port: u16 },
        forbidden => Forbidden { protocol: &'static str, flag: &'static str, ip: IpAddr, port: u16 },
        not_ours => NotOurs { flag: &'static str, ip: IpAddr },
        other => Other { protocol: &'static str, address: SocketAddr, cause: IoCause },
    }
}

impl BindError {
    fn new(protocol: Protocol, address: SocketAddr, error: &io::Error) -> BindError {
        let (flag, ip, port) = (protocol.flag(), address.ip(), address.port());
        let protocol = protocol.name();
        match error.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse { protocol, flag, ip, port },
            io::ErrorKind::PermissionDenied => BindError::Forbidden { protocol, flag, ip, port },
            io::ErrorKind::AddrNotAvailable => BindError::NotOurs { flag, ip },
            _ => BindError::Other { protocol, address, cause: error.into() },
        }
    }
}

/// Opens the socket the page is served on.
pub fn listen(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).map_err(|error| BindError::new(Protocol::Tcp, address, &error))
}

/// Opens the socket the media travels on.
pub fn open_udp(address: SocketAddr) -> Result<UdpSocket, BindError> {
    UdpSocket::bind(address).map_err(|error| BindError::new(Protocol::Udp, address, &error))
}

/// Every network of this machine, on `port`.
pub fn any(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port)
}

/// `wanted` if it is free, otherwise port 0, which lets the system pick; the second value is whether it was free.
///
/// The socket is closed again before this returns, so that another program may still come first.
pub fn or_free(wanted: SocketAddr, protocol: Protocol) -> (SocketAddr, bool) {
    match try_bind(wanted, protocol) {
        Ok(()) => (wanted, true),
        Err(_) => (SocketAddr::new(wanted.ip(), 0), false),
    }
}

fn try_bind(address: SocketAddr, protocol: Protocol) -> io::Result<()> {
    match protocol {
        Protocol::Tcp => TcpListener::bind(address).map(drop),
        Protocol::Udp => UdpSocket::bind(address).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_gives_a_free_one_and_says_so() {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let tcp = TcpListener::bind(local).unwrap();
        let taken = tcp.local_addr().unwrap();
        assert_eq!(or_free(taken, Protocol::Tcp), (local, false));
        let udp = UdpSocket::bind(local).unwrap();
        assert_eq!(or_free(udp.local_addr().unwrap(), Protocol::Udp), (local, false));
        drop(udp);
        assert_eq!(or_free(local, Protocol::Udp), (local, true));
    }

    #[test]
    fn a_port_in_use_is_named_with_what_to_do() {
        let held = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = held.local_addr().expect("an address");
        let message = listen(address).expect_err("in use").to_string();
        assert!(message.contains(&address.port().to_string()) && message.contains("--http"), "{message}");
    }
}
