//! What the core may know of the machine, and what it does by way of the front end: files, time, memory, power.

use super::Environment;
use crate::libretro::sys::{self, Argument};
use crate::libretro::{perf, power, vfs};

impl Environment {
    /// The calls about the machine; none when the command is not one.
    pub(super) fn system_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_GET_PERF_INTERFACE => data.write(perf::interface()),
            sys::RETRO_ENVIRONMENT_GET_VFS_INTERFACE => {
                let wanted = data.read::<sys::retro_vfs_interface_info>().map(|it| it.required_interface_version);
                let iface = vfs::INTERFACE.pointer();
                wanted.is_some_and(|wanted| wanted <= vfs::VERSION)
                    && data.write(sys::retro_vfs_interface_info { required_interface_version: vfs::VERSION, iface })
            }
            // Asked with NULL too: is it known at all?
            sys::RETRO_ENVIRONMENT_GET_DEVICE_POWER => data.is_null() || data.write(power::now()),
            sys::RETRO_ENVIRONMENT_GET_MEMORY_STATUS => power::memory().is_some_and(|memory| data.write(memory)),
            // Nothing here forbids a core to make its own executable memory.
            sys::RETRO_ENVIRONMENT_GET_JIT_CAPABLE => data.write_bool(true),
            sys::RETRO_ENVIRONMENT_EXEC_MEM_ALLOC => match data.read::<sys::retro_exec_mem_alloc>() {
                Some(asked) if asked.size == 0 => {
                    let mode = sys::RETRO_EXEC_MEM_MODE_UNRESTRICTED;
                    data.write(sys::retro_exec_mem_alloc {
                        mode,
                        rx: std::ptr::null_mut(),
                        rw: std::ptr::null_mut(),
                        ..asked
                    })
                }
                _ => false,
            },
            sys::RETRO_ENVIRONMENT_SET_PROC_ADDRESS_CALLBACK => {
                // The core's own functions beside libretro's. None of them is asked for, and it does not have to know.
                true
            }
            _ => return None,
        })
    }
}
