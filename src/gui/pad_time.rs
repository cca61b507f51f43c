//! Gamepads at this machine go through time too: Select and L2 held go back, Select and R2 make fast. Pure.

use crate::engine::Flow;
use crate::input::{Button, PadState};

/// What the pads hold of it.
#[derive(Debug, Default)]
pub(super) struct PadTime {
    pub on: bool,
    flow: Flow,
}

/// What this pad asks for.
fn asked(pad: PadState) -> Flow {
    match () {
        () if !pad.held(Button::Select) => Flow::Normal,
        () if pad.held(Button::L2) => Flow::Rewind,
        () if pad.held(Button::R2) => Flow::FastForward,
        () => Flow::Normal,
    }
}

impl PadTime {
    /// Takes these buttons from the game while they are held together.
    pub fn take(&self, mut pad: PadState) -> PadState {
        if self.on && asked(pad) != Flow::Normal {
            pad.buttons &= !(Button::Select as u16 | Button::L2 as u16 | Button::R2 as u16);
            pad.triggers = [0; 2];
        }
        pad
    }

    /// What the pads ask for together, if that is something else than before.
    pub fn change(&mut self, pads: impl Iterator<Item = PadState>) -> Option<Flow> {
        let on = self.on;
        let wanted = pads.map(asked).find(|flow| on && *flow != Flow::Normal).unwrap_or_default();
        (std::mem::replace(&mut self.flow, wanted) != wanted).then_some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pad(buttons: &[Button]) -> PadState {
        let buttons = buttons.iter().fold(0, |all, button| all | *button as u16);
        PadState { buttons, triggers: [0, 32767], ..PadState::default() }
    }

    #[test]
    fn two_buttons_together_ask_once_and_are_not_the_games() {
        let mut time = PadTime { on: true, ..PadTime::default() };
        let both = pad(&[Button::Select, Button::R2, Button::A]);
        assert_eq!(time.change([pad(&[Button::A]), both].into_iter()), Some(Flow::FastForward));
        assert_eq!(time.change([both].into_iter()), None);
        let left = time.take(both);
        assert_eq!((left.buttons, left.triggers), (Button::A as u16, [0; 2]));
        assert_eq!(time.change([pad(&[Button::Select, Button::L2])].into_iter()), Some(Flow::Rewind));
        assert_eq!(time.change([pad(&[Button::L2])].into_iter()), Some(Flow::Normal));
        for alone in [pad(&[Button::Select]), pad(&[Button::R2]), pad(&[Button::Select, Button::A])] {
            assert_eq!((time.change([alone].into_iter()), time.take(alone)), (None, alone));
        }
    }

    #[test]
    fn switched_off_every_button_is_the_games() {
        let mut time = PadTime { on: true, ..PadTime::default() };
        let both = pad(&[Button::Select, Button::L2]);
        time.change([both].into_iter());
        time.on = false;
        assert_eq!((time.change([both].into_iter()), time.take(both)), (Some(Flow::Normal), both));
    }
}
