//! The session with WebRTC on both sides, in memory: pages are made of str0m, the network between is bad by a seed, and time
//! is what [`Simulation::run`] says it is. Keys and certificates are random, so no test depends on which datagram is lost.

use crate::input::{Button, MAX_SEATS, PadState, Seat};
use crate::packet::{Format, PictureShape, VideoPacket};
use crate::room::{InviteTerms, PeerId, Random, Room, SEAT_KEPT, Secret};
use crate::session::connection::{HostCandidate, Via};
use crate::session::protocol::{Join, ToPage, VERSION};
use crate::session::webrtc::{WebRtc, certificate};
use crate::session::{Action, Config, InputUpdate, JoinId, RoomView, Session, SessionEvent, Work};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::media::{Direction, KeyframeRequestKind, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};

mod local_names;

const A: u16 = Button::A as u16;
/// Time between two frames.
const FRAME: Duration = Duration::from_nanos(16_666_667);
/// A timer that is due again at once gets its turn this much later, so that time goes on.
const TICK: Duration = Duration::from_micros(100);
/// After a change of a pad it is sent again so much later, and then over and over in this rhythm.
const REPEATS: [Duration; 4] = [ms(0), ms(8), ms(16), ms(32)];
const HEARTBEAT: Duration = ms(200);

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn host() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], 7000))
}

/// xorshift64*: small, and the same on every machine.
#[derive(Clone)]
struct Rng(u64);

impl Rng {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % end.max(1)
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.below(256) as u8).collect()
    }
}

impl Random for Rng {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        bytes.fill_with(|| self.below(256) as u8);
        true
    }
}

/// What happens to datagrams on their way, in both directions.
#[derive(Clone, Copy)]
struct Network {
    delay: Duration,
    /// Up to this much more, for each on its own: they overtake each other.
    jitter: Duration,
    loss_percent: u64,
    duplicates_percent: u64,
}

const CLEAN: Network = Network { delay: ms(10), jitter: ms(0), loss_percent: 0, duplicates_percent: 0 };

#[derive(Clone)]
struct Flight {
    from: SocketAddr,
    to: SocketAddr,
    data: Vec<u8>,
}

/// A gamepad as a page sends it: each change with the seven before it, again and again.
#[derive(Default)]
struct Gamepad {
    seat: u8,
    seq: u32,
    /// Newest first.
    states: Vec<u16>,
    /// When the newest state is to be sent, soonest last.
    due: Vec<Duration>,
}

impl Gamepad {
    fn set(&mut self, buttons: u16, now: Duration) {
        self.seq += 1;
        self.states.insert(0, buttons);
        self.states.truncate(8);
        self.due = REPEATS.iter().rev().map(|after| now + *after).collect();
    }

    /// The message to be sent now, if it is time.
    fn poll(&mut self, now: Duration) -> Option<Vec<u8>> {
        let due = *self.due.last()?;
        if due > now {
            return None;
        }
        self.due.pop();
        if self.due.is_empty() {
            self.due.push(due + HEARTBEAT);
        }
        Some(self.message())
    }

    fn message(&self) -> Vec<u8> {
        let mut message = vec![1, self.seat, self.states.len() as u8, 0];
        message.extend(self.seq.to_le_bytes());
        for buttons in &self.states {
            message.extend(buttons.to_le_bytes());
            message.extend([0; 12]);
        }
        message
    }
}

/// A page: str0m in place of the browser, which like a browser asks for a keyframe when frames are missing.
struct Page {
    rtc: Rtc,
    address: SocketAddr,
    timeout: Instant,
    peer: PeerId,
    token: String,
    /// Unplugged, nothing comes or goes.
    plugged: bool,
    input: Option<ChannelId>,
    control: Option<ChannelId>,
    gamepad: Gamepad,
    /// What it was told on the control channel.
    told: Vec<Value>,
    /// Whole frames, as they came.
    frames: Vec<Vec<u8>>,
    keyframe_requests: usize,
}

impl Page {
    /// The newest message of this type.
    fn told(&self, kind: &str) -> Option<&Value> {
        self.told.iter().rev().find(|it| it["type"] == kind)
    }

    fn seats(&self) -> Option<&Value> {
        self.told("room").map(|room| &room["you"]["seats"])
    }

    fn say(&mut self, message: &Value) {
        let mut channel = self.control.and_then(|id| self.rtc.channel(id)).expect("an open control channel");
        assert!(channel.write(false, message.to_string().as_bytes()).expect("a channel that works"));
    }

    fn send_input(&mut self, message: &[u8]) {
        if let Some(mut channel) = self.input.and_then(|id| self.rtc.channel(id)) {
            let _ = channel.write(true, message);
        }
    }

    /// Takes what str0m has; the datagrams are to be sent.
    fn poll(&mut self) -> Vec<Flight> {
        let mut flights = Vec::new();
        loop {
            match self.rtc.poll_output().expect("a page without errors") {
                Output::Timeout(at) => {
                    self.timeout = at;
                    return flights;
                }
                Output::Transmit(it) => {
                    flights.push(Flight { from: self.address, to: it.destination, data: it.contents.to_vec() });
                }
                Output::Event(Event::ChannelOpen(id, label)) if label == "control" => self.control = Some(id),
                Output::Event(Event::ChannelOpen(id, _)) => self.input = Some(id),
                Output::Event(Event::ChannelData(it)) => {
                    self.told.push(serde_json::from_slice(&it.data).expect("a message of ours"));
                }
                Output::Event(Event::MediaData(it)) => {
                    self.frames.push(it.data.to_vec());
                    if !it.contiguous {
                        self.keyframe_requests += 1;
                        let mut writer = self.rtc.writer(it.mid).expect("the video");
                        writer.request_keyframe(None, KeyframeRequestKind::Pli).expect("feedback was agreed on");
                    }
                }
                Output::Event(_) => {}
            }
        }
    }
}

/// The host, the pages and the network between them.
struct Simulation {
    start: Instant,
    elapsed: Duration,
    session: Session<WebRtc>,
    secret: Secret,
    pages: Vec<Page>,
    network: Network,
    rng: Rng,
    /// By arrival; the number keeps apart those that arrive together.
    flights: BTreeMap<(Duration, u64), Flight>,
    launched: u64,
    /// Of every datagram that a page sent, a copy: for those who play tricks with it.
    overheard: Vec<Flight>,
    pads: [PadState; MAX_SEATS],
    /// How often A went down, by seat.
    presses: [usize; MAX_SEATS],
    /// Not yet looked at.
    actions: Vec<Action>,
    room: Option<RoomView>,
    /// Peers that were reported gone.
    left: Vec<PeerId>,
    /// Frames made so far.
    frames: Vec<Vec<u8>>,
    keyframe_wanted: bool,
    keyframes_requested: usize,
    /// How often the last datagram of each frame left for each peer.
    sent: BTreeMap<(PeerId, u64), usize>,
    /// Before the host stands a firewall that lets in only answers, and pages do not say where they are. To these addresses
    /// the host has sent something.
    walled: Option<BTreeSet<SocketAddr>>,
}

impl Simulation {
    fn new(seed: u64, seats: usize) -> Simulation {
        let start = Instant::now();
        let mut rng = Rng(seed);
        let secret = rng.secret().expect("randomness");
        let mut room = Room::new(None, seats);
        room.invites_mut().add(secret.clone(), InviteTerms::default(), ms(0)).expect("a link");
        let session = Session::new(Config {
            room,
            force_format: None,
            candidates: vec![HostCandidate::Udp(host())],
            identity: certificate().expect("a certificate"),
            random: Box::new(rng.clone()),
            now: start,
            monotonic: ms(0),
        });
        Simulation {
            start,
            elapsed: ms(0),
            session,
            secret,
            pages: Vec::new(),
            network: CLEAN,
            rng,
            flights: BTreeMap::new(),
            launched: 0,
            overheard: Vec::new(),
            pads: Default::default(),
            presses: [0; MAX_SEATS],
            actions: Vec::new(),
            room: None,
            left: Vec::new(),
            frames: Vec::new(),
            keyframe_wanted: false,
            keyframes_requested: 0,
            sent: BTreeMap::new(),
            walled: None,
        }
    }

    /// With so many pages that are connected, each on a seat of its own.
    fn with_pages(seed: u64, count: usize) -> Simulation {
        let mut it = Simulation::new(seed, count);
        for _ in 0..count {
            let page = it.join("Ann", None);
            it.wait(5000, |it| it.pages[page].seats().is_some_and(|seats| seats[0].is_number()));
            it.pages[page].gamepad.seat = page as u8;
            assert_eq!(it.pages[page].seats(), Some(&json!([page])));
        }
        it
    }

    fn now(&self) -> Instant {
        self.start + self.elapsed
    }

    /// Another page joins, by the link or by the token of an earlier stay. Its number.
    fn join(&mut self, name: &str, resume: Option<String>) -> usize {
        let number = self.pages.len();
        let now = self.now();
        let address = SocketAddr::from(([10, 0, 1, number as u8], 5000));
        let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).enable_vp8(true).build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("a candidate"));
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
        let (offer, pending) = api.apply().expect("an offer");
        let secret = resume.is_none().then(|| self.secret.as_str().to_owned());
        let mut sdp = offer.to_sdp_string();
        if self.walled.is_some() {
            sdp = sdp.split_inclusive('\n').filter(|line| !line.starts_with("a=candidate:")).collect();
        }
        let join = Join { v: VERSION, secret, code: None, name: name.into(), resume, sdp };
        self.session.handle_join(JoinId(number as u64), join, address.ip().into(), now);
        self.drive_host();
        let answer = self.actions.drain(..).find_map(|action| match action {
            Action::Reply(JoinId(to), reply) if to == number as u64 => Some(reply.message),
            _ => None,
        });
        let Some(ToPage::Welcome { peer, resume: token, sdp, .. }) = answer else { panic!("no welcome: {answer:?}") };
        let answer = SdpAnswer::from_sdp_string(&sdp).expect("an answer");
        rtc.sdp_api().accept_answer(pending, answer).expect("an answer that fits");
        self.pages.push(Page {
            rtc,
            address,
            timeout: now,
            peer,
            token,
            plugged: true,
            input: None,
            control: None,
            gamepad: Gamepad::default(),
            told: Vec::new(),
            frames: Vec::new(),
            keyframe_requests: 0,
        });
        number
    }

    /// A page holds these buttons from now on.
    fn hold(&mut self, page: usize, buttons: u16) {
        self.pages[page].gamepad.set(buttons, self.elapsed);
    }

    /// Lets this much time pass.
    fn run(&mut self, time: Duration) {
        let end = self.elapsed + time;
        loop {
            self.drive_pages();
            self.drive_host();
            let next = self.next_event();
            if next >= end {
                self.elapsed = end;
                return;
            }
            self.elapsed = next.max(self.elapsed + TICK);
            self.land();
        }
    }

    /// Lets time pass until something is so. That long it may take, in milliseconds.
    fn wait(&mut self, limit_ms: u64, is_so: impl Fn(&Simulation) -> bool) {
        let end = self.elapsed + ms(limit_ms);
        while !is_so(self) {
            assert!(self.elapsed < end, "not within {limit_ms} ms; at {:?}", self.elapsed);
            self.run(ms(5));
        }
    }

    fn next_event(&self) -> Duration {
        let timers = self.pages.iter().map(|it| it.timeout).chain([self.session.poll_timeout(self.now())]);
        let timers = timers.map(|at| at.saturating_duration_since(self.start));
        let pads = self.pages.iter().filter_map(|it| it.gamepad.due.last().copied());
        let arrival = self.flights.first_key_value().map(|((at, _), _)| *at);
        timers.chain(pads).chain(arrival).min().expect("the session's own timer at least")
    }

    fn launch(&mut self, flight: Flight) {
        let Network { delay, jitter, loss_percent, duplicates_percent } = self.network;
        if self.rng.below(100) < loss_percent {
            return;
        }
        let copies = if self.rng.below(100) < duplicates_percent { 2 } else { 1 };
        for _ in 0..copies {
            let late = Duration::from_micros(self.rng.below(jitter.as_micros() as u64 + 1));
            self.launched += 1;
            self.flights.insert((self.elapsed + delay + late, self.launched), flight.clone());
        }
    }

    /// Hands over what has arrived.
    fn land(&mut self) {
        while let Some(entry) = self.flights.first_entry().filter(|it| it.key().0 <= self.elapsed) {
            let flight = entry.remove();
            if flight.to == host() {
                self.receive(&flight);
            } else {
                let now = self.now();
                let Some(page) = self.pages.iter_mut().find(|it| it.address == flight.to && it.plugged) else {
                    continue;
                };
                let receive = Receive::new(Protocol::Udp, flight.from, flight.to, &flight.data).expect("a datagram");
                page.rtc.handle_input(Input::Receive(now, receive)).expect("a datagram that is understood");
                // Between two inputs str0m wants to be emptied.
                self.poll_pages();
            }
        }
    }

    fn drive_pages(&mut self) {
        let now = self.now();
        for page in &mut self.pages {
            while let Some(message) = page.gamepad.poll(self.elapsed) {
                page.send_input(&message);
            }
            page.rtc.handle_input(Input::Timeout(now)).expect("time passes");
        }
        self.poll_pages();
    }

    fn poll_pages(&mut self) {
        for number in 0..self.pages.len() {
            let page = &mut self.pages[number];
            let (flights, plugged) = (page.poll(), page.plugged);
            for flight in flights.into_iter().filter(|_| plugged) {
                self.overheard.push(flight.clone());
                self.launch(flight);
            }
        }
    }

    // The host, in the order in which the net thread does these things.

    fn receive(&mut self, flight: &Flight) {
        let now = self.now();
        if self.walled.as_ref().is_some_and(|answered| !answered.contains(&flight.from)) {
            return;
        }
        if let Some(peer) = self.session.recipient(Via::udp(flight.from, host()), &flight.data, now) {
            self.session.handle_datagram(peer, Via::udp(flight.from, host()), &flight.data, now);
            self.apply_inputs();
        }
    }

    fn apply_inputs(&mut self) {
        while let Some(update) = self.session.poll_input(self.start + self.elapsed) {
            if let InputUpdate::Pad(seat, pad) = update {
                let before = std::mem::replace(&mut self.pads[seat.index()], pad);
                self.presses[seat.index()] += usize::from(pad.held(Button::A) && !before.held(Button::A));
            }
        }
    }

    /// Sends what is to be sent. To which peers that was.
    fn exchange(&mut self) -> BTreeSet<PeerId> {
        self.apply_inputs();
        let mut peers = BTreeSet::new();
        while let Some(datagram) = self.session.poll_datagram() {
            if let Some(times) = datagram.ends {
                self.session.handle_sent(datagram.peer, &times, self.elapsed);
                *self.sent.entry((datagram.peer, times.number)).or_default() += 1;
            }
            peers.insert(datagram.peer);
            let to = datagram.transmit.destination;
            if let Some(answered) = &mut self.walled {
                answered.insert(to);
            }
            self.launch(Flight { from: host(), to, data: datagram.transmit.contents.to_vec() });
        }
        peers
    }

    fn work(&mut self) {
        loop {
            match self.session.work(self.now()) {
                Work::SamePeer => {}
                Work::Step => drop(self.exchange()),
                Work::Done => break,
            }
        }
        self.exchange();
    }

    fn drive_host(&mut self) {
        self.session.handle_timeout(self.now());
        self.work();
        while let Some(action) = self.session.poll_action() {
            match action {
                Action::RequestKeyframe(format) => {
                    assert_eq!(format.name(), "vp8");
                    self.keyframe_wanted = true;
                    self.keyframes_requested += 1;
                }
                Action::Notify(SessionEvent::Room(view)) => self.room = Some(*view),
                Action::Notify(SessionEvent::Left { id, .. }) => self.left.push(id),
                action => self.actions.push(action),
            }
        }
    }

    /// A frame of the encoder: a keyframe if one was asked for. Bytes that tell it from all others behind VP8's first byte,
    /// whose lowest bit is 0 for a keyframe.
    fn frame(&mut self) -> VideoPacket {
        let number = self.frames.len() as u64 + 1;
        let keyframe = std::mem::take(&mut self.keyframe_wanted);
        let mut bytes = Rng(number);
        let len = if keyframe { 20_000 } else { 200 + bytes.below(4000) as usize };
        let data = [vec![0x10 | u8::from(!keyframe)], bytes.bytes(len)].concat();
        self.frames.push(data.clone());
        VideoPacket {
            format: Format::from_name("vp8").expect("a format"),
            data,
            keyframe,
            number,
            captured: self.elapsed,
            due: self.elapsed,
            taken: self.elapsed,
            encoded: self.elapsed,
            shape: PictureShape { width: 256, height: 224, aspect: 1.25, coded_width: 512, coded_height: 448 },
        }
    }

    /// The game shows so many frames, sixty a second.
    fn play(&mut self, frames: usize) {
        for _ in 0..frames {
            let packet = self.frame();
            self.session.handle_video(&packet);
            self.work();
            self.run(FRAME);
        }
    }

    /// Which of the frames made so far a page got, by their numbers from 0. Panics on one that is not whole.
    fn frames_at(&self, page: usize) -> Vec<usize> {
        let number = |frame: &Vec<u8>| self.frames.iter().position(|it| it == frame).expect("a whole frame");
        self.pages[page].frames.iter().map(number).collect()
    }

    /// Who holds a seat, by name, and whether they are away.
    fn holders(&self, seat: usize) -> Vec<(String, bool)> {
        let room = self.room.as_ref().expect("a room");
        room.seats[seat].holders.iter().map(|it| (it.name.clone(), it.away)).collect()
    }
}

#[test]
fn a_page_plays_although_a_third_of_the_datagrams_is_lost() {
    let mut it = Simulation::new(1, 2);
    it.network = Network { jitter: ms(15), duplicates_percent: 5, ..CLEAN };
    let page = it.join("Ann", None);
    it.wait(5000, |it| it.pages[page].told("lights").is_some());
    it.play(10);
    let kinds: BTreeSet<_> = it.pages[page].told.iter().filter_map(|it| it["type"].as_str()).collect();
    assert!(kinds.is_superset(&["room", "controls", "picture"].into()), "{kinds:?}");
    assert_eq!(it.pages[page].told("room").expect("a room")["you"]["name"], "Ann");
    assert_eq!(it.pages[page].seats(), Some(&json!([0])));
    assert_eq!(it.pages[page].told("picture").expect("a picture")["coded_width"], 512);

    it.network = Network { loss_percent: 33, ..it.network };
    for _ in 0..20 {
        it.hold(page, A);
        it.run(ms(150));
        it.hold(page, 0);
        it.run(ms(150));
    }
    it.run(ms(3000));
    assert_eq!(it.presses[0], 20, "each press counts, and counts once");
    it.hold(page, A);
    it.wait(3000, |it| it.pads[0].held(Button::A));

    it.network = CLEAN;
    it.pages[page].say(&json!({"type": "bye"}));
    let peer = it.pages[page].peer;
    it.wait(5000, |it| it.left.contains(&peer));
    assert_eq!(it.pads, <[PadState; MAX_SEATS]>::default());
}

#[test]
fn frames_arrive_whole_and_in_order_at_two_pages() {
    let mut it = Simulation::with_pages(2, 2);
    it.play(120);
    it.run(ms(500));
    for page in 0..2 {
        assert_eq!(it.frames_at(page), (0..120).collect::<Vec<_>>());
        let peer = it.pages[page].peer;
        for number in 1..=120 {
            assert_eq!(it.sent.get(&(peer, number)), Some(&1), "frame {number} for page {page}");
        }
    }
    assert_eq!(it.sent.len(), 240);
    assert_eq!(it.frames[0][0] & 1, 0, "a keyframe comes first");
}

#[test]
fn a_bad_network_asks_for_a_keyframe_again_and_the_stream_goes_on() {
    let mut it = Simulation::with_pages(3, 1);
    it.play(30);
    let before = it.keyframes_requested;
    it.network = Network { jitter: ms(20), loss_percent: 10, duplicates_percent: 3, ..CLEAN };
    it.play(60);
    // Half a second of nothing is more than repeats can mend.
    it.network.loss_percent = 100;
    it.play(30);
    it.network.loss_percent = 10;
    it.play(120);
    it.network = CLEAN;
    it.play(120);
    it.run(ms(500));
    let frames = it.frames_at(0);
    assert!(it.pages[0].keyframe_requests > 0 && it.keyframes_requested > before);
    assert!(frames.is_sorted_by(|a, b| a < b), "in order, and none twice: {frames:?}");
    assert!(frames.ends_with(&(300..360).collect::<Vec<_>>()), "the last second is whole: {frames:?}");
    assert!(it.left.is_empty());
}

#[test]
fn a_page_that_falls_silent_lets_go_and_comes_back_to_its_seat() {
    let mut it = Simulation::with_pages(4, 2);
    it.hold(0, A);
    it.wait(100, |it| it.pads[0].held(Button::A));
    let (peer, token) = (it.pages[0].peer, it.pages[0].token.clone());
    it.pages[0].plugged = false;
    let silent = it.elapsed;
    it.run(ms(2900));
    assert!(it.pads[0].held(Button::A), "a moment of silence lets nothing go");
    // Silence is looked for once a second.
    it.wait(1300, |it| !it.pads[0].held(Button::A));
    it.run((silent + ms(7900)).saturating_sub(it.elapsed));
    assert!(it.left.is_empty());
    it.wait(1300, |it| it.left == [peer]);

    let ended = it.elapsed;
    it.run(SEAT_KEPT - ms(2000));
    assert_eq!(it.holders(0), [("Ann".to_owned(), true)], "the seat is kept");
    let back = it.join("Ann", Some(token.clone()));
    it.wait(5000, |it| it.pages[back].seats().is_some());
    assert_eq!((it.pages[back].seats(), &it.pages[back].token), (Some(&json!([0])), &token));
    it.run((ended + SEAT_KEPT + ms(2000)).saturating_sub(it.elapsed));
    assert_eq!(it.holders(0), [("Ann".to_owned(), false)], "the same person");
    it.hold(back, A);
    it.wait(100, |it| it.pads[0].held(Button::A));

    it.pages[back].plugged = false;
    let peer = it.pages[back].peer;
    it.wait(10_000, |it| it.left.contains(&peer));
    it.run(SEAT_KEPT + ms(2000));
    assert_eq!(it.holders(0), [], "a minute later the seat is free");
    assert!(it.left.len() == 2, "the other page stays: {:?}", it.left);
}

#[test]
fn noise_ends_no_healthy_peer_and_datagrams_of_strangers_are_for_no_peer() {
    const COUNT: usize = 10_000;
    let mut it = Simulation::with_pages(5, 1);
    it.play(30);
    let stranger = SocketAddr::from(([203, 0, 113, 9], 4000));
    let page = it.pages[0].address;
    for index in 0..COUNT {
        let len = 1 + it.rng.below(1200) as usize;
        let mut noise = Flight { from: page, to: host(), data: it.rng.bytes(len) };
        // Half of it looks like what it is not: STUN, DTLS, RTP and RTCP by their first byte.
        if index % 2 == 0 {
            noise.data[0] = [0, 20, 22, 23, 0x80, 0x90][it.rng.below(6) as usize];
        }
        noise.from = stranger;
        assert_eq!(
            it.session.recipient(Via::udp(stranger, host()), &noise.data, it.now()),
            None,
            "{:?}",
            &noise.data[..1]
        );
        noise.from = page;
        it.receive(&noise);

        let pick = it.rng.below(it.overheard.len() as u64) as usize;
        let mut flipped = it.overheard[pick].clone();
        for _ in 0..=it.rng.below(3) {
            let bit = it.rng.below(flipped.data.len() as u64 * 8) as usize;
            flipped.data[bit / 8] ^= 1 << (bit % 8);
        }
        it.receive(&flipped);
        if index % 100 == 0 {
            it.play(1);
        }
    }
    assert!(it.left.is_empty(), "ended by noise");
    it.hold(0, A);
    it.wait(500, |it| it.pads[0].held(Button::A));
    let before = it.pages[0].frames.len();
    it.keyframe_wanted = true;
    it.play(60);
    assert!(it.pages[0].frames.len() >= before + 50, "{} frames", it.pages[0].frames.len() - before);
    assert!(it.left.is_empty());
}

/// A change of a page's pad that has arrived at the host, but was not yet looked at.
fn arrived_input(it: &mut Simulation, page: usize, buttons: u16) -> Flight {
    let now = it.now();
    let page = &mut it.pages[page];
    page.gamepad.set(buttons, it.elapsed);
    page.gamepad.due.clear();
    let message = page.gamepad.message();
    page.send_input(&message);
    page.rtc.handle_input(Input::Timeout(now)).expect("time passes");
    let mut flights = page.poll();
    // What else it had to say belongs to the handshake of the transport.
    flights.pop().expect("a datagram")
}

#[test]
fn an_input_is_out_before_anything_is_made_of_its_datagram() {
    let mut it = Simulation::with_pages(6, 1);
    it.run(ms(1000));
    for round in 0..50 {
        let flight = arrived_input(&mut it, 0, if round % 2 == 0 { A } else { 0 });
        let now = it.now();
        let peer = it.session.recipient(Via::udp(flight.from, host()), &flight.data, now).expect("the page's");
        assert!(!it.session.has_datagrams());
        it.session.handle_datagram(peer, Via::udp(flight.from, host()), &flight.data, now);
        assert!(!it.session.has_datagrams(), "nothing is made of it yet");
        let Some(InputUpdate::Pad(seat, pad)) = it.session.poll_input(now) else { panic!("an input first") };
        assert_eq!((seat, pad.held(Button::A)), (Seat::ALL[0], round % 2 == 0));
        assert!(!it.session.has_datagrams(), "nothing goes out before the input is there");
        it.run(ms(300));
    }
}

#[test]
fn an_input_that_comes_between_two_peers_of_a_frame_is_not_held_up() {
    let mut it = Simulation::with_pages(7, 8);
    it.run(ms(1000));
    it.play(5);
    it.run(ms(1000));
    it.keyframe_wanted = true;
    let packet = it.frame();
    it.work();
    it.session.handle_video(&packet);
    let mut visited = Vec::new();
    loop {
        let work = it.session.work(it.now());
        let peers = it.exchange();
        assert!(peers.len() <= 1, "one peer a step: {peers:?}");
        visited.extend(peers);
        match work {
            Work::SamePeer => {}
            Work::Step => {
                // The page that waits longest for the frame presses a button meanwhile, or lets go of it.
                let down = !it.pads[7].held(Button::A);
                let input = arrived_input(&mut it, 7, if down { A } else { 0 });
                it.receive(&input);
                assert_eq!(it.pads[7].held(Button::A), down, "on the board before the next peer's packets");
                it.exchange();
            }
            Work::Done => break,
        }
    }
    visited.dedup();
    assert_eq!(visited, it.pages.iter().map(|page| page.peer).collect::<Vec<_>>(), "one after the other, once");
    it.run(ms(500));
    assert!(it.pages.iter().all(|page| page.frames.last() == it.frames.last()), "and all have the frame");
    assert!(it.pages.iter().all(|page| it.sent[&(page.peer, packet.number)] == 1));
}
