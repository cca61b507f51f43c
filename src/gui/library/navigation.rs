//! The library by keys; a gamepad presses the same ones.

use super::super::view::{Action, Dialog, Model, Screen, View};
use super::actions::play;
use super::tabs;
use crate::library::catalog::CatalogCommand;
use egui::{Event, EventFilter, FocusDirection, Id, Key, Modifiers, Ui};

/// Of the text that is looked for.
pub(super) fn search_id() -> Id {
    Id::unique("library-search")
}

/// What a game's card does with keys itself.
pub(super) const CARD_KEYS: EventFilter =
    EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };

pub(super) fn keys(view: &mut View, ui: &Ui, model: &Model, actions: &mut Vec<Action>) {
    if view.dialog.is_some() || egui::Popup::is_any_open(ui.ctx()) {
        return;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let with_control = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
    let focused = ui.memory(|memory| memory.focused());
    let searching = focused == Some(search_id());
    if with_control(Key::F) {
        ui.memory_mut(|memory| memory.request_focus(search_id()));
    }
    for (key, step) in [(Key::PageUp, -1), (Key::PageDown, 1)] {
        if with_control(key) {
            tabs::step(&mut view.library.query, &model.library.systems, step);
        }
    }
    if pressed(Key::Escape) || pressed(Key::BrowserBack) {
        if view.library.query.text.is_empty() {
            view.screen = Screen::Home;
        } else {
            view.library.query.text.clear();
        }
        return;
    }
    let library = &mut view.library;
    if searching {
        if pressed(Key::ArrowDown) {
            library.select(library.selected);
            stay(ui);
        } else if pressed(Key::Enter)
            && let Some(entry) = library.selected()
        {
            actions.push(play(entry));
        }
        return;
    }
    if with_control(Key::D)
        && let Some(entry) = library.selected()
    {
        let (path, on) = (entry.path.clone(), !entry.record.favourite);
        actions.push(Action::Library(CatalogCommand::Favourite { path, on }));
    }
    if pressed(Key::Menu)
        && let Some(entry) = library.selected()
    {
        view.dialog = Some(Dialog::GameMenu(entry.path.clone()));
        return;
    }
    type_to_search(ui);
    // Another widget has its own use for them.
    if focused.is_some() && !view.library.has_focus {
        return;
    }
    let library = &mut view.library;
    if focused.is_none()
        && pressed(Key::Enter)
        && let Some(entry) = library.selected()
    {
        actions.push(play(entry));
        return;
    }
    let (at, columns, page) = (library.selected, library.columns.max(1), library.page.max(1));
    let last = library.len().saturating_sub(1);
    let place = match () {
        // The first press shows where one is.
        () if pressed(Key::ArrowDown) => at + if focused.is_none() { 0 } else { columns },
        () if pressed(Key::ArrowUp) => at.checked_sub(columns).unwrap_or(at),
        () if pressed(Key::ArrowRight) => at + usize::from(focused.is_some()),
        () if pressed(Key::ArrowLeft) => at.saturating_sub(1),
        () if pressed(Key::PageDown) => at + columns * page,
        () if pressed(Key::PageUp) => at.saturating_sub(columns * page),
        () if pressed(Key::Home) => 0,
        () if pressed(Key::End) => last,
        () => return,
    };
    library.select(place);
    stay(ui);
}

/// The arrow was for the library: the focus is not to go on from where it puts it.
fn stay(ui: &Ui) {
    ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
}

/// Letters go into the search without a click on it.
fn type_to_search(ui: &Ui) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let typed: String = ui.input(|input| {
        let texts = input.events.iter().filter_map(|event| match event {
            Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    });
    // A space presses what has the focus.
    if typed.trim().is_empty() {
        return;
    }
    // The field takes the letters themselves, in this very painting.
    ui.memory_mut(|memory| memory.request_focus(search_id()));
}
