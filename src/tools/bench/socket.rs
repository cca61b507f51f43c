//! Just enough of a WebSocket client to join: one text message out, one in, each shorter than 64 KiB.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Sends `message` to the WebSocket at `ws://ADDRESS/ws` and returns the answer with the open stream.
pub fn ask(address: SocketAddr, message: &str) -> std::io::Result<(String, TcpStream)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_nodelay(true)?;
    // The key is fixed and the answer to it is not checked: the other end is our own.
    write!(
        stream,
        "GET /ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 4096 {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(std::io::Error::other("the host opened no WebSocket"));
    }
    // RFC 6455: FIN and text; a client's payload is masked, and a mask of zeros changes nothing.
    let length = u16::try_from(message.len()).map_err(std::io::Error::other)?;
    let mut frame = vec![0x81, 0x80 | 126];
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(message.as_bytes());
    stream.write_all(&frame)?;
    let mut start = [0; 2];
    stream.read_exact(&mut start)?;
    let length = match start[1] & 0x7f {
        126 => {
            let mut length = [0; 2];
            stream.read_exact(&mut length)?;
            usize::from(u16::from_be_bytes(length))
        }
        short @ 0..126 => usize::from(short),
        _ => return Err(std::io::Error::other("the answer is too long")),
    };
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok((String::from_utf8(payload).map_err(std::io::Error::other)?, stream))
}
