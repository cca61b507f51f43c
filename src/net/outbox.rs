//! Datagrams on their way out, in the order in which they were made.
//!
//! Making a frame's datagrams is quick; handing them to the system one by one is not. So they are collected here, and sent
//! a few at a time with a look at what came in between: nobody's input waits until somebody's picture has left, unless so
//! much comes in that what leaves would never have its turn.
//!
//! It is emptied after each peer that is sent something much and at the end of every round of the net thread, so what it
//! holds is what one peer, one batch of datagrams, or the last words to everybody make at once; it grows if that is more
//! than there is room for.

use super::peer::FrameTimes;
use crate::room::PeerId;
use std::collections::VecDeque;
use std::net::UdpSocket;
use str0m::net::Transmit;

/// Datagrams that there is room for from the beginning.
const ROOM: usize = 512;

/// One datagram of a peer's.
struct Outgoing {
    peer: PeerId,
    datagram: Transmit,
    /// It is the last one of this frame.
    ends: Option<FrameTimes>,
}

/// What waits to be sent.
pub(super) struct Outbox(VecDeque<Outgoing>);

impl Outbox {
    /// An empty one.
    pub fn new() -> Outbox {
        Outbox(VecDeque::with_capacity(ROOM))
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One more for `peer`; if it `ends` a frame, that frame's times come back when it is sent.
    pub fn push(&mut self, peer: PeerId, datagram: Transmit, ends: Option<FrameTimes>) {
        self.0.push_back(Outgoing { peer, datagram, ends });
    }

    /// Sends up to `most`, oldest first, and says which frames were sent with them to the last datagram.
    pub fn send(&mut self, most: usize, socket: &UdpSocket, mut sent: impl FnMut(PeerId, &FrameTimes)) {
        for _ in 0..most {
            let Some(Outgoing { peer, datagram, ends }) = self.0.pop_front() else { return };
            // A full socket buffer loses the datagram, as any router on the way would: repeats are WebRTC's business.
            let _ = socket.send_to(&datagram.contents, datagram.destination);
            if let Some(times) = ends {
                sent(peer, &times);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use str0m::net::Protocol;

    #[test]
    fn a_few_leave_at_a_time_in_their_order_and_frames_are_counted_when_their_last_has_left() {
        let socket = || UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let (from, to) = (socket(), socket());
        to.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        let (source, destination) = (from.local_addr().expect("an address"), to.local_addr().expect("an address"));
        let mut outbox = Outbox::new();
        for byte in 0..5u8 {
            let contents = vec![byte; 3].into();
            let at = Duration::ZERO;
            let ends = (byte == 3).then_some(FrameTimes { number: 7, captured: at, taken: at, encoded: at });
            outbox.push(1, Transmit { proto: Protocol::Udp, source, destination, contents }, ends);
        }
        let mut frames = Vec::new();
        outbox.send(3, &from, |peer, times| frames.push((peer, times.number)));
        assert!(frames.is_empty() && !outbox.is_empty());
        outbox.send(3, &from, |peer, times| frames.push((peer, times.number)));
        assert_eq!(frames, [(1, 7)]);
        assert!(outbox.is_empty());
        let mut buffer = [0; 8];
        for byte in 0..5 {
            let len = to.recv(&mut buffer).expect("a datagram");
            assert_eq!(buffer[..len], [byte; 3]);
        }
    }
}
