//! Requests to a server of cores: http/1.1, by TLS or, on this machine, without. Every answer is bounded in size and in
//! silence; whoever reads the body sees it piece by piece.

use super::error::DownloadError;
use crate::net::outgoing;
use axum::http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, HOST, IF_RANGE, LOCATION, RANGE, USER_AGENT};
use axum::http::uri::{PathAndQuery, Scheme};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Of making a connection secure.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Without a byte from the server, it counts as gone.
const SILENCE_LIMIT: Duration = Duration::from_secs(20);
/// Redirections that are followed, as browsers have it at most 20; a buildbot has one or two.
const REDIRECTIONS: usize = 5;

/// A place on a server, by https, or by http on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url(Uri);

impl Url {
    pub(super) fn parse(text: &str) -> Result<Url, DownloadError> {
        let bad = || DownloadError::BadAddress { address: text.chars().take(200).collect() };
        let uri: Uri = text.trim().parse().map_err(|_| bad())?;
        let authority = uri.authority().ok_or_else(bad)?;
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(bad());
        }
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => Ok(Url(uri)),
            Some(scheme) if *scheme == Scheme::HTTP && is_this_machine(authority.host()) => Ok(Url(uri)),
            Some(scheme) if *scheme == Scheme::HTTP => Err(DownloadError::Insecure { address: uri.to_string() }),
            _ => Err(bad()),
        }
    }

    /// What is at `path` below this one, whether or not this ends in a slash.
    pub(super) fn join(&self, path: &str) -> Result<Url, DownloadError> {
        Url::parse(&format!("{}/{path}", self.0.to_string().trim_end_matches('/')))
    }

    /// As a `Location` names it: whole, or a path on the same server. Never from https to http.
    fn redirected(&self, location: &str) -> Result<Url, DownloadError> {
        if let Some(rest) = location.strip_prefix("//") {
            return Url::parse(&format!("{}://{rest}", self.0.scheme_str().unwrap_or("https")));
        }
        if location.starts_with('/') {
            let authority = self.0.authority().map_or("", |authority| authority.as_str());
            return Url::parse(&format!("{}://{authority}{location}", self.0.scheme_str().unwrap_or("https")));
        }
        let to = Url::parse(location)?;
        match self.is_https() && !to.is_https() {
            true => Err(DownloadError::Insecure { address: to.0.to_string() }),
            false => Ok(to),
        }
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// The host's name, for people.
    pub(super) fn server(&self) -> String {
        self.0.host().unwrap_or_default().to_owned()
    }

    /// The last part of the path, for people.
    pub(super) fn file(&self) -> String {
        self.0.path().rsplit('/').next().unwrap_or_default().to_owned()
    }
}

fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// From where a file that is here in part is asked for, and what says that it is still the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resume {
    pub from: u64,
    /// `ETag` or `Last-Modified` of the part (RFC 9110, 13.1.5).
    pub validator: String,
}

/// An answer whose body is still to be read.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Incoming,
    url: Url,
    silence: Duration,
    /// Carries the connection; ends with this.
    _carrier: JoinSet<()>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why the next piece of a body did not come.
#[derive(Debug)]
pub(super) enum BodyEnd {
    /// The connection broke before the end.
    Cut,
    Slow(DownloadError),
}

impl Answer {
    /// The next piece, or none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, BodyEnd> {
        let body = &mut self.body;
        loop {
            let frame = timeout(self.silence, poll_fn(|context| Pin::new(&mut *body).poll_frame(context))).await;
            match frame {
                Err(_) => return Err(BodyEnd::Slow(slow(&self.url, self.silence))),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(BodyEnd::Cut),
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }
}

fn slow(url: &Url, after: Duration) -> DownloadError {
    DownloadError::Slow { server: url.server(), file: url.file(), seconds: after.as_secs() }
}

/// Asks servers, a connection a request: a core is fetched once in a while.
#[derive(Clone)]
pub(super) struct Client {
    tls: TlsConnector,
    /// How long a server may be silent.
    silence: Duration,
}

impl Client {
    pub(super) fn new(tls: Arc<ClientConfig>) -> Client {
        Client { tls: tls.into(), silence: SILENCE_LIMIT }
    }

    /// What is there, or the rest of it. The status is 200, 206 or 416; others are errors.
    pub(super) async fn get(&self, url: &Url, resume: Option<&Resume>) -> Result<Answer, DownloadError> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTIONS {
            let (answer, carrier) = self.exchange(&url, resume).await?;
            let (head, body) = answer.into_parts();
            match head.status {
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {
                    let location = head.headers.get(LOCATION).and_then(|it| it.to_str().ok());
                    url = url.redirected(location.ok_or_else(|| nonsense(&url, "a redirection to nowhere"))?)?;
                }
                StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                    if head.headers.get(CONTENT_ENCODING).is_some_and(|it| it != "identity") {
                        return Err(nonsense(&url, "an encoding that was not asked for"));
                    }
                    return Ok(Answer {
                        status: head.status,
                        headers: head.headers,
                        body,
                        url,
                        silence: self.silence,
                        _carrier: carrier,
                    });
                }
                status => {
                    let (server, file) = (url.server(), url.file());
                    return Err(DownloadError::Refused { server, file, status: status.as_u16() });
                }
            }
        }
        Err(nonsense(&url, "redirections without end"))
    }

    async fn exchange(
        &self,
        url: &Url,
        resume: Option<&Resume>,
    ) -> Result<(Response<Incoming>, JoinSet<()>), DownloadError> {
        let host = url.server().trim_matches(['[', ']']).to_owned();
        let port = url.0.port_u16().unwrap_or(if url.is_https() { 443 } else { 80 });
        let unreachable = |error: io::Error| DownloadError::Unreachable { server: url.server(), cause: error.into() };
        let stream = outgoing::connect(&host, port).await.map_err(unreachable)?;
        let mut carrier = JoinSet::new();
        let mut sender = if url.is_https() {
            let name = ServerName::try_from(host).map_err(|error| nonsense(url, &error.to_string()))?;
            let untrusted = |error: io::Error| DownloadError::Untrusted {
                server: url.server(),
                problem: error.to_string().chars().filter(|it| !it.is_control()).take(200).collect(),
            };
            let secured =
                timeout(CONNECT_LIMIT, self.tls.connect(name, stream)).await.map_err(|_| slow(url, CONNECT_LIMIT))?;
            carried(url, secured.map_err(untrusted)?, &mut carrier).await?
        } else {
            carried(url, stream, &mut carrier).await?
        };
        let request = request(url, resume)?;
        let answer = timeout(self.silence, sender.send_request(request)).await.map_err(|_| slow(url, self.silence))?;
        let answer = answer.map_err(|error| nonsense(url, &error.to_string()))?;
        Ok((answer, carrier))
    }
}

async fn carried(
    url: &Url,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    carrier: &mut JoinSet<()>,
) -> Result<SendRequest<String>, DownloadError> {
    let (sender, connection) =
        handshake(TokioIo::new(stream)).await.map_err(|error| nonsense(url, &error.to_string()))?;
    carrier.spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// As http/1.1 has it: the path in the first line, the host in a header.
fn request(url: &Url, resume: Option<&Resume>) -> Result<Request<String>, DownloadError> {
    let bad = |problem: &dyn std::fmt::Display| nonsense(url, &problem.to_string());
    let path = url.0.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let authority = url.0.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::builder()
        .uri(Uri::from(path))
        .header(HOST, HeaderValue::from_str(authority).map_err(|error| bad(&error))?)
        .header(USER_AGENT, concat!("hotseat/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT_ENCODING, "identity")
        .header(CONNECTION, "close");
    if let Some(Resume { from, validator }) = resume {
        request = request.header(RANGE, format!("bytes={from}-")).header(IF_RANGE, validator);
    }
    request.body(String::new()).map_err(|error| bad(&error))
}

pub(super) fn nonsense(url: &Url, problem: &str) -> DownloadError {
    let problem = problem.chars().filter(|it| !it.is_control()).take(200).collect();
    DownloadError::Nonsense { server: url.server(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn cores_come_by_https_or_from_this_machine() {
        for text in ["https://cores.example/x/", "http://127.0.0.1:80", "http://[::1]:1/a", "http://localhost/"] {
            url(text);
        }
        for text in ["http://cores.example/", "http://192.0.2.1/", "http://127.0.0.1.example/"] {
            assert!(matches!(Url::parse(text), Err(DownloadError::Insecure { .. })), "{text}");
        }
        for text in ["", "cores.example", "/a/b", "ftp://cores.example/", "https:///x", "https://a b/", "https://u@h/"]
        {
            assert!(matches!(Url::parse(text), Err(DownloadError::BadAddress { .. })), "{text}");
        }
    }

    #[test]
    fn what_is_below_an_address_is_named_whether_or_not_it_ends_in_a_slash() {
        for base in ["https://cores.example/latest", "https://cores.example/latest/"] {
            let joined = url(base).join("a_libretro.so.zip").expect("an address");
            assert_eq!(joined, url("https://cores.example/latest/a_libretro.so.zip"));
            assert_eq!((joined.server(), joined.file()), ("cores.example".into(), "a_libretro.so.zip".into()));
        }
    }

    /// What comes of a server that says `answer` and then nothing more.
    async fn asked(answer: &'static [u8]) -> Result<Vec<u8>, DownloadError> {
        use tokio::io::AsyncWriteExt;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = async {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            stream.write_all(answer).await.expect("sent");
            std::future::pending::<()>().await;
            drop(stream);
        };
        let tls = crate::net::tls::client_config(&[]).expect("TLS");
        let client = Client { silence: Duration::from_millis(50), ..Client::new(tls) };
        let url = url(&format!("http://127.0.0.1:{port}/a_libretro.so.zip"));
        tokio::select! {
            data = super::super::fetch::to_memory(&client, &url, 100) => data,
            () = server => unreachable!("it waits"),
        }
    }

    #[test]
    fn a_server_that_falls_silent_or_says_too_much_is_given_up() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            for silent in [&b""[..], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"] {
                assert!(matches!(asked(silent).await, Err(DownloadError::Slow { .. })), "{silent:?}");
            }
            let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole";
            assert_eq!(asked(whole).await, Ok(b"whole".to_vec()));
            let large = b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n";
            assert!(matches!(asked(large).await, Err(DownloadError::TooLarge { .. })));
            let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n\
                0123456789012345678901234567890123456789012345678901234567890123\r\n40\r\n\
                0123456789012345678901234567890123456789012345678901234567890123\r\n";
            assert!(matches!(asked(chunks).await, Err(DownloadError::TooLarge { .. })));
            let packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx";
            assert!(matches!(asked(packed).await, Err(DownloadError::Nonsense { .. })));
            for nonsense in [&b"hello\r\n\r\n"[..], b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"] {
                assert!(matches!(asked(nonsense).await, Err(DownloadError::Nonsense { .. })), "{nonsense:?}");
            }
        });
    }

    #[test]
    fn a_redirection_stays_secure() {
        let from = url("https://cores.example:8443/a/b");
        assert_eq!(from.redirected("/c").expect("a path"), url("https://cores.example:8443/c"));
        assert_eq!(from.redirected("//mirror.example/c").expect("a server"), url("https://mirror.example/c"));
        assert_eq!(from.redirected("https://mirror.example/c").expect("whole"), url("https://mirror.example/c"));
        assert!(matches!(from.redirected("http://127.0.0.1/c"), Err(DownloadError::Insecure { .. })));
        assert!(matches!(from.redirected("c"), Err(DownloadError::BadAddress { .. })));
        assert!(url("http://localhost/a").redirected("https://cores.example/").is_ok());
    }
}
