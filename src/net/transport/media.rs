//! How the media and the inputs travel: one UDP socket, and connections on the page's port for those who have no UDP.

use super::arrival::{self, Arrival, Received};
use super::tcp::TcpPeers;
use crate::session::connection::Via;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use str0m::net::{Protocol, Transmit};

/// The longest datagram that is taken; those of WebRTC fit into an Ethernet frame.
const LONGEST: usize = 2048;
/// A keyframe for thirty peers is a burst of a megabyte; what the system does not grant, it does not grant.
const BUFFERS: (usize, usize) = (4 << 20, 1 << 20);

pub(crate) struct MediaTransport {
    socket: UdpSocket,
    bound: SocketAddr,
    tcp: TcpPeers,
    /// For what is received, and what the kernel notes about it.
    buffer: Vec<u8>,
    control: Vec<u8>,
    /// The last datagram that came by a connection.
    framed: Vec<u8>,
    /// Connections have their turn first the next time: a flood on one way leaves every second place to the other.
    tcp_first: bool,
}

/// A datagram that came.
pub(crate) struct Incoming<'a> {
    pub via: Via,
    pub data: &'a [u8],
    pub arrived: Arrival,
}

impl MediaTransport {
    pub fn new(socket: UdpSocket, tcp: TcpPeers) -> io::Result<MediaTransport> {
        socket.set_nonblocking(true)?;
        let bound = socket.local_addr()?;
        let _ = rustix::net::sockopt::set_socket_send_buffer_size(&socket, BUFFERS.0);
        let _ = rustix::net::sockopt::set_socket_recv_buffer_size(&socket, BUFFERS.1);
        arrival::note(&socket);
        let control = arrival::control_buffer();
        Ok(MediaTransport {
            socket,
            bound,
            tcp,
            buffer: vec![0; LONGEST],
            control,
            framed: Vec::new(),
            tcp_first: false,
        })
    }

    /// Readable when a datagram came by UDP; of those by connections the event tells.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// The next datagram; none when none waits.
    #[inline]
    pub fn receive(&mut self) -> Option<Incoming<'_>> {
        self.tcp_first = !self.tcp_first;
        let mut framed = if self.tcp_first { self.tcp.receive() } else { None };
        if framed.is_none() {
            if let Some(Received { len, source, local, arrived }) = self.receive_udp() {
                let local = SocketAddr::new(local.unwrap_or(self.bound.ip()), self.bound.port());
                return Some(Incoming { via: Via::udp(source, local), data: &self.buffer[..len], arrived });
            }
            framed = self.tcp.receive();
        }
        let (ends, data) = framed?;
        self.framed = data;
        let via = Via::tcp(ends.remote, ends.local);
        Some(Incoming { via, data: &self.framed, arrived: Arrival::default() })
    }

    #[inline]
    fn receive_udp(&mut self) -> Option<Received> {
        loop {
            match arrival::receive(&self.socket, &mut self.buffer, &mut self.control) {
                Ok(received) => return Some(received),
                // An ICMP error about an earlier datagram comes up here; the next call goes on.
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(_) => return None,
            }
        }
    }

    /// Whether the datagram that came that way was a peer's: connections of strangers are closed.
    #[inline]
    pub fn set_known(&mut self, via: Via, known: bool) {
        if via.protocol == Protocol::Tcp {
            self.tcp.set_known(via.source, known);
        }
    }

    /// A full buffer loses the datagram, as any router on the way would: repeats are WebRTC's business.
    #[inline]
    pub fn send(&self, transmit: &Transmit) {
        match transmit.proto {
            Protocol::Udp => {
                let _ = self.socket.send_to(&transmit.contents, self.written(transmit.destination));
            }
            _ => self.tcp.send(transmit.destination, &transmit.contents),
        }
    }

    /// To a server, from the socket of the media.
    pub fn send_to(&self, server: SocketAddr, data: &[u8]) {
        let _ = self.socket.send_to(data, self.written(server));
    }

    /// A socket for both families takes IPv4 addresses as IPv6 ones (RFC 4291, 2.5.5.2).
    #[inline]
    fn written(&self, address: SocketAddr) -> SocketAddr {
        match address {
            SocketAddr::V4(v4) if self.bound.is_ipv6() => SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port()),
            _ => address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tcp::tcp_peers;
    use super::*;
    use crate::sync::Event;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    fn transport(address: &str) -> Option<MediaTransport> {
        let socket = super::super::open_udp(address.parse().expect("an address")).ok()?;
        let (_, tcp) = tcp_peers(Arc::new(Event::new().expect("an event")));
        Some(MediaTransport::new(socket, tcp).expect("a transport"))
    }

    #[test]
    fn a_socket_for_both_families_receives_and_sends_as_either() {
        // A system without IPv6 has nothing to test there.
        for (bound, ip) in [("0.0.0.0:0", "127.0.0.1"), ("[::]:0", "127.0.0.1"), ("[::]:0", "::1"), ("[::1]:0", "::1")]
        {
            let Some(mut transport) = transport(bound) else { continue };
            let ip: std::net::IpAddr = ip.parse().expect("an address");
            let Ok(page) = UdpSocket::bind((ip, 0)) else { continue };
            page.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
            let (from, to) = (page.local_addr().expect("an address"), SocketAddr::new(ip, transport.bound.port()));
            page.send_to(b"hello", to).expect("sent");
            let late = Instant::now() + Duration::from_secs(5);
            let via = loop {
                if let Some(incoming) = transport.receive() {
                    assert_eq!(incoming.data, b"hello");
                    break incoming.via;
                }
                assert!(Instant::now() < late, "nothing came at {bound}");
            };
            assert_eq!(via, Via::udp(from, to), "{bound}");
            let contents = b"hi".to_vec().into();
            transport.send(&Transmit { proto: Protocol::Udp, source: to, destination: from, contents });
            let mut buffer = [0; 8];
            assert_eq!(page.recv_from(&mut buffer).expect("an answer"), (2, to));
        }
    }
}
