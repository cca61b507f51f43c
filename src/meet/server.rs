//! The web server: the page, the broker's WebSocket, and figures for those who look after it. Several threads accept on one
//! socket, each with a runtime of its own.

use super::broker::Broker;
use super::client;
use super::limits::{DoorLimits, Doors, Refusal};
use super::metrics::{self, Connections};
use super::outbox::Outbox;
use super::{MeetError, MeetRefusal};
use crate::net::tls::{Certificates, Ends, TlsProblem};
use crate::net::{HEAD_LIMIT, IpNet, MeetingPage, PublicAddress, Site, refuse, serve_http};
use crate::prometheus::CONTENT_TYPE;
use crate::rate_limit::RateLimit;
use crate::sync::{now, spawn};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Router};
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

/// Where clients speak MQTT.
pub const BROKER_PATH: &str = "mqtt";
/// Connections beyond those of clients, of one address and all together: a browser opens six for the page.
const PAGES: (usize, usize) = (64, 2048);
/// How often one address may open any.
const SOCKETS: RateLimit = RateLimit { burst: 256, refill: 32, period: Duration::from_secs(1) };
/// How often the certificate's files are looked at.
const REFRESH: Duration = Duration::from_secs(30);
/// How long connections may take to be closed in the end.
const END_LIMIT: Duration = Duration::from_secs(2);
/// Threads at the most: what is done is little.
const THREADS: usize = 8;

/// What is served, and to whom.
pub struct ServerConfig {
    pub page: MeetingPage,
    pub address: PublicAddress,
    /// What the page may load, as a header.
    pub policy: HeaderValue,
    pub certificates: Option<Certificates>,
    pub trusted_proxies: Vec<IpNet>,
    /// Who may see the figures.
    pub metrics_to: Vec<IpNet>,
    pub limits: DoorLimits,
}

/// What every request is answered with.
pub struct Shared {
    config: ServerConfig,
    site: Site,
    port: u16,
    broker: Mutex<Broker<Outbox>>,
    /// Clients, by the address that trusted proxies tell.
    clients: Mutex<Doors>,
    /// Connections, by the address that they come from.
    sockets: Mutex<Doors>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn broker(&self) -> MutexGuard<'_, Broker<Outbox>> {
        lock(&self.broker)
    }

    fn metrics(&self) -> String {
        let connections =
            Connections { clients: lock(&self.clients).refused(), sockets: lock(&self.sockets).refused() };
        let broker = self.broker();
        metrics::render(&broker.figures(), broker.endings(), &connections)
    }
}

/// A client's or a connection's place among the others; dropping it frees it.
pub struct Place {
    shared: Arc<Shared>,
    kind: Kind,
    address: IpAddr,
}

#[derive(Clone, Copy)]
enum Kind {
    Client,
    Socket,
}

impl Place {
    fn take(shared: &Arc<Shared>, kind: Kind, address: IpAddr) -> Result<Place, Refusal> {
        lock(shared.doors(kind)).enter(address, now())?;
        Ok(Place { shared: shared.clone(), kind, address })
    }
}

impl Shared {
    fn doors(&self, kind: Kind) -> &Mutex<Doors> {
        match kind {
            Kind::Client => &self.clients,
            Kind::Socket => &self.sockets,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(self.shared.doors(self.kind)).leave(self.address);
    }
}

/// Where a connection comes from, and whether it is encrypted. Its place is held by every request, and by what one of them was
/// upgraded to.
#[derive(Clone)]
struct Origin {
    address: IpAddr,
    secure: bool,
    place: Option<Arc<Place>>,
}

/// The running server. Dropping it ends it.
pub struct Server {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    pub fn start(listener: &TcpListener, config: ServerConfig) -> Result<Server, MeetError> {
        let failed = |error: std::io::Error| MeetError::Socket { cause: error.into() };
        listener.set_nonblocking(true).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let site = Site {
            names: Vec::new(),
            public: Some(config.address.clone()),
            trusted_proxies: config.trusted_proxies.clone(),
        };
        let limits = config.limits;
        let sockets = DoorLimits {
            clients: limits.clients + PAGES.1,
            per_address: limits.per_address + PAGES.0,
            joins: RateLimit { burst: SOCKETS.burst.max(limits.joins.burst), ..SOCKETS },
        };
        let shared = Arc::new(Shared {
            config,
            site,
            port,
            broker: Mutex::default(),
            clients: Mutex::new(Doors::new(limits)),
            sockets: Mutex::new(Doors::new(sockets)),
        });
        let (stop, stopped) = watch::channel(false);
        let mut server = Server { shared, stop, threads: Vec::new() };
        for number in 0..std::thread::available_parallelism().map_or(1, |it| it.get().min(THREADS)) {
            let listener = listener.try_clone().map_err(failed)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
            let (shared, stopped) = (server.shared.clone(), stopped.clone());
            let thread = spawn("meet", move || {
                runtime.block_on(work(listener, shared, stopped, number == 0));
                // Connections that are still open are cut, not waited for.
                runtime.shutdown_background();
            });
            server.threads.push(thread.map_err(|cause| MeetError::Thread { cause })?);
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.shared.broker().remove_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// One thread's part.
async fn work(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>, refreshes: bool) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    if refreshes {
        tokio::spawn(refresh(shared.clone()));
    }
    let app = Router::new().fallback(answer).with_state(shared.clone());
    tokio::select! {
        () = accept(&listener, &app, &shared) => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    drop(listener);
    let ended = async {
        while lock(&shared.clients).open() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let _ = timeout(END_LIMIT, ended).await;
}

/// Reads the certificate again when its files are others.
async fn refresh(shared: Arc<Shared>) {
    let Some(certificates) = &shared.config.certificates else { return };
    loop {
        tokio::time::sleep(REFRESH).await;
        if let Err(TlsProblem::Given(error)) = certificates.refresh(&[], SystemTime::now()) {
            tracing::warn!("the certificate is not renewed: {error}");
        }
    }
}

async fn accept(listener: &tokio::net::TcpListener, app: &Router, shared: &Arc<Shared>) {
    loop {
        let Ok((stream, from)) = listener.accept().await else {
            // Out of file descriptors, most likely: it passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let address = from.ip().to_canonical();
        // Who is behind a proxy is known with the request. Others that are too many are hung up on: before the request is read
        // there is no way to say why.
        let trusted = shared.config.trusted_proxies.iter().any(|net| net.contains(&address));
        let place = match (trusted, Place::take(shared, Kind::Socket, address)) {
            (_, Ok(place)) => Some(Arc::new(place)),
            (true, Err(_)) => None,
            (false, Err(_)) => continue,
        };
        let _ = stream.set_nodelay(true);
        let (app, shared) = (app.clone(), shared.clone());
        tokio::spawn(async move { serve(stream, Origin { address, secure: false, place }, app, &shared).await });
    }
}

async fn serve(stream: TcpStream, origin: Origin, app: Router, shared: &Shared) {
    let mut first = [0];
    let Ok(Ok(1)) = timeout(HEAD_LIMIT, stream.peek(&mut first)).await else { return };
    // A handshake record (RFC 8446, 5.1); a request begins with a letter.
    if first[0] != 0x16 {
        serve_http(stream, None, app.layer(Extension(origin))).await;
        return;
    }
    let Ok(local) = stream.local_addr() else { return };
    let ends = Ends { remote: origin.address, local: local.ip().to_canonical(), by_router: false };
    let Some(acceptor) = shared.config.certificates.as_ref().and_then(|it| it.acceptor(ends)) else { return };
    if let Ok(Ok(stream)) = timeout(HEAD_LIMIT, acceptor.accept(stream)).await {
        let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        serve_http(stream, protocol.as_deref(), app.layer(Extension(Origin { secure: true, ..origin }))).await;
    }
}

/// Every request comes here.
async fn answer(State(shared): State<Arc<Shared>>, Extension(origin): Extension<Origin>, request: Request) -> Response {
    let client = shared.site.read(origin.address, shared.port, request.headers()).client;
    let path = shared.site.path(request.uri().path());
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    match path {
        "/healthz" => return plain("ok\n".into()),
        "/metrics" if shared.config.metrics_to.iter().any(|net| net.contains(&client)) => {
            return plain(shared.metrics());
        }
        _ => {}
    }
    if shared.config.certificates.is_some() && !origin.secure {
        return Redirect::permanent(&shared.config.address.to_string()).into_response();
    }
    if path.strip_prefix('/') != Some(BROKER_PATH) {
        return match shared.config.page.file(path) {
            Some((file, for_good)) => file.response(for_good, shared.config.policy.clone(), request.headers()),
            None => refuse(&MeetRefusal::NoSuchPage, StatusCode::NOT_FOUND, request.headers()),
        };
    }
    // Any page may come: what is said here is sealed, and nobody is known by where they come from.
    let headers = request.headers().clone();
    let upgrade = match WebSocketUpgrade::from_request(request, &shared).await {
        Ok(upgrade) if upgrade.requested_protocols().any(|it| it == "mqtt") => upgrade,
        _ => return refuse(&MeetRefusal::NoMqtt, StatusCode::BAD_REQUEST, &headers),
    };
    let place = match Place::take(&shared, Kind::Client, client) {
        Ok(place) => place,
        Err(Refusal::Full) => return refuse(&MeetRefusal::Full, StatusCode::SERVICE_UNAVAILABLE, &headers),
        Err(Refusal::TooMany) => return refuse(&MeetRefusal::TooMany, StatusCode::TOO_MANY_REQUESTS, &headers),
        Err(Refusal::TooQuick) => return refuse(&MeetRefusal::TooQuick, StatusCode::TOO_MANY_REQUESTS, &headers),
    };
    client::upgrade(upgrade, shared, place, origin.place)
}

fn plain(text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, CONTENT_TYPE),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}
