//! TURN by TCP and by TLS, for networks that let no UDP through (RFC 8656, 2.1).
//!
//! A thread of its own connects and carries whole messages both ways, by queues. Neither side waits for the other: what
//! does not fit into a queue is lost, as UDP would lose it.

use super::super::super::tls::client_config;
use super::status::TurnProblem;
use crate::sync::{Event, spawn};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The longest message that is taken; those of WebRTC fit into an Ethernet frame, and the server puts little around them.
const LONGEST: usize = 2048;
/// The shortest: what says how long it is.
const HEAD: usize = 4;
/// A STUN message's own header (RFC 8489, 5).
const STUN_HEAD: usize = 20;
/// Messages of all servers that wait for the net thread. Full, more are dropped.
const IN: usize = 512;
/// Messages that wait for one connection: a large keyframe. Full, more are dropped, and WebRTC slows down.
const OUT: usize = 512;
/// Connections that wait to be made; full, one is tried again later.
const COMMANDS: usize = 16;
/// TCP's handshake and that of TLS, each.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// A server that takes nothing for so long is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// One that says nothing for so long, too: it is asked something every 25 s.
const READ_LIMIT: Duration = Duration::from_secs(60);

/// A connection, by a number that is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamId(pub u64);

/// What happens on connections.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StreamEvent {
    Opened(StreamId),
    Message(StreamId, Vec<u8>),
    Closed(StreamId, TurnProblem),
}

struct Connect {
    id: StreamId,
    address: SocketAddr,
    /// Whose certificate is asked for; none for plain TCP.
    host: Option<String>,
    outbox: mpsc::Receiver<Vec<u8>>,
}

/// The net thread's end.
pub(super) struct Streams {
    /// The thread, once there was something for it.
    commands: Option<mpsc::Sender<Connect>>,
    events: Receiver<StreamEvent>,
    told: Told,
    last: u64,
}

/// The way of what happens to the net thread.
#[derive(Clone)]
struct Told {
    events: SyncSender<StreamEvent>,
    /// Something was put into the queue since it was last seen empty: a look at this costs less than one at the queue.
    waiting: Arc<AtomicBool>,
    wake: Arc<Event>,
}

impl Told {
    /// False when there is no room for it.
    fn tell(&self, event: StreamEvent) -> bool {
        let told = !matches!(self.events.try_send(event), Err(TrySendError::Full(_)));
        self.waiting.store(true, Ordering::Release);
        self.wake.signal();
        told
    }

    /// What must not be lost.
    async fn insist(&self, event: impl Fn() -> StreamEvent) {
        while !self.tell(event()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Streams {
    /// `wake` is rung when there is something for the net thread.
    pub fn new(wake: Arc<Event>) -> Streams {
        let (events, out) = sync_channel(IN);
        let told = Told { events, waiting: Arc::default(), wake };
        Streams { commands: None, events: out, told, last: 0 }
    }

    /// Connects; what becomes of it comes as events. What is put into the queue is sent, and dropping it hangs up. None
    /// when that cannot even be tried.
    pub fn connect(&mut self, address: SocketAddr, host: Option<String>) -> Option<(StreamId, mpsc::Sender<Vec<u8>>)> {
        if self.commands.as_ref().is_none_or(mpsc::Sender::is_closed) {
            let (commands, inbox) = mpsc::channel(COMMANDS);
            let told = self.told.clone();
            // It ends when the commands do.
            spawn("turn", move || run(inbox, told)).inspect_err(|why| tracing::error!("{why}")).ok()?;
            self.commands = Some(commands);
        }
        self.last += 1;
        let id = StreamId(self.last);
        let (outgoing, outbox) = mpsc::channel(OUT);
        let sent = self.commands.as_ref()?.try_send(Connect { id, address, host, outbox });
        sent.ok().map(|()| (id, outgoing))
    }

    /// The next thing that happened.
    #[inline]
    pub fn poll_event(&mut self) -> Option<StreamEvent> {
        if !self.told.waiting.load(Ordering::Acquire) {
            return None;
        }
        let event = self.events.try_recv().or_else(|_| {
            // Once more after that: what came in between is seen now, and there may be more of it.
            self.told.waiting.store(false, Ordering::SeqCst);
            self.events.try_recv().inspect(|_| self.told.waiting.store(true, Ordering::SeqCst))
        });
        event.ok()
    }
}

fn run(mut inbox: mpsc::Receiver<Connect>, told: Told) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let mut tls: Option<Arc<ClientConfig>> = None;
        while let Some(connect) = inbox.recv().await {
            // The system's authorities are read once, and only for TLS.
            if connect.host.is_some() && tls.is_none() {
                tls = client_config(&[]);
            }
            tokio::spawn(carry(connect, tls.clone(), told.clone()));
        }
    });
    runtime.shutdown_background();
}

async fn carry(connect: Connect, tls: Option<Arc<ClientConfig>>, told: Told) {
    let Connect { id, address, host, outbox } = connect;
    let problem = match open(address, host, tls).await {
        Ok(stream) => {
            told.insist(|| StreamEvent::Opened(id)).await;
            serve(stream, id, outbox, &told).await
        }
        Err(problem) => problem,
    };
    told.insist(|| StreamEvent::Closed(id, problem.clone())).await;
}

/// What there is to read from and to write to.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn open(
    address: SocketAddr,
    host: Option<String>,
    tls: Option<Arc<ClientConfig>>,
) -> Result<Box<dyn Stream>, TurnProblem> {
    let tcp = match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
        Ok(Ok(tcp)) => tcp,
        Ok(Err(error)) => return Err(TurnProblem::Unreachable { cause: error.into() }),
        Err(_) => return Err(TurnProblem::NoAnswer),
    };
    // Inputs do not wait for each other.
    let _ = tcp.set_nodelay(true);
    let Some(host) = host else { return Ok(Box::new(tcp)) };
    let name = ServerName::try_from(host).map_err(|_| TurnProblem::Certificate)?;
    let connector = TlsConnector::from(tls.ok_or(TurnProblem::Certificate)?);
    match timeout(CONNECT_LIMIT, connector.connect(name, tcp)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(tls_problem(&error)),
        Err(_) => Err(TurnProblem::NoAnswer),
    }
}

fn tls_problem(error: &io::Error) -> TurnProblem {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(_)) => TurnProblem::Certificate,
        Some(_) => TurnProblem::Nonsense,
        None => TurnProblem::Unreachable { cause: io::Error::from(error.kind()).into() },
    }
}

async fn serve(stream: impl Stream, id: StreamId, outbox: mpsc::Receiver<Vec<u8>>, told: &Told) -> TurnProblem {
    let (reader, writer) = tokio::io::split(stream);
    tokio::select! {
        problem = read(reader, id, told) => problem,
        () = write(writer, outbox) => TurnProblem::Closed,
    }
}

/// Until the server hangs up, or says what is no message.
async fn read(mut from: impl AsyncRead + Unpin, id: StreamId, told: &Told) -> TurnProblem {
    let mut buffer = vec![0; LONGEST];
    loop {
        let begun = timeout(READ_LIMIT, from.read_exact(&mut buffer[..HEAD])).await;
        match begun {
            Ok(Ok(_)) => {}
            Ok(Err(_)) => return TurnProblem::Closed,
            Err(_) => return TurnProblem::NoAnswer,
        }
        let Some((len, padded)) = lengths([buffer[0], buffer[1], buffer[2], buffer[3]]) else {
            return TurnProblem::Nonsense;
        };
        let rest = timeout(READ_LIMIT, from.read_exact(&mut buffer[HEAD..padded])).await;
        if !matches!(rest, Ok(Ok(_))) {
            return TurnProblem::Closed;
        }
        // Full: lost.
        told.tell(StreamEvent::Message(id, buffer[..len].to_vec()));
    }
}

/// How long the message is that begins so, and how much it takes up on the connection: channel data is filled up to whole
/// words (RFC 8656, 12.5). None for what is no message, or a longer one than there is any.
fn lengths(head: [u8; HEAD]) -> Option<(usize, usize)> {
    let said = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let len = match head[0] >> 6 {
        0 if said.is_multiple_of(4) => STUN_HEAD + said,
        1 => HEAD + said,
        _ => return None,
    };
    let padded = len.next_multiple_of(4);
    (padded <= LONGEST).then_some((len, padded))
}

/// Until nobody has anything to send any more.
async fn write(mut to: impl AsyncWrite + Unpin, mut outbox: mpsc::Receiver<Vec<u8>>) {
    let mut buffer = Vec::with_capacity(4 * LONGEST);
    let mut waiting = Vec::new();
    while outbox.recv_many(&mut waiting, 16).await > 0 {
        buffer.clear();
        for message in waiting.drain(..) {
            buffer.extend(message);
            buffer.resize(buffer.len().next_multiple_of(4), 0);
        }
        let written = timeout(WRITE_LIMIT, async {
            to.write_all(&buffer).await?;
            to.flush().await
        });
        if !matches!(written.await, Ok(Ok(()))) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streams() -> Streams {
        Streams::new(Arc::new(Event::new().expect("an event")))
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
    }

    /// What is made of these bytes, and how it ends.
    fn received(bytes: &[u8]) -> (Vec<Vec<u8>>, TurnProblem) {
        let mut streams = streams();
        let problem = runtime().block_on(read(bytes, StreamId(1), &streams.told));
        let mut messages = Vec::new();
        while let Some(StreamEvent::Message(_, message)) = streams.poll_event() {
            messages.push(message);
        }
        (messages, problem)
    }

    #[test]
    fn messages_are_cut_out_of_the_stream_without_what_fills_them_up() {
        let mut bytes = vec![0x40, 1, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0];
        bytes.extend([1, 1, 0, 4].into_iter().chain([7; 20]));
        bytes.extend([0x40, 1, 0, 0]);
        let (messages, problem) = received(&bytes);
        assert_eq!(messages.iter().map(Vec::len).collect::<Vec<_>>(), [9, 24, 4]);
        assert_eq!((&messages[0][4..], problem), (&[1, 2, 3, 4, 5][..], TurnProblem::Closed));
    }

    #[test]
    fn what_is_no_message_ends_the_connection_at_its_first_bytes() {
        for garbage in
            [&b"HTTP/1.1 400"[..], &[0xff; 16], &[0, 1, 0, 3, 0], &[0x40, 0, 0xff, 0xff], &[0, 1, 0xff, 0xfc]]
        {
            assert_eq!(received(garbage), (Vec::new(), TurnProblem::Nonsense), "{garbage:?}");
        }
        assert_eq!(received(&[0x40, 1, 0, 9, 1]), (Vec::new(), TurnProblem::Closed), "half a message");
    }

    #[test]
    fn a_flood_is_lost_beyond_what_there_is_room_for() {
        let bytes = [0x40, 1, 0, 0].repeat(4 * IN);
        assert_eq!(received(&bytes).0.len(), IN);
    }

    #[test]
    fn what_is_sent_is_filled_up_to_whole_words() {
        runtime().block_on(async {
            let (outgoing, outbox) = mpsc::channel(4);
            let (mut server, host) = tokio::io::duplex(64);
            outgoing.send(vec![0x40, 1, 0, 1, 9]).await.expect("room");
            outgoing.send(vec![0x40, 1, 0, 4, 1, 2, 3, 4]).await.expect("room");
            drop(outgoing);
            write(host, outbox).await;
            let mut all = Vec::new();
            server.read_to_end(&mut all).await.expect("an end");
            assert_eq!(all, [0x40, 1, 0, 1, 9, 0, 0, 0, 0x40, 1, 0, 4, 1, 2, 3, 4]);
        });
    }

    #[test]
    fn a_server_that_is_not_there_or_is_none_says_what_is_wrong() {
        let mut streams = streams();
        let next = |streams: &mut Streams| loop {
            if let Some(event) = streams.poll_event() {
                return event;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
        let address = listener.local_addr().expect("an address");
        let server = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let (mut page, _) = listener.accept().expect("a connection");
            page.write_all(b"220 mail.example ESMTP\r\n").expect("written");
            let _ = page.read(&mut [0; 64]);
        });
        let (id, _outgoing) = streams.connect(address, Some("relay.example".into())).expect("a try");
        assert_eq!(next(&mut streams), StreamEvent::Closed(id, TurnProblem::Nonsense));
        server.join().expect("ended");
        let (id, _outgoing) = streams.connect(address, None).expect("a try");
        assert!(matches!(next(&mut streams), StreamEvent::Closed(it, TurnProblem::Unreachable { .. }) if it == id));
    }
}
