//! What an encoder takes: planes of Y, U and V, and how large they are for a picture.

use super::error::EncodeError;
use crate::packet::Chroma;

/// Enlarging stops at this many encoded pixels: 640x480 with some room, what two cores encode at 60 Hz beside a core.
const ENLARGE_UP_TO: u64 = 768 * 576;

/// The smallest side that is encoded; what is smaller is enlarged to it. Codecs take a single macroblock too, but for that
/// libvpx decides by memory that it never wrote.
const MIN_SIDE: u32 = 32;

/// No side is enlarged beyond this: VP8 ends at 16383.
const LARGEST_ENLARGED: u32 = 8192;

/// What an encoder has to know of planes before it sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaneShape {
    /// Of the luma plane; even.
    pub width: u32,
    /// Of the luma plane; even.
    pub height: u32,
    pub chroma: Chroma,
}

impl PlaneShape {
    /// The planes for a picture of this size: enlarged and made even.
    pub fn of_picture(width: u32, height: u32, chroma: Chroma) -> PlaneShape {
        let (across, down) = enlargement(width, height, chroma);
        let side = |value: u32, k: u32| (value * k).next_multiple_of(2);
        PlaneShape { width: side(width, across), height: side(height, down), chroma }
    }

    /// Width and height of U and V.
    pub fn chroma_size(&self) -> (u32, u32) {
        match self.chroma {
            Chroma::C420 => (self.width / 2, self.height / 2),
            Chroma::C444 => (self.width, self.height),
        }
    }
}

/// Planes of video, BT.601 and limited range; rows without gaps.
#[derive(Debug, Default)]
pub struct Planes {
    pub shape: PlaneShape,
    pub y: Vec<u8>,
    pub u: Vec<u8>,
    pub v: Vec<u8>,
}

impl Planes {
    /// Whether the planes are as long as their shape says.
    pub fn is_whole(&self) -> bool {
        let (width, height) = self.shape.chroma_size();
        let chroma = width as usize * height as usize;
        self.y.len() >= self.shape.width as usize * self.shape.height as usize
            && self.u.len() >= chroma
            && self.v.len() >= chroma
    }

    /// Refuses planes that an encoder of this shape must not be given: it would read beyond their end.
    pub(super) fn check(&self, shape: PlaneShape) -> Result<(), EncodeError> {
        if self.shape == shape && self.is_whole() {
            return Ok(());
        }
        Err(EncodeError::Planes { given: self.shape, wanted: shape })
    }

    pub(super) fn reshape(&mut self, shape: PlaneShape) {
        let (width, height) = shape.chroma_size();
        let chroma = width as usize * height as usize;
        self.shape = shape;
        self.y.resize(shape.width as usize * shape.height as usize, 0);
        self.u.resize(chroma, 0);
        self.v.resize(chroma, 0);
    }
}

/// How often a picture of this size is enlarged before encoding, across and down: 1, 2 or 4 each way, and more where a side
/// would be too small for a codec. So nothing is padded but the odd last row or column.
pub fn enlargement(width: u32, height: u32, chroma: Chroma) -> (u32, u32) {
    let pixels = u64::from(width) * u64::from(height);
    let fits = |k: u32| pixels * u64::from(k * k) <= ENLARGE_UP_TO && width.max(height) * k <= LARGEST_ENLARGED;
    let k = match chroma {
        Chroma::C420 => [4, 2].into_iter().find(|&k| fits(k)).unwrap_or(1),
        Chroma::C444 => 1,
    };
    let enough = |side: u32| {
        let least = MIN_SIDE.div_ceil(side.max(1));
        match chroma {
            _ if least <= k => k,
            // Even, so that every chroma sample belongs to one pixel.
            Chroma::C420 => least.next_multiple_of(2),
            Chroma::C444 => least,
        }
    };
    (enough(width), enough(height))
}
