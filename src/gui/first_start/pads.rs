//! A controller on the screen, on which lights up what is pressed on a real one or on the keyboard.

use super::super::controller_settings::button_text;
use super::super::icons::Icon;
use super::super::keys::{BUTTONS, KeyBindings};
use super::super::theme;
use super::super::view::Model;
use super::super::widgets;
use crate::input::Button;
use crate::settings::Settings;
use crate::text::{Texts, fill};
use egui::{
    Align2, Color32, CornerRadius, Event, Label, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

/// Of the drawing, in points.
const SIZE: Vec2 = vec2(250.0, 128.0);

/// A button, its middle and its size.
type Place = (Button, (f32, f32), (f32, f32));

/// Where each button is on it: its middle, and its size. The four on the right are round and have letters.
const PLACES: [Place; 16] = [
    (Button::Up, (62.0, 54.0), (15.0, 17.0)),
    (Button::Down, (62.0, 90.0), (15.0, 17.0)),
    (Button::Left, (44.0, 72.0), (17.0, 15.0)),
    (Button::Right, (80.0, 72.0), (17.0, 15.0)),
    (Button::X, (188.0, 53.0), (20.0, 20.0)),
    (Button::B, (188.0, 91.0), (20.0, 20.0)),
    (Button::Y, (169.0, 72.0), (20.0, 20.0)),
    (Button::A, (207.0, 72.0), (20.0, 20.0)),
    (Button::L2, (60.0, 6.0), (52.0, 10.0)),
    (Button::R2, (190.0, 6.0), (52.0, 10.0)),
    (Button::L, (60.0, 20.0), (60.0, 11.0)),
    (Button::R, (190.0, 20.0), (60.0, 11.0)),
    (Button::Select, (110.0, 64.0), (22.0, 9.0)),
    (Button::Start, (140.0, 64.0), (22.0, 9.0)),
    (Button::L3, (102.0, 100.0), (24.0, 24.0)),
    (Button::R3, (148.0, 100.0), (24.0, 24.0)),
];

/// What is held and what was, as far as it was seen.
#[derive(Debug, Default)]
pub(super) struct PadLights {
    keys: u16,
    seen: u16,
}

pub(super) fn show(lights: &mut PadLights, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    lights.take_keys(ui, model.settings);
    let held = model.pads_held.iter().fold(lights.keys, |held, (_, buttons)| held | buttons);
    lights.seen |= held;
    widgets::card(ui, |ui| {
        widgets::section(ui, texts.controllers);
        ui.horizontal_top(|ui| {
            drawing(ui, texts, held, lights.seen);
            ui.add_space(8.0);
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                widgets::explain(ui, if lights.seen == 0 { texts.first_pad_hint } else { texts.first_pad_good });
                for (index, pad) in model.gamepads.iter().enumerate() {
                    let text = fill(texts.gamepad, &[("n", &(index + 1).to_string()), ("name", &pad.name)]);
                    let lit = model.pads_held.iter().any(|(id, buttons)| *id == pad.id && *buttons != 0);
                    device(ui, Icon::Pad, &text, lit);
                }
                device(ui, Icon::Keyboard, texts.first_pad_keys, lights.keys != 0);
                match model.gamepad_error {
                    Some(error) => {
                        let text = fill(texts.pads_unreadable, &[("error", error)]);
                        ui.add(Label::new(RichText::new(text).size(13.0).color(theme::WARNING)).wrap());
                    }
                    None if model.gamepads.is_empty() => widgets::explain(ui, texts.no_controllers),
                    None => {}
                }
            });
        });
    });
}

impl PadLights {
    /// Without taking them away: the focus still moves by them.
    fn take_keys(&mut self, ui: &Ui, settings: &Settings) {
        let bindings = KeyBindings::of(settings, 0);
        ui.input(|input| {
            for event in &input.raw.events {
                match event {
                    Event::Key { key, physical_key, pressed, .. } => {
                        let buttons = bindings.pressed_by(physical_key.unwrap_or(*key));
                        self.keys = if *pressed { self.keys | buttons } else { self.keys & !buttons };
                    }
                    Event::WindowFocused(false) => self.keys = 0,
                    _ => {}
                }
            }
        });
    }
}

fn device(ui: &mut Ui, icon: Icon, name: &str, lit: bool) {
    ui.horizontal(|ui| {
        let color = if lit { theme::ACCENT } else { theme::TEXT_WEAK };
        widgets::icon(ui, icon, 18.0, color);
        widgets::line(ui, name, theme::regular(13.0), if lit { theme::TEXT } else { theme::TEXT_WEAK });
    });
}

fn drawing(ui: &mut Ui, texts: &Texts, held: u16, seen: u16) {
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::hover());
    // Told to those who do not see it light up.
    let names = BUTTONS.iter().enumerate().filter(|(_, (_, button))| held & *button as u16 != 0);
    let names: Vec<String> = names.map(|(index, _)| button_text(texts, index)).collect();
    let said = if names.is_empty() { texts.controllers.to_owned() } else { names.join(", ") };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    let painter = ui.painter();
    let body = Rect::from_min_max(rect.min + vec2(8.0, 26.0), rect.max - vec2(8.0, 2.0));
    painter.rect_filled(body, CornerRadius::same(44), theme::RAISED);
    painter.rect_stroke(body, CornerRadius::same(44), Stroke::new(1.0, theme::LINE), StrokeKind::Inside);
    for (button, (x, y), (width, height)) in PLACES {
        let bit = button as u16;
        let at = Rect::from_center_size(pos2(rect.left() + x, rect.top() + y), vec2(width, height));
        let color = match () {
            () if held & bit != 0 => theme::ACCENT,
            () if seen & bit != 0 => theme::GOOD.gamma_multiply(0.7),
            () => theme::BACKGROUND,
        };
        let corner = if width == height { width / 2.0 } else { 4.0 };
        painter.rect_filled(at, corner, color);
        painter.rect_stroke(at, corner, Stroke::new(1.0, theme::LINE), StrokeKind::Outside);
        let letter = match button {
            Button::A => "A",
            Button::B => "B",
            Button::X => "X",
            Button::Y => "Y",
            _ => continue,
        };
        let ink: Color32 = if held & bit != 0 { theme::ON_ACCENT } else { theme::TEXT };
        painter.text(at.center(), Align2::CENTER_CENTER, letter, theme::semibold(11.0), ink);
    }
}
