//! What lies over the picture while the game does not run: starting, paused, crashed, failed.

use super::icons::{self, Icon};
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::{Command, Flow, GameCommand, GameState, GameStatus};
use crate::text::{Message, fill};
use egui::{
    Align, Color32, Frame, Layout, Margin, Rect, RichText, Role, Sense, Spinner, Stroke, Ui, UiBuilder, Vec2,
    WidgetInfo, vec2,
};

pub(super) fn show(ui: &mut Ui, model: &Model, game: &GameStatus, area: Rect, actions: &mut Vec<Action>) {
    let texts = model.texts;
    match &game.state {
        GameState::Running if model.picture.is_none() => quiet_line(ui, area, texts.no_picture_yet, None),
        GameState::Running => {}
        GameState::Starting => {
            quiet_line(ui, area, &fill(texts.starting, &[("title", &game.title)]), Some(Spinner::new()))
        }
        // The picture goes back, and is what people look at.
        GameState::Paused if game.flow == Flow::Rewind => {}
        GameState::Paused => paused(ui, model, area, actions),
        GameState::Crashed(crash) => {
            let why = &crash.text(texts);
            let problem = Problem { title: texts.crashed_title.to_owned(), why, hint: texts.crashed_body };
            problem_card(ui, area, &problem, |ui| {
                if ui.add(Button::text(texts.start_again).with_icon(Icon::Reset).primary()).clicked() {
                    actions.push(Action::Engine(Command::Restart));
                }
                if ui.add(Button::text(texts.close_game)).clicked() {
                    actions.push(Action::Engine(Command::Close));
                }
            });
        }
        GameState::Failed(why) => {
            let why = &why.text(texts);
            let problem = Problem { title: fill(texts.failed_title, &[("title", &game.title)]), why, hint: "" };
            problem_card(ui, area, &problem, |ui| {
                if ui.add(Button::text(texts.go_back).with_icon(Icon::Back).primary()).clicked() {
                    actions.push(Action::Engine(Command::Close));
                }
            });
        }
    }
}

fn quiet_line(ui: &mut Ui, area: Rect, text: &str, spinner: Option<Spinner>) {
    let middle = Rect::from_center_size(area.center(), vec2(area.width() - 40.0, 80.0));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(middle).layout(Layout::top_down(Align::Center)));
    if let Some(spinner) = spinner {
        inner.add(spinner.size(28.0).color(theme::ACCENT));
        inner.add_space(6.0);
    }
    inner.label(RichText::new(text).color(theme::TEXT_WEAK));
}

fn paused(ui: &mut Ui, model: &Model, area: Rect, actions: &mut Vec<Action>) {
    ui.painter().rect_filled(area, 0, Color32::from_black_alpha(120));
    let plate = Rect::from_center_size(area.center(), Vec2::splat(84.0));
    let button = ui.interact(plate, ui.scope_id().with("paused"), Sense::click());
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, model.texts.resume));
    ui.painter().circle_filled(
        plate.center(),
        42.0,
        if button.hovered() { theme::ACCENT_HOVER } else { theme::ACCENT },
    );
    if button.has_focus() {
        ui.painter().circle_stroke(plate.center(), 46.0, Stroke::new(2.0, theme::TEXT));
    }
    let by = model.snapshot.game.as_ref().and_then(|game| game.paused_by.as_deref());
    let sign = Rect::from_center_size(plate.center() + vec2(1.0, 0.0), Vec2::splat(46.0));
    icons::paint(ui.painter(), Icon::Play, sign, theme::ON_ACCENT);
    let words = by.map_or_else(|| model.texts.paused.to_owned(), |name| fill(model.texts.paused_by, &[("name", name)]));
    let below = Rect::from_center_size(plate.center_bottom() + vec2(0.0, 26.0), vec2(area.width() - 16.0, 24.0));
    let words = RichText::new(words).font(theme::semibold(15.0)).color(theme::TEXT);
    ui.put(below, egui::Label::new(words).selectable(false).truncate());
    if button.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        actions.push(Action::Engine(Command::Game(GameCommand::Resume)));
    }
}

struct Problem<'a> {
    title: String,
    why: &'a str,
    hint: &'a str,
}

fn problem_card(ui: &mut Ui, area: Rect, problem: &Problem, buttons: impl FnOnce(&mut Ui)) {
    ui.painter().rect_filled(area, 0, Color32::from_black_alpha(170));
    let width = (area.width() - 32.0).clamp(200.0, 440.0);
    // Where the card's height is not known before it is laid out, the height of last time is used.
    let id = ui.scope_id().with("problem");
    let height = ui.data(|data| data.get_temp::<f32>(id)).unwrap_or(220.0);
    let place = Rect::from_center_size(area.center(), vec2(width, height));
    let mut inner =
        ui.new_child(UiBuilder::new().id_salt("problem").max_rect(place).layout(Layout::top_down(Align::Min)));
    let frame = Frame::new()
        .fill(theme::PANEL)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(16)
        .inner_margin(Margin::same(20))
        .show(&mut inner, |ui| {
            ui.set_width(width - 40.0);
            ui.horizontal(|ui| {
                widgets::icon(ui, Icon::Warning, 24.0, theme::WARNING);
                ui.add(egui::Label::new(RichText::new(&problem.title).font(theme::semibold(18.0))).wrap());
            });
            ui.add(egui::Label::new(problem.why).wrap());
            if !problem.hint.is_empty() {
                widgets::explain(ui, problem.hint);
            }
            ui.add_space(8.0);
            ui.horizontal(buttons);
        });
    let measured = frame.response.rect.height();
    if (measured - height).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, measured));
        ui.ctx().request_repaint();
    }
}
