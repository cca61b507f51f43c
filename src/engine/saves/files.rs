//! The files of one open game.

use super::cartridges::{self, AllWritten, Cartridge};
use super::identity::{self, Identity};
use super::states::{CoreName, ReadState, StateFiles, StateList};
use super::versions::{self, SaveVersion, Versions};
use super::{SaveError, Saves, owners, retroarch};
use crate::files::{tidy, write_atomically};
use crate::frame::Picture;
use crate::game_command::StatePlace;
use crate::link::state::StateReader;
use crate::link::{RTC_BYTES, SRAM_BYTES};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// A game saves by writing its memory bit by bit, which is one save: the version before the first of these is what counts.
const ONE_SAVE: Duration = Duration::from_secs(10);
/// Rewinds that follow each other as soon as this are one row. Of what they took back the first and the last are kept: somebody who
/// rewinds again and again would lose all other versions.
const ONE_ROW: Duration = Duration::from_mins(5);

/// What became of a battery save that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    AsUsual,
    /// Another program had changed the file. What it wrote was put aside as a version.
    OverForeign,
}

/// What a name is given to: what it would be called, what it is told by, and where it lies.
#[derive(Debug, Clone)]
pub struct Owner {
    pub wanted: String,
    pub identity: Identity,
    pub place: Option<PathBuf>,
}

/// The files of one game, from its opening to its closing. No two of the same are open at the same time, in whichever process.
#[derive(Debug)]
pub struct SaveFiles {
    sram: PathBuf,
    rtc: PathBuf,
    states: StateFiles,
    versions: Versions,
    /// None: another host has it, and what is written here would be overwritten there.
    lock: Option<File>,
    lock_path: PathBuf,
    /// What the file holds as far as is known here; none before it was read.
    known: Option<Vec<u8>>,
    /// When it was written last. None: what is there now is a version of its own.
    written: Option<Instant>,
    /// When it was last gone on from a rewind: what is written next takes back what is there.
    rewound: Option<Instant>,
    /// When a rewind last took a save back, and the version that the next one in the row takes the place of.
    row: Option<(Instant, Option<u64>)>,
    /// Of a game of several files: their battery saves, in place of the one here.
    cartridges: Vec<Cartridge>,
    /// Whose they are.
    owner: Owner,
}

impl SaveFiles {
    /// Finds out which files are this game's.
    pub fn open(saves: &Saves) -> SaveFiles {
        let Saves { core_dir, states_dir, name, content, several } = saves;
        let identity = match (several, content) {
            (Some(game), _) => Identity::of_several(game).ok(),
            (None, content) => content.as_deref().and_then(|path| Identity::of(path).ok()),
        };
        // Content that cannot be read is not started either.
        let identity = identity.unwrap_or_else(Identity::of_no_content);
        let exists = |name: &str| {
            ["srm", "rtc"].into_iter().any(|ending| with(core_dir, name, ending).exists())
                || StateFiles::any(states_dir, name)
        };
        let place = match several {
            Some(game) => Some(identity::place_of_several(game)),
            None => content.as_deref().map(identity::place),
        };
        let owner = Owner { wanted: name.clone(), identity: identity.clone(), place };
        let name = owners::claim(core_dir, name, &identity, owner.place.as_deref(), exists);
        let lock_path = core_dir.join(format!(".{name}.lock"));
        let lock = lock(&lock_path);
        if lock.is_some() {
            let names = ["srm", "rtc", "state"].map(|ending| format!("{name}.{ending}"));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            for folder in [core_dir, states_dir, &states_dir.join(super::states::PREVIOUS)] {
                tidy(folder, &names);
            }
            tidy(&versions::folder(core_dir, &name), &[""]);
        }
        SaveFiles {
            sram: with(core_dir, &name, "srm"),
            rtc: with(core_dir, &name, "rtc"),
            states: StateFiles::new(states_dir, &name, identity),
            versions: Versions::of(versions::folder(core_dir, &name)),
            lock,
            lock_path,
            known: None,
            written: None,
            rewound: None,
            row: None,
            cartridges: several.as_ref().map(|game| cartridges::open(saves, game)).unwrap_or_default(),
            owner,
        }
    }

    /// Of one memory of a file in a game of several: the file alone, without states. `name` is the file's own already.
    pub(super) fn of_cartridge(saves: &Saves, name: &str, ending: &str) -> SaveFiles {
        let Saves { core_dir, states_dir, .. } = saves;
        let path = with(core_dir, name, ending);
        // A battery save is the one of the file when it is played by itself; other memories are beside it.
        let own = if ending == "srm" { name.to_owned() } else { format!("{name}.{ending}") };
        let lock_path = core_dir.join(format!(".{own}.lock"));
        let lock = lock(&lock_path);
        let versions = versions::folder(core_dir, &own);
        if lock.is_some() {
            tidy(core_dir, &[&format!("{name}.{ending}")]);
            tidy(&versions, &[""]);
        }
        SaveFiles {
            sram: path.clone(),
            rtc: path,
            states: StateFiles::new(states_dir, name, Identity::of_no_content()),
            versions: Versions::of(versions),
            lock,
            lock_path,
            known: None,
            written: None,
            rewound: None,
            row: None,
            cartridges: Vec::new(),
            owner: Owner { wanted: name.to_owned(), identity: Identity::of_no_content(), place: None },
        }
    }

    /// Whose they are, to find what else is kept for the same content.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Those of a game of several files; none of another game.
    pub fn cartridges(&mut self) -> &mut [Cartridge] {
        &mut self.cartridges
    }

    /// Writes the memories of a game of several files that changed and are due, with `last` all that changed. None: none did.
    pub fn write_cartridges(
        &mut self,
        states: &StateReader,
        last: bool,
        now: Instant,
        time: SystemTime,
    ) -> Option<AllWritten> {
        cartridges::write_changed(&mut self.cartridges, states, last, now, time)
    }

    /// Of a game of several files, the save that earlier versions are shown of: that of the file that counts most.
    fn first_save(&self) -> Option<usize> {
        self.cartridges.iter().position(|it| !it.is_clock)
    }

    /// Whether another host has this game open.
    pub fn is_in_use(&self) -> bool {
        self.lock.is_none() || self.cartridges.iter().any(|it| it.files.is_in_use())
    }

    /// Battery-backed memory as last saved.
    pub fn read_sram(&mut self) -> Result<Option<Vec<u8>>, SaveError> {
        let data = read(&self.sram, SRAM_BYTES)?.map(|data| unpacked(&self.sram, data)).transpose()?;
        self.known = Some(data.clone().unwrap_or_default());
        Ok(data)
    }

    /// The clock of the cartridge as last saved.
    pub fn read_rtc(&self) -> Result<Option<Vec<u8>>, SaveError> {
        read(&self.rtc, RTC_BYTES)
    }

    /// Saves battery-backed memory. What was there is put aside first where it is a version of its own: when a save begins, and
    /// when another program wrote it.
    pub fn write_sram(&mut self, data: &[u8], now: Instant, time: SystemTime) -> Result<Written, SaveError> {
        self.check_lock()?;
        let there = read(&self.sram, SRAM_BYTES)?.unwrap_or_default();
        // Compared as it was read.
        let there = retroarch::plain(&there, SRAM_BYTES).map_or_else(|| there.clone(), |plain| plain.into_owned());
        // One that was deleted leaves nothing to keep.
        let changed = self.known.as_ref().is_some_and(|known| *known != there);
        let foreign = changed && !there.is_empty() && there != data;
        let begins = self.written.is_none_or(|last| now.saturating_duration_since(last) >= ONE_SAVE);
        if there != data {
            if foreign || begins {
                let rewound = self.rewound.is_some_and(|when| now.saturating_duration_since(when) < ONE_SAVE);
                let kept = match rewound && !foreign {
                    true => self.keep_in_row(&there, now, time),
                    false => self.versions.keep(&there, time, None).map(|_| ()),
                };
                // What another program wrote is overwritten only once it is kept. Of our own the new save counts for more.
                if foreign {
                    kept.map_err(|error| not_written(&self.sram, error))?;
                }
            }
            write(&self.sram, data)?;
        }
        self.known = Some(data.to_vec());
        (self.written, self.rewound) = (Some(now), None);
        Ok(if foreign { Written::OverForeign } else { Written::AsUsual })
    }

    pub fn write_rtc(&mut self, data: &[u8]) -> Result<(), SaveError> {
        self.check_lock()?;
        write(&self.rtc, data)
    }

    /// What is saved now stays as a version, whatever is written next: something happens that may take it back.
    pub fn begin_version(&mut self) {
        (self.written, self.rewound) = (None, None);
        self.cartridges.iter_mut().for_each(|it| it.files.begin_version());
    }

    /// The same when the game goes on from a rewind: what is saved now is what was saved before it.
    pub fn begin_version_after_rewind(&mut self, now: Instant) {
        (self.written, self.rewound) = (None, Some(now));
        self.cartridges.iter_mut().for_each(|it| it.files.begin_version_after_rewind(now));
    }

    /// Puts aside what a rewind takes back.
    fn keep_in_row(&mut self, there: &[u8], now: Instant, time: SystemTime) -> io::Result<()> {
        let row = self.row.filter(|(last, _)| now.saturating_duration_since(*last) < ONE_ROW);
        let kept = self.versions.keep(there, time, row.and_then(|(_, last)| last))?;
        // The first stays. Where none was put aside, what is to be replaced is still there.
        self.row = Some((now, row.and_then(|(_, last)| kept.or(last))));
        Ok(())
    }

    /// Those that can be put back, the newest first.
    pub fn versions(&self) -> Vec<SaveVersion> {
        match self.first_save() {
            Some(at) => self.cartridges[at].files.versions.list(),
            None => self.versions.list(),
        }
    }

    /// Makes an earlier version the save; what was the save becomes a version. The core has to be started anew for it.
    pub fn put_back(&mut self, put_aside: u64, time: SystemTime) -> Result<(), SaveError> {
        if let Some(at) = self.first_save() {
            return self.cartridges[at].files.put_back(put_aside, time);
        }
        self.check_lock()?;
        let version = self.versions().into_iter().find(|it| it.put_aside == put_aside);
        let no_version = || SaveError::NoVersion { file: self.sram.clone() };
        let data = read(&self.versions.path(version.ok_or_else(no_version)?), SRAM_BYTES)?.ok_or_else(no_version)?;
        let there = read(&self.sram, SRAM_BYTES)?.unwrap_or_default();
        write(&self.sram, &data)?;
        // Behind it: where the disk is full, neither is lost, and the oldest may be the one that was put back.
        self.versions.keep(&there, time, None).map_err(|error| not_written(&self.sram, error))?;
        self.known = Some(data);
        (self.written, self.rewound, self.row) = (None, None, None);
        Ok(())
    }

    /// A save state, if there is one that is of this content and this core.
    pub fn read_state(&self, place: StatePlace, core: &CoreName) -> Result<Option<ReadState>, SaveError> {
        self.states.read(place, core)
    }

    /// Keeps a save state; the one that was there can be put back.
    pub fn write_state(
        &mut self,
        place: StatePlace,
        data: &[u8],
        core: &CoreName,
        picture: Option<&Picture>,
        time: SystemTime,
    ) -> Result<(), SaveError> {
        self.check_lock()?;
        self.states.write(place, data, core, picture, time)
    }

    /// Changes a save state for the one before it.
    pub fn put_back_state(&mut self, place: StatePlace) -> Result<(), SaveError> {
        self.check_lock()?;
        self.states.put_back(place)
    }

    /// The save states that there are.
    pub fn states(&self) -> StateList {
        self.states.list()
    }

    /// The other host may have ended meanwhile.
    fn check_lock(&mut self) -> Result<(), SaveError> {
        if self.lock.is_none() {
            self.lock = lock(&self.lock_path);
        }
        match self.lock {
            Some(_) => Ok(()),
            None => Err(SaveError::InUse { file: self.sram.clone() }),
        }
    }
}

fn with(folder: &Path, name: &str, ending: &str) -> PathBuf {
    folder.join(format!("{name}.{ending}"))
}

/// None: another process has it. Where no lock can be made, on a disk that is full or read-only, there is one that guards nothing:
/// what is wrong is said when something is written.
fn lock(path: &Path) -> Option<File> {
    let _ = path.parent().map(fs::create_dir_all);
    let Ok(file) = File::options().create(true).truncate(false).write(true).open(path) else {
        return File::open("/dev/null").ok();
    };
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => None,
        Ok(()) | Err(fs::TryLockError::Error(_)) => Some(file),
    }
}

/// A save that RetroArch compressed, as its settings can have it.
fn unpacked(path: &Path, data: Vec<u8>) -> Result<Vec<u8>, SaveError> {
    match retroarch::plain(&data, SRAM_BYTES) {
        Some(plain) => Ok(plain.into_owned()),
        None => Err(SaveError::TooLarge { file: path.to_owned() }),
    }
}

pub(super) fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, SaveError> {
    let unreadable = |error: io::Error| SaveError::NotRead { file: path.to_owned(), cause: error.into() };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut data = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut data).map_err(unreadable)?;
    if data.len() > limit {
        return Err(SaveError::TooLarge { file: path.to_owned() });
    }
    Ok(Some(data))
}

pub(super) fn write(path: &Path, data: &[u8]) -> Result<(), SaveError> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| write_atomically(path, data));
    written.map_err(|error| not_written(path, error))
}

pub(super) fn not_written(path: &Path, error: io::Error) -> SaveError {
    SaveError::NotWritten { file: path.to_owned(), cause: error.into() }
}
