//! Battery saves of a game of several files: one for each memory that they have, called after its file with the ending that the core
//! gives it, as RetroArch has it. A cartridge that is played by itself, or in another machine, has the same save.

use super::files::SaveFiles;
use super::identity::{self, Identity};
use super::{SaveError, Saves, Written, file_name, owners};
use crate::content;
use crate::link::state::{Memory, StateReader};
use crate::link::subsystem::SubsystemGame;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// How often the clock of a cartridge is written when nothing else changes.
pub const CLOCK_EVERY: Duration = Duration::from_secs(10);

/// One memory and its file.
#[derive(Debug)]
pub struct Cartridge {
    pub memory: Memory,
    /// The version of the memory that the file has.
    pub saved: u64,
    /// It is a clock, which runs: by itself it is not worth a write a second, and its past is worth nothing.
    pub is_clock: bool,
    written: Option<Instant>,
    pub(super) files: SaveFiles,
}

impl Cartridge {
    /// The memory as last saved; it has version 0 where it is put.
    pub fn read(&mut self) -> Result<Option<Vec<u8>>, SaveError> {
        self.saved = 0;
        if self.is_clock { self.files.read_rtc() } else { self.files.read_sram() }
    }

    /// Whether what changed is to be written; with `last`, whatever changed is.
    pub fn is_due(&self, now: Instant, last: bool) -> bool {
        let waits = |written: Instant| now.saturating_duration_since(written) < CLOCK_EVERY;
        last || !(self.is_clock && self.written.is_some_and(waits))
    }

    /// Saves version `version` of the memory.
    pub fn write(&mut self, version: u64, data: &[u8], now: Instant, time: SystemTime) -> Result<Written, SaveError> {
        let written = match self.is_clock {
            true => self.files.write_rtc(data).map(|()| Written::AsUsual)?,
            false => self.files.write_sram(data, now, time)?,
        };
        (self.saved, self.written) = (version, Some(now));
        Ok(written)
    }
}

/// What became of those that had changed.
#[derive(Debug, PartialEq, Eq)]
pub struct AllWritten {
    /// Fails with the first that could not be written; the others were.
    pub result: Result<(), SaveError>,
    /// Another program had changed one too.
    pub foreign: bool,
}

/// Writes what changed and is due, with `last` all that changed. None: nothing did.
pub(super) fn write_changed(
    cartridges: &mut [Cartridge],
    states: &StateReader,
    last: bool,
    now: Instant,
    time: SystemTime,
) -> Option<AllWritten> {
    let mut all: Option<AllWritten> = None;
    for cartridge in cartridges {
        if states.memory_version(cartridge.memory) == cartridge.saved || !cartridge.is_due(now, last) {
            continue;
        }
        let Some((version, data)) = states.memory(cartridge.memory) else { continue };
        let all = all.get_or_insert(AllWritten { result: Ok(()), foreign: false });
        match cartridge.write(version, &data, now, time) {
            Ok(written) => all.foreign |= written == Written::OverForeign,
            // It is tried again; what the others hold is not to be lost with it.
            Err(error) if all.result.is_ok() => all.result = Err(error),
            Err(_) => {}
        }
    }
    all
}

/// Those of a game, found on disk.
pub(super) fn open(saves: &Saves, game: &SubsystemGame) -> Vec<Cartridge> {
    let mut found = Vec::new();
    // Of those that were found: the slot, the name, and the ending.
    let mut taken: Vec<(usize, String, String)> = Vec::new();
    for (place, (at, memory)) in (0..).zip(game.subsystem.memories()) {
        let Some(path) = game.files.get(at).and_then(|file| file.0.as_deref()) else { continue };
        // The same file in two slots is two cartridges.
        let twice = game.files[..at].iter().any(|earlier| earlier.0.as_deref() == Some(path));
        let mut name = claim(saves, path, &memory.extension, twice.then_some(at + 1));
        let mut ending = memory.extension.clone();
        // So is a copy of it, which is the same content.
        if taken.iter().any(|(slot, known, _)| *slot != at && *known == name) {
            name = claim(saves, path, &ending, Some(at + 1));
        }
        // A core may give two memories of a cartridge the same one.
        let mut number = 2;
        while taken.iter().any(|(_, known, other)| *known == name && *other == ending) {
            ending = format!("{}{number}", memory.extension);
            number += 1;
        }
        taken.push((at, name.clone(), ending.clone()));
        found.push(Cartridge {
            memory: Memory::Rom(place),
            saved: 0,
            is_clock: memory.is_clock(),
            written: None,
            files: SaveFiles::of_cartridge(saves, &name, &ending),
        });
    }
    found
}

/// The name that this file's saves have.
fn claim(saves: &Saves, path: &Path, extension: &str, slot: Option<usize>) -> String {
    let stem = content::stem(path).to_string_lossy().into_owned();
    let (wanted, place) = match slot {
        Some(slot) => (format!("{stem} (slot {slot})"), None),
        None => (stem, Some(identity::place(path))),
    };
    // Content that cannot be read is not started either.
    let identity = Identity::of(path).unwrap_or_else(|_| Identity::of_no_content());
    let exists = |name: &str| saves.core_dir.join(format!("{name}.{extension}")).exists();
    owners::claim(&saves.core_dir, &file_name(&wanted), &identity, place.as_deref(), exists)
}
