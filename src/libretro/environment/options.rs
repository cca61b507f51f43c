//! The calls about core options; what they are set to is in [`Options`](crate::libretro::options::Options).

use super::Environment;
use crate::libretro::sys::{self, Argument};
use crate::link::message::{CoreWarning, FromCore};
use std::ffi::c_char;

impl Environment {
    /// The calls about core options; none when the command is not one.
    pub(super) fn option_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_GET_CORE_OPTIONS_VERSION => data.write(2u32),
            sys::RETRO_ENVIRONMENT_GET_VARIABLE => self.get_variable(data),
            sys::RETRO_ENVIRONMENT_GET_VARIABLE_UPDATE => {
                let changed = self.options.take_changed();
                data.write_bool(changed)
            }
            sys::RETRO_ENVIRONMENT_SET_VARIABLES => {
                self.options.declare_variables(data);
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS => {
                self.options.declare_v1(data.pointer(), std::ptr::null());
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_INTL => {
                if let Some(all) = data.read::<sys::retro_core_options_intl>() {
                    self.options.declare_v1(all.us, all.local);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2 => {
                if let Some(options) = data.read::<sys::retro_core_options_v2>() {
                    self.options.declare_v2(&options, None);
                }
                // True: categories are shown.
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2_INTL => {
                let all = data.read::<sys::retro_core_options_v2_intl>();
                if let Some(options) = all.and_then(|all| sys::follow(all.us.cast_const())) {
                    let local = all.and_then(|all| sys::follow(all.local.cast_const()));
                    self.options.declare_v2(&options, local);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_DISPLAY => {
                if let Some(display) = data.read::<sys::retro_core_option_display>() {
                    self.options.display(&sys::text(display.key), display.visible != 0);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK => {
                self.options_display = data.read::<sys::retro_core_options_update_display_callback>();
                true
            }
            sys::RETRO_ENVIRONMENT_SET_VARIABLE => self.options.set_by_core(data),
            _ => return None,
        })
    }

    /// Says which options that were asked for are not there. The runner calls this once the content is loaded.
    pub fn warn_of_options(&mut self) {
        for (option, meant) in self.options.unknown() {
            let core = self.core_name.clone();
            self.tell(FromCore::Warning(match meant {
                Some(meant) => CoreWarning::MistypedOption { core, option, meant },
                None => CoreWarning::UnknownOption { core, option },
            }));
        }
        for (option, value, offered) in self.options.refused() {
            let (core, offered) = (self.core_name.clone(), offered.join(", "));
            self.tell(FromCore::Warning(CoreWarning::UnknownValue { core, option, value, offered }));
        }
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
