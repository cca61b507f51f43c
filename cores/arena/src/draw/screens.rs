//! The title and the results.

use super::Painter;
use super::canvas::{Canvas, HEIGHT, WIDTH};
use super::color::{self, Color, DIM, GOLD, PLAYERS, WHITE};
use super::font::{HUGE_ADVANCE, Text};
use crate::game::{Game, PORTS, Seat};

const NAME: [&str; 9] = ["E", "M", "B", "E", "R", "D", "A", "S", "H"];
const LOGO: [Color; 7] = [0x00ff_f6d0, 0x00ff_e68a, 0x00ff_c850, 0x00ff_9a40, 0x00fa_6440, 0x00e0_3a50, 0x00a8_2460];

impl Painter {
    pub(super) fn title(&self, game: &Game, canvas: &mut Canvas) {
        // Dark behind the words, and clear where the demonstration plays.
        for y in 0..HEIGHT {
            let bright = 70 + y.saturating_sub(84) as u32 * 3;
            veil(canvas, y, 1, bright.min(256));
        }
        let wide = NAME.len() as i32 * HUGE_ADVANCE - 4;
        for (k, letter) in NAME.iter().enumerate() {
            // A wave runs through the letters.
            let turn = (game.frame / 2).wrapping_sub(k as u32 * 6) % 64;
            let y = 38 + (crate::math::sin(turn as u8) * 3.0) as i32;
            let x = (320 - wide) / 2 + k as i32 * HUGE_ADVANCE;
            self.font.huge(canvas, x, y, letter, &LOGO);
        }
        self.font.centred(canvas, 160, 78, "WISPS AGAINST THE GLOOM, 1 TO 4 PLAYERS", WHITE);
        if game.frame % 56 < 40 {
            let ramp = [0x00ff_ffff, 0x00ff_f0b0, 0x00ff_d866];
            self.font.large(canvas, 160, 96, "PRESS ANY BUTTON", &ramp);
        }
        canvas.dim(0, 196, 320, 44, 90);
        for (port, colors) in PLAYERS.iter().enumerate() {
            let x = 46 + port as i32 * 76;
            let hop = i32::from((game.frame / 14) as usize % PORTS == port) * 2;
            let s = &self.art.wisp[(game.frame / 8) as usize % 2];
            canvas.sprite(s, x - 6, 200 - hop, colors, false);
            canvas.fill(x - 2, 208 - hop, 1, 3, color::scale(colors[0], 128));
            canvas.fill(x + 1, 208 - hop, 1, 3, color::scale(colors[0], 128));
        }
        self.font.centred(canvas, 160, 219, "MOVE + B: DASH     A: NOVA WHEN CHARGED", WHITE);
        if game.best > 0 {
            let best = Text::new(format_args!("BEST {}", game.best));
            self.font.centred(canvas, 160, 230, best.as_str(), GOLD);
        } else {
            self.font.centred(canvas, 160, 230, "FRIENDS CAN JOIN AT ANY TIME", DIM);
        }
    }

    pub(super) fn results(&self, game: &Game, canvas: &mut Canvas) {
        let t = game.phase_frames.min(60) as usize;
        veil(canvas, 0, HEIGHT, 90);
        let red = [0x00ff_e0d0, 0x00ff_9a80, 0x00f5_4a50, 0x00b0_2050];
        let drop = 24_usize.saturating_sub(t) as i32;
        self.font.large(canvas, 160, 46 - drop, "THE GLOOM WINS", &red);
        let wave = Text::new(format_args!("WAVE {}", game.wave.number));
        self.font.centred(canvas, 160, 68, wave.as_str(), DIM);

        let mut order: [usize; PORTS] = std::array::from_fn(|p| p);
        order.sort_unstable_by_key(|&p| (std::cmp::Reverse(game.players[p].score), p));
        let played = order.into_iter().filter(|&p| game.players[p].seat != Seat::Empty || game.players[p].score > 0);
        for (rank, port) in played.enumerate() {
            // One line after the other.
            if t < 20 + rank * 10 {
                break;
            }
            self.result(rank, port, 88 + rank as i32 * 26, game, canvas);
        }
        if game.record && game.frame % 20 < 14 {
            self.font.centred(canvas, 160, 196, "NEW RECORD!", GOLD);
        } else if !game.record {
            let best = Text::new(format_args!("BEST {}", game.best));
            self.font.centred(canvas, 160, 196, best.as_str(), DIM);
        }
        if game.phase_frames > 80 && game.frame % 56 < 40 {
            self.font.centred(canvas, 160, 214, "PRESS ANY BUTTON TO PLAY AGAIN", WHITE);
        }
    }

    fn result(&self, rank: usize, port: usize, y: i32, game: &Game, canvas: &mut Canvas) {
        let p = &game.players[port];
        let colors = &PLAYERS[port];
        canvas.fill(44, y - 5, 232, 22, color::scale(colors[0], 150));
        canvas.fill(44, y - 5, 3, 22, colors[2]);
        let s = &self.art.wisp[(game.frame / 8) as usize % 2];
        let hop = if rank == 0 { (game.frame / 10 % 2) as i32 } else { 0 };
        canvas.sprite(s, 58, y - 3 - hop, colors, false);
        canvas.fill(62, y + 4 - hop, 1, 3, colors[0]);
        canvas.fill(65, y + 4 - hop, 1, 3, colors[0]);
        let place = Text::new(format_args!("{}  P{}", rank + 1, port + 1));
        self.font.plain(canvas, 78, y - 1, place.as_str(), colors[3]);
        let more = Text::new(format_args!("{} KILLS", p.kills));
        self.font.plain(canvas, 122, y - 3, more.as_str(), WHITE);
        let chain = Text::new(format_args!("CHAIN OF {}", p.best_chain));
        self.font.plain(canvas, 122, y + 7, chain.as_str(), DIM);
        let score = Text::new(format_args!("{:>7}", p.score));
        let c = if rank == 0 { GOLD } else { WHITE };
        self.font.plain(canvas, 226, y + 2, score.as_str(), c);
    }
}

/// Darkens a band of the picture to `n / 256`.
fn veil(canvas: &mut Canvas, from: usize, rows: usize, n: u32) {
    for p in canvas.px.iter_mut().skip(from * WIDTH).take(rows * WIDTH) {
        *p = color::scale(*p, n);
    }
}
