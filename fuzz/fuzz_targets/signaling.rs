//! Whatever arrives at the door: the head of a request, the one message on the WebSocket, and the offer in it.
#![no_main]

use arbitrary::Arbitrary;
use hotseat::net::protocol::{VERSION, parse_join};
use hotseat::net::{answers_offer, is_our_name};
use hotseat::room::{Door, Entry, Room, Secret, Terms, clean_name};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::net::IpAddr;
use std::time::Duration;

#[derive(Arbitrary, Debug)]
enum Knock<'a> {
    /// A `Host` header.
    Host(&'a str),
    /// The message as it came.
    Message(&'a str),
    /// A message whose form is right.
    Join { secret: Option<&'a str>, code: Option<&'a str>, name: &'a str, resume: Option<&'a str>, sdp: &'a str, right: bool },
    /// An offer.
    Offer(&'a str),
}

thread_local! {
    static ROOM: RefCell<Option<(Room, u64)>> = const { RefCell::new(None) };
}

const SECRET: [u8; 16] = [7; 16];

fn knock(room: &mut Room, now: u64, text: &str) {
    let Some(join) = parse_join(text) else { return };
    let entry = Entry {
        secret: join.secret.as_deref(),
        code: join.code.as_deref(),
        resume: join.resume.as_deref(),
        address: IpAddr::from([192, 168, 1, (now % 250) as u8]),
    };
    let time = Duration::from_secs(now);
    if let Ok(Door::Open(admission)) = room.knock(entry, time) {
        assert!(join.secret.as_deref() == Some(Secret::new(SECRET).as_str()) || join.resume.is_some());
        let mut token = [0; 16];
        token[..8].copy_from_slice(&now.to_le_bytes());
        if let Ok(joined) = room.enter(admission, &join.name, Secret::new(token), time) {
            assert_eq!(clean_name(&joined.name), Some(joined.name));
            room.leave(joined.peer, now % 3 == 0, time);
        }
    }
}

fuzz_target!(|knocks: Vec<Knock>| {
    ROOM.with_borrow_mut(|kept| {
        let (room, now) = kept.get_or_insert_with(|| {
            let mut room = Room::new(Some("Host".into()), 4);
            room.invites_mut().add(Secret::new(SECRET), Terms::default(), Duration::ZERO);
            (room, 0)
        });
        for it in knocks.iter().take(8) {
            *now += 1;
            match it {
                Knock::Host(host) => {
                    let ours = is_our_name(host, &["arcade.example".to_owned()]);
                    assert!(!ours || !host.contains("evil"));
                }
                Knock::Message(text) => knock(room, *now, text),
                Knock::Join { secret, code, name, resume, sdp, right } => {
                    let own = Secret::new(SECRET);
                    let secret = if *right { Some(own.as_str()) } else { *secret };
                    let quoted = |text: &str| format!("{text:?}");
                    let maybe = |text: &Option<&str>| text.map_or("null".to_owned(), quoted);
                    let text = format!(
                        r#"{{"type":"join","v":{VERSION},"secret":{},"code":{},"name":{},"resume":{},"sdp":{}}}"#,
                        maybe(&secret), maybe(code), quoted(name), maybe(resume), quoted(sdp)
                    );
                    knock(room, *now, &text);
                }
                Knock::Offer(sdp) => {
                    let _ = answers_offer(sdp);
                }
            }
        }
    });
});
