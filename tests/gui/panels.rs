//! Clicks widgets by the names that a screen reader says, and looks at what was asked for.

#![allow(clippy::unwrap_used)]

use crate::gui::{Stage, option};
use egui::{Key, OutputCommand, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT, Queryable};
use hotseat::crash::Crash;
use hotseat::engine::{Command, GameCommand, GameState, Level, NoticeKind, Slot};
use hotseat::gui::game_choice::GameChoice;
use hotseat::gui::get_cores::CoreSearch;
use hotseat::gui::preferences::SettingsDraft;
use hotseat::gui::several::SeveralFiles;
use hotseat::gui::view::{Action, Dialog};
use hotseat::link::subsystem::{Rom, Subsystem};
use hotseat::session::protocol::{OnScreen, ScreenLine};
use hotseat::settings::{Aspect, Crop, Scaling};
use hotseat::text::Language;
use std::time::Duration;

type Window = Harness<'static, Stage>;

/// The one of this name that can be clicked; the same words may stand beside it.
fn click(window: &mut Window, name: &str) {
    window.get(By::new().label(name).predicate(|node| node.role() != Role::Label)).click();
    window.run_steps(2);
}

fn actions(window: &mut Window) -> Vec<Action> {
    std::mem::take(&mut window.state_mut().actions)
}

fn clicked(stage: Stage, name: &str) -> Vec<Action> {
    let mut window = stage.open();
    click(&mut window, name);
    actions(&mut window)
}

fn engine(command: Command) -> Vec<Action> {
    vec![Action::Engine(command)]
}

fn copied(window: &Window) -> Vec<String> {
    let commands = window.output().platform_output.commands.iter();
    commands
        .filter_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn the_demo_and_the_file_dialog_are_one_click_away() {
    assert_eq!(clicked(Stage::default(), "Play the demo"), [Action::PlayDemo]);
    assert_eq!(clicked(Stage::default(), "Open a game…"), [Action::PickGame]);
}

#[test]
fn without_the_demo_core_its_tile_does_nothing() {
    let stage = Stage { demo: false, ..Stage::default() };
    assert_eq!(clicked(stage, "Play the demo"), []);
}

#[test]
fn recent_games_open_and_can_be_forgotten() {
    assert_eq!(clicked(Stage::default().with_recent(), "Tobu Tobu Girl"), [Action::OpenRecent(2)]);
    let forget = "Remove Tobu Tobu Girl from this list";
    assert_eq!(clicked(Stage::default().with_recent(), forget), [Action::ForgetRecent(2)]);
}

#[test]
fn a_running_game_can_be_paused_reset_saved_loaded_and_closed() {
    let play = || Stage::default().playing();
    assert_eq!(clicked(play(), "Pause"), engine(Command::Game(GameCommand::Pause)));
    for index in 0..2 {
        // In the bar, and over the picture.
        let mut window = play().in_state(GameState::Paused).open();
        window.get_all_by_role_and_label(Role::Button, "Resume").nth(index).unwrap().click();
        window.run_steps(2);
        assert_eq!(actions(&mut window), engine(Command::Game(GameCommand::Resume)));
    }
    assert_eq!(clicked(play(), "Reset"), engine(Command::Game(GameCommand::Reset)));
    assert_eq!(clicked(play(), "Save state"), engine(Command::Game(GameCommand::SaveState(Slot::clamped(0)))));
    assert_eq!(clicked(play(), "Load state"), engine(Command::Game(GameCommand::LoadState(Slot::clamped(0)))));
    assert_eq!(clicked(play(), "Close game"), engine(Command::Close));
    assert_eq!(clicked(play(), "Full screen"), [Action::FullScreen(true)]);
}

#[test]
fn the_host_sees_who_paused_the_game() {
    Stage::default().playing().paused_by("Ann").open().get_by_label("Ann paused the game");
    Stage::default().playing().in_state(GameState::Paused).open().get_by_label("Paused");
}

#[test]
fn each_slot_is_saved_loaded_and_put_back_where_there_is_something() {
    let game_command = |command| engine(Command::Game(command));
    let mut window = Stage::default().playing().with_states().open();
    click(&mut window, "Slot 1");
    click(&mut window, "Save in slot 4");
    assert_eq!(actions(&mut window), game_command(GameCommand::SaveState(Slot::clamped(3))));
    click(&mut window, "Load slot 4");
    assert_eq!(actions(&mut window), [], "it is empty");
    click(&mut window, "Put back the state before, slot 3");
    assert_eq!(actions(&mut window), engine(Command::PutBackState { slot: Slot::clamped(2) }));
    assert!(window.query_by_label("Put back the state before, slot 2").is_none(), "there was none");
    click(&mut window, "Load slot 2");
    assert_eq!(actions(&mut window), game_command(GameCommand::LoadState(Slot::clamped(1))));
    window.run_steps(2);
    assert_eq!(window.state().view.dialog, None, "the game is what is to be seen then");
}

#[test]
fn the_host_says_whether_the_game_goes_on_where_it_was_left() {
    for (name, wanted) in [("Continue", true), ("Start from the beginning", false)] {
        let mut window = Stage::default().playing().asked_to_continue().open();
        window.get_by_label("Left 20 h ago");
        click(&mut window, name);
        assert_eq!(actions(&mut window), engine(Command::Continue { wanted }));
    }
}

#[test]
fn an_empty_slot_is_not_loaded_and_the_slot_of_the_keys_is_chosen() {
    let mut window = Stage::default().playing().open();
    click(&mut window, "Slot 1");
    click(&mut window, "Choose slot 4 for F2 and F4");
    click(&mut window, "Close");
    click(&mut window, "Load state");
    assert_eq!(actions(&mut window), []);
    click(&mut window, "Save state");
    assert_eq!(actions(&mut window), engine(Command::Game(GameCommand::SaveState(Slot::clamped(3)))));
}

#[test]
fn a_core_without_states_offers_none() {
    let mut stage = Stage::default().playing();
    stage.snapshot.game.as_mut().unwrap().can_save_state = false;
    let mut window = stage.open();
    for name in ["Save state", "Load state"] {
        click(&mut window, name);
    }
    for key in [Key::F2, Key::F4] {
        window.key_press(key);
        window.run_steps(2);
    }
    assert_eq!(actions(&mut window), []);
}

#[test]
fn function_keys_do_what_their_buttons_do() {
    let mut window = Stage::default().playing().open();
    for (key, action) in [
        (Key::F2, Action::Engine(Command::Game(GameCommand::SaveState(Slot::clamped(0))))),
        (Key::F4, Action::Engine(Command::Game(GameCommand::LoadState(Slot::clamped(0))))),
        (Key::F5, Action::Engine(Command::Game(GameCommand::Pause))),
        (Key::F9, Action::Engine(Command::Volume(0.0))),
        (Key::F11, Action::FullScreen(true)),
    ] {
        window.key_press(key);
        window.run_steps(2);
        assert_eq!(actions(&mut window), [action], "{key:?}");
    }
    for key in [Key::F7, Key::F7, Key::F6, Key::F2] {
        window.key_press(key);
        window.run_steps(2);
    }
    assert_eq!(actions(&mut window), engine(Command::Game(GameCommand::SaveState(Slot::clamped(1)))));
}

#[test]
fn a_game_that_takes_keyboard_or_mouse_is_given_them_by_a_button_that_says_which() {
    for (keyboard, mouse, name) in [
        (true, true, "Keyboard and mouse in the game"),
        (true, false, "Use the keyboard in the game"),
        (false, true, "Use the mouse in the game"),
    ] {
        let stage = || Stage::default().playing().wanting(keyboard, mouse, false);
        assert_eq!(clicked(stage(), name), [Action::CaptureInput(true)]);
    }
    let mut window = Stage::default().playing().wanting(true, true, true).open();
    let hint = "Keys and mouse go to the game. Esc or Scroll Lock ends it; Ctrl+[ is its Esc.";
    assert_eq!(window.get_all_by_label(hint).count(), 2, "in the bar, and over the picture for a moment");
    click(&mut window, "Give back");
    assert_eq!(actions(&mut window), [Action::CaptureInput(false)]);
    let window = Stage::default().playing().open();
    for name in ["Keyboard and mouse in the game", "Use the keyboard in the game", "Use the mouse in the game"] {
        assert!(window.query_by_label(name).is_none());
    }
}

#[test]
fn the_view_says_where_the_picture_is_as_long_as_there_is_one() {
    let mut window = Stage::default().playing().open();
    let area = window.state().view.picture_area.unwrap();
    assert_eq!(area.size_px, [256, 240]);
    assert!(area.letterbox.contains_rect(area.picture) && area.picture.area() > 10_000.0);
    window.state_mut().picture = None;
    window.run_steps(2);
    assert_eq!(window.state().view.picture_area, None);
}

#[test]
fn what_is_hidden_of_the_picture_is_not_of_the_picture_that_is_pointed_at() {
    let mut stage = Stage::default().playing();
    stage.settings.crop = Crop { top: 8, bottom: 8, left: 0, right: 0 };
    let mut window = stage.open();
    let area = window.state().view.picture_area.unwrap();
    assert!(area.letterbox.contains_rect(area.picture), "{area:?}");
    let [shown, whole] = [area.picture, area.whole].map(|rect| rect.size());
    assert!((shown.y / whole.y - 224.0 / 240.0).abs() < 0.01 && (shown.x - whole.x).abs() < 0.01, "{area:?}");
    // The same amount of a picture in double resolution; and of one that is hardly larger, nothing.
    for (size, hidden) in [([512, 480], 16.0 / 240.0), ([40, 24], 0.0)] {
        window.state_mut().picture = Some(hotseat::gui::view::PictureShape { size, aspect: 4.0 / 3.0 });
        window.run_steps(2);
        let area = window.state().view.picture_area.unwrap();
        assert!((1.0 - area.picture.height() / area.whole.height() - hidden).abs() < 0.01, "{size:?}: {area:?}");
    }
}

#[test]
fn two_quick_shots_at_the_picture_do_not_fill_the_screen() {
    for (mouse, wanted) in [(true, vec![]), (false, vec![Action::FullScreen(true)])] {
        let mut window = Stage::default().playing().wanting(false, mouse, false).open();
        let at = window.state().view.picture_area.unwrap().picture.center();
        // Every event is a step of its own, and steps are long.
        window.ctx.options_mut(|options| options.input_options.max_double_click_delay = 10.0);
        window.event(egui::Event::PointerMoved(at));
        window.step();
        for pressed in [true, false, true, false] {
            let (modifiers, button) = (egui::Modifiers::NONE, egui::PointerButton::Primary);
            window.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        window.run_steps(6);
        assert_eq!(actions(&mut window), wanted);
    }
}

#[test]
fn the_lights_of_the_machine_are_shown_from_when_they_were_on() {
    let window = Stage::default().playing().wanting(false, false, false).open();
    window.get_by_label("Console lights: 2/3");
    let window = Stage::default().playing().open();
    assert!(window.query_by_label_contains("Console lights").is_none());
}

#[test]
fn turbo_is_chosen_beside_a_buttons_key_and_taken_back_with_the_keys() {
    let mut stage = Stage::default().playing();
    stage.view.dialog = Some(Dialog::Settings(SettingsDraft::of(&stage.settings)));
    let mut window = stage.open();
    // Far down among the settings.
    window.get_by_label("Keys on the keyboard").scroll_to_me();
    window.run_steps(4);
    click(&mut window, "Keys on the keyboard");
    assert!(window.query_by_label("Turbo Up").is_none(), "turbo would walk in steps");
    let mut chosen = |name: &str| {
        window.get_by_role_and_label(Role::CheckBox, name).click_accesskit();
        window.run_steps(2);
        let changed = actions(&mut window);
        let [Action::Change(settings)] = &changed[..] else { panic!("{changed:?}") };
        window.state_mut().settings = (**settings).clone();
        window.state().settings.turbo.clone()
    };
    assert_eq!(chosen("Turbo A"), [["a".to_owned()].into(), [].into()]);
    assert_eq!(chosen("Turbo Start"), [["a".to_owned(), "start".to_owned()].into(), [].into()]);
    assert_eq!(chosen("Turbo A"), [["start".to_owned()].into(), [].into()]);
    window.get_by_role_and_label(Role::Button, "Reset to defaults").click_accesskit();
    window.run_steps(2);
    let changed = actions(&mut window);
    let [Action::Change(settings)] = &changed[..] else { panic!("{changed:?}") };
    assert!(settings.turbo.iter().all(|set| set.is_empty()));
}

#[test]
fn escape_leaves_full_screen_where_only_the_picture_is_shown() {
    let mut window = Stage { full_screen: true, ..Stage::default().playing() }.open();
    assert!(window.query_by_label("Pause").is_none());
    assert!(window.query_by_label("Copy link").is_none());
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert_eq!(actions(&mut window), [Action::FullScreen(false)]);
}

#[test]
fn mute_keeps_the_volume_for_later() {
    let mut stage = Stage::default().playing();
    stage.settings.volume = 0.6;
    let mut window = stage.open();
    click(&mut window, "Mute");
    click(&mut window, "Unmute");
    assert_eq!(window.state().commands(), [Command::Volume(0.0), Command::Volume(0.6)]);
}

#[test]
fn the_link_is_copied_whole_from_the_game_and_from_the_start_screen() {
    for stage in [Stage::default().playing(), Stage::default().with_invite()] {
        let link = stage.snapshot.invites[0].links[0].clone();
        let mut window = stage.open();
        window.get_by_label("Copy link").click();
        window.step();
        assert_eq!(copied(&window), [link]);
        window.step();
        assert!(window.query_by_label("Copied").is_some());
    }
}

#[test]
fn the_code_to_scan_opens_and_closes() {
    let mut window = Stage::default().playing().open();
    click(&mut window, "Show QR code");
    assert_eq!(window.state().view.dialog, Some(Dialog::Qr));
    assert!(window.query_by_label("Scan to join").is_some());
    click(&mut window, "Close");
    assert_eq!(window.state().view.dialog, None);
}

#[test]
fn the_people_are_listed_with_their_connection() {
    let window = Stage::default().playing().open();
    for text in ["Ada (you)", "P2", "12 ms · 2.4 Mbit/s", "148 ms · 640 kbit/s · 4% lost", "measuring… · 2.4 Mbit/s"]
    {
        assert!(window.query_by_label(text).is_some(), "{text}");
    }
}

#[test]
fn speed_and_latency_are_shown_while_a_game_runs() {
    let window = Stage::default().playing().open();
    assert!(window.query_by_label("60.1 fps").is_some());
    assert!(window.query_by_label("2.4 ms").is_some());
}

#[test]
fn a_crashed_game_is_started_again_or_closed() {
    let crashed = || Stage::default().playing().in_state(GameState::Crashed(Crash::Hung { core: "Nestopia".into() }));
    assert!(crashed().open().query_by_label("Nestopia stopped answering and was ended.").is_some());
    assert_eq!(clicked(crashed(), "Start again"), engine(Command::Restart));
    let mut window = crashed().open();
    // The bar has one of that name as well.
    window.get_all_by_label("Close game").last().unwrap().click();
    window.run_steps(2);
    assert_eq!(actions(&mut window), engine(Command::Close));
}

#[test]
fn a_game_that_could_not_start_says_why_and_leads_back() {
    let failed = Stage::default()
        .playing()
        .in_state(GameState::Failed(NoticeKind::CoreMessage { text: "It needs gba_bios.bin.".into() }));
    let mut window = failed.open();
    assert!(window.query_by_label("It needs gba_bios.bin.").is_some());
    click(&mut window, "Go back");
    assert_eq!(actions(&mut window), engine(Command::Close));
}

#[test]
fn core_options_change_with_a_switch_or_a_list() {
    let mut stage = Stage::default().playing();
    stage.view.dialog = Some(Dialog::Options(String::new()));
    let mut window = stage.open();
    click(&mut window, "Remove the 8-sprites-per-scanline limit");
    click(&mut window, "CPU speed");
    click(&mut window, "2x");
    let set = |key: &str, value: &str| Command::CoreOption { key: key.into(), value: value.into() };
    assert_eq!(window.state().commands(), [set("nestopia_nospritelimit", "enabled"), set("nestopia_overclock", "2x")]);
}

#[test]
fn many_options_can_be_searched() {
    let mut stage = Stage::default().playing();
    let options = &mut stage.snapshot.game.as_mut().unwrap().options;
    options.extend((0..30).map(|n| option(&format!("k{n}"), &format!("Knob {n}"), &["a", "b"], "a")));
    stage.view.dialog = Some(Dialog::Options("knob 17".into()));
    let window = stage.open();
    assert!(window.query_by_label("Search").is_some());
    assert!(window.query_all_by_label("Knob 17").count() > 0);
    assert_eq!(window.query_all_by_label("Knob 16").count(), 0);
}

#[test]
fn options_of_a_game_that_ended_are_not_left_open() {
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::Options(String::new()));
    assert_eq!(stage.open().state().view.dialog, None);
}

#[test]
fn one_of_several_cores_is_chosen_once_and_remembered() {
    let mut stage = Stage::default();
    let content: std::path::PathBuf = "/home/ada/games/Micro Mages.nes".into();
    stage.view.dialog = Some(Dialog::ChooseCore { content: content.clone(), remember: true });
    let mut window = stage.open();
    assert!(window.query_by_label("Open with mGBA").is_none(), "it does not open .nes");
    click(&mut window, "Open with Nestopia UE");
    assert_eq!(
        actions(&mut window),
        [Action::OpenWith { content, core: "/cores/nestopia_libretro.so".into(), remember: true }]
    );
    assert_eq!(window.state().view.dialog, None);
}

fn super_game_boy() -> Subsystem {
    let rom = |name: &str, ending: &str, required| Rom {
        name: name.into(),
        extensions: vec![ending.into()],
        required,
        ..Rom::default()
    };
    let roms = vec![rom("Game Boy game", "gb", true), rom("Super Game Boy", "sfc", true), rom("Notes", "txt", false)];
    Subsystem { ident: "sgb".into(), name: "Super Game Boy".into(), id: 1, roms }
}

#[test]
fn a_game_of_several_files_is_put_together_where_a_core_is_chosen() {
    let mut stage = Stage::default();
    let content: std::path::PathBuf = "/home/ada/games/Micro Mages.nes".into();
    stage.view.dialog = Some(Dialog::ChooseCore { content, remember: true });
    stage.machines.insert("/cores/nestopia_libretro.so".into(), vec![super_game_boy()]);
    let chosen = SeveralFiles::new("/cores/nestopia_libretro.so".into(), super_game_boy(), None);
    let asked = clicked(stage, "Play with several files: Super Game Boy…");
    assert_eq!(asked, [Action::PutTogether(chosen.clone())], "it takes no .nes");

    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::SeveralFiles(chosen.clone()));
    let asked = clicked(stage, "Choose a file for Super Game Boy");
    assert_eq!(asked, [Action::PickPart { at: 1, name: "Super Game Boy".into() }]);

    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::SeveralFiles(chosen.clone()));
    let mut window = stage.open();
    click(&mut window, "Play");
    assert_eq!(actions(&mut window), [], "two files are missing");

    let files = vec![Some("/g/a.gb".into()), Some("/g/b.sfc".into()), None];
    let whole = SeveralFiles { files, ..chosen };
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::SeveralFiles(whole.clone()));
    assert_eq!(clicked(stage, "Play"), [Action::PlayTogether(whole.clone())]);
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::SeveralFiles(whole));
    let mut window = stage.open();
    click(&mut window, "Leave out Super Game Boy");
    window.run_steps(2);
    click(&mut window, "Play");
    assert_eq!(actions(&mut window), [], "one was taken out");
}

#[test]
fn the_file_that_was_opened_is_where_the_machine_takes_it() {
    let of = |path: &str| SeveralFiles::new("/cores/x.so".into(), super_game_boy(), Some(path.into())).files;
    assert_eq!(of("/g/a.sfc"), [None, Some("/g/a.sfc".into()), None]);
    assert_eq!(of("/g/a.nes"), [None, None, None]);
}

#[test]
fn one_of_several_games_in_an_archive_is_chosen_by_its_name() {
    let games: Vec<(String, std::path::PathBuf)> =
        (1..=150).map(|n| (format!("Tale {n}.nes"), format!("/g/set.zip#Tale {n}.nes").into())).collect();
    let choice = |whole: &[&str]| GameChoice {
        content: "/g/set.zip".into(),
        games: games.clone(),
        whole: whole.iter().map(|path| (*path).into()).collect(),
        filter: "149".into(),
    };
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::ChooseGame(choice(&[])));
    let mut window = stage.open();
    assert!(window.query_by_label("Tale 1.nes").is_none(), "it is not what was typed");
    click(&mut window, "Tale 149.nes");
    assert_eq!(actions(&mut window), [Action::OpenFile("/g/set.zip#Tale 149.nes".into())]);
    assert_eq!(window.state().view.dialog, None);
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::ChooseGame(choice(&["/cores/nestopia_libretro.so"])));
    let whole =
        Action::OpenWith { content: "/g/set.zip".into(), core: "/cores/nestopia_libretro.so".into(), remember: false };
    assert_eq!(clicked(stage, "All of it, with Nestopia UE"), [whole]);
}

#[test]
fn without_a_core_one_can_be_picked() {
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::NoCore("/x/disc.chd".into()));
    assert_eq!(clicked(stage, "Pick a core file…"), [Action::PickCoreFor("/x/disc.chd".into())]);
}

#[test]
fn a_core_can_be_got_for_a_file_that_none_opens_and_then_the_file_is_opened() {
    let mut stage = Stage::default().with_offers();
    stage.view.dialog = Some(Dialog::NoCore("/x/disc.chd".into()));
    let mut window = stage.open();
    click(&mut window, "Get a core…");
    window.run_steps(3);
    // Found by the file's type: what opens no such files is not listed.
    assert!(window.query_by_label("Update mGBA").is_none());
    click(&mut window, "Install Beetle PSX");
    assert_eq!(actions(&mut window), [Action::FetchCore("mednafen_psx".into())]);
    assert!(window.query_by_label("Open disc.chd").is_none());
    window.state_mut().cores[0].extensions = vec!["chd".into()];
    window.run_steps(3);
    click(&mut window, "Open disc.chd");
    assert_eq!(actions(&mut window), [Action::OpenFile("/x/disc.chd".into())]);
    assert_eq!(window.state().view.dialog, None);
}

#[test]
fn the_list_is_asked_for_when_it_is_opened_and_a_core_on_its_way_can_be_given_up() {
    let mut window = Stage::default().with_recent().open();
    click(&mut window, "Get cores…");
    window.run_steps(2);
    assert!(actions(&mut window).contains(&Action::ListCores));
    let mut stage = Stage::default().with_offers();
    stage.view.dialog = Some(Dialog::GetCores(CoreSearch::default()));
    let mut window = stage.open();
    click(&mut window, "Give up Snes9x");
    assert_eq!(actions(&mut window), [Action::CancelCore("snes9x".into())]);
    click(&mut window, "Give up Stella");
    assert_eq!(actions(&mut window), [Action::CancelCore("stella".into())]);
}

#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("not asked for".into())
    }
}

#[test]
fn a_file_dropped_on_the_window_is_opened_also_while_a_game_runs() {
    for stage in [Stage::default(), Stage::default().playing()] {
        let mut window = stage.open();
        let file = std::sync::Arc::new(Dropped("/x/game.nes".into()));
        window.input_mut().dropped_files.push(file);
        window.run_steps(2);
        assert_eq!(actions(&mut window), [Action::OpenFile("/x/game.nes".into())]);
    }
}

#[test]
fn a_crash_is_told_once() {
    let crash = Crash::Unknown { core: "It".into() };
    let crashed = Stage::default().playing().in_state(GameState::Crashed(crash.clone()));
    let window = crashed.told(Level::Error, NoticeKind::Crashed { crash }).open();
    assert_eq!(window.query_all_by_label("It crashed.").count(), 1);
}

fn settings_window() -> Window {
    let mut stage = Stage::default();
    stage.settings.core_for.insert("nes".into(), "/cores/nestopia_libretro.so".into());
    stage.settings.core_folders.push("/more".into());
    stage.view.dialog = Some(Dialog::Settings(SettingsDraft::of(&stage.settings)));
    // Tall enough that nothing has to be scrolled to.
    let mut window = stage.open_at([1100.0, 1600.0]);
    window.run_steps(3);
    window
}

fn changed(window: &mut Window) -> hotseat::settings::Settings {
    match actions(window).pop() {
        Some(Action::Change(settings)) => *settings,
        other => panic!("{other:?}"),
    }
}

#[test]
fn settings_take_effect_at_once() {
    let mut window = settings_window();
    click(&mut window, "Whole pixels");
    assert_eq!(changed(&mut window).scaling, Scaling::Whole);
    click(&mut window, "The left stick also works as the d-pad");
    assert!(!changed(&mut window).stick_moves_dpad);
    click(&mut window, "Shape");
    click(&mut window, "Television, 4:3 or 16:9");
    assert_eq!(changed(&mut window).aspect, Aspect::Television);
    window.get_by_label("Hide at the edges: Bottom").focus();
    window.run_steps(2);
    window.key_press(Key::ArrowUp);
    window.run_steps(2);
    assert_eq!(changed(&mut window).crop, Crop { bottom: 1, ..Crop::default() });
    click(&mut window, "Ask again for .nes");
    assert!(changed(&mut window).core_for.is_empty());
    click(&mut window, "Remove /more");
    assert!(changed(&mut window).core_folders.is_empty());
    click(&mut window, "Add a folder…");
    assert!(actions(&mut window).contains(&Action::PickCoreFolder));
}

#[test]
fn the_language_is_chosen_from_a_list() {
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::Settings(SettingsDraft::of(&stage.settings)));
    // The other language's own name may have no font here.
    let mut window = stage.open_with_any_font();
    click(&mut window, "Language");
    click(&mut window, "English");
    assert_eq!(changed(&mut window).language, Language::English);
}

#[test]
fn a_new_name_counts_when_the_field_is_left() {
    let mut window = settings_window();
    let field = |window: &Window| {
        let field = window.get_by_role_and_label(Role::TextInput, "Your name");
        (field.focus(), field.type_text(" Lovelace"))
    };
    field(&window);
    window.run_steps(2);
    assert_eq!(actions(&mut window), []);
    click(&mut window, "Close");
    assert_eq!(changed(&mut window).host_name, "Ada Lovelace");
}

#[test]
fn a_name_is_as_long_as_the_room_takes_it() {
    let mut window = settings_window();
    let field = window.get_by_role_and_label(Role::TextInput, "Your name");
    field.focus();
    field.type_text(&"x".repeat(40));
    window.run_steps(2);
    click(&mut window, "Close");
    assert_eq!(changed(&mut window).host_name.chars().count(), hotseat::room::MAX_NAME);
}

#[test]
fn why_no_gamepad_can_be_read_is_said_where_they_are_listed() {
    let stage = Stage::default();
    let draft = SettingsDraft::of(&stage.settings);
    let mut stage = Stage { gamepad_error: Some("no udev"), ..stage };
    stage.view.dialog = Some(Dialog::Settings(draft));
    let window = stage.open_at([1100.0, 1600.0]);
    assert!(window.query_by_label("Gamepads cannot be read (no udev). The keyboard always works.").is_some());
    assert!(window.query_by_label("No gamepad plugged in. The keyboard always works.").is_none());
}

#[test]
fn the_picture_is_no_stop_on_the_way_through_the_window_by_tab() {
    let mut window = Stage { full_screen: true, ..Stage::default().playing() }.open();
    window.key_press(Key::Tab);
    window.run_steps(2);
    assert_eq!(window.ctx.memory(|memory| memory.focused()), None);
    let mut window = Stage { full_screen: true, ..Stage::default().playing().in_state(GameState::Paused) }.open();
    window.key_press(Key::Tab);
    window.run_steps(2);
    assert!(window.get_by_label("Resume").is_focused());
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert_eq!(actions(&mut window), engine(Command::Game(GameCommand::Resume)));
}

#[test]
fn notices_are_shown_and_dismissed() {
    let mut window = Stage::default()
        .playing()
        .told(Level::Error, NoticeKind::CoreMessage { text: "The disc is full.".into() })
        .open();
    assert!(window.query_by_label("The disc is full.").is_some());
    click(&mut window, "Dismiss");
    assert!(window.query_by_label("The disc is full.").is_none());
}

#[test]
fn what_the_core_says_is_over_the_picture_with_one_bar_until_its_time_is_over() {
    let line = |text: &str, percent, seconds| {
        let until = hotseat::sync::now() + Duration::from_secs(seconds);
        Some(ScreenLine { text: text.into(), level: 2, percent, until })
    };
    let mut stage = Stage::default().playing();
    stage.snapshot.game.as_mut().unwrap().on_screen = OnScreen {
        note: line("<b>Disc read</b>\nslowly", None, 600),
        status: line("59.9 fps", None, 0),
        progress: line("Caching textures", Some(40), 600),
    };
    let mut window = stage.open();
    let bars = |window: &Window| {
        let bars = window.query_all_by_role(Role::ProgressIndicator);
        bars.map(|bar| bar.accesskit_node().numeric_value()).collect::<Vec<_>>()
    };
    assert!(window.query_by_label("<b>Disc read</b>\nslowly").is_some());
    assert!(window.query_by_label("Caching textures").is_some());
    assert!(window.query_by_label("59.9 fps").is_none(), "its time is over");
    assert_eq!(bars(&window), [Some(40.0)]);
    let shown = &mut window.state_mut().snapshot.game.as_mut().unwrap().on_screen;
    shown.progress = line("Caching textures", Some(80), 600);
    shown.note = None;
    window.run_steps(2);
    assert_eq!(bars(&window), [Some(80.0)]);
    assert!(window.query_by_label("<b>Disc read</b>\nslowly").is_none());
    window.state_mut().snapshot.game.as_mut().unwrap().on_screen.progress = line("Caching textures", None, 600);
    window.run_steps(2);
    assert!(window.query_by_label("Caching textures").is_some());
    assert_eq!(bars(&window), [None], "how far, it cannot say");
}

#[test]
fn software_rendering_is_said_in_a_corner() {
    let said = |stage: Stage| stage.open().query_by_label("Software rendering").is_some();
    for stage in [Stage::default(), Stage::default().playing()] {
        assert!(!said(stage));
    }
    for stage in [Stage::default(), Stage::default().playing()] {
        assert!(said(Stage { software_rendering: true, ..stage }));
    }
}

#[test]
fn a_window_in_which_nothing_happens_does_not_paint() {
    for (name, stage) in [
        ("home", Stage::default().with_recent().with_invite()),
        ("running", Stage::default().playing()),
        ("busy", Stage::default().playing().busy()),
        ("paused", Stage::default().playing().in_state(GameState::Paused)),
        ("crashed", Stage::default().playing().in_state(GameState::Crashed(Crash::Unknown { core: "It".into() }))),
        ("error", Stage::default().told(Level::Error, NoticeKind::CoreMessage { text: "The disc is full.".into() })),
    ] {
        let mut window = stage.open();
        window.run_steps(6);
        // Fails unless the window comes to rest.
        assert!(window.try_run().is_ok(), "{name}");
        let delay = window.root_repaint_delay();
        assert!(delay.as_secs() > 3600, "{name} paints again after {delay:?}");
    }
}

#[test]
fn every_screen_fits_the_smallest_window() {
    for (name, stage) in [
        ("Open a game…", Stage::default().with_recent().with_invite()),
        ("Full screen", Stage::default().playing()),
        ("Volume", Stage::default().playing()),
        ("Core options", Stage::default().playing()),
        ("Settings", Stage::default().playing()),
    ] {
        let mut window = stage.open();
        window.set_size([640.0, 480.0].into());
        window.run_steps(4);
        let rect = window.get_by_label(name).rect();
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, [640.0, 480.0].into());
        assert!(screen.contains_rect(rect), "{name} at {rect:?}");
    }
}

trait RepaintDelay {
    fn root_repaint_delay(&self) -> std::time::Duration;
}

impl RepaintDelay for Window {
    fn root_repaint_delay(&self) -> std::time::Duration {
        let viewports = self.output().viewport_output.values();
        viewports.map(|viewport| viewport.repaint_delay).min().unwrap_or(std::time::Duration::MAX)
    }
}

#[test]
fn a_core_is_let_do_everything_once_the_sentence_is_written_and_held_again_by_a_click() {
    let mut stage = Stage::default().playing();
    stage.view.dialog = Some(Dialog::Options(String::new()));
    let core = stage.snapshot.game.as_ref().unwrap().core.clone();
    let mut window = stage.open();
    click(&mut window, "What this core may do");
    // Nothing is written yet.
    click(&mut window, "Let it, from its next start on");
    assert_eq!(actions(&mut window), []);
    let field = window.get_by_role_and_label(Role::TextInput, "The words that let this core do everything");
    field.focus();
    field.type_text("this core may do everything I may");
    window.run_steps(4);
    click(&mut window, "Let it, from its next start on");
    let settings = changed(&mut window);
    assert!(!settings.bounds_of(&core).confined);

    let mut stage = Stage::default().playing();
    stage.settings = settings;
    stage.view.dialog = Some(Dialog::Options(String::new()));
    let mut window = stage.open();
    click(&mut window, "This core may do everything");
    click(&mut window, "Take that back, from its next start on");
    assert!(changed(&mut window).bounds_of(&core).confined);
}

#[test]
fn the_report_of_a_crash_is_copied_whole() {
    let file = std::env::temp_dir().join(format!("hotseat-report-{}.txt", std::process::id()));
    std::fs::write(&file, "all that is known").unwrap();
    let stage = Stage::default().playing().told(Level::Info, NoticeKind::CrashReport { file: file.clone() });
    let mut window = stage.open();
    window.get_by_label("Copy report").click();
    let mut seen = Vec::new();
    for _ in 0..4 {
        window.step();
        seen.extend(copied(&window));
    }
    std::fs::remove_file(&file).unwrap();
    assert_eq!(seen, ["all that is known"]);
}
