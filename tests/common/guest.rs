//! Somebody who speaks to the host's WebSocket without being the page.

use super::Host;
use rustix::net::{AddressFamily, SocketType};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::{Message, WebSocket};

/// Longer than the host waits for a first message.
const PATIENCE: Duration = Duration::from_secs(30);

/// One open WebSocket.
pub struct Guest {
    socket: WebSocket<TcpStream>,
}

/// What became of what was said.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A message.
    Said(Value),
    /// The connection was ended without one.
    Ended,
}

impl Answer {
    /// The code of a refusal, or what else it was.
    pub fn code(&self) -> String {
        match self {
            Answer::Said(value) if value["type"] == "refused" => value["code"].as_str().unwrap_or_default().to_owned(),
            Answer::Said(value) => value["type"].as_str().unwrap_or_default().to_owned(),
            Answer::Ended => "ended".into(),
        }
    }
}

impl Guest {
    /// Opens the host's WebSocket, as a page of `origin` if there is one. The error is the HTTP status.
    pub fn open(host: &Host, origin: Option<&str>) -> Result<Guest, u16> {
        Guest::open_from(host, Ipv4Addr::LOCALHOST, origin)
    }

    /// The same from another address of this machine, such as 127.0.0.2.
    pub fn open_from(host: &Host, source: Ipv4Addr, origin: Option<&str>) -> Result<Guest, u16> {
        let address = host.address();
        let stream = connect_from(&address, source);
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        let mut request = format!("ws://{address}/ws").into_client_request().expect("a request");
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("an origin"));
        }
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Guest { socket }),
            Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(response))) => {
                Err(response.status().as_u16())
            }
            Err(error) => panic!("the WebSocket does not open: {error}"),
        }
    }

    /// Sends a message; a host that has hung up meanwhile is no failure.
    pub fn say(&mut self, message: Message) {
        let _ = self.socket.send(message);
    }

    /// What comes next.
    pub fn hear(&mut self) -> Answer {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Answer::Said(serde_json::from_str(&text).expect("JSON")),
                Ok(Message::Close(_)) => return Answer::Ended,
                Ok(_) => {}
                Err(tungstenite::Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    panic!("the host neither answers nor hangs up")
                }
                Err(_) => return Answer::Ended,
            }
        }
    }

    /// One message on a fresh WebSocket, and its answer.
    pub fn ask(host: &Host, message: Message) -> Answer {
        let mut guest = Guest::open(host, None).expect("the WebSocket opens");
        guest.say(message);
        guest.hear()
    }
}

/// A connection to `address` that comes from `source`.
fn connect_from(address: &str, source: Ipv4Addr) -> TcpStream {
    let address: SocketAddr = address.parse().expect("an address");
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    if source != Ipv4Addr::LOCALHOST {
        rustix::net::bind(&socket, &SocketAddr::from((source, 0))).expect("an address of this machine");
    }
    rustix::net::connect(&socket, &address).expect("the host takes connections");
    socket.into()
}

/// A join message that is right but for what `change` does to it.
pub fn join(host: &Host, sdp: &str, change: impl FnOnce(&mut Value)) -> Message {
    let mut join = json!({"type": "join", "v": 3, "secret": host.secret(), "code": null, "name": "Guest", "resume": null, "sdp": sdp});
    change(&mut join);
    Message::text(join.to_string())
}
