//! The host's handle on a core process: start it, speak to it, notice when it dies or hangs.

mod graphics;
mod memory;
mod subsystems;

pub use graphics::{GRAPHICS_SUBCOMMAND, Graphics, ask_graphics};
pub use subsystems::{AskError, ask_subsystems};

use crate::crash::{self, Crash, Report};
use crate::link::message::{self, Bounds, FromCore, Load, ReceiveError, Received, ToCore};
use crate::link::{Link, Status};
use crate::messages;
use crate::sandbox::{self, Held, News, Order, Refusal, TempDir};
use crate::sync::{SpawnError, spawn};
use crate::text::IoCause;
use rustix::process::{Pid, Signal};
use std::io::{self, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
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
/// How often it looks how much memory the core uses: what a program can fill in that time, most machines have to spare.
const MEMORY_EVERY: Duration = Duration::from_millis(50);
/// Looks without a sign of life before the core counts as hung: 2 s. Looks are counted, not seconds, so that a machine
/// that stood still itself does not blame the core.
const STRIKES: u32 = 8;
/// The same while content is being loaded, which may take long: 60 s.
const LOADING_STRIKES: u32 = 240;
/// How long a core that hangs may take to note where it is.
const NOTING: Duration = Duration::from_millis(300);
/// How long a core may take to put its things away.
const STOP_LIMIT: Duration = Duration::from_secs(3);
/// How long it may take to listen to what it may do, which is the first thing that it does.
const SIDE_LIMIT: Duration = Duration::from_secs(5);

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

/// Where a core process and its supervisor report. Called on threads of its own.
pub type Listener = Box<dyn Fn(Event) + Send + Sync>;

/// What a core process does.
// Most are messages, and each is handed on at once.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Message(FromCore),
    /// It is gone without having been asked to go.
    Died {
        crash: Crash,
        /// The file with what is known of it, if one was written.
        report: Option<PathBuf>,
    },
    /// It ended as asked.
    Ended,
    /// It restricted itself, as far as the system can do that. Comes before it is loaded, if at all.
    Held(Held),
    /// It wanted what it may not do.
    Refused(Refusal),
}

/// A running core process. Dropping it kills the process if it still runs.
pub struct Emulator {
    control: Mutex<UnixStream>,
    pid: u32,
    stopping: Arc<AtomicBool>,
    supervisor: Option<JoinHandle<()>>,
    /// Hears what it is refused.
    watch: Option<JoinHandle<()>>,
    /// Passes on what it prints.
    words: Option<JoinHandle<()>>,
    child: Arc<Mutex<Child>>,
    /// Gone with it.
    _temp: TempDir,
}

impl Emulator {
    /// Starts a core process on the memory of `link` and tells it what to run. Everything from then on comes as events.
    pub fn start(link: Arc<Link>, load: Load, listener: Listener) -> Result<Emulator, StartError> {
        link.clear_for_new_core();
        let load = load.with_absolute_paths();
        let listener: Arc<dyn Fn(Event) + Send + Sync> = listener.into();
        let (ours, theirs) = UnixStream::pair()?;
        let (side, their_side) = UnixStream::pair()?;
        let temp = TempDir::create()?;
        let policy = load.bounds.confined.then(|| sandbox::prepare(&load, &temp));
        // By way of /proc, so that it is this very program even after its file was replaced by an update.
        let mut command = Command::new("/proc/self/exe");
        if policy.is_some() {
            // Keys and names of the person's other programs are none of a core's business.
            command.env_clear().envs(sandbox::variables(temp.path()));
        }
        let mut child = command
            .arg(SUBCOMMAND)
            .envs(NO_SHADER_CACHES)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(OwnedFd::from(their_side)))
            // Not ours itself: whoever has a terminal's file can read it, too.
            .stderr(if policy.is_some() { Stdio::piped() } else { Stdio::inherit() })
            .spawn()?;
        // The command holds the core's ends until then: their closing is how its end is seen.
        drop(command);
        let pid = child.id();
        let words = child.stderr.take();
        // From here on it is ended whatever fails.
        let mut emulator = Emulator {
            control: Mutex::new(ours.try_clone()?),
            pid,
            stopping: Arc::new(AtomicBool::new(false)),
            supervisor: None,
            watch: None,
            words: None,
            child: Arc::new(Mutex::new(child)),
            _temp: temp,
        };
        if let Some(mut words) = words {
            emulator.words = Some(spawn("core-words", move || {
                if io::copy(&mut words, &mut io::stderr()).is_err() {
                    // Nobody reads ours any more; what the core writes must find its way all the same.
                    let _ = io::copy(&mut words, &mut io::sink());
                }
            })?);
        }
        let name = plain_name(&load);
        let task = Task {
            core: load.core.clone(),
            content: load.content.clone(),
            bounds: load.bounds.clone(),
            rewind_mb: load.rewind_mb.into(),
        };
        link.send_to(&ours)?;
        // A core that does not read must not make the engine wait.
        ours.set_write_timeout(Some(Duration::from_millis(200)))?;
        message::send(&mut &ours, &ToCore::Load(load))?;
        side.set_write_timeout(Some(SIDE_LIMIT))?;
        Order { policy: policy.clone() }.send(&side)?;
        let held = Arc::new(Mutex::new(Held::default()));
        if let Some(policy) = policy {
            let (tell, held, name) = (listener.clone(), held.clone(), name.clone());
            let stopping = emulator.stopping.clone();
            let watch = sandbox::watch(side, pid, policy, move |news| {
                let event = match news {
                    News::Held(now) => {
                        *held.lock().unwrap_or_else(PoisonError::into_inner) = now;
                        if let Some(lacks) = now.shortcoming() {
                            tracing::warn!("{name} is not kept from everything that it should be: {lacks}");
                        }
                        Event::Held(now)
                    }
                    News::Refused(refusal) => {
                        tracing::warn!("{name} {refusal}, by {}: refused", refusal.call());
                        Event::Refused(refusal)
                    }
                };
                if !stopping.load(Ordering::Acquire) {
                    tell(event);
                }
            });
            emulator.watch = Some(watch?);
        }
        let mut supervisor = Supervisor {
            name,
            version: String::new(),
            pid,
            task,
            held,
            socket: ours,
            status: Status::new(link.clone()),
            link,
            child: emulator.child.clone(),
            stopping: emulator.stopping.clone(),
            listener,
            loading: true,
            strikes: 0,
            last_beat: 0,
        };
        emulator.supervisor = Some(spawn("core-watch", move || supervisor.run())?);
        Ok(emulator)
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
        // They end with the process, and hold nothing that anybody waits for: a drive that does not answer may hold them.
        let limit = Instant::now() + STOP_LIMIT;
        for thread in [self.watch.take(), self.words.take()].into_iter().flatten() {
            while !thread.is_finished() && Instant::now() < limit {
                std::thread::sleep(Duration::from_millis(1));
            }
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

/// Ends a process and waits for its end, though not for ever: one that hangs in a driver stays until that lets it go.
fn kill(child: &Mutex<Child>) -> Option<ExitStatus> {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = child.kill();
    let limit = Instant::now() + STOP_LIMIT;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < limit => std::thread::sleep(Duration::from_millis(1)),
            Ok(None) | Err(_) => return None,
        }
    }
}

/// How a core process ended.
enum End {
    Crash(Crash),
    AsAsked,
}

/// What a core process was started for.
struct Task {
    core: PathBuf,
    content: Option<PathBuf>,
    bounds: Bounds,
    /// What is remembered to go back to is not the core's own.
    rewind_mb: u64,
}

struct Supervisor {
    name: String,
    /// With the version, once it has said it.
    version: String,
    pid: u32,
    task: Task,
    held: Arc<Mutex<Held>>,
    socket: UnixStream,
    status: Status,
    link: Arc<Link>,
    child: Arc<Mutex<Child>>,
    stopping: Arc<AtomicBool>,
    listener: Arc<dyn Fn(Event) + Send + Sync>,
    loading: bool,
    strikes: u32,
    last_beat: u64,
}

impl Supervisor {
    fn run(&mut self) {
        let end = self.watch();
        // The motors it started have no other end.
        self.link.clear_feedback();
        let event = match end {
            End::Crash(crash) if !self.stopping.load(Ordering::Acquire) => {
                let report = self.report(crash.clone());
                Event::Died { crash, report }
            }
            End::Crash(_) | End::AsAsked => Event::Ended,
        };
        (self.listener)(event);
    }

    fn watch(&mut self) -> End {
        let socket = match self.socket.try_clone() {
            Ok(socket) => socket,
            Err(error) => return self.unreadable(&error),
        };
        if let Err(error) = socket.set_read_timeout(Some(MEMORY_EVERY)) {
            return self.unreadable(&error);
        }
        let mut from = BufReader::new(socket);
        let mut line = Vec::new();
        let mut last_look = Instant::now();
        let mut last_memory = last_look;
        let mut ended = false;
        loop {
            match message::receive_some::<FromCore>(&mut from, &mut line) {
                Ok(Received::Part) => {}
                Ok(Received::Message(message)) => {
                    let message = message.bounded();
                    match &message {
                        FromCore::Loaded(loaded) => {
                            self.loading = false;
                            self.strikes = 0;
                            self.name.clone_from(&loaded.name);
                            self.version = format!("{} {}", loaded.name, loaded.version);
                        }
                        FromCore::LoadFailed(_) | FromCore::Ended(_) => ended = true,
                        _ => {}
                    }
                    // Whoever waits for its end wants to hear nothing else, and does not listen meanwhile.
                    if !self.stopping.load(Ordering::Acquire) {
                        (self.listener)(Event::Message(message));
                    }
                }
                Ok(Received::End) => return self.after_the_end(ended),
                Err(ReceiveError::Io(error))
                    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                Err(_) if self.is_gone() => return self.after_the_end(ended),
                // Closed with something in it that the core process had not read: it ends, and how, its status says.
                Err(ReceiveError::Io(error)) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return self.after_the_end(ended);
                }
                Err(ReceiveError::Io(error)) => {
                    kill(&self.child);
                    return self.unreadable(&error);
                }
                Err(ReceiveError::Message(cause)) => {
                    kill(&self.child);
                    return End::Crash(Crash::Nonsense { core: self.name.clone(), cause });
                }
            }
            if last_memory.elapsed() >= MEMORY_EVERY {
                last_memory = Instant::now();
                if self.uses_too_much() {
                    kill(&self.child);
                    return End::Crash(Crash::TooMuchMemory {
                        core: self.name.clone(),
                        megabytes: self.task.bounds.memory_mb,
                    });
                }
            }
            if last_look.elapsed() >= LOOK_EVERY {
                last_look = Instant::now();
                if self.hangs() {
                    self.ask_where_it_is();
                    kill(&self.child);
                    return End::Crash(Crash::Hung { core: self.name.clone() });
                }
            }
        }
    }

    /// Whether the process has ended, without waiting for it.
    fn is_gone(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(child.try_wait(), Ok(None))
    }

    fn uses_too_much(&self) -> bool {
        let most = self.task.bounds.memory_mb;
        most > 0
            && memory::used_mb(self.pid, self.link.resident_bytes())
                .is_some_and(|used| used > most + self.task.rewind_mb)
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
    fn after_the_end(&self, ended: bool) -> End {
        let limit = Instant::now() + STOP_LIMIT;
        while !self.is_gone() && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
        let status = kill(&self.child);
        if ended {
            return End::AsAsked;
        }
        // The handler that notes where it fell is ended by an alarm if it does not come to its end.
        let alarm = status.is_some_and(|status| status.signal() == Some(libc::SIGALRM));
        let fell = self.link.last_words().fall.filter(|_| alarm);
        End::Crash(match fell {
            Some(fall) => Crash::from_signal(self.name.clone(), fall.signal),
            None => Crash::from_status(self.name.clone(), status),
        })
    }

    /// Writes what is known of a crash; none if nobody wants it, or it cannot be written.
    fn report(&self, crash: Crash) -> Option<PathBuf> {
        let folder = self.task.bounds.reports.as_deref()?;
        let now = jiff::ZonedDateTime::now();
        let held = *self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let report = Report {
            time: now.strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
            crash,
            version: self.version.clone(),
            core: self.task.core.clone(),
            content: self.task.content.clone(),
            held: match (self.task.bounds.confined, held) {
                (false, _) => "off: the person lets this core do everything".into(),
                (true, held) => {
                    format!("Landlock {}, seccomp {}", held.landlock, if held.seccomp { "on" } else { "off" })
                }
            },
            last_words: self.link.last_words(),
            call_name: crate::libretro::call_name,
        };
        let written = crash::keep(folder, &now.strftime("%Y-%m-%d %H.%M.%S").to_string(), report);
        written.inspect_err(|error| tracing::warn!("{}: {error}", folder.display())).ok()
    }

    /// Has a core that hangs note where it is, by the signal of a program that gives up. It has a moment for that.
    fn ask_where_it_is(&self) {
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, Signal::ABORT);
            let limit = Instant::now() + NOTING;
            while !self.is_gone() && Instant::now() < limit {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    fn unreadable(&self, error: &io::Error) -> End {
        End::Crash(Crash::Unreadable { core: self.name.clone(), cause: error.into() })
    }
}
