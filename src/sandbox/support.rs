//! What a kernel can do to hold a core process, and what came of it. Pure.

use crate::messages;
use serde::{Deserialize, Serialize};

/// The first version of Landlock's interface by which a file cannot be emptied where it may not be written (Linux 6.2).
const TRUNCATES: u32 = 3;
/// And by which devices that are not graphics cards cannot be controlled (6.10), nor signals sent (6.12).
const WHOLE: u32 = 6;

/// What was put in place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The version of Landlock's interface that the kernel has; 0 for none.
    pub landlock: u32,
    /// System calls go through a filter.
    pub seccomp: bool,
    /// The host hears of what is refused.
    pub told: bool,
}

/// How well a core process is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    Whole,
    Partly,
    Not,
}

messages! {
    /// What is missing of it: a sentence.
    pub enum Shortcoming in sandbox_lacks {
        /// Neither of the two is there.
        nothing => Nothing,
        no_landlock => NoLandlock,
        no_seccomp => NoSeccomp,
        /// Files outside may be emptied.
        old_landlock => OldLandlock { abi: u32 },
        /// Signals and devices are kept away by the filter of system calls alone.
        partial_landlock => PartialLandlock { abi: u32 },
    }
}

impl Held {
    /// What is missing; none when nothing is.
    pub fn shortcoming(self) -> Option<Shortcoming> {
        let abi = self.landlock;
        match (abi, self.seccomp) {
            (0, false) => Some(Shortcoming::Nothing),
            (0, true) => Some(Shortcoming::NoLandlock),
            (_, false) => Some(Shortcoming::NoSeccomp),
            (1..TRUNCATES, true) => Some(Shortcoming::OldLandlock { abi }),
            (TRUNCATES..WHOLE, true) => Some(Shortcoming::PartialLandlock { abi }),
            (_, true) => None,
        }
    }

    pub fn hold(self) -> Hold {
        match self.shortcoming() {
            None => Hold::Whole,
            Some(Shortcoming::Nothing) => Hold::Not,
            Some(_) => Hold::Partly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_kernel_lacks_follows_from_its_version_of_landlock_and_from_seccomp() {
        let lacks = |landlock, seccomp| Held { landlock, seccomp, told: seccomp }.shortcoming();
        assert_eq!(lacks(0, false), Some(Shortcoming::Nothing));
        assert_eq!(lacks(0, true), Some(Shortcoming::NoLandlock));
        for abi in [1, 2] {
            assert_eq!(lacks(abi, true), Some(Shortcoming::OldLandlock { abi }));
        }
        for abi in [3, 4, 5] {
            assert_eq!(lacks(abi, true), Some(Shortcoming::PartialLandlock { abi }));
        }
        for abi in 6..20 {
            assert_eq!((lacks(abi, true), lacks(abi, false)), (None, Some(Shortcoming::NoSeccomp)));
        }
        let hold = |landlock, seccomp| Held { landlock, seccomp, told: false }.hold();
        assert_eq!([hold(7, true), hold(4, true), hold(0, false)], [Hold::Whole, Hold::Partly, Hold::Not]);
    }
}
