//! One connected browser, without I/O: str0m does WebRTC, this file decides what is sent and what is believed.

use super::asks::KeyframeAsks;
use super::formats::agreed;
use super::protocol::{
    ClosingCode, FromPeer, InputMessage, KeyMessage, MouseMessage, PadMessage, ToPeer, parse_control,
};
use crate::input::{KeySet, MAX_SEATS, MouseMove, MouseState, PadState};
use crate::packet::{AudioPacket, Format, PictureShape, VideoPacket};
use crate::room::Wish;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::bwe::{Bitrate, BweKind};
use str0m::change::SdpOffer;
use str0m::channel::ChannelId;
use str0m::config::DtlsCert;
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, MediaKind, MediaTime, Mid, Pt};
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::Extension;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

/// A peer that says nothing for this long has its buttons released.
pub const SILENCE: Duration = Duration::from_secs(3);
/// A peer that is not connected by then is given up.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// A peer that cannot be reached for this long is given up.
const LOST_LIMIT: Duration = Duration::from_secs(8);
/// Messages a peer may send in a second: input, other.
const FLOOD: (u32, u32) = (2000, 20);
/// What the bandwidth estimate starts from, before anything was measured.
const START_ESTIMATE: Bitrate = Bitrate::mbps(10);
/// What probing aims for: paced at this rate a frame leaves in a millisecond or two.
const DESIRED: Bitrate = Bitrate::mbps(40);
/// Media datagrams sent but not seen to leave; more means that str0m dropped them.
const MAX_PENDING: usize = 64;

/// What came of a peer, for the net thread to act on.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerNews {
    /// Media flows from now on.
    Connected,
    /// The control channel is open: it wants to be told everything.
    ControlOpen,
    /// It wants a keyframe.
    Keyframe,
    /// Something is held or let go, to be checked against the room.
    Press(Press),
    /// It would like something, which the room decides.
    Wish(Wish),
    /// It leaves.
    Bye,
    /// It cannot be reached any more.
    Lost,
    /// It did what no page does.
    Broke(ClosingCode),
    /// The estimate of what its network carries, in kbit/s.
    Estimate,
}

/// What a peer does with its hands, for a seat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Press {
    /// A controller, whole.
    Pad(usize, PadState),
    /// A keyboard, whole.
    Keys(usize, KeySet),
    /// A mouse: how far it moved, and how it is.
    Mouse(usize, MouseMove, MouseState),
}

/// The stations of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameTimes {
    /// Number of the frame.
    pub number: u64,
    /// Entry into `video_refresh`.
    pub captured: Duration,
    /// The video thread had it.
    pub taken: Duration,
    /// The encoder was done.
    pub encoded: Duration,
}

/// Where a peer's datagrams go.
pub type Outlet<'a> = dyn FnMut(Transmit, Option<FrameTimes>) + 'a;

/// One browser.
pub struct Peer {
    rtc: Rtc,
    /// What it takes, as agreed.
    formats: Vec<(Format, Pt)>,
    /// The rendition it watches.
    watches: (Format, Pt),
    video: Option<Mid>,
    audio: Option<(Mid, Pt)>,
    input: Option<ChannelId>,
    control: Option<ChannelId>,
    connected: bool,
    created: Instant,
    unreachable_since: Option<Instant>,
    next_timeout: Instant,
    /// Number of the newest state seen, by seat.
    pad_seq: [Option<u32>; MAX_SEATS],
    /// The same of its keyboards.
    key_seq: [Option<u32>; MAX_SEATS],
    /// The newest message of its mice.
    mice: [Option<MouseMessage>; MAX_SEATS],
    last_input: Option<Instant>,
    /// Any datagram at all: a browser that was killed says nothing more, and no close reaches us.
    last_heard: Instant,
    /// Whether a button or stick may be held by this peer.
    holding: bool,
    wants_keyframe: bool,
    asks: KeyframeAsks,
    pending: VecDeque<FrameTimes>,
    window: (Instant, u32, u32),
    bytes_sent: u64,
    round_trip: Option<Duration>,
    loss: f32,
    estimate_kbit_s: u32,
}

/// The offer cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferError {
    /// It is no offer.
    Nonsense,
    /// There is no codec of ours in it.
    NoCodec,
}

/// A certificate for the handshakes of all peers; what keeps them apart is negotiated with each.
pub fn certificate() -> Result<DtlsCert, String> {
    let made = str0m::crypto::from_feature_flags().dtls_provider.generate_certificate();
    made.ok_or_else(|| "No certificate can be made for encrypted connections: the system gives no randomness.".into())
}

impl Peer {
    /// Answers a page's offer. The host can be reached at `addresses` and shows `certificate`.
    pub fn accept(
        offer: &str,
        addresses: &[SocketAddr],
        certificate: DtlsCert,
        now: Instant,
    ) -> Result<(Peer, String), OfferError> {
        // Firefox has frozen on frames that ask for no playout delay at all, which is what the others need to be told.
        let is_firefox = offer.contains("mozilla");
        let offer = SdpOffer::from_sdp_string(offer).map_err(|_| OfferError::Nonsense)?;
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
        // Full colour; the numbers are ours only until the browser's offer names its own.
        let codecs = config.codec_config();
        codecs.add_h264(37.into(), Some(38.into()), true, 0x00f4_001f);
        let profile = FormatParams { profile_id: Some(1), ..FormatParams::default() };
        codecs.add_config(39.into(), Some(40.into()), Codec::Vp9, Frequency::NINETY_KHZ, None, profile);
        if !is_firefox {
            config.extension_map().set(5, Extension::PlayoutDelay);
        }
        let mut rtc = config.build(now);
        for &address in addresses {
            if let Ok(candidate) = Candidate::host(address, "udp") {
                rtc.add_local_candidate(candidate);
            }
        }
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|_| OfferError::Nonsense)?;
        rtc.bwe().set_bitrate(Bitrate::ZERO, DESIRED);
        let answer = answer.to_sdp_string();
        let formats: Vec<_> = agreed(&answer).into_iter().map(|(format, pt)| (format, Pt::from(pt))).collect();
        let watches = *formats.first().ok_or(OfferError::NoCodec)?;
        let peer = Peer {
            rtc,
            formats,
            watches,
            video: None,
            audio: None,
            input: None,
            control: None,
            connected: false,
            created: now,
            unreachable_since: None,
            next_timeout: now,
            pad_seq: [None; MAX_SEATS],
            key_seq: [None; MAX_SEATS],
            mice: [None; MAX_SEATS],
            last_input: None,
            last_heard: now,
            holding: false,
            wants_keyframe: false,
            asks: KeyframeAsks::new(now),
            pending: VecDeque::with_capacity(MAX_PENDING),
            window: (now, 0, 0),
            bytes_sent: 0,
            round_trip: None,
            loss: 0.0,
            estimate_kbit_s: 0,
        };
        Ok((peer, stereo(&answer)))
    }

    /// Whether a datagram is for this peer, by where it came from or by the names it carries.
    pub fn accepts(&self, now: Instant, source: SocketAddr, data: &[u8]) -> bool {
        // Which of our addresses it came to plays no part in that, and finding out is work.
        Receive::new(Protocol::Udp, source, source, data)
            .is_ok_and(|receive| self.rtc.accepts(&Input::Receive(now, receive)))
    }

    /// A datagram came.
    pub fn receive(&mut self, now: Instant, source: SocketAddr, local: SocketAddr, data: &[u8]) {
        self.last_heard = now;
        if let Ok(receive) = Receive::new(Protocol::Udp, source, local, data)
            && self.rtc.handle_input(Input::Receive(now, receive)).is_err()
        {
            self.rtc.disconnect();
        }
    }

    /// When [`Peer::tick`] wants to be called at the latest.
    pub fn next_timeout(&self) -> Instant {
        self.next_timeout
    }

    /// Time passed.
    pub fn tick(&mut self, now: Instant) {
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.rtc.disconnect();
        }
    }

    /// Whether it can be shown this format.
    pub fn takes(&self, format: Format) -> bool {
        self.formats.iter().any(|(known, _)| *known == format)
    }

    /// The rendition it watches.
    pub fn format(&self) -> Format {
        self.watches.0
    }

    /// From now on it watches this rendition, from its next keyframe. It must be one that the peer takes.
    pub fn watch(&mut self, format: Format) {
        if let Some(&agreed) = self.formats.iter().find(|(known, _)| *known == format) {
            self.watches = agreed;
            self.wants_keyframe = true;
            self.pending.clear();
        }
    }

    /// Hands over one frame; `data` is shared by all peers.
    pub fn write_video(&mut self, packet: &VideoPacket, data: &Arc<[u8]>, now: Instant) {
        let (Some(mid), (format, pt)) = (self.video, self.watches) else { return };
        if !self.connected || packet.format != format {
            return;
        }
        // A keyframe is what a newcomer's decoder starts with; what comes before it is of no use.
        if self.wants_keyframe && !packet.keyframe {
            return;
        }
        self.wants_keyframe = false;
        if packet.keyframe {
            self.asks.served(now);
        }
        let Some(writer) = self.rtc.writer(mid) else { return };
        let time = MediaTime::new((packet.due.as_nanos() * 9 / 100_000) as u64, Frequency::NINETY_KHZ);
        let zero = MediaTime::ZERO;
        if writer.playout_delay(zero, zero).write(pt, now, time, data.clone()).is_ok() {
            if self.pending.len() == MAX_PENDING {
                self.pending.clear();
            }
            self.pending.push_back(FrameTimes {
                number: packet.number,
                captured: packet.captured,
                taken: packet.taken,
                encoded: packet.encoded,
            });
        }
    }

    /// Hands over one block of sound.
    pub fn write_audio(&mut self, packet: &AudioPacket, now: Instant) {
        let Some((mid, pt)) = self.audio else { return };
        if !self.connected {
            return;
        }
        if let Some(writer) = self.rtc.writer(mid) {
            let time = MediaTime::new(packet.position, Frequency::FORTY_EIGHT_KHZ);
            let _ = writer.write(pt, now, time, &packet.data[..packet.len]);
        }
    }

    /// Says something on the control channel. False when it cannot be said (yet).
    pub fn say(&mut self, message: &ToPeer<'_>) -> bool {
        let Some(id) = self.control else { return false };
        let Ok(text) = serde_json::to_vec(message) else { return false };
        self.rtc.channel(id).is_some_and(|mut channel| matches!(channel.write(false, &text), Ok(true)))
    }

    /// Tells the page how to show the video.
    pub fn say_shape(&mut self, shape: &PictureShape) -> bool {
        self.say(&ToPeer::Picture {
            width: shape.width,
            height: shape.height,
            aspect: shape.aspect,
            coded_width: shape.coded_width,
            coded_height: shape.coded_height,
        })
    }

    /// Bytes sent so far, on the wire.
    pub fn bytes_sent(&self) -> u64 {
        self.bytes_sent
    }

    /// Round trip, once measured.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Share of packets that the peer says it lost.
    pub fn loss(&self) -> f32 {
        self.loss
    }

    /// What its network is thought to carry, in kbit/s; 0 before anything is known.
    pub fn estimate_kbit_s(&self) -> u32 {
        self.estimate_kbit_s
    }

    /// Ends the connection.
    pub fn close(&mut self) {
        let _ = self.rtc.close();
    }

    /// Takes everything that str0m has: datagrams go to `send`, with the times of the frame whose last one it is, news to
    /// `news`. To be called after every other call.
    pub fn drain(&mut self, now: Instant, send: &mut Outlet<'_>, news: &mut dyn FnMut(PeerNews)) {
        while self.drain_to_input(now, send, news) {}
    }

    /// The same up to and with the next input: what else there is to do need not come before it counts. True when something
    /// may be left, and then this is to be called again before anything else.
    pub fn drain_to_input(&mut self, now: Instant, send: &mut Outlet<'_>, news: &mut dyn FnMut(PeerNews)) -> bool {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(datagram)) => {
                    self.bytes_sent += datagram.contents.len() as u64;
                    let ends = self.ends_a_frame(&datagram.contents);
                    send(datagram, if ends { self.pending.pop_front() } else { None });
                }
                Ok(Output::Event(Event::ChannelData(data))) if Some(data.id) == self.input => {
                    self.take_input(&data.data, now, news);
                    return true;
                }
                Ok(Output::Event(event)) => self.handle(event, now, news),
                Ok(Output::Timeout(at)) => {
                    self.next_timeout = at;
                    break;
                }
                Err(_) => {
                    self.rtc.disconnect();
                    break;
                }
            }
        }
        self.look_after(now, news);
        false
    }

    /// Whether this datagram is the last RTP packet of a frame: the header is not encrypted, and the marker bit says so.
    fn ends_a_frame(&self, datagram: &[u8]) -> bool {
        let (_, pt) = self.watches;
        matches!(datagram, [first, second, ..] if first >> 6 == 2 && *second == 0x80 | *pt)
    }

    fn look_after(&mut self, now: Instant, news: &mut dyn FnMut(PeerNews)) {
        let too_long = |since: Instant, limit| now.saturating_duration_since(since) > limit;
        let never_came = !self.connected && too_long(self.created, CONNECT_LIMIT);
        let gone = self.unreachable_since.is_some_and(|since| too_long(since, LOST_LIMIT))
            || (self.connected && too_long(self.last_heard, LOST_LIMIT));
        if never_came || gone || !self.rtc.is_alive() {
            news(PeerNews::Lost);
        }
    }

    /// Whether its buttons are to be released because nothing was heard for [`SILENCE`]. True once.
    pub fn fell_silent(&mut self, now: Instant) -> bool {
        let silent = self.last_input.is_some_and(|last| now.saturating_duration_since(last) > SILENCE);
        silent && std::mem::take(&mut self.holding)
    }

    fn handle(&mut self, event: Event, now: Instant, news: &mut dyn FnMut(PeerNews)) {
        match event {
            Event::Connected => {
                self.connected = true;
                self.wants_keyframe = true;
                news(PeerNews::Connected);
                news(PeerNews::Keyframe);
            }
            Event::IceConnectionStateChange(state) => {
                self.unreachable_since = match state {
                    IceConnectionState::Disconnected => Some(now),
                    _ => None,
                };
            }
            Event::MediaAdded(media) => match media.kind {
                MediaKind::Video if self.video.is_none() => self.video = Some(media.mid),
                MediaKind::Audio if self.audio.is_none() => {
                    self.audio = self.opus(media.mid).map(|pt| (media.mid, pt));
                }
                _ => {}
            },
            Event::KeyframeRequest(_) if self.wants_keyframe || self.asks.ask(now) => news(PeerNews::Keyframe),
            Event::ChannelOpen(id, label) => match label.as_str() {
                "input" if self.input.is_none() => self.input = Some(id),
                "control" if self.control.is_none() => {
                    self.control = Some(id);
                    news(PeerNews::ControlOpen);
                }
                _ => news(PeerNews::Broke(ClosingCode::BadMessage)),
            },
            Event::ChannelData(data) if Some(data.id) == self.control => self.take_control(&data.data, now, news),
            Event::ChannelData(_) => news(PeerNews::Broke(ClosingCode::BadMessage)),
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                self.estimate_kbit_s = (estimate.as_u64() / 1000).try_into().unwrap_or(u32::MAX);
                news(PeerNews::Estimate);
            }
            Event::PeerStats(stats) => {
                let pair = stats.selected_candidate_pair.and_then(|pair| pair.current_round_trip_time);
                self.round_trip = stats.rtt.or(pair).or(self.round_trip);
                self.loss = stats.egress_loss_fraction.unwrap_or(0.0);
            }
            Event::MediaEgressStats(stats) if stats.rtt.is_some() => self.round_trip = stats.rtt,
            Event::Closed => news(PeerNews::Lost),
            _ => {}
        }
    }

    fn opus(&mut self, mid: Mid) -> Option<Pt> {
        let writer = self.rtc.writer(mid)?;
        writer.payload_params().find(|params| params.spec().codec == Codec::Opus).map(|params| params.pt())
    }

    /// True when this message is one too many in its second.
    fn floods(&mut self, now: Instant, input: bool) -> bool {
        if now.saturating_duration_since(self.window.0) >= Duration::from_secs(1) {
            self.window = (now, 0, 0);
        }
        let count = if input { &mut self.window.1 } else { &mut self.window.2 };
        *count += 1;
        *count > if input { FLOOD.0 } else { FLOOD.1 }
    }

    fn take_input(&mut self, data: &[u8], now: Instant, news: &mut dyn FnMut(PeerNews)) {
        if self.floods(now, true) {
            news(PeerNews::Broke(ClosingCode::Flood));
            return;
        }
        let Some(message) = InputMessage::parse(data) else {
            news(PeerNews::Broke(ClosingCode::BadMessage));
            return;
        };
        self.last_input = Some(now);
        match message {
            InputMessage::Pad(message) => self.take_pad(&message, news),
            InputMessage::Keys(message) => self.take_keys(&message, news),
            InputMessage::Mouse(message) => self.take_mouse(message, news),
        }
    }

    fn take_pad(&mut self, message: &PadMessage, news: &mut dyn FnMut(PeerNews)) {
        let seat = message.seat;
        let mut press = |pad: PadState| {
            self.holding |= pad != PadState::default();
            news(PeerNews::Press(Press::Pad(seat, pad)));
        };
        let last = self.pad_seq[seat];
        if last == Some(message.seq) {
            // Nothing new, but the host may have let go of the buttons meanwhile: after a silence, or with a new core.
            press(message.newest());
            return;
        }
        // The first message of a connection: only its newest state counts, the ones before may be of an earlier one.
        let since = last.unwrap_or(message.seq.wrapping_sub(1));
        let mut any = false;
        for state in message.newer_than(since) {
            any = true;
            press(state);
        }
        if any || last.is_none() {
            self.pad_seq[seat] = Some(message.seq);
        }
    }

    fn take_keys(&mut self, message: &KeyMessage, news: &mut dyn FnMut(PeerNews)) {
        let seat = message.seat;
        let mut press = |keys: &[u16]| {
            let keys: KeySet = keys.iter().copied().collect();
            self.holding |= !keys.is_empty();
            news(PeerNews::Press(Press::Keys(seat, keys)));
        };
        let last = self.key_seq[seat];
        if last == Some(message.seq) {
            press(message.newest());
            return;
        }
        let since = last.unwrap_or(message.seq.wrapping_sub(1));
        let mut any = false;
        for keys in message.newer_than(since) {
            any = true;
            press(keys);
        }
        if any || last.is_none() {
            self.key_seq[seat] = Some(message.seq);
        }
    }

    fn take_mouse(&mut self, message: MouseMessage, news: &mut dyn FnMut(PeerNews)) {
        let before = self.mice[message.seat];
        if before.is_some_and(|before| before.seq != message.seq && !message.is_newer_than(before.seq)) {
            return;
        }
        self.mice[message.seat] = Some(message);
        self.holding |= message.buttons != 0;
        // The first message says where the totals begin.
        let [dx, dy, wheel, hwheel] = before.map_or([0; 4], |before| message.moved_since(before.totals));
        let state = MouseState { x: message.at[0], y: message.at[1], buttons: message.buttons, over: message.inside };
        news(PeerNews::Press(Press::Mouse(message.seat, MouseMove { dx, dy, wheel, hwheel }, state)));
    }

    fn take_control(&mut self, data: &[u8], now: Instant, news: &mut dyn FnMut(PeerNews)) {
        if self.floods(now, false) {
            news(PeerNews::Broke(ClosingCode::Flood));
            return;
        }
        match parse_control(data) {
            Some(FromPeer::Ping(t)) => {
                self.say(&ToPeer::Pong { t });
            }
            Some(FromPeer::Bye) => news(PeerNews::Bye),
            Some(FromPeer::Wish(wish)) => news(PeerNews::Wish(wish)),
            None => news(PeerNews::Broke(ClosingCode::BadMessage)),
        }
    }
}

/// Marks Opus as stereo in an answer: Chrome decodes mono unless told.
fn stereo(sdp: &str) -> String {
    let opus = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=rtpmap:"))
        .find_map(|rest| rest.split_once(' ').filter(|(_, codec)| codec.to_ascii_lowercase().starts_with("opus/")))
        .map(|(pt, _)| pt.to_owned());
    let Some(pt) = opus else { return sdp.to_owned() };
    let fmtp = format!("a=fmtp:{pt} ");
    let rtpmap = format!("a=rtpmap:{pt} ");
    let has_fmtp = sdp.lines().any(|line| line.starts_with(&fmtp));
    let mut out = String::with_capacity(sdp.len() + 64);
    for line in sdp.lines() {
        out.push_str(line);
        if line.starts_with(&fmtp) {
            for word in ["stereo=1", "sprop-stereo=1"] {
                if !line.split([' ', ';']).any(|part| part.trim() == word) {
                    out.push(';');
                    out.push_str(word);
                }
            }
        }
        out.push_str("\r\n");
        if !has_fmtp && line.starts_with(&rtpmap) {
            out.push_str(&fmtp);
            out.push_str("stereo=1;sprop-stereo=1\r\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::sync::OnceLock;
    use str0m::media::Direction;

    #[test]
    fn opus_is_answered_as_stereo_once() {
        let sdp = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
        let once = stereo(sdp);
        assert!(once.contains("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n"));
        assert_eq!(stereo(&once), once);
        assert!(stereo("a=rtpmap:96 opus/48000/2\r\n").contains("a=fmtp:96 stereo=1;sprop-stereo=1"));
    }

    #[test]
    fn what_is_no_offer_is_refused_not_survived_by_luck() {
        for sdp in ["", "x", "v=0", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"] {
            assert!(Peer::accept(sdp, &[], certificate().expect("a certificate"), Instant::now()).is_err(), "{sdp:?}");
        }
    }

    /// A page that takes VP8. Offer and certificate are made once: they are the most of the work.
    fn peer(now: Instant) -> Peer {
        static MADE: OnceLock<(String, DtlsCert)> = OnceLock::new();
        let (offer, certificate) = MADE.get_or_init(|| {
            let mut page = Rtc::builder().clear_codecs().enable_vp8(true).build(now);
            let mut api = page.sdp_api();
            api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
            let (offer, _) = api.apply().expect("an offer");
            (offer.to_sdp_string(), certificate().expect("a certificate"))
        });
        Peer::accept(offer, &[], certificate.clone(), now).expect("an answer").0
    }

    fn head(kind: u8, seat: u8, count: usize, seq: u32) -> Vec<u8> {
        [[kind, seat, count as u8, 0], seq.to_le_bytes()].concat()
    }

    fn pad(seat: u8, seq: u32, states: &[u16]) -> Vec<u8> {
        let states = states.iter().flat_map(|buttons| [&buttons.to_le_bytes()[..], &[0; 12]].concat());
        head(1, seat, states.clone().count() / 14, seq).into_iter().chain(states).collect()
    }

    fn keys(seat: u8, seq: u32, states: &[u16]) -> Vec<u8> {
        let states: Vec<u8> = states.iter().flat_map(|key| [&[1][..], &key.to_le_bytes()[..]].concat()).collect();
        [head(2, seat, states.len() / 3, seq), states].concat()
    }

    fn mouse(seat: u8, seq: u32, right: i32) -> Vec<u8> {
        [head(3, seat, 0, seq), right.to_le_bytes().to_vec(), vec![0; 20]].concat()
    }

    fn input(peer: &mut Peer, now: Instant, data: &[u8]) -> Vec<PeerNews> {
        let mut all = Vec::new();
        peer.take_input(data, now, &mut |news| all.push(news));
        all
    }

    const FLOODED: PeerNews = PeerNews::Broke(ClosingCode::Flood);

    #[test]
    fn more_than_two_thousand_inputs_in_a_second_are_a_flood() {
        let start = Instant::now();
        let mut peer = peer(start);
        for n in 0..2000 {
            let now = start + Duration::from_micros(499) * n;
            assert!(!input(&mut peer, now, &pad(0, n, &[1])).contains(&FLOODED), "{n}");
        }
        let last = start + Duration::from_millis(999);
        assert_eq!(input(&mut peer, last, &pad(0, 2000, &[1])), [FLOODED]);
        assert_eq!(input(&mut peer, last, b"anything"), [FLOODED], "it is not even read");
    }

    #[test]
    fn two_thousand_inputs_a_second_are_none_for_however_long() {
        let start = Instant::now();
        let mut peer = peer(start);
        for n in 0..10_000 {
            let news = input(&mut peer, start + Duration::from_micros(500) * n, &pad(3, n, &[1]));
            assert!(matches!(news[..], [PeerNews::Press(Press::Pad(3, _))]), "{n}: {news:?}");
        }
    }

    #[test]
    fn more_than_twenty_other_messages_in_a_second_are_a_flood_beside_any_inputs() {
        let start = Instant::now();
        let mut peer = peer(start);
        let say = |peer: &mut Peer, now| {
            let mut all = Vec::new();
            peer.take_control(br#"{"type":"ping","t":1}"#, now, &mut |news| all.push(news));
            all
        };
        for n in 0..20 {
            assert_eq!(say(&mut peer, start + Duration::from_millis(n)), []);
            assert_eq!(input(&mut peer, start, &pad(0, n as u32, &[1])).len(), 1);
        }
        assert_eq!(say(&mut peer, start + Duration::from_millis(999)), [FLOODED]);
        assert_eq!(input(&mut peer, start + Duration::from_millis(999), &pad(0, 21, &[1])).len(), 1);
        assert_eq!(say(&mut peer, start + Duration::from_secs(1)), []);
    }

    /// What a controller or keyboard came to, as one number.
    fn held(news: &PeerNews) -> Option<(usize, u16)> {
        match news {
            PeerNews::Press(Press::Pad(seat, pad)) => Some((*seat, pad.buttons)),
            PeerNews::Press(Press::Keys(seat, keys)) => Some((*seat, keys.codes().next().unwrap_or(0))),
            _ => None,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn of_messages_in_any_order_each_state_that_is_news_counts_once(
            messages in vec((any::<bool>(), 0..2u8, -3..6i32, vec(1..300u16, 1..=4)), 1..80)
        ) {
            let now = Instant::now();
            let mut peer = peer(now);
            // Numbers wrap around on the way.
            let mut newest = [[None::<u32>; 2]; 2];
            for (is_pad, seat, step, states) in messages {
                let last = &mut newest[usize::from(is_pad)][usize::from(seat)];
                let seq = last.unwrap_or(u32::MAX - 8).wrapping_add_signed(step);
                let data = if is_pad { pad(seat, seq, &states) } else { keys(seat, seq, &states) };
                let got: Vec<_> = input(&mut peer, now, &data).iter().map(held).collect();
                let news = match (&last, step) {
                    (None, _) | (_, 0) => 1,
                    (_, step) => usize::try_from(step).unwrap_or(0).min(states.len()),
                };
                let expected = states[..news].iter().rev().map(|state| Some((seat.into(), *state)));
                prop_assert_eq!(got, expected.collect::<Vec<_>>());
                if news > 0 {
                    *last = Some(seq);
                }
            }
        }

        #[test]
        fn a_mouse_has_moved_as_far_as_its_newest_message_says(steps in vec((-3..6i32, -5000..5000i32), 1..80)) {
            let now = Instant::now();
            let mut peer = peer(now);
            let mut newest: Option<(u32, i32)> = None;
            for (step, way) in steps {
                let (last, total) = newest.unwrap_or((u32::MAX - 8, i32::MAX - 9000));
                let (seq, right) = (last.wrapping_add_signed(step), total.wrapping_add(way));
                let news = input(&mut peer, now, &mouse(5, seq, right));
                if newest.is_some() && step < 0 {
                    prop_assert_eq!(news, vec![]);
                    continue;
                }
                let dx = if newest.is_some() { way } else { 0 };
                let moved = MouseMove { dx, ..MouseMove::default() };
                prop_assert_eq!(news, vec![PeerNews::Press(Press::Mouse(5, moved, MouseState::default()))]);
                newest = Some((seq, right));
            }
        }

        #[test]
        fn whatever_is_no_message_breaks_it_off(data in vec(any::<u8>(), 0..80)) {
            let now = Instant::now();
            let news = input(&mut peer(now), now, &data);
            let broken = news == [PeerNews::Broke(ClosingCode::BadMessage)];
            prop_assert_eq!(broken, InputMessage::parse(&data).is_none());
        }
    }
}
