//! The library of games: its thread, its pictures, and how long a game is played.

use super::super::library::{GamePictures, PictureFolders, PlayClock};
use super::App;
use crate::engine::{GameState, Level};
use crate::library;
use crate::library::catalog::{Catalog, CatalogCommand, CatalogConfig, CatalogNotice, CatalogShown};
use crate::platform;
use crate::settings::{self, Settings};
use crate::text::Message;
use egui::Context;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A disk that takes longer to write a few bytes is not waited for.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

/// What the window has of the library.
#[derive(Default)]
pub(super) struct Games {
    catalog: Option<Catalog>,
    /// What the library was told to be made of last.
    configured: Option<CatalogConfig>,
    pub(super) shown: CatalogShown,
    pub(super) pictures: GamePictures,
    ctx: Context,
    clock: PlayClock,
    /// The newest notice that was told.
    told: u64,
    /// What was open at the last look.
    open: Option<PathBuf>,
}

impl Games {
    pub(super) fn send(&self, command: CatalogCommand) {
        if let Some(catalog) = &self.catalog {
            catalog.send(command);
        }
    }

    /// A setting that is dragged changes with each pixel, and seldom one that the library knows: that may not crowd out what counts.
    fn configure(&mut self, config: CatalogConfig) {
        let Some(catalog) = self.catalog.as_ref().filter(|_| self.configured.as_ref() != Some(&config)) else { return };
        if catalog.send(CatalogCommand::Configure(Box::new(config.clone()))) {
            self.configured = Some(config);
        }
    }

    /// Where pictures lie is another folder, or was not known yet.
    pub(super) fn restart_pictures(&mut self, settings: &Settings) {
        let Some(data_dir) = settings::data_dir() else { return };
        let mut thumbnails: Vec<PathBuf> = settings.library_pictures.iter().cloned().collect();
        thumbnails.push(data_dir.join("thumbnails"));
        thumbnails.extend(library::retroarch_thumbnails());
        let ctx = self.ctx.clone();
        self.pictures = GamePictures::start(PictureFolders { thumbnails, data_dir }, move || ctx.request_repaint());
    }
}

impl App {
    /// The window closes: what was played last is written.
    pub(super) fn finish_library(&mut self) {
        let Some(catalog) = self.games.catalog.take() else { return };
        for command in self.games.clock.follow(None, Instant::now()) {
            catalog.send(command);
        }
        catalog.finish(LONGEST_GOODBYE);
    }

    pub(super) fn start_library(&mut self, ctx: &Context) {
        self.games.ctx = ctx.clone();
        let Some(config) = self.library_config() else { return };
        let wake = ctx.clone();
        self.games.configured = Some(config.clone());
        match Catalog::start(config, move || wake.request_repaint()) {
            Ok(catalog) => self.games.catalog = Some(catalog),
            Err(notice) => self.view.notices.push(Level::Warning, notice.text(&self.texts)),
        }
        self.games.restart_pictures(&self.settings);
    }

    /// Folders or cores may have changed.
    pub(super) fn configure_library(&mut self) {
        if let Some(config) = self.library_config() {
            self.games.configure(config);
        }
    }

    fn library_config(&self) -> Option<CatalogConfig> {
        Some(CatalogConfig {
            folders: self.settings.library_folders.clone(),
            dat_folder: self.settings.library_dats.clone(),
            cores: self.cores.clone(),
            ..CatalogConfig::new(settings::data_dir()?)
        })
    }

    /// Takes over what was found, tells what is wrong, and counts the time.
    pub(super) fn look_at_library(&mut self) {
        let Some(catalog) = &self.games.catalog else { return };
        self.games.shown = catalog.shown();
        let told = self.games.told;
        for (number, notice) in self.games.shown.notices.iter().filter(|(number, _)| *number > told) {
            self.games.told = *number;
            // Of lists of games it is told where their folder is chosen.
            if !matches!(notice, CatalogNotice::Dat { .. }) {
                self.view.notices.push(Level::Warning, notice.text(&self.texts));
            }
        }
        let game = self.snapshot.game.as_ref();
        let content = game.and_then(|game| Some((game.content.as_deref()?, game.state == GameState::Running)));
        for command in self.games.clock.follow(content, Instant::now()) {
            self.games.send(command);
        }
        let open = content.map(|(content, _)| content.to_path_buf());
        if open != self.games.open {
            // It was left at another moment, of which there is another picture.
            if let Some(closed) = std::mem::replace(&mut self.games.open, open) {
                self.games.pictures.forget(&closed);
            }
        }
    }

    /// In the system's program for files.
    pub(super) fn show_in_folder(&mut self, path: &Path) {
        let file = crate::content::Location::of(path).file;
        let folder = file.parent().unwrap_or(&file).to_path_buf();
        let nothing = Stdio::null;
        let started = Command::new(platform::folder_opener())
            .arg(&folder)
            .stdin(nothing())
            .stdout(nothing())
            .stderr(nothing())
            .spawn();
        match started {
            // It is waited for elsewhere, or it would stay as a zombie.
            Ok(mut child) => {
                drop(std::thread::Builder::new().name("show-in-folder".into()).spawn(move || child.wait()))
            }
            Err(_) => {
                let text =
                    crate::text::fill(self.texts.library_not_shown, &[("folder", &folder.display().to_string())]);
                self.complain(text);
            }
        }
    }
}
