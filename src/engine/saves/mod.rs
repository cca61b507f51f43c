//! Where a game's saves and states lie, and how they are read and written.
//!
//! [`Saves`] is what is known without looking: the folders, and the name that people know. [`SaveFiles`] is what was found on
//! disk: which name is this content's own, and whether another program uses the same save.

mod cartridges;
mod files;
mod identity;
mod owners;
mod retroarch;
mod states;
mod versions;

#[cfg(test)]
mod tests;

pub use cartridges::{AllWritten, CLOCK_EVERY};
pub use files::{Owner, SaveFiles, Written};
pub use identity::Identity;
pub use owners::claim;
pub use states::{CoreName, SavedState, StateList};
pub use versions::SaveVersion;

use super::Game;
use crate::content;
use crate::link::subsystem::SubsystemGame;
use crate::messages;
use crate::text::IoCause;
use std::path::{Path, PathBuf};

messages! {
    /// Why a save was not read or not written.
    pub enum SaveError in save {
        not_written => NotWritten { file: PathBuf, cause: IoCause },
        not_read => NotRead { file: PathBuf, cause: IoCause },
        /// What lies there is larger than any save, so it is none.
        too_large => TooLarge { file: PathBuf },
        /// Another host has the same game open.
        in_use => InUse { file: PathBuf },
        /// A version that was to be put back and is not there.
        no_version => NoVersion { file: PathBuf },
        /// A state of another content.
        other_content => OtherContent { file: PathBuf },
        /// A state that another core saved.
        other_core => OtherCore { file: PathBuf, core: String },
        /// A state that is cut short or no longer whole.
        state_damaged => StateDamaged { file: PathBuf },
        /// No state was in this place before.
        no_previous_state => NoPreviousState { file: PathBuf },
    }
}

/// The longest name of a save in bytes: endings and numbers have to fit behind it into the 255 that file systems take.
const MOST_NAME_BYTES: usize = 200;

/// Folders that are looked into for a picture.
const MOST_CORES: usize = 500;

/// The saves of one game, before anybody looked for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saves {
    /// Where the core may write files of its own, and the battery save lies.
    pub core_dir: PathBuf,
    states_dir: PathBuf,
    /// What they are called unless that is another content's.
    name: String,
    content: Option<PathBuf>,
    several: Option<SubsystemGame>,
}

impl Saves {
    /// Below `data_dir`: `saves/CORE/NAME.srm` and `states/CORE/NAME.state`, `.state1` to `9` and `.state.auto`, where the name is that of the content's
    /// file, or of the file inside an archive, as RetroArch has it. A save belongs to a core, since others may not understand it.
    pub fn new(data_dir: &Path, game: &Game) -> Saves {
        let core = core_folder(&game.core);
        let content = game.content.as_deref().map(content::stem);
        let name = content.map_or_else(|| game.title.clone(), |stem| stem.to_string_lossy().into_owned());
        // The plain name is that of the file alone, with the battery save in it.
        let name = match &game.several {
            Some(several) => file_name(&format!("{name} ({})", several.subsystem.ident)),
            None => file_name(&name),
        };
        Saves {
            core_dir: data_dir.join("saves").join(&core),
            states_dir: data_dir.join("states").join(&core),
            name,
            content: game.content.clone(),
            several: game.several.clone(),
        }
    }

    /// Whether the battery saves are those of several files.
    pub fn is_of_several(&self) -> bool {
        self.several.is_some()
    }
}

/// What a core is called where something is kept for it.
pub fn core_folder(core: &Path) -> String {
    let stem = core.file_stem().unwrap_or_default().to_string_lossy();
    file_name(stem.trim_start_matches("lib").trim_end_matches("_libretro"))
}

/// The name under which something is kept for this content in `folder`; none where another content has that name.
pub fn find_name(folder: &Path, owner: &Owner) -> Option<String> {
    owners::find(folder, &owner.wanted, &owner.identity, owner.place.as_deref())
}

/// Pictures of where a content was left, by whichever core, the newest first.
pub fn last_pictures(data_dir: &Path, content: &Path) -> Vec<PathBuf> {
    let name = file_name(&content::stem(content).to_string_lossy());
    let cores = std::fs::read_dir(data_dir.join("states")).into_iter().flatten().flatten();
    let pictures = cores.take(MOST_CORES).map(|core| core.path().join(format!("{name}.state.auto.png")));
    let mut found: Vec<_> = pictures.filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path))).collect();
    found.sort_unstable();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

fn is_unfit(c: char) -> bool {
    c.is_control() || "/\\:".contains(c)
}

/// Whether it could have been made here, perhaps with a number behind it.
fn is_file_name(name: &str) -> bool {
    name.len() <= MOST_NAME_BYTES + " (4294967295)".len()
        && !name.contains(is_unfit)
        && !name.trim_matches('.').is_empty()
}

/// A name that is one part of a path and nothing else.
pub fn file_name(name: &str) -> String {
    let clean = name.chars().map(|c| if is_unfit(c) { '_' } else { c });
    let mut short = String::new();
    for c in clean {
        if short.len() + c.len_utf8() > MOST_NAME_BYTES {
            break;
        }
        short.push(c);
    }
    if short.trim_matches('.').is_empty() { "game".into() } else { short }
}
