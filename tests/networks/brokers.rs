//! Other people's brokers: whoever speaks MQTT over WebSockets will do.

use crate::common::host::{Host, Setup, run_to_end};
use crate::common::{self, Browser, LONG, TempDir, built_core, button, free_port, program, until};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};

/// A running server. Dropping it ends it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Waits until it listens.
    fn start(mut command: Command, package: &str, port: u16) -> Server {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap_or_else(|error| panic!("{error}: install the package {package}"));
        let mut server = Server(child);
        until(package, LONG, || {
            let ended = server.0.try_wait().expect("its state");
            assert!(ended.is_none(), "{package} ended: {ended:?}");
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        server
    }
}

/// NATS, which knows MQTT 3.1.1 and no newer one.
fn nats(folder: &TempDir, port: u16) -> Server {
    let store = folder.path().join("store");
    let lines = format!(
        "server_name: test\nlisten: \"127.0.0.1:-1\"\njetstream {{ store_dir: \"{}\", max_mem: 64MB, max_file: 64MB }}\n\
         mqtt {{ listen: \"127.0.0.1:-1\" }}\nwebsocket {{ listen: \"127.0.0.1:{port}\", no_tls: true }}\n",
        store.display()
    );
    let file = folder.file("nats.conf", lines.as_bytes());
    let mut command = Command::new("nats-server");
    command.arg("-c").arg(file);
    Server::start(command, "nats-server", port)
}

/// The page that friends open, on this machine, where browsers take http for secure.
fn page(folder: &TempDir, broker: &str) -> (Server, String) {
    let at = |name: &str| folder.path().join(name).display().to_string();
    let mut export = Command::new(program());
    export.args(["page", "--out", &at("page"), "--broker", broker, "--stun", "none"]);
    let output = run_to_end(export);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let port = free_port();
    let lines = format!(
        "daemon off; master_process off; pid {pid}; error_log stderr; worker_processes 1;
        events {{ worker_connections 64; }}
        http {{
            include /etc/nginx/mime.types; access_log off;
            client_body_temp_path {temporary}; proxy_temp_path {temporary}; fastcgi_temp_path {temporary};
            uwsgi_temp_path {temporary}; scgi_temp_path {temporary};
            server {{ listen 127.0.0.1:{port}; root {page}; }}
        }}",
        pid = at("nginx.pid"),
        temporary = at("temporary"),
        page = at("page"),
    );
    let file = folder.file("nginx.conf", lines.as_bytes());
    let mut command = Command::new("nginx");
    command.args(["-c", &file.display().to_string(), "-e", "stderr"]);
    (Server::start(command, "nginx-light", port), format!("http://127.0.0.1:{port}/"))
}

fn mosquitto(folder: &TempDir, port: u16) -> Server {
    // With WebSockets alone it refuses to start; as root it becomes somebody who may not read the file.
    let user = if rustix::process::getuid().is_root() { "user root\n" } else { "" };
    let lines = format!(
        "{user}allow_anonymous true\npersistence false\nlog_dest none\nlistener 0 {}\nlistener {port} 127.0.0.1\nprotocol websockets\n",
        folder.path().join("socket").display()
    );
    let file = folder.file("mosquitto.conf", lines.as_bytes());
    let mut command = Command::new("mosquitto");
    command.arg("-c").arg(file);
    Server::start(command, "mosquitto", port)
}

fn host_at(broker: &str, page: &str) -> Host {
    let setup = Setup::core(&built_core("fixture"));
    ["--broker", broker, "--meeting-page", page].iter().fold(setup, |setup, argument| setup.argument(argument)).start()
}

/// Its button is one of the game.
fn plays(page: &Browser) {
    page.press("x");
    page.watch_until("a held button", LONG, |blocks| blocks.buttons.contains(&button::A));
    page.release("x");
    page.watch_until("no held button", LONG, |blocks| !blocks.buttons.contains(&button::A));
}

#[test]
fn friends_meet_at_nats_and_play() {
    let _alone = common::alone();
    let folder = TempDir::new();
    let port = free_port();
    let _broker = nats(&folder, port);
    let address = format!("ws://127.0.0.1:{port}/mqtt");
    let (_server, page) = page(&folder, &address);
    let mut host = host_at(&address, &page);
    let link = host.url_for("Ann");
    assert!(link.starts_with(&page), "{link}");
    let ann = Browser::playing(&link);
    host.wait_for("peer_joined", LONG);
    plays(&ann);
    drop(ann);
    host.wait_for("peer_left", LONG);
    host.assert_alive();
}

#[test]
fn a_broker_that_dies_takes_nobody_out_of_the_game_and_lets_others_in_once_it_is_back() {
    let _alone = common::alone();
    let folder = TempDir::new();
    let port = free_port();
    let broker = mosquitto(&folder, port);
    let address = format!("ws://127.0.0.1:{port}/mqtt");
    let (_server, page) = page(&folder, &address);
    let mut host = host_at(&address, &page);
    let ann = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    drop(broker);
    plays(&ann);
    // Who comes now is told, and gets in as soon as the broker is there again.
    let bea = Browser::open(&host.url_for("Bea"));
    let words = || bea.eval("return document.getElementById('notice')?.innerText ?? ''");
    until("why it does not work", LONG, || {
        words().as_str().is_some_and(|it| it.contains("meeting points of this link")).then_some(())
    });
    let _broker = mosquitto(&folder, port);
    bea.wait_for_picture();
    host.wait_for("peer_joined", LONG);
    plays(&ann);
    assert_eq!(ann.history("state").iter().filter(|state| *state == "playing").count(), 1, "Ann never left");
    assert!(host.events_named("peer_left").is_empty());
    host.assert_alive();
}
