//! Gamepads at this machine go through time too: Select and L2 held go back, Select and R2 make fast. Pure.

use crate::engine::Flow;
use crate::input::{Button, PadState};

/// What the pads hold of it.
#[derive(Debug, Default)]
pub(super) struct PadTime {
    pub on: bool,
    flow: Flow,
    /// Pads whose Select was part of it and is held still: let go of last, it would be pressed anew for the game.
    select_held: Vec<usize>,
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
    /// Takes these buttons from the game while they are held together, and Select until it is let go of.
    pub fn take(&self, id: usize, mut pad: PadState) -> PadState {
        if self.on && asked(pad) != Flow::Normal {
            pad.buttons &= !(Button::Select as u16 | Button::L2 as u16 | Button::R2 as u16);
            pad.triggers = [0; 2];
        } else if self.select_held.contains(&id) {
            pad.buttons &= !(Button::Select as u16);
        }
        pad
    }

    /// What the pads ask for together, if that is something else than before.
    pub fn change(&mut self, pads: &[(usize, PadState)]) -> Option<Flow> {
        let on = self.on;
        let asks = |pad: PadState| on && asked(pad) != Flow::Normal;
        self.select_held.retain(|id| pads.iter().any(|(it, pad)| it == id && pad.held(Button::Select)));
        for (id, _) in pads.iter().filter(|(_, pad)| asks(*pad)) {
            if !self.select_held.contains(id) {
                self.select_held.push(*id);
            }
        }
        let wanted = pads.iter().find(|(_, pad)| asks(*pad)).map(|(_, pad)| asked(*pad)).unwrap_or_default();
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
        assert_eq!(time.change(&[(0, pad(&[Button::A])), (1, both)]), Some(Flow::FastForward));
        assert_eq!(time.change(&[(1, both)]), None);
        let left = time.take(1, both);
        assert_eq!((left.buttons, left.triggers), (Button::A as u16, [0; 2]));
        assert_eq!(time.change(&[(1, pad(&[Button::Select, Button::L2]))]), Some(Flow::Rewind));
        assert_eq!(time.change(&[(1, pad(&[Button::L2]))]), Some(Flow::Normal));
        for alone in [pad(&[Button::Select]), pad(&[Button::R2]), pad(&[Button::Select, Button::A])] {
            assert_eq!((time.change(&[(1, alone)]), time.take(1, alone)), (None, alone));
        }
    }

    #[test]
    fn select_is_the_games_again_once_it_was_let_go_of() {
        let mut time = PadTime { on: true, ..PadTime::default() };
        let select = pad(&[Button::Select]);
        time.change(&[(3, pad(&[Button::Select, Button::L2]))]);
        assert_eq!(time.change(&[(3, select)]), Some(Flow::Normal));
        assert_eq!(time.take(3, select).buttons, 0);
        assert_eq!(time.take(4, select), select, "another's");
        time.change(&[(3, pad(&[]))]);
        time.change(&[(3, select)]);
        assert_eq!(time.take(3, select), select);
    }

    #[test]
    fn switched_off_every_button_is_the_games() {
        let mut time = PadTime { on: true, ..PadTime::default() };
        let both = pad(&[Button::Select, Button::L2]);
        time.change(&[(0, both)]);
        time.on = false;
        assert_eq!(time.change(&[(0, pad(&[]))]), Some(Flow::Normal));
        assert_eq!((time.change(&[(0, both)]), time.take(0, both)), (None, both));
    }
}
