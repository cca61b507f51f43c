//! Answers those who may ask. Everyone else finds nothing, and is not told that there would be something.

use super::board::Board;
use super::health::Health;
use super::page::{Processes, render};
use super::{OperatorsConfig, OperatorsError};
use crate::net::{is_our_host, machine_names, serve_http};
use crate::prometheus::CONTENT_TYPE;
use crate::sync::{now, spawn};
use crate::usage;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// Connections at once: one Prometheus and a few people. More are hung up on.
const CONNECTIONS: usize = 16;

/// Dropping it ends it.
pub(super) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Shared {
    board: Arc<Mutex<Board>>,
    /// What this machine is called: a page that was sent here under another name by another site's may read nothing.
    names: Arc<Vec<String>>,
}

impl Server {
    pub fn start(config: OperatorsConfig, board: Arc<Mutex<Board>>) -> Result<Server, OperatorsError> {
        let listener = TcpListener::bind(config.listen)
            .map_err(|error| OperatorsError::Bind { address: config.listen.to_string(), cause: error.into() })?;
        let failed = |error: std::io::Error| OperatorsError::Socket { cause: error.into() };
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let app = Router::new().fallback(answer).with_state(Shared { board, names: Arc::new(machine_names()) });
        let thread = spawn("operators", move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = serve_all(&listener, &app, &config) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        let thread = thread.map_err(|cause| OperatorsError::Thread { cause })?;
        Ok(Server { address, stop: Some(stop), thread: Some(thread) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve_all(listener: &tokio::net::TcpListener, app: &Router, config: &OperatorsConfig) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((stream, from)) = listener.accept().await else {
            // Out of file descriptors, most likely: it passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let from = from.ip().to_canonical();
        let app = match config.allowed.iter().any(|net| net.contains(&from)) {
            true => app.clone(),
            false => Router::new().fallback(|| async { StatusCode::NOT_FOUND }),
        };
        tokio::spawn(async move {
            serve_http(stream, None, app).await;
            drop(place);
        });
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    if !is_ours(request.headers(), &shared.names) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let now = now();
    let board = shared.board.lock().unwrap_or_else(PoisonError::into_inner);
    match request.uri().path() {
        "/healthz" => {
            let health = Health::of(&board, now);
            plain(if health.ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, health.text())
        }
        "/livez" => {
            let lives = Health::of(&board, now).net;
            let (status, text) =
                if lives { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "failed\n") };
            plain(status, text.into())
        }
        "/metrics" => {
            let core = board.core_pid.map(usage::of);
            let processes = Processes { host: usage::of(std::process::id()), core };
            plain(StatusCode::OK, render(&board, &processes, now))
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn is_ours(headers: &HeaderMap, names: &[String]) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    host.is_some_and(|host| is_our_host(host, names))
}

fn plain(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, CONTENT_TYPE),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, text).into_response()
}
