//! Machines of a core that take several files at once, which libretro calls subsystems: a Super Game Boy with a game in it, two
//! cartridges in one slot. What the core says of them, and the files that a person chose for one.

use super::message::{bound_text, plain_name};
use crate::content::Location;
use crate::messages;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The most of them that one core may have.
pub const MOST_SUBSYSTEMS: usize = 32;
/// The most files that one takes.
pub const MOST_ROMS: usize = 16;
/// The most memories that last, of all files of one together: each has its place in the shared memory.
pub const MOST_MEMORIES: usize = 8;
/// Endings of one file.
const MOST_EXTENSIONS: usize = 32;
/// Longer ones are no endings.
const LONGEST_EXTENSION: usize = 16;

/// `retro_subsystem_info`, within bounds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subsystem {
    /// The core's short name for it, such as `sgb`.
    pub ident: String,
    /// What people call it, such as "Super Game Boy".
    pub name: String,
    /// The core's number for it.
    pub id: u32,
    /// The files that it takes, the one that counts most first.
    pub roms: Vec<Rom>,
}

/// `retro_subsystem_rom_info`: one of the files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rom {
    /// What it is, such as "Game Boy ROM".
    pub name: String,
    /// Lower case, without dots; empty for any.
    pub extensions: Vec<String>,
    /// The core opens it itself, by its path.
    pub need_fullpath: bool,
    /// The core looks into archives itself.
    pub block_extract: bool,
    /// The machine does not start without it.
    pub required: bool,
    /// Memory in it that lasts.
    pub memories: Vec<RomMemory>,
}

/// `retro_subsystem_memory_info`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RomMemory {
    /// Of the file that it is kept in.
    pub extension: String,
    /// What `retro_get_memory_data` is asked for.
    pub id: u32,
}

impl RomMemory {
    /// Whether it is a clock: above the kind of memory, libretro has whose it is.
    pub fn is_clock(&self) -> bool {
        const MASK: u32 = 0xff;
        const RTC: u32 = 1;
        self.id & MASK == RTC
    }
}

/// A subsystem with the files that were chosen for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubsystemGame {
    pub subsystem: Subsystem,
    /// As many as the subsystem has.
    pub files: Vec<RomFile>,
}

/// None for a file that is not needed and was not given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RomFile(#[serde(with = "super::paths::optional")] pub Option<PathBuf>);

messages! {
    /// Why files do not make a game of a subsystem.
    #[derive(Serialize, Deserialize)]
    pub enum SubsystemError in subsystem {
        none => NoSubsystems { core: String },
        unknown => Unknown { core: String, ident: String, offered: String },
        missing => Missing { machine: String, rom: String, extensions: String },
        /// One that any file may be.
        missing_any => MissingAny { machine: String, rom: String },
        too_many => TooMany { machine: String, most: usize, given: usize },
        wrong => Wrong { rom: String, file: String, extensions: String },
    }
}

impl SubsystemError {
    /// Puts every text within the bounds of [`bound_text`].
    pub fn bound(&mut self) {
        match self {
            SubsystemError::NoSubsystems { core } => bound_text(core),
            SubsystemError::Unknown { core, ident, offered } => [core, ident, offered].into_iter().for_each(bound_text),
            SubsystemError::Missing { machine, rom, extensions } => {
                [machine, rom, extensions].into_iter().for_each(bound_text);
            }
            SubsystemError::MissingAny { machine, rom } => [machine, rom].into_iter().for_each(bound_text),
            SubsystemError::TooMany { machine, .. } => bound_text(machine),
            SubsystemError::Wrong { rom, file, extensions } => {
                [rom, file, extensions].into_iter().for_each(bound_text);
            }
        }
    }
}

/// The one that is called `ident` among a core's. `core` is what people call the core.
pub fn find<'a>(all: &'a [Subsystem], ident: &str, core: &str) -> Result<&'a Subsystem, SubsystemError> {
    let core = core.to_owned();
    if all.is_empty() {
        return Err(SubsystemError::NoSubsystems { core });
    }
    let unknown = || {
        let offered: Vec<String> = all.iter().map(|it| format!("{} ({})", it.ident, it.name)).collect();
        SubsystemError::Unknown { core, ident: plain_name(ident), offered: offered.join(", ") }
    };
    all.iter().find(|it| it.ident == ident).ok_or_else(unknown)
}

impl Subsystem {
    /// The same within the bounds that the core process keeps to; none for one that nobody could start.
    pub fn bounded(mut self) -> Option<Subsystem> {
        (self.ident, self.name) = (plain_name(&self.ident), plain_name(&self.name));
        if self.name.is_empty() {
            self.name.clone_from(&self.ident);
        }
        for rom in &mut self.roms {
            rom.name = plain_name(&rom.name);
            rom.extensions.retain_mut(|it| {
                it.make_ascii_lowercase();
                // "/" is libretro's ending for a folder.
                it == "/" || is_extension(it)
            });
            rom.extensions.truncate(MOST_EXTENSIONS);
            rom.memories.retain(|memory| is_extension(&memory.extension));
        }
        let fits = !self.ident.is_empty()
            && (1..=MOST_ROMS).contains(&self.roms.len())
            // A save that would not be kept is worse than a game that does not start.
            && self.memories().count() <= MOST_MEMORIES;
        fits.then_some(self)
    }

    /// Every memory that lasts with the place of its file among the roms, in the order in which they lie in the shared memory.
    pub fn memories(&self) -> impl Iterator<Item = (usize, &RomMemory)> {
        self.roms.iter().enumerate().flat_map(|(at, rom)| rom.memories.iter().map(move |memory| (at, memory)))
    }

    /// A game of these files, which are given in the order of the roms. Those at the end that are not needed may be left out.
    pub fn with(&self, mut files: Vec<Option<PathBuf>>) -> Result<SubsystemGame, SubsystemError> {
        let machine = || self.name.clone();
        if files.len() > self.roms.len() {
            let (most, given) = (self.roms.len(), files.len());
            return Err(SubsystemError::TooMany { machine: machine(), most, given });
        }
        files.resize(self.roms.len(), None);
        // Saves and states are called after the first that is there.
        let none = files.iter().all(Option::is_none);
        for (rom, file) in self.roms.iter().zip(&files) {
            let (name, extensions) = (rom.name.clone(), rom.extensions.join(", "));
            match file {
                None if (rom.required || none) && rom.extensions.is_empty() => {
                    return Err(SubsystemError::MissingAny { machine: machine(), rom: name });
                }
                None if rom.required || none => {
                    return Err(SubsystemError::Missing { machine: machine(), rom: name, extensions });
                }
                Some(path) if !rom.takes(path) => {
                    let file = crate::content::file_name(path).to_string_lossy().into_owned();
                    return Err(SubsystemError::Wrong { rom: name, file, extensions });
                }
                _ => {}
            }
        }
        Ok(SubsystemGame { subsystem: self.clone(), files: files.into_iter().map(RomFile).collect() })
    }
}

impl Rom {
    /// Whether a file, or one in an archive, ends as this one does.
    pub fn takes(&self, path: &Path) -> bool {
        let ending = if path.is_dir() { "/".to_owned() } else { Location::of(path).extension() };
        self.extensions.is_empty() || self.extensions.contains(&ending)
    }
}

impl SubsystemGame {
    /// Those that were given.
    pub fn given(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().filter_map(|file| file.0.as_ref())
    }
}

/// What may stand behind the dot of a file's name: what a core calls its memory ends up in one.
fn is_extension(text: &str) -> bool {
    (1..=LONGEST_EXTENSION).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rom(name: &str, extensions: &[&str], required: bool) -> Rom {
        let extensions = extensions.iter().map(|it| (*it).to_owned()).collect();
        Rom { name: name.into(), extensions, required, ..Rom::default() }
    }

    fn machine() -> Subsystem {
        let roms = vec![rom("Game", &["gb", "gbc"], true), rom("Base", &["sfc"], true), rom("Extra", &[], false)];
        Subsystem { ident: "sgb".into(), name: "Super Game Boy".into(), id: 7, roms }
    }

    #[test]
    fn files_are_those_that_the_machine_takes_or_refused_in_a_sentence() {
        let with = |files: &[&str]| {
            let path = |file: &&str| (*file != "-").then(|| PathBuf::from(*file));
            machine().with(files.iter().map(path).collect())
        };
        let game = with(&["a.GB", "b.sfc"]).expect("a game");
        assert_eq!(game.files.len(), 3);
        assert_eq!(game.given().collect::<Vec<_>>(), [Path::new("a.GB"), Path::new("b.sfc")]);
        assert!(with(&["a.gb", "b.sfc", "anything"]).is_ok());
        let sentence = |files: &[&str]| with(files).expect_err("refused").to_string();
        assert_eq!(sentence(&["a.gb"]), "Super Game Boy also needs a file for Base: one that ends in sfc.");
        let mut optional = machine();
        optional.roms[0].required = false;
        assert!(optional.with(vec![None, Some("b.sfc".into())]).is_ok());
        optional.roms[1].required = false;
        assert!(optional.with(vec![None, None]).is_err(), "a game of nothing");
        assert_eq!(sentence(&["-", "b.sfc"]), "Super Game Boy also needs a file for Game: one that ends in gb, gbc.");
        assert_eq!(sentence(&["b.sfc", "a.gb"]), "b.sfc does not fit: for Game, choose a file that ends in gb, gbc.");
        assert_eq!(
            sentence(&["a.gb", "b.sfc", "c", "d"]),
            "Super Game Boy takes 3 files at most, and 4 were given: leave out those that do not belong to it."
        );
    }

    #[test]
    fn a_core_is_asked_for_one_that_it_has() {
        let all = [machine()];
        assert_eq!(find(&all, "sgb", "It").map(|it| it.id), Ok(7));
        let sentence = |all: &[Subsystem]| find(all, "bs\nx", "It").expect_err("refused").to_string();
        assert_eq!(sentence(&all), "It has no machine called bsx: it has sgb (Super Game Boy).");
        assert_eq!(sentence(&[]), "It has no machine that takes several files.");
    }

    #[test]
    fn what_a_core_says_is_bounded_and_endings_stay_in_the_folder_of_saves() {
        let memory = |extension: &str| RomMemory { extension: extension.into(), id: 1 };
        let mut odd = machine();
        odd.roms[0].memories =
            vec![memory("srm"), memory("../../x"), memory(""), memory("a.b"), memory(&"x".repeat(99))];
        odd.roms[0].extensions = vec!["GB".into(), "a/b".into(), "/".into()];
        let bounded = odd.bounded().expect("it can be started");
        assert_eq!(bounded.memories().map(|(at, it)| (at, &*it.extension)).collect::<Vec<_>>(), [(0, "srm")]);
        assert_eq!(bounded.roms[0].extensions, ["gb", "/"]);

        let mut many = machine();
        many.roms[1].memories = vec![memory("srm"); MOST_MEMORIES + 1];
        assert_eq!(many.bounded(), None);
        let none = Subsystem { roms: Vec::new(), ..machine() };
        assert_eq!(none.bounded(), None);
        let nameless = Subsystem { ident: "\n".into(), ..machine() };
        assert_eq!(nameless.bounded(), None);
    }
}
