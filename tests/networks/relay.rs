//! Relays (TURN): the host gets an allocation at coturn by each protocol, says what is wrong when it does not, and a game is
//! played through one when nothing but TCP gets out of its network.

use crate::common::host::run_to_end;
use crate::common::network::inside;
use crate::common::{self, LONG, TempDir, program, until};
use crate::nat::Kind;
use crate::nat::calls::{Friend, Seen, export_page, host};
use crate::nat::servers::Servers;
use crate::nat::sites::Internet;
use crate::nat::theory::{Options, Path};
use serde_json::Value;
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};

/// A relay on this machine. Dropping it ends it.
struct Coturn {
    process: Child,
    port: u16,
    tls_port: u16,
    folder: TempDir,
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Coturn {
    /// With this in its command line.
    fn start(accounts: &[&str]) -> Coturn {
        let folder = TempDir::new();
        // Without the system's own configuration, which would make an authority of it.
        let plain = folder.file("openssl.cnf", b"[req]\ndistinguished_name = name\n[name]\n");
        let subject = ["-subj", "/CN=A relay", "-addext", "subjectAltName=DNS:localhost"];
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "20",
            ])
            .args(["-keyout", "key.pem", "-out", "certificate.pem"])
            .args(subject)
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-config"])
            .arg(plain)
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .status();
        assert!(made.expect("openssl starts: install the package openssl").success());
        let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
        let ports = [free(), free()].map(|socket| socket.local_addr().expect("an address").port());
        let at = |name: &str| folder.path().join(name).display().to_string();
        let process = Command::new("turnserver")
            .args(["-n", "--no-cli", "--fingerprint", "--realm=localhost", "--allow-loopback-peers", "--no-dtls"])
            .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--simple-log"])
            .args([format!("--listening-port={}", ports[0]), format!("--tls-listening-port={}", ports[1])])
            .args([format!("--cert={}", at("certificate.pem")), format!("--pkey={}", at("key.pem"))])
            .args([format!("--pidfile={}", at("pid")), format!("--userdb={}", at("users"))])
            .arg(format!("--log-file={}", at("turnserver.log")))
            .args(accounts)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("turnserver starts: install the package coturn");
        let coturn = Coturn { process, port: ports[0], tls_port: ports[1], folder };
        until("coturn", LONG, || TcpStream::connect((Ipv4Addr::LOCALHOST, coturn.port)).ok());
        coturn
    }

    /// What tries the relay at `url`, with the media at `udp`.
    fn doctor(&self, url: &str, udp: &str, account: &[&str], trusted: bool) -> Command {
        let mut command = Command::new(program());
        command.args(["doctor", "--json", "--http", "127.0.0.1:0", "--udp", udp, "--turn", url]);
        command.args(account).env("HOME", self.folder.path()).env("XDG_CONFIG_HOME", self.folder.path());
        command.env("XDG_DATA_HOME", self.folder.path()).env("LANG", "en_US.UTF-8").env_remove("LC_ALL");
        if trusted {
            command.env("SSL_CERT_FILE", self.folder.path().join("certificate.pem"));
        }
        command
    }

    /// What the host says of the relay at `url`.
    fn tried(&self, url: &str, account: &[&str], trusted: bool) -> Value {
        said_of_relays(self.doctor(url, "127.0.0.1:0", account, trusted))
    }
}

fn said_of_relays(doctor: Command) -> Value {
    let output = run_to_end(doctor);
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let steps = said["steps"].as_array().expect("steps").clone();
    steps.into_iter().find(|step| step["step"] == "step.relays").unwrap_or_else(|| panic!("no relays in {said}"))
}

#[test]
fn an_allocation_is_made_by_udp_by_tcp_and_by_tls() {
    let coturn = Coturn::start(&["--lt-cred-mech", "--user=ann:north"]);
    let account = ["--turn-user", "ann:north"];
    for url in [
        format!("turn:127.0.0.1:{}", coturn.port),
        format!("turn:127.0.0.1:{}?transport=tcp", coturn.port),
        format!("turns:localhost:{}?transport=tcp", coturn.tls_port),
    ] {
        let found = coturn.tried(&url, &account, true);
        assert_eq!((&found["state"], &found["code"]), (&"good".into(), &"finding.relays_ready".into()), "{found}");
        assert!(found["finding"].as_str().is_some_and(|it| it.contains(&format!("{url} (127.0.0.1:"))), "{found}");
    }
}

#[test]
fn accounts_made_of_the_secret_let_in_and_another_secret_does_not() {
    let coturn = Coturn::start(&["--use-auth-secret", "--static-auth-secret=north"]);
    let url = format!("turn:127.0.0.1:{}", coturn.port);
    assert_eq!(coturn.tried(&url, &["--turn-secret", "north"], false)["state"], "good");
    for account in [["--turn-secret", "south"], ["--turn-user", "ann:north"]] {
        let found = coturn.tried(&url, &account, false);
        assert_eq!(found["state"], "bad", "{found}");
        let said = found["finding"].as_str().unwrap_or_default();
        assert!(said.contains("does not take the name and the password, or the secret"), "{found}");
    }
}

#[test]
fn a_host_that_crashed_gets_an_allocation_again_from_the_same_port() {
    let coturn = Coturn::start(&["--lt-cred-mech", "--user=ann:north", "--verbose"]);
    let url = format!("turn:127.0.0.1:{}", coturn.port);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    let udp = socket.local_addr().expect("an address").to_string();
    drop(socket);
    let doctor = || coturn.doctor(&url, &udp, &["--turn-user", "ann:north"], false);
    let mut crashing = doctor().stdout(Stdio::null()).spawn().expect("the program starts");
    let log = coturn.folder.path().join("turnserver.log");
    let allocated = || std::fs::read_to_string(&log).ok().filter(|it| it.contains("ALLOCATE processed, success"));
    until("an allocation", LONG, allocated);
    crashing.kill().expect("killed");
    crashing.wait().expect("ended");
    let found = said_of_relays(doctor());
    assert_eq!(found["state"], "good", "{found}");
    let log = std::fs::read_to_string(&log).expect("a log");
    assert!(log.contains("error 437"), "the server had it still: {log}");
}

#[test]
fn a_relay_that_is_not_there_or_that_nobody_vouches_for_says_so() {
    let coturn = Coturn::start(&["--lt-cred-mech", "--user=ann:north"]);
    let account = ["--turn-user", "ann:north"];
    let found = coturn.tried(&format!("turns:localhost:{}", coturn.tls_port), &account, false);
    assert!(found["finding"].as_str().is_some_and(|it| it.contains("certificate")), "{found}");
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket").local_addr().expect("an address");
    let found = coturn.tried(&format!("turn:{nobody}?transport=tcp"), &account, false);
    assert!(found["finding"].as_str().is_some_and(|it| it.contains("cannot be reached")), "{found}");
}

#[test]
fn a_host_whose_network_lets_no_udp_out_is_played_with_through_its_own_relay() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_host_whose_network_lets_no_udp_out_is_played_with_through_its_own_relay") {
        return;
    }
    let options = Options { turn: true, ..Options::default() };
    let internet = Internet::new();
    let servers = Servers::start();
    export_page(&servers, options);
    let home = internet.plug("h", Kind::UdpBlocked);
    let mut host = host(&home, &servers, options);
    let link = host.url_for("Ann");
    let ann = Friend::open(internet.plug("g", Kind::PortRestricted), &link);
    assert_eq!(ann.outcome(), Seen::Played(Path::Relayed));
    // A picture that moves, and a way back for what is pressed.
    host.wait_for("peer_joined", LONG);
    ann.see(|page| {
        page.press("x");
        page.watch_until("a held button", LONG, |blocks| blocks.buttons.contains(&common::button::A));
        page.release("x");
    });
    host.assert_alive();
}
