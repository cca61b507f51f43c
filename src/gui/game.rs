//! The screen of a game: its picture, the bars around it, the people in the room.

use super::icons::Icon;
use super::input_capture::PictureArea;
use super::picture_layout::{self, Placed};
use super::preferences::SettingsDraft;
use super::view::{Action, Dialog, Model, View};
use super::widgets::{self, Button};
use super::{
    chat, control_bar, home, invite, join_requests, leds, on_screen, overlay, people, preview, run_ahead, slots, theme,
    time_control,
};
use crate::engine::{Command, Flow, GameCommand, GameState, GameStatus, Slot};
use crate::text::fill;
use egui::{CentralPanel, Color32, Frame, Key, Margin, Modifiers, Panel, RichText, ScrollArea, Sense, Ui};

pub(super) fn show(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let Some(game) = &model.snapshot.game else { return };
    if !model.full_screen {
        bars(view, ui, model, game, actions);
    }
    CentralPanel::default().frame(Frame::new().fill(Color32::BLACK)).show(ui, |ui| {
        let area = ui.max_rect();
        if let Some(picture) = model.picture {
            let scale = ui.ctx().pixels_per_point();
            let Placed { part, shown, whole } = picture_layout::place(area, scale, picture, model.settings.framing());
            preview::paint(ui, shown, part, model.settings.look);
            view.picture_area = Some(PictureArea { letterbox: area, picture: shown, whole, size_px: picture.size });
        }
        // Not focusable: the focus would be invisible, and there is a button for the same.
        let screen = ui.interact(area, ui.scope_id().with("screen"), Sense::CLICK);
        let capture = model.capture;
        // With a mouse or a light gun, two quick clicks are shots.
        if screen.double_clicked() && !capture.mouse && !capture.pointer {
            actions.push(Action::FullScreen(!model.full_screen));
        }
        if capture.pointer && !capture.active {
            screen.on_hover_cursor(egui::CursorIcon::Crosshair);
        }
        overlay::show(ui, model, game, area, actions);
        on_screen::show(ui, &game.on_screen, area);
        time_control::sign(ui, model, game, area);
        slots::ask_to_continue(ui, model, game, area, actions);
        view.chat.show_floats(ui, area);
    });
}

/// Keys that are free of the game's own: function keys alone.
pub(super) fn keys(view: &mut View, ui: &Ui, model: &Model, actions: &mut Vec<Action>) {
    let Some(game) = &model.snapshot.game else { return };
    // Before F5 alone, which is taken whatever is held beside it.
    view.time.keys(ui, game, actions);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let alive = matches!(game.state, GameState::Running | GameState::Paused);
    if pressed(Key::F2) && alive && game.can_save_state {
        actions.push(Action::Engine(Command::Game(GameCommand::SaveState(Slot::clamped(view.slot)))));
    }
    if pressed(Key::F4) && alive && slot_saved(game, view.slot) {
        actions.push(Action::Engine(Command::Game(GameCommand::LoadState(Slot::clamped(view.slot)))));
    }
    if pressed(Key::F5) && alive {
        let paused = game.state == GameState::Paused;
        actions.push(Action::Engine(Command::Game(if paused { GameCommand::Resume } else { GameCommand::Pause })));
    }
    if pressed(Key::F6) {
        view.slot = (view.slot + 9) % 10;
    }
    if pressed(Key::F7) {
        view.slot = (view.slot + 1) % 10;
    }
    if pressed(Key::F8) && alive {
        actions.push(Action::Engine(Command::Screenshot));
    }
    if pressed(Key::F10) && (alive || model.snapshot.recording) {
        let recording = model.snapshot.recording;
        actions.push(Action::Engine(if recording { Command::StopRecording } else { Command::StartRecording }));
    }
    if pressed(Key::F9) {
        control_bar::toggle_mute(view, model, actions);
    }
}

pub(super) fn has_ended(game: &GameStatus) -> bool {
    matches!(game.state, GameState::Crashed(_) | GameState::Failed(_))
}

/// Whether there is something to load from `slot`.
pub(super) fn slot_saved(game: &GameStatus, slot: u8) -> bool {
    game.can_save_state && game.states.slots.get(usize::from(slot)).is_some_and(Option::is_some)
}

fn bars(view: &mut View, ui: &mut Ui, model: &Model, game: &GameStatus, actions: &mut Vec<Action>) {
    let bar = Frame::new().fill(theme::PANEL).inner_margin(Margin::symmetric(12, 0));
    Panel::top("game-bar").exact_size(52.0).show_separator_line(false).frame(bar).show(ui, |ui| {
        top_bar(view, ui, model, game, actions);
    });
    Panel::bottom("controls").exact_size(54.0).show_separator_line(false).frame(bar).show(ui, |ui| {
        control_bar::show(view, ui, model, game, actions);
    });
    if !view.side_panel_hidden {
        let width = (ui.available_width() * 0.3).clamp(250.0, 310.0);
        let side = Frame::new().fill(theme::PANEL).inner_margin(Margin { left: 12, right: 12, top: 4, bottom: 4 });
        Panel::right("people").exact_size(width).resizable(false).show_separator_line(false).frame(side).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 10.0;
                let chat_height = chat_height(view.chat.open, ui.available_height());
                let above = (ui.available_height() - chat_height - 10.0).max(80.0);
                ScrollArea::vertical().auto_shrink([false, false]).max_height(above).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 10.0;
                    join_requests::cards(ui, model, actions);
                    widgets::card(ui, |ui| invite::panel(view, ui, model, actions));
                    people::show(ui, model, actions);
                });
                chat::show(&mut view.chat, ui, model, chat_height, actions);
            },
        );
    }
}

/// What the chat takes of the side panel: less than half of it, so that the people stay in sight.
fn chat_height(open: bool, available: f32) -> f32 {
    if open { (available * 0.46).clamp(230.0, 420.0) } else { chat::CLOSED_HEIGHT }
}

fn top_bar(view: &mut View, ui: &mut Ui, model: &Model, game: &GameStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let mut close = false;
    widgets::row(
        ui,
        52.0,
        |ui| {
            close = ui.add(Button::icon(Icon::Back, texts.close_game)).on_hover_text(texts.close_game).clicked();
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.add_space(8.0);
                widgets::line(ui, &game.title, theme::semibold(15.0), theme::TEXT);
                if model.capture.active {
                    let hint = control_bar::capture_hint(texts, model.capture);
                    widgets::line(ui, hint, theme::regular(12.0), theme::ACCENT);
                } else {
                    widgets::line(ui, &game.core_name, theme::regular(12.0), theme::TEXT_WEAK);
                }
            });
        },
        |ui| {
            let (tip, shown) =
                if view.side_panel_hidden { (texts.show_panel, false) } else { (texts.hide_panel, true) };
            let panel = ui.add(Button::icon(Icon::Panel, tip).selected(shown)).on_hover_text(tip);
            if !shown && view.chat.unread(&model.snapshot.chat) > 0 {
                ui.painter().circle_filled(panel.rect.right_top() + egui::vec2(-7.0, 7.0), 4.0, theme::ACCENT);
            }
            if panel.clicked() {
                view.side_panel_hidden = shown;
            }
            let settings = ui.add(Button::icon(Icon::Gear, texts.settings)).on_hover_text(texts.settings);
            if settings.clicked() {
                view.dialog = Some(Dialog::Settings(SettingsDraft::of(model.settings)));
            }
            let tip = format!("{} (F11)", texts.full_screen);
            if ui.add(Button::icon(Icon::FullScreen, texts.full_screen)).on_hover_text(tip).clicked() {
                actions.push(Action::FullScreen(true));
            }
            ui.add_space(6.0);
            speed(ui, model, game);
            leds::show(ui, model.leds, texts.leds);
            home::software_rendering(ui, model);
        },
    );
    if close {
        actions.push(Action::Engine(Command::Close));
    }
}

/// From right to left, as the bar is.
fn speed(ui: &mut Ui, model: &Model, game: &GameStatus) {
    if !matches!(game.state, GameState::Running | GameState::Paused) {
        return;
    }
    let (texts, stats) = (model.texts, &model.snapshot.stats);
    let small = |text: String, color| {
        egui::Label::new(RichText::new(text).font(theme::regular(13.0)).color(color)).extend().sense(Sense::hover())
    };
    if stats.latency_p50_ms > 0.0 {
        let ms = |value: f64| format!("{value:.1}");
        let tip = fill(
            texts.latency_tip,
            &[
                ("p50", &ms(stats.latency_p50_ms)),
                ("p99", &ms(stats.latency_p99_ms)),
                ("rate", &people::rate(texts, stats.kbit_s)),
            ],
        );
        let text = fill(texts.latency, &[("ms", &ms(stats.latency_p50_ms))]);
        ui.add(small(text, theme::TEXT_WEAK)).on_hover_text(tip);
        ui.add(small("·".into(), theme::TEXT_WEAK));
    }
    if game.ahead.frames > 0 {
        let frames = run_ahead::frames(texts, game.ahead.frames);
        let tip = fill(texts.run_ahead_now, &[("frames", &game.ahead.frames.to_string())]);
        ui.add(small(format!("−{frames}"), theme::ACCENT)).on_hover_text(tip);
        ui.add(small("·".into(), theme::TEXT_WEAK));
    }
    let slow = game.state == GameState::Running
        && game.flow == Flow::Normal
        && stats.target_fps > 0.0
        && stats.fps < stats.target_fps * 0.97;
    let tip = fill(
        texts.fps_tip,
        &[
            ("target", &format!("{:.2}", stats.target_fps)),
            ("width", &stats.width.to_string()),
            ("height", &stats.height.to_string()),
        ],
    );
    let text = fill(texts.fps, &[("fps", &format!("{:.1}", stats.fps))]);
    ui.add(small(text, if slow { theme::WARNING } else { theme::TEXT_WEAK })).on_hover_text(tip);
}
