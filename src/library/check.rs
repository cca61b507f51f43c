//! Whether a file can be used as content or as a core, found out before anything is started.

use crate::content::Location;
use crate::messages;
use crate::text::IoCause;
use object::read::NameOrOrdinal;
use object::{Architecture, FileKind, Object, ObjectKind, ReadCache, ReadRef};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

messages! {
    /// Why a file is not used. `file` is its name without the folders.
    pub enum CheckError in check {
        empty => Empty { file: String },
        folder => Folder { file: String },
        /// One that has more than one game in it.
        folder_of_several => FolderOfSeveral { file: String, names: String },
        /// A device, a pipe, a socket.
        not_a_file => NotAFile { file: String },
        not_found => NotFound { file: String },
        not_permitted => NotPermitted { file: String },
        unreadable => Unreadable { file: String, cause: IoCause },
        not_a_library => NotALibrary { file: String },
        /// A program or an object file.
        not_shared => NotShared { file: String },
        /// A shared library that exports no `retro_run`.
        other_library => OtherLibrary { file: String },
        other_processor => OtherProcessor { file: String, theirs: Processor, ours: Processor },
        other_system => OtherSystem { file: String, theirs: &'static str, ours: &'static str },
    }
}

messages! {
    /// What a library's code is made for, as a noun inside a sentence.
    pub enum Processor in processor {
        x86 => X86,
        x86_64 => X86_64,
        arm => Arm,
        aarch64 => Aarch64,
        mips => Mips,
        powerpc => PowerPc,
        powerpc64 => PowerPc64,
        riscv => RiscV,
        other => Other { name: String },
    }
}

impl From<Architecture> for Processor {
    fn from(architecture: Architecture) -> Self {
        match architecture {
            Architecture::I386 => Self::X86,
            Architecture::X86_64 => Self::X86_64,
            Architecture::Arm => Self::Arm,
            Architecture::Aarch64 => Self::Aarch64,
            Architecture::Mips | Architecture::Mips64 => Self::Mips,
            Architecture::PowerPc => Self::PowerPc,
            Architecture::PowerPc64 => Self::PowerPc64,
            Architecture::Riscv32 | Architecture::Riscv64 => Self::RiscV,
            other => Self::Other { name: format!("{other:?}") },
        }
    }
}

/// Whether `path` is a file that a core could open, or one in an archive that can be read. Its size has no limit.
pub fn check_content(path: &Path) -> Result<(), CheckError> {
    let file = Location::of(path).file;
    match readable_file(&file)? {
        0 => Err(CheckError::Empty { file: file_name(&file) }),
        _ => Ok(()),
    }
}

/// Whether `path` is a libretro core for this machine.
pub fn check_core(path: &Path) -> Result<(), CheckError> {
    readable_file(path)?;
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    // Read a piece at a time: cores are up to hundreds of megabytes long, and mapping a file that may change is unsafe.
    check_library(&ReadCache::new(file), file_name(path))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The size in bytes of a plain file that can be opened.
fn readable_file(path: &Path) -> Result<u64, CheckError> {
    let meta = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if meta.is_dir() {
        return Err(CheckError::Folder { file: file_name(path) });
    }
    if !meta.is_file() {
        return Err(CheckError::NotAFile { file: file_name(path) });
    }
    let mut byte = [0];
    File::open(path).and_then(|mut file| file.read(&mut byte)).map_err(|error| unreadable(path, &error))?;
    Ok(meta.len())
}

fn unreadable(path: &Path, error: &io::Error) -> CheckError {
    let file = file_name(path);
    match error.kind() {
        ErrorKind::NotFound => CheckError::NotFound { file },
        ErrorKind::PermissionDenied => CheckError::NotPermitted { file },
        _ => CheckError::Unreadable { file, cause: error.into() },
    }
}

/// Looks at the headers and the exported names. What they do not tell is left to the dynamic linker, which gives its own
/// reasons.
fn check_library<'a, R: ReadRef<'a>>(data: R, file: String) -> Result<(), CheckError> {
    let theirs = match FileKind::parse(data) {
        Ok(FileKind::Elf32 | FileKind::Elf64) => "Linux",
        Ok(FileKind::MachO32 | FileKind::MachO64 | FileKind::MachOFat32 | FileKind::MachOFat64) => "macOS",
        Ok(FileKind::Pe32 | FileKind::Pe64) => "Windows",
        _ => return Err(CheckError::NotALibrary { file }),
    };
    let ours = this_system();
    if theirs != ours {
        return Err(CheckError::OtherSystem { file, theirs, ours });
    }
    // Cut off, or packed with its tables out of place.
    let Ok(library) = object::File::parse(data) else { return Ok(()) };
    if library.kind() != ObjectKind::Dynamic {
        return Err(CheckError::NotShared { file });
    }
    let theirs = Processor::from(library.architecture());
    if let Some(ours) = this_processor()
        && theirs != ours
    {
        return Err(CheckError::OtherProcessor { file, theirs, ours });
    }
    match exports_retro_run(&library) {
        Some(false) => Err(CheckError::OtherLibrary { file }),
        _ => Ok(()),
    }
}

/// None: the library does not tell what it exports.
fn exports_retro_run<'a, R: ReadRef<'a>>(library: &object::File<'a, R>) -> Option<bool> {
    // Those that it imports are among them.
    let mut any = library.dynamic_symbols().next().is_some();
    for export in library.exports().ok()? {
        // Names in Mach-O begin with an underscore.
        if matches!(export.ok()?.name(), NameOrOrdinal::Name(b"retro_run" | b"_retro_run")) {
            return Some(true);
        }
        any = true;
    }
    any.then_some(false)
}

fn this_system() -> &'static str {
    match std::env::consts::OS {
        "macos" => "macOS",
        "windows" => "Windows",
        _ => "Linux",
    }
}

fn this_processor() -> Option<Processor> {
    match std::env::consts::ARCH {
        "x86" => Some(Processor::X86),
        "arm" => Some(Processor::Arm),
        "x86_64" => Some(Processor::X86_64),
        "aarch64" => Some(Processor::Aarch64),
        "riscv64" => Some(Processor::RiscV),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::path::PathBuf;

    /// A 64-bit little-endian ELF file that exports these names, laid out by hand: header, names, symbols, and the
    /// headers of three sections (none, the symbols, their names).
    fn library(kind: u16, machine: u16, exports: &[&str]) -> Vec<u8> {
        let (mut names, mut symbols) = (vec![0], vec![0; 24]);
        for export in exports {
            symbols.extend((names.len() as u32).to_le_bytes());
            // Global, a function, in section 1.
            symbols.extend([0x12, 0, 1, 0]);
            symbols.extend([0; 16]);
            names.extend(export.bytes().chain([0]));
        }
        let symbols_at = 64 + names.len();
        let sections_at = symbols_at + symbols.len();
        let mut file = vec![0; 64];
        file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        file[16..18].copy_from_slice(&kind.to_le_bytes());
        file[18..20].copy_from_slice(&machine.to_le_bytes());
        file[40..48].copy_from_slice(&(sections_at as u64).to_le_bytes());
        file[58..60].copy_from_slice(&64u16.to_le_bytes());
        file[60..62].copy_from_slice(&3u16.to_le_bytes());
        file[62..64].copy_from_slice(&2u16.to_le_bytes());
        file.extend(&names);
        file.extend(&symbols);
        file.extend([0; 64]);
        for (kind, at, len, link, each) in [(11u32, symbols_at, symbols.len(), 2u32, 24u64), (3, 64, names.len(), 0, 0)]
        {
            let mut section = [0; 64];
            section[4..8].copy_from_slice(&kind.to_le_bytes());
            section[24..32].copy_from_slice(&(at as u64).to_le_bytes());
            section[32..40].copy_from_slice(&(len as u64).to_le_bytes());
            section[40..44].copy_from_slice(&link.to_le_bytes());
            section[56..64].copy_from_slice(&each.to_le_bytes());
            file.extend(section);
        }
        file
    }

    fn temporary(name: &str, data: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("hotseat-check-{}-{name}", std::process::id()));
        fs::write(&path, data).unwrap();
        path
    }

    fn judged(data: &[u8]) -> Result<(), CheckError> {
        check_library(&ReadCache::new(Cursor::new(data)), "x_libretro.so".into())
    }

    const CORE_NAMES: &[&str] = &["retro_init", "retro_run"];

    /// `e_machine` of this build.
    fn this_machine() -> u16 {
        match this_processor().unwrap() {
            Processor::X86 => 3,
            Processor::Arm => 40,
            Processor::X86_64 => 62,
            Processor::Aarch64 => 183,
            _ => 243,
        }
    }

    #[test]
    fn a_core_for_this_machine_passes() {
        assert_eq!(judged(&library(3, this_machine(), CORE_NAMES)), Ok(()));
    }

    #[test]
    fn a_core_for_another_machine_is_named_as_such() {
        let (other, theirs) = if this_machine() == 183 { (62, "x86-64") } else { (183, "AArch64") };
        let error = judged(&library(3, other, CORE_NAMES)).unwrap_err();
        let ours = this_processor().unwrap();
        assert_eq!(
            error.to_string(),
            format!("x_libretro.so is made for {theirs}, this machine is {ours}: get the core built for {ours}.")
        );
    }

    #[test]
    fn a_core_for_another_system_is_named_as_such() {
        let mut windows = vec![0; 64];
        windows[..2].copy_from_slice(b"MZ");
        windows[60] = 64;
        windows.extend(b"PE\0\0");
        windows.extend([0; 20]);
        windows.extend(0x20bu16.to_le_bytes());
        windows.extend([0; 256]);
        let error = judged(&windows).unwrap_err().to_string();
        assert_eq!(
            error,
            "x_libretro.so is made for Windows, and this machine runs Linux: get the core built for Linux."
        );
    }

    #[test]
    fn other_files_are_told_apart() {
        let judged = |data: &[u8]| judged(data).unwrap_err().to_string();
        let this = this_machine();
        assert!(judged(b"").contains("not a shared library"));
        assert!(judged(b"MZ\x90 and so on").contains("not a shared library"));
        assert!(judged(&library(2, this, CORE_NAMES)).contains("program of its own"));
        let other = judged(&library(3, this, &["XOpenDisplay", "not_retro_run"]));
        assert!(other.contains("another kind"), "{other}");
    }

    #[test]
    fn a_damaged_file_never_panics() {
        let whole = library(3, this_machine(), CORE_NAMES);
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
        let check_content = |path: &Path| check_content(path).map_err(|error| error.to_string());
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
        assert_eq!(check_content(&large), Ok(()), "how large is the disk's affair");
        for path in [empty, full, large] {
            fs::remove_file(path).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_read() {
        let refused = Err(CheckError::NotAFile { file: "zero".into() });
        assert_eq!(check_content(Path::new("/dev/zero")), refused);
        assert_eq!(check_core(Path::new("/dev/zero")), refused);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_test_program_is_no_core() {
        let error = check_core(&std::env::current_exe().unwrap()).unwrap_err();
        assert!(error.to_string().contains("is not a libretro core"), "{error}");
    }
}
