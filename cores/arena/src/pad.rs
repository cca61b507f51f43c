//! What the buttons of one controller mean here.

pub use hotseat_api::{Pad, button};

use crate::math;

/// What dashes.
pub const DASH: u16 = button::B | button::Y | button::R;
/// What releases the nova, or dashes while it is not charged: both thumbs' habits work.
pub const NOVA: u16 = button::A | button::X | button::L;
/// What takes a seat, starts and restarts.
pub const JOIN: u16 = DASH | NOVA | button::START;

/// The direction asked for, at most of length 1. The D-pad wins over the left stick.
pub fn direction(pad: Pad) -> (f32, f32) {
    let axis = |minus, plus| f32::from(i8::from(pad.held(plus)) - i8::from(pad.held(minus)));
    let (x, y) = (axis(button::LEFT, button::RIGHT), axis(button::UP, button::DOWN));
    if x != 0.0 || y != 0.0 {
        return math::unit(x, y);
    }
    let (x, y) = (f32::from(pad.lx) / 32767.0, f32::from(pad.ly) / 32767.0);
    let tilt = math::len(x, y);
    // Worn sticks rest as far as a quarter from the centre.
    if tilt < 0.28 {
        (0.0, 0.0)
    } else if tilt > 1.0 {
        (x / tilt, y / tilt)
    } else {
        (x, y)
    }
}
