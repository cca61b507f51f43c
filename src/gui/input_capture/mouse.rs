//! Buttons, position and motion of the mouse, in the core's units.

use super::PictureArea;
use crate::input::{MouseMove, MouseState};
use egui::{MouseWheelUnit, PointerButton, Pos2, Vec2};

/// The edge of the picture, in the units of [`MouseState`].
const EDGE: f32 = 32767.0;
/// Points that a touchpad scrolls for one click of a wheel.
const POINTS_PER_CLICK: f32 = 50.0;

#[derive(Debug, Default)]
pub(super) struct TrackedMouse {
    pub state: MouseState,
    /// Right, down, wheel up, wheel right, since [`TrackedMouse::take_motion`]. In the core's pixels and in clicks.
    motion: [f32; 4],
    /// The last position of a pointer that is followed.
    last: Option<Pos2>,
}

impl TrackedMouse {
    pub fn is_pressed(&self) -> bool {
        self.state.buttons != 0
    }

    pub fn set_pressed(&mut self, button: PointerButton) {
        self.state.buttons |= bit_of(button);
    }

    /// True if the button was pressed.
    pub fn set_released(&mut self, button: PointerButton) -> bool {
        let was_pressed = self.state.buttons & bit_of(button) != 0;
        self.state.buttons &= !bit_of(button);
        was_pressed
    }

    /// A followed pointer becomes a captured one; its motion so far still counts.
    pub fn begin_capture(&mut self) {
        self.state.buttons = 0;
        self.last = None;
    }

    /// Releases the buttons, leaves the picture and drops motion that was not taken.
    pub fn release(&mut self) {
        self.state.buttons = 0;
        self.state.over = false;
        self.motion = [0.0; 4];
        self.last = None;
    }

    /// For a captured pointer, which has no position of its own: its motions add up to one.
    pub fn move_by(&mut self, points: Vec2, area: &PictureArea) {
        let size = area.whole.size();
        if size.x <= 0.0 || size.y <= 0.0 || !points.is_finite() {
            return;
        }
        self.add_motion(points, area);
        self.state.x = clamped(f32::from(self.state.x) + points.x * 2.0 * EDGE / size.x);
        self.state.y = clamped(f32::from(self.state.y) + points.y * 2.0 * EDGE / size.y);
        self.state.over = true;
    }

    /// For a followed pointer, at a position in the window.
    pub fn point_at(&mut self, at: Pos2, area: &PictureArea) {
        let size = area.whole.size();
        if size.x <= 0.0 || size.y <= 0.0 {
            return;
        }
        if let Some(last) = self.last.replace(at) {
            self.add_motion(at - last, area);
        }
        let share = (at - area.whole.min) / size;
        self.state.x = clamped((share.x * 2.0 - 1.0) * EDGE);
        self.state.y = clamped((share.y * 2.0 - 1.0) * EDGE);
        self.state.over = area.picture.contains(at);
    }

    pub fn scroll(&mut self, unit: MouseWheelUnit, delta: Vec2) {
        let clicks = match unit {
            MouseWheelUnit::Point => delta / POINTS_PER_CLICK,
            MouseWheelUnit::Line | MouseWheelUnit::Page => delta,
        };
        self.motion[2] += clicks.y;
        // egui's sign says where the content goes, libretro's where the wheel goes.
        self.motion[3] -= clicks.x;
    }

    /// Whole pixels and clicks; the fractions count with the next.
    pub fn take_motion(&mut self) -> MouseMove {
        let [dx, dy, wheel, hwheel] = self.motion.map(|amount| amount as i32);
        self.motion = self.motion.map(f32::fract);
        MouseMove { dx, dy, wheel, hwheel }
    }

    fn add_motion(&mut self, points: Vec2, area: &PictureArea) {
        let size = area.whole.size();
        self.motion[0] += points.x * area.size_px[0] as f32 / size.x;
        self.motion[1] += points.y * area.size_px[1] as f32 / size.y;
    }
}

fn clamped(value: f32) -> i16 {
    value.round().clamp(-EDGE, EDGE) as i16
}

fn bit_of(button: PointerButton) -> u16 {
    match button {
        PointerButton::Primary => MouseState::LEFT,
        PointerButton::Secondary => MouseState::RIGHT,
        PointerButton::Middle => MouseState::MIDDLE,
        PointerButton::Extra1 => MouseState::FOURTH,
        PointerButton::Extra2 => MouseState::FIFTH,
    }
}
