//! The core process from its first line to its last.

use super::callbacks::{self, Front};
use super::content;
use super::core::Core;
use super::environment::{Environment, NoHardware};
use super::hw;
use super::options::Options;
use super::runner::Runner;
use super::sys;
use crate::link::Link;
use crate::link::message::{self, FromCore, Load, LoadError, Loaded, ToCore};
use crate::link::state::Memory;
use crate::sandbox::{self, Order};
use crate::sync::{SpawnError, spawn};
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

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
        Ok((core, loaded)) => {
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
        if inbox.send(message).is_err() {
            return;
        }
    }
    // What else runs at a program's end would run beside the core, or wait for it.
    sys::end_now();
}

fn start(load: &Load, link: &Arc<Link>, out: &SyncSender<FromCore>) -> Result<(Core, Loaded), LoadError> {
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
    let supports_no_game = callbacks::with(|front| front.environment.supports_no_game);
    let taken = match &load.content {
        None if !supports_no_game => {
            return Err(LoadError::NeedsContent { core: info.name, extensions: info.extensions.replace('|', ", ") });
        }
        None => core.load_game(None),
        Some(path) => {
            let by_path =
                |ending: &str| callbacks::with(|front| front.environment.needs_full_path(ending, info.need_fullpath));
            let mut prepared = content::prepare(load, path, &info, by_path, link)?;
            for note in std::mem::take(&mut prepared.notes) {
                let _ = out.send(FromCore::Content(note));
            }
            core.load_game(Some(prepared))
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
    let sram_bytes = core.memory(Memory::Save).map_or(0, |sram| sram.len()) as u64;
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
    Ok((core, loaded))
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
