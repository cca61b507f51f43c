//! The host's real keys and mouse, for games that want them: a mode that takes both until Esc, and a pointer that is simply
//! followed over the picture. Pure: events go in, what is held comes out.

use super::retrok::code_of;
use crate::engine::Wants;
use crate::input::{KeySet, MouseMove, MouseState};
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, Vec2};
use std::collections::BTreeMap;

/// The edge of the picture, in the numbers of [`MouseState`].
const EDGE: f32 = 32767.0;
/// Points that a touchpad scrolls for one click of a wheel.
const NOTCH: f32 = 50.0;

/// What the window shows, and who plays in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// What the game asks for.
    pub wants: Wants,
    /// The host's seat in a game that runs.
    pub seat: Option<usize>,
    /// Nothing else waits for keys: no box, no text field, no other window.
    pub free: bool,
    /// Where the picture is; none before there is one.
    pub screen: Option<Screen>,
    /// Of the display.
    pub pixels_per_point: f32,
}

/// The picture's place in the window, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screen {
    /// The picture, and what is black around it.
    pub stage: Rect,
    /// The picture alone.
    pub picture: Rect,
    /// The picture in its own pixels.
    pub size: [u32; 2],
}

/// What can be had at this moment, for those who draw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offer {
    /// The game takes keys.
    pub keyboard: bool,
    /// The game takes a mouse.
    pub mouse: bool,
    /// The pointer is followed over the picture.
    pub aim: bool,
    /// The mode is on.
    pub on: bool,
}

/// Something for the input board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// These keys are held.
    Keys(KeySet),
    /// The mouse of this seat did this, and is now like that.
    Mouse(usize, MouseMove, MouseState),
}

/// What is held of the keyboard and the mouse.
#[derive(Debug, Default)]
pub struct Desk {
    on: bool,
    seat: Option<usize>,
    wants: Wants,
    /// By their place.
    down: BTreeMap<Key, u16>,
    /// A key that was the window's own is held.
    own: Option<Key>,
    mouse: MouseState,
    /// Right, down, wheel up, wheel right: what is not told yet.
    moved: [f32; 4],
    /// Where a pointer that is not taken was last seen.
    last: Option<Pos2>,
    told_keys: KeySet,
    told_mouse: MouseState,
}

impl Desk {
    /// What the person can be offered.
    pub fn offer(&self, scene: &Scene) -> Offer {
        let wants = if scene.seat.is_some() { scene.wants } else { Wants::default() };
        Offer { keyboard: wants.keyboard, mouse: wants.mouse, aim: aims(wants), on: self.on }
    }

    /// The pointer is taken: it should not be seen, nor leave the window.
    pub fn takes_pointer(&self) -> bool {
        self.on && self.wants.mouse
    }

    /// The keyboard is taken: no key presses a button of the pad.
    pub fn takes_keys(&self) -> bool {
        self.on && self.wants.keyboard
    }

    /// Gives keyboard and mouse to the game.
    pub fn enter(&mut self) {
        if self.seat.is_some() && (self.wants.keyboard || self.wants.mouse) {
            self.on = true;
            // It was the hand on a button.
            self.mouse.buttons = 0;
            self.last = None;
        }
    }

    /// Lets go of everything, and gives keyboard and mouse back to the window. Takes effect with the next events.
    pub fn leave(&mut self) {
        self.on = false;
        self.down.clear();
        self.away();
    }

    /// Takes what is the game's out of `events`, so that no widget sees it. `bare` says whether nothing lies over the picture
    /// at a place in the window.
    pub fn take(&mut self, events: &mut Vec<Event>, scene: &Scene, bare: impl Fn(Pos2) -> bool) -> Vec<Held> {
        let mut held = Vec::new();
        let seat = scene.seat.filter(|_| scene.free);
        let wanted = |wants: Wants| (wants.keyboard, wants.mouse);
        if seat != self.seat || wanted(scene.wants) != wanted(self.wants) {
            self.leave();
            self.own = None;
            // To the seat that it was held on.
            self.tell(&mut held);
            self.seat = seat;
        }
        self.wants = scene.wants;
        if self.seat.is_some() {
            events.retain(|event| {
                let taken = self.event(event, scene, &bare);
                // At once, so that a tap is seen whose end comes with the same events.
                if !matches!(event, Event::MouseMoved(_) | Event::PointerMoved(_)) {
                    self.tell(&mut held);
                }
                !taken
            });
        }
        self.tell(&mut held);
        held
    }

    /// True when the event was the game's.
    fn event(&mut self, event: &Event, scene: &Scene, bare: &dyn Fn(Pos2) -> bool) -> bool {
        match event {
            Event::WindowFocused(false) => {
                self.leave();
                self.own = None;
                false
            }
            Event::Key { key, physical_key, pressed, modifiers, .. } => {
                self.key(physical_key.unwrap_or(*key), *pressed, *modifiers)
            }
            Event::Text(_) | Event::Ime(_) => self.takes_keys(),
            _ => scene.screen.is_some_and(|screen| self.pointer(event, scene, &screen, bare)),
        }
    }

    fn key(&mut self, place: Key, pressed: bool, modifiers: Modifiers) -> bool {
        // Until it is let go: a key that is held repeats.
        if self.own == Some(place) {
            if !pressed {
                self.own = None;
            }
            return true;
        }
        let offered = self.wants.keyboard || self.wants.mouse;
        if pressed && offered && (place == Key::ScrollLock || self.on && place == Key::Escape) {
            self.own = Some(place);
            if self.on {
                self.leave();
            } else {
                self.enter();
            }
            return true;
        }
        if !self.takes_keys() {
            return false;
        }
        // What went down elsewhere is let go elsewhere.
        if !pressed {
            return self.down.remove(&place).is_some();
        }
        // What terminals have always sent for Esc, which leaves this mode and cannot be had otherwise.
        let escape = place == Key::OpenBracket && modifiers.ctrl;
        if escape {
            self.down.remove(&Key::ControlLeft);
            self.down.remove(&Key::ControlRight);
        }
        let code = code_of(if escape { Key::Escape } else { place });
        if code != 0 {
            self.down.entry(place).or_insert(code);
        }
        code != 0
    }

    fn pointer(&mut self, event: &Event, scene: &Scene, screen: &Screen, bare: &dyn Fn(Pos2) -> bool) -> bool {
        let taken = self.takes_pointer();
        let follows = !taken && aims(self.wants);
        match event {
            Event::MouseMoved(by) if taken => {
                self.move_by(*by / scene.pixels_per_point.max(0.1), screen);
                true
            }
            Event::PointerMoved(to) if follows => {
                // A press is seen to its end wherever it goes.
                if self.mouse.buttons != 0 || screen.stage.contains(*to) && bare(*to) {
                    self.point(*to, screen);
                } else {
                    self.away();
                }
                false
            }
            Event::PointerMoved(_) => taken,
            Event::PointerButton { pos, button, pressed, .. } => {
                let bit = bit_of(*button);
                if !pressed {
                    let ours = self.mouse.buttons & bit != 0;
                    self.mouse.buttons &= !bit;
                    return taken && ours;
                }
                if taken {
                    self.mouse.buttons |= bit;
                    return true;
                }
                if follows && screen.stage.contains(*pos) && bare(*pos) {
                    self.point(*pos, screen);
                    self.mouse.buttons |= bit;
                } else if self.wants.mouse && !follows && *button == PointerButton::Primary {
                    // The first click is the window's: it says who has the mouse from here on.
                    if screen.picture.contains(*pos) && bare(*pos) {
                        self.enter();
                    }
                }
                false
            }
            Event::PointerGone => {
                if follows {
                    self.away();
                }
                false
            }
            Event::MouseWheel { unit, delta, .. } if taken || follows && self.mouse.over => {
                let clicks = match unit {
                    MouseWheelUnit::Point => *delta / NOTCH,
                    MouseWheelUnit::Line | MouseWheelUnit::Page => *delta,
                };
                self.moved[2] += clicks.y;
                // egui's is the way of what is scrolled.
                self.moved[3] -= clicks.x;
                true
            }
            _ => false,
        }
    }

    /// A pointer that is taken has no place of its own: it is where the movements took it.
    fn move_by(&mut self, points: Vec2, screen: &Screen) {
        let size = screen.picture.size();
        if size.x <= 0.0 || size.y <= 0.0 || !points.is_finite() {
            return;
        }
        self.moved[0] += points.x * screen.size[0] as f32 / size.x;
        self.moved[1] += points.y * screen.size[1] as f32 / size.y;
        self.mouse.x = across(f32::from(self.mouse.x) + points.x * 2.0 * EDGE / size.x);
        self.mouse.y = across(f32::from(self.mouse.y) + points.y * 2.0 * EDGE / size.y);
        self.mouse.over = true;
    }

    fn point(&mut self, at: Pos2, screen: &Screen) {
        let size = screen.picture.size();
        if size.x <= 0.0 || size.y <= 0.0 {
            return;
        }
        if let Some(last) = self.last.replace(at) {
            self.moved[0] += (at.x - last.x) * screen.size[0] as f32 / size.x;
            self.moved[1] += (at.y - last.y) * screen.size[1] as f32 / size.y;
        }
        let share = (at - screen.picture.min) / size;
        self.mouse.x = across((share.x * 2.0 - 1.0) * EDGE);
        self.mouse.y = across((share.y * 2.0 - 1.0) * EDGE);
        self.mouse.over = screen.picture.contains(at);
    }

    fn away(&mut self) {
        self.mouse.buttons = 0;
        self.mouse.over = false;
        self.moved = [0.0; 4];
        self.last = None;
    }

    fn tell(&mut self, held: &mut Vec<Held>) {
        let keys: KeySet = self.down.values().copied().collect();
        if keys != self.told_keys {
            self.told_keys = keys;
            held.push(Held::Keys(keys));
        }
        let [dx, dy, wheel, hwheel] = self.moved.map(|amount| amount as i32);
        self.moved = self.moved.map(f32::fract);
        let moved = MouseMove { dx, dy, wheel, hwheel };
        let Some(seat) = self.seat else { return };
        if moved != MouseMove::default() || self.mouse != self.told_mouse {
            self.told_mouse = self.mouse;
            held.push(Held::Mouse(seat, moved, self.mouse));
        }
    }
}

fn aims(wants: Wants) -> bool {
    wants.pointer || wants.lightgun
}

fn across(value: f32) -> i16 {
    value.round().clamp(-EDGE, EDGE) as i16
}

fn bit_of(button: PointerButton) -> u16 {
    match button {
        PointerButton::Primary => MouseState::LEFT,
        PointerButton::Secondary => MouseState::RIGHT,
        PointerButton::Middle => MouseState::MIDDLE,
        PointerButton::Extra1 => MouseState::FOURTH,
        PointerButton::Extra2 => MouseState::FIFTH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{TouchPhase, pos2, vec2};

    const KEYS: Wants = Wants { keyboard: true, mouse: false, lightgun: false, pointer: false };
    const MOUSE: Wants = Wants { keyboard: false, mouse: true, lightgun: false, pointer: false };
    const GUN: Wants = Wants { keyboard: false, mouse: false, lightgun: true, pointer: false };

    /// A picture of 320x240 at twice its size, with 100 points of black on each side.
    fn scene(wants: Wants) -> Scene {
        let picture = Rect::from_min_size(pos2(100.0, 0.0), vec2(640.0, 480.0));
        let stage = Rect::from_min_size(pos2(0.0, 0.0), vec2(840.0, 480.0));
        let screen = Screen { stage, picture, size: [320, 240] };
        Scene { wants, seat: Some(1), free: true, screen: Some(screen), pixels_per_point: 1.0 }
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
    fn fed(desk: &mut Desk, scene: &Scene, events: &[Event]) -> (Vec<Held>, Vec<Event>) {
        let mut events = events.to_vec();
        let held = desk.take(&mut events, scene, |_| true);
        (held, events)
    }

    fn codes(codes: &[u16]) -> Held {
        Held::Keys(codes.iter().copied().collect())
    }

    fn entered(wants: Wants) -> Desk {
        let mut desk = Desk::default();
        let events = [key(Key::ScrollLock, true), key(Key::ScrollLock, false)];
        let (held, left) = fed(&mut desk, &scene(wants), &events);
        assert!(desk.on && held.is_empty() && left.is_empty());
        desk
    }

    #[test]
    fn without_the_mode_keys_are_the_windows_and_with_it_they_are_the_games() {
        let mut desk = Desk::default();
        let events = [key(Key::A, true), Event::Text("a".into()), key(Key::F5, true)];
        let (held, left) = fed(&mut desk, &scene(KEYS), &events);
        assert_eq!((held, left.len()), (vec![], 3));
        let mut desk = entered(KEYS);
        assert!(desk.takes_keys() && !desk.takes_pointer());
        let (held, left) = fed(&mut desk, &scene(KEYS), &events);
        assert_eq!(held, [codes(&[97]), codes(&[97, 286])]);
        assert!(left.is_empty());
        let (held, _) = fed(&mut desk, &scene(KEYS), &[key(Key::A, false)]);
        assert_eq!(held, [codes(&[286])]);
    }

    #[test]
    fn a_tap_within_one_painting_is_told_as_press_and_release() {
        let mut desk = entered(KEYS);
        let (held, _) = fed(&mut desk, &scene(KEYS), &[key(Key::B, true), key(Key::B, false)]);
        assert_eq!(held, [codes(&[98]), codes(&[])]);
    }

    #[test]
    fn escape_and_scroll_lock_leave_once_however_long_they_are_held() {
        for way_out in [Key::Escape, Key::ScrollLock] {
            let mut desk = entered(KEYS);
            fed(&mut desk, &scene(KEYS), &[key(Key::A, true)]);
            let repeated = [key(way_out, true), key(way_out, true), key(way_out, true), key(way_out, false)];
            let (held, left) = fed(&mut desk, &scene(KEYS), &repeated);
            assert_eq!((held, left), (vec![codes(&[])], vec![]));
            assert!(!desk.on);
            let (_, left) = fed(&mut desk, &scene(KEYS), &[key(Key::Escape, true)]);
            assert_eq!(left.len(), 1, "the next Esc is the window's");
        }
    }

    #[test]
    fn control_and_bracket_are_the_games_escape() {
        let mut desk = entered(KEYS);
        fed(&mut desk, &scene(KEYS), &[key(Key::ControlLeft, true)]);
        let bracket = Event::Key {
            key: Key::OpenBracket,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::CTRL,
        };
        let (held, _) = fed(&mut desk, &scene(KEYS), &[bracket]);
        assert_eq!(held, [codes(&[27])]);
        let (held, _) = fed(&mut desk, &scene(KEYS), &[key(Key::OpenBracket, false), key(Key::ControlLeft, false)]);
        assert_eq!(held, [codes(&[])]);
        assert!(desk.on);
    }

    #[test]
    fn everything_is_let_go_with_the_focus_the_seat_the_game_and_the_mode() {
        let other = |change: fn(&mut Scene)| {
            let mut other = scene(Wants { mouse: true, ..KEYS });
            change(&mut other);
            other
        };
        let same = other(|_| ());
        let ends = [
            (same, vec![Event::WindowFocused(false)]),
            (same, vec![key(Key::Escape, true)]),
            (other(|scene| scene.free = false), vec![]),
            (other(|scene| scene.seat = None), vec![]),
            (other(|scene| scene.seat = Some(2)), vec![]),
            (other(|scene| scene.wants.mouse = false), vec![]),
            (other(|scene| scene.wants = Wants::default()), vec![]),
        ];
        for (end, events) in ends {
            let mut desk = entered(same.wants);
            let held = [key(Key::A, true), press(pos2(0.0, 0.0), PointerButton::Middle, true)];
            let (held, left) = fed(&mut desk, &same, &held);
            let middle = MouseState { buttons: MouseState::MIDDLE, ..MouseState::default() };
            assert_eq!(held, [codes(&[97]), Held::Mouse(1, MouseMove::default(), middle)]);
            assert!(left.is_empty());
            let (held, _) = fed(&mut desk, &end, &events);
            let nothing = Held::Mouse(1, MouseMove::default(), MouseState::default());
            assert_eq!(held, [codes(&[]), nothing], "{end:?} {events:?}");
            assert!(!desk.on && !desk.takes_pointer());
            let (held, left) = fed(&mut desk, &end, &[key(Key::A, false)]);
            assert_eq!((held.len(), left.len()), (0, 1));
        }
    }

    #[test]
    fn a_click_on_the_picture_takes_the_mouse_and_its_moves_are_pixels_of_the_core() {
        let mut desk = Desk::default();
        for beside in [pos2(50.0, 50.0), pos2(900.0, 50.0)] {
            fed(&mut desk, &scene(MOUSE), &[press(beside, PointerButton::Primary, true)]);
            assert!(!desk.on);
        }
        let middle = pos2(420.0, 240.0);
        let click = [press(middle, PointerButton::Primary, true), press(middle, PointerButton::Primary, false)];
        let (held, left) = fed(&mut desk, &scene(MOUSE), &click);
        assert_eq!((held, left.len()), (vec![], 2), "the first click is the window's");
        assert!(desk.takes_pointer() && !desk.takes_keys());
        let moves =
            [Event::MouseMoved(vec2(5.0, -4.0)), Event::PointerMoved(middle), Event::MouseMoved(vec2(2.0, 0.0))];
        let (held, left) = fed(&mut desk, &scene(MOUSE), &moves);
        let Some(Held::Mouse(1, moved, state)) = held.first() else { panic!("{held:?}") };
        assert_eq!((held.len(), left.len()), (1, 0));
        assert_eq!(*moved, MouseMove { dx: 3, dy: -2, ..MouseMove::default() });
        assert!(state.over && state.x > 0 && state.y < 0);
        // The half pixel that was left over counts with the next.
        let (held, _) = fed(&mut desk, &scene(MOUSE), &[Event::MouseMoved(vec2(1.0, 0.0)), wheel(vec2(0.0, -2.0))]);
        let Some(Held::Mouse(1, moved, _)) = held.first() else { panic!("{held:?}") };
        assert_eq!(*moved, MouseMove { dx: 1, wheel: -2, ..MouseMove::default() });
    }

    #[test]
    fn a_gun_aims_where_the_pointer_is_and_a_shot_beside_the_picture_is_one() {
        let mut desk = Desk::default();
        let at = |x: f32, y: f32| Event::PointerMoved(pos2(x, y));
        let last = |held: &[Held]| match held.last() {
            Some(Held::Mouse(1, _, state)) => *state,
            other => panic!("{other:?}"),
        };
        let (held, left) = fed(&mut desk, &scene(GUN), &[at(100.0, 480.0)]);
        assert_eq!(last(&held), MouseState { x: -32767, y: 32767, buttons: 0, over: true });
        assert_eq!(left.len(), 1, "widgets see the pointer too");
        let shot = [press(pos2(420.0, 240.0), PointerButton::Primary, true)];
        let (held, _) = fed(&mut desk, &scene(GUN), &shot);
        assert_eq!(last(&held), MouseState { x: 0, y: 0, buttons: MouseState::LEFT, over: true });
        // Held while it leaves the picture, and even the stage.
        let (held, _) = fed(&mut desk, &scene(GUN), &[at(2000.0, 240.0)]);
        assert_eq!(last(&held), MouseState { x: 32767, y: 0, buttons: MouseState::LEFT, over: false });
        let (held, _) = fed(&mut desk, &scene(GUN), &[press(pos2(2000.0, 240.0), PointerButton::Primary, false)]);
        assert_eq!(last(&held).buttons, 0);
        let (held, _) = fed(&mut desk, &scene(GUN), &[press(pos2(20.0, 240.0), PointerButton::Secondary, true)]);
        let state = last(&held);
        assert!(state.buttons == MouseState::RIGHT && !state.over, "{state:?}");
    }

    #[test]
    fn what_lies_over_the_picture_takes_the_click() {
        for wants in [GUN, MOUSE] {
            let mut desk = Desk::default();
            let at = pos2(420.0, 240.0);
            let mut events = vec![Event::PointerMoved(at), press(at, PointerButton::Primary, true)];
            let held = desk.take(&mut events, &scene(wants), |_| false);
            assert_eq!((held, events.len(), desk.on), (vec![], 2, false));
        }
    }

    #[test]
    fn nothing_is_offered_to_a_host_without_a_seat_or_a_game_that_wants_nothing() {
        let desk = Desk::default();
        let all = Wants { keyboard: true, mouse: true, lightgun: true, pointer: true };
        let none = Scene { seat: None, ..scene(all) };
        assert_eq!(desk.offer(&none), Offer::default());
        assert_eq!(desk.offer(&scene(all)), Offer { keyboard: true, mouse: true, aim: true, on: false });
        let mut desk = Desk::default();
        fed(&mut desk, &scene(GUN), &[key(Key::ScrollLock, true)]);
        assert!(!desk.on);
        desk.enter();
        assert!(!desk.on);
    }

    #[test]
    fn nonsense_sizes_and_moves_do_no_harm() {
        let mut bad = scene(Wants { pointer: true, ..MOUSE });
        bad.screen = Some(Screen { stage: Rect::ZERO, picture: Rect::ZERO, size: [0, 0] });
        bad.pixels_per_point = 0.0;
        let mut desk = Desk::default();
        fed(&mut desk, &bad, &[Event::PointerMoved(pos2(0.0, 0.0)), key(Key::ScrollLock, true)]);
        let moves = [Event::MouseMoved(vec2(f32::NAN, f32::INFINITY)), Event::MouseMoved(vec2(1e30, 1e30))];
        fed(&mut desk, &bad, &moves);
        let (held, _) = fed(&mut desk, &scene(Wants { pointer: true, ..MOUSE }), &moves);
        assert!(held.len() <= 1);
    }
}
