//! The page and the way in: a small web server on a thread of its own. It decides nothing: a page that wants in is handed to
//! the net thread, which owns the session.

mod connection;
mod join;
mod limiter;
mod names;
mod page;
mod public_address;
mod refusals;
mod site;

pub use connection::{HEAD_LIMIT, serve_http};
pub use names::of_machine as machine_names;
pub use page::{MeetingPage, meeting_page, version as page_version};
pub use public_address::{PublicAddress, PublicAddressError};
pub use refusals::{Refusals, Refused};
pub use site::{Site, SiteProblem, is_our_host, parse_network};

use super::NetHandle;
use super::port_mapping::{Family, of_this_machine};
use super::tls::acme::{CHALLENGE_ALPN, CHALLENGE_PATH};
use super::tls::{self, Certificates};
use super::transport::tcp::{Ends, HEAD, is_framed};
use crate::messages;
use crate::sync::{SpawnError, spawn};
use crate::text::{IoCause, Message, Spoken};
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use limiter::{ConnectionLimiter, Permit};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Where the certificate of the local network's authority is.
const AUTHORITY: &str = "/hotseat.crt";
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
    fn response(&self, status: StatusCode, headers: &HeaderMap) -> Response {
        refuse(self, status, headers)
    }
}

/// Why not, in the language that the browser prefers.
pub fn refuse(why: &impl Message, status: StatusCode, headers: &HeaderMap) -> Response {
    let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let spoken = Spoken::from_locale(preferred.unwrap_or_default());
    (status, why.text(&spoken.texts())).into_response()
}

/// The running web server. Dropping it ends it.
pub struct Signaling {
    site: Arc<Mutex<Arc<Site>>>,
    refusals: Arc<Refusals>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What every request is answered with.
#[derive(Clone)]
struct Shared {
    net: NetHandle,
    strangers: ConnectionLimiter,
    site: Arc<Mutex<Arc<Site>>>,
    refusals: Arc<Refusals>,
    certificates: Arc<Certificates>,
    /// The one that is listened on.
    port: u16,
}

/// Where a connection comes from, and its place among those that are open.
#[derive(Clone)]
struct Source {
    address: IpAddr,
    place: Arc<Permit>,
}

impl Signaling {
    /// Serves page and WebSocket on `listener`, to those who speak to this machine by an address, one of its own names or one
    /// that `site` has.
    pub fn start(
        listener: TcpListener,
        net: NetHandle,
        site: Site,
        certificates: Arc<Certificates>,
    ) -> Result<Signaling, ServeError> {
        let failed = |error: std::io::Error| ServeError::Socket { cause: error.into() };
        listener.set_nonblocking(true).map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let refusals = Arc::new(Refusals::default());
        let site = Arc::new(Mutex::new(Arc::new(site)));
        let shared = Shared {
            net: net.clone(),
            strangers: ConnectionLimiter::new(STRANGERS.0, STRANGERS.1),
            site: site.clone(),
            refusals: refusals.clone(),
            certificates: certificates.clone(),
            port: listener.local_addr().map_err(failed)?.port(),
        };
        let thread = spawn("signaling", move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                let refusals = shared.refusals.clone();
                let app = Router::new().fallback(answer).with_state(shared);
                tokio::select! {
                    () = serve_all(&listener, &app, &net, &certificates, &refusals) => {}
                    _ = stopped => {}
                }
            });
            // Connections that are still open are cut, not waited for.
            runtime.shutdown_background();
        });
        let thread = thread.map_err(|cause| ServeError::Thread { cause })?;
        Ok(Signaling { site, refusals, stop: Some(stop), thread: Some(thread) })
    }

    /// What was refused so far.
    pub fn refusals(&self) -> Arc<Refusals> {
        self.refusals.clone()
    }

    /// What the host is known by from now on. Connections that are open stay.
    pub fn set_site(&self, site: Site) {
        *self.site.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(site);
    }
}

impl Shared {
    /// With the names that a certificate is for: who gave it looked whether they lead here.
    fn site(&self) -> Arc<Site> {
        let mut site = self.site.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let certified = self.certificates.public_names();
        if !certified.is_empty() {
            Arc::make_mut(&mut site).names.extend(certified);
        }
        site
    }
}

async fn serve_all(
    listener: &tokio::net::TcpListener,
    app: &Router,
    net: &NetHandle,
    certificates: &Arc<Certificates>,
    refusals: &Refusals,
) {
    let limiter = ConnectionLimiter::new(CONNECTIONS.0, CONNECTIONS.1);
    loop {
        let Ok((stream, from)) = listener.accept().await else {
            // Out of file descriptors, most likely: it passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let address = from.ip().to_canonical();
        // One too many is hung up on: before its request is read there is no way to say why.
        let Some(permit) = limiter.acquire(address) else {
            refusals.count(Refused::HungUp);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (app, net, certificates) = (app.clone(), net.clone(), certificates.clone());
        tokio::spawn(async move { serve_one(stream, from, Arc::new(permit), app, net, &certificates).await });
    }
}

/// Pages without TLS, pages with it, and datagrams of those who have no UDP: all on one port, told apart by how they begin.
async fn serve_one(
    stream: TcpStream,
    from: SocketAddr,
    permit: Arc<Permit>,
    app: Router,
    net: NetHandle,
    certificates: &Certificates,
) {
    let Ok(Ok(carried)) = timeout(HEAD_LIMIT, first_bytes(&stream)).await else { return };
    let source = Source { address: from.ip().to_canonical(), place: permit };
    // The permit is held by every request, and by what one of them was upgraded to: hyper hands a WebSocket over and is done.
    let app = app.layer(Extension(source.clone()));
    match carried {
        Carried::Http => serve_http(stream, None, app).await,
        Carried::Tls => {
            let Ok(local) = stream.local_addr() else { return };
            let remote = source.address;
            let by_router = || of_this_machine(Family::Ipv4).is_some_and(|router| router.address.ip() == remote);
            // Asked for only where it makes a difference.
            let by_router = !certificates.public_names().is_empty() && by_router();
            let ends = tls::Ends { remote, local: local.ip().to_canonical(), by_router };
            let Some(acceptor) = certificates.acceptor(ends) else { return };
            if let Ok(Ok(stream)) = timeout(HEAD_LIMIT, acceptor.accept(stream)).await {
                let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
                // A server of certificates has seen what it wanted to.
                if protocol.as_deref() != Some(CHALLENGE_ALPN) {
                    serve_http(stream, protocol.as_deref(), app).await;
                }
            }
        }
        Carried::Datagrams => {
            if let Ok(local) = stream.local_addr() {
                net.tcp().carry(stream, Ends { remote: canonical(from), local: canonical(local) }).await;
            }
        }
    }
}

/// What a connection carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    Http,
    Tls,
    Datagrams,
}

/// Looks at how a connection begins. Nothing of it is taken.
async fn first_bytes(stream: &TcpStream) -> std::io::Result<Carried> {
    let mut head = [0; HEAD];
    let mut pause = Duration::from_millis(5);
    loop {
        let len = stream.peek(&mut head).await?;
        match head[0] {
            // A handshake record (RFC 8446, 5.1).
            0x16 if len > 0 => return Ok(Carried::Tls),
            // A datagram begins with the upper half of its length, a request with a letter.
            0..=0x0f if len == HEAD => return Ok(if is_framed(&head) { Carried::Datagrams } else { Carried::Http }),
            0..=0x0f if len > 0 => {}
            _ => return Ok(Carried::Http),
        }
        // The rest is on its way: a peek does not wait for more than there is. One that lets us wait is looked at ever less.
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// IPv4 as IPv4, where a socket for both says it as IPv6.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Every request comes here.
async fn answer(State(shared): State<Shared>, Extension(source): Extension<Source>, request: Request) -> Response {
    // Before anything else: a server of certificates asks under a name that is not ours before it has looked.
    if request.uri().path().starts_with(CHALLENGE_PATH) {
        return challenge(&shared.certificates, &request);
    }
    let site = shared.site();
    let asked = site.read(source.address, shared.port, request.headers());
    // A request under a name that is not ours was sent here by another site's page.
    if !site.is_ours(&asked) {
        shared.refusals.count(Refused::OtherName);
        return HttpRefusal::OtherName.response(StatusCode::MISDIRECTED_REQUEST, request.headers());
    }
    let path = site.path(request.uri().path());
    if path != "/ws" {
        return match *request.method() {
            Method::GET | Method::HEAD if path == AUTHORITY => authority(&shared.certificates),
            Method::GET | Method::HEAD => {
                let answer = file(path, request.headers());
                if answer.status() == StatusCode::NOT_FOUND {
                    shared.refusals.count(Refused::NoSuchPage);
                }
                answer
            }
            _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        };
    }
    if !site.is_same_origin(&asked, request.headers()) {
        shared.refusals.count(Refused::OtherSite);
        return HttpRefusal::OtherSite.response(StatusCode::FORBIDDEN, request.headers());
    }
    let Some(permit) = shared.strangers.acquire(asked.client) else {
        shared.refusals.count(Refused::TooMany);
        return HttpRefusal::TooMany.response(StatusCode::TOO_MANY_REQUESTS, request.headers());
    };
    match WebSocketUpgrade::from_request(request, &shared).await {
        Ok(upgrade) => join::upgrade(upgrade, shared.net, asked.client, permit, source.place),
        Err(rejection) => rejection.into_response(),
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

/// What proves to a server of certificates that a name leads here (RFC 8555, 8.3).
fn challenge(certificates: &Certificates, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let Some(answer) = certificates.challenges().answer(request.uri().path()) else {
        return HttpRefusal::NoSuchPage.response(StatusCode::NOT_FOUND, request.headers());
    };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, answer).into_response()
}

/// The certificate that friends in the same network may add, so that `https` works at an address.
fn authority(certificates: &Certificates) -> Response {
    let Some(certificate) = certificates.authority() else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"hotseat.crt\""),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Body::from(certificate.to_vec())).into_response()
}

fn file(path: &str, request: &HeaderMap) -> Response {
    let Some((file, for_good)) = page::file(path) else {
        return HttpRefusal::NoSuchPage.response(StatusCode::NOT_FOUND, request);
    };
    file.response(for_good, HeaderValue::from_static(POLICY), request)
}
