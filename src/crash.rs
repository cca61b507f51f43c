//! How a core process came to its end, for people.

mod kept;
mod report;
mod stack;

pub use kept::{MOST_REPORTS, keep};
pub use report::Report;

use crate::link::message::BadMessage;
use crate::messages;
use crate::text::IoCause;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

messages! {
    /// How a core process ended without having been asked to. `core` is what the core calls itself.
    pub enum Crash in crash {
        memory => Memory { core: String },
        abort => Abort { core: String },
        instruction => Instruction { core: String },
        arithmetic => Arithmetic { core: String },
        /// From outside, as the system does when there is no memory left.
        killed => Killed { core: String },
        /// By another signal, of this number.
        signal => Signal { core: String, signal: i32 },
        /// By itself, with this code.
        code => Code { core: String, code: i32 },
        unknown => Unknown { core: String },
        /// It showed no sign of life and was ended.
        hung => Hung { core: String },
        /// It made a system call that its filter knows no answer to but its end.
        forbidden => Forbidden { core: String },
        /// It used more memory than it may, and was ended.
        too_much_memory => TooMuchMemory { core: String, megabytes: u64 },
        /// It sent something that makes no sense and was ended.
        nonsense => Nonsense { core: String, cause: BadMessage },
        /// The system no longer lets it be listened to.
        unreadable => Unreadable { core: String, cause: IoCause },
    }
}

impl Crash {
    /// From how the process ended; none where the system does not say.
    pub fn from_status(core: String, status: Option<ExitStatus>) -> Crash {
        match status.map(|status| (status.signal(), status.code())) {
            Some((Some(signal), _)) => Crash::from_signal(core, signal),
            Some((None, Some(code))) => Crash::Code { core, code },
            _ => Crash::Unknown { core },
        }
    }

    /// What the core calls itself.
    pub fn core(&self) -> &str {
        match self {
            Crash::Memory { core }
            | Crash::Abort { core }
            | Crash::Instruction { core }
            | Crash::Arithmetic { core }
            | Crash::Killed { core }
            | Crash::Signal { core, .. }
            | Crash::Code { core, .. }
            | Crash::Unknown { core }
            | Crash::Hung { core }
            | Crash::Forbidden { core }
            | Crash::TooMuchMemory { core, .. }
            | Crash::Nonsense { core, .. }
            | Crash::Unreadable { core, .. } => core,
        }
    }

    /// By a signal of the core's own.
    pub fn from_signal(core: String, signal: i32) -> Crash {
        match signal {
            libc::SIGSEGV => Crash::Memory { core },
            libc::SIGABRT => Crash::Abort { core },
            libc::SIGILL => Crash::Instruction { core },
            libc::SIGFPE => Crash::Arithmetic { core },
            libc::SIGKILL => Crash::Killed { core },
            libc::SIGSYS => Crash::Forbidden { core },
            signal => Crash::Signal { core, signal },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Message, Spoken};

    #[test]
    fn every_end_is_a_sentence_in_both_languages() {
        let core = || "Nestopia".to_owned();
        let signals =
            [libc::SIGSEGV, libc::SIGABRT, libc::SIGILL, libc::SIGFPE, libc::SIGKILL, libc::SIGBUS, libc::SIGSYS];
        let all = signals.map(|signal| Crash::from_signal(core(), signal)).into_iter().chain([
            Crash::Code { core: core(), code: 3 },
            Crash::Unknown { core: core() },
            Crash::Hung { core: core() },
            Crash::TooMuchMemory { core: core(), megabytes: 64 },
            Crash::Nonsense { core: core(), cause: BadMessage::Endless },
            Crash::Unreadable { core: core(), cause: IoCause::NotFound },
        ]);
        let mut seen = std::collections::BTreeSet::new();
        for crash in all {
            let (english, chinese) = (crash.to_string(), crash.text(&Spoken::Chinese.texts()));
            assert!(english.ends_with('.') && chinese.ends_with('。'), "{english} {chinese}");
            assert!(!english.contains(['{', '}']) && !chinese.contains(['{', '}']), "{english} {chinese}");
            assert!(seen.insert(english) && seen.insert(chinese), "{crash:?}");
        }
        let crash = Crash::from_status(core(), Some(ExitStatus::from_raw(libc::SIGSEGV)));
        assert_eq!(crash.to_string(), "Nestopia crashed (it reached for memory that is not its own).");
        assert_eq!(crash.code(), "crash.memory");
    }
}
