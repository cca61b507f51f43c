//! Which machine a game of the library is for, and which files are games at all.

use super::super::{CoreEntry, extension, system};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Machines as libretro's databases call them, and the folders that people keep their games in: lower case, letters and digits only.
#[rustfmt::skip]
const BY_FOLDER: [(&str, &str); 42] = [
    ("Nintendo - Nintendo Entertainment System", "nes|famicom|fc"),
    ("Nintendo - Family Computer Disk System", "fds"),
    ("Nintendo - Super Nintendo Entertainment System", "snes|sfc|superfamicom|supernes|supernintendo"),
    ("Nintendo - Game Boy", "gb|gameboy"),
    ("Nintendo - Game Boy Color", "gbc|gameboycolor"),
    ("Nintendo - Game Boy Advance", "gba|gameboyadvance"),
    ("Nintendo - Nintendo 64", "n64|nintendo64"),
    ("Nintendo - Nintendo DS", "nds|ds"),
    ("Nintendo - Virtual Boy", "vb|virtualboy"),
    ("Nintendo - GameCube", "gamecube|ngc|gc"),
    ("Nintendo - Wii", "wii"),
    ("Sega - Mega Drive - Genesis", "megadrive|genesis|md"),
    ("Sega - Master System - Mark III", "sms|mastersystem|mark3"),
    ("Sega - Game Gear", "gg|gamegear"),
    ("Sega - SG-1000", "sg1000"),
    ("Sega - Mega-CD - Sega CD", "segacd|megacd"),
    ("Sega - 32X", "32x|sega32x"),
    ("Sega - Saturn", "saturn"),
    ("Sega - Dreamcast", "dreamcast|dc"),
    ("Sony - PlayStation", "psx|ps1|playstation"),
    ("Sony - PlayStation 2", "ps2|playstation2"),
    ("Sony - PlayStation Portable", "psp"),
    ("NEC - PC Engine - TurboGrafx 16", "pce|pcengine|tg16|turbografx16"),
    ("NEC - PC Engine CD - TurboGrafx-CD", "pcecd|pcenginecd|tgcd"),
    ("NEC - PC Engine SuperGrafx", "sgx|supergrafx"),
    ("NEC - PC-FX", "pcfx"),
    ("SNK - Neo Geo", "neogeo"),
    ("SNK - Neo Geo CD", "neogeocd"),
    ("SNK - Neo Geo Pocket", "ngp|neogeopocket"),
    ("SNK - Neo Geo Pocket Color", "ngpc|neogeopocketcolor"),
    ("Bandai - WonderSwan", "wswan|wonderswan"),
    ("Bandai - WonderSwan Color", "wswanc|wonderswancolor"),
    ("Atari - 2600", "atari2600|a2600"),
    ("Atari - 5200", "atari5200|a5200"),
    ("Atari - 7800", "atari7800|a7800"),
    ("Atari - Lynx", "lynx|atarilynx"),
    ("Atari - Jaguar", "jaguar|atarijaguar"),
    ("The 3DO Company - 3DO", "3do"),
    ("Coleco - ColecoVision", "coleco|colecovision"),
    ("FBNeo - Arcade Games", "fbneo|fba|arcade"),
    ("MAME", "mame"),
    ("DOS", "dos|msdos"),
];
/// Discs and lists of such, whose machine the ending does not tell.
const DISCS: [&str; 13] = ["cue", "chd", "iso", "gdi", "m3u", "ccd", "toc", "pbp", "cso", "rvz", "wbfs", "mds", "cdi"];
/// What some core opens, or has beside its games, and is not taken for a game by its ending alone.
const NO_GAMES: [&str; 46] = [
    "txt", "nfo", "md5", "sfv", "htm", "html", "pdf", "xml", "dat", "json", "jpg", "jpeg", "png", "gif", "bmp", "tga",
    "psd", "hdr", "pic", "ppm", "mp3", "mp4", "mkv", "avi", "mov", "mpg", "mpeg", "webm", "wmv", "flv", "ogg", "flac",
    "wav", "m4a", "so", "dll", "zip", "7z", "sav", "srm", "state", "conf", "bat", "lua", "m3u8", "sub",
];
/// They say nothing of what is in a file: it is a game where a folder says of which machine.
const VAGUE: [&str; 6] = ["bin", "rom", "img", "exe", "com", "raw"];
/// Of an archive that a core takes as a whole.
const ARCADE: [&str; 3] = ["FBNeo - Arcade Games", "MAME", "SNK - Neo Geo"];

/// What is known of machines and cores on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Systems {
    endings: BTreeSet<String>,
    /// Of endings for which the cores name one machine only.
    by_core: BTreeMap<String, String>,
}

impl Systems {
    pub fn new(cores: &[CoreEntry]) -> Systems {
        let mut systems = Systems::default();
        let mut told: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for core in cores {
            for ending in core.extensions.iter().filter(|it| !NO_GAMES.contains(&it.as_str())) {
                systems.endings.insert(ending.clone());
                told.entry(ending.clone()).or_default().extend(core.systems.iter().map(String::as_str));
            }
        }
        systems.endings.extend(DISCS.iter().chain(&VAGUE).map(|it| (*it).to_owned()));
        systems.endings.extend(system::endings().map(str::to_owned));
        systems.endings.remove("/");
        for (ending, names) in told {
            if let (Some(only), 1) = (names.first(), names.len()) {
                systems.by_core.insert(ending, full_name(only).to_owned());
            }
        }
        systems
    }

    /// Whether a file may be a game. `path` is below `root`.
    pub fn is_game(&self, path: &Path, root: &Path) -> bool {
        let Some(ending) = extension(path) else { return false };
        // Of a Mega Drive, unless it is about a program.
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        if ending == "md" && ["readme", "changelog", "license", "contributing"].contains(&stem.as_str()) {
            return false;
        }
        self.endings.contains(&ending) && (!VAGUE.contains(&ending.as_str()) || folder_system(path, root).is_some())
    }

    /// For the process that looks into archives.
    pub fn endings(&self) -> Vec<String> {
        self.endings.iter().filter(|it| !VAGUE.contains(&it.as_str())).cloned().collect()
    }

    /// The machine of a game, as libretro's databases call it; empty if nothing tells.
    pub fn of(&self, path: &Path, root: &Path) -> String {
        let ending = extension(path).unwrap_or_default();
        if let Some(system) = system::by_ending(&ending) {
            return system.to_owned();
        }
        let folder = folder_system(path, root).map(str::to_owned);
        folder.or_else(|| self.by_core.get(&ending).cloned()).unwrap_or_default()
    }

    /// Whether an archive at `path` is one game as a whole.
    pub fn takes_archives(path: &Path, root: &Path) -> bool {
        folder_system(path, root).is_some_and(|system| ARCADE.contains(&system))
    }
}

/// The machine that a folder is for, from `path` up to `root`, the nearest first.
fn folder_system(path: &Path, root: &Path) -> Option<&'static str> {
    let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    folders.filter_map(Path::file_name).find_map(|name| {
        let name = name.to_string_lossy();
        let short: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        let is = |(system, names): &&(&str, &str)| {
            name.eq_ignore_ascii_case(system) || names.split('|').any(|known| known == short)
        };
        BY_FOLDER.iter().find(is).map(|(system, _)| *system)
    })
}

/// Cores call machines without their makers.
fn full_name(name: &str) -> &str {
    BY_FOLDER
        .iter()
        .find(|(system, _)| without_maker(system).eq_ignore_ascii_case(name))
        .map_or(name, |(system, _)| system)
}

/// What people call machines whose names are long.
const SHORT: [(&str, &str); 8] = [
    ("Nintendo - Nintendo Entertainment System", "NES"),
    ("Nintendo - Super Nintendo Entertainment System", "SNES"),
    ("Nintendo - Family Computer Disk System", "Disk System"),
    ("Sega - Mega Drive - Genesis", "Mega Drive"),
    ("Sega - Master System - Mark III", "Master System"),
    ("Sega - Mega-CD - Sega CD", "Mega-CD"),
    ("NEC - PC Engine - TurboGrafx 16", "PC Engine"),
    ("NEC - PC Engine CD - TurboGrafx-CD", "PC Engine CD"),
];

/// What a machine is called in a small space: without its maker.
pub fn short_name(system: &str) -> &str {
    let short = SHORT.iter().find(|(name, _)| *name == system).map(|(_, short)| *short);
    short.unwrap_or_else(|| without_maker(system))
}

fn without_maker(system: &str) -> &str {
    system.split_once(" - ").map_or(system, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(systems: &[&str], endings: &str) -> CoreEntry {
        CoreEntry {
            path: "/x_libretro.so".into(),
            name: "x".into(),
            systems: systems.iter().map(|it| (*it).to_owned()).collect(),
            extensions: endings.split('|').map(str::to_owned).collect(),
            bundled: false,
            note: None,
            firmware: Vec::new(),
        }
    }

    #[test]
    fn the_ending_the_folder_and_the_cores_tell_the_machine_in_this_order() {
        let systems =
            Systems::new(&[core(&["Uzebox"], "uze|txt"), core(&["A", "B"], "two"), core(&["PlayStation"], "pbp")]);
        let of = |path: &str| systems.of(Path::new(path), Path::new("/g"));
        assert_eq!(of("/g/psx/a.NES"), "Nintendo - Nintendo Entertainment System");
        assert_eq!(of("/g/PSX/Tale/a.cue"), "Sony - PlayStation");
        assert_eq!(of("/g/Sega - Saturn/a.cue"), "Sega - Saturn");
        assert_eq!(of("/g/a.uze"), "Uzebox");
        assert_eq!(of("/g/a.pbp"), "Sony - PlayStation");
        assert_eq!(of("/g/a.two"), "");
        // Folders above the one that was added say nothing.
        assert_eq!(systems.of(Path::new("/psx/g/a.cue"), Path::new("/psx/g")), "");
        assert_eq!(systems.of(Path::new("/psx/a.cue"), Path::new("/psx")), "Sony - PlayStation");
    }

    #[test]
    fn papers_and_pictures_are_no_games_and_vague_files_only_in_a_machines_folder() {
        let systems = Systems::new(&[core(&["Uzebox"], "uze|txt|png|/")]);
        let is = |path: &str| systems.is_game(Path::new(path), Path::new("/g"));
        assert!(is("/g/a.uze") && is("/g/a.nes") && is("/g/a.chd") && is("/g/md/a.bin"));
        assert!(is("/g/Tale.md") && !is("/g/README.md"));
        assert!(!is("/g/a.txt") && !is("/g/a.png") && !is("/g/a.bin") && !is("/g/a") && !is("/g/a.zip"));
        assert_eq!(short_name("Nintendo - Game Boy"), "Game Boy");
        assert_eq!(short_name("MAME"), "MAME");
    }
}
