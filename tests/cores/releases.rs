//! Word of a newer version: asked of a server by https, told once, and never believed of one whose certificate is not trusted.

use crate::common::host::{Host, Setup, quiet_command, run_to_end};
use crate::common::{LONG, TempDir};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers each request with the same words, over TLS.
struct Server {
    port: u16,
    asked: Arc<AtomicUsize>,
    folder: TempDir,
}

impl Server {
    fn start(answer: String) -> Server {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let folder = TempDir::new();
        folder.file("certificate.pem", made.cert.pem().as_bytes());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a key that fits");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        // Ends with the test's process: it waits for connections only.
        std::thread::spawn(move || {
            for mut tcp in listener.incoming().flatten() {
                let Ok(mut tls) = ServerConnection::new(config.clone()) else { continue };
                let mut stream = Stream::new(&mut tls, &mut tcp);
                let mut reader = BufReader::new(&mut stream);
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 0) && !line.ends_with("\r\n\r\n") {}
                if !line.starts_with("GET /newest") {
                    continue;
                }
                counted.fetch_add(1, Ordering::SeqCst);
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
                let _ = stream.write_all((head + &answer).as_bytes());
                tls.send_close_notify();
                let _ = tls.complete_io(&mut tcp);
            }
        });
        Server { port, asked, folder }
    }

    fn address(&self) -> String {
        format!("https://localhost:{}/newest", self.port)
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn newest(version: &str) -> String {
    format!("version: {version}\ndate: 2027-01-02\nlink: https://hotseat.example/{version}\n\nEverything is faster.\n")
}

/// A home in which the settings name this address.
fn home(address: &str) -> Arc<TempDir> {
    let home = TempDir::new();
    let folder = home.path().join("config/hotseat");
    std::fs::create_dir_all(&folder).expect("a folder");
    let settings = format!("internet = false\nupdate_address = {address:?}\n");
    std::fs::write(folder.join("settings.toml"), settings).expect("written");
    Arc::new(home)
}

fn host(server: &Server, home: &Arc<TempDir>) -> Host {
    Setup::fixture().home(home.clone()).variable("SSL_CERT_FILE", server.certificate()).start()
}

fn doctor(server: &Server, home: &TempDir, trusted: bool) -> Value {
    let mut command: Command = quiet_command(home);
    command.args(["doctor", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"]);
    if trusted {
        command.env("SSL_CERT_FILE", server.certificate());
    }
    let output = run_to_end(command);
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    said["newer_version"].clone()
}

#[test]
fn a_newer_version_is_told_once_and_asked_for_once_a_day() {
    let server = Server::start(newest("99.1.0"));
    let home = home(&server.address());
    let mut first = host(&server, &home);
    let told = first.wait_for("newer_version", LONG);
    assert_eq!((&told["version"], &told["date"]), (&"99.1.0".into(), &"2027-01-02".into()));
    assert_eq!(told["url"], "https://hotseat.example/99.1.0");
    assert_eq!(told["words"], "Everything is faster.");
    assert_eq!(server.asked(), 1);
    drop(first);
    // The same day, in another run: neither asked nor told. Two seconds of the game are long after it would have been.
    let mut second = host(&server, &home);
    for _ in 0..3 {
        second.wait_for("stats", LONG);
    }
    assert_eq!((second.events_named("newer_version").len(), server.asked()), (0, 1));
}

#[test]
fn the_doctor_says_how_it_is() {
    let server = Server::start(newest("99.1.0"));
    let home = home(&server.address());
    let said = doctor(&server, &home, true);
    assert_eq!((&said["state"], &said["code"]), (&"limited".into(), &"release.newer".into()), "{said}");
    let said = doctor(&server, &home, false);
    assert_eq!(said["state"], "bad", "a certificate that nobody vouches for: {said}");
    let none = TempDir::new();
    assert_eq!(doctor(&server, &none, true)["code"], "release.off");
    let old = Server::start(newest("0.0.1"));
    let home = self::home(&old.address());
    assert_eq!(doctor(&old, &home, true)["code"], "release.newest");
    let page = Server::start("<html>".repeat(20_000));
    let home = self::home(&page.address());
    assert_eq!(doctor(&page, &home, true)["code"], "release.unknown");
}
