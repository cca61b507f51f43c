//! The session against a model: random events of pages, of the host, of the network and of time, and after each of them what
//! must hold. The model keeps its own books: what each page holds down and was told, and what the host said.

use super::plain::{Act, CLOSED, CONTROL, Plain, VIDEO, datagram, offer};
use crate::game_command::GameCommand;
use crate::input::{MotionState, PadState, Seat, SeatSet, Sensors};
use crate::packet::{Format, PictureShape, VideoPacket};
use crate::room::{
    Actor, Decision, InviteId, InviteTerms, Muting, PeerId, Permission, Permissions, Random, RequestId, RevokeScope,
    Room, RoomCommand, SeatChange, SeatGrant,
};
use crate::session::connection::Via;
use crate::session::protocol::{Discs, FromPage, Join, OnScreen, RefusedCode, ScreenLine, ToPage, VERSION};
use crate::session::{Action, Config, InputUpdate, JoinId, RoomView, Session, SessionCommand, SessionEvent, Work};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// Marsaglia's xorshift64: the same seed, the same evening.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len() as u64) as usize]
    }
}

struct Counter(u64);

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        self.0 += 1;
        bytes.fill(0);
        bytes[..8].copy_from_slice(&self.0.to_le_bytes());
        true
    }
}

/// A browser with one connection.
#[derive(Debug, Clone)]
struct Page {
    number: u32,
    takes: Vec<Format>,
    address: IpAddr,
    peer: PeerId,
    token: String,
    connected: bool,
    control: bool,
    /// What it holds down on each seat, as far as the host heard of it.
    pads: [u16; 8],
    /// Number of the newest state of each seat.
    seqs: [Option<u32>; 8],
    /// How it is moved on each seat, as far as the host heard of it.
    motions: [Option<i16>; 8],
    motion_seqs: [u32; 8],
    /// The last room message: seats it holds.
    told_seats: Option<BTreeSet<u64>>,
    /// How far something is, each time that it was told.
    told_progress: Vec<Option<u64>>,
}

struct Model {
    session: Session<Plain>,
    dice: Dice,
    now: Instant,
    started: Instant,
    pages: BTreeMap<u32, Page>,
    /// Tokens of those who are gone, with their address.
    tokens: Vec<(String, IpAddr)>,
    joins: BTreeMap<JoinId, (u32, Vec<Format>, IpAddr)>,
    /// Carriers of those who were let in, and the page of each.
    carriers: BTreeMap<JoinId, u32>,
    next_page: u32,
    next_join: u64,
    board: [PadState; 8],
    /// How each seat is moved, as the core reads it.
    motions: [MotionState; 8],
    motionless: SeatSet,
    /// Of which seats the core wants to be told.
    sensors: Sensors,
    /// How often a seat was moved.
    moved: u32,
    view: Option<RoomView>,
    joined: BTreeSet<PeerId>,
    viewers: [u32; Format::ALL.len()],
    broken: [bool; Format::ALL.len()],
    forced: Option<Format>,
    /// How many discs the game has.
    discs: usize,
    /// How often a guest wanted another one.
    discs_changed: u32,
    frame: u64,
    sent_frames: BTreeMap<u32, u64>,
}

fn formats() -> Vec<Format> {
    Format::ALL.to_vec()
}

impl Model {
    fn new(seed: u64) -> Model {
        let now = Instant::now();
        let mut room = Room::new(seed.is_multiple_of(2).then(|| "Hanna".into()), 4);
        room.invites_mut().add(Counter(1000).secret().expect("a secret"), InviteTerms::default(), Duration::ZERO);
        let session = Session::new(Config {
            room,
            force_format: None,
            candidates: Vec::new(),
            identity: (),
            random: Box::new(Counter(0)),
            now,
            monotonic: Duration::ZERO,
        });
        Model {
            session,
            dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            now,
            started: now,
            pages: BTreeMap::new(),
            tokens: Vec::new(),
            carriers: BTreeMap::new(),
            joins: BTreeMap::new(),
            next_page: 1,
            next_join: 1,
            board: [PadState::default(); 8],
            motions: [MotionState::default(); 8],
            motionless: SeatSet::EMPTY,
            sensors: Sensors::default(),
            moved: 0,
            view: None,
            joined: BTreeSet::new(),
            viewers: [0; Format::ALL.len()],
            broken: [false; Format::ALL.len()],
            forced: None,
            discs: 0,
            discs_changed: 0,
            frame: 0,
            sent_frames: BTreeMap::new(),
        }
    }

    fn page(&mut self) -> Option<u32> {
        let all: Vec<u32> = self.pages.keys().copied().collect();
        (!all.is_empty()).then(|| self.dice.pick(&all))
    }

    /// What a page sends, over the network as it is.
    fn send(&mut self, number: u32, act: Act, payload: &[u8]) {
        let Some(page) = self.pages.get(&number) else { return };
        let source = SocketAddr::new(page.address, number as u16);
        let data = datagram(number, act, payload);
        let peer = self.session.recipient(Via::udp(source, source), &data, self.now);
        let peer = peer.unwrap_or_else(|| panic!("page {number} is connected, and its datagrams are a stranger's"));
        assert_eq!(peer, page.peer);
        self.session.handle_datagram(peer, Via::udp(source, source), &data, self.now);
        self.inputs();
    }

    fn inputs(&mut self) {
        while let Some(update) = self.session.poll_input(self.now) {
            match update {
                InputUpdate::Pad(seat, pad) => self.board[seat.index()] = pad,
                InputUpdate::Motion(seat, motion) => self.motions[seat.index()] = motion,
                InputUpdate::Motionless(seats) => self.motionless = seats,
                _ => {}
            }
        }
    }

    /// The loop of the net thread, with the look at the inputs between two steps.
    fn settle(&mut self) {
        self.session.handle_timeout(self.now);
        let mut steps = 0;
        loop {
            self.inputs();
            while let Some(datagram) = self.session.poll_datagram() {
                self.deliver(datagram.peer, &datagram.transmit.contents);
                if let Some(times) = datagram.ends {
                    self.session.handle_sent(datagram.peer, &times, times.encoded);
                }
            }
            steps += 1;
            assert!(steps < 100_000, "the work has an end");
            if self.session.work(self.now) == Work::Done {
                break;
            }
        }
        assert!(!self.session.has_datagrams() || self.session.is_closed());
        while let Some(action) = self.session.poll_action() {
            self.act(action);
        }
    }

    fn deliver(&mut self, peer: PeerId, data: &[u8]) {
        let Some(page) = self.pages.values_mut().find(|page| page.peer == peer) else { return };
        match data[0] {
            VIDEO => {
                let format = Format::ALL[usize::from(data[1])];
                assert!(page.takes.contains(&format), "a page is sent only what it takes");
                *self.sent_frames.entry(page.number).or_default() += 1;
            }
            CONTROL => {
                let message: Value = serde_json::from_slice(&data[1..]).expect("JSON");
                if message["type"] == "room" {
                    let seats = message["you"]["seats"].as_array().expect("seats");
                    page.told_seats = Some(seats.iter().filter_map(Value::as_u64).collect());
                    assert_eq!(message["you"]["peer"], page.peer.0);
                }
                if message["type"] == "osd" {
                    page.told_progress.push(message["progress"]["percent"].as_u64());
                }
            }
            CLOSED => {
                let page = self.pages.values().find(|page| page.peer == peer).expect("it was there").clone();
                self.ended(&page);
            }
            _ => {}
        }
    }

    /// The host ended a page.
    fn ended(&mut self, page: &Page) {
        self.pages.remove(&page.number);
        self.tokens.push((page.token.clone(), page.address));
        if self.tokens.len() > 20 {
            self.tokens.remove(0);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::RequestKeyframe(format) => {
                assert!(self.pages.values().any(|page| page.takes.contains(&format)) || self.joins.is_empty());
            }
            Action::SetViewers(format, viewers) => self.viewers[format.index()] = viewers,
            Action::SetMaxBitrate(_, kbit_s) => assert!((300..=12_000).contains(&kbit_s)),
            Action::SetListeners(_) | Action::Resolve(..) | Action::StopResolving(_) => {}
            Action::Reply(id, reply) => {
                assert!(reply.after <= Duration::from_secs(30));
                if let Some(page) = self.carriers.get(&id) {
                    assert!(matches!(reply.message, ToPage::Restarted { .. }), "{reply:?}");
                    assert!(self.pages.contains_key(page), "one who is gone is told nothing");
                    return;
                }
                let (page, takes, address) = self.joins.get(&id).cloned().expect("a reply is for one who waits for it");
                match reply.message {
                    ToPage::Candidate { .. } | ToPage::Restarted { .. } => panic!("nobody is in by this carrier"),
                    ToPage::Waiting => return,
                    ToPage::Refused { code, .. } => {
                        if code == RefusedCode::NoCodec {
                            assert!(takes.is_empty());
                        }
                        if code == RefusedCode::HostCodec {
                            assert!(self.forced.is_some_and(|forced| !takes.contains(&forced)));
                        }
                    }
                    ToPage::Welcome { peer, resume, .. } => {
                        assert!(!takes.is_empty());
                        let page = Page {
                            number: page,
                            takes,
                            address,
                            peer,
                            token: resume,
                            connected: false,
                            control: false,
                            pads: [0; 8],
                            seqs: [None; 8],
                            motions: [None; 8],
                            motion_seqs: [0; 8],
                            told_seats: None,
                            told_progress: Vec::new(),
                        };
                        self.carriers.insert(id, page.number);
                        self.pages.insert(page.number, page);
                    }
                }
                self.joins.remove(&id);
            }
            Action::Forget(id) => {
                assert!(!self.joins.contains_key(&id), "one who waits for an answer is not forgotten");
                self.carriers.remove(&id);
            }
            Action::Notify(event) => match event {
                SessionEvent::Room(view) => self.view = Some(*view),
                SessionEvent::Joined { id, .. } => assert!(self.joined.insert(id), "no peer joins twice"),
                SessionEvent::Game { command: GameCommand::InsertDisc(disc), .. } => {
                    assert!((disc as usize) < self.discs, "disc {disc} of {}", self.discs);
                    self.discs_changed += 1;
                }
                SessionEvent::Left { id, .. } => assert!(self.joined.remove(&id), "those leave who joined"),
                _ => {}
            },
        }
    }

    fn join(&mut self) {
        let number = self.next_page;
        self.next_page += 1;
        let takes: Vec<Format> = match self.dice.roll(8) {
            0 => Vec::new(),
            1 => formats()[2..3].to_vec(),
            2 => formats()[2..].to_vec(),
            _ => formats(),
        };
        let resume = match self.dice.roll(3) {
            0 if !self.tokens.is_empty() => {
                Some(self.tokens[self.dice.roll(self.tokens.len() as u64) as usize].clone())
            }
            // A page that is loaded again while its old connection is still there.
            1 if self.dice.one_in(6) => self.page().map(|page| {
                let page = &self.pages[&page];
                (page.token.clone(), page.address)
            }),
            _ => None,
        };
        let address = IpAddr::from([10, 0, 1, self.dice.roll(40) as u8]);
        let invites: Vec<String> =
            self.view.iter().flat_map(|view| &view.invites).map(|invite| invite.secret.as_str().into()).collect();
        let secret = match self.dice.roll(8) {
            0 => Some("wrong".to_owned()),
            1 => None,
            _ if invites.is_empty() => Counter(1000).secret().map(|secret| secret.as_str().into()),
            _ => Some(invites[self.dice.roll(invites.len() as u64) as usize].clone()),
        };
        let code = self.dice.one_in(8).then(|| "123456".to_owned());
        let v = if self.dice.one_in(30) { 1 } else { VERSION };
        let sdp = if self.dice.one_in(30) { "nonsense".to_owned() } else { offer(number, &takes) };
        let join = Join { v, secret, code, name: format!("P{number}"), resume: resume.map(|(token, _)| token), sdp };
        let id = JoinId(self.next_join);
        self.next_join += 1;
        self.joins.insert(id, (number, takes, address));
        self.session.handle_join(id, join, address.into(), self.now);
    }

    /// A new state of a page's controller, or an old one again.
    fn press(&mut self, number: u32) {
        let seat = self.dice.roll(8) as usize;
        let buttons = self.dice.roll(1 << 4) as u16;
        let stale = self.dice.one_in(5);
        let Some(page) = self.pages.get_mut(&number).filter(|page| page.connected) else { return };
        let last = page.seqs[seat];
        let seq = match last {
            // Overtaken by a newer one.
            Some(last) if stale => last.wrapping_sub(1 + u32::from(buttons)),
            _ => last.unwrap_or(u32::MAX - 20).wrapping_add(1),
        };
        if !(stale && last.is_some()) {
            page.seqs[seat] = Some(seq);
            page.pads[seat] = buttons;
        }
        let mut message = vec![1, seat as u8, 1, 0];
        message.extend(seq.to_le_bytes());
        message.extend(buttons.to_le_bytes());
        message.extend([0; 12]);
        let is_news = page.seqs[seat] == Some(seq);
        let peer = page.peer;
        self.send(number, Act::Input, &message);
        // At once, not when the work is done.
        if is_news && self.session.room.may_play(peer, Seat::ALL[seat]) {
            assert_eq!(self.board[seat].buttons & buttons, buttons, "a press is on the board");
        }
    }

    /// A page tells how it is moved, on any seat and whether it was asked or not.
    fn tilt(&mut self, number: u32) {
        let (seat, x) = (self.dice.roll(8) as usize, 1 + self.dice.roll(1000) as i16);
        let stale = self.dice.one_in(5);
        let Some(page) = self.pages.get_mut(&number).filter(|page| page.connected) else { return };
        let last = page.motion_seqs[seat];
        let seq = if stale && last > 0 { last } else { last + 1 };
        if seq > last {
            (page.motion_seqs[seat], page.motions[seat]) = (seq, Some(x));
        }
        let mut message = vec![4, seat as u8, 0, 0];
        message.extend(seq.to_le_bytes());
        message.extend([x, x, x, x, x, x].map(i16::to_le_bytes).concat());
        let peer = page.peer;
        self.send(number, Act::Input, &message);
        let counts = seq > last && self.session.room.may_play(peer, Seat::ALL[seat]);
        if counts && self.sensors.accelerometer.contains(Seat::ALL[seat]) {
            assert_eq!(self.motions[seat].acceleration, [x; 3], "the newest counts");
            self.moved += 1;
        }
    }

    /// A page says something on its carrier, or closes it.
    fn carrier(&mut self) {
        let carriers: Vec<JoinId> = self.carriers.keys().copied().collect();
        if carriers.is_empty() {
            return;
        }
        let id = self.dice.pick(&carriers);
        let message = match self.dice.roll(6) {
            0 => FromPage::Restart { sdp: "offer".into() },
            1 => FromPage::Restart { sdp: String::new() },
            2 => FromPage::Candidate { candidate: "nonsense".into() },
            3 => FromPage::Bye,
            4 => {
                self.carriers.remove(&id);
                self.session.handle_hangup(id);
                return;
            }
            _ => FromPage::Join(Join {
                v: VERSION,
                secret: None,
                code: None,
                name: "Again".into(),
                resume: None,
                sdp: String::new(),
            }),
        };
        let leaves = (message == FromPage::Bye).then(|| self.carriers[&id]);
        self.session.handle_page(id, message, self.now);
        if let Some(page) = leaves.and_then(|page| self.pages.get(&page).cloned()) {
            self.settle();
            assert!(!self.carriers.contains_key(&id), "who left has no carrier");
            if self.pages.contains_key(&page.number) {
                self.ended(&page);
            }
        }
    }

    fn say(&mut self, number: u32, text: &str) {
        if self.pages.get(&number).is_some_and(|page| page.control) {
            self.send(number, Act::Control, text.as_bytes());
        }
    }

    fn guest_command(&mut self, number: u32) {
        let (seat, slot) = (self.dice.roll(10), self.dice.roll(12));
        let other = self.dice.roll(u64::from(self.next_page) + 4);
        let on = self.dice.one_in(2);
        let text = match self.dice.roll(10) {
            0 => r#"{"type":"ask","seat":null}"#.to_owned(),
            1 => format!(r#"{{"type":"ask","seat":{seat}}}"#),
            2 => r#"{"type":"unask"}"#.to_owned(),
            3 => format!(r#"{{"type":"stand","seat":{seat}}}"#),
            4 => format!(r#"{{"type":"sit","peer":{other},"seat":{seat},"on":{on}}}"#),
            5 => format!(r#"{{"type":"do","what":"load","slot":{slot}}}"#),
            6 => r#"{"type":"invite","grant":"any"}"#.to_owned(),
            8 => format!(r#"{{"type":"do","what":"disc","disc":{}}}"#, seat % 4),
            7 => r#"{"type":"chat","text":"hello"}"#.to_owned(),
            _ => format!(r#"{{"type":"rename","name":"N{other}"}}"#),
        };
        self.say(number, &text);
    }

    fn host_command(&mut self) {
        let peers: Vec<PeerId> = self.pages.values().map(|page| page.peer).collect();
        let peer = if peers.is_empty() { PeerId(1) } else { self.dice.pick(&peers) };
        let invites: Vec<InviteId> =
            self.view.iter().flat_map(|view| &view.invites).map(|invite| invite.id).chain([InviteId(1)]).collect();
        let invite = self.dice.pick(&invites);
        let requests: Vec<RequestId> =
            self.view.iter().flat_map(|view| &view.requests).map(|it| it.id).chain([RequestId(1)]).collect();
        let request = self.dice.pick(&requests);
        let seat = self.dice.pick(&Seat::ALL);
        let terms = InviteTerms {
            grant: self.dice.pick(&[SeatGrant::Any, SeatGrant::Any, SeatGrant::Seat(seat), SeatGrant::Watch]),
            permissions: if self.dice.one_in(2) {
                Permission::ALL.into_iter().collect()
            } else {
                Permissions::default()
            },
            approval: self.dice.one_in(3),
            uses: self.dice.one_in(4).then_some(2),
            lasts: self.dice.one_in(4).then_some(Duration::from_secs(60)),
        };
        let command = match self.dice.roll(14) {
            0..3 => RoomCommand::Invite(terms),
            3 => RoomCommand::ChangeInvite(invite, terms),
            4 if self.dice.one_in(4) => RoomCommand::Revoke(invite, RevokeScope::WithPeople),
            4 => RoomCommand::Revoke(invite, RevokeScope::LinkOnly),
            5 => RoomCommand::Answer(request, Decision::Watch),
            6 => RoomCommand::Answer(request, Decision::Play(Some(seat))),
            7 => RoomCommand::Answer(request, Decision::Decline),
            8 => {
                RoomCommand::AssignSeat { peer, seat, change: self.dice.pick(&[SeatChange::Seat, SeatChange::Unseat]) }
            }
            9 => RoomCommand::SetPermissions(peer, Permission::ALL.into_iter().collect()),
            10 => RoomCommand::SetMuting(peer, self.dice.pick(&[Muting::Muted, Muting::Unmuted])),
            11 => RoomCommand::Kick(peer),
            12 if self.dice.one_in(3) => RoomCommand::Ban(peer),
            12 => RoomCommand::ClearBans,
            _ => RoomCommand::Chat("hi".into()),
        };
        self.session.handle_command(SessionCommand::Room(command), self.now);
    }

    fn flood(&mut self, number: u32) {
        for _ in 0..21 {
            self.say(number, r#"{"type":"ping","t":1}"#);
        }
        if self.pages.get(&number).is_some_and(|page| page.control) {
            self.settle();
            assert!(!self.pages.contains_key(&number), "a flood ends the peer");
        }
    }

    fn video(&mut self) {
        self.frame += 1;
        let format = self.dice.pick(&Format::ALL);
        let before = self.sent_frames.clone();
        self.session.handle_video(&VideoPacket {
            format,
            data: vec![0; 64],
            keyframe: true,
            number: self.frame,
            shape: PictureShape { width: 256, height: 240, aspect: 1.3, coded_width: 512, coded_height: 480 },
            ..VideoPacket::default()
        });
        self.settle();
        let got = |page: &&Page| self.sent_frames.get(&page.number) > before.get(&page.number);
        let viewers = self.pages.values().filter(|page| page.connected).filter(got).count();
        assert_eq!(viewers as u32, self.viewers[format.index()], "{format:?} reaches those who watch it");
    }

    fn step(&mut self) {
        match self.dice.roll(32) {
            0..4 => self.join(),
            4..10 => {
                if let Some(page) = self.page() {
                    let it = self.pages.get_mut(&page).expect("there");
                    if !std::mem::replace(&mut it.connected, true) {
                        self.send(page, Act::Connect, &[]);
                        self.settle();
                    }
                    if let Some(it) = self.pages.get_mut(&page).filter(|it| !it.control) {
                        it.control = true;
                        self.send(page, Act::OpenControl, &[]);
                    }
                }
            }
            10..15 => {
                if let Some(page) = self.page() {
                    self.press(page);
                    self.tilt(page);
                }
            }
            15..18 => {
                if let Some(page) = self.page() {
                    self.guest_command(page);
                }
            }
            18..21 => self.host_command(),
            21..23 => self.video(),
            23 => {
                if let Some(page) = self.page() {
                    match self.dice.roll(7) {
                        0 => self.flood(page),
                        1 => self.send(page, Act::Violate, &[]),
                        2 => self.send(page, Act::Close, &[]),
                        3 => self.say(page, r#"{"type":"bye"}"#),
                        4 => self.say(page, "garbage"),
                        5 => self.send(page, Act::Estimate, &3000u32.to_le_bytes()),
                        _ => self.send(page, Act::AskForKeyframe, &[]),
                    }
                }
            }
            24 if self.dice.one_in(2) => self.carrier(),
            24 => {
                // A guest who waits closes the page.
                if let Some((&id, _)) = self.joins.iter().next() {
                    self.joins.remove(&id);
                    self.session.handle_hangup(id);
                }
            }
            25 => {
                let format = self.dice.roll(Format::ALL.len() as u64) as usize;
                self.broken[format] = !self.broken[format];
                self.session.handle_encoders(self.broken, self.now);
            }
            26 if self.dice.one_in(4) => {
                self.forced = if self.dice.one_in(3) { Some(self.dice.pick(&Format::ALL)) } else { None };
                self.session.handle_command(SessionCommand::ForceFormat(self.forced), self.now);
            }
            27 if self.dice.one_in(3) => {
                let ports = 1 + self.dice.roll(8) as usize;
                self.session.handle_command(SessionCommand::Ports(ports), self.now);
            }
            27 if self.dice.one_in(2) => {
                let seats = |dice: &mut Dice| SeatSet::from_bits(dice.roll(256) as u32);
                self.sensors = Sensors { accelerometer: seats(&mut self.dice), gyroscope: seats(&mut self.dice) };
                self.session.handle_sensors(self.sensors);
            }
            27 => {
                let count = self.dice.roll(4) as usize;
                self.discs = count;
                let names = (1..=count).map(|number| format!("Disc {number}")).collect();
                self.session.handle_command(SessionCommand::Discs(Discs { names, inserted: None }), self.now);
            }
            28 => self.pass(Duration::from_secs(1 + self.dice.0 % 4)),
            _ => self.pass(Duration::from_millis(self.dice.0 % 300)),
        }
        self.settle();
        self.check();
    }

    /// Time passes, in which those who are there say something.
    fn pass(&mut self, time: Duration) {
        self.now += time;
        for number in self.pages.keys().copied().collect::<Vec<_>>() {
            // A few are silent, and will be given up.
            if number % 7 != 0 && self.pages.get(&number).is_some_and(|page| page.connected) {
                self.send(number, Act::Reachable, &[]);
            }
        }
    }

    fn check(&mut self) {
        let room = &self.session.room;
        // The board holds what those hold who may play, and nothing else.
        for seat in Seat::ALL {
            let playing = self.pages.values().filter(|page| room.may_play(page.peer, seat));
            let most = playing.fold(0, |all, page| all | page.pads[seat.index()]);
            let held = self.board[seat.index()].buttons;
            assert_eq!(held & !most, 0, "seat {seat}: {held:b} is held, {most:b} may be");
        }
        // It is moved as one who may play there told last, and only as far as the core asks.
        for seat in Seat::ALL {
            let motion = self.motions[seat.index()];
            let mut playing = self.pages.values().filter(|page| room.may_play(page.peer, seat));
            let mut told = |x: i16| x == 0 || playing.any(|page| page.motions[seat.index()] == Some(x));
            let axes = [(self.sensors.accelerometer, motion.acceleration), (self.sensors.gyroscope, motion.rotation)];
            assert!(axes.iter().all(|(seats, axes)| seats.contains(seat) || *axes == [0; 3]), "{seat}: {motion:?}");
            assert!(told(motion.acceleration[0].max(motion.rotation[0])), "seat {seat} is moved by nobody");
        }
        // Connections of the session and of the room are those of the pages.
        let peers: BTreeSet<PeerId> = self.session.peers.keys().copied().collect();
        let pages: BTreeSet<PeerId> = self.pages.values().map(|page| page.peer).collect();
        assert_eq!(peers, pages, "those are connected who were let in and not ended");
        assert_eq!(room.members().map(|member| member.id).collect::<BTreeSet<_>>(), pages);
        for (peer, it) in &self.session.peers {
            let page = self.pages.values().find(|page| page.peer == *peer).expect("checked above");
            let format = it.peer.format();
            assert!(page.takes.contains(&format));
            if let Some(forced) = self.forced {
                assert_eq!(format, forced, "the host's word goes");
            }
            assert_eq!(it.announced, page.connected);
        }
        let announced: BTreeSet<PeerId> =
            self.session.peers.iter().filter(|(_, it)| it.announced).map(|(&id, _)| id).collect();
        assert_eq!(self.joined, announced);
        for format in Format::ALL {
            let count = self.session.peers.values().filter(|it| it.announced && it.peer.format() == format).count();
            assert_eq!(self.viewers[format.index()] as usize, count);
        }
        assert!(self.joins.len() <= 16, "as many wait as may: {}", self.joins.len());
        assert!(self.session.poll_timeout(self.now) > self.now, "nothing is left undone");
        assert!(self.now.duration_since(self.started) < Duration::from_secs(1 << 30));
    }

    /// After a quiet while everyone knows how the room is, and holds what they hold.
    fn rest(&mut self) {
        self.broken = [false; Format::ALL.len()];
        self.session.handle_encoders(self.broken, self.now);
        for _ in 0..5 {
            self.pass(Duration::from_millis(400));
            self.settle();
            self.check();
        }
        let room = &self.session.room;
        for page in self.pages.values().filter(|page| page.control && page.connected) {
            let seats: BTreeSet<u64> = room.seats_of(page.peer).map(|seat| seat.index() as u64).collect();
            assert_eq!(page.told_seats.as_ref(), Some(&seats), "page {} knows its seats", page.number);
        }
        let view = self.view.as_ref().expect("the engine was told");
        for info in &view.seats {
            assert_eq!(info.holders, room.holders(info.seat).collect::<Vec<_>>());
        }
        assert_eq!(view.requests.len(), room.requests().count());
        assert_eq!(view.banned, room.banned());
        // A page that holds something says so several times a second.
        self.pass(Duration::from_secs(4));
        self.settle();
        assert!(self.board.iter().all(|pad| pad.buttons == 0), "what is not confirmed is let go of");
        assert_eq!(self.motions, [MotionState::default(); 8], "and lies still");
        let local = Seat::ALL.into_iter().filter(|seat| self.session.room.is_local(*seat)).collect();
        assert_eq!(self.motionless, local, "the core knows where nobody can tell");
    }
}

#[test]
fn a_hundred_thousand_events_leave_every_book_in_order() {
    let (mut discs_changed, mut moved) = (0, 0);
    for seed in 1..=100 {
        let mut model = Model::new(seed);
        for event in 0..1000 {
            model.step();
            if event % 250 == 249 {
                model.rest();
            }
        }
        model.session.handle_command(SessionCommand::Close, model.now);
        model.settle();
        assert!(model.session.is_closed() && model.pages.is_empty(), "everyone is told, and gone");
        assert!(model.board.iter().all(|pad| pad.buttons == 0), "and nothing is held");
        discs_changed += model.discs_changed;
        moved += model.moved;
    }
    assert!(discs_changed > 0 && moved > 0, "{discs_changed} discs, {moved} motions");
}

#[test]
fn what_only_the_host_may_do_is_denied_to_a_guest_with_every_permission() {
    let mut model = Model::new(4);
    model.join();
    while model.pages.is_empty() {
        model.settle();
        model.join();
    }
    let peer = model.pages.values().next().expect("one").peer;
    let room = &mut model.session.room;
    let everything = RoomCommand::SetPermissions(peer, Permission::ALL.into_iter().collect());
    assert!(room.apply(Actor::Host, everything.clone(), &mut Counter(5), Duration::ZERO).is_ok());
    for command in [everything, RoomCommand::Kick(peer), RoomCommand::Ban(peer), RoomCommand::ClearBans] {
        let denied = room.apply(Actor::Guest(peer), command, &mut Counter(5), Duration::ZERO);
        assert_eq!(denied, Err(crate::room::Denied::Permission));
    }
}

/// A session with one page whose channels are open.
fn with_a_page(seed: u64) -> (Model, u32) {
    let mut model = Model::new(seed);
    model.join();
    while model.pages.is_empty() {
        model.settle();
        model.join();
    }
    let page = model.pages.values_mut().next().expect("one");
    (page.connected, page.control) = (true, true);
    let number = page.number;
    model.send(number, Act::Connect, &[]);
    model.settle();
    model.send(number, Act::OpenControl, &[]);
    model.settle();
    (model, number)
}

#[test]
fn of_what_the_core_says_pages_read_the_newest_four_times_a_second() {
    let (mut model, number) = with_a_page(4);
    let line = |percent| ScreenLine { text: "Loading".into(), level: 1, percent, until: Duration::from_secs(3600) };
    let say = |model: &mut Model, percent: Option<u8>| {
        let shown = OnScreen { progress: percent.map(|percent| line(Some(percent))), ..OnScreen::default() };
        model.session.handle_command(SessionCommand::OnScreen(shown), model.now);
        model.settle();
    };
    for step in 0..=100u8 {
        say(&mut model, Some(step));
        model.pass(Duration::from_millis(10));
    }
    model.pass(Duration::from_millis(250));
    model.settle();
    let told = model.pages[&number].told_progress.clone();
    assert!(told.len() <= 7, "{told:?}");
    assert_eq!(told.last(), Some(&Some(100)), "the newest is never lost: {told:?}");
    assert!(told.is_sorted(), "{told:?}");
    say(&mut model, Some(100));
    model.pass(Duration::from_secs(1));
    model.settle();
    assert_eq!(model.pages[&number].told_progress.len(), told.len(), "what has not changed is not told");
    say(&mut model, None);
    assert_eq!(model.pages[&number].told_progress.last(), Some(&None), "and that it is over");
}

#[test]
fn two_phones_on_a_seat_are_not_joined_and_nobody_is_told_for_by_one_who_left() {
    let (mut model, first) = with_a_page(4);
    let only: SeatSet = [Seat::ALL[1]].into_iter().collect();
    model.sensors = Sensors { accelerometer: only, gyroscope: SeatSet::EMPTY };
    model.session.handle_sensors(model.sensors);
    let peer = model.pages[&first].peer;
    let sit = |model: &mut Model, peer, change| {
        let command = RoomCommand::AssignSeat { peer, seat: Seat::ALL[1], change };
        model.session.handle_command(SessionCommand::Room(command), model.now);
        model.settle();
    };
    sit(&mut model, peer, SeatChange::Seat);
    let tilt = |model: &mut Model, number: u32, seq: u32, x: i16| {
        let axes = [x, 0, 0, x, 0, 0].map(i16::to_le_bytes).concat();
        let message = [vec![4, 1, 0, 0], seq.to_le_bytes().to_vec(), axes].concat();
        model.send(number, Act::Input, &message);
        model.motions[1]
    };
    let still = MotionState::default();
    let to = |x| MotionState { acceleration: [x, 0, 0], rotation: [0; 3] };
    assert_eq!(tilt(&mut model, first, 5, 100), to(100), "turning is not asked for");
    assert_eq!(tilt(&mut model, first, 4, 7), to(100), "overtaken by a newer one");
    model.join();
    while model.pages.len() < 2 {
        model.settle();
        model.join();
    }
    let (&second, page) = model.pages.iter_mut().find(|(number, _)| **number != first).expect("another");
    (page.connected, page.control) = (true, true);
    let other = page.peer;
    model.send(second, Act::Connect, &[]);
    model.settle();
    assert_eq!(tilt(&mut model, second, 1, 900), to(100), "who does not sit there tilts nothing");
    sit(&mut model, other, SeatChange::Seat);
    assert_eq!(tilt(&mut model, second, 2, 900), to(900), "who told last counts");
    sit(&mut model, other, SeatChange::Unseat);
    assert_eq!(model.motions[1], to(100));
    model.session.handle_sensors(Sensors::default());
    model.inputs();
    assert_eq!(model.motions[1], still, "the core asks no longer");
}
