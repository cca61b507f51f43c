//! Which button of a gamepad presses which button of the game. Pure.

use super::keys::BUTTONS;
use crate::input::{Button, PadState};
use crate::settings::Settings;

/// For every button of the game, in the order of [`BUTTONS`], the one of the gamepad that presses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PadMap([Button; 16]);

impl Default for PadMap {
    fn default() -> PadMap {
        PadMap(BUTTONS.map(|(_, button)| button))
    }
}

impl PadMap {
    /// From the settings; a name that is no button is ignored.
    pub fn of(settings: &Settings) -> PadMap {
        let mut map = PadMap::default();
        for ((name, _), button) in BUTTONS.iter().zip(&mut map.0) {
            let chosen = settings.gamepad.get(*name);
            let known = BUTTONS.iter().find(|(known, _)| chosen.is_some_and(|chosen| chosen == known));
            *button = known.map_or(*button, |(_, chosen)| *chosen);
        }
        map
    }

    /// In the order of [`BUTTONS`].
    pub fn buttons(&self) -> [Button; 16] {
        self.0
    }

    /// What the game gets of a gamepad. How far a trigger is pulled goes with it.
    pub fn apply(&self, pad: PadState) -> PadState {
        let pairs = || BUTTONS.iter().zip(self.0).map(|((_, to), from)| (*to, from));
        let buttons = pairs().filter(|(_, from)| pad.held(*from)).fold(0, |all, (to, _)| all | to as u16);
        let trigger = |wanted: Button| match pairs().find(|(to, _)| *to == wanted).map(|(_, from)| from) {
            Some(Button::L2) => pad.triggers[0],
            Some(Button::R2) => pad.triggers[1],
            _ => 0,
        };
        PadState { buttons, triggers: [trigger(Button::L2), trigger(Button::R2)], ..pad }
    }
}

/// The name of a button in the settings.
pub(super) fn name_of(button: Button) -> &'static str {
    BUTTONS.iter().find(|(_, known)| *known == button).map_or("", |(name, _)| name)
}

/// Buttons of the gamepad that press more than one of the game, each once.
pub(super) fn duplicates(map: &PadMap) -> Vec<Button> {
    let mut twice = Vec::new();
    for (index, button) in map.0.iter().enumerate() {
        if map.0[..index].contains(button) && !twice.contains(button) {
            twice.push(*button);
        }
    }
    twice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(chosen: &[(&str, &str)]) -> PadMap {
        let gamepad = chosen.iter().map(|(to, from)| ((*to).to_owned(), (*from).to_owned())).collect();
        PadMap::of(&Settings { gamepad, ..Settings::default() })
    }

    fn pad(buttons: &[Button], triggers: [i16; 2]) -> PadState {
        let buttons = buttons.iter().fold(0, |all, button| all | *button as u16);
        PadState { buttons, left: [1, 2], right: [3, 4], triggers }
    }

    #[test]
    fn without_a_choice_every_button_is_its_own() {
        let all = pad(&BUTTONS.map(|(_, button)| button), [5, 6]);
        assert_eq!(PadMap::default().apply(all), all);
        assert_eq!(map(&[("a", "no button"), ("nothing", "b")]), PadMap::default());
        assert_eq!(duplicates(&PadMap::default()), []);
    }

    #[test]
    fn two_buttons_change_places_and_one_may_press_two() {
        let swapped = map(&[("a", "b"), ("b", "a")]);
        assert_eq!(swapped.apply(pad(&[Button::A, Button::X], [0; 2])), pad(&[Button::B, Button::X], [0; 2]));
        let both = map(&[("a", "b")]);
        assert_eq!(both.apply(pad(&[Button::B], [0; 2])), pad(&[Button::A, Button::B], [0; 2]));
        assert_eq!(both.apply(pad(&[Button::A], [0; 2])), pad(&[], [0; 2]), "it is free for nothing");
        assert_eq!(duplicates(&both), [Button::B]);
    }

    #[test]
    fn how_far_a_trigger_is_pulled_goes_where_the_trigger_goes() {
        let map = map(&[("l2", "r2"), ("r2", "x")]);
        assert_eq!(map.apply(pad(&[Button::R2], [7, 9])), pad(&[Button::L2], [9, 0]));
    }
}
