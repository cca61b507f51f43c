//! What the core says, and what is said about it.

use super::Environment;
use crate::libretro::sys::{self, Argument};
use crate::link::message::{CoreMessage, CoreWarning, FromCore, InvalidVideo, MessageKind};
use crate::sync::now;
use std::time::Duration;

/// What a core may log in a second; the rest is dropped.
pub(super) const LOG_LINES_PER_SECOND: u32 = 100;

/// Status and progress change with every frame, or faster while a game loads: the newest of each is told this often.
const FREQUENT: Duration = Duration::from_millis(100);

/// A text of one kind that comes again and again.
#[derive(Default)]
pub(super) struct Frequent {
    waiting: Option<CoreMessage>,
    told: Option<Duration>,
}

impl Frequent {
    /// The newest, if it may be told now.
    fn due(&mut self, now: Duration) -> Option<CoreMessage> {
        if self.told.is_some_and(|told| now < told + FREQUENT) {
            return None;
        }
        let message = self.waiting.take()?;
        self.told = Some(now);
        Some(message)
    }
}

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
        if self.log_budget > 0 && self.run.is_heard() {
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

    /// A text for people.
    fn message(&mut self, mut message: CoreMessage) {
        message.bound();
        // What is run ahead comes again.
        if message.text.is_empty() || !self.run.is_heard() {
            return;
        }
        let frequent = match message.kind {
            MessageKind::Note => {
                if self.log_budget > 0 {
                    self.log_budget -= 1;
                    self.tell(FromCore::Message(message));
                }
                return;
            }
            MessageKind::Status => &mut self.status,
            MessageKind::Progress(_) => &mut self.progress,
        };
        frequent.waiting = Some(message);
        self.tell_frequent(now());
    }

    /// What comes again and again, as it is now.
    pub(super) fn tell_frequent(&mut self, now: Duration) {
        for message in [self.status.due(now), self.progress.due(now)].into_iter().flatten() {
            self.tell(FromCore::Message(message));
        }
    }

    /// `retro_message`, whose time is in frames.
    fn plain_message(&mut self, message: &sys::retro_message) {
        let duration_ms = (f64::from(message.frames) * 1000.0 / self.video.fps) as u32;
        let text = sys::text(message.msg);
        self.message(CoreMessage {
            text,
            kind: MessageKind::Note,
            level: sys::RETRO_LOG_INFO,
            priority: 1,
            duration_ms,
        });
    }

    /// `retro_message_ext`. Types that do not exist are notifications.
    fn extended_message(&mut self, message: &sys::retro_message_ext) {
        let text = sys::text(message.msg);
        if text.is_empty() {
            return;
        }
        let kind = match message.type_ {
            sys::RETRO_MESSAGE_TYPE_STATUS => MessageKind::Status,
            // -1 for those that cannot say.
            sys::RETRO_MESSAGE_TYPE_PROGRESS => MessageKind::Progress(u8::try_from(message.progress).ok()),
            _ => MessageKind::Note,
        };
        let is_log = message.target == sys::RETRO_MESSAGE_TARGET_LOG;
        // The others say the same again and again, which is not for a log unless it is asked for.
        if is_log || (message.target == sys::RETRO_MESSAGE_TARGET_ALL && kind == MessageKind::Note) {
            self.log(message.level, &text);
        }
        if !is_log {
            let (priority, duration_ms) = (message.priority, message.duration);
            self.message(CoreMessage { text, kind, level: message.level, priority, duration_ms });
        }
    }

    /// The calls by which a core speaks; none when the command is not one.
    pub(super) fn message_call(&mut self, command: u32, data: Argument) -> Option<bool> {
        Some(match command {
            sys::RETRO_ENVIRONMENT_SET_MESSAGE => {
                if let Some(message) = data.read::<sys::retro_message>() {
                    self.plain_message(&message);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_SET_MESSAGE_EXT => {
                if let Some(message) = data.read::<sys::retro_message_ext>() {
                    self.extended_message(&message);
                }
                true
            }
            sys::RETRO_ENVIRONMENT_GET_MESSAGE_INTERFACE_VERSION => data.write(1u32),
            sys::RETRO_ENVIRONMENT_GET_LOG_INTERFACE => {
                data.write(sys::retro_log_callback { log: Some(sys::hotseat_core_log_variadic) })
            }
            _ => return None,
        })
    }
}
