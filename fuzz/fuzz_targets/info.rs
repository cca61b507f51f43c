//! `.info` files of cores.
#![no_main]

use hotseat::library::{FirmwareState, look_for_firmware, read_info};
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|text: &str| {
    let core = read_info(text);
    assert!(core.firmware.len() <= 64);
    for (_, state) in look_for_firmware(&core.firmware, Path::new("/nonexistent")) {
        assert_eq!(state, FirmwareState::Missing);
    }
});
