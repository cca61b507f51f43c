//! A peer without a browser: joins as a page does, receives everything, decodes nothing.

use super::{BenchError, socket};
use crate::sync::{spawn, wake_precisely};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, Reliability};
use str0m::media::{Direction, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// A connected peer. Dropping it ends it.
pub struct Viewer {
    peer: u64,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// Whole frames received.
    frames: AtomicU64,
    /// Input messages sent.
    sent: AtomicU64,
    /// Seats that are lit now, and those that have been, one bit each.
    activity: AtomicU32,
    lit: AtomicU32,
    /// Where the host's datagrams come from.
    host: OnceLock<SocketAddr>,
    /// When whole frames came, once somebody wants to know.
    arrivals: Mutex<Option<Vec<Instant>>>,
    stop: AtomicBool,
}

/// A button is down for so many messages, and then up for as many: long enough to be seen at any moment.
const MESSAGES_A_PRESS: u32 = 8;

impl Viewer {
    /// Joins by an invite, and watches.
    pub fn join(url: &str) -> Result<Viewer, BenchError> {
        Viewer::start(url, None)
    }

    /// Joins by an invite, and plays on the seat that the host gives it, with so many input messages a second.
    pub fn play(url: &str, rate: u32) -> Result<Viewer, BenchError> {
        Viewer::start(url, Some(Duration::from_secs(1) / rate.max(1)))
    }

    fn start(url: &str, every: Option<Duration>) -> Result<Viewer, BenchError> {
        let failed = BenchError::io("The viewer could not join");
        let sdp_problem = |problem: String| BenchError::Sdp { problem };
        let (address, secret) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once("/#"))
            .and_then(|(address, secret)| Some((address.parse::<SocketAddr>().ok()?, secret)))
            .ok_or_else(|| BenchError::NoInvite { url: url.to_owned() })?;
        let udp = UdpSocket::bind("127.0.0.1:0").map_err(&failed)?;
        let local = udp.local_addr().map_err(&failed)?;
        udp.set_nonblocking(true).map_err(&failed)?;
        let (mut rtc, offer, pending) = offer(local)?;
        let join = json!({"type": "join", "v": 3, "secret": secret, "name": "Bench", "resume": null, "sdp": offer});
        let (answer, socket) = socket::ask(address, &join.to_string()).map_err(&failed)?;
        let answer: Value =
            serde_json::from_str(&answer).map_err(|_| BenchError::BadAnswer { answer: answer.clone() })?;
        let refused = || BenchError::Refused { answer: answer.to_string() };
        let sdp = answer["sdp"].as_str().ok_or_else(refused)?;
        let sdp = SdpAnswer::from_sdp_string(sdp).map_err(|error| sdp_problem(error.to_string()))?;
        rtc.sdp_api().accept_answer(pending, sdp).map_err(|error| sdp_problem(error.to_string()))?;
        let peer = answer["peer"].as_u64().ok_or_else(refused)?;
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let thread = spawn("viewer", move || run(rtc, &udp, local, &theirs, every, &socket))?;
        Ok(Viewer { peer, shared, thread: Some(thread) })
    }

    /// The host's number for it.
    pub fn peer(&self) -> u64 {
        self.peer
    }

    /// Whole frames received so far.
    pub fn frames(&self) -> u64 {
        self.shared.frames.load(Ordering::Acquire)
    }

    /// Input messages sent so far.
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::Acquire)
    }

    /// The seats that the host says are lit now, one bit each.
    pub fn lights(&self) -> u32 {
        self.shared.activity.load(Ordering::Acquire)
    }

    /// The seats that the host has said were lit, one bit each.
    pub fn lit(&self) -> u32 {
        self.shared.lit.load(Ordering::Acquire)
    }

    /// The host's address for media, once frames come.
    pub fn host(&self) -> Option<SocketAddr> {
        self.shared.host.get().copied()
    }

    /// When whole frames came since the last time that this was asked.
    pub fn arrivals(&self) -> Vec<Instant> {
        let mut arrivals = self.shared.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        arrivals.replace(Vec::new()).unwrap_or_default()
    }

    /// Waits until that many are there.
    pub fn wait_for_frames(&self, frames: u64) -> Result<(), BenchError> {
        let until = Instant::now() + Duration::from_secs(20);
        while self.frames() < frames {
            if Instant::now() > until {
                return Err(BenchError::FramesMissing { got: self.frames(), wanted: frames });
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok(())
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn offer(local: SocketAddr) -> Result<(Rtc, String, SdpPendingOffer), BenchError> {
    let mut rtc =
        Rtc::builder().clear_codecs().enable_opus(true, false).enable_h264(true).enable_vp8(true).build(Instant::now());
    let candidate =
        Candidate::host(local, "udp").map_err(|error| BenchError::Sdp { problem: format!("{local}: {error}") })?;
    rtc.add_local_candidate(candidate);
    let mut api = rtc.sdp_api();
    api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
    api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
    api.add_channel_with_config(ChannelConfig {
        label: "input".into(),
        ordered: false,
        reliability: Reliability::MaxRetransmits { retransmits: 0 },
        ..ChannelConfig::default()
    });
    api.add_channel("control".into());
    let (offer, pending) = api.apply().ok_or_else(|| BenchError::Sdp { problem: "no offer could be made".into() })?;
    let offer = offer.to_sdp_string();
    Ok((rtc, offer, pending))
}

/// Takes what the host says on the control channel. The seat, if this was about that.
fn hear(text: &[u8], shared: &Shared) -> Option<u8> {
    let said: Value = serde_json::from_slice(text).ok()?;
    match said["type"].as_str()? {
        "room" => said["you"]["seats"][0].as_u64()?.try_into().ok(),
        "lights" => {
            let seats = said["seats"].as_u64()?.try_into().ok()?;
            shared.activity.store(seats, Ordering::Release);
            shared.lit.fetch_or(seats, Ordering::AcqRel);
            None
        }
        _ => None,
    }
}

/// Until a datagram is there or the time is up, which a socket's own timeout says only to the next tick of the kernel: of
/// a thousand messages a second it would make bursts of eight.
fn wait_for(udp: &UdpSocket, most: Duration) {
    let most = Timespec { tv_sec: most.as_secs().cast_signed(), tv_nsec: most.subsec_nanos().into() };
    // Interrupted or not: both are looked at anyway.
    let _ = poll(&mut [PollFd::new(udp, PollFlags::IN)], Some(&most));
}

fn run(
    mut rtc: Rtc,
    udp: &UdpSocket,
    local: SocketAddr,
    shared: &Shared,
    every: Option<Duration>,
    _socket: &TcpStream,
) {
    wake_precisely();
    let mut buffer = [0; 2048];
    let (mut control, mut input, mut seat) = (None, None, None);
    let mut next = Instant::now();
    let mut seq = 0u32;
    let mut newest_source = None;
    while rtc.is_alive() && !shared.stop.load(Ordering::Acquire) {
        if let (Some(every), Some(seat), Some(mut channel)) = (every, seat, input.and_then(|id| rtc.channel(id)))
            && Instant::now() >= next
        {
            next = (next + every).max(Instant::now() - every * 8);
            seq = seq.wrapping_add(1);
            // One state: button A, or nothing.
            let mut message = [0; 22];
            message[..4].copy_from_slice(&[1, seat, 1, 0]);
            message[4..8].copy_from_slice(&seq.to_le_bytes());
            message[9] = u8::from(seq / MESSAGES_A_PRESS % 2 == 1);
            if matches!(channel.write(true, &message), Ok(true)) {
                shared.sent.fetch_add(1, Ordering::AcqRel);
            }
        }
        let timeout = loop {
            match rtc.poll_output() {
                Ok(Output::Timeout(at)) => break at,
                Ok(Output::Transmit(datagram)) => {
                    let _ = udp.send_to(&datagram.contents, datagram.destination);
                }
                Ok(Output::Event(Event::Connected)) => {
                    let _ = newest_source.map(|source| shared.host.set(source));
                }
                Ok(Output::Event(Event::MediaData(data))) if data.params.spec().codec.is_video() => {
                    shared.frames.fetch_add(1, Ordering::AcqRel);
                    if let Some(arrivals) = &mut *shared.arrivals.lock().unwrap_or_else(PoisonError::into_inner) {
                        arrivals.push(Instant::now());
                    }
                }
                Ok(Output::Event(Event::ChannelOpen(id, label))) if label == "control" => control = Some(id),
                Ok(Output::Event(Event::ChannelOpen(id, label))) if label == "input" => {
                    input = Some(id);
                    next = Instant::now();
                }
                Ok(Output::Event(Event::ChannelData(data))) if Some(data.id) == control => {
                    seat = hear(&data.data, shared).or(seat);
                }
                Ok(Output::Event(_)) => {}
                Err(_) => return,
            }
        };
        let timeout = if every.is_some() && input.is_some() && seat.is_some() { timeout.min(next) } else { timeout };
        let wait = timeout
            .saturating_duration_since(Instant::now())
            .clamp(Duration::from_micros(100), Duration::from_millis(50));
        wait_for(udp, wait);
        let input = match udp.recv_from(&mut buffer) {
            Ok((len, source)) => match Receive::new(Protocol::Udp, source, local, &buffer[..len]) {
                Ok(receive) => {
                    newest_source = Some(source);
                    Input::Receive(Instant::now(), receive)
                }
                Err(_) => continue,
            },
            Err(_) => Input::Timeout(Instant::now()),
        };
        if rtc.handle_input(input).is_err() {
            return;
        }
    }
    // As a page does that is closed.
    if let Some(mut channel) = control.and_then(|id| rtc.channel(id)) {
        let _ = channel.write(false, br#"{"type":"bye"}"#);
    }
    while let Ok(Output::Transmit(datagram)) = rtc.poll_output() {
        let _ = udp.send_to(&datagram.contents, datagram.destination);
    }
}
