//! The running core's own options, and its discs.

use super::core_trust;
use super::dialog::{self, DialogState};
use super::layers::{self, LayerChoices};
use super::several;
use super::theme;
use super::time;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::{Command, DiscCommand, Discs, GameStatus, OptionInfo, SaveVersion};
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::text::{Texts, fill};
use egui::{ComboBox, RichText, TextEdit, Ui};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// With fewer options there is no field to search them.
const SEARCH_FROM: usize = 9;

pub(super) fn show(
    ui: &Ui,
    model: &Model,
    filter: &mut String,
    choices: &mut LayerChoices,
    actions: &mut Vec<Action>,
) -> DialogState {
    let texts = model.texts;
    let Some(game) = &model.snapshot.game else { return DialogState::Closed };
    dialog::show(ui, "options", 560.0, texts.options_title, texts.close, |ui| {
        if let Some(discs) = game.discs.as_ref().filter(|discs| !discs.names.is_empty()) {
            drive(ui, texts, discs, actions);
        }
        earlier_saves(ui, texts, &game.versions, actions);
        if several::offer(ui, model, &game.core, game.content.as_deref(), actions) == DialogState::Closed {
            return DialogState::Closed;
        }
        core_trust::show(ui, model, game, actions);
        if game.options.is_empty() {
            widgets::explain(ui, texts.options_none);
            return DialogState::Open;
        }
        widgets::explain(ui, fill(texts.options_hint, &[("core", &game.core_name)]));
        let mut chosen = Some(choices.options);
        layers::chooser(ui, texts, game, LayerKind::Options, &mut chosen, false, actions);
        choices.options = chosen.unwrap_or(Layer::Core);
        if game.options.len() >= SEARCH_FROM {
            let field = TextEdit::singleline(filter).hint_text(texts.filter).desired_width(f32::INFINITY);
            ui.add(field).accessible_name(texts.filter);
        }
        ui.add_space(4.0);
        let wanted = filter.trim().to_lowercase();
        let mut category = "";
        for option in listed(&game.options, &wanted) {
            if option.category != category {
                category = &option.category;
                ui.add_space(8.0);
                let heading = if category.is_empty() { texts.options_other } else { category };
                ui.label(RichText::new(heading).font(theme::semibold(13.0)).color(theme::TEXT_WEAK));
            }
            row(ui, texts, game, choices.options, option, actions);
        }
        DialogState::Open
    })
}

/// Those that are of use now and have the wanted text in them, those of one category together: without one first, and then
/// in the order in which the core names them.
fn listed<'a>(options: &'a [OptionInfo], wanted: &str) -> Vec<&'a OptionInfo> {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    let mut categories = vec![""];
    for option in options {
        if !categories.contains(&option.category.as_str()) {
            categories.push(&option.category);
        }
    }
    let of = |category: &'a str| {
        options.iter().filter(move |option| option.category == category).filter(|option| option.visible)
    };
    let all = categories.into_iter().flat_map(of);
    all.filter(|option| has(&option.label) || has(&option.key) || has(&option.category)).collect()
}

/// The discs of the game, and the drive.
fn drive(ui: &mut Ui, texts: &Texts, discs: &Discs, actions: &mut Vec<Action>) {
    let name = |index: usize| {
        let name = discs.names.get(index).filter(|name| !name.is_empty());
        name.cloned().unwrap_or_else(|| fill(texts.disc_number, &[("n", &(index + 1).to_string())]))
    };
    let inserted = discs.inserted.map(|index| index as usize);
    let mut chosen = inserted;
    widgets::row(
        ui,
        36.0,
        |ui| drop(ui.label(RichText::new(texts.disc).color(theme::TEXT))),
        |ui| {
            let shown = inserted.map_or_else(|| texts.disc_open.to_owned(), name);
            let combo = ComboBox::from_id_salt("disc").selected_text(shown).width(260.0).truncate().show_ui(ui, |ui| {
                for index in 0..discs.names.len() {
                    ui.selectable_value(&mut chosen, Some(index), name(index));
                }
                ui.selectable_value(&mut chosen, None, texts.disc_open);
            });
            combo.response.accessible_name(texts.disc);
        },
    );
    if chosen != inserted {
        let command = match chosen.and_then(|index| u32::try_from(index).ok()) {
            Some(index) => DiscCommand::Insert(index),
            None => DiscCommand::Eject,
        };
        actions.push(Action::Engine(Command::Disc(command)));
    }
}

/// Battery saves that can be put back.
fn earlier_saves(ui: &mut Ui, texts: &Texts, versions: &[SaveVersion], actions: &mut Vec<Action>) {
    if versions.is_empty() {
        return;
    }
    egui::CollapsingHeader::new(texts.saves_earlier).id_salt("versions").show(ui, |ui| {
        widgets::explain(ui, texts.saves_hint);
        for version in versions {
            let put_aside = UNIX_EPOCH + Duration::from_millis(version.put_aside);
            let ago = time::ago(texts, SystemTime::now().duration_since(put_aside).unwrap_or_default());
            widgets::row(
                ui,
                36.0,
                |ui| drop(ui.label(RichText::new(&ago).color(theme::TEXT))),
                |ui| {
                    let button = ui.add(Button::text(texts.put_back));
                    if button.accessible_name(format!("{} ({ago})", texts.put_back)).clicked() {
                        let command = Command::PutBackSave { put_aside: version.put_aside };
                        actions.push(Action::Engine(command));
                    }
                },
            );
        }
    });
    ui.add_space(6.0);
}

/// An option as it is in `layer`, and what takes it back to what is below.
fn row(ui: &mut Ui, texts: &Texts, game: &GameStatus, layer: Layer, option: &OptionInfo, actions: &mut Vec<Action>) {
    let label = if option.label.is_empty() { &option.key } else { &option.label };
    let layered = &game.layers.options;
    let above = layered.above(layer, &option.key);
    let of_layer = layered.through(layer, &option.key).map_or(option.default.as_str(), |(value, _)| value);
    // What counts the core itself may have set otherwise.
    let shown = if above.is_some() { of_layer } else { &option.value };
    let differs = layered.differs(layer, &option.key, Some(&option.default));
    let called = |value: &str| {
        let index = option.values.iter().position(|known| known == value);
        index.and_then(|index| option.labels.get(index)).map_or(value, String::as_str).to_owned()
    };
    let mut value = shown.to_owned();
    let mut reset = false;
    widgets::row(
        ui,
        36.0,
        |ui| {
            layers::mark(ui, differs);
            let label = ui.add(egui::Label::new(RichText::new(label).color(theme::TEXT)).truncate());
            if !option.info.is_empty() {
                label.on_hover_text(&option.info);
            }
        },
        |ui| {
            match switch(option) {
                Some((off, on)) => {
                    let mut lit = value == on;
                    if widgets::switch(ui, &mut lit, "", label).changed() {
                        value = if lit { on } else { off };
                    }
                }
                None => {
                    let combo = ComboBox::from_id_salt(&option.key).selected_text(called(shown)).width(190.0);
                    let combo = combo.truncate().show_ui(ui, |ui| {
                        for choice in &option.values {
                            ui.selectable_value(&mut value, choice.clone(), called(choice));
                        }
                    });
                    combo.response.accessible_name(label);
                }
            }
            if differs {
                let below = layered.below(layer, &option.key).map_or(option.default.as_str(), |(value, _)| value);
                reset = layers::reset_button(ui, texts, label, &called(below));
            }
        },
    );
    if let Some((value, from)) = above {
        layers::above(ui, texts, game, from, &called(value));
    }
    let edit = match () {
        () if reset => LayerEdit::Reset(vec![option.key.clone()]),
        () if value != shown => LayerEdit::Set(vec![(option.key.clone(), value)]),
        () => return,
    };
    actions.push(Action::Engine(Command::Layer { kind: LayerKind::Options, layer, edit }));
}

/// Off and on, where an option has just these two.
fn switch(option: &OptionInfo) -> Option<(String, String)> {
    const PAIRS: [(&str, &str); 4] = [("disabled", "enabled"), ("off", "on"), ("false", "true"), ("OFF", "ON")];
    let [first, second] = option.values.as_slice() else { return None };
    PAIRS.iter().find_map(|(off, on)| {
        let both = [(first, second), (second, first)].into_iter().any(|(a, b)| a == off && b == on);
        both.then(|| ((*off).to_owned(), (*on).to_owned()))
    })
}
