//! Raw pictures as they leave a core, and the picture as the window shows it.

use std::time::Duration;

/// The largest side of a picture that is taken from a core, in pixels.
pub const MAX_SIDE: u32 = 4096;

/// Width by height that a picture may have on the screen: everything that has the sides for it.
pub const ASPECTS: std::ops::RangeInclusive<f32> = 1.0 / MAX_SIDE as f32..=MAX_SIDE as f32;

/// How a core lays out a pixel. The values are libretro's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u32)]
pub enum PixelFormat {
    /// 16 bits, the top one unused, native byte order. What a core uses that says nothing.
    #[default]
    Zrgb1555 = 0,
    /// 32 bits, the top eight unused, native byte order.
    Xrgb8888 = 1,
    /// 16 bits, native byte order.
    Rgb565 = 2,
}

impl PixelFormat {
    /// From libretro's number; none for a number it does not have.
    pub fn from_raw(raw: u32) -> Option<Self> {
        match raw {
            0 => Some(Self::Zrgb1555),
            1 => Some(Self::Xrgb8888),
            2 => Some(Self::Rgb565),
            _ => None,
        }
    }

    /// For one pixel.
    pub fn bytes(self) -> usize {
        match self {
            Self::Xrgb8888 => 4,
            Self::Zrgb1555 | Self::Rgb565 => 2,
        }
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zrgb1555 => "0RGB1555",
            Self::Xrgb8888 => "XRGB8888",
            Self::Rgb565 => "RGB565",
        }
    }
}

/// A picture ready to be shown: upright, four bytes a pixel in the order blue, green, red, unused, rows without gaps.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// `width * height` pixels; each is 0xXXRRGGBB in native order.
    pub pixels: Vec<u32>,
    /// Width by height as it should look, after rotation; always finite and above zero.
    pub aspect: f32,
    /// Counts the core's frames, from 1.
    pub number: u64,
    /// When the core handed it over, on the monotonic clock.
    pub captured: Duration,
}

impl Picture {
    /// Whether it would be shown just the same.
    pub fn looks_like(&self, other: &Picture) -> bool {
        (self.width, self.height, self.aspect) == (other.width, other.height, other.aspect)
            && self.pixels == other.pixels
    }
}
