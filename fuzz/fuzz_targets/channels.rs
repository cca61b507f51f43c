//! Whatever a peer says once it is in: inputs and wishes, as bytes on its two channels. Beside bytes of any kind there are
//! whole messages of every type, one field of which may be replaced or left out.
#![no_main]

use arbitrary::Arbitrary;
use hotseat::input::{Inputs, KEY_CODES, KeySet, MAX_SEATS, MouseMove, MouseState, PadState};
use hotseat::link::Link;
use hotseat::link::board::{BoardReader, BoardWriter, Lane};
use hotseat::session::protocol::{FromPeer, InputMessage, MAX_CONTROL, MouseMessage, parse_control};
use hotseat::room::{
    Deed, Door, EMOJI, Entry, SeatGrant, MAX_NAME, MAX_TEXT, No, Permission, Permissions, Room, Secret, InviteTerms, Wish,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::time::Duration;

#[derive(Arbitrary, Debug)]
enum Said<'a> {
    Control(&'a [u8]),
    Input(&'a [u8]),
    Message(Message<'a>, Option<Twist<'a>>),
    Hands(Hands, Option<(u8, u8)>),
    /// The host's word about whoever says something.
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
    to: Odd<'a>,
}

#[derive(Arbitrary, Debug)]
enum Odd<'a> {
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
enum Hands {
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

/// What each peer may do besides playing: all of it, nothing, and one who watches and may bring others.
const GUESTS: [(SeatGrant, &[Right]); 3] =
    [(SeatGrant::Any, &Permission::ALL), (SeatGrant::Seat(1), &[]), (SeatGrant::Watch, &[Permission::Invite, Permission::States])];
const GAMES: [&str; 5] = ["pause", "resume", "reset", "save", "load"];

impl Message<'_> {
    fn json(&self, peers: &[u32]) -> Value {
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
            Odd::Missing => {
                fields.remove(&name);
                return;
            }
            Odd::Null => Value::Null,
            Odd::Yes(yes) => json!(yes),
            Odd::Whole(number) => json!(number),
            Odd::Number(number) => json!(number),
            Odd::Text(text) => json!(text),
            Odd::List(len) => json!(vec![0; len.into()]),
            Odd::Map(key) => json!({ key: key }),
        };
        fields.insert(name, value);
    }
}

impl Hands {
    fn bytes(&self, seq: &mut u32) -> Vec<u8> {
        let (kind, seat, count, step) = match self {
            Hands::Pad { seat, step, states } => (1, seat, states.len(), step),
            Hands::Keys { seat, step, states } => (2, seat, states.len(), step),
            Hands::Mouse { seat, step, .. } => (3, seat, 0, step),
        };
        *seq = seq.wrapping_add_signed((*step).into());
        let mut bytes = vec![kind, seat % MAX_SEATS as u8, count as u8, 0];
        bytes.extend(seq.to_le_bytes());
        match self {
            Hands::Pad { states, .. } => bytes.extend(states.iter().flatten().flat_map(|it| it.to_le_bytes())),
            Hands::Keys { states, .. } => {
                for keys in states {
                    bytes.push(keys.len() as u8);
                    bytes.extend(keys.iter().flat_map(|key| (key % (KEY_CODES + 9)).to_le_bytes()));
                }
            }
            Hands::Mouse { totals, at, buttons, flags, .. } => {
                bytes.extend(totals.iter().flat_map(|total| total.to_le_bytes()));
                bytes.extend(at.iter().chain([buttons, &u16::from(*flags % 2)]).flat_map(|it| it.to_le_bytes()));
            }
        }
        bytes
    }
}

/// A connection, with what it holds as the host has understood it.
struct Peer {
    id: u32,
    rights: Permissions,
    grant: SeatGrant,
    seq: u32,
    pad_seq: [Option<u32>; MAX_SEATS],
    key_seq: [Option<u32>; MAX_SEATS],
    mice: [Option<MouseMessage>; MAX_SEATS],
    pads: [PadState; MAX_SEATS],
    keys: KeySet,
    muted: bool,
}

fn control(room: &mut Room, peer: &Peer, now: Duration, bytes: &[u8]) -> bool {
    match parse_control(bytes) {
        Some(FromPeer::Wish(wish)) => {
            let fresh = Secret::new([now.as_millis() as u8 | 128; 16]);
            match room.wish(peer.id, wish.clone(), || Some(fresh.clone()), now) {
                Ok(Deed::Do(game, slot)) => {
                    assert!(peer.rights.has(game.right()) && slot <= 9 && matches!(wish, Wish::Do(..)));
                }
                Ok(Deed::Say(text)) => {
                    assert!(text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control) && !peer.muted);
                }
                Ok(Deed::Show(_)) => assert!(!peer.muted),
                Ok(Deed::Invited(secret)) => {
                    assert!(peer.rights.has(Permission::Invite));
                    let made = room.invites().iter().find(|it| it.secret == secret).expect("the link");
                    assert!(peer.grant.covers(made.terms.grant) && made.terms.rights == Permissions::default());
                }
                Ok(Deed::Nothing) => {
                    assert!(!matches!(wish, Wish::Sit { .. }) || peer.rights.has(Permission::Seats));
                    assert!(room.name_of(peer.id).is_some_and(|name| (1..=MAX_NAME).contains(&name.chars().count())));
                }
                Err(No::Muted) => assert!(peer.muted),
                Err(_) => {}
            }
        }
        Some(FromPeer::Ping(t)) => assert!(t.is_finite()),
        Some(FromPeer::Bye) => {}
        None => return false,
    }
    true
}

/// Understands an input and puts what the peer then holds on the board, joined with the others'.
fn input(room: &Room, peers: &mut [Peer], who: usize, board: &BoardWriter, bytes: &[u8]) -> bool {
    let peer = &mut peers[who];
    match InputMessage::parse(bytes) {
        Some(InputMessage::Pad(pad)) => {
            assert!(pad.seat < MAX_SEATS && pad.newer_than(pad.seq.wrapping_sub(3)).count() <= 3);
            let since = peer.pad_seq[pad.seat].unwrap_or(pad.seq.wrapping_sub(1));
            for state in pad.newer_than(since) {
                assert!(state.left.into_iter().chain(state.right).all(|axis| axis > i16::MIN));
                assert!(state.triggers.into_iter().all(|trigger| trigger >= 0));
                peers[who].pads[pad.seat] = state;
                peers[who].pad_seq[pad.seat] = Some(pad.seq);
                press(room, peers, board);
            }
        }
        Some(InputMessage::Keys(keys)) => {
            assert!(keys.seat < MAX_SEATS && keys.newer_than(keys.seq).next().is_none());
            let since = peer.key_seq[keys.seat].unwrap_or(keys.seq.wrapping_sub(1));
            for codes in keys.newer_than(since) {
                let set: KeySet = codes.iter().copied().collect();
                assert!(set.codes().all(|code| codes.contains(&code) && code < KEY_CODES));
                peers[who].keys = set;
                peers[who].key_seq[keys.seat] = Some(keys.seq);
                press(room, peers, board);
            }
        }
        Some(InputMessage::Mouse(mouse)) => {
            assert!(mouse.seat < MAX_SEATS && !mouse.is_newer_than(mouse.seq));
            let before = peer.mice[mouse.seat];
            if before.is_none_or(|before| mouse.is_newer_than(before.seq)) {
                let [dx, dy, wheel, hwheel] = before.map_or([0; 4], |before| mouse.moved_since(before.totals));
                assert!([dx, dy, wheel, hwheel].into_iter().all(|part| part.abs() <= 20_000));
                peer.mice[mouse.seat] = Some(mouse);
                if room.may_play(peer.id, mouse.seat) {
                    board.move_mouse(Lane::Remote, mouse.seat, MouseMove { dx, dy, wheel, hwheel });
                }
                press(room, peers, board);
            }
        }
        None => return false,
    }
    true
}

/// Everything that those hold who may play.
fn press(room: &Room, peers: &[Peer], board: &BoardWriter) {
    let mut keys = KeySet::EMPTY;
    for seat in 0..MAX_SEATS {
        let mut pad = PadState::default();
        let mut mouse = MouseState::default();
        for peer in peers.iter().filter(|peer| room.may_play(peer.id, seat)) {
            pad = pad.merged(peer.pads[seat]);
            keys = keys.union(peer.keys);
            if let Some(it) = peer.mice[seat] {
                mouse = MouseState { x: it.at[0], y: it.at[1], buttons: mouse.buttons | it.buttons, over: it.inside };
            }
        }
        board.set(Lane::Remote, seat, pad);
        board.set_mouse(Lane::Remote, seat, mouse);
    }
    board.set_keyboard(Lane::Remote, &keys);
}

/// What the core sees is held by somebody who sits there; twice, since a tap is shown once more.
fn look(room: &Room, peers: &[Peer], board: &BoardWriter, core: &mut BoardReader) {
    let mut inputs = Inputs::default();
    press(room, peers, board);
    core.poll(&mut inputs);
    core.poll(&mut inputs);
    let mut anybody = false;
    for seat in 0..MAX_SEATS {
        let played = peers.iter().any(|peer| room.may_play(peer.id, seat));
        anybody |= played;
        assert!(played || inputs.pads[seat] == PadState::default());
        assert!(played || inputs.mice[seat].state == MouseState::default());
        assert_eq!(inputs.mice[seat].moved, MouseMove::default());
    }
    assert!(anybody || inputs.keys.is_empty());
}

thread_local! {
    static BOARD: std::sync::Arc<Link> = Link::create().expect("the shared memory");
}

fn come(room: &mut Room, number: u8) -> Peer {
    let (grant, rights) = GUESTS[usize::from(number)];
    let terms = InviteTerms { grant, rights: rights.iter().copied().collect(), ..InviteTerms::default() };
    let secret = Secret::new([number + 1; 16]);
    room.invites_mut().add(secret.clone(), terms, Duration::ZERO);
    let entry = Entry { secret: Some(secret.as_str()), code: None, resume: None, address: IpAddr::from([10, 0, 0, 1]) };
    let Ok(Door::Open(admission)) = room.knock(entry, Duration::ZERO) else { panic!("the link is good") };
    let joined = room.enter(admission, "Ann", Secret::new([number + 100; 16]), Duration::ZERO).expect("let in");
    room.arrived(joined.peer);
    Peer {
        id: joined.peer,
        rights: terms.rights,
        grant,
        seq: 0,
        pad_seq: [None; MAX_SEATS],
        key_seq: [None; MAX_SEATS],
        mice: [None; MAX_SEATS],
        pads: [PadState::default(); MAX_SEATS],
        keys: KeySet::EMPTY,
        muted: false,
    }
}

fuzz_target!(|all: Vec<(u8, Said)>| {
    let mut room = Room::new(Some("Host".into()), 4);
    let mut peers: Vec<Peer> = (0..GUESTS.len() as u8).map(|number| come(&mut room, number)).collect();
    let ids: Vec<u32> = peers.iter().map(|peer| peer.id).collect();
    let link = BOARD.with(Clone::clone);
    let (board, mut core) = (BoardWriter::new(link.clone()), BoardReader::new(link));
    press(&room, &peers, &board);
    core.forget_taps();
    for (at, (who, said)) in all.iter().take(40).enumerate() {
        let now = Duration::from_millis(at as u64 * 100);
        let who = usize::from(*who) % peers.len();
        // Whoever left says nothing more.
        if room.name_of(ids[who]).is_none() {
            continue;
        }
        match said {
            Said::Control(bytes) => {
                control(&mut room, &peers[who], now, bytes);
            }
            Said::Input(bytes) => {
                input(&room, &mut peers, who, &board, bytes);
            }
            Said::Message(message, twist) => {
                let mut text = message.json(&ids);
                if let Some(twist) = twist {
                    twist.apply(&mut text);
                }
                let text = text.to_string();
                let known = control(&mut room, &peers[who], now, text.as_bytes());
                let right = message.is_right() && twist.is_none() && text.len() <= MAX_CONTROL;
                assert!(known || !right, "{text}");
            }
            Said::Hands(hands, spoilt) => {
                let mut bytes = hands.bytes(&mut peers[who].seq);
                if let Some((index, byte)) = spoilt {
                    let index = usize::from(*index) % bytes.len();
                    bytes[index] = *byte;
                }
                input(&room, &mut peers, who, &board, &bytes);
            }
            Said::Host(Host::Mute(on)) => {
                room.set_muted(ids[who], *on);
                peers[who].muted = *on;
            }
            Said::Host(Host::Sit(seat, on)) => {
                room.sit(ids[who], usize::from(*seat), *on);
            }
            Said::Host(Host::Ports(ports)) => room.set_ports(usize::from(*ports)),
            Said::Host(Host::Leave) => room.leave(ids[who], false, now),
        }
        room.tick(now);
        look(&room, &peers, &board, &mut core);
    }
    for (peer, member) in room.members().filter_map(|it| Some((peers.iter().find(|peer| peer.id == it.peer)?, it))) {
        // What they may still take by themselves: no more than was given.
        assert!(member.rights == peer.rights && [peer.grant, SeatGrant::Watch].contains(&member.grant));
    }
});
