//! Waiting for a press: the runner sleeps on a word of the board, and whoever writes a press wakes it.

use crate::link::{layout, sys::Region};
use crate::sync::now;
use rustix::thread::futex;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

/// Something was pressed. Costs a call into the system only while somebody waits, which the other side says: at worst one in vain.
pub(super) fn announce(region: &Region) {
    region.u32(layout::PRESSES).fetch_add(1, SeqCst);
    if region.u32(layout::PRESS_AWAITED).load(SeqCst) != 0 {
        let _ = futex::wake(region.u32(layout::PRESSES), futex::Flags::empty(), 1);
    }
}

/// Waits until `pressed`, or until the clock shows `deadline`.
pub(super) fn wait(region: &Region, deadline: Duration, pressed: impl Fn() -> bool) -> bool {
    region.u32(layout::PRESS_AWAITED).store(1, SeqCst);
    let found = loop {
        let seen = region.u32(layout::PRESSES).load(SeqCst);
        if pressed() {
            break true;
        }
        let left = deadline.saturating_sub(now());
        if left.is_zero() {
            break false;
        }
        let left = rustix::time::Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        // Woken, too late, or for nothing: looked at above.
        let _ = futex::wait(region.u32(layout::PRESSES), futex::Flags::empty(), seen, Some(&left));
    };
    region.u32(layout::PRESS_AWAITED).store(0, SeqCst);
    found
}
