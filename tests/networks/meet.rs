//! A meeting point of one's own: the page, the broker, and both under people who mean no good.

use crate::common::host::Setup;
use crate::common::{self, Browser, LONG, TempDir, built_core, button, program, signal, until};
use rumqttc::{AsyncClient, Broker, Event, EventLoop, MqttOptions, Packet, PublishOptions, QoS};
use rustix::process::Signal;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const INVITE: &str = "hotseat/1/AAAAAAAAAAAAAAAAAAAAAA";
const SESSION: &str = "hotseat/1/AAAAAAAAAAAAAAAAAAAAAA/BBBBBBBBBBBBBBBBBBBBBB";

/// A running `hotseat meet`. Dropping it ends it.
struct MeetingPoint {
    child: Child,
    page: String,
    broker: String,
    _home: TempDir,
}

impl MeetingPoint {
    fn start(arguments: &[&str]) -> MeetingPoint {
        let home = TempDir::new();
        let mut child = Command::new(program())
            .args(["meet", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .envs(["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map(|name| (name, home.path())))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let out = child.stdout.take().expect("its output");
        let line = BufReader::new(out).lines().map_while(Result::ok).find(|line| line.contains("--broker "));
        let line = line.expect("it says where it is");
        let after =
            |option: &str| line.split_once(option).expect("there").1.split(' ').next().expect("a URL").to_owned();
        let (broker, page) = (after("--broker "), after("--meeting-page "));
        MeetingPoint { child, page, broker, _home: home }
    }

    fn address(&self) -> SocketAddr {
        let port = self.page.split(['/', ':']).nth(4).expect("a port").parse().expect("a number");
        ([127, 0, 0, 1], port).into()
    }

    /// The answer to a request: its head and its body.
    fn get(&self, path: &str, headers: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address()).expect("connected");
        let host = self.address();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n").expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_ascii_lowercase(), body.to_owned())
    }

    /// One of its figures.
    fn figure(&self, name: &str) -> u64 {
        let (_, page) = self.get("/metrics", "");
        let line = page.lines().find_map(|line| line.strip_prefix(&format!("hotseat_meet_{name} ")));
        line.unwrap_or_else(|| panic!("{name} in\n{page}")).parse().expect("a number")
    }

    fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }
}

impl Drop for MeetingPoint {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The client that hosts have.
fn client(point: &MeetingPoint, name: &str) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(name, Broker::websocket(&point.broker).expect("an address"));
    options.set_keep_alive(30).set_max_packet_size(70_000, 70_000);
    AsyncClient::builder(options).capacity(64).try_build().expect("a client")
}

/// Goes on until this comes in, or says why not.
async fn next<T>(events: &mut EventLoop, what: &str, wanted: impl Fn(Packet) -> Option<T>) -> T {
    let looked_for = async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(packet)) => {
                    if let Some(found) = wanted(packet) {
                        return found;
                    }
                }
                Ok(Event::Outgoing(_)) => {}
                Err(error) => panic!("{what}: {error}"),
            }
        }
    };
    tokio::time::timeout(LONG, looked_for).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

fn message(packet: Packet) -> Option<(String, Vec<u8>)> {
    match packet {
        Packet::Publish(it) => Some((String::from_utf8(it.topic.to_vec()).expect("text"), it.payload.to_vec())),
        _ => None,
    }
}

fn suback(packet: Packet) -> Option<()> {
    matches!(packet, Packet::SubAck(_)).then_some(())
}

#[test]
fn the_page_is_served_and_knows_where_to_meet_and_how_it_goes_is_told_to_this_machine_only() {
    let point = MeetingPoint::start(&["--stun", "stun.example:3478"]);
    let (head, index) = point.get("/", "");
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: text/html"), "{head}");
    let port = point.address().port();
    assert!(head.contains(&format!("connect-src 'self' ws://127.0.0.1:{port};")), "{head}");
    assert!(head.contains("frame-ancestors 'none'") && head.contains("nosniff") && head.contains("no-referrer"));
    assert!(index.contains("name=\"hotseat-carrier\" content=\"broker\"") && head.contains("cache-control: no-cache"));
    let script = index.split('"').find(|it| it.ends_with("src/main.js")).expect("its program");
    let (head, _) = point.get(&format!("/{script}"), "");
    assert!(
        head.starts_with("http/1.1 200") && head.contains("immutable") && head.contains("text/javascript"),
        "{head}"
    );
    let (head, config) = point.get("/config.json", "");
    assert!(head.contains("content-type: application/json") && head.contains("cache-control: no-cache"), "{head}");
    let config: serde_json::Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!(config["brokers"][0], format!("ws://127.0.0.1:{port}/mqtt"));
    assert_eq!(config["ice"][0]["urls"][0], "stun:stun.example:3478");
    for path in ["/nothing", "/../config.json", "/ws", "/v/1/src/main.js"] {
        assert!(point.get(path, "").0.starts_with("http/1.1 404"), "{path}");
    }

    assert_eq!(point.get("/healthz", ""), (point.get("/healthz", "").0, "ok\n".into()));
    assert!(point.get("/healthz", "").0.starts_with("http/1.1 200"));
    assert_eq!(point.figure("clients"), 0);
    // By way of a server on this machine, others ask.
    let (head, _) = point.get("/metrics", "X-Forwarded-For: 192.0.2.1\r\n");
    assert!(head.starts_with("http/1.1 404"), "{head}");
    // A broker, and only for those who speak its language.
    assert!(point.get("/mqtt", "").0.starts_with("http/1.1 400"));
}

#[tokio::test]
async fn a_host_and_a_page_find_each_other_and_nobody_else_hears_them() {
    let mut point = MeetingPoint::start(&[]);
    let (host, mut host_events) = client(&point, "host");
    let (page, mut page_events) = client(&point, "page");
    let (stranger, mut stranger_events) = client(&point, "stranger");
    host.subscribe(INVITE, QoS::AtLeastOnce).await.expect("asked");
    next(&mut host_events, "the host's subscription", suback).await;
    page.subscribe(SESSION, QoS::AtLeastOnce).await.expect("asked");
    next(&mut page_events, "the page's subscription", suback).await;
    for topic in ["hotseat/1/CCCCCCCCCCCCCCCCCCCCCC", "hotseat/#", "#"] {
        stranger.subscribe(topic, QoS::AtLeastOnce).await.expect("asked");
        next(&mut stranger_events, "an answer", suback).await;
    }
    assert_eq!((point.figure("clients"), point.figure("subscriptions")), (3, 3));
    // The longest envelope.
    let envelope = vec![7; 65_600];
    let options = PublishOptions::new(QoS::AtLeastOnce);
    page.publish(INVITE, envelope.clone(), options).await.expect("said");
    let acknowledged = |packet| matches!(packet, Packet::PubAck(_)).then_some(());
    next(&mut page_events, "an acknowledgement", acknowledged).await;
    assert_eq!(next(&mut host_events, "the join", message).await, (INVITE.to_owned(), envelope));
    host.publish(SESSION, "welcome", options).await.expect("said");
    next(&mut host_events, "an acknowledgement", acknowledged).await;
    assert_eq!(next(&mut page_events, "the welcome", message).await, (SESSION.to_owned(), b"welcome".to_vec()));
    assert_eq!((point.figure("messages_in_total"), point.figure("messages_out_total")), (2, 2));
    assert_eq!(point.figure("messages_dropped_total{reason=\"unheard\"}"), 0);
    let silence =
        tokio::time::timeout(Duration::from_millis(300), next(&mut stranger_events, "nothing", message)).await;
    assert!(silence.is_err(), "{silence:?}");

    // Somebody else's topic is none.
    stranger.publish("other", "x", PublishOptions::new(QoS::AtMostOnce)).await.expect("said");
    let ended = tokio::time::timeout(LONG, async { while stranger_events.poll().await.is_ok() {} }).await;
    ended.expect("it is hung up on");
    until("the stranger is forgotten", LONG, || (point.figure("clients") == 2).then_some(()));
    assert_eq!(point.figure("connections_ended_total{reason=\"topic\"}"), 1);

    // The end: everybody is told, and the process ends by itself.
    signal(point.child.id(), Signal::TERM);
    tokio::time::timeout(LONG, async { while host_events.poll().await.is_ok() {} }).await.expect("it is hung up on");
    until("its end", LONG, || (!point.is_running()).then_some(()));
    assert!(point.child.wait().expect("its end").success());
}

/// The request for a WebSocket, but for its end.
fn upgrade(point: &MeetingPoint) -> String {
    format!(
        "GET /mqtt HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
        point.address()
    )
}

/// A WebSocket that is read only when the test wants it to be.
fn raw(point: &MeetingPoint, packets: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(point.address()).expect("connected");
    stream.set_read_timeout(Some(LONG)).expect("set");
    write!(stream, "{}\r\n", upgrade(point)).expect("asked");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream.write_all(&frame(packets)).expect("said");
    stream
}

/// The same of a client that was accepted.
fn connected(point: &MeetingPoint, name: &str, keep_alive_s: u8) -> TcpStream {
    let mut stream = raw(point, &connect(name, keep_alive_s));
    let mut answer = [0; 6];
    stream.read_exact(&mut answer).expect("answered");
    assert_eq!(answer, [0x82, 4, 0x20, 2, 0, 0]);
    stream
}

/// RFC 6455: FIN and binary; a mask of zeros changes nothing.
fn frame(payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len()).expect("short");
    [&[0x82, 0x80 | 126], &len.to_be_bytes()[..], &[0; 4], payload].concat()
}

fn connect(name: &str, keep_alive_s: u8) -> Vec<u8> {
    let len = 12 + name.len() as u8;
    let head = [0x10, len, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, keep_alive_s, 0, name.len() as u8];
    [&head, name.as_bytes()].concat()
}

fn subscribe(topic: &str) -> Vec<u8> {
    [&[0x82, topic.len() as u8 + 5, 0, 1, 0, topic.len() as u8], topic.as_bytes(), &[1]].concat()
}

/// Everything until the other side hangs up.
fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    rest
}

#[tokio::test]
async fn who_does_not_read_is_cut_and_the_others_go_on() {
    let point = MeetingPoint::start(&[]);
    let _slow = raw(&point, &[connect("slow", 0), subscribe(INVITE)].concat());
    until("the slow one", LONG, || (point.figure("subscriptions") == 1).then_some(()));
    let slow = "connections_ended_total{reason=\"slow\"}";
    // What the system keeps for a connection is some megabytes, and each client may say one at once.
    for number in 0..40 {
        let (client, mut events) = client(&point, &format!("loud{number}"));
        for _ in 0..10 {
            client.publish(INVITE, vec![1; 65_000], PublishOptions::new(QoS::AtLeastOnce)).await.expect("said");
        }
        for _ in 0..10 {
            next(&mut events, "an acknowledgement", |packet| matches!(packet, Packet::PubAck(_)).then_some(())).await;
        }
        if point.figure(slow) == 1 {
            break;
        }
    }
    assert_eq!((point.figure(slow), point.figure("subscriptions")), (1, 0));
    assert!(point.figure("messages_dropped_total{reason=\"slow\"}") >= 1);
}

#[test]
fn odd_silent_and_too_many_clients_are_cut_and_the_others_go_on() {
    let mut point = MeetingPoint::start(&["--clients", "6", "--clients-per-address", "4"]);
    // A version that is not ours is told so; what is no MQTT is not.
    let mut other_version = connect("x", 60);
    other_version[8] = 5;
    assert_eq!(rest(raw(&point, &other_version)), [0x82, 4, 0x20, 2, 0, 1, 0x88, 0]);
    assert_eq!(rest(raw(&point, b"GET / HTTP/1.1")), [0x88, 0]);
    // Nonsense after the introduction; a packet longer than the longest, refused by its head.
    for nonsense in [&[0xff][..], &[0x30, 0xff, 0xff, 0x7f]] {
        let mut stream = connected(&point, "x", 60);
        stream.write_all(&frame(nonsense)).expect("said");
        assert_eq!(rest(stream), [0x88, 0]);
    }
    // Its ping is answered; one and a half times its second later it is given up.
    let mut silent = connected(&point, "silent", 1);
    silent.write_all(&frame(&[0xc0, 0])).expect("said");
    assert_eq!(rest(silent), [0x82, 2, 0xd0, 0, 0x88, 0]);
    until("all are gone", LONG, || (point.figure("clients") == 0).then_some(()));
    for (reason, count) in [("version", 1), ("malformed", 2), ("too_long", 1), ("silent", 1)] {
        assert_eq!(point.figure(&format!("connections_ended_total{{reason=\"{reason}\"}}")), count, "{reason}");
    }

    let four: Vec<TcpStream> = (0..4).map(|number| connected(&point, &format!("c{number}"), 60)).collect();
    let asks = |count, headers: &str| {
        let streams = (0..count).map(|_| {
            let mut stream = TcpStream::connect(point.address()).expect("connected");
            write!(stream, "{}{headers}\r\n", upgrade(&point)).expect("asked");
            let mut start = [0; 12];
            stream.read_exact(&mut start).expect("answered");
            (stream, String::from_utf8_lossy(&start).into_owned())
        });
        let (streams, answers): (Vec<TcpStream>, Vec<String>) = streams.unzip();
        (streams, answers)
    };
    assert_eq!(asks(1, "").1, ["HTTP/1.1 429"]);
    // Somebody else, by way of a server on this machine.
    let (more, answers) = asks(3, "X-Forwarded-For: 192.0.2.7\r\n");
    assert_eq!(answers, ["HTTP/1.1 101", "HTTP/1.1 101", "HTTP/1.1 503"]);
    drop((four, more));
    until("all are gone", LONG, || (point.figure("clients") == 0).then_some(()));
    assert!(point.is_running());
}

#[test]
fn with_a_certificate_it_is_there_by_https_and_leads_others_to_it() {
    let folder = TempDir::new();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "20"])
        .args(["-subj", "/CN=meet.example", "-addext", "subjectAltName=DNS:meet.example"])
        .args(["-keyout", &at("key.pem"), "-out", &at("full.pem")])
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl starts: install the package openssl").success());
    let point = MeetingPoint::start(&["--certificate", &at("full.pem"), "--private-key", &at("key.pem")]);
    let port = point.address().port();
    assert_eq!(point.page, format!("https://meet.example:{port}/"));
    assert_eq!(point.broker, format!("wss://meet.example:{port}/mqtt"));
    let (head, _) = point.get("/config.json", "");
    assert!(head.starts_with("http/1.1 308") && head.contains(&format!("location: {}", point.page)), "{head}");
    assert!(point.get("/healthz", "").0.starts_with("http/1.1 200"));
    let fetched = Command::new("curl")
        .args(["-s", "--max-time", "20", "--cacert", &at("full.pem"), "--resolve"])
        .arg(format!("meet.example:{port}:127.0.0.1"))
        .arg(format!("{}config.json", point.page))
        .output()
        .expect("curl starts: install the package curl");
    let config: serde_json::Value = serde_json::from_slice(&fetched.stdout).expect("JSON");
    assert_eq!(config["brokers"][0], point.broker);
}

#[test]
fn what_cannot_work_is_refused_in_a_sentence() {
    for (arguments, says) in [
        (&["--listen", "0.0.0.0:0"][..], "--public-address"),
        (&["--listen", "127.0.0.1:0", "--public-address", "http://meet.example/"], "https"),
        (&["--listen", "127.0.0.1:0", "--stun", "a b"], "stun.example:3478"),
        (&["--listen", "127.0.0.1:0", "--certificate", "/nowhere", "--private-key", "/nowhere"], "/nowhere"),
    ] {
        let home = TempDir::new();
        let output = Command::new(program())
            .arg("meet")
            .args(arguments)
            .env("LC_ALL", "C")
            .envs(["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map(|name| (name, home.path())))
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(says) && said.lines().count() == 1, "{arguments:?}: {said}");
    }
}

#[test]
fn friends_meet_at_a_meeting_point_of_ones_own_and_play() {
    let _alone = common::alone();
    let point = MeetingPoint::start(&[]);
    let mut host = ["--broker", &point.broker, "--meeting-page", &point.page]
        .iter()
        .fold(Setup::core(&built_core("fixture")), |setup, argument| setup.argument(argument))
        .start();
    let link = host.url_for("Ann");
    assert!(link.starts_with(&point.page), "{link}");
    let ann = Browser::playing(&link);
    host.wait_for("peer_joined", LONG);
    ann.press("x");
    ann.watch_until("a held button", LONG, |blocks| blocks.buttons.contains(&button::A));
    ann.release("x");
    assert!(point.figure("messages_in_total") >= 2);
    drop(ann);
    host.wait_for("peer_left", LONG);
    host.assert_alive();
}
