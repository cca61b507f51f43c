//! What the core calls its controls, in the names that pages know them by.

use crate::input::Seat;
use crate::link::message::{ControlName, PortDevices, Wants};
use crate::session::protocol::{Controls, SeatControls};
use std::collections::BTreeMap;

/// The RetroPad's buttons as pages call them, in the order of libretro's numbers.
const BUTTONS: [&str; 16] =
    ["b", "y", "select", "start", "up", "down", "left", "right", "a", "x", "l", "r", "l2", "r2", "l3", "r3"];
/// The axes of its sticks: left x and y, right x and y.
const AXES: [&str; 4] = ["left_x", "left_y", "right_x", "right_y"];
/// `RETRO_DEVICE_JOYPAD` and `RETRO_DEVICE_ANALOG`; the upper bits make variants of a device.
const JOYPAD: u32 = 1;
const ANALOG: u32 = 5;
const KIND: u32 = 0xff;

/// What the pages are told of the controls.
pub(super) fn controls(ports: &[PortDevices], names: &[ControlName], wants: Wants) -> Controls {
    let device = |port: &PortDevices| {
        let named = port.types.iter().find(|(id, _)| *id == port.plugged);
        named.map(|(_, name)| name.clone()).unwrap_or_default()
    };
    let called = |seat: usize| -> BTreeMap<&'static str, String> {
        let of_seat = names.iter().filter(|name| name.seat == seat && !name.name.is_empty());
        of_seat.filter_map(|name| Some((control(name)?, name.name.clone()))).collect()
    };
    let seats = Seat::ALL
        .into_iter()
        .zip(ports)
        .map(|(seat, port)| SeatControls { seat, device: device(port), names: called(seat.index()) })
        .collect();
    let wants = [
        (wants.keyboard, "keyboard"),
        (wants.mouse, "mouse"),
        (wants.lightgun, "lightgun"),
        (wants.pointer, "pointer"),
    ];
    Controls { seats, wants: wants.into_iter().filter(|(wanted, _)| *wanted).map(|(_, name)| name).collect() }
}

fn control(name: &ControlName) -> Option<&'static str> {
    match name.device & KIND {
        JOYPAD => BUTTONS.get(name.id as usize).copied(),
        ANALOG if name.index < 2 && name.id < 2 => AXES.get((name.index * 2 + name.id) as usize).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_told_by_the_names_that_pages_know() {
        let name = |seat, device, index, id, name: &str| ControlName { seat, device, index, id, name: name.into() };
        let names = [
            name(0, JOYPAD, 0, 0, "Jump"),
            name(0, ANALOG, 1, 1, "Look up"),
            name(0, ANALOG, 2, 12, "Brake"),
            name(0, JOYPAD, 0, 99, "Nothing"),
            name(1, JOYPAD | 1 << 8, 0, 15, "Honk"),
        ];
        let port = |plugged| PortDevices { types: vec![(1, "Pad".into()), (257, "Wheel".into())], plugged };
        let wants = Wants { mouse: true, ..Wants::default() };
        let told = controls(&[port(1), port(257), port(9)], &names, wants);
        let devices: Vec<_> = told.seats.iter().map(|seat| seat.device.as_str()).collect();
        assert_eq!(devices, ["Pad", "Wheel", ""]);
        assert!(told.seats[0].names.iter().map(|(k, v)| (*k, v.as_str())).eq([("b", "Jump"), ("right_y", "Look up")]));
        assert!(told.seats[1].names.iter().map(|(k, v)| (*k, v.as_str())).eq([("r3", "Honk")]));
        assert_eq!(told.wants, ["mouse"]);
    }
}
