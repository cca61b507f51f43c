//! Requests to a server of certificates. The library above makes and reads them; here they are carried, and what comes back is
//! bounded before the library sees it.

use super::error::AcmeError;
use super::name::{AcmeDirectory, is_https};
use super::schedule::LONGEST_WAIT;
use crate::net::outgoing;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONNECTION, HOST, RETRY_AFTER};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Request, Uri};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long a request may take.
const LIMIT: Duration = Duration::from_secs(40);
/// The longest answer: a certificate with those that vouch for it has some thousand bytes.
const MAX_ANSWER: usize = 128 * 1024;

/// How long the server wants to be left alone, as it said last while it refused something.
pub(super) type Wait = Arc<Mutex<Option<Duration>>>;

/// Speaks http/1.1 by TLS, one request a connection: an order takes a dozen in six days.
#[derive(Clone)]
pub(super) struct Client(Arc<Inner>);

struct Inner {
    tls: TlsConnector,
    directory: AcmeDirectory,
    clock: fn() -> SystemTime,
    wait: Wait,
}

impl Client {
    pub(super) fn new(
        tls: Arc<ClientConfig>,
        directory: AcmeDirectory,
        clock: fn() -> SystemTime,
        wait: Wait,
    ) -> Client {
        Client(Arc::new(Inner { tls: tls.into(), directory, clock, wait }))
    }
}

type Outgoing = Request<BodyWrapper<Bytes>>;

impl HttpClient for Client {
    fn request(&self, request: Outgoing) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let inner = self.0.clone();
        Box::pin(async move {
            let slow = |_| AcmeError::Slow { server: inner.directory.server() };
            let answer = timeout(LIMIT, inner.exchange(request)).await.map_err(slow).and_then(|it| it);
            answer.map_err(|error| Error::Other(Box::new(error)))
        })
    }
}

impl Inner {
    async fn exchange(&self, request: Outgoing) -> Result<BytesResponse, AcmeError> {
        let is_directory = *request.uri() == *self.directory.as_str();
        let (request, host, port) = self.prepared(request)?;
        let stream = self.connect(&host, port).await?;
        let name = ServerName::try_from(host).map_err(|error| self.nonsense(&error))?;
        let untrusted = |error: io::Error| AcmeError::Untrusted {
            server: self.directory.server(),
            problem: super::error::cleaned(&error.to_string(), 200),
        };
        let stream = self.tls.connect(name, stream).await.map_err(untrusted)?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| self.nonsense(&error))?;
        // Ends with this request, however that ends: each connection is closed after one.
        let mut carried = JoinSet::new();
        carried.spawn(connection);
        let answer = sender.send_request(request).await.map_err(|error| self.nonsense(&error))?;
        let (mut parts, body) = answer.into_parts();
        let body = to_bytes(Body::new(body), MAX_ANSWER).await.map_err(|error| self.nonsense(&error))?;
        drop(carried);
        let wait = bound_wait(&mut parts.headers, (self.clock)());
        if parts.status.is_client_error() || parts.status.is_server_error() {
            *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = wait;
        } else if is_directory && !is_directory_answer(&body) {
            return Err(self.nonsense(&"no directory"));
        }
        Ok(BytesResponse { parts, body: Box::new(body) })
    }

    /// As http/1.1 has it: the path in the first line, the host in a header.
    fn prepared(&self, mut request: Outgoing) -> Result<(Outgoing, String, u16), AcmeError> {
        let url = request.uri().clone();
        let authority = url.authority().filter(|_| is_https(&url.to_string()));
        let authority = authority.ok_or_else(|| self.nonsense(&"a URL that is not one of https"))?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(443);
        let value = HeaderValue::from_str(authority.as_str()).map_err(|error| self.nonsense(&error))?;
        request.headers_mut().insert(HOST, value);
        request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        let path = url.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        *request.uri_mut() = Uri::from(path);
        Ok((request, host, port))
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, AcmeError> {
        let unreachable =
            |error: io::Error| AcmeError::Unreachable { server: self.directory.server(), cause: error.into() };
        outgoing::connect(host, port).await.map_err(unreachable)
    }

    fn nonsense(&self, problem: &dyn std::fmt::Display) -> AcmeError {
        AcmeError::nonsense(self.directory.server(), problem)
    }
}

/// What `Retry-After` says (RFC 9110, 10.2.3), at most [`LONGEST_WAIT`]; the header then says that, too: the library adds it to
/// a time without a look at its size.
fn bound_wait(headers: &mut HeaderMap, now: SystemTime) -> Option<Duration> {
    let said = headers.remove(RETRY_AFTER)?;
    let said = said.to_str().ok()?.trim();
    let seconds = said.parse::<u64>().ok().or_else(|| {
        let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(said).ok()?;
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        Some(u64::try_from(at.as_second()).unwrap_or(0).saturating_sub(now))
    })?;
    let wait = Duration::from_secs(seconds).min(LONGEST_WAIT);
    headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    Some(wait)
}

/// Whether what is asked first is there (RFC 8555, 7.1.1): the library takes it for granted.
fn is_directory_answer(body: &[u8]) -> bool {
    let Ok(serde_json::Value::Object(directory)) = serde_json::from_slice(body) else { return false };
    let urls = ["newNonce", "newAccount", "newOrder"];
    urls.iter().all(|key| directory.get(*key).and_then(serde_json::Value::as_str).is_some_and(is_https))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waited(said: &str) -> (Option<Duration>, Option<String>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, said.parse().expect("a header"));
        let wait = bound_wait(&mut headers, now);
        (wait, headers.get(RETRY_AFTER).map(|it| it.to_str().expect("text").to_owned()))
    }

    #[test]
    fn how_long_to_wait_is_read_as_seconds_or_as_a_date_and_bounded() {
        let seconds = |seconds| (Some(Duration::from_secs(seconds)), Some(seconds.to_string()));
        assert_eq!(waited(" 120 "), seconds(120));
        // The date of RFC 9110, 5.6.7, of which `now` is the second.
        assert_eq!(waited("Sun, 06 Nov 1994 08:50:37 GMT"), seconds(60));
        assert_eq!(waited("Sun, 06 Nov 1994 08:00:00 GMT"), seconds(0));
        assert_eq!(waited("18446744073709551615"), seconds(LONGEST_WAIT.as_secs()));
        assert_eq!(waited("31 Dec 9000 23:59:59 GMT"), seconds(LONGEST_WAIT.as_secs()));
        for nonsense in ["", "soon", "-1", "99999999999999999999999"] {
            assert_eq!(waited(nonsense), (None, None), "{nonsense}");
        }
    }

    #[test]
    fn a_directory_without_the_urls_that_are_asked_first_is_none() {
        let directory = |nonce: &str| {
            format!(r#"{{"newNonce":{nonce},"newAccount":"https://ca.example/a","newOrder":"https://ca.example/o"}}"#)
        };
        assert!(is_directory_answer(directory(r#""https://ca.example/n""#).as_bytes()));
        for nonce in ["1", "\"\"", "\"http://ca.example/n\"", "\"https://a b\"", "null"] {
            assert!(!is_directory_answer(directory(nonce).as_bytes()), "{nonce}");
        }
        assert!(!is_directory_answer(b"[]") && !is_directory_answer(b"<html>"));
    }
}
