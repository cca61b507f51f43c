//! The first start: three questions, each of which may be left as it is, by mouse, keyboard or gamepad alone; then the demo with a link
//! in the clipboard.

#![allow(clippy::unwrap_used)]

use crate::gui::Stage;
use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use hotseat::audio::ToneOutcome;
use hotseat::engine::{Command, SoundTest, Speaker, SpeakerCommand};
use hotseat::gui::first_start::{FirstStart, Step};
use hotseat::gui::view::{Action, Dialog, Screen};
use hotseat::input::Button;
use hotseat::settings::Settings;
use hotseat::text::Language;

type Window = Harness<'static, Stage>;

fn begun() -> Stage {
    let mut stage = Stage::default().with_invite();
    stage.settings.first_start_done = false;
    stage.snapshot.speaker = Speaker::Playing("Built-in Audio".into());
    stage.view.first = FirstStart::new(vec!["/home/ada/ROMs".into()]);
    stage.view.screen = Screen::FirstStart;
    stage
}

fn at(step: Step) -> Window {
    let mut stage = begun();
    stage.view.first.step = step;
    stage.open_with_any_font()
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(3);
}

fn click(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    window.run_steps(3);
}

fn actions(window: &mut Window) -> Vec<Action> {
    std::mem::take(&mut window.state_mut().actions)
}

/// The settings as they were last asked for, used from then on as the window would.
fn changed(window: &mut Window) -> Settings {
    let actions = actions(window);
    let last = actions.into_iter().filter_map(|action| match action {
        Action::Change(settings) => Some(*settings),
        _ => None,
    });
    let settings = last.reduce(|_, later| later).expect("the settings changed");
    window.state_mut().settings = settings.clone();
    window.run_steps(2);
    settings
}

fn is_focused(window: &Window, name: &str) -> bool {
    // The heading over a field may have the same words.
    window.query_all_by_label(name).any(|node| node.accesskit_node().is_focused())
}

#[test]
fn enter_alone_leads_through_it_into_the_demo_with_a_link_in_the_clipboard() {
    let mut window = begun().open_with_any_font();
    window.get_by_label("Who is playing?");
    press(&mut window, Key::Enter);
    window.get_by_label("Where are your games?");
    press(&mut window, Key::Enter);
    window.get_by_label("Do sound and controllers work?");
    // What Enter does here is played, not begun.
    press(&mut window, Key::Enter);
    assert_eq!(window.state().view.screen, Screen::FirstStart);
    assert_eq!(window.state().commands(), [Command::Speaker(SpeakerCommand::Test)]);
    // Down to the last row, and to its right end.
    for key in [Key::ArrowDown; 6].into_iter().chain([Key::ArrowRight]) {
        press(&mut window, key);
    }
    assert!(is_focused(&window, "Play the demo"));
    actions(&mut window);
    // The clipboard is written in the painting of the press alone.
    let mut copied = Vec::new();
    for pressed in [true, false] {
        let (key, modifiers) = (Key::Enter, Modifiers::NONE);
        window.input_mut().events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        window.step();
        copied.extend(window.output().platform_output.commands.iter().filter_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        }));
    }
    assert_eq!(copied, window.state().snapshot.invites[0].links[..1]);
    let actions = actions(&mut window);
    // Done comes first: the demo is remembered in the same settings.
    let [Action::Change(settings), Action::PlayDemo] = actions.as_slice() else { panic!("{actions:?}") };
    assert!(settings.first_start_done);
    assert_eq!(window.state().view.screen, Screen::Home);
    let note = "The link for your friends is in the clipboard";
    assert!(window.query_by_label_contains(note).is_some(), "what to do with it is said");
}

#[test]
fn it_can_be_passed_over_at_once_and_is_found_again_beside_the_settings() {
    let mut window = begun().open_with_any_font();
    click(&mut window, "Skip");
    assert!(changed(&mut window).first_start_done);
    assert_eq!(window.state().view.screen, Screen::Home);
    assert!(!actions(&mut window).contains(&Action::PlayDemo));
    click(&mut window, "First steps");
    assert_eq!(actions(&mut window), [Action::BeginFirstStart]);
}

#[test]
fn the_name_that_was_typed_counts_however_the_question_is_left() {
    let typed = |leave: fn(&mut Window)| {
        let mut window = begun().open_with_any_font();
        window.event(Event::Text(" L.".into()));
        window.run_steps(2);
        leave(&mut window);
        changed(&mut window).host_name
    };
    assert_eq!(typed(|window| press(window, Key::Enter)), "Ada L.");
    assert_eq!(typed(|window| press(window, Key::Tab)), "Ada L.");
    assert_eq!(typed(|window| click(window, "Next")), "Ada L.");
    assert_eq!(typed(|window| click(window, "Skip")), "Ada L.");
}

#[test]
fn the_language_is_one_press_away_and_back_goes_back() {
    let mut window = begun().open_with_any_font();
    click(&mut window, "简体中文 (Chinese)");
    assert_eq!(changed(&mut window).language, Language::Chinese);
    click(&mut window, "Next");
    assert_eq!(window.state().view.first.step, Step::Games);
    press(&mut window, Key::Escape);
    assert_eq!(window.state().view.first.step, Step::You);
    press(&mut window, Key::Escape);
    assert_eq!(window.state().view.screen, Screen::FirstStart, "there is nothing before it");
}

#[test]
fn a_gamepad_leaves_the_text_field_and_goes_back_where_buttons_are_not_being_tried() {
    let mut window = begun().open_with_any_font();
    assert!(is_focused(&window, "Your name"));
    press(&mut window, Key::ArrowDown);
    assert!(!is_focused(&window, "Your name"), "the field does not keep the arrows");
    let mut window = at(Step::Games);
    press(&mut window, Key::BrowserBack);
    assert_eq!(window.state().view.first.step, Step::You);
    let mut window = at(Step::Devices);
    press(&mut window, Key::BrowserBack);
    assert_eq!(window.state().view.first.step, Step::Devices, "the right button is lit, and no more");
}

#[test]
fn folders_with_usual_names_are_offered_and_there_is_help_for_those_who_have_no_games() {
    let mut window = at(Step::Games);
    click(&mut window, "Add /home/ada/ROMs");
    assert_eq!(changed(&mut window).library_folders, ["/home/ada/ROMs"].map(std::path::PathBuf::from));
    assert!(window.query_by_label("Add /home/ada/ROMs").is_none());
    click(&mut window, "Take /home/ada/ROMs off the list");
    assert!(changed(&mut window).library_folders.is_empty());
    click(&mut window, "Add a folder of games…");
    assert_eq!(actions(&mut window), [Action::PickLibraryFolder]);
    click(&mut window, "I have none yet");
    assert_eq!(window.state().view.dialog, Some(Dialog::GameSources));
    window.get_by_label("Open in the browser: pdroms.de").click();
    let mut opened = Vec::new();
    for _ in 0..3 {
        window.step();
        opened.extend(window.output().platform_output.commands.iter().filter_map(|command| match command {
            OutputCommand::OpenUrl(open) => Some(open.url.clone()),
            _ => None,
        }));
    }
    assert_eq!(opened, ["https://pdroms.de/"]);
    press(&mut window, Key::Escape);
    assert_eq!((&window.state().view.dialog, window.state().view.first.step), (&None, Step::Games));
    window.get_by_label_contains("3 found: FCEUmm, Nestopia UE, mGBA");
    click(&mut window, "Get cores…");
    assert!(matches!(window.state().view.dialog, Some(Dialog::GetCores(_))));
}

#[test]
fn the_notes_are_asked_about_once_a_device_took_them_and_another_device_plays_them_at_once() {
    let mut window = at(Step::Devices);
    assert!(window.query_by_label("I hear it").is_none());
    click(&mut window, "Play a test sound");
    assert_eq!(actions(&mut window), [Action::Engine(Command::Speaker(SpeakerCommand::Test))]);
    window.state_mut().snapshot.sound_test = SoundTest::Playing;
    window.run_steps(2);
    window.get_by_label_contains("Playing on Built-in Audio");
    window.state_mut().snapshot.sound_test = SoundTest::Over(ToneOutcome::Taken);
    window.run_steps(2);
    click(&mut window, "Choose another device");
    assert_eq!(actions(&mut window), [Action::Engine(Command::Speaker(SpeakerCommand::List))]);
    window.state_mut().snapshot.speakers = vec!["Built-in Audio".into(), "Television".into()];
    window.run_steps(2);
    click(&mut window, "Television");
    let asked = actions(&mut window);
    let [Action::Change(settings), Action::Engine(Command::Speaker(SpeakerCommand::Test))] = asked.as_slice() else {
        panic!("the device, then the notes on it: {asked:?}")
    };
    assert_eq!(settings.speaker, "Television");
    window.state_mut().settings = (**settings).clone();
    window.run_steps(2);
    click(&mut window, "I hear it");
    window.get_by_label("Good. Games will be heard here.");
    assert!(window.query_by_label("Television").is_none());
}

#[test]
fn what_is_held_on_keyboard_and_gamepads_is_lit() {
    let mut window = at(Step::Devices);
    let key = |pressed| Event::Key {
        key: Key::X,
        physical_key: Some(Key::X),
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    window.event(key(true));
    window.run_steps(2);
    window.get_by_label("A");
    window.event(key(false));
    window.run_steps(2);
    assert!(window.query_by_label("A").is_none());
    window.state_mut().pads_held = vec![(3, Button::Up as u16 | Button::Start as u16)];
    window.run_steps(2);
    window.get_by_label("Up, Start");
}

#[test]
fn without_the_demo_it_ends_at_the_beginning_and_nothing_is_copied() {
    let mut stage = begun();
    stage.demo = false;
    stage.view.first.step = Step::Devices;
    let mut window = stage.open_with_any_font();
    assert!(window.query_by_label("Play the demo").is_none());
    click(&mut window, "Done");
    assert_eq!(window.state().view.screen, Screen::Home);
    assert!(changed(&mut window).first_start_done);
}

#[test]
fn it_is_painted_only_when_something_happens() {
    for step in [Step::You, Step::Games, Step::Devices] {
        let mut window = at(step);
        window.run_steps(60);
        // A caret blinks; nothing else has a reason.
        let wait = window.output().viewport_output.values().map(|it| it.repaint_delay).min().unwrap();
        assert!(wait >= std::time::Duration::from_millis(100), "{step:?}: {wait:?}");
    }
}
