//! What is remembered between runs: when the address was asked, what it said, and what was told where. Pure, but for its file.

use super::document::Release;
use crate::files::write_atomically;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Between two requests.
pub(super) const EVERY: Duration = Duration::from_secs(24 * 3600);

/// Where a newer version is told, once each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Window,
    /// `hotseat host`.
    Headless,
}

impl Place {
    fn key(self) -> &'static str {
        match self {
            Place::Window => "window",
            Place::Headless => "host",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    address: String,
    /// Seconds since 1970. A request that failed counts: a server in trouble is not asked more often.
    asked: u64,
    version: String,
    date: String,
    link: Option<String>,
    words: String,
    /// By place, the version that was told there last.
    told: BTreeMap<String, String>,
}

impl Memory {
    /// Nothing is remembered of a file that cannot be read: the address is asked once more.
    pub(super) fn read(file: &Path) -> Memory {
        std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    pub(super) fn write(&self, file: &Path) -> std::io::Result<()> {
        write_atomically(file, &serde_json::to_vec_pretty(self).unwrap_or_default())
    }

    /// How long until this address may be asked again, at `now` after 1970.
    pub(super) fn wait(&self, address: &str, now: Duration) -> Duration {
        let asked = Duration::from_secs(self.asked);
        // A clock that was set back does not put it off for ever.
        if self.address != address || asked > now {
            return Duration::ZERO;
        }
        EVERY.saturating_sub(now - asked)
    }

    /// The address was asked at `now`.
    pub(super) fn asked(&mut self, address: &str, now: Duration, release: Option<&Release>) {
        if self.address != address {
            // What another one said is not its word.
            self.version.clear();
        }
        (self.address, self.asked) = (address.to_owned(), now.as_secs());
        if let Some(release) = release {
            self.version = release.version.to_string();
            self.date.clone_from(&release.date);
            self.link.clone_from(&release.link);
            self.words.clone_from(&release.words);
        }
    }

    /// A newer version than `current` that was not told in this place, once.
    pub(super) fn tell(&mut self, place: Place, current: &Version) -> Option<Release> {
        let release = Release {
            version: Version::parse(&self.version).ok()?,
            date: self.date.clone(),
            link: self.link.clone(),
            words: self.words.clone(),
        };
        if !release.is_newer_than(current) || self.told.get(place.key()) == Some(&self.version) {
            return None;
        }
        self.told.insert(place.key().to_owned(), self.version.clone());
        Some(release)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(version: &str) -> Release {
        let version = Version::parse(version).expect("a version");
        Release { version, date: "2026-12-24".into(), link: None, words: String::new() }
    }

    const ADDRESS: &str = "https://hotseat.example/newest";

    #[test]
    fn an_address_is_asked_once_a_day_and_another_one_at_once() {
        let hours = |n: u64| Duration::from_secs(1_800_000_000 + n * 3600);
        let mut memory = Memory::default();
        assert_eq!(memory.wait(ADDRESS, hours(0)), Duration::ZERO);
        memory.asked(ADDRESS, hours(0), None);
        assert_eq!(memory.wait(ADDRESS, hours(1)), Duration::from_secs(23 * 3600));
        assert_eq!(memory.wait(ADDRESS, hours(24)), Duration::ZERO);
        assert_eq!(memory.wait("https://other.example/", hours(1)), Duration::ZERO);
        assert_eq!(memory.wait(ADDRESS, Duration::from_secs(5)), Duration::ZERO, "the clock was set back");
    }

    #[test]
    fn each_newer_version_is_told_once_in_each_place() {
        let current = Version::new(1, 0, 0);
        let mut memory = Memory::default();
        assert_eq!(memory.tell(Place::Window, &current), None);
        memory.asked(ADDRESS, Duration::from_secs(1), Some(&release("1.1.0")));
        assert_eq!(memory.tell(Place::Window, &current), Some(release("1.1.0")));
        assert_eq!(memory.tell(Place::Window, &current), None);
        assert_eq!(memory.tell(Place::Headless, &current), Some(release("1.1.0")));
        memory.asked(ADDRESS, Duration::from_secs(2), None);
        assert_eq!(memory.tell(Place::Window, &current), None);
        memory.asked(ADDRESS, Duration::from_secs(3), Some(&release("1.2.0")));
        assert_eq!(memory.tell(Place::Window, &current), Some(release("1.2.0")));
        // It was installed meanwhile.
        memory.asked(ADDRESS, Duration::from_secs(4), Some(&release("1.3.0")));
        assert_eq!(memory.tell(Place::Window, &Version::new(1, 3, 0)), None);
    }

    #[test]
    fn it_outlives_the_run_and_a_damaged_file_is_forgotten() {
        let file = std::env::temp_dir().join(format!("hotseat-releases-{}.json", std::process::id()));
        let mut memory = Memory::default();
        memory.asked(ADDRESS, Duration::from_secs(7), Some(&release("1.1.0")));
        memory.tell(Place::Headless, &Version::new(1, 0, 0));
        memory.write(&file).expect("written");
        assert_eq!(Memory::read(&file), memory);
        std::fs::write(&file, "{").expect("written");
        assert_eq!(Memory::read(&file), Memory::default());
        std::fs::remove_file(file).expect("removed");
    }
}
