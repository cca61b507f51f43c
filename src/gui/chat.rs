//! The chat: a panel to open, and reactions over the picture.

use super::icons::{self, Icon};
use super::theme;
use super::view::{Action, Model};
use super::widgets;
use crate::engine::ChatLine;
use crate::room::RoomCommand;
use crate::room::{EMOJI, Emoji, MAX_TEXT, PeerId, clean_text};
use crate::session::protocol::Presence;
use crate::session::{ChatEvent, disc_line};
use crate::text::fill;
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Color32, CornerRadius, CursorIcon, Key, Label, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// Of the card, in points.
pub(super) const CLOSED_HEIGHT: f32 = 52.0;
/// How long a reaction floats over the picture.
const FLOAT_SECONDS: f64 = 2.6;
/// More at once are too many to tell apart.
const MAX_FLOATS: usize = 24;

/// What is open, read and floating.
#[derive(Debug, Default)]
pub(super) struct Chat {
    pub open: bool,
    text: String,
    /// The newest line that was there at the last painting; none before the first.
    known: Option<u64>,
    /// The newest line that was read.
    read: u64,
    floats: Vec<Float>,
}

/// Of the side panel that holds the chat, whether the chat in it is open or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PanelVisibility {
    Shown,
    Hidden,
}

#[derive(Debug)]
struct Float {
    emoji: Emoji,
    name: String,
    since: f64,
    /// Across the picture, from 0 to 1.
    across: f32,
}

impl Chat {
    /// Takes over new lines at `now`, in seconds. Lines from before the first call count as read.
    pub fn follow(&mut self, lines: &[ChatLine], panel: PanelVisibility, now: f64) {
        let newest = lines.last().map_or(0, |line| line.id);
        let known = *self.known.get_or_insert_with(|| {
            self.read = newest;
            newest
        });
        for line in lines.iter().filter(|line| line.id > known) {
            if let ChatEvent::Reaction { emoji, name, .. } = &line.event {
                // The golden ratio spreads them without a random number.
                let across = (line.id as f64 * 0.618).fract() as f32;
                self.floats.push(Float { emoji: *emoji, name: name.clone(), since: now, across });
            }
        }
        self.known = Some(newest.max(known));
        self.floats.retain(|float| now - float.since < FLOAT_SECONDS);
        self.floats.drain(..self.floats.len().saturating_sub(MAX_FLOATS));
        if self.open && panel == PanelVisibility::Shown {
            self.read = newest;
        }
    }

    /// The number of messages that the host has not read; joining, leaving and reactions do not count.
    pub fn unread(&self, lines: &[ChatLine]) -> usize {
        lines.iter().filter(|line| line.id > self.read && matches!(line.event, ChatEvent::Said { .. })).count()
    }

    /// Draws the reactions over `area`, on their way up.
    pub fn show_floats(&self, ui: &Ui, area: Rect) {
        if self.floats.is_empty() {
            return;
        }
        let now = ui.input(|input| input.time);
        for float in &self.floats {
            let how_far = ((now - float.since) / FLOAT_SECONDS) as f32;
            let alpha = ((1.0 - how_far) * 3.0).clamp(0.0, 1.0);
            let x = area.left() + area.width() * (0.12 + 0.76 * float.across);
            let y = area.bottom() - 56.0 - (area.height() * 0.35).min(220.0) * how_far;
            let painter = ui.painter().with_clip_rect(area);
            let sign = painter.layout_no_wrap(glyph(float.emoji).to_owned(), theme::regular(34.0), Color32::WHITE);
            let name = painter.layout_no_wrap(float.name.clone(), theme::semibold(12.5), theme::TEXT);
            let width = sign.size().x.max(name.size().x) + 20.0;
            let size = vec2(width, sign.size().y + name.size().y + 10.0);
            let plate = Rect::from_center_size(pos2(x, y), size);
            painter.rect_filled(plate, CornerRadius::same(12), Color32::from_black_alpha((150.0 * alpha) as u8));
            let top = pos2(x - sign.size().x / 2.0, plate.top() + 4.0);
            let under = pos2(x - name.size().x / 2.0, plate.bottom() - name.size().y - 5.0);
            painter.galley(under, name, theme::TEXT);
            painter.galley_with_override_text_color(top, sign, emoji_color(float.emoji).gamma_multiply(alpha));
        }
        ui.ctx().request_repaint();
    }
}

/// The card: a heading to click, and while it is open the lines, the reactions and the field.
pub(super) fn show(chat: &mut Chat, ui: &mut Ui, model: &Model, height: f32, actions: &mut Vec<Action>) {
    let (texts, lines) = (model.texts, &model.snapshot.chat);
    widgets::card(ui, |ui| {
        let unread = if chat.open { 0 } else { chat.unread(lines) };
        let name = match unread {
            0 => texts.chat.to_owned(),
            n => fill(texts.chat_unread, &[("n", &n.to_string())]),
        };
        let heading = Heading { text: texts.chat, name: &name, open: chat.open, unread: unread > 0 };
        if heading.show(ui) {
            chat.open = !chat.open;
            ui.ctx().request_repaint();
        }
        if !chat.open {
            return;
        }
        // Below the lines: reactions, field, the gaps, and the card's own margin.
        let list_height = (height - 24.0 - 28.0 - 30.0 - 34.0 - 4.0 * 8.0).max(60.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        ScrollArea::vertical().max_height(list_height).min_scrolled_height(list_height).stick_to_bottom(true).show(
            ui,
            |ui| {
                ui.set_width(ui.available_width());
                ui.set_min_height(list_height);
                ui.spacing_mut().item_spacing.y = 3.0;
                if lines.is_empty() {
                    widgets::explain(ui, texts.chat_empty);
                }
                // Reactions come in bursts, which would push the words out of sight.
                let reaction = |line: &ChatLine| matches!(line.event, ChatEvent::Reaction { .. });
                for group in lines.chunk_by(|a, b| reaction(a) && reaction(b)) {
                    line_group(ui, model, group);
                }
            },
        );
        reactions(ui, model, actions);
        field(&mut chat.text, ui, model, actions);
    });
}

struct Heading<'a> {
    text: &'a str,
    /// The accessible name.
    name: &'a str,
    open: bool,
    unread: bool,
}

impl Heading<'_> {
    /// True when it was clicked.
    fn show(&self, ui: &mut Ui) -> bool {
        let Heading { text, name, open, unread } = *self;
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, name));
        let ink = if response.hovered() || response.has_focus() { theme::TEXT } else { theme::TEXT_WEAK };
        let square = |x: f32, side: f32| Rect::from_center_size(pos2(x, rect.center().y), Vec2::splat(side));
        icons::paint(ui.painter(), Icon::Chat, square(rect.left() + 9.0, 18.0), ink);
        let at = pos2(rect.left() + 26.0, rect.center().y);
        let shown = ui.painter().text(at, egui::Align2::LEFT_CENTER, text, theme::semibold(13.0), ink);
        if unread {
            ui.painter().circle_filled(pos2(shown.right() + 10.0, rect.center().y), 4.5, theme::ACCENT);
        }
        let end = square(rect.right() - 9.0, 18.0);
        icons::paint(ui.painter(), if open { Icon::Down } else { Icon::Back }, end, ink);
        if response.has_focus() {
            let ring = Stroke::new(1.5, theme::ACCENT);
            ui.painter().rect_stroke(rect.expand(3.0), CornerRadius::same(6), ring, StrokeKind::Outside);
        }
        response.on_hover_cursor(CursorIcon::PointingHand).clicked()
    }
}

/// One line, or some reactions one after the other.
fn line_group(ui: &mut Ui, model: &Model, lines: &[ChatLine]) {
    let mut job = LayoutJob::default();
    for line in lines {
        append_line(&mut job, model, line);
    }
    ui.add(Label::new(job).wrap());
}

fn append_line(job: &mut LayoutJob, model: &Model, line: &ChatLine) {
    let texts = model.texts;
    let part = |size, color| TextFormat { font_id: size, color, valign: Align::Center, ..TextFormat::default() };
    let weak = part(theme::regular(12.5), theme::TEXT_WEAK);
    match &line.event {
        ChatEvent::Said { peer, name, text } => {
            let color = seat_color(model, *peer);
            job.append(&format!("{name}: "), 0.0, part(theme::semibold(13.5), color));
            job.append(text, 0.0, part(theme::regular(13.5), theme::TEXT));
        }
        ChatEvent::Presence(what, name) => {
            let text = match what {
                Presence::Joined => texts.joined,
                Presence::Left => texts.left,
                Presence::Kicked => texts.was_kicked,
            };
            job.append(&fill(text, &[("name", name)]), 0.0, weak);
        }
        ChatEvent::Disc { name, disc, label } => {
            job.append(&disc_line(texts, name, *disc, label), 0.0, weak);
        }
        ChatEvent::Reaction { name, emoji, .. } => {
            job.append(&format!("{name} "), 0.0, weak);
            job.append(glyph(*emoji), 0.0, part(theme::regular(14.0), emoji_color(*emoji)));
            job.append("  ", 0.0, part(theme::regular(14.0), theme::TEXT_WEAK));
        }
    }
}

fn reactions(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let side = ((ui.available_width() - 2.0 * (EMOJI.len() - 1) as f32) / EMOJI.len() as f32).min(34.0);
        for emoji in EMOJI.into_iter().filter_map(Emoji::parse) {
            let (rect, response) = ui.allocate_exact_size(vec2(side, 30.0), Sense::click());
            let name = fill(model.texts.react, &[("emoji", emoji.as_str())]);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            let lit = response.hovered() || response.has_focus();
            if lit {
                ui.painter().rect_filled(rect, CornerRadius::same(7), theme::RAISED_HOVER);
            }
            let middle = egui::Align2::CENTER_CENTER;
            ui.painter().text(rect.center(), middle, glyph(emoji), theme::regular(19.0), emoji_color(emoji));
            if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
                actions.push(Action::room(RoomCommand::React(emoji)));
            }
        }
    });
}

fn field(text: &mut String, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let hint = model.texts.say_something;
    let field = TextEdit::singleline(text).char_limit(MAX_TEXT).hint_text(hint).desired_width(f32::INFINITY);
    let field = ui.add(field).accessible_name(hint);
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        if let Some(said) = clean_text(text) {
            actions.push(Action::room(RoomCommand::Chat(said)));
        }
        text.clear();
        // For the next line; Escape or a click elsewhere gives the keys back to the game.
        field.request_focus();
    }
}

fn seat_color(model: &Model, peer: Option<PeerId>) -> Color32 {
    let seat = match peer {
        None => model.local_players.host,
        Some(id) => {
            let peer = model.snapshot.peers.iter().find(|peer| peer.id == id);
            peer.and_then(|peer| peer.seats.first().copied())
        }
    };
    seat.map_or(theme::TEXT_WEAK, theme::player)
}

/// Without the variation selector for colours, which the bundled font lacks.
fn glyph(emoji: Emoji) -> &'static str {
    emoji.as_str().trim_end_matches('\u{fe0f}')
}

/// The colour that each is usually drawn in.
fn emoji_color(emoji: Emoji) -> Color32 {
    if glyph(emoji) == "❤" { theme::ERROR } else { Color32::from_rgb(0xff, 0xd1, 0x66) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u64, event: ChatEvent) -> ChatLine {
        ChatLine { id, event }
    }

    fn said(id: u64) -> ChatLine {
        line(id, ChatEvent::Said { peer: Some(PeerId(1)), name: "Grace".into(), text: "hi".into() })
    }

    fn shown(id: u64) -> ChatLine {
        let emoji = Emoji::parse(EMOJI[0]).expect("one of them");
        line(id, ChatEvent::Reaction { peer: Some(PeerId(1)), name: "Grace".into(), emoji })
    }

    #[test]
    fn only_what_is_said_while_the_panel_is_closed_is_unread() {
        let mut chat = Chat::default();
        let mut lines = vec![said(1), said(2)];
        chat.follow(&lines, PanelVisibility::Shown, 0.0);
        assert_eq!(chat.unread(&lines), 0, "they are from before the window");
        lines.extend([said(3), line(4, ChatEvent::Presence(Presence::Left, "Grace".into())), shown(5)]);
        chat.follow(&lines, PanelVisibility::Shown, 1.0);
        assert_eq!(chat.unread(&lines), 1);
        chat.open = true;
        chat.follow(&lines, PanelVisibility::Hidden, 2.0);
        assert_eq!(chat.unread(&lines), 1, "the side panel is hidden");
        chat.follow(&lines, PanelVisibility::Shown, 2.0);
        assert_eq!(chat.unread(&lines), 0);
    }

    #[test]
    fn a_reaction_is_over_the_picture_for_a_moment_and_once() {
        let mut chat = Chat::default();
        let mut lines = vec![shown(1)];
        chat.follow(&lines, PanelVisibility::Shown, 0.0);
        assert!(chat.floats.is_empty(), "that was before");
        lines.push(shown(2));
        for now in [1.0, 2.0] {
            chat.follow(&lines, PanelVisibility::Shown, now);
            assert_eq!(chat.floats.len(), 1);
        }
        chat.follow(&lines, PanelVisibility::Shown, 1.0 + FLOAT_SECONDS);
        assert!(chat.floats.is_empty());
        lines.extend((3..100).map(shown));
        chat.follow(&lines, PanelVisibility::Shown, 9.0);
        assert_eq!(chat.floats.len(), MAX_FLOATS);
    }
}
