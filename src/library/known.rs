//! Well-known cores, for systems that ship them without `.info` files.

use super::firmware;
use super::info::{Info, split_extensions};

/// File name without `_libretro.so`, name, machines, extensions.
type Row = (&'static str, &'static str, &'static str, &'static str);

/// What the table has of a core, if it is there.
pub(super) fn info(id: &str) -> Option<Info> {
    let (_, name, systems, extensions) = KNOWN.iter().find(|row| row.0 == id)?;
    Some(Info {
        name: Some((*name).to_owned()),
        systems: systems.split('/').map(str::to_owned).collect(),
        databases: Vec::new(),
        extensions: split_extensions(extensions),
        licence: None,
        note: None,
        firmware: firmware::known(id),
    })
}

#[rustfmt::skip]
const KNOWN: &[Row] = &[
    ("nestopia", "Nestopia UE", "Nintendo Entertainment System", "nes|fds|unf|unif"),
    ("fceumm", "FCEUmm", "Nintendo Entertainment System", "fds|nes|unif|unf"),
    ("mesen", "Mesen", "Nintendo Entertainment System", "nes|fds|unf|unif"),
    ("quicknes", "QuickNES", "Nintendo Entertainment System", "nes"),
    ("mgba", "mGBA", "Game Boy/Game Boy Color/Game Boy Advance", "gb|gbc|gba"),
    ("vba_next", "VBA Next", "Game Boy Advance", "gba"),
    ("vbam", "VBA-M", "Game Boy/Game Boy Color/Game Boy Advance", "dmg|gb|gbc|cgb|sgb|gba"),
    ("gpsp", "gpSP", "Game Boy Advance", "gba|bin"),
    ("gambatte", "Gambatte", "Game Boy/Game Boy Color", "gb|gbc|dmg"),
    ("sameboy", "SameBoy", "Game Boy/Game Boy Color", "gb|gbc"),
    ("tgbdual", "TGB Dual", "Game Boy/Game Boy Color", "cgb|dmg|gb|gbc|sgb"),
    ("snes9x", "Snes9x - Current", "Super Nintendo Entertainment System", "smc|sfc|swc|fig|bs|st"),
    ("snes9x2010", "Snes9x 2010", "Super Nintendo Entertainment System", "smc|fig|sfc|gd3|gd7|dx2|bsx|swc"),
    ("bsnes", "bsnes", "Super Nintendo Entertainment System", "sfc|smc|gb|gbc|bs"),
    ("bsnes_mercury_accuracy", "bsnes-mercury Accuracy", "Super Nintendo Entertainment System", "sfc|smc|bml"),
    ("bsnes_mercury_balanced", "bsnes-mercury Balanced", "Super Nintendo Entertainment System", "sfc|smc|bml"),
    ("bsnes_mercury_performance", "bsnes-mercury Performance", "Super Nintendo Entertainment System", "sfc|smc|bml"),
    ("mednafen_psx", "Beetle PSX", "PlayStation", "cue|toc|m3u|ccd|exe|pbp|chd"),
    ("mednafen_psx_hw", "Beetle PSX HW", "PlayStation", "cue|toc|m3u|ccd|exe|pbp|chd"),
    ("pcsx_rearmed", "PCSX ReARMed", "PlayStation", "bin|cue|img|mdf|pbp|toc|cbn|m3u|ccd|chd"),
    ("swanstation", "SwanStation", "PlayStation", "exe|psexe|cue|bin|img|iso|chd|pbp|ecm|mds|psf|m3u"),
    ("genesis_plus_gx", "Genesis Plus GX", "Mega Drive/Master System/Game Gear/Mega CD", "mdx|md|smd|gen|bin|cue|iso|sms|bms|gg|sg|68k|sgd|chd|m3u"),
    ("picodrive", "PicoDrive", "Mega Drive/32X/Master System/Mega CD", "bin|gen|gg|smd|pco|md|32x|chd|cue|iso|sms|68k|sgd|m3u"),
    ("mednafen_pce", "Beetle PCE", "PC Engine/SuperGrafx/PC Engine CD", "pce|sgx|cue|ccd|chd|toc|m3u"),
    ("mednafen_pce_fast", "Beetle PCE FAST", "PC Engine/PC Engine CD", "pce|cue|ccd|chd|toc|m3u"),
    ("mednafen_ngp", "Beetle NeoPop", "Neo Geo Pocket", "ngp|ngc|ngpc|npc"),
    ("mednafen_wswan", "Beetle Cygne", "WonderSwan", "ws|wsc|pc2"),
    ("mednafen_vb", "Beetle VB", "Virtual Boy", "vb|vboy|bin"),
    ("mupen64plus_next", "Mupen64Plus-Next", "Nintendo 64", "n64|v64|z64|bin|u1"),
    ("parallel_n64", "ParaLLEl N64", "Nintendo 64", "n64|v64|z64|bin|u1|ndd"),
    ("desmume", "DeSmuME", "Nintendo DS", "nds|bin"),
    ("melonds", "melonDS", "Nintendo DS", "nds|dsi"),
    ("fbneo", "FinalBurn Neo", "Arcade", "zip|7z|cue|ccd"),
    ("stella", "Stella", "Atari 2600", "a26|bin"),
    ("prosystem", "ProSystem", "Atari 7800", "a78|bin|cdf"),
    ("handy", "Handy", "Atari Lynx", "lnx|o"),
    ("bluemsx", "blueMSX", "MSX/ColecoVision/SG-1000", "rom|ri|mx1|mx2|col|dsk|cas|sg|sc|m3u"),
    ("flycast", "Flycast", "Dreamcast", "chd|cdi|elf|bin|cue|gdi|lst|zip|dat|7z|m3u"),
    ("mednafen_saturn", "Beetle Saturn", "Saturn", "ccd|chd|cue|toc|m3u"),
    ("prboom", "PrBoom", "Doom", "wad|iwad|pwad"),
    ("tyrquake", "TyrQuake", "Quake", "pak"),
    ("vecx", "vecx", "Vectrex", "bin|vec"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole_and_there_once() {
        let mut ids: Vec<&str> = KNOWN.iter().map(|row| row.0).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), KNOWN.len());
        for (id, name, systems, _) in KNOWN {
            let info = info(id).expect(id);
            assert!(!name.is_empty() && !systems.is_empty() && !info.extensions.is_empty(), "{id}");
        }
    }
}
