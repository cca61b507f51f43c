//! Carries frames of Ethernet between two interfaces as the model has it.

use super::model::{Conditions, Counts, Line};
use crate::common::network::{at, cable, quietly, run};
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv, send, socket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Only UDP and TCP over IPv4 are treated badly, and counted: a lost question for an address says nothing about games.
fn is_of_interest(frame: &[u8]) -> bool {
    frame.get(12..14) == Some(&[0x08, 0x00]) && matches!(frame.get(23), Some(6 | 17))
}

struct Direction {
    line: Mutex<Line<Vec<u8>>>,
    more: Condvar,
    begin: Instant,
}

/// A cable between two machines with a machine of its own in the middle, until this program ends.
pub struct Wire {
    /// From the first machine to the second, and back.
    directions: [Arc<Direction>; 2],
}

impl Wire {
    /// The machines get the addresses `10.NET.0.1` and `10.NET.0.2`. Good until it is told otherwise.
    pub fn between(machines: [&str; 2], net: u8) -> Wire {
        let middle = format!("wire{net}");
        run(&format!("ip netns add {middle}"));
        for (index, machine) in machines.iter().enumerate() {
            let (end, side) = (format!("net{net}"), ["first", "second"][index]);
            let address = format!("10.{net}.0.{}/24", index + 1);
            // Addresses of the ends in the middle are never used.
            let unused = format!("169.254.{net}.{}/32", index + 1);
            cable([(machine, &end, &address), (&middle, side, &unused)]);
            // It is no network card that would fill in checksums or cut packets.
            quietly(&format!("ip netns exec {machine} ethtool -K {end} tx off tso off gso off gro off"));
            quietly(&format!("ip netns exec {middle} ethtool -K {side} gro off"));
            run(&format!("ip netns exec {middle} sysctl -q -w net.ipv6.conf.{side}.disable_ipv6=1"));
        }
        let [first, second] = at(&middle, || ["first", "second"].map(|it| Arc::new(frames_of(it))));
        Wire { directions: [carry(first.clone(), second.clone(), 1), carry(second, first, 2)] }
    }

    /// How it is from now on, in both directions.
    pub fn follow(&self, schedule: &[(Duration, Conditions)]) {
        for direction in &self.directions {
            let now = direction.begin.elapsed();
            lock(&direction.line).follow(schedule, now);
            direction.more.notify_all();
        }
    }

    pub fn counts(&self) -> [Counts; 2] {
        [0, 1].map(|index: usize| lock(&self.directions[index].line).counts)
    }

    /// Bytes that wait on the way to the first machine.
    pub fn queued_back(&self) -> usize {
        lock(&self.directions[1].line).queued()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A socket for whole frames of an interface (packet(7)); it does not receive what is sent by it.
fn frames_of(interface: &str) -> OwnedFd {
    let all = getifaddrs().expect("the interfaces");
    let link = |address: &nix::sys::socket::SockaddrStorage| address.as_link_addr().copied();
    let address: LinkAddr = all
        .filter(|it| it.interface_name == interface)
        .find_map(|it| it.address.as_ref().and_then(link))
        .expect("it is there");
    let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll);
    let socket = socket.expect("a socket for frames");
    bind(socket.as_raw_fd(), &address).expect("the socket takes the interface");
    socket
}

fn carry(from: Arc<OwnedFd>, to: Arc<OwnedFd>, seed: u64) -> Arc<Direction> {
    let line = Mutex::new(Line::new(Conditions::GOOD, seed));
    let direction = Arc::new(Direction { line, more: Condvar::new(), begin: Instant::now() });
    let (taking, out) = (direction.clone(), to.clone());
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length) = recv(from.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
            let frame = &buffer[..length];
            if !is_of_interest(frame) {
                let _ = send(out.as_raw_fd(), frame, MsgFlags::empty());
                continue;
            }
            let now = taking.begin.elapsed();
            lock(&taking.line).push(frame.to_vec(), length, now);
            taking.more.notify_all();
        }
    });
    let sending = direction.clone();
    std::thread::spawn(move || {
        let mut line = lock(&sending.line);
        loop {
            let now = sending.begin.elapsed();
            while let Some(frame) = line.poll(now) {
                let _ = send(to.as_raw_fd(), &frame, MsgFlags::empty());
            }
            let rest =
                line.poll_timeout().map_or(Duration::from_secs(1), |at| at.saturating_sub(sending.begin.elapsed()));
            line = sending.more.wait_timeout(line, rest).map_or_else(|poisoned| poisoned.into_inner().0, |it| it.0);
        }
    });
    direction
}
