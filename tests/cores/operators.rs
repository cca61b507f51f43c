//! What operators see of a host while somebody plays: figures, health, and a log that programs read.

use crate::common::host::Setup;
use crate::common::{LONG, until};
use hotseat::tools::Viewer;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Status and body of an answer.
fn ask(address: SocketAddr, path: &str, name: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("it takes connections");
    stream.set_read_timeout(Some(LONG)).expect("a time limit");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
    (status, body.to_owned())
}

fn figures(address: SocketAddr) -> BTreeMap<String, f64> {
    let (status, page) = ask(address, "/metrics", &address.to_string());
    assert_eq!(status, 200, "{page}");
    let samples = page.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (name, value) = line.rsplit_once(' ').expect("name and value");
        (name.to_owned(), value.parse().expect("a number"))
    });
    samples.collect()
}

/// A port that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port")
}

#[test]
fn figures_rise_while_somebody_plays_and_guests_do_not_see_them() {
    let address = free();
    let host = Setup::fixture().argument("--metrics").argument(&address.to_string()).start();
    let before = figures(address);
    assert_eq!(before["hotseat_joins_refused_total{reason=\"bad_invite\"}"], 0.0);
    let url = host.url();
    let viewer = Viewer::play(&url, 100).expect("a peer plays");
    viewer.wait_for_frames(60).expect("frames");
    let wanted = [
        "hotseat_peers",
        "hotseat_seats_held",
        "hotseat_frames_emulated_total",
        "hotseat_frames_encoded_total",
        "hotseat_frames_sent_total",
        "hotseat_host_latency_seconds_count",
        "hotseat_host_latency_seconds_sum",
        "hotseat_host_latency_stage_seconds_total{stage=\"encode\"}",
        "hotseat_inputs_total",
        "hotseat_sent_packets_total",
        "hotseat_sent_bytes_total",
        "hotseat_rendition_keyframes_total{codec=\"h264\"}",
        "hotseat_process_cpu_seconds_total{process=\"host\"}",
        "hotseat_process_resident_memory_bytes{process=\"core\"}",
        "hotseat_ready",
    ];
    let risen = until("every figure", LONG, || {
        let now = figures(address);
        wanted.iter().all(|name| now.get(*name).is_some_and(|value| *value > 0.0)).then_some(now)
    });
    assert!(risen["hotseat_sent_bytes_total"] > risen["hotseat_sent_packets_total"]);
    // One who is refused is counted.
    Viewer::join(&url.replace(&host.secret(), "AAAAAAAAAAAAAAAAAAAAAA")).err().expect("no such invite");
    until("the refusal", LONG, || {
        (figures(address)["hotseat_joins_refused_total{reason=\"bad_invite\"}"] > 0.0).then_some(())
    });
    let own = address.to_string();
    assert_eq!(ask(address, "/healthz", &own), (200, "net ok\ngame ok\nencoder ok\n".into()));
    assert_eq!(ask(address, "/livez", &own), (200, "ok\n".into()));
    assert_eq!(ask(address, "/", &own).0, 404);
    assert_eq!(ask(address, "/metrics", "evil.example").0, 404, "another site's page leads here");
    let page: SocketAddr = host.address().parse().expect("an address");
    for path in ["/metrics", "/healthz", "/livez"] {
        assert_eq!(ask(page, path, &page.to_string()).0, 404, "{path} is not for guests");
    }
    assert!(figures(address)["hotseat_requests_refused_total{reason=\"no_such_page\"}"] >= 3.0);
}

#[test]
fn whoever_is_not_named_finds_nothing() {
    let address = free();
    let to_others = ["--metrics", &address.to_string(), "--metrics-to", "192.0.2.1"];
    let _host = to_others.into_iter().fold(Setup::fixture(), Setup::argument).start();
    for path in ["/metrics", "/healthz", "/livez"] {
        assert_eq!(ask(address, path, &address.to_string()), (404, String::new()));
    }
}

#[test]
fn an_address_that_is_taken_is_said_in_words_and_the_log_is_json() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = Setup::fixture().argument("--metrics").argument(&address).run_to_end();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&address) && said.contains("--metrics"), "{said}");

    let output = ["--metrics", &address, "--log-format", "json"].into_iter().fold(Setup::fixture(), Setup::argument);
    let output = output.variable("HOTSEAT_LOG", "trace").run_to_end();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let objects: Vec<serde_json::Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(!objects.is_empty(), "{said}");
    for object in &objects {
        for field in ["timestamp", "level", "target"] {
            assert!(object[field].is_string(), "{object}");
        }
        assert!(object["fields"].is_object(), "{object}");
    }
    // The last line is for people.
    assert_eq!(said.lines().filter(|line| !line.starts_with('{')).count(), 1, "{said}");
}
