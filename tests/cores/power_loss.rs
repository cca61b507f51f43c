//! Power cuts. `cargo bench --bench power_loss` has five hundred of them.

use crate::common;
use crate::common::power::Home;
use std::time::Duration;

#[test]
fn a_power_cut_costs_two_seconds_at_most_and_never_a_save() {
    // What is lost is counted in frames, and each has to come in time.
    let _alone = common::alone();
    let mut home = Home::new(7);
    for _ in 0..6 {
        home.lose_power(Duration::ZERO, Duration::from_millis(3500));
    }
    assert!(home.lost.iter().any(|lost| *lost > 0), "{:?}: nothing was at stake", home.lost);
    assert_eq!(home.play_in_peace(), 0, "what was half written is tidied up");
}
