//! The addresses to listen on: the usual port, or a free one where that is taken.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// Whether a port is looked for among TCP's or UDP's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// The page and its WebSocket.
    Tcp,
    /// The media.
    Udp,
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
}
