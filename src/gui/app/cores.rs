//! The cores that are found, and the one who fetches others.

use super::App;
use crate::downloads::{DEFAULT_SERVER, Downloader, Folders, Shown};
use crate::engine::Level;
use crate::library;
use crate::text::Message;
use egui::Context;

/// Nothing is asked of any server before a person opens the list.
#[derive(Default)]
pub(super) struct CoreDownloads {
    downloader: Option<Downloader>,
    pub(super) shown: Shown,
}

impl App {
    pub(super) fn list_cores(&mut self, ctx: &Context) {
        let asked = self.settings.core_server.trim();
        let server = if asked.is_empty() { DEFAULT_SERVER.to_owned() } else { asked.to_owned() };
        let Some(downloader) = self.downloader(ctx) else { return };
        downloader.list(&server);
        self.look_at_downloads();
    }

    pub(super) fn fetch_core(&mut self, id: &str, ctx: &Context) {
        if let Some(downloader) = self.downloader(ctx) {
            downloader.install(id);
        }
        self.look_at_downloads();
    }

    pub(super) fn cancel_core(&mut self, id: &str) {
        if let Some(downloader) = &self.core_downloads.downloader {
            downloader.cancel(id);
        }
        self.look_at_downloads();
    }

    /// Takes over how far cores are, and looks for cores when one more is there.
    pub(super) fn look_at_downloads(&mut self) {
        let Some(downloader) = &self.core_downloads.downloader else { return };
        let shown = downloader.shown();
        let more = shown.installed > self.core_downloads.shown.installed;
        self.core_downloads.shown = shown;
        if more {
            self.cores = library::find_cores(&self.settings.core_folders);
            self.configure_library();
        }
    }

    /// Started when it is needed first.
    fn downloader(&mut self, ctx: &Context) -> Option<&Downloader> {
        if self.core_downloads.downloader.is_none() {
            let Some(folders) = Folders::usual() else {
                self.complain(crate::downloads::DownloadError::NoFolder.text(&self.texts));
                return None;
            };
            let ctx = ctx.clone();
            match Downloader::start(folders, move || ctx.request_repaint()) {
                Ok(downloader) => self.core_downloads.downloader = Some(downloader),
                Err(error) => self.view.notices.push(Level::Error, error.text(&self.texts)),
            }
        }
        self.core_downloads.downloader.as_ref()
    }
}
