//! The library's screen: found by typing, moved about in by keys, started by a click.

#![allow(clippy::unwrap_used)]

use crate::gui::Stage;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use hotseat::gui::view::{Action, Dialog, Screen};
use hotseat::library::catalog::CatalogCommand;
use hotseat::settings::LibraryLook;
use std::path::PathBuf;

type Window = Harness<'static, Stage>;

const FIRST: &str = "Anguna - Warriors of Virtue with a Rather Long Title, Game Boy Advance · World";
const MAGES: &str = "Micro Mages, NES · World · 4 players, favourite";
const TALE: &str = "Tale of Embers, PlayStation · USA · 2 discs · 1 player";

fn opened(window: &Window) -> Vec<PathBuf> {
    let files = window.state().actions.iter().filter_map(|action| match action {
        Action::OpenFile(path) => Some(path.clone()),
        _ => None,
    });
    files.collect()
}

fn place(window: &Window, index: usize) -> PathBuf {
    window.state().library.entries[index].path.clone()
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(2);
}

fn typed(window: &mut Window, text: &str) {
    window.event(Event::Text(text.into()));
    window.run_steps(2);
}

#[test]
fn home_leads_to_the_library_and_a_click_there_starts_a_game() {
    let mut stage = Stage::default().with_library();
    stage.view.screen = Screen::Home;
    let mut window = stage.open_with_any_font();
    window.get_by_label("Games").click();
    window.run_steps(2);
    assert_eq!(window.state().view.screen, Screen::Library);
    window.get_by_label(MAGES).click();
    window.run_steps(2);
    assert_eq!(opened(&window), [place(&window, 2)]);
    window.get_by_label("Go back").click();
    window.run_steps(2);
    assert_eq!(window.state().view.screen, Screen::Home);
}

#[test]
fn letters_search_without_a_click_and_enter_starts_what_was_found() {
    let mut window = Stage::default().with_library().open_with_any_font();
    typed(&mut window, "tal");
    typed(&mut window, "e");
    assert_eq!(window.state().view.library.query.text, "tale");
    assert!(window.query_by_label(MAGES).is_none());
    window.get_by_label(TALE);
    press(&mut window, Key::Enter);
    assert_eq!(opened(&window), [place(&window, 3)]);
    press(&mut window, Key::Escape);
    assert_eq!(window.state().view.library.query.text, "");
    window.get_by_label(MAGES);
    press(&mut window, Key::Escape);
    assert_eq!(window.state().view.screen, Screen::Home);
}

#[test]
fn arrows_move_from_game_to_game_and_enter_starts_the_one_in_the_frame() {
    let mut window = Stage::default().with_library().open_with_any_font();
    press(&mut window, Key::ArrowDown);
    assert!(window.get_by_label(FIRST).accesskit_node().is_focused());
    press(&mut window, Key::ArrowRight);
    press(&mut window, Key::ArrowRight);
    assert!(window.get_by_label(MAGES).accesskit_node().is_focused());
    press(&mut window, Key::Enter);
    assert_eq!(opened(&window), [place(&window, 2)]);
    press(&mut window, Key::End);
    press(&mut window, Key::ArrowRight);
    press(&mut window, Key::Enter);
    assert_eq!(opened(&window), [place(&window, 2), place(&window, 5)]);
}

#[test]
fn the_list_goes_down_one_by_one_and_to_the_very_end_of_many() {
    let mut stage = Stage::default().with_library().with_many_games(20_000);
    stage.settings.library_look = LibraryLook::List;
    let mut window = stage.open_with_any_font();
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::ArrowDown);
    assert!(window.get_by_label(MAGES).accesskit_node().is_focused());
    press(&mut window, Key::End);
    window.run_steps(4);
    assert!(window.get_by_label("Zone 19999, NES").accesskit_node().is_focused());
    assert!(window.query_by_label(MAGES).is_none(), "it is far above, and not drawn");
    assert!(window.state().view.library.wanted.len() < 40);
}

#[test]
fn the_menu_key_opens_what_can_be_done_with_a_game() {
    let mut window = Stage::default().with_library().open_with_any_font();
    press(&mut window, Key::ArrowDown);
    for _ in 0..3 {
        press(&mut window, Key::ArrowRight);
    }
    press(&mut window, Key::Menu);
    assert_eq!(window.state().view.dialog, Some(Dialog::GameMenu(place(&window, 3))));
    window.get_by_label("Play disc 2").click();
    window.run_steps(2);
    assert_eq!(opened(&window), [PathBuf::from("/home/ada/games/2.chd")]);
    assert_eq!(window.state().view.dialog, None);
    press(&mut window, Key::Menu);
    window.get_by_label("Play with another core…").click();
    window.run_steps(2);
    let content = place(&window, 3);
    assert_eq!(window.state().view.dialog, Some(Dialog::ChooseCore { content, remember: false }));
}

#[test]
fn a_right_click_makes_a_game_a_favourite_and_shows_where_it_lies() {
    let mut window = Stage::default().with_library().open_with_any_font();
    window.get_by_label(TALE).click_secondary();
    window.run_steps(4);
    window.get_by_label("Make it a favourite").click();
    window.run_steps(4);
    let path = place(&window, 3);
    let wanted = Action::Library(CatalogCommand::Favourite { path: path.clone(), on: true });
    assert!(window.state().actions.contains(&wanted), "{:?}", window.state().actions);
    window.get_by_label(TALE).click_secondary();
    window.run_steps(4);
    window.get_by_label("Show in its folder").click();
    window.run_steps(4);
    assert!(window.state().actions.contains(&Action::ShowInFolder(path)));
}

#[test]
fn filters_and_their_keys_narrow_the_games_down() {
    let mut window = Stage::default().with_library().open_with_any_font();
    window.get_by_label("Favourites").click();
    window.run_steps(3);
    window.get_by_label(MAGES);
    assert!(window.query_by_label(TALE).is_none());
    // The next ones are the machines, by name.
    window.key_press_modifiers(Modifiers::COMMAND, Key::PageDown);
    window.run_steps(3);
    assert_eq!(window.state().view.library.query.system.as_deref(), Some("Nintendo - Game Boy"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::PageUp);
    window.key_press_modifiers(Modifiers::COMMAND, Key::PageUp);
    window.run_steps(3);
    window.get_by_label(TALE);
    window.state_mut().view.library.query.players = Some(4);
    window.run_steps(3);
    window.get_by_label(MAGES);
    assert!(window.query_by_label(TALE).is_none());
    window.state_mut().view.library.query.text = "no such game".into();
    window.run_steps(3);
    window.get_by_label("Show all games").click();
    window.run_steps(3);
    window.get_by_label(TALE);
}

#[test]
fn where_there_is_nothing_it_is_said_what_to_do() {
    let mut stage = Stage::default();
    stage.view.screen = Screen::Library;
    stage.cores.truncate(1);
    let mut window = stage.open();
    window.get_by_label("Add a folder of games…").click();
    window.run_steps(2);
    assert_eq!(window.state().actions, [Action::PickLibraryFolder]);
    window.get_by_label("Get cores…").click();
    window.run_steps(2);
    assert!(matches!(window.state().view.dialog, Some(Dialog::GetCores(_))));

    let mut stage = Stage::default().with_library();
    stage.library = hotseat::library::catalog::CatalogShown { is_read: true, ..Default::default() };
    let mut window = stage.open();
    window.get_by_label("No games found");
    window.get_by_label("Look again").click();
    window.run_steps(2);
    assert_eq!(window.state().actions, [Action::Library(CatalogCommand::Rescan)]);
}

#[test]
fn folders_are_taken_off_the_list_and_a_scan_is_cancelled() {
    let mut stage = Stage::default().with_library();
    stage.library.scan = Some(hotseat::library::catalog::ScanProgress { done: 3, of: 9 });
    let mut window = stage.open_with_any_font();
    window.get_by_label("Cancel looking for games").click();
    window.run_steps(2);
    assert_eq!(window.state().actions, [Action::Library(CatalogCommand::Cancel)]);
    window.get_by_label("Folders of games").click();
    window.run_steps(2);
    window.get_by_label("Take /home/ada/games off the list").click();
    window.run_steps(2);
    let Some(Action::Change(settings)) = window.state().actions.last() else { panic!("{:?}", window.state().actions) };
    assert!(settings.library_folders.is_empty());
}
