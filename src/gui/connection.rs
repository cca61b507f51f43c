//! How friends get to this machine: each step between, what was found, and what to do about it.

use super::dialog::{self, DialogState};
use super::theme;
use super::view::Model;
use super::widgets;
use crate::engine::{Step, StepState, diagnose};
use crate::text::Message;
use egui::{Color32, Label, RichText, Sense, Ui, vec2};

fn color(state: StepState) -> Color32 {
    match state {
        StepState::Good => theme::GOOD,
        StepState::Limited | StepState::Working => theme::WARNING,
        StepState::Bad => theme::ERROR,
        StepState::Off => theme::TEXT_WEAK,
    }
}

pub(super) fn show(ui: &Ui, model: &Model) -> DialogState {
    let texts = model.texts;
    dialog::show(ui, "connection", 560.0, texts.connection_title, texts.close, |ui| {
        for step in diagnose(&model.snapshot.internet, texts) {
            show_step(ui, model, &step);
        }
        DialogState::Open
    })
}

fn show_step(ui: &mut Ui, model: &Model, step: &Step) {
    let texts = model.texts;
    let word = match step.state {
        StepState::Good => texts.step_good,
        StepState::Working => texts.step_working,
        StepState::Limited => texts.step_limited,
        StepState::Bad => texts.step_bad,
        StepState::Off => texts.step_off,
    };
    widgets::card(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::row(
            ui,
            24.0,
            |ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
                ui.painter().circle_filled(rect.center(), 5.0, color(step.state));
                widgets::line(ui, &step.title.text(texts), theme::semibold(15.0), theme::TEXT);
            },
            // Said as well as shown: colours are not for everybody.
            |ui| drop(widgets::line(ui, word, theme::regular(13.0), color(step.state))),
        );
        ui.add(Label::new(RichText::new(step.finding.text(texts)).size(14.0)).wrap());
        if let Some(advice) = &step.advice {
            ui.add(Label::new(RichText::new(advice.text(texts)).size(13.0).color(theme::TEXT_WEAK)).wrap());
        }
    });
    ui.add_space(6.0);
}
