//! The screen saver and the system's sleep, on a desktop of the test's own: a message bus and services that write down what they
//! are asked for.

use crate::common::host::{Setup, quiet_command, run_to_end};
use crate::common::{LONG, TempDir, signal, until};
use hotseat::tools::Viewer;
use rustix::process::Signal;
use serde_json::Value;
use std::io::{BufRead, BufReader, PipeReader, Read};
use std::os::fd::OwnedFd as SystemFd;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedFd, OwnedObjectPath, OwnedValue};

/// What the services were asked for, in order.
type Told = Arc<Mutex<Vec<String>>>;

fn note(told: &Told, what: impl Into<String>) {
    told.lock().expect("the list").push(what.into());
}

struct Saver(Told);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl Saver {
    fn inhibit(&self, name: &str, _reason: &str) -> u32 {
        note(&self.0, format!("screen: {name}"));
        7
    }

    #[zbus(name = "UnInhibit")]
    fn un_inhibit(&self, cookie: u32) {
        note(&self.0, format!("screen released: {cookie}"));
    }
}

struct Portal(Told);

#[zbus::interface(name = "org.freedesktop.portal.Inhibit")]
impl Portal {
    fn inhibit(
        &self,
        _window: &str,
        flags: u32,
        _options: std::collections::HashMap<String, OwnedValue>,
    ) -> OwnedObjectPath {
        note(&self.0, format!("portal: {flags}"));
        OwnedObjectPath::try_from(REQUEST).expect("a path")
    }
}

const REQUEST: &str = "/org/freedesktop/portal/desktop/request/1";

struct Request(Told);

#[zbus::interface(name = "org.freedesktop.portal.Request")]
impl Request {
    fn close(&self) {
        note(&self.0, "portal released");
    }
}

struct Login(Told);

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> OwnedFd {
        note(&self.0, format!("sleep: {what} {mode}"));
        let (mut reader, writer): (PipeReader, _) = std::io::pipe().expect("a pipe");
        let told = self.0.clone();
        std::thread::spawn(move || {
            let _ = reader.read(&mut [0]);
            note(&told, "sleep released");
        });
        OwnedFd::from(SystemFd::from(writer))
    }
}

/// What `hotseat doctor` says last.
fn doctor(bus: &str) -> String {
    let mut command = quiet_command(&TempDir::new());
    command.args(["doctor", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", bus).env("DBUS_SYSTEM_BUS_ADDRESS", bus);
    let found: Value = serde_json::from_slice(&run_to_end(command).stdout).expect("one object");
    let step = found["steps"].as_array().and_then(|steps| steps.last()).expect("steps");
    format!("{} {}", step["step"].as_str().unwrap_or_default(), step["state"].as_str().unwrap_or_default())
}

/// A message bus.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start(home: &TempDir) -> Bus {
        let address = format!("--address=unix:path={}", home.path().join("bus").display());
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address", &address])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon starts: install the package dbus");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().expect("its output")).read_line(&mut address).expect("its address");
        Bus { daemon, address: address.trim().to_owned() }
    }

    fn desktop(&self, told: &Told, portal: bool) -> Connection {
        let mut desktop = connection::Builder::address(self.address.as_str())
            .and_then(|it| it.serve_at("/org/freedesktop/login1", Login(told.clone())))
            .and_then(|it| it.name("org.freedesktop.login1"))
            .and_then(|it| it.serve_at("/org/freedesktop/ScreenSaver", Saver(told.clone())))
            .and_then(|it| it.name("org.freedesktop.ScreenSaver"))
            .expect("services");
        if portal {
            desktop = desktop
                .serve_at("/org/freedesktop/portal/desktop", Portal(told.clone()))
                .and_then(|it| it.serve_at(REQUEST, Request(told.clone())))
                .and_then(|it| it.name("org.freedesktop.portal.Desktop"))
                .expect("a portal");
        }
        desktop.build().expect("the bus takes them")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[test]
fn the_screen_saver_stays_away_while_a_guest_plays_and_comes_back_on_pause_crash_and_end() {
    let home = TempDir::new();
    let bus = Bus::start(&home);
    let told = Told::default();
    let desktop = bus.desktop(&told, false);
    let wait = |count: usize, last: &[&str]| {
        until("the desktop to be told", LONG, || (told.lock().expect("the list").len() >= count).then_some(()));
        let mut new = told.lock().expect("the list").split_off(count - last.len());
        new.sort();
        assert_eq!(new, last);
        told.lock().expect("the list").extend(new);
    };
    let (held, released) = (["screen: Hotseat", "sleep: idle:sleep block"], ["screen released: 7", "sleep released"]);
    let buses = |setup: Setup| {
        let address = bus.address.as_str();
        setup.variable("DBUS_SESSION_BUS_ADDRESS", address).variable("DBUS_SYSTEM_BUS_ADDRESS", address)
    };
    let mut host = buses(Setup::fixture()).start();
    host.stats();
    assert!(told.lock().expect("the list").is_empty(), "nobody plays yet");
    let guest = Viewer::join(&host.url()).expect("a guest");
    wait(2, &held);
    host.command(r#"{"command":"pause"}"#);
    wait(4, &released);
    host.command(r#"{"command":"resume"}"#);
    wait(6, &held);
    // Two that are recovered from are no end, the third waits for the host.
    let pid =
        |event: &Value| event["core_pid"].as_u64().and_then(|pid| u32::try_from(pid).ok()).expect("a core process");
    let mut core = pid(host.ready());
    loop {
        signal(core, Signal::KILL);
        if host.wait_for("core_died", LONG)["restarting"] == false {
            break;
        }
        core = pid(&host.wait_for("core_restarted", LONG));
    }
    wait(8, &released);
    host.command(r#"{"command":"restart"}"#);
    wait(10, &held);
    host.end_by(Signal::TERM);
    wait(12, &released);
    drop(guest);

    // The doctor tries it, for a moment.
    told.lock().expect("the list").clear();
    assert_eq!(doctor(&bus.address), "step.awake good");
    wait(4, &["screen released: 7", "sleep released"]);
    assert_eq!(doctor("unix:path=/nonexistent"), "step.awake limited");

    // Where there is a portal, it knows best.
    told.lock().expect("the list").clear();
    drop(desktop);
    let desktop = bus.desktop(&told, true);
    let mut host = buses(Setup::fixture()).start();
    let guest = Viewer::join(&host.url()).expect("a guest");
    wait(2, &["portal: 12", "sleep: idle:sleep block"]);
    host.end_by(Signal::TERM);
    wait(4, &["portal released", "sleep released"]);
    drop((guest, desktop));
}
