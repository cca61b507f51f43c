//! The world: lamps, shadows, gloom, wisps and what flies between them.

use super::canvas::Canvas;
use super::color::{self, Color, INK, PLAYERS, TINTS, WHITE};
use super::font::Text;
use super::{Painter, floor, gloom};
use crate::game::{Game, Kind, MAX_ENEMIES, Mark, PORTS, Particle, Phase, Player, Power, PowerKind, Seat, Shape};

pub(super) const CROWN: [Color; 5] = [0x003a_1c08, 0x00b8_6a14, 0x00fa_c030, 0x00ff_f0a0, 0x00f0_3a5c];
const GEM: [Color; 4] = [0x0050_2a08, 0x00d8_8420, 0x00ff_d050, 0x00ff_fbd8];
const FIRE: [Color; 4] = [0x00d8_3a20, 0x00ff_8a28, 0x00ff_d050, 0x00ff_fae0];
/// Where the torches hang.
const TORCHES: [i32; 4] = [40, 120, 200, 280];

/// Whether something that is about to go blinks off in this frame.
fn blinks(life: u16, frame: u32) -> bool {
    life < 100 && frame % 6 < 3
}

impl Painter {
    pub(super) fn light_up(&mut self, game: &Game) {
        let light = &mut self.light;
        light.clear();
        for (k, x) in TORCHES.into_iter().enumerate() {
            let flicker = (game.frame / 5 + k as u32 * 3) % 4;
            light.lamp(x, 32, 56, 0x00ff_8a38, 130 + flicker * 8);
        }
        for (port, p) in game.players.iter().enumerate() {
            let glow = PLAYERS[port][5];
            let (x, y) = (p.x as i32, p.y as i32 + 3);
            match p.seat {
                Seat::Empty => {}
                Seat::Alive => {
                    let bright = p.dash > 0 || p.lit > 0 || p.blaze > 0;
                    let (r, strength) = if bright { (66, 256) } else { (54, 200) };
                    light.lamp(x, y, r, glow, strength);
                }
                Seat::Down => light.lamp(x, y, 22 + (game.frame / 8 % 4) as i32, glow, 150),
            }
        }
        for e in game.enemies.iter().filter(|e| e.kind != Kind::None) {
            gloom::lamp(e, light);
        }
        for s in game.shots.iter().filter(|s| s.life > 0) {
            light.lamp(s.x as i32, s.y as i32, 14, 0x00ff_4868, 170);
        }
        for g in game.gems.iter().filter(|g| g.life > 0) {
            light.lamp(g.x as i32, g.y as i32, 10, 0x00ff_c850, 110);
        }
        for p in game.powers.iter().filter(|p| p.life > 0) {
            light.lamp(p.x as i32, p.y as i32, 30, 0x00ff_e8b0, 150);
        }
        for p in &game.effects.particles {
            if p.life > 0 && p.shape == Shape::Ring {
                let r = p.vx * f32::from(p.span - p.life);
                let fade = u32::from(p.life) * 200 / u32::from(p.span);
                let tint = TINTS[usize::from(p.tint)][1];
                light.lamp(p.x as i32, p.y as i32, (r as i32 + 12).min(140), tint, fade);
            }
        }
        light.settle();
    }

    pub(super) fn scene(&self, game: &Game, canvas: &mut Canvas) {
        self.torches(game, canvas);
        for p in game.effects.particles.iter().filter(|p| p.life > 0 && p.shape == Shape::Ghost) {
            let fade = u32::from(p.life) * 150 / u32::from(p.span);
            let c = color::scale(PLAYERS[usize::from(p.tint) % PORTS][5], fade);
            canvas.glow(&self.art.wisp[0], p.x as i32 - 6, p.y as i32 - 9, c);
        }
        for e in game.enemies.iter().filter(|e| e.kind != Kind::None) {
            self.omen(e, game, canvas);
        }
        for g in game.gems.iter().filter(|g| g.life > 0) {
            if !blinks(g.life, game.frame) {
                let (x, y) = (g.x as i32, g.y as i32);
                canvas.shadow(x, y + 4, 6);
                let turn = game.frame.wrapping_add(u32::from(g.life)) / 6 % 4;
                canvas.sprite(&self.art.gem[turn as usize], x - 3, y - 4, &GEM, false);
            }
        }
        for p in game.powers.iter().filter(|p| p.life > 0) {
            if !blinks(p.life, game.frame) {
                self.power(p, game, canvas);
            }
        }
        self.bodies(game, canvas);
        for s in game.shots.iter().filter(|s| s.life > 0) {
            gloom::shot(s.x as i32, s.y as i32, game.frame, canvas);
        }
        for p in game.effects.particles.iter().filter(|p| p.life > 0) {
            particle(p, canvas);
        }
        // The title has words enough of its own.
        if game.phase != Phase::Title {
            self.labels(game, canvas);
        }
    }

    /// Wisps and gloom, the farther ones first.
    fn bodies(&self, game: &Game, canvas: &mut Canvas) {
        const ALL: usize = MAX_ENEMIES + PORTS;
        let foot = |i: usize| {
            let y = if i < MAX_ENEMIES {
                let e = &game.enemies[i];
                e.y + e.radius()
            } else {
                game.players[i - MAX_ENEMIES].y + 6.0
            };
            y as i32
        };
        let mut order: [usize; ALL] = std::array::from_fn(|i| i);
        // The tie by index makes the order the same everywhere.
        order.sort_unstable_by_key(|&i| (foot(i), i));
        for i in order {
            if i < MAX_ENEMIES {
                let e = &game.enemies[i];
                if e.solid() {
                    self.enemy(e, game, canvas);
                }
            } else {
                self.wisp(i - MAX_ENEMIES, game, canvas);
            }
        }
    }

    fn torches(&self, game: &Game, canvas: &mut Canvas) {
        for (k, x) in TORCHES.into_iter().enumerate() {
            let y = floor::WALL_TOP as i32 + 4;
            let step = (game.frame / 5 + k as u32 * 3) % 4;
            canvas.sprite(&self.art.sconce, x - 4, y + 6, &[INK, 0x003a_3450, 0x0078_6a80], false);
            canvas.sprite(&self.art.fire[step as usize], x - 4, y - 4, &FIRE, k % 2 == 1);
        }
    }

    fn power(&self, p: &Power, game: &Game, canvas: &mut Canvas) {
        let bob = [0, 0, 1, 1, 2, 2, 1, 1][(game.frame / 5 % 8) as usize];
        let (x, y) = (p.x as i32, p.y as i32 - bob);
        canvas.shadow(x, p.y as i32 + 8, 12);
        canvas.ring(x, y, 9, 1, 0x0060_5030);
        canvas.ring(x, y, 8 + (game.frame / 10 % 3) as i32, 1, 0x0028_2010);
        let (s, palette): (_, [Color; 4]) = match p.kind {
            PowerKind::Heart => (&self.art.heart, [0x0030_0818, 0x00b0_1c48, 0x00ff_4a6a, 0x00ff_c0c0]),
            PowerKind::Blaze => (&self.art.flame, [0x0038_1008, 0x00d8_4018, 0x00ff_8c28, 0x00ff_e880]),
            PowerKind::Clock => (&self.art.clock, [0x0010_2040, 0x00d8_f0ff, 0x0030_58b0, 0]),
            PowerKind::Magnet => (&self.art.magnet, [0x0028_0810, 0x00e8_f0f8, 0x00d8_2840, 0x00ff_8078]),
        };
        canvas.sprite(s, x - 5, y - 5, &palette, false);
    }

    fn wisp(&self, port: usize, game: &Game, canvas: &mut Canvas) {
        let p = &game.players[port];
        let (x, y) = (p.x as i32, p.y as i32);
        let step = (game.frame / 7 + port as u32) % 2;
        let colors = &PLAYERS[port];
        match p.seat {
            Seat::Empty => {}
            Seat::Down => {
                canvas.shadow(x, y + 5, 8);
                canvas.sprite(&self.art.ember[step as usize], x - 4, y - 2, colors, false);
                let r = 12 + (game.frame / 6 % 4) as i32;
                canvas.ring(x, y + 1, r, 1, color::scale(colors[5], 90));
            }
            Seat::Alive => {
                // Safe wisps flicker, but a pressed button always shows.
                if p.safe > 8 && p.lit == 0 && p.dash == 0 && game.frame % 4 < 2 {
                    canvas.glow(&self.art.wisp[step as usize], x - 6, y - 9, color::scale(colors[5], 90));
                    return;
                }
                self.awake(p, port, game, canvas);
            }
        }
    }

    fn awake(&self, p: &Player, port: usize, game: &Game, canvas: &mut Canvas) {
        let moving = p.vx.abs() + p.vy.abs() > 0.6;
        let step = game.frame / if moving { 4 } else { 8 } % 2;
        let bob = i32::from(!moving && (game.frame / 16).is_multiple_of(2));
        let (x, y) = (p.x as i32, p.y as i32 - bob);
        let colors = &PLAYERS[port];
        let s = &self.art.wisp[step as usize];
        canvas.shadow(x, p.y as i32 + 6, 12);
        if p.charge >= crate::game::MAX_CHARGE {
            let r = 10 + (game.frame / 4 % 4) as i32;
            canvas.ring(x, y - 1, r, 1, color::scale(colors[3], 130));
        }
        if p.lit > 0 {
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                canvas.silhouette(s, x - 6 + dx, y - 9 + dy, WHITE);
            }
        }
        if p.dash > 0 {
            let hot = [colors[3], colors[3], colors[4], colors[4], WHITE, WHITE];
            canvas.sprite(s, x - 6, y - 9, &hot, p.vx < 0.0);
        } else {
            canvas.sprite(s, x - 6, y - 9, colors, false);
        }
        // Eyes look where the wisp would dash.
        let (ex, ey) = (x + (p.fx * 2.4) as i32, y + (p.fy * 1.6) as i32);
        if p.fy > -0.8 {
            for side in [-2, 1] {
                let shut = game.frame.wrapping_add(port as u32 * 37) % 150 < 5 || p.dozing();
                let top = if shut { 1 } else { -1 };
                canvas.fill(ex + side, ey + top, 2, 2 - top, INK);
                if !shut {
                    canvas.set(ex + side, ey - 1, WHITE);
                }
            }
        }
        if game.leader() == Some(port) {
            canvas.sprite(&self.art.crown, x - 4, y - 15, &CROWN, false);
        }
        if p.dozing() {
            let rise = (game.frame / 12 % 6) as i32;
            self.font.write(canvas, x + 6, y - 12 - rise, "Z", colors[3]);
        }
    }

    fn labels(&self, game: &Game, canvas: &mut Canvas) {
        for l in game.effects.labels.iter().filter(|l| l.life > 0) {
            if l.life < 14 && game.frame.is_multiple_of(2) {
                continue;
            }
            let text = match l.mark {
                Mark::Points => Text::new(format_args!("{}", l.value)),
                Mark::Times => Text::new(format_args!("CHAIN X{}", l.value)),
                Mark::Loss => Text::new(format_args!("-{}", l.value)),
                Mark::Heart => Text::new(format_args!("HEART!")),
                Mark::Hello => Text::new(format_args!("P{}", l.value)),
                Mark::Wake => Text::new(format_args!("AWAKE!")),
                Mark::Blaze => Text::new(format_args!("BLAZE!")),
                Mark::Slow => Text::new(format_args!("SLOW TIME!")),
                Mark::Magnet => Text::new(format_args!("MAGNET!")),
            };
            let c = TINTS[usize::from(l.tint)][if l.life > 40 { 0 } else { 1 }];
            let half = text.as_str().len() as i32 * 3;
            let x = (l.x as i32).clamp(half + 2, 318 - half);
            self.font.centred(canvas, x, l.y as i32 - 4, text.as_str(), c);
        }
    }
}

fn particle(p: &Particle, canvas: &mut Canvas) {
    let ramp = &TINTS[usize::from(p.tint)];
    let heat = usize::from(p.span - p.life) * 4 / usize::from(p.span.max(1));
    let c = ramp[heat.min(3)];
    let (x, y) = (p.x as i32, p.y as i32);
    match p.shape {
        Shape::Ghost => {}
        Shape::Spark => {
            canvas.set(x, y, c);
            if heat < 2 {
                let (bx, by) = ((p.x - p.vx) as i32, (p.y - p.vy) as i32);
                canvas.set(bx, by, ramp[heat + 1]);
            }
        }
        Shape::Ember => {
            canvas.add(x, y, c);
            if heat < 2 {
                canvas.fill(x, y, 2, 2, c);
            }
        }
        Shape::Ring => {
            let r = (p.vx * f32::from(p.span - p.life)) as i32;
            let thick = 1 + i32::from(p.life) * 3 / i32::from(p.span.max(1));
            canvas.ring(x, y, r.min(160), thick, color::scale(c, 60 + u32::from(p.life) * 6));
        }
    }
}
