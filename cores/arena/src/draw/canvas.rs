//! The picture being drawn.

use super::color::{self, Color};
use super::sprite::Sprite;

/// Width of the picture.
pub const WIDTH: usize = 320;
/// Height of the picture.
pub const HEIGHT: usize = 240;

/// A picture of [`WIDTH`] by [`HEIGHT`] pixels, and where on it the world's origin lies.
pub struct Canvas<'a> {
    /// Rows of pixels, top to bottom.
    pub px: &'a mut [u32],
    /// Added to every x.
    pub dx: i32,
    /// Added to every y.
    pub dy: i32,
}

impl Canvas<'_> {
    fn slot(&mut self, x: i32, y: i32) -> Option<&mut u32> {
        let (x, y) = (x + self.dx, y + self.dy);
        if (0..WIDTH as i32).contains(&x) && (0..HEIGHT as i32).contains(&y) {
            self.px.get_mut(y as usize * WIDTH + x as usize)
        } else {
            None
        }
    }

    /// Sets a pixel.
    pub fn set(&mut self, x: i32, y: i32, c: Color) {
        if let Some(p) = self.slot(x, y) {
            *p = c;
        }
    }

    /// Adds light to a pixel.
    pub fn add(&mut self, x: i32, y: i32, c: Color) {
        if let Some(p) = self.slot(x, y) {
            *p = color::add(*p, c);
        }
    }

    /// Scales a pixel by `n / 256`.
    pub fn shade(&mut self, x: i32, y: i32, n: u32) {
        if let Some(p) = self.slot(x, y) {
            *p = color::scale(*p, n);
        }
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, x: i32, y: i32, w: i32, h: i32, c: Color) {
        for yy in y..y + h {
            for xx in x..x + w {
                self.set(xx, yy, c);
            }
        }
    }

    /// Darkens a rectangle to `n / 256`.
    pub fn dim(&mut self, x: i32, y: i32, w: i32, h: i32, n: u32) {
        for yy in y..y + h {
            for xx in x..x + w {
                self.shade(xx, yy, n);
            }
        }
    }

    /// Draws a sprite with its upper left corner at a place; a palette's colour per digit.
    pub fn sprite(&mut self, s: &Sprite, x: i32, y: i32, palette: &[Color], flip: bool) {
        for row in 0..s.h {
            for col in 0..s.w {
                let from = if flip { s.w - 1 - col } else { col };
                let index = s.at(from, row);
                if let Some(c) = palette.get(usize::from(index)) {
                    self.set(x + col, y + row, *c);
                }
            }
        }
    }

    /// Draws a sprite's whole shape in one colour.
    pub fn silhouette(&mut self, s: &Sprite, x: i32, y: i32, c: Color) {
        for row in 0..s.h {
            for col in 0..s.w {
                if s.at(col, row) != Sprite::CLEAR {
                    self.set(x + col, y + row, c);
                }
            }
        }
    }

    /// Adds a sprite's shape as light.
    pub fn glow(&mut self, s: &Sprite, x: i32, y: i32, c: Color) {
        for row in 0..s.h {
            for col in 0..s.w {
                if s.at(col, row) != Sprite::CLEAR {
                    self.add(x + col, y + row, c);
                }
            }
        }
    }

    /// A shadow on the floor: a flat ellipse `w` wide.
    pub fn shadow(&mut self, x: i32, y: i32, w: i32) {
        let r = w / 2;
        let h = (w / 5).max(1);
        for yy in -h..=h {
            for xx in -r..=r {
                if xx * xx * h * h + yy * yy * r * r <= r * r * h * h {
                    self.shade(x + xx, y + yy, 120);
                }
            }
        }
    }

    /// Adds a circle's edge as light, `thick` pixels inwards.
    pub fn ring(&mut self, x: i32, y: i32, r: i32, thick: i32, c: Color) {
        let inner = (r - thick).max(0);
        for yy in -r..=r {
            for xx in -r..=r {
                let d = xx * xx + yy * yy;
                if d <= r * r && d >= inner * inner {
                    self.add(x + xx, y + yy, c);
                }
            }
        }
    }
}
