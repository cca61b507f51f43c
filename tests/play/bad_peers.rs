//! Whoever sends what no page sends is refused or shown out. The host lives on, and so do the others.

use crate::common::guest::{Answer, Guest, join};
use crate::common::{self, Browser, Host, LONG, button, until};
use hotseat::room::MAX_PEERS;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;
use tungstenite::Message;

#[test]
fn a_first_message_that_is_none_is_refused() {
    let mut host = Host::fixture(&[]);
    let deep = "[".repeat(50_000);
    let texts = [
        "",
        "hello",
        "{}",
        "[]",
        "null",
        r#"{"type":"fly"}"#,
        r#"{"type":"join"}"#,
        r#"{"type":"join","v":"1"}"#,
        &deep,
    ];
    for text in texts {
        let answer = Guest::ask(&host, Message::text(text));
        assert_eq!(answer.code(), "bad_message", "{:.60}", text);
        assert!(matches!(&answer, Answer::Said(said) if said["message"].as_str().is_some_and(|it| it.ends_with('.'))));
    }
    assert_eq!(Guest::ask(&host, Message::binary(vec![1, 2, 3])).code(), "bad_message");
    host.assert_alive();
}

#[test]
fn a_message_of_a_megabyte_is_not_read() {
    let mut host = Host::fixture(&[]);
    let answer = Guest::ask(&host, join(&host, &"x".repeat(1 << 20), |_| {}));
    assert!(["bad_message", "ended"].contains(&answer.code().as_str()), "{answer:?}");
    host.assert_alive();
    assert_eq!(Guest::ask(&host, Message::text("hello")).code(), "bad_message");
}

#[test]
fn whoever_says_nothing_is_hung_up_on() {
    let mut host = Host::fixture(&[]);
    let mut guest = Guest::open(&host, None).expect("the WebSocket opens");
    assert_eq!(guest.hear(), Answer::Ended);
    host.assert_alive();
}

#[test]
fn a_wrong_secret_is_refused_whatever_else_is_said() {
    let mut host = Host::fixture(&[]);
    let secret = host.secret();
    let shorter = secret[..21].to_owned();
    let other: String = secret.chars().rev().collect();
    for wrong in ["", "x", &shorter, &other, &format!("{secret}x"), &"é".repeat(11)] {
        let answer = Guest::ask(&host, join(&host, "v=0", |join| join["secret"] = json!(wrong)));
        assert_eq!(answer.code(), "bad_invite", "{wrong}");
    }
    host.assert_alive();
}

#[test]
fn another_protocol_version_is_refused() {
    let mut host = Host::fixture(&[]);
    for version in [0, 1, 2, 4, u32::MAX] {
        let answer = Guest::ask(&host, join(&host, "v=0", |join| join["v"] = json!(version)));
        assert_eq!(answer.code(), "version");
    }
    host.assert_alive();
}

#[test]
fn an_offer_that_is_none_is_refused_and_takes_no_seat() {
    let mut host = Host::fixture(&[]);
    let lines = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    let video =
        format!("{lines}m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtpmap:96 H264/90000\r\n");
    for sdp in ["", "nonsense", "v=0", lines, &video, &"a=x\r\n".repeat(5000)] {
        let answer = Guest::ask(&host, join(&host, sdp, |_| {}));
        assert!(["bad_message", "no_codec"].contains(&answer.code().as_str()), "{:.60}: {answer:?}", sdp);
    }
    assert!(host.events_named("peer_joined").is_empty());
    host.assert_alive();
}

#[test]
fn a_page_of_another_site_may_not_open_the_socket() {
    let mut host = Host::fixture(&[]);
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://localhost:1"] {
        assert_eq!(Guest::open(&host, Some(origin)).err(), Some(403), "{origin}");
    }
    let own = format!("http://{}", host.address());
    assert!(Guest::open(&host, Some(&own)).is_ok());
    host.assert_alive();
}

#[test]
fn noise_on_the_ports_is_passed_over() {
    let mut host = Host::fixture(&[]);
    for request in [
        "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(host.address()).expect("a connection");
        stream.set_read_timeout(Some(LONG)).expect("a time limit");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.contains("root:") && !answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut stream = TcpStream::connect(host.address()).expect("a connection");
    let _ = stream.write_all(&[0xff; 100_000]);
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    for port in [host.address().rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(9)] {
        for len in [0, 1, 20, 500, 1400] {
            let _ = socket.send_to(&vec![0xa5; len], ("127.0.0.1", port));
        }
    }
    host.stats();
    host.assert_alive();
}

#[test]
fn offers_without_our_codec_and_guests_beyond_the_limit_are_refused() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::open(&format!("http://{}/", host.address()));
    let without = browser.offer(&["AV1"]);
    assert_eq!(Guest::ask(&host, join(&host, &without, |_| {})).code(), "no_codec");
    let offer = browser.offer(&[]);
    // Those who were let in and never connect count too, as long as they are waited for.
    let mut codes = Vec::new();
    let mut guests = Vec::new();
    for _ in 0..MAX_PEERS + 8 {
        let mut guest = Guest::open(&host, None).expect("the WebSocket opens");
        guest.say(join(&host, &offer, |_| {}));
        codes.push(guest.hear().code());
        guests.push(guest);
    }
    let welcome = codes.iter().filter(|code| *code == "welcome").count();
    assert_eq!(welcome, MAX_PEERS, "{codes:?}");
    assert!(codes[MAX_PEERS..].iter().all(|code| code == "room_full"), "{codes:?}");
    drop(guests);
    // Given up after a while, they make room again.
    until("room for one more", Duration::from_secs(60), || {
        (Guest::ask(&host, join(&host, &offer, |_| {})).code() == "welcome").then_some(())
    });
    host.assert_alive();
}

/// A room with a good page and one that is about to misbehave.
struct Pair {
    host: Host,
    good: Browser,
    bad: Browser,
    peer: Value,
}

fn pair() -> Pair {
    let mut host = Host::fixture(&[]);
    let good = Browser::playing(&host.url_for("Ann"));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 0);
    let bad = Browser::playing(&host.url_for("Bob"));
    let joined = host.wait_for("peer_joined", LONG);
    assert_eq!(joined["seat"], 1);
    let peer = joined["peer"].clone();
    Pair { host, good, bad, peer }
}

impl Pair {
    /// The bad page does it, is told so with `code` and is gone; the good one plays on. Then the bad one comes back.
    fn is_shown_out(&mut self, code: &str, script: &str) {
        let words = self.bad.heard("closing").len();
        self.bad.eval(script);
        let left = self.host.wait_for("peer_left", LONG);
        assert_eq!(left["peer"], self.peer, "{script}");
        let told = until("the last word", LONG, || self.bad.heard("closing").get(words).cloned());
        assert_eq!(told["code"], code, "{script}");
        let frame = self.good.newest().frame;
        self.good.watch_until("further frames", LONG, |blocks| blocks.frame > frame + 30);
        assert_eq!(self.good.state(), "playing");
        self.host.assert_alive();
        // The page takes it for an accident and joins anew, as another peer.
        let joined = self.host.wait_for("peer_joined", LONG);
        assert_ne!(joined["peer"], self.peer);
        self.peer = joined["peer"].clone();
        self.bad.wait_for_state("playing");
    }
}

const INPUT: &str = "const state = (seat, count, rest) => probe.channels.input.send(new Uint8Array([1, seat, count, 0, 9, 9, 9, 0, ...rest]));";

#[test]
fn nonsense_on_the_control_channel_ends_that_peer_alone() {
    let _alone = common::alone();
    let mut pair = pair();
    pair.is_shown_out("bad_message", "probe.channels.control.send('garbage')");
    pair.is_shown_out("bad_message", r#"probe.channels.control.send('{"type":"fly","to":"the moon"}')"#);
    pair.is_shown_out(
        "bad_message",
        r#"probe.channels.control.send(JSON.stringify({ type: "rename", name: "x".repeat(20000) }))"#,
    );
    pair.is_shown_out("bad_message", "probe.channels.control.send(new Uint8Array([0xff, 0xfe, 0]))");
}

#[test]
fn nonsense_on_the_input_channel_ends_that_peer_alone() {
    let _alone = common::alone();
    let mut pair = pair();
    pair.is_shown_out("bad_message", &format!("{INPUT} state(200, 1, new Array(14).fill(0))"));
    pair.is_shown_out("bad_message", &format!("{INPUT} state(1, 9, new Array(14 * 9).fill(0))"));
    pair.is_shown_out("bad_message", &format!("{INPUT} state(1, 1, [1, 2, 3])"));
    pair.is_shown_out("bad_message", "probe.channels.input.send('words')");
}

#[test]
fn an_unknown_channel_ends_that_peer_alone() {
    let _alone = common::alone();
    let mut pair = pair();
    pair.is_shown_out("bad_message", "probe.connections.at(-1).createDataChannel('chat')");
}

#[test]
fn a_flood_ends_that_peer_alone() {
    let _alone = common::alone();
    let mut pair = pair();
    pair.is_shown_out(
        "flood",
        r#"for (let i = 0; i < 200; i += 1) probe.channels.control.send('{"type":"ping","t":1}')"#,
    );
}

/// Sends as many pad messages as are asked for in each turn, for a seat that is nobody's, until the channel is closed.
const PADS: &str = "const channel = probe.channels.input; let seq = 1;
    const pads = (count) => { for (let i = 0; i < count; i += 1) { seq += 1;
        channel.send(new Uint8Array([1, 7, 1, 0, seq & 255, (seq >> 8) & 255, seq >> 16, 0, ...new Array(14).fill(0)])); } };";

#[test]
fn a_flood_of_inputs_ends_that_peer_alone() {
    let _alone = common::alone();
    let mut pair = pair();
    // Far more than 2,000 in a second, for as long as it takes.
    let flood = "const timer = setInterval(() => {
        if (channel.readyState === 'open') pads(500); else clearInterval(timer); }, 10);";
    pair.is_shown_out("flood", &format!("{PADS} {flood}"));
}

#[test]
fn a_hand_that_is_merely_busy_is_no_flood() {
    let _alone = common::alone();
    let mut pair = pair();
    // All of them together are fewer than what one second may have, however they are spread over it.
    pair.bad.eval(&format!("{PADS} pads(1500)"));
    pair.bad.eval(r#"probe.channels.control.send('{"type":"ping","t":77}')"#);
    until("an answer behind them", LONG, || pair.bad.heard("pong").iter().find(|it| it["t"] == 77).map(|_| ()));
    pair.bad.press("x");
    pair.good.watch_until("the busy one's button", LONG, |blocks| blocks.buttons == [0, button::A, 0, 0]);
    pair.bad.release("x");
    pair.host.stats();
    assert!(pair.host.events_named("peer_left").is_empty());
    assert!(pair.bad.heard("closing").is_empty());
    pair.host.assert_alive();
}

#[test]
fn input_for_a_seat_of_somebody_else_does_nothing() {
    let _alone = common::alone();
    let mut pair = pair();
    // Button A for seats 0, 2, 3 and 7, again and again.
    let script = "let seq = 1000; for (let i = 0; i < 50; i += 1) for (const seat of [0, 2, 3, 7])
        probe.channels.input.send(new Uint8Array([1, seat, 1, 0, (seq += 1) & 255, seq >> 8, 0, 0, 0, 1, ...new Array(12).fill(0)]))";
    pair.bad.eval(script);
    let sights = pair.good.watch_frames(120);
    let frames: Vec<_> = sights.iter().filter_map(|sight| sight.blocks).collect();
    assert!(frames.len() > 30, "{} frames", frames.len());
    assert!(
        frames.iter().all(|blocks| blocks.buttons == [0; 4]),
        "{:?}",
        frames.iter().find(|blocks| blocks.buttons != [0; 4])
    );
    assert!(pair.host.events_named("peer_left").is_empty());
    pair.good.press("x");
    pair.good.watch_until("the good one's own button", LONG, |blocks| blocks.buttons == [button::A, 0, 0, 0]);
    pair.host.assert_alive();
}
