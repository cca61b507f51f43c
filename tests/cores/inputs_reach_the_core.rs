//! Keyboard, mouse, pointer and devices reach the core, and motors and lamps come back: across the shared memory, with a
//! real core process at the other end.

use crate::common::{LONG, until};
use crate::core_process::Core;
use fixture_libretro::{ARCADE_STICK, CONTROLS, DEVICES, GAMEPAD, LAMP, MOUSE, RUMBLE};
use hotseat::input::{Button, KeySet, MouseMove, MouseState, PadState, Rumble};
use hotseat::link::Link;
use hotseat::link::board::Lane;
use hotseat::link::message::{FromCore, PortDevices, ToCore, Wants};
use std::time::Duration;

const A: u16 = 97;
const SHIFT: u16 = 304;

impl Core {
    fn hear_controllers(&self) -> Vec<PortDevices> {
        self.hear("controllers", |message| match message {
            FromCore::Controllers(ports) => Some(ports),
            _ => None,
        })
    }

    fn hear_wants(&self) -> Wants {
        self.hear("wants", |message| match message {
            FromCore::Wants(wants) => Some(wants),
            _ => None,
        })
    }

    fn see(&mut self, what: &str, wanted: [u16; 4]) {
        let mut last = None;
        let end = std::time::Instant::now() + LONG;
        while std::time::Instant::now() < end {
            if let Some(blocks) = self.look() {
                if blocks.buttons == wanted {
                    return;
                }
                last = Some(blocks);
            }
        }
        panic!("waited in vain: {what}: {wanted:x?}, and last saw {last:x?}");
    }

    fn feel(&self, what: &str, seat: usize, wanted: Rumble) {
        until(what, LONG, || (self.feedback.rumble(seat) == wanted).then_some(()));
    }
}

fn keys(codes: &[u16]) -> KeySet {
    codes.iter().copied().collect()
}

fn holding(button: Button) -> PadState {
    PadState { buttons: button as u16, ..PadState::default() }
}

const STILL: Rumble = Rumble { strong: 0, weak: 0 };
const TURNING: Rumble = Rumble { strong: RUMBLE.0, weak: RUMBLE.1 };

#[test]
fn the_keyboard_is_polled_and_told_of_in_both_lanes() {
    let mut core = Core::start(&[("fixture_keyboard", "on")]);
    assert_eq!(core.hear_wants(), Wants { keyboard: true, ..Wants::default() });
    core.board.set_keyboard(Lane::Remote, &keys(&[A, SHIFT]));
    let shift = 1 << 9;
    core.see("a capital A", [0, 'A' as u16, 0x8000 | shift | A, A]);
    core.board.set_keyboard(Lane::Local, &keys(&[98]));
    core.see("a capital B", [0, 'B' as u16, 0x8000 | shift | 98, A]);
    core.board.set_keyboard(Lane::Remote, &KeySet::EMPTY);
    core.see("shift up, b still held", [0, 'B' as u16, shift | SHIFT, 98]);
    core.board.set_keyboard(Lane::Local, &KeySet::EMPTY);
    core.see("nothing held", [0, 'B' as u16, 98, 0]);
    // Far shorter than a frame.
    core.board.set_keyboard(Lane::Remote, &keys(&[99]));
    core.board.set_keyboard(Lane::Remote, &KeySet::EMPTY);
    core.see("a tap, pressed and released", [0, 'c' as u16, 99, 0]);
}

#[test]
fn what_is_held_stays_held_for_the_next_core_and_its_motors_are_still() {
    let options = [("fixture_keyboard", "on"), ("fixture_rumble", "on")];
    let mut core = Core::start(&options);
    core.board.set_keyboard(Lane::Local, &keys(&[A]));
    core.board.set(Lane::Remote, 0, holding(Button::A));
    let wanted = [Button::A as u16, 'a' as u16, 0x8000 | A, A];
    core.see("key and button held", wanted);
    core.feel("a motor that turns", 0, TURNING);
    let link = core.link.clone();
    drop(core);
    let mut core = Core::start_on(link, &[("fixture_keyboard", "on")], &[]);
    core.see("the next core, with key and button held", wanted);
    assert_eq!(core.feedback.rumble(0), STILL);
}

#[test]
fn moves_of_a_mouse_add_up_and_none_is_lost() {
    let mut core = Core::start(&[("fixture_mouse", "on")]);
    assert_eq!(core.hear_wants(), Wants { mouse: true, ..Wants::default() });
    core.see("a picture", [0; 4]);
    for _ in 0..1000 {
        core.board.move_mouse(Lane::Remote, 0, MouseMove { dx: 3, dy: -1, ..MouseMove::default() });
        core.board.move_mouse(Lane::Local, 0, MouseMove { dx: -1, ..MouseMove::default() });
        std::thread::sleep(Duration::from_micros(100));
    }
    // Another seat's is another mouse.
    core.board.move_mouse(Lane::Remote, 1, MouseMove { dx: 500, ..MouseMove::default() });
    core.board.move_mouse(Lane::Remote, 0, MouseMove { wheel: -3, ..MouseMove::default() });
    let state = MouseState { buttons: MouseState::RIGHT | MouseState::FIFTH, ..MouseState::default() };
    core.board.set_mouse(Lane::Local, 0, state);
    core.see("all moves and both buttons", [0, 2000, 1000u16.wrapping_neg(), 0xfd12]);

    core.tell(&ToCore::Pause);
    core.hear("the pause", |message| (message == FromCore::Paused(true)).then_some(()));
    core.board.move_mouse(Lane::Local, 0, MouseMove { dx: 999, ..MouseMove::default() });
    core.board.set_mouse(Lane::Local, 0, MouseState::default());
    core.tell(&ToCore::Resume);
    core.see("nothing of the move during the pause", [0, 2000, 1000u16.wrapping_neg(), 0xfd00]);
}

#[test]
fn pointer_and_light_gun_are_the_mouse_over_the_picture() {
    let mut core = Core::start(&[("fixture_pointer", "on")]);
    assert_eq!(core.hear_wants(), Wants { lightgun: true, pointer: true, ..Wants::default() });
    core.see("a gun beside the picture", [0, 0, 0, 0b00010]);
    let state = MouseState { x: -32767, y: 1000, buttons: MouseState::LEFT, over: true };
    core.board.set_mouse(Lane::Remote, 0, state);
    core.see("a touch and a shot", [0, 0x8001, 1000, 0b00101]);
    core.board.set_mouse(Lane::Remote, 0, MouseState { buttons: MouseState::RIGHT, over: false, ..state });
    core.see("a reload beside the picture", [0, 0x8001, 1000, 0b01010]);
}

#[test]
fn motors_turn_while_the_core_wants_it_and_not_during_a_pause() {
    let core = Core::start(&[("fixture_rumble", "on"), ("fixture_ports", "8")]);
    core.board.set(Lane::Remote, 7, holding(Button::A));
    core.feel("a motor that turns", 7, TURNING);
    assert_eq!(core.feedback.rumble(0), STILL);
    core.tell(&ToCore::Pause);
    core.feel("a motor that rests during the pause", 7, STILL);
    core.tell(&ToCore::Resume);
    core.feel("a motor that turns again", 7, TURNING);
    core.board.set(Lane::Remote, 7, holding(Button::Start));
    core.feel("a motor that rests", 7, STILL);
    until("the lamp to be on", LONG, || (core.feedback.leds() == 1 << LAMP).then_some(()));
    core.board.set(Lane::Remote, 7, PadState::default());
    until("the lamp to be off", LONG, || (core.feedback.leds() == 0).then_some(()));
}

#[test]
fn devices_are_named_chosen_at_the_start_and_changed_while_the_game_runs() {
    let options = [("fixture_ports", "3"), ("fixture_devices", "on")];
    // Port 1 gets no device that the core does not offer, and there is no port 9.
    let chosen = [(0, MOUSE), (1, 4), (9, MOUSE)];
    let mut core = Core::start_on(Link::create().expect("shared memory"), &options, &chosen);
    let ports = core.hear("the game", |message| match message {
        FromCore::Loaded(loaded) => Some(loaded.ports),
        _ => None,
    });
    assert_eq!(ports, 3);
    let types = DEVICES.map(|(id, name)| (id, name.to_owned())).to_vec();
    let port = |plugged| PortDevices { types: types.clone(), plugged };
    assert_eq!(core.hear_controllers(), [port(MOUSE), port(GAMEPAD), port(GAMEPAD)]);
    let controls = core.hear("names of controls", |message| match message {
        FromCore::Controls(controls) => Some(controls),
        _ => None,
    });
    assert_eq!(controls.len(), 3 * CONTROLS.len());
    let last = controls.last().expect("a control");
    assert_eq!((last.seat, last.device, last.index, last.id, last.name.as_str()), (2, 5, 0, 1, "Lean"));
    core.see("the chosen device", [0, 0, 0, 0x2111]);

    core.tell(&ToCore::Device { port: 1, id: ARCADE_STICK });
    assert_eq!(core.hear_controllers(), [port(MOUSE), port(ARCADE_STICK), port(GAMEPAD)]);
    core.see("the new device", [0, 0, 0, 0x2311]);
    core.tell(&ToCore::Device { port: 0, id: 4 });
    core.tell(&ToCore::Device { port: 2, id: 0 });
    assert_eq!(core.hear_controllers(), [port(MOUSE), port(ARCADE_STICK), port(0)]);
    core.see("nothing plugged in", [0, 0, 0, 0x2301]);
}

#[test]
fn a_core_that_describes_more_ports_than_seats_gets_eight() {
    let core = Core::start(&[("fixture_ports", "12")]);
    assert_eq!(core.hear_controllers().len(), 8);
}

#[test]
fn a_core_that_describes_nothing_has_pads_without_names_for_them() {
    let core = Core::start(&[]);
    assert_eq!(core.hear_controllers(), vec![PortDevices { types: Vec::new(), plugged: GAMEPAD }; 4]);
}
