//! Save states on disk: each a file as RetroArch names it and reads it, its picture beside it, and what it is of in a file of ours.
//!
//! The three are written one after another. What the third says counts only as long as the first is the file that it was written
//! for, so one that another program wrote, or that was written when the power failed, is taken as RetroArch takes all: it is the
//! core's to say whether it fits.

use super::files::{not_written, read, write};
use super::identity::Identity;
use super::{SaveError, retroarch};
use crate::files::{exchange, keep_as};
use crate::frame::Picture;
use crate::game_command::{Slot, StatePlace};
use crate::link::STATE_BYTES;
use crate::record::{png_file, thumbnail};
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A state with its container and achievements may be a little larger than what the core wrote.
const MOST_FILE_BYTES: usize = STATE_BYTES + (1 << 20);
/// What is said of a state is short.
const MOST_ABOUT_BYTES: usize = 64 << 10;
/// The version of what is written here.
const FORMAT: u32 = 1;
/// A file's own time is trusted when it is further away from the noted one: it was written by another program.
const SAME_TIME: Duration = Duration::from_secs(10);

/// The folder of states that others took the place of; hidden, because RetroArch has no such thing.
pub const PREVIOUS: &str = ".previous";

/// A core by what it calls itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoreName {
    pub name: String,
    pub version: String,
}

/// What a state is of, beside it in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    format: u32,
    core: String,
    core_version: String,
    /// The content's identity.
    content: String,
    /// When it was saved, in milliseconds since 1970.
    time: u64,
    bytes: u64,
    /// SHA-256 of the state's file.
    digest: String,
}

/// A state that can be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedState {
    /// When it was saved, in milliseconds since 1970.
    pub time: u64,
    pub bytes: u64,
    /// Of the moment, in a PNG file.
    pub picture: Option<PathBuf>,
    /// Another one was here before, which can be put back.
    pub has_previous: bool,
}

/// The states of one game.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateList {
    pub slots: [Option<SavedState>; Slot::COUNT],
    /// Of the moment at which the game ended.
    pub auto: Option<SavedState>,
}

/// A state that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadState {
    pub data: Vec<u8>,
    /// It was saved by this other version of the core, which may not be understood.
    pub other_version: Option<String>,
}

/// The files of the states of one game.
#[derive(Debug, Clone)]
pub struct StateFiles {
    folder: PathBuf,
    name: String,
    content: Identity,
}

impl StateFiles {
    pub fn new(folder: &Path, name: &str, content: Identity) -> StateFiles {
        StateFiles { folder: folder.to_owned(), name: name.to_owned(), content }
    }

    /// Everything that can be loaded.
    pub fn list(&self) -> StateList {
        StateList {
            slots: std::array::from_fn(|index| self.look(StatePlace::Slot(Slot::clamped(index as u8)))),
            auto: self.look(StatePlace::Auto),
        }
    }

    fn look(&self, place: StatePlace) -> Option<SavedState> {
        let path = self.present(place);
        let file = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let written = file.modified().unwrap_or(UNIX_EPOCH);
        let noted = about(&path).filter(|about| about.bytes == file.len()).map(|about| time_of(about.time));
        let time = noted.filter(|noted| apart(*noted, written) < SAME_TIME).unwrap_or(written);
        let picture = Some(beside(&path, "png")).filter(|path| path.is_file());
        let has_previous = self.previous(place).is_file();
        Some(SavedState { time: millis(time), bytes: file.len(), picture, has_previous })
    }

    /// The state at `place`, if there is one and it is of this content and this core.
    pub fn read(&self, place: StatePlace, core: &CoreName) -> Result<Option<ReadState>, SaveError> {
        let path = self.present(place);
        let Some(file) = read(&path, MOST_FILE_BYTES)? else { return Ok(None) };
        let about = about(&path).filter(|about| about.bytes == file.len() as u64 && about.digest == digest_of(&file));
        let mut other_version = None;
        if let Some(about) = about {
            if about.core != core.name {
                return Err(SaveError::OtherCore { file: path, core: about.core });
            }
            if about.content != self.content.as_str() {
                return Err(SaveError::OtherContent { file: path });
            }
            other_version = Some(about.core_version).filter(|version| *version != core.version);
        }
        match retroarch::state(&file, STATE_BYTES) {
            Some(data) if !data.is_empty() => Ok(Some(ReadState { data: data.into_owned(), other_version })),
            _ => Err(SaveError::StateDamaged { file: path }),
        }
    }

    /// Keeps a state at `place`. The one that was there can be put back.
    pub fn write(
        &self,
        place: StatePlace,
        data: &[u8],
        core: &CoreName,
        picture: Option<&Picture>,
        time: SystemTime,
    ) -> Result<(), SaveError> {
        let path = self.path(place);
        let old = self.present(place);
        // It counts for more that the new one is kept.
        let _ = self.put_aside(place, &old);
        write(&path, data)?;
        if old != path {
            let _ = fs::remove_file(old);
        }
        let about = About {
            format: FORMAT,
            core: core.name.clone(),
            core_version: core.version.clone(),
            content: self.content.as_str().to_owned(),
            time: millis(time),
            bytes: data.len() as u64,
            digest: digest_of(data),
        };
        let text = serde_json::to_vec(&about).unwrap_or_default();
        write(&beside(&path, "json"), &text)?;
        let png = picture.map(thumbnail).and_then(|it| png_file(it.width, it.height, &it.pixels).ok());
        let picture = beside(&path, "png");
        // A state without a picture is as good.
        let _ = match png {
            Some(png) => write(&picture, &png),
            None => fs::remove_file(&picture).map_err(|error| not_written(&picture, error)),
        };
        Ok(())
    }

    fn put_aside(&self, place: StatePlace, old: &Path) -> std::io::Result<()> {
        if !old.is_file() {
            return Ok(());
        }
        let previous = self.previous(place);
        keep_as(old, &previous)?;
        for ending in ["json", "png"] {
            let (from, to) = (beside(old, ending), beside(&previous, ending));
            if from.is_file() {
                keep_as(&from, &to)?;
            } else {
                let _ = fs::remove_file(to);
            }
        }
        Ok(())
    }

    /// Changes the state at `place` for the one before it.
    pub fn put_back(&self, place: StatePlace) -> Result<(), SaveError> {
        let (present, previous) = (self.present(place), self.previous(place));
        if !previous.is_file() {
            return Err(SaveError::NoPreviousState { file: present });
        }
        exchange(&previous, &present).map_err(|error| not_written(&present, error))?;
        for ending in ["json", "png"] {
            let (previous, present) = (beside(&previous, ending), beside(&present, ending));
            let _ = match (previous.is_file(), present.is_file()) {
                (true, _) => exchange(&previous, &present),
                (false, true) => fs::rename(&present, &previous),
                (false, false) => Ok(()),
            };
        }
        Ok(())
    }

    /// Whether a game of that name has states already.
    pub fn any(folder: &Path, name: &str) -> bool {
        let files = StateFiles::new(folder, name, Identity::of_no_content());
        let slots = Slot::all().map(StatePlace::Slot);
        slots.chain([StatePlace::Auto]).any(|place| files.present(place).exists())
    }

    /// As RetroArch calls it: the first slot has no number.
    fn path(&self, place: StatePlace) -> PathBuf {
        let ending = match place {
            StatePlace::Auto => "state.auto".to_owned(),
            StatePlace::Slot(slot) if slot.number() == 0 => "state".to_owned(),
            StatePlace::Slot(slot) => format!("state{}", slot.number()),
        };
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// Where it lies now: the first slot once had a number.
    fn present(&self, place: StatePlace) -> PathBuf {
        let path = self.path(place);
        let old = self.folder.join(format!("{}.state0", self.name));
        let is_old = place == StatePlace::Slot(Slot::default()) && !path.exists() && old.is_file();
        if is_old { old } else { path }
    }

    fn previous(&self, place: StatePlace) -> PathBuf {
        let path = self.path(place);
        self.folder.join(PREVIOUS).join(path.file_name().unwrap_or_default())
    }
}

/// RetroArch's way to name a picture: one more ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn about(path: &Path) -> Option<About> {
    let text = read(&beside(path, "json"), MOST_ABOUT_BYTES).ok()??;
    serde_json::from_slice(&text).ok().filter(|about: &About| about.format == FORMAT)
}

fn digest_of(data: &[u8]) -> String {
    digest(&SHA256, data).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

fn time_of(millis: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_millis(millis)).unwrap_or(UNIX_EPOCH)
}

fn apart(a: SystemTime, b: SystemTime) -> Duration {
    a.duration_since(b).or_else(|_| b.duration_since(a)).unwrap_or_default()
}
