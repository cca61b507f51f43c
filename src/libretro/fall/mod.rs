//! What a core process notes of itself when a signal ends it: which, where, and how it got there.
//!
//! Addresses only: their names are looked up by the host, which has time and memory for that.

mod sys;

use crate::link::Link;
use std::fs::File;
use std::os::fd::IntoRawFd;
use std::sync::Arc;

/// Has every end by a signal noted in the shared memory. Before the process is held, while its own map can be opened; it is
/// read when it is needed.
pub fn note_falls(link: &Arc<Link>) {
    let map = File::open("/proc/self/maps").map_or(-1, IntoRawFd::into_raw_fd);
    sys::install(link.clone(), map);
}
