//! How the core's discs are changed; what is done with it is in [`discs`](crate::libretro::discs).

use super::Environment;
use crate::libretro::discs::Drive;
use crate::libretro::sys::{self, Argument};

impl Environment {
    /// The calls about discs; none when the command is not one.
    pub(super) fn disc_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        match command {
            sys::RETRO_ENVIRONMENT_GET_DISK_CONTROL_INTERFACE_VERSION => return Some(data.write(1u32)),
            sys::RETRO_ENVIRONMENT_SET_DISK_CONTROL_INTERFACE => {
                self.drive = data.read::<sys::retro_disk_control_callback>().and_then(Drive::plain);
            }
            sys::RETRO_ENVIRONMENT_SET_DISK_CONTROL_EXT_INTERFACE => {
                self.drive = data.read::<sys::retro_disk_control_ext_callback>().and_then(Drive::new);
            }
            _ => return None,
        }
        Some(true)
    }
}
