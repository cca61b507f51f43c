//! Friends that join from one network a game that is hosted in another, and the way that their pictures take.

use super::servers::{MEETING, Servers, TURN, TURN_SECRET};
use super::sites::{SERVER_V4, SERVER_V6, Site};
use super::theory::{Options, Path, Why};
use crate::common::host::{Host, Setup, run_to_end};
use crate::common::{Browser, LONG, built_core, pass, program, until};
use std::fmt;
use std::process::Command;
use std::time::{Duration, Instant};

/// After which a way is what it stays at.
const BETTER_WITHIN: Duration = Duration::from_secs(8);

/// What a friend saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The picture, by this way.
    Played(Path),
    /// What the page said.
    Told(String),
}

impl fmt::Display for Seen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seen::Played(path) => path.fmt(out),
            Seen::Told(text) => out.pad(&text.chars().take(60).collect::<String>()),
        }
    }
}

/// Two addresses of the server that tells a machine how it is seen, in both families.
fn stun_servers() -> Vec<String> {
    let v4 = SERVER_V4.map(|it| format!("{it}:3478"));
    v4.into_iter().chain(SERVER_V6.map(|it| format!("[{it}]:3478"))).collect()
}

/// Writes the page that friends open.
pub fn export_page(servers: &Servers, options: Options) {
    let mut command = Command::new(program());
    command.args(["page", "--out"]).arg(servers.page_folder());
    command.args(["--broker", &format!("wss://{MEETING}/mqtt")]);
    let stun = if options.stun { stun_servers() } else { vec!["none".into()] };
    for server in stun {
        command.args(["--stun", &server]);
    }
    let output = run_to_end(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A host on this machine.
pub fn host(site: &Site, servers: &Servers, options: Options) -> Host {
    let mut setup = Setup::core(&built_core("fixture"))
        .http("[::]:0")
        .udp("[::]:0")
        .variable("SSL_CERT_FILE", servers.authority())
        .argument("--broker")
        .argument(&format!("wss://{MEETING}/mqtt"))
        .argument("--meeting-page")
        .argument(&format!("https://{MEETING}/"));
    if options.stun {
        for server in stun_servers() {
            setup = setup.argument("--stun").argument(&server);
        }
    }
    if options.mapping {
        setup = setup.argument("--map-ports");
    }
    if options.turn {
        setup = setup.argument("--turn-secret").argument(TURN_SECRET);
        // By address where that is enough: browsers look names up slowly in a network without a name server.
        let (v4, v6) = (SERVER_V4[0], SERVER_V6[0]);
        let places = [
            format!("turn:{v4}:3478"),
            format!("turn:[{v6}]:3478"),
            format!("turn:{v4}:3478?transport=tcp"),
            format!("turns:{}:5349?transport=tcp", TURN[0]),
        ];
        for place in places {
            setup = setup.argument("--turn").argument(&place);
        }
    }
    site.run(|| setup.start())
}

/// A friend's browser, which can be spoken to on its own machine alone.
pub struct Friend {
    site: Site,
    browser: Option<Browser>,
}

impl Friend {
    /// On this machine, at the link that the host hands out.
    pub fn open(site: Site, link: &str) -> Friend {
        let browser = site.run(|| Browser::open(link));
        Friend { site, browser: Some(browser) }
    }

    pub fn see<T: Send>(&self, look: impl FnOnce(&Browser) -> T + Send) -> T {
        let browser = self.browser.as_ref().expect("until it is dropped");
        self.site.run(|| look(browser))
    }

    /// What comes of its joining, by the first way that there was.
    pub fn outcome(&self) -> Seen {
        self.see(outcome)
    }

    /// The same once nothing better is found than what theory expects, or never: a relay is a way at once, and a better one
    /// takes its place as soon as it works.
    pub fn settled(&self, expected: Path) -> Seen {
        let mut seen = self.outcome();
        let end = Instant::now() + BETTER_WITHIN;
        while matches!(seen, Seen::Played(_)) && !is_as_expected(&seen, expected) && Instant::now() < end {
            pass(Duration::from_millis(200));
            seen = self.see(path).map_or(seen, Seen::Played);
        }
        seen
    }
}

impl Drop for Friend {
    fn drop(&mut self) {
        let browser = self.browser.take();
        self.site.run(|| drop(browser));
    }
}

/// What comes of joining. The page tries again for ever; what it says after its first try counts.
fn outcome(browser: &Browser) -> Seen {
    let words = || browser.eval("return document.getElementById('notice')?.innerText ?? ''");
    until("a picture, or a reason why there is none", LONG, || {
        if browser.state() == "playing" && browser.frames_shown() > 0 {
            return path(browser).map(Seen::Played);
        }
        let words = words().as_str().unwrap_or_default().to_owned();
        let tells = ["no way to it", "blocks", "does not answer at the meeting point", "meeting points of this link"];
        if tells.iter().any(|it| words.contains(it)) {
            return Some(Seen::Told(words));
        }
        pass(Duration::from_millis(100));
        None
    })
}

/// The way that the picture takes. None while the browser is between two.
fn path(browser: &Browser) -> Option<Path> {
    let paths = browser.paths();
    let chosen = paths.iter().find(|it| it["chosen"] == true)?;
    let kinds = [&chosen["kinds"][0], &chosen["kinds"][1]];
    Some(if kinds.iter().any(|kind| *kind == "relay") {
        Path::Relayed
    } else if chosen["protocol"] == "tcp" {
        Path::Tcp
    } else if kinds.iter().any(|kind| *kind == "host") {
        Path::Direct
    } else {
        Path::Punched
    })
}

/// Whether that is what theory says; a page that cannot play has to say why. Whether a way without a relay needed a hole, the
/// kinds of the candidates do not tell for sure.
pub fn is_as_expected(seen: &Seen, expected: Path) -> bool {
    match (seen, expected) {
        (Seen::Played(Path::Direct | Path::Punched), Path::Direct | Path::Punched) => true,
        (Seen::Played(path), expected) => *path == expected,
        (Seen::Told(words), Path::None(Why::UdpBlocked)) => words.contains("blocks") || words.contains("no way to it"),
        (Seen::Told(words), Path::None(_)) => words.contains("no way to it") || words.contains("blocks"),
        (Seen::Told(_), _) => false,
    }
}
