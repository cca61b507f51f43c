//! A headless Chromium with the page open, and what can be seen, heard and done in it.

use super::webdriver::{WebDriver, key_actions};
use super::{LONG, TempDir, is_running, signal, until};
use fixture_libretro::blocks;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Runs in every page before its own scripts.
pub(super) const PROBE: &str = include_str!("probe.js");

/// One decoded frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// Milliseconds of the page's clock.
    pub at_ms: f64,
    /// The core's number of the frame, and the buttons it was drawn for. None: it could not be read.
    pub blocks: Option<blocks::Blocks>,
    /// Size of the decoded video.
    pub size: (u64, u64),
    /// The core's own size, as the host announced it for this video.
    pub picture: (u64, u64),
}

/// A running browser with one tab. Dropping it ends it.
pub struct Browser {
    driver: WebDriver,
    session: String,
    chromedriver: Child,
    chromium: Option<u32>,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser and opens the page.
    pub fn open(url: &str) -> Browser {
        let browser = Browser::start();
        browser.goto(url);
        browser
    }

    /// Starts a browser and opens the page without its policy, so that a test may start workers in it.
    pub fn unguarded(url: &str) -> Browser {
        let browser = Browser::start();
        browser.devtools("Page.setBypassCSP", json!({"enabled": true}));
        browser.goto(url);
        browser
    }

    /// Starts a browser, opens the page and waits until it plays.
    pub fn playing(url: &str) -> Browser {
        let browser = Browser::open(url);
        browser.wait_for_picture();
        browser
    }

    /// Starts a browser with an empty tab.
    pub fn start() -> Browser {
        let profile = TempDir::new();
        let (chromedriver, port) = start_chromedriver();
        let mut browser = Browser {
            driver: WebDriver::new(port),
            session: String::new(),
            chromedriver,
            chromium: None,
            _profile: profile,
        };
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--autoplay-policy=no-user-gesture-required",
            "--window-size=800,680",
        ]
        .map(String::from)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", browser._profile.path().display()));
        let options = json!({"args": arguments});
        let capabilities =
            json!({"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}});
        let started = browser.driver.post("/session", &capabilities).expect("Chromium starts");
        browser.session = started["sessionId"].as_str().expect("a session").to_owned();
        browser.chromium = started["capabilities"]["goog:processID"].as_u64().map(|pid| pid as u32);
        let script = json!({"cmd": "Page.addScriptToEvaluateOnNewDocument", "params": {"source": PROBE}});
        browser.post("goog/cdp/execute", &script);
        browser
    }

    pub fn goto(&self, url: &str) {
        self.post("url", &json!({"url": url}));
    }

    pub fn reload(&self) {
        self.post("refresh", &json!({}));
    }

    /// Runs a script and hands back what it returns.
    pub fn eval(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Runs the body of an async function and hands back what it returns.
    pub fn eval_async(&self, body: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ {body} }})().then(done, (e) => done({{failed: String(e)}}));"
        );
        let value = self.post("execute/async", &json!({"script": script, "args": []}));
        assert!(value["failed"].is_null(), "the script failed: {}", value["failed"]);
        value
    }

    /// Presses a key, by the character it types or its WebDriver code.
    pub fn press(&self, key: &str) {
        self.post("actions", &key_actions(&[("keyDown", key)]));
    }

    pub fn release(&self, key: &str) {
        self.post("actions", &key_actions(&[("keyUp", key)]));
    }

    /// A screen of this size that is touched, as on a phone.
    pub fn emulate_phone(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": true});
        self.devtools("Emulation.setDeviceMetricsOverride", size);
        self.devtools("Emulation.setTouchEmulationEnabled", json!({"enabled": true, "maxTouchPoints": 5}));
        self.devtools("Emulation.setEmitTouchEventsForMouse", json!({"enabled": false}));
    }

    /// `touchStart`, `touchMove` or `touchEnd`, with the fingers that are on the glass then.
    pub fn touch(&self, kind: &str, fingers: &[(f64, f64)]) {
        let points: Vec<_> = fingers.iter().map(|(x, y)| json!({"x": x, "y": y})).collect();
        self.devtools("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points}));
    }

    fn devtools(&self, command: &str, params: Value) {
        self.post("goog/cdp/execute", &json!({"cmd": command, "params": params}));
    }

    /// A PNG of the tab, in a file for people.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let shot = self.driver.request("GET", &self.path("screenshot"), None).expect("a screenshot");
        let path = std::env::temp_dir().join(format!("{name}.png"));
        std::fs::write(&path, base64(shot.as_str().unwrap_or_default())).expect("the screenshot is written");
        path
    }

    /// Ends it as a crash would: nobody is told.
    pub fn kill(&mut self) {
        let pid = self.chromium.expect("chromedriver names Chromium's process");
        signal(pid, Signal::KILL);
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
        self.session.clear();
        // Whatever Chromium started ends when it notices.
        until("Chromium to end", LONG, || (!is_running(pid)).then_some(()));
    }

    fn path(&self, command: &str) -> String {
        format!("/session/{}/{command}", self.session)
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        self.driver.post(&self.path(command), body).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// A page of the game in some browser. What every browser can do with it is written once, for `dyn Tab`; each browser
/// lends it by `Deref`.
pub trait Tab {
    /// Runs a script and hands back what it returns.
    fn eval(&self, script: &str) -> Value;
    /// Runs the body of an async function and hands back what it returns.
    fn eval_async(&self, body: &str) -> Value;
    /// Presses a key, by the character it types or its WebDriver code.
    fn press(&self, key: &str);
    fn release(&self, key: &str);
}

impl Tab for Browser {
    fn eval(&self, script: &str) -> Value {
        Browser::eval(self, script)
    }

    fn eval_async(&self, body: &str) -> Value {
        Browser::eval_async(self, body)
    }

    fn press(&self, key: &str) {
        Browser::press(self, key);
    }

    fn release(&self, key: &str) {
        Browser::release(self, key);
    }
}

impl Deref for Browser {
    type Target = dyn Tab;

    fn deref(&self) -> &(dyn Tab + 'static) {
        self
    }
}

impl dyn Tab {
    /// Waits until the page plays and shows something.
    pub fn wait_for_picture(&self) {
        self.wait_for_state("playing");
        until("a picture", LONG, || {
            self.eval("return document.getElementById('stream').videoWidth > 0").as_bool().filter(|yes| *yes)
        });
    }

    /// What `<html data-...>` says.
    pub fn dataset(&self, name: &str) -> String {
        self.eval(&format!("return document.documentElement.dataset['{name}'] ?? ''"))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn state(&self) -> String {
        self.dataset("state")
    }

    pub fn wait_for_state(&self, state: &str) {
        self.wait_for_dataset("state", state);
    }

    pub fn wait_for_dataset(&self, name: &str, value: &str) {
        let mut last = String::new();
        let end = std::time::Instant::now() + LONG;
        while std::time::Instant::now() < end {
            last = self.dataset(name);
            if last == value {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "the page's {name} is `{last}`, not `{value}`; it says: {}",
            self.eval("return document.body.innerText")
        );
    }

    /// Every value that `data-NAME` has had since the page was opened.
    pub fn history(&self, name: &str) -> Vec<String> {
        strings(&self.eval(&format!("return probe.history('{name}')")))
    }

    /// Every frame decoded since the last call.
    pub fn sights(&self) -> Vec<Sight> {
        let frames = self.eval("return probe.takeFrames()");
        let frames = frames.as_array().cloned().unwrap_or_default();
        frames.iter().map(sight).collect()
    }

    /// Every frame decoded within `time` from now.
    pub fn watch(&self, time: Duration) -> Vec<Sight> {
        self.sights();
        std::thread::sleep(time);
        self.sights()
    }

    /// Every frame decoded from now until the game has gone on by so many of its own, however long that takes here.
    pub fn watch_frames(&self, count: u32) -> Vec<Sight> {
        let mut all = self.watch(Duration::ZERO);
        until(&format!("{count} frames"), LONG * 2, || {
            // Seldom, for looking costs the browser what it needs for frames.
            std::thread::sleep(Duration::from_millis(200));
            all.extend(self.sights());
            let mut frames = all.iter().filter_map(|sight| sight.blocks).map(|blocks| blocks.frame);
            let first = frames.next()?;
            frames.any(|frame| frame >= first + count).then_some(())
        });
        all
    }

    /// Waits for a frame that this says yes to; all frames up to then.
    pub fn watch_until(&self, what: &str, limit: Duration, fits: impl Fn(&blocks::Blocks) -> bool) -> Vec<Sight> {
        let mut all = Vec::new();
        until(what, limit, || {
            all.extend(self.sights());
            all.iter().any(|sight: &Sight| sight.blocks.as_ref().is_some_and(&fits)).then_some(())
        });
        all
    }

    /// The newest frame that could be read, of those from now on.
    pub fn newest(&self) -> blocks::Blocks {
        self.sights();
        until("a frame that can be read", LONG, || self.sights().iter().rev().find_map(|sight| sight.blocks))
    }

    /// Frames that the `<video>` element showed, by requestVideoFrameCallback, since the page was opened.
    pub fn frames_shown(&self) -> u64 {
        self.eval("return probe.shown()").as_u64().unwrap_or(0)
    }

    /// The entry of the peer connection's statistics for the incoming `video` or `audio`.
    pub fn inbound(&self, kind: &str) -> Value {
        self.eval_async(&format!("return await probe.inbound('{kind}')"))
    }

    /// Ways to the host that work: `protocol`, `address` and `port` of its end, `kinds` of candidate of the page's and of its end,
    /// and whether the media takes it (`chosen`).
    pub fn paths(&self) -> Vec<Value> {
        self.eval_async("return await probe.paths()").as_array().cloned().unwrap_or_default()
    }

    /// The loudest frequency of the page's sound in Hz, left and right, and how loud they are in dB.
    pub fn loudest(&self) -> [(f64, f64); 2] {
        let heard = self.eval_async("return await probe.listen()");
        [0, 1].map(|side| {
            let number = |index: usize| heard[side][index].as_f64().unwrap_or(f64::NAN);
            (number(0), number(1))
        })
    }

    /// An offer as the page would make it, with these video codecs alone (such as `VP8`); without any, as it comes.
    pub fn offer(&self, codecs: &[&str]) -> String {
        let codecs: Vec<String> = codecs.iter().map(|codec| format!("video/{codec}")).collect();
        let script = format!(
            "const only = {}; const pc = new RTCPeerConnection({{ bundlePolicy: 'max-bundle' }});
             const video = pc.addTransceiver('video', {{ direction: 'recvonly' }});
             const all = RTCRtpReceiver.getCapabilities('video').codecs;
             if (only.length > 0) video.setCodecPreferences(all.filter((it) => only.includes(it.mimeType)));
             pc.addTransceiver('audio', {{ direction: 'recvonly' }});
             pc.createDataChannel('control');
             return (await pc.createOffer()).sdp;",
            json!(codecs)
        );
        self.eval_async(&script).as_str().expect("an offer").to_owned()
    }

    /// Messages of this type that came on the control channel.
    pub fn heard(&self, kind: &str) -> Vec<Value> {
        self.eval(&format!("return probe.heard('{kind}')")).as_array().cloned().unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.driver.delete(&format!("/session/{}", self.session));
        }
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
        if let Some(pid) = self.chromium.filter(|&pid| is_running(pid)) {
            signal(pid, Signal::KILL);
        }
    }
}

/// Makes Chromium believe an authority, whose certificate is in DER, as its settings do. For the home that a test has of its own.
pub fn believe(certificate: &Path) {
    let store = Path::new(&std::env::var_os("HOME").expect("a home")).join(".pki/nssdb");
    std::fs::create_dir_all(&store).expect("a folder");
    let store = format!("sql:{}", store.display());
    super::network::run(&format!("certutil -N -d {store} --empty-password"));
    super::network::run(&format!("certutil -A -d {store} -n hotseat -t C,, -i {}", certificate.display()));
}

/// How often a port may be taken by another program before something else is wrong.
const PORT_TRIES: usize = 10;

fn start_chromedriver() -> (Child, u16) {
    let usual = PathBuf::from("/usr/bin/chromedriver");
    let path = if usual.is_file() { usual } else { "chromedriver".into() };
    let mut said = String::new();
    for _ in 0..PORT_TRIES {
        match try_chromedriver(&path) {
            Ok(running) => return running,
            // It lets the system choose a port for IPv6 and then wants the same one for IPv4, which another program may have.
            Err(words) if words.contains("port not available") => said = words,
            Err(words) => panic!("chromedriver ended before it named its port: {words}"),
        }
    }
    panic!("chromedriver found no free port {PORT_TRIES} times: {said}");
}

/// The driver and the port it listens on, or what it said before it ended.
fn try_chromedriver(path: &Path) -> Result<(Child, u16), String> {
    let mut child = Command::new(path)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{} does not start ({error}): install the package chromium-driver.", path.display())
        });
    let mut lines = BufReader::new(child.stdout.take().expect("its output"));
    let mut said = String::new();
    let port = loop {
        let mut line = String::new();
        if !lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            break None;
        }
        let port = line.rsplit_once("on port ").and_then(|(_, port)| port.trim().trim_end_matches('.').parse().ok());
        // It first says that it will choose, by port 0.
        if let Some(port) = port.filter(|&port: &u16| port != 0) {
            break Some(port);
        }
        said.push_str(&line);
    };
    if let Some(port) = port {
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        return Ok((child, port));
    }
    let _ = child.wait();
    Err(said)
}

/// `[at_ms, video width, video height, [[picture width, picture height, 128 luma values], ...]]`
fn sight(value: &Value) -> Sight {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let size = (number(&value[1]), number(&value[2]));
    let readings = value[3].as_array().cloned().unwrap_or_default();
    let mut picture = (0, 0);
    let mut found = None;
    for reading in &readings {
        picture = (number(&reading[0]), number(&reading[1]));
        let cells = reading[2].as_str().unwrap_or_default().as_bytes();
        // One cell is two pixels wide and high, the smallest picture there is.
        found = blocks::decode(blocks::MIN_WIDTH, blocks::MIN_HEIGHT, |x, y| {
            let cell = (y / 2 * blocks::COLUMNS + x / 2) as usize;
            if cells.get(cell) == Some(&b'1') { 255 } else { 0 }
        });
        if found.is_some() {
            break;
        }
    }
    Sight { at_ms: value[0].as_f64().unwrap_or(0.0), blocks: found, size, picture }
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().cloned().unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(super) fn base64(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    });
    let (mut bits, mut count, mut out) = (0u32, 0, Vec::new());
    for digit in digits {
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}
