//! What a choice in a dialog is for: this game, the games of its folder, every game of its core, or everywhere; what differs from
//! what is below, and how it is taken back.

use super::icons::Icon;
use super::keys::KeyBindings;
use super::pad_map::PadMap;
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::{Command, GameLayers, GameStatus};
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::settings::Settings;
use crate::text::{Texts, fill};
use egui::{ComboBox, Rect, RichText, Sense, Ui, vec2};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What was chosen last in each dialog, until another game is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayerChoices {
    pub options: Layer,
    /// None: everywhere.
    pub settings: Option<Layer>,
    game: Option<(PathBuf, Option<PathBuf>)>,
}

impl Default for LayerChoices {
    fn default() -> LayerChoices {
        LayerChoices { options: Layer::Core, settings: None, game: None }
    }
}

impl LayerChoices {
    /// Begins anew with another game: what was chosen for one is not to be changed for the next by mistake.
    pub fn follow(&mut self, game: Option<&GameStatus>) {
        let open = game.map(|game| (game.core.clone(), game.content.clone()));
        if open != self.game {
            *self = LayerChoices { game: open, ..LayerChoices::default() };
        }
    }
}

/// What a layer is called; none is everywhere.
pub(super) fn name(texts: &Texts, game: &GameStatus, layer: Option<Layer>) -> String {
    match layer {
        None => texts.layer_everywhere.to_owned(),
        Some(Layer::Core) => {
            let key = Settings::core_key(&game.core);
            let core = if game.core_name.is_empty() { &key } else { &game.core_name };
            fill(texts.layer_core, &[("core", core)])
        }
        Some(Layer::Folder) => {
            fill(texts.layer_folder, &[("folder", game.layers.folder.as_deref().unwrap_or_default())])
        }
        Some(Layer::Game) => texts.layer_game.to_owned(),
        Some(Layer::Start) => texts.layer_start.to_owned(),
    }
}

/// A line with the chooser, and the button that takes back all that is set there.
pub(super) fn chooser(
    ui: &mut Ui,
    texts: &Texts,
    game: &GameStatus,
    kind: LayerKind,
    chosen: &mut Option<Layer>,
    everywhere: bool,
    actions: &mut Vec<Action>,
) {
    let left = |ui: &mut Ui| drop(widgets::line(ui, texts.layer_for, theme::regular(14.0), theme::TEXT));
    widgets::row(ui, 40.0, left, |ui| {
        if let Some(layer) = *chosen {
            let any = !game.layers.of(kind).of(layer).is_empty();
            let tip = fill(texts.layer_reset_all_tip, &[("layer", &name(texts, game, Some(layer)))]);
            let button = ui.add_enabled(any, Button::text(texts.layer_reset_all).with_icon(Icon::Reset));
            if button.on_hover_text(tip).clicked() {
                actions.push(Action::Engine(Command::Layer { kind, layer, edit: LayerEdit::ResetAll }));
            }
        }
        let width = (ui.available_width() - 60.0).clamp(120.0, 260.0);
        let shown = name(texts, game, *chosen);
        let combo = ComboBox::from_id_salt("layer").selected_text(shown).width(width).truncate();
        let combo = combo.show_ui(ui, |ui| {
            let folder = game.layers.folder.is_some();
            let kept = Layer::KEPT.into_iter().filter(|layer| folder || *layer != Layer::Folder).map(Some);
            for layer in everywhere.then_some(None).into_iter().chain(kept) {
                ui.selectable_value(chosen, layer, name(texts, game, layer));
            }
        });
        combo.response.accessible_name(texts.layer_for);
    });
}

/// Room for the mark before a line, filled where the line differs from what is below.
pub(super) fn mark(ui: &mut Ui, differs: bool) {
    let (rect, _) = ui.allocate_exact_size(vec2(8.0, 16.0), Sense::hover());
    if differs {
        paint_mark(ui, rect);
    }
}

/// In the middle of `rect`.
pub(super) fn paint_mark(ui: &Ui, rect: Rect) {
    ui.painter().circle_filled(rect.center(), 3.5, theme::ACCENT);
}

/// Takes what is called `name` back to `below`. True when it was clicked.
pub(super) fn reset_button(ui: &mut Ui, texts: &Texts, name: &str, below: &str) -> bool {
    let label = fill(texts.layer_reset, &[("name", name)]);
    let tip = fill(texts.layer_reset_tip, &[("value", below)]);
    ui.add(Button::icon(Icon::Reset, &label)).on_hover_text(tip).clicked()
}

/// A layer over the one that is shown has a value of its own, which counts.
pub(super) fn above(ui: &mut Ui, texts: &Texts, game: &GameStatus, layer: Layer, value: &str) {
    let text = fill(texts.layer_above, &[("layer", &name(texts, game, Some(layer))), ("value", value)]);
    let left = |ui: &mut Ui| {
        ui.add_space(16.0);
        ui.add(egui::Label::new(RichText::new(text).size(12.5).color(theme::TEXT_WEAK)).truncate());
    };
    widgets::row(ui, 18.0, left, |_| ());
}

/// Settings of a dialog as they are in one layer, the marks beside them, and what of them is to be taken back.
pub(super) struct LayeredSettings<'a> {
    texts: &'a Texts,
    game: Option<&'a GameStatus>,
    /// None: everywhere.
    pub layer: Option<Layer>,
    /// As they are everywhere.
    usual: &'a Settings,
    /// As they are in the layer.
    shown: Settings,
    resets: Vec<String>,
}

impl<'a> LayeredSettings<'a> {
    pub fn new(model: &Model<'a>, layer: Option<Layer>) -> LayeredSettings<'a> {
        let game = model.snapshot.game.as_ref();
        let layer = layer.filter(|_| game.is_some());
        let set = game.zip(layer).map(|(game, layer)| game.layers.settings.resolved(layer)).unwrap_or_default();
        let shown = model.settings.with_layers(&set);
        LayeredSettings { texts: model.texts, game, layer, usual: model.settings, shown, resets: Vec::new() }
    }

    /// As they are in the layer.
    pub fn shown(&self) -> &Settings {
        &self.shown
    }

    fn layers(&self) -> Option<(&'a GameLayers, Layer)> {
        Some((&*self.game?.layers, self.layer?))
    }

    /// What there is for a key without the layer.
    fn below(&self, key: &str) -> Option<String> {
        let (layers, layer) = self.layers()?;
        let below = layers.settings.below(layer, key).map(|(value, _)| value.to_owned());
        below.or_else(|| self.usual.layered_value(key))
    }

    /// Whether the layer has another value than there is without it.
    pub fn differs(&self, key: &str) -> bool {
        let below = self.below(key);
        self.layers().is_some_and(|(layers, layer)| layers.settings.differs(layer, key, below.as_deref()))
    }

    /// The key that presses a button of the game without the layer.
    pub fn key_below(&self, key: &str, set: usize, button: usize) -> egui::Key {
        let below = self.usual.with_layers(&self.resolved_below(key));
        KeyBindings::of(&below, set).keys()[button]
    }

    /// The button of a gamepad that does.
    pub fn pad_below(&self, key: &str, button: usize) -> crate::input::Button {
        let below = self.usual.with_layers(&self.resolved_below(key));
        PadMap::of(&below).buttons()[button]
    }

    fn resolved_below(&self, key: &str) -> BTreeMap<String, String> {
        self.below(key).map(|value| (key.to_owned(), value)).into_iter().collect()
    }

    /// A button that takes these keys, called `name`, back to what is below, where they differ.
    pub fn reset_button(&mut self, ui: &mut Ui, keys: &[String], name: &str, below: &str) {
        let differing: Vec<&String> = keys.iter().filter(|key| self.differs(key)).collect();
        if !differing.is_empty() && reset_button(ui, self.texts, name, below) {
            self.resets.extend(differing.into_iter().cloned());
        }
    }

    /// A line for one setting, with its mark and its reset.
    pub fn line(&mut self, ui: &mut Ui, key: &str, label: &str, add: impl FnOnce(&mut Ui)) {
        let differs = self.differs(key);
        let below = self.below(key).unwrap_or_default();
        let left = |ui: &mut Ui| {
            if differs {
                mark(ui, true);
            }
            widgets::line(ui, label, theme::regular(14.0), theme::TEXT);
        };
        widgets::row(ui, 36.0, left, |ui| {
            add(ui);
            self.reset_button(ui, &[key.to_owned()], label, &below);
        });
    }

    /// Beside what is drawn otherwise than in a line: its mark and its reset.
    pub fn beside(&mut self, ui: &mut Ui, key: &str, label: &str) {
        if self.differs(key) {
            mark(ui, true);
            let below = self.below(key).unwrap_or_default();
            self.reset_button(ui, &[key.to_owned()], label, &below);
        }
    }

    /// What became of them in the dialog: of the layer what layers can set, everywhere the rest.
    pub fn finish(mut self, new: Settings, actions: &mut Vec<Action>) {
        let Some(layer) = self.layer else {
            if new != *self.usual {
                actions.push(Action::Change(Box::new(new)));
            }
            return;
        };
        let mut set = Vec::new();
        for (key, value) in self.shown.layered_changes(&new) {
            // Chosen as it is below, it follows that from then on.
            match self.below(&key).as_ref() == Some(&value) {
                true => self.resets.push(key),
                false => set.push((key, value)),
            }
        }
        let kind = LayerKind::Settings;
        if !set.is_empty() {
            actions.push(Action::Engine(Command::Layer { kind, layer, edit: LayerEdit::Set(set) }));
        }
        if !self.resets.is_empty() {
            actions.push(Action::Engine(Command::Layer { kind, layer, edit: LayerEdit::Reset(self.resets) }));
        }
        let usual = new.with_layered_of(self.usual);
        if usual != *self.usual {
            actions.push(Action::Change(Box::new(usual)));
        }
    }
}

/// What counts for the open game, made anew only when something of it changed.
#[derive(Debug, Default)]
pub(super) struct Played {
    from: Option<(Settings, Option<Arc<GameLayers>>)>,
    settings: Settings,
}

impl Played {
    /// True when something changed.
    pub fn follow(&mut self, usual: &Settings, game: Option<&GameStatus>) -> bool {
        let layers = game.map(|game| &game.layers);
        if self.from.as_ref().is_some_and(|(settings, of)| settings == usual && of.as_ref() == layers) {
            return false;
        }
        let set = layers.map(|layers| layers.settings.resolved(Layer::Start)).unwrap_or_default();
        let settings = usual.with_layers(&set);
        self.from = Some((usual.clone(), layers.cloned()));
        std::mem::replace(&mut self.settings, settings.clone()) != settings
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
