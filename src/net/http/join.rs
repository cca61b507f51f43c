//! The WebSocket on which a page asks to be let in, and on which it notices that the host is gone.

use super::limiter::Permit;
use crate::net::{NetCommand, NetHandle};
use crate::session::Reply;
use crate::session::protocol::{MAX_JOIN, RefusedCode, ToPage, parse_join};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

/// How long a page may take to say what it wants.
const JOIN_LIMIT: Duration = Duration::from_secs(10);
/// How often a page that is in is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// The same for a page that waits for the host's answer: a phone on another network asks anew, and is shown twice until then.
const PING_WAITING: Duration = Duration::from_secs(5);

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
        if serve(&mut socket, &net, address).await {
            drop(permit);
            stay(&mut socket).await;
        }
        let _ = socket.send(Message::Close(None)).await;
        drop(place);
    })
}

/// Stays open so that the page notices at once when the host goes. Nothing more is expected on it than answers to our
/// pings: a page that went away without a word is not waited for.
async fn stay(socket: &mut WebSocket) {
    let mut answered = true;
    loop {
        match tokio::time::timeout(PING_EVERY, socket.recv()).await {
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => answered = true,
            Ok(_) => return,
            Err(_) => {
                if !ping(socket, &mut answered).await {
                    return;
                }
            }
        }
    }
}

/// Asks whether the page is still there. False if it did not answer the last time.
async fn ping(socket: &mut WebSocket, answered: &mut bool) -> bool {
    std::mem::take(answered) && socket.send(Message::Ping(Default::default())).await.is_ok()
}

/// Hears what a page wants and tells it what comes of it. True if it is in.
async fn serve(socket: &mut WebSocket, net: &NetHandle, address: IpAddr) -> bool {
    let join = match tokio::time::timeout(JOIN_LIMIT, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => parse_join(text.as_str()),
        Ok(Some(Ok(Message::Binary(_)) | Err(_))) => None,
        _ => return false,
    };
    let Some(join) = join else {
        return say(socket, &ToPage::refused(RefusedCode::BadMessage)).await;
    };
    // Two answers at most: that the host is asked, and what is answered.
    let (replies, mut answers) = mpsc::channel::<Reply>(4);
    if !net.send(NetCommand::Join(join, address, replies)) {
        return say(socket, &ToPage::refused(RefusedCode::HostError)).await;
    }
    let mut answered = true;
    let mut pings = tokio::time::interval(PING_WAITING);
    // The first comes at once; a late one is not made up for, or its answer would be due at once.
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.tick().await;
    loop {
        tokio::select! {
            answer = answers.recv() => {
                let Some(Reply { message, after }) = answer else {
                    return say(socket, &ToPage::refused(RefusedCode::HostError)).await;
                };
                tokio::time::sleep(after).await;
                let waits = message == ToPage::Waiting;
                if !say(socket, &message).await && !waits {
                    return false;
                }
                if !waits {
                    return true;
                }
            }
            // A page that waits says nothing; hanging up takes the request back, by way of the closed channel, and so does
            // being gone without a word.
            said = socket.recv() => match said {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => answered = true,
                _ => return false,
            },
            _ = pings.tick() => {
                if !ping(socket, &mut answered).await {
                    return false;
                }
            }
        }
    }
}

/// Says it. True if that is a welcome, and it was heard.
async fn say(socket: &mut WebSocket, message: &ToPage) -> bool {
    let Ok(text) = serde_json::to_string(message) else { return false };
    socket.send(Message::Text(text.into())).await.is_ok() && matches!(message, ToPage::Welcome { .. })
}
