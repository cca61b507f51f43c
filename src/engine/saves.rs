//! Where a game's saves and states lie, and how they are read and written.

use super::Game;
use crate::files::write_atomically;
use crate::game_command::Slot;
use crate::link::{SRAM_BYTES, STATE_BYTES};
use crate::messages;
use crate::text::IoCause;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

messages! {
    /// Why a save was not read or not written.
    pub enum SaveError in save {
        not_written => NotWritten { file: PathBuf, cause: IoCause },
        not_read => NotRead { file: PathBuf, cause: IoCause },
        /// What lies there is larger than any save, so it is none.
        too_large => TooLarge { file: PathBuf },
    }
}

/// The files of one game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saves {
    sram: PathBuf,
    states: PathBuf,
    /// Where the core may write files of its own.
    pub core_dir: PathBuf,
}

impl Saves {
    /// Below `data_dir`: `saves/CORE/TITLE.srm` and `states/CORE/TITLE.state0` to `9`. A save belongs to a core, since
    /// others may not understand it.
    pub fn new(data_dir: &Path, game: &Game) -> Saves {
        let stem = game.core.file_stem().unwrap_or_default().to_string_lossy();
        let core = file_name(stem.trim_start_matches("lib").trim_end_matches("_libretro"));
        let content = game.content.as_ref().and_then(|path| path.file_stem());
        let title = file_name(&content.map_or_else(|| game.title.clone().into(), |stem| stem.to_string_lossy()));
        let core_dir = data_dir.join("saves").join(&core);
        Saves {
            sram: core_dir.join(format!("{title}.srm")),
            states: data_dir.join("states").join(&core).join(title),
            core_dir,
        }
    }

    /// Battery-backed memory as last saved.
    pub fn read_sram(&self) -> Result<Option<Vec<u8>>, SaveError> {
        read(&self.sram, SRAM_BYTES)
    }

    /// Saves battery-backed memory.
    pub fn write_sram(&self, data: &[u8]) -> Result<(), SaveError> {
        write(&self.sram, data)
    }

    /// The save state of a slot.
    pub fn read_state(&self, slot: Slot) -> Result<Option<Vec<u8>>, SaveError> {
        read(&self.state(slot), STATE_BYTES)
    }

    /// Writes the save state of a slot.
    pub fn write_state(&self, slot: Slot, data: &[u8]) -> Result<(), SaveError> {
        write(&self.state(slot), data)
    }

    /// Which slots hold something.
    pub fn slots(&self) -> [bool; Slot::COUNT] {
        let mut slots = [false; Slot::COUNT];
        for slot in Slot::all() {
            slots[slot.index()] = self.state(slot).is_file();
        }
        slots
    }

    fn state(&self, slot: Slot) -> PathBuf {
        let mut path = self.states.clone().into_os_string();
        path.push(format!(".state{}", slot.number()));
        path.into()
    }
}

/// A name that is one part of a path and nothing else.
fn file_name(name: &str) -> String {
    let clean: String =
        name.chars().map(|c| if c.is_control() || "/\\:".contains(c) { '_' } else { c }).take(80).collect();
    if clean.trim_matches('.').is_empty() { "game".into() } else { clean }
}

fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, SaveError> {
    let unreadable = |error: std::io::Error| SaveError::NotRead { file: path.to_owned(), cause: error.into() };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut data = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut data).map_err(unreadable)?;
    if data.len() > limit {
        return Err(SaveError::TooLarge { file: path.to_owned() });
    }
    Ok(Some(data))
}

fn write(path: &Path, data: &[u8]) -> Result<(), SaveError> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| write_atomically(path, data));
    written.map_err(|error| SaveError::NotWritten { file: path.to_owned(), cause: error.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn game(core: &str, content: Option<&str>, title: &str) -> Game {
        Game { core: core.into(), content: content.map(Into::into), title: title.into(), options: Vec::new() }
    }

    #[test]
    fn saves_lie_by_core_and_content() {
        let saves = Saves::new(Path::new("/d"), &game("/c/nestopia_libretro.so", Some("/r/My Game.nes"), "x"));
        assert_eq!(saves.sram, Path::new("/d/saves/nestopia/My Game.srm"));
        assert_eq!(saves.state(Slot::clamped(3)), Path::new("/d/states/nestopia/My Game.state3"));
        let saves = Saves::new(Path::new("/d"), &game("/c/libarena_libretro.so", None, "Emberdash"));
        assert_eq!(saves.sram, Path::new("/d/saves/arena/Emberdash.srm"));
    }

    #[test]
    fn no_title_leads_out_of_the_folder() {
        for title in ["..", "../../etc/passwd", "/", "", "a/b"] {
            let saves = Saves::new(Path::new("/d"), &game("/c/x_libretro.so", None, title));
            assert_eq!(saves.sram.parent(), Some(Path::new("/d/saves/x")), "{title}");
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_what_is_not_there_is_none() {
        let dir = std::env::temp_dir().join(format!("hotseat-saves-{}", std::process::id()));
        let saves = Saves::new(&dir, &game("/c/x_libretro.so", None, "t"));
        let slot = Slot::clamped(1);
        assert_eq!(saves.read_state(slot), Ok(None));
        saves.write_state(slot, b"state").expect("written");
        assert_eq!(saves.read_state(slot), Ok(Some(b"state".to_vec())));
        assert!(saves.slots()[1] && !saves.slots()[0]);
        fs::remove_dir_all(dir).expect("removed");
    }
}
