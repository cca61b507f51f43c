//! The page and the door: a small web server on a thread of its own. It decides nothing: whoever wants in is handed to
//! the net thread, which owns the room.

use super::page;
use super::protocol::{FromPage, MAX_JOIN, RefusedCode, ToPage};
use super::thread::{NetCommand, NetHandle};
use crate::sync::spawn;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long somebody may take to say what they want.
const JOIN_LIMIT: Duration = Duration::from_secs(10);

/// What a page may load: its own files, nothing else, and no script or style inside it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The running web server. Dropping it ends it.
pub struct Signaling {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Signaling {
    /// Serves page and WebSocket on `listener`.
    pub fn start(listener: TcpListener, net: NetHandle) -> Result<Signaling, String> {
        let failed = |error: std::io::Error| format!("The page cannot be served: {error}.");
        listener.set_nonblocking(true).map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let thread = spawn("signaling", move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                let app = Router::new().route("/ws", any(socket)).fallback(get(file)).with_state(net);
                tokio::select! {
                    _ = axum::serve(listener, app) => {}
                    _ = stopped => {}
                }
            });
            // Connections that are still open are cut, not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Signaling { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Signaling {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn file(uri: Uri) -> Response {
    let Some((content_type, data)) = page::file(uri.path()) else {
        return (StatusCode::NOT_FOUND, "There is no such page here.").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // The page belongs to the running host's version; it is small, and a stale one would not be understood.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Body::from(data)).into_response()
}

/// A page of another site must not be able to open our WebSocket with the visitor's network position.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        // Not a browser: nothing to protect.
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, rest)| rest == host),
        (Some(_), None) => false,
    }
}

async fn socket(State(net): State<NetHandle>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !same_origin(&headers) {
        return (StatusCode::FORBIDDEN, "This page belongs to another site.").into_response();
    }
    upgrade.max_message_size(MAX_JOIN).max_frame_size(MAX_JOIN).on_upgrade(move |socket| serve(socket, net))
}

async fn serve(mut socket: WebSocket, net: NetHandle) {
    let answer = match tokio::time::timeout(JOIN_LIMIT, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => ask(text.as_str(), &net).await,
        Ok(Some(Ok(Message::Binary(_)) | Err(_))) => ToPage::refused(RefusedCode::BadMessage),
        _ => return,
    };
    let welcome = matches!(answer, ToPage::Welcome { .. });
    if let Ok(text) = serde_json::to_string(&answer)
        && socket.send(Message::Text(text.into())).await.is_ok()
        && welcome
    {
        // Stays open so that the page notices at once when the host goes. Nothing more is expected on it.
        while let Some(Ok(message)) = socket.recv().await {
            if matches!(message, Message::Text(_) | Message::Binary(_) | Message::Close(_)) {
                break;
            }
        }
    }
    let _ = socket.send(Message::Close(None)).await;
}

async fn ask(text: &str, net: &NetHandle) -> ToPage {
    let Ok(FromPage::Join(join)) = serde_json::from_str(text) else {
        return ToPage::refused(RefusedCode::BadMessage);
    };
    let (reply, answer) = oneshot::channel();
    if !net.send(NetCommand::Join(join, reply)) {
        return ToPage::refused(RefusedCode::HostError);
    }
    answer.await.unwrap_or_else(|_| ToPage::refused(RefusedCode::HostError))
}

/// Opens the socket the page is served on. The error names the address and what to do.
pub fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|error| taken("TCP", address, &error, "--http"))
}

/// Opens the socket the media travels on.
pub fn open_udp(address: SocketAddr) -> Result<std::net::UdpSocket, String> {
    std::net::UdpSocket::bind(address).map_err(|error| taken("UDP", address, &error, "--udp"))
}

fn taken(kind: &str, address: SocketAddr, error: &std::io::Error, flag: &str) -> String {
    let ip = address.ip();
    match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "Another program already uses {kind} port {} on {ip}: end it, or choose another port with {flag} {ip}:PORT (port 0 picks a free one).",
            address.port()
        ),
        std::io::ErrorKind::PermissionDenied => format!(
            "The system does not let this program use {kind} port {} on {ip}: choose a port above 1023 with {flag} {ip}:PORT.",
            address.port()
        ),
        std::io::ErrorKind::AddrNotAvailable => {
            format!(
                "This machine does not have the address {ip}: choose one it has with {flag}, or 0.0.0.0 for all of them."
            )
        }
        _ => format!("{kind} {address} cannot be used: {error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: Option<&str>, host: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::ORIGIN, origin), (header::HOST, host)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().expect("a header"));
            }
        }
        headers
    }

    #[test]
    fn only_our_own_page_may_open_the_socket() {
        let host = Some("192.168.1.5:8470");
        assert!(same_origin(&headers(Some("http://192.168.1.5:8470"), host)));
        assert!(!same_origin(&headers(Some("http://evil.example"), host)));
        assert!(!same_origin(&headers(Some("null"), host)));
        assert!(!same_origin(&headers(Some("http://192.168.1.5:8470"), None)));
    }

    #[test]
    fn a_port_in_use_is_named_with_what_to_do() {
        let held = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = held.local_addr().expect("an address");
        let message = listen(address).expect_err("in use");
        assert!(message.contains(&address.port().to_string()) && message.contains("--http"), "{message}");
    }
}
