//! Where content lies: a file, or a file inside an archive, which is written as `game.zip#disc/game.cue`, as RetroArch has it.

use super::archive;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A file, or one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// On disk.
    pub file: PathBuf,
    /// The name inside the archive that `file` is, with `/` between its folders.
    pub inner: Option<String>,
}

impl Location {
    /// What `path` means. A file that is there with all of its name is that file, whatever characters it has.
    pub fn of(path: &Path) -> Location {
        if path.symlink_metadata().is_ok() {
            return Location { file: path.to_owned(), inner: None };
        }
        split(path, |file| file.is_file()).unwrap_or_else(|| Location { file: path.to_owned(), inner: None })
    }

    /// The notation for it.
    pub fn to_path(&self) -> PathBuf {
        let Some(inner) = &self.inner else { return self.file.clone() };
        let mut path = self.file.as_os_str().as_bytes().to_vec();
        path.push(b'#');
        path.extend_from_slice(inner.as_bytes());
        PathBuf::from(OsString::from_vec(path))
    }

    /// Its name without folders, such as `game.cue`.
    pub fn name(&self) -> OsString {
        match &self.inner {
            Some(inner) => OsString::from(inner.rsplit('/').next().unwrap_or(inner)),
            None => self.file.file_name().unwrap_or(self.file.as_os_str()).to_owned(),
        }
    }

    /// By which cores are told apart: lower case, without the dot.
    pub fn extension(&self) -> String {
        Path::new(&self.name()).extension().unwrap_or_default().to_string_lossy().to_lowercase()
    }
}

/// The last part of a location in notation, without asking the disk: `game.cue` for `/roms/game.zip#disc/game.cue`.
pub fn file_name(path: &Path) -> OsString {
    let location = split(path, |_| true).unwrap_or_else(|| Location { file: path.to_owned(), inner: None });
    location.name()
}

/// What people call content, and its saves are called: [`file_name`] without the ending.
pub fn stem(path: &Path) -> OsString {
    Path::new(&file_name(path)).file_stem().unwrap_or_default().to_owned()
}

fn split(path: &Path, is_file: impl Fn(&Path) -> bool) -> Option<Location> {
    let bytes = path.as_os_str().as_bytes();
    let marks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'#').map(|(at, _)| at);
    for at in marks {
        let file = Path::new(OsStr::from_bytes(&bytes[..at]));
        let inner = &bytes[at + 1..];
        if !inner.is_empty() && archive::is_archive(file) && is_file(file) {
            let inner = String::from_utf8_lossy(inner).into_owned();
            return Some(Location { file: file.to_owned(), inner: Some(inner) });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_behind_an_archive_leads_into_it_and_elsewhere_it_is_a_character() {
        let of = |path: &str| split(Path::new(path), |_| true);
        let inside = of("/roms/#1 hits.zip#USA/Tale #2.nes").expect("inside");
        assert_eq!(
            (inside.file.to_str(), inside.inner.as_deref()),
            (Some("/roms/#1 hits.zip"), Some("USA/Tale #2.nes"))
        );
        assert_eq!(inside.to_path(), Path::new("/roms/#1 hits.zip#USA/Tale #2.nes"));
        assert_eq!((inside.name().to_str(), inside.extension().as_str()), (Some("Tale #2.nes"), "nes"));
        for plain in ["/roms/Tale #2.nes", "/roms/a.zip", "/roms/a.zip#", "/roms/a.7zip#b.nes", ""] {
            assert_eq!(of(plain), None, "{plain}");
        }
        assert_eq!(
            split(Path::new("/a.ZIP#b.7z#c"), |file| file.ends_with("a.ZIP#b.7z")).and_then(|it| it.inner),
            Some("c".into())
        );
    }

    #[test]
    fn a_real_file_with_a_mark_in_its_name_is_that_file() {
        let folder = std::env::temp_dir().join(format!("hotseat-location-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let odd = folder.join("a.zip#b.nes");
        std::fs::write(&odd, b"x").unwrap();
        assert_eq!(Location::of(&odd), Location { file: odd.clone(), inner: None });
        std::fs::write(folder.join("c.zip"), b"x").unwrap();
        assert_eq!(Location::of(&folder.join("c.zip#b.nes")).inner.as_deref(), Some("b.nes"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_game_is_called_like_the_file_itself() {
        for (path, name) in
            [("/r/Tale (USA).nes", "Tale (USA)"), ("/r/set.7z#x/Tale.v2.nes", "Tale.v2"), ("/r/a.zip", "a"), ("/", "")]
        {
            assert_eq!(stem(Path::new(path)).to_str(), Some(name), "{path}");
        }
    }
}
