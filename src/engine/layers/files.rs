//! The files of layers, with the names that RetroArch gives its own: `CORE.opt`, `CORE/FOLDER.opt` and `CORE/GAME.opt` for options of
//! the core, the same with `.cfg` for settings. A game is known as its saves are, by its content, and finds what is set for it when it
//! was moved; a folder is known by its path.

use super::{GameLayers, LayerError};
use crate::engine::saves::{Identity, Owner, claim, core_folder, file_name, find_name};
use crate::files::{keep_as, tidy, write_atomically};
use crate::layers::opt::{self, OptFile};
use crate::layers::{Layer, LayerKind, Layered};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Where the layers of one game are kept.
#[derive(Debug, Clone)]
pub struct LayerFiles {
    /// Of all cores.
    root: PathBuf,
    core: String,
    game: Owner,
    /// None for a game that is no file.
    folder: Option<PathBuf>,
}

/// What lies in a file, and what is wrong with it.
struct Found {
    file: OptFile,
    problem: Option<LayerError>,
}

impl LayerFiles {
    /// `content` is a file or a folder, without a place in an archive.
    pub fn new(root: &Path, core: &Path, game: Owner, content: Option<&Path>) -> LayerFiles {
        let absolute = content.and_then(|content| std::path::absolute(content).ok());
        let folder = absolute.as_deref().and_then(Path::parent);
        // By whichever way it was come to.
        let folder = folder.map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.to_owned()));
        LayerFiles { root: root.to_owned(), core: core_folder(core), game, folder }
    }

    /// Reads all of them, with what is wrong with any.
    pub fn read(&self) -> (GameLayers, Vec<LayerError>) {
        let mut layers = GameLayers { folder: self.folder_name(), ..GameLayers::default() };
        let mut problems = Vec::new();
        for kind in [LayerKind::Options, LayerKind::Settings] {
            for layer in Layer::KEPT {
                let Some(path) = self.known_path(kind, layer) else { continue };
                let Found { file, problem } = read(&path);
                fill(layers.of_mut(kind), layer, &file);
                problems.extend(problem);
            }
        }
        (layers, problems)
    }

    /// Changes values of one layer: to others, or (none) to what is below. What is not named stays as it is in the file, also where
    /// another program wrote it meanwhile.
    pub fn write(&self, kind: LayerKind, layer: Layer, edits: &[(String, Option<String>)]) -> Result<(), LayerError> {
        match self.path(kind, layer) {
            Some(path) => change(&path, |file| {
                for (key, value) in edits {
                    match value {
                        Some(value) => file.set(key, value),
                        None => file.remove(key),
                    }
                }
            }),
            None => Ok(()),
        }
    }

    fn folder_name(&self) -> Option<String> {
        Some(self.folder.as_deref()?.file_name()?.to_string_lossy().into_owned())
    }

    fn core_dir(&self) -> PathBuf {
        self.root.join(&self.core)
    }

    fn folder_owner(&self) -> Option<Owner> {
        let folder = self.folder.as_deref()?;
        let wanted = file_name(&self.folder_name().unwrap_or_default());
        Some(Owner { wanted, identity: Identity::of_folder(folder), place: None })
    }

    /// Where a layer lies if anybody wrote it: without an own name a file that nobody has a claim to is anybody's.
    fn known_path(&self, kind: LayerKind, layer: Layer) -> Option<PathBuf> {
        let dir = self.core_dir();
        let game = || find_name(&dir, &self.game);
        let name = match layer {
            Layer::Core => return Some(self.core_path(kind)),
            Layer::Folder => {
                let folder = find_name(&dir, &self.folder_owner()?)?;
                // One file is not two layers: of one that nobody has a claim to the game has the first.
                (game().as_ref() != Some(&folder)).then_some(folder)?
            }
            Layer::Game => game()?,
            Layer::Start => return None,
        };
        Some(dir.join(format!("{name}.{}", ending(kind))))
    }

    /// Where a layer is written to; its name is noted.
    fn path(&self, kind: LayerKind, layer: Layer) -> Option<PathBuf> {
        let dir = self.core_dir();
        let there = |name: &str| ["opt", "cfg"].iter().any(|ending| dir.join(format!("{name}.{ending}")).exists());
        let claim = |owner: &Owner| claim(&dir, &owner.wanted, &owner.identity, owner.place.as_deref(), there);
        let name = match layer {
            Layer::Core => return Some(self.core_path(kind)),
            Layer::Folder => {
                let folder = self.folder_owner()?;
                if find_name(&dir, &self.game).as_ref() == Some(&folder.wanted) && there(&folder.wanted) {
                    // Or the folder would take what the game was given.
                    claim(&self.game);
                }
                claim(&folder)
            }
            Layer::Game => claim(&self.game),
            Layer::Start => return None,
        };
        Some(dir.join(format!("{name}.{}", ending(kind))))
    }

    fn core_path(&self, kind: LayerKind) -> PathBuf {
        self.root.join(format!("{}.{}", self.core, ending(kind)))
    }
}

/// Writes the options that were once kept with the settings, by core, each once: a core that has a file has its options there. What
/// was not written is left in `old`.
pub fn keep_old_options(root: &Path, old: &mut BTreeMap<String, BTreeMap<String, String>>) -> Option<LayerError> {
    let mut problem = None;
    old.retain(|core, options| {
        let path = root.join(format!("{}.opt", core_folder(Path::new(core))));
        let written = match path.exists() {
            true => Ok(()),
            false => change(&path, |file| {
                let fit = options.iter().filter(|(key, value)| opt::is_key(key) && opt::is_value(value));
                fit.for_each(|(key, value)| file.set(key, value));
            }),
        };
        let failed = written.is_err();
        problem = problem.take().or(written.err());
        failed
    });
    problem
}

fn ending(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Options => "opt",
        LayerKind::Settings => "cfg",
    }
}

fn fill(layered: &mut Layered, layer: Layer, file: &OptFile) {
    for (key, value) in file.values() {
        layered.set(layer, &key, &value);
    }
}

fn read(path: &Path) -> Found {
    let nothing = |problem| Found { file: OptFile::default(), problem: Some(problem) };
    let mut bytes = Vec::new();
    let most = opt::MOST_BYTES as u64 + 1;
    match File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Found { file: OptFile::default(), problem: None };
        }
        Err(error) => return nothing(LayerError::NotRead { file: path.to_owned(), cause: error.into() }),
    }
    let kept = || aside(path);
    if bytes.len() > opt::MOST_BYTES {
        return nothing(LayerError::TooLarge { file: path.to_owned(), kept: kept() });
    }
    let file = OptFile::parse(&bytes);
    let damaged = |line| LayerError::Damaged { file: path.to_owned(), line, kept: kept() };
    Found { problem: file.damaged().map(damaged), file }
}

/// Where a damaged file is kept before it is changed.
fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".bad");
    name.into()
}

/// Changes what is in the file now, which another program may have written.
fn change(path: &Path, edit: impl FnOnce(&mut OptFile)) -> Result<(), LayerError> {
    if let Some((folder, name)) = path.parent().zip(path.file_name()) {
        tidy(folder, &[&name.to_string_lossy()]);
    }
    let not_written = |error: std::io::Error| LayerError::NotWritten { file: path.to_owned(), cause: error.into() };
    let Found { mut file, problem } = read(path);
    match problem {
        None => {}
        // What is in it nobody knows: it is not to be lost.
        Some(problem @ LayerError::NotRead { .. }) => return Err(problem),
        Some(_) => keep_as(path, &aside(path)).map_err(not_written)?,
    }
    edit(&mut file);
    write_atomically(path, file.to_text().as_bytes()).map_err(not_written)
}
