//! The LEDs of the emulated machine. A LED is shown from the first time it was lit.

use super::theme;
use egui::{Role, Sense, Ui, WidgetInfo, vec2};
use std::path::PathBuf;

/// More would leave no space for the game's name.
const MAX_SHOWN: usize = 16;

/// Which LEDs the game has used, and which are lit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leds {
    seen: u32,
    on: u32,
    game: Option<(PathBuf, Option<PathBuf>)>,
}

impl Leds {
    /// `on` has a bit for each LED that is lit. With another game, or none, the LEDs of the last one are forgotten.
    pub fn update(&mut self, game: Option<(&PathBuf, &Option<PathBuf>)>, on: u32) {
        let same = self.game.as_ref().map(|(core, content)| (core, content)) == game;
        if !same {
            self.game = game.map(|(core, content)| (core.clone(), content.clone()));
            self.seen = 0;
        }
        self.on = if game.is_some() { on } else { 0 };
        self.seen |= self.on;
    }

    /// Whether each LED that was ever lit is lit now, in order.
    pub fn list(&self) -> impl Iterator<Item = bool> {
        (0..32).filter(|bit| self.seen >> bit & 1 == 1).map(|bit| self.on >> bit & 1 == 1)
    }
}

/// A dot for each LED.
pub(super) fn show(ui: &mut Ui, leds: &Leds, name: &str) {
    let all: Vec<bool> = leds.list().take(MAX_SHOWN).collect();
    if all.is_empty() {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(vec2(all.len() as f32 * 12.0, 20.0), Sense::hover());
    for (index, on) in all.iter().enumerate() {
        let middle = rect.left_center() + vec2(index as f32 * 12.0 + 6.0, 0.0);
        if *on {
            ui.painter().circle_filled(middle, 6.0, theme::GOOD.gamma_multiply(0.25));
        }
        ui.painter().circle_filled(middle, 3.5, if *on { theme::GOOD } else { theme::RAISED_HOVER });
    }
    let lit = all.iter().filter(|on| **on).count();
    let said = format!("{name}: {lit}/{}", all.len());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    response.on_hover_text(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_is_shown_from_the_first_time_it_was_on_until_the_next_game() {
        let (core, content) = (PathBuf::from("core.so"), Some(PathBuf::from("game")));
        let mut leds = Leds::default();
        let list = |leds: &Leds| leds.list().collect::<Vec<_>>();
        leds.update(Some((&core, &content)), 0);
        assert_eq!(list(&leds), [false; 0]);
        leds.update(Some((&core, &content)), 1 << 31 | 1 << 2);
        assert_eq!(list(&leds), [true, true]);
        leds.update(Some((&core, &content)), 1 << 31);
        assert_eq!(list(&leds), [false, true]);
        leds.update(Some((&core, &None)), 0);
        assert_eq!(list(&leds), [false; 0]);
        leds.update(None, u32::MAX);
        assert_eq!(list(&leds), [false; 0], "the last word of a game that was closed");
    }
}
