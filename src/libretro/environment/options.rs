//! The calls about core options; what they are set to is in [`Options`](crate::libretro::options::Options).

use super::Environment;
use crate::libretro::sys::{self, Argument};
use std::ffi::c_char;

impl Environment {
    /// The calls about core options; none when the command is not one.
    pub(super) fn option_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_GET_CORE_OPTIONS_VERSION => data.write(2u32),
            sys::RETRO_ENVIRONMENT_GET_VARIABLE => self.get_variable(data),
            sys::RETRO_ENVIRONMENT_GET_VARIABLE_UPDATE => {
                let changed = self.options.take_changed();
                data.write(changed)
            }
            sys::RETRO_ENVIRONMENT_SET_VARIABLES => {
                self.options.declare_variables(data);
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS => {
                self.options.declare_v1(data.pointer());
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_INTL => {
                if let Some(all) = data.read::<sys::retro_core_options_intl>() {
                    self.options.declare_v1(all.us);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2 => {
                if let Some(options) = data.read::<sys::retro_core_options_v2>() {
                    self.options.declare_v2(&options);
                }
                // False would mean that categories are not shown, which is so, but cores then declare again the old way.
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2_INTL => {
                let all = data.read::<sys::retro_core_options_v2_intl>();
                if let Some(options) = all.and_then(|all| sys::follow(all.us.cast_const())) {
                    self.options.declare_v2(&options);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_VARIABLE => self.options.set_by_core(data),
            _ => return None,
        })
    }

    fn get_variable(&mut self, data: Argument) -> bool {
        let Some(mut variable) = data.read::<sys::retro_variable>() else {
            return false;
        };
        let value = self.options.get(&sys::text(variable.key));
        variable.value = value.unwrap_or(std::ptr::null::<c_char>());
        data.write(variable) && value.is_some()
    }
}
