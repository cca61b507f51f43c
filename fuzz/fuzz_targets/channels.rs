//! What a peer says once it is in: inputs and commands, as bytes on its two channels, to a session with three guests. Beside
//! bytes of any kind there are whole messages of every type, one field of which may be replaced or left out.
#![no_main]

use arbitrary::Arbitrary;
use hotseat::input::{Inputs, KEY_CODES, KeySet, MAX_SEATS, MouseMove, MouseState, PadState, Seat};
use hotseat::link::Link;
use hotseat::link::board::{BoardReader, BoardWriter, Lane};
use hotseat::packet::{AudioPacket, Format};
use hotseat::room::{
    EMOJI, InviteTerms, MAX_NAME, MAX_TEXT, Muting, Origin, PeerId, Permission, Permissions, Random, Room, RoomCommand,
    SeatChange, SeatGrant, Secret,
};
use hotseat::session::connection::{Connection, ConnectionEvent, EncodedFrame, HostCandidate, OfferError, Output, Via};
use hotseat::session::protocol::{FromPeer, InputMessage, Join, MAX_CONTROL, ToPage, VERSION, parse_control};
use hotseat::session::{
    Action, ChatEvent, Config, InputUpdate, JoinId, RoomView, Session, SessionCommand, SessionEvent, Work,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Arbitrary, Debug)]
enum Said<'a> {
    Control(&'a [u8]),
    Input(&'a [u8]),
    Message(Message<'a>, Option<Twist<'a>>),
    Device(Device, Option<(u8, u8)>),
    /// The host changes something for the guest whose turn it is.
    Host(Host),
}

#[derive(Arbitrary, Debug)]
enum Message<'a> {
    Ping(f64),
    Rename(&'a str),
    Bye,
    Chat(&'a str),
    React(u8),
    Ask(Option<u8>),
    Unask,
    Stand(u8),
    Sit { whom: u8, seat: u8, on: bool },
    Do { what: u8, slot: Option<u8> },
    Invite(Granted),
}

#[derive(Arbitrary, Debug)]
enum Granted {
    Any,
    Watch,
    Seat(u8),
}

/// What becomes of one field of a message.
#[derive(Arbitrary, Debug)]
struct Twist<'a> {
    field: u8,
    to: Replacement<'a>,
}

#[derive(Arbitrary, Debug)]
enum Replacement<'a> {
    Missing,
    Null,
    Yes(bool),
    Whole(i64),
    Number(f64),
    Text(&'a str),
    List(u8),
    Map(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Device {
    Pad { seat: u8, step: i8, states: Vec<[u16; 7]> },
    Keys { seat: u8, step: i8, states: Vec<Vec<u16>> },
    Mouse { seat: u8, step: i8, totals: [i32; 4], at: [u16; 2], buttons: u16, flags: u8 },
}

#[derive(Arbitrary, Debug)]
enum Host {
    Mute(bool),
    Sit(u8, bool),
    Ports(u8),
    Leave,
}

/// What each guest may do: everything; play on one seat; watch, bring others and save.
const GUESTS: [(SeatGrant, &[Permission]); 3] = [
    (SeatGrant::Any, &Permission::ALL),
    (SeatGrant::Seat(Seat::ALL[1]), &[]),
    (SeatGrant::Watch, &[Permission::Invite, Permission::States]),
];
const GAMES: [&str; 5] = ["pause", "resume", "reset", "save", "load"];

impl Message<'_> {
    fn json(&self, peers: &[PeerId]) -> Value {
        match self {
            Message::Ping(t) => json!({"type": "ping", "t": t}),
            Message::Rename(name) => json!({"type": "rename", "name": name}),
            Message::Bye => json!({"type": "bye"}),
            Message::Chat(text) => json!({"type": "chat", "text": text}),
            Message::React(which) => json!({"type": "react", "emoji": EMOJI[usize::from(*which) % EMOJI.len()]}),
            Message::Ask(seat) => json!({"type": "ask", "seat": seat}),
            Message::Unask => json!({"type": "unask"}),
            Message::Stand(seat) => json!({"type": "stand", "seat": seat}),
            Message::Sit { whom, seat, on } => {
                json!({"type": "sit", "peer": peers[usize::from(*whom) % peers.len()], "seat": seat, "on": on})
            }
            Message::Do { what, slot } => {
                let what = GAMES[usize::from(*what) % GAMES.len()];
                slot.map_or_else(
                    || json!({"type": "do", "what": what}),
                    |slot| json!({"type": "do", "what": what, "slot": slot}),
                )
            }
            Message::Invite(grant) => match grant {
                Granted::Any => json!({"type": "invite", "grant": "any"}),
                Granted::Watch => json!({"type": "invite", "grant": "watch"}),
                Granted::Seat(seat) => json!({"type": "invite", "grant": seat}),
            },
        }
    }

    /// Whether the message as it stands is one that a page might send.
    fn is_right(&self) -> bool {
        match self {
            // JSON has no number for what is none.
            Message::Ping(t) => t.is_finite(),
            Message::Invite(Granted::Seat(seat)) => usize::from(*seat) < MAX_SEATS,
            _ => true,
        }
    }
}

impl Twist<'_> {
    fn apply(&self, message: &mut Value) {
        let Some(fields) = message.as_object_mut() else { return };
        let Some(name) = fields.keys().nth(usize::from(self.field) % fields.len()).cloned() else { return };
        let value = match self.to {
            Replacement::Missing => {
                fields.remove(&name);
                return;
            }
            Replacement::Null => Value::Null,
            Replacement::Yes(yes) => json!(yes),
            Replacement::Whole(number) => json!(number),
            Replacement::Number(number) => json!(number),
            Replacement::Text(text) => json!(text),
            Replacement::List(len) => json!(vec![0; len.into()]),
            Replacement::Map(key) => json!({ key: key }),
        };
        fields.insert(name, value);
    }
}

impl Device {
    fn bytes(&self, seq: &mut u32) -> Vec<u8> {
        let (kind, seat, count, step) = match self {
            Device::Pad { seat, step, states } => (1, seat, states.len(), step),
            Device::Keys { seat, step, states } => (2, seat, states.len(), step),
            Device::Mouse { seat, step, .. } => (3, seat, 0, step),
        };
        *seq = seq.wrapping_add_signed((*step).into());
        let mut bytes = vec![kind, seat % MAX_SEATS as u8, count as u8, 0];
        bytes.extend(seq.to_le_bytes());
        match self {
            Device::Pad { states, .. } => bytes.extend(states.iter().flatten().flat_map(|it| it.to_le_bytes())),
            Device::Keys { states, .. } => {
                for keys in states {
                    bytes.push(keys.len() as u8);
                    bytes.extend(keys.iter().flat_map(|key| (key % (KEY_CODES + 9)).to_le_bytes()));
                }
            }
            Device::Mouse { totals, at, buttons, flags, .. } => {
                bytes.extend(totals.iter().flat_map(|total| total.to_le_bytes()));
                bytes.extend(at.iter().chain([buttons, &u16::from(*flags % 2)]).flat_map(|it| it.to_le_bytes()));
            }
        }
        bytes
    }
}

/// What a page does to its connection: the second byte of a datagram, after the connection's number.
const CONNECT: u8 = 0;
const OPEN_CONTROL: u8 = 1;
const INPUT: u8 = 2;
const CONTROL: u8 = 3;
const REACHABLE: u8 = 4;
const CLOSE: u8 = 5;

/// What happened to the connections, in order, each by its number.
type Log = Rc<RefCell<Vec<(u8, Told)>>>;

enum Told {
    Message(Value),
    Closed,
}

/// A connection without WebRTC.
struct Plain {
    number: u8,
    log: Log,
    open: bool,
    events: VecDeque<ConnectionEvent>,
    next_timeout: Instant,
}

impl Connection for Plain {
    type Identity = Log;

    fn accept(offer: &str, _: &[HostCandidate], log: Log, now: Instant) -> Result<(Plain, String), OfferError> {
        let number = offer.parse().map_err(|_| OfferError::Malformed)?;
        Ok((Plain { number, log, open: false, events: VecDeque::new(), next_timeout: now }, "answer".into()))
    }

    fn set_candidates(&mut self, _: &[HostCandidate]) -> Vec<String> {
        Vec::new()
    }

    fn add_remote_candidate(&mut self, _: &str) {}

    fn restart(&mut self, _: &str) -> Result<String, OfferError> {
        Err(OfferError::Malformed)
    }

    fn formats(&self) -> &[Format] {
        &Format::ALL
    }

    fn accepts(&self, _: Via, data: &[u8], _: Instant) -> bool {
        data.first() == Some(&self.number)
    }

    fn handle_datagram(&mut self, _: Via, data: &[u8], _: Instant) {
        self.events.push_back(match data[1] {
            CONNECT => ConnectionEvent::Connected,
            OPEN_CONTROL => {
                self.open = true;
                ConnectionEvent::ControlOpen
            }
            INPUT => ConnectionEvent::Input(data[2..].to_vec()),
            CONTROL => ConnectionEvent::Control(data[2..].to_vec()),
            REACHABLE => ConnectionEvent::Reachable(true),
            _ => ConnectionEvent::Closed,
        });
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.next_timeout = now + Duration::from_secs(1);
    }

    fn poll_output(&mut self) -> Output {
        self.events.pop_front().map_or(Output::Timeout(self.next_timeout), Output::Event)
    }

    fn write_video(&mut self, _: &EncodedFrame, _: Instant) -> bool {
        true
    }

    fn forget_frames(&mut self) {}

    fn write_audio(&mut self, _: &AudioPacket, _: Instant) {}

    fn write_control(&mut self, text: &[u8]) -> bool {
        if self.open {
            let message = serde_json::from_slice(text).expect("pages are told JSON");
            self.log.borrow_mut().push((self.number, Told::Message(message)));
        }
        self.open
    }

    fn close(&mut self) {
        self.open = false;
        self.log.borrow_mut().push((self.number, Told::Closed));
    }
}

/// Different bytes each time, the same in each run.
struct Counter(u64);

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        self.0 += 1;
        bytes.fill(0);
        let number = self.0.to_le_bytes();
        bytes.iter_mut().zip(number).for_each(|(byte, part)| *byte = part);
        true
    }
}

/// A guest, with the newest connection.
struct Guest {
    grant: SeatGrant,
    permissions: Permissions,
    secret: Secret,
    token: Option<String>,
    connection: u8,
    peer: PeerId,
    connected: bool,
    muted: bool,
    seq: u32,
}

impl Guest {
    fn has(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }
}

/// A session with its guests, driven as the net thread drives it.
struct House {
    session: Session<Plain>,
    now: Instant,
    log: Log,
    guests: Vec<Guest>,
    connections: u8,
    /// The guest whose turn it is.
    speaker: usize,
    /// What that guest was told in this turn.
    told: Vec<Value>,
    view: Option<RoomView>,
    board: BoardWriter,
    core: BoardReader,
}

thread_local! {
    static BOARD: Arc<Link> = Link::create().expect("the shared memory");
}

impl House {
    fn new() -> House {
        let link = BOARD.with(Clone::clone);
        let (board, core) = (BoardWriter::new(link.clone()), BoardReader::new(link));
        for seat in 0..MAX_SEATS {
            board.set(Lane::Remote, seat, PadState::default());
            board.set_mouse(Lane::Remote, seat, MouseState::default());
        }
        board.set_keyboard(Lane::Remote, &KeySet::EMPTY);
        core.forget_taps();
        let mut room = Room::new(Some("Host".into()), 4);
        let guests = GUESTS.iter().enumerate().map(|(number, &(grant, permissions))| {
            let permissions = permissions.iter().copied().collect();
            let terms = InviteTerms { grant, permissions, ..InviteTerms::default() };
            let secret = Secret::new([number as u8 + 1; 16]);
            room.invites_mut().add(secret.clone(), terms, Duration::ZERO).expect("a link");
            let (connected, muted) = (false, false);
            Guest { grant, permissions, secret, token: None, connection: 0, peer: PeerId(0), connected, muted, seq: 0 }
        });
        let guests = guests.collect();
        let now = Instant::now();
        let log = Log::default();
        let session = Session::new(Config {
            room,
            force_format: None,
            candidates: Vec::new(),
            identity: log.clone(),
            random: Box::new(Counter(0)),
            now,
            monotonic: Duration::ZERO,
        });
        let (told, view) = (Vec::new(), None);
        let mut house = House { session, now, log, guests, connections: 0, speaker: 0, told, view, board, core };
        (0..GUESTS.len()).for_each(|who| house.come(who));
        house.pass();
        house
    }

    /// A guest comes in, or back.
    fn come(&mut self, who: usize) {
        self.connections += 1;
        let guest = &mut self.guests[who];
        guest.connection = self.connections;
        let join = Join {
            v: VERSION,
            secret: Some(guest.secret.as_str().to_owned()),
            code: None,
            name: "Ann".into(),
            resume: guest.token.clone(),
            sdp: guest.connection.to_string(),
        };
        self.speaker = who;
        self.session.handle_join(
            JoinId(self.connections.into()),
            join,
            Origin::Address(IpAddr::from([10, 0, 0, 1])),
            self.now,
        );
        self.settle();
        assert!(self.guests[who].connected, "the link is good");
        self.send(who, CONNECT, &[]);
        self.send(who, OPEN_CONTROL, &[]);
        self.settle();
    }

    fn send(&mut self, who: usize, act: u8, payload: &[u8]) {
        let guest = &self.guests[who];
        let data = [&[guest.connection, act][..], payload].concat();
        let source = SocketAddr::from(([10, 0, 0, 1], guest.connection.into()));
        assert_eq!(self.session.recipient(Via::udp(source, source), &data, self.now), Some(guest.peer));
        self.session.handle_datagram(guest.peer, Via::udp(source, source), &data, self.now);
    }

    /// Everything that follows from what happened.
    fn settle(&mut self) {
        self.session.handle_timeout(self.now);
        loop {
            while let Some(update) = self.session.poll_input(self.now) {
                self.put(update);
            }
            if self.session.work(self.now) == Work::Done {
                break;
            }
        }
        while let Some(action) = self.session.poll_action() {
            match action {
                Action::Reply(_, reply) => self.welcome(&reply.message),
                Action::Notify(event) => self.notice(event),
                _ => {}
            }
        }
        for (connection, told) in self.log.take() {
            let Some(who) = self.guests.iter().position(|it| it.connection == connection) else { continue };
            match told {
                Told::Message(message) if who == self.speaker => self.told.push(message),
                Told::Message(_) => {}
                Told::Closed => self.guests[who].connected = false,
            }
        }
    }

    fn put(&self, update: InputUpdate) {
        match update {
            InputUpdate::Pad(seat, pad) => {
                assert!(pad.left.into_iter().chain(pad.right).all(|axis| axis > i16::MIN));
                assert!(pad.triggers.into_iter().all(|trigger| trigger >= 0));
                self.board.set(Lane::Remote, seat.index(), pad);
            }
            InputUpdate::Keyboard(keys) => {
                assert!(keys.codes().all(|code| code < KEY_CODES));
                self.board.set_keyboard(Lane::Remote, &keys);
            }
            InputUpdate::Mouse(seat, state) => self.board.set_mouse(Lane::Remote, seat.index(), state),
            InputUpdate::MouseMoved(seat, moved) => {
                let MouseMove { dx, dy, wheel, hwheel } = moved;
                assert!([dx, dy, wheel, hwheel].into_iter().all(|part| part.abs() <= 20_000));
                self.board.move_mouse(Lane::Remote, seat.index(), moved);
            }
            InputUpdate::Motion(seat, motion) => {
                assert!(motion.acceleration.into_iter().chain(motion.rotation).all(|axis| axis > i16::MIN));
                self.board.set_motion(seat.index(), motion);
            }
            InputUpdate::Motionless(seats) => self.board.set_motionless(seats),
        }
    }

    fn welcome(&mut self, message: &ToPage) {
        let ToPage::Welcome { peer, resume, .. } = message else { panic!("not let in: {message:?}") };
        let guest = &mut self.guests[self.speaker];
        (guest.peer, guest.token, guest.connected) = (*peer, Some(resume.clone()), true);
    }

    /// What the host hears of is what the guest whose turn it is may do.
    fn notice(&mut self, event: SessionEvent) {
        let guest = &self.guests[self.speaker];
        match event {
            SessionEvent::Room(view) => self.view = Some(*view),
            SessionEvent::Game { command, .. } => assert!(guest.has(Permission::of(command))),
            SessionEvent::Chat(ChatEvent::Said { peer, text, .. }) => {
                assert!(peer == Some(guest.peer) && !guest.muted);
                assert!(text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control));
            }
            SessionEvent::Chat(ChatEvent::Reaction { peer, .. }) => assert!(peer == Some(guest.peer) && !guest.muted),
            _ => {}
        }
    }

    /// Time passes, in which the network is well, until everyone knows how the room is.
    fn pass(&mut self) {
        self.now += Duration::from_millis(100);
        for who in 0..self.guests.len() {
            if self.guests[who].connected {
                self.send(who, REACHABLE, &[]);
            }
        }
        self.settle();
        self.now += Duration::from_millis(100);
        self.settle();
    }

    /// A message on the control channel. Whether it is one that there is.
    fn control(&mut self, bytes: &[u8]) -> bool {
        let who = self.speaker;
        let parsed = parse_control(bytes);
        self.send(who, CONTROL, bytes);
        self.settle();
        let told = |kind, code| self.was_told(kind, code);
        let guest = &self.guests[who];
        assert_eq!(told("closing", "bad_message"), parsed.is_none());
        assert!(!told("closing", "flood"), "a few messages are not too many");
        assert!(!told("no", "muted") || guest.muted);
        match &parsed {
            Some(FromPeer::Ping(t)) => assert!(t.is_finite()),
            Some(FromPeer::Bye) => assert!(!guest.connected),
            Some(FromPeer::OutOfRange(_)) => assert!(told("no", "gone")),
            Some(FromPeer::Command(_, RoomCommand::AssignSeat { .. })) if !guest.has(Permission::Seats) => {
                assert!(told("no", "right"));
            }
            Some(FromPeer::Command(..)) | None => {}
        }
        parsed.is_some()
    }

    /// A message on the input channel.
    fn input(&mut self, bytes: &[u8]) {
        let parsed = InputMessage::parse(bytes);
        match &parsed {
            Some(InputMessage::Pad(pad)) => assert!(pad.newer_than(pad.seq.wrapping_sub(3)).count() <= 3),
            Some(InputMessage::Keys(keys)) => {
                assert!(keys.newer_than(keys.seq).next().is_none());
                for codes in keys.newer_than(keys.seq.wrapping_sub(MAX_SEATS as u32)) {
                    let set: KeySet = codes.iter().copied().collect();
                    assert!(set.codes().all(|code| codes.contains(&code) && code < KEY_CODES));
                }
            }
            Some(InputMessage::Mouse(mouse)) => assert!(!mouse.is_newer_than(mouse.seq)),
            Some(InputMessage::Motion(motion)) => assert!(!motion.is_newer_than(motion.seq)),
            None => {}
        }
        self.send(self.speaker, INPUT, bytes);
        self.settle();
        assert_eq!(self.was_told("closing", "bad_message"), parsed.is_none());
    }

    fn was_told(&self, kind: &str, code: &str) -> bool {
        self.told.iter().any(|it| it["type"] == kind && it["code"] == code)
    }

    fn host(&mut self, change: &Host) {
        let guest = &mut self.guests[self.speaker];
        let peer = guest.peer;
        let command = match change {
            Host::Mute(on) => {
                guest.muted = *on;
                let muting = if *on { Muting::Muted } else { Muting::Unmuted };
                SessionCommand::Room(RoomCommand::SetMuting(peer, muting))
            }
            Host::Sit(seat, on) => {
                let Some(seat) = Seat::new((*seat).into()) else { return };
                let change = if *on { SeatChange::Seat } else { SeatChange::Unseat };
                SessionCommand::Room(RoomCommand::AssignSeat { peer, seat, change })
            }
            Host::Ports(ports) => SessionCommand::Ports((*ports).into()),
            Host::Leave => {
                self.send(self.speaker, CLOSE, &[]);
                self.settle();
                assert!(!self.guests[self.speaker].connected);
                return;
            }
        };
        self.session.handle_command(command, self.now);
        self.settle();
    }

    /// What the core sees is held by a guest who plays there; read twice, since a tap is shown once more. And every link
    /// that was made in this turn grants no more than its maker has.
    fn look(&mut self) {
        let view = self.view.as_ref().expect("the host knows the room");
        let mut inputs = Inputs::default();
        self.core.poll(&mut inputs);
        self.core.poll(&mut inputs);
        let plays = |peer| self.guests.iter().any(|it| Some(it.peer) == peer && it.connected && !it.muted);
        let mut any_played = false;
        for seat in Seat::ALL {
            let info = view.seats.iter().find(|it| it.seat == seat);
            let played = info.is_some_and(|it| it.holders.iter().any(|holder| plays(holder.peer)));
            any_played |= played;
            assert!(played || inputs.pads[seat.index()] == PadState::default());
            assert!(played || inputs.mice[seat.index()].state == MouseState::default());
            assert_eq!(inputs.mice[seat.index()].moved, MouseMove::default());
        }
        assert!(any_played || inputs.keys.is_empty());
        let guest = &self.guests[self.speaker];
        for told in self.told.iter().filter(|it| it["type"] == "invited") {
            assert!(guest.has(Permission::Invite));
            let secret = told["secret"].as_str().expect("a secret");
            let terms = view.invites.iter().find(|it| it.secret.is(secret)).expect("the link").terms;
            assert!(guest.grant.covers(terms.grant) && terms.permissions == Permissions::default());
        }
        for member in &view.people {
            assert!((1..=MAX_NAME).contains(&member.name.chars().count()));
            let Some(guest) = self.guests.iter().find(|it| it.peer == member.id) else { continue };
            // What they may still take by themselves: no more than was given.
            assert!(member.permissions == guest.permissions && [guest.grant, SeatGrant::Watch].contains(&member.grant));
        }
    }
}

fuzz_target!(|all: Vec<(u8, Said)>| {
    let mut house = House::new();
    for (who, said) in all.iter().take(40) {
        let who = usize::from(*who) % GUESTS.len();
        house.speaker = who;
        if !house.guests[who].connected {
            house.come(who);
        }
        house.told.clear();
        match said {
            Said::Control(bytes) => {
                house.control(bytes);
            }
            Said::Input(bytes) => house.input(bytes),
            Said::Message(message, twist) => {
                let peers: Vec<_> = house.guests.iter().map(|guest| guest.peer).collect();
                let mut text = message.json(&peers);
                if let Some(twist) = twist {
                    twist.apply(&mut text);
                }
                let text = text.to_string();
                let known = house.control(text.as_bytes());
                let right = message.is_right() && twist.is_none() && text.len() <= MAX_CONTROL;
                assert!(known || !right, "{text}");
            }
            Said::Device(device, spoilt) => {
                let mut bytes = device.bytes(&mut house.guests[who].seq);
                if let Some((index, byte)) = spoilt {
                    let index = usize::from(*index) % bytes.len();
                    bytes[index] = *byte;
                }
                house.input(&bytes);
            }
            Said::Host(change) => house.host(change),
        }
        house.pass();
        house.look();
    }
});
