//! The link that friends open: shown, copied, or scanned.

use super::dialog;
use super::icons::Icon;
use super::theme;
use super::view::{Dialog, Model, View};
use super::widgets::{self, Button};
use egui::{Color32, CornerRadius, Frame, Margin, Rect, RichText, Sense, Ui, Vec2, vec2};
use fast_qr::{ECL, QRBuilder};

/// How long a button says that it has copied.
const COPIED_SECONDS: f64 = 2.0;

/// For the side panel: one under the other.
pub(super) fn panel(view: &mut View, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    widgets::section(ui, texts.invite);
    let Some(link) = model.snapshot.invites.first() else {
        widgets::explain(ui, texts.invite_wait);
        return;
    };
    link_box(ui, link);
    widgets::row(
        ui,
        34.0,
        |ui| copy(view.copied_at, ui, model, link, true).unwrap_or_default().apply(&mut view.copied_at),
        |ui| {
            let qr = ui.add(Button::icon(Icon::Qr, texts.show_qr).boxed()).on_hover_text(texts.show_qr);
            if qr.clicked() {
                view.dialog = Some(Dialog::Qr);
            }
        },
    );
    widgets::explain(ui, texts.invite_hint);
}

/// For the start screen: side by side.
pub(super) fn strip(view: &mut View, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    let Some(link) = model.snapshot.invites.first() else { return };
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
            copy(view.copied_at, ui, model, link, false).unwrap_or_default().apply(&mut view.copied_at);
        },
    );
}

/// The code to scan, in a box of its own. False once it is closed.
pub(super) fn show_qr(view: &mut View, ui: &Ui, model: &Model) -> bool {
    let texts = model.texts;
    let Some(link) = model.snapshot.invites.first() else { return false };
    dialog::show(ui, "qr", 340.0, texts.qr_title, texts.close, |ui| {
        ui.vertical_centered(|ui| qr_code(ui, link, 260.0));
        ui.add_space(2.0);
        link_box(ui, link);
        copy(view.copied_at, ui, model, link, true).unwrap_or_default().apply(&mut view.copied_at);
        widgets::explain(ui, texts.qr_hint);
        let others = &model.snapshot.invites[1..];
        if !others.is_empty() {
            dialog::heading(ui, texts.more_addresses);
            for other in others {
                link_box(ui, other);
            }
        }
        false
    })
}

#[derive(Default)]
struct Copied(Option<f64>);

impl Copied {
    fn apply(self, at: &mut Option<f64>) {
        if self.0.is_some() {
            *at = self.0;
        }
    }
}

fn copy(copied_at: Option<f64>, ui: &mut Ui, model: &Model, link: &str, wide: bool) -> Option<Copied> {
    let texts = model.texts;
    let now = ui.input(|input| input.time);
    let left = copied_at.map_or(0.0, |at| COPIED_SECONDS - (now - at));
    let button = if left > 0.0 {
        ui.ctx().request_repaint_after_secs(left as f32);
        Button::text(texts.link_copied).with_icon(Icon::Check)
    } else {
        Button::text(texts.copy_link).with_icon(Icon::Copy)
    };
    let clicked = ui.add(if wide { button.wide().primary() } else { button }).clicked();
    clicked.then(|| {
        ui.ctx().copy_text(link.to_owned());
        ui.ctx().request_repaint();
        Copied(Some(now))
    })
}

/// The link itself; a click selects nothing and copies it.
fn link_box(ui: &mut Ui, link: &str) {
    Frame::new().fill(theme::BACKGROUND).corner_radius(8).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let text = RichText::new(link).monospace().color(theme::TEXT);
        let label = ui.add(egui::Label::new(text).truncate().sense(Sense::click()));
        if label.on_hover_cursor(egui::CursorIcon::Copy).clicked() {
            ui.ctx().copy_text(link.to_owned());
        }
    });
}

/// Dark on white, with the quiet border that scanners need; `side` is the most room it takes, in points.
fn qr_code(ui: &mut Ui, link: &str, side: f32) {
    // A link of thousands of characters would not fit; then there is the text alone.
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
