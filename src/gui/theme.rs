//! Colours, type and spacing: one dark theme, the program's own.

use crate::input::Seat;
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle,
    Theme, Visuals, vec2,
};
use std::sync::Arc;

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x0e, 0x11, 0x18);
/// Bars and side panels.
pub const PANEL: Color32 = Color32::from_rgb(0x13, 0x17, 0x20);
/// Cards on a panel or on the background.
pub const CARD: Color32 = Color32::from_rgb(0x1a, 0x1f, 0x2b);
/// What a button rests on.
pub const RAISED: Color32 = Color32::from_rgb(0x25, 0x2c, 0x3b);
/// The same under the pointer.
pub const RAISED_HOVER: Color32 = Color32::from_rgb(0x30, 0x39, 0x4b);
/// Hairlines around cards.
pub const LINE: Color32 = Color32::from_rgb(0x28, 0x2f, 0x3e);
/// Text.
pub const TEXT: Color32 = Color32::from_rgb(0xe8, 0xeb, 0xf1);
/// Text that explains.
pub const TEXT_WEAK: Color32 = Color32::from_rgb(0x9f, 0xa8, 0xba);
/// The one warm colour: what to click next.
pub const ACCENT: Color32 = Color32::from_rgb(0xff, 0x7a, 0x59);
/// The same under the pointer.
pub const ACCENT_HOVER: Color32 = Color32::from_rgb(0xff, 0x94, 0x78);
/// Text on the warm colour.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x1f, 0x0e, 0x08);
/// Something works.
pub const GOOD: Color32 = Color32::from_rgb(0x5f, 0xd3, 0x8d);
/// Something is not as it should be.
pub const WARNING: Color32 = Color32::from_rgb(0xff, 0xc3, 0x5c);
/// Something failed.
pub const ERROR: Color32 = Color32::from_rgb(0xff, 0x6b, 0x6b);

/// Seats, in order.
const PLAYERS: [Color32; 8] = [
    ACCENT,
    Color32::from_rgb(0x5a, 0xa9, 0xff),
    GOOD,
    Color32::from_rgb(0xff, 0xd1, 0x66),
    Color32::from_rgb(0xc7, 0x92, 0xea),
    Color32::from_rgb(0x4d, 0xd0, 0xe1),
    Color32::from_rgb(0xf4, 0x8f, 0xb1),
    Color32::from_rgb(0xae, 0xd5, 0x81),
];

/// The colour of a seat, counted from 0.
pub fn player(seat: Seat) -> Color32 {
    PLAYERS[seat.index() % PLAYERS.len()]
}

/// The heavier cut, for titles and buttons.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("semibold".into()))
}

/// The ordinary cut.
pub fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

/// Makes `ctx` look like Hotseat.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    ctx.set_theme(Theme::Dark);
    ctx.style_mut_of(Theme::Dark, |style| {
        style.text_styles = [
            (TextStyle::Small, regular(12.0)),
            (TextStyle::Body, regular(14.0)),
            (TextStyle::Button, regular(14.0)),
            (TextStyle::Monospace, FontId::monospace(12.5)),
            (TextStyle::Heading, semibold(18.0)),
        ]
        .into();
        let spacing = &mut style.spacing;
        spacing.item_spacing = vec2(8.0, 8.0);
        spacing.button_padding = vec2(12.0, 7.0);
        spacing.interact_size = vec2(36.0, 32.0);
        spacing.slider_width = 120.0;
        spacing.slider_rail_height = 4.0;
        spacing.combo_width = 140.0;
        spacing.menu_margin = Margin::same(6);
        spacing.window_margin = Margin::same(20);
        spacing.icon_width = 18.0;
        spacing.icon_width_inner = 10.0;
        style.interaction.selectable_labels = false;
        style.visuals = visuals();
    });
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, data: &'static [u8]| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(data)));
    };
    add("Inter", include_bytes!("../../assets/fonts/Inter-Regular.ttf"));
    add("Inter SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"));
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (family, face) in [(FontFamily::Proportional, "Inter"), (FontFamily::Name("semibold".into()), "Inter SemiBold")]
    {
        let mut faces = vec![face.to_owned()];
        faces.extend(fallback.iter().cloned());
        fonts.families.insert(family, faces);
    }
    fonts
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = BACKGROUND;
    visuals.window_fill = CARD;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.window_corner_radius = CornerRadius::same(14);
    visuals.menu_corner_radius = CornerRadius::same(10);
    visuals.window_shadow = Shadow { offset: [0, 12], blur: 40, spread: 0, color: Color32::from_black_alpha(140) };
    visuals.popup_shadow = Shadow { offset: [0, 6], blur: 20, spread: 0, color: Color32::from_black_alpha(120) };
    visuals.extreme_bg_color = BACKGROUND;
    visuals.faint_bg_color = PANEL;
    visuals.code_bg_color = BACKGROUND;
    visuals.weak_text_color = Some(TEXT_WEAK);
    visuals.hyperlink_color = ACCENT;
    visuals.warn_fg_color = WARNING;
    visuals.error_fg_color = ERROR;
    visuals.selection.bg_fill = ACCENT.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.0, TEXT);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals.disabled_alpha = 0.45;

    let widgets = &mut visuals.widgets;
    let round = CornerRadius::same(8);
    for widget in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = round;
        widget.expansion = 0.0;
        widget.fg_stroke = Stroke::new(1.0, TEXT);
        widget.bg_stroke = Stroke::NONE;
    }
    widgets.noninteractive.bg_fill = CARD;
    widgets.noninteractive.weak_bg_fill = CARD;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, LINE);
    widgets.inactive.bg_fill = RAISED;
    widgets.inactive.weak_bg_fill = RAISED;
    widgets.inactive.bg_stroke = Stroke::new(1.0, RAISED_HOVER);
    for widget in [&mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        widget.bg_fill = RAISED_HOVER;
        widget.weak_bg_fill = RAISED_HOVER;
    }
    widgets.active.bg_stroke = Stroke::new(1.5, ACCENT);
    visuals
}
