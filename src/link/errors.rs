//! What goes wrong with a core, as the core process tells it to the host.
//!
//! The core process is not trusted, so every text in here is bounded again where it arrives.

use super::message::bound_text;
use super::subsystem::SubsystemError;
use crate::content::{ArchiveError, DiscError};
use crate::messages;
use crate::text::IoCause;
use serde::{Deserialize, Serialize};

messages! {
    /// Why a core or its content was not loaded. Files are named as they are shown.
    #[derive(Serialize, Deserialize)]
    pub enum LoadError in load {
        /// With the dynamic linker's own words.
        not_loadable => NotLoadable { file: String, linker: String },
        no_function => NoFunction { file: String, function: String },
        /// Versions of libretro's interface.
        other_version => OtherVersion { file: String, theirs: u32, ours: u32 },
        needs_content => NeedsContent { core: String, extensions: String },
        content_refused => ContentRefused { core: String, content: String, folder: String },
        /// With the last error that the core logged.
        content_refused_saying => ContentRefusedSaying { core: String, content: String, folder: String, words: String },
        not_started => NotStarted { core: String },
        not_started_saying => NotStartedSaying { core: String, words: String },
        invalid_video => InvalidVideo { core: String, problem: InvalidVideo },
        /// `api` with its version, as its makers write it.
        needs_hardware => NeedsHardware { core: String, api: String },
        /// The same, with the core's own last words: it may have another reason.
        needs_hardware_saying => NeedsHardwareSaying { core: String, api: String, words: String },
        /// The API is offered, but not on this machine.
        no_hardware => NoHardware { core: String, problem: HardwareProblem },
        content_unreadable => ContentUnreadable { content: String, cause: IoCause },
        content_empty => ContentEmpty { content: String },
        /// For memory, into which the core wants it as a whole.
        content_too_large => ContentTooLarge { content: String },
        /// The archive that it is in, or what is in it.
        archive => Archive { error: ArchiveError },
        /// A disc that is not whole.
        disc => Disc { error: DiscError },
        /// Files that make no game of several.
        subsystem => Subsystem { error: SubsystemError },
    }
}

messages! {
    /// Why there is no OpenGL for a core: a clause. `api` with its version, as its makers write it.
    #[derive(Serialize, Deserialize)]
    pub enum HardwareProblem in hardware {
        /// With the dynamic linker's own words.
        no_library => NoLibrary { linker: String },
        no_driver => NoDriver,
        /// With the driver's name, as it gives it.
        too_old => TooOld { api: String, offered: String },
        /// With EGL's own words.
        no_context => NoContext { api: String, egl: String },
        no_framebuffer => NoFramebuffer { width: u32, height: u32 },
    }
}

messages! {
    /// What a core says of its pictures that cannot be: a clause about the core.
    // Numbers that a core states are kept as text: JSON has no infinities and nothing that is not a number.
    #[derive(Serialize, Deserialize)]
    pub enum InvalidVideo in invalid_video {
        /// A picture that stayed in the graphics card.
        hardware => Hardware,
        size => Size { width: u32, height: u32, most: u32 },
        /// In bytes: from one row to the next, and what a row needs.
        pitch => Pitch { pitch: usize, row: usize },
        aspect => Aspect { aspect: String },
        format => Format { format: String },
        rate => Rate { hz: String },
    }
}

messages! {
    /// What the host's people should know of a core that goes on running.
    #[derive(Serialize, Deserialize)]
    pub enum CoreWarning in core_warning {
        left_out => LeftOut { core: String, problem: InvalidVideo },
        /// What was stated before counts instead.
        ignored => Ignored { core: String, problem: InvalidVideo },
        /// An option was asked for that the core does not have.
        unknown_option => UnknownOption { core: String, option: String },
        /// The same, and there is one that is called much like it.
        mistyped_option => MistypedOption { core: String, option: String, meant: String },
        /// The option is there, the value is not.
        unknown_value => UnknownValue { core: String, option: String, value: String, offered: String },
    }
}

impl LoadError {
    /// Puts every text within the bounds of [`bound_text`].
    pub fn bound(&mut self) {
        match self {
            LoadError::NotLoadable { file, linker: other } | LoadError::NoFunction { file, function: other } => {
                bound_text(file);
                bound_text(other);
            }
            LoadError::OtherVersion { file, theirs: _, ours: _ } => bound_text(file),
            LoadError::NeedsContent { core, extensions } => {
                bound_text(core);
                bound_text(extensions);
            }
            LoadError::ContentRefused { core, content, folder } => {
                bound_text(core);
                bound_text(content);
                bound_text(folder);
            }
            LoadError::ContentRefusedSaying { core, content, folder, words } => {
                bound_text(core);
                bound_text(content);
                bound_text(folder);
                bound_text(words);
            }
            LoadError::NotStarted { core } => bound_text(core),
            LoadError::NotStartedSaying { core, words: other } | LoadError::NeedsHardware { core, api: other } => {
                bound_text(core);
                bound_text(other);
            }
            LoadError::NeedsHardwareSaying { core, api, words } => [core, api, words].into_iter().for_each(bound_text),
            LoadError::NoHardware { core, problem } => {
                bound_text(core);
                problem.bound();
            }
            LoadError::InvalidVideo { core, problem } => {
                bound_text(core);
                problem.bound();
            }
            LoadError::ContentUnreadable { content, cause } => {
                bound_text(content);
                if let IoCause::Other { system } = cause {
                    bound_text(system);
                }
            }
            LoadError::ContentEmpty { content } | LoadError::ContentTooLarge { content } => bound_text(content),
            LoadError::Archive { error } => error.bound(bound_text),
            LoadError::Disc { error } => error.bound(bound_text),
            LoadError::Subsystem { error } => error.bound(),
        }
    }
}

impl HardwareProblem {
    fn bound(&mut self) {
        match self {
            HardwareProblem::NoLibrary { linker } => bound_text(linker),
            HardwareProblem::TooOld { api, offered: other } | HardwareProblem::NoContext { api, egl: other } => {
                bound_text(api);
                bound_text(other);
            }
            HardwareProblem::NoDriver | HardwareProblem::NoFramebuffer { .. } => {}
        }
    }
}

impl InvalidVideo {
    fn bound(&mut self) {
        match self {
            InvalidVideo::Aspect { aspect: text }
            | InvalidVideo::Format { format: text }
            | InvalidVideo::Rate { hz: text } => bound_text(text),
            InvalidVideo::Hardware | InvalidVideo::Size { .. } | InvalidVideo::Pitch { .. } => {}
        }
    }
}

impl CoreWarning {
    /// Puts every text within the bounds of [`bound_text`].
    pub fn bound(&mut self) {
        match self {
            CoreWarning::LeftOut { core, problem } | CoreWarning::Ignored { core, problem } => {
                bound_text(core);
                problem.bound();
            }
            CoreWarning::UnknownOption { core, option } => {
                bound_text(core);
                bound_text(option);
            }
            CoreWarning::MistypedOption { core, option, meant: other } => {
                [core, option, other].into_iter().for_each(bound_text);
            }
            CoreWarning::UnknownValue { core, option, value, offered } => {
                [core, option, value, offered].into_iter().for_each(bound_text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::message::{FromCore, MAX_TEXT};

    #[test]
    fn texts_of_a_core_process_that_is_no_longer_itself_are_bounded_and_stay_on_one_line() {
        let long = || "\u{7}x\n".repeat(MAX_TEXT);
        let problem = || InvalidVideo::Rate { hz: long() };
        let (core, content, folder) = (long(), long(), long());
        let errors = [
            LoadError::NotLoadable { file: long(), linker: long() },
            LoadError::NoFunction { file: long(), function: long() },
            LoadError::OtherVersion { file: long(), theirs: 2, ours: 1 },
            LoadError::NeedsContent { core: long(), extensions: long() },
            LoadError::ContentRefused { core: core.clone(), content: content.clone(), folder: folder.clone() },
            LoadError::ContentRefusedSaying { core, content, folder, words: long() },
            LoadError::NotStarted { core: long() },
            LoadError::NotStartedSaying { core: long(), words: long() },
            LoadError::NeedsHardware { core: long(), api: long() },
            LoadError::NeedsHardwareSaying { core: long(), api: long(), words: long() },
            LoadError::NoHardware { core: long(), problem: HardwareProblem::NoLibrary { linker: long() } },
            LoadError::NoHardware { core: long(), problem: HardwareProblem::TooOld { api: long(), offered: long() } },
            LoadError::NoHardware { core: long(), problem: HardwareProblem::NoContext { api: long(), egl: long() } },
            LoadError::InvalidVideo { core: long(), problem: problem() },
            LoadError::ContentUnreadable { content: long(), cause: IoCause::Other { system: long() } },
            LoadError::ContentEmpty { content: long() },
            LoadError::ContentTooLarge { content: long() },
            LoadError::Archive { error: ArchiveError::Several { archive: long(), names: long(), example: long() } },
            LoadError::Archive { error: ArchiveError::Escape { archive: long(), inner: long() } },
            LoadError::Disc { error: DiscError::Missing { sheet: long(), file: long() } },
            LoadError::Disc { error: DiscError::Short { file: long(), has: u64::MAX, needs: 0 } },
            LoadError::Subsystem { error: SubsystemError::Unknown { core: long(), ident: long(), offered: long() } },
        ];
        let warning = CoreWarning::Ignored { core: long(), problem: problem() };
        let warnings = [
            warning,
            CoreWarning::UnknownOption { core: long(), option: long() },
            CoreWarning::MistypedOption { core: long(), option: long(), meant: long() },
            CoreWarning::UnknownValue { core: long(), option: long(), value: long(), offered: long() },
        ];
        for message in errors.map(FromCore::LoadFailed).into_iter().chain(warnings.map(FromCore::Warning)) {
            let text = match message.bounded() {
                FromCore::LoadFailed(error) => error.to_string(),
                FromCore::Warning(warning) => warning.to_string(),
                other => panic!("{other:?}"),
            };
            assert!(text.chars().count() < 5 * MAX_TEXT, "{text}");
            assert!(!text.contains(char::is_control), "{text}");
        }
    }

    #[test]
    fn numbers_that_json_does_not_have_travel() {
        let error =
            LoadError::InvalidVideo { core: "Odd".into(), problem: InvalidVideo::Rate { hz: f64::NAN.to_string() } };
        let there = serde_json::to_string(&error).expect("it is written");
        assert_eq!(serde_json::from_str::<LoadError>(&there).expect("it is read"), error);
        assert_eq!(error.to_string(), "Odd cannot be run: it states a frame rate of NaN Hz.");
    }
}
