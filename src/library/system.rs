//! Which machine a game is for, so that a page can show the controller of that machine.

use super::{core_id, extension, info::Info, info_folders, known};
use std::path::Path;

/// Endings that mean one machine, whichever core runs them; names as in the libretro database.
const BY_ENDING: [(&str, &str); 30] = [
    ("nes", "Nintendo - Nintendo Entertainment System"),
    ("unf", "Nintendo - Nintendo Entertainment System"),
    ("unif", "Nintendo - Nintendo Entertainment System"),
    ("fds", "Nintendo - Family Computer Disk System"),
    ("sfc", "Nintendo - Super Nintendo Entertainment System"),
    ("smc", "Nintendo - Super Nintendo Entertainment System"),
    ("gb", "Nintendo - Game Boy"),
    ("gbc", "Nintendo - Game Boy Color"),
    ("gba", "Nintendo - Game Boy Advance"),
    ("n64", "Nintendo - Nintendo 64"),
    ("z64", "Nintendo - Nintendo 64"),
    ("v64", "Nintendo - Nintendo 64"),
    ("nds", "Nintendo - Nintendo DS"),
    ("vb", "Nintendo - Virtual Boy"),
    ("sms", "Sega - Master System - Mark III"),
    ("gg", "Sega - Game Gear"),
    ("sg", "Sega - SG-1000"),
    ("md", "Sega - Mega Drive - Genesis"),
    ("gen", "Sega - Mega Drive - Genesis"),
    ("smd", "Sega - Mega Drive - Genesis"),
    ("32x", "Sega - 32X"),
    ("gdi", "Sega - Dreamcast"),
    ("cdi", "Sega - Dreamcast"),
    ("pce", "NEC - PC Engine - TurboGrafx 16"),
    ("a26", "Atari - 2600"),
    ("a78", "Atari - 7800"),
    ("lnx", "Atari - Lynx"),
    ("ngp", "SNK - Neo Geo Pocket"),
    ("ngc", "SNK - Neo Geo Pocket Color"),
    ("ws", "Bandai - WonderSwan"),
];

/// Those that mean one machine, lower case and without the dot.
pub(super) fn endings() -> impl Iterator<Item = &'static str> {
    BY_ENDING.iter().map(|(ending, _)| *ending)
}

/// The machine that files with this ending are for.
pub(super) fn by_ending(ending: &str) -> Option<&'static str> {
    BY_ENDING.iter().find(|(known, _)| *known == ending).map(|(_, system)| *system)
}

/// The machine that `content` is for when `core` runs it; empty when neither tells.
pub fn system_of(core: &Path, content: Option<&Path>) -> String {
    system_from(core, content, &info_folders())
}

fn system_from(core: &Path, content: Option<&Path>, info_folders: &[std::path::PathBuf]) -> String {
    if let Some(system) = content.and_then(extension).and_then(|ending| by_ending(&ending)) {
        return system.to_owned();
    }
    let Some(id) = core_id(core) else { return String::new() };
    let beside = core.parent().into_iter().chain(info_folders.iter().map(std::path::PathBuf::as_path));
    let info = beside.map(|folder| folder.join(format!("{id}_libretro.info"))).find_map(|file| Info::read(&file));
    let info = info.or_else(|| known::info(&id)).unwrap_or_default();
    info.databases.into_iter().chain(info.systems).find(|name| !name.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_it_or_else_the_core() {
        let of = |core: &str, content: Option<&str>| system_from(Path::new(core), content.map(Path::new), &[]);
        assert_eq!(of("/x/mgba_libretro.so", Some("a.GBC")), "Nintendo - Game Boy Color");
        assert_eq!(of("/x/mednafen_psx_libretro.so", Some("disc.cue")), "PlayStation");
        assert_eq!(of("/x/unheard_of_libretro.so", Some("a.bin")), "");
        assert_eq!(of("/x/unheard_of_libretro.so", None), "");
    }
}
