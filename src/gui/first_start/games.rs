//! Where the games are, and what plays them.

use super::super::get_cores::CoreSearch;
use super::super::icons::Icon;
use super::super::theme;
use super::super::view::{Action, Dialog, Model, View};
use super::super::widgets::{self, Button};
use crate::settings::Settings;
use crate::text::fill;
use egui::Ui;

/// Of cores that are there, before it says how many more.
const MOST_NAMES: usize = 6;

pub(super) fn show(view: &mut View, ui: &mut Ui, model: &Model, new: &mut Settings, later: &mut Vec<Action>) {
    widgets::card(ui, |ui| folders(view, ui, model, new, later));
    ui.add_space(10.0);
    widgets::card(ui, |ui| cores(view, ui, model));
}

fn folders(view: &mut View, ui: &mut Ui, model: &Model, new: &mut Settings, later: &mut Vec<Action>) {
    let texts = model.texts;
    widgets::section(ui, texts.first_folders);
    let known = &model.settings.library_folders;
    if known.is_empty() {
        widgets::explain(ui, texts.first_folders_hint);
    }
    for folder in known {
        let shown = folder.display().to_string();
        let remove = fill(texts.library_remove_folder, &[("folder", &shown)]);
        let mut removed = false;
        widgets::row(
            ui,
            32.0,
            |ui| {
                widgets::icon(ui, Icon::Folder, 18.0, theme::GOOD);
                widgets::line(ui, &shown, theme::regular(14.0), theme::TEXT);
            },
            |ui| removed = ui.add(Button::icon(Icon::Close, &remove)).on_hover_text(&remove).clicked(),
        );
        if removed {
            new.library_folders.retain(|it| it != folder);
        }
    }
    if !known.is_empty() {
        let text = match (model.library.scan, model.library.entries.len()) {
            (Some(_), _) => texts.library_looking.to_owned(),
            (None, 1) => texts.library_one_game.to_owned(),
            (None, count) => fill(texts.library_games, &[("n", &count.to_string())]),
        };
        widgets::explain(ui, text);
    }
    ui.horizontal_wrapped(|ui| {
        for folder in view.first.usual_folders.iter().filter(|folder| !known.contains(folder)) {
            let text = fill(texts.first_add, &[("folder", &folder.display().to_string())]);
            if ui.add(Button::text(&text).with_icon(Icon::Plus)).clicked() {
                new.library_folders.push(folder.clone());
            }
        }
        if ui.add(Button::text(texts.library_add_folder).with_icon(Icon::Folder)).clicked() {
            later.push(Action::PickLibraryFolder);
        }
        if ui.add(Button::text(texts.first_no_games)).clicked() {
            view.dialog = Some(Dialog::GameSources);
        }
    });
}

fn cores(view: &mut View, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    widgets::section(ui, texts.first_cores);
    let names: Vec<&str> = model.cores.iter().filter(|core| !core.bundled).map(|core| core.name.as_str()).collect();
    let text = match names.len() {
        0 => texts.first_cores_none.to_owned(),
        count => {
            let mut list = names[..count.min(MOST_NAMES)].join(", ");
            if count > MOST_NAMES {
                list += " …";
            }
            fill(texts.first_cores_some, &[("n", &count.to_string()), ("names", &list)])
        }
    };
    widgets::explain(ui, text);
    if ui.add(Button::text(texts.get_cores_link).with_icon(Icon::Pad)).clicked() {
        view.dialog = Some(Dialog::GetCores(CoreSearch::default()));
    }
}
