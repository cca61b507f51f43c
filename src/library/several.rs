//! Games of several files: which machines a core has for them, and the files as one of them takes them.

use super::{CheckError, ContentError, Found, Inside, check_content, check_core, describe_core, handed_over};
use crate::emulator::{AskError, ask_subsystems};
use crate::link::message::Bounds;
use crate::link::subsystem::{self, Subsystem, SubsystemError, SubsystemGame};
use crate::messages;
use std::path::{Path, PathBuf};

messages! {
    /// Why several files are not run together.
    pub enum SeveralError in several {
        core => Core { error: CheckError },
        ask => Ask { error: AskError },
        content => Content { error: ContentError },
        file => File { error: CheckError },
        subsystem => Subsystem { error: SubsystemError },
    }
}

/// The machines of a core that take several files, as it says itself: it is opened in a process of its own for that, held as `bounds`
/// has it.
pub fn subsystems_of(core: &Path, bounds: &Bounds) -> Result<Vec<Subsystem>, SeveralError> {
    check_core(core).map_err(|error| SeveralError::Core { error })?;
    ask_subsystems(core, bounds).map_err(|error| SeveralError::Ask { error })
}

/// The files of a game of the machine that the core calls `ident`, in the order in which it takes them; none for one that is left out.
pub fn game_of_several(
    core: &Path,
    ident: &str,
    files: Vec<Option<PathBuf>>,
    bounds: &Bounds,
) -> Result<SubsystemGame, SeveralError> {
    let all = subsystems_of(core, bounds)?;
    let subsystem = subsystem::find(&all, ident, &describe_core(core).name);
    with_files(subsystem.map_err(|error| SeveralError::Subsystem { error })?, files)
}

/// The same of a machine that is known. Of an archive, the one file in it that the machine takes.
pub fn with_files(subsystem: &Subsystem, files: Vec<Option<PathBuf>>) -> Result<SubsystemGame, SeveralError> {
    let mut resolved = Vec::new();
    for (at, file) in files.into_iter().enumerate() {
        resolved.push(match (file, subsystem.roms.get(at)) {
            (Some(path), Some(rom)) => Some(resolve(path, &rom.extensions)?),
            (file, _) => file,
        });
    }
    subsystem.with(resolved).map_err(|error| SeveralError::Subsystem { error })
}

fn resolve(path: PathBuf, extensions: &[String]) -> Result<PathBuf, SeveralError> {
    let told = |error| SeveralError::Content { error };
    // What may be any file may be an archive, too.
    let inside = if extensions.is_empty() { None } else { Inside::look(&path).map_err(told)? };
    let found = match inside {
        None => handed_over(&path, extensions),
        Some(inside) => match inside.find(extensions).map_err(told)? {
            Found::One(file) => file,
            Found::Several(files) => return Err(told(inside.several(&files))),
        },
    };
    if !found.is_dir() {
        check_content(&found).map_err(|error| SeveralError::File { error })?;
    }
    Ok(found)
}
