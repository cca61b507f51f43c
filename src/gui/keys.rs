//! The keyboard as one controller or two. Keys count by their place on the keyboard; the defaults are RetroArch's.

use crate::input::{Button, PadState};
use crate::settings::Settings;
use egui::{Event, Key};

/// Sets of keys: the host's, and one for a local guest.
pub const KEY_SETS: usize = 2;

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

/// In the order of [`BUTTONS`].
const DEFAULT_KEYS: [[Key; 16]; KEY_SETS] = [
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
pub struct KeyBindings([Key; 16]);

impl KeyBindings {
    /// From the settings; a name that is no key is ignored.
    pub fn of(settings: &Settings, set: usize) -> KeyBindings {
        let set = set % KEY_SETS;
        let mut keys = DEFAULT_KEYS[set];
        for ((name, _), key) in BUTTONS.iter().zip(&mut keys) {
            if let Some(chosen) = settings.keyboard[set].get(*name).and_then(|key| Key::from_name(key)) {
                *key = chosen;
            }
        }
        KeyBindings(keys)
    }

    /// In the order of [`BUTTONS`].
    pub fn keys(&self) -> [Key; 16] {
        self.0
    }

    /// What a key presses: more than one button where it was chosen twice.
    pub fn pressed_by(&self, key: Key) -> u16 {
        let fitting = BUTTONS.iter().zip(self.0).filter(|(_, known)| *known == key);
        fitting.fold(0, |all, ((_, button), _)| all | *button as u16)
    }
}

/// Whether a key can stand for a button: not those that steer the window itself.
pub fn can_be_bound(key: Key) -> bool {
    let name = key.name();
    let function = name.strip_prefix('F').is_some_and(|rest| rest.parse::<u8>().is_ok());
    !function && key != Key::Escape && key != Key::Tab
}

/// The buttons of one set that have turbo, one bit each.
pub fn with_turbo(settings: &Settings, set: usize) -> u16 {
    let chosen = &settings.turbo[set % KEY_SETS];
    let fitting = BUTTONS.iter().filter(|(name, _)| chosen.contains(*name));
    fitting.fold(0, |all, (_, button)| all | *button as u16)
}

/// Turns the presses that stand for copying and cutting into what widgets know them by. True when something is to be pasted.
///
/// The window asks to be given them as keys, because they may be the game's.
pub fn clipboard(events: &mut Vec<Event>) -> bool {
    let mut paste = false;
    events.retain_mut(|event| {
        let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
        let letter = |letter| modifiers.command_only() && *key == letter;
        if *key == Key::Cut || letter(Key::X) {
            *event = Event::Cut;
        } else if *key == Key::Copy || letter(Key::C) {
            *event = Event::Copy;
        } else if *key == Key::Paste || letter(Key::V) {
            paste = true;
            return false;
        }
        true
    });
    paste
}

/// Keys that stand for more than one button, each once.
pub fn duplicates(bindings: &[KeyBindings]) -> Vec<Key> {
    let all: Vec<Key> = bindings.iter().flat_map(KeyBindings::keys).collect();
    let mut twice = Vec::new();
    for (index, key) in all.iter().enumerate() {
        if all[..index].contains(key) && !twice.contains(key) {
            twice.push(*key);
        }
    }
    twice
}

/// What the keys are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFocus {
    Game,
    /// A dialog, a text field, another window, or an input capture.
    Window,
}

/// What is held on the keyboard, as buttons.
#[derive(Debug, Default)]
pub struct Keyboard {
    buttons: [u16; KEY_SETS],
}

impl Keyboard {
    /// Removes the game's keys from `events`, so that no widget sees them, and returns the controllers' new state.
    ///
    /// With the focus on the window nothing is removed and every button is released. Modifiers do not matter: Ctrl and Alt can
    /// be game keys too. Only the window's own Ctrl+O stays, unless Ctrl is one of the game's keys.
    pub fn take(&mut self, events: &mut Vec<Event>, focus: KeyFocus, bindings: &[KeyBindings]) -> [PadState; KEY_SETS] {
        if focus == KeyFocus::Window {
            self.buttons = [0; KEY_SETS];
            return Default::default();
        }
        let ctrl = |key: &Key| matches!(key, Key::ControlLeft | Key::ControlRight);
        let shortcuts = !bindings.iter().any(|bindings| bindings.0.iter().any(ctrl));
        events.retain(|event| match event {
            Event::Key { key, physical_key, pressed, modifiers, .. } => {
                if *pressed && shortcuts && *key == Key::O && modifiers.command {
                    return true;
                }
                let place = physical_key.unwrap_or(*key);
                let mut taken = false;
                for (bindings, held) in bindings.iter().zip(&mut self.buttons) {
                    let buttons = bindings.pressed_by(place);
                    if buttons == 0 {
                        continue;
                    }
                    *held = if *pressed { *held | buttons } else { *held & !buttons };
                    taken = true;
                }
                !taken
            }
            Event::WindowFocused(false) => {
                self.buttons = [0; KEY_SETS];
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

    fn default_keys(set: usize) -> KeyBindings {
        KeyBindings::of(&Settings::default(), set)
    }

    fn one(keyboard: &mut Keyboard, events: &mut Vec<Event>, focus: KeyFocus) -> PadState {
        keyboard.take(events, focus, &[default_keys(0)])[0]
    }

    #[test]
    fn two_people_at_one_keyboard_have_keys_of_their_own() {
        let mut events = vec![key(Key::X, true), key(Key::I, true)];
        let pads = Keyboard::default().take(&mut events, KeyFocus::Game, &[default_keys(0), default_keys(1)]);
        assert_eq!(pads.map(|pad| pad.buttons), [Button::A as u16, Button::Up as u16]);
        assert!(events.is_empty());
        assert_eq!(duplicates(&[default_keys(0), default_keys(1)]), []);
        let mut events = vec![key(Key::I, true)];
        Keyboard::default().take(&mut events, KeyFocus::Game, &[default_keys(0)]);
        assert_eq!(events.len(), 1, "the second set is not in use");
    }

    #[test]
    fn other_keys_can_be_chosen_and_a_key_chosen_twice_is_found() {
        let mut settings = Settings::default();
        settings.keyboard[0].insert("a".into(), "Space".into());
        settings.keyboard[0].insert("b".into(), "no key".into());
        settings.keyboard[1].insert("up".into(), "Z".into());
        let bindings = [KeyBindings::of(&settings, 0), KeyBindings::of(&settings, 1)];
        let pads = Keyboard::default().take(&mut vec![key(Key::Space, true)], KeyFocus::Game, &bindings);
        assert!(pads[0].held(Button::A));
        assert_eq!(duplicates(&bindings), [Key::Z]);
        assert!(can_be_bound(Key::F) && can_be_bound(Key::Space));
        assert!(!can_be_bound(Key::F5) && !can_be_bound(Key::Escape));
    }

    #[test]
    fn game_keys_are_held_until_let_go_and_no_widget_sees_them() {
        let mut keyboard = Keyboard::default();
        let mut events = vec![key(Key::Z, true), key(Key::ArrowUp, true), key(Key::F2, true)];
        let pad = one(&mut keyboard, &mut events, KeyFocus::Game);
        assert!(pad.held(Button::B) && pad.held(Button::Up));
        assert_eq!(events, [key(Key::F2, true)]);
        let pad = one(&mut keyboard, &mut vec![key(Key::Z, false)], KeyFocus::Game);
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
        assert!(one(&mut Keyboard::default(), &mut events, KeyFocus::Game).held(Button::B));
    }

    #[test]
    fn a_dialog_or_another_window_lets_every_button_go() {
        let mut keyboard = Keyboard::default();
        one(&mut keyboard, &mut vec![key(Key::X, true)], KeyFocus::Game);
        let mut events = vec![key(Key::X, true)];
        assert_eq!(one(&mut keyboard, &mut events, KeyFocus::Window), PadState::default());
        assert_eq!(events.len(), 1, "a dialog gets its keys");
        one(&mut keyboard, &mut vec![key(Key::X, true)], KeyFocus::Game);
        assert_eq!(one(&mut keyboard, &mut vec![Event::WindowFocused(false)], KeyFocus::Game), PadState::default());
    }

    #[test]
    fn right_shift_is_select_and_what_else_is_held_takes_no_key_from_the_game() {
        let mut keyboard = Keyboard::default();
        let pad = one(&mut keyboard, &mut vec![with(Key::ShiftRight, true, Modifiers::SHIFT)], KeyFocus::Game);
        assert!(pad.held(Button::Select));
        let pad = one(&mut keyboard, &mut vec![with(Key::X, true, Modifiers::SHIFT)], KeyFocus::Game);
        assert!(pad.held(Button::A));
        for modifiers in [Modifiers::CTRL, Modifiers::ALT, Modifiers::COMMAND | Modifiers::CTRL] {
            let mut keyboard = Keyboard::default();
            let pad = one(&mut keyboard, &mut vec![with(Key::A, true, modifiers)], KeyFocus::Game);
            assert!(pad.held(Button::Y), "{modifiers:?}");
            let pad = one(&mut keyboard, &mut vec![with(Key::A, false, modifiers)], KeyFocus::Game);
            assert!(!pad.held(Button::Y), "{modifiers:?}");
        }
    }

    #[test]
    fn control_and_alt_are_game_keys_like_any_other() {
        let mut settings = Settings::default();
        for (button, key) in [("a", "ControlLeft"), ("b", "AltLeft"), ("x", "C")] {
            assert!(Key::from_name(key).is_some_and(can_be_bound), "{key}");
            settings.keyboard[0].insert(button.into(), key.into());
        }
        let mut keyboard = Keyboard::default();
        let command = Modifiers::CTRL | Modifiers::COMMAND;
        let mut events = vec![
            with(Key::ControlLeft, true, command),
            with(Key::AltLeft, true, command | Modifiers::ALT),
            with(Key::C, true, command | Modifiers::ALT),
            with(Key::ArrowUp, true, command | Modifiers::ALT),
        ];
        let pad = keyboard.take(&mut events, KeyFocus::Game, &[KeyBindings::of(&settings, 0)])[0];
        assert!([Button::A, Button::B, Button::X, Button::Up].iter().all(|button| pad.held(*button)), "{pad:?}");
        assert!(events.is_empty());
    }

    #[test]
    fn opening_a_file_stays_the_windows_unless_control_is_a_game_key() {
        let open = || vec![with(Key::O, true, Modifiers::CTRL | Modifiers::COMMAND)];
        let mut settings = Settings::default();
        let bindings = |settings: &Settings| [KeyBindings::of(settings, 0), KeyBindings::of(settings, 1)];
        let mut events = open();
        let pads = Keyboard::default().take(&mut events, KeyFocus::Game, &bindings(&settings));
        assert_eq!((events.len(), pads[1].buttons), (1, 0));
        settings.keyboard[0].insert("a".into(), "ControlLeft".into());
        let mut events = open();
        let pads = Keyboard::default().take(&mut events, KeyFocus::Game, &bindings(&settings));
        assert_eq!((events.len(), pads[1].buttons), (0, Button::Select as u16));
    }

    #[test]
    fn what_the_game_leaves_is_copied_cut_and_pasted_as_ever() {
        let command = Modifiers::CTRL | Modifiers::COMMAND;
        let mut events = vec![with(Key::C, true, command), with(Key::X, true, command), with(Key::V, false, command)];
        assert!(!clipboard(&mut events));
        assert_eq!(events, [Event::Copy, Event::Cut, with(Key::V, false, command)]);
        let mut events = vec![with(Key::V, true, command), key(Key::V, true), with(Key::C, true, Modifiers::ALT)];
        assert!(clipboard(&mut events));
        assert_eq!(events, [key(Key::V, true), with(Key::C, true, Modifiers::ALT)]);
    }

    #[test]
    fn buttons_with_turbo_are_found_by_their_names() {
        let mut settings = Settings::default();
        settings.turbo[1] = ["a", "start", "no button"].map(str::to_owned).into();
        assert_eq!(with_turbo(&settings, 0), 0);
        assert_eq!(with_turbo(&settings, 1), Button::A as u16 | Button::Start as u16);
    }
}
