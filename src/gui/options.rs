//! The running core's own options.

use super::dialog::{self, DialogState};
use super::theme;
use super::view::{Action, Model};
use super::widgets;
use crate::engine::{Command, OptionStatus};
use crate::text::fill;
use egui::{ComboBox, RichText, TextEdit, Ui};

/// With fewer options there is no field to search them.
const SEARCH_FROM: usize = 9;

pub(super) fn show(ui: &Ui, model: &Model, filter: &mut String, actions: &mut Vec<Action>) -> DialogState {
    let texts = model.texts;
    let Some(game) = &model.snapshot.game else { return DialogState::Closed };
    dialog::show(ui, "options", 560.0, texts.options_title, texts.close, |ui| {
        if game.options.is_empty() {
            widgets::explain(ui, texts.options_none);
            return DialogState::Open;
        }
        widgets::explain(ui, fill(texts.options_hint, &[("core", &game.core_name)]));
        if game.options.len() >= SEARCH_FROM {
            let field = TextEdit::singleline(filter).hint_text(texts.filter).desired_width(f32::INFINITY);
            ui.add(field).accessible_name(texts.filter);
        }
        ui.add_space(4.0);
        let wanted = filter.trim().to_lowercase();
        for option in &game.options {
            if option.label.to_lowercase().contains(&wanted) || option.key.to_lowercase().contains(&wanted) {
                row(ui, option, actions);
            }
        }
        DialogState::Open
    })
}

fn row(ui: &mut Ui, option: &OptionStatus, actions: &mut Vec<Action>) {
    let label = if option.label.is_empty() { &option.key } else { &option.label };
    let mut value = option.value.clone();
    widgets::row(
        ui,
        36.0,
        |ui| drop(ui.add(egui::Label::new(RichText::new(label).color(theme::TEXT)).truncate())),
        |ui| match switch(option) {
            Some((off, on)) => {
                let mut lit = value == on;
                if widgets::switch(ui, &mut lit, "", label).changed() {
                    value = if lit { on } else { off };
                }
            }
            None => {
                let combo = ComboBox::from_id_salt(&option.key).selected_text(&option.value).width(190.0).truncate();
                let combo = combo.show_ui(ui, |ui| {
                    for choice in &option.values {
                        ui.selectable_value(&mut value, choice.clone(), choice);
                    }
                });
                combo.response.accessible_name(label);
            }
        },
    );
    if value != option.value {
        actions.push(Action::Engine(Command::CoreOption { key: option.key.clone(), value }));
    }
}

/// Off and on, where an option has just these two.
fn switch(option: &OptionStatus) -> Option<(String, String)> {
    const PAIRS: [(&str, &str); 4] = [("disabled", "enabled"), ("off", "on"), ("false", "true"), ("OFF", "ON")];
    let [first, second] = option.values.as_slice() else { return None };
    PAIRS.iter().find_map(|(off, on)| {
        let both = [(first, second), (second, first)].into_iter().any(|(a, b)| a == off && b == on);
        both.then(|| ((*off).to_owned(), (*on).to_owned()))
    })
}
