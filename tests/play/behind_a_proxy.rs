//! Behind somebody else's server: nginx with a path of its own, a name, https, and headers as people write them.

use crate::common::host::Setup;
use crate::common::{self, Browser, LONG, TempDir, built_core, button, free_port, until};
use std::process::{Child, Command, Stdio};

/// A running nginx. Dropping it ends it.
struct Proxy {
    process: Child,
    _folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Lets WebSockets through. Beside the other headers of a location: nginx takes those from one level only.
const UPGRADE: &str =
    "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";

/// Leads from `listen` to `upstream` by these lines of nginx's.
fn nginx(listen: &str, lines: &str) -> Proxy {
    let folder = TempDir::new();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "20"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-keyout", &at("key.pem"), "-out", &at("full.pem")])
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl starts: install the package openssl").success());
    let configuration = format!(
        "daemon off; master_process off; pid {pid}; error_log {errors}; worker_processes 1;
        events {{ worker_connections 64; }}
        http {{
            access_log off;
            client_body_temp_path {temporary}; proxy_temp_path {temporary}; fastcgi_temp_path {temporary};
            uwsgi_temp_path {temporary}; scgi_temp_path {temporary};
            server {{
                listen {listen}; ssl_certificate {certificate}; ssl_certificate_key {key};
                {lines}
            }}
        }}",
        pid = at("pid"),
        errors = at("errors"),
        temporary = at("temporary"),
        certificate = at("full.pem"),
        key = at("key.pem"),
    );
    std::fs::write(folder.path().join("nginx.conf"), configuration).expect("written");
    let process =
        Command::new("nginx").args(["-c", &at("nginx.conf"), "-e", &at("errors")]).stderr(Stdio::null()).spawn();
    let process = process.expect("nginx starts: install the package nginx-light");
    let proxy = Proxy { process, _folder: folder };
    let port = listen.split([' ', ':']).nth(1).expect("a port").to_owned();
    until("nginx", LONG, || std::net::TcpStream::connect(format!("127.0.0.1:{port}")).ok());
    proxy
}

/// A friend opens this link and presses a button.
fn plays(host: &mut common::Host, link: &str) {
    let ann = Browser::playing(link);
    host.wait_for("peer_joined", LONG);
    ann.press("x");
    ann.watch_until("a held button", LONG, |blocks| blocks.buttons[0] == button::A);
    ann.release("x");
    drop(ann);
    host.assert_alive();
}

#[test]
fn a_proxy_with_a_path_that_drops_the_port_leads_to_the_game() {
    let _alone = common::alone();
    let port = free_port();
    let public = format!("http://localhost:{port}/games/arcade/");
    let mut host = Setup::core(&built_core("fixture")).argument("--public-address").argument(&public).start();
    assert!(host.url().starts_with(&format!("{public}#")), "the link to hand out is the public one: {}", host.url());
    let direct = host.ready()["urls"][1].as_str().expect("the direct one").to_owned();
    let upstream = direct.split('#').next().expect("an address");
    // The path goes on as it is, the name without its port: both as nginx does by itself with these lines.
    let address = upstream.trim_end_matches('/');
    let proxy = nginx(
        &format!("127.0.0.1:{port}"),
        &format!(
            "location / {{ {UPGRADE} proxy_pass {address}; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; }}"
        ),
    );
    let link = host.url_for("Ann");
    plays(&mut host, &link);
    drop(proxy);
}

#[test]
fn a_proxy_that_takes_its_path_away_and_says_what_it_was_asked_for_does_too() {
    let _alone = common::alone();
    let port = free_port();
    let mut host = Setup::core(&built_core("fixture")).start();
    let upstream = host.url().split('#').next().expect("an address").to_owned();
    let proxy = nginx(
        &format!("127.0.0.1:{port}"),
        &format!(
            "location /x/ {{ {UPGRADE} proxy_pass {upstream}; proxy_set_header X-Forwarded-Host $http_host;
             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }}"
        ),
    );
    let link = format!("http://localhost:{port}/x/?name=Ann#{}", host.secret());
    plays(&mut host, &link);
    drop(proxy);
}

#[test]
fn a_proxy_that_drops_the_port_and_says_nothing_else_does_without_a_setting() {
    let _alone = common::alone();
    let port = free_port();
    let mut host = Setup::core(&built_core("fixture")).start();
    let upstream = host.url().split('#').next().expect("an address").to_owned();
    let line = "proxy_set_header Host $host;";
    let proxy =
        nginx(&format!("127.0.0.1:{port}"), &format!("location / {{ {UPGRADE} {line} proxy_pass {upstream}; }}"));
    let link = format!("http://localhost:{port}/?name=Ann#{}", host.secret());
    plays(&mut host, &link);
    drop(proxy);
}

#[test]
fn guests_behind_a_proxy_are_told_apart_by_the_address_that_it_says() {
    let _alone = common::alone();
    let port = free_port();
    let mut host = Setup::core(&built_core("fixture")).argument("--approve").start();
    let upstream = host.url().split('#').next().expect("an address").to_owned();
    let line = "proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-For \"203.0.113.9\";";
    let proxy =
        nginx(&format!("127.0.0.1:{port}"), &format!("location / {{ {UPGRADE} proxy_pass {upstream}; {line} }}"));
    let ann = Browser::open(&format!("http://localhost:{port}/?name=Ann#{}", host.secret()));
    let request = host.wait_for("request", LONG);
    assert_eq!(request["address"], "203.0.113.9");
    drop((ann, proxy));
    host.assert_alive();
}
