//! Sprites, read from drawings in characters.

/// A small picture of palette indices.
#[derive(Clone, Debug)]
pub struct Sprite {
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
    data: Vec<u8>,
}

impl Sprite {
    /// A pixel that is not there.
    pub const CLEAR: u8 = 255;

    /// Reads a drawing: a digit is a palette index, anything else is clear.
    pub fn new(rows: &[&str]) -> Self {
        let w = rows.iter().map(|r| r.len()).max().unwrap_or(0);
        let mut data = vec![Self::CLEAR; w * rows.len()];
        for (y, row) in rows.iter().enumerate() {
            for (x, c) in row.bytes().enumerate() {
                if c.is_ascii_digit() {
                    data[y * w + x] = c - b'0';
                }
            }
        }
        Self { w: w as i32, h: rows.len() as i32, data }
    }

    /// A one-colour picture from rows of bits, the highest of `w` bits to the left.
    pub fn from_bits(rows: &[u8], w: usize) -> Self {
        let bit = |row: u8, x: usize| {
            if row >> (w - 1 - x) & 1 == 1 { 0 } else { Self::CLEAR }
        };
        let data = rows.iter().flat_map(|&row| (0..w).map(move |x| bit(row, x))).collect();
        Self { w: w as i32, h: rows.len() as i32, data }
    }

    /// The index at a place; clear outside.
    pub fn at(&self, x: i32, y: i32) -> u8 {
        if (0..self.w).contains(&x) && (0..self.h).contains(&y) {
            self.data[(y * self.w + x) as usize]
        } else {
            Self::CLEAR
        }
    }

    /// Twice the size, with corners rounded by the rule known as EPX or Scale2x.
    pub fn doubled(&self) -> Self {
        let (w, h) = (self.w * 2, self.h * 2);
        let mut data = Vec::with_capacity((w * h) as usize);
        for y in 0..h {
            for x in 0..w {
                let (sx, sy) = (x / 2, y / 2);
                let side = self.at(sx - 1 + (x % 2) * 2, sy);
                let level = self.at(sx, sy - 1 + (y % 2) * 2);
                let far_side = self.at(sx + 1 - (x % 2) * 2, sy);
                let far_level = self.at(sx, sy + 1 - (y % 2) * 2);
                let round = side == level && side != far_level && level != far_side;
                data.push(if round { side } else { self.at(sx, sy) });
            }
        }
        Self { w, h, data }
    }
}
