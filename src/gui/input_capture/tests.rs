use super::*;
use egui::{MouseWheelUnit, TouchPhase, Vec2, pos2, vec2};

const KEYS: Wants = Wants { keyboard: true, mouse: false, lightgun: false, pointer: false };
const MOUSE: Wants = Wants { keyboard: false, mouse: true, lightgun: false, pointer: false };
const GUN: Wants = Wants { keyboard: false, mouse: false, lightgun: true, pointer: false };

/// A picture of 320x240 at twice its size, with 100 points of black on each side.
const ONE: Seat = Seat::ALL[1];

fn window(wants: Wants) -> WindowState {
    let picture = Rect::from_min_size(pos2(100.0, 0.0), vec2(640.0, 480.0));
    let letterbox = Rect::from_min_size(pos2(0.0, 0.0), vec2(840.0, 480.0));
    let area = PictureArea { letterbox, picture, whole: picture, size_px: [320, 240] };
    WindowState { wants, seat: Some(ONE), game_has_focus: true, picture_area: Some(area), pixels_per_point: 1.0 }
}

fn key(key: Key, pressed: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE }
}

fn press(at: Pos2, button: PointerButton, pressed: bool) -> Event {
    Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE }
}

fn wheel(delta: Vec2) -> Event {
    let (unit, phase) = (MouseWheelUnit::Line, TouchPhase::Move);
    Event::MouseWheel { unit, source: egui::MouseWheelSource::Wheel, delta, phase, modifiers: Modifiers::NONE }
}

/// What came out, and what was left for the window.
fn fed(capture: &mut InputCapture, window: &WindowState, events: &[Event]) -> (Vec<CapturedInput>, Vec<Event>) {
    let mut events = events.to_vec();
    let held = capture.take(&mut events, window, |_| true);
    (held, events)
}

fn codes(codes: &[u16]) -> CapturedInput {
    CapturedInput::Keys(codes.iter().copied().collect())
}

fn entered(wants: Wants) -> InputCapture {
    let mut capture = InputCapture::default();
    let events = [key(Key::ScrollLock, true), key(Key::ScrollLock, false)];
    let (held, left) = fed(&mut capture, &window(wants), &events);
    assert!(capture.active && held.is_empty() && left.is_empty());
    capture
}

#[test]
fn without_the_mode_keys_are_the_windows_and_with_it_they_are_the_games() {
    let mut capture = InputCapture::default();
    let events = [key(Key::A, true), Event::Text("a".into()), key(Key::F5, true)];
    let (held, left) = fed(&mut capture, &window(KEYS), &events);
    assert_eq!((held, left.len()), (vec![], 3));
    let mut capture = entered(KEYS);
    assert!(capture.has_keys() && !capture.has_pointer());
    let (held, left) = fed(&mut capture, &window(KEYS), &events);
    assert_eq!(held, [codes(&[97]), codes(&[97, 286])]);
    assert!(left.is_empty());
    let (held, _) = fed(&mut capture, &window(KEYS), &[key(Key::A, false)]);
    assert_eq!(held, [codes(&[286])]);
}

#[test]
fn a_tap_within_one_painting_is_told_as_press_and_release() {
    let mut capture = entered(KEYS);
    let (held, _) = fed(&mut capture, &window(KEYS), &[key(Key::B, true), key(Key::B, false)]);
    assert_eq!(held, [codes(&[98]), codes(&[])]);
}

#[test]
fn escape_and_scroll_lock_leave_once_however_long_they_are_held() {
    for way_out in [Key::Escape, Key::ScrollLock] {
        let mut capture = entered(KEYS);
        fed(&mut capture, &window(KEYS), &[key(Key::A, true)]);
        let repeated = [key(way_out, true), key(way_out, true), key(way_out, true), key(way_out, false)];
        let (held, left) = fed(&mut capture, &window(KEYS), &repeated);
        assert_eq!((held, left), (vec![codes(&[])], vec![]));
        assert!(!capture.active);
        let (_, left) = fed(&mut capture, &window(KEYS), &[key(Key::Escape, true)]);
        assert_eq!(left.len(), 1, "the next Esc is the window's");
    }
}

#[test]
fn control_and_bracket_are_the_games_escape() {
    let mut capture = entered(KEYS);
    fed(&mut capture, &window(KEYS), &[key(Key::ControlLeft, true)]);
    let bracket = Event::Key {
        key: Key::OpenBracket,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::CTRL,
    };
    let (held, _) = fed(&mut capture, &window(KEYS), &[bracket]);
    assert_eq!(held, [codes(&[27])]);
    let (held, _) = fed(&mut capture, &window(KEYS), &[key(Key::OpenBracket, false), key(Key::ControlLeft, false)]);
    assert_eq!(held, [codes(&[])]);
    assert!(capture.active);
}

#[test]
fn everything_is_let_go_with_the_focus_the_seat_the_game_and_the_mode() {
    let other = |change: fn(&mut WindowState)| {
        let mut other = window(Wants { mouse: true, ..KEYS });
        change(&mut other);
        other
    };
    let same = other(|_| ());
    let ends = [
        (same, vec![Event::WindowFocused(false)]),
        (same, vec![key(Key::Escape, true)]),
        (other(|window| window.game_has_focus = false), vec![]),
        (other(|window| window.seat = None), vec![]),
        (other(|window| window.seat = Some(Seat::ALL[2])), vec![]),
        (other(|window| window.wants.mouse = false), vec![]),
        (other(|window| window.wants = Wants::default()), vec![]),
    ];
    for (end, events) in ends {
        let mut capture = entered(same.wants);
        let held = [key(Key::A, true), press(pos2(0.0, 0.0), PointerButton::Middle, true)];
        let (held, left) = fed(&mut capture, &same, &held);
        let middle = MouseState { buttons: MouseState::MIDDLE, ..MouseState::default() };
        assert_eq!(held, [codes(&[97]), CapturedInput::Mouse(ONE, MouseMove::default(), middle)]);
        assert!(left.is_empty());
        let (held, _) = fed(&mut capture, &end, &events);
        let nothing = CapturedInput::Mouse(ONE, MouseMove::default(), MouseState::default());
        assert_eq!(held, [codes(&[]), nothing], "{end:?} {events:?}");
        assert!(!capture.active && !capture.has_pointer());
        let (held, left) = fed(&mut capture, &end, &[key(Key::A, false)]);
        assert_eq!((held.len(), left.len()), (0, 1));
    }
}

#[test]
fn a_click_on_the_picture_takes_the_mouse_and_its_moves_are_pixels_of_the_core() {
    let mut capture = InputCapture::default();
    for beside in [pos2(50.0, 50.0), pos2(900.0, 50.0)] {
        fed(&mut capture, &window(MOUSE), &[press(beside, PointerButton::Primary, true)]);
        assert!(!capture.active);
    }
    let middle = pos2(420.0, 240.0);
    let click = [press(middle, PointerButton::Primary, true), press(middle, PointerButton::Primary, false)];
    let (held, left) = fed(&mut capture, &window(MOUSE), &click);
    assert_eq!((held, left.len()), (vec![], 2), "the first click is the window's");
    assert!(capture.has_pointer() && !capture.has_keys());
    let moves = [Event::MouseMoved(vec2(5.0, -4.0)), Event::PointerMoved(middle), Event::MouseMoved(vec2(2.0, 0.0))];
    let (held, left) = fed(&mut capture, &window(MOUSE), &moves);
    let Some(CapturedInput::Mouse(ONE, moved, state)) = held.first() else { panic!("{held:?}") };
    assert_eq!((held.len(), left.len()), (1, 0));
    assert_eq!(*moved, MouseMove { dx: 3, dy: -2, ..MouseMove::default() });
    assert!(state.over && state.x > 0 && state.y < 0);
    // The half pixel that was left over counts with the next.
    let (held, _) = fed(&mut capture, &window(MOUSE), &[Event::MouseMoved(vec2(1.0, 0.0)), wheel(vec2(0.0, -2.0))]);
    let Some(CapturedInput::Mouse(ONE, moved, _)) = held.first() else { panic!("{held:?}") };
    assert_eq!(*moved, MouseMove { dx: 1, wheel: -2, ..MouseMove::default() });
}

#[test]
fn a_gun_aims_where_the_pointer_is_and_a_shot_beside_the_picture_is_one() {
    let mut capture = InputCapture::default();
    let at = |x: f32, y: f32| Event::PointerMoved(pos2(x, y));
    let last = |held: &[CapturedInput]| match held.last() {
        Some(CapturedInput::Mouse(ONE, _, state)) => *state,
        other => panic!("{other:?}"),
    };
    let (held, left) = fed(&mut capture, &window(GUN), &[at(100.0, 480.0)]);
    assert_eq!(last(&held), MouseState { x: -32767, y: 32767, buttons: 0, over: true });
    assert_eq!(left.len(), 1, "widgets see the pointer too");
    let shot = [press(pos2(420.0, 240.0), PointerButton::Primary, true)];
    let (held, _) = fed(&mut capture, &window(GUN), &shot);
    assert_eq!(last(&held), MouseState { x: 0, y: 0, buttons: MouseState::LEFT, over: true });
    // Held while it leaves the picture, and even the letterbox.
    let (held, _) = fed(&mut capture, &window(GUN), &[at(2000.0, 240.0)]);
    assert_eq!(last(&held), MouseState { x: 32767, y: 0, buttons: MouseState::LEFT, over: false });
    let (held, _) = fed(&mut capture, &window(GUN), &[press(pos2(2000.0, 240.0), PointerButton::Primary, false)]);
    assert_eq!(last(&held).buttons, 0);
    let (held, _) = fed(&mut capture, &window(GUN), &[press(pos2(20.0, 240.0), PointerButton::Secondary, true)]);
    let state = last(&held);
    assert!(state.buttons == MouseState::RIGHT && !state.over, "{state:?}");
}

#[test]
fn what_lies_over_the_picture_takes_the_click() {
    for wants in [GUN, MOUSE] {
        let mut capture = InputCapture::default();
        let at = pos2(420.0, 240.0);
        let mut events = vec![Event::PointerMoved(at), press(at, PointerButton::Primary, true)];
        let held = capture.take(&mut events, &window(wants), |_| false);
        assert_eq!((held, events.len(), capture.active), (vec![], 2, false));
    }
}

#[test]
fn nothing_is_offered_to_a_host_without_a_seat_or_a_game_that_wants_nothing() {
    let capture = InputCapture::default();
    let all = Wants { keyboard: true, mouse: true, lightgun: true, pointer: true };
    let none = WindowState { seat: None, ..window(all) };
    assert_eq!(capture.state(&none), CaptureState::default());
    assert_eq!(capture.state(&window(all)), CaptureState { keyboard: true, mouse: true, pointer: true, active: false });
    let mut capture = InputCapture::default();
    fed(&mut capture, &window(GUN), &[key(Key::ScrollLock, true)]);
    assert!(!capture.active);
    capture.start();
    assert!(!capture.active);
}

#[test]
fn nonsense_sizes_and_moves_do_no_harm() {
    let mut bad = window(Wants { pointer: true, ..MOUSE });
    bad.picture_area =
        Some(PictureArea { letterbox: Rect::ZERO, picture: Rect::ZERO, whole: Rect::ZERO, size_px: [0, 0] });
    bad.pixels_per_point = 0.0;
    let mut capture = InputCapture::default();
    fed(&mut capture, &bad, &[Event::PointerMoved(pos2(0.0, 0.0)), key(Key::ScrollLock, true)]);
    let moves = [Event::MouseMoved(vec2(f32::NAN, f32::INFINITY)), Event::MouseMoved(vec2(1e30, 1e30))];
    fed(&mut capture, &bad, &moves);
    let (held, _) = fed(&mut capture, &window(Wants { pointer: true, ..MOUSE }), &moves);
    assert!(held.len() <= 1);
}
