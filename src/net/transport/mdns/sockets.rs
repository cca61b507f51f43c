//! The sockets of multicast DNS, open only while something is asked for: for each network two of a family. From one is asked
//! with a port of our own; the other one shares the port of multicast DNS with whoever else on this machine has it.

use super::links::{Link, Links};
use super::{Port, QUESTION};
use rustix::event::epoll;
use rustix::net::{self, AddressFamily, SocketFlags, SocketType, sockopt};
use rustix::time::Timespec;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Where everybody is asked (RFC 6762, 3).
const MDNS: u16 = 5353;
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);
/// Whoever receives a smaller one knows that it came from elsewhere (RFC 6762, 11).
const HOPS: u8 = 255;
/// The longest message that is read as a whole; a browser's answer is a tenth of it.
const LONGEST: usize = 1500;

struct Socket {
    socket: UdpSocket,
    port: Port,
    group: SocketAddr,
}

impl Socket {
    fn v4(port: Port, link: &Link, own: Ipv4Addr) -> io::Result<Socket> {
        let group = SocketAddr::from((GROUP_V4, MDNS));
        let socket = match port {
            Port::Own => bound((own, 0).into())?,
            // At the group's address: what is sent to this machine alone stays with whoever serves the port.
            Port::Shared => {
                let socket = bound(group)?;
                sockopt::set_ip_add_membership_with_ifindex(&socket, &GROUP_V4, &own, link.index)?;
                socket
            }
        };
        sockopt::set_ip_multicast_if_with_ifindex(&socket, &GROUP_V4, &own, link.index)?;
        sockopt::set_ip_multicast_ttl(&socket, HOPS.into())?;
        Ok(Socket { socket, port, group })
    }

    fn v6(port: Port, link: &Link) -> io::Result<Socket> {
        let group = SocketAddrV6::new(GROUP_V6, MDNS, 0, link.index).into();
        let socket = match port {
            Port::Own => bound((Ipv6Addr::UNSPECIFIED, 0).into())?,
            Port::Shared => {
                let socket = bound(group)?;
                sockopt::set_ipv6_add_membership(&socket, &GROUP_V6, link.index)?;
                socket
            }
        };
        sockopt::set_ipv6_multicast_if(&socket, link.index)?;
        sockopt::set_ipv6_multicast_hops(&socket, HOPS.into())?;
        Ok(Socket { socket, port, group })
    }
}

/// A socket that does not wait, beside others with the same port.
fn bound(address: SocketAddr) -> io::Result<UdpSocket> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let socket = net::socket_with(family, SocketType::DGRAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?;
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    if address.port() == MDNS {
        // Others ask for either, and each wants the same of whoever comes later.
        sockopt::set_socket_reuseaddr(&socket, true)?;
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    net::bind(&socket, &address)?;
    Ok(socket.into())
}

/// All of them.
pub struct Sockets {
    links: Links,
    sockets: Vec<Socket>,
    /// Readable when one of them is.
    ready: OwnedFd,
    buffer: [u8; LONGEST],
}

impl Sockets {
    /// One that cannot be opened is done without; the error is there when there is none at all.
    pub fn open(links: Links) -> io::Result<Sockets> {
        let mut sockets = Vec::new();
        let mut failed = io::Error::from(io::ErrorKind::NetworkUnreachable);
        for link in links.iter() {
            for port in [Port::Own, Port::Shared] {
                let v4 = link.v4.map(|own| Socket::v4(port, link, own));
                let v6 = link.v6.then(|| Socket::v6(port, link));
                for opened in v4.into_iter().chain(v6) {
                    match opened {
                        Ok(socket) => sockets.push(socket),
                        Err(error) => failed = error,
                    }
                }
            }
        }
        if sockets.is_empty() {
            return Err(failed);
        }
        let ready = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        for (at, it) in sockets.iter().enumerate() {
            epoll::add(&ready, &it.socket, epoll::EventData::new_u64(at as u64), epoll::EventFlags::IN)?;
        }
        Ok(Sockets { links, sockets, ready, buffer: [0; LONGEST] })
    }

    /// Readable when a message came.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.ready.as_fd()
    }

    /// Asks everybody in every network. Where the shared port could not be had, a port of our own does.
    pub fn ask(&self, port: Port, question: &[u8; QUESTION]) {
        let shared = |it: &Socket| it.port == Port::Shared;
        for it in &self.sockets {
            let instead = !shared(it) && !self.sockets.iter().any(|other| shared(other) && other.group == it.group);
            if it.port == port || instead {
                // A full buffer loses it, as the network may: it is asked again.
                let _ = it.socket.send_to(question, it.group);
            }
        }
    }

    /// The next messages, one of each socket that has one, with their senders. False when there was none.
    pub fn receive(&mut self, mut handle: impl FnMut(IpAddr, &[u8], &Links)) -> bool {
        let mut events = [const { std::mem::MaybeUninit::uninit() }; 16];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let Ok((events, _)) = epoll::wait(&self.ready, &mut events, Some(&at_once)) else { return false };
        for event in events.iter() {
            let Some(it) = self.sockets.get(event.data.u64() as usize) else { continue };
            if let Ok((len, source)) = it.socket.recv_from(&mut self.buffer) {
                handle(source.ip(), &self.buffer[..len], &self.links);
            }
        }
        !events.is_empty()
    }
}
