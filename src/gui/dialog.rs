//! The frame that every dialog over the window has.

use super::icons::Icon;
use super::theme;
use super::widgets::{self, Button};
use egui::{Frame, Id, Margin, RichText, ScrollArea, Stroke, Ui};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum DialogState {
    Open,
    Closed,
}

/// Shows a dialog, at most `width` points wide, with a title and a button named `close`. It is closed when `add` says so, by
/// that button, by Escape or by a click beside it.
pub fn show(
    ui: &Ui,
    id: &str,
    width: f32,
    title: &str,
    close: &str,
    add: impl FnOnce(&mut Ui) -> DialogState,
) -> DialogState {
    let screen = ui.ctx().content_rect().size();
    let width = width.min(screen.x - 64.0);
    let frame = Frame::new()
        .fill(theme::PANEL)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(16)
        .inner_margin(Margin::same(20))
        .shadow(ui.visuals().window_shadow);
    let id = Id::unique(id);
    let area = egui::Modal::default_area(id).default_size([width, screen.y]);
    let response = egui::Modal::new(id).area(area).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width);
        let mut done = false;
        widgets::row(
            ui,
            34.0,
            |ui| drop(widgets::line(ui, title, theme::semibold(18.0), theme::TEXT)),
            |ui| done = ui.add(Button::icon(Icon::Close, close)).clicked(),
        );
        ui.add_space(6.0);
        ScrollArea::vertical().max_height(screen.y - 140.0).show(ui, |ui| {
            ui.set_width(width);
            done |= add(ui) == DialogState::Closed;
        });
        done
    });
    if response.inner || response.should_close() { DialogState::Closed } else { DialogState::Open }
}

/// With space before it.
pub fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).font(theme::semibold(14.0)).color(theme::TEXT));
}
