//! Which content a save belongs to: told by what is in the file, so that a game that is moved or renamed keeps its saves, and
//! two games of one name have each their own.

use crate::content::{Location, identity, patch};
use crate::library;
use crate::link::subsystem::SubsystemGame;
use aws_lc_rs::digest::{Context, SHA256};
use std::io;
use std::path::{Path, PathBuf};

/// A SHA-256 of the content, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(String);

impl Identity {
    /// Of a core's own game.
    pub fn of_no_content() -> Identity {
        Identity("none".into())
    }

    /// Of a file, or of one in an archive, as it will be run: with the patches that lie beside it. Of a folder it is where it lies.
    pub fn of(path: &Path) -> io::Result<Identity> {
        let location = Location::of(path);
        if location.inner.is_some() || !patch::beside(&location).0.is_empty() {
            if let Some(unpacked) = library::identity_of(path) {
                return Ok(Identity(unpacked));
            }
            // What cannot be read is refused by the core process; what a save is called must still be known.
            return Identity::of_file(&location.file);
        }
        Identity::of_file(path)
    }

    /// Of a game of several files: of the machine and all of them.
    pub fn of_several(game: &SubsystemGame) -> io::Result<Identity> {
        let mut context = Context::new(&SHA256);
        context.update(game.subsystem.ident.as_bytes());
        for file in &game.files {
            let identity = file.0.as_deref().map_or_else(|| Ok(Identity::of_no_content()), Identity::of)?;
            // A mark that no identity has keeps them apart.
            context.update(b"\n");
            context.update(identity.0.as_bytes());
        }
        Ok(Identity(identity::finish(context)))
    }

    fn of_file(path: &Path) -> io::Result<Identity> {
        if !path.is_dir() {
            return identity::of_file(path).map(Identity);
        }
        Ok(Identity::of_folder(path))
    }

    /// Of a folder: where it lies.
    pub fn of_folder(path: &Path) -> Identity {
        let mut context = Context::new(&SHA256);
        context.update(path.as_os_str().as_encoded_bytes());
        Identity(identity::finish(context))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[cfg(test)]
    pub fn from_text(text: &str) -> Identity {
        Identity(text.to_owned())
    }
}

/// Where all files of a game of several lie, as [`place`] has each.
pub fn place_of_several(game: &SubsystemGame) -> PathBuf {
    let mut all = std::ffi::OsString::from(&game.subsystem.ident);
    for file in &game.files {
        all.push("\n");
        all.push(file.0.as_deref().map(place).unwrap_or_default());
    }
    all.into()
}

/// Where content lies, with the names of the patches beside it: a game that is built anew keeps its save, and with a patch it is another
/// game.
pub fn place(path: &Path) -> PathBuf {
    let mut place = path.as_os_str().to_owned();
    for patch in patch::beside(&Location::of(path)).0 {
        place.push(" + ");
        place.push(patch.file_name().unwrap_or_default());
    }
    place.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("hotseat-identity-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            Folder(folder)
        }

        fn file(&self, name: &str, data: &[u8]) -> PathBuf {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, data).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn content_is_known_by_what_is_in_it() {
        let folder = Folder::new("content");
        let of = |path: PathBuf| Identity::of(&path).unwrap();
        let first = of(folder.file("a/G.nes", b"one"));
        assert_eq!(of(folder.file("b/Other.nes", b"one")), first);
        assert_ne!(of(folder.file("b/G.nes", b"two")), first);
        assert_ne!(of(folder.0.join("a")), of(folder.0.join("b")), "folders by where they lie");
        assert!(Identity::of(&folder.0.join("missing")).is_err());
        assert_eq!(Identity::from_text(first.as_str()), first);
    }

    #[test]
    fn two_discs_whose_sheets_say_the_same_differ_by_their_tracks() {
        let folder = Folder::new("sheets");
        let sheet = b"FILE \"G (Track 1).bin\" BINARY\n  TRACK 01 MODE2/2352\n";
        let mut seen = Vec::new();
        for (name, track) in [("a", b"one"), ("b", b"two")] {
            folder.file(&format!("{name}/G (Track 1).bin"), track);
            seen.push(Identity::of(&folder.file(&format!("{name}/G.cue"), sheet)).unwrap());
            // A list of sheets, and a sheet that names nothing.
            seen.push(Identity::of(&folder.file(&format!("{name}/G.m3u"), b"G (Track 1).bin\n")).unwrap());
            folder.file(&format!("{name}/C.img"), track);
            seen.push(Identity::of(&folder.file(&format!("{name}/C.ccd"), b"[CloneCD]\n")).unwrap());
        }
        for pair in 0..3 {
            assert_ne!(seen[pair], seen[pair + 3]);
        }
    }

    #[test]
    fn a_large_disc_is_known_by_pieces_all_over_it() {
        let folder = Folder::new("large");
        let path = folder.file("G.iso", b"");
        // Sparse: takes no room on the disc.
        let file = fs::File::options().read(true).write(true).open(&path).unwrap();
        file.set_len(700 << 20).unwrap();
        let before = Identity::of(&path).unwrap();
        file.set_len((700 << 20) + 1).unwrap();
        assert_ne!(Identity::of(&path).unwrap(), before);
        file.set_len(700 << 20).unwrap();
        assert_eq!(Identity::of(&path).unwrap(), before);
        // Its very end.
        std::os::unix::fs::FileExt::write_all_at(&file, b"end", (700 << 20) - 3).unwrap();
        assert_ne!(Identity::of(&path).unwrap(), before);
    }
}
