//! What the tests share: a host to start, a browser to drive, and small helpers around them.
//!
//! Nothing here asserts how long something took. Waits have generous limits, because the machine may be busy.

#![allow(dead_code, unused_imports)]

pub mod browser;
pub mod content;
pub mod firefox;
pub mod guest;
pub mod host;
pub mod modes;
pub mod network;
pub mod power;
pub mod small_roms;
pub mod stalls;
pub mod webdriver;

pub use browser::{Browser, Sight};
pub use host::Host;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Long enough for anything that is going to happen at all.
pub const LONG: Duration = Duration::from_secs(60);

/// Bits of a pad, as libretro numbers them.
pub mod button {
    pub const B: u16 = 1 << 0;
    pub const START: u16 = 1 << 3;
    pub const UP: u16 = 1 << 4;
    pub const LEFT: u16 = 1 << 6;
    pub const A: u16 = 1 << 8;
}

/// Held by tests that need the machine to themselves: a browser and a host fill two cores.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The program under test.
pub fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_hotseat").into()
}

/// One of the cores built beside the program: `fixture` or `arena`.
pub fn built_core(name: &str) -> PathBuf {
    let path = program().with_file_name(format!("lib{name}_libretro.so"));
    assert!(path.is_file(), "{} is missing: build it first with `cargo build --release --workspace`.", path.display());
    path
}

/// A core that the system's packages installed, such as `nestopia`.
pub fn installed_core(name: &str) -> PathBuf {
    let file = format!("{name}_libretro.so");
    let package = name.replace("mednafen", "beetle").replace('_', "-");
    let folders = std::fs::read_dir("/usr/lib").expect("/usr/lib can be listed");
    let found = folders.flatten().map(|entry| entry.path().join("libretro").join(&file)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{file} is not installed: install the package libretro-{package}."))
}

/// A port for a server that cannot choose one by itself: below those that the system gives out, so that nobody is given it until the
/// server has it, and another one with each call.
pub fn free_port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_mul(61).wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + (number % 12_000) as u16;
        if std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A folder of its own for one test, removed with everything in it.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new() -> TempDir {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("hotseat-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        TempDir(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it.
    pub fn file(&self, name: &str, data: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, data).expect("a file for the test");
        path
    }

    /// Every file in it, at any depth.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // A browser that is just ending may still write into its profile.
        for _ in 0..20 {
            if std::fs::remove_dir_all(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Looks again and again until there is something, or fails with what was waited for.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Lets the world go on for a while.
pub fn pass(time: Duration) {
    std::thread::sleep(time);
}

/// Whether a process with this number exists.
pub fn is_running(pid: u32) -> bool {
    // A process that ended and was not waited for still has its folder; its state says so.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Sends a signal to one process; one that has just ended needs none.
pub fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).expect("a process number");
    let _ = rustix::process::kill_process(pid, signal);
}
