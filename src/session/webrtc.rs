//! A connection of a browser: str0m does WebRTC.

use super::connection::{
    Connection, ConnectionEvent, EncodedFrame, FrameTimes, HostCandidate, OfferError, Output, PathKind, PeerPath, Via,
    is_local,
};
use super::sdp;
use crate::messages;
use crate::packet::{AudioPacket, Format};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use str0m::bwe::{Bitrate, BweKind};
use str0m::change::SdpOffer;
use str0m::channel::ChannelId;
use str0m::config::DtlsCert;
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, MediaKind, MediaTime, Mid, Pt};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::Extension;
use str0m::stats::CandidatePairStats;
use str0m::{Candidate, CandidateKind, Event, IceConnectionState, Input, Rtc};

/// After this the first connectivity check is repeated, and after twice as long each time. The first one to a page behind a router
/// is lost nearly always: the page has not yet sent anything that would open its router. Browsers check every 50 ms as well.
const FIRST_CHECK_AGAIN: Duration = Duration::from_millis(50);
/// What the bandwidth estimate starts from, before anything was measured.
const START_ESTIMATE: Bitrate = Bitrate::mbps(10);
/// What probing aims for: paced at this rate a frame leaves in a millisecond or two.
const DESIRED: Bitrate = Bitrate::mbps(40);
/// Relays of a page that are remembered; a browser has one for each server and protocol.
const MAX_RELAYS: usize = 16;
/// Frames whose last datagram has not been seen to leave; more means that str0m dropped them.
const MAX_PENDING: usize = 64;

messages! {
    /// Why connections cannot be encrypted.
    pub enum CertificateError in certificate {
        no_randomness => NoRandomness,
    }
}

/// A certificate for the handshakes of all peers; what keeps them apart is negotiated with each.
pub fn certificate() -> Result<DtlsCert, CertificateError> {
    let made = str0m::crypto::from_feature_flags().dtls_provider.generate_certificate();
    made.ok_or(CertificateError::NoRandomness)
}

/// Whether a WebRTC offer is one that the host can answer.
pub fn answers_offer(sdp: &str, now: Instant) -> bool {
    static CERTIFICATE: OnceLock<Option<DtlsCert>> = OnceLock::new();
    let certificate = CERTIFICATE.get_or_init(|| certificate().ok()).clone();
    certificate.is_some_and(|certificate| WebRtc::accept(sdp, &[], certificate, now).is_ok())
}

/// The nth of all ways to the host.
fn candidate((index, candidate): (usize, HostCandidate)) -> Option<Candidate> {
    match candidate {
        HostCandidate::Udp(address) => Candidate::host(address, Protocol::Udp).ok(),
        HostCandidate::Reflexive { address, base } => Candidate::server_reflexive(address, base, Protocol::Udp).ok(),
        HostCandidate::Relayed(address) => Some(relayed(index, address)),
        HostCandidate::Tcp(address) => Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build().ok(),
    }
}

/// What is sent from there is known by it, so it is its own base; the rest is the transport's business.
///
/// Its priority is given here so that it stands in the host's checks, too, where RFC 8445 (7.1.1) wants that of a peer-reflexive
/// candidate: a page that is checked from a relay before it was told of it takes that for better than any hole that was punched
/// or TCP, and leaves those for good.
fn relayed(index: usize, address: SocketAddr) -> Candidate {
    /// Below all others (RFC 8445, 5.1.2.2), and what libwebrtc gives relays by UDP.
    const TYPE_PREFERENCE: u32 = 2;
    let local_preference = u32::from(u16::MAX.saturating_sub(index.try_into().unwrap_or(u16::MAX)));
    let priority = TYPE_PREFERENCE << 24 | local_preference << 8 | 255;
    let nowhere = SocketAddr::new(if address.is_ipv4() { IpAddr::from([0; 4]) } else { IpAddr::from([0; 16]) }, 9);
    let (kind, foundation) = (CandidateKind::Relayed, format!("relay{index}"));
    Candidate::from_parts(foundation, 1, Protocol::Udp, priority, address, kind, Some(nowhere), None, None)
}

/// Whether something can be sent there that reaches one machine at the most.
fn is_unicast(address: SocketAddr) -> bool {
    let broadcast = |ip: IpAddr| matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    let ip = address.ip().to_canonical();
    address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && !broadcast(ip)
}

/// One browser.
pub struct WebRtc {
    rtc: Rtc,
    candidates: Vec<HostCandidate>,
    /// Candidates of the page that are a relay's.
    relays: Vec<SocketAddr>,
    formats: Vec<Format>,
    payload_types: Vec<Pt>,
    /// That of the frames now sent.
    payload_type: Option<Pt>,
    video: Option<Mid>,
    audio: Option<(Mid, Pt)>,
    input: Option<ChannelId>,
    control: Option<ChannelId>,
    connected: bool,
    pending: VecDeque<FrameTimes>,
    next_timeout: Instant,
    /// Events that came together with another.
    events: VecDeque<ConnectionEvent>,
    reported_closed: bool,
}

impl WebRtc {
    fn build(is_firefox: bool, certificate: DtlsCert, candidates: &[HostCandidate], now: Instant) -> Rtc {
        let mut config = Rtc::builder()
            .set_dtls_cert(certificate)
            .clear_codecs()
            // Low-delay Opus has no error correction of its own: each packet also carries the one before it.
            .enable_opus(true, true)
            .enable_h264(true)
            .enable_vp8(true)
            .enable_vp9(true)
            .enable_bwe(Some(START_ESTIMATE))
            .set_stats_interval(Some(Duration::from_secs(1)));
        config.set_initial_stun_rto(FIRST_CHECK_AGAIN);
        // Full colour; the numbers are ours only until the browser's offer names its own.
        let codecs = config.codec_config();
        codecs.add_h264(37.into(), Some(38.into()), true, 0x00f4_001f);
        let profile = FormatParams { profile_id: Some(1), ..FormatParams::default() };
        codecs.add_config(39.into(), Some(40.into()), Codec::Vp9, Frequency::NINETY_KHZ, None, profile);
        // Firefox has frozen on frames that ask for no playout delay at all, which is what the others need to be told.
        if !is_firefox {
            config.extension_map().set(5, Extension::PlayoutDelay);
        }
        let mut rtc = config.build(now);
        for candidate in candidates.iter().copied().enumerate().filter_map(candidate) {
            rtc.add_local_candidate(candidate);
        }
        rtc
    }

    /// Whether this datagram is the last RTP packet of a frame: the header is not encrypted, and the marker bit says so.
    #[inline]
    fn ends_a_frame(&self, datagram: &[u8]) -> bool {
        let marked = |pt: Pt| matches!(datagram, [first, second, ..] if first >> 6 == 2 && *second == 0x80 | *pt);
        self.payload_type.is_some_and(marked)
    }

    fn path(&self, pair: &CandidatePairStats) -> PeerPath {
        let remote = pair.remote.addr;
        let ours = HostCandidate::Relayed(pair.local.addr);
        let kind = match pair.protocol {
            Protocol::Udp if self.relays.contains(&remote) || self.candidates.contains(&ours) => PathKind::Relayed,
            Protocol::Udp if is_local(remote.ip()) => PathKind::Local,
            Protocol::Udp => PathKind::Internet,
            _ => PathKind::Tcp,
        };
        PeerPath { kind, remote }
    }

    fn opus(&mut self, mid: Mid) -> Option<Pt> {
        let writer = self.rtc.writer(mid)?;
        writer.payload_params().find(|params| params.spec().codec == Codec::Opus).map(|params| params.pt())
    }

    fn note_formats(&mut self, mid: Mid) {
        let Some(writer) = self.rtc.writer(mid) else { return };
        let mut found: Vec<(Format, Pt, u8)> = Vec::new();
        for params in writer.payload_params() {
            let Some((format, rank)) = sdp::format_of(&params.spec()) else { continue };
            match found.iter_mut().find(|(known, ..)| *known == format) {
                Some(known) if known.2 > rank => *known = (format, params.pt(), rank),
                Some(_) => {}
                None => found.push((format, params.pt(), rank)),
            }
        }
        if !found.is_empty() {
            (self.formats, self.payload_types) = found.into_iter().map(|(format, pt, _)| (format, pt)).unzip();
        }
    }

    #[inline]
    fn translate(&mut self, event: Event) -> Option<ConnectionEvent> {
        match event {
            Event::Connected => {
                self.connected = true;
                Some(ConnectionEvent::Connected)
            }
            Event::IceConnectionStateChange(state) => {
                Some(ConnectionEvent::Reachable(state != IceConnectionState::Disconnected))
            }
            Event::MediaAdded(media) => {
                match media.kind {
                    MediaKind::Video if self.video.is_none() => self.video = Some(media.mid),
                    MediaKind::Audio if self.audio.is_none() => {
                        self.audio = self.opus(media.mid).map(|pt| (media.mid, pt));
                    }
                    _ => {}
                }
                None
            }
            Event::KeyframeRequest(_) => Some(ConnectionEvent::KeyframeRequest),
            Event::ChannelOpen(id, label) => match label.as_str() {
                "input" if self.input.is_none() => {
                    self.input = Some(id);
                    None
                }
                "control" if self.control.is_none() => {
                    self.control = Some(id);
                    Some(ConnectionEvent::ControlOpen)
                }
                _ => Some(ConnectionEvent::Violation),
            },
            Event::ChannelData(data) if Some(data.id) == self.input => Some(ConnectionEvent::Input(data.data)),
            Event::ChannelData(data) if Some(data.id) == self.control => Some(ConnectionEvent::Control(data.data)),
            Event::ChannelData(_) => Some(ConnectionEvent::Violation),
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                Some(ConnectionEvent::Estimate((estimate.as_u64() / 1000).try_into().unwrap_or(u32::MAX)))
            }
            Event::PeerStats(stats) => {
                let pair = stats.selected_candidate_pair.as_ref();
                let round_trip = stats.rtt.or(pair.and_then(|pair| pair.current_round_trip_time));
                self.events.extend(round_trip.map(ConnectionEvent::RoundTrip));
                self.events.extend(pair.map(|pair| ConnectionEvent::Path(self.path(pair))));
                Some(ConnectionEvent::Loss(stats.egress_loss_fraction.unwrap_or(0.0)))
            }
            Event::MediaEgressStats(stats) => {
                if Some(stats.mid) == self.video {
                    self.events.push_back(ConnectionEvent::Repeats(stats.nacks));
                }
                stats.rtt.map(ConnectionEvent::RoundTrip)
            }
            Event::Closed => Some(ConnectionEvent::Closed),
            _ => None,
        }
    }
}

impl Connection for WebRtc {
    type Identity = DtlsCert;

    fn accept(
        offer: &str,
        candidates: &[HostCandidate],
        certificate: DtlsCert,
        now: Instant,
    ) -> Result<(WebRtc, String), OfferError> {
        let is_firefox = offer.contains("mozilla");
        let offer = SdpOffer::from_sdp_string(offer).map_err(|_| OfferError::Malformed)?;
        let mut rtc = WebRtc::build(is_firefox, certificate, candidates, now);
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|_| OfferError::Malformed)?;
        rtc.bwe().set_bitrate(Bitrate::ZERO, DESIRED);
        let answer = answer.to_sdp_string();
        let mut connection = WebRtc {
            rtc,
            candidates: candidates.to_vec(),
            relays: Vec::new(),
            formats: Vec::new(),
            payload_types: Vec::new(),
            payload_type: None,
            video: None,
            audio: None,
            input: None,
            control: None,
            connected: false,
            pending: VecDeque::with_capacity(MAX_PENDING),
            next_timeout: now,
            events: VecDeque::new(),
            reported_closed: false,
        };
        // The media's names stand in the answer; str0m tells of them by events only once they flow.
        for mid in answer.lines().filter_map(|line| line.strip_prefix("a=mid:")) {
            connection.note_formats(Mid::from(mid.trim()));
        }
        if connection.formats.is_empty() {
            return Err(OfferError::NoCodec);
        }
        Ok((connection, sdp::with_stereo_opus(&answer)))
    }

    fn set_candidates(&mut self, candidates: &[HostCandidate]) -> Vec<String> {
        let before = std::mem::replace(&mut self.candidates, candidates.to_vec());
        for gone in before.iter().copied().enumerate().filter(|(_, it)| !candidates.contains(it)).filter_map(candidate)
        {
            self.rtc.direct_api().invalidate_candidate(&gone);
        }
        let new = candidates.iter().copied().enumerate().filter(|(_, it)| !before.contains(it)).filter_map(candidate);
        new.filter_map(|it| self.rtc.add_local_candidate(it).map(Candidate::to_sdp_string)).collect()
    }

    fn add_remote_candidate(&mut self, line: &str) {
        // Names that are none of a browser's own, and protocols that there is no way by, are no use here.
        let Ok(candidate) = Candidate::from_sdp_string(line) else { return };
        if is_unicast(candidate.addr()) {
            if candidate.kind() == CandidateKind::Relayed && self.relays.len() < MAX_RELAYS {
                self.relays.push(candidate.addr());
            }
            self.rtc.add_remote_candidate(candidate);
        }
    }

    fn restart(&mut self, offer: &str) -> Result<String, OfferError> {
        let offer = SdpOffer::from_sdp_string(offer).map_err(|_| OfferError::Malformed)?;
        let answer = self.rtc.sdp_api().accept_offer(offer).map_err(|_| OfferError::Malformed)?;
        Ok(sdp::with_stereo_opus(&answer.to_sdp_string()))
    }

    fn formats(&self) -> &[Format] {
        &self.formats
    }

    #[inline]
    fn accepts(&self, via: Via, data: &[u8], now: Instant) -> bool {
        Receive::new(via.protocol, via.source, via.local, data)
            .is_ok_and(|receive| self.rtc.accepts(&Input::Receive(now, receive)))
    }

    #[inline]
    fn handle_datagram(&mut self, via: Via, data: &[u8], now: Instant) {
        if let Ok(receive) = Receive::new(via.protocol, via.source, via.local, data)
            && self.rtc.handle_input(Input::Receive(now, receive)).is_err()
        {
            self.rtc.disconnect();
        }
    }

    #[inline]
    fn handle_timeout(&mut self, now: Instant) {
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.rtc.disconnect();
        }
    }

    #[inline]
    fn poll_output(&mut self) -> Output {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Output::Event(event);
            }
            match self.rtc.poll_output() {
                Ok(str0m::Output::Transmit(datagram)) => {
                    let ends = self.ends_a_frame(&datagram.contents);
                    return Output::Transmit(datagram, if ends { self.pending.pop_front() } else { None });
                }
                Ok(str0m::Output::Event(event)) => match self.translate(event) {
                    Some(event) => return Output::Event(event),
                    None => continue,
                },
                Ok(str0m::Output::Timeout(at)) => self.next_timeout = at,
                Err(_) => self.rtc.disconnect(),
            }
            if !self.rtc.is_alive() && !std::mem::replace(&mut self.reported_closed, true) {
                return Output::Event(ConnectionEvent::Closed);
            }
            return Output::Timeout(self.next_timeout);
        }
    }

    fn write_video(&mut self, frame: &EncodedFrame, now: Instant) -> bool {
        let Some(mid) = self.video.filter(|_| self.connected) else { return false };
        let Some(index) = self.formats.iter().position(|format| *format == frame.format) else { return false };
        let pt = self.payload_types[index];
        let Some(writer) = self.rtc.writer(mid) else { return false };
        let time = MediaTime::new((frame.due.as_nanos() * 9 / 100_000) as u64, Frequency::NINETY_KHZ);
        let zero = MediaTime::ZERO;
        let written = writer.playout_delay(zero, zero).write(pt, now, time, frame.data.clone()).is_ok();
        if written {
            self.payload_type = Some(pt);
            if self.pending.len() == MAX_PENDING {
                self.pending.clear();
            }
            self.pending.push_back(frame.times);
        }
        written
    }

    fn forget_frames(&mut self) {
        self.pending.clear();
    }

    fn write_audio(&mut self, packet: &AudioPacket, now: Instant) {
        let Some((mid, pt)) = self.audio.filter(|_| self.connected) else { return };
        if let Some(writer) = self.rtc.writer(mid) {
            let time = MediaTime::new(packet.position, Frequency::FORTY_EIGHT_KHZ);
            let _ = writer.write(pt, now, time, &packet.data[..packet.len]);
        }
    }

    fn write_control(&mut self, text: &[u8]) -> bool {
        let Some(id) = self.control else { return false };
        self.rtc.channel(id).is_some_and(|mut channel| matches!(channel.write(false, text), Ok(true)))
    }

    fn close(&mut self) {
        let _ = self.rtc.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every codec that a browser offers, in the order and with the parameters of Chromium.
    #[test]
    fn every_format_that_was_agreed_on_is_found() {
        let now = Instant::now();
        let mut page = WebRtc::build(false, certificate().expect("a certificate"), &[], now);
        let mut api = page.sdp_api();
        api.add_media(MediaKind::Video, str0m::media::Direction::RecvOnly, None, None, None);
        let (offer, _) = api.apply().expect("an offer");
        let identity = certificate().expect("a certificate");
        let (peer, _) = WebRtc::accept(&offer.to_sdp_string(), &[], identity, now).expect("an answer");
        let mut names: Vec<_> = peer.formats().iter().map(|format| format.name()).collect();
        names.sort_unstable();
        assert_eq!(names, ["h264", "h264-444", "vp8", "vp9", "vp9-444"]);
    }

    /// The priority that a connectivity check carries (RFC 8445, 16.1).
    fn priority_of(check: &[u8]) -> Option<u32> {
        let mut rest = check.get(20..)?;
        loop {
            let (head, value) = rest.split_at_checked(4)?;
            let [kind, len] = [0, 2].map(|at| u16::from_be_bytes([head[at], head[at + 1]]));
            if kind == 0x24 {
                return Some(u32::from_be_bytes(value.get(..4)?.try_into().ok()?));
            }
            rest = value.get(usize::from(len).next_multiple_of(4)..)?;
        }
    }

    #[test]
    fn a_check_from_a_relay_does_not_promise_more_than_a_relay() {
        let mut now = Instant::now();
        let mut page = WebRtc::build(false, certificate().expect("a certificate"), &[], now);
        let mut api = page.sdp_api();
        api.add_media(MediaKind::Video, str0m::media::Direction::RecvOnly, None, None, None);
        let (offer, _) = api.apply().expect("an offer");
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let own = at("192.168.1.2:4000");
        let relays = [at("192.0.2.1:50000"), at("192.0.2.1:50002")];
        let [first, second] = relays.map(HostCandidate::Relayed);
        let candidates = [HostCandidate::Udp(own), first];
        let identity = certificate().expect("a certificate");
        let (mut host, answer) = WebRtc::accept(&offer.to_sdp_string(), &candidates, identity, now).expect("an answer");
        let told = |text: &str, of: SocketAddr| {
            let line = text.lines().find(|line| line.contains(&format!(" {} {} typ relay", of.ip(), of.port())));
            line.and_then(|line| line.split(' ').nth(3)?.parse::<u32>().ok()).expect("it is told of")
        };
        let first_told = told(&answer, relays[0]);
        let later = host.set_candidates(&[HostCandidate::Udp(own), first, second]);
        let second_told = told(&later.concat(), relays[1]);
        assert!(second_told < first_told && first_told < 3 << 24, "{first_told}, {second_told}");
        host.add_remote_candidate("candidate:1 1 udp 1686052607 198.51.100.9 5000 typ srflx raddr 0.0.0.0 rport 0");
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..100 {
            now += Duration::from_millis(10);
            host.handle_timeout(now);
            while let Output::Transmit(sent, _) = host.poll_output() {
                seen.insert(sent.source, priority_of(&sent.contents).expect("a check"));
            }
        }
        assert_eq!([relays[0], relays[1]].map(|it| seen[&it]), [first_told, second_told]);
        assert!(seen[&own] > 100 << 24, "peer-reflexive");
        // One that is gone is not asked from any more.
        assert!(host.set_candidates(&[HostCandidate::Udp(own), second]).is_empty());
        for _ in 0..100 {
            now += Duration::from_millis(10);
            host.handle_timeout(now);
            while let Output::Transmit(sent, _) = host.poll_output() {
                assert_ne!(sent.source, relays[0]);
            }
        }
    }

    #[test]
    fn what_is_no_offer_is_refused() {
        let identity = certificate().expect("a certificate");
        for sdp in ["", "x", "v=0", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"] {
            assert!(WebRtc::accept(sdp, &[], identity.clone(), Instant::now()).is_err(), "{sdp:?}");
        }
    }
}
