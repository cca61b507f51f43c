//! What the core wants people to read, at the top of the picture: what happened, how something is, how far something is.

use super::theme;
use crate::session::protocol::{OnScreen, ScreenLine};
use crate::sync::now;
use egui::{Align, Color32, Frame, Label, Layout, Margin, ProgressBar, Rect, RichText, Spinner, Ui, UiBuilder};
use std::time::Duration;

/// Above it, how a core's text is worse than good to know (`RETRO_LOG_WARN`, `RETRO_LOG_ERROR`).
const WARNING: u32 = 2;

pub(super) fn show(ui: &mut Ui, shown: &OnScreen, area: Rect) {
    let now = now();
    let current = |line: &'_ Option<ScreenLine>| line.as_ref().is_some_and(|line| line.until > now);
    let lines = [&shown.note, &shown.progress, &shown.status];
    if !lines.iter().any(|line| current(line)) {
        return;
    }
    let width = (area.width() - 32.0).clamp(80.0, 420.0);
    let place = Rect::from_min_size(area.min + egui::vec2(16.0, 16.0), egui::vec2(width, area.height() - 32.0));
    let mut inner =
        ui.new_child(UiBuilder::new().id_salt("on-screen").max_rect(place).layout(Layout::top_down(Align::Min)));
    inner.set_clip_rect(area);
    inner.spacing_mut().item_spacing.y = 6.0;
    let [note, progress, status] = lines.map(|line| line.as_ref().filter(|line| line.until > now));
    if let Some(line) = note {
        let color = match line.level {
            ..WARNING => theme::TEXT,
            WARNING => theme::WARNING,
            _ => theme::ERROR,
        };
        plate(&mut inner, |ui| words(ui, line, theme::semibold(14.0), color));
    }
    if let Some(line) = progress {
        plate(&mut inner, |ui| bar(ui, line, width - 24.0));
    }
    if let Some(line) = status {
        plate(&mut inner, |ui| words(ui, line, theme::regular(12.5), theme::TEXT_WEAK));
    }
    let ends = [note, progress, status].into_iter().flatten().map(|line| line.until).min();
    let left = ends.map_or(Duration::ZERO, |until| until.saturating_sub(now));
    ui.ctx().request_repaint_after(left + Duration::from_millis(10));
}

fn plate(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let margin = Margin::symmetric(12, 8);
    Frame::new().fill(Color32::from_black_alpha(190)).corner_radius(10).inner_margin(margin).show(ui, content);
}

fn words(ui: &mut Ui, line: &ScreenLine, font: egui::FontId, color: Color32) {
    ui.add(Label::new(RichText::new(&line.text).font(font).color(color)).selectable(false).wrap());
}

fn bar(ui: &mut Ui, line: &ScreenLine, width: f32) {
    match line.percent {
        Some(percent) => {
            words(ui, line, theme::regular(13.5), theme::TEXT);
            let bar = ProgressBar::new(f32::from(percent) / 100.0).desired_width(width).desired_height(8.0);
            ui.add(bar.fill(theme::ACCENT));
        }
        None => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(16.0).color(theme::ACCENT));
                words(ui, line, theme::regular(13.5), theme::TEXT);
            });
        }
    }
}
