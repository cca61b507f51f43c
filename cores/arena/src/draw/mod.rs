//! The picture: a pure function of the game.

mod art;
mod canvas;
mod color;
mod floor;
mod font;
mod gloom;
mod hud;
mod light;
mod scene;
mod screens;
mod sprite;

pub use canvas::{HEIGHT, WIDTH};

use crate::game::{Game, Phase};
use art::Art;
use canvas::Canvas;
use floor::{Floor, Tones};
use font::Font;
use light::Light;

/// Everything that is drawn from, made once.
pub struct Painter {
    art: Art,
    font: Font,
    floor: Floor,
    light: Light,
}

impl Default for Painter {
    fn default() -> Self {
        Self::new()
    }
}

impl Painter {
    /// Draws the sprites, the font and the hall.
    pub fn new() -> Self {
        Self { art: Art::new(), font: Font::new(), floor: Floor::new(), light: Light::new() }
    }

    /// Draws one frame over all of `px`, [`WIDTH`] by [`HEIGHT`] pixels of 0x00RRGGBB.
    pub fn paint(&mut self, game: &Game, px: &mut [u32]) {
        let (dx, dy) = shake(game);
        self.light_up(game);
        let beat = (game.frame % 28).min(27);
        let pulse = 70 + (27 - beat) * 5 + if game.slow > 0 { 40 } else { 0 };
        let tones = Tones::new(game.wave.chapter(), pulse.min(256));
        self.floor.draw(px, &self.light, &tones, dx, dy);
        let mut canvas = Canvas { px, dx, dy };
        self.scene(game, &mut canvas);
        (canvas.dx, canvas.dy) = (0, 0);
        if game.effects.flash > 0 {
            let c = 0x0010_1010 * u32::from(game.effects.flash).min(8);
            for p in canvas.px.iter_mut() {
                *p = color::add(*p, c);
            }
        }
        match game.phase {
            Phase::Title => self.title(game, &mut canvas),
            Phase::Play => {
                self.panels(game, &mut canvas);
                self.banner(game, &mut canvas);
            }
            Phase::Over => self.results(game, &mut canvas),
        }
    }
}

/// How far the picture is thrown off in this frame.
fn shake(game: &Game) -> (i32, i32) {
    let strength = i32::from(game.effects.shake.min(20));
    let reach = (strength + 4) / 6;
    let side = [(1, 0), (-1, 1), (0, -1), (1, 1), (-1, -1), (0, 1), (-1, 0), (1, -1)];
    let (x, y) = side[(game.frame % 8) as usize];
    (x * reach, y * reach)
}
