//! Certificates of a server that gives them by itself: Pebble, which asks as Let's Encrypt does. The addresses are public ones,
//! in network namespaces of the test's own.

use crate::certificate_servers::{self, Fake, Identity, Manners, Pebble, Rules, pebble};
use crate::common::browser::believe;
use crate::common::host::Setup;
use crate::common::network::{cable, inside, machines, run};
use crate::common::{self, Browser, Host, LONG, TempDir, built_core, button, pass, until};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Of the server of certificates and of the browser.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(45, 0, 0, 1));
/// Of the host.
const THERE: &str = "45.0.0.2";
const PORT: u16 = 8470;
const SIX_DAYS_SECS: u64 = 6 * 24 * 60 * 60;

fn networks() {
    machines(&["far"]);
    cable([("", "near", "45.0.0.1/24"), ("far", "there", "45.0.0.2/24")]);
    run("ip -6 addr add 2620:45::1/64 dev near nodad");
    run("ip netns exec far ip -6 addr add 2620:45::2/64 dev there nodad");
}

/// As on a router: what comes from outside is dropped unless it was let in.
const RULES: &str = "flush ruleset
table inet filter {
    chain forward {
        type filter hook forward priority 0; policy drop;
        jump miniupnpd
        iifname \"inside\" accept
        ct state established,related accept
    }
    chain miniupnpd { }
    chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
    chain postrouting {
        type nat hook postrouting priority 100;
        oifname \"outside\" masquerade
        jump postrouting_miniupnpd
    }
    chain prerouting_miniupnpd { }
    chain postrouting_miniupnpd { }
}
";
/// The router's address outside.
const ROUTER: &str = "45.0.0.7";

/// A router that opens ports when it is asked. Dropping it ends it.
struct Router(Child);

impl Router {
    /// With the host behind it.
    fn start(folder: &TempDir) -> Router {
        machines(&["router", "far"]);
        cable([("", "near", "45.0.0.1/24"), ("router", "outside", "45.0.0.7/24")]);
        cable([("router", "inside", "10.80.0.254/24"), ("far", "there", "10.80.0.2/24")]);
        run("ip netns exec far ip route add default via 10.80.0.254");
        run("ip netns exec router sysctl -q -w net.ipv4.ip_forward=1");
        let rules = folder.file("rules", RULES.as_bytes());
        run(&format!("ip netns exec router nft -f {}", rules.display()));
        let configuration = "ext_ifname=outside\nlistening_ip=inside\nport=0\nsecure_mode=yes\n\
             uuid=11111111-2222-3333-4444-555555555555\nenable_natpmp=yes\nenable_upnp=no\n\
             upnp_table_name=filter\nupnp_nat_table_name=filter\nupnp_forward_chain=miniupnpd\n\
             upnp_nat_chain=prerouting_miniupnpd\nupnp_nat_postrouting_chain=postrouting_miniupnpd\n\
             allow 1-65535 10.80.0.0/24 1024-65535\n";
        let file = folder.file("miniupnpd.conf", configuration.as_bytes());
        let process = Command::new("ip")
            .args(["netns", "exec", "router", "miniupnpd", "-d", "-f"])
            .arg(file)
            .arg("-P")
            .arg(folder.path().join("pid"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("miniupnpd starts: install the package miniupnpd-nftables");
        let router = Router(process);
        until("miniupnpd listens", LONG, || {
            let output =
                Command::new("ip").args(["netns", "exec", "router", "ss", "-lun"]).output().expect("ip starts");
            String::from_utf8_lossy(&output.stdout).contains(":5351").then_some(())
        });
        router
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn host(names: &[&str], server: &Path, directory: &str, home: Option<Arc<TempDir>>) -> Host {
    let mut setup = Setup::core(&built_core("fixture"));
    if let Some(home) = home {
        setup = setup.home(home);
    }
    for name in names {
        setup = setup.argument("--acme").argument(name);
    }
    let roots = server.display().to_string();
    let arguments = ["--acme-directory", directory, "--acme-roots", &roots, "--acme-contact", "me@mail.example"];
    let setup = arguments.iter().fold(setup, |setup, argument| setup.argument(argument));
    let port = format!("[::]:{PORT}");
    setup.http(&port).udp(&port).within(&["ip", "netns", "exec", "far"]).start()
}

/// The certificate that is shown to somebody who believes this authority, as `openssl x509` tells it. None if they do not believe
/// what is shown.
fn shown(authority: &Path, address: &str, name: Option<&str>, what: &[&str]) -> Option<String> {
    shown_at(PORT, authority, address, name, what)
}

fn shown_at(port: u16, authority: &Path, address: &str, name: Option<&str>, what: &[&str]) -> Option<String> {
    let mut command = Command::new("openssl");
    command
        .args(["s_client", "-connect", &format!("{address}:{port}"), "-verify_return_error", "-CAfile"])
        .arg(authority);
    match name {
        Some(name) => command.args(["-servername", name, "-verify_hostname", name]),
        None => command.args(["-noservername", "-verify_ip", address.trim_matches(['[', ']'])]),
    };
    let output = command.stdin(std::process::Stdio::null()).output();
    let output = output.expect("openssl starts: install the package openssl");
    if !output.status.success() {
        return None;
    }
    let folder = TempDir::new();
    let file = folder.file("shown", &output.stdout);
    let told = Command::new("openssl").arg("x509").args(["-noout", "-in"]).arg(file).args(what).output();
    Some(String::from_utf8(told.expect("openssl starts").stdout).expect("text"))
}

/// Whether a notice of this code was given.
fn told(host: &Host, code: &str) -> Option<String> {
    let notices = host.events_named("notice");
    let notice = notices.iter().find(|it| it["code"] == code)?;
    Some(notice["text"].as_str().expect("a sentence").to_owned())
}

/// The newest links.
fn links(host: &Host) -> Vec<String> {
    let newest = host.events_named("links").pop().unwrap_or_else(|| host.ready().clone());
    newest["urls"].as_array().expect("links").iter().filter_map(|it| it.as_str()).map(str::to_owned).collect()
}

fn wait_for_link(host: &Host, to: &str) -> String {
    let page = format!("https://{to}:{PORT}/");
    until(&page, LONG, || links(host).into_iter().find(|link| link.starts_with(&page)))
}

#[test]
fn an_address_gets_a_certificate_and_friends_a_secure_page_by_it_with_gamepads() {
    let program = pebble();
    if !inside(module_path!(), "an_address_gets_a_certificate_and_friends_a_secure_page_by_it_with_gamepads") {
        return;
    }
    networks();
    let (folder, identity) = (TempDir::new(), Identity::new(HERE));
    let rules = Rules { http_port: PORT, tls_port: 1, life_secs: SIX_DAYS_SECS };
    let pebble = Pebble::start(&program, HERE, &identity, &rules, &folder);
    let server = identity.write(&folder);
    let mut host = host(&[THERE, "2620:45::2"], &server, &pebble.directory(), None);
    wait_for_link(&host, "[2620:45::2]");
    let link = wait_for_link(&host, THERE);
    assert_eq!(told(&host, "acme.not_proven"), None, "one of the two ports is enough");

    let authority = pebble.authority(&folder);
    let dates =
        shown(&authority, THERE, None, &["-startdate", "-enddate", "-ext", "subjectAltName"]).expect("believed");
    assert!(dates.contains("IP Address:45.0.0.2"), "{dates}");
    shown(&authority, "[2620:45::2]", None, &["-subject"]).expect("believed");
    let week = ["-checkend", "604800"];
    let told_of_end = shown(&authority, THERE, None, &week).expect("believed");
    assert!(told_of_end.contains("will expire"), "one of six days: {told_of_end}");

    let der = folder.path().join("authority.crt");
    run(&format!("openssl x509 -outform der -in {} -out {}", authority.display(), der.display()));
    believe(&der);
    let ann = Browser::playing(&link.replace("/#", "/?name=Ann#"));
    host.wait_for("peer_joined", LONG);
    assert_eq!(ann.eval("return window.isSecureContext"), true);
    assert_eq!(ann.eval("return location.protocol + location.hostname"), format!("https:{THERE}"));
    assert_eq!(ann.eval("return typeof navigator.getGamepads"), "function");
    ann.press("x");
    ann.watch_until("a held button", LONG, |blocks| blocks.buttons.contains(&button::A));
    drop(ann);

    // The next run has it from the beginning, and asks for no other.
    let serial = shown(&authority, THERE, None, &["-serial"]);
    let home = host.home();
    drop(host);
    let again = self::host(&[THERE], &server, &pebble.directory(), Some(home));
    assert!(again.url().starts_with(&format!("https://{THERE}:{PORT}/")), "{}", again.url());
    assert_eq!(shown(&authority, THERE, None, &["-serial"]), serial);
}

#[test]
fn where_port_443_leads_here_links_need_no_port_and_a_name_that_leads_elsewhere_is_said() {
    let program = pebble();
    if !inside(module_path!(), "where_port_443_leads_here_links_need_no_port_and_a_name_that_leads_elsewhere_is_said") {
        return;
    }
    networks();
    let (folder, identity) = (TempDir::new(), Identity::new(HERE));
    let hosts = folder.file("hosts", format!("{THERE} play.example\n{HERE} elsewhere.example\n").as_bytes());
    run(&format!("mount --bind {} /etc/hosts", hosts.display()));
    let rules = "table ip nat {\nchain prerouting {\ntype nat hook prerouting priority -100\ntcp dport 443 redirect to :8470\n}\n}\n";
    let rules = folder.file("rules", rules.as_bytes());
    run(&format!("ip netns exec far nft -f {}", rules.display()));
    let rules = Rules { http_port: 1, tls_port: 443, life_secs: SIX_DAYS_SECS };
    let pebble = Pebble::start(&program, HERE, &identity, &rules, &folder);
    let names = ["play.example", THERE, "elsewhere.example"];
    let server = identity.write(&folder);
    let host = host(&names, &server, &pebble.directory(), None);
    let wait_for_page = |host: &Host, page: &str| {
        until(page, LONG, || links(host).iter().any(|link| link.starts_with(page)).then_some(()));
    };
    let pages = ["https://play.example/".to_owned(), format!("https://{THERE}/")];
    pages.iter().for_each(|page| wait_for_page(&host, page));
    let why = until("what the ports lack", LONG, || told(&host, "acme.not_proven"));
    assert!(why.contains("elsewhere.example") && why.contains("connection"), "{why}");
    let authority = pebble.authority(&folder);
    shown_at(443, &authority, THERE, Some("play.example"), &["-subject"]).expect("believed by name");
    shown_at(443, &authority, THERE, None, &["-subject"]).expect("believed by address");
    // The page is served under the name, and not under another one.
    let answer = |name: &str| {
        let resolve = format!("{name}:443:{THERE}");
        let url = format!("https://{name}/");
        let arguments = ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "--resolve", &resolve, &url];
        let output = Command::new("curl").args(arguments).output().expect("curl starts");
        String::from_utf8(output.stdout).expect("a number")
    };
    assert_eq!((answer("play.example").as_str(), answer("evil.example").as_str()), ("200", "421"));
    // Where it was found is known in the next run, too.
    let home = host.home();
    drop(host);
    let again = self::host(&names[..2], &server, &pebble.directory(), Some(home));
    assert!(pages.iter().all(|page| links(&again).iter().any(|link| link.starts_with(page))), "{:?}", links(&again));
}

#[test]
fn a_certificate_is_renewed_while_friends_play_and_stays_when_the_server_refuses() {
    let program = pebble();
    if !inside(module_path!(), "a_certificate_is_renewed_while_friends_play_and_stays_when_the_server_refuses") {
        return;
    }
    networks();
    let (folder, identity) = (TempDir::new(), Identity::new(HERE));
    // 40 seconds until it is renewed, and half as long until it ends.
    let rules = Rules { http_port: PORT, tls_port: 1, life_secs: 60 };
    let pebble = Pebble::start(&program, HERE, &identity, &rules, &folder);
    let directory = pebble.directory();
    let server = identity.write(&folder);
    let mut host = host(&[THERE], &server, &directory, None);
    let link = wait_for_link(&host, THERE);
    let authority = pebble.authority(&folder);
    let serial = || shown(&authority, THERE, None, &["-serial"]);
    let first = serial().expect("believed");

    let der = folder.path().join("authority.crt");
    run(&format!("openssl x509 -outform der -in {} -out {}", authority.display(), der.display()));
    believe(&der);
    let ann = Browser::playing(&link.replace("/#", "/?name=Ann#"));
    host.wait_for("peer_joined", LONG);
    ann.eval("window.same = true");
    let second = until("a renewed certificate", LONG * 4, || serial().filter(|it| *it != first));
    let shown_before = ann.frames_shown();
    until("pictures go on", LONG, || (ann.frames_shown() > shown_before + 30).then_some(()));
    assert_eq!(ann.eval("return window.same"), true, "the same page");
    assert!(host.events_named("peer_left").is_empty());
    drop(ann);

    drop(pebble);
    let problem = serde_json::json!({
        "type": "urn:ietf:params:acme:error:rateLimited",
        "detail": "too many certificates\u{202e}\nfor this address",
    });
    let headers = "Retry-After: 3600\r\nContent-Type: application/problem+json\r\n";
    let limits = Manners::Refuses("429 Too Many Requests", headers, problem.to_string());
    let fake = Fake::start(HERE, &identity, limits);
    let why = until("the refusal", LONG * 2, || told(&host, "acme.rate_limited"));
    assert!(why.contains("too many certificates for this address") && why.contains(THERE), "{why}");
    assert_eq!(serial(), Some(second), "the old one serves");
    pass(Duration::from_secs(15));
    assert_eq!(fake.orders(), 1, "it is left alone as long as it wants");
    // One that has ended is shown to nobody.
    until("its end", LONG * 4, || {
        let plain = links(&host).iter().all(|link| !link.starts_with("https://"));
        plain.then_some(())
    });
    assert_eq!(serial(), None);
    host.assert_alive();
}

#[test]
fn what_a_server_of_certificates_sends_is_bounded_and_looked_at() {
    if !inside(module_path!(), "what_a_server_of_certificates_sends_is_bounded_and_looked_at") {
        return;
    }
    networks();
    let (folder, identity) = (TempDir::new(), Identity::new(HERE));
    let server = identity.write(&folder);
    let problem = serde_json::json!({
        "type": "urn:ietf:params:acme:error:rejectedIdentifier", "detail": "no certificates for this address",
    });
    let refuses = Manners::Refuses("403 Forbidden", "Content-Type: application/problem+json\r\n", problem.to_string());
    let fake = Fake::start(HERE, &identity, refuses.clone());
    let directory = format!("https://{HERE}:{}/dir", certificate_servers::PORT);
    let (other, another) = (Identity::new(THERE.parse().expect("an address")), Identity::new(HERE));
    for (manners, code, word) in [
        (refuses, "acme.refused", "no certificates for this address (rejectedIdentifier)"),
        (Manners::Garbage, "acme.nonsense", "no directory"),
        (Manners::Endless, "acme.nonsense", "length limit"),
        (Manners::Gives("<html>".into()), "acme.unusable", THERE),
        // With the right address, and with another one; with other keys both.
        (Manners::Gives(other.certificate()), "acme.unusable", THERE),
        (Manners::Gives(another.certificate()), "acme.unusable", THERE),
        (Manners::Silent, "acme.slow", "in time"),
    ] {
        fake.behave(manners);
        let mut host = host(&[THERE], &server, &directory, None);
        let about = |it: &serde_json::Value| it["code"].as_str().is_some_and(|code| code.starts_with("acme."));
        let notice = until(code, LONG * 2, || host.events_named("notice").into_iter().find(about));
        assert!(notice["code"] == code && notice["text"].as_str().is_some_and(|it| it.contains(word)), "{notice}");
        assert!(links(&host).iter().all(|link| !link.starts_with("https://")), "{code}");
        host.assert_alive();
    }
    assert!(fake.bytes_taken() < 16 << 20, "{}", fake.bytes_taken());
}

#[test]
fn behind_a_router_the_address_gets_a_certificate_and_a_page_without_anything_being_set_up() {
    let program = pebble();
    if !inside(
        module_path!(),
        "behind_a_router_the_address_gets_a_certificate_and_a_page_without_anything_being_set_up",
    ) {
        return;
    }
    let (folder, identity) = (TempDir::new(), Identity::new(HERE));
    let _router = Router::start(&folder);
    let rules = Rules { http_port: 1, tls_port: 443, life_secs: SIX_DAYS_SECS };
    let pebble = Pebble::start(&program, HERE, &identity, &rules, &folder);
    let server = identity.write(&folder);
    // It gives back what the router let it have.
    let mut doctor = Command::new("ip");
    doctor.args(["netns", "exec", "far"]).arg(common::program()).args(["doctor", "--json", "--acme", "auto"]);
    doctor.args(["--http", "0.0.0.0:8470", "--udp", "0.0.0.0:8470", "--acme-directory", &pebble.directory()]);
    let home = folder.path().join("home");
    let output = doctor.arg("--acme-roots").arg(&server).env("HOME", &home).env_remove("XDG_DATA_HOME").output();
    let output = output.expect("ip starts");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("its findings");
    let steps = said["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["step"] == "step.certificate").expect("one about certificates");
    assert_eq!((&step["state"], &step["code"]), (&"good".into(), &"finding.certificate_ready".into()), "{said}");

    let host = host(&["auto"], &server, &pebble.directory(), None);
    let page = format!("https://{ROUTER}/");
    let link = until(&page, LONG, || links(&host).into_iter().find(|link| link.starts_with(&page)));
    assert_eq!(told(&host, "acme.not_proven"), None, "it was found at once");
    let authority = pebble.authority(&folder);
    shown_at(443, &authority, ROUTER, None, &["-subject"]).expect("believed");
    let der = folder.path().join("authority.crt");
    run(&format!("openssl x509 -outform der -in {} -out {}", authority.display(), der.display()));
    believe(&der);
    let ann = Browser::playing(&link.replace("/#", "/?name=Ann#"));
    assert_eq!(ann.eval("return window.isSecureContext && location.port"), "");
    drop((ann, host));
}
