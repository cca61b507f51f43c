//! Which machine the folder is for that a game lies in: people sort their games by machine, under names that RetroArch, EmulationStation
//! and others have made usual.

use super::CoreEntry;
use std::path::Path;

/// Names of folders in lower case, and what the machine's name has in it, as cores write it.
#[rustfmt::skip]
const NAMES: [(&str, &[&str]); 26] = [
    ("nes|famicom|fc", &["Nintendo Entertainment System"]),
    ("fds", &["Nintendo Entertainment System", "Family Computer Disk"]),
    ("snes|sfc|superfamicom|supernes", &["Super Nintendo", "SNES"]),
    ("gb|gameboy", &["Game Boy"]),
    ("gbc|gameboycolor", &["Game Boy Color"]),
    ("gba|gameboyadvance", &["Game Boy Advance"]),
    ("n64|nintendo64", &["Nintendo 64"]),
    ("nds|ds", &["Nintendo DS"]),
    ("vb|virtualboy", &["Virtual Boy"]),
    ("megadrive|genesis|md", &["Mega Drive", "Genesis", "MD/"]),
    ("sms|mastersystem", &["Master System", "MS/"]),
    ("gg|gamegear", &["Game Gear", "GG"]),
    ("segacd|megacd", &["Mega CD", "Mega-CD", "Sega CD", "CD"]),
    ("32x|sega32x", &["32X"]),
    ("saturn", &["Saturn"]),
    ("dreamcast|dc", &["Dreamcast"]),
    ("psx|ps1|playstation", &["PlayStation"]),
    ("pce|pcengine|tg16|turbografx16", &["PC Engine", "TurboGrafx"]),
    ("pcecd|pcenginecd|tgcd", &["PC Engine", "TurboGrafx"]),
    ("ngp|neogeopocket", &["Neo Geo Pocket"]),
    ("wswan|wonderswan", &["WonderSwan"]),
    ("atari2600|a2600", &["2600"]),
    ("atari7800|a7800", &["7800"]),
    ("lynx|atarilynx", &["Lynx"]),
    ("arcade|mame|fbneo|fba", &["Arcade"]),
    ("dos|msdos|pc", &["DOS"]),
];

/// Those of `fitting` that are for the machine of a folder that `content` lies in; all where no folder tells, or no core is for it.
pub fn by_folder<'a>(fitting: Vec<&'a CoreEntry>, content: &Path) -> Vec<&'a CoreEntry> {
    // The folder itself goes before the one around it.
    for folder in content.ancestors().skip(1).take(3).filter_map(Path::file_name) {
        let folder = folder.to_string_lossy();
        let chosen: Vec<&CoreEntry> = fitting.iter().filter(|core| is_for(core, &folder)).copied().collect();
        if !chosen.is_empty() {
            return chosen;
        }
    }
    fitting
}

fn is_for(core: &CoreEntry, folder: &str) -> bool {
    let short: String = folder.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let row = NAMES.iter().find(|(names, _)| names.split('|').any(|name| name == short));
    let parts: Vec<&str> = row.map_or_else(Vec::new, |(_, parts)| parts.to_vec());
    core.systems.iter().any(|system| {
        // The machine's own name in full, or as the libretro database has it behind the maker's.
        let full = folder.rsplit(" - ").next().unwrap_or(folder).trim();
        system.eq_ignore_ascii_case(full) || parts.iter().any(|part| matches(system, part))
    })
}

/// "Game Boy" is not "Game Boy Advance", and no "Super Nintendo Entertainment System" is meant by the one before it.
fn matches(system: &str, part: &str) -> bool {
    match part {
        "Game Boy" | "Nintendo Entertainment System" => system.eq_ignore_ascii_case(part),
        "Nintendo DS" | "Game Boy Color" | "PlayStation" => system.starts_with(part) && !system.ends_with('2'),
        _ => system.contains(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(name: &str, systems: &[&str]) -> CoreEntry {
        CoreEntry {
            path: name.into(),
            name: name.into(),
            systems: systems.iter().map(|it| (*it).to_owned()).collect(),
            extensions: vec!["bin".into()],
            bundled: false,
            note: None,
            firmware: Vec::new(),
        }
    }

    #[test]
    fn the_folder_decides_between_cores_that_fit_and_never_without_one() {
        let cores = [
            core("md", &["Mega Drive", "Master System"]),
            core("psx", &["PlayStation"]),
            core("snes", &["Super Nintendo Entertainment System"]),
            core("nes", &["Nintendo Entertainment System"]),
            core("gb", &["Game Boy", "Game Boy Color"]),
            core("gba", &["Game Boy Advance"]),
        ];
        let of = |path: &str| -> Vec<&str> {
            by_folder(cores.iter().collect(), Path::new(path)).into_iter().map(|it| it.name.as_str()).collect()
        };
        assert_eq!(of("/roms/psx/Tale/Tale.bin"), ["psx"]);
        assert_eq!(of("/roms/Mega Drive/a.bin"), ["md"]);
        assert_eq!(of("/roms/Sony - PlayStation/a.bin"), ["psx"]);
        assert_eq!(of("/roms/snes/a.bin"), ["snes"]);
        assert_eq!(of("/roms/NES/a.bin"), ["nes"]);
        assert_eq!(of("/roms/gb/a.bin"), ["gb"]);
        assert_eq!(of("/roms/gba/a.bin"), ["gba"]);
        assert_eq!(of("/roms/dreamcast/a.bin").len(), cores.len());
        assert_eq!(of("/home/ada/a.bin").len(), cores.len());
        assert_eq!(of("a.bin").len(), cores.len());
    }
}
