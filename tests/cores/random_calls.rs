//! Environment calls with structs of any content, one after another: the front end keeps to its bounds and does not panic. The fuzz
//! target `environment` does the same and looks for what it has not seen; this is the same evening every time.

use hotseat::libretro::rehearsal;
use hotseat::link::Link;

const SCRIPTS: u64 = 5_000;

/// SplitMix64 (Steele, Lea and Flood, 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[test]
fn calls_of_any_content_are_answered_within_bounds() {
    let link = Link::create().expect("shared memory");
    for script in 0..SCRIPTS {
        let mut state = script;
        let length = next(&mut state) % 400;
        let calls: Vec<u8> = (0..length).map(|_| (next(&mut state) >> 56) as u8).collect();
        let heard = rehearsal::begin(&link);
        rehearsal::environment(&calls, &heard);
    }
}
