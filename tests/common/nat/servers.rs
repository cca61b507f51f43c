//! What friends meet by, in the namespace `server`: a static page and a message broker behind nginx, STUN and TURN by coturn,
//! all at names that an authority of the test's own vouches for; and port mapping on a router, by miniupnpd.

use super::sites::{SERVER_V4, SERVER_V6, Site};
use crate::common::browser::believe;
use crate::common::network::{at, run};
use crate::common::{LONG, TempDir, until};
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where page and broker are.
pub const MEETING: &str = "meet.example";
/// Where STUN and TURN are: both names lead to one server, at another address each.
pub const TURN: [&str; 2] = ["turn.example", "turn2.example"];
/// Of the TURN server's time-limited credentials.
pub const TURN_SECRET: &str = "what-the-relay-knows";
/// Of the broker, behind nginx.
const BROKER_PORT: u16 = 9001;

/// A running server. Dropping it ends it.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// All of them.
pub struct Servers {
    folder: TempDir,
    _running: [Server; 3],
}

impl Servers {
    /// Starts them in an [`super::sites::Internet`]. Browsers of this test believe them from then on.
    pub fn start() -> Servers {
        let folder = TempDir::new();
        std::fs::create_dir(folder.path().join("page")).expect("a folder");
        name_them(&folder);
        certify(&folder);
        believe(&folder.path().join("authority.der"));
        let running = at("server", || [broker(&folder), nginx(&folder), coturn(&folder)]);
        Servers { folder, _running: running }
    }

    /// What the web server serves at `https://meet.example/`.
    pub fn page_folder(&self) -> PathBuf {
        self.folder.path().join("page")
    }

    /// The authority that vouches for them, in PEM.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// What the servers say, for people who look for a fault.
    pub fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

/// Names of this test's own, in both families.
fn name_them(folder: &TempDir) {
    let mut hosts = "127.0.0.1 localhost\n::1 localhost\n".to_owned();
    for (addresses, name) in [(0, MEETING), (0, TURN[0]), (1, TURN[1])] {
        hosts += &format!("{} {name}\n{} {name}\n", SERVER_V4[addresses], SERVER_V6[addresses]);
    }
    let file = folder.file("hosts", hosts.as_bytes());
    run(&format!("mount --bind {} /etc/hosts", file.display()));
}

/// An authority, and a certificate for all names that it signed.
fn certify(folder: &TempDir) {
    let openssl = |arguments: &[&str]| {
        let made = Command::new("openssl").args(arguments).current_dir(folder.path()).stderr(Stdio::null()).status();
        assert!(made.expect("openssl starts: install the package openssl").success(), "openssl {arguments:?}");
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "20"];
    let request = |rest: &[&str]| openssl(&[&["req", "-x509"], &key[..], rest].concat());
    let may_sign = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"];
    let files = ["-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=Authority of a test"];
    // Without the system's own configuration, which would say a second time what the authority may do.
    let plain = folder.file("openssl.cnf", b"[req]\ndistinguished_name = name\n[name]\n");
    let plain = ["-config", plain.to_str().expect("a path")];
    request(&[&plain[..], &files, &may_sign].concat());
    let names = format!("subjectAltName=DNS:{MEETING},DNS:{},DNS:{}", TURN[0], TURN[1]);
    let files = ["-CA", "authority.pem", "-CAkey", "authority.key", "-keyout", "server.key", "-out", "server.pem"];
    request(&[&plain[..], &files, &["-subj", "/CN=Servers of a test", "-addext", &names]].concat());
    openssl(&["x509", "-in", "authority.pem", "-outform", "der", "-out", "authority.der"]);
}

fn broker(folder: &TempDir) -> Server {
    // As the root of its namespace: there is no other user. With WebSockets alone it refuses to start.
    let lines = format!(
        "user root\nallow_anonymous true\npersistence false\nlog_dest stderr\nlistener 1883 127.0.0.1\nlistener {BROKER_PORT} 127.0.0.1\nprotocol websockets\n"
    );
    let file = folder.file("mosquitto.conf", lines.as_bytes());
    start(folder, "mosquitto", &["-c", &file.display().to_string()], (Ipv4Addr::LOCALHOST, BROKER_PORT).into())
}

fn nginx(folder: &TempDir) -> Server {
    let at = |name: &str| folder.path().join(name).display().to_string();
    let configuration = format!(
        "user root root; daemon off; master_process off; pid {pid}; error_log stderr; worker_processes 1;
        events {{ worker_connections 512; }}
        http {{
            include /etc/nginx/mime.types;
            access_log off;
            client_body_temp_path {temporary}; proxy_temp_path {temporary}; fastcgi_temp_path {temporary};
            uwsgi_temp_path {temporary}; scgi_temp_path {temporary};
            server {{
                listen 443 ssl http2; listen [::]:443 ssl http2; ssl_certificate {certificate}; ssl_certificate_key {key};
                root {page};
                location /mqtt {{
                    proxy_pass http://127.0.0.1:{BROKER_PORT}; proxy_http_version 1.1; proxy_read_timeout 1h;
                    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
                }}
            }}
        }}",
        pid = at("nginx.pid"),
        temporary = at("temporary"),
        certificate = at("server.pem"),
        key = at("server.key"),
        page = at("page"),
    );
    let file = folder.file("nginx.conf", configuration.as_bytes()).display().to_string();
    start(folder, "nginx", &["-c", &file, "-e", "stderr"], (Ipv4Addr::LOCALHOST, 443).into())
}

fn coturn(folder: &TempDir) -> Server {
    let at = |name: &str| folder.path().join(name).display().to_string();
    let mut arguments: Vec<String> =
        ["-n", "--no-cli", "--fingerprint", "--use-auth-secret", "--realm=turn.example", "--simple-log"]
            .map(String::from)
            .to_vec();
    for address in SERVER_V4.map(IpAddr::from).into_iter().chain(SERVER_V6.map(IpAddr::from)) {
        arguments.extend([format!("--listening-ip={address}"), format!("--relay-ip={address}")]);
    }
    arguments.extend([
        format!("--static-auth-secret={TURN_SECRET}"),
        format!("--cert={}", at("server.pem")),
        format!("--pkey={}", at("server.key")),
        format!("--pidfile={}", at("coturn.pid")),
        format!("--userdb={}", at("coturn.db")),
        format!("--log-file={}", at("turnserver.log")),
    ]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    start(folder, "turnserver", &arguments, (SERVER_V4[0], 3478).into())
}

/// Starts a program on this thread's machine and waits until it listens. What it says goes to `PROGRAM.log`.
fn start(folder: &TempDir, program: &str, arguments: &[&str], listens: SocketAddr) -> Server {
    let mut server = spawn(folder, program, arguments);
    until(program, LONG, || {
        let ended = server.0.try_wait().expect("its state");
        let said = || std::fs::read_to_string(folder.path().join(format!("{program}.log"))).unwrap_or_default();
        assert!(ended.is_none(), "{program} ended: {}", said());
        TcpStream::connect(listens).ok()
    });
    server
}

fn spawn(folder: &TempDir, program: &str, arguments: &[&str]) -> Server {
    let package = match program {
        "turnserver" => "coturn",
        "nginx" => "nginx-light",
        "miniupnpd" => "miniupnpd-nftables",
        other => other,
    };
    let log = File::create(folder.path().join(format!("{program}.log"))).expect("a log");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    Server(command.spawn().unwrap_or_else(|error| panic!("{program}: {error}: install the package {package}")))
}

/// Port mapping by UPnP, NAT-PMP and PCP on the router of this site, if it has one.
pub struct PortMapping {
    router: String,
    _server: Server,
    _folder: TempDir,
}

impl PortMapping {
    pub fn start(site: &Site) -> Option<PortMapping> {
        let router = site.router.clone()?;
        let folder = TempDir::new();
        for line in [
            "add table inet miniupnpd",
            "add chain inet miniupnpd forward { type filter hook forward priority filter ; }",
            "add chain inet miniupnpd prerouting { type nat hook prerouting priority dstnat - 1 ; }",
            "add chain inet miniupnpd postrouting { type nat hook postrouting priority srcnat - 1 ; }",
        ] {
            run(&format!("ip netns exec {router} nft {line}"));
        }
        run(&format!("ip -n {router} route add 239.0.0.0/8 dev in"));
        let lines = "ext_ifname=out\nlistening_ip=in\nenable_natpmp=yes\nenable_upnp=yes\nport=0\nsecure_mode=yes\n\
            upnp_table_name=miniupnpd\nupnp_nat_table_name=miniupnpd\nupnp_forward_chain=forward\n\
            upnp_nat_chain=prerouting\nupnp_nat_postrouting_chain=postrouting\nmin_lifetime=120\nmax_lifetime=86400\n\
            uuid=7a1d3c4e-0c1c-4b36-9f0a-3f8b0ce1b0aa\nallow 1024-65535 0.0.0.0/0 1024-65535\n";
        let file = folder.file("miniupnpd.conf", lines.as_bytes());
        let (file, pid) = (file.display().to_string(), folder.path().join("pid").display().to_string());
        let server = at(&router, || spawn(&folder, "miniupnpd", &["-d", "-f", &file, "-P", &pid]));
        Some(PortMapping { router, _server: server, _folder: folder })
    }

    /// The ports that lead in now: `udp` or `tcp`, and the router's port.
    pub fn ports(&self) -> Vec<(String, u16)> {
        let listed = Command::new("ip")
            .args(["netns", "exec", &self.router, "nft", "list", "chain", "inet", "miniupnpd", "prerouting"])
            .output();
        let listed = String::from_utf8_lossy(&listed.expect("nft starts").stdout).into_owned();
        // `iif "out" @nh,72,8 0x11 th dport 4000 dnat ip to 192.168.1.2:4000`, where 0x11 is UDP's number.
        let rule = |line: &str| {
            let protocol = if line.contains(" 0x11 ") { "udp" } else { "tcp" };
            let (_, rest) = line.split_once("dport ")?;
            Some((protocol.to_owned(), rest.split_whitespace().next()?.parse().ok()?))
        };
        listed.lines().filter(|line| line.contains("dnat")).filter_map(rule).collect()
    }
}
