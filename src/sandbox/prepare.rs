//! What the host does before a core process starts: a folder of its own, a plain environment, and the list of what it may open.

use super::policy::{self, Beside, Policy, Private, Task};
use crate::content::Location;
use crate::files::remove_folder;
use crate::link::message::Load;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// Files in a folder that are looked at; those beyond are not read.
const MOST_FILES: usize = 4096;
/// Of them, those that a core may open.
const MOST_BESIDE: usize = 512;
const PREFIX: &str = "hotseat-core-";

/// A folder that one core process may write into, gone with it.
#[derive(Debug)]
pub struct TempDir(PathBuf);

impl TempDir {
    /// Makes one that nobody else may look into.
    pub fn create() -> io::Result<TempDir> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        static SWEEP: Once = Once::new();
        SWEEP.call_once(sweep);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = fs::canonicalize(std::env::temp_dir())?.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(TempDir(path)),
                // A program before this one had the same number, or somebody wants it to seem so.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1 << 20 => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        remove_folder(&self.0);
    }
}

/// Removes folders of hosts that were killed.
fn sweep() {
    let own = rustix::process::getuid().as_raw();
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let host = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse::<u32>().ok());
        let is_ours = entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == own);
        if let Some(host) = host.filter(|_| is_ours)
            && !Path::new(&format!("/proc/{host}")).exists()
        {
            remove_folder(&entry.path());
        }
    }
}

/// What a core process may open to run this.
pub fn prepare(load: &Load, temp: &TempDir) -> Policy {
    let mut all = policy(Task {
        program: std::env::current_exe().unwrap_or_default(),
        core: real(&load.core),
        libraries: libraries(),
        system_dir: real(&load.system_dir),
        save_dir: real(&load.save_dir),
        temp_dir: temp.path().to_owned(),
        unpack_dir: Some(real(&load.temp_dir)).filter(|_| !load.temp_dir.as_os_str().is_empty()),
        ..task_of(load.content.as_deref())
    });
    // Of a game of several files, the others as the first.
    for other in load.several.iter().flat_map(|game| game.given()).filter(|file| Some(*file) != load.content.as_ref()) {
        let rules = for_reading(other).rules;
        let new: Vec<_> = rules.into_iter().filter(|rule| !all.rules.contains(rule)).collect();
        all.rules.extend(new);
    }
    all
}

/// What a process may open that only looks at this: as much of it as a core process, and nothing to write to.
pub(super) fn for_reading(content: &Path) -> Policy {
    policy(task_of(Some(content)))
}

fn task_of(content: Option<&Path>) -> Task {
    // Of content inside an archive, the archive.
    let location = content.map(Location::of);
    let content = location.as_ref().map(|location| location.file.clone());
    let inner = location.filter(|location| location.inner.is_some());
    Task {
        content: content.as_deref().map(in_real_folder),
        inner: inner.map(|location| in_real_folder(&location.file.with_file_name(location.name()))),
        content_file: content.as_deref().map(real),
        ..Task::default()
    }
}

fn policy(task: Task) -> Policy {
    let mut private = private();
    private.folders.push(task.save_dir.clone());
    let names = task.content.iter().chain(&task.inner);
    let files: Vec<PathBuf> = names.flat_map(|name| beside(name, &private)).collect();
    Policy::new(&task, &private, &files)
}

/// The libraries in the folders of `LD_LIBRARY_PATH`: what else lies there has nothing to do with it.
fn libraries() -> Vec<PathBuf> {
    let folders = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders).filter(|folder| folder.is_absolute()).collect::<Vec<_>>();
    let entries =
        folders.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_FILES));
    let libraries = entries.filter(|entry| entry.file_name().to_string_lossy().contains(".so"));
    libraries.map(|entry| real(&entry.path())).filter(|path| path.is_file()).take(MOST_BESIDE).collect()
}

/// Without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_default()
}

/// The content's own name stays: what belongs to it lies beside that.
fn in_real_folder(path: &Path) -> PathBuf {
    match (std::path::absolute(path).as_deref().map(Path::parent), path.file_name()) {
        (Ok(Some(folder)), Some(name)) => real(folder).join(name),
        _ => real(path),
    }
}

/// Where the person at the desktop keeps things.
fn private() -> Private {
    let mut folders = Vec::new();
    if let Some(user) = directories::UserDirs::new() {
        folders.push(real(user.home_dir()));
        let named = [
            user.desktop_dir(),
            user.document_dir(),
            user.download_dir(),
            user.picture_dir(),
            user.audio_dir(),
            user.video_dir(),
            user.public_dir(),
            user.template_dir(),
        ];
        folders.extend(named.into_iter().flatten().map(real));
    }
    if let Some(own) = directories::ProjectDirs::from("", "", "hotseat") {
        folders.extend([own.data_dir(), own.config_dir(), own.cache_dir()].map(real));
    }
    Private { folders }
}

/// Files in the content's folder that belong to it: where the folder is read whole, only those that lead elsewhere.
fn beside(content: &Path, private: &Private) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // A folder as content has everything in it.
    let Some(folder) = content.parent().filter(|_| !content.is_dir()) else { return found };
    let only_links = policy::beside(content, private) == Beside::Folder;
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_FILES);
    for entry in entries {
        let path = entry.path();
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if !policy::belongs(content, &path) || (only_links && !is_link) {
            continue;
        }
        let target = real(&path);
        // A link that came with a game must not lead to what has nothing to do with it.
        if target.is_file() && policy::belongs(content, &target) {
            found.push(target);
        }
        if found.len() >= MOST_BESIDE {
            break;
        }
    }
    found
}

/// Variables that libraries read and that tell nothing of the person; of graphics drivers, all.
const KEPT: &[&str] =
    &["PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "LD_PRELOAD", "FONTCONFIG_PATH", "FONTCONFIG_FILE"];
const KEPT_KINDS: &[&str] = &[
    "LC_", "MESA_", "GALLIUM_", "LP_", "LIBGL_", "EGL_", "__EGL_", "__GL_", "__GLX_", "DRI_", "VK_", "RADV_", "AMD_",
    "INTEL_", "NVK_", "NOUVEAU_", "ZINK_", "NV_", "RUST_", "HOTSEAT_", "ASAN_", "LLVM_", "GLVND_", "LIBVA_", "OMP_",
];

/// The environment of a core process: of this one's, what is kept, and folders that it may write.
pub fn variables(temp: &Path) -> Vec<(OsString, OsString)> {
    let kept = |name: &OsStr| {
        let name = name.to_string_lossy();
        KEPT.contains(&&*name) || KEPT_KINDS.iter().any(|kind| name.starts_with(kind))
    };
    let folders = ["TMPDIR", "TMP", "TEMP", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"];
    let folders = folders.map(|name| (name.into(), temp.as_os_str().to_owned()));
    std::env::vars_os().filter(|(name, _)| kept(name)).chain(folders).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_ones_own_is_new_each_time_private_and_gone_in_the_end() {
        let (one, other) = (TempDir::create().expect("a folder"), TempDir::create().expect("another"));
        assert_ne!(one.path(), other.path());
        let mode = fs::metadata(one.path()).expect("it is there").mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(one.path().join("left"), "x").expect("a file");
        let path = one.path().to_owned();
        drop(one);
        assert!(!path.exists() && other.path().exists());
    }

    #[test]
    fn the_folders_of_a_host_that_is_gone_are_removed() {
        // Beyond what the kernel gives out.
        let left = std::env::temp_dir().join(format!("{PREFIX}{}-0", u32::MAX));
        fs::create_dir_all(&left).expect("a folder");
        let own = TempDir::create().expect("a folder");
        sweep();
        assert!(!left.exists() && own.path().exists());
    }

    #[test]
    fn what_lies_beside_a_game_is_found_and_links_to_other_things_are_not_followed() {
        let temp = TempDir::create().expect("a folder");
        let file = |name: &str| {
            let path = temp.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, "x").expect("a file");
            path
        };
        let content = file("games/Game.cue");
        let elsewhere = file("disc/Game.bin");
        let secret = file("private/id_rsa");
        std::os::unix::fs::symlink(&elsewhere, temp.path().join("games/Game.bin")).expect("a link");
        std::os::unix::fs::symlink(&secret, temp.path().join("games/Game.sub")).expect("a link");
        let found = beside(&content, &Private::default());
        assert!(found.contains(&elsewhere) && !found.contains(&secret), "{found:?}");
    }
}
