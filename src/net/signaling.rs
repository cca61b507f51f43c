//! The page and the door: a small web server on a thread of its own. It decides nothing: whoever wants in is handed to
//! the net thread, which owns the room.

use super::events::{NetCommand, Reply};
use super::gate::{Gate, Pass, is_ours, machine_names};
use super::page;
use super::protocol::{MAX_JOIN, RefusedCode, ToPage, parse_join};
use super::thread::NetHandle;
use crate::sync::spawn;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

/// How long somebody may take to say what they want.
const JOIN_LIMIT: Duration = Duration::from_secs(10);
/// How long the head of a request may take; also how long an idle connection is kept.
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// How often a page that is in is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// The same for a page that waits for the host's word: a phone on another network asks anew, and is shown twice until then.
const PING_WAITING: Duration = Duration::from_secs(5);
/// Connections from one address, and together: a browser opens six, and friends may share an address.
const CONNECTIONS: (usize, usize) = (128, 512);
/// The same for WebSockets of people who are not let in (yet).
const STRANGERS: (usize, usize) = (16, 128);

/// What a page may load: its own files, nothing else, and no script or style inside it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The running web server. Dropping it ends it.
pub struct Signaling {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What every request is answered with.
#[derive(Clone)]
struct Shared {
    net: NetHandle,
    strangers: Gate,
    names: Arc<[String]>,
}

/// Where a connection comes from, and its place among those that are open.
#[derive(Clone)]
struct From(IpAddr, Arc<Pass>);

impl Signaling {
    /// Serves page and WebSocket on `listener`, to whoever speaks to this machine by an address or one of its names;
    /// `names` are more of them.
    pub fn start(listener: TcpListener, net: NetHandle, names: &[String]) -> Result<Signaling, String> {
        let failed = |error: std::io::Error| format!("The page cannot be served: {error}.");
        listener.set_nonblocking(true).map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let names = machine_names().into_iter().chain(names.iter().cloned()).collect();
        let shared = Shared { net, strangers: Gate::new(STRANGERS.0, STRANGERS.1), names };
        let thread = spawn("signaling", move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                let app = Router::new()
                    .route("/ws", any(socket))
                    .fallback(get(file))
                    .layer(from_fn_with_state(shared.clone(), only_ours))
                    .with_state(shared);
                tokio::select! {
                    () = serve_all(&listener, &app) => {}
                    _ = stopped => {}
                }
            });
            // Connections that are still open are cut, not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Signaling { stop: Some(stop), thread: Some(thread) })
    }
}

async fn serve_all(listener: &tokio::net::TcpListener, app: &Router) {
    let gate = Gate::new(CONNECTIONS.0, CONNECTIONS.1);
    loop {
        let Ok((stream, from)) = listener.accept().await else {
            // Out of file descriptors, most likely: it passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let address = from.ip().to_canonical();
        // One too many is hung up on: there is nobody to explain it to.
        let Some(pass) = gate.enter(address) else { continue };
        let _ = stream.set_nodelay(true);
        // Held by every request, and by what one of them was upgraded to: hyper hands a WebSocket over and is done.
        let service = TowerToHyperService::new(app.clone().layer(Extension(From(address, Arc::new(pass)))));
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
            let _ = server.serve_connection(TokioIo::new(stream), service).with_upgrades().await;
        });
    }
}

/// Whoever reaches us under a name that is not ours was sent here by somebody else's page.
async fn only_ours(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    if host.is_some_and(|host| is_ours(host, &shared.names)) {
        return next.run(request).await;
    }
    let text = "This host does not answer to that name. Open the link as it was sent; the host can allow the name with --allow-name.";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
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

async fn socket(
    State(shared): State<Shared>,
    Extension(From(address, place)): Extension<From>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !same_origin(&headers) {
        return (StatusCode::FORBIDDEN, "This page belongs to another site.").into_response();
    }
    let Some(pass) = shared.strangers.enter(address) else {
        return (StatusCode::TOO_MANY_REQUESTS, "Too many people are waiting to be let in.").into_response();
    };
    let upgrade = upgrade.max_message_size(MAX_JOIN).max_frame_size(MAX_JOIN);
    upgrade.on_upgrade(move |mut socket| async move {
        if serve(&mut socket, &shared.net, address).await {
            drop(pass);
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

/// Hears what somebody wants and tells them what comes of it. True if they are in.
async fn serve(socket: &mut WebSocket, net: &NetHandle, address: IpAddr) -> bool {
    let join = match tokio::time::timeout(JOIN_LIMIT, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => parse_join(text.as_str()),
        Ok(Some(Ok(Message::Binary(_)) | Err(_))) => None,
        _ => return false,
    };
    let Some(join) = join else {
        return say(socket, &ToPage::refused(RefusedCode::BadMessage)).await;
    };
    // Two answers at most: that the host is asked, and what they say.
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
            // Whoever waits says nothing; hanging up takes the request back, by way of the closed channel, and so does
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
