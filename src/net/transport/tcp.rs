//! Connections of pages whose network lets no UDP through: the same datagrams, each behind its length (RFC 4571), on the port
//! of the page (ICE-TCP, RFC 6544; this end is the passive one).
//!
//! A connection is carried by two tasks of the web server's thread. Neither waits for the net thread, nor it for them: what
//! does not fit into a queue is lost, as UDP would lose it.

use crate::sync::Event;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// The longest datagram that is taken; those of WebRTC fit into an Ethernet frame.
const LONGEST: usize = 2048;
/// Datagrams of all connections that wait for the net thread. Full, more are dropped.
const IN: usize = 512;
/// Datagrams that wait for one connection: a large keyframe. Full, more are dropped, and WebRTC slows down.
const OUT: usize = 512;
/// Datagrams in a row that are nobody's before a connection that was a peer's is hung up on. Some are on every way: what a page
/// sends before the host's own check of the way was answered, and answers to checks that the host has given up.
const MOST_UNKNOWN: usize = 64;
/// A page that takes nothing for so long is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// One that says nothing for so long, too: connectivity checks come every few seconds.
const READ_LIMIT: Duration = Duration::from_secs(30);
/// A STUN message begins with its type, its length and this (RFC 8489, 5).
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// What is read of a new connection to tell what it carries: length, STUN's type, length and cookie.
pub const HEAD: usize = 10;

/// Whether a connection that begins with these bytes carries datagrams, the first of which is a connectivity check.
pub fn is_framed(head: &[u8; HEAD]) -> bool {
    let len = u16::from_be_bytes([head[0], head[1]]);
    (20..=LONGEST).contains(&usize::from(len)) && head[2] < 0x40 && head[6..] == STUN_COOKIE
}

/// Where a connection leads from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    pub remote: SocketAddr,
    pub local: SocketAddr,
}

/// What happens on connections.
#[derive(Debug)]
enum TcpEvent {
    Opened(Ends, mpsc::Sender<Vec<u8>>),
    Datagram(Ends, Vec<u8>),
    Closed(Ends),
}

/// The web server's end.
#[derive(Clone)]
pub struct TcpAcceptor {
    events: SyncSender<TcpEvent>,
    waiting: Arc<AtomicBool>,
    wake: Arc<Event>,
}

/// The net thread's end.
pub(crate) struct TcpPeers {
    events: Receiver<TcpEvent>,
    /// Something was put into the queue since it was last seen empty: a look at this costs less than one at the queue, and
    /// there are many looks.
    waiting: Arc<AtomicBool>,
    open: HashMap<SocketAddr, Open>,
}

struct Open {
    datagrams: mpsc::Sender<Vec<u8>>,
    /// So many more may be nobody's.
    unknown_left: usize,
}

/// Both ends. `wake` is rung when there is something for the net thread.
pub(crate) fn tcp_peers(wake: Arc<Event>) -> (TcpAcceptor, TcpPeers) {
    let (events, out) = sync_channel(IN);
    let waiting = Arc::new(AtomicBool::new(false));
    (TcpAcceptor { events, waiting: waiting.clone(), wake }, TcpPeers { events: out, waiting, open: HashMap::new() })
}

impl TcpAcceptor {
    /// Carries a connection until either end closes it.
    pub async fn carry<S: AsyncRead + AsyncWrite>(&self, stream: S, ends: Ends) {
        let (sender, datagrams) = mpsc::channel(OUT);
        // Too busy for another one: the page tries again.
        if !self.tell(TcpEvent::Opened(ends, sender)) {
            return;
        }
        let (reader, writer) = tokio::io::split(stream);
        tokio::select! {
            () = self.read(reader, ends) => {}
            () = write(writer, datagrams) => {}
        }
        while !self.tell(TcpEvent::Closed(ends)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// False when there is no room for it. With the net thread gone nobody misses it.
    fn tell(&self, event: TcpEvent) -> bool {
        let told = !matches!(self.events.try_send(event), Err(TrySendError::Full(_)));
        self.waiting.store(true, Ordering::Release);
        self.wake.signal();
        told
    }

    async fn read(&self, mut from: impl AsyncRead + Unpin, ends: Ends) {
        let mut buffer = vec![0; LONGEST];
        loop {
            let Ok(Ok(len)) = timeout(READ_LIMIT, from.read_u16()).await else { return };
            let Some(data) = buffer.get_mut(..usize::from(len)) else { return };
            if !matches!(timeout(READ_LIMIT, from.read_exact(data)).await, Ok(Ok(_))) {
                return;
            }
            self.tell(TcpEvent::Datagram(ends, data.to_vec()));
        }
    }
}

async fn write(mut to: impl AsyncWrite + Unpin, mut datagrams: mpsc::Receiver<Vec<u8>>) {
    let mut buffer = Vec::with_capacity(4 * LONGEST);
    let mut waiting = Vec::new();
    // Closed by the net thread: whoever is there is no peer.
    while datagrams.recv_many(&mut waiting, 16).await > 0 {
        buffer.clear();
        for datagram in waiting.drain(..) {
            let Ok(len) = u16::try_from(datagram.len()) else { continue };
            buffer.extend(len.to_be_bytes());
            buffer.extend(datagram);
        }
        if !matches!(timeout(WRITE_LIMIT, to.write_all(&buffer)).await, Ok(Ok(()))) {
            return;
        }
    }
}

impl TcpPeers {
    /// The next datagram that came.
    #[inline]
    pub fn receive(&mut self) -> Option<(Ends, Vec<u8>)> {
        if !self.waiting.load(Ordering::Acquire) {
            return None;
        }
        loop {
            let event = self.events.try_recv().or_else(|_| {
                // Once more after that: what came in between is seen now, and there may be more of it.
                self.waiting.store(false, Ordering::SeqCst);
                self.events.try_recv().inspect(|_| self.waiting.store(true, Ordering::SeqCst))
            });
            match event.ok()? {
                TcpEvent::Opened(ends, datagrams) => {
                    self.open.insert(ends.remote, Open { datagrams, unknown_left: 0 });
                }
                TcpEvent::Datagram(ends, data) => return Some((ends, data)),
                TcpEvent::Closed(ends) => {
                    self.open.remove(&ends.remote);
                }
            }
        }
    }

    /// Sends a datagram to where a connection came from; without one it is lost.
    pub fn send(&self, to: SocketAddr, datagram: &[u8]) {
        if let Some(connection) = self.open.get(&to) {
            let _ = connection.datagrams.try_send(datagram.to_vec());
        }
    }

    /// Whether the last datagram from there was a peer's. A connection that begins with another is a stranger's, and is closed.
    pub fn set_known(&mut self, remote: SocketAddr, known: bool) {
        let Some(connection) = self.open.get_mut(&remote) else { return };
        if known {
            connection.unknown_left = MOST_UNKNOWN;
        } else if let Some(left) = connection.unknown_left.checked_sub(1) {
            connection.unknown_left = left;
        } else {
            self.open.remove(&remote);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stun(len: u16) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        head[..2].copy_from_slice(&len.to_be_bytes());
        head[3] = 1;
        head[6..].copy_from_slice(&STUN_COOKIE);
        head
    }

    #[test]
    fn a_connectivity_check_is_told_from_a_request_and_from_tls() {
        assert!(is_framed(&stun(20)) && is_framed(&stun(108)));
        assert!(!is_framed(&stun(19)) && !is_framed(&stun(4000)));
        assert!(!is_framed(b"GET / HTTP"));
        assert!(!is_framed(&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3]));
        let mut data = stun(100);
        data[9] = 0;
        assert!(!is_framed(&data), "not STUN");
    }

    fn ends() -> Ends {
        Ends { remote: ([192, 0, 2, 7], 4000).into(), local: ([192, 0, 2, 1], 8470).into() }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
    }

    #[test]
    fn datagrams_go_both_ways_and_a_stranger_is_hung_up_on() {
        let wake = Arc::new(Event::new().expect("an event"));
        let (acceptor, mut peers) = tcp_peers(wake.clone());
        runtime().block_on(async {
            let (mut page, host) = tokio::io::duplex(1 << 16);
            let carried = tokio::spawn(async move { acceptor.carry(host, ends()).await });
            page.write_all(&[0, 3, b'a', b'b', b'c', 0, 0, 0, 1, b'd']).await.expect("written");
            let mut came = Vec::new();
            while came.len() < 3 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                came.extend(std::iter::from_fn(|| peers.receive()));
            }
            let data: Vec<&[u8]> = came.iter().map(|(_, data)| &data[..]).collect();
            assert_eq!(data, [&b"abc"[..], b"", b"d"]);
            assert!(came.iter().all(|(from, _)| *from == ends()));
            peers.send(ends().remote, b"hello");
            peers.send(([192, 0, 2, 8], 4000).into(), b"nobody");
            let mut answer = [0; 7];
            page.read_exact(&mut answer).await.expect("an answer");
            assert_eq!(&answer, b"\0\x05hello");
            peers.set_known(ends().remote, false);
            assert_eq!(page.read(&mut answer).await.expect("an end"), 0);
            carried.await.expect("ended");
        });
        assert!(peers.receive().is_none() && peers.open.is_empty());
    }

    #[test]
    fn a_peer_may_send_what_is_not_known_yet_and_is_hung_up_on_when_it_is_none_any_more() {
        let wake = Arc::new(Event::new().expect("an event"));
        let (acceptor, mut peers) = tcp_peers(wake.clone());
        runtime().block_on(async {
            let (mut page, host) = tokio::io::duplex(1 << 16);
            let carried = tokio::spawn(async move { acceptor.carry(host, ends()).await });
            page.write_all(&[0, 1, b'a']).await.expect("written");
            while peers.receive().is_none() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            for round in 0..3 {
                peers.set_known(ends().remote, true);
                for _ in 0..MOST_UNKNOWN {
                    peers.set_known(ends().remote, false);
                }
                assert_eq!(peers.open.len(), 1, "{round}");
            }
            peers.set_known(ends().remote, false);
            assert_eq!(page.read(&mut [0; 7]).await.expect("an end"), 0);
            carried.await.expect("ended");
            peers.set_known(ends().remote, true);
        });
        assert!(peers.receive().is_none() && peers.open.is_empty());
    }

    #[test]
    fn one_that_sends_more_than_a_datagram_can_be_is_hung_up_on() {
        let (acceptor, mut peers) = tcp_peers(Arc::new(Event::new().expect("an event")));
        runtime().block_on(async {
            let (mut page, host) = tokio::io::duplex(1 << 16);
            page.write_all(&[0xff, 0xff, 1]).await.expect("written");
            acceptor.carry(host, ends()).await;
        });
        assert!(peers.receive().is_none() && peers.open.is_empty());
    }

    #[test]
    fn what_a_page_does_not_read_is_lost_and_nobody_waits() {
        let (acceptor, mut peers) = tcp_peers(Arc::new(Event::new().expect("an event")));
        runtime().block_on(async {
            let (page, host) = tokio::io::duplex(64);
            let carried = tokio::spawn(async move { acceptor.carry(host, ends()).await });
            tokio::task::yield_now().await;
            assert!(peers.receive().is_none());
            for _ in 0..2 * OUT {
                peers.send(ends().remote, &[7; 1200]);
            }
            drop(page);
            carried.await.expect("ended");
        });
    }
}
