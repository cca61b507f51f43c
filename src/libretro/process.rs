//! The core process from its first line to its last.

use super::callbacks::{self, Front};
use super::content::{self, Prepared, Wanted};
use super::core::Core;
use super::environment::{Environment, NoHardware};
use super::hw;
use super::options::Options;
use super::runner::Runner;
use super::sys;
use crate::link::Link;
use crate::link::message::{self, FromCore, Load, LoadError, Loaded, Report, ToCore};
use crate::link::state::Memory;
use crate::link::subsystem::{self, SubsystemGame};
use crate::sandbox::{self, Order};
use crate::sync::{SpawnError, spawn};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

/// Messages that may wait on either side. Full, the runner drops what it has to say, and the host's requests wait in the
/// socket.
const QUEUE: usize = 256;

/// Why this process ends before it has run a core; for the log, since the host sees no more than an end.
#[derive(Debug, thiserror::Error)]
enum ProcessError {
    #[error("the socket to the host: {0}")]
    Socket(#[from] io::Error),
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    #[error("the host did not say what to run")]
    NothingToRun,
    #[error("the host did not say what may be done")]
    NoOrder,
}

/// Runs as the core process. Standard input is the socket that leads to the host process.
pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hotseat core process: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), ProcessError> {
    sandbox::close_what_was_left_open();
    sys::die_of_crashes();
    sys::leave_ending_to_the_host();
    // Writing half a gigabyte of shared memory to a core dump would take longer than starting the game again.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).map_err(io::Error::from)?;
    let socket = UnixStream::from(socket);
    // Standard output leads to the host too, beside the messages: what this process may do, and what it was refused.
    let side = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3).map_err(io::Error::from)?;
    let side = UnixStream::from(side);
    // Cores print; their words must end up neither in the socket nor in the host's JSON.
    let null = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null).map_err(io::Error::from)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr()).map_err(io::Error::from)?;

    let link = Link::receive_from(&socket)?;
    super::fall::note_falls(&link);
    let mut from = BufReader::new(socket.try_clone()?);
    let mut line = Vec::new();
    let Ok(Some(ToCore::Load(load))) = message::receive(&mut from, &mut line) else {
        return Err(ProcessError::NothingToRun);
    };
    // Where the machine has no memory left all the same, this process is the one to end, not the host.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    // Before the core is opened, and before there is a thread that would not be held.
    match Order::receive(&side) {
        Some(Order { policy: Some(policy) }) => sandbox::confine(&policy, &side),
        Some(Order { policy: None }) => {}
        // Without a word of the host nothing is let do everything.
        None => return Err(ProcessError::NoOrder),
    }
    let (out, outbox) = sync_channel(QUEUE);
    let mut writer = socket.try_clone()?;
    let sender = spawn("core-out", move || {
        for message in outbox {
            if message::send(&mut writer, &message).is_err() {
                break;
            }
        }
    })?;
    let (inbox_sender, inbox) = sync_channel(QUEUE);
    spawn("core-in", move || listen(from, &inbox_sender))?;

    match start(&load, &link, &out) {
        Ok(None) => {
            let _ = out.send(FromCore::Ended(Report::default()));
        }
        Ok(Some((core, loaded))) => {
            let _ = out.send(FromCore::Loaded(loaded));
            let report = Runner::new(core, link, load.pace, load.rewind_mb, out.clone()).run(&inbox);
            let _ = out.send(FromCore::Ended(report));
        }
        Err(error) => {
            let _ = out.send(FromCore::LoadFailed(error));
        }
    }
    // All senders must be gone for the last words to be written before the process ends; the front end holds one.
    callbacks::remove();
    drop(out);
    let _ = sender.join();
    Ok(())
}

/// Hands the host's requests to the runner. Ends the process when the host is gone, even if the core hangs.
fn listen(mut from: BufReader<UnixStream>, inbox: &SyncSender<ToCore>) {
    let mut line = Vec::new();
    while let Ok(Some(message)) = message::receive(&mut from, &mut line) {
        let mut message = message;
        loop {
            match inbox.try_send(message) {
                Ok(()) => break,
                Err(TrySendError::Disconnected(_)) => return,
                // A core that hangs takes none, and the host may be gone by now.
                Err(TrySendError::Full(_)) if is_gone(from.get_ref()) => sys::end_now(),
                Err(TrySendError::Full(back)) => message = back,
            }
        }
    }
    // What else runs at a program's end would run beside the core, or wait for it.
    sys::end_now();
}

/// Whether nobody is at the other end any more, whatever is still to be read. Waits a little for that.
fn is_gone(socket: &UnixStream) -> bool {
    const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
    let mut looked = [PollFd::new(socket, PollFlags::empty())];
    matches!(poll(&mut looked, Some(&WAIT)), Ok(1..)) && looked[0].revents().contains(PollFlags::HUP)
}

/// None where the core was only asked what it has.
fn start(load: &Load, link: &Arc<Link>, out: &SyncSender<FromCore>) -> Result<Option<(Core, Loaded)>, LoadError> {
    let environment = Environment::new(
        &load.core,
        &load.system_dir,
        &load.save_dir,
        Options::new(load.options.iter().cloned()),
        load.language,
        out.clone(),
    );
    callbacks::install(Front::new(environment, link));
    let mut core = Core::open(&load.core)?;
    let info = core.system_info();
    callbacks::with(|front| front.environment.set_core_name(&info.name));
    let subsystems = callbacks::with(|front| front.environment.subsystems.clone());
    if !subsystems.is_empty() {
        let _ = out.send(FromCore::Subsystems(subsystems));
    }
    if load.only_asked {
        core.close();
        return Ok(None);
    }
    let taken = match (&load.several, &load.content) {
        (Some(game), _) => load_subsystem(&mut core, &info.name, game, load, (link, out))?,
        (None, Some(path)) => {
            let extensions = info.extensions.split('|').map(|it| it.trim().to_lowercase()).collect();
            let wanted = Wanted { extensions, block_extract: info.block_extract };
            let prepared = prepare(path, &wanted, info.need_fullpath, &load.temp_dir, (link, out))?;
            core.load_game(Some(prepared))
        }
        (None, None) if callbacks::with(|front| front.environment.supports_no_game) => core.load_game(None),
        (None, None) => {
            return Err(LoadError::NeedsContent { core: info.name, extensions: info.extensions.replace('|', ", ") });
        }
    };
    if !taken {
        return Err(refused(load, info.name));
    }
    if load.options_typed {
        callbacks::with(|front| front.environment.warn_of_options());
    }
    let av = core.av_info();
    callbacks::with(|front| front.environment.set_av_info(&av))
        .map_err(|problem| LoadError::InvalidVideo { core: info.name.clone(), problem })?;
    let largest = callbacks::with(|front| front.environment.video.largest());
    hw::begin(largest).map_err(|problem| LoadError::NoHardware { core: info.name.clone(), problem })?;
    let plugged = callbacks::with(|front| {
        for (port, device) in &load.devices {
            front.environment.plug(*port, *device);
        }
        front.environment.plugged().to_vec()
    });
    for (port, device) in (0..).zip(&plugged) {
        core.set_controller(port, *device);
    }
    let revived = super::runner::restore(&mut core, link, load.revive);
    // Of a game of several files, all that its files have.
    let saved = Memory::ALL.into_iter().filter(|memory| *memory != Memory::Clock);
    let sram_bytes = saved.map(|memory| core.memory(memory).map_or(0, |sram| sram.len()) as u64).sum();
    let state_bytes = core.state_size() as u64;
    let loaded = callbacks::with(|front| {
        front.audio.set_rate(front.environment.video.sample_rate);
        Loaded {
            name: info.name,
            version: info.version,
            extensions: info.extensions,
            av: front.environment.av_info(),
            state_bytes,
            sram_bytes,
            ports: front.environment.ports,
            options: front.environment.options.list(),
            revived,
        }
    });
    Ok(Some((core, loaded)))
}

/// Where the host is told something, and shown that this process is at work.
type Host<'a> = (&'a Arc<Link>, &'a SyncSender<FromCore>);

/// One file as the core takes it.
fn prepare(
    path: &Path,
    wanted: &Wanted,
    need_fullpath: bool,
    temp_dir: &Path,
    (link, out): Host,
) -> Result<Prepared, LoadError> {
    let by_path = |ending: &str| callbacks::with(|front| front.environment.needs_full_path(ending, need_fullpath));
    let mut prepared = content::prepare(path, wanted, by_path, temp_dir, link)?;
    for note in std::mem::take(&mut prepared.notes) {
        let _ = out.send(FromCore::Content(note));
    }
    Ok(prepared)
}

/// A game of several files, as the core has the machine now: the host asked another process of it.
fn load_subsystem(
    core: &mut Core,
    name: &str,
    game: &SubsystemGame,
    load: &Load,
    host: Host,
) -> Result<bool, LoadError> {
    let refused = |error| LoadError::Subsystem { error };
    let all = callbacks::with(|front| front.environment.subsystems.clone());
    let subsystem = subsystem::find(&all, &game.subsystem.ident, name).map_err(refused)?;
    let files = game.files.iter().map(|file| file.0.clone()).collect();
    let game = subsystem.with(files).map_err(refused)?;
    let mut contents = Vec::new();
    for (at, (rom, file)) in game.subsystem.roms.iter().zip(&game.files).enumerate() {
        // Two of one name do not get into each other's way.
        let temp_dir = match load.temp_dir.as_os_str().is_empty() {
            true => PathBuf::new(),
            false => load.temp_dir.join(format!("rom{at}")),
        };
        let wanted = Wanted { extensions: rom.extensions.clone(), block_extract: rom.block_extract };
        let one = |path: &PathBuf| prepare(path, &wanted, rom.need_fullpath, &temp_dir, host);
        contents.push(file.0.as_ref().map(one).transpose()?);
    }
    Ok(core.load_subsystem(&game.subsystem, contents))
}

/// Why the content, or the core's own game, was not started, with the last error that the core logged.
fn refused(load: &Load, core: String) -> LoadError {
    let words = callbacks::with(|front| std::mem::take(&mut front.environment.last_error));
    let words = words.trim().trim_end_matches(['.', '!']).to_owned();
    match callbacks::with(|front| front.environment.no_hardware.take()) {
        Some(NoHardware::NotOffered { api }) if words.is_empty() => return LoadError::NeedsHardware { core, api },
        Some(NoHardware::NotOffered { api }) => return LoadError::NeedsHardwareSaying { core, api, words },
        Some(NoHardware::NotThere(problem)) => return LoadError::NoHardware { core, problem },
        None => {}
    }
    match &load.content {
        Some(path) => {
            let (content, folder) = (path.display().to_string(), load.system_dir.display().to_string());
            match words.is_empty() {
                true => LoadError::ContentRefused { core, content, folder },
                false => LoadError::ContentRefusedSaying { core, content, folder, words },
            }
        }
        None if words.is_empty() => LoadError::NotStarted { core },
        None => LoadError::NotStartedSaying { core, words },
    }
}

/// For the runner's loop.
pub(super) type Inbox = Receiver<ToCore>;
