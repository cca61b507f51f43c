//! Handing datagrams to the system, a few at a time.
//!
//! Making a frame's datagrams is quick; handing them to the system one by one is not. So the session collects them, and the
//! net thread looks at what came in between two handfuls: an input does not wait until a picture has left.

use super::media::MediaTransport;
use super::turn::TurnClient;
use crate::room::PeerId;
use crate::session::Datagram;
use crate::session::connection::FrameTimes;

/// Where datagrams come from, oldest first.
pub(crate) trait Outgoing {
    fn next(&mut self) -> Option<Datagram>;

    /// The last datagram of a frame was handed to the system.
    fn sent(&mut self, peer: PeerId, times: &FrameTimes);
}

/// Sends up to `most` datagrams.
#[inline]
pub(crate) fn send(most: usize, transport: &MediaTransport, turn: &mut TurnClient, from: &mut impl Outgoing) {
    for _ in 0..most {
        let Some(Datagram { peer, transmit, ends }) = from.next() else { return };
        let mut to_relay = |relay, message: &[u8]| transport.send_to(relay, message);
        if !turn.relay(transmit.source, transmit.destination, &transmit.contents, &mut to_relay) {
            transport.send(&transmit);
        }
        if let Some(times) = ends {
            from.sent(peer, &times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tcp::tcp_peers;
    use super::*;
    use crate::sync::Event;
    use std::collections::VecDeque;
    use std::net::UdpSocket;
    use std::sync::Arc;
    use std::time::{Duration, Instant};
    use str0m::net::{Protocol, Transmit};

    #[derive(Default)]
    struct Queue {
        waiting: VecDeque<Datagram>,
        frames: Vec<(PeerId, u64)>,
    }

    impl Outgoing for Queue {
        fn next(&mut self) -> Option<Datagram> {
            self.waiting.pop_front()
        }

        fn sent(&mut self, peer: PeerId, times: &FrameTimes) {
            self.frames.push((peer, times.number));
        }
    }

    #[test]
    fn a_few_leave_at_a_time_in_their_order_and_frames_are_counted_when_their_last_has_left() {
        let socket = || UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let (from, to) = (socket(), socket());
        to.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        let (source, destination) = (from.local_addr().expect("an address"), to.local_addr().expect("an address"));
        let event = Arc::new(Event::new().expect("an event"));
        let (_, tcp) = tcp_peers(event.clone());
        let mut turn = TurnClient::new(event, Instant::now());
        let transport = MediaTransport::new(from, tcp).expect("a transport");
        let mut queue = Queue::default();
        for byte in 0..5u8 {
            let contents = vec![byte; 3].into();
            let at = Duration::ZERO;
            let ends = (byte == 3).then_some(FrameTimes { number: 7, captured: at, taken: at, encoded: at });
            let transmit = Transmit { proto: Protocol::Udp, source, destination, contents };
            queue.waiting.push_back(Datagram { peer: PeerId(1), transmit, ends });
        }
        send(3, &transport, &mut turn, &mut queue);
        assert!(queue.frames.is_empty() && !queue.waiting.is_empty());
        send(3, &transport, &mut turn, &mut queue);
        assert_eq!(queue.frames, [(PeerId(1), 7)]);
        assert!(queue.waiting.is_empty());
        let mut buffer = [0; 8];
        for byte in 0..5 {
            let len = to.recv(&mut buffer).expect("a datagram");
            assert_eq!(buffer[..len], [byte; 3]);
        }
    }
}
