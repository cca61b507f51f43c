//! What a gamepad's buttons are in the window: keys that every screen knows.

use crate::input::Button;
use egui::{Key, Modifiers};

/// By place, as on every console of today: the lower button goes in, the right one goes back. `over`: a dialog or a menu is open.
/// `anywhere`: nothing has the focus yet, so that there is no direction to go in.
pub(super) fn key_of(button: Button, over: bool, anywhere: bool) -> Option<(Key, Modifiers)> {
    let plain = |key| Some((key, Modifiers::NONE));
    match button {
        Button::Up | Button::Down | Button::Left | Button::Right if anywhere => plain(Key::Tab),
        Button::Up => plain(Key::ArrowUp),
        Button::Down => plain(Key::ArrowDown),
        Button::Left => plain(Key::ArrowLeft),
        Button::Right => plain(Key::ArrowRight),
        Button::B | Button::Start => plain(Key::Enter),
        // Escape would also leave full screen.
        Button::A => plain(if over { Key::Escape } else { Key::BrowserBack }),
        Button::X => plain(Key::Menu),
        Button::Y => Some((Key::D, Modifiers::COMMAND)),
        Button::L => Some((Key::PageUp, Modifiers::COMMAND)),
        Button::R => Some((Key::PageDown, Modifiers::COMMAND)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_is_the_key_of_its_place() {
        let key = |button, over, anywhere| key_of(button, over, anywhere).map(|(key, _)| key);
        assert_eq!(key(Button::B, false, false), Some(Key::Enter));
        assert_eq!(key(Button::A, false, false), Some(Key::BrowserBack));
        assert_eq!(key(Button::A, true, false), Some(Key::Escape));
        assert_eq!(key(Button::Down, false, false), Some(Key::ArrowDown));
        assert_eq!(key(Button::Down, true, true), Some(Key::Tab));
        assert_eq!(key(Button::L3, false, false), None);
    }
}
