//! Light on the floor, at half resolution and in visible steps, as painted pixels would have it.

use super::canvas::{HEIGHT, WIDTH};
use super::color::Color;

/// Width of the light map.
pub const LIGHT_WIDTH: usize = WIDTH / 2;
const LIGHT_HEIGHT: usize = HEIGHT / 2;

/// The low byte of each of three 20-bit lanes.
const BYTES: u64 = 0xff << 40 | 0xff << 20 | 0xff;
/// A lane's bits above its low byte.
const OVER: u64 = 0x100 << 40 | 0x100 << 20 | 0x100;

/// A colour in three 20-bit lanes: wide enough to multiply a byte by a byte, and to add a dozen of
/// the products, without one channel reaching the next.
pub fn spread(c: Color) -> u64 {
    u64::from(c >> 16 & 0xff) << 40 | u64::from(c >> 8 & 0xff) << 20 | u64::from(c & 0xff)
}

/// The way back.
fn gather(v: u64) -> Color {
    ((v >> 40 & 0xff) << 16 | (v >> 20 & 0xff) << 8 | (v & 0xff)) as Color
}

/// `base` plus `light` times `albedo / 256`, each channel at most white.
pub fn shine(base: u64, light: u64, albedo: u64) -> Color {
    let sum = base + (((light * albedo) >> 8) & BYTES);
    let over = sum & OVER;
    gather(sum | (over - (over >> 8)))
}

/// The light that falls on each two by two pixels.
pub struct Light {
    cells: Vec<u64>,
    falloff: [u32; 256],
}

impl Light {
    /// Darkness.
    pub fn new() -> Self {
        let falloff = std::array::from_fn(|k| {
            // k is the squared distance; seven steps from the middle to the edge.
            let far = (k as f32 / 256.0).sqrt();
            let soft = (1.0 - far) * (1.0 - far * 0.4);
            let step = (soft * 7.0 + 0.35) as u32;
            step * 256 / 7
        });
        Self { cells: vec![0; LIGHT_WIDTH * LIGHT_HEIGHT], falloff }
    }

    /// Back to darkness.
    pub fn clear(&mut self) {
        self.cells.fill(0);
    }

    /// Adds a lamp: a place and radius in screen pixels, a colour, and its strength of 256.
    pub fn lamp(&mut self, x: i32, y: i32, r: i32, c: Color, strength: u32) {
        let (cx, cy, r) = (x / 2, y / 2, (r / 2).max(1));
        let c = spread(c);
        let per = 65536 / (r * r) as u32;
        for yy in (cy - r).max(0)..(cy + r + 1).min(LIGHT_HEIGHT as i32) {
            for xx in (cx - r).max(0)..(cx + r + 1).min(LIGHT_WIDTH as i32) {
                let d = ((xx - cx) * (xx - cx) + (yy - cy) * (yy - cy)) as u32;
                let place = ((d * per) >> 8) as usize;
                if let Some(&fall) = self.falloff.get(place)
                    && fall > 0
                {
                    let v = u64::from((fall * strength.min(256)) >> 8);
                    self.cells[yy as usize * LIGHT_WIDTH + xx as usize] += ((c * v) >> 8) & BYTES;
                }
            }
        }
    }

    /// Brings every cell back to bytes, after the last lamp.
    pub fn settle(&mut self) {
        for cell in &mut self.cells {
            let v = *cell;
            if v & !BYTES != 0 {
                let channel = |shift: u32| (v >> shift & 0xf_ffff).min(255) << shift;
                *cell = channel(40) | channel(20) | channel(0);
            }
        }
    }

    /// The row of cells that lights row `y` of the picture.
    pub fn row(&self, y: usize) -> &[u64] {
        let from = y / 2 * LIGHT_WIDTH;
        &self.cells[from..from + LIGHT_WIDTH]
    }
}
