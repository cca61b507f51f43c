//! A host without a window, spoken to as its documentation says: events on its output, commands on its input.

use super::{LONG, TempDir, built_core, program, signal};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the reading threads have gathered.
#[derive(Default)]
struct Heard {
    lines: Vec<String>,
    events: Vec<Value>,
    stderr: String,
    ended: bool,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Heard>,
    more: Condvar,
}

/// A running host. Dropping it ends it.
pub struct Host {
    child: Child,
    stdin: Option<ChildStdin>,
    shared: Arc<Shared>,
    /// By event name: how many of them `wait_for` has handed out.
    taken: HashMap<String, usize>,
    home: Arc<TempDir>,
    ready: Value,
}

/// How to start one.
pub struct Setup {
    arguments: Vec<OsString>,
    home: Arc<TempDir>,
    http: String,
    udp: String,
    variables: Vec<(String, OsString)>,
    wrapper: Vec<String>,
}

impl Setup {
    /// With this core and no content.
    pub fn core(core: &Path) -> Setup {
        Setup {
            arguments: vec!["--core".into(), core.into()],
            home: Arc::new(TempDir::new()),
            http: "127.0.0.1:0".into(),
            udp: "127.0.0.1:0".into(),
            variables: Vec::new(),
            wrapper: Vec::new(),
        }
    }

    /// Nothing chosen: the game that comes with the program.
    pub fn demo() -> Setup {
        Setup { arguments: Vec::new(), ..Setup::core(Path::new("")) }
    }

    /// The core that tests are made for.
    pub fn fixture() -> Setup {
        Setup::core(&built_core("fixture"))
    }

    pub fn option(mut self, key: &str, value: &str) -> Setup {
        self.arguments.extend(["--option".into(), format!("{key}={value}").into()]);
        self
    }

    /// Stream in this format only.
    pub fn codec(mut self, name: &str) -> Setup {
        self.arguments.extend(["--codec".into(), name.into()]);
        self
    }

    /// With one more argument.
    pub fn argument(mut self, argument: &str) -> Setup {
        self.arguments.push(argument.into());
        self
    }

    pub fn content(mut self, path: &Path) -> Setup {
        self.arguments.push(path.into());
        self
    }

    /// With the data of an earlier host.
    pub fn home(mut self, home: Arc<TempDir>) -> Setup {
        self.home = home;
        self
    }

    pub fn http(mut self, address: &str) -> Setup {
        self.http = address.into();
        self
    }

    pub fn udp(mut self, address: &str) -> Setup {
        self.udp = address.into();
        self
    }

    /// With this in its environment.
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Setup {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// In mounts of its own, after this shell command has changed them.
    pub fn after_mounting(self, command: &str) -> Setup {
        let script = format!("{command} && exec \"$0\" \"$@\"");
        self.within(&["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", &script])
    }

    /// Started by this command, which gets the program and its arguments behind its own.
    pub fn within(mut self, wrapper: &[&str]) -> Setup {
        self.wrapper = wrapper.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    fn command(&self) -> Command {
        let mut command = quiet_command(&self.home);
        if let [first, rest @ ..] = &self.wrapper[..] {
            command = environment_of(&command, Command::new(first));
            command.args(rest).arg(program());
        }
        // The screen saver of whoever runs the tests is theirs.
        for bus in ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"] {
            command.env(bus, "unix:path=/nonexistent");
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.arg("host").arg("--json").args(["--http", &self.http, "--udp", &self.udp]).args(&self.arguments);
        command
    }

    /// Starts it and waits until its game runs.
    pub fn start(self) -> Host {
        let mut child = self
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own, so that a test can do what a terminal does on Ctrl-C.
            .process_group(0)
            .spawn()
            .expect("the program starts");
        let shared = Arc::new(Shared::default());
        let stdin = child.stdin.take();
        if let Some(out) = child.stdout.take() {
            let shared = shared.clone();
            std::thread::spawn(move || read_events(out, &shared));
        }
        if let Some(err) = child.stderr.take() {
            let shared = shared.clone();
            std::thread::spawn(move || read_errors(err, &shared));
        }
        let mut host = Host { child, stdin, shared, taken: HashMap::new(), home: self.home, ready: Value::Null };
        host.ready = host.wait_for("ready", LONG);
        host
    }

    /// Runs it to its end, for hosts that are not expected to start.
    pub fn run_to_end(self) -> Output {
        run_to_end(self.command())
    }
}

/// A command whose data lies in `home` and nowhere else, and which asks nobody beyond this machine for anything.
pub fn quiet_command(home: &TempDir) -> Command {
    let folder = home.path().join("config/hotseat");
    let settings = folder.join("settings.toml");
    if !settings.exists() {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&settings, "internet = false\n").expect("a file");
    }
    let mut command = Command::new(program());
    command
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_CACHE_HOME", home.path().join("cache"))
        .env("RUST_BACKTRACE", "0")
        .env("HOTSEAT_LANG", "en")
        .env_remove("HOTSEAT_LOG");
    command
}

/// Another command in the same environment.
fn environment_of(from: &Command, mut to: Command) -> Command {
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
    to
}

/// Runs a command that should end by itself, and ends it if it does not.
pub fn run_to_end(mut command: Command) -> Output {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let stdout = child.stdout.take().map(|out| std::thread::spawn(move || read_all(out)));
    let stderr = child.stderr.take().map(|err| std::thread::spawn(move || read_all(err)));
    let status = wait(&mut child, LONG);
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let [stdout, stderr] = [stdout, stderr].map(|it| it.and_then(|it| it.join().ok()).unwrap_or_default());
    let status = status.unwrap_or_else(|| {
        panic!(
            "the program did not end by itself; it said:\n{}{}",
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        )
    });
    Output { status, stdout, stderr }
}

fn read_all(mut from: impl Read) -> Vec<u8> {
    let mut data = Vec::new();
    let _ = from.read_to_end(&mut data);
    data
}

fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + limit;
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn read_events(out: impl Read, shared: &Shared) {
    for line in BufReader::new(out).lines() {
        let Ok(line) = line else { break };
        let mut heard = shared.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.events.push(serde_json::from_str(&line).unwrap_or(Value::Null));
        heard.lines.push(line);
        shared.more.notify_all();
    }
    shared.heard.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
    shared.more.notify_all();
}

fn read_errors(err: impl Read, shared: &Shared) {
    for line in BufReader::new(err).lines() {
        let Ok(line) = line else { break };
        let mut heard = shared.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.stderr.push_str(&line);
        heard.stderr.push('\n');
    }
}

impl Host {
    /// The core that tests are made for, with these options.
    pub fn fixture(options: &[(&str, &str)]) -> Host {
        options.iter().fold(Setup::fixture(), |setup, (key, value)| setup.option(key, value)).start()
    }

    /// The first event.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// The link to hand out.
    pub fn url(&self) -> String {
        self.ready["url"].as_str().expect("ready has a url").to_owned()
    }

    /// The link of a guest with a name.
    pub fn url_for(&self, name: &str) -> String {
        self.url().replacen("/#", &format!("/?name={name}#"), 1)
    }

    /// `127.0.0.1:PORT` of the page.
    pub fn address(&self) -> String {
        let url = self.url();
        url.trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned()
    }

    /// What stands behind the `#`.
    pub fn secret(&self) -> String {
        self.url().split_once('#').map(|(_, secret)| secret.to_owned()).expect("the url has a secret")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it keeps its files; lives as long as whoever holds it.
    pub fn home(&self) -> Arc<TempDir> {
        self.home.clone()
    }

    /// The one file below its home whose name ends like this.
    pub fn file_ending(&self, ending: &str) -> Option<PathBuf> {
        self.home.files().into_iter().find(|path| path.to_string_lossy().ends_with(ending))
    }

    /// The next event of this name that was not handed out before.
    pub fn wait_for(&mut self, event: &str, limit: Duration) -> Value {
        let before = self.taken.get(event).copied().unwrap_or(0);
        let found = self.wait_until(event, limit, |events| {
            events.iter().filter(|value| value["event"] == event).nth(before).cloned()
        });
        self.taken.insert(event.to_owned(), before + 1);
        found
    }

    /// The next statistics that this says yes to, of those from now on.
    pub fn stats_when(&self, what: &str, limit: Duration, fits: impl Fn(&Value) -> bool) -> Value {
        let from = self.events().len();
        self.wait_until(what, limit, |events| {
            events.iter().skip(from).find(|value| value["event"] == "stats" && fits(value)).cloned()
        })
    }

    /// The next statistics.
    pub fn stats(&self) -> Value {
        self.stats_when("stats", LONG, |_| true)
    }

    /// Everything so far.
    pub fn events(&self) -> Vec<Value> {
        self.lock().events.clone()
    }

    /// Everything of this name so far.
    pub fn events_named(&self, event: &str) -> Vec<Value> {
        self.events().into_iter().filter(|value| value["event"] == event).collect()
    }

    /// The lines as they came.
    pub fn lines(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    pub fn stderr(&self) -> String {
        self.lock().stderr.clone()
    }

    /// Writes one line to its input.
    pub fn command(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("its input is open");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).expect("the host reads commands");
    }

    /// Ends its input.
    pub fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Waits for its end, after it was asked to end.
    pub fn wait_for_end(&mut self, limit: Duration) -> ExitStatus {
        wait(&mut self.child, limit).unwrap_or_else(|| panic!("the host did not end; {}", self.said()))
    }

    /// Sends it a signal and waits for its end.
    pub fn end_by(&mut self, by: Signal) -> ExitStatus {
        signal(self.pid(), by);
        self.wait_for_end(LONG)
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Fails unless it still runs.
    pub fn assert_alive(&mut self) {
        let ended = self.child.try_wait().ok().flatten();
        assert!(ended.is_none(), "the host ended with {ended:?}; {}", self.said());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.shared.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until(&self, what: &str, limit: Duration, find: impl Fn(&[Value]) -> Option<Value>) -> Value {
        let end = Instant::now() + limit;
        let mut heard = self.lock();
        loop {
            if let Some(found) = find(&heard.events) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || heard.ended {
                let why = if heard.ended { "the host ended" } else { "the time is up" };
                drop(heard);
                panic!("no event `{what}`: {why}; {}", self.said());
            }
            heard = self.shared.more.wait_timeout(heard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// What it said, for messages.
    fn said(&self) -> String {
        let heard = self.lock();
        let tail = heard.lines.iter().rev().take(12).rev().map(String::as_str).collect::<Vec<_>>().join("\n");
        format!("its last events were\n{tail}\nand its errors\n{}", heard.stderr)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("The host: {}", self.said());
        }
    }
}
