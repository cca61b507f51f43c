//! The gloom: its colours, its light, its warnings and its shapes.

use super::Painter;
use super::canvas::Canvas;
use super::color::{Color, WHITE};
use super::light::Light;
use super::scene::CROWN;
use crate::game::{BORN, Enemy, Game, Kind, eye_aims, king_aims};

/// Outline, shade, body, light, white, pupil.
type Skin = [Color; 6];

const GLOOP: Skin = [0x0016_0a2c, 0x0046_2290, 0x0074_42d8, 0x00b0_8aff, 0x00ff_fbe8, 0x001a_0a30];
const DARTER: Skin = [0x0028_0624, 0x008c_1464, 0x00d8_2c8c, 0x00ff_86c4, 0x00ff_f2c0, 0x0030_0618];
const EYE: Skin = [0x0020_1024, 0x0078_4a70, 0x00b0_8498, 0x00dc_bcb8, 0x00ff_f4e4, 0x0020_0818];
const URCHIN: Skin = [0x0006_1c28, 0x0014_5468, 0x001f_94a0, 0x0066_e4d8, 0x00f2_ffff, 0x0006_1c28];
/// A darter that aims.
const ANGRY: Skin = [0x0050_0418, 0x00ff_5a40, 0x00ff_9a58, 0x00ff_e0a0, 0x00ff_ffff, 0x00d0_1030];
const BLOB: Skin = [0x001c_0824, 0x0066_1a7c, 0x00a2_34b4, 0x00e4_80ee, 0x00ff_fbe8, 0x001a_0a30];
const KING: Skin = [0x001a_0620, 0x0058_1468, 0x0094_2a9c, 0x00de_6cd8, 0x00ff_f0c8, 0x00b4_1030];

fn skin(kind: Kind) -> &'static Skin {
    match kind {
        Kind::Gloop | Kind::None => &GLOOP,
        Kind::Darter => &DARTER,
        Kind::Eye => &EYE,
        Kind::Urchin => &URCHIN,
        Kind::Blob => &BLOB,
        Kind::King => &KING,
    }
}

/// The light an enemy throws on the floor.
pub fn lamp(e: &Enemy, light: &mut Light) {
    let c = skin(e.kind)[2];
    let (x, y) = (e.x as i32, e.y as i32);
    if e.born > 0 {
        light.lamp(x, y, 26, c, 120);
    } else if e.kind == Kind::King {
        let c = if king_aims(e) { 0x00ff_3050 } else { c };
        light.lamp(x, y + 6, 62, c, 190);
    } else if e.aims() || eye_aims(e) {
        light.lamp(x, y, 26, 0x00ff_3050, 200);
    } else {
        light.lamp(x, y + 2, 18, c, 110);
    }
}

impl Painter {
    /// Where an enemy is about to be.
    pub(super) fn omen(&self, e: &Enemy, game: &Game, canvas: &mut Canvas) {
        if e.aims() {
            let (x, y) = (e.x, e.y);
            for k in 2..16_u16 {
                if !(u32::from(k) + game.frame / 2).is_multiple_of(3) {
                    let d = f32::from(k) * 6.0;
                    let (px, py) = ((x + e.vx * d) as i32, (y + e.vy * d) as i32);
                    canvas.add(px, py, 0x0090_1838);
                    canvas.add(px + 1, py, 0x0050_1020);
                }
            }
        }
        if e.born == 0 {
            return;
        }
        let age = i32::from(BORN.max(e.born) - e.born);
        let (x, y) = (e.x as i32, e.y as i32);
        let c = skin(e.kind)[2];
        let wide = e.radius() as i32 + 4;
        canvas.shadow(x, y + 3, (wide * 2 * age / i32::from(BORN)).max(4));
        // Motes fall inwards along a spiral.
        for k in 0..6_u8 {
            let turn = k * 11 + (age as u8).wrapping_mul(2);
            let (dx, dy) = crate::math::dir(turn % crate::math::TURN);
            let r = (1.0 - age as f32 / f32::from(BORN)) * 16.0 + 3.0;
            let (px, py) = (x + (dx * r) as i32, y + (dy * r * 0.7) as i32);
            canvas.set(px, py, skin(e.kind)[3]);
            canvas.add(px + 1, py, c);
            canvas.add(px, py - 1, c);
        }
    }

    /// An enemy that is there.
    pub(super) fn enemy(&self, e: &Enemy, game: &Game, canvas: &mut Canvas) {
        let (x, y) = (e.x as i32, e.y as i32);
        let (target_x, target_y) = game.prey(e.x, e.y).unwrap_or((e.x, e.y + 10.0));
        let (lx, ly) = crate::math::unit(target_x - e.x, target_y - e.y);
        let hit = [WHITE; 6];
        // The big one would flash like lightning.
        let look = if e.hit > if e.kind == Kind::King { 6 } else { 3 } { &hit } else { skin(e.kind) };
        let art = &self.art;
        let shiver = if e.aims() || king_aims(e) { (game.frame / 2 % 2) as i32 } else { 0 };
        canvas.shadow(x, y + e.radius() as i32, e.radius() as i32 * 2 + 2);
        match e.kind {
            Kind::None => {}
            Kind::Gloop => {
                let hop = e.clock < 16;
                let lift = if hop { [0, 2, 3, 4, 4, 3, 2, 0][usize::from(e.clock / 2)] } else { 0 };
                let s = &art.gloop[usize::from(!hop)];
                canvas.sprite(s, x - s.w / 2, y + 7 - s.h - lift, look, lx < 0.0);
            }
            Kind::Darter => {
                let flap = game.frame / if e.rushes() { 2 } else { 6 } % 2;
                let lift = if e.rushes() { 0 } else { 2 + (game.frame / 12 % 2) as i32 };
                let s = &art.darter[flap as usize];
                let hot = e.aims() && game.frame % 6 < 3;
                let look = if hot { &ANGRY } else { look };
                canvas.sprite(s, x - 9 + shiver, y - 6 - lift, look, false);
            }
            Kind::Eye => {
                let lift = 3 + (game.frame / 10 % 3) as i32;
                canvas.sprite(&art.eye, x - 7, y - 7 - lift, look, false);
                let iris = if eye_aims(e) && game.frame % 4 < 2 { 0x00ff_f0a0 } else { 0x00e8_2a4a };
                let (ix, iy) = (x + (lx * 3.4) as i32, y - lift + (ly * 3.4) as i32);
                canvas.fill(ix - 2, iy - 3, 5, 7, iris);
                canvas.fill(ix - 3, iy - 2, 7, 5, iris);
                canvas.fill(ix - 1, iy - 1, 3, 3, EYE[5]);
                canvas.set(ix - 1, iy - 2, WHITE);
            }
            Kind::Urchin => {
                if e.spiked() || (e.bristles() && game.frame % 6 < 3) {
                    canvas.sprite(&art.spikes, x - 10, y - 10, look, false);
                }
                canvas.sprite(&art.urchin, x - 6, y - 6, look, false);
            }
            Kind::Blob => {
                let s = &art.blob[usize::from(e.clock >= 24)];
                let lift = if e.clock < 24 { [1, 3, 4, 3][usize::from(e.clock / 6)] } else { 0 };
                canvas.sprite(s, x - 11, y + 10 - s.h - lift, look, false);
            }
            Kind::King => {
                let s = &art.king[usize::from(e.vx.abs() + e.vy.abs() < 0.3)];
                let (kx, ky) = (x - 22 + shiver * 2, y + 18 - s.h);
                canvas.sprite(s, kx, ky, look, false);
                let slump = i32::from(e.vx.abs() + e.vy.abs() < 0.3) * 2;
                canvas.sprite(&art.big_crown, kx + 13, ky - 9 + slump, &CROWN, false);
            }
        }
    }
}

/// What the gloom shoots.
pub fn shot(x: i32, y: i32, frame: u32, canvas: &mut Canvas) {
    canvas.shadow(x, y + 6, 5);
    let edge = if frame % 8 < 4 { 0x00ff_3a60 } else { 0x00ff_6a50 };
    canvas.fill(x - 2, y - 3, 5, 7, 0x0048_0420);
    canvas.fill(x - 3, y - 2, 7, 5, 0x0048_0420);
    canvas.fill(x - 1, y - 2, 3, 5, edge);
    canvas.fill(x - 2, y - 1, 5, 3, edge);
    canvas.fill(x - 1, y - 1, 2, 2, 0x00ff_f4d8);
}
