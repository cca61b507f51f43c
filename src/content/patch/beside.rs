//! Which patches lie beside a game: `game.ips`, then `game.ips1`, `game.ips2` and so on, as RetroArch has them.

use super::{Kind, MOST_PATCH_BYTES, PatchError};
use crate::content::{Location, archive};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Numbered ones that are looked for.
const MOST_NUMBERED: u32 = 9;

/// The patches of a game, in the order in which they are applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patches(pub Vec<PathBuf>);

/// A patch, and what came of it.
pub type Applied = (PathBuf, Result<(), PatchError>);

/// What is beside `location`. For a file in an archive it lies beside the archive, called like the file or like the archive. A sheet is not
/// what a patch is for, nor is an archive.
pub fn beside(location: &Location) -> Patches {
    let whole_archive = location.inner.is_none() && archive::is_archive(&location.file);
    if whole_archive || archive::is_sheet(&location.extension()) {
        return Patches::default();
    }
    let folder = location.file.parent().unwrap_or(Path::new(""));
    let own = Path::new(&location.name()).file_stem().unwrap_or_default().to_owned();
    let of_archive = location.inner.as_ref().and_then(|_| location.file.file_stem()).map(OsStr::to_owned);
    for stem in [Some(own), of_archive].into_iter().flatten() {
        for kind in Kind::ALL {
            let found = series(folder, &stem, kind);
            if !found.is_empty() {
                return Patches(found);
            }
        }
    }
    Patches::default()
}

fn series(folder: &Path, stem: &OsStr, kind: Kind) -> Vec<PathBuf> {
    let named = |number: Option<u32>, extension: &str| {
        let mut name = OsString::from(stem);
        name.push(".");
        name.push(extension);
        if let Some(number) = number {
            name.push(number.to_string());
        }
        folder.join(name)
    };
    let there = |number| {
        let names = [kind.extension().to_owned(), kind.extension().to_uppercase()].map(|it| named(number, &it));
        names.into_iter().find(|path| path.is_file())
    };
    let Some(first) = there(None) else { return Vec::new() };
    let numbered = (1..=MOST_NUMBERED).map_while(|number| there(Some(number)));
    [first].into_iter().chain(numbered).collect()
}

/// A patch's bytes.
pub fn read(path: &Path) -> Result<Vec<u8>, PatchError> {
    let unreadable = |_| PatchError::Unreadable;
    if fs::metadata(path).map_err(unreadable)?.len() > MOST_PATCH_BYTES {
        return Err(PatchError::TooLarge);
    }
    let mut patch = Vec::new();
    File::open(path).and_then(|file| file.take(MOST_PATCH_BYTES).read_to_end(&mut patch)).map_err(unreadable)?;
    Ok(patch)
}

impl Patches {
    /// What `game` becomes, and what came of each patch. One that does not fit is left out, and those after it: they are for what it
    /// would have made.
    pub fn apply(&self, mut game: Vec<u8>) -> (Vec<u8>, Vec<Applied>) {
        let mut told = Vec::new();
        for path in &self.0 {
            let result = match game.len() as u64 > super::MOST_BYTES {
                true => Err(PatchError::TooLarge),
                false => read(path).and_then(|patch| super::apply(&game, &patch)),
            };
            let result = result.map(|patched| game = patched);
            let failed = result.is_err();
            told.push((path.clone(), result));
            if failed {
                break;
            }
        }
        (game, told)
    }
}
