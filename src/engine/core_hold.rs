//! How well core processes are held on this machine, step by step, in words for people: for `hotseat doctor`. Pure.

use super::diagnosis::{Advice, Finding, Step, StepState, StepTitle};
use crate::sandbox::probe::Tried;

/// The first version of Landlock's interface that keeps everything away that it is asked to.
const WHOLE: u32 = 6;

/// Files and system calls. None: it could not be tried.
pub fn diagnose_hold(tried: Option<Tried>) -> [Step; 2] {
    [files(tried), calls(tried)]
}

fn files(tried: Option<Tried>) -> Step {
    let step = |state, finding| Step::new(StepTitle::CoreFiles, state, finding);
    let Some(Tried { held, outcome }) = tried else {
        return step(StepState::Bad, Finding::HoldNotTried).but(Advice::HoldNotTried);
    };
    let abi = held.landlock;
    match (abi, outcome.opened) {
        (0, _) => step(StepState::Bad, Finding::NoLandlock).but(Advice::Kernel),
        (_, true) => step(StepState::Bad, Finding::LandlockLeaks { abi }).but(Advice::Kernel),
        (1..WHOLE, false) => step(StepState::Limited, Finding::FilesHeld { abi }).but(Advice::NewerKernel),
        (_, false) => step(StepState::Good, Finding::FilesHeld { abi }),
    }
}

fn calls(tried: Option<Tried>) -> Step {
    let step = |state, finding| Step::new(StepTitle::CoreCalls, state, finding);
    let Some(Tried { held, outcome }) = tried else {
        return step(StepState::Bad, Finding::HoldNotTried).but(Advice::HoldNotTried);
    };
    match (held.seccomp, outcome.connected || outcome.started) {
        (false, _) => step(StepState::Bad, Finding::NoSeccomp).but(Advice::Kernel),
        (true, true) => step(StepState::Bad, Finding::SeccompLeaks).but(Advice::Kernel),
        (true, false) if held.told => step(StepState::Good, Finding::CallsHeld),
        // Somebody around this program listens already, or the kernel is older.
        (true, false) => step(StepState::Good, Finding::CallsHeldUntold),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Held;
    use crate::sandbox::probe::Outcome;

    fn states(landlock: u32, seccomp: bool, outcome: Outcome) -> [StepState; 2] {
        let held = Held { landlock, seccomp, told: seccomp };
        diagnose_hold(Some(Tried { held, outcome })).map(|step| step.state)
    }

    #[test]
    fn what_was_tried_counts_more_than_what_is_there() {
        let refused = Outcome::default();
        let all = Outcome { opened: true, connected: true, started: true, took_us: 1 };
        assert_eq!(states(7, true, refused), [StepState::Good, StepState::Good]);
        assert_eq!(states(3, true, refused), [StepState::Limited, StepState::Good]);
        assert_eq!(states(0, true, Outcome { opened: true, ..refused }), [StepState::Bad, StepState::Good]);
        assert_eq!(states(7, true, all), [StepState::Bad, StepState::Bad]);
        assert_eq!(states(7, false, Outcome { connected: true, ..refused }), [StepState::Good, StepState::Bad]);
        assert!(diagnose_hold(None).iter().all(|step| step.state == StepState::Bad && step.advice.is_some()));
    }
}
