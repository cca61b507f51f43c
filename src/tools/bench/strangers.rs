//! `bench strangers`: 10,000 datagrams a second from those who belong to no session, and what they do to the picture and get back.

use super::table::{self, Row, Table};
use super::viewer::Viewer;
use super::{BenchError, Host, fixture};
use crate::sync::{spawn, wake_precisely};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Datagrams a second, of all strangers.
const RATE: u32 = 10_000;
/// Each has a socket of its own.
const STRANGERS: usize = 64;
const SECONDS: usize = 10;
/// Of the test core, and of the demo game nearly.
const FRAME: Duration = Duration::from_micros(16_667);

/// What passed between host and strangers, in bytes of payload and in datagrams.
#[derive(Default)]
struct Traffic {
    datagrams: u64,
    sent: u64,
    answered: u64,
}

/// Of the same seconds: frames a second, those that were late, the longest wait, and the host's latency.
struct Picture {
    frames: f64,
    late: f64,
    longest_ms: f64,
    p99_ms: f64,
}

/// The picture of one viewer without and with strangers.
pub fn strangers(table: &mut Table) -> Result<(), BenchError> {
    let arguments = fixture().map_or(Vec::new(), |core| vec!["--core".into(), core.display().to_string()]);
    let mut host = Host::start(&arguments)?;
    let viewer = Viewer::join(&host.url)?;
    viewer.wait_for_frames(120)?;
    let address = viewer.host().ok_or(BenchError::ViewersMissing)?;
    host.skip_stats(3)?;
    let quiet = Picture::watch(&mut host, &viewer)?;

    let stop = Arc::new(AtomicBool::new(false));
    let ends = stop.clone();
    let noise = spawn("strangers", move || send(address, &ends))?;
    host.skip_stats(2)?;
    let loud = Picture::watch(&mut host, &viewer);
    stop.store(true, Ordering::Release);
    let traffic = noise.join().map_err(|_| BenchError::NoFigures)?;
    let (loud, traffic) = (loud?, traffic.map_err(BenchError::io("The strangers' sockets failed"))?);

    for (who, picture) in [("without strangers", &quiet), ("with strangers", &loud)] {
        table.push(Row::info(format!("{who}: frames a second received"), picture.frames, "/s"));
        table.push(Row::info(format!("{who}: the longest time between two frames"), picture.longest_ms, "ms"));
        table.push(Row::info(format!("host latency 512x480, {who}, p99"), picture.p99_ms, "ms"));
    }
    let rate = traffic.datagrams as f64 / (SECONDS + 2) as f64;
    table.push(Row::above("datagrams of strangers".into(), rate, "/s", f64::from(RATE) * 0.95));
    table.push(Row::info("frames late by more than a frame's time, without strangers".into(), quiet.late, ""));
    table.push(Row::below("frames late by more than a frame's time, with strangers".into(), loud.late, "", 0.0));
    let share = traffic.answered as f64 / traffic.sent.max(1) as f64;
    table.push(Row::below("bytes sent to strangers for each that they sent".into(), share, "", 1.0));
    Ok(())
}

impl Picture {
    fn watch(host: &mut Host, viewer: &Viewer) -> Result<Picture, BenchError> {
        viewer.arrivals();
        let begin = Instant::now();
        let stats = host.stats(SECONDS)?;
        let seconds = begin.elapsed().as_secs_f64();
        let arrivals = viewer.arrivals();
        let waits: Vec<Duration> = arrivals.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Ok(Picture {
            frames: arrivals.len() as f64 / seconds,
            late: waits.iter().filter(|&&wait| wait > FRAME * 2).count() as f64,
            longest_ms: waits.iter().max().map_or(0.0, |longest| longest.as_secs_f64() * 1000.0),
            p99_ms: table::median(stats.iter().map(|stat| table::number(stat, &["latency_p99_ms"]))),
        })
    }
}

/// Sends what strangers may send until it is to stop, evenly, and counts what comes back.
fn send(host: SocketAddr, stop: &AtomicBool) -> std::io::Result<Traffic> {
    wake_precisely();
    let mut sockets = Vec::with_capacity(STRANGERS);
    for _ in 0..STRANGERS {
        let socket = UdpSocket::bind((host.ip(), 0))?;
        socket.set_nonblocking(true)?;
        sockets.push(socket);
    }
    let kinds = kinds();
    let mut traffic = Traffic::default();
    let mut buffer = [0; 2048];
    let begin = Instant::now();
    while !stop.load(Ordering::Acquire) {
        let due = (begin.elapsed().as_secs_f64() * f64::from(RATE)) as u64;
        while traffic.datagrams < due {
            let (at, kind) = (traffic.datagrams as usize % STRANGERS, traffic.datagrams as usize / STRANGERS);
            let datagram = &kinds[kind % kinds.len()];
            traffic.datagrams += 1;
            // One that the host's full buffer did not take was sent all the same.
            let _ = sockets[at].send_to(datagram, host);
            traffic.sent += datagram.len() as u64;
            while let Ok((length, _)) = sockets[at].recv_from(&mut buffer) {
                traffic.answered += length as u64;
            }
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    Ok(traffic)
}

/// One of each kind that a host reads at all, and some that are none.
fn kinds() -> Vec<Vec<u8>> {
    // RFC 8489, 5: a binding request, with the length of its attributes, the magic cookie and a transaction.
    let stun = |attributes: &[u8]| {
        let length = u16::try_from(attributes.len()).unwrap_or(0).to_be_bytes();
        [&[0, 1][..], &length, &[0x21, 0x12, 0xa4, 0x42], &[7; 12], attributes].concat()
    };
    // USERNAME (6), of a session that there is not, and MESSAGE-INTEGRITY (8) that is wrong.
    let named = stun(&[&[0, 6, 0, 9][..], b"abcd:efgh", &[0; 3], &[0, 8, 0, 20], &[5; 20]].concat());
    // The success of a request that was not sent: XOR-MAPPED-ADDRESS (0x20).
    let mut success = stun(&[0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
    success[..2].copy_from_slice(&[1, 1]);
    // RFC 6347, 4.1: a record of a handshake (22) of DTLS 1.2, and application data (23).
    let dtls =
        |content: u8, length: u8| [&[content, 0xfe, 0xfd][..], &[0; 8], &[0, length], &vec![1; length.into()]].concat();
    // RFC 3550, 5.1 and 6.4: a packet of video, and a receiver's report.
    let rtp = [&[0x80, 96, 0, 1][..], &[9; 8], &[0xab; 1100]].concat();
    let rtcp =
        vec![0x81, 201, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    // RFC 8656, 12.4: data of a relay's channel.
    let channel = [&[0x40, 0, 0, 8][..], &[3; 8]].concat();
    let garbage = (0..=255).cycle().take(1200).map(|it: u8| it.wrapping_mul(37) ^ 0x5a).collect();
    vec![stun(&[]), named, success, dtls(22, 120), dtls(23, 40), rtp, rtcp, channel, garbage, vec![0], Vec::new()]
}
