//! The library: every game of the folders that the person added, as pictures or in a list.

mod actions;
mod card;
mod empty;
mod folders;
mod navigation;
mod pictures;
mod played;
mod state;
mod tabs;

pub(super) use actions::show as show_menu;
pub(super) use folders::show as show_folders;
pub use pictures::{GamePictures, PictureFolders};
pub(super) use played::PlayClock;
pub use state::LibraryView;

use super::icons::Icon;
use super::view::{Action, Dialog, Model, Screen, View};
use super::widgets::{self, Button, Emphasis};
use super::{join_requests, theme};
use crate::library::catalog::{CatalogCommand, Sort};
use crate::settings::LibraryLook;
use crate::text::fill;
use card::{CardSize, Lit};
use egui::{
    CentralPanel, Color32, ComboBox, CornerRadius, CursorIcon, Frame, Margin, Panel, Rect, Role, ScrollArea, Sense,
    TextEdit, Ui, WidgetInfo, pos2, vec2,
};

/// Between cards, in points.
const GAP: f32 = 12.0;
/// Of a line of the list, in points.
const ROW_HEIGHT: f32 = 58.0;
/// What is asked for with "for so many", at least.
const PLAYERS: [Option<u8>; 4] = [None, Some(2), Some(3), Some(4)];

pub(super) fn show(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    view.library.follow(&model.library.entries);
    navigation::keys(view, ui, model, actions);
    view.library.follow(&model.library.entries);
    // The window is cleared with this colour anyway, and filling all of it again costs the processor, where that draws, a third of a frame.
    let ground = if model.software_rendering { Color32::TRANSPARENT } else { theme::BACKGROUND };
    let bar = Frame::new().fill(ground).inner_margin(Margin::symmetric(20, 0));
    Panel::top("library-bar")
        .exact_size(60.0)
        .show_separator_line(false)
        .frame(bar)
        .show(ui, |ui| top_bar(view, ui, model, actions));
    if !model.settings.library_folders.is_empty() {
        Panel::top("library-tabs")
            .exact_size(44.0)
            .show_separator_line(false)
            .frame(bar)
            .show(ui, |ui| filters(view, ui, model));
    }
    if let Some(scan) = model.library.scan.filter(|scan| scan.of > 0) {
        Panel::bottom("library-scan").exact_size(48.0).show_separator_line(false).frame(bar).show(ui, |ui| {
            progress(ui, model, scan.done, scan.of, actions);
        });
    }
    let frame = Frame::new().fill(ground).inner_margin(Margin { left: 20, right: 8, top: 4, bottom: 0 });
    CentralPanel::default().frame(frame).show(ui, |ui| {
        view.library.wanted.clear();
        view.library.has_focus = false;
        if view.library.len() == 0 {
            empty::show(view, ui, model, actions);
        } else {
            empty::no_cores(view, ui, model);
            games(view, ui, model, actions);
        }
    });
    if view.dialog.is_none() {
        join_requests::overlay(ui, model, actions);
    }
}

fn top_bar(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let mut back = false;
    let mut open_folders = false;
    let library = &mut view.library;
    widgets::row(
        ui,
        60.0,
        |ui| {
            back = ui.add(Button::icon(Icon::Back, texts.go_back)).on_hover_text(texts.go_back).clicked();
            widgets::line(ui, texts.library, theme::semibold(20.0), theme::TEXT);
            ui.add_space(8.0);
            let hint = fill(texts.library_search, &[("n", &model.library.entries.len().to_string())]);
            let width = ui.available_width().min(420.0);
            let field = TextEdit::singleline(&mut library.query.text).id(navigation::search_id()).hint_text(&hint);
            ui.add(field.char_limit(200).desired_width(width)).accessible_name(&hint);
        },
        |ui| {
            let folders =
                ui.add(Button::icon(Icon::Folder, texts.library_folders)).on_hover_text(texts.library_folders);
            open_folders = folders.clicked();
            look(ui, model, actions);
            let name = |sort| match sort {
                Sort::Name => texts.library_by_name,
                Sort::LastPlayed => texts.library_by_last_played,
                Sort::Played => texts.library_by_played,
            };
            let combo = ComboBox::from_id_salt("library-sort").selected_text(name(library.query.sort)).width(130.0);
            let combo = combo.show_ui(ui, |ui| {
                for sort in Sort::ALL {
                    ui.selectable_value(&mut library.query.sort, sort, name(sort));
                }
            });
            combo.response.accessible_name(texts.library_sort);
        },
    );
    if back {
        view.screen = Screen::Home;
    }
    if open_folders {
        view.dialog = Some(Dialog::LibraryFolders);
    }
}

/// One button that goes round: pictures, large pictures, a list.
fn look(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let (icon, name, next) = match model.settings.library_look {
        LibraryLook::Grid => (Icon::LargeGrid, texts.library_large, LibraryLook::Large),
        LibraryLook::Large => (Icon::List, texts.library_list, LibraryLook::List),
        LibraryLook::List => (Icon::Grid, texts.library_grid, LibraryLook::Grid),
    };
    if ui.add(Button::icon(icon, name)).on_hover_text(name).clicked() {
        let mut settings = model.settings.clone();
        settings.library_look = next;
        actions.push(Action::Change(Box::new(settings)));
    }
}

fn filters(view: &mut View, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    let mut players = view.library.query.players;
    let query = &mut view.library.query;
    widgets::row(
        ui,
        40.0,
        |ui| tabs::show(ui, texts, query, &model.library.systems),
        |ui| {
            let name = |players: Option<u8>| match players {
                None => texts.library_any_players.to_owned(),
                Some(n) => fill(texts.library_for_players, &[("n", &n.to_string())]),
            };
            let combo = ComboBox::from_id_salt("library-players").selected_text(name(players)).width(120.0);
            let combo = combo.show_ui(ui, |ui| {
                for wanted in PLAYERS {
                    ui.selectable_value(&mut players, wanted, name(wanted));
                }
            });
            combo.response.accessible_name(texts.library_players);
        },
    );
    view.library.query.players = players;
}

fn progress(ui: &mut Ui, model: &Model, done: usize, of: usize, actions: &mut Vec<Action>) {
    let texts = model.texts;
    widgets::row(
        ui,
        44.0,
        |ui| {
            let text = fill(texts.library_scanning, &[("done", &done.to_string()), ("of", &of.to_string())]);
            widgets::line(ui, &text, theme::regular(13.0), theme::TEXT_WEAK);
            let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
            let corner = CornerRadius::same(3);
            ui.painter().rect_filled(line, corner, theme::RAISED);
            let part = done as f32 / of.max(1) as f32;
            let length = (line.width() * part.min(1.0)).max(6.0);
            ui.painter().rect_filled(Rect::from_min_size(line.min, vec2(length, 6.0)), corner, theme::ACCENT);
        },
        |ui| {
            if ui.add(Button::text(texts.cancel).named(texts.library_stop)).on_hover_text(texts.library_stop).clicked()
            {
                actions.push(Action::Library(CatalogCommand::Cancel));
            }
        },
    );
}

/// Only what is on the screen is drawn, however many there are.
fn games(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let size = match model.settings.library_look {
        LibraryLook::List => None,
        LibraryLook::Grid => Some(CardSize::USUAL),
        LibraryLook::Large => Some(CardSize::LARGE),
    };
    let width = ui.available_width() - 12.0;
    let columns = size.map_or(1, |size| (((width + GAP) / (size.width + GAP)) as usize).max(1));
    // Cards take what is left between them.
    let size = size.map(|size| CardSize { width: (width + GAP) / columns as f32 - GAP, ..size });
    let height = size.map_or(ROW_HEIGHT, CardSize::height);
    let gap = size.map_or(6.0, |_| GAP);
    view.library.columns = columns;
    view.library.page = (ui.available_height() / (height + gap)) as usize;
    ui.spacing_mut().item_spacing = vec2(GAP, gap);
    let rows = view.library.len().div_ceil(columns);
    let mut area = ScrollArea::vertical().id_salt("library-games").auto_shrink([false, false]);
    if view.library.moved {
        area = scroll_to(area, ui, view.library.selected / columns, height + gap);
    }
    let output = area.show_rows(ui, height, rows, |ui, rows| {
        for row in rows {
            let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
            for column in 0..columns {
                let place = row * columns + column;
                let left = rect.left() + column as f32 * (size.map_or(0.0, |size| size.width) + GAP);
                let card_width = size.map_or(width, |size| size.width);
                let card = Rect::from_min_size(pos2(left, rect.top()), vec2(card_width, height));
                game(view, ui, model, place, card, size, actions);
            }
        }
    });
    let state = (output.state.clamped_offset().y, output.inner_rect.height());
    ui.memory_mut(|memory| memory.data.insert_temp(scroll_id(), state));
    view.library.moved = false;
}

/// Where the list was scrolled to last, and how much of it was shown.
fn scroll_id() -> egui::Id {
    egui::Id::unique("library-scroll")
}

/// So that the row of the selected game is on the screen: one that is not drawn cannot ask for it.
fn scroll_to(area: ScrollArea, ui: &Ui, row: usize, height: f32) -> ScrollArea {
    let (offset, shown): (f32, f32) = ui.memory(|memory| memory.data.get_temp(scroll_id())).unwrap_or_default();
    let (top, bottom) = (row as f32 * height, (row + 1) as f32 * height);
    match () {
        () if top < offset => area.vertical_scroll_offset(top),
        () if bottom > offset + shown && shown > 0.0 => area.vertical_scroll_offset(bottom - shown),
        () => area,
    }
}

fn game(
    view: &mut View,
    ui: &mut Ui,
    model: &Model,
    place: usize,
    rect: Rect,
    size: Option<CardSize>,
    actions: &mut Vec<Action>,
) {
    let Some(entry) = view.library.at(place) else { return };
    let entry = entry.clone();
    let id = ui.scope_id().with(("game", &entry.path));
    let response = ui.interact(rect, id, Sense::click());
    let name = card::spoken(model.texts, &entry);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let is_selected = view.library.selected == place;
    if is_selected && view.library.moved {
        response.request_focus();
    }
    if response.has_focus() {
        // Reached by Tab, perhaps; not the one that a key has just led away from.
        if !view.library.moved {
            view.library.selected = place;
        }
        view.library.has_focus = true;
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, navigation::CARD_KEYS));
    }
    let lit = Lit { hovered: response.hovered(), focused: response.has_focus() };
    if ui.is_rect_visible(rect) {
        match size {
            Some(size) => card::paint(ui.painter(), rect, model, &entry, size, lit),
            None => card::paint_row(ui.painter(), rect, model, &entry, lit),
        }
        view.library.wanted.push(entry.path.clone());
    }
    let mut next = None;
    response.context_menu(|ui| {
        ui.set_width(220.0);
        if actions::buttons(ui, model, &entry, Emphasis::Quiet, &mut next, actions) {
            ui.close();
        }
    });
    if next.is_some() {
        view.dialog = next;
    }
    let full = entry.name != entry.title;
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    let response = if full { response.on_hover_text(&entry.name) } else { response };
    if response.clicked() {
        view.library.selected = place;
        actions.push(actions::play(&entry));
    }
}
