//! What can be done with a game: the same in the menu under the pointer and in the dialog that keys and gamepads open.

use super::super::dialog::{self, DialogState};
use super::super::view::{Action, Dialog, Model};
use super::super::widgets::{Button, Emphasis};
use crate::library::catalog::{CatalogCommand, GameEntry};
use crate::text::fill;
use egui::Ui;
use std::path::Path;

/// Starts it, asking for the core where that is not clear.
pub(super) fn play(entry: &GameEntry) -> Action {
    Action::OpenFile(entry.path.clone())
}

/// Buttons, one below another. True when one was pressed; `next` is the dialog that it opens.
pub(super) fn buttons(
    ui: &mut Ui,
    model: &Model,
    entry: &GameEntry,
    emphasis: Emphasis,
    next: &mut Option<Dialog>,
    actions: &mut Vec<Action>,
) -> bool {
    let texts = model.texts;
    let mut done = false;
    let mut button = |ui: &mut Ui, text: &str| {
        let pressed = ui.add(Button::text(text).emphasis(emphasis).wide()).clicked();
        done |= pressed;
        pressed
    };
    if button(ui, texts.library_play) {
        actions.push(play(entry));
    }
    for (number, disc) in (1u8..).zip(&entry.discs).skip(1) {
        if button(ui, &fill(texts.library_play_disc, &[("n", &number.to_string())])) {
            actions.push(Action::OpenFile(disc.clone()));
        }
    }
    if button(ui, texts.library_play_with) {
        *next = Some(Dialog::ChooseCore { content: entry.path.clone(), remember: false });
    }
    let on = !entry.record.favourite;
    if button(ui, if on { texts.library_favourite } else { texts.library_no_favourite }) {
        actions.push(Action::Library(CatalogCommand::Favourite { path: entry.path.clone(), on }));
    }
    if button(ui, texts.library_show_in_folder) {
        actions.push(Action::ShowInFolder(entry.path.clone()));
    }
    done
}

/// The dialog.
pub(in super::super) fn show(
    ui: &Ui,
    model: &Model,
    path: &Path,
    next: &mut Option<Dialog>,
    actions: &mut Vec<Action>,
) -> DialogState {
    let Some(entry) = model.library.entries.iter().find(|entry| entry.path == path) else { return DialogState::Closed };
    dialog::show(ui, "game-menu", 380.0, &entry.title, model.texts.cancel, |ui| {
        match buttons(ui, model, entry, Emphasis::Plain, next, actions) {
            true => DialogState::Closed,
            false => DialogState::Open,
        }
    })
}
