//! The dialog with all invite links: what each grants, how to revoke it, and a form for another.

use super::dialog::{self, DialogState};
use super::icons::Icon;
use super::invite::{Copied, link_box};
use super::view::{Action, Model};
use super::widgets::{self, Button, Emphasis};
use super::{people, theme, time};
use crate::engine::InviteStatus;
use crate::room::{InviteTerms, Permission, RevokeScope, RoomCommand, SeatGrant};
use crate::settings::Settings;
use crate::text::{Texts, fill};
use egui::{ComboBox, Ui};
use std::time::Duration;

/// How many guests a new link can admit.
const USES: [Option<u32>; 4] = [None, Some(1), Some(3), Some(10)];
/// How long it can be valid, in seconds.
const LASTS: [Option<u64>; 4] = [None, Some(600), Some(3600), Some(86_400)];

/// The form for a new link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkDraft {
    terms: InviteTerms,
}

impl LinkDraft {
    /// Before anything is chosen.
    pub fn of(settings: &Settings) -> Self {
        Self { terms: default_terms(settings) }
    }
}

/// What a link grants unless the host chooses otherwise.
pub(super) fn default_terms(settings: &Settings) -> InviteTerms {
    InviteTerms { approval: settings.ask_before_joining, ..InviteTerms::default() }
}

pub(super) fn show(
    copied: &mut Copied,
    ui: &Ui,
    model: &Model,
    draft: &mut LinkDraft,
    actions: &mut Vec<Action>,
) -> DialogState {
    let texts = model.texts;
    dialog::show(ui, "links", 560.0, texts.links_title, texts.close, |ui| {
        if model.snapshot.invites.is_empty() {
            widgets::explain(ui, texts.no_links);
        }
        for invite in &model.snapshot.invites {
            widgets::keyed(ui, ("invite", invite.id), |ui| {
                widgets::card(ui, |ui| invite_card(copied, ui, model, invite, actions))
            });
        }
        dialog::heading(ui, texts.new_link);
        new_link(ui, model, draft, actions);
        DialogState::Open
    })
}

fn invite_card(copied: &mut Copied, ui: &mut Ui, model: &Model, invite: &InviteStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    widgets::line(ui, &grants(texts, &invite.terms), theme::semibold(14.0), theme::TEXT);
    let mut about = vec![match invite.terms.uses {
        Some(uses) => fill(texts.used_of, &[("n", &invite.used.to_string()), ("most", &uses.to_string())]),
        None => fill(texts.used, &[("n", &invite.used.to_string())]),
    }];
    if let Some(ends) = invite.ends {
        about.push(fill(texts.time_left, &[("time", &time::remaining(ui, ends))]));
    }
    widgets::explain(ui, about.join(" · "));
    let Some(link) = invite.links.first() else { return };
    link_box(ui, link);
    ui.horizontal(|ui| {
        copied.button(ui, texts, link, texts.copy_link, Emphasis::Plain);
        let button = ui.add(Button::text(texts.take_back).with_icon(Icon::Close));
        widgets::menu(&button, ("invite", invite.id), 240.0, |ui| {
            for (text, scope) in
                [(texts.take_back_link, RevokeScope::LinkOnly), (texts.take_back_people, RevokeScope::WithPeople)]
            {
                if ui.button(text).clicked() {
                    actions.push(Action::room(RoomCommand::Revoke(invite.id, scope)));
                    ui.close();
                }
            }
        });
    });
}

fn new_link(ui: &mut Ui, model: &Model, draft: &mut LinkDraft, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let terms = &mut draft.terms;
    let seats = model.snapshot.seats.iter().map(|seat| SeatGrant::Seat(seat.seat));
    let grants = std::iter::once(SeatGrant::Any).chain(seats).chain([SeatGrant::Watch]);
    choice(ui, texts.link_for, &mut terms.grant, grants, |grant| grant_text(texts, grant));
    choice(ui, texts.link_uses, &mut terms.uses, USES, |uses| match uses {
        Some(uses) => uses.to_string(),
        None => texts.no_limit.to_owned(),
    });
    let lasts = LASTS.map(|seconds| seconds.map(Duration::from_secs));
    choice(ui, texts.link_lasts, &mut terms.lasts, lasts, |lasts| {
        let text = match lasts.map(|lasts| lasts.as_secs()) {
            None => texts.no_limit,
            Some(600) => texts.ten_minutes,
            Some(3600) => texts.one_hour,
            Some(_) => texts.one_day,
        };
        text.to_owned()
    });
    widgets::switch(ui, &mut terms.approval, texts.ask_first, texts.ask_first);
    widgets::section(ui, texts.may);
    ui.horizontal_wrapped(|ui| {
        for right in Permission::ALL {
            let mut on = terms.permissions.has(right);
            if ui.checkbox(&mut on, people::permission_text(texts, right)).changed() {
                terms.permissions = terms.permissions.with(right, on);
            }
        }
    });
    if ui.add(Button::text(texts.make_link).with_icon(Icon::Plus).primary()).clicked() {
        actions.push(Action::room(RoomCommand::Invite(*terms)));
        *draft = LinkDraft::of(model.settings);
    }
}

/// A line with a label and a list to choose from.
fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    label: &str,
    chosen: &mut T,
    choices: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> String,
) {
    let left = |ui: &mut Ui| drop(widgets::line(ui, label, theme::regular(14.0), theme::TEXT));
    widgets::row(ui, 36.0, left, |ui| {
        let combo = ComboBox::from_id_salt(label).selected_text(name(*chosen)).width(200.0);
        let combo = combo.show_ui(ui, |ui| {
            for choice in choices {
                ui.selectable_value(chosen, choice, name(choice));
            }
        });
        combo.response.accessible_name(label);
    });
}

fn grant_text(texts: &Texts, grant: SeatGrant) -> String {
    match grant {
        SeatGrant::Any => texts.any_seat.to_owned(),
        SeatGrant::Seat(seat) => people::player(texts, seat),
        SeatGrant::Watch => texts.watch_only.to_owned(),
    }
}

/// "Player 2 · needs your approval · save and load".
fn grants(texts: &Texts, terms: &InviteTerms) -> String {
    let mut parts = vec![grant_text(texts, terms.grant)];
    if terms.approval {
        parts.push(texts.asks_first.to_owned());
    }
    parts.extend(terms.permissions.iter().map(|right| people::permission_text(texts, right).to_owned()));
    parts.join(" · ")
}
