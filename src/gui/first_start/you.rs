//! What friends call the host, and which language the window speaks.

use super::super::theme;
use super::super::view::Model;
use super::super::widgets::{self, Button};
use super::{FirstStart, Going};
use crate::room::MAX_NAME;
use crate::settings::{Settings, clean_name};
use crate::text::{Language, Spoken};
use egui::{FocusDirection, Id, Key, Modifiers, TextEdit, Ui};

fn field_id() -> Id {
    Id::unique("first-name")
}

/// A text field keeps the arrows to itself, and a gamepad has nothing else to leave it by.
pub(super) fn leave_field(ui: &Ui) {
    if ui.memory(|memory| memory.focused()) != Some(field_id()) {
        return;
    }
    for (key, way) in [(Key::ArrowDown, FocusDirection::Next), (Key::ArrowUp, FocusDirection::Previous)] {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            ui.memory_mut(|memory| memory.move_focus(way));
        }
    }
}

pub(super) fn show(first: &mut FirstStart, ui: &mut Ui, model: &Model, new: &mut Settings, going: &mut Option<Going>) {
    let texts = model.texts;
    widgets::card(ui, |ui| {
        widgets::section(ui, texts.your_name);
        let name = first.name.get_or_insert_with(|| model.settings.host_name.clone());
        let field = TextEdit::singleline(name).id(field_id()).char_limit(MAX_NAME).font(theme::semibold(18.0));
        let field = ui.add(field.desired_width(320.0)).accessible_name(texts.your_name);
        first.begin_at(&field);
        if field.lost_focus() {
            keep_name(first, new);
            if ui.input(|input| input.key_pressed(Key::Enter)) {
                *going = Some(Going::Next);
            }
        }
        widgets::explain(ui, texts.first_name_hint);
    });
    ui.add_space(10.0);
    widgets::card(ui, |ui| {
        widgets::section(ui, texts.language);
        ui.horizontal_wrapped(|ui| {
            // With its English name, as the system may have no font for the other.
            let choices = [
                (Language::English, Spoken::English, "English"),
                (Language::Chinese, Spoken::Chinese, "简体中文 (Chinese)"),
            ];
            for (language, spoken, name) in choices {
                let chosen = match model.settings.language {
                    Language::System => Spoken::from_choice(Language::System) == spoken,
                    chosen => chosen == language,
                };
                if ui.add(choice(name, chosen)).clicked() {
                    new.language = language;
                }
            }
        });
    });
}

/// One of several, of which one is chosen.
pub(super) fn choice(name: &str, chosen: bool) -> Button<'_> {
    let button = Button::text(name).selected(chosen);
    if chosen { button.with_icon(super::super::icons::Icon::Check) } else { button }
}

/// What was typed counts.
pub(super) fn keep_name(first: &FirstStart, new: &mut Settings) {
    if let Some(name) = &first.name {
        new.host_name = clean_name(name);
    }
}
