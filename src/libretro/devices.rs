//! What a core is told when it asks for one button or axis of one of libretro's devices.

use super::sys;
use crate::input::{Button, Inputs, MAX_SEATS, MotionState, Mouse, MouseState, PadState};

/// The devices that [`answer`] knows, as `GET_INPUT_DEVICE_CAPABILITIES` wants them.
pub const CAPABILITIES: u64 = 1 << sys::RETRO_DEVICE_JOYPAD
    | 1 << sys::RETRO_DEVICE_MOUSE
    | 1 << sys::RETRO_DEVICE_KEYBOARD
    | 1 << sys::RETRO_DEVICE_LIGHTGUN
    | 1 << sys::RETRO_DEVICE_ANALOG
    | 1 << sys::RETRO_DEVICE_POINTER;

/// The state of `id` on `device`, which may be a subclass; 0 for whatever does not exist.
pub fn answer(inputs: &Inputs, port: u32, device: u32, index: u32, id: u32) -> i16 {
    let device = device & sys::RETRO_DEVICE_MASK;
    if device == sys::RETRO_DEVICE_KEYBOARD {
        // One keyboard for the machine, whichever port it is asked for on.
        return u16::try_from(id).is_ok_and(|code| inputs.keys.contains(code)).into();
    }
    let (Some(pad), Some(mouse)) = (inputs.pads.get(port as usize), inputs.mice.get(port as usize)) else { return 0 };
    match device {
        sys::RETRO_DEVICE_JOYPAD if id == sys::RETRO_DEVICE_ID_JOYPAD_MASK => pad.buttons.cast_signed(),
        sys::RETRO_DEVICE_JOYPAD if id < 16 => (pad.buttons >> id & 1).cast_signed(),
        sys::RETRO_DEVICE_ANALOG => analog(pad, index, id),
        sys::RETRO_DEVICE_MOUSE => of_mouse(mouse, id),
        sys::RETRO_DEVICE_LIGHTGUN => lightgun(pad, mouse, id),
        // One finger.
        sys::RETRO_DEVICE_POINTER if index == 0 => pointer(&mouse.state, id),
        _ => 0,
    }
}

/// What a sensor measures, in the units of libretro.h: g, and radians a second. 0 where nobody tells, as other front ends have it: a
/// controller that is at rest has one g, so cores know that there is none.
pub fn sensor(inputs: &Inputs, port: u32, id: u32) -> f32 {
    let Some(motion) = inputs.motions.get(port as usize) else { return 0.0 };
    let parts = |axis: i16, steps: f32| f32::from(axis) / steps;
    match id {
        sys::RETRO_SENSOR_ACCELEROMETER_X..=sys::RETRO_SENSOR_ACCELEROMETER_Z => {
            parts(motion.acceleration[(id - sys::RETRO_SENSOR_ACCELEROMETER_X) as usize], MotionState::PER_G)
        }
        sys::RETRO_SENSOR_GYROSCOPE_X..=sys::RETRO_SENSOR_GYROSCOPE_Z => {
            parts(motion.rotation[(id - sys::RETRO_SENSOR_GYROSCOPE_X) as usize], MotionState::PER_RADIAN)
        }
        _ => 0.0,
    }
}

fn analog(pad: &PadState, index: u32, id: u32) -> i16 {
    match (index, id) {
        (sys::RETRO_DEVICE_INDEX_ANALOG_LEFT, 0 | 1) => pad.left[id as usize],
        (sys::RETRO_DEVICE_INDEX_ANALOG_RIGHT, 0 | 1) => pad.right[id as usize],
        (sys::RETRO_DEVICE_INDEX_ANALOG_BUTTON, 0..16) => {
            let held = if pad.buttons >> id & 1 == 1 { i16::MAX } else { 0 };
            match id {
                sys::RETRO_DEVICE_ID_JOYPAD_L2 if pad.triggers[0] > 0 => pad.triggers[0],
                sys::RETRO_DEVICE_ID_JOYPAD_R2 if pad.triggers[1] > 0 => pad.triggers[1],
                _ => held,
            }
        }
        _ => 0,
    }
}

fn of_mouse(mouse: &Mouse, id: u32) -> i16 {
    let (moved, state) = (mouse.moved, mouse.state);
    match id {
        sys::RETRO_DEVICE_ID_MOUSE_X => clamped(moved.dx),
        sys::RETRO_DEVICE_ID_MOUSE_Y => clamped(moved.dy),
        sys::RETRO_DEVICE_ID_MOUSE_LEFT => state.held(MouseState::LEFT).into(),
        sys::RETRO_DEVICE_ID_MOUSE_RIGHT => state.held(MouseState::RIGHT).into(),
        sys::RETRO_DEVICE_ID_MOUSE_MIDDLE => state.held(MouseState::MIDDLE).into(),
        sys::RETRO_DEVICE_ID_MOUSE_BUTTON_4 => state.held(MouseState::FOURTH).into(),
        sys::RETRO_DEVICE_ID_MOUSE_BUTTON_5 => state.held(MouseState::FIFTH).into(),
        sys::RETRO_DEVICE_ID_MOUSE_WHEELUP => (moved.wheel > 0).into(),
        sys::RETRO_DEVICE_ID_MOUSE_WHEELDOWN => (moved.wheel < 0).into(),
        sys::RETRO_DEVICE_ID_MOUSE_HORIZ_WHEELUP => (moved.hwheel > 0).into(),
        sys::RETRO_DEVICE_ID_MOUSE_HORIZ_WHEELDOWN => (moved.hwheel < 0).into(),
        _ => 0,
    }
}

/// A gun is the mouse; the buttons that a mouse lacks are those of the same seat's pad.
fn lightgun(pad: &PadState, mouse: &Mouse, id: u32) -> i16 {
    let state = mouse.state;
    let place = |at: i16| if state.over { at.max(-i16::MAX) } else { i16::MIN };
    match id {
        sys::RETRO_DEVICE_ID_LIGHTGUN_SCREEN_X => place(state.x),
        sys::RETRO_DEVICE_ID_LIGHTGUN_SCREEN_Y => place(state.y),
        sys::RETRO_DEVICE_ID_LIGHTGUN_IS_OFFSCREEN => (!state.over).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_X => clamped(mouse.moved.dx),
        sys::RETRO_DEVICE_ID_LIGHTGUN_Y => clamped(mouse.moved.dy),
        sys::RETRO_DEVICE_ID_LIGHTGUN_TRIGGER => state.held(MouseState::LEFT).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_RELOAD => state.held(MouseState::RIGHT).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_AUX_A => (state.held(MouseState::MIDDLE) || pad.held(Button::A)).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_AUX_B => (state.held(MouseState::FOURTH) || pad.held(Button::B)).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_AUX_C => (state.held(MouseState::FIFTH) || pad.held(Button::X)).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_START | sys::RETRO_DEVICE_ID_LIGHTGUN_PAUSE => pad.held(Button::Start).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_SELECT => pad.held(Button::Select).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_DPAD_UP => pad.held(Button::Up).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_DPAD_DOWN => pad.held(Button::Down).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_DPAD_LEFT => pad.held(Button::Left).into(),
        sys::RETRO_DEVICE_ID_LIGHTGUN_DPAD_RIGHT => pad.held(Button::Right).into(),
        _ => 0,
    }
}

fn pointer(state: &MouseState, id: u32) -> i16 {
    let pressed = state.over && state.held(MouseState::LEFT);
    match id {
        sys::RETRO_DEVICE_ID_POINTER_X => state.x.max(-i16::MAX),
        sys::RETRO_DEVICE_ID_POINTER_Y => state.y.max(-i16::MAX),
        sys::RETRO_DEVICE_ID_POINTER_PRESSED | sys::RETRO_DEVICE_ID_POINTER_COUNT => pressed.into(),
        _ => 0,
    }
}

fn clamped(value: i32) -> i16 {
    value.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// Clicks of the wheels that the core has not been told of: libretro can say one a frame, and a quick finger makes more.
#[derive(Default)]
pub struct Wheels([[i32; 2]; MAX_SEATS]);

impl Wheels {
    /// Clicks that wait at most, so that a spin ends soon after the finger.
    const MOST: i32 = 8;

    /// Leaves one click a wheel in `mice` and keeps the rest for the frames to come.
    pub fn turn(&mut self, mice: &mut [Mouse; MAX_SEATS]) {
        for (waiting, mouse) in self.0.iter_mut().zip(mice) {
            for (waiting, moved) in waiting.iter_mut().zip([&mut mouse.moved.wheel, &mut mouse.moved.hwheel]) {
                let all = waiting.saturating_add(*moved).clamp(-Wheels::MOST, Wheels::MOST);
                *moved = all.signum();
                *waiting = all - *moved;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::MouseMove;

    fn inputs(seat: usize, pad: PadState, mouse: Mouse) -> Inputs {
        let mut inputs = Inputs::default();
        inputs.pads[seat] = pad;
        inputs.mice[seat] = mouse;
        inputs
    }

    fn mouse(buttons: u16, over: bool) -> Mouse {
        let moved = MouseMove { dx: 70_000, dy: -3, wheel: 1, hwheel: -1 };
        Mouse { moved, state: MouseState { x: -32767, y: 1200, buttons, over } }
    }

    #[test]
    fn a_pad_is_answered_by_button_by_mask_and_by_axis() {
        let pad = PadState { buttons: 0x8101, left: [-5, 6], right: [7, -8], triggers: [0, 99] };
        let inputs = inputs(1, pad, Mouse::default());
        let ask = |device, index, id| answer(&inputs, 1, device, index, id);
        let held: Vec<u32> = (0..300).filter(|id| ask(sys::RETRO_DEVICE_JOYPAD, 0, *id) == 1).collect();
        assert_eq!(held, [0, 8, 15]);
        assert_eq!(ask(sys::RETRO_DEVICE_JOYPAD, 0, sys::RETRO_DEVICE_ID_JOYPAD_MASK).cast_unsigned(), 0x8101);
        // A subclass is asked for by its own number or by that of its base.
        assert_eq!(ask(2 << 8 | sys::RETRO_DEVICE_JOYPAD, 0, 8), 1);
        let axes = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(index, id)| ask(sys::RETRO_DEVICE_ANALOG, index, id));
        assert_eq!(axes, [-5, 6, 7, -8]);
        let button = |id| ask(sys::RETRO_DEVICE_ANALOG, sys::RETRO_DEVICE_INDEX_ANALOG_BUTTON, id);
        assert_eq!([0, 1, 12, 13, 15, 16].map(button), [i16::MAX, 0, 0, 99, i16::MAX, 0]);
    }

    #[test]
    fn a_trigger_that_is_only_a_button_is_pulled_all_the_way() {
        let pad = PadState { buttons: Button::L2 as u16 | Button::R2 as u16, triggers: [0, 7], ..PadState::default() };
        let inputs = inputs(0, pad, Mouse::default());
        let button = |id| answer(&inputs, 0, sys::RETRO_DEVICE_ANALOG, 2, id);
        assert_eq!([12, 13].map(button), [i16::MAX, 7]);
    }

    #[test]
    fn a_mouse_says_how_far_it_moved_and_what_it_holds() {
        let inputs = inputs(7, PadState::default(), mouse(MouseState::RIGHT | MouseState::FIFTH, false));
        let all: Vec<i16> = (0..12).map(|id| answer(&inputs, 7, sys::RETRO_DEVICE_MOUSE, 0, id)).collect();
        //               x         y   left right up down middle right left 4  5
        assert_eq!(all, [i16::MAX, -3, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0]);
        assert_eq!(answer(&inputs, 6, sys::RETRO_DEVICE_MOUSE, 0, 3), 0);
    }

    #[test]
    fn a_light_gun_is_the_mouse_with_the_buttons_of_the_pad() {
        let pad = PadState { buttons: Button::Start as u16 | Button::Left as u16, ..PadState::default() };
        let on = inputs(0, pad, mouse(MouseState::LEFT | MouseState::MIDDLE, true));
        let ask = |inputs: &Inputs, id| answer(inputs, 0, sys::RETRO_DEVICE_LIGHTGUN, 0, id);
        let held: Vec<u32> = (2..20).filter(|id| ask(&on, *id) == 1).collect();
        let wanted = [
            sys::RETRO_DEVICE_ID_LIGHTGUN_TRIGGER,
            sys::RETRO_DEVICE_ID_LIGHTGUN_AUX_A,
            sys::RETRO_DEVICE_ID_LIGHTGUN_PAUSE,
            sys::RETRO_DEVICE_ID_LIGHTGUN_START,
            sys::RETRO_DEVICE_ID_LIGHTGUN_DPAD_LEFT,
        ];
        assert_eq!(held, wanted);
        let place = [sys::RETRO_DEVICE_ID_LIGHTGUN_SCREEN_X, sys::RETRO_DEVICE_ID_LIGHTGUN_SCREEN_Y];
        assert_eq!(place.map(|id| ask(&on, id)), [-32767, 1200]);

        let off = inputs(0, pad, mouse(MouseState::RIGHT, false));
        assert_eq!(place.map(|id| ask(&off, id)), [i16::MIN; 2]);
        assert_eq!(ask(&off, sys::RETRO_DEVICE_ID_LIGHTGUN_IS_OFFSCREEN), 1);
        assert_eq!(ask(&off, sys::RETRO_DEVICE_ID_LIGHTGUN_RELOAD), 1);
    }

    #[test]
    fn a_pointer_presses_only_inside_the_picture_and_there_is_one() {
        let all = |over, index| {
            let inputs = inputs(0, PadState::default(), mouse(MouseState::LEFT, over));
            [0, 1, 2, 3].map(|id| answer(&inputs, 0, sys::RETRO_DEVICE_POINTER, index, id))
        };
        assert_eq!(all(true, 0), [-32767, 1200, 1, 1]);
        assert_eq!(all(true, 1), [0; 4]);
        assert_eq!(all(false, 0)[2..], [0, 0]);
    }

    #[test]
    fn the_keyboard_is_the_same_on_every_port() {
        let inputs = Inputs { keys: [97, 323].into_iter().collect(), ..Inputs::default() };
        for port in [0, 7, u32::MAX] {
            let held: Vec<u32> =
                (0..1000).filter(|id| answer(&inputs, port, sys::RETRO_DEVICE_KEYBOARD, 0, *id) == 1).collect();
            assert_eq!(held, [97, 323]);
        }
        assert_eq!(answer(&inputs, 0, sys::RETRO_DEVICE_KEYBOARD, 0, (1 << 16) + 97), 0);
        assert_eq!(u32::from(crate::input::KEY_CODES), sys::RETROK_LAST);
    }

    #[test]
    fn what_does_not_exist_is_not_held() {
        let mut inputs = Inputs::default();
        inputs.pads.fill(PadState { buttons: 0xffff, ..PadState::default() });
        inputs.mice.fill(mouse(0xffff, true));
        for device in [0, 7, 8, 200] {
            assert_eq!(answer(&inputs, 0, device, 0, 0), 0);
        }
        for device in 0..8 {
            for port in [8, u32::MAX] {
                assert_eq!(answer(&inputs, port, device, 0, 2), 0);
            }
            assert_eq!(answer(&inputs, 0, device, 3, u32::MAX), 0);
        }
    }

    #[test]
    fn clicks_of_a_wheel_are_told_one_a_frame() {
        let mut wheels = Wheels::default();
        let mut told = |wheel, hwheel| {
            let mut mice = [Mouse::default(); MAX_SEATS];
            mice[3].moved = MouseMove { wheel, hwheel, ..MouseMove::default() };
            wheels.turn(&mut mice);
            assert!(mice.iter().enumerate().all(|(seat, mouse)| seat == 3 || *mouse == Mouse::default()));
            (mice[3].moved.wheel, mice[3].moved.hwheel)
        };
        assert_eq!([told(3, -1), told(0, 0), told(0, 0), told(0, 0)], [(1, -1), (1, 0), (1, 0), (0, 0)]);
        // The other way takes back what was not told yet.
        assert_eq!([told(5, 0), told(-6, 0), told(0, 0), told(0, 0)], [(1, 0), (-1, 0), (-1, 0), (0, 0)]);
        told(i32::MIN, i32::MAX);
        assert_eq!((0..20).filter(|_| told(0, 0) == (-1, 1)).count(), 7);
    }

    #[test]
    fn sensors_measure_g_and_radians_and_nothing_where_nobody_tells() {
        let mut inputs = Inputs::default();
        inputs.motions[1] = MotionState { acceleration: [1024, 0, -2048], rotation: [0, 512, -32767] };
        let read = |port| (0..=7).map(|id| sensor(&inputs, port, id)).collect::<Vec<f32>>();
        assert_eq!(read(1), [0.5, 0.0, -1.0, 0.0, 1.0, -63.998_047, 0.0, 0.0], "there is no light sensor");
        assert_eq!(read(0), [0.0; 8]);
        assert_eq!(read(8), [0.0; 8], "there is no such port");
    }
}
