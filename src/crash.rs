//! How a core process came to its end, for people.

use crate::text::{Spoken, Texts, fill};
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// A core process that is gone without having been asked to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// What the core calls itself.
    pub core: String,
    /// How it ended.
    pub how: How,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By a signal, of this number.
    Signal(i32),
    /// By itself, with this code.
    Code(i32),
    /// Nobody knows.
    Unknown,
    /// It showed no sign of life and was ended.
    Hung,
    /// It sent something that makes no sense and was ended.
    Nonsense(String),
    /// The system no longer lets it be listened to.
    Deaf(String),
}

impl From<Option<ExitStatus>> for How {
    fn from(status: Option<ExitStatus>) -> Self {
        match status.map(|status| (status.signal(), status.code())) {
            Some((Some(signal), _)) => Self::Signal(signal),
            Some((None, Some(code))) => Self::Code(code),
            _ => Self::Unknown,
        }
    }
}

impl Crash {
    /// One sentence.
    pub fn text(&self, texts: &Texts) -> String {
        let with = |text: &str, why: &str| fill(text, &[("core", &self.core), ("why", why)]);
        let number = |text: &str, n: i32| with(texts.crash_by, &fill(text, &[("n", &n.to_string())]));
        match &self.how {
            How::Signal(libc::SIGSEGV) => with(texts.crash_by, texts.crash_memory),
            How::Signal(libc::SIGABRT) => with(texts.crash_by, texts.crash_abort),
            How::Signal(libc::SIGILL) => with(texts.crash_by, texts.crash_instruction),
            How::Signal(libc::SIGFPE) => with(texts.crash_by, texts.crash_arithmetic),
            How::Signal(libc::SIGKILL) => with(texts.crash_by, texts.crash_killed),
            How::Signal(signal) => number(texts.crash_signal, *signal),
            How::Code(code) => number(texts.crash_code, *code),
            How::Unknown => with(texts.crash, ""),
            How::Hung => with(texts.crash_hung, ""),
            How::Nonsense(why) => with(texts.crash_nonsense, why),
            How::Deaf(why) => with(texts.crash_deaf, why),
        }
    }
}

/// In English, for logs and machines.
impl fmt::Display for Crash {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text(&Spoken::English.texts()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_a_sentence_in_both_languages() {
        let signals = [libc::SIGSEGV, libc::SIGABRT, libc::SIGILL, libc::SIGFPE, libc::SIGKILL, libc::SIGBUS];
        let all = signals.map(How::Signal).into_iter().chain([
            How::Code(3),
            How::Unknown,
            How::Hung,
            How::Nonsense("a number".into()),
            How::Deaf("no such file".into()),
        ]);
        let mut seen = std::collections::BTreeSet::new();
        for how in all {
            let crash = Crash { core: "Nestopia".into(), how };
            let (english, chinese) = (crash.to_string(), crash.text(&Spoken::Chinese.texts()));
            assert!(english.ends_with('.') && chinese.ends_with('。'), "{english} {chinese}");
            assert!(!english.contains(['{', '}']) && !chinese.contains(['{', '}']), "{english} {chinese}");
            assert!(seen.insert(english) && seen.insert(chinese), "{crash:?}");
        }
        let crash = Crash { core: "Nestopia".into(), how: How::Signal(libc::SIGSEGV) };
        assert_eq!(crash.to_string(), "Nestopia crashed (it reached for memory that is not its own).");
    }
}
