//! Receiving with the moment of arrival: the kernel notes it for every datagram, so that the time which a datagram lay
//! waiting for its thread is measured too.

use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a datagram arrived, on the system's clock, which is the one the kernel notes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival(Option<Duration>);

impl Arrival {
    /// How long before `now` that is; none when the kernel did not say.
    pub fn age(self, now: SystemTime) -> Option<Duration> {
        let now = now.duration_since(UNIX_EPOCH).ok()?;
        // A clock that was set meanwhile says nothing.
        now.checked_sub(self.0?).filter(|&took| took < Duration::from_secs(1))
    }
}

/// Asks the kernel to note arrivals. One that cannot does not: only a figure is missing then.
pub(crate) fn note(socket: &UdpSocket) {
    let _ = setsockopt(socket, sockopt::ReceiveTimestampns, &true);
}

/// Receives one datagram: its length, where it came from, and when.
pub(crate) fn receive(
    socket: &UdpSocket,
    buffer: &mut [u8],
    control: &mut [u8],
) -> io::Result<(usize, SocketAddr, Arrival)> {
    let mut parts = [IoSliceMut::new(buffer)];
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(control), MsgFlags::empty())?;
    let arrived = message.cmsgs().ok().into_iter().flatten().find_map(|message| match message {
        ControlMessageOwned::ScmTimestampns(time) => Some(Duration::from(time)),
        _ => None,
    });
    let from = message.address.as_ref();
    let v4 = from.and_then(SockaddrStorage::as_sockaddr_in).map(|it| SocketAddrV4::from(*it).into());
    let source =
        v4.or_else(|| from.and_then(SockaddrStorage::as_sockaddr_in6).map(|it| SocketAddrV6::from(*it).into()));
    let source = source.ok_or_else(|| io::Error::other("a datagram from nowhere"))?;
    Ok((message.bytes, source, Arrival(arrived)))
}

/// Room for what the kernel notes.
pub(crate) fn control_buffer() -> Vec<u8> {
    nix::cmsg_space!(nix::sys::time::TimeSpec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_comes_with_its_sender_and_its_age() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            // A machine without IPv6 has nothing to test there.
            let (Ok(to), Ok(from)) = (UdpSocket::bind(address), UdpSocket::bind(address)) else { continue };
            note(&to);
            let (mut buffer, mut control) = ([0; 16], control_buffer());
            // The kernel begins to note a moment after the first socket of a machine asked for it, and until then
            // gives the time of reading: so the age is looked for until it is there.
            let noted = (0..100).any(|_| {
                from.send_to(b"hello", to.local_addr().expect("an address")).expect("sent");
                std::thread::sleep(Duration::from_millis(20));
                let (len, source, arrived) = receive(&to, &mut buffer, &mut control).expect("received");
                assert_eq!((&buffer[..len], source), (&b"hello"[..], from.local_addr().expect("an address")));
                arrived.age(SystemTime::now()).is_some_and(|age| age >= Duration::from_millis(20))
            });
            assert!(noted, "the time a datagram lay waiting shows at {address}");
        }
    }
}
