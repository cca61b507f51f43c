//! Cores from the internet: the list of a server shaped like libretro's buildbot, and what is fetched from it; and [`releases`], word
//! of a newer version of the program.
//!
//! Whatever arrives is compared with the list, looked at and tried in a core process before it can be chosen. Nothing here is
//! asked for by itself: a person opens the list, or names a core.

mod client;
mod error;
mod fetch;
mod index;
mod info;
mod install;
mod offers;
mod probe;
pub mod releases;
mod worker;

pub use error::{DownloadError, ProbeError};
pub use fetch::Progress;
pub use offers::{Offer, OfferState};
pub use worker::{Downloader, Downloading, Listing, Shown};

use crate::library;
use crate::net::tls::client_config;
use client::{Client, Url};
use index::Listed;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;
use tokio::runtime::{Builder, Runtime};

/// Where cores come from if the settings name nothing else: libretro's own.
pub const DEFAULT_SERVER: &str = "https://buildbot.libretro.com";

/// Of an archive with one core; libretro's largest has some 100 MB.
const LARGEST_ARCHIVE: u64 = 512 << 20;
/// Of the list; libretro's has 10 kB.
const LARGEST_LIST: u64 = 1 << 20;

/// Where on the disc things go. None of the folders need exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    pub cores: PathBuf,
    /// What is said of cores.
    pub info: PathBuf,
    /// Archives on their way.
    pub parts: PathBuf,
}

impl Folders {
    /// The program's own; none if the system names no home.
    pub fn usual() -> Option<Folders> {
        let cores = library::user_core_folder()?;
        let info = library::user_info_folder()?;
        let parts = cores.with_file_name("downloads");
        Some(Folders { cores, info, parts })
    }
}

/// What is done for a core that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Fetching(Progress),
    /// Unpacking and trying it.
    Trying,
}

/// A server, and where its cores go.
pub struct Downloads {
    runtime: Runtime,
    client: Client,
    cores: Url,
    info: Url,
    folders: Folders,
}

impl Downloads {
    /// Nothing is asked yet. `server` is an address as [`DEFAULT_SERVER`] is one.
    pub fn new(server: &str, folders: Folders) -> Result<Downloads, DownloadError> {
        let server = Url::parse(server)?;
        let (cores, info) = (server.join(builds()?)?, server.join("assets/frontend/info.zip")?);
        let refused = |problem: String| DownloadError::Untrusted { server: server.server(), problem };
        let tls = client_config(&[]).ok_or_else(|| refused("TLS".into()))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| DownloadError::Unreachable { server: server.server(), cause: error.into() })?;
        Ok(Downloads { runtime, client: Client::new(tls), cores, info, folders })
    }

    /// The server's name, for people.
    pub fn server(&self) -> String {
        self.cores.server()
    }

    /// The cores that the server has for this machine, by name. Takes as long as the server does.
    pub fn list(&self) -> Result<Vec<Offer>, DownloadError> {
        self.runtime.block_on(async {
            let list = self.fetch_list().await?;
            if !info::is_fresh(&self.folders.info, SystemTime::now())
                && let Err(error) = self.fetch_info().await
            {
                // Cores are called by their files' names then.
                tracing::warn!("what is said of cores: {error}");
            }
            Ok(offers::offers(&list, &self.folders))
        })
    }

    /// Fetches a core by its name, such as `nestopia`, tries it and puts it where cores are found. Its file is returned. Given
    /// up or broken off, the next call goes on where this one was.
    pub fn install(
        &self,
        id: &str,
        step: &(dyn Fn(Step) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<PathBuf, DownloadError> {
        let listed = self.runtime.block_on(self.fetch_list())?;
        let listed = offers::named(&listed, id, &self.server())?;
        let Folders { cores, parts, .. } = &self.folders;
        for folder in [cores, parts] {
            let not_written =
                |error: std::io::Error| DownloadError::NotWritten { file: folder.clone(), cause: error.into() };
            fs::create_dir_all(folder).map_err(not_written)?;
        }
        // By its checksum too: the part of another build is of no use.
        let part = parts.join(format!("{}.{:08x}.part", listed.archive, listed.crc));
        let url = self.cores.join(&listed.archive)?;
        let progress = |progress| step(Step::Fetching(progress));
        self.runtime.block_on(fetch::to_file(&self.client, &url, &part, LARGEST_ARCHIVE, &progress, is_cancelled))?;
        step(Step::Trying);
        let result = install::install(listed, &part, cores, &probe::probe);
        // A damaged one is of no use either, and one that was refused would be refused again.
        fetch::forget(&part);
        result
    }

    async fn fetch_list(&self) -> Result<Vec<Listed>, DownloadError> {
        let list = fetch::to_memory(&self.client, &self.cores.join(".index-extended")?, LARGEST_LIST).await?;
        let list = index::parse(&String::from_utf8_lossy(&list), std::env::consts::DLL_EXTENSION);
        if list.is_empty() {
            return Err(DownloadError::EmptyList { server: self.server() });
        }
        Ok(list)
    }

    async fn fetch_info(&self) -> Result<(), DownloadError> {
        let archive = fetch::to_memory(&self.client, &self.info, info::LARGEST_ARCHIVE).await?;
        info::unpack(&archive, &self.folders.info)
    }
}

/// The path of the builds for this machine, as libretro's buildbot has it.
fn builds() -> Result<&'static str, DownloadError> {
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    match (system, processor) {
        ("linux", "x86_64") => Ok("nightly/linux/x86_64/latest"),
        ("linux", "aarch64") => Ok("nightly/linux/aarch64/latest"),
        ("macos", "x86_64") => Ok("nightly/apple/osx/x86_64/latest"),
        ("macos", "aarch64") => Ok("nightly/apple/osx/arm64/latest"),
        ("windows", "x86_64") => Ok("nightly/windows/x86_64/latest"),
        _ => Err(DownloadError::NoBuilds { system, processor }),
    }
}
