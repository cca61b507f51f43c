//! Cores and content on disc: where they are, what they are, and whether they can be used.
//!
//! Nothing here loads a core: what is known of one comes from its `.info` file, from a table for well-known
//! cores, and from the file's header. Only the core process ever opens the library itself, also where a core is asked which machines
//! it has.

pub mod catalog;
mod check;
mod firmware;
mod folders;
mod info;
mod inside;
mod known;
mod several;
mod system;
mod usual_folders;

pub use check::{CheckError, Processor, check_content, check_core};
pub use firmware::{
    Firmware, FirmwareProblem, FirmwareState, look as look_for_firmware, problems as firmware_problems,
};
pub use folders::by_folder;
pub use info::CoreNote;
pub use inside::{ContentError, Found, Inside, cores_for_game, handed_over, identity_of};
pub use several::{SeveralError, game_of_several, subsystems_of, with_files};
pub use system::system_of;
pub use usual_folders::usual_game_folders;

use info::Info;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// One core that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreEntry {
    /// The shared library.
    pub path: PathBuf,
    /// What people call the core, such as "Nestopia UE".
    pub name: String,
    /// The machines it stands for, such as "Game Boy Color"; may be empty.
    pub systems: Vec<String>,
    /// What it opens: lower case, without the dot; empty if unknown or if the core is a game of its own.
    pub extensions: Vec<String>,
    /// It came with this program.
    pub bundled: bool,
    /// What a person should know before choosing it, such as a BIOS it needs.
    pub note: Option<CoreNote>,
    /// Files of the real machine that it looks for.
    pub firmware: Vec<Firmware>,
}

/// What is known of a core by its name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreAbout {
    /// What people call it.
    pub name: String,
    pub systems: Vec<String>,
    /// Lower case, without the dot.
    pub extensions: Vec<String>,
    /// As its makers state it.
    pub licence: Option<String>,
    pub note: Option<CoreNote>,
}

impl CoreEntry {
    /// Whether it takes a folder as content.
    pub fn takes_folders(&self) -> bool {
        self.extensions.iter().any(|ending| ending == inside::FOLDER_ENDING)
    }

    /// Whether it opens files that end like `path`.
    pub fn opens(&self, path: &Path) -> bool {
        extension(path).is_some_and(|wanted| self.extensions.contains(&wanted))
    }
}

/// The ending by which cores are told apart: lower case, without the dot.
pub fn extension(path: &Path) -> Option<String> {
    path.extension().map(|e| e.to_string_lossy().to_lowercase())
}

/// Every core in the usual folders, the bundled ones first, the rest by name.
///
/// `extra` folders are searched first; of two cores with one file name the first found is kept.
pub fn find_cores(extra: &[PathBuf]) -> Vec<CoreEntry> {
    let mut folders = extra.to_vec();
    folders.extend(core_folders());
    scan(&folders, &own_folders(), &info_folders())
}

/// Those of `cores` that open `content`, in the same order.
pub fn cores_for<'a>(cores: &'a [CoreEntry], content: &Path) -> Vec<&'a CoreEntry> {
    cores.iter().filter(|core| core.opens(content)).collect()
}

/// The game that comes with the program, if it is where it should be.
pub fn demo_core() -> Option<PathBuf> {
    let names = ["arena_libretro", "libarena_libretro"];
    own_folders()
        .iter()
        .flat_map(|folder| names.map(|name| folder.join(name).with_extension(std::env::consts::DLL_EXTENSION)))
        .find(|path| path.is_file())
}

/// The folder that is the program's own to keep cores in; it need not exist.
pub fn user_core_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "hotseat").map(|dirs| dirs.data_dir().join("cores"))
}

/// The folder that is the program's own to keep `.info` files in; it need not exist.
pub fn user_info_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "hotseat").map(|dirs| dirs.data_dir().join("info"))
}

/// What is said of the core called `id`, such as `nestopia`, in `folder`, in the usual folders or in our own table.
pub fn about(id: &str, folder: &Path) -> CoreAbout {
    let folders: Vec<PathBuf> = [folder.to_owned()].into_iter().chain(info_folders()).collect();
    let info = info_of(id, &folders);
    CoreAbout {
        name: info.name.unwrap_or_else(|| plain_name(id)),
        systems: info.systems,
        extensions: info.extensions,
        licence: info.licence,
        note: info.note,
    }
}

/// Where the program's own cores are: beside the executable, or where an installer puts them.
fn own_folders() -> Vec<PathBuf> {
    let Ok(executable) = std::env::current_exe() else {
        return Vec::new();
    };
    let Some(beside) = executable.parent() else {
        return Vec::new();
    };
    let mut folders = vec![beside.to_path_buf()];
    // Cargo puts tests and examples one folder further down than the program.
    if beside.ends_with("deps") || beside.ends_with("examples") {
        folders.extend(beside.parent().map(Path::to_path_buf));
    }
    folders.extend(beside.parent().map(|prefix| prefix.join("lib/hotseat/cores")));
    folders
}

/// What is known of one core, wherever it lies.
pub fn describe_core(path: &Path) -> CoreEntry {
    let id = core_id(path).unwrap_or_default();
    let own = path.parent().is_some_and(|folder| own_folders().iter().any(|it| it == folder));
    describe(path.to_owned(), &id, own, &info_folders())
}

/// What the text of an `.info` file says, as a core that lies nowhere: for fuzzing.
pub fn read_info(text: &str) -> CoreEntry {
    entry(PathBuf::new(), "core", false, Info::parse(text))
}

fn core_folders() -> Vec<PathBuf> {
    let mut folders = own_folders();
    folders.extend(user_core_folder());
    for retroarch in retroarch_folders() {
        folders.extend(info::retroarch_setting(&retroarch.join("retroarch.cfg"), "libretro_directory"));
        folders.push(retroarch.join("cores"));
    }
    if cfg!(target_os = "linux") {
        let triplet = match std::env::consts::ARCH {
            "x86" => "i386-linux-gnu".to_owned(),
            "arm" => "arm-linux-gnueabihf".to_owned(),
            arch => format!("{arch}-linux-gnu"),
        };
        folders.push(format!("/usr/lib/{triplet}/libretro").into());
        folders.extend(["/usr/lib/libretro", "/usr/lib64/libretro", "/usr/local/lib/libretro"].map(PathBuf::from));
    }
    folders
}

fn info_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for retroarch in retroarch_folders() {
        folders.extend(info::retroarch_setting(&retroarch.join("retroarch.cfg"), "libretro_info_path"));
        folders.push(retroarch.join("info"));
        folders.push(retroarch.join("cores"));
    }
    folders.extend(user_info_folder());
    folders.extend(["/usr/share/libretro/info", "/usr/local/share/libretro/info"].map(PathBuf::from));
    folders
}

/// Where RetroArch keeps its things: installed by the system, by Flatpak, by Snap, by Steam; or elsewhere on other systems.
fn retroarch_folders() -> Vec<PathBuf> {
    let Some(dirs) = directories::BaseDirs::new() else {
        return Vec::new();
    };
    let home = dirs.home_dir();
    if cfg!(target_os = "linux") {
        vec![
            dirs.config_dir().join("retroarch"),
            home.join(".var/app/org.libretro.RetroArch/config/retroarch"),
            home.join("snap/retroarch/current/.config/retroarch"),
            dirs.data_dir().join("Steam/steamapps/common/RetroArch"),
        ]
    } else {
        vec![dirs.config_dir().join("RetroArch")]
    }
}

/// Where RetroArch keeps pictures of games, by machine.
pub fn retroarch_thumbnails() -> Vec<PathBuf> {
    let folders = retroarch_folders().into_iter();
    folders
        .flat_map(|folder| {
            let set = info::retroarch_setting(&folder.join("retroarch.cfg"), "thumbnails_directory");
            set.into_iter().chain([folder.join("thumbnails")])
        })
        .collect()
}

/// `own`: folders whose cores count as bundled where they are ours.
fn scan(folders: &[PathBuf], own: &[PathBuf], info_folders: &[PathBuf]) -> Vec<CoreEntry> {
    let mut seen = HashSet::new();
    let mut cores = Vec::new();
    for folder in folders {
        for path in libraries_in(folder) {
            let Some(id) = core_id(&path) else { continue };
            if !seen.insert(id.clone()) {
                continue;
            }
            cores.push(describe(path, &id, own.contains(folder), info_folders));
        }
    }
    cores.sort_by_cached_key(|core| (!core.bundled, core.name.to_lowercase()));
    cores
}

fn libraries_in(folder: &Path) -> Vec<PathBuf> {
    // A folder that is missing or locked has no cores for us; the list is shorter, nothing fails.
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| extension(path).as_deref() == Some(std::env::consts::DLL_EXTENSION))
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths
}

/// `nestopia` for `nestopia_libretro.so`; none for a library that is no core, and for the test core.
fn core_id(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    let id = stem.strip_suffix("_libretro")?;
    // Cargo names its libraries so.
    let id = id.strip_prefix("lib").unwrap_or(id);
    (!id.is_empty() && id != "fixture").then(|| id.to_owned())
}

fn info_of(id: &str, folders: &[PathBuf]) -> Info {
    let file = format!("{id}_libretro.info");
    let found = folders.iter().find_map(|folder| Info::read(&folder.join(&file)));
    found.or_else(|| known::info(id)).unwrap_or_default()
}

fn plain_name(id: &str) -> String {
    id.replace('_', " ")
}

fn describe(path: PathBuf, id: &str, own: bool, info_folders: &[PathBuf]) -> CoreEntry {
    if own && id == "arena" {
        return CoreEntry {
            path,
            name: "Emberdash (demo)".into(),
            systems: Vec::new(),
            extensions: Vec::new(),
            bundled: true,
            note: None,
            firmware: Vec::new(),
        };
    }
    let folders: Vec<PathBuf> =
        path.parent().into_iter().map(Path::to_path_buf).chain(info_folders.iter().cloned()).collect();
    entry(path, id, own, info_of(id, &folders))
}

fn entry(path: PathBuf, id: &str, own: bool, info: Info) -> CoreEntry {
    CoreEntry {
        path,
        name: info.name.unwrap_or_else(|| plain_name(id)),
        systems: info.systems,
        extensions: info.extensions,
        bundled: own,
        note: info.note,
        firmware: info.firmware,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Folders(PathBuf);

    impl Folders {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir().join(format!("hotseat-library-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            Self(root)
        }

        fn file(&self, path: &str, data: &str) -> PathBuf {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, data).unwrap();
            path
        }

        fn core(&self, folder: &str, stem: &str) -> PathBuf {
            self.file(&format!("{folder}/{stem}.{}", std::env::consts::DLL_EXTENSION), "")
        }
    }

    impl Drop for Folders {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_first_folder_wins_and_the_test_core_and_other_libraries_are_not_listed() {
        let folders = Folders::new("first");
        let mine = folders.core("mine", "nestopia_libretro");
        folders.core("theirs", "nestopia_libretro");
        folders.core("theirs", "libz");
        folders.core("theirs", "fixture_libretro");
        folders.core("theirs", "libfixture_libretro");
        folders.core("theirs", "_libretro");
        folders.file("theirs/readme_libretro.txt", "");
        let cores = scan(&[folders.0.join("mine"), folders.0.join("missing"), folders.0.join("theirs")], &[], &[]);
        assert_eq!(cores.iter().map(|c| &c.path).collect::<Vec<_>>(), [&mine]);
        assert!(!cores[0].bundled);
    }

    #[test]
    fn the_bundled_game_comes_first_whichever_of_its_two_file_names_it_has() {
        let folders = Folders::new("bundled");
        folders.core("own", "libarena_libretro");
        folders.core("theirs", "aaa_libretro");
        let own = folders.0.join("own");
        let cores = scan(&[folders.0.join("theirs"), own.clone()], &[own], &[]);
        assert_eq!(cores[0].name, "Emberdash (demo)");
        assert!(cores[0].bundled);
        assert_eq!(cores[1].name, "aaa");
    }

    #[test]
    fn an_info_file_beside_the_core_goes_before_the_shared_one_and_that_before_the_table() {
        let folders = Folders::new("info");
        folders.core("cores", "nestopia_libretro");
        let scan_it = || scan(&[folders.0.join("cores")], &[], &[folders.0.join("info")]).remove(0);
        assert_eq!(scan_it().name, "Nestopia UE");
        folders.file("info/nestopia_libretro.info", "display_name = \"Nintendo - NES (Shared)\"\n");
        assert_eq!(scan_it().name, "Shared");
        folders.file("cores/nestopia_libretro.info", "display_name = \"Beside\"\nsupported_extensions = \"nes|FDS\"\n");
        assert_eq!(scan_it().name, "Beside");
        assert_eq!(scan_it().extensions, ["nes", "fds"]);
    }

    #[test]
    fn content_finds_its_cores_whatever_the_case_of_its_ending() {
        let folders = Folders::new("for");
        for core in ["nestopia_libretro", "fceumm_libretro", "mgba_libretro"] {
            folders.core("cores", core);
        }
        let cores = scan(&[folders.0.join("cores")], &[], &[]);
        let names = |file: &str| -> Vec<String> {
            cores_for(&cores, Path::new(file)).into_iter().map(|c| c.name.clone()).collect()
        };
        assert_eq!(names("/x/Game (USA).NES"), ["FCEUmm", "Nestopia UE"]);
        assert_eq!(names("game.gba"), ["mGBA"]);
        assert!(names("game").is_empty());
        assert!(names("game.xyz").is_empty());
    }
}
