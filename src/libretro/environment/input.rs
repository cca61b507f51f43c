//! Controller ports, what is plugged into them, and what the core calls its controls.

use super::Environment;
use crate::input::MAX_SEATS;
use crate::libretro::sys::{self, Argument};
use crate::libretro::{callbacks, devices};
use crate::link::message::{self, ControlName, PortDevices};

impl Environment {
    pub(super) fn controllers(&self) -> Vec<PortDevices> {
        let types = |port| self.offered.get(port).cloned().unwrap_or_default();
        (0..self.ports).map(|port| PortDevices { types: types(port), plugged: self.plugged[port] }).collect()
    }

    /// Takes note that `device` is to be plugged into `port`. False when there is no such port, or the core does not
    /// offer it there: cores do the strangest things with numbers that they do not know.
    pub fn plug(&mut self, port: u32, device: u32) -> bool {
        let port = port as usize;
        if port >= self.ports {
            return false;
        }
        let known = match self.offered.get(port) {
            _ if device == sys::RETRO_DEVICE_NONE || device == sys::RETRO_DEVICE_JOYPAD => true,
            Some(types) if !types.is_empty() => types.iter().any(|(id, _)| *id == device),
            // It does not say: one of libretro's own.
            _ => device <= sys::RETRO_DEVICE_POINTER,
        };
        if known {
            self.plugged[port] = device;
            self.news.controllers = true;
        }
        known
    }

    /// What is plugged into each port.
    pub fn plugged(&self) -> &[u32] {
        &self.plugged[..self.ports]
    }

    /// Takes note that the core asked for the state of a device; called thousands of times a second.
    pub fn asked_for(&mut self, device: u32) {
        let wanted = match device & sys::RETRO_DEVICE_MASK {
            sys::RETRO_DEVICE_KEYBOARD => &mut self.wants.keyboard,
            sys::RETRO_DEVICE_MOUSE => &mut self.wants.mouse,
            sys::RETRO_DEVICE_LIGHTGUN => &mut self.wants.lightgun,
            sys::RETRO_DEVICE_POINTER => &mut self.wants.pointer,
            _ => return,
        };
        if !std::mem::replace(wanted, true) {
            self.news.wants = true;
        }
    }

    fn set_ports(&mut self, ports: usize) {
        let ports = ports.clamp(1, MAX_SEATS);
        self.news.controllers |= ports != self.ports;
        self.ports = ports;
    }

    /// `SET_CONTROLLER_INFO`: one entry a port, and in it an array of devices.
    fn set_controller_info(&mut self, argument: Argument) -> bool {
        let ports = argument.list_of_at_most::<sys::retro_controller_info>(MAX_SEATS, |port| port.types.is_null());
        let types = |port: &sys::retro_controller_info| {
            let count = (port.num_types as usize).min(message::MAX_DEVICES);
            let types = sys::list_of_at_most(port.types, count, |_| false);
            types.iter().map(|device| (device.id, message::plain_name(&sys::text(device.desc)))).collect()
        };
        if !ports.is_empty() {
            let offered = ports.iter().map(types).collect();
            // Some cores say the same again and again.
            self.news.controllers |= self.offered != offered;
            self.offered = offered;
            self.set_ports(ports.len());
        }
        true
    }

    /// `SET_INPUT_DESCRIPTORS`. For cores without controller info it is also what tells the number of ports.
    fn set_input_descriptors(&mut self, argument: Argument) -> bool {
        let named = argument
            .list_of_at_most::<sys::retro_input_descriptor>(message::MAX_CONTROLS, |named| named.description.is_null());
        if let Some(last) = named.iter().map(|named| named.port as usize).max() {
            self.set_ports(self.ports.max(last.saturating_add(1)));
        }
        let control = |named: &sys::retro_input_descriptor| ControlName {
            seat: named.port as usize,
            device: named.device,
            index: named.index,
            id: named.id,
            name: message::plain_name(&sys::text(named.description)),
        };
        let controls = named.iter().filter(|named| (named.port as usize) < MAX_SEATS).map(control).collect();
        self.news.controls |= self.controls != controls;
        self.controls = controls;
        true
    }

    /// The calls about controllers, keyboards, motors, sensors and LEDs; none when the command is not one.
    pub(super) fn input_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS => self.set_input_descriptors(data),
            sys::RETRO_ENVIRONMENT_SET_CONTROLLER_INFO => self.set_controller_info(data),
            sys::RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK => {
                self.keyboard = data.read::<sys::retro_keyboard_callback>();
                if self.keyboard.is_some_and(|keyboard| keyboard.callback.is_some()) {
                    self.asked_for(sys::RETRO_DEVICE_KEYBOARD);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_GET_RUMBLE_INTERFACE => {
                data.write(sys::retro_rumble_interface { set_rumble_state: Some(callbacks::set_rumble_state) })
            }
            sys::RETRO_ENVIRONMENT_GET_SENSOR_INTERFACE => data.write(sys::retro_sensor_interface {
                set_sensor_state: Some(callbacks::set_sensor_state),
                get_sensor_input: Some(callbacks::get_sensor_input),
            }),
            sys::RETRO_ENVIRONMENT_GET_LED_INTERFACE => {
                data.write(sys::retro_led_interface { set_led_state: Some(callbacks::set_led_state) })
            }
            sys::RETRO_ENVIRONMENT_GET_INPUT_MAX_USERS => data.write(MAX_SEATS as u32),
            sys::RETRO_ENVIRONMENT_GET_INPUT_BITMASKS => {
                // Asked both ways: with a bool to fill, and with NULL.
                data.is_null() || data.write_bool(true)
            }
            sys::RETRO_ENVIRONMENT_GET_INPUT_DEVICE_CAPABILITIES => data.write(devices::CAPABILITIES),
            _ => return None,
        })
    }
}
