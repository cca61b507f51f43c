//! A headless Firefox with the page open, driven by WebDriver BiDi: JSON over a WebSocket, which Firefox speaks itself.

use super::browser::{PROBE, Tab, base64};
use super::webdriver::key_actions;
use super::{LONG, TempDir, until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// Longer than any script of ours runs.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
/// A cold start on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(120);
/// It says goodbye to the host and writes its profile; after that it is ended.
const GOODBYE_LIMIT: Duration = Duration::from_secs(10);

/// The settings of a fresh profile, as `user.js` has them.
const SETTINGS: &str = r#"
// Sound and picture start by themselves.
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
// Firefox offers loopback addresses, and reaches them, only where told so and on pages that may use a camera.
user_pref("media.peerconnection.ice.loopback", true);
user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
user_pref("permissions.default.camera", 1);
user_pref("permissions.default.microphone", 1);
// Off the network: every name is this machine, and what would call home does not.
user_pref("network.dns.native-is-localhost", true);
user_pref("network.trr.mode", 5);
user_pref("network.proxy.type", 0);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.predictor.enabled", false);
user_pref("network.prefetch-next", false);
user_pref("network.http.speculative-parallel-limit", 0);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("security.OCSP.enabled", 0);
user_pref("security.remote_settings.crlite_filters.enabled", false);
user_pref("security.remote_settings.intermediates.enabled", false);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("media.gmp-provider.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("app.normandy.enabled", false);
user_pref("messaging-system.rsexperimentloader.enabled", false);
user_pref("browser.region.update.enabled", false);
user_pref("browser.region.network.url", "");
user_pref("browser.search.update", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.topsites.contile.enabled", false);
user_pref("dom.push.connection.enabled", false);
user_pref("extensions.blocklist.enabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("geo.provider.network.url", "");
user_pref("identity.fxaccounts.enabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.unified", false);
user_pref("toolkit.telemetry.server", "");
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
// Nothing but the page.
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("browser.translations.enable", false);
user_pref("dom.ipc.processPrelaunch.enabled", false);
"#;

/// The same for one in a network of a test's own, with names and servers that the test made up. As it comes, it offers no
/// loopback address and hides the others.
const ELSEWHERE: &str = r#"
user_pref("network.dns.native-is-localhost", false);
user_pref("media.peerconnection.ice.loopback", false);
user_pref("media.peerconnection.ice.obfuscate_host_addresses", true);
"#;

/// A running Firefox with one tab. Dropping it ends it.
pub struct Firefox {
    remote: Mutex<Remote>,
    context: String,
    firefox: Ended,
    said: Arc<Mutex<String>>,
    _sound: Ended,
    _home: TempDir,
}

impl Firefox {
    /// Starts it and opens the page.
    pub fn open(url: &str) -> Firefox {
        let firefox = Firefox::start();
        firefox.goto(url);
        firefox
    }

    /// Starts it, opens the page and waits until it plays.
    pub fn playing(url: &str) -> Firefox {
        let firefox = Firefox::open(url);
        firefox.wait_for_picture();
        firefox
    }

    /// Starts it on a machine with a network of its own, where whoever says so is believed, and opens the page.
    pub fn elsewhere(url: &str) -> Firefox {
        let firefox = Firefox::start_with(ELSEWHERE, json!({"alwaysMatch": {"acceptInsecureCerts": true}}));
        firefox.goto(url);
        firefox
    }

    /// Starts it with an empty tab.
    pub fn start() -> Firefox {
        Firefox::start_with("", json!({}))
    }

    fn start_with(more_settings: &str, capabilities: Value) -> Firefox {
        let home = TempDir::new();
        let sound = start_sound(&home);
        let said = Arc::new(Mutex::new(String::new()));
        let (firefox, port) = start_firefox(&home, &format!("{SETTINGS}{more_settings}"), &said);
        let remote = Mutex::new(Remote::connect(port));
        let mut firefox = Firefox { remote, context: String::new(), firefox, said, _sound: sound, _home: home };
        firefox.send("session.new", json!({"capabilities": capabilities}));
        firefox.send("session.subscribe", json!({"events": ["log.entryAdded"]}));
        // Its first window never has the focus, one that is opened later does.
        let first = firefox.send("browsingContext.getTree", json!({}))["contexts"][0]["context"].take();
        let window = firefox.send("browsingContext.create", json!({"type": "window"}));
        firefox.context = window["context"].as_str().expect("Firefox opens a window").to_owned();
        firefox.send("browsingContext.close", json!({"context": first}));
        firefox.send("script.addPreloadScript", json!({"functionDeclaration": format!("() => {{ {PROBE} }}")}));
        firefox
    }

    pub fn goto(&self, url: &str) {
        self.send("browsingContext.navigate", json!({"context": self.context, "url": url, "wait": "complete"}));
    }

    pub fn reload(&self) {
        self.send("browsingContext.reload", json!({"context": self.context, "wait": "complete"}));
    }

    /// A PNG of the tab, in a file for people.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let shot = self.send("browsingContext.captureScreenshot", json!({"context": self.context}));
        let path = std::env::temp_dir().join(format!("{name}.png"));
        std::fs::write(&path, base64(shot["data"].as_str().unwrap_or_default())).expect("the screenshot is written");
        path
    }

    /// What the page and its scripts have complained about: errors and warnings of the console, uncaught errors too.
    pub fn complaints(&self) -> Vec<String> {
        // What happened before an answer comes before it.
        self.send("session.status", json!({}));
        let entries = self.remote().entries.clone();
        let loud = entries.iter().filter(|entry| entry["level"] == "error" || entry["level"] == "warn");
        loud.map(|entry| entry["text"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Ends it as a crash would: nobody is told.
    pub fn kill(&mut self) {
        self.firefox.end();
    }

    fn run(&self, function: &str) -> Value {
        // JSON, because BiDi wraps every value in its type.
        let function = format!("async () => JSON.stringify(await ({function})()) ?? 'null'");
        let result = self.send(
            "script.callFunction",
            json!({"functionDeclaration": function, "awaitPromise": true, "target": {"context": self.context}}),
        );
        assert!(result["type"] == "success", "the script failed: {}", result["exceptionDetails"]["text"]);
        serde_json::from_str(result["result"]["value"].as_str().unwrap_or_default()).expect("JSON")
    }

    fn key(&self, kind: &str, key: &str) {
        let mut actions = key_actions(&[(kind, key)]);
        actions["context"] = self.context.as_str().into();
        self.send("input.performActions", actions);
    }

    fn send(&self, method: &str, parameters: Value) -> Value {
        self.remote().send(method, parameters).unwrap_or_else(|error| {
            let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("{method}: {error}; Firefox said:\n{said}")
        })
    }

    fn remote(&self) -> std::sync::MutexGuard<'_, Remote> {
        self.remote.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tab for Firefox {
    fn eval(&self, script: &str) -> Value {
        self.run(&format!("() => {{ {script}\n}}"))
    }

    fn eval_async(&self, body: &str) -> Value {
        self.run(&format!("async () => {{ {body}\n}}"))
    }

    fn press(&self, key: &str) {
        self.key("keyDown", key);
    }

    fn release(&self, key: &str) {
        self.key("keyUp", key);
    }
}

impl Deref for Firefox {
    type Target = dyn Tab;

    fn deref(&self) -> &(dyn Tab + 'static) {
        self
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        if !self.firefox.runs() {
            return;
        }
        let end = Instant::now() + GOODBYE_LIMIT;
        let mut remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = remote.socket.get_ref().set_read_timeout(Some(GOODBYE_LIMIT));
        if remote.send("browser.close", json!({})).is_ok() {
            while self.firefox.runs() && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// A process that ends with its owner. Firefox's own children end when they notice.
struct Ended(Child);

impl Ended {
    fn runs(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|ended| ended.is_none())
    }

    fn end(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.end();
    }
}

/// The way to Firefox: one question at a time.
struct Remote {
    socket: WebSocket<TcpStream>,
    questions: u64,
    /// Of the console.
    entries: Vec<Value>,
}

impl Remote {
    fn connect(port: u16) -> Remote {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("Firefox takes connections");
        stream.set_read_timeout(Some(ANSWER_LIMIT)).expect("a time limit");
        stream.set_nodelay(true).expect("no delay");
        let address = format!("ws://127.0.0.1:{port}/session");
        let (socket, _) = tungstenite::client(address, stream).expect("Firefox opens its WebSocket");
        Remote { socket, questions: 0, entries: Vec::new() }
    }

    /// Sends a command; its result, or what went wrong.
    fn send(&mut self, method: &str, parameters: Value) -> Result<Value, String> {
        self.questions += 1;
        let question = json!({"id": self.questions, "method": method, "params": parameters});
        self.socket.send(Message::text(question.to_string())).map_err(|error| error.to_string())?;
        loop {
            let Message::Text(text) = self.socket.read().map_err(|error| error.to_string())? else { continue };
            let mut message: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            if message["type"] == "event" {
                self.entries.push(message["params"].take());
            } else if message["id"] == self.questions {
                let error = message["error"].as_str().map(|error| format!("{error}: {}", message["message"]));
                return error.map_or_else(|| Ok(message["result"].take()), Err);
            }
        }
    }
}

fn start_firefox(home: &TempDir, settings: &str, said: &Arc<Mutex<String>>) -> (Ended, u16) {
    let profile = home.path().join("profile");
    std::fs::create_dir(&profile).expect("a folder for the profile");
    std::fs::write(profile.join("user.js"), settings).expect("its settings");
    let usual = PathBuf::from("/usr/bin/firefox-esr");
    let path = if usual.is_file() { usual } else { "firefox".into() };
    let mut command = Command::new(&path);
    command
        .args(["--headless", "--no-remote", "--new-instance", "--remote-debugging-port", "0", "--profile"])
        .arg(&profile)
        .env("MOZ_HEADLESS_WIDTH", "800")
        .env("MOZ_HEADLESS_HEIGHT", "680")
        .env("MOZ_CRASHREPORTER_DISABLE", "1")
        // Without it a release build does not let its settings server be changed.
        .env("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1");
    furnish(&mut command, home);
    let child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap_or_else(|error| {
            panic!("{} does not start ({error}): install the package firefox-esr.", path.display())
        });
    let mut firefox = Ended(child);
    let lines = BufReader::new(firefox.0.stderr.take().expect("its output"));
    let (found, port) = channel();
    let gathered = said.clone();
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            if let Some((_, address)) = line.split_once("WebDriver BiDi listening on ws://") {
                let port = address.rsplit_once(':').and_then(|(_, port)| port.trim().parse::<u16>().ok());
                let _ = found.send(port);
            }
            let mut said = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_str(&line);
            said.push('\n');
        }
    });
    match port.recv_timeout(START_LIMIT) {
        Ok(Some(port)) => (firefox, port),
        other => {
            let why = if other == Err(RecvTimeoutError::Timeout) { "is silent" } else { "ended" };
            let said = said.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("Firefox {why} instead of naming its port; it said:\n{said}");
        }
    }
}

/// Firefox's Web Audio stands still where there is nothing to play on.
fn start_sound(home: &TempDir) -> Ended {
    // A client without a cookie is turned away, even where none is asked for.
    home.file("cookie", &[7; 256]);
    let mut command = Command::new("pulseaudio");
    command
        .args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"])
        .args(["-L", "module-null-sink sink_name=test rate=48000"])
        .args([
            "-L",
            &format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket(home.path()).display()),
        ]);
    furnish(&mut command, home);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Ended(command.spawn().expect("pulseaudio starts: install the package pulseaudio"));
    until("the sound server", LONG, || socket(home.path()).exists().then_some(()));
    server
}

fn socket(home: &Path) -> PathBuf {
    home.join("sound")
}

/// A home of its own, and what makes sound there.
fn furnish(command: &mut Command, home: &TempDir) {
    let home = home.path();
    command
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("PULSE_SERVER", format!("unix:{}", socket(home).display()))
        .env("PULSE_COOKIE", home.join("cookie"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS");
}
