//! Receiving with the moment of arrival: the kernel notes it for every datagram, so that the time which a datagram lay
//! waiting for its thread is measured too. And with the address it was sent to, which a socket for every address does not say.

use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a datagram arrived, on the system's clock, which is the one the kernel notes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Arrival(Option<Duration>);

impl Arrival {
    /// How long before `now` that is; none when the kernel did not say.
    #[inline]
    pub fn age(self, now: SystemTime) -> Option<Duration> {
        let now = now.duration_since(UNIX_EPOCH).ok()?;
        // A clock that was set meanwhile says nothing.
        now.checked_sub(self.0?).filter(|&took| took < Duration::from_secs(1))
    }
}

/// What is known of a datagram beside its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Received {
    pub len: usize,
    pub source: SocketAddr,
    /// Which of our addresses it was sent to; none when the kernel did not say.
    pub local: Option<IpAddr>,
    pub arrived: Arrival,
}

/// Asks the kernel to note arrivals and addresses. One that cannot does not: then a figure is missing, and the address is
/// taken to be the one that the socket is bound to.
pub(crate) fn note(socket: &UdpSocket) {
    let _ = setsockopt(socket, sockopt::ReceiveTimestampns, &true);
    // A socket of one address receives at no other; of both families, each notes its own.
    let Some(bound) = socket.local_addr().ok().filter(|it| it.ip().is_unspecified()) else { return };
    let _ = setsockopt(socket, sockopt::Ipv4PacketInfo, &true);
    if bound.is_ipv6() {
        let _ = setsockopt(socket, sockopt::Ipv6RecvPacketInfo, &true);
    }
}

/// Receives one datagram. An IPv4 address is one, whatever the family of the socket.
#[inline]
pub(crate) fn receive(socket: &UdpSocket, buffer: &mut [u8], control: &mut [u8]) -> io::Result<Received> {
    let mut parts = [IoSliceMut::new(buffer)];
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(control), MsgFlags::empty())?;
    let (mut arrived, mut local) = (None, None);
    for noted in message.cmsgs().ok().into_iter().flatten() {
        match noted {
            ControlMessageOwned::ScmTimestampns(time) => arrived = Some(Duration::from(time)),
            ControlMessageOwned::Ipv4PacketInfo(info) => {
                local = Some(Ipv4Addr::from(u32::from_be(info.ipi_addr.s_addr)).into());
            }
            ControlMessageOwned::Ipv6PacketInfo(info) => {
                // One that came by IPv4 has both: the other one says the same.
                local = local.or(Some(IpAddr::from(Ipv6Addr::from(info.ipi6_addr.s6_addr)).to_canonical()));
            }
            _ => {}
        }
    }
    let from = message.address.as_ref();
    let v4 = from.and_then(SockaddrStorage::as_sockaddr_in).map(|it| SocketAddrV4::from(*it).into());
    let source =
        v4.or_else(|| from.and_then(SockaddrStorage::as_sockaddr_in6).map(|it| canonical(SocketAddrV6::from(*it))));
    let source = source.ok_or_else(|| io::Error::other("a datagram from nowhere"))?;
    Ok(Received { len: message.bytes, source, local, arrived: Arrival(arrived) })
}

/// IPv4 as IPv4, where a socket for both says it as IPv6.
fn canonical(address: SocketAddrV6) -> SocketAddr {
    match address.ip().to_ipv4_mapped() {
        Some(v4) => SocketAddr::new(v4.into(), address.port()),
        None => address.into(),
    }
}

/// Room for what the kernel notes.
pub(crate) fn control_buffer() -> Vec<u8> {
    nix::cmsg_space!(nix::sys::time::TimeSpec, libc::in_pktinfo, libc::in6_pktinfo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive_one(to: &UdpSocket, from: &UdpSocket, destination: SocketAddr) -> Received {
        let (mut buffer, mut control) = ([0; 16], control_buffer());
        from.send_to(b"hello", destination).expect("sent");
        let received = receive(to, &mut buffer, &mut control).expect("received");
        assert_eq!(&buffer[..received.len], b"hello");
        assert_eq!(received.source, from.local_addr().expect("an address"));
        received
    }

    #[test]
    fn a_datagram_comes_with_its_sender_and_its_age() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            // A machine without IPv6 has nothing to test there.
            let (Ok(to), Ok(from)) = (UdpSocket::bind(address), UdpSocket::bind(address)) else { continue };
            note(&to);
            let destination = to.local_addr().expect("an address");
            // The kernel begins to note a moment after the first socket of a machine asked for it, and until then
            // gives the time of reading: so the age is looked for until it is there.
            let noted = (0..100).any(|_| {
                let (mut buffer, mut control) = ([0; 16], control_buffer());
                from.send_to(b"hello", destination).expect("sent");
                std::thread::sleep(Duration::from_millis(20));
                let received = receive(&to, &mut buffer, &mut control).expect("received");
                received.arrived.age(SystemTime::now()).is_some_and(|age| age >= Duration::from_millis(20))
            });
            assert!(noted, "the time a datagram lay waiting shows at {address}");
        }
    }

    #[test]
    fn a_datagram_says_which_of_our_addresses_it_was_sent_to() {
        for (bound, all) in [("0.0.0.0:0", &["127.0.0.1", "127.0.0.2"][..]), ("[::]:0", &["127.0.0.2", "::1"])] {
            let Ok(to) = super::super::open_udp(bound.parse().expect("an address")) else { continue };
            note(&to);
            let port = to.local_addr().expect("an address").port();
            for ip in all {
                let ip: IpAddr = ip.parse().expect("an address");
                let Ok(from) = UdpSocket::bind((ip, 0)) else { continue };
                assert_eq!(receive_one(&to, &from, (ip, port).into()).local, Some(ip), "{bound}");
            }
        }
    }
}
