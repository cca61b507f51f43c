//! The font: capitals, digits and a few signs, five by seven pixels, and the same in large.

use std::fmt::Write;

use super::canvas::Canvas;
use super::color::{Color, INK};
use super::sprite::Sprite;

/// Pixels from one character to the next.
pub const ADVANCE: i32 = 6;
/// The same for [`Font::large`].
pub const LARGE_ADVANCE: i32 = 12;
/// The same for [`Font::huge`].
pub const HUGE_ADVANCE: i32 = 24;

/// Text on the stack, so that a frame allocates nothing.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; 40],
    len: usize,
}

impl Text {
    /// Formats; what does not fit is cut off.
    pub fn new(args: std::fmt::Arguments) -> Self {
        let mut text = Self { bytes: [0; 40], len: 0 };
        // Failing means full, and full means cut off.
        let _ = text.write_fmt(args);
        text
    }

    /// What was written.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}

impl Write for Text {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        for b in s.bytes() {
            let slot = self.bytes.get_mut(self.len).ok_or(std::fmt::Error)?;
            *slot = b;
            self.len += 1;
        }
        Ok(())
    }
}

/// The font in three sizes.
pub struct Font {
    small: Vec<Sprite>,
    large: Vec<Sprite>,
    huge: Vec<Sprite>,
}

impl Font {
    /// Draws all characters.
    pub fn new() -> Self {
        let small: Vec<_> = GLYPHS.iter().map(|rows| Sprite::from_bits(rows, 5)).collect();
        let large: Vec<_> = small.iter().map(Sprite::doubled).collect();
        let huge = large.iter().map(Sprite::doubled).collect();
        Self { small, large, huge }
    }

    /// Writes with a dark edge, to be read over anything.
    pub fn write(&self, canvas: &mut Canvas, x: i32, y: i32, text: &str, c: Color) {
        each(&self.small, text, |k, glyph| {
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1), (1, 1)] {
                canvas.silhouette(glyph, x + k * ADVANCE + dx, y + dy, INK);
            }
        });
        self.plain(canvas, x, y, text, c);
    }

    /// Writes on a dark ground.
    pub fn plain(&self, canvas: &mut Canvas, x: i32, y: i32, text: &str, c: Color) {
        each(&self.small, text, |k, glyph| canvas.silhouette(glyph, x + k * ADVANCE, y, c));
    }

    /// Writes with its middle at `x`.
    pub fn centred(&self, canvas: &mut Canvas, x: i32, y: i32, text: &str, c: Color) {
        self.write(canvas, x - text.len() as i32 * ADVANCE / 2, y, text, c);
    }

    /// Writes twice the size with its middle at `x`, coloured by row.
    pub fn large(&self, canvas: &mut Canvas, x: i32, y: i32, text: &str, ramp: &[Color]) {
        let x = x - (text.len() as i32 * LARGE_ADVANCE - 2) / 2;
        each(&self.large, text, |k, glyph| {
            shaded(canvas, glyph, x + k * LARGE_ADVANCE, y, 1, ramp);
        });
    }

    /// Writes one character four times the size, coloured by row.
    pub fn huge(&self, canvas: &mut Canvas, x: i32, y: i32, letter: &str, ramp: &[Color]) {
        each(&self.huge, letter, |k, glyph| {
            shaded(canvas, glyph, x + k * HUGE_ADVANCE, y, 2, ramp);
        });
    }
}

fn each(glyphs: &[Sprite], text: &str, mut draw: impl FnMut(i32, &Sprite)) {
    for (k, c) in text.bytes().enumerate() {
        let place = usize::from(c.to_ascii_uppercase()).wrapping_sub(32);
        if let Some(glyph) = glyphs.get(place) {
            draw(k as i32, glyph);
        }
    }
}

/// A character with an edge, a shadow below it and a ramp of colours from top to bottom.
fn shaded(canvas: &mut Canvas, glyph: &Sprite, x: i32, y: i32, edge: i32, ramp: &[Color]) {
    for dy in -edge..=edge * 2 {
        for dx in -edge..=edge {
            canvas.silhouette(glyph, x + dx, y + dy, INK);
        }
    }
    for row in 0..glyph.h {
        let c = ramp[(row as usize * ramp.len() / glyph.h as usize).min(ramp.len() - 1)];
        for col in 0..glyph.w {
            if glyph.at(col, row) == Sprite::CLEAR {
                continue;
            }
            // Edges that look up catch light, edges that look down lose it.
            let lit = glyph.at(col, row - 1) == Sprite::CLEAR && edge > 1;
            let dark = glyph.at(col, row + 1) == Sprite::CLEAR && edge > 1;
            let c = if lit {
                super::color::mix(c, 0x00ff_ffff, 150)
            } else if dark {
                super::color::scale(c, 150)
            } else {
                c
            };
            canvas.set(x + col, y + row, c);
        }
    }
}

/// Space to Z in ASCII order; five bits a row.
const GLYPHS: [[u8; 7]; 59] = [
    [0, 0, 0, 0, 0, 0, 0],
    [4, 4, 4, 4, 4, 0, 4],
    [10, 10, 0, 0, 0, 0, 0],
    [10, 31, 10, 10, 31, 10, 0],
    [4, 15, 20, 14, 5, 30, 4],
    [25, 26, 2, 4, 8, 11, 19],
    [12, 18, 12, 21, 18, 13, 0],
    [4, 4, 0, 0, 0, 0, 0],
    [2, 4, 8, 8, 8, 4, 2],
    [8, 4, 2, 2, 2, 4, 8],
    [0, 10, 4, 31, 4, 10, 0],
    [0, 4, 4, 31, 4, 4, 0],
    [0, 0, 0, 0, 4, 4, 8],
    [0, 0, 0, 14, 0, 0, 0],
    [0, 0, 0, 0, 0, 6, 6],
    [1, 2, 2, 4, 8, 8, 16],
    [14, 19, 19, 21, 25, 25, 14],
    [4, 12, 4, 4, 4, 4, 14],
    [14, 17, 1, 6, 8, 16, 31],
    [14, 17, 1, 6, 1, 17, 14],
    [2, 6, 10, 18, 31, 2, 2],
    [31, 16, 30, 1, 1, 17, 14],
    [6, 8, 16, 30, 17, 17, 14],
    [31, 1, 2, 4, 4, 8, 8],
    [14, 17, 17, 14, 17, 17, 14],
    [14, 17, 17, 15, 1, 2, 12],
    [0, 6, 6, 0, 6, 6, 0],
    [0, 6, 6, 0, 6, 6, 12],
    [2, 4, 8, 16, 8, 4, 2],
    [0, 0, 14, 0, 14, 0, 0],
    [8, 4, 2, 1, 2, 4, 8],
    [14, 17, 1, 6, 4, 0, 4],
    [14, 17, 23, 21, 23, 16, 14],
    [14, 17, 17, 31, 17, 17, 17],
    [30, 17, 17, 30, 17, 17, 30],
    [14, 17, 16, 16, 16, 17, 14],
    [30, 9, 9, 9, 9, 9, 30],
    [31, 16, 16, 30, 16, 16, 31],
    [31, 16, 16, 30, 16, 16, 16],
    [14, 17, 16, 23, 17, 17, 14],
    [17, 17, 17, 31, 17, 17, 17],
    [14, 4, 4, 4, 4, 4, 14],
    [1, 1, 1, 1, 17, 17, 14],
    [17, 18, 20, 24, 20, 18, 17],
    [16, 16, 16, 16, 16, 16, 31],
    [17, 27, 21, 21, 17, 17, 17],
    [17, 25, 25, 21, 19, 19, 17],
    [14, 17, 17, 17, 17, 17, 14],
    [30, 17, 17, 30, 16, 16, 16],
    [14, 17, 17, 17, 21, 18, 13],
    [30, 17, 17, 30, 20, 18, 17],
    [14, 17, 16, 14, 1, 17, 14],
    [31, 4, 4, 4, 4, 4, 4],
    [17, 17, 17, 17, 17, 17, 14],
    [17, 17, 17, 17, 10, 10, 4],
    [17, 17, 17, 21, 21, 27, 17],
    [17, 17, 10, 4, 10, 17, 17],
    [17, 17, 10, 10, 4, 4, 4],
    [31, 1, 2, 4, 8, 16, 31],
];
