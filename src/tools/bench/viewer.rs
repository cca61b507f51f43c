//! A peer without a browser: joins as a page does, receives everything, decodes nothing.

use super::socket;
use crate::sync::spawn;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, Reliability};
use str0m::media::{Direction, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// A connected peer. Dropping it ends it.
pub struct Viewer {
    frames: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Viewer {
    /// Joins by an invite.
    pub fn join(url: &str) -> Result<Viewer, String> {
        let failed = |error: std::io::Error| format!("The viewer could not join: {error}.");
        let (address, secret) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once("/#"))
            .and_then(|(address, secret)| Some((address.parse::<SocketAddr>().ok()?, secret)))
            .ok_or_else(|| format!("{url} is no invite."))?;
        let udp = UdpSocket::bind("127.0.0.1:0").map_err(failed)?;
        let local = udp.local_addr().map_err(failed)?;
        let (mut rtc, offer, pending) = offer(local)?;
        let join = json!({"type": "join", "v": 1, "secret": secret, "name": "Bench", "resume": null, "sdp": offer});
        let (answer, socket) = socket::ask(address, &join.to_string()).map_err(failed)?;
        let answer: Value =
            serde_json::from_str(&answer).map_err(|error| format!("The host answered nonsense: {error}."))?;
        let sdp = answer["sdp"].as_str().ok_or_else(|| format!("The host refused: {answer}."))?;
        let sdp = SdpAnswer::from_sdp_string(sdp).map_err(|error| format!("The host's answer is no SDP: {error}."))?;
        rtc.sdp_api()
            .accept_answer(pending, sdp)
            .map_err(|error| format!("The host's answer does not fit: {error}."))?;
        let frames = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (counted, stopped) = (frames.clone(), stop.clone());
        let thread = spawn("viewer", move || run(rtc, &udp, local, &counted, &stopped, &socket))?;
        Ok(Viewer { frames, stop, thread: Some(thread) })
    }

    /// Whole frames received so far.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Acquire)
    }

    /// Waits until that many are there.
    pub fn wait_for_frames(&self, frames: u64) -> Result<(), String> {
        let until = Instant::now() + Duration::from_secs(20);
        while self.frames() < frames {
            if Instant::now() > until {
                return Err(format!("The viewer got {} frames of {frames}.", self.frames()));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok(())
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn offer(local: SocketAddr) -> Result<(Rtc, String, SdpPendingOffer), String> {
    let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).enable_h264(true).build(Instant::now());
    let candidate = Candidate::host(local, "udp").map_err(|error| format!("{local} is no candidate: {error}."))?;
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
    let (offer, pending) = api.apply().ok_or("No offer could be made.")?;
    let offer = offer.to_sdp_string();
    Ok((rtc, offer, pending))
}

fn run(mut rtc: Rtc, udp: &UdpSocket, local: SocketAddr, frames: &AtomicU64, stop: &AtomicBool, _socket: &TcpStream) {
    let mut buffer = [0; 2048];
    let mut control = None;
    while rtc.is_alive() && !stop.load(Ordering::Acquire) {
        let timeout = loop {
            match rtc.poll_output() {
                Ok(Output::Timeout(at)) => break at,
                Ok(Output::Transmit(datagram)) => {
                    let _ = udp.send_to(&datagram.contents, datagram.destination);
                }
                Ok(Output::Event(Event::MediaData(data))) if data.params.spec().codec.is_video() => {
                    frames.fetch_add(1, Ordering::AcqRel);
                }
                Ok(Output::Event(Event::ChannelOpen(id, label))) if label == "control" => control = Some(id),
                Ok(Output::Event(_)) => {}
                Err(_) => return,
            }
        };
        let wait = timeout
            .saturating_duration_since(Instant::now())
            .clamp(Duration::from_micros(100), Duration::from_millis(50));
        let _ = udp.set_read_timeout(Some(wait));
        let input = match udp.recv_from(&mut buffer) {
            Ok((len, source)) => match Receive::new(Protocol::Udp, source, local, &buffer[..len]) {
                Ok(receive) => Input::Receive(Instant::now(), receive),
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
