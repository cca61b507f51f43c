//! Folders in which people keep their games, by names that are usual: offered where none was added yet.

use std::path::{Path, PathBuf};

/// Below the home folder, most telling first. The last is that of handhelds that come with emulators.
const NAMES: [&str; 7] = ["ROMs", "Roms", "roms", "Games/ROMs", "Games", "RetroArch/roms", "Emulation/roms"];
/// More would be a list to read.
const MOST: usize = 3;

/// Those that are there.
pub fn usual_game_folders() -> Vec<PathBuf> {
    directories::BaseDirs::new().map(|dirs| in_home(dirs.home_dir())).unwrap_or_default()
}

fn in_home(home: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in NAMES.into_iter().map(|name| home.join(name)).filter(|folder| folder.is_dir()) {
        // One within another is looked through with it, and letters' case makes no second folder on every system.
        let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let known = found.iter().any(|known| {
            let known = known.canonicalize().unwrap_or_else(|_| known.clone());
            real.starts_with(&known) || known.starts_with(&real)
        });
        if !known {
            found.push(folder);
        }
    }
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_are_there_are_offered_once_each() {
        let home = std::env::temp_dir().join(format!("hotseat-usual-folders-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&home);
        assert!(in_home(&home).is_empty());
        for folder in ["roms", "Games/ROMs", "Emulation/roms", "Music"] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
        }
        std::fs::write(home.join("ROMs"), "a file of that name is no folder").unwrap();
        let found = in_home(&home);
        assert_eq!(found, ["roms", "Games/ROMs", "Emulation/roms"].map(|name| home.join(name)));
        std::fs::remove_dir_all(home).unwrap();
    }
}
