//! That the bench of bad networks works: frames are shown, and every figure is there. What they are is its own business.

use crate::common;
use crate::common::line::measure::Lab;
use crate::common::line::networks::Network;
use crate::common::network::inside;
use std::time::Duration;

#[test]
fn a_guest_is_measured_on_a_good_and_on_a_bad_line() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_guest_is_measured_on_a_good_and_on_a_bad_line") {
        return;
    }
    let lab = Lab::new();
    for network in Network::all().iter().filter(|it| ["lan", "2%"].contains(&it.name)) {
        let measured = lab.measure(network, &[], Duration::from_secs(4));
        let figures = measured.figures();
        println!("{}: {figures:?}", network.title);
        assert!(measured.seen.frames.len() > 10, "{}: {figures:?}", network.title);
        assert!(figures.values().all(|figure| figure.is_finite()), "{}: {figures:?}", network.title);
        assert!(figures["kbit_s"] > 0.0 && !measured.queue.is_empty(), "{}: {figures:?}", network.title);
    }
}
