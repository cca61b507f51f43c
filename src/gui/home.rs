//! The start screen: open a game, or play the demo.

use super::get_cores::CoreSearch;
use super::icons::{self, Icon};
use super::preferences::SettingsDraft;
use super::view::{Action, Dialog, Model, Screen, View};
use super::widgets::{self, Button, Tile};
use super::{chat, invite, join_requests, people, theme};
use crate::input::Seat;
use crate::settings::Recent;
use crate::text::fill;
use egui::{
    Align, Align2, CentralPanel, CornerRadius, CursorIcon, Frame, Layout, Margin, Panel, Rect, Role, ScrollArea, Sense,
    Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// Wider, lines become hard to follow; in points.
const COLUMN_WIDTH: f32 = 880.0;
/// Of the chat, in points.
const CHAT_HEIGHT: f32 = 300.0;

pub(super) fn show(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    if !model.full_screen {
        let bar = Frame::new().fill(theme::BACKGROUND).inner_margin(Margin::symmetric(20, 0));
        Panel::top("home-bar")
            .exact_size(60.0)
            .show_separator_line(false)
            .frame(bar)
            .show(ui, |ui| top_bar(view, ui, model, actions));
        let foot = Frame::new().fill(theme::BACKGROUND).inner_margin(Margin::symmetric(20, 0));
        Panel::bottom("home-foot")
            .exact_size(38.0)
            .show_separator_line(false)
            .frame(foot)
            .show(ui, |ui| foot_bar(view, ui, model));
    }
    CentralPanel::default().frame(Frame::new().fill(theme::BACKGROUND)).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let side = ((ui.available_width() - COLUMN_WIDTH) / 2.0).max(24.0);
            let width = ui.available_width() - 2.0 * side;
            ui.add_space(8.0);
            ui.horizontal_top(|ui| {
                ui.add_space(side);
                ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    column(view, ui, model, actions);
                });
            });
            ui.add_space(16.0);
        });
    });
}

fn top_bar(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    widgets::row(
        ui,
        60.0,
        |ui| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(30.0), Sense::hover());
            icons::paint_mark(ui.painter(), rect);
            ui.add_space(4.0);
            ui.label(egui::RichText::new("Hotseat").font(theme::semibold(20.0)));
        },
        |ui| {
            let settings = ui.add(Button::icon(Icon::Gear, model.texts.settings)).on_hover_text(model.texts.settings);
            if settings.clicked() {
                view.dialog = Some(Dialog::Settings(SettingsDraft::of(model.settings)));
            }
            let again =
                ui.add(Button::icon(Icon::Info, model.texts.first_again)).on_hover_text(model.texts.first_again);
            if again.clicked() {
                actions.push(Action::BeginFirstStart);
            }
        },
    );
}

fn foot_bar(view: &mut View, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    let count = model.cores.iter().filter(|core| !core.bundled).count();
    let cores = match count {
        0 => texts.cores_found_none.to_owned(),
        1 => texts.cores_found_one.to_owned(),
        n => fill(texts.cores_found_many, &[("n", &n.to_string())]),
    };
    let small = theme::regular(12.0);
    widgets::row(
        ui,
        30.0,
        |ui| {
            ui.label(egui::RichText::new(&cores).font(small.clone()).color(theme::TEXT_WEAK));
            if ui.add(egui::Link::new(egui::RichText::new(texts.get_cores_link).font(small.clone()))).clicked() {
                view.dialog = Some(Dialog::GetCores(CoreSearch::default()));
            }
        },
        |ui| {
            let version = fill(texts.version, &[("version", env!("CARGO_PKG_VERSION"))]);
            ui.label(egui::RichText::new(version).font(small.clone()).color(theme::TEXT_WEAK));
            software_rendering(ui, model);
        },
    );
}

/// A word in a corner, with the explanation under the pointer.
pub(super) fn software_rendering(ui: &mut Ui, model: &Model) {
    if model.software_rendering {
        ui.add_space(10.0);
        let text = egui::RichText::new(model.texts.software_rendering).size(12.0).color(theme::WARNING);
        ui.add(egui::Label::new(text).sense(Sense::hover())).on_hover_text(model.texts.software_rendering_tip);
    }
}

fn column(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing = vec2(14.0, 14.0);
    join_requests::cards(ui, model, actions);
    start_tiles(view, ui, model, actions);
    if invite::is_known(model) {
        widgets::card(ui, |ui| invite::strip(view, ui, model, actions));
    }
    if !model.snapshot.peers.is_empty() {
        people::show(ui, model, actions);
        chat::show(&mut view.chat, ui, model, CHAT_HEIGHT, actions);
    }
    recent(ui, model, actions);
}

fn start_tiles(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let has_library = !model.settings.library_folders.is_empty();
    let count = model.library.entries.len();
    let games = match (has_library, count) {
        (false, _) => texts.library_tile_hint.to_owned(),
        (true, 1) => texts.library_one_game.to_owned(),
        (true, count) => fill(texts.library_games, &[("n", &count.to_string())]),
    };
    ui.columns(3, |columns| {
        let library =
            Tile { icon: Icon::Grid, title: texts.library, subtitle: &games, primary: has_library, height: 136.0 };
        if columns[0].add(library).clicked() {
            view.screen = Screen::Library;
        }
        let open = Tile {
            icon: Icon::Folder,
            title: texts.open_game,
            subtitle: texts.open_game_hint,
            primary: !has_library,
            height: 136.0,
        };
        if columns[1].add(open).clicked() {
            actions.push(Action::PickGame);
        }
        let demo = Tile {
            icon: Icon::Play,
            title: texts.play_demo,
            subtitle: texts.play_demo_hint,
            primary: false,
            height: 136.0,
        };
        let demo = columns[2].add_enabled(model.demo, demo).on_disabled_hover_text(texts.play_demo_missing);
        if demo.clicked() {
            actions.push(Action::PlayDemo);
        }
    });
}

fn recent(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    ui.add_space(4.0);
    widgets::section(ui, texts.recent_games);
    let games = &model.settings.recent;
    if games.is_empty() {
        widgets::explain(ui, texts.no_recent);
        return;
    }
    let columns = if ui.available_width() > 560.0 { 2 } else { 1 };
    for (row, pair) in games.chunks(columns).enumerate() {
        ui.columns(columns, |uis| {
            for (column, game) in pair.iter().enumerate() {
                let index = row * columns + column;
                let forget = fill(texts.forget_game, &[("title", &game.title)]);
                match recent_tile(&mut uis[column], model, game, index, &forget) {
                    Some(Clicked::Open) => actions.push(Action::OpenRecent(index)),
                    Some(Clicked::Forget) => actions.push(Action::ForgetRecent(index)),
                    None => {}
                }
            }
        });
    }
}

enum Clicked {
    Open,
    Forget,
}

fn recent_tile(ui: &mut Ui, model: &Model, game: &Recent, index: usize, forget: &str) -> Option<Clicked> {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 64.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &game.title));
    let lit = response.hovered() || response.has_focus();
    let corner = CornerRadius::same(12);
    ui.painter().rect_filled(rect, corner, if lit { theme::RAISED } else { theme::CARD });
    let ring = if response.has_focus() { theme::ACCENT } else { theme::LINE };
    ui.painter().rect_stroke(rect, corner, Stroke::new(1.0, ring), StrokeKind::Inside);

    let plate = Rect::from_min_size(rect.min + vec2(12.0, 12.0), Vec2::splat(40.0));
    let color = theme::player(color_of(&game.title));
    ui.painter().rect_filled(plate, CornerRadius::same(10), color.gamma_multiply(0.22));
    let initial = game.title.chars().find(|c| c.is_alphanumeric()).unwrap_or('?').to_uppercase().to_string();
    ui.painter().text(plate.center(), Align2::CENTER_CENTER, initial, theme::semibold(18.0), color);

    let close = Rect::from_center_size(pos2(rect.right() - 26.0, rect.center().y), Vec2::splat(30.0));
    let text =
        Rect::from_min_max(pos2(plate.right() + 12.0, rect.top() + 11.0), pos2(close.left() - 6.0, rect.bottom()));
    let mut inner = ui.new_child(egui::UiBuilder::new().id_salt(("recent", index)).max_rect(text));
    inner.spacing_mut().item_spacing.y = 3.0;
    widgets::line(&mut inner, &game.title, theme::semibold(15.0), theme::TEXT);
    widgets::line(&mut inner, &describe(model, game), theme::regular(12.0), theme::TEXT_WEAK);

    let mut corner_ui = ui.new_child(egui::UiBuilder::new().id_salt(("forget", index)).max_rect(close));
    let forgotten = corner_ui.put(close, ForgetButton { name: forget }).on_hover_text(forget).clicked();
    if forgotten {
        Some(Clicked::Forget)
    } else if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        Some(Clicked::Open)
    } else {
        None
    }
}

struct ForgetButton<'a> {
    name: &'a str,
}

impl egui::Widget for ForgetButton<'_> {
    fn ui(self, ui: &mut Ui) -> egui::Response {
        let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.name));
        let lit = response.hovered() || response.has_focus();
        if lit {
            ui.painter().rect_filled(rect, CornerRadius::same(8), theme::RAISED_HOVER);
        }
        let color = if lit { theme::TEXT } else { theme::TEXT_WEAK.gamma_multiply(0.7) };
        icons::paint(ui.painter(), Icon::Close, Rect::from_center_size(rect.center(), Vec2::splat(16.0)), color);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

fn describe(model: &Model, game: &Recent) -> String {
    let known = model.cores.iter().find(|core| core.path == game.core);
    let core = known.map_or_else(|| crate::settings::Settings::core_key(&game.core), |core| core.name.clone());
    let file = game.content.as_deref().and_then(|path| path.file_name());
    match file {
        Some(file) => format!("{core} · {}", file.to_string_lossy()),
        None => core,
    }
}

/// The same title gets the same colour every time.
fn color_of(title: &str) -> Seat {
    let sum = title.bytes().fold(7usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    Seat::ALL[sum % 6]
}
