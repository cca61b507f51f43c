//! Whether there is a newer version of the program: asked of an address that the person names, at most once a day, by https alone. It
//! is told and no more: the program never fetches or changes itself.

mod document;
mod memory;
mod watch;

pub use document::Release;
pub use memory::Place;
pub use watch::ReleaseWatch;

use super::client::{Client, Url};
use super::error::DownloadError;
use super::fetch;
use crate::messages;
use crate::net::tls::client_config;
use crate::text::IoCause;
use semver::Version;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::timeout;

/// Of what the address gives out, in bytes.
const LARGEST: u64 = 64 << 10;
/// For all of it, from the first packet to the last.
const LIMIT: Duration = Duration::from_secs(30);

messages! {
    /// Why it is not known whether there is a newer version.
    pub enum ReleaseError in release_error {
        bad_address => BadAddress { address: String },
        insecure => Insecure { address: String },
        unreachable => Unreachable { server: String, cause: IoCause },
        untrusted => Untrusted { server: String, problem: String },
        refused => Refused { server: String, status: u16 },
        slow => Slow { server: String, seconds: u64 },
        nonsense => Nonsense { server: String, problem: String },
    }
}

impl From<DownloadError> for ReleaseError {
    fn from(error: DownloadError) -> ReleaseError {
        match error {
            DownloadError::BadAddress { address } => ReleaseError::BadAddress { address },
            DownloadError::Insecure { address } => ReleaseError::Insecure { address },
            DownloadError::Unreachable { server, cause } => ReleaseError::Unreachable { server, cause },
            DownloadError::Untrusted { server, problem } => ReleaseError::Untrusted { server, problem },
            DownloadError::Refused { server, status, .. } => ReleaseError::Refused { server, status },
            DownloadError::Slow { server, seconds, .. } => ReleaseError::Slow { server, seconds },
            DownloadError::Nonsense { server, problem } => ReleaseError::Nonsense { server, problem },
            DownloadError::TooLarge { server, .. } => {
                ReleaseError::Nonsense { server, problem: format!("more than {} kB", LARGEST >> 10) }
            }
            DownloadError::Cut { server, .. } => ReleaseError::Nonsense { server, problem: "half an answer".into() },
            // Those are of cores.
            other => ReleaseError::Nonsense { server: String::new(), problem: other.to_string() },
        }
    }
}

messages! {
    /// How it is with newer versions.
    pub enum ReleaseStatus in release {
        /// The settings name no address.
        off => Off,
        /// This is the newest, or newer than what is given out.
        newest => Newest { version: String },
        newer => Newer { version: String, date: String, current: String },
        unknown => Unknown { error: ReleaseError },
    }
}

/// This program's own.
pub fn current() -> Version {
    // Cargo takes nothing else for a version.
    Version::parse(env!("CARGO_PKG_VERSION")).unwrap_or(Version::new(0, 0, 0))
}

/// Asks now. Takes as long as the server does, within bounds.
pub fn ask(address: &str) -> Result<Release, ReleaseError> {
    let url = secure(address)?;
    let untrusted = || DownloadError::Untrusted { server: url.server(), problem: "TLS".into() };
    let client = Client::new(client_config(&[]).ok_or_else(untrusted)?);
    let unreachable = |error: std::io::Error| DownloadError::Unreachable { server: url.server(), cause: error.into() };
    let runtime = Builder::new_current_thread().enable_all().build().map_err(unreachable)?;
    let document = runtime.block_on(async {
        let slow = |_| DownloadError::Slow { server: url.server(), file: url.file(), seconds: LIMIT.as_secs() };
        timeout(LIMIT, fetch::to_memory(&client, &url, LARGEST)).await.map_err(slow)?
    })?;
    let nonsense = |problem: &str| super::client::nonsense(&url, problem);
    Ok(document::parse(&document).map_err(nonsense)?)
}

/// The address, if it is one that may be asked.
pub fn check_address(address: &str) -> Result<(), ReleaseError> {
    Ok(secure(address).map(drop)?)
}

/// Whoever is on the way of a plain connection could send people to a page of their own.
fn secure(address: &str) -> Result<Url, DownloadError> {
    let url = Url::parse(address)?;
    if url.is_https() { Ok(url) } else { Err(DownloadError::Insecure { address: address.trim().to_owned() }) }
}

/// For whoever wants to know at once: asks, unless there is nobody to ask.
pub fn status(address: &str) -> ReleaseStatus {
    if address.trim().is_empty() {
        return ReleaseStatus::Off;
    }
    match ask(address) {
        Ok(release) => release.status(&current()),
        Err(error) => ReleaseStatus::Unknown { error },
    }
}

impl Release {
    /// Beside the version that runs. What comes after a plus sign is the same version, built another time.
    pub fn status(&self, current: &Version) -> ReleaseStatus {
        if !self.is_newer_than(current) {
            return ReleaseStatus::Newest { version: current.to_string() };
        }
        let (version, date) = (self.version.to_string(), self.date.clone());
        ReleaseStatus::Newer { version, date, current: current.to_string() }
    }

    fn is_newer_than(&self, current: &Version) -> bool {
        self.version.cmp_precedence(current).is_gt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_versions() {
        let newer = |new: &str, old: &str| {
            let release = document::parse(format!("version: {new}\ndate: 2026-12-01\n").as_bytes()).expect("a release");
            release.is_newer_than(&Version::parse(old).expect("a version"))
        };
        assert!(newer("0.10.0", "0.9.9") && newer("1.0.0", "1.0.0-rc.2") && newer("1.0.0-rc.10", "1.0.0-rc.2"));
        assert!(!newer("1.2.3", "1.2.3") && !newer("1.2.3+later", "1.2.3") && !newer("1.0.0-rc.1", "1.0.0"));
    }

    #[test]
    fn only_https_is_asked_not_even_this_machine_otherwise() {
        assert_eq!(check_address("https://hotseat.example/newest.json"), Ok(()));
        for address in ["http://hotseat.example/", "http://127.0.0.1/", "http://localhost:1/"] {
            assert!(matches!(check_address(address), Err(ReleaseError::Insecure { .. })), "{address}");
        }
        for address in ["", "newest", "file:///etc/passwd", "https://u:p@x/"] {
            assert!(matches!(check_address(address), Err(ReleaseError::BadAddress { .. })), "{address}");
        }
        assert_eq!(status("  "), ReleaseStatus::Off);
    }
}
