//! Power cuts: host and core process killed together at any moment, while the save changes with every frame.

use super::host::Setup;
use super::{LONG, TempDir, content, is_running, pass, signal, until};
use rustix::process::Signal;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Frames a second of the core.
const FPS: u64 = 60;
/// What a power cut may cost, in frames.
const MOST_LOST: u64 = 2 * FPS;
const SAVE_BYTES: usize = 64 << 10;
/// Of the core's file: the frame that ran last, the one it began with, whether the save was whole then.
const COUNTS: usize = 3;

/// A home whose host loses its power again and again.
pub struct Home {
    home: Arc<TempDir>,
    core: PathBuf,
    counts: PathBuf,
    random: u64,
    /// What the save had after the last power cut.
    saved: Option<u64>,
    /// Frames that each power cut cost.
    pub lost: Vec<u64>,
}

impl Home {
    /// `seed` decides about the moments.
    pub fn new(seed: u64) -> Home {
        let home = Arc::new(TempDir::new());
        let core = content::c_core(&home, "counts_core");
        let counts = home.path().join("data/hotseat/saves/counts/frames");
        Home { home, core, counts, random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, saved: None, lost: Vec::new() }
    }

    /// One evening that ends as it should. Says how many files are left that were being written when the power went, and which
    /// nobody will finish.
    pub fn play_in_peace(&mut self) -> usize {
        let mut host = Setup::core(&self.core).home(self.home.clone()).start();
        until("the first frame", LONG, || (self.read_counts()[2] != 0).then_some(()));
        host.end_by(Signal::TERM);
        self.look(self.read_counts()[1]);
        assert_eq!(self.lost.pop(), Some(0), "an end in order costs nothing");
        self.home.files().iter().filter(|path| path.extension().is_some_and(|it| it == "part" || it == "keep")).count()
    }

    /// One evening, up to a power cut: `shortest` to `longest` after the game began.
    pub fn lose_power(&mut self, shortest: Duration, longest: Duration) {
        let mut host = Setup::core(&self.core).home(self.home.clone()).start();
        let core = host.ready()["core_pid"].as_u64().and_then(|pid| u32::try_from(pid).ok()).expect("a core process");
        let began = until("the first frame", LONG, || Some(self.read_counts()).filter(|counts| counts[2] != 0));
        assert_eq!(began[2], 1, "the core was given a save that is not whole");
        if let Some(saved) = self.saved {
            assert_eq!(began[1], saved, "the core was given another save than the one on disk");
        }
        let span = longest.saturating_sub(shortest).as_micros().max(1) as u64;
        pass(shortest + Duration::from_micros(self.next_random() % span));
        // Which of the two goes first is chance as well.
        let mut victims = [host.pid(), core];
        if self.next_random().is_multiple_of(2) {
            victims.reverse();
        }
        for pid in victims {
            signal(pid, Signal::KILL);
        }
        host.kill();
        until("the core's end", LONG, || (!is_running(core)).then_some(()));
        self.look(began[1]);
    }

    /// What is on disk after a power cut.
    fn look(&mut self, began: u64) {
        let ran = self.read_counts()[0];
        let folder = self.home.path().join("data/hotseat/saves/counts");
        let save = folder.join("counts.srm");
        // Nothing is written before the second in which it changed is over.
        let saved = if save.exists() { whole(&save) } else { 1 };
        assert!(saved >= self.saved.unwrap_or(1) && saved <= ran, "saved {saved}, ran {ran}");
        let lost = ran - saved.max(began);
        assert!(lost <= MOST_LOST, "{lost} frames lost: saved {saved}, began {began}, ran {ran}");
        let versions = fs::read_dir(folder.join(".versions/counts")).into_iter().flatten().flatten();
        let versions: Vec<PathBuf> =
            versions.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "srm")).collect();
        assert!(versions.len() <= 6, "{versions:?}");
        for path in &versions {
            whole(path);
        }
        if let Ok(owners) = fs::read(folder.join(".owners.json")) {
            let owners: serde_json::Value = serde_json::from_slice(&owners).expect("a list that is whole");
            assert_eq!(owners["saves"].as_array().map(Vec::len), Some(1), "{owners}");
        }
        self.saved = save.exists().then_some(saved);
        self.lost.push(lost);
    }

    fn read_counts(&self) -> [u64; COUNTS] {
        let data = fs::read(&self.counts).unwrap_or_default();
        let mut counts = [0; COUNTS];
        for (count, bytes) in counts.iter_mut().zip(data.as_chunks::<8>().0) {
            *count = u64::from_le_bytes(*bytes);
        }
        counts
    }

    fn next_random(&mut self) -> u64 {
        self.random = follow(self.random);
        self.random >> 8
    }
}

fn follow(mut word: u64) -> u64 {
    word ^= word << 13;
    word ^= word >> 7;
    word ^ (word << 17)
}

/// The number that a save follows from, as the core makes it.
fn whole(path: &Path) -> u64 {
    let data = fs::read(path).expect("it can be read");
    assert_eq!(data.len(), SAVE_BYTES, "{} is cut short", path.display());
    let words: Vec<u64> = data.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
    for (index, pair) in words.windows(2).enumerate() {
        assert_eq!(pair[1], follow(pair[0].wrapping_add(index as u64 + 1)), "{} is torn", path.display());
    }
    words[0]
}
