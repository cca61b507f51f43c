//! Environment calls in any order, with structs of any content, through the code that answers a core.
//!
//! Nothing may be read beyond what the core pointed to or after it gave that back, and what the host is told stays within bounds.
#![no_main]

use hotseat::libretro::rehearsal;
use hotseat::link::Link;
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

thread_local! {
    static LINK: Arc<Link> = Link::create().expect("shared memory");
}

fuzz_target!(|calls: &[u8]| {
    // A front end of its own for each, so that what is found can be found again.
    let heard = LINK.with(rehearsal::begin);
    rehearsal::environment(calls, &heard);
});
