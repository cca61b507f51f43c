//! The window's content as a function of a [`Model`]: no engine, no files, no clock of its own.
//!
//! What is done in it comes out as an [`Action`]; tests click here and look at those.

use super::chat::{Chat, PanelVisibility};
use super::dialog::DialogState;
use super::game_choice::GameChoice;
use super::get_cores::CoreSearch;
use super::input_capture::{CaptureState, PictureArea};
use super::invite::Copied;
use super::invite_links;
use super::layers::{LayerChoices, Played};
use super::leds::Leds;
use super::library::{self as library_screen, GamePictures, LibraryView};
use super::local_players::{Gamepad, LocalPlayers};
use super::notices::Notices;
use super::preferences::SettingsDraft;
use super::several::{Machines, SeveralFiles};
use super::state_pictures::StatePictures;
use super::time_control::TimeControl;
use super::{
    connection, control_bar, core_choice, game, game_choice, get_cores, home, icons, invite, join_requests, options,
    preferences, several, slots, theme,
};
use crate::downloads::Shown;
use crate::engine::{Command, Snapshot};
use crate::input::Button;
use crate::library::CoreEntry;
use crate::library::catalog::{CatalogCommand, CatalogShown};
use crate::room::RoomCommand;
use crate::settings::Settings;
use crate::text::Texts;
use egui::{Align2, Color32, Key, Modifiers, RichText, Ui};
use std::path::{Path, PathBuf};

/// Everything that the window shows.
pub struct Model<'a> {
    /// The engine's newest one.
    pub snapshot: &'a Snapshot,
    /// As the host chose them.
    pub settings: &'a Settings,
    /// Every core found.
    pub cores: &'a [CoreEntry],
    /// The library of games.
    pub library: &'a CatalogShown,
    /// Of its games, as far as they were read.
    pub game_pictures: &'a GamePictures,
    /// Of those that were asked, the machines that take several files.
    pub machines: &'a Machines,
    /// Cores that can be fetched, and those on their way.
    pub downloads: &'a Shown,
    /// In the host's language.
    pub texts: &'a Texts,
    /// The picture on the graphics card, if there is one.
    pub picture: Option<PictureShape>,
    /// The demo is installed.
    pub demo: bool,
    /// Gamepads that are plugged in.
    pub gamepads: &'a [Gamepad],
    /// Why no gamepad can be read, if that is so.
    pub gamepad_error: Option<&'a str>,
    /// The players at this machine, with their seats.
    pub local_players: &'a LocalPlayers,
    /// What the game can capture of the real keyboard and mouse.
    pub capture: CaptureState,
    /// The emulated machine's LEDs.
    pub leds: &'a Leds,
    /// Of its save states, as far as they were read.
    pub state_pictures: &'a StatePictures,
    /// Where cores look for BIOS files in this run.
    pub system_dir: &'a Path,
    /// The processor draws the window.
    pub software_rendering: bool,
    /// The window fills the screen.
    pub full_screen: bool,
}

/// The size and shape of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureShape {
    /// In its own pixels.
    pub size: [u32; 2],
    /// Width by height as it should look.
    pub aspect: f32,
}

/// What the host asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Something for the engine.
    Engine(Command),
    /// Ask for a file, then open it.
    PickGame,
    /// Ask for the core that runs this content.
    PickCoreFor(PathBuf),
    /// Ask for a folder with cores.
    PickCoreFolder,
    /// Ask for the folder with the BIOS files.
    PickSystemFolder,
    /// Ask for a folder with games for the library.
    PickLibraryFolder,
    /// Ask for the folder with pictures of games.
    PickPictureFolder,
    /// Ask for the folder with lists of games.
    PickDatFolder,
    /// Something for the library.
    Library(CatalogCommand),
    /// Have the system show where this lies.
    ShowInFolder(PathBuf),
    /// Start the bundled demo.
    PlayDemo,
    /// Open this file, asking for the core where that is not clear.
    OpenFile(PathBuf),
    /// Open this file with this core, and with `remember` all that end like it.
    OpenWith {
        /// The content.
        content: PathBuf,
        /// The core.
        core: PathBuf,
        /// For later files, too.
        remember: bool,
    },
    /// Choose files for a machine that takes several.
    PutTogether(SeveralFiles),
    /// Ask for the file at this place of them.
    PickPart {
        at: usize,
        /// What it is.
        name: String,
    },
    /// Open a game of several files.
    PlayTogether(SeveralFiles),
    /// Open the game at this place of the recent ones.
    OpenRecent(usize),
    /// Remove it from the list.
    ForgetRecent(usize),
    /// Use these settings from now on.
    Change(Box<Settings>),
    /// Use these local players and seats from now on.
    LocalPlayers(LocalPlayers),
    /// Ask the server of cores for its list.
    ListCores,
    /// Fetch a core of the list, by its name.
    FetchCore(String),
    /// Give up a core that is on its way.
    CancelCore(String),
    /// Let the game capture keyboard and mouse, or end that.
    CaptureInput(bool),
    /// Enter full screen, or leave it.
    FullScreen(bool),
}

impl Action {
    /// Something for the room.
    pub(super) fn room(command: RoomCommand) -> Action {
        Action::Engine(Command::Room(command))
    }
}

/// A dialog over the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    /// The settings.
    Settings(SettingsDraft),
    /// The core's options, filtered by this text.
    Options(String),
    /// The save states.
    Slots,
    /// The invite as a QR code.
    Qr,
    /// All invite links, and the form for another.
    Links(invite_links::LinkDraft),
    /// How friends get to this machine.
    Connection,
    /// More than one core opens this file.
    ChooseCore {
        /// The file.
        content: PathBuf,
        /// Use the answer for all files of this type.
        remember: bool,
    },
    /// More than one game is in an archive or a folder.
    ChooseGame(GameChoice),
    /// A game of several files is put together.
    SeveralFiles(SeveralFiles),
    /// No core opens this file.
    NoCore(PathBuf),
    /// Cores that can be fetched.
    GetCores(CoreSearch),
    /// Where the library's games lie.
    LibraryFolders,
    /// What can be done with the library's game at this place.
    GameMenu(PathBuf),
}

/// What the window shows while no game is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Screen {
    /// The beginning: open a game, or one of those opened last.
    #[default]
    Home,
    /// The library of games.
    Library,
}

/// The window's own state: the open dialog, what was dismissed.
#[derive(Default)]
pub struct View {
    /// The open dialog.
    pub dialog: Option<Dialog>,
    /// The window's own notices, and which of all were dismissed.
    pub notices: Notices,
    /// What is shown while no game is open.
    pub screen: Screen,
    /// Of the library's screen.
    pub library: LibraryView,
    /// Where the picture was painted last.
    pub picture_area: Option<PictureArea>,
    /// A button of a gamepad that was pressed for the dialog which waits for one.
    pub pad_pressed: Option<Button>,
    pub(super) layers: LayerChoices,
    pub(super) played: Played,
    pub(super) side_panel_hidden: bool,
    pub(super) slot: u8,
    pub(super) muted: bool,
    pub(super) time: TimeControl,
    pub(super) copied: Copied,
    pub(super) invite_open: bool,
    pub(super) chat: Chat,
    full_screen_since: Option<f64>,
    capture_since: Option<f64>,
}

/// How long the hint is shown that says how to leave full screen or an input capture.
const HINT_SECONDS: f64 = 4.0;

impl View {
    /// Draws everything and returns what was asked for.
    pub fn show(&mut self, ui: &mut Ui, model: &Model) -> Vec<Action> {
        let mut actions = Vec::new();
        self.keys(ui, model, &mut actions);
        let playing = model.snapshot.game.is_some();
        let panel_shown = playing && !model.full_screen && !self.side_panel_hidden;
        let chat_panel = if panel_shown || !playing { PanelVisibility::Shown } else { PanelVisibility::Hidden };
        self.chat.follow(&model.snapshot.chat, chat_panel, ui.input(|input| input.time));
        self.picture_area = None;
        self.layers.follow(model.snapshot.game.as_ref());
        self.played.follow(model.settings, model.snapshot.game.as_ref());
        if playing {
            game::show(self, ui, model, &mut actions);
        } else {
            if matches!(self.dialog, Some(Dialog::Options(_) | Dialog::Slots)) {
                self.dialog = None;
            }
            match self.screen {
                Screen::Home => home::show(self, ui, model, &mut actions),
                Screen::Library => library_screen::show(self, ui, model, &mut actions),
            }
        }
        // A dialog is answered first.
        if playing && !panel_shown && self.dialog.is_none() {
            join_requests::overlay(ui, model, &mut actions);
        }
        self.show_dialog(ui, model, &mut actions);
        // A game that ended has a card of its own, which says the same.
        if !model.snapshot.game.as_ref().is_some_and(game::has_ended) {
            self.notices.show(ui, model.snapshot, model.texts);
        }
        self.show_hints(ui, model);
        dropped_files(ui, model.texts, &mut actions);
        actions
    }

    /// A dialog waits for a button of a gamepad.
    pub fn waits_for_pad(&self) -> bool {
        matches!(&self.dialog, Some(Dialog::Settings(draft)) if draft.waits_for_pad())
    }

    /// A game runs and neither a dialog nor, with `wants_keyboard`, a text field or a menu takes the keys.
    pub fn game_has_keyboard(&self, snapshot: &Snapshot, wants_keyboard: bool) -> bool {
        snapshot.game.is_some() && self.dialog.is_none() && !wants_keyboard
    }

    fn keys(&mut self, ui: &Ui, model: &Model, actions: &mut Vec<Action>) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::F11) {
            actions.push(Action::FullScreen(!model.full_screen));
        }
        if model.full_screen && self.dialog.is_none() && pressed(Key::Escape) {
            actions.push(Action::FullScreen(false));
        }
        if self.dialog.is_none() && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::O)) {
            actions.push(Action::PickGame);
        }
        if model.snapshot.game.is_some() {
            game::keys(self, ui, model, actions);
        }
    }

    fn show_dialog(&mut self, ui: &Ui, model: &Model, actions: &mut Vec<Action>) {
        // Taken out, so that a dialog may close itself or open another.
        let Some(mut dialog) = self.dialog.take() else { return };
        let state = match &mut dialog {
            Dialog::Settings(draft) => {
                draft.take_pad(self.pad_pressed.take());
                preferences::show(ui, model, draft, &mut self.layers, actions)
            }
            Dialog::Options(filter) => options::show(ui, model, filter, &mut self.layers, actions),
            Dialog::Slots => slots::show(ui, model, &mut self.slot, actions),
            Dialog::Qr => invite::show_qr(self, ui, model),
            Dialog::Connection => connection::show(ui, model),
            Dialog::Links(draft) => invite_links::show(&mut self.copied, ui, model, draft, actions),
            Dialog::ChooseCore { content, remember } => core_choice::show(ui, model, content, remember, actions),
            Dialog::ChooseGame(choice) => game_choice::show(ui, model, choice, actions),
            Dialog::SeveralFiles(chosen) => several::show(ui, model, chosen, actions),
            Dialog::NoCore(content) => core_choice::show_none(self, ui, model, content, actions),
            Dialog::GetCores(search) => get_cores::show(ui, model, search, actions),
            Dialog::LibraryFolders => library_screen::show_folders(ui, model, actions),
            Dialog::GameMenu(path) => library_screen::show_menu(ui, model, path, &mut self.dialog, actions),
        };
        if state == DialogState::Open && self.dialog.is_none() {
            self.dialog = Some(dialog);
        }
    }

    /// How to leave the input capture, or else full screen, for some seconds.
    fn show_hints(&mut self, ui: &Ui, model: &Model) {
        let now = ui.input(|input| input.time);
        let left = |since: &mut Option<f64>, shown: bool| match shown {
            true => HINT_SECONDS - (now - *since.get_or_insert(now)),
            false => {
                *since = None;
                0.0
            }
        };
        let full_screen = left(&mut self.full_screen_since, model.full_screen);
        let capture = left(&mut self.capture_since, model.capture.active);
        let text = match () {
            () if capture > 0.0 => control_bar::capture_hint(model.texts, model.capture),
            () if full_screen > 0.0 && !model.capture.active => model.texts.leave_full_screen_hint,
            () => return,
        };
        hint(ui, text);
        ui.ctx().request_repaint_after_secs(capture.max(full_screen) as f32);
    }
}

fn hint(ui: &Ui, text: &str) {
    egui::Area::new(egui::Id::unique("hint")).anchor(Align2::CENTER_TOP, [0.0, 24.0]).interactable(false).show(
        ui.ctx(),
        |ui| {
            egui::Frame::new().fill(Color32::from_black_alpha(190)).corner_radius(10).inner_margin(12).show(ui, |ui| {
                ui.add(egui::Label::new(RichText::new(text).color(theme::TEXT)).extend());
            });
        },
    );
}

fn dropped_files(ui: &Ui, texts: &Texts, actions: &mut Vec<Action>) {
    let (hovering, dropped) = ui.input(|input| {
        let dropped = input.raw.dropped_files.first().map(|file| file.path().to_path_buf());
        (!input.raw.hovered_files.is_empty(), dropped)
    });
    if let Some(path) = dropped.filter(|path| !path.as_os_str().is_empty()) {
        actions.push(Action::OpenFile(path));
    }
    if hovering {
        let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("drop")));
        let rect = ui.ctx().content_rect();
        painter.rect_filled(rect, 0, theme::BACKGROUND.gamma_multiply(0.88));
        let frame = rect.shrink(20.0);
        painter.rect_stroke(frame, 16, egui::Stroke::new(2.0, theme::ACCENT), egui::StrokeKind::Inside);
        let square = egui::Rect::from_center_size(rect.center() - egui::vec2(0.0, 30.0), egui::Vec2::splat(44.0));
        icons::paint(&painter, icons::Icon::Save, square, theme::ACCENT);
        painter.text(
            rect.center() + egui::vec2(0.0, 22.0),
            Align2::CENTER_CENTER,
            texts.drop_here,
            theme::semibold(20.0),
            theme::TEXT,
        );
    }
}
