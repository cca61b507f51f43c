//! One client: MQTT in the messages of a WebSocket (MQTT 3.1.1, 6).

use super::broker::{ClientId, Ended};
use super::outbox::{Outbox, Waiting, outbox};
use super::packet::{self, ConnectCode, LONGEST, PacketError, decode};
use super::server::{Place, Shared};
use crate::sync::now;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How long a connection may be without a CONNECT.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long the system may take to have room for a packet.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// The same for the last words.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// A packet's first two fields beside its [`LONGEST`].
const HEAD: usize = 5;
/// What is read at once. Each idle connection has a buffer of that size.
const READ: usize = 2048;

/// Answers a client's wish for a WebSocket. The places are its own and its connection's.
pub(super) fn upgrade(
    upgrade: WebSocketUpgrade,
    shared: Arc<Shared>,
    place: Place,
    socket_place: Option<Arc<Place>>,
) -> Response {
    let upgrade = upgrade.protocols(["mqtt"]).max_message_size(LONGEST + HEAD).max_frame_size(LONGEST + HEAD);
    let upgrade = upgrade.read_buffer_size(READ).write_buffer_size(0);
    upgrade.on_upgrade(move |socket| async move {
        let (outbox, mut waiting) = outbox();
        let mut client =
            Client { socket, shared, id: None, outbox: Some(outbox), unfinished: Vec::new(), silence: CONNECT_LIMIT };
        let Err((why, last_word)) = client.serve(&mut waiting).await;
        client.shared.broker().handle_end(client.id, waiting.why().unwrap_or(why));
        drop(place);
        client.say_goodbye(last_word).await;
        drop(socket_place);
    })
}

/// Why the connection ends, and what the client is told.
type End = (Ended, Option<Bytes>);

struct Client {
    socket: WebSocket,
    shared: Arc<Shared>,
    /// Once it has introduced itself.
    id: Option<ClientId>,
    /// Until then.
    outbox: Option<Outbox>,
    /// The beginning of a packet.
    unfinished: Vec<u8>,
    /// The longest that is allowed.
    silence: Duration,
}

impl Client {
    async fn serve(&mut self, waiting: &mut Waiting) -> Result<Infallible, End> {
        let mut heard = Instant::now();
        let closed = waiting.closed();
        tokio::pin!(closed);
        loop {
            tokio::select! {
                message = timeout_at(heard + self.silence, self.socket.recv()) => {
                    let message = message.map_err(|_| (Ended::Silent, None))?;
                    let bytes = match message {
                        Some(Ok(Message::Binary(bytes))) => bytes,
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                        Some(Ok(Message::Text(_))) => return Err((Ended::Malformed, None)),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return Err((Ended::ByClient, None)),
                    };
                    if self.take(&bytes)? {
                        heard = Instant::now();
                    }
                }
                packet = waiting.recv() => {
                    let packet = packet.ok_or((Ended::ByClient, None))?;
                    let written = async { timeout(WRITE_LIMIT, self.socket.send(Message::Binary(packet))).await };
                    tokio::select! {
                        written = written => match written {
                            Ok(Ok(())) => {}
                            Ok(Err(_)) => return Err((Ended::ByClient, None)),
                            Err(_) => return Err((Ended::Slow, None)),
                        },
                        () = &mut closed => return Err((Ended::ByClient, None)),
                    }
                }
                () = &mut closed => return Err((Ended::ByClient, None)),
            }
        }
    }

    /// Reads what a message brought; whether there was a whole packet. Packets may begin and end anywhere in messages.
    fn take(&mut self, message: &[u8]) -> Result<bool, End> {
        let mut bytes = std::mem::take(&mut self.unfinished);
        bytes.extend_from_slice(message);
        let mut taken = 0;
        while let Some((packet, len)) = decode(&bytes[taken..]).map_err(|error| self.refuse(error))? {
            self.handle(&packet)?;
            taken += len;
        }
        // What is not whole stays where it is: whoever sends a packet byte by byte does not have it copied each time.
        bytes.drain(..taken);
        self.unfinished = if bytes.is_empty() { Vec::new() } else { bytes };
        Ok(taken > 0)
    }

    fn refuse(&self, error: PacketError) -> End {
        let told = error == PacketError::Version && self.id.is_none();
        (error.into(), told.then(|| packet::connack(ConnectCode::Version)))
    }

    fn handle(&mut self, packet: &packet::Packet<'_>) -> Result<(), End> {
        let mut broker = self.shared.broker();
        match (self.id, self.outbox.take()) {
            (Some(id), _) => broker.handle_packet(id, packet, now()).map_err(|why| (why, None)),
            (None, Some(outbox)) => {
                let (id, silence) = broker.handle_connect(packet, outbox, now())?;
                (self.id, self.silence) = (Some(id), silence);
                Ok(())
            }
            (None, None) => Err((Ended::Malformed, None)),
        }
    }

    async fn say_goodbye(mut self, last_word: Option<Bytes>) {
        let _ = timeout(CLOSE_LIMIT, async {
            if let Some(packet) = last_word {
                let _ = self.socket.send(Message::Binary(packet)).await;
            }
            let _ = self.socket.send(Message::Close(None)).await;
        })
        .await;
    }
}
