//! The WebSocket beside the page: the carrier by which it asks to be let in, says where it may be reached, and notices that
//! the host is gone.

use super::limiter::Permit;
use crate::net::{NetCommand, NetHandle};
use crate::session::protocol::{FromPage, Join, MAX_JOIN, RefusedCode, ToPage, parse_join, parse_page};
use crate::session::{JoinId, Reply};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

/// How long a page may take to say what it wants.
const JOIN_LIMIT: Duration = Duration::from_secs(10);
/// How often a page that is in is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// The same for a page that waits for the host's answer: a phone on another network asks anew, and is shown twice until then.
const PING_WAITING: Duration = Duration::from_secs(5);

/// Messages of a page between two pings: the ways to it when it joins, and now and then another one.
const MESSAGES: u32 = 128;
/// Answers on their way to a page: that the host is asked, what is answered, and ways to the host. Full, one is lost, and is
/// said by the data channel, too.
const REPLIES: usize = 32;

/// Answers a page's wish for a WebSocket. `place` is its connection's, `permit` that of people who are not in yet.
pub(super) fn upgrade(
    upgrade: WebSocketUpgrade,
    net: NetHandle,
    address: IpAddr,
    permit: Permit,
    place: Arc<Permit>,
) -> Response {
    let upgrade = upgrade.max_message_size(MAX_JOIN).max_frame_size(MAX_JOIN);
    upgrade.on_upgrade(move |mut socket| async move {
        if let Some(join) = first_message(&mut socket).await {
            let (replies, answers) = mpsc::channel(REPLIES);
            let id = net.next_join();
            if net.send(NetCommand::Join(id, join, address.into(), replies)) {
                let mut carrier = Carrier { socket: &mut socket, net: &net, id, permit: Some(permit), answered: true };
                carrier.serve(answers).await;
            } else {
                say(&mut socket, &ToPage::refused(RefusedCode::HostError)).await;
            }
        }
        let _ = socket.send(Message::Close(None)).await;
        drop(place);
    })
}

/// What a page wants. None if it is gone, or was told that this is nothing.
async fn first_message(socket: &mut WebSocket) -> Option<Join> {
    let join = match tokio::time::timeout(JOIN_LIMIT, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => parse_join(text.as_str().as_bytes()),
        Ok(Some(Ok(Message::Binary(_)) | Err(_))) => None,
        _ => return None,
    };
    if join.is_none() {
        say(socket, &ToPage::refused(RefusedCode::BadMessage)).await;
    }
    join
}

async fn say(socket: &mut WebSocket, message: &ToPage) -> bool {
    let Ok(text) = serde_json::to_string(message) else { return false };
    socket.send(Message::Text(text.into())).await.is_ok()
}

/// A page that has said what it wants.
struct Carrier<'a> {
    socket: &'a mut WebSocket,
    net: &'a NetHandle,
    id: JoinId,
    /// Until it is in.
    permit: Option<Permit>,
    /// It has answered the last ping.
    answered: bool,
}

impl Carrier<'_> {
    /// Brings messages back and forth, until one side is gone. Hanging up takes the request of one who waits back, by way of
    /// the closed channel; so does being gone without a word, which the pings show.
    async fn serve(&mut self, mut answers: mpsc::Receiver<Reply>) {
        let mut messages = 0;
        let mut pings = every(PING_WAITING);
        pings.tick().await;
        loop {
            tokio::select! {
                answer = answers.recv() => match answer {
                    Some(Reply { message, after }) => {
                        tokio::time::sleep(after).await;
                        if !say(self.socket, &message).await || message.is_last() {
                            return;
                        }
                        if matches!(message, ToPage::Welcome { .. }) {
                            self.permit = None;
                            pings = every(PING_EVERY);
                            pings.tick().await;
                        }
                    }
                    // Who is in is told by the end of the WebSocket that the host is done with them.
                    None if self.permit.is_none() => return,
                    None => {
                        say(self.socket, &ToPage::refused(RefusedCode::HostError)).await;
                        return;
                    }
                },
                said = self.socket.recv() => match said {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => self.answered = true,
                    Some(Ok(Message::Text(text))) if messages < MESSAGES && self.take(text.as_str()) => messages += 1,
                    _ => return,
                },
                _ = pings.tick() => {
                    messages = 0;
                    if !std::mem::take(&mut self.answered)
                        || self.socket.send(Message::Ping(Default::default())).await.is_err()
                    {
                        return;
                    }
                }
            }
        }
    }

    /// False if it is nothing that a page says.
    fn take(&self, text: &str) -> bool {
        match parse_page(text.as_bytes()) {
            None | Some(FromPage::Join(_)) => false,
            // One that finds no place is lost, as a datagram would be.
            Some(message) => {
                self.net.send(NetCommand::Page(self.id, message));
                true
            }
        }
    }
}

/// A clock for pings. A late one is not made up for, or its answer would be due at once.
fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
