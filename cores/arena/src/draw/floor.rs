//! The hall: flagstones, brick walls and a ring of runes, drawn once and coloured every frame.

use super::canvas::{HEIGHT, WIDTH};
use super::color::{self, Color};
use super::light::{self, Light};

/// Where the upper wall's face begins, below the panels.
pub const WALL_TOP: usize = 20;
/// Where the upper wall's face ends and the floor begins.
pub const WALL_FOOT: usize = 38;
const SIDE: usize = 8;
const LOWER: usize = 231;

/// Brightness steps of stone.
const STONES: u8 = 12;
/// The runes' index.
const RUNE: u8 = STONES;
/// The engraving around the runes.
const GROOVE: u8 = STONES + 1;
const INDICES: usize = 14;

/// A floor's colours: darkest stone, brightest stone, runes.
const CHAPTERS: [[Color; 3]; 4] = [
    [0x000b_0c1e, 0x0052_609a, 0x0038_c8e8],
    [0x0006_1518, 0x0042_8072, 0x009c_f08a],
    [0x0016_0810, 0x0088_4a58, 0x00ff_8a4a],
    [0x0012_0a1e, 0x007c_5c9c, 0x00ff_d060],
];

/// The hall's picture in palette indices.
pub struct Floor {
    index: Vec<u8>,
}

impl Floor {
    /// Builds the hall.
    pub fn new() -> Self {
        let mut index = vec![0; WIDTH * HEIGHT];
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                index[y * WIDTH + x] = stone(x, y);
            }
        }
        let mut floor = Self { index };
        floor.cracks();
        floor.emblem();
        floor
    }

    fn at(&mut self, x: i32, y: i32) -> Option<&mut u8> {
        let inside = (0..WIDTH as i32).contains(&x) && (0..HEIGHT as i32).contains(&y);
        inside.then(|| &mut self.index[y as usize * WIDTH + x as usize])
    }

    fn cracks(&mut self) {
        let mut rng = crate::rng::Rng::new(77);
        for _ in 0..26 {
            let mut x = 14 + rng.below(290) as i32;
            let mut y = 46 + rng.below(176) as i32;
            for _ in 0..5 + rng.below(14) {
                if let Some(v) = self.at(x, y) {
                    *v = v.saturating_sub(2);
                }
                if let Some(v) = self.at(x, y + 1)
                    && *v < STONES - 1
                {
                    *v += 1;
                }
                x += 1 - rng.below(3) as i32;
                y += rng.below(2) as i32;
            }
        }
    }

    /// Two rings with an eight-pointed star between them.
    fn emblem(&mut self) {
        let (cx, cy) = (160, 134);
        for y in -70..=70_i32 {
            for x in -70..=70_i32 {
                let d = x * x + y * y;
                let ring = (62 * 62..64 * 64).contains(&d)
                    || (56 * 56..57 * 57).contains(&d)
                    || (24 * 24..26 * 26).contains(&d)
                    || (4 * 4..6 * 6).contains(&d)
                    || d < 3;
                if ring {
                    self.engrave(cx + x, cy + y);
                }
            }
        }
        for k in 0..8_u8 {
            let (ax, ay) = crate::math::dir(k * 8);
            let (bx, by) = crate::math::dir(k * 8 + 24);
            for step in 0..160 {
                let t = step as f32 / 160.0;
                let x = (ax + (bx - ax) * t) * 56.0;
                let y = (ay + (by - ay) * t) * 56.0;
                if x * x + y * y > 26.0 * 26.0 {
                    self.engrave(cx + x as i32, cy + y as i32);
                }
            }
            // Letters nobody can read, between the two rings.
            let (mx, my) = crate::math::dir(k * 8 + 4);
            let (mx, my) = (cx + (mx * 59.5) as i32, cy + (my * 59.5) as i32);
            for (dx, dy) in [(0, -1), (0, 1), (-1, 0), (1, 0)] {
                if (k as i32 + dx * 3 + dy * 5) % 4 != 0 {
                    self.engrave(mx + dx, my + dy);
                }
            }
        }
    }

    fn engrave(&mut self, x: i32, y: i32) {
        if let Some(v) = self.at(x, y) {
            *v = RUNE;
        }
        for (dx, dy) in [(1, 1), (0, 1)] {
            if let Some(v) = self.at(x + dx, y + dy)
                && *v != RUNE
            {
                *v = GROOVE;
            }
        }
    }

    /// Draws the hall as lit, `dx` and `dy` pixels off, with the edge repeated where it ends.
    pub fn draw(&self, px: &mut [u32], light: &Light, tones: &Tones, dx: i32, dy: i32) {
        let mut row = [0; WIDTH];
        for (y, out) in px.chunks_exact_mut(WIDTH).enumerate().take(HEIGHT) {
            let from = (y as i32 - dy).clamp(0, HEIGHT as i32 - 1) as usize;
            let index = &self.index[from * WIDTH..(from + 1) * WIDTH];
            let cells = light.row(from);
            let pairs = index.chunks_exact(2).zip(row.chunks_exact_mut(2));
            for ((two, out), &cell) in pairs.zip(cells) {
                for (i, o) in two.iter().zip(out) {
                    let i = usize::from(*i) % INDICES;
                    *o = if cell == 0 { tones.dark[i] } else { light::shine(tones.base[i], cell, tones.albedo[i]) };
                }
            }
            for (x, o) in out.iter_mut().enumerate() {
                *o = row[(x as i32 - dx).clamp(0, WIDTH as i32 - 1) as usize];
            }
        }
    }
}

/// One frame's colour for every index.
pub struct Tones {
    base: [u64; INDICES],
    dark: [Color; INDICES],
    albedo: [u64; INDICES],
}

impl Tones {
    /// The colours of a chapter, its runes glowing at `pulse` of 256.
    pub fn new(chapter: usize, pulse: u32) -> Self {
        let [low, high, rune] = CHAPTERS[chapter % CHAPTERS.len()];
        let dark = std::array::from_fn(|i| match i as u8 {
            RUNE => color::mix(color::mix(low, high, 110), rune, 40 + pulse * 150 / 256),
            GROOVE => color::mix(low, high, 20),
            step => color::mix(low, high, u32::from(step) * 256 / 14),
        });
        Self {
            base: dark.map(light::spread),
            dark,
            albedo: std::array::from_fn(|i| match i as u8 {
                RUNE => 230,
                GROOVE => 40,
                step => 36 + u64::from(step) * 17,
            }),
        }
    }
}

fn hash(x: usize, y: usize) -> u32 {
    let mut h = (x as u32).wrapping_mul(0x85eb_ca6b) ^ (y as u32).wrapping_mul(0xc2b2_ae35);
    h ^= h >> 13;
    h = h.wrapping_mul(0x27d4_eb2f);
    h ^ h >> 15
}

/// The stone at a pixel: panels' ground, wall or flagstone.
fn stone(x: usize, y: usize) -> u8 {
    if y < WALL_TOP {
        // Above the ledge the wall loses itself in the dark.
        return (brick(x, y) * y as u8 / 40).min(3);
    }
    if y < WALL_FOOT {
        return wall(x, y);
    }
    if !(SIDE..WIDTH - SIDE).contains(&x) || y >= LOWER {
        return rim(x, y);
    }
    flag(x, y)
}

fn wall(x: usize, y: usize) -> u8 {
    if y < WALL_TOP + 3 {
        return [7, 9, 2][y - WALL_TOP];
    }
    brick(x, y - WALL_TOP - 3)
}

fn brick(x: usize, y: usize) -> u8 {
    let (course, v) = (y / 5, y % 5);
    let u = x + course * 7;
    let (brick, u) = (u / 14, u % 14);
    let tone = 3 + (hash(brick, course + 40) % 3) as u8;
    match (u, v) {
        (13, _) | (_, 4) => 1,
        (0, _) | (_, 0) => tone + 2,
        _ => tone,
    }
}

/// The other three walls, seen from above.
fn rim(x: usize, y: usize) -> u8 {
    let from_floor = if y >= LOWER {
        y - LOWER
    } else if x < SIDE {
        SIDE - 1 - x
    } else {
        x - (WIDTH - SIDE)
    };
    let along = if y >= LOWER { x } else { y };
    match from_floor {
        0 => 8,
        1 => 5,
        _ if along % 16 == 0 => 1,
        k => 4 - (k as u8 / 3).min(3) + (hash(along / 16, k / 9) % 2) as u8,
    }
}

/// The flagstone around a pixel: the pixel's place in it, its size, and a number of its own.
/// Squares of 32 pixels are cut in one of five ways.
fn slab(x: usize, y: usize) -> (usize, usize, usize, usize, u32) {
    let (cell_x, cell_y) = (x / 32, y / 32);
    let cut = hash(cell_x, cell_y + 3);
    let upright_left = (x % 32) < 16;
    let (w, h) = match cut % 6 {
        0 => (32, 32),
        1 => (32, 16),
        2 => (16, 32),
        3 if upright_left => (16, 32),
        4 if !upright_left => (16, 32),
        _ => (16, 16),
    };
    let own = hash(x % 32 / w + cell_x * 2 + 60, y % 32 / h + cell_y * 2);
    (x % w, y % h, w, h, own)
}

fn flag(x: usize, y: usize) -> u8 {
    let fy = y - WALL_FOOT;
    let (u, v, w, h, own) = slab(x, fy + 2);
    let mut tone = 4 + (own % 8 / 5) as u8 + u8::from(own % 11 == 0);
    let corner = (u <= 1 || u >= w - 3) && (v <= 1 || v >= h - 3);
    tone = match (u, v) {
        _ if u == w - 1 || v == h - 1 => 1,
        _ if corner && (u == 0 || u == w - 2) && (v == 0 || v == h - 2) => 2,
        (0, _) | (_, 0) => tone + 2,
        _ if u == w - 2 || v == h - 2 => tone - 1,
        _ if hash(x, y).is_multiple_of(41) => tone + 1,
        _ if hash(x + 500, y).is_multiple_of(31) => tone - 1,
        _ => tone,
    };
    // The upper wall's shadow, and corners that fade.
    if fy < 5 {
        tone = tone.saturating_sub(2);
    } else if fy < 9 {
        tone = tone.saturating_sub(1);
    }
    let (dx, dy) = (x as i32 - 160, (y as i32 - 134) * 3 / 2);
    match dx * dx + dy * dy {
        0..16_000 => tone,
        16_000..26_000 => tone.saturating_sub(1),
        _ => tone.saturating_sub(2),
    }
}
