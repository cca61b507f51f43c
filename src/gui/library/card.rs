//! A game in the grid and in the list.

use super::super::icons::{self, Icon};
use super::super::theme;
use super::super::time;
use super::super::view::Model;
use crate::library::catalog::{GameEntry, short_name};
use crate::text::{Texts, fill};
use egui::epaint::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, FontId, Galley, Painter, Rect, Stroke, StrokeKind, TextFormat, Vec2, pos2, vec2,
};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How large cards are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CardSize {
    /// In points.
    pub width: f32,
    /// Of texts, against the usual.
    pub scale: f32,
}

impl CardSize {
    pub(super) const USUAL: CardSize = CardSize { width: 168.0, scale: 1.0 };
    /// To be read from a sofa.
    pub(super) const LARGE: CardSize = CardSize { width: 264.0, scale: 1.5 };

    pub(super) fn height(self) -> f32 {
        self.picture() + 62.0 * self.scale
    }

    /// The picture is as high as the card is wide.
    fn picture(self) -> f32 {
        self.width
    }
}

/// What state a card is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lit {
    pub hovered: bool,
    pub focused: bool,
}

pub(super) fn paint(painter: &Painter, rect: Rect, model: &Model, entry: &GameEntry, size: CardSize, lit: Lit) {
    let corner = CornerRadius::same(12);
    let ground = ground(lit);
    let top = Rect::from_min_size(rect.min, vec2(rect.width(), size.picture()));
    // Not below the picture as well: where the processor draws, each pixel that is painted twice takes twice as long.
    let below = Rect::from_min_max(top.left_bottom(), rect.max);
    painter.rect_filled(below, CornerRadius { nw: 0, ne: 0, ..corner }, ground);
    picture(painter, top, model, entry, size, ground);
    let inner = Rect::from_min_max(pos2(rect.left(), top.bottom()), rect.max).shrink2(vec2(10.0, 7.0) * size.scale);
    let title = cut(painter, &entry.title, theme::semibold(14.0 * size.scale), theme::TEXT, inner.width());
    let below = inner.top() + title.size().y + 3.0 * size.scale;
    painter.galley(inner.min, title, theme::TEXT);
    let about = about(model.texts, entry);
    let about = cut(painter, &about, theme::regular(12.0 * size.scale), theme::TEXT_WEAK, inner.width());
    painter.galley(pos2(inner.left(), below), about, theme::TEXT_WEAK);
    if entry.record.favourite {
        favourite(painter, top.right_top() + vec2(-20.0, 20.0) * size.scale, size.scale);
    }
    ring(painter, rect, corner, lit);
}

/// In the list: a small picture, the title, and what else is known.
pub(super) fn paint_row(painter: &Painter, rect: Rect, model: &Model, entry: &GameEntry, lit: Lit) {
    let corner = CornerRadius::same(10);
    painter.rect_filled(rect, corner, ground(lit));
    let side = rect.height();
    let square = Rect::from_min_size(rect.min, Vec2::splat(side)).shrink(6.0);
    picture(painter, square, model, entry, CardSize { width: side, scale: 0.5 }, ground(lit));
    let text = Rect::from_min_max(pos2(square.right() + 12.0, rect.top() + 8.0), rect.max - vec2(14.0, 6.0));
    let played = played(model.texts, entry);
    let right = cut(painter, &played, theme::regular(12.5), theme::TEXT_WEAK, text.width() * 0.4);
    let left = text.width() - right.size().x - 44.0;
    painter.galley(
        pos2(text.right() - right.size().x, rect.center().y - right.size().y / 2.0),
        right,
        theme::TEXT_WEAK,
    );
    painter.galley(text.min, cut(painter, &entry.title, theme::semibold(15.0), theme::TEXT, left), theme::TEXT);
    let about = cut(painter, &about(model.texts, entry), theme::regular(12.5), theme::TEXT_WEAK, left);
    painter.galley(text.min + vec2(0.0, 22.0), about, theme::TEXT_WEAK);
    if entry.record.favourite {
        favourite(painter, pos2(text.left() + left + 22.0, rect.center().y), 1.0);
    }
    ring(painter, rect, corner, lit);
}

fn ring(painter: &Painter, rect: Rect, corner: CornerRadius, lit: Lit) {
    let stroke = if lit.focused { Stroke::new(2.5, theme::ACCENT) } else { Stroke::new(1.0, theme::LINE) };
    painter.rect_stroke(rect, corner, stroke, StrokeKind::Inside);
}

/// What a card is painted on.
fn ground(lit: Lit) -> Color32 {
    if lit.hovered || lit.focused { theme::RAISED } else { theme::CARD }
}

/// As large as fits without being cut or stretched, or else the name on the machine's colour.
fn picture(painter: &Painter, rect: Rect, model: &Model, entry: &GameEntry, size: CardSize, ground: Color32) {
    let rect = rect.shrink(1.0);
    let color = theme::player(crate::input::Seat::ALL[color_of(&entry.system) % 6]);
    let corner = CornerRadius { sw: 0, se: 0, ..CornerRadius::same(11) };
    if let Some(texture) = model.game_pictures.of(&entry.path) {
        // On a card it lies on the window's own ground; in a line, on that of the line.
        if size.scale < 1.0 {
            painter.rect_filled(rect, corner, theme::BACKGROUND);
        }
        let shape = texture.size_vec2();
        let area = rect.shrink(if size.scale < 1.0 { 0.0 } else { 8.0 });
        let scale = (area.width() / shape.x).min(area.height() / shape.y);
        let target = Rect::from_center_size(area.center(), shape * scale);
        painter.image(texture.id(), target, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
        return;
    }
    painter.rect_filled(rect, corner, ground.blend(color.gamma_multiply(0.16)));
    if size.scale < 1.0 {
        let initial = entry.title.chars().find(|c| c.is_alphanumeric()).unwrap_or('?').to_uppercase().to_string();
        painter.text(rect.center(), Align2::CENTER_CENTER, initial, theme::semibold(20.0), color);
        return;
    }
    let area = rect.shrink(14.0 * size.scale);
    let mut job = LayoutJob::simple(entry.title.clone(), theme::semibold(18.0 * size.scale), theme::TEXT, area.width());
    job.wrap.max_rows = 4;
    let title = painter.layout_job(job);
    painter.galley(area.min, title, theme::TEXT);
    let system = cut(painter, short_name(&entry.system), theme::semibold(12.0 * size.scale), color, area.width());
    painter.galley(pos2(area.left(), area.bottom() - system.size().y), system, color);
}

/// A mark that no font has to have.
fn favourite(painter: &Painter, center: egui::Pos2, scale: f32) {
    painter.circle_filled(center, 12.0 * scale, Color32::from_black_alpha(150));
    let square = Rect::from_center_size(center, Vec2::splat(16.0 * scale));
    icons::paint(painter, Icon::Star, square, theme::WARNING);
}

/// Machine, region, revision and discs.
pub(super) fn about(texts: &Texts, entry: &GameEntry) -> String {
    let discs = match entry.discs.len() {
        0 => String::new(),
        n => fill(texts.library_discs, &[("n", &n.to_string())]),
    };
    let players = entry.players.map(|n| match n {
        1 => texts.library_one_player.to_owned(),
        n => fill(texts.library_players_of, &[("n", &n.to_string())]),
    });
    let parts = [short_name(&entry.system), &entry.region, &entry.revision, &discs, players.as_deref().unwrap_or("")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// When and how long.
fn played(texts: &Texts, entry: &GameEntry) -> String {
    if entry.record.last_played == 0 {
        return String::new();
    }
    let minutes = entry.record.played / 60;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ago = time::ago(texts, now.saturating_sub(Duration::from_secs(entry.record.last_played)));
    match minutes {
        0 => ago,
        1..=59 => format!("{ago} · {}", fill(texts.library_minutes, &[("n", &minutes.to_string())])),
        _ => format!("{ago} · {}", fill(texts.library_hours, &[("n", &(minutes / 60).to_string())])),
    }
}

/// What a screen reader says.
pub(super) fn spoken(texts: &Texts, entry: &GameEntry) -> String {
    let about = about(texts, entry);
    let favourite = if entry.record.favourite { texts.library_is_favourite } else { "" };
    [entry.title.as_str(), &about, favourite].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ")
}

/// One line, cut with an ellipsis.
fn cut(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    painter.layout_job(job)
}

/// The same machine gets the same colour every time.
fn color_of(system: &str) -> usize {
    system.bytes().fold(7usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}
