//! The panels above the hall and the words across it.

use super::Painter;
use super::canvas::Canvas;
use super::color::{self, Color, DIM, GOLD, INK, PLAYERS, WHITE};
use super::font::Text;
use crate::game::{Game, Kind, MAX_CHARGE, PORTS, Seat, Stage};

const PANEL: i32 = 80;

impl Painter {
    pub(super) fn panels(&self, game: &Game, canvas: &mut Canvas) {
        canvas.fill(0, 0, 320, 20, INK);
        for port in 0..PORTS {
            let x = port as i32 * PANEL;
            if game.players[port].seat == Seat::Empty {
                self.free_panel(port, x, game, canvas);
            } else {
                self.panel(port, x, game, canvas);
            }
        }
        self.boss_bar(game, canvas);
    }

    fn free_panel(&self, port: usize, x: i32, game: &Game, canvas: &mut Canvas) {
        let colors = &PLAYERS[port];
        // One seat after the other lights up, so that the row never blinks as a whole.
        let mine = (game.frame / 45) as usize % PORTS == port;
        let c = color::scale(colors[2], if mine { 170 } else { 80 });
        canvas.silhouette(&self.art.ember[0], x + 5, 6, c);
        let text = Text::new(format_args!("P{} JOIN", port + 1));
        self.font.plain(canvas, x + 18, 7, text.as_str(), c);
    }

    fn panel(&self, port: usize, x: i32, game: &Game, canvas: &mut Canvas) {
        let p = &game.players[port];
        let colors = &PLAYERS[port];
        let held = game.held[port] != 0;
        let ground = color::scale(colors[0], if held { 256 } else { 130 });
        canvas.fill(x + 1, 1, PANEL - 2, 18, ground);
        // The bar at the left lights up with every button: the player's own eyes can tell lag.
        canvas.fill(x + 1, 1, 2, 18, if held { WHITE } else { colors[2] });
        if p.seat == Seat::Down {
            let c = if game.frame % 40 < 20 { colors[2] } else { DIM };
            canvas.sprite(&self.art.ember[(game.frame / 8 % 2) as usize], x + 6, 2, colors, false);
            self.font.plain(canvas, x + 6, 11, "WAKE ME!", c);
        } else {
            for k in 0..i32::from(p.hearts) {
                canvas.silhouette(&self.art.small_heart, x + 6 + k * 7, 12, 0x00ff_5a72);
                canvas.set(x + 7 + k * 7, 13, 0x00ff_d0d0);
            }
            self.charge_bar(p.charge, x + 40, colors, game, canvas);
        }
        let score = Text::new(format_args!("{}", p.score));
        let left = if p.seat == Seat::Down { x + 18 } else { x + 6 };
        self.font.plain(canvas, left, 2, score.as_str(), WHITE);
        if p.chain > 0 && p.seat == Seat::Alive {
            let times = Text::new(format_args!("X{}", p.times()));
            self.font.plain(canvas, x + PANEL - 14, 2, times.as_str(), GOLD);
            let left = i32::from(p.chain_frames) * 12 / 140;
            canvas.fill(x + PANEL - 14, 10, left, 1, GOLD);
        }
    }

    fn charge_bar(&self, charge: u8, x: i32, colors: &[Color; 6], game: &Game, canvas: &mut Canvas) {
        let full = charge >= MAX_CHARGE;
        let wide = i32::from(charge) * 34 / i32::from(MAX_CHARGE);
        canvas.fill(x, 12, 36, 5, INK);
        let c = if full && game.frame % 10 < 5 { colors[4] } else { colors[3] };
        canvas.fill(x + 1, 13, wide, 3, colors[1]);
        canvas.fill(x + 1, 13, wide, 2, c);
    }

    fn boss_bar(&self, game: &Game, canvas: &mut Canvas) {
        let Some(king) = game.enemies.iter().find(|e| e.kind == Kind::King) else {
            return;
        };
        canvas.fill(58, 230, 204, 8, INK);
        let wide = i32::from(king.hp) * 200 / i32::from(king.hp_full.max(1));
        let c = if king.hit > 4 { WHITE } else { 0x00d8_2c6c };
        canvas.fill(60, 232, wide.min(200), 4, c);
        canvas.fill(60, 232, wide.min(200), 1, color::mix(c, WHITE, 130));
        self.font.write(canvas, 119, 221, "THE GLOOM KING", WHITE);
    }

    /// The wave's name, and its end.
    pub(super) fn banner(&self, game: &Game, canvas: &mut Canvas) {
        let wave = &game.wave;
        let ramp = [0x00ff_ffff, 0x00ff_f0b0, 0x00ff_d866, 0x00ff_a848, 0x00f0_7048];
        match wave.stage {
            Stage::Intro => {
                // Flies in, stays, flies out.
                let t = i32::from(wave.timer);
                let slide = if t > 50 { (t - 50) * (t - 50) / 3 } else { -((12 - t.min(12)).pow(2)) };
                let y = 62;
                canvas.dim(0, y - 6, 320, 42, 120);
                let (name, hint) = if wave.boss() {
                    (Text::new(format_args!("THE KING")), "HE IS NOT AMUSED")
                } else {
                    (Text::new(format_args!("WAVE {}", wave.number)), hint(wave.number))
                };
                self.font.large(canvas, 160 - slide, y, name.as_str(), &ramp);
                self.font.centred(canvas, 160 + slide, y + 22, hint, WHITE);
            }
            Stage::Clear => {
                let green = [0x00ff_ffff, 0x00e0_ffc0, 0x0094_f27c, 0x0030_cc6a];
                self.font.large(canvas, 160, 62, "WAVE CLEARED", &green);
                let bonus = Text::new(format_args!("+{}", u32::from(wave.number) * 50));
                self.font.centred(canvas, 160, 84, bonus.as_str(), GOLD);
            }
            Stage::Fight => {}
        }
    }
}

/// One line that teaches what this wave brings.
fn hint(wave: u16) -> &'static str {
    match wave {
        1 => "B: DASH THROUGH THEM",
        2 => "WHEN THEY AIM, STEP ASIDE",
        3 => "SPARKS CHARGE YOUR NOVA: A",
        4 => "NO DASHING INTO SPIKES",
        6 => "BIG ONES ARE MANY ONES",
        7 => "FASTER!",
        11 => "DASH CUTS SHOTS TOO",
        _ => "KEEP THE CHAIN BURNING",
    }
}
