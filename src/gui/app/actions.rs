//! Carries out what was asked for in the window.

use super::super::picker::{Picked, Purpose};
use super::super::view::{Action, Dialog};
use super::{App, Start};
use crate::engine::{Command, Level};
use crate::library;
use crate::room::RoomCommand;
use crate::settings::Settings;
use crate::text::Spoken;
use egui::{Context, ViewportCommand};

impl App {
    /// What the command line asked for.
    pub(super) fn begin(&mut self, start: Start) {
        match (start.game, start.open, start.core) {
            (Some(game), _, _) => self.open(game),
            (None, Some(content), Some(core)) => self.open_with(&content, &core),
            (None, Some(content), None) => self.open_file(&content),
            (None, None, Some(core)) => self.open_core(&core),
            (None, None, None) => {}
        }
    }

    pub(super) fn carry_out(&mut self, action: Action, ctx: &Context) {
        match action {
            Action::Engine(command) => self.send(command),
            Action::PickGame => self.pick(Purpose::Content, self.texts.open_game, ctx),
            Action::PickCoreFor(content) => self.pick(Purpose::CoreFor(content), self.texts.pick_core_file, ctx),
            Action::PickCoreFolder => self.pick(Purpose::CoreFolder, self.texts.add_core_folder, ctx),
            Action::PickSystemFolder => self.pick(Purpose::SystemFolder, self.texts.choose_folder, ctx),
            Action::PickLibraryFolder => self.pick(Purpose::LibraryFolder, self.texts.library_add_folder, ctx),
            Action::PickPictureFolder => self.pick(Purpose::PictureFolder, self.texts.choose_folder, ctx),
            Action::PickDatFolder => self.pick(Purpose::DatFolder, self.texts.choose_folder, ctx),
            Action::Library(command) => self.games.send(command),
            Action::ShowInFolder(path) => self.show_in_folder(&path),
            Action::PickPart { at, name } => self.pick(Purpose::Part(at), &name, ctx),
            Action::PutTogether(chosen) => self.view.dialog = Some(Dialog::SeveralFiles(chosen)),
            Action::PlayTogether(chosen) => self.play_together(chosen),
            Action::PlayDemo => match library::demo_core() {
                Some(core) => self.open_core(&core),
                None => self.complain(self.texts.play_demo_missing.to_owned()),
            },
            Action::OpenFile(path) => self.open_file(&path),
            Action::OpenWith { content, core, remember } => {
                if let Some(extension) = library::extension(&content).filter(|_| remember) {
                    self.settings.core_for.insert(extension, core.clone());
                    self.settings_changed = true;
                }
                self.open_with(&content, &core);
            }
            Action::OpenRecent(index) => self.open_recent(index, ctx),
            Action::ForgetRecent(index) => self.forget_recent(index),
            Action::Change(settings) => self.change(*settings),
            Action::LocalPlayers(local_players) => {
                self.local_input.set_players(&local_players);
                self.local_players = local_players;
                self.send_locals();
            }
            Action::ListCores => self.list_cores(ctx),
            Action::FetchCore(id) => self.fetch_core(&id, ctx),
            Action::CancelCore(id) => self.cancel_core(&id),
            Action::CaptureInput(true) => {
                // A text field would take the keys back at once.
                ctx.memory_mut(|memory| {
                    if let Some(focused) = memory.focused() {
                        memory.surrender_focus(focused);
                    }
                });
                self.capture.start();
            }
            Action::CaptureInput(false) => self.capture.stop(),
            Action::FullScreen(yes) => ctx.send_viewport_cmd(ViewportCommand::Fullscreen(yes)),
        }
    }

    fn send(&mut self, command: Command) {
        self.engine.send(command);
    }

    pub(super) fn complain(&mut self, text: String) {
        self.view.notices.push(Level::Error, text);
    }

    fn pick(&mut self, purpose: Purpose, title: &str, ctx: &Context) {
        let ctx = ctx.clone();
        self.picker.start(purpose, title, move || ctx.request_repaint());
    }

    pub(super) fn picked(&mut self, picked: Picked) {
        match picked {
            Picked::Nothing => {}
            Picked::Unavailable => self.view.notices.push(Level::Warning, self.texts.no_dialog.to_owned()),
            Picked::Path(Purpose::Content, path) => self.open_file(&path),
            Picked::Path(Purpose::CoreFor(content), core) => self.open_with(&content, &core),
            Picked::Path(Purpose::Part(at), path) => {
                if let Some(Dialog::SeveralFiles(chosen)) = &mut self.view.dialog
                    && let Some(file) = chosen.files.get_mut(at)
                {
                    *file = Some(path);
                    chosen.problem = None;
                }
            }
            Picked::Path(Purpose::CoreFolder, folder) => {
                let mut settings = self.settings.clone();
                settings.core_folders.retain(|known| *known != folder);
                settings.core_folders.push(folder);
                self.change(settings);
            }
            Picked::Path(Purpose::LibraryFolder, folder) => {
                let mut settings = self.settings.clone();
                settings.library_folders.retain(|known| *known != folder);
                settings.library_folders.push(folder);
                self.change(settings);
            }
            Picked::Path(Purpose::PictureFolder, folder) => {
                let mut settings = self.settings.clone();
                settings.library_pictures = Some(folder);
                self.change(settings);
            }
            Picked::Path(Purpose::DatFolder, folder) => {
                let mut settings = self.settings.clone();
                settings.library_dats = Some(folder);
                self.change(settings);
            }
            Picked::Path(Purpose::SystemFolder, folder) => {
                self.settings.system_dir = Some(folder);
                self.settings_changed = true;
            }
        }
    }

    fn change(&mut self, new: Settings) {
        let old = std::mem::replace(&mut self.settings, new);
        self.settings_changed = true;
        if old.language != self.settings.language {
            let spoken = Spoken::from_choice(self.settings.language);
            self.set_language(spoken);
            self.engine.send(Command::Language(spoken));
        }
        if old.core_folders != self.settings.core_folders {
            self.cores = library::find_cores(&self.settings.core_folders);
        }
        if old.library_pictures != self.settings.library_pictures {
            self.games.restart_pictures(&self.settings);
        }
        self.configure_library();
        if old.host_name != self.settings.host_name {
            self.engine.send(Command::Room(RoomCommand::Rename(self.settings.host_name.clone())));
        }
        if super::site(&old) != super::site(&self.settings) {
            self.engine.send(Command::Site(super::site(&self.settings)));
        }
        if super::internet(&old) != super::internet(&self.settings) {
            self.engine.send(Command::Internet(super::internet(&self.settings)));
        }
        if super::certificates(&old) != super::certificates(&self.settings) {
            self.engine.send(Command::Certificates(super::certificates(&self.settings)));
        }
        if old.time() != self.settings.time() {
            self.engine.send(Command::Time(self.settings.time()));
        }
        if old.continuing != self.settings.continuing {
            self.engine.send(Command::Continuing(self.settings.continuing));
        }
        if old.codec != self.settings.codec {
            self.engine.send(Command::Codec(self.settings.codec));
        }
        self.follow_layers();
    }
}
