//! Routers of a test's own on loopback addresses, as good or as bad as it likes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The address that good routers say they have.
pub const EXTERNAL: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);
const LOOK: Duration = Duration::from_millis(20);

/// A mapping at a router: protocol, external port, internal address, lease in seconds.
pub type Entry = (&'static str, u16, SocketAddr, u32);

#[derive(Clone)]
pub struct Router {
    pub address: Ipv4Addr,
    pub table: Arc<Mutex<Vec<Entry>>>,
    /// Mappings that were made or renewed.
    pub asked: Arc<Mutex<Vec<Entry>>>,
    stop: Arc<AtomicBool>,
}

/// Ends a router's threads.
pub struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Router {
    /// At 127.53.`number`.1, an address that no other test uses.
    pub fn new(number: u8) -> (Router, Running) {
        Router::at(Ipv4Addr::new(127, 53, number, 1))
    }

    pub fn at(address: Ipv4Addr) -> (Router, Running) {
        let stop = Arc::new(AtomicBool::new(false));
        let router = Router { address, table: Arc::default(), asked: Arc::default(), stop: stop.clone() };
        (router, Running(stop))
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.table.lock().expect("the table").clone()
    }

    pub fn times_asked(&self) -> usize {
        self.asked.lock().expect("the list").len()
    }

    /// Makes, renews, or with a lease of none removes a mapping.
    pub fn map(&self, protocol: &'static str, external: u16, internal: SocketAddr, lease: u32) {
        self.forget(protocol, internal);
        self.asked.lock().expect("the list").push((protocol, external, internal, lease));
        self.table.lock().expect("the table").push((protocol, external, internal, lease));
    }

    pub fn forget(&self, protocol: &str, internal: SocketAddr) {
        self.table.lock().expect("the table").retain(|it| !(it.0 == protocol && it.2 == internal));
    }

    /// Answers datagrams at a port.
    pub fn datagrams(&self, port: u16, answer: impl Fn(&Router, &[u8], SocketAddr) -> Vec<Vec<u8>> + Send + 'static) {
        let socket = UdpSocket::bind((self.address, port)).expect("a socket");
        socket.set_read_timeout(Some(LOOK)).expect("a limit");
        let router = self.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            while !router.stop.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
                for answer in answer(&router, &buffer[..length], from) {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
    }

    /// Answers requests of HTTP, each on a thread: the path and action, the body, and the connection to answer on.
    pub fn http(&self, answer: impl Fn(&Router, &str, &str, TcpStream) + Send + Sync + 'static) -> u16 {
        let listener = TcpListener::bind((self.address, 0)).expect("a listener");
        let port = listener.local_addr().expect("an address").port();
        listener.set_nonblocking(true).expect("a listener");
        let (router, answer) = (self.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            while !router.stop.load(Ordering::Relaxed) {
                let Ok((stream, _)) = listener.accept() else {
                    std::thread::sleep(LOOK);
                    continue;
                };
                let (router, answer) = (router.clone(), answer.clone());
                std::thread::spawn(move || {
                    stream.set_nonblocking(false).expect("a stream");
                    if let Some((what, body)) = request(&stream) {
                        answer(&router, &what, &body, stream);
                    }
                });
            }
        });
        port
    }

    /// Answers searches of UPnP with a location.
    pub fn ssdp(&self, location: String) {
        self.datagrams(1900, move |_, _, _| {
            let head = "HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n";
            vec![format!("{head}LOCATION: {location}\r\n\r\n").into_bytes()]
        });
    }

    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

fn request(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let (mut what, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let lower = line.to_ascii_lowercase();
        if what.is_empty() {
            what = line.trim().to_owned();
        } else if let Some(action) = lower.strip_prefix("soapaction:") {
            what = format!("{what} {}", action.trim());
        } else if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        } else if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((what, String::from_utf8(body).ok()?))
}

/// Answers with a whole body.
pub fn reply(mut stream: TcpStream, status: &str, body: &str) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nConnection: close\r\n");
    let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
}

/// PCP as a good router speaks it.
pub fn pcp(router: &Router, request: &[u8], from: SocketAddr, lease: u32) -> Vec<Vec<u8>> {
    if request.first() != Some(&2) || request.len() < 60 {
        return Vec::new();
    }
    let number = |at: usize| u16::from_be_bytes([request[at], request[at + 1]]);
    let protocol = if request[36] == 6 { "TCP" } else { "UDP" };
    let internal = SocketAddr::new(from.ip(), number(40));
    let removes = request[4..8] == [0; 4];
    let mut answer = request.to_vec();
    answer[1] |= 0x80;
    answer[3] = 0;
    if removes {
        router.forget(protocol, internal);
    } else {
        router.map(protocol, number(42), internal, lease);
        answer[4..8].copy_from_slice(&lease.to_be_bytes());
    }
    answer[44..60].copy_from_slice(&EXTERNAL.to_ipv6_mapped().octets());
    vec![answer]
}

/// NAT-PMP as a good router speaks it, that has this address.
pub fn nat_pmp(router: &Router, request: &[u8], from: SocketAddr, external: Ipv4Addr) -> Vec<Vec<u8>> {
    match *request {
        [0, 0] => vec![[&[0, 128, 0, 0, 0, 0, 0, 9][..], &external.octets()].concat()],
        [0, operation @ (1 | 2), _, _, a, b, c, d, ref lease @ ..] => {
            let protocol = if operation == 1 { "UDP" } else { "TCP" };
            let internal = SocketAddr::new(from.ip(), u16::from_be_bytes([a, b]));
            let removes = *lease == [0; 4];
            if removes {
                router.forget(protocol, internal);
            } else {
                router.map(protocol, u16::from_be_bytes([c, d]), internal, 3600);
            }
            let external = if removes { [0, 0] } else { [c, d] };
            vec![[&[0, operation + 128, 0, 0, 0, 0, 0, 9, a, b][..], &external, lease].concat()]
        }
        // Another version: "unsupported version", as RFC 6886 section 3.5 wants it.
        [_, operation, ..] => vec![vec![0, operation | 128, 0, 1, 0, 0, 0, 9]],
        _ => Vec::new(),
    }
}
