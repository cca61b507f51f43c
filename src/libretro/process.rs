//! The core process from its first line to its last.

use super::callbacks::{self, Front};
use super::core::Core;
use super::environment::Environment;
use super::options::Options;
use super::runner::Runner;
use super::sys;
use crate::link::Link;
use crate::link::message::{self, FromCore, Load, Loaded, ToCore};
use crate::sync::spawn;
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Messages that may wait on either side. Full, the runner drops what it has to say, and the host's wishes wait in the socket.
const QUEUE: usize = 256;

/// Content that is handed over as bytes is read up to this size; more must be opened by the core itself, by path.
const MAX_CONTENT: u64 = 1 << 30;

/// Runs as the core process. Standard input is the socket that leads to the host process.
pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("hotseat core process: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    sys::die_of_crashes();
    sys::leave_ending_to_the_host();
    // Writing half a gigabyte of shared memory to a core dump would take longer than starting the game again.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    let io = |error: std::io::Error| error.to_string();
    let socket =
        UnixStream::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).map_err(|e| e.to_string())?);
    // Cores print; their words must end up neither in the socket nor in the host's JSON.
    let null = std::fs::File::open("/dev/null").map_err(io)?;
    rustix::stdio::dup2_stdin(&null).map_err(|e| e.to_string())?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr()).map_err(|e| e.to_string())?;

    let link = Link::receive_from(&socket).map_err(io)?;
    let (out, outbox) = sync_channel(QUEUE);
    let mut writer = socket.try_clone().map_err(io)?;
    let sender = spawn("core-out", move || {
        for message in outbox {
            if message::send(&mut writer, &message).is_err() {
                break;
            }
        }
    })?;
    let (inbox_sender, inbox) = sync_channel(QUEUE);
    spawn("core-in", move || listen(socket, &inbox_sender))?;

    let Ok(ToCore::Load(load)) = inbox.recv() else {
        return Err("the host did not say what to run".into());
    };
    match start(&load, &link, &out) {
        Ok((core, loaded)) => {
            let _ = out.send(FromCore::Loaded(loaded));
            let report = Runner::new(core, link, load.pace, out.clone()).run(&inbox);
            let _ = out.send(FromCore::Ended(report));
        }
        Err(why) => {
            let _ = out.send(FromCore::LoadFailed(why));
        }
    }
    // All senders must be gone for the last words to be written before the process ends; the front end holds one.
    callbacks::remove();
    drop(out);
    let _ = sender.join();
    Ok(())
}

/// Hands the host's wishes to the runner. Ends the process when the host is gone, even if the core hangs.
fn listen(socket: UnixStream, inbox: &SyncSender<ToCore>) {
    let mut from = BufReader::new(socket);
    let mut line = Vec::new();
    while let Ok(Some(message)) = message::receive(&mut from, &mut line) {
        if inbox.send(message).is_err() {
            return;
        }
    }
    std::process::exit(0);
}

fn start(load: &Load, link: &Arc<Link>, out: &SyncSender<FromCore>) -> Result<(Core, Loaded), String> {
    let environment = Environment::new(
        &load.core,
        &load.system_dir,
        &load.save_dir,
        Options::new(load.options.iter().cloned()),
        out.clone(),
    );
    callbacks::install(Front::new(environment, link));
    let mut core = Core::open(&load.core)?;
    let info = core.system_info();
    callbacks::with(|front| front.environment.set_core_name(&info.name));
    let supports_no_game = callbacks::with(|front| front.environment.supports_no_game);
    let taken = match &load.content {
        None if !supports_no_game => {
            return Err(format!("{} needs a game: open one of {}.", info.name, info.extensions.replace('|', ", ")));
        }
        None => core.load_game(None),
        Some(path) => {
            let data = if info.need_fullpath { None } else { Some(read_content(path)?) };
            core.load_game(Some((path, data)))
        }
    };
    if !taken {
        let detail = callbacks::with(|front| std::mem::take(&mut front.environment.last_error));
        let detail = detail.trim().trim_end_matches(['.', '!']);
        let detail = if detail.is_empty() { String::new() } else { format!(" It says: {detail}.") };
        return Err(match &load.content {
            Some(path) => format!(
                "{} does not take {}: the file may be damaged, of another system, or in need of a BIOS file in {}.{detail}",
                info.name,
                path.display(),
                load.system_dir.display()
            ),
            None => format!("{} did not start its game.{detail}", info.name),
        });
    }
    let av = core.av_info();
    callbacks::with(|front| front.environment.set_av_info(&av))
        .map_err(|why| format!("{} cannot be run: {why}.", info.name))?;
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
    let sram_bytes = core.sram().map_or(0, |sram| sram.len()) as u64;
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

fn read_content(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read;
    let shown = path.display();
    let file = std::fs::File::open(path).map_err(|error| format!("{shown} cannot be read: {error}."))?;
    let mut data = Vec::new();
    file.take(MAX_CONTENT + 1).read_to_end(&mut data).map_err(|error| format!("{shown} cannot be read: {error}."))?;
    if data.is_empty() {
        return Err(format!("{shown} is empty: choose the game's own file."));
    }
    if data.len() as u64 > MAX_CONTENT {
        return Err(format!("{shown} is larger than 1 GiB, which this core cannot take in one piece."));
    }
    Ok(data)
}

/// For the runner's loop.
pub(super) type Inbox = Receiver<ToCore>;
