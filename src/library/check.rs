//! Whether a file can be used as content or as a core, said in one sentence before anything is started.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

/// No core takes more in one file, and some read all of it into memory.
const LARGEST_CONTENT_BYTES: u64 = 4 << 30;

/// Whether `path` is a file that a core could open. The error is one sentence that names the file and what to do.
pub fn check_content(path: &Path) -> Result<(), String> {
    let name = file_name(path);
    let size = readable_file(path)?;
    if size == 0 {
        return Err(format!("{name} is empty: copy it again from where it came from."));
    }
    if size > LARGEST_CONTENT_BYTES {
        return Err(format!(
            "{name} is larger than 4 GiB, more than any core opens: convert it to a compressed image such as .chd."
        ));
    }
    Ok(())
}

/// Whether `path` is a libretro core for this machine. The error is one sentence that names the file and what to do.
pub fn check_core(path: &Path) -> Result<(), String> {
    let name = file_name(path);
    readable_file(path)?;
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let header = File::open(path).and_then(|mut file| read_elf(&mut file));
    match header {
        Ok(elf) => elf.judge(&name),
        Err(error) => Err(unreadable(&name, &error)),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The size in bytes of a plain file that can be opened.
fn readable_file(path: &Path) -> Result<u64, String> {
    let name = file_name(path);
    let meta = fs::metadata(path).map_err(|error| unreadable(&name, &error))?;
    if meta.is_dir() {
        return Err(format!("{name} is a folder: choose the file inside it."));
    }
    if !meta.is_file() {
        return Err(format!("{name} is not a plain file: choose a file on a disc."));
    }
    let mut byte = [0];
    File::open(path).and_then(|mut file| file.read(&mut byte)).map_err(|error| unreadable(&name, &error))?;
    Ok(meta.len())
}

fn unreadable(name: &str, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("{name} is not there: it was moved or deleted, or its drive is not connected."),
        ErrorKind::PermissionDenied => format!("{name} may not be read by you: change its permissions, or copy it."),
        _ => format!("{name} cannot be read ({error}): check the drive it is on."),
    }
}

/// What the header of a file says of it.
#[derive(Debug, PartialEq, Eq)]
enum Elf {
    /// Another kind of file.
    No,
    /// ELF, and no shared library.
    NotShared,
    /// A shared library for this `e_machine`. `core` is whether it has `retro_run`; none if it does not tell.
    Shared { machine: u16, core: Option<bool> },
}

impl Elf {
    fn judge(&self, name: &str) -> Result<(), String> {
        let choose = "choose a file whose name ends in _libretro.so";
        match *self {
            Elf::No => Err(format!("{name} is not a libretro core: it is not a shared library; {choose}.")),
            Elf::NotShared => Err(format!("{name} is not a libretro core: it is a program of its own; {choose}.")),
            Elf::Shared { machine, .. } if this_machine().is_some_and(|this| this != machine) => {
                let (theirs, ours) = (machine_name(machine), machine_name(this_machine().unwrap_or_default()));
                Err(format!("{name} is made for {theirs}, this machine is {ours}: get the core built for {ours}."))
            }
            Elf::Shared { core: Some(false), .. } => {
                Err(format!("{name} is not a libretro core: it is a shared library of another kind; {choose}."))
            }
            Elf::Shared { .. } => Ok(()),
        }
    }
}

/// `e_machine` of this build.
fn this_machine() -> Option<u16> {
    match std::env::consts::ARCH {
        "x86" => Some(3),
        "arm" => Some(40),
        "x86_64" => Some(62),
        "aarch64" => Some(183),
        "riscv64" => Some(243),
        _ => None,
    }
}

fn machine_name(machine: u16) -> String {
    match machine {
        3 => "32-bit x86".into(),
        8 => "MIPS".into(),
        20 => "PowerPC".into(),
        21 => "64-bit PowerPC".into(),
        40 => "32-bit ARM".into(),
        62 => "x86-64".into(),
        183 => "AArch64".into(),
        243 => "RISC-V".into(),
        other => format!("another processor (ELF machine {other})"),
    }
}

/// Little- or big-endian numbers of a header.
struct Fields<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl Fields<'_> {
    /// The number of `width` bytes at `at`; 0 past the end.
    fn number(&self, at: usize, width: usize) -> u64 {
        let bytes = self.bytes.get(at..at + width).unwrap_or_default();
        let shift = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.little { bytes.iter().rev().fold(0, shift) } else { bytes.iter().fold(0, shift) }
    }
}

fn read_elf(file: &mut (impl Read + Seek)) -> io::Result<Elf> {
    let header = read_at(file, 0, 64)?;
    if header.len() < 52 || !header.starts_with(b"\x7fELF") {
        return Ok(Elf::No);
    }
    let little = header[5] == 1;
    let fields = Fields { bytes: &header, little };
    // ET_DYN
    if fields.number(16, 2) != 3 {
        return Ok(Elf::NotShared);
    }
    Ok(Elf::Shared {
        machine: fields.number(18, 2) as u16,
        core: if header[4] == 2 { has_retro_run(file, &fields)? } else { None },
    })
}

/// Looks through the names of a 64-bit library's dynamic symbols; none if it has no section headers to find them by.
fn has_retro_run(file: &mut (impl Read + Seek), header: &Fields) -> io::Result<Option<bool>> {
    const SECTION_BYTES: usize = 64;
    const SHT_DYNSYM: u64 = 11;
    const MOST_NAME_BYTES: u64 = 64 << 20;
    let sections_at = header.number(40, 8);
    let count = header.number(60, 2) as usize;
    if sections_at == 0 || count == 0 || header.number(58, 2) != SECTION_BYTES as u64 {
        return Ok(None);
    }
    let table = read_at(file, sections_at, (count * SECTION_BYTES) as u64)?;
    let sections: Vec<Fields> =
        table.chunks_exact(SECTION_BYTES).map(|bytes| Fields { bytes, little: header.little }).collect();
    let Some(symbols) = sections.iter().find(|section| section.number(4, 4) == SHT_DYNSYM) else {
        return Ok(None);
    };
    let Some(names) = sections.get(symbols.number(40, 4) as usize) else {
        return Ok(None);
    };
    let names = read_at(file, names.number(24, 8), names.number(32, 8).min(MOST_NAME_BYTES))?;
    Ok(Some(names.split(|byte| *byte == 0).any(|name| name == b"retro_run")))
}

/// Up to `most` bytes from `at`; fewer where the file ends.
fn read_at(file: &mut (impl Read + Seek), at: u64, most: u64) -> io::Result<Vec<u8>> {
    // Past this, seeking is an error rather than an early end; no file is that long.
    if at > i64::MAX as u64 {
        return Ok(Vec::new());
    }
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::path::PathBuf;

    /// A 64-bit little-endian library with one string table, laid out by hand.
    fn library(kind: u16, machine: u16, names: &[u8]) -> Vec<u8> {
        let mut file = vec![0; 64];
        file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        file[16..18].copy_from_slice(&kind.to_le_bytes());
        file[18..20].copy_from_slice(&machine.to_le_bytes());
        let sections_at = (64 + names.len()) as u64;
        file[40..48].copy_from_slice(&sections_at.to_le_bytes());
        file[58..60].copy_from_slice(&64u16.to_le_bytes());
        file[60..62].copy_from_slice(&2u16.to_le_bytes());
        file.extend_from_slice(names);
        let mut symbols = [0; 64];
        symbols[4] = 11;
        symbols[40] = 1;
        let mut strings = [0; 64];
        strings[4] = 3;
        strings[24..32].copy_from_slice(&64u64.to_le_bytes());
        strings[32..40].copy_from_slice(&(names.len() as u64).to_le_bytes());
        file.extend_from_slice(&symbols);
        file.extend_from_slice(&strings);
        file
    }

    fn temporary(name: &str, data: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("hotseat-check-{}-{name}", std::process::id()));
        fs::write(&path, data).unwrap();
        path
    }

    fn judged(data: &[u8]) -> Result<(), String> {
        read_elf(&mut Cursor::new(data)).unwrap().judge("x_libretro.so")
    }

    const CORE_NAMES: &[u8] = b"\0retro_init\0retro_run\0";

    #[test]
    fn a_core_for_this_machine_passes() {
        let this = this_machine().unwrap();
        assert_eq!(judged(&library(3, this, CORE_NAMES)), Ok(()));
    }

    #[test]
    fn a_core_for_another_machine_is_named_as_such() {
        let other = if this_machine() == Some(183) { 62 } else { 183 };
        let error = judged(&library(3, other, CORE_NAMES)).unwrap_err();
        let (theirs, ours) = (machine_name(other), machine_name(this_machine().unwrap()));
        assert_eq!(
            error,
            format!("x_libretro.so is made for {theirs}, this machine is {ours}: get the core built for {ours}.")
        );
    }

    #[test]
    fn other_files_are_told_apart() {
        let this = this_machine().unwrap();
        assert!(judged(b"").unwrap_err().contains("not a shared library"));
        assert!(judged(b"MZ\x90 and so on").unwrap_err().contains("not a shared library"));
        assert!(judged(&library(2, this, CORE_NAMES)).unwrap_err().contains("program of its own"));
        let other = judged(&library(3, this, b"\0XOpenDisplay\0not_retro_run\0")).unwrap_err();
        assert!(other.contains("another kind"), "{other}");
    }

    #[test]
    fn a_damaged_file_never_panics() {
        let whole = library(3, this_machine().unwrap(), CORE_NAMES);
        for length in 0..whole.len() {
            let _ = judged(&whole[..length]);
        }
        // Every byte of the headers set to values that break sums and sizes.
        for at in 4..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                let end = (at + 8).min(damaged.len());
                let _ = judged(&damaged);
                damaged[at..end].fill(value);
                let _ = judged(&damaged);
            }
        }
    }

    #[test]
    fn content_that_cannot_be_used_is_named_with_what_to_do() {
        let missing = check_content(Path::new("/nowhere/game.nes")).unwrap_err();
        assert_eq!(missing, "game.nes is not there: it was moved or deleted, or its drive is not connected.");
        assert!(check_content(&std::env::temp_dir()).unwrap_err().contains("is a folder"));
        let empty = temporary("empty.nes", b"");
        assert!(check_content(&empty).unwrap_err().contains("is empty"));
        let full = temporary("full.nes", b"NES\x1a");
        assert_eq!(check_content(&full), Ok(()));
        let large = temporary("large.iso", b"");
        // Sparse: takes no room on the disc.
        File::options().write(true).open(&large).unwrap().set_len((4 << 30) + 1).unwrap();
        assert!(check_content(&large).unwrap_err().contains("larger than 4 GiB"));
        for path in [empty, full, large] {
            fs::remove_file(path).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_read() {
        assert!(check_content(Path::new("/dev/zero")).unwrap_err().contains("not a plain file"));
        assert!(check_core(Path::new("/dev/zero")).unwrap_err().contains("not a plain file"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_test_program_is_no_core() {
        let error = check_core(&std::env::current_exe().unwrap()).unwrap_err();
        assert!(error.contains("is not a libretro core"), "{error}");
    }
}
