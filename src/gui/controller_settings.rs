//! The part of the settings about controllers: each gamepad's seat, a second player at the keyboard, and the keys.

use super::dialog;
use super::icons::{self, Icon};
use super::layers::{self, LayeredSettings};
use super::key_names::key_name;
use super::keys::{self, BUTTONS, KEY_SETS, KeyBindings};
use super::local_players::{Device, LocalGuest, LocalPlayers};
use super::pad_map::{self, PadMap};
use super::people;
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::{Command, device_key};
use crate::input::{self, Seat};
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::room::{MAX_NAME, clean_name};
use crate::settings::{Settings, TURBO_RATES};
use crate::text::{Texts, fill};
use egui::{Align2, ComboBox, CornerRadius, Event, Key, Modifiers, RichText, Sense, Slider, TextEdit, Ui, WidgetInfo, vec2};
use std::collections::BTreeSet;

/// The state of the key table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct KeyDraft {
    keys_shown: bool,
    pads_shown: bool,
    /// What the next key, or button of a gamepad, is bound to.
    waiting: Option<Waiting>,
    /// A button of a gamepad that was pressed, and is not bound yet.
    pressed: Option<input::Button>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// Set and button.
    Key(usize, usize),
    Pad(usize),
}

impl KeyDraft {
    pub(super) fn waits_for_pad(&self) -> bool {
        matches!(self.waiting, Some(Waiting::Pad(_)))
    }

    pub(super) fn take_pad(&mut self, pressed: Option<input::Button>) {
        self.pressed = pressed.filter(|_| self.waits_for_pad());
    }

    pub(super) fn stop_waiting(&mut self) {
        self.waiting = None;
    }
}

pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    draft: &mut KeyDraft,
    layered: &mut LayeredSettings,
    new: &mut Settings,
    actions: &mut Vec<Action>,
) {
    let texts = model.texts;
    dialog::heading(ui, texts.controllers);
    let mut local_players = model.local_players.clone();
    for (index, pad) in model.gamepads.iter().enumerate() {
        let title = fill(texts.gamepad, &[("n", &(index + 1).to_string()), ("name", &pad.name)]);
        device(ui, model, Device::Pad(pad.id), &title, texts.yours, &mut local_players);
    }
    match model.gamepad_error {
        Some(error) => {
            let text = fill(texts.pads_unreadable, &[("error", error)]);
            ui.add(egui::Label::new(RichText::new(text).size(13.0).color(theme::WARNING)).wrap());
        }
        None if model.gamepads.is_empty() => widgets::explain(ui, texts.no_controllers),
        None => {}
    }
    device(ui, model, Device::SecondKeys, texts.second_keys, texts.nobody, &mut local_players);
    if local_players != *model.local_players {
        actions.push(Action::LocalPlayers(local_players));
    }
    plugged(ui, model, layered.layer, actions);
    ui.horizontal(|ui| {
        layered.beside(ui, "stick_moves_dpad", texts.stick_dpad);
        widgets::switch(ui, &mut new.stick_moves_dpad, texts.stick_dpad, texts.stick_dpad);
    });
    ui.horizontal_wrapped(|ui| {
        if ui.add(Button::text(texts.keys).selected(draft.keys_shown)).clicked() {
            (draft.keys_shown, draft.pads_shown) = (!draft.keys_shown, false);
            draft.waiting = None;
        }
        if ui.add(Button::text(texts.pad_buttons).selected(draft.pads_shown)).clicked() {
            (draft.pads_shown, draft.keys_shown) = (!draft.pads_shown, false);
            draft.waiting = None;
        }
    });
    if draft.keys_shown {
        key_table(ui, texts, draft, layered, new, model.local_players.has_second_keys());
    }
    if draft.pads_shown {
        pad_table(ui, texts, draft, layered, new);
    }
}

/// What is plugged into each seat, where the core leaves a choice. Everywhere there is nothing to choose: each core has others.
fn plugged(ui: &mut Ui, model: &Model, layer: Option<Layer>, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let (Some(game), Some(layer)) = (&model.snapshot.game, layer) else { return };
    for (seat, devices) in Seat::ALL.into_iter().zip(&game.devices) {
        if devices.types.len() < 2 {
            continue;
        }
        let key = device_key(seat.index() as u32);
        let settings = &game.layers.settings;
        let number = |layered: Option<(&str, Layer)>| layered.and_then(|(value, _)| value.parse::<u32>().ok());
        let above = settings.above(layer, &key);
        let shown = match above {
            Some(_) => number(settings.through(layer, &key)).unwrap_or(1),
            None => devices.plugged,
        };
        let differs = settings.differs(layer, &key, None);
        let called = |id| devices.types.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name.as_str());
        let (mut chosen, mut reset) = (shown, false);
        let label = fill(texts.device_of, &[("seat", &people::player(texts, seat))]);
        let left = |ui: &mut Ui| {
            layers::mark(ui, differs);
            widgets::line(ui, &label, theme::regular(14.0), theme::TEXT);
        };
        widgets::row(ui, 36.0, left, |ui| {
            let combo = ComboBox::from_id_salt(("plugged", seat)).selected_text(called(chosen)).width(190.0);
            let combo = combo.truncate().show_ui(ui, |ui| {
                for (id, name) in &devices.types {
                    ui.selectable_value(&mut chosen, *id, name);
                }
            });
            combo.response.accessible_name(&label);
            if differs {
                reset = layers::reset_button(ui, texts, &label, called(number(settings.below(layer, &key)).unwrap_or(1)));
            }
        });
        if let Some((value, from)) = above {
            layers::above(ui, texts, game, from, value.parse().map_or("", called));
        }
        let edit = match () {
            () if reset => LayerEdit::Reset(vec![key]),
            () if chosen != shown => LayerEdit::Set(vec![(key, chosen.to_string())]),
            () => continue,
        };
        actions.push(Action::Engine(Command::Layer { kind: LayerKind::Settings, layer, edit }));
    }
}

/// Binds the key that a button waits for, before any widget sees it.
pub(super) fn take_key(ui: &Ui, draft: &mut KeyDraft, new: &mut Settings) {
    if let (Some(Waiting::Pad(button)), Some(pressed)) = (draft.waiting, draft.pressed.take()) {
        let (name, pressed) = (BUTTONS[button].0, pad_map::name_of(pressed));
        match name == pressed {
            true => drop(new.gamepad.remove(name)),
            false => drop(new.gamepad.insert(name.to_owned(), pressed.to_owned())),
        }
        draft.waiting = None;
    }
    if draft.waits_for_pad() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        draft.waiting = None;
    }
    let Some(Waiting::Key(set, button)) = draft.waiting else { return };
    let mut chosen = None;
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Key { key, physical_key, pressed: true, repeat: false, .. } => {
                chosen.get_or_insert(physical_key.unwrap_or(*key));
                false
            }
            Event::Key { .. } | Event::Text(_) => false,
            _ => true,
        });
    });
    let Some(key) = chosen else { return };
    if keys::can_be_bound(key) {
        new.keyboard[set].insert(BUTTONS[button].0.to_owned(), key.name().to_owned());
        draft.waiting = None;
    } else if key == Key::Escape {
        draft.waiting = None;
    }
}

/// A row for a device, with the seat it plays on, and a second one for the name of the local guest who has it.
fn device(ui: &mut Ui, model: &Model, device: Device, title: &str, unset: &str, local_players: &mut LocalPlayers) {
    let texts = model.texts;
    let guest = local_players.guests.get(&device).cloned();
    let mut seat = guest.as_ref().map(|guest| guest.seat);
    let left = |ui: &mut Ui| {
        let icon = if matches!(device, Device::Pad(_)) { Icon::Pad } else { Icon::People };
        widgets::icon(ui, icon, 20.0, if guest.is_some() { theme::GOOD } else { theme::TEXT_WEAK });
        widgets::line(ui, title, theme::regular(14.0), theme::TEXT);
    };
    widgets::row(ui, 36.0, left, |ui| {
        let name = |seat: Option<Seat>| seat.map_or_else(|| unset.to_owned(), |seat| people::player(texts, seat));
        let combo = ComboBox::from_id_salt(("seat-of", device_salt(device))).selected_text(name(seat)).width(140.0);
        let combo = combo.show_ui(ui, |ui| {
            let seats = model.snapshot.seats.iter().map(|seat| Some(seat.seat));
            for choice in std::iter::once(None).chain(seats) {
                ui.selectable_value(&mut seat, choice, name(choice));
            }
        });
        combo.response.accessible_name(title);
    });
    match (seat, guest) {
        (None, _) => drop(local_players.guests.remove(&device)),
        (Some(seat), Some(guest)) => {
            let name = name_field(ui, texts, device, title, &guest.name);
            let name = name.unwrap_or_else(|| guest_name(texts, seat));
            local_players.guests.insert(device, LocalGuest { seat, name });
        }
        (Some(seat), None) => {
            local_players.guests.insert(device, LocalGuest { seat, name: guest_name(texts, seat) });
        }
    }
}

/// Until another is entered.
fn guest_name(texts: &Texts, seat: Seat) -> String {
    fill(texts.guest_name, &[("n", &seat.to_string())])
}

fn device_salt(device: Device) -> usize {
    match device {
        Device::SecondKeys => usize::MAX,
        Device::Pad(id) => id,
    }
}

/// Returns the name, or none when the field was left empty. What is typed counts when the field loses the focus.
fn name_field(ui: &mut Ui, texts: &Texts, device: Device, title: &str, name: &str) -> Option<String> {
    let id = ui.scope_id().with(("name-of", device_salt(device)));
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| name.to_owned());
    let mut result = Some(name.to_owned());
    let said = fill(texts.name_of, &[("what", title)]);
    let left = |ui: &mut Ui| {
        ui.add_space(28.0);
        widgets::line(ui, texts.their_name, theme::regular(13.0), theme::TEXT_WEAK);
    };
    widgets::row(ui, 36.0, left, |ui| {
        let field = ui.add(TextEdit::singleline(&mut text).char_limit(MAX_NAME).desired_width(140.0));
        let field = field.accessible_name(said);
        if field.lost_focus() {
            result = clean_name(&text);
            ui.data_mut(|data| data.remove::<String>(id));
        } else if field.changed() {
            ui.data_mut(|data| data.insert_temp(id, text.clone()));
        }
    });
    result
}

/// Every button with its key, for each set that is in use.
fn key_table(
    ui: &mut Ui,
    texts: &Texts,
    draft: &mut KeyDraft,
    layered: &mut LayeredSettings,
    new: &mut Settings,
    second: bool,
) {
    let sets = if second { KEY_SETS } else { 1 };
    let all_bindings: Vec<KeyBindings> = (0..sets).map(|set| KeyBindings::of(new, set)).collect();
    let twice = keys::duplicates(&all_bindings);
    for (set, bindings) in all_bindings.iter().enumerate() {
        if sets > 1 {
            widgets::section(ui, if set == 0 { texts.first_keys } else { texts.second_keys });
        }
        // Pairs, and room for the longest name of a key.
        let columns = 2;
        let width = (ui.available_width() - 8.0 * (columns - 1) as f32) / columns as f32;
        for row in (0..BUTTONS.len()).step_by(columns) {
            ui.horizontal(|ui| {
                for button in row..(row + columns).min(BUTTONS.len()) {
                    let key = bindings.keys()[button];
                    let state = match () {
                        () if draft.waiting == Some(Waiting::Key(set, button)) => KeyState::Waiting,
                        () if twice.contains(&key) => KeyState::Duplicate,
                        () => KeyState::Bound,
                    };
                    let keys = [KEYS_OF[set], TURBO_OF[set]].map(|table| format!("{table}.{}", BUTTONS[button].0));
                    let differs = keys.iter().any(|key| layered.differs(key));
                    let turns = can_have_turbo(button);
                    let width = if turns { width - TURBO_WIDTH - 4.0 } else { width };
                    let width = if differs { width - RESET_WIDTH - 4.0 } else { width };
                    ui.spacing_mut().item_spacing.x = 4.0;
                    let label = button_text(texts, button);
                    let shown = if state == KeyState::Waiting { texts.press_a_key } else { key_name(key, texts) };
                    if key_button(ui, &label, shown, state, differs, width) {
                        draft.waiting = Some(Waiting::Key(set, button));
                    }
                    if differs {
                        let below = layered.key_below(&keys[0], set, button);
                        layered.reset_button(ui, &keys, &label, key_name(below, texts));
                    }
                    if turns {
                        turbo_button(ui, texts, button, &mut new.turbo[set]);
                    }
                    // Between two of them.
                    ui.add_space(4.0);
                }
            });
        }
    }
    if !twice.is_empty() {
        let keys: Vec<&str> = twice.iter().map(|key| key_name(*key, texts)).collect();
        let text = fill(texts.keys_twice, &[("keys", &keys.join(", "))]);
        ui.add(egui::Label::new(RichText::new(text).size(13.0).color(theme::WARNING)).wrap());
    }
    turbo_speed(ui, texts, layered, new);
    // Of a layer all is taken back where it is chosen.
    let everywhere = layered.layer.is_none();
    let chosen = new.keyboard.iter().any(|set| !set.is_empty()) || new.turbo.iter().any(|set| !set.is_empty());
    if everywhere && ui.add_enabled(chosen, Button::text(texts.usual_keys).with_icon(Icon::Reset)).clicked() {
        new.keyboard = Default::default();
        new.turbo = Default::default();
    }
}

/// Every button of the game with the one of a gamepad that presses it.
fn pad_table(ui: &mut Ui, texts: &Texts, draft: &mut KeyDraft, layered: &mut LayeredSettings, new: &mut Settings) {
    let map = PadMap::of(new);
    let twice = pad_map::duplicates(&map);
    let columns = 2;
    let width = (ui.available_width() - 8.0 * (columns - 1) as f32) / columns as f32;
    for row in (0..BUTTONS.len()).step_by(columns) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for button in row..(row + columns).min(BUTTONS.len()) {
                let pressed_by = map.buttons()[button];
                let state = match () {
                    () if draft.waiting == Some(Waiting::Pad(button)) => KeyState::Waiting,
                    () if twice.contains(&pressed_by) => KeyState::Duplicate,
                    () => KeyState::Bound,
                };
                let key = format!("gamepad.{}", BUTTONS[button].0);
                let differs = layered.differs(&key);
                let width = if differs { width - RESET_WIDTH - 4.0 } else { width };
                let label = button_text(texts, button);
                let of_pad = pad_button_text(texts, pressed_by);
                let shown = if state == KeyState::Waiting { texts.press_a_button } else { &of_pad };
                if key_button(ui, &label, shown, state, differs, width) {
                    draft.waiting = Some(Waiting::Pad(button));
                }
                if differs {
                    let below = pad_button_text(texts, layered.pad_below(&key, button));
                    layered.reset_button(ui, &[key], &label, &below);
                }
                ui.add_space(4.0);
            }
        });
    }
    if !twice.is_empty() {
        let buttons: Vec<String> = twice.iter().map(|button| pad_button_text(texts, *button)).collect();
        let text = fill(texts.pad_buttons_twice, &[("buttons", &buttons.join(", "))]);
        ui.add(egui::Label::new(RichText::new(text).size(13.0).color(theme::WARNING)).wrap());
    }
    let chosen = layered.layer.is_none() && !new.gamepad.is_empty();
    if layered.layer.is_none() && ui.add_enabled(chosen, Button::text(texts.usual_keys).with_icon(Icon::Reset)).clicked() {
        new.gamepad.clear();
    }
}

fn pad_button_text(texts: &Texts, button: input::Button) -> String {
    let place = BUTTONS.iter().position(|(_, known)| *known == button);
    place.map_or_else(String::new, |place| button_text(texts, place))
}

/// Where the settings have the keys of each set, and its turbo.
const KEYS_OF: [&str; KEY_SETS] = ["keyboard", "keyboard_2"];
const TURBO_OF: [&str; KEY_SETS] = ["turbo", "turbo_2"];

const TURBO_WIDTH: f32 = 30.0;
const RESET_WIDTH: f32 = 34.0;

/// Not the d-pad: turbo would walk in steps.
fn can_have_turbo(button: usize) -> bool {
    !matches!(BUTTONS[button].0, "up" | "down" | "left" | "right")
}

/// Beside a button's key.
fn turbo_button(ui: &mut Ui, texts: &Texts, button: usize, set: &mut BTreeSet<String>) {
    let name = fill(texts.turbo_of, &[("name", &button_text(texts, button))]);
    let key = BUTTONS[button].0;
    let on = set.contains(key);
    let (rect, response) = ui.allocate_exact_size(vec2(TURBO_WIDTH, 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, on, &name));
    let lit = response.hovered() || response.has_focus();
    ui.painter().rect_filled(rect, CornerRadius::same(8), if lit { theme::RAISED_HOVER } else { theme::RAISED });
    if response.has_focus() || on {
        let ring = egui::Stroke::new(1.5, theme::ACCENT);
        ui.painter().rect_stroke(rect, CornerRadius::same(8), ring, egui::StrokeKind::Inside);
    }
    let sign = egui::Rect::from_center_size(rect.center(), egui::Vec2::splat(18.0));
    icons::paint(ui.painter(), Icon::Turbo, sign, if on { theme::ACCENT } else { theme::TEXT_WEAK });
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(name);
    if response.clicked() && !set.remove(key) {
        set.insert(key.to_owned());
    }
}

/// Explains the sign, and sets the rate.
fn turbo_speed(ui: &mut Ui, texts: &Texts, layered: &mut LayeredSettings, new: &mut Settings) {
    let left = |ui: &mut Ui| {
        widgets::icon(ui, Icon::Turbo, 18.0, theme::TEXT_WEAK);
        widgets::line(ui, texts.turbo, theme::regular(13.0), theme::TEXT_WEAK);
    };
    widgets::row(ui, 30.0, left, |_| ());
    let [least, most] = TURBO_RATES;
    let id = ui.scope_id().with("turbo-hz");
    // While it is dragged it is nothing that is kept.
    let mut hz = ui.data(|data| data.get_temp(id)).unwrap_or(new.turbo_hz);
    let rate = fill(texts.turbo_rate, &[("n", &hz.to_string())]);
    layered.line(ui, "turbo_hz", texts.turbo_speed, |ui| {
        widgets::line(ui, &rate, theme::regular(13.0), theme::TEXT_WEAK);
        let slider = ui.add(Slider::new(&mut hz, least..=most).show_value(false));
        let slider = slider.accessible_name(texts.turbo_speed).on_hover_text(&rate);
        if slider.dragged() {
            ui.data_mut(|data| data.insert_temp(id, hz));
        } else if slider.changed() || slider.drag_stopped() {
            new.turbo_hz = hz;
            ui.data_mut(|data| data.remove::<u32>(id));
        }
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyState {
    Bound,
    /// More than one button has the same key.
    Duplicate,
    /// The next key is bound to the button.
    Waiting,
}

fn key_button(ui: &mut Ui, label: &str, shown: &str, state: KeyState, differs: bool, width: f32) -> bool {
    let waits = state == KeyState::Waiting;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 32.0), Sense::click());
    let name = format!("{label}: {shown}");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
    let lit = response.hovered() || response.has_focus() || waits;
    ui.painter().rect_filled(rect, CornerRadius::same(8), if lit { theme::RAISED_HOVER } else { theme::RAISED });
    if response.has_focus() || waits {
        let ring = egui::Stroke::new(1.5, theme::ACCENT);
        ui.painter().rect_stroke(rect, CornerRadius::same(8), ring, egui::StrokeKind::Inside);
    }
    let painter = ui.painter().with_clip_rect(rect);
    let color = match state {
        KeyState::Waiting => theme::ACCENT,
        KeyState::Duplicate => theme::WARNING,
        KeyState::Bound => theme::TEXT,
    };
    let (mut left, right) = (rect.left_center() + vec2(10.0, 0.0), rect.right_center() - vec2(10.0, 0.0));
    if differs {
        layers::paint_mark(ui, egui::Rect::from_center_size(left, vec2(8.0, 8.0)));
        left.x += 9.0;
    }
    painter.text(left, Align2::LEFT_CENTER, label, theme::regular(13.0), theme::TEXT_WEAK);
    painter.text(right, Align2::RIGHT_CENTER, shown, theme::semibold(13.0), color);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

fn button_text(texts: &Texts, button: usize) -> String {
    match BUTTONS[button].0 {
        "up" => texts.up.to_owned(),
        "down" => texts.down.to_owned(),
        "left" => texts.left_side.to_owned(),
        "right" => texts.right_side.to_owned(),
        "start" => texts.button_start.to_owned(),
        "select" => texts.button_select.to_owned(),
        other => other.to_uppercase(),
    }
}
