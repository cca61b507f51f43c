//! A slow cable: what comes out of one interface goes into the other after a while. The kernel's own (`netem`) is not everywhere.

use crate::common::network::{at, run};
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv, send, socket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Frames on their way in one direction. Those beyond are lost, as on a line that is too thin.
const ON_THE_WAY: usize = 4096;

/// Joins two interfaces of a machine that does nothing else, until this program ends.
pub fn delay(machine: &str, interfaces: [&str; 2], by: Duration) {
    for interface in interfaces {
        run(&format!("ip netns exec {machine} sysctl -q -w net.ipv6.conf.{interface}.disable_ipv6=1"));
        run(&format!("ip -n {machine} link set {interface} up"));
    }
    let [near, far] = at(machine, || interfaces.map(|it| Arc::new(frames_of(it))));
    carry(near.clone(), far.clone(), by);
    carry(far, near, by);
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

fn carry(from: Arc<OwnedFd>, to: Arc<OwnedFd>, by: Duration) {
    let (sender, frames) = sync_channel::<(Instant, Vec<u8>)>(ON_THE_WAY);
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length) = recv(from.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
            let _ = sender.try_send((Instant::now() + by, buffer[..length].to_vec()));
        }
    });
    std::thread::spawn(move || {
        for (due, frame) in frames {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let _ = send(to.as_raw_fd(), &frame, MsgFlags::empty());
        }
    });
}
