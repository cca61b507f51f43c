//! Where the picture goes: which part of it is shown, how large and where, and where the whole of it would lie. Pure.
//!
//! The page does it by the same rules (`web/src/ui/picture-layout.js`); both are tried on the same cases.

use super::view::PictureShape;
use crate::settings::{Aspect, Crop, Framing, Scaling};
use egui::{Rect, vec2};

/// The longest side that a console's usual picture has; a longer one is of a higher resolution.
const PLAIN_SIDE: u32 = 384;
/// Between 4:3 and 16:9, as far from the one as from the other.
const WIDE: f64 = 1.5396;
/// What sizes of the screen are off by when they were multiplied.
const EPSILON: f64 = 1e-3;

/// Of a picture, in its own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub at: [u32; 2],
    pub size: [u32; 2],
}

impl Part {
    /// All of a picture.
    pub fn all(size: [u32; 2]) -> Self {
        Self { at: [0, 0], size }
    }
}

/// What is shown of a picture, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    pub part: Part,
    /// Where the part is, in points, on whole screen pixels.
    pub shown: Rect,
    /// Where the whole picture would be.
    pub whole: Rect,
}

/// Puts a picture into `area`, which is in points.
pub fn place(area: Rect, pixels_per_point: f32, picture: PictureShape, framing: Framing) -> Placed {
    let scale = f64::from(pixels_per_point);
    let room = [area.width(), area.height()].map(|side| f64::from(side) * scale);
    let Laid { part, size, at } = lay(room, picture, framing);
    let corner = (area.min.to_vec2() * pixels_per_point).round() + vec2(at[0] as f32, at[1] as f32);
    let size_px = vec2(size[0] as f32, size[1] as f32);
    let shown = Rect::from_min_size((corner / pixels_per_point).to_pos2(), size_px / pixels_per_point);
    // Points to one of the picture's pixels.
    let pixel = shown.size() / vec2(part.size[0].max(1) as f32, part.size[1].max(1) as f32);
    let whole = Rect::from_min_size(
        shown.min - vec2(part.at[0] as f32, part.at[1] as f32) * pixel,
        vec2(picture.size[0].max(1) as f32, picture.size[1].max(1) as f32) * pixel,
    );
    Placed { part, shown, whole }
}

/// In screen pixels.
#[derive(Debug, PartialEq)]
struct Laid {
    part: Part,
    size: [u32; 2],
    at: [u32; 2],
}

fn lay(room: [f64; 2], picture: PictureShape, framing: Framing) -> Laid {
    let part = part_of(picture.size, framing.crop);
    let aspect = aspect_of(picture, framing.aspect) * cut_share(part.size[0], picture.size[0])
        / cut_share(part.size[1], picture.size[1]);
    let most = room.map(|side| (side + EPSILON).floor().max(1.0));
    let rows = f64::from(part.size[1].max(1));
    let times = ((room[1].min(room[0] / aspect) + EPSILON) / rows).floor();
    // Of the two the one is what there is room for, and the other follows from it.
    let of_height = |height: f64| [(height * aspect).round().clamp(1.0, most[0]), height];
    let size = match framing.scaling {
        Scaling::Whole if times >= 1.0 => of_height(times * rows),
        _ if room[0] < room[1] * aspect => [most[0], (most[0] / aspect).round().clamp(1.0, most[1])],
        _ => of_height(most[1]),
    };
    let at = [0, 1].map(|axis| ((room[axis] - size[axis]) / 2.0 + EPSILON).floor().max(0.0) as u32);
    Laid { part, size: size.map(|side| side as u32), at }
}

fn part_of(size: [u32; 2], crop: Crop) -> Part {
    let [x, width] = kept(size[0], crop.left, crop.right);
    let [y, height] = kept(size[1], crop.top, crop.bottom);
    Part { at: [x, y], size: [width, height] }
}

/// From where, and how much. Of a side of which less than half would be left, all.
fn kept(side: u32, before: u32, after: u32) -> [u32; 2] {
    let times = side.div_ceil(PLAIN_SIDE);
    let [before, after] = [before, after].map(|pixels| pixels.min(Crop::MOST) * times);
    if 2 * (before + after) > side { [0, side] } else { [before, side - before - after] }
}

fn cut_share(kept: u32, side: u32) -> f64 {
    f64::from(kept.max(1)) / f64::from(side.max(1))
}

/// Of the whole picture: what is left out changes no pixel's shape.
fn aspect_of(picture: PictureShape, choice: Aspect) -> f64 {
    let stated = f64::from(picture.aspect);
    let core = if stated.is_finite() && stated > 0.0 { stated } else { 4.0 / 3.0 };
    let wide = core.max(1.0 / core) > WIDE;
    // A game that is higher than wide was made for a display that stands on its side.
    let on_its_side = |aspect: f64| if core < 1.0 { 1.0 / aspect } else { aspect };
    match choice {
        Aspect::Core => core,
        Aspect::Square => f64::from(picture.size[0].max(1)) / f64::from(picture.size[1].max(1)),
        Aspect::Television if wide => on_its_side(16.0 / 9.0),
        Aspect::FourThirds | Aspect::Television => on_its_side(4.0 / 3.0),
    }
}

#[cfg(test)]
mod tests;
