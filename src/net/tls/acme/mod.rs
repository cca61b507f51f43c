//! Certificates that every browser believes, of a server that gives them by itself (ACME, RFC 8555): for names, and for
//! addresses (RFC 8738).
//!
//! `schedule` decides when, `order` does it, `challenges` is what the web server answers meanwhile, `store` keeps what came,
//! `client` carries requests, `worker` brings them together on a thread of its own.

mod challenges;
mod client;
mod error;
mod name;
mod order;
mod schedule;
mod store;
mod worker;

pub use challenges::{CHALLENGE_ALPN, CHALLENGE_PATH, Challenges};
pub use error::AcmeError;
pub use name::{AcmeContact, AcmeDirectory, AcmeName, AcmeWordsError, LETS_ENCRYPT, MAX_NAMES, is_public};
pub use order::AcmeChallenge;

use super::Certificates;
use crate::sync::{SpawnError, spawn};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::SystemTime;
use store::Store;
use tokio::sync::watch;
use worker::{Wanted, Worker};

/// What is asked for, and of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeConfig {
    pub directory: AcmeDirectory,
    /// Those that lead here; each gets a certificate of its own. At most [`MAX_NAMES`] count.
    pub identifiers: Vec<AcmeName>,
    /// And the address at which anyone reaches this machine. Whoever starts this finds it out, and tells it by
    /// [`Acme::set_identifiers`].
    pub own_address: bool,
    pub contact: Option<AcmeContact>,
    /// Authorities that vouch for the server itself, in PEM, beside those of the system.
    pub roots: Option<PathBuf>,
    /// Tried in turns, the first one first.
    pub challenges: Vec<AcmeChallenge>,
}

impl AcmeConfig {
    /// By all ways that there are.
    pub fn new(directory: AcmeDirectory, identifiers: Vec<AcmeName>) -> AcmeConfig {
        AcmeConfig {
            directory,
            identifiers,
            own_address: false,
            contact: None,
            roots: None,
            challenges: AcmeChallenge::ALL.to_vec(),
        }
    }
}

/// What a person typed.
#[derive(Debug, Clone, Copy)]
pub struct AcmeWords<'a> {
    pub names: &'a [String],
    pub own_address: bool,
    /// Empty for Let's Encrypt.
    pub directory: &'a str,
    /// Empty for none.
    pub contact: &'a str,
}

impl AcmeConfig {
    /// What can be used of it, if anything is wanted, and what is wrong with the rest. No other server than the one that was
    /// typed is asked.
    pub fn from_words(words: AcmeWords<'_>) -> (Option<AcmeConfig>, Vec<AcmeWordsError>) {
        let (mut identifiers, mut problems) = (Vec::new(), Vec::new());
        for text in words.names.iter().filter(|text| !text.trim().is_empty()) {
            match text.parse() {
                Ok(_) if identifiers.len() == MAX_NAMES => {
                    problems.push(AcmeWordsError::TooMany { most: MAX_NAMES });
                    break;
                }
                Ok(name) => identifiers.push(name),
                Err(error) => problems.push(error),
            }
        }
        let directory = match words.directory.trim() {
            "" => Ok(AcmeDirectory::default()),
            text => text.parse(),
        };
        let contact = match words.contact.trim() {
            "" => Ok(None),
            text => text.parse().map(Some),
        };
        let contact = contact.unwrap_or_else(|error| {
            problems.push(error);
            None
        });
        match directory {
            Ok(_) if identifiers.is_empty() && !words.own_address => (None, problems),
            Ok(directory) => {
                let config =
                    AcmeConfig { own_address: words.own_address, contact, ..AcmeConfig::new(directory, identifiers) };
                (Some(config), problems)
            }
            Err(error) => {
                problems.push(error);
                (None, problems)
            }
        }
    }
}

/// How it is with the certificate for one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeStatus {
    pub name: AcmeName,
    /// Until when the one that there is counts.
    pub until: Option<SystemTime>,
    /// Why the last order failed, or what came is not kept.
    pub problem: Option<AcmeError>,
    /// When the next one is ordered.
    pub next: SystemTime,
}

/// Has certificates made and renewed. Dropping it ends that; the certificates stay.
pub struct Acme {
    wanted: Option<watch::Sender<Wanted>>,
    /// Dropped, it ends what is being done.
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Acme {
    /// Shows the certificates of earlier runs at once. Keeps account and certificates in `folder`. `on_news` is told of each
    /// name how it is whenever that changes, first within this call, and must not block.
    pub fn start(
        config: AcmeConfig,
        folder: &Path,
        certificates: Arc<Certificates>,
        clock: fn() -> SystemTime,
        on_news: Box<dyn Fn(AcmeStatus) + Send>,
    ) -> Result<Acme, SpawnError> {
        let store = Store::new(folder, &config.directory);
        store.tidy(clock());
        let first = Wanted { names: names(config.identifiers.clone()), tries: 0 };
        let mut worker = Worker::new(config, store, certificates, clock, on_news);
        worker.follow(&first, clock());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| SpawnError::Refused { thread: "acme", cause: error.into() })?;
        let (wanted, newest) = watch::channel(first);
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = spawn("acme", move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = worker.run(newest) => {}
                    _ = stopped => {}
                }
            });
            // A name that is being looked up is not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Acme { wanted: Some(wanted), stop: Some(stop), thread: Some(thread) })
    }

    /// What leads here now, such as another public address. What is shown for the others is not any more.
    pub fn set_identifiers(&self, identifiers: Vec<AcmeName>) {
        let names = names(identifiers);
        self.change(|wanted| {
            let differs = wanted.names != names;
            wanted.names = names;
            differs
        });
    }

    /// Tries again at once what failed, unless the server asked to wait: another port leads here now, perhaps.
    pub fn retry(&self) {
        self.change(|wanted| {
            wanted.tries += 1;
            true
        });
    }

    fn change(&self, change: impl FnOnce(&mut Wanted) -> bool) {
        if let Some(wanted) = &self.wanted {
            wanted.send_if_modified(change);
        }
    }
}

/// Each once, in order, as many as may be.
fn names(mut names: Vec<AcmeName>) -> Vec<AcmeName> {
    names.sort();
    names.dedup();
    names.truncate(MAX_NAMES);
    names
}

impl Drop for Acme {
    fn drop(&mut self) {
        (self.wanted, self.stop) = (None, None);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str], own_address: bool, directory: &str) -> (Option<AcmeConfig>, Vec<AcmeWordsError>) {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        AcmeConfig::from_words(AcmeWords { names: &names, own_address, directory, contact: "me" })
    }

    #[test]
    fn nothing_is_asked_for_unless_it_is_wanted_and_no_other_server_than_the_one_that_was_typed() {
        assert_eq!(read(&["", " "], false, "").0, None);
        let (config, problems) = read(&["play.example", "a b"], false, "");
        let config = config.expect("one is wanted");
        assert_eq!(config.identifiers, ["play.example".parse().expect("a name")]);
        assert_eq!((config.directory.as_str(), config.contact), (LETS_ENCRYPT, None));
        let [name, contact] = ["a b", "me"].map(str::to_owned);
        assert_eq!(problems, [AcmeWordsError::Name { text: name }, AcmeWordsError::Contact { text: contact }]);
        assert!(read(&[], true, "").0.is_some_and(|it| it.own_address && it.identifiers.is_empty()));
        let (config, problems) = read(&[], true, "http://ca.example/");
        assert!(config.is_none() && matches!(problems[1], AcmeWordsError::Directory { .. }));
        let many: Vec<String> = (0..MAX_NAMES + 3).map(|number| format!("n{number}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let (config, problems) = read(&many, false, "");
        assert_eq!(config.expect("some").identifiers.len(), MAX_NAMES);
        assert_eq!(problems[0], AcmeWordsError::TooMany { most: MAX_NAMES });
    }
}
