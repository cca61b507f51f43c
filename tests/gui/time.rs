//! Keys and buttons that go through time, and what the window says of it.

#![allow(clippy::unwrap_used)]

use crate::gui::Stage;
use egui::{Event, Key, Modifiers, PointerButton, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, Queryable};
use hotseat::engine::{Command, Flow, GameCommand, GameState};
use hotseat::gui::preferences::SettingsDraft;
use hotseat::gui::view::{Action, Dialog};

type Window = Harness<'static, Stage>;

fn asked(window: &mut Window) -> Vec<GameCommand> {
    window.run_steps(2);
    let actions = std::mem::take(&mut window.state_mut().actions);
    let command = |action| match action {
        Action::Engine(Command::Game(command)) => command,
        other => panic!("{other:?}"),
    };
    actions.into_iter().map(command).collect()
}

fn key(window: &mut Window, key: Key, pressed: bool) {
    window.event(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE });
}

/// What the engine would make of it.
fn goes(window: &mut Window, flow: Flow) {
    window.state_mut().snapshot.game.as_mut().unwrap().flow = flow;
}

fn button(window: &mut Window, name: &str) -> egui::Pos2 {
    window.get(By::new().role(Role::Button).label(name)).rect().center()
}

fn pointer(window: &mut Window, pos: egui::Pos2, pressed: bool) {
    window.event(Event::PointerMoved(pos));
    window.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
}

#[test]
fn a_key_that_is_held_goes_back_until_it_is_let_go_of() {
    let mut window = Stage::default().playing().open();
    key(&mut window, Key::F1, true);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::Rewind)]);
    assert_eq!(asked(&mut window), []);
    key(&mut window, Key::F1, false);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::Normal)]);
}

#[test]
fn a_key_that_is_pressed_makes_fast_until_it_is_pressed_again_and_one_that_is_held_until_it_is_let_go_of() {
    let mut window = Stage::default().playing().open();
    key(&mut window, Key::F3, true);
    window.run_steps(1);
    goes(&mut window, Flow::FastForward);
    key(&mut window, Key::F3, false);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::FastForward)], "it was only pressed");
    key(&mut window, Key::F3, true);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::Normal)]);
    goes(&mut window, Flow::Normal);
    key(&mut window, Key::F3, false);
    assert_eq!(asked(&mut window), []);
    key(&mut window, Key::F3, true);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::FastForward)]);
    goes(&mut window, Flow::FastForward);
    // Some seconds.
    window.run_steps(20);
    key(&mut window, Key::F3, false);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::Normal)]);
}

#[test]
fn slow_motion_and_single_frames_have_keys_of_their_own() {
    let mut window = Stage::default().playing().open();
    window.key_press(Key::F12);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::SlowMotion)]);
    goes(&mut window, Flow::SlowMotion);
    window.key_press(Key::F12);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::Normal)]);
    window.key_press_modifiers(Modifiers::SHIFT, Key::F5);
    assert_eq!(asked(&mut window), [GameCommand::StepFrame], "and not the pause of F5 alone");
}

#[test]
fn the_button_is_held_as_the_key_is_and_says_when_there_is_nothing_to_go_back_to() {
    let mut window = Stage::default().playing().open();
    let place = button(&mut window, "Rewind");
    pointer(&mut window, place, true);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::Rewind)]);
    pointer(&mut window, place, false);
    assert_eq!(asked(&mut window), [GameCommand::Flow(Flow::Normal)]);
    let mut stage = Stage::default().playing();
    stage.snapshot.game.as_mut().unwrap().can_rewind = false;
    let mut window = stage.open();
    let place = button(&mut window, "Rewind");
    pointer(&mut window, place, true);
    pointer(&mut window, place, false);
    assert_eq!(asked(&mut window), []);
}

#[test]
fn buttons_make_fast_and_slow_and_a_paused_game_has_one_for_a_frame() {
    let mut window = Stage::default().playing().open();
    for (name, flow) in [("Fast-forward", Flow::FastForward), ("Slow motion", Flow::SlowMotion)] {
        window.get(By::new().role(Role::Button).label(name)).click();
        assert_eq!(asked(&mut window), [GameCommand::Flow(flow)]);
    }
    assert!(window.query_by_label("One frame").is_none());
    let mut window = Stage::default().playing().in_state(GameState::Paused).open();
    window.get_by_label("One frame").click();
    assert_eq!(asked(&mut window), [GameCommand::StepFrame]);
}

#[test]
fn the_window_says_who_goes_through_time() {
    let stage_in = |state, flow, by: Option<&str>| {
        let mut stage = Stage::default().playing().in_state(state);
        let game = stage.snapshot.game.as_mut().unwrap();
        (game.flow, game.flow_by) = (flow, by.map(Into::into));
        stage
    };
    let stage = |flow, by| stage_in(GameState::Running, flow, by);
    stage(Flow::Rewind, Some("Ann")).open().get_by_label("Ann is rewinding");
    stage(Flow::Rewind, None).open().get_by_label("Rewinding");
    stage(Flow::FastForward, Some("Ann")).open().get_by_label("Ann is fast-forwarding");
    stage(Flow::SlowMotion, Some("Ann")).open().get_by_label("Ann is slowing the game down");
    assert!(stage(Flow::Normal, None).open().query_by_label("Rewinding").is_none());
    let paused = stage_in(GameState::Paused, Flow::Rewind, Some("Ann")).open();
    assert!(paused.query_by_label("Paused").is_none(), "the picture that goes back is what people look at");
}

#[test]
fn how_fast_and_how_far_back_is_chosen_in_the_settings() {
    let mut stage = Stage::default();
    stage.view.dialog = Some(Dialog::Settings(SettingsDraft::of(&stage.settings)));
    let mut window = stage.open();
    let combo = By::new().role(Role::ComboBox).label("Fast-forward");
    window.get(combo).click();
    window.run_steps(3);
    window.get_by_label("4×").click();
    window.run_steps(3);
    let actions = std::mem::take(&mut window.state_mut().actions);
    let changed = actions.into_iter().find_map(|action| match action {
        Action::Change(settings) => Some(settings.fast_forward),
        _ => None,
    });
    assert_eq!(changed, Some(4));
}
