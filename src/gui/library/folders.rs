//! The dialog about where games, their pictures and lists of them lie.

use super::super::dialog::{self, DialogState};
use super::super::icons::Icon;
use super::super::theme;
use super::super::view::{Action, Model};
use super::super::widgets::{self, Button};
use crate::library::catalog::CatalogCommand;
use crate::text::{Message, fill};
use egui::Ui;
use std::path::{Path, PathBuf};

/// Of what was wrong lately, so much is shown.
const MOST_NOTICES: usize = 5;

pub(in super::super) fn show(ui: &Ui, model: &Model, actions: &mut Vec<Action>) -> DialogState {
    let texts = model.texts;
    let mut new = model.settings.clone();
    let state = dialog::show(ui, "library-folders", 560.0, texts.library_folders, texts.close, |ui| {
        widgets::explain(ui, texts.library_folders_hint);
        let mut removed = None;
        for (index, folder) in new.library_folders.iter().enumerate() {
            let path = folder.display().to_string();
            widgets::row(
                ui,
                36.0,
                |ui| drop(widgets::line(ui, &path, theme::regular(14.0), theme::TEXT).on_hover_text(&path)),
                |ui| {
                    let name = fill(texts.library_remove_folder, &[("folder", &path)]);
                    if ui.add(Button::icon(Icon::Close, &name)).on_hover_text(&name).clicked() {
                        removed = Some(index);
                    }
                },
            );
        }
        if let Some(index) = removed {
            new.library_folders.remove(index);
        }
        ui.horizontal_wrapped(|ui| {
            if ui.add(Button::text(texts.library_add_folder).with_icon(Icon::Plus).primary()).clicked() {
                actions.push(Action::PickLibraryFolder);
            }
            if ui.add(Button::text(texts.library_rescan).with_icon(Icon::Reset)).clicked() {
                actions.push(Action::Library(CatalogCommand::Rescan));
            }
        });
        let pictures = (texts.library_pictures, texts.library_pictures_hint, Action::PickPictureFolder);
        chosen(ui, model, pictures, &mut new.library_pictures, actions);
        let lists = (texts.library_dats, texts.library_dats_hint, Action::PickDatFolder);
        chosen(ui, model, lists, &mut new.library_dats, actions);
        let notices = model.library.notices.iter().rev().take(MOST_NOTICES);
        for (_, notice) in notices {
            widgets::explain(ui, notice.text(texts));
        }
        DialogState::Open
    });
    if new != *model.settings {
        actions.push(Action::Change(Box::new(new)));
    }
    state
}

/// A folder that may be chosen, and need not be.
fn chosen(
    ui: &mut Ui,
    model: &Model,
    (title, hint, pick): (&str, &str, Action),
    folder: &mut Option<PathBuf>,
    actions: &mut Vec<Action>,
) {
    let texts = model.texts;
    dialog::heading(ui, title);
    widgets::explain(ui, hint);
    let path =
        folder.as_deref().map_or_else(|| texts.library_no_own_folder.to_owned(), |it: &Path| it.display().to_string());
    widgets::row(
        ui,
        36.0,
        |ui| drop(widgets::line(ui, &path, theme::regular(14.0), theme::TEXT_WEAK)),
        |ui| {
            let name = format!("{title}: {}", texts.choose_folder);
            if ui.add(Button::text(texts.choose_folder).named(&name)).clicked() {
                actions.push(pick);
            }
            if folder.is_some()
                && ui
                    .add(Button::text(texts.use_own_folder).named(&format!("{title}: {}", texts.use_own_folder)))
                    .clicked()
            {
                *folder = None;
            }
        },
    );
}
