//! The first start, and the controllers that it shows.

use super::super::first_start::FirstStart;
use super::super::view::Screen;
use super::App;
use crate::library;

impl App {
    /// For those who have not been here before, and for those who ask for it again.
    pub(super) fn begin_first_start(&mut self) {
        self.view.first = FirstStart::new(library::usual_game_folders());
        self.view.screen = Screen::FirstStart;
    }

    /// The window is woken by every button only while it shows them.
    pub(super) fn look_at_pads(&mut self) {
        let shown = self.view.screen == Screen::FirstStart && self.view.first.shows_pads();
        self.local_input.set_watched(shown);
        self.pads_held = if shown { self.local_input.held() } else { Vec::new() };
    }
}
