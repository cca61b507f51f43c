//! What a network really does with UDP, and whether two of them let each other through: by plain sockets, without ICE.

use super::sites::{HOME_ROUTER, SERVER_V4, SERVER_V6, Site};
use super::theory::{Filtering, Mapping};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::time::{Duration, Instant};

/// The servers' ports.
const PORTS: [u16; 2] = [7001, 7002];
/// How long an answer may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long one that overtook another one's answer may be ahead of it.
const GRACE: Duration = Duration::from_millis(100);
/// How often a hole is tried, and how long between two tries.
const TRIES: usize = 20;
const BETWEEN: Duration = Duration::from_millis(20);

/// Servers on two addresses and two ports of each family that say who asked, from where they are told to say it (as RFC 5780
/// has it). A request is the number of the socket that is to answer, and the port that it is to answer to, or 0.
pub struct Reflectors;

impl Reflectors {
    /// In the namespace `server`; they end with the test's process.
    pub fn start() -> Reflectors {
        crate::common::network::at("server", || {
            for addresses in [SERVER_V4.map(IpAddr::from), SERVER_V6.map(IpAddr::from)] {
                let socket = |to| Arc::new(UdpSocket::bind(to).expect("a server's socket"));
                let sockets = servers(addresses).map(socket);
                for own in sockets.clone() {
                    let sockets = sockets.clone();
                    std::thread::spawn(move || while reflect(&own, &sockets).is_ok() {});
                }
            }
        });
        Reflectors
    }
}

fn servers([first, second]: [IpAddr; 2]) -> [SocketAddr; 4] {
    [(first, PORTS[0]), (first, PORTS[1]), (second, PORTS[0]), (second, PORTS[1])].map(SocketAddr::from)
}

fn reflect(own: &UdpSocket, all: &[Arc<UdpSocket>; 4]) -> io::Result<()> {
    let mut request = [0; 3];
    let (_, from) = own.recv_from(&mut request)?;
    let [by, port @ ..] = request;
    let mut to = from;
    match u16::from_be_bytes(port) {
        0 => {}
        port => to.set_port(port),
    }
    // Nobody there is an answer of the network's, too.
    let _ = all[usize::from(by) % all.len()].send_to(from.to_string().as_bytes(), to);
    Ok(())
}

/// One socket of a machine, and the servers that it asks.
struct Asker {
    socket: UdpSocket,
    servers: [SocketAddr; 4],
}

impl Asker {
    /// On this thread's machine.
    fn new(ipv6: bool) -> Asker {
        let any = if ipv6 { IpAddr::from(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
        let servers = if ipv6 { servers(SERVER_V6.map(IpAddr::from)) } else { servers(SERVER_V4.map(IpAddr::from)) };
        Asker { socket: UdpSocket::bind((any, 0)).expect("a socket"), servers }
    }

    fn port(&self) -> u16 {
        self.socket.local_addr().expect("an address").port()
    }

    fn request(&self, server: usize, by: u8, port: u16) {
        let [high, low] = port.to_be_bytes();
        // A network that lets nothing out may say so at once.
        let _ = self.socket.send_to(&[by, high, low], self.servers[server]);
    }

    /// The next answer within this time: who gave it, and whom it saw.
    fn answer(&self, limit: Duration) -> Option<(SocketAddr, SocketAddr)> {
        let mut text = [0; 64];
        self.socket.set_read_timeout(Some(limit)).expect("a limit");
        let (length, from) = self.socket.recv_from(&mut text).ok()?;
        let seen = std::str::from_utf8(&text[..length]).ok()?.parse().ok()?;
        Some((from, seen))
    }

    /// What this server sees as the sender.
    fn seen_by(&self, server: usize) -> Option<SocketAddr> {
        self.request(server, server as u8, 0);
        let end = Instant::now() + PATIENCE;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            match self.answer(left) {
                Some((from, seen)) if from == self.servers[server] => return Some(seen),
                Some(_) => {}
                None => return None,
            }
        }
        None
    }

    /// Whether what server `by` sends to this port gets in here, when the first server is asked for it by `asker`. The first one
    /// sends it before its next answer, so that its absence is known once that came.
    fn hears(&self, asker: &Asker, by: usize, port: u16) -> bool {
        asker.request(0, by as u8, port);
        Asker::new(self.servers[0].is_ipv6()).seen_by(0).expect("the server answers");
        std::iter::from_fn(|| self.answer(GRACE)).any(|(from, _)| from == self.servers[by])
    }
}

/// How the network of this site treats UDP. None: no answer comes back.
pub fn classify(site: &Site) -> Option<(Mapping, Filtering)> {
    site.run(|| {
        let ipv6 = site.kind.is_ipv6();
        let asker = Asker::new(ipv6);
        let first = asker.seen_by(0)?;
        let rest: Vec<SocketAddr> = (1..4).filter_map(|server| asker.seen_by(server)).collect();
        assert_eq!(rest.len(), 3, "all servers answer or none");
        let mapping = if rest.iter().any(|seen| *seen != first) {
            Mapping::AddressAndPortDependent
        } else if first == SocketAddr::from((site.own, asker.port())) {
            Mapping::Own
        } else {
            Mapping::EndpointIndependent
        };
        assert_eq!(first.ip(), site.public);
        // This one sends nothing: its port is open only where every port is.
        let silent = Asker::new(ipv6);
        let fresh = Asker::new(ipv6);
        fresh.seen_by(0);
        let filtering = if silent.hears(&asker, 3, silent.port()) {
            Filtering::Open
        } else if fresh.hears(&fresh, 3, 0) {
            Filtering::EndpointIndependent
        } else if fresh.hears(&fresh, 1, 0) {
            Filtering::AddressDependent
        } else {
            Filtering::AddressAndPortDependent
        };
        Some((mapping, filtering))
    })
}

/// Where [`map_by_nat_pmp`] wants what comes.
const MAPPED_PORT: u16 = 4000;

/// Asks the router of this site for a port, by NAT-PMP (RFC 6886); which one it gives.
pub fn map_by_nat_pmp(site: &Site) -> u16 {
    let [high, low] = MAPPED_PORT.to_be_bytes();
    let request = [0, 1, 0, 0, high, low, high, low, 0, 0, 0x0e, 0x10];
    site.run(|| {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a socket");
        socket.set_read_timeout(Some(BETWEEN * 10)).expect("a limit");
        // It may only just be starting.
        crate::common::until("an answer by NAT-PMP", crate::common::LONG, || {
            let _ = socket.send_to(&request, (HOME_ROUTER, 5351));
            let mut answer = [0; 64];
            let length = socket.recv(&mut answer).ok()?;
            let granted = length == 16 && answer[..4] == [0, 0x81, 0, 0];
            granted.then(|| u16::from_be_bytes([answer[10], answer[11]]))
        })
    })
}

/// Whether what a server sends to this port of the site's public address arrives at the machine, which has sent nothing there.
pub fn hears_strangers(site: &Site, port: u16) -> bool {
    site.run(|| {
        let mut listener = Asker::new(false);
        listener.socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, MAPPED_PORT)).expect("a socket");
        listener.hears(&Asker::new(false), 3, port)
    })
}

/// What one end tells the other: where it may be reached.
type Told = Vec<SocketAddr>;

/// Whether two machines reach each other by the addresses that they tell: the host its own public one and what a server saw of
/// it, the guest only the latter; without a server (`seen`), nothing of that. Both check and answer as ICE does, each from one
/// socket.
pub fn punches(host: &Site, guest: &Site, seen: bool) -> bool {
    let (to_guest, from_host) = mpsc::channel();
    let (to_host, from_guest) = mpsc::channel();
    let (reached, begin) = (&AtomicUsize::new(0), &Barrier::new(2));
    let end = |site: &Site, tells_own: bool, to: mpsc::Sender<Told>, from: mpsc::Receiver<Told>| {
        site.run(move || {
            let asker = Asker::new(site.kind.is_ipv6());
            let mut told: Told = seen.then(|| asker.seen_by(0)).flatten().into_iter().collect();
            if tells_own && site.own == site.public {
                told.push((site.own, asker.port()).into());
            }
            to.send(told).expect("the other end is there");
            let known = from.recv().expect("the other end tells");
            begin.wait();
            check(&asker.socket, known, reached);
        });
    };
    std::thread::scope(|scope| {
        scope.spawn(|| end(host, true, to_guest, from_guest));
        scope.spawn(|| end(guest, false, to_host, from_host));
    });
    reached.load(Ordering::Relaxed) == 2
}

/// Sends to all that is known, answers what comes, and learns from it.
fn check(socket: &UdpSocket, mut known: Told, reached: &AtomicUsize) {
    socket.set_read_timeout(Some(BETWEEN)).expect("a limit");
    let mut answered = false;
    for _ in 0..TRIES {
        for to in &known {
            let _ = socket.send_to(b"check", to);
        }
        let next = Instant::now() + BETWEEN;
        while Instant::now() < next {
            let mut data = [0; 16];
            let Ok((length, from)) = socket.recv_from(&mut data) else { continue };
            match &data[..length] {
                b"check" => {
                    let _ = socket.send_to(b"answer", from);
                    if !known.contains(&from) {
                        known.push(from);
                    }
                }
                b"answer" if !answered => {
                    answered = true;
                    reached.fetch_add(1, Ordering::Relaxed);
                }
                _ => {}
            }
        }
        if reached.load(Ordering::Relaxed) == 2 {
            return;
        }
    }
}
