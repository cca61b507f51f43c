//! How far the running game is run ahead of itself, and what it can take of that.

use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::{AheadAdvice, Command, GameState, GameStatus, MOST_AHEAD};
use crate::text::{Message, Texts, fill};
use egui::{ComboBox, RichText, Ui};

pub(super) fn frames(texts: &Texts, frames: u32) -> String {
    match frames {
        0 => texts.run_ahead_off.to_owned(),
        1 => texts.run_ahead_one.to_owned(),
        frames => fill(texts.run_ahead_frames, &[("frames", &frames.to_string())]),
    }
}

/// In the dialog of the game.
pub(super) fn panel(ui: &mut Ui, model: &Model, game: &GameStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let mut new = model.settings.clone();
    ui.label(RichText::new(texts.run_ahead).font(theme::semibold(14.0)).color(theme::TEXT));
    widgets::explain(ui, texts.run_ahead_hint);
    ui.horizontal_wrapped(|ui| {
        let combo = ComboBox::from_id_salt("run-ahead").selected_text(frames(texts, new.run_ahead)).width(120.0);
        let combo = combo.show_ui(ui, |ui| {
            for number in 0..=MOST_AHEAD {
                ui.selectable_value(&mut new.run_ahead, number, frames(texts, number));
            }
        });
        combo.response.accessible_name(texts.run_ahead);
        let on = matches!(game.state, GameState::Running | GameState::Paused);
        if ui.add_enabled(on, Button::text(texts.run_ahead_try)).clicked() {
            actions.push(Action::Engine(Command::AdviseAhead));
        }
    });
    if let Some(advice) = &game.advice {
        widgets::explain(ui, advised(texts, advice));
    }
    if let Some(why) = game.ahead.no_ahead {
        widgets::explain(ui, fill(texts.run_ahead_not, &[("why", &why.text(texts))]));
    }
    ui.checkbox(&mut new.late_latch, texts.late_latch).on_hover_text(texts.late_latch_hint);
    match game.ahead.no_latch {
        Some(why) => widgets::explain(ui, fill(texts.late_latch_not, &[("why", &why.text(texts))])),
        None if game.ahead.latch => widgets::explain(ui, texts.late_latch_on),
        None => {}
    }
    ui.add_space(8.0);
    if new != *model.settings {
        actions.push(Action::Change(Box::new(new)));
    }
}

fn advised(texts: &Texts, advice: &AheadAdvice) -> String {
    let ms = format!("{:.1}", f64::from(advice.frame_us) / 1000.0);
    match (advice.refused, advice.frames) {
        (Some(why), _) => fill(texts.run_ahead_not, &[("why", &why.text(texts))]),
        (None, None) => texts.run_ahead_no_answer.to_owned(),
        (None, Some(0)) => texts.run_ahead_no_lag.to_owned(),
        (None, Some(frames)) => fill(texts.run_ahead_can, &[("frames", &frames.to_string()), ("ms", &ms)]),
    }
}
