//! Connections of the host's own to servers by their names.

use std::io;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// For one address of the server.
const LIMIT: Duration = Duration::from_secs(10);
/// Addresses of a server that are tried.
const ADDRESSES: usize = 4;

/// Connects to the first address of `host` that answers. The error is that of the last one.
pub async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host((host, port)).await?.take(ADDRESSES) {
        match timeout(LIMIT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}
