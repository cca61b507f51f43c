//! What the core says, and what is said about it.

use super::Environment;
use crate::libretro::sys::{self, Argument};
use crate::link::message::{CoreWarning, FromCore, InvalidVideo};
use std::ffi::c_char;

/// What a core may log in a second; the rest is dropped.
pub(super) const LOG_LINES_PER_SECOND: u32 = 100;

/// What a core gets wrong: a picture, or what it states of all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ProblemKind {
    Picture,
    Aspect,
    Format,
    Rate,
}

impl ProblemKind {
    fn of(problem: &InvalidVideo) -> ProblemKind {
        match problem {
            InvalidVideo::Hardware | InvalidVideo::Size { .. } | InvalidVideo::Pitch { .. } => ProblemKind::Picture,
            InvalidVideo::Aspect { .. } => ProblemKind::Aspect,
            InvalidVideo::Format { .. } => ProblemKind::Format,
            InvalidVideo::Rate { .. } => ProblemKind::Rate,
        }
    }
}

impl Environment {
    /// Allows log lines again; the runner calls this once a second.
    pub fn refill_log_budget(&mut self) {
        self.log_budget = LOG_LINES_PER_SECOND;
    }

    /// A line of the core's.
    pub fn log(&mut self, level: u32, text: &str) {
        if level >= sys::RETRO_LOG_ERROR && !text.is_empty() {
            text.clone_into(&mut self.last_error);
        }
        if self.log_budget > 0 {
            self.log_budget -= 1;
            self.tell(FromCore::Log { level, text: text.to_owned() });
        }
    }

    /// A warning of our own about the core, once for each kind of problem.
    pub fn warn(&mut self, problem: InvalidVideo) {
        let kind = ProblemKind::of(&problem);
        if self.warned.contains(&kind) {
            return;
        }
        self.warned.push(kind);
        let core = self.core_name.clone();
        self.tell(FromCore::Warning(match kind {
            ProblemKind::Picture => CoreWarning::LeftOut { core, problem },
            ProblemKind::Aspect | ProblemKind::Format | ProblemKind::Rate => CoreWarning::Ignored { core, problem },
        }));
    }

    fn message(&mut self, text: Option<*const c_char>) -> bool {
        let text = text.map(sys::text).unwrap_or_default();
        if !text.is_empty() && self.log_budget > 0 {
            self.log_budget -= 1;
            self.tell(FromCore::Message(text));
        }
        true
    }

    /// The calls by which a core speaks; none when the command is not one.
    pub(super) fn message_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_MESSAGE => {
                let message = data.read::<sys::retro_message>();
                self.message(message.map(|message| message.msg))
            }
            sys::RETRO_ENVIRONMENT_SET_MESSAGE_EXT => {
                let message = data.read::<sys::retro_message_ext>();
                self.message(message.map(|message| message.msg))
            }
            sys::RETRO_ENVIRONMENT_GET_MESSAGE_INTERFACE_VERSION => data.write(1u32),
            sys::RETRO_ENVIRONMENT_GET_LOG_INTERFACE => {
                data.write(sys::retro_log_callback { log: Some(sys::hotseat_core_log_variadic) })
            }
            _ => return None,
        })
    }
}
