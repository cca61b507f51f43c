//! The widgets that every screen is made of.

use super::icons::{self, Icon};
use super::theme;
use egui::{
    Align, Align2, Color32, CornerRadius, CursorIcon, FontId, Frame, InnerResponse, Layout, Margin, Rect, Response,
    RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, Widget, WidgetInfo, pos2, vec2,
};

/// A rounded box that holds things that belong together.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    Frame::new()
        .fill(theme::CARD)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(12)
        .inner_margin(Margin::same(14))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui)
        })
}

/// A heading over a group.
pub fn section(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::semibold(13.0)).color(theme::TEXT_WEAK));
}

/// Text that explains, in the weaker colour, over as many lines as it takes.
pub fn explain(ui: &mut Ui, text: impl Into<String>) {
    ui.add(egui::Label::new(RichText::new(text).size(13.0).color(theme::TEXT_WEAK)).wrap());
}

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// The most likely next click; one on a screen.
    Primary,
    /// The rest.
    Plain,
    /// No box until the pointer is over it.
    Quiet,
}

/// A button with an icon, a text, or both.
#[must_use]
pub struct Button<'a> {
    icon: Option<Icon>,
    text: &'a str,
    name: &'a str,
    emphasis: Emphasis,
    wide: bool,
    selected: bool,
    color: Option<Color32>,
}

impl<'a> Button<'a> {
    pub fn text(text: &'a str) -> Self {
        Self { icon: None, text, name: text, emphasis: Emphasis::Plain, wide: false, selected: false, color: None }
    }

    /// With an icon alone; `name` is what a screen reader says.
    pub fn icon(icon: Icon, name: &'a str) -> Self {
        Self { icon: Some(icon), text: "", name, emphasis: Emphasis::Quiet, ..Self::text("") }
    }

    pub fn with_icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    pub fn emphasis(mut self, emphasis: Emphasis) -> Self {
        self.emphasis = emphasis;
        self
    }

    pub fn primary(self) -> Self {
        self.emphasis(Emphasis::Primary)
    }

    pub fn quiet(self) -> Self {
        self.emphasis(Emphasis::Quiet)
    }

    pub fn boxed(self) -> Self {
        self.emphasis(Emphasis::Plain)
    }

    /// Fills the width.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// What a screen reader says instead of the text, which it should begin with.
    pub fn named(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Of text and icon.
    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }

    fn fill(&self, response: &Response) -> Color32 {
        let hovered = response.hovered() || response.has_focus();
        match self.emphasis {
            Emphasis::Primary if hovered => theme::ACCENT_HOVER,
            Emphasis::Primary => theme::ACCENT,
            _ if hovered => theme::RAISED_HOVER,
            Emphasis::Plain => theme::RAISED,
            Emphasis::Quiet if self.selected => theme::RAISED,
            Emphasis::Quiet => Color32::TRANSPARENT,
        }
    }
}

const BUTTON_HEIGHT: f32 = 34.0;
const ICON_SIDE: f32 = 18.0;

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let color = self.color.unwrap_or(match self.emphasis {
            Emphasis::Primary => theme::ON_ACCENT,
            Emphasis::Plain => theme::TEXT,
            Emphasis::Quiet if self.selected => theme::TEXT,
            Emphasis::Quiet => theme::TEXT_WEAK,
        });
        let font = if self.emphasis == Emphasis::Primary { theme::semibold(14.0) } else { theme::regular(14.0) };
        let icon_width = if self.icon.is_some() { ICON_SIDE } else { 0.0 };
        let gap = if self.icon.is_some() && !self.text.is_empty() { 8.0 } else { 0.0 };
        let padding = if self.text.is_empty() { (BUTTON_HEIGHT - ICON_SIDE) / 2.0 } else { 14.0 };
        let galley = ui.painter().layout_no_wrap(self.text.to_owned(), font.clone(), color);
        let content = icon_width + gap + galley.size().x;
        let width = if self.wide { ui.available_width() } else { content + 2.0 * padding };
        let (rect, response) = ui.allocate_exact_size(vec2(width, BUTTON_HEIGHT), Sense::click());
        let (name, enabled) = (self.name.to_owned(), ui.is_enabled());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &name));
        if ui.is_rect_visible(rect) {
            let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(rect.expand(2.0)));
            painter.rect_filled(rect, CornerRadius::same(8), self.fill(&response));
            if response.has_focus() {
                // On the warm colour itself a ring of it would not be seen.
                let ring = if self.emphasis == Emphasis::Primary { theme::TEXT } else { theme::ACCENT };
                painter.rect_stroke(rect, CornerRadius::same(8), Stroke::new(1.5, ring), StrokeKind::Inside);
            }
            let lit = self.emphasis == Emphasis::Quiet && response.hovered() && self.color.is_none();
            let color = if lit { theme::TEXT } else { color };
            let left = rect.center().x - content.min(rect.width() - 2.0 * padding) / 2.0;
            if let Some(icon) = self.icon {
                let top = rect.center().y - ICON_SIDE / 2.0;
                let square = Rect::from_min_size(pos2(left, top), Vec2::splat(ICON_SIDE));
                icons::paint(&painter, icon, square, color);
            }
            let baseline = pos2(left + icon_width + gap, rect.center().y - galley.size().y / 2.0);
            painter.galley_with_override_text_color(baseline, galley, color);
        }
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

/// A small coloured plate, such as "P1"; `lit` while something is held.
pub fn badge(ui: &mut Ui, text: &str, color: Color32, lit: bool) -> Response {
    let font = theme::semibold(12.0);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, theme::ON_ACCENT);
    let size = vec2((galley.size().x + 12.0).max(30.0), 22.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    if lit {
        ui.painter().rect_filled(rect.expand(3.5), CornerRadius::same(9), color.gamma_multiply(0.45));
    }
    ui.painter().rect_filled(rect, CornerRadius::same(6), color);
    if lit {
        let ring = Stroke::new(1.5, theme::TEXT);
        ui.painter().rect_stroke(rect, CornerRadius::same(6), ring, StrokeKind::Outside);
    }
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, theme::ON_ACCENT);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response
}

/// A seat's plate that can be switched on and off; `name` is what a screen reader says. True when it was.
pub fn seat_toggle(ui: &mut Ui, text: &str, name: &str, on: bool, color: Color32) -> bool {
    let font = theme::semibold(12.5);
    let ink = if on { theme::ON_ACCENT } else { theme::TEXT };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, ink);
    let (rect, response) = ui.allocate_exact_size(vec2((galley.size().x + 16.0).max(40.0), 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    let fill = match (on, response.hovered()) {
        (true, _) => color,
        (false, true) => theme::RAISED_HOVER,
        (false, false) => theme::RAISED,
    };
    let corner = CornerRadius::same(7);
    ui.painter().rect_filled(rect, corner, fill);
    let ring = if response.has_focus() { theme::TEXT } else { color.gamma_multiply(0.7) };
    ui.painter().rect_stroke(rect, corner, Stroke::new(1.5, ring), StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

/// A menu under a button that stays open while things are switched in it, and under its `id` also when the button moves.
pub fn menu(button: &Response, id: impl std::hash::Hash + std::fmt::Debug, width: f32, add: impl FnOnce(&mut Ui)) {
    let popup = egui::Popup::menu(button).id(menu_id(id));
    popup.close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).width(width).show(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        ui.spacing_mut().button_padding = vec2(8.0, 6.0);
        add(ui);
    });
}

/// For another button to the same menu.
pub fn menu_id(id: impl std::hash::Hash + std::fmt::Debug) -> egui::Id {
    egui::Id::unique(("menu", id))
}

/// Not a button.
pub fn icon(ui: &mut Ui, icon: Icon, side: f32, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    icons::paint(ui.painter(), icon, rect, color);
}

/// The widgets of one entry of a list, identified by `key`. Unlike with [`Ui::push_id`] they keep their identity when entries
/// before it come or go: they keep the focus, and a click that began on one entry never ends on another.
pub fn keyed<R>(
    ui: &mut Ui,
    key: impl std::hash::Hash + std::fmt::Debug,
    add: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    let id = ui.scope_id().with(key);
    ui.scope_builder(UiBuilder::new().scope_id(id), add)
}

/// One line that is cut with an ellipsis where there is no room.
pub fn line(ui: &mut Ui, text: &str, font: FontId, color: Color32) -> Response {
    ui.add(egui::Label::new(RichText::new(text).font(font).color(color)).truncate())
}

/// A box to click as a whole, with a title, a line under it and an icon before.
pub struct Tile<'a> {
    pub icon: Icon,
    /// Also the accessible name.
    pub title: &'a str,
    /// One or two lines.
    pub subtitle: &'a str,
    pub primary: bool,
    /// In points.
    pub height: f32,
}

impl Widget for Tile<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let size = vec2(ui.available_width(), self.height);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.title));
        let hovered = response.hovered() || response.has_focus();
        let (fill, text, weak) = match (self.primary, hovered) {
            (true, false) => (theme::ACCENT, theme::ON_ACCENT, theme::ON_ACCENT.gamma_multiply(0.8)),
            (true, true) => (theme::ACCENT_HOVER, theme::ON_ACCENT, theme::ON_ACCENT.gamma_multiply(0.8)),
            (false, false) => (theme::CARD, theme::TEXT, theme::TEXT_WEAK),
            (false, true) => (theme::RAISED, theme::TEXT, theme::TEXT_WEAK),
        };
        let corner = CornerRadius::same(14);
        ui.painter().rect_filled(rect, corner, fill);
        if response.has_focus() {
            let ring = if self.primary { theme::TEXT } else { theme::ACCENT };
            ui.painter().rect_stroke(rect, corner, Stroke::new(2.0, ring), StrokeKind::Inside);
        } else if !self.primary {
            ui.painter().rect_stroke(rect, corner, Stroke::new(1.0, theme::LINE), StrokeKind::Inside);
        }
        let inner = rect.shrink2(vec2(20.0, 16.0));
        let square = Rect::from_min_size(inner.min, Vec2::splat(30.0));
        icons::paint(ui.painter(), self.icon, square, if self.primary { text } else { theme::ACCENT });
        let subtitle = ui.painter().layout(self.subtitle.to_owned(), theme::regular(13.0), weak, inner.width());
        let subtitle_top = inner.bottom() - subtitle.size().y;
        ui.painter().text(
            pos2(inner.left(), subtitle_top - 4.0),
            Align2::LEFT_BOTTOM,
            self.title,
            theme::semibold(18.0),
            text,
        );
        ui.painter().galley(pos2(inner.left(), subtitle_top), subtitle, weak);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

/// A row, `height` points high; `left` takes the width that `right` leaves.
pub fn row(ui: &mut Ui, height: f32, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let mut right_ui =
        ui.new_child(UiBuilder::new().id_salt("right").max_rect(rect).layout(Layout::right_to_left(Align::Center)));
    right(&mut right_ui);
    let used = right_ui.min_rect().width();
    let gap = if used > 0.0 { 8.0 } else { 0.0 };
    let rest = Rect::from_min_max(rect.min, pos2((rect.right() - used - gap).max(rect.left()), rect.bottom()));
    let mut left_ui =
        ui.new_child(UiBuilder::new().id_salt("left").max_rect(rest).layout(Layout::left_to_right(Align::Center)));
    left_ui.shrink_clip_rect(rest.expand(3.0));
    left(&mut left_ui);
}

/// A switch with its text; the text switches, too. With an empty text, `name` is what a screen reader says.
pub fn switch(ui: &mut Ui, on: &mut bool, text: &str, name: &str) -> Response {
    const TRACK: Vec2 = vec2(34.0, 20.0);
    let wrap = (ui.available_width() - TRACK.x - 10.0).max(40.0);
    let galley = ui.painter().layout(text.to_owned(), theme::regular(14.0), theme::TEXT, wrap);
    let gap = if text.is_empty() { 0.0 } else { 10.0 };
    let size = vec2(TRACK.x + gap + galley.size().x, galley.size().y.max(28.0));
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    let (value, enabled) = (*on, ui.is_enabled());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, value, name));
    let track = Rect::from_center_size(pos2(rect.left() + TRACK.x / 2.0, rect.center().y), TRACK);
    let how_on = ui.ctx().animate_bool_responsive(response.id, value);
    let fill = theme::RAISED_HOVER.lerp_to_gamma(theme::ACCENT, how_on);
    ui.painter().rect_filled(track, CornerRadius::same(10), fill);
    if response.has_focus() {
        ui.painter().rect_stroke(track, CornerRadius::same(10), Stroke::new(1.5, theme::TEXT), StrokeKind::Outside);
    }
    let knob = pos2(egui::lerp((track.left() + 10.0)..=(track.right() - 10.0), how_on), track.center().y);
    ui.painter().circle_filled(knob, 7.0, theme::TEXT_WEAK.lerp_to_gamma(theme::ON_ACCENT, how_on));
    ui.painter().galley(pos2(track.right() + gap, rect.center().y - galley.size().y / 2.0), galley, theme::TEXT);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
