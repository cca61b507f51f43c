//! The link that friends open: shown, copied, scanned, or read aloud.

use super::dialog::{self, DialogState};
use super::icons::Icon;
use super::invite_links::{self, LinkDraft};
use super::view::{Action, Dialog, Model, View};
use super::widgets::{self, Button, Emphasis};
use super::{invite_code, theme};
use crate::engine::{InviteStatus, StepState, diagnose};
use crate::room::InviteTerms;
use crate::room::RoomCommand;
use crate::text::Texts;
use egui::{Color32, CornerRadius, Frame, Margin, Rect, RichText, Sense, Ui, Vec2, vec2};
use fast_qr::{ECL, QRBuilder};

/// How long a button shows that it has copied.
const COPIED_SECONDS: f64 = 2.0;
/// In a lower window the side panel has no room for explanations, in points.
const ROOMY: f32 = 700.0;

/// The link to hand out: the one that exists from the start, or another with the default terms. A link for one seat, for a
/// number of uses or with permissions is meant for a particular guest, and one that a guest made is that guest's own.
fn open_invite<'a>(model: &'a Model) -> Option<&'a InviteStatus> {
    let plain = |terms: &InviteTerms| *terms == InviteTerms { approval: terms.approval, ..InviteTerms::default() };
    model.snapshot.invites.iter().find(|invite| plain(&invite.terms) && !invite.by_guest && !invite.links.is_empty())
}

/// The same as it is opened: the address most likely to work.
pub(super) fn open_link<'a>(model: &'a Model) -> Option<&'a str> {
    Some(open_invite(model)?.links.first()?.as_str())
}

/// The first snapshot of the room has come.
pub(super) fn is_known(model: &Model) -> bool {
    !model.snapshot.invites.is_empty() || !model.snapshot.seats.is_empty()
}

/// For the side panel, one under the other. With guests in the room only what is needed often, until the host unfolds it.
pub(super) fn panel(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let Some(invite) = open_invite(model) else {
        widgets::section(ui, texts.invite);
        without_link(&mut view.dialog, ui, model, actions);
        return;
    };
    let link = &invite.links[0];
    let folds = !model.snapshot.peers.is_empty();
    let whole = !folds || view.invite_open;
    if whole {
        widgets::section(ui, texts.invite);
        link_box(ui, link);
    }
    widgets::row(
        ui,
        34.0,
        |ui| view.copied.button(ui, texts, link, texts.copy_link, Emphasis::Primary),
        |ui| {
            if folds {
                let name = if whole { texts.less_invite } else { texts.more_invite };
                let more = Button::icon(if whole { Icon::Down } else { Icon::More }, name).boxed();
                if ui.add(more).on_hover_text(name).clicked() {
                    view.invite_open = !whole;
                    ui.ctx().request_repaint();
                }
            }
            let qr = ui.add(Button::icon(Icon::Qr, texts.show_qr).boxed()).on_hover_text(texts.show_qr);
            if qr.clicked() {
                view.dialog = Some(Dialog::Qr);
            }
        },
    );
    if whole && ui.ctx().content_rect().height() >= ROOMY {
        widgets::explain(ui, if invite.terms.approval { texts.invite_hint_ask } else { texts.invite_hint });
    }
    invite_code::show(&mut view.copied, ui, model, invite, actions);
    if whole {
        ask_first(ui, model, invite, actions);
        ui.horizontal_wrapped(|ui| {
            if !invite_code::is_valid(invite) {
                invite_code::button(ui, model, invite, actions);
            }
            more_links(&mut view.dialog, ui, model);
        });
    }
}

/// For the start screen, side by side.
pub(super) fn strip(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let Some(invite) = open_invite(model) else {
        widgets::section(ui, texts.invite);
        without_link(&mut view.dialog, ui, model, actions);
        return;
    };
    let link = &invite.links[0];
    ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
    widgets::row(
        ui,
        44.0,
        |ui| {
            widgets::icon(ui, Icon::People, 26.0, theme::ACCENT);
            ui.add_space(6.0);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.add_space(3.0);
                widgets::line(ui, texts.invite, theme::semibold(15.0), theme::TEXT);
                widgets::line(ui, link, egui::FontId::monospace(12.5), theme::TEXT_WEAK);
            });
        },
        |ui| {
            let qr = ui.add(Button::icon(Icon::Qr, texts.show_qr).boxed()).on_hover_text(texts.show_qr);
            if qr.clicked() {
                view.dialog = Some(Dialog::Qr);
            }
            view.copied.button(ui, texts, link, texts.copy_link, Emphasis::Plain);
        },
    );
    invite_code::show(&mut view.copied, ui, model, invite, actions);
    ui.horizontal_wrapped(|ui| {
        ask_first(ui, model, invite, actions);
        ui.add_space(12.0);
        if !invite_code::is_valid(invite) {
            invite_code::button(ui, model, invite, actions);
        }
        more_links(&mut view.dialog, ui, model);
    });
}

/// The first link comes a moment after the start; later, every link may have been revoked.
fn without_link(dialog: &mut Option<Dialog>, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    if !is_known(model) {
        widgets::explain(ui, texts.invite_wait);
        return;
    }
    let others = !model.snapshot.invites.is_empty();
    widgets::explain(ui, if others { texts.no_open_link } else { texts.no_links });
    ui.horizontal_wrapped(|ui| {
        if ui.add(Button::text(texts.make_link).with_icon(Icon::Plus).primary()).clicked() {
            actions.push(Action::room(RoomCommand::Invite(invite_links::default_terms(model.settings))));
        }
        if others {
            more_links(dialog, ui, model);
        }
    });
}

fn ask_first(ui: &mut Ui, model: &Model, invite: &InviteStatus, actions: &mut Vec<Action>) {
    let mut approval = invite.terms.approval;
    if widgets::switch(ui, &mut approval, model.texts.ask_first, model.texts.ask_first).changed() {
        actions.push(Action::room(RoomCommand::ChangeInvite(invite.id, InviteTerms { approval, ..invite.terms })));
        let mut settings = model.settings.clone();
        settings.ask_before_joining = approval;
        actions.push(Action::Change(Box::new(settings)));
    }
}

fn more_links(dialog: &mut Option<Dialog>, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    if ui.add(Button::text(texts.more_links).with_icon(Icon::Link)).on_hover_text(texts.more_links_tip).clicked() {
        *dialog = Some(Dialog::Links(LinkDraft::of(model.settings)));
    }
    // Something is in the way of friends elsewhere: it is said where the link is.
    let steps = diagnose(&model.snapshot.internet, texts);
    let trouble = steps.iter().any(|step| step.state == StepState::Bad);
    let button = Button::text(texts.connection).with_icon(Icon::Info);
    let button = if trouble { button.color(theme::WARNING) } else { button };
    if ui.add(button).on_hover_text(texts.connection_tip).clicked() {
        *dialog = Some(Dialog::Connection);
    }
}

pub(super) fn show_qr(view: &mut View, ui: &Ui, model: &Model) -> DialogState {
    let texts = model.texts;
    let Some((link, others)) = open_invite(model).and_then(|invite| invite.links.split_first()) else {
        return DialogState::Closed;
    };
    dialog::show(ui, "qr", 340.0, texts.qr_title, texts.close, |ui| {
        ui.vertical_centered(|ui| qr_code(ui, link, 260.0));
        ui.add_space(2.0);
        link_box(ui, link);
        view.copied.button(ui, texts, link, texts.copy_link, Emphasis::Primary);
        widgets::explain(ui, texts.qr_hint);
        if !others.is_empty() {
            dialog::heading(ui, texts.more_addresses);
            for other in others {
                link_box(ui, other);
            }
        }
        DialogState::Open
    })
}

/// The text copied last and when, so that its button can show it.
#[derive(Debug, Default)]
pub(super) struct Copied(Option<(String, f64)>);

impl Copied {
    /// A button that copies `what`; a primary one fills the width.
    pub fn button(&mut self, ui: &mut Ui, texts: &Texts, what: &str, name: &str, emphasis: Emphasis) {
        let now = ui.input(|input| input.time);
        let at = self.0.as_ref().filter(|(copied, _)| copied == what).map(|(_, at)| *at);
        let left = at.map_or(0.0, |at| COPIED_SECONDS - (now - at));
        let button = if left > 0.0 {
            ui.ctx().request_repaint_after_secs(left as f32);
            Button::text(texts.link_copied).with_icon(Icon::Check)
        } else {
            Button::text(name).with_icon(Icon::Copy)
        };
        let button = if emphasis == Emphasis::Primary { button.wide() } else { button };
        if ui.add(button.emphasis(emphasis)).clicked() {
            ui.ctx().copy_text(what.to_owned());
            ui.ctx().request_repaint();
            self.0 = Some((what.to_owned(), now));
        }
    }
}

/// The link itself; a click copies it.
pub(super) fn link_box(ui: &mut Ui, link: &str) {
    Frame::new().fill(theme::BACKGROUND).corner_radius(8).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let text = RichText::new(link).monospace().color(theme::TEXT);
        let label = ui.add(egui::Label::new(text).truncate().sense(Sense::click()));
        if label.on_hover_cursor(egui::CursorIcon::Copy).clicked() {
            ui.ctx().copy_text(link.to_owned());
        }
    });
}

/// Dark on white, with the quiet border that scanners need; at most `side` points wide.
fn qr_code(ui: &mut Ui, link: &str, side: f32) {
    // A link of thousands of characters does not fit; its text is shown beside the code anyway.
    let Ok(code) = QRBuilder::new(link).ecl(ECL::M).build() else { return };
    const BORDER: usize = 3;
    let modules = code.size + 2 * BORDER;
    let scale = ui.ctx().pixels_per_point();
    // Whole screen pixels, so that every module is equally large.
    let module = ((side * scale / modules as f32).floor().max(1.0)) / scale;
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(module * modules as f32), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, link));
    ui.painter().rect_filled(rect, CornerRadius::same(8), Color32::WHITE);
    let corner = ((rect.min.to_vec2() * scale).round() / scale).to_pos2();
    for y in 0..code.size {
        let row = &code[y];
        let mut x = 0;
        while x < code.size {
            let run = row[x..].iter().take_while(|module| module.value()).count();
            if run > 0 {
                let at = corner + vec2((x + BORDER) as f32, (y + BORDER) as f32) * module;
                let dark = Rect::from_min_size(at, vec2(run as f32 * module, module));
                ui.painter().rect_filled(dark, 0, theme::BACKGROUND);
            }
            x += run.max(1);
        }
    }
}
