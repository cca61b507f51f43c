//! What can go wrong between a server's list and a core that can be chosen.

use crate::crash::Crash;
use crate::emulator::StartError;
use crate::library::CheckError;
use crate::link::message::LoadError;
use crate::messages;
use crate::text::IoCause;
use std::path::PathBuf;

messages! {
    /// Why a list or a core was not fetched, or is not offered. `server` is a host's name, `file` one of the server's.
    pub enum DownloadError in download {
        /// Neither http nor https, or no host in it.
        bad_address => BadAddress { address: String },
        /// http to another machine: whoever is on the way could put another core in its place.
        insecure => Insecure { address: String },
        unreachable => Unreachable { server: String, cause: IoCause },
        untrusted => Untrusted { server: String, problem: String },
        refused => Refused { server: String, file: String, status: u16 },
        nonsense => Nonsense { server: String, problem: String },
        slow => Slow { server: String, file: String, seconds: u64 },
        /// The connection ended before the file did, again and again.
        cut => Cut { server: String, file: String },
        too_large => TooLarge { server: String, file: String, megabytes: u64 },
        empty_list => EmptyList { server: String },
        unknown_core => UnknownCore { core: String, server: String },
        /// Of several that were asked for.
        did_you_mean => DidYouMean { core: String, server: String, close: String },
        no_builds => NoBuilds { system: &'static str, processor: &'static str },
        not_an_archive => NotAnArchive { file: String },
        not_inside => NotInside { file: String, core: String },
        damaged => Damaged { file: String },
        not_written => NotWritten { file: PathBuf, cause: IoCause },
        no_folder => NoFolder,
        check => Check { error: CheckError },
        /// What it did when it was tried.
        probe => Probe { core: String, error: ProbeError },
        cancelled => Cancelled,
    }
}

messages! {
    /// Why a core that was just fetched does not run here: a clause.
    pub enum ProbeError in download_probe {
        start => Start { error: StartError },
        memory => Memory { cause: IoCause },
        load => Load { error: LoadError },
        crash => Crash { error: Crash },
        silent => Silent { seconds: u64 },
    }
}
