//! The keyboard as a controller: RetroArch's keys, by their place on the board.

use crate::input::{Button, PadState};
use egui::{Event, Key};

/// What is held on the keyboard now.
#[derive(Debug, Default)]
pub struct Keyboard {
    buttons: u16,
}

impl Keyboard {
    /// Takes the game's keys out of `events`, so that no widget sees them, and gives the controller's new state.
    ///
    /// While `playing` is false nothing is taken and every button is let go.
    pub fn take(&mut self, events: &mut Vec<Event>, playing: bool) -> PadState {
        if !playing {
            self.buttons = 0;
            return PadState::default();
        }
        events.retain(|event| match event {
            Event::Key { key, physical_key, pressed, modifiers, .. } => {
                let Some(button) = button_for(physical_key.unwrap_or(*key)) else {
                    return true;
                };
                // A shortcut such as Ctrl+A is the window's; a key let go always counts.
                if *pressed && (modifiers.ctrl || modifiers.alt || modifiers.command) {
                    return true;
                }
                if *pressed {
                    self.buttons |= button as u16;
                } else {
                    self.buttons &= !(button as u16);
                }
                false
            }
            Event::WindowFocused(false) => {
                self.buttons = 0;
                true
            }
            _ => true,
        });
        PadState { buttons: self.buttons, ..PadState::default() }
    }
}

fn button_for(key: Key) -> Option<Button> {
    Some(match key {
        Key::Z => Button::B,
        Key::X => Button::A,
        Key::A => Button::Y,
        Key::S => Button::X,
        Key::Q => Button::L,
        Key::W => Button::R,
        Key::ShiftRight => Button::Select,
        Key::Enter => Button::Start,
        Key::ArrowUp => Button::Up,
        Key::ArrowDown => Button::Down,
        Key::ArrowLeft => Button::Left,
        Key::ArrowRight => Button::Right,
        _ => return None,
    })
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

    #[test]
    fn game_keys_are_held_until_let_go_and_no_widget_sees_them() {
        let mut keyboard = Keyboard::default();
        let mut events = vec![key(Key::Z, true), key(Key::ArrowUp, true), key(Key::F2, true)];
        let pad = keyboard.take(&mut events, true);
        assert!(pad.held(Button::B) && pad.held(Button::Up));
        assert_eq!(events, [key(Key::F2, true)]);
        let pad = keyboard.take(&mut vec![key(Key::Z, false)], true);
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
        assert!(Keyboard::default().take(&mut events, true).held(Button::B));
    }

    #[test]
    fn a_dialog_or_another_window_lets_every_button_go() {
        let mut keyboard = Keyboard::default();
        keyboard.take(&mut vec![key(Key::X, true)], true);
        let mut events = vec![key(Key::X, true)];
        assert_eq!(keyboard.take(&mut events, false), PadState::default());
        assert_eq!(events.len(), 1, "a dialog gets its keys");
        keyboard.take(&mut vec![key(Key::X, true)], true);
        assert_eq!(keyboard.take(&mut vec![Event::WindowFocused(false)], true), PadState::default());
    }

    #[test]
    fn right_shift_is_select_although_it_is_a_modifier_and_shortcuts_are_not_play() {
        let mut keyboard = Keyboard::default();
        let pad = keyboard.take(&mut vec![with(Key::ShiftRight, true, Modifiers::SHIFT)], true);
        assert!(pad.held(Button::Select));
        let pad = keyboard.take(&mut vec![with(Key::X, true, Modifiers::SHIFT)], true);
        assert!(pad.held(Button::A));
        let pad = keyboard.take(&mut vec![with(Key::A, true, Modifiers::CTRL)], true);
        assert!(!pad.held(Button::Y));
    }
}
