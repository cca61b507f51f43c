//! Where the core finds its files, how it wants its content, and whether it needs any.

use super::Environment;
use crate::libretro::sys::{self, Argument};
use crate::link::subsystem::{MOST_MEMORIES, MOST_ROMS, MOST_SUBSYSTEMS, Rom, RomMemory, Subsystem};
use crate::text::Spoken;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// How the core wants content of some kinds, which may differ from what it says of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentOverride {
    /// Without dots, in lower case.
    extensions: Vec<String>,
    need_fullpath: bool,
}

/// The most kinds of content that a core may speak of.
const MOST_OVERRIDES: usize = 64;

impl Environment {
    /// Whether content with this ending is handed over by its path alone. `usual` is what the core says of all content.
    pub fn needs_full_path(&self, extension: &str, usual: bool) -> bool {
        let of_its_own = self.overrides.iter().find(|it| it.extensions.iter().any(|known| known == extension));
        of_its_own.map_or(usual, |it| it.need_fullpath)
    }

    /// What is loaded next: one file, or one for each that a subsystem takes.
    pub fn set_content(&mut self, files: &[Option<sys::GameFile>]) {
        self.game_info = Some(sys::GameInfoExt::new(files));
        let first = files.iter().flatten().next();
        let file = first.map(|file| file.archive.map_or(file.path, |(archive, _)| archive));
        self.content_dir = file.and_then(|file| {
            let folder = file.parent().unwrap_or(Path::new("/"));
            CString::new(folder.as_os_str().as_bytes()).ok()
        });
    }

    fn note_subsystems(&mut self, argument: Argument) {
        let all = argument.list_of_at_most::<sys::retro_subsystem_info>(MOST_SUBSYSTEMS, |it| it.ident.is_null());
        self.subsystems = all.iter().filter_map(subsystem).collect();
    }

    fn override_content(&mut self, argument: Argument) -> bool {
        let all = argument
            .list_of_at_most::<sys::retro_system_content_info_override>(MOST_OVERRIDES, |it| it.extensions.is_null());
        // NULL only asks whether this is known at all.
        if !argument.is_null() {
            self.overrides = all
                .iter()
                .map(|it| ContentOverride {
                    extensions: sys::text(it.extensions).split('|').map(str::to_lowercase).collect(),
                    need_fullpath: it.need_fullpath != 0,
                })
                .collect();
        }
        true
    }

    fn language_number(&self) -> sys::retro_language {
        match self.language {
            Spoken::English => sys::RETRO_LANGUAGE_ENGLISH,
            Spoken::Chinese => sys::RETRO_LANGUAGE_CHINESE_SIMPLIFIED,
        }
    }

    /// The calls about folders, content and the person who plays; none when the command is not one.
    pub(super) fn content_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY => data.write(self.system_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY => data.write(self.save_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_CORE_ASSETS_DIRECTORY => data.write(self.system_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_FILE_BROWSER_START_DIRECTORY => {
                let folder = self.content_dir.as_ref().unwrap_or(&self.system_dir);
                data.write(folder.as_ptr())
            }
            sys::RETRO_ENVIRONMENT_GET_LIBRETRO_PATH => data.write(self.core_path.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_USERNAME => data.write(self.user_name.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_LANGUAGE => data.write(self.language_number()),
            sys::RETRO_ENVIRONMENT_SET_CONTENT_INFO_OVERRIDE => self.override_content(data),
            sys::RETRO_ENVIRONMENT_GET_GAME_INFO_EXT => match &self.game_info {
                Some(info) => data.write(info.pointer()),
                None => false,
            },
            sys::RETRO_ENVIRONMENT_SET_SUBSYSTEM_INFO => {
                self.note_subsystems(data);
                true
            }
            sys::RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME => {
                self.supports_no_game = data.read_bool().unwrap_or(false);
                true
            }
            _ => return None,
        })
    }
}

/// What the core says of one machine; none for one that could not be started.
fn subsystem(it: &sys::retro_subsystem_info) -> Option<Subsystem> {
    // One more than are taken: those that have too many are left out.
    let roms = sys::list_of_at_most(it.roms, (it.num_roms as usize).min(MOST_ROMS + 1), |_| false);
    let subsystem = Subsystem {
        ident: sys::text(it.ident),
        name: sys::text(it.desc),
        id: it.id,
        roms: roms.iter().map(rom).collect(),
    };
    subsystem.bounded()
}

fn rom(it: &sys::retro_subsystem_rom_info) -> Rom {
    let memories = sys::list_of_at_most(it.memory, (it.num_memory as usize).min(MOST_MEMORIES + 1), |_| false);
    let memory = |it: &sys::retro_subsystem_memory_info| RomMemory { extension: sys::text(it.extension), id: it.type_ };
    let endings = sys::text(it.valid_extensions);
    Rom {
        name: sys::text(it.desc),
        extensions: endings.split('|').map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).collect(),
        need_fullpath: it.need_fullpath != 0,
        block_extract: it.block_extract != 0,
        required: it.required != 0,
        memories: memories.iter().map(memory).collect(),
    }
}
