//! Files of the real machine that cores look for: which a core wants, and whether they are where it looks.

use crate::messages;
use md5::{Digest, Md5};
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

/// The most that one core wants.
const MOST: usize = 64;
/// The largest that is read to compare it; the largest real one is a hard disk's image.
const MOST_BYTES: u64 = 64 << 20;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firmware {
    /// Below the folder that cores look into.
    pub path: String,
    /// What it is, in the core's makers' words; may be empty.
    pub description: String,
    /// Games run without it.
    pub optional: bool,
    /// In hexadecimal digits; empty if none is known.
    pub md5: String,
}

/// How it is with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirmwareState {
    Good,
    /// It is there, and nothing is known of what should be in it.
    There,
    Missing,
    Wrong {
        md5: String,
    },
}

impl FirmwareState {
    /// For programs.
    pub fn name(&self) -> &'static str {
        match self {
            FirmwareState::Good => "good",
            FirmwareState::There => "there",
            FirmwareState::Missing => "missing",
            FirmwareState::Wrong { .. } => "wrong",
        }
    }
}

messages! {
    /// What a core lacks.
    pub enum FirmwareProblem in firmware {
        missing => Missing { core: String, files: String, folder: String },
        /// Some of it is there: for another region or model, perhaps.
        missing_some => MissingSome { core: String, files: String, folder: String },
        wrong => Wrong { core: String, files: String, folder: String },
    }
}

messages! {
    /// A file in a list of such.
    enum FirmwareName in firmware_name {
        plain => Plain { file: String },
        with_md5 => WithMd5 { file: String, md5: String },
        wrong => Wrong { file: String, has: String, md5: String },
    }
}

/// What an `.info` file says: `firmware0_path` and so on, and `notes` with lines such as `(!) file (md5): digits`.
pub(super) fn parse<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Vec<Firmware> {
    let count: usize = value("firmware_count").and_then(|n| n.parse().ok()).unwrap_or(0);
    let notes = value("notes").unwrap_or_default();
    let known: Vec<(&str, &str)> = notes.split('|').filter_map(note).collect();
    let one = |number: usize| {
        let of = |what: &str| value(&format!("firmware{number}_{what}")).unwrap_or_default();
        let path = of("path");
        let name = path.rsplit('/').next().unwrap_or(path);
        let md5 = known.iter().find(|(file, _)| *file == path || *file == name).map_or("", |(_, md5)| md5);
        (!path.is_empty()).then(|| Firmware {
            path: path.to_owned(),
            description: of("desc").to_owned(),
            optional: of("opt") != "false",
            md5: md5.to_lowercase(),
        })
    };
    (0..count.min(MOST)).filter_map(one).collect()
}

fn note(line: &str) -> Option<(&str, &str)> {
    let (file, md5) = line.trim().strip_prefix("(!)")?.split_once("(md5):")?;
    let md5 = md5.trim();
    (md5.len() == 32 && md5.bytes().all(|it| it.is_ascii_hexdigit())).then(|| (file.trim(), md5))
}

/// How it is with each of a core's files in `folder`.
pub fn look<'a>(firmware: &'a [Firmware], folder: &Path) -> Vec<(&'a Firmware, FirmwareState)> {
    firmware.iter().map(|it| (it, state(it, folder))).collect()
}

fn state(firmware: &Firmware, folder: &Path) -> FirmwareState {
    let below = Path::new(&firmware.path);
    if below.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return FirmwareState::Missing;
    }
    let path = folder.join(below);
    if path.is_dir() {
        return FirmwareState::There;
    }
    let Some(mut file) = path.is_file().then(|| File::open(&path).ok()).flatten() else {
        return FirmwareState::Missing;
    };
    if firmware.md5.is_empty() || file.metadata().is_ok_and(|it| it.len() > MOST_BYTES) {
        return FirmwareState::There;
    }
    let mut digest = Md5::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => digest.update(&piece[..read]),
            Err(_) => return FirmwareState::There,
        }
    }
    let md5: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if md5 == firmware.md5 { FirmwareState::Good } else { FirmwareState::Wrong { md5 } }
}

/// What to tell of a core called `core` before it is started: what it needs and lacks, then what is there and is something else.
pub fn problems(core: &str, firmware: &[Firmware], folder: &Path) -> Vec<FirmwareProblem> {
    let looked = look(firmware, folder);
    let core = core.to_owned();
    let names = |list: Vec<FirmwareName>| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let needed = || looked.iter().filter(|(it, _)| !it.optional);
    let missing: Vec<FirmwareName> = needed()
        .filter(|(_, state)| *state == FirmwareState::Missing)
        .map(|(it, _)| match it.md5.is_empty() {
            true => FirmwareName::Plain { file: it.path.clone() },
            false => FirmwareName::WithMd5 { file: it.path.clone(), md5: it.md5.clone() },
        })
        .collect();
    let all_missing = missing.len() == needed().count();
    let wrong: Vec<FirmwareName> = looked
        .iter()
        .filter_map(|(it, state)| match state {
            // What is not needed has good dumps that the list does not know.
            FirmwareState::Wrong { .. } if it.optional => None,
            FirmwareState::Wrong { md5 } => {
                Some(FirmwareName::Wrong { file: it.path.clone(), has: md5.clone(), md5: it.md5.clone() })
            }
            _ => None,
        })
        .collect();
    let folder = folder.display().to_string();
    let mut problems = Vec::new();
    if !missing.is_empty() {
        let (core, files, folder) = (core.clone(), names(missing), folder.clone());
        problems.push(match all_missing {
            true => FirmwareProblem::Missing { core, files, folder },
            false => FirmwareProblem::MissingSome { core, files, folder },
        });
    }
    if !wrong.is_empty() {
        problems.push(FirmwareProblem::Wrong { core, files: names(wrong), folder });
    }
    problems
}

/// For cores that come without `.info` files: core, path, optional, MD5.
#[rustfmt::skip]
const KNOWN: &[(&str, &str, bool, &str)] = &[
    ("mednafen_psx", "scph5500.bin", false, "8dd7d5296a650fac7319bce665a6a53c"),
    ("mednafen_psx", "scph5501.bin", false, "490f666e1afb15b7362b406ed1cea246"),
    ("mednafen_psx", "scph5502.bin", false, "32736f17079d0b2b7024407c39bd3050"),
    ("mednafen_psx_hw", "scph5500.bin", false, "8dd7d5296a650fac7319bce665a6a53c"),
    ("mednafen_psx_hw", "scph5501.bin", false, "490f666e1afb15b7362b406ed1cea246"),
    ("mednafen_psx_hw", "scph5502.bin", false, "32736f17079d0b2b7024407c39bd3050"),
    ("nestopia", "disksys.rom", true, "ca30b50f880eb660a320674ed365ef7a"),
    ("mednafen_pce_fast", "syscard3.pce", true, "38179df8f4ac870017db21ebcbf53114"),
    ("mednafen_pce", "syscard3.pce", true, "38179df8f4ac870017db21ebcbf53114"),
    ("mgba", "gba_bios.bin", true, "a860e8c0b6d573d191e4ec7db1b1e4f6"),
    ("gambatte", "gb_bios.bin", true, "32fbbd84168d3482956eb3c5051637f5"),
    ("gambatte", "gbc_bios.bin", true, "dbfce9db9deaa2567f6a84fde55f9680"),
    ("mednafen_saturn", "sega_101.bin", false, "85ec9ca47d8f6807718151cbcca8b964"),
    ("mednafen_saturn", "mpr-17933.bin", false, "3240872c70984b6cbfda1586cab68dbe"),
];

/// What is known of a core without an `.info` file.
pub(super) fn known(id: &str) -> Vec<Firmware> {
    let rows = KNOWN.iter().filter(|(core, ..)| *core == id);
    rows.map(|(_, path, optional, md5)| Firmware {
        path: (*path).to_owned(),
        description: String::new(),
        optional: *optional,
        md5: (*md5).to_owned(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn parsed(pairs: &[(&'static str, &'static str)]) -> Vec<Firmware> {
        parse(|key| pairs.iter().find(|(known, _)| *known == key).map(|(_, value)| *value))
    }

    fn two() -> Vec<Firmware> {
        parsed(&[
            ("firmware_count", "3"),
            ("firmware0_path", "a.bin"),
            ("firmware0_desc", "a.bin (Boot)"),
            ("firmware0_opt", "false"),
            ("firmware1_path", "np/b.bin"),
            ("firmware1_opt", "true"),
            ("firmware2_path", "../../etc/passwd"),
            ("notes", "(!) a.bin (md5): 0CC175B9C0F1B6A831C399E269772661|(!) b.bin (md5): nonsense|Press F1.|(!)"),
        ])
    }

    #[test]
    fn what_a_core_wants_is_read_with_its_checksums() {
        let all = two();
        let it = |at: usize| (all[at].path.as_str(), all[at].optional, all[at].md5.as_str());
        assert_eq!(it(0), ("a.bin", false, "0cc175b9c0f1b6a831c399e269772661"));
        assert_eq!(it(1), ("np/b.bin", true, ""));
        for nonsense in ["", "-1", "99999999999999999999", "64"] {
            assert!(parsed(&[("firmware_count", nonsense)]).is_empty());
        }
    }

    #[test]
    fn missing_and_wrong_files_are_named_with_what_they_should_be() {
        let folder = std::env::temp_dir().join(format!("hotseat-firmware-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let said = || problems("Odd", &two(), &folder).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let missing = format!(
            "Odd needs files of the real machine that are not in {}: a.bin (md5 0cc175b9c0f1b6a831c399e269772661). \
             Put them there, or games may not start.",
            folder.display()
        );
        assert_eq!(said(), missing);
        fs::write(folder.join("a.bin"), b"other").unwrap();
        let wrong = said();
        assert!(
            wrong.contains("a.bin (md5 795f3202b17cb6bc3d4b771d8c6c9eaf instead of 0cc175b9c0f1b6a831c399e269772661)"),
            "{wrong}"
        );
        fs::write(folder.join("a.bin"), b"a").unwrap();
        assert_eq!(said(), "");
        let states: Vec<FirmwareState> = look(&two(), &folder).into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, [FirmwareState::Good, FirmwareState::Missing, FirmwareState::Missing]);
        fs::remove_dir_all(folder).unwrap();
    }
}
