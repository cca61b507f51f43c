//! What a gamepad's buttons are in the window: keys that every screen knows.

use crate::input::Button;
use egui::{Key, Modifiers};
use std::time::Duration;

/// A direction that is held this long goes on by itself, as keys do.
const REPEAT_AFTER: Duration = Duration::from_millis(400);
const REPEAT_EVERY: Duration = Duration::from_millis(90);

/// Repeats a direction that is held.
#[derive(Debug, Default)]
pub(super) struct Repeat {
    held: Option<(Button, Duration)>,
}

impl Repeat {
    /// Whether `held` is pressed once more at `now`, and how long until it may be again.
    pub(super) fn follow(&mut self, held: Option<Button>, now: Duration) -> (Option<Button>, Option<Duration>) {
        let Some(button) = held else {
            self.held = None;
            return (None, None);
        };
        let due = match self.held {
            Some((before, due)) if before == button => due,
            // The first press came by itself.
            _ => now + REPEAT_AFTER,
        };
        let again = now >= due;
        let due = if again { now + REPEAT_EVERY } else { due };
        self.held = Some((button, due));
        (again.then_some(button), Some(due - now))
    }
}

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
        Button::L2 => plain(Key::PageUp),
        Button::R2 => plain(Key::PageDown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_that_is_held_goes_on_until_it_is_let_go() {
        let mut repeat = Repeat::default();
        let ms = Duration::from_millis;
        assert_eq!(repeat.follow(Some(Button::Down), ms(0)), (None, Some(ms(400))));
        assert_eq!(repeat.follow(Some(Button::Down), ms(300)), (None, Some(ms(100))));
        assert_eq!(repeat.follow(Some(Button::Down), ms(400)), (Some(Button::Down), Some(ms(90))));
        assert_eq!(repeat.follow(Some(Button::Up), ms(450)), (None, Some(ms(400))));
        assert_eq!(repeat.follow(None, ms(460)), (None, None));
        assert_eq!(repeat.follow(Some(Button::Up), ms(900)), (None, Some(ms(400))));
    }

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
