//! What is said where there is nothing to show, and what to do about it.

use super::super::get_cores::CoreSearch;
use super::super::icons::Icon;
use super::super::theme;
use super::super::view::{Action, Dialog, Model, View};
use super::super::widgets::{self, Button};
use crate::library::catalog::{CatalogCommand, Query};
use crate::text::fill;
use egui::{Align, Frame, Label, Layout, Margin, RichText, Ui, vec2};

/// Wider, lines become hard to follow; in points.
const WIDTH: f32 = 460.0;

pub(super) fn show(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let library = model.library;
    if model.settings.library_folders.is_empty() {
        let (title, body) = (texts.library_no_folder, texts.library_no_folder_hint);
        column(ui, Icon::Folder, title, body, |ui| {
            if ui.add(Button::text(texts.library_add_folder).with_icon(Icon::Plus).primary()).clicked() {
                actions.push(Action::PickLibraryFolder);
            }
            game_sources(view, ui, model);
            get_cores(view, ui, model);
        });
    } else if library.entries.is_empty() && (library.scan.is_some() || !library.is_read) {
        column(ui, Icon::Folder, texts.library_looking, "", |_| ());
    } else if library.entries.is_empty() {
        let folders: Vec<String> = model.settings.library_folders.iter().map(|it| it.display().to_string()).collect();
        let body = fill(texts.library_no_games_hint, &[("folders", &folders.join(", "))]);
        column(ui, Icon::Folder, texts.library_no_games, &body, |ui| {
            if ui.add(Button::text(texts.library_folders).with_icon(Icon::Folder).primary()).clicked() {
                view.dialog = Some(Dialog::LibraryFolders);
            }
            if ui.add(Button::text(texts.library_rescan).with_icon(Icon::Reset)).clicked() {
                actions.push(Action::Library(CatalogCommand::Rescan));
            }
            game_sources(view, ui, model);
            get_cores(view, ui, model);
        });
    } else {
        let query = &view.library.query;
        let body = match () {
            () if query.favourites && query.text.is_empty() => texts.library_no_favourites_hint,
            () if query.players.is_some() => texts.library_no_players_hint,
            () => texts.library_nothing_hint,
        };
        column(ui, Icon::Info, texts.library_nothing, body, |ui| {
            if ui.add(Button::text(texts.library_show_all).primary()).clicked() {
                view.library.query = Query { sort: view.library.query.sort, ..Query::default() };
            }
        });
    }
}

/// A line over the games while there is nothing that runs them.
pub(super) fn no_cores(view: &mut View, ui: &mut Ui, model: &Model) {
    if model.cores.iter().any(|core| !core.bundled) {
        return;
    }
    // As wide as the games below it.
    let margin = Margin { right: 12, ..Margin::ZERO };
    Frame::new().inner_margin(margin).show(ui, |ui| no_cores_card(view, ui, model));
    ui.add_space(8.0);
}

fn no_cores_card(view: &mut View, ui: &mut Ui, model: &Model) {
    widgets::card(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            widgets::icon(ui, Icon::Info, 20.0, theme::WARNING);
            ui.add(Label::new(model.texts.library_no_cores).wrap());
            if ui.add(Button::text(model.texts.get_cores_link).primary()).clicked() {
                view.dialog = Some(Dialog::GetCores(CoreSearch::default()));
            }
        });
    });
}

fn game_sources(view: &mut View, ui: &mut Ui, model: &Model) {
    if ui.add(Button::text(model.texts.first_no_games)).clicked() {
        view.dialog = Some(Dialog::GameSources);
    }
}

fn get_cores(view: &mut View, ui: &mut Ui, model: &Model) {
    let has_cores = model.cores.iter().any(|core| !core.bundled);
    if !has_cores && ui.add(Button::text(model.texts.get_cores_link).with_icon(Icon::Pad)).clicked() {
        view.dialog = Some(Dialog::GetCores(CoreSearch::default()));
    }
}

fn column(ui: &mut Ui, icon: Icon, title: &str, body: &str, buttons: impl FnOnce(&mut Ui)) {
    let side = ((ui.available_width() - WIDTH) / 2.0).max(0.0);
    ui.add_space((ui.available_height() / 5.0).max(16.0));
    ui.horizontal_top(|ui| {
        ui.add_space(side);
        let width = WIDTH.min(ui.available_width() - 12.0);
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            widgets::icon(ui, icon, 40.0, theme::ACCENT);
            ui.add(Label::new(RichText::new(title).font(theme::semibold(20.0))).wrap());
            if !body.is_empty() {
                ui.add(Label::new(RichText::new(body).size(14.0).color(theme::TEXT_WEAK)).wrap());
            }
            ui.add_space(8.0);
            ui.horizontal_wrapped(buttons);
        });
    });
}
