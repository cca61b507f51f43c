//! RetroArch's `.info` files and its settings: lines of `key = "value"`.

use super::firmware::{self, Firmware};
use crate::messages;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Larger than any real one; more is not read.
const MOST_BYTES: u64 = 256 * 1024;
/// In characters; some cores name four.
const LONGEST_LICENCE: usize = 100;

messages! {
    /// What a person should know of a core before choosing it.
    pub enum CoreNote in core_note {
        experimental => Experimental,
        needs_bios => NeedsBios { file: String },
        may_need_bios => MayNeedBios { files: String },
    }
}

/// What is told about a core.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Info {
    pub name: Option<String>,
    pub systems: Vec<String>,
    /// The same as the libretro database calls them, such as "Nintendo - Game Boy".
    pub databases: Vec<String>,
    pub extensions: Vec<String>,
    /// As the core's makers write it, such as "GPLv2+".
    pub licence: Option<String>,
    pub note: Option<CoreNote>,
    pub firmware: Vec<Firmware>,
}

impl Info {
    /// None if there is no such file, or it cannot be read.
    pub fn read(path: &Path) -> Option<Self> {
        Some(Self::parse(&read_bounded(path)?))
    }

    pub fn parse(text: &str) -> Self {
        let value = |key| value(text, key).filter(|v| !v.is_empty());
        Self {
            name: value("display_name").or_else(|| value("corename")).map(short_name),
            systems: value("systemname").map(split_systems).unwrap_or_default(),
            databases: value("database")
                .map(|all| all.split('|').map(|it| it.trim().to_owned()).collect())
                .unwrap_or_default(),
            extensions: value("supported_extensions").map(split_extensions).unwrap_or_default(),
            licence: value("license").map(|it| it.chars().take(LONGEST_LICENCE).collect()),
            note: note(text),
            firmware: firmware::parse(|key| self::value(text, key).filter(|it| !it.is_empty())),
        }
    }
}

/// A folder that RetroArch's own settings name, such as `libretro_directory`.
pub(super) fn retroarch_setting(file: &Path, key: &str) -> Option<PathBuf> {
    let text = read_bounded(file)?;
    let value = value(&text, key).filter(|v| !v.is_empty() && *v != "default")?;
    match value.strip_prefix("~/") {
        Some(rest) => Some(directories::BaseDirs::new()?.home_dir().join(rest)),
        None => Some(value.into()),
    }
    .filter(|path: &PathBuf| path.is_absolute())
}

pub(super) fn split_extensions(list: &str) -> Vec<String> {
    let mut extensions = Vec::new();
    for extension in list.split('|').map(|e| e.trim().to_lowercase()) {
        if !extension.is_empty() && !extensions.contains(&extension) {
            extensions.push(extension);
        }
    }
    extensions
}

fn read_bounded(path: &Path) -> Option<String> {
    // A pipe or device of that name would block.
    if !path.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"').trim())
    })
}

/// "Nintendo - NES / Famicom (Nestopia UE)" is "Nestopia UE": the machines are shown beside it anyway.
fn short_name(name: &str) -> String {
    name.strip_suffix(')')
        .and_then(|rest| rest.split_once(" ("))
        .map(|(_, core)| core.trim())
        .filter(|core| !core.is_empty())
        .unwrap_or(name)
        .to_owned()
}

/// "Game Boy/Game Boy Color" is two; "Sega 8/16-bit" is one.
fn split_systems(name: &str) -> Vec<String> {
    let parts: Vec<&str> = name.split('/').map(str::trim).collect();
    if parts.iter().all(|part| part.starts_with(char::is_alphabetic)) {
        parts.into_iter().map(str::to_owned).collect()
    } else {
        vec![name.to_owned()]
    }
}

fn note(text: &str) -> Option<CoreNote> {
    let count: usize = value(text, "firmware_count").and_then(|n| n.parse().ok()).unwrap_or(0);
    let required: Vec<&str> = (0..count.min(64))
        .filter(|n| value(text, &format!("firmware{n}_opt")) == Some("false"))
        .filter_map(|n| value(text, &format!("firmware{n}_path")))
        .filter(|path| !path.is_empty())
        .collect();
    match required.as_slice() {
        [] => (value(text, "is_experimental") == Some("true")).then_some(CoreNote::Experimental),
        [one] => Some(CoreNote::NeedsBios { file: (*one).to_owned() }),
        many => Some(CoreNote::MayNeedBios { files: many.join(", ") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_info_file_is_read() {
        let info = Info::parse(
            "# Software Information\n\
             display_name = \"Nintendo - Game Boy Advance (mGBA)\"\n\
             supported_extensions = \"gb|gbc|GBA|gba\"\n\
             corename = \"mGBA\"\n\
             license = \"MPLv2.0\"\n\
             systemname = \"Game Boy/Game Boy Color/Game Boy Advance\"\n\
             firmware_count = 2\n\
             firmware0_path = \"gba_bios.bin\"\n\
             firmware0_opt = \"false\"\n\
             firmware1_path = \"gb_bios.bin\"\n\
             firmware1_opt = \"true\"\n",
        );
        assert_eq!(info.name.as_deref(), Some("mGBA"));
        assert_eq!(info.systems, ["Game Boy", "Game Boy Color", "Game Boy Advance"]);
        assert_eq!(info.extensions, ["gb", "gbc", "gba"]);
        let note = info.note.map(|note| note.to_string());
        assert_eq!(note.as_deref(), Some("Needs the BIOS file gba_bios.bin in the system folder."));
    }

    #[test]
    fn names_and_systems_that_look_alike_are_kept_whole() {
        assert_eq!(short_name("2048"), "2048");
        assert_eq!(short_name("()"), "()");
        assert_eq!(short_name("Odd ()"), "Odd ()");
        assert_eq!(split_systems("Sega 8/16-bit (Various)"), ["Sega 8/16-bit (Various)"]);
    }

    #[test]
    fn nonsense_is_an_empty_info() {
        for text in ["", "=\n==\n = \"", "display_name\n", "\u{0}\u{ffff}", "firmware_count = -1"] {
            assert_eq!(Info::parse(text), Info::default(), "{text:?}");
        }
        let huge = Info::parse("firmware_count = 18446744073709551615");
        assert_eq!(huge.note, None);
    }
}
