//! Packets on their way to one client.

use super::broker::{Ended, Queue};
use axum::body::Bytes;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::{Notify, mpsc};

/// Packets that may wait for a client, and their bytes: what a page says at once when it joins, acknowledged; four of the longest
/// messages. Full, the client is given up: whoever does not read has nothing of what is said later, and pages come again.
const PACKETS: usize = 256;
const BYTES: usize = 256 * 1024;

#[derive(Default)]
struct State {
    waiting_bytes: AtomicUsize,
    why: OnceLock<Ended>,
    closed: Notify,
}

/// The broker's end.
pub struct Outbox {
    packets: mpsc::Sender<Bytes>,
    state: Arc<State>,
}

/// The connection's end.
pub struct Waiting {
    packets: mpsc::Receiver<Bytes>,
    state: Arc<State>,
}

/// Both ends.
pub fn outbox() -> (Outbox, Waiting) {
    let (packets, waiting) = mpsc::channel(PACKETS);
    let state = Arc::new(State::default());
    (Outbox { packets, state: state.clone() }, Waiting { packets: waiting, state })
}

impl Queue for Outbox {
    fn push(&self, packet: Bytes) -> bool {
        let len = packet.len();
        let waiting = self.state.waiting_bytes.fetch_add(len, Ordering::Relaxed) + len;
        let pushed = waiting <= BYTES && self.packets.try_send(packet).is_ok();
        if !pushed {
            self.state.waiting_bytes.fetch_sub(len, Ordering::Relaxed);
        }
        pushed
    }

    fn close(&self, why: Ended) {
        let _ = self.state.why.set(why);
        self.state.closed.notify_one();
    }
}

impl Waiting {
    /// The next packet; none when there will be no more.
    pub async fn recv(&mut self) -> Option<Bytes> {
        let packet = self.packets.recv().await?;
        self.state.waiting_bytes.fetch_sub(packet.len(), Ordering::Relaxed);
        Some(packet)
    }

    /// Why the broker gave the connection up, if it did.
    pub fn why(&self) -> Option<Ended> {
        self.state.why.get().copied()
    }

    /// Until the broker gives the connection up. One waits at a time.
    pub fn closed(&self) -> impl Future<Output = ()> + use<> {
        let state = self.state.clone();
        async move {
            while state.why.get().is_none() {
                state.closed.notified().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_takes_no_more_until_some_is_read() {
        let (outbox, mut waiting) = outbox();
        let large = Bytes::from(vec![0; 65_600]);
        assert_eq!((0..9).filter(|_| outbox.push(large.clone())).count(), BYTES / large.len());
        let small = Bytes::from_static(b"x");
        assert!(outbox.push(small.clone()), "a smaller one still fits");
        assert!(waiting.recv().await.is_some() && outbox.push(large));
        while outbox.push(small.clone()) {}
        assert!(waiting.recv().await.is_some() && outbox.push(small));
        outbox.close(Ended::Slow);
        waiting.closed().await;
        assert_eq!(waiting.why(), Some(Ended::Slow));
        drop(outbox);
        while waiting.recv().await.is_some() {}
        assert_eq!(waiting.state.waiting_bytes.load(Ordering::Relaxed), 0);
    }
}
