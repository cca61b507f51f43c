//! Getting in: links that grant this or that, codes read aloud, the host who is asked, and those who are not wanted.

mod common;

use common::browser::Tab;
use common::guest::{Guest, join};
use common::host::Setup;
use common::{Browser, Host, LONG, button, until};
use serde_json::{Value, json};

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
    ann.watch(std::time::Duration::from_millis(500));
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

#[test]
fn whoever_closes_the_page_while_waiting_is_not_waited_for() {
    let mut host = Setup::fixture().argument("--approve").start();
    let mut guest = Guest::open(&host, None).expect("the WebSocket opens");
    guest.say(join(&host, "v=0", |_| {}));
    assert_eq!(guest.hear().code(), "waiting");
    let request = host.wait_for("request", LONG)["request"].clone();
    drop(guest);
    host.stats();
    host.stats();
    // The answer comes too late for anybody; nobody gets in by it.
    host.command(&json!({"command": "answer", "request": request, "verdict": "play"}).to_string());
    host.stats();
    assert!(host.events_named("peer_joined").is_empty());
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
    let mut first = Guest::open(&host, None).expect("the WebSocket opens");
    first.say(join(&host, &offer, |join| join["secret"] = json!(secret(&once))));
    assert_eq!(first.hear().code(), "welcome");
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
    use std::io::{Read, Write};
    let host = Setup::fixture().argument("--allow-name").argument("arcade.example").start();
    let status = |name: &str| {
        let mut stream = std::net::TcpStream::connect(host.address()).expect("a connection");
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
fn two_hundred_half_open_connections_do_not_keep_others_out() {
    use std::io::Write;
    let mut host = Host::fixture(&[]);
    let open: Vec<_> = (0..200)
        .filter_map(|_| {
            let mut stream = std::net::TcpStream::connect(host.address()).ok()?;
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").ok()?;
            Some(stream)
        })
        .collect();
    assert!(open.len() > 150);
    // Those that never finish their request are hung up on; whoever comes next is answered.
    until("an answer", LONG, || {
        let guest = std::panic::catch_unwind(|| Guest::open(&host, None));
        guest.ok().and_then(Result::ok).map(|_| ())
    });
    host.stats();
    host.assert_alive();
}
