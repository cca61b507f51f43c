//! The host's handle on a core process: start it, speak to it, notice when it dies or hangs.

mod graphics;

pub use graphics::{GRAPHICS_SUBCOMMAND, Graphics, ask_graphics};

use crate::crash::Crash;
use crate::link::message::{self, FromCore, Load, ReceiveError, ToCore};
use crate::link::{Link, Status};
use crate::messages;
use crate::sync::{SpawnError, spawn};
use crate::text::IoCause;
use std::io::{self, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The hidden subcommand that makes this executable a core process.
pub const SUBCOMMAND: &str = "core-process";

/// Graphics drivers keep compiled shaders in the home folder, which is none of a core's business.
const NO_SHADER_CACHES: [(&str, &str); 3] =
    [("MESA_SHADER_CACHE_DISABLE", "true"), ("MESA_GLSL_CACHE_DISABLE", "true"), ("__GL_SHADER_DISK_CACHE", "0")];

/// How often the supervisor looks whether the core still answers.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Looks without a sign of life before the core counts as hung: 2 s. Looks are counted, not seconds, so that a machine
/// that stood still itself does not blame the core.
const STRIKES: u32 = 8;
/// The same while content is being loaded, which may take long: 60 s.
const LOADING_STRIKES: u32 = 240;
/// How long a core may take to put its things away.
const STOP_LIMIT: Duration = Duration::from_secs(3);

messages! {
    /// Why there is no core process.
    pub enum StartError in core_process {
        process => Process { cause: IoCause },
        thread => Thread { cause: SpawnError },
    }
}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> StartError {
        StartError::Process { cause: error.into() }
    }
}

impl From<SpawnError> for StartError {
    fn from(cause: SpawnError) -> StartError {
        StartError::Thread { cause }
    }
}

/// Where a core process and its supervisor report. Called on the supervisor's thread.
pub type Listener = Box<dyn Fn(Event) + Send>;

/// What a core process does.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Message(FromCore),
    /// It is gone without having been asked to go.
    Died(Crash),
    /// It ended as asked.
    Ended,
}

/// A running core process. Dropping it kills the process if it still runs.
pub struct Emulator {
    control: Mutex<UnixStream>,
    pid: u32,
    stopping: Arc<AtomicBool>,
    supervisor: Option<JoinHandle<()>>,
    child: Arc<Mutex<Child>>,
}

impl Emulator {
    /// Starts a core process on the memory of `link` and tells it what to run. Everything from then on comes as events.
    pub fn start(link: Arc<Link>, load: Load, listener: Listener) -> Result<Emulator, StartError> {
        link.clear_for_new_core();
        let (ours, theirs) = UnixStream::pair()?;
        // By way of /proc, so that it is this very program even after its file was replaced by an update.
        let child = Command::new("/proc/self/exe")
            .arg(SUBCOMMAND)
            .envs(NO_SHADER_CACHES)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let pid = child.id();
        let child = Arc::new(Mutex::new(child));
        let name = plain_name(&load);
        let greet = || {
            link.send_to(&ours)?;
            let mut control = ours.try_clone()?;
            // A core that does not read must not make the engine wait.
            control.set_write_timeout(Some(Duration::from_millis(200)))?;
            message::send(&mut control, &ToCore::Load(load))?;
            Ok(control)
        };
        let control: UnixStream = greet().inspect_err(|_: &io::Error| {
            kill(&child);
        })?;
        let stopping = Arc::new(AtomicBool::new(false));
        let mut supervisor = Supervisor {
            name,
            socket: ours,
            status: Status::new(link.clone()),
            link,
            child: child.clone(),
            stopping: stopping.clone(),
            listener,
            loading: true,
            strikes: 0,
            last_beat: 0,
        };
        let supervisor = spawn("core-watch", move || supervisor.run())?;
        Ok(Emulator { control: Mutex::new(control), pid, stopping, supervisor: Some(supervisor), child })
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Says something to the core process. A failure shows as its death.
    pub fn send(&self, message: &ToCore) {
        let mut control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = message::send(&mut *control, message);
    }

    /// Ends it in order, so that its saves are in the shared memory; by force if that takes too long.
    pub fn stop(mut self) {
        self.stopping.store(true, Ordering::Release);
        self.send(&ToCore::Stop);
        let limit = Instant::now() + STOP_LIMIT;
        while Instant::now() < limit && self.supervisor.as_ref().is_some_and(|thread| !thread.is_finished()) {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.end();
    }

    fn end(&mut self) {
        self.stopping.store(true, Ordering::Release);
        kill(&self.child);
        if let Some(supervisor) = self.supervisor.take() {
            let _ = supervisor.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.end();
    }
}

/// What people call the core until it has said its own name.
fn plain_name(load: &Load) -> String {
    let stem = load.core.file_stem().unwrap_or_default().to_string_lossy();
    stem.strip_prefix("lib").unwrap_or(&stem).trim_end_matches("_libretro").replace('_', " ")
}

fn kill(child: &Mutex<Child>) -> Option<ExitStatus> {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = child.kill();
    child.wait().ok()
}

struct Supervisor {
    name: String,
    socket: UnixStream,
    status: Status,
    link: Arc<Link>,
    child: Arc<Mutex<Child>>,
    stopping: Arc<AtomicBool>,
    listener: Listener,
    loading: bool,
    strikes: u32,
    last_beat: u64,
}

impl Supervisor {
    fn run(&mut self) {
        let end = self.watch();
        // The motors it started have no other end.
        self.link.clear_feedback();
        let event = if self.stopping.load(Ordering::Acquire) { Event::Ended } else { end };
        (self.listener)(event);
    }

    fn watch(&mut self) -> Event {
        let socket = match self.socket.try_clone() {
            Ok(socket) => socket,
            Err(error) => return self.unreadable(&error),
        };
        if let Err(error) = socket.set_read_timeout(Some(LOOK_EVERY)) {
            return self.unreadable(&error);
        }
        let mut from = BufReader::new(socket);
        let mut line = Vec::new();
        let mut last_look = Instant::now();
        let mut ended = false;
        loop {
            match message::receive::<FromCore>(&mut from, &mut line) {
                Ok(Some(message)) => {
                    let message = message.bounded();
                    match &message {
                        FromCore::Loaded(loaded) => {
                            self.loading = false;
                            self.strikes = 0;
                            self.name.clone_from(&loaded.name);
                        }
                        FromCore::LoadFailed(_) | FromCore::Ended(_) => ended = true,
                        _ => {}
                    }
                    (self.listener)(Event::Message(message));
                }
                Ok(None) => return self.after_the_end(ended),
                Err(ReceiveError::Io(error))
                    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                Err(_) if self.is_gone() => return self.after_the_end(ended),
                Err(ReceiveError::Io(error)) => {
                    kill(&self.child);
                    return self.unreadable(&error);
                }
                Err(ReceiveError::Message(cause)) => {
                    kill(&self.child);
                    return Event::Died(Crash::Nonsense { core: self.name.clone(), cause });
                }
            }
            if last_look.elapsed() >= LOOK_EVERY {
                last_look = Instant::now();
                if self.hangs() {
                    kill(&self.child);
                    return Event::Died(Crash::Hung { core: self.name.clone() });
                }
            }
        }
    }

    /// Whether the process has ended, without waiting for it.
    fn is_gone(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(child.try_wait(), Ok(None))
    }

    /// Counts a look without a sign of life. A paused core answers pings.
    fn hangs(&mut self) -> bool {
        if self.stopping.load(Ordering::Acquire) {
            // `stop` has a limit of its own.
            return false;
        }
        let beat = self.status.heartbeat();
        if beat != self.last_beat {
            self.last_beat = beat;
            self.strikes = 0;
            return false;
        }
        self.strikes += 1;
        if self.strikes == 2 {
            let _ = message::send(&mut &self.socket, &ToCore::Ping);
        }
        self.strikes >= if self.loading { LOADING_STRIKES } else { STRIKES }
    }

    /// The socket is closed: the process is gone, or about to be.
    fn after_the_end(&self, ended: bool) -> Event {
        let limit = Instant::now() + STOP_LIMIT;
        while !self.is_gone() && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
        let status = kill(&self.child);
        if ended {
            return Event::Ended;
        }
        Event::Died(Crash::from_status(self.name.clone(), status))
    }

    fn unreadable(&self, error: &io::Error) -> Event {
        Event::Died(Crash::Unreadable { core: self.name.clone(), cause: error.into() })
    }
}
