//! The code of an invite link: six digits to be read aloud.

use super::icons::Icon;
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button, Emphasis};
use super::{invite, time};
use crate::engine::InviteStatus;
use crate::room::{CodeChange, RoomCommand};
use crate::text::fill;
use egui::{Frame, Label, Margin, RichText, Ui};

pub(super) fn is_valid(invite: &InviteStatus) -> bool {
    invite.code.is_some()
}

pub(super) fn button(ui: &mut Ui, model: &Model, invite: &InviteStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    if ui.add(Button::text(texts.code).named(texts.code_name)).on_hover_text(texts.code_tip).clicked() {
        actions.push(Action::room(RoomCommand::SetCode(invite.id, CodeChange::Issue)));
    }
}

pub(super) fn show(
    copied: &mut invite::Copied,
    ui: &mut Ui,
    model: &Model,
    invite: &InviteStatus,
    actions: &mut Vec<Action>,
) {
    let texts = model.texts;
    let Some((digits, ends)) = &invite.code else { return };
    Frame::new().fill(theme::BACKGROUND).corner_radius(8).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let (first, rest) = digits.split_at_checked(3).unwrap_or((digits, ""));
        let big = RichText::new(format!("{first} {rest}")).font(theme::semibold(30.0)).color(theme::ACCENT);
        ui.vertical_centered(|ui| ui.add(Label::new(big)));
        let page = invite.links.first().and_then(|link| link.split('#').next()).unwrap_or_default();
        widgets::explain(ui, fill(texts.code_hint, &[("page", page)]));
        widgets::explain(ui, fill(texts.time_left, &[("time", &time::remaining(ui, *ends))]));
        ui.horizontal_wrapped(|ui| {
            copied.button(ui, texts, digits, texts.copy_code, Emphasis::Plain);
            let stop = Button::text(texts.code_stop).with_icon(Icon::Close).named(texts.code_stop_name);
            if ui.add(stop).on_hover_text(texts.code_stop_name).clicked() {
                actions.push(Action::room(RoomCommand::SetCode(invite.id, CodeChange::Clear)));
            }
        });
    });
}
