//! Servers of certificates: Pebble, which is Let's Encrypt's own for tests, and one with bad manners.

use crate::common::{LONG, TempDir, program, until};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The first with profiles was 2.7.
const PEBBLE: &str = "github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.3";
pub const PORT: u16 = 14000;
const MANAGEMENT: u16 = 15000;

/// Where Pebble is: one that Go has built, where there is a Go that can, or the system's. To be called where there is a network.
pub fn pebble() -> PathBuf {
    let tools = program().ancestors().nth(2).expect("the target folder").join("tools");
    let built = tools.join("pebble");
    // One test at a time: two would write the same file.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.is_file() {
        let go = Command::new("go").args(["install", PEBBLE]).env("GOBIN", &tools).stderr(Stdio::null()).status();
        if !go.is_ok_and(|status| status.success()) {
            let system = Command::new("pebble").arg("-version").output();
            assert!(system.is_ok(), "Pebble is missing: install the package pebble, or golang.");
            return "pebble".into();
        }
    }
    built
}

/// What the servers here show: the key and the certificate, which vouches for itself.
pub struct Identity {
    key: KeyPair,
    certificate: rcgen::Certificate,
}

impl Identity {
    pub fn new(address: IpAddr) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![address.to_string()]).expect("params");
        let certificate = params.self_signed(&key).expect("signed");
        Identity { key, certificate }
    }

    /// In PEM.
    pub fn certificate(&self) -> String {
        self.certificate.pem()
    }

    /// For those who are to believe it.
    pub fn write(&self, folder: &TempDir) -> PathBuf {
        folder.file("server.pem", self.certificate.pem().as_bytes())
    }
}

/// How it is to look and to sign.
pub struct Rules {
    /// Where it looks by http and by TLS: what leads to port 80 and port 443 elsewhere.
    pub http_port: u16,
    pub tls_port: u16,
    /// Of the certificates for addresses.
    pub life_secs: u64,
}

/// A running Pebble. Dropping it ends it.
pub struct Pebble {
    process: Child,
    address: IpAddr,
    /// What it says of itself.
    said: Arc<Mutex<String>>,
}

impl Pebble {
    pub fn start(program: &Path, address: IpAddr, identity: &Identity, rules: &Rules, folder: &TempDir) -> Pebble {
        let certificate = identity.write(folder);
        let key = folder.file("server.key", identity.key.serialize_pem().as_bytes());
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("{address}:{PORT}"),
            "managementListenAddress": format!("{address}:{MANAGEMENT}"),
            "certificate": certificate,
            "privateKey": key,
            "httpPort": rules.http_port,
            "tlsPort": rules.tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "retryAfter": { "authz": 1, "order": 1 },
            "keyAlgorithm": "ecdsa",
            "certificateValidityPeriod": rules.life_secs,
            "profiles": {
                "default": { "description": "the usual one", "validityPeriod": 7_776_000 },
                "shortlived": { "description": "for addresses", "validityPeriod": rules.life_secs },
            },
        }});
        let config = folder.file("pebble.json", config.to_string().as_bytes());
        let mut process = Command::new(program)
            .arg("-config")
            .arg(config)
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "5")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Pebble starts");
        let said = Arc::new(Mutex::new(String::new()));
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let heard = said.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            while output.read_line(&mut line).is_ok_and(|len| len > 0) {
                heard.lock().expect("the text").push_str(&line);
                line.clear();
            }
        });
        let pebble = Pebble { process, address, said };
        until("Pebble", LONG, || pebble.root("0").ok());
        pebble
    }

    pub fn directory(&self) -> String {
        format!("https://{}:{PORT}/dir", self.address)
    }

    fn root(&self, number: &str) -> Result<Vec<u8>, String> {
        let url = format!("https://{}:{MANAGEMENT}/roots/{number}", self.address);
        let output = Command::new("curl").args(["-sfk", "--max-time", "5", &url]).output();
        let output = output.expect("curl starts: install the package curl");
        if output.status.success() { Ok(output.stdout) } else { Err(output.status.to_string()) }
    }

    /// The authority that its certificates lead to, in PEM.
    pub fn authority(&self, folder: &TempDir) -> PathBuf {
        folder.file("authority.pem", &self.root("0").expect("an authority"))
    }

    pub fn said(&self) -> String {
        self.said.lock().expect("the text").clone()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.said());
        }
    }
}

/// How a server of certificates behaves that is none of the good ones.
#[derive(Clone)]
pub enum Manners {
    /// Every order, with the status, the headers and the problem.
    Refuses(&'static str, &'static str, String),
    /// It answers with what is no directory.
    Garbage,
    /// Its answers have no end.
    Endless,
    /// It says nothing.
    Silent,
    /// It gives this in place of a certificate.
    Gives(String),
}

/// A server of certificates with such manners, which may change. Its threads end with the test.
pub struct Fake {
    manners: Arc<Mutex<Manners>>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    orders: AtomicUsize,
    bytes: AtomicUsize,
}

impl Fake {
    pub fn start(address: IpAddr, identity: &Identity, manners: Manners) -> Fake {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![identity.certificate.der().clone()], key)
            .expect("a certificate");
        let (config, listener) = (Arc::new(config), TcpListener::bind((address, PORT)).expect("a port"));
        let (manners, counts) = (Arc::new(Mutex::new(manners)), Arc::new(Counts::default()));
        let fake = Fake { manners: manners.clone(), counts: counts.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let manners = manners.lock().expect("its manners").clone();
                let _ = serve(stream, &config, address, &manners, &counts);
            }
        });
        fake
    }

    pub fn behave(&self, manners: Manners) {
        *self.manners.lock().expect("its manners") = manners;
    }

    /// How often it was asked for a certificate.
    pub fn orders(&self) -> usize {
        self.counts.orders.load(Ordering::SeqCst)
    }

    /// How many bytes were taken of answers that have no end.
    pub fn bytes_taken(&self) -> usize {
        self.counts.bytes.load(Ordering::SeqCst)
    }
}

fn serve(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    address: IpAddr,
    manners: &Manners,
    counts: &Counts,
) -> std::io::Result<()> {
    let connection = ServerConnection::new(config.clone()).expect("a connection");
    let mut stream = StreamOwned::new(connection, stream);
    let mut reader = BufReader::new(&mut stream);
    let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first)?;
    while reader.read_line(&mut line)? > 2 {
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    reader.read_exact(&mut vec![0; length])?;
    let base = format!("https://{address}:{PORT}");
    let order = |status: &str| {
        serde_json::json!({
            "status": status, "authorizations": [format!("{base}/proof")], "finalize": format!("{base}/sign"),
            "certificate": format!("{base}/certificate"),
        })
        .to_string()
    };
    let location = format!("Location: {base}/order/1\r\n");
    let (status, headers, body) = match (first.split(' ').nth(1).unwrap_or_default(), manners) {
        (_, Manners::Silent) => {
            // Until it is hung up on.
            let _ = stream.read(&mut [0]);
            return Ok(());
        }
        (_, Manners::Endless) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{")?;
            loop {
                stream.write_all(&[b' '; 4096])?;
                counts.bytes.fetch_add(4096, Ordering::SeqCst);
            }
        }
        ("/dir", Manners::Garbage) => ("200 OK", "", "<html>".to_owned()),
        ("/dir", _) => {
            let directory = serde_json::json!({
                "newNonce": format!("{base}/nonce"), "newAccount": format!("{base}/account"),
                "newOrder": format!("{base}/order"), "revokeCert": format!("{base}/revoke"),
                "keyChange": format!("{base}/key"),
            });
            ("200 OK", "", directory.to_string())
        }
        ("/account", _) => ("201 Created", "Location: /account/1\r\n", r#"{"status":"valid"}"#.to_owned()),
        // The second one is where Pebble has it: it may be in this one's place.
        ("/order" | "/order-plz", manners) => {
            counts.orders.fetch_add(1, Ordering::SeqCst);
            match manners {
                Manners::Refuses(status, headers, problem) => (*status, *headers, problem.clone()),
                _ => ("201 Created", location.as_str(), order("ready")),
            }
        }
        ("/proof", _) => {
            let identifier = serde_json::json!({ "type": "ip", "value": "45.0.0.2" });
            let proof = serde_json::json!({ "status": "valid", "identifier": identifier, "challenges": [] });
            ("200 OK", "", proof.to_string())
        }
        ("/sign" | "/order/1", _) => ("200 OK", "", order("valid")),
        ("/certificate", Manners::Gives(what)) => ("200 OK", "", what.clone()),
        _ => ("200 OK", "", String::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nReplay-Nonce: bm9uY2U\r\n{headers}Content-Length: {}\r\n", body.len());
    stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()
}
