//! Secure pages: browsers that believe the host's own authority, and certificates that the host was given.

use crate::common::browser::believe;
use crate::common::host::Setup;
use crate::common::network::{cable, inside, machines, run};
use crate::common::{self, Browser, LONG, TempDir, built_core, button};
use std::path::Path;
use std::process::Command;

/// A host of the network 10.77.0.0/24, at 10.77.0.2; the browser is at 10.77.0.1.
fn host_nearby(setup: Setup) -> common::Host {
    machines(&["far"]);
    cable([("", "near", "10.77.0.1/24"), ("far", "there", "10.77.0.2/24")]);
    setup.http("[::]:0").udp("[::]:0").within(&["ip", "netns", "exec", "far"]).start()
}

/// What curl gets from there, without asking who it is.
fn fetch(url: &str, to: &Path) {
    run(&format!("curl -sfk --max-time 20 -o {} {url}", to.display()));
}

#[test]
fn a_friend_who_believes_the_hosts_authority_gets_a_secure_page_by_address_with_gamepads() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_friend_who_believes_the_hosts_authority_gets_a_secure_page_by_address_with_gamepads")
    {
        return;
    }
    let mut host = host_nearby(Setup::core(&built_core("fixture")));
    let folder = TempDir::new();
    let (der, plain) = (folder.path().join("hotseat.crt"), host.url_for("Ann"));
    let site = plain.split("?").next().expect("a page").to_owned();

    // The plain link says what it lacks, and leads to the steps with everything it says.
    let ann = Browser::playing(&plain);
    assert_eq!(ann.eval("return window.isSecureContext"), false);
    ann.eval("document.getElementById('help-toggle').click()");
    let steps = ann.eval("return document.querySelector('#help a')?.href");
    assert_eq!(steps, plain.replace("/?", "/secure.html?"));
    ann.goto(steps.as_str().expect("a link"));
    let secure = ann.eval("return document.getElementById('open').href");
    assert_eq!(secure, plain.replace("http://", "https://"));
    ann.eval("document.getElementById('system').value = 'ios'; document.getElementById('system').dispatchEvent(new Event('change'))");
    ann.screenshot("secure-steps");
    drop(ann);
    host.wait_for("peer_joined", LONG);

    fetch(&format!("{site}hotseat.crt"), &der);
    believe(&der);
    let bea = Browser::playing(&plain.replace("http://", "https://").replace("Ann", "Bea"));
    host.wait_for("peer_joined", LONG);
    assert_eq!(bea.eval("return window.isSecureContext"), true);
    assert_eq!(bea.eval("return typeof navigator.getGamepads"), "function");
    assert_eq!(bea.eval("return 'wakeLock' in navigator"), true);
    // All its files by one connection; the WebSocket has one of its own.
    let protocols =
        bea.eval("return [...new Set(performance.getEntries().map((it) => it.nextHopProtocol).filter((it) => it))]");
    assert_eq!(protocols, serde_json::json!(["h2"]));
    bea.press("x");
    bea.watch_until("a held button", LONG, |blocks| blocks.buttons.contains(&button::A));

    // By each protocol: the page, a name that is not ours, whatever header says that it is, and a head that is too long.
    let secure = site.replace("http://", "https://");
    let port = secure.trim_end_matches('/').rsplit(':').next().expect("a port").to_owned();
    let status = |protocol: &str, more: &[&str], url: &str| {
        let mut curl = Command::new("curl");
        curl.args(["-sk", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", protocol]);
        String::from_utf8_lossy(&curl.args(more).arg(url).output().expect("curl starts").stdout).into_owned()
    };
    let elsewhere = format!("https://evil.example:{port}/");
    let resolve = format!("evil.example:{port}:10.77.0.2");
    let long = format!("x-long: {}", "x".repeat(20_000));
    for (protocol, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
        assert_eq!(status(protocol, &[], &secure), format!("{version} 200"));
        assert_eq!(status(protocol, &["--resolve", &resolve], &elsewhere), format!("{version} 421"));
    }
    assert_eq!(status("--http2", &["-H", &long], &secure), "2 431");
    host.assert_alive();
}

#[test]
fn a_certificate_of_ones_own_makes_secure_links_and_is_renewed_while_friends_play() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_certificate_of_ones_own_makes_secure_links_and_is_renewed_while_friends_play") {
        return;
    }
    let folder = TempDir::new();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let make = |days: &str| {
        let status = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-days", days, "-subj", "/CN=play.example", "-addext", "subjectAltName=DNS:play.example"])
            .args(["-keyout", &at("key.pem"), "-out", &at("full.pem")])
            .stderr(std::process::Stdio::null())
            .status();
        assert!(status.expect("openssl starts: install the package openssl").success());
    };
    make("20");
    let (certificate, key) = (at("full.pem"), at("key.pem"));
    let setup = ["--certificate", &certificate, "--private-key", &key]
        .iter()
        .fold(Setup::core(&built_core("fixture")), |setup, argument| setup.argument(argument));
    let mut host = host_nearby(setup);
    let link = host.url();
    let port =
        host.ready()["urls"][1].as_str().and_then(|url| url.split(['/', ':']).nth(4)).expect("a port").to_owned();
    assert!(link.starts_with(&format!("https://play.example:{port}/#")), "{link}");
    let end = || {
        let shown = Command::new("sh")
            .args(["-c", &format!("openssl s_client -connect 10.77.0.2:{port} -servername play.example </dev/null 2>/dev/null | openssl x509 -noout -enddate")])
            .output();
        String::from_utf8_lossy(&shown.expect("openssl starts").stdout).into_owned()
    };
    let first = end();
    assert!(first.starts_with("notAfter="), "{first}");
    make("40");
    // Looked at with the next change of the network at the latest.
    run("ip netns exec far ip addr add 10.77.0.3/24 dev there");
    common::until("the renewed certificate", LONG, || (end() != first).then_some(()));
    host.assert_alive();
}
