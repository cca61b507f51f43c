//! Opening a game: its file, its core, and the list of those opened last.

use super::super::game_choice::GameChoice;
use super::super::view::Dialog;
use super::App;
use super::looking::{Looked, Looking, Next};
use crate::content::{self, ArchiveError, Location};
use crate::engine::{Command, Game};
use crate::library::{self, ContentError, Found, Inside};
use crate::settings::{Recent, RecentFiles, Settings};
use crate::text::{Message, fill};
use egui::Context;
use std::path::{Path, PathBuf};

impl App {
    /// Finds the core, asks for it, or says that there is none.
    pub(super) fn open_file(&mut self, path: &Path) {
        self.view.dialog = None;
        let extension = library::extension(path);
        if extension.as_deref() == Some(std::env::consts::DLL_EXTENSION) {
            return self.open_core(path);
        }
        self.look_inside(path, Next::Open);
    }

    /// The same, when it is known what is in it.
    pub(super) fn open_looked(&mut self, path: &Path, looked: Looked) {
        let inside = match looked {
            Ok(Some(inside)) => inside,
            Ok(None) => return self.open_game(path),
            Err(error) => return self.complain(error.text(&self.texts)),
        };
        // The core that was chosen for such archives, if it looks into them itself.
        let whole = library::extension(path).and_then(|extension| self.settings.core_for.get(&extension)).cloned();
        if let Some(core) = whole.filter(|core| core.is_file())
            && inside.is_for(&library::describe_core(&core).extensions)
        {
            return self.open_with(path, &core);
        }
        match inside.find_for(&self.cores) {
            Ok(Found::One(game)) => self.open_game(&game),
            Ok(Found::Several(games)) => self.ask_for_game(path, &inside, &games),
            // A core that is not in the list may still open it.
            Err(ContentError::Archive { error: ArchiveError::Nothing { .. } }) => {
                self.view.dialog = Some(Dialog::NoCore(path.to_path_buf()));
            }
            Err(error) => self.complain(error.text(&self.texts)),
        }
    }

    fn ask_for_game(&mut self, path: &Path, inside: &Inside, games: &[PathBuf]) {
        let games = games.iter().map(|game| (inside.name(game), game.clone())).collect();
        let whole = self.cores.iter().filter(|core| inside.is_for(&core.extensions)).map(|core| core.path.clone());
        let choice = GameChoice { content: path.to_path_buf(), games, whole: whole.collect(), filter: String::new() };
        self.view.dialog = Some(Dialog::ChooseGame(choice));
    }

    /// A file, one in an archive, or a folder that a core takes.
    pub(super) fn open_game(&mut self, path: &Path) {
        self.view.dialog = None;
        if !path.is_dir()
            && let Err(error) = library::check_content(path)
        {
            return self.complain(error.text(&self.texts));
        }
        let remembered = library::extension(path).and_then(|extension| self.settings.core_for.get(&extension)).cloned();
        if let Some(core) = remembered.filter(|core| core.is_file() && !path.is_dir()) {
            return self.open_with(path, &core);
        }
        let fitting = match path.is_dir() {
            true => self.cores.iter().filter(|core| core.takes_folders()).collect(),
            false => library::by_folder(library::cores_for_game(&self.cores, path), path),
        };
        let fitting: Vec<PathBuf> = fitting.into_iter().map(|core| core.path.clone()).collect();
        match fitting.as_slice() {
            [] => self.view.dialog = Some(Dialog::NoCore(path.to_path_buf())),
            [core] => self.open_with(path, core),
            _ => {
                self.view.dialog = Some(Dialog::ChooseCore { content: path.to_path_buf(), remember: true });
            }
        }
    }

    pub(super) fn open_with(&mut self, content: &Path, core: &Path) {
        if let Err(error) = library::check_core(core) {
            return self.complain(error.text(&self.texts));
        }
        self.look_inside(content, Next::OpenWith(core.to_path_buf()));
    }

    /// The same, when it is known what is in it.
    pub(super) fn open_looked_with(&mut self, content: &Path, core: &Path, looked: Looked) {
        let extensions = library::describe_core(core).extensions;
        let content = match looked {
            Ok(None) => library::handed_over(content, &extensions),
            Ok(Some(inside)) => match inside.find(&extensions) {
                Ok(Found::One(game)) => game,
                Ok(Found::Several(games)) => return self.ask_for_game(content, &inside, &games),
                Err(error) => return self.complain(error.text(&self.texts)),
            },
            Err(error) => return self.complain(error.text(&self.texts)),
        };
        if !content.is_dir()
            && let Err(error) = library::check_content(&content)
        {
            return self.complain(error.text(&self.texts));
        }
        self.open(Game {
            core: core.to_path_buf(),
            title: content::stem(&content).to_string_lossy().into_owned(),
            content: Some(content),
            several: None,
            options: Vec::new(),
            bounds: self.settings.bounds_of(core),
            options_typed: false,
        });
    }

    pub(super) fn open_core(&mut self, core: &Path) {
        if let Err(error) = library::check_core(core) {
            return self.complain(error.text(&self.texts));
        }
        let known = self.cores.iter().find(|entry| entry.path == core);
        let name = known
            .map_or_else(|| Settings::core_key(core).trim_start_matches("lib").to_owned(), |entry| entry.name.clone());
        self.open(Game {
            core: core.to_path_buf(),
            content: None,
            several: None,
            title: name.trim_end_matches(" (demo)").to_owned(),
            options: Vec::new(),
            bounds: self.settings.bounds_of(core),
            options_typed: false,
        });
    }

    pub(super) fn open(&mut self, game: Game) {
        // What is still being looked into is not what was chosen last.
        self.looking = Looking::default();
        self.core_questions.forget_games();
        self.settings.remember(Recent {
            content: game.content.clone(),
            core: game.core.clone(),
            title: game.title.clone(),
            several: game.several.as_ref().map(|several| RecentFiles {
                subsystem: several.subsystem.ident.clone(),
                paths: several.files.iter().map(|file| file.0.clone().unwrap_or_default()).collect(),
            }),
        });
        self.settings_changed = true;
        self.view.dialog = None;
        // The last game's picture must not show through while this one starts.
        self.picture = None;
        self.engine.send(Command::Open(game));
    }

    pub(super) fn open_recent(&mut self, index: usize, ctx: &Context) {
        let Some(game) = self.settings.recent.get(index).cloned() else { return };
        let title = [("title", game.title.as_str())];
        let gone = |path: &Path| !Location::of(path).file.exists();
        match &game.content {
            Some(content) if gone(content) => {
                self.complain(fill(self.texts.recent_gone, &title));
                self.forget_recent(index);
            }
            Some(content) if gone(&game.core) => {
                self.complain(fill(self.texts.core_gone, &title));
                self.open_file(content);
            }
            Some(content) => match game.several {
                Some(files) => self.open_several(&game.core, files, ctx),
                None => self.open_with(content, &game.core),
            },
            None if gone(&game.core) => {
                self.complain(fill(self.texts.recent_gone, &title));
                self.forget_recent(index);
            }
            None => self.open_core(&game.core),
        }
    }

    pub(super) fn forget_recent(&mut self, index: usize) {
        if index < self.settings.recent.len() {
            self.settings.recent.remove(index);
            self.settings_changed = true;
        }
    }
}
