//! Guests who wait for approval: a card for each, on top of the side panel or over the picture.

use super::icons::Icon;
use super::people;
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button, Emphasis};
use crate::room::{Decision, JoinRequest, Origin, RoomCommand};
use crate::text::fill;
use egui::{Align2, Area, Color32, Frame, Id, Label, Margin, Order, Stroke, Ui};

/// More than these would hide everything else.
const MAX_SHOWN: usize = 3;

/// One under the other.
pub(super) fn cards(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let requests = &model.snapshot.requests;
    for request in requests.iter().take(MAX_SHOWN) {
        widgets::keyed(ui, ("request", request.id), |ui| card(ui, model, request, actions));
    }
    if let Some(more) = requests.len().checked_sub(MAX_SHOWN).filter(|more| *more > 0) {
        widgets::explain(ui, fill(model.texts.more_wait, &[("n", &more.to_string())]));
    }
}

/// Over the picture, where there is no side panel.
pub(super) fn overlay(ui: &Ui, model: &Model, actions: &mut Vec<Action>) {
    if model.snapshot.requests.is_empty() {
        return;
    }
    let width = (ui.ctx().content_rect().width() - 48.0).min(380.0);
    let area = Area::new(Id::unique("requests")).order(Order::Foreground).anchor(Align2::RIGHT_TOP, [-16.0, 68.0]);
    area.show(ui.ctx(), |ui| {
        ui.set_width(width);
        cards(ui, model, actions);
    });
}

fn card(ui: &mut Ui, model: &Model, request: &JoinRequest, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let frame = Frame::new()
        .fill(theme::CARD)
        .stroke(Stroke::new(1.5, theme::ACCENT))
        .corner_radius(12)
        .shadow(egui::Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(110) })
        .inner_margin(Margin::same(14));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            widgets::icon(ui, Icon::People, 20.0, theme::ACCENT);
            let address = match request.origin {
                Origin::Address(address) => address.to_canonical().to_string(),
                Origin::Broker => texts.by_broker.to_owned(),
            };
            let text = fill(texts.wants_in, &[("name", &request.name), ("address", &address)]);
            ui.add(Label::new(text).wrap());
        });
        ui.horizontal_wrapped(|ui| {
            let mut answer = |text: &str, emphasis, verdict| {
                let name = fill(texts.answer_name, &[("answer", text), ("name", &request.name)]);
                if ui.add(Button::text(text).named(&name).emphasis(emphasis)).clicked() {
                    actions.push(Action::room(RoomCommand::Answer(request.id, verdict)));
                }
            };
            answer(texts.let_in, Emphasis::Primary, Decision::Play(None));
            for seat in model.snapshot.seats.iter().filter(|seat| seat.holders.is_empty()) {
                answer(&people::player(texts, seat.seat), Emphasis::Plain, Decision::Play(Some(seat.seat)));
            }
            answer(texts.let_watch, Emphasis::Plain, Decision::Watch);
            answer(texts.no, Emphasis::Plain, Decision::Decline);
        });
    });
}
