//! Whatever a peer says once it is in: inputs and wishes, as bytes on its two channels.
#![no_main]

use arbitrary::Arbitrary;
use hotseat::input::{KeySet, MAX_SEATS};
use hotseat::net::protocol::{FromPeer, InputMessage, parse_control};
use hotseat::room::{Deed, Entry, MAX_NAME, MAX_TEXT, Door, Right, Room, Secret, Terms, Wish};
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;
use std::time::Duration;

#[derive(Arbitrary, Debug)]
enum Said<'a> {
    Control(&'a [u8]),
    Input(&'a [u8]),
    /// A text of a known type with fields that may be anything.
    Typed { kind: u8, field: u8, value: &'a str },
    /// An input whose head is right.
    Framed { kind: u8, seat: u8, count: u8, body: &'a [u8] },
}

const KINDS: [&str; 13] =
    ["ping", "rename", "bye", "chat", "react", "ask", "unask", "stand", "sit", "do", "invite", "hello", ""];
const FIELDS: [&str; 10] = ["t", "name", "text", "emoji", "seat", "peer", "on", "what", "slot", "grant"];

fn control(room: &mut Room, peer: u32, now: Duration, bytes: &[u8]) {
    match parse_control(bytes) {
        Some(FromPeer::Rename(name)) => {
            room.rename(peer, &name);
            assert!(room.name_of(peer).is_some_and(|name| (1..=MAX_NAME).contains(&name.chars().count())));
        }
        Some(FromPeer::Wish(wish)) => {
            let game = matches!(wish, Wish::Do(..));
            match room.wish(peer, wish, || Some(Secret::new([9; 16])), now) {
                Ok(Deed::Do(..)) => assert!(game && room.has(peer, Right::Pause)),
                Ok(Deed::Say(text)) => assert!(text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control)),
                Ok(Deed::Invited(_)) => panic!("nobody gave that right"),
                _ => {}
            }
        }
        Some(FromPeer::Ping(_) | FromPeer::Bye) | None => {}
    }
}

fn input(bytes: &[u8]) {
    match InputMessage::parse(bytes) {
        Some(InputMessage::Pad(pad)) => {
            assert!(pad.seat < MAX_SEATS && pad.newer_than(pad.seq.wrapping_sub(3)).count() <= 3);
            let state = pad.newest();
            assert!(state.left.into_iter().chain(state.right).all(|axis| axis > i16::MIN));
            assert!(state.triggers.into_iter().all(|trigger| trigger >= 0));
        }
        Some(InputMessage::Keys(keys)) => {
            assert!(keys.seat < MAX_SEATS && keys.newer_than(keys.seq).next().is_none());
            let set: KeySet = keys.newest().iter().copied().collect();
            assert!(set.codes().all(|code| keys.newest().contains(&code)));
        }
        Some(InputMessage::Mouse(mouse)) => {
            assert!(mouse.seat < MAX_SEATS && !mouse.is_newer_than(mouse.seq));
            assert!(mouse.moved_since([i32::MIN, i32::MAX, 0, -1]).into_iter().all(|part| part.abs() <= 20_000));
        }
        None => {}
    }
}

fuzz_target!(|all: Vec<Said>| {
    let mut room = Room::new(Some("Host".into()), 4);
    let secret = Secret::new([7; 16]);
    let terms = Terms { rights: [Right::Pause, Right::Seats].into_iter().collect(), ..Terms::default() };
    room.invites_mut().add(secret.clone(), terms, Duration::ZERO);
    let entry = Entry { secret: Some(secret.as_str()), code: None, resume: None, address: IpAddr::from([10, 0, 0, 1]) };
    let Ok(Door::Open(admission)) = room.knock(entry, Duration::ZERO) else { panic!("the link is good") };
    let peer = room.enter(admission, "Ann", Secret::new([1; 16]), Duration::ZERO).expect("let in").peer;
    for (at, said) in all.iter().take(40).enumerate() {
        let now = Duration::from_millis(at as u64 * 100);
        match said {
            Said::Control(bytes) => control(&mut room, peer, now, bytes),
            Said::Input(bytes) => input(bytes),
            Said::Typed { kind, field, value } => {
                let kind = KINDS[usize::from(*kind) % KINDS.len()];
                let field = FIELDS[usize::from(*field) % FIELDS.len()];
                let text = format!(r#"{{"type":"{kind}","{field}":{value},"seat":1,"on":true,"peer":{peer}}}"#);
                control(&mut room, peer, now, text.as_bytes());
                let text = format!(r#"{{"type":"{kind}","{field}":{value:?}}}"#);
                control(&mut room, peer, now, text.as_bytes());
            }
            Said::Framed { kind, seat, count, body } => {
                let mut bytes = vec![kind % 4, seat % 9, count % 10, 0, at as u8, 0, 0, 0];
                bytes.extend_from_slice(body);
                input(&bytes);
            }
        }
        room.tick(now);
    }
});
