//! The page and the way in: a small web server on a thread of its own. It decides nothing: a page that wants in is handed to
//! the net thread, which owns the session.

mod join;
mod limiter;
mod origin;
mod page;

pub use origin::is_ours as is_our_name;

use super::NetHandle;
use crate::messages;
use crate::sync::{SpawnError, spawn};
use crate::text::{IoCause, Message as _, Spoken};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use limiter::{ConnectionLimiter, Permit};
use origin::{is_ours, machine_names};
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the head of a request may take; also how long an idle connection is kept.
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// Connections from one address, and together: a browser opens six, and friends may share an address.
const CONNECTIONS: (usize, usize) = (128, 512);
/// The same for WebSockets of people who are not let in (yet).
const STRANGERS: (usize, usize) = (16, 128);

/// What a page may load: its own files, nothing else, and no script or style inside it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

messages! {
    /// Why the page cannot be served.
    pub enum ServeError in serve {
        socket => Socket { cause: IoCause },
        thread => Thread { cause: SpawnError },
    }
}

messages! {
    /// Why a request is refused, in a browser that has not loaded the page.
    enum HttpRefusal in http {
        other_name => OtherName,
        no_such_page => NoSuchPage,
        other_site => OtherSite,
        too_many => TooMany,
    }
}

impl HttpRefusal {
    /// In the language that the browser prefers.
    fn response(&self, status: StatusCode, headers: &HeaderMap) -> Response {
        let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let spoken = Spoken::from_locale(preferred.unwrap_or_default());
        (status, self.text(&spoken.texts())).into_response()
    }
}

/// The running web server. Dropping it ends it.
pub struct Signaling {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What every request is answered with.
#[derive(Clone)]
struct Shared {
    net: NetHandle,
    strangers: ConnectionLimiter,
    names: Arc<[String]>,
}

/// Where a connection comes from, and its place among those that are open.
#[derive(Clone)]
struct Origin(IpAddr, Arc<Permit>);

impl Signaling {
    /// Serves page and WebSocket on `listener`, to those who speak to this machine by an address or one of its names;
    /// `names` are more of them.
    pub fn start(listener: TcpListener, net: NetHandle, names: &[String]) -> Result<Signaling, ServeError> {
        let failed = |error: std::io::Error| ServeError::Socket { cause: error.into() };
        listener.set_nonblocking(true).map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let names = machine_names().into_iter().chain(names.iter().cloned()).collect();
        let shared = Shared { net, strangers: ConnectionLimiter::new(STRANGERS.0, STRANGERS.1), names };
        let thread = spawn("signaling", move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                let app = Router::new()
                    .route("/ws", any(join::websocket))
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
        });
        let thread = thread.map_err(|cause| ServeError::Thread { cause })?;
        Ok(Signaling { stop: Some(stop), thread: Some(thread) })
    }
}

async fn serve_all(listener: &tokio::net::TcpListener, app: &Router) {
    let limiter = ConnectionLimiter::new(CONNECTIONS.0, CONNECTIONS.1);
    loop {
        let Ok((stream, from)) = listener.accept().await else {
            // Out of file descriptors, most likely: it passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let address = from.ip().to_canonical();
        // One too many is hung up on: before its request is read there is no way to say why.
        let Some(permit) = limiter.acquire(address) else { continue };
        let _ = stream.set_nodelay(true);
        // Held by every request, and by what one of them was upgraded to: hyper hands a WebSocket over and is done.
        let service = TowerToHyperService::new(app.clone().layer(Extension(Origin(address, Arc::new(permit)))));
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
            let _ = server.serve_connection(TokioIo::new(stream), service).with_upgrades().await;
        });
    }
}

/// A request under a name that is not ours was sent here by another site's page.
async fn only_ours(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    if host.is_some_and(|host| is_ours(host, &shared.names)) {
        return next.run(request).await;
    }
    HttpRefusal::OtherName.response(StatusCode::MISDIRECTED_REQUEST, request.headers())
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

async fn file(uri: Uri, request_headers: HeaderMap) -> Response {
    let Some((content_type, data)) = page::file(uri.path()) else {
        return HttpRefusal::NoSuchPage.response(StatusCode::NOT_FOUND, &request_headers);
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
