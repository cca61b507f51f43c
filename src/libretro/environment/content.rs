//! Where the core finds its files, and whether it needs any.

use super::Environment;
use crate::libretro::sys::{self, Argument};

impl Environment {
    /// The calls about folders, content and the person who plays; none when the command is not one.
    pub(super) fn content_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY => data.write(self.system_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY => data.write(self.save_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_CORE_ASSETS_DIRECTORY => data.write(self.system_dir.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_LIBRETRO_PATH => data.write(self.core_path.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_USERNAME => data.write(self.user_name.as_ptr()),
            sys::RETRO_ENVIRONMENT_GET_LANGUAGE => data.write(sys::RETRO_LANGUAGE_ENGLISH),
            sys::RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME => {
                self.supports_no_game = data.read::<bool>().unwrap_or(false);
                true
            }
            _ => return None,
        })
    }
}
