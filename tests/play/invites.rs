//! Getting in: links that grant this or that, codes read aloud, the host who is asked, and those who are not wanted.

use crate::common::browser::Tab;
use crate::common::guest::{Guest, join};
use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, button, until};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The newest link but the first, once the host has made it.
fn made(host: &mut Host, offer: Value) -> Value {
    let before = host.stats()["invites"].as_array().map_or(0, Vec::len);
    let mut command = offer;
    command["command"] = "invite".into();
    host.command(&command.to_string());
    let stats = host.stats_when("another link", LONG, |stats| {
        stats["invites"].as_array().is_some_and(|invites| invites.len() > before)
    });
    stats["invites"].as_array().and_then(|invites| invites.last()).cloned().expect("a link")
}

fn link_for(invite: &Value, name: &str) -> String {
    invite["url"].as_str().expect("a link").replacen("/#", &format!("/?name={name}#"), 1)
}

fn says(tab: &(dyn Tab + 'static), words: &str) {
    until(words, LONG, || {
        let text = tab.eval("return document.body.innerText");
        text.as_str().is_some_and(|text| text.contains(words)).then_some(())
    });
}

fn click(tab: &(dyn Tab + 'static), selector: &str) {
    tab.eval(&format!("document.querySelector({}).click(); return true", json!(selector)));
}

#[test]
fn a_link_to_watch_lets_nobody_play_until_the_host_says_so() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let watch = made(&mut host, json!({"grant": "watch"}));
    let ann = Browser::playing(&link_for(&watch, "Ann"));
    let peer = host.wait_for("peer_joined", LONG);
    assert_eq!((&peer["seat"], ann.dataset("seat")), (&Value::Null, "none".into()));
    ann.press("x");
    ann.watch(Duration::from_millis(500));
    assert_eq!(ann.newest().buttons, [0; 4]);
    ann.release("x");

    // The wish is seen by the host, who seats them.
    ann.eval("document.getElementById('people-toggle').click(); return true");
    click(&*ann, "[data-key='seat-2']");
    until("the wish", LONG, || {
        let rooms = ann.heard("room");
        rooms.last().is_some_and(|room| room["peers"][0]["wants"] == 2).then_some(())
    });
    click(&*ann, "#people-toggle");
    host.command(&json!({"command": "sit", "peer": peer["peer"], "seat": 2, "on": true}).to_string());
    ann.wait_for_dataset("seat", "2");
    ann.press("x");
    ann.watch_until("a button on seat 2", LONG, |blocks| blocks.buttons == [0, 0, button::A, 0]);
    ann.release("x");
}

#[test]
fn six_digits_read_aloud_let_somebody_in_who_has_no_link() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    host.command(r#"{"command":"code","invite":1,"on":true}"#);
    let stats = host.stats_when("a code", LONG, |stats| stats["invites"][0]["code"].is_string());
    let code = stats["invites"][0]["code"].as_str().expect("a code").to_owned();
    let ann = Browser::open(&format!("http://{}/?name=Ann", host.address()));
    ann.wait_for_state("name");
    let enter = |code: &str| {
        ann.eval(&format!(
            "const field = document.getElementById('code-field'); field.value = '{code}';
             field.dispatchEvent(new Event('input')); document.getElementById('name-form').requestSubmit(); return true"
        ));
    };
    let wrong = if code == "123456" { "654321" } else { "123456" };
    enter(wrong);
    until("the code to be called wrong", LONG, || {
        let problem = ann.eval("return document.getElementById('code-problem').textContent");
        problem.as_str().filter(|text| !text.is_empty()).map(|_| ())
    });
    enter(&code);
    ann.wait_for_picture();
    // A reload comes back by the token: the code may be gone by then.
    host.command(r#"{"command":"code","invite":1,"on":false}"#);
    host.stats_when("no code", LONG, |stats| stats["invites"][0]["code"].is_null());
    ann.reload();
    ann.wait_for_picture();
    ann.wait_for_dataset("seat", "0");
}

#[test]
fn the_host_is_asked_and_says_who_plays_who_watches_and_who_does_not() {
    let _alone = common::alone();
    let mut host = Setup::fixture().argument("--approve").start();
    let mut ask = |name: &str, verdict: Value| {
        let tab = Browser::open(&host.url_for(name));
        let request = host.wait_for("request", LONG);
        assert_eq!(request["name"], name);
        tab.wait_for_state("waiting");
        let mut answer = verdict;
        answer["command"] = "answer".into();
        answer["request"] = request["request"].clone();
        host.command(&answer.to_string());
        tab
    };
    let ann = ask("Ann", json!({"verdict": "play", "seat": 1}));
    ann.wait_for_picture();
    ann.wait_for_dataset("seat", "1");
    let bea = ask("Bea", json!({"verdict": "watch"}));
    bea.wait_for_picture();
    bea.wait_for_dataset("seat", "none");
    let cid = ask("Cid", json!({"verdict": "no"}));
    cid.wait_for_state("refused");
    host.assert_alive();
}

/// How many came in by the first link, and who holds a seat.
fn inside(stats: &Value) -> (u64, Vec<String>) {
    let holders = stats["seats"].as_array().into_iter().flatten().flat_map(|seat| seat["holders"].as_array());
    let names = holders.flatten().filter_map(|holder| holder["name"].as_str()).map(str::to_owned).collect();
    (stats["invites"][0]["used"].as_u64().expect("a link"), names)
}

/// Somebody with an offer that the host can answer waits for the host's word. Their request's number.
fn waits(host: &mut Host, offer: &str, name: &str) -> (Guest, Value) {
    let mut guest = Guest::open(host, None).expect("the WebSocket opens");
    guest.say(join(host, offer, |join| join["name"] = name.into()));
    assert_eq!(guest.hear().code(), "waiting");
    let request = host.wait_for("request", LONG);
    assert_eq!(request["name"], name);
    (guest, request["request"].clone())
}

fn answer(host: &mut Host, request: &Value, verdict: &str) {
    host.command(&json!({"command": "answer", "request": request, "verdict": verdict}).to_string());
}

#[test]
fn whoever_closes_the_page_while_waiting_is_not_waited_for() {
    let _alone = common::alone();
    let mut host = Setup::fixture().argument("--approve").start();
    let offer = Browser::open(&format!("http://{}/", host.address())).offer(&[]);
    let (guest, request) = waits(&mut host, &offer, "Ann");
    drop(guest);
    host.stats();
    host.stats();
    // The answer comes too late for anybody; nobody gets in by it.
    answer(&mut host, &request, "play");
    host.stats();
    assert_eq!(inside(&host.stats()), (0, vec![]));
    // Whoever stays gets in by the same answer to the same offer.
    let (mut guest, request) = waits(&mut host, &offer, "Bea");
    answer(&mut host, &request, "play");
    assert_eq!(guest.hear().code(), "welcome");
    let stats = host.stats_when("Bea on a seat", LONG, |stats| stats["invites"][0]["used"] == 1);
    assert_eq!(inside(&stats), (1, vec!["Bea".to_owned()]));
    host.assert_alive();
}

#[test]
fn whoever_goes_away_without_a_word_while_waiting_is_not_waited_for_either() {
    let _alone = common::alone();
    let mut host = Setup::fixture().argument("--approve").start();
    let offer = Browser::open(&format!("http://{}/", host.address())).offer(&[]);
    // Nobody reads Ann's socket any more, so the host's pings stay without an answer; Bea's are answered.
    let (_ann, ann_asks) = waits(&mut host, &offer, "Ann");
    let (mut bea, bea_asks) = waits(&mut host, &offer, "Bea");
    let bea_hears = std::thread::spawn(move || (bea.hear().code(), bea));
    let asking = |stats: &Value| -> Vec<Value> {
        stats["requests"].as_array().into_iter().flatten().map(|it| it["request"].clone()).collect()
    };
    host.stats_when("both to be waiting", LONG, |stats| asking(stats) == [ann_asks.clone(), bea_asks.clone()]);
    host.stats_when("Ann not to be waited for", LONG, |stats| asking(stats) == [bea_asks.clone()]);
    answer(&mut host, &ann_asks, "play");
    host.stats();
    assert_eq!(inside(&host.stats()), (0, vec![]));
    answer(&mut host, &bea_asks, "play");
    assert_eq!(bea_hears.join().expect("Bea's thread ends well").0, "welcome");
    host.assert_alive();
}

#[test]
fn of_two_who_wait_the_answer_lets_in_the_one_who_was_meant() {
    let _alone = common::alone();
    let mut host = Setup::fixture().argument("--approve").start();
    let offer = Browser::open(&format!("http://{}/", host.address())).offer(&[]);
    let (mut ann, ann_asks) = waits(&mut host, &offer, "Ann");
    let (mut bea, bea_asks) = waits(&mut host, &offer, "Bea");
    answer(&mut host, &bea_asks, "play");
    assert_eq!(bea.hear().code(), "welcome");
    host.stats_when("Bea on a seat", LONG, |stats| stats["invites"][0]["used"] == 1);
    assert_eq!(inside(&host.stats()), (1, vec!["Bea".to_owned()]));
    // The same answer once more is for nobody, and the first thing that Ann hears is her own.
    answer(&mut host, &bea_asks, "play");
    host.stats();
    assert_eq!(inside(&host.stats()), (1, vec!["Bea".to_owned()]));
    answer(&mut host, &ann_asks, "no");
    assert_eq!(ann.hear().code(), "declined");
    host.stats();
    assert_eq!(inside(&host.stats()), (1, vec!["Bea".to_owned()]));
    host.assert_alive();
}

#[test]
fn a_link_taken_back_lets_nobody_in_and_takes_those_along_who_came_by_it() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let once = made(&mut host, json!({"uses": 5}));
    let ann = Browser::playing(&link_for(&once, "Ann"));
    host.command(&json!({"command": "revoke", "invite": once["invite"], "people": true}).to_string());
    ann.wait_for_state("closed");
    ann.goto("about:blank");
    ann.goto(&link_for(&once, "Ann"));
    ann.wait_for_state("refused");
    says(&*ann, "invite");
    host.assert_alive();
}

#[test]
fn used_up_and_expired_and_wrong_are_refused_with_one_and_the_same_sentence() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::open(&format!("http://{}/", host.address()));
    let offer = browser.offer(&[]);
    let secret =
        |invite: &Value| invite["url"].as_str().and_then(|url| url.split_once('#')).expect("a secret").1.to_owned();
    let once = made(&mut host, json!({"uses": 1}));
    let short = made(&mut host, json!({"seconds": 1}));
    // A use counts for good when whoever had it is there.
    let _first = Browser::playing(&link_for(&once, "Ann"));
    host.stats_when("only the first link", LONG, |stats| stats["invites"].as_array().is_some_and(|all| all.len() == 1));
    let answers: Vec<_> = [secret(&once), secret(&short), "x".repeat(22)]
        .into_iter()
        .map(|secret| Guest::ask(&host, join(&host, &offer, |join| join["secret"] = json!(secret))))
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.code() == "bad_invite"), "{answers:?}");
}

#[test]
fn banned_stays_out_with_the_same_link() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let ann = Browser::playing(&host.url_for("Ann"));
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    host.command(&json!({"command": "ban", "peer": peer}).to_string());
    ann.wait_for_state("closed");
    // From the same machine only the token tells who it is.
    ann.reload();
    ann.wait_for_state("refused");
    host.command(r#"{"command":"pardon"}"#);
    host.stats();
    ann.reload();
    ann.wait_for_picture();
}

#[test]
fn a_page_under_a_name_that_is_not_ours_is_sent_away() {
    let host = Setup::fixture().argument("--allow-name").argument("arcade.example").start();
    let status = |name: &str| {
        let mut stream = TcpStream::connect(host.address()).expect("a connection");
        stream.set_read_timeout(Some(LONG)).expect("a time limit");
        write!(stream, "GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for ours in [&host.address(), "localhost", "arcade.example", "ARCADE.example:1234"] {
        assert_eq!(status(ours), "200", "{ours}");
    }
    for other in ["evil.example", "127.0.0.1.evil.example", ""] {
        assert_eq!(status(other), "421", "{other}");
    }
}

#[test]
fn the_answer_to_a_wrong_secret_is_held_back_longer_each_time() {
    let mut host = Host::fixture(&[]);
    for least in [500, 1000, 2000] {
        let begin = Instant::now();
        let answer = Guest::ask(&host, join(&host, "v=0", |join| join["secret"] = json!("x".repeat(22))));
        assert_eq!(answer.code(), "bad_invite");
        assert!(begin.elapsed() >= Duration::from_millis(least), "{:?} instead of {least} ms", begin.elapsed());
    }
    host.assert_alive();
}

/// The start of a request, and nothing more.
fn half_open(address: &str) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: ").ok()?;
    stream.set_nonblocking(true).ok()?;
    Some(stream)
}

/// Whether the other end has hung up.
fn is_over(mut stream: &TcpStream) -> bool {
    !stream.read(&mut [0; 64]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

#[test]
fn two_hundred_half_open_connections_do_not_slow_the_room_or_keep_others_out() {
    const MANY: usize = 200;
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let ann = Browser::playing(&host.url_for("Ann"));
    let offer = ann.offer(&[]);
    let address = host.address();
    let (over, opened, hung_up) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        // Each that is hung up on is opened again, so that there are as many all the time.
        scope.spawn(|| {
            let mut open: Vec<TcpStream> = Vec::new();
            while !over.load(Ordering::Acquire) {
                let before = open.len();
                open.retain(|stream| !is_over(stream));
                hung_up.fetch_add(before - open.len(), Ordering::AcqRel);
                let more: Vec<_> = (open.len()..MANY).filter_map(|_| half_open(&address)).collect();
                opened.fetch_add(more.len(), Ordering::AcqRel);
                open.extend(more);
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        let ends = EndsWith(&over);
        // The host has taken as many from there as it takes.
        until("connections that are too many", LONG, || (hung_up.load(Ordering::Acquire) > 0).then_some(()));
        assert!(opened.load(Ordering::Acquire) >= MANY);
        let frame = ann.newest().frame;
        let sights = ann.watch_until("frames during it", LONG, |blocks| blocks.frame > frame + 120);
        let mut frames: Vec<_> = sights.iter().filter_map(|it| it.blocks).map(|it| it.frame).collect();
        frames.retain(|it| (frame + 1..=frame + 120).contains(it));
        frames.dedup();
        assert!(frames.len() > 60, "{} of 120 frames", frames.len());
        ann.press("x");
        ann.watch_until("a button", LONG, |blocks| blocks.buttons[0] == button::A);
        ann.release("x");
        // Somebody from elsewhere comes in at the first try.
        let mut bea = Guest::open_from(&host, Ipv4Addr::new(127, 0, 0, 2), None).expect("the WebSocket opens");
        bea.say(join(&host, &offer, |_| {}));
        assert_eq!(bea.hear().code(), "welcome");
        drop(ends);
    });
    // Once it is over, so does whoever comes from there.
    until("an answer", LONG, || {
        let guest = std::panic::catch_unwind(|| Guest::open(&host, None));
        guest.ok().and_then(Result::ok).map(|_| ())
    });
    assert!(host.events_named("peer_left").is_empty());
    host.stats();
    host.assert_alive();
}

/// Says that it is over, also when the test has failed.
struct EndsWith<'a>(&'a AtomicBool);

impl Drop for EndsWith<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
