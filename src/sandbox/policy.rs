//! Which files a core process may open, decided from what it is to run. Pure: paths are compared, nothing is looked up.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What may be done below a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Access {
    /// Files are read, folders listed.
    Read,
    /// Devices are read, written and controlled; folders of them listed.
    Device,
    /// Files and folders are made, changed and removed. No links to elsewhere, no pipes, no sockets: the host reads here too.
    Write,
}

/// One path, and what may be done to it and below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    #[serde(with = "crate::link::paths")]
    pub path: PathBuf,
    pub access: Access,
}

/// What a core process is for. Absolute paths without links in them, as far as they exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// This program, so that its own functions can be named when it fails.
    pub program: PathBuf,
    pub core: PathBuf,
    /// Where the content lies, by its own name: what belongs to it lies beside that.
    pub content: Option<PathBuf>,
    /// Of content inside an archive, its own name, as if it lay beside the archive: patches for it do.
    pub inner: Option<PathBuf>,
    /// The file itself, which may have another name if the content is a link.
    pub content_file: Option<PathBuf>,
    /// Those that the person has the dynamic linker find before the system's.
    pub libraries: Vec<PathBuf>,
    pub system_dir: PathBuf,
    pub save_dir: PathBuf,
    /// Of this core process alone.
    pub temp_dir: PathBuf,
    /// Where content is unpacked; none for content that needs no unpacking.
    pub unpack_dir: Option<PathBuf>,
}

/// Where a person keeps things, and where programs of all kinds do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Private {
    /// Home, its well-known folders, this program's own folders: reading one of these whole, or what is above it, is too much.
    pub folders: Vec<PathBuf>,
}

/// Everything that a core process may open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub rules: Vec<Rule>,
}

/// Libraries, and the data and settings that belong to them: fonts, time zones, graphics drivers. Not the programs beside
/// them, and of /etc only what the dynamic linker and the drivers read.
const LIBRARIES: &[&str] = &[
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local/lib",
    "/usr/share",
    "/usr/local/share",
    "/app/lib",
    "/app/share",
    "/nix/store",
    "/gnu/store",
    "/run/opengl-driver",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/ld-nix.so.preload",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/drirc",
    "/etc/drirc.d",
    "/etc/glvnd",
    "/etc/egl",
    "/etc/vulkan",
    "/etc/OpenCL",
    "/etc/nvidia",
];

/// What programs ask of the machine.
const MACHINE: &[&str] = &[
    "/dev/dri",
    "/proc/cpuinfo",
    "/proc/driver/nvidia",
    "/proc/filesystems",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/vm",
    "/proc/uptime",
    "/proc/version",
    "/sys/bus/pci",
    "/sys/class/drm",
    "/sys/class/power_supply",
    "/sys/dev/char",
    "/sys/devices",
    "/sys/module/nvidia",
];

/// Nothing, chance, and graphics cards: the half of them that draws, not the one that has the screens.
const DEVICES: &[&str] = &[
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/dri/renderD128",
    "/dev/dri/renderD129",
    "/dev/dri/renderD130",
    "/dev/dri/renderD131",
    "/dev/kfd",
    "/dev/dxg",
    "/dev/mali0",
    "/dev/nvidiactl",
    "/dev/nvidia-modeset",
    "/dev/nvidia-uvm",
    "/dev/nvidia-uvm-tools",
    "/dev/nvidia-caps",
    "/dev/nvidia0",
    "/dev/nvidia1",
    "/dev/nvidia2",
    "/dev/nvidia3",
];

/// Folders that everybody writes into: what lies in them side by side does not belong together.
const SHARED: &[&str] =
    &["/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/mnt", "/media", "/srv", "/opt", "/usr", "/etc", "/var"];

/// Endings of files that are parts of a disc and have another name than the sheet that lists them.
const DISC_PARTS: &[&str] = &[
    "bin", "ccd", "cdi", "chd", "cue", "flac", "gdi", "img", "iso", "m3u", "mdf", "mds", "mp3", "nrg", "ogg", "pbp",
    "sbi", "sub", "toc", "wav", "cdr",
];
/// Those that list others.
const SHEETS: &[&str] = &["ccd", "cue", "gdi", "m3u", "mds", "toc"];

/// How much of the content's folder belongs to the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// All of it, and what is below: the folder is for games.
    Folder,
    /// Files that [`belongs`] says yes to: the folder is a person's, or everybody's.
    Files,
}

/// Whether the whole folder of the content may be read: not if a private folder is in it, or it is one of those itself.
pub fn beside(content: &Path, private: &Private) -> Beside {
    let Some(folder) = content.parent() else { return Beside::Files };
    let is_shared = SHARED.iter().any(|shared| Path::new(shared) == folder);
    match is_shared || private.folders.iter().any(|it| it.starts_with(folder)) {
        true => Beside::Files,
        false => Beside::Folder,
    }
}

/// Whether a file in the content's folder belongs to it: by its name, which begins with that of the content, or as a part
/// of a disc that the content may list.
pub fn belongs(content: &Path, other: &Path) -> bool {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ending = |path: &Path| path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let stem = content.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    if name(other).starts_with('.') {
        return false;
    }
    // `Game.nes` has `Game.ips`, `Game.rom.sav` and `Game (Disc 2).bin`.
    let rest = name(other).strip_prefix(&stem).map(str::to_owned);
    let same_name = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ', '(', '-', '_']));
    same_name || (SHEETS.contains(&ending(content).as_str()) && DISC_PARTS.contains(&ending(other).as_str()))
}

impl Policy {
    /// For a task. `files` are those in the content's folder, where that is not read whole, and those that links in it lead
    /// to; they are looked at by [`belongs`].
    pub fn new(task: &Task, private: &Private, files: &[PathBuf]) -> Policy {
        let mut rules = Vec::new();
        let mut add = |path: &Path, access| {
            // An empty path would be the folder that the program was started in.
            if path.is_absolute() {
                rules.push(Rule { path: path.to_owned(), access });
            }
        };
        for path in LIBRARIES.iter().chain(MACHINE) {
            add(Path::new(path), Access::Read);
        }
        for path in DEVICES {
            add(Path::new(path), Access::Device);
        }
        for path in [&task.program, &task.core, &task.system_dir].into_iter().chain(&task.libraries) {
            add(path, Access::Read);
        }
        if let Some(content) = &task.content {
            add(content, Access::Read);
            if let (Beside::Folder, Some(folder)) = (beside(content, private), content.parent()) {
                add(folder, Access::Read);
            }
            let names: Vec<&Path> = [content.as_path()].into_iter().chain(task.inner.as_deref()).collect();
            let others = files.iter().filter(|file| names.iter().any(|name| belongs(name, file)));
            task.content_file.iter().chain(others).for_each(|file| add(file, Access::Read));
        }
        for path in [&task.save_dir, &task.temp_dir].into_iter().chain(&task.unpack_dir) {
            add(path, Access::Write);
        }
        Policy { rules }
    }

    /// Whether a file may be opened at this absolute path without links in it; with `write`, to be changed. `own` is the
    /// folder of the process in /proc.
    pub fn allows(&self, path: &Path, write: bool, own: &Path) -> bool {
        let fits = |access| match access {
            Access::Read => !write,
            Access::Device | Access::Write => true,
        };
        (path.starts_with(own) && !write)
            || self.rules.iter().any(|rule| fits(rule.access) && path.starts_with(&rule.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn private() -> Private {
        Private {
            folders: ["/home/ada", "/home/ada/Downloads", "/home/ada/.local/share/hotseat"].map(PathBuf::from).into(),
        }
    }

    fn task(content: &str) -> Task {
        Task {
            program: "/usr/bin/hotseat".into(),
            core: "/home/ada/cores/x_libretro.so".into(),
            content: Some(content.into()),
            inner: None,
            content_file: Some("/store/0f3a".into()),
            libraries: Vec::new(),
            system_dir: "/home/ada/.local/share/hotseat/system".into(),
            save_dir: "/home/ada/.local/share/hotseat/saves/x".into(),
            temp_dir: "/tmp/hotseat-core-1-1".into(),
            unpack_dir: None,
        }
    }

    #[test]
    fn a_folder_for_games_may_be_read_whole_and_a_persons_own_may_not() {
        for (content, whole) in [
            ("/home/ada/games/nes/a.nes", true),
            ("/mnt/roms/a.nes", true),
            ("/home/ada/Downloads/nes/a.nes", true),
            ("/home/ada/Downloads/a.nes", false),
            ("/home/ada/a.nes", false),
            ("/home/a.nes", false),
            ("/a.nes", false),
            ("/tmp/a.nes", false),
            ("/home/ada/.local/share/a.nes", false),
        ] {
            let beside = beside(Path::new(content), &private());
            assert_eq!(beside == Beside::Folder, whole, "{content}");
        }
    }

    #[test]
    fn in_a_persons_own_folder_a_game_has_its_own_files_and_those_of_its_disc() {
        let belongs = |content: &str, other: &str| belongs(Path::new(content), Path::new(other));
        assert!(belongs("/d/Game.nes", "/d/Game.ips") && belongs("/d/Game.nes", "/d/game.nes.bps"));
        assert!(belongs("/d/Game.cue", "/d/Track 01.bin") && belongs("/d/Game.m3u", "/d/Other.CUE"));
        assert!(!belongs("/d/Game.nes", "/d/Track 01.bin") && !belongs("/d/Game.nes", "/d/Gamer.txt"));
        assert!(!belongs("/d/Game.cue", "/d/letter.txt") && !belongs("/d/Game.cue", "/d/.hidden.bin"));
        let files = ["/home/ada/Game.ips", "/home/ada/letter.txt"].map(PathBuf::from);
        let policy = Policy::new(&task("/home/ada/Game.nes"), &private(), &files);
        let own = Path::new("/proc/7");
        let reads = |path: &str| policy.allows(Path::new(path), false, own);
        assert!(reads("/home/ada/Game.nes") && reads("/home/ada/Game.ips"));
        assert!(!reads("/home/ada/letter.txt") && !reads("/home/ada/.ssh/id_rsa") && !reads("/home/ada"));
    }

    #[test]
    fn saves_and_temporary_files_are_written_and_nothing_else() {
        let files = ["/elsewhere/a.ips", "/elsewhere/b.ips"].map(PathBuf::from);
        let policy = Policy::new(&task("/mnt/roms/a.nes"), &private(), &files);
        let own = Path::new("/proc/7");
        let allows = |path: &str, write| policy.allows(Path::new(path), write, own);
        assert!(
            allows("/home/ada/.local/share/hotseat/saves/x/deep/a.srm", true)
                && allows("/tmp/hotseat-core-1-1/a", true)
        );
        assert!(allows("/dev/null", true));
        for read in [
            "/mnt/roms/b.nes",
            "/store/0f3a",
            "/elsewhere/a.ips",
            "/home/ada/.local/share/hotseat/system/bios.bin",
            "/usr/lib/x.so",
            "/proc/7/maps",
        ] {
            assert!(allows(read, false) && !allows(read, true), "{read}");
        }
        for nothing in [
            "/home/ada/.local/share/hotseat/saves/y/a.srm",
            "/proc/8/mem",
            "/elsewhere/b.ips",
            "/etc/shadow",
            "/etc/passwd",
            "/usr/bin/sh",
            "/tmp/a",
        ] {
            assert!(!allows(nothing, false) && !allows(nothing, true), "{nothing}");
        }
    }

    #[test]
    fn a_path_that_is_not_whole_opens_nothing() {
        let policy = Policy::new(&Task::default(), &Private::default(), &[]);
        assert!(policy.rules.iter().all(|rule| rule.path.is_absolute()));
        assert!(!policy.allows(Path::new("/home"), false, Path::new("/proc/7")));
    }
}
