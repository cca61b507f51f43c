//! The bar under the picture: pause, save states, recording, volume.

use super::game::slot_saved;
use super::icons::Icon;
use super::input_capture::CaptureState;
use super::theme;
use super::view::{Action, Dialog, Model, View};
use super::widgets::{self, Button};
use crate::engine::{Command, GameCommand, GameState, GameStatus, NoticeKind, Slot, Speaker};
use crate::text::{Message, Texts, fill};
use egui::{Slider, Ui};

pub(super) fn show(view: &mut View, ui: &mut Ui, model: &Model, game: &GameStatus, actions: &mut Vec<Action>) {
    // In a narrower window, buttons with a well-known icon have no text.
    let roomy = ui.available_width() > 900.0;
    let alive = matches!(game.state, GameState::Running | GameState::Paused);
    let (slot, mut open_slots) = (view.slot, false);
    let mut time = std::mem::take(&mut view.time);
    let mut left_actions = Vec::new();
    widgets::row(
        ui,
        54.0,
        |ui| {
            ui.add_enabled_ui(alive, |ui| {
                playback(ui, model, game, roomy, &mut left_actions);
                time.buttons(ui, model, game, &mut left_actions);
                states(slot, &mut open_slots, ui, model, game, roomy, &mut left_actions);
            });
        },
        |ui| {
            volume(view, ui, model, actions);
            recording(ui, model, alive, actions);
            let name = model.texts.core_options;
            let button = Button::icon(Icon::Sliders, name);
            if ui.add(button).on_hover_text(name).clicked() {
                view.dialog = Some(Dialog::Options(String::new()));
            }
            capture(ui, model, roomy, actions);
        },
    );
    view.time = time;
    if open_slots {
        view.dialog = Some(Dialog::Slots);
    }
    actions.append(&mut left_actions);
}

/// Mutes the speaker of this machine, or unmutes it; not the stream.
pub(super) fn toggle_mute(view: &mut View, model: &Model, actions: &mut Vec<Action>) {
    view.muted = !view.muted;
    let volume = if view.muted { 0.0 } else { model.settings.volume };
    actions.push(Action::Engine(Command::Volume(volume)));
}

fn playback(ui: &mut Ui, model: &Model, game: &GameStatus, roomy: bool, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let paused = game.state == GameState::Paused;
    let (icon, name) = if paused { (Icon::Play, texts.resume) } else { (Icon::Pause, texts.pause) };
    let button = Button::text(name).with_icon(icon);
    if ui.add(button).on_hover_text(format!("{name} (F5)")).clicked() {
        actions.push(Action::Engine(Command::Game(if paused { GameCommand::Resume } else { GameCommand::Pause })));
    }
    let reset = if roomy {
        Button::text(texts.reset).with_icon(Icon::Reset)
    } else {
        Button::icon(Icon::Reset, texts.reset).boxed()
    };
    if ui.add(reset).on_hover_text(texts.reset).clicked() {
        actions.push(Action::Engine(Command::Game(GameCommand::Reset)));
    }
    ui.add_space(8.0);
}

fn states(
    slot: u8,
    open_slots: &mut bool,
    ui: &mut Ui,
    model: &Model,
    game: &GameStatus,
    roomy: bool,
    actions: &mut Vec<Action>,
) {
    let texts = model.texts;
    let button = |icon, name| {
        if roomy { Button::text(name).with_icon(icon) } else { Button::icon(icon, name).boxed() }
    };
    ui.add_enabled_ui(game.can_save_state, |ui| {
        let save = ui.add(button(Icon::Save, texts.save_state));
        let save = save.on_hover_text(format!("{} (F2)", texts.save_state)).on_disabled_hover_text(texts.no_states);
        if save.clicked() {
            actions.push(Action::Engine(Command::Game(GameCommand::SaveState(Slot::clamped(slot)))));
        }
        ui.add_enabled_ui(slot_saved(game, slot), |ui| {
            let load = ui.add(button(Icon::Load, texts.load_state));
            if load.on_hover_text(format!("{} (F4)", texts.load_state)).clicked() {
                actions.push(Action::Engine(Command::Game(GameCommand::LoadState(Slot::clamped(slot)))));
            }
        });
        // People count from one.
        let name = fill(texts.slot, &[("n", &(slot + 1).to_string())]);
        let slots = ui.add(Button::text(&name));
        *open_slots = slots.on_hover_text(format!("{} (F6, F7)", texts.slots)).clicked();
    });
}

/// How to leave the mode in which the game has the keyboard or the mouse.
pub(super) fn capture_hint(texts: &Texts, capture: CaptureState) -> &'static str {
    match (capture.keyboard, capture.mouse) {
        (true, true) => texts.capture_on_both,
        (true, false) => texts.capture_on_keyboard,
        (false, _) => texts.capture_on_mouse,
    }
}

/// Gives the keyboard and the mouse to a game that takes them.
fn capture(ui: &mut Ui, model: &Model, roomy: bool, actions: &mut Vec<Action>) {
    let (texts, capture) = (model.texts, model.capture);
    let (icon, name) = match (capture.keyboard, capture.mouse) {
        (keyboard, _) if capture.active => (if keyboard { Icon::Keyboard } else { Icon::Mouse }, texts.capture_leave),
        (true, true) => (Icon::Keyboard, texts.capture_enter_both),
        (true, false) => (Icon::Keyboard, texts.capture_enter_keyboard),
        (false, true) => (Icon::Mouse, texts.capture_enter_mouse),
        (false, false) => return,
    };
    let button = if roomy { Button::text(name).with_icon(icon) } else { Button::icon(icon, name).boxed() };
    let button = ui.add(if capture.active { button.color(theme::ACCENT) } else { button });
    if button.on_hover_text(format!("{name} ({})", texts.scroll_lock)).clicked() {
        actions.push(Action::CaptureInput(!capture.active));
    }
}

/// A screenshot, a recording.
fn recording(ui: &mut Ui, model: &Model, alive: bool, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let recording = model.snapshot.recording;
    let name = if recording { texts.record_stop } else { texts.record };
    let mut button = Button::icon(Icon::Record, name);
    if recording {
        button = button.color(theme::ERROR);
    }
    if ui.add_enabled(alive || recording, button).on_hover_text(format!("{name} (F10)")).clicked() {
        actions.push(Action::Engine(if recording { Command::StopRecording } else { Command::StartRecording }));
    }
    let button = Button::icon(Icon::Camera, texts.screenshot);
    if ui.add_enabled(alive, button).on_hover_text(format!("{} (F8)", texts.screenshot)).clicked() {
        actions.push(Action::Engine(Command::Screenshot));
    }
}

/// From right to left, as its side of the bar is.
fn volume(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    // Rounded, or the slider would see 60.000004 snap to 60 as a change, with every painting.
    let mut percent = if view.muted { 0.0 } else { (model.settings.volume * 100.0).round() };
    ui.spacing_mut().slider_width = 96.0;
    let slider = ui.scope(|ui| {
        ui.visuals_mut().selection.bg_fill = theme::ACCENT;
        // The handle's size follows from it.
        ui.spacing_mut().interact_size.y = 20.0;
        ui.add(Slider::new(&mut percent, 0.0..=100.0).show_value(false).step_by(1.0)).accessible_name(texts.volume)
    });
    let slider = slider.inner.on_hover_text(format!("{} {percent:.0}%", texts.volume));
    if slider.changed() {
        view.muted = false;
        let mut settings = model.settings.clone();
        settings.volume = percent / 100.0;
        actions.push(Action::Engine(Command::Volume(settings.volume)));
        actions.push(Action::Change(Box::new(settings)));
    }
    let silent = view.muted || model.settings.volume == 0.0;
    let name = if view.muted { texts.unmute } else { texts.mute };
    let tip = match &model.snapshot.speaker {
        Speaker::Silent(why) => NoticeKind::NoSound { why: why.clone() }.text(texts),
        _ => format!("{name} (F9)"),
    };
    let broken = matches!(model.snapshot.speaker, Speaker::Silent(_));
    let mut button = Button::icon(if silent || broken { Icon::Muted } else { Icon::Volume }, name);
    if broken {
        button = button.color(theme::WARNING);
    }
    if ui.add(button).on_hover_text(tip).clicked() {
        toggle_mute(view, model, actions);
    }
}
