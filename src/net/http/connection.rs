//! One connection of a browser: HTTP/1.1, which WebSockets need, or HTTP/2 where TLS agreed on it. The page is some seventy small
//! files; six connections that fetch one after the other take a dozen turns there and back for them, and HTTP/2 takes one.

use super::super::tls::HTTP2;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::map_request;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{sleep, timeout};

/// How long the head of a request may take; also how long an idle connection of HTTP/1.1 is kept.
pub const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// Requests at once on one connection: more than the page has files would be no page's.
const STREAMS: u32 = 128;
/// The longest head of a request, in bytes.
const HEAD: u32 = 16 * 1024;
/// What waits to be sent of one answer, in bytes.
const SEND_BUFFER: usize = 64 * 1024;
/// How often a connection of HTTP/2 on which nothing comes is asked whether there is anybody.
const ASK: Duration = Duration::from_secs(15);
/// How long a connection of HTTP/2 takes requests, and then may take to be done with them. A page is loaded in seconds.
const LIFE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(120));

/// Answers the requests of one connection. `protocol` is what TLS agreed on.
pub async fn serve_http<S>(stream: S, protocol: Option<&[u8]>, app: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if protocol != Some(HTTP2) {
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
        let _ = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)).with_upgrades().await;
        return;
    }
    let mut server = http2::Builder::new(TokioExecutor::new());
    server
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(ASK)
        .keep_alive_timeout(HEAD_LIMIT);
    let service = TowerToHyperService::new(app.layer(map_request(with_host)));
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = &mut connection => return,
        () = sleep(LIFE.0) => connection.as_mut().graceful_shutdown(),
    }
    let _ = timeout(LIFE.1, connection).await;
}

/// Under which name this host was asked stands in the request itself, and whatever a header says does not count (RFC 9113,
/// 8.3.1). Everything after this reads the header.
async fn with_host(mut request: Request) -> Request {
    let name = request.uri().authority().and_then(|it| HeaderValue::from_str(it.as_str()).ok());
    match name {
        Some(name) => request.headers_mut().insert(header::HOST, name),
        None => request.headers_mut().remove(header::HOST),
    };
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn host(uri: &str, said: Option<&str>) -> Option<String> {
        let mut request = Request::new(axum::body::Body::empty());
        *request.uri_mut() = uri.parse().expect("a URI");
        if let Some(said) = said {
            request.headers_mut().insert(header::HOST, said.parse().expect("a header"));
        }
        let request = with_host(request).await;
        request.headers().get(header::HOST).map(|it| it.to_str().expect("text").to_owned())
    }

    #[tokio::test]
    async fn the_name_of_an_http2_request_is_that_of_the_request_itself() {
        assert_eq!(host("https://pc.lan:8470/x", None).await.as_deref(), Some("pc.lan:8470"));
        assert_eq!(host("https://evil.example/", Some("pc.lan")).await.as_deref(), Some("evil.example"));
        assert_eq!(host("/x", Some("pc.lan")).await, None);
    }
}
