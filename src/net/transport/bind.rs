//! The addresses to listen on: the usual port, or a free one where that is taken.

use crate::messages;
use crate::text::IoCause;
use rustix::net::{self, AddressFamily, SocketFlags, SocketType, sockopt};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;

/// Connections that may wait to be accepted, as the standard library has it.
const BACKLOG: i32 = 128;

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
        in_use => InUse { protocol: &'static str, flag: &'static str, ip: String, port: u16 },
        forbidden => Forbidden { protocol: &'static str, flag: &'static str, ip: String, port: u16 },
        not_ours => NotOurs { flag: &'static str, ip: String },
        other => Other { protocol: &'static str, address: SocketAddr, cause: IoCause },
    }
}

impl BindError {
    fn new(protocol: Protocol, address: SocketAddr, error: &io::Error) -> BindError {
        let (flag, port) = (protocol.flag(), address.port());
        // As it stands before a port.
        let ip = match address.ip() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        };
        let protocol = protocol.name();
        match error.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse { protocol, flag, ip, port },
            io::ErrorKind::PermissionDenied => BindError::Forbidden { protocol, flag, ip, port },
            io::ErrorKind::AddrNotAvailable => BindError::NotOurs { flag, ip },
            _ => BindError::Other { protocol, address, cause: error.into() },
        }
    }
}

/// Opens the socket the page is served on. That of `[::]` takes IPv4 too.
pub fn listen(address: SocketAddr) -> Result<TcpListener, BindError> {
    open(address, Protocol::Tcp).map(TcpListener::from).map_err(|error| BindError::new(Protocol::Tcp, address, &error))
}

/// Opens the socket the media travels on. That of `[::]` takes IPv4 too.
pub fn open_udp(address: SocketAddr) -> Result<UdpSocket, BindError> {
    open(address, Protocol::Udp).map(UdpSocket::from).map_err(|error| BindError::new(Protocol::Udp, address, &error))
}

/// Every network of this machine, on `port`: IPv6 and IPv4 alike, or IPv4 alone on a system without IPv6.
pub fn any(port: u16) -> SocketAddr {
    let every = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port);
    match open(SocketAddr::new(every.ip(), 0), Protocol::Udp) {
        Ok(_) => every,
        Err(_) => SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port),
    }
}

/// The standard library leaves to the system whether a socket of `[::]` is one for IPv4 too; here it always is.
fn open(address: SocketAddr, protocol: Protocol) -> io::Result<OwnedFd> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let kind = match protocol {
        Protocol::Tcp => SocketType::STREAM,
        Protocol::Udp => SocketType::DGRAM,
    };
    let socket = net::socket_with(family, kind, SocketFlags::CLOEXEC, None)?;
    if protocol == Protocol::Tcp {
        // Connections of the last run that the system still remembers are no reason to refuse the port.
        sockopt::set_socket_reuseaddr(&socket, true)?;
    }
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, !address.ip().is_unspecified())?;
    }
    net::bind(&socket, &address)?;
    if protocol == Protocol::Tcp {
        net::listen(&socket, BACKLOG)?;
    }
    Ok(socket)
}

/// `wanted` if it is free, otherwise port 0, which lets the system pick; the second value is whether it was free.
///
/// The socket is closed again before this returns, so that another program may still come first.
pub fn or_free(wanted: SocketAddr, protocol: Protocol) -> (SocketAddr, bool) {
    match open(wanted, protocol) {
        Ok(_) => (wanted, true),
        Err(_) => (SocketAddr::new(wanted.ip(), 0), false),
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

    #[test]
    fn a_socket_for_every_address_is_reached_by_both_families() {
        // A system without IPv6 has one family.
        let every = any(0);
        let (tcp, udp) = (listen(every).expect("a listener"), open_udp(every).expect("a socket"));
        udp.set_read_timeout(Some(std::time::Duration::from_secs(5))).expect("a timeout");
        let port = |address: io::Result<SocketAddr>| address.expect("an address").port();
        let v6 = UdpSocket::bind("[::1]:0").is_ok() && every.is_ipv6();
        for ip in [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)] {
            if ip.is_ipv6() && !v6 {
                continue;
            }
            std::net::TcpStream::connect((ip, port(tcp.local_addr()))).expect("connected");
            let from = UdpSocket::bind((ip, 0)).expect("a socket");
            from.send_to(b"x", (ip, port(udp.local_addr()))).expect("sent");
            let (_, source) = udp.recv_from(&mut [0; 4]).expect("received");
            assert_eq!(source.ip().to_canonical(), ip);
        }
    }

    #[test]
    fn an_ipv6_address_leaves_the_port_to_ipv4() {
        let Ok(held) = listen("[::1]:0".parse().expect("an address")) else { return };
        let port = held.local_addr().expect("an address").port();
        assert!(listen(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)).is_ok());
    }
}
