//! The keyboard as one controller or two: keys by their place on the board, RetroArch's unless others were chosen.

use crate::input::{Button, PadState};
use crate::settings::Settings;
use egui::{Event, Key};

/// Sets of keys: the host's, and one for somebody beside them.
pub const LAYOUTS: usize = 2;

/// Every button by its name in the settings, in the order that people look for them.
pub const BUTTONS: [(&str, Button); 16] = [
    ("up", Button::Up),
    ("down", Button::Down),
    ("left", Button::Left),
    ("right", Button::Right),
    ("a", Button::A),
    ("b", Button::B),
    ("x", Button::X),
    ("y", Button::Y),
    ("l", Button::L),
    ("r", Button::R),
    ("l2", Button::L2),
    ("r2", Button::R2),
    ("l3", Button::L3),
    ("r3", Button::R3),
    ("start", Button::Start),
    ("select", Button::Select),
];

/// The usual keys, in the order of [`BUTTONS`].
const USUAL: [[Key; 16]; LAYOUTS] = [
    [
        Key::ArrowUp,
        Key::ArrowDown,
        Key::ArrowLeft,
        Key::ArrowRight,
        Key::X,
        Key::Z,
        Key::S,
        Key::A,
        Key::Q,
        Key::W,
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Enter,
        Key::ShiftRight,
    ],
    [
        Key::I,
        Key::K,
        Key::J,
        Key::L,
        Key::G,
        Key::F,
        Key::T,
        Key::R,
        Key::E,
        Key::Y,
        Key::Num7,
        Key::Num8,
        Key::Num9,
        Key::Num0,
        Key::P,
        Key::O,
    ],
];

/// The key of every button in one set, in the order of [`BUTTONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout([Key; 16]);

impl Layout {
    /// As the settings have it; a name that is no key is the usual one.
    pub fn of(settings: &Settings, set: usize) -> Layout {
        let set = set % LAYOUTS;
        let mut keys = USUAL[set];
        for ((name, _), key) in BUTTONS.iter().zip(&mut keys) {
            if let Some(chosen) = settings.keyboard[set].get(*name).and_then(|key| Key::from_name(key)) {
                *key = chosen;
            }
        }
        Layout(keys)
    }

    /// The keys, in the order of [`BUTTONS`].
    pub fn keys(&self) -> [Key; 16] {
        self.0
    }

    /// What a key presses: more than one button where it was chosen twice.
    fn pressed_by(&self, key: Key) -> u16 {
        let fitting = BUTTONS.iter().zip(self.0).filter(|(_, known)| *known == key);
        fitting.fold(0, |all, ((_, button), _)| all | *button as u16)
    }
}

/// Whether a key can stand for a button: not those that steer the window itself.
pub fn can_be_chosen(key: Key) -> bool {
    let name = key.name();
    let function = name.strip_prefix('F').is_some_and(|rest| rest.parse::<u8>().is_ok());
    !function && key != Key::Escape && key != Key::Tab
}

/// Keys that stand for more than one button, each once.
pub fn chosen_twice(layouts: &[Layout]) -> Vec<Key> {
    let all: Vec<Key> = layouts.iter().flat_map(Layout::keys).collect();
    let mut twice = Vec::new();
    for (index, key) in all.iter().enumerate() {
        if all[..index].contains(key) && !twice.contains(key) {
            twice.push(*key);
        }
    }
    twice
}

/// What is held on the keyboard now.
#[derive(Debug, Default)]
pub struct Keyboard {
    buttons: [u16; LAYOUTS],
}

impl Keyboard {
    /// Takes the game's keys out of `events`, so that no widget sees them, and gives the controllers' new state.
    ///
    /// While `playing` is false nothing is taken and every button is let go.
    pub fn take(&mut self, events: &mut Vec<Event>, playing: bool, layouts: &[Layout]) -> [PadState; LAYOUTS] {
        if !playing {
            self.buttons = [0; LAYOUTS];
            return Default::default();
        }
        events.retain(|event| match event {
            Event::Key { key, physical_key, pressed, modifiers, .. } => {
                let place = physical_key.unwrap_or(*key);
                let mut taken = false;
                for (layout, held) in layouts.iter().zip(&mut self.buttons) {
                    let buttons = layout.pressed_by(place);
                    // A shortcut such as Ctrl+A is the window's; a key let go always counts.
                    if buttons == 0 || *pressed && (modifiers.ctrl || modifiers.alt || modifiers.command) {
                        continue;
                    }
                    *held = if *pressed { *held | buttons } else { *held & !buttons };
                    taken = true;
                }
                !taken
            }
            Event::WindowFocused(false) => {
                self.buttons = [0; LAYOUTS];
                true
            }
            _ => true,
        });
        self.buttons.map(|buttons| PadState { buttons, ..PadState::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    fn key(key: Key, pressed: bool) -> Event {
        with(key, pressed, Modifiers::NONE)
    }

    fn with(key: Key, pressed: bool, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }
    }

    fn usual(set: usize) -> Layout {
        Layout::of(&Settings::default(), set)
    }

    fn one(keyboard: &mut Keyboard, events: &mut Vec<Event>, playing: bool) -> PadState {
        keyboard.take(events, playing, &[usual(0)])[0]
    }

    #[test]
    fn two_people_at_one_keyboard_have_keys_of_their_own() {
        let mut events = vec![key(Key::X, true), key(Key::I, true)];
        let pads = Keyboard::default().take(&mut events, true, &[usual(0), usual(1)]);
        assert_eq!(pads.map(|pad| pad.buttons), [Button::A as u16, Button::Up as u16]);
        assert!(events.is_empty());
        assert_eq!(chosen_twice(&[usual(0), usual(1)]), []);
        let mut events = vec![key(Key::I, true)];
        Keyboard::default().take(&mut events, true, &[usual(0)]);
        assert_eq!(events.len(), 1, "nobody has the second set");
    }

    #[test]
    fn other_keys_can_be_chosen_and_a_key_chosen_twice_is_found() {
        let mut settings = Settings::default();
        settings.keyboard[0].insert("a".into(), "Space".into());
        settings.keyboard[0].insert("b".into(), "no key".into());
        settings.keyboard[1].insert("up".into(), "Z".into());
        let layouts = [Layout::of(&settings, 0), Layout::of(&settings, 1)];
        let pads = Keyboard::default().take(&mut vec![key(Key::Space, true)], true, &layouts);
        assert!(pads[0].held(Button::A));
        assert_eq!(chosen_twice(&layouts), [Key::Z]);
        assert!(can_be_chosen(Key::F) && can_be_chosen(Key::Space));
        assert!(!can_be_chosen(Key::F5) && !can_be_chosen(Key::Escape));
    }

    #[test]
    fn game_keys_are_held_until_let_go_and_no_widget_sees_them() {
        let mut keyboard = Keyboard::default();
        let mut events = vec![key(Key::Z, true), key(Key::ArrowUp, true), key(Key::F2, true)];
        let pad = one(&mut keyboard, &mut events, true);
        assert!(pad.held(Button::B) && pad.held(Button::Up));
        assert_eq!(events, [key(Key::F2, true)]);
        let pad = one(&mut keyboard, &mut vec![key(Key::Z, false)], true);
        assert!(!pad.held(Button::B) && pad.held(Button::Up));
    }

    #[test]
    fn the_place_on_the_board_counts_not_the_letter() {
        let mut events = vec![Event::Key {
            key: Key::Y,
            physical_key: Some(Key::Z),
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        }];
        assert!(one(&mut Keyboard::default(), &mut events, true).held(Button::B));
    }

    #[test]
    fn a_dialog_or_another_window_lets_every_button_go() {
        let mut keyboard = Keyboard::default();
        one(&mut keyboard, &mut vec![key(Key::X, true)], true);
        let mut events = vec![key(Key::X, true)];
        assert_eq!(one(&mut keyboard, &mut events, false), PadState::default());
        assert_eq!(events.len(), 1, "a dialog gets its keys");
        one(&mut keyboard, &mut vec![key(Key::X, true)], true);
        assert_eq!(one(&mut keyboard, &mut vec![Event::WindowFocused(false)], true), PadState::default());
    }

    #[test]
    fn right_shift_is_select_although_it_is_a_modifier_and_shortcuts_are_not_play() {
        let mut keyboard = Keyboard::default();
        let pad = one(&mut keyboard, &mut vec![with(Key::ShiftRight, true, Modifiers::SHIFT)], true);
        assert!(pad.held(Button::Select));
        let pad = one(&mut keyboard, &mut vec![with(Key::X, true, Modifiers::SHIFT)], true);
        assert!(pad.held(Button::A));
        let pad = one(&mut keyboard, &mut vec![with(Key::A, true, Modifiers::CTRL)], true);
        assert!(!pad.held(Button::Y));
    }
}
