//! What the engine tells the person at the desktop, as values: the words are in the language files.

use super::layers::LayerError;
use super::saves::SaveError;
use crate::audio::SpeakerError;
use crate::content::ContentNote;
use crate::crash::Crash;
use crate::emulator;
use crate::game_command::Slot;
use crate::library::{CheckError, FirmwareProblem};
use crate::link::message::{CoreWarning, LoadError};
use crate::messages;
use crate::net::tls::acme::AcmeError;
use crate::net::tls::{AuthorityError, GivenError, TlsProblem};
use crate::record::RecordingFailure;
use crate::sandbox::{Refusal, Shortcoming};
use crate::sync::SpawnError;
use crate::text::{IoCause, Message as _, Texts, Value};
use crate::video::VideoFailure;
use std::path::PathBuf;

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Rises by one with every notice, so that a reader knows what is new.
    pub id: u64,
    pub level: Level,
    pub kind: NoticeKind,
}

/// How bad a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Good to know, gone after some seconds.
    Info,
    /// Something does not work as it should.
    Warning,
    /// Something failed.
    Error,
}

messages! {
    pub enum NoticeKind in notice {
        state_saved => StateSaved { slot: Slot },
        state_loaded => StateLoaded { slot: Slot },
        /// A slot has the state that was there before.
        state_put_back => StatePutBack { slot: Slot },
        /// It may not be understood: another version of the core saved it.
        state_of_other_version => StateOfOtherVersion { version: String },
        /// The game is where it was left.
        continued => Continued,
        /// The core did not take the state of then.
        not_continued => NotContinued,
        /// The core did not take it.
        state_refused => StateRefused { slot: Slot },
        no_state => NoState { slot: Slot },
        /// The core cannot save its state, now or ever.
        cannot_save_state => CannotSaveState,
        /// The core cannot be brought back to what it was a moment ago.
        cannot_rewind => CannotRewind,
        /// Remembering what the game was would slow it down.
        no_rewind => NoRewind { core: String },
        reset_by => ResetBy { name: String },
        /// There are not so many; people count from 1.
        no_disc => NoDisc { number: usize },
        load_requested => LoadRequested { name: String, slot: Slot },
        /// After a crash, from the last automatic state.
        revived => Revived,
        /// After a crash, from the beginning.
        started_again => StartedAgain,
        /// The core process is gone.
        crashed => Crashed { crash: Crash },
        /// What is known of it is in this file.
        crash_report => CrashReport { file: PathBuf },
        /// What the core itself has to tell.
        core_message => CoreMessage { text: String },
        /// A battery save or a save state could not be read or written.
        save => Save { error: SaveError },
        /// What is set for a core, a folder or a game could not be read or written.
        layer => Layer { error: LayerError },
        /// The game lies in none that something could be set for.
        no_folder_layer => NoFolderLayer,
        /// After it could not be, the save is written.
        saving_again => SavingAgain,
        /// Another host has the same game open, and writes its save.
        save_in_use => SaveInUse,
        /// Another program changed the save while the game ran.
        save_replaced => SaveReplaced,
        /// An earlier save is the present one.
        save_put_back => SavePutBack,
        recording => Recording { file: PathBuf },
        nothing_recorded => NothingRecorded,
        recorded => Recorded { length: Length, file: PathBuf },
        /// In several files, of which this is the first.
        recorded_parts => RecordedParts { length: Length, parts: usize, file: PathBuf },
        /// A recording ended by itself.
        recording_failed => RecordingFailed { failure: RecordingFailure },
        screenshot => Screenshot { file: PathBuf },
        no_screenshot => NoScreenshot { folder: PathBuf, cause: IoCause },
        /// The host wanted another link, and there are as many as there may be.
        no_more_links => NoMoreLinks,
        /// Pictures cannot be sent.
        not_sent => NotSent { failure: VideoFailure },
        no_sound => NoSound { why: SpeakerError },
        /// A file is not used as core or content.
        check => Check { error: CheckError },
        /// There is no core process.
        core_process => CoreProcess { error: emulator::StartError },
        /// The core or its content was not loaded.
        load => Load { error: LoadError },
        /// Pages cannot be served by https in the local network.
        no_authority => NoAuthority { error: AuthorityError },
        /// The certificate that the person has cannot be used.
        certificate => Certificate { error: GivenError },
        /// A server of certificates gave none, or it is not kept.
        acme => Acme { error: AcmeError },
        /// Friends beyond the local network cannot be reached.
        no_internet => NoInternet { error: SpawnError },
        /// The core wanted what it may not do.
        core_refused => CoreRefused { core: String, refusal: Refusal },
        /// The system cannot keep it from everything.
        not_held => NotHeld { lacks: Shortcoming },
        /// The content is patched, or odd.
        content => Content { note: ContentNote },
        /// The core lacks files of the real machine.
        firmware => Firmware { problem: FirmwareProblem },
        /// The core states what cannot be.
        core_warning => CoreWarned { warning: CoreWarning },
    }
}

impl NoticeKind {
    /// How bad it is.
    pub fn level(&self) -> Level {
        match self {
            Self::StateSaved { .. }
            | Self::StateLoaded { .. }
            | Self::StatePutBack { .. }
            | Self::Continued
            | Self::NoState { .. }
            | Self::CannotRewind
            | Self::NoRewind { .. }
            | Self::ResetBy { .. }
            | Self::NoDisc { .. }
            | Self::LoadRequested { .. }
            | Self::CrashReport { .. }
            | Self::Revived
            | Self::StartedAgain
            | Self::SavingAgain
            | Self::SavePutBack
            | Self::CoreMessage { .. }
            | Self::CoreWarned { .. }
            | Self::CoreRefused { .. }
            | Self::Content { note: ContentNote::Patched { .. } }
            | Self::Firmware { problem: FirmwareProblem::MissingSome { .. } }
            | Self::Recording { .. }
            | Self::NothingRecorded
            | Self::Recorded { .. }
            | Self::RecordedParts { .. }
            | Self::Screenshot { .. } => Level::Info,
            Self::SaveInUse
            | Self::Content { .. }
            | Self::Firmware { .. }
            | Self::SaveReplaced
            | Self::StateOfOtherVersion { .. }
            | Self::NotContinued
            | Self::NoMoreLinks
            | Self::NotHeld { .. }
            | Self::Layer { .. }
            | Self::NoFolderLayer
            | Self::NoSound { .. }
            | Self::NoAuthority { .. }
            | Self::Acme { .. } => Level::Warning,
            Self::StateRefused { .. }
            | Self::CannotSaveState
            | Self::Crashed { .. }
            | Self::Save { .. }
            | Self::RecordingFailed { .. }
            | Self::NotSent { .. }
            | Self::NoScreenshot { .. }
            | Self::Check { .. }
            | Self::CoreProcess { .. }
            | Self::Load { .. }
            | Self::NoInternet { .. }
            | Self::Certificate { .. } => Level::Error,
        }
    }

    /// The code of what is told; where that is another module's, its own.
    pub fn innermost_code(&self) -> &'static str {
        match self {
            Self::Crashed { crash } => crash.code(),
            Self::Save { error } => error.code(),
            Self::Layer { error } => error.code(),
            Self::RecordingFailed { failure } => failure.code(),
            Self::NotSent { failure } => failure.code(),
            Self::Check { error } => error.code(),
            Self::CoreProcess { error } => error.code(),
            Self::Load { error: LoadError::Archive { error } } => error.code(),
            Self::Load { error: LoadError::Disc { error } } => error.code(),
            Self::Load { error } => error.code(),
            Self::Content { note: ContentNote::Disc { note } } => note.code(),
            Self::Content { note } => note.code(),
            Self::Firmware { problem } => problem.code(),
            Self::CoreWarned { warning } => warning.code(),
            Self::CoreRefused { refusal, .. } => refusal.code(),
            Self::NotHeld { lacks } => lacks.code(),
            Self::NoAuthority { error } => error.code(),
            Self::Certificate { error } => error.code(),
            Self::Acme { error } => error.code(),
            _ => self.code(),
        }
    }

    /// A recording that was stopped: its files in order, and how long they play together.
    pub fn recorded(mut files: Vec<PathBuf>, length: Length) -> NoticeKind {
        let parts = files.len();
        match parts {
            0 => Self::NothingRecorded,
            1 => Self::Recorded { length, file: files.swap_remove(0) },
            _ => Self::RecordedParts { length, parts, file: files.swap_remove(0) },
        }
    }
}

macro_rules! errors {
    ($($kind:ty => $variant:ident),* $(,)?) => {
        $(impl From<$kind> for NoticeKind {
            fn from(error: $kind) -> Self {
                Self::$variant { error }
            }
        })*
    };
}

errors! {
    SaveError => Save, LayerError => Layer, CheckError => Check, emulator::StartError => CoreProcess, LoadError => Load,
    AuthorityError => NoAuthority, GivenError => Certificate, AcmeError => Acme, SpawnError => NoInternet,
}

impl From<TlsProblem> for NoticeKind {
    fn from(problem: TlsProblem) -> Self {
        match problem {
            TlsProblem::Authority(error) => error.into(),
            TlsProblem::Given(error) => error.into(),
        }
    }
}

/// How long something plays, in whole seconds; shown such as 1:02:03 or 0:07.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    pub seconds: u64,
}

impl Value for Length {
    fn show(&self, _: &Texts) -> String {
        let (hours, minutes, seconds) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Message, Spoken};

    #[test]
    fn values_stand_where_they_belong_in_both_languages() {
        let path = PathBuf::from("/r/a.mp4");
        let slot = Slot::clamped;
        let length = |seconds| Length { seconds };
        let full = IoCause::StorageFull;
        let all = [
            NoticeKind::StateSaved { slot: slot(0) },
            NoticeKind::StateLoaded { slot: slot(1) },
            NoticeKind::StateRefused { slot: slot(2) },
            NoticeKind::NoState { slot: slot(3) },
            NoticeKind::ResetBy { name: "Ann".into() },
            NoticeKind::LoadRequested { name: "Ann".into(), slot: slot(4) },
            NoticeKind::CannotSaveState,
            NoticeKind::Revived,
            NoticeKind::StartedAgain,
            NoticeKind::Recording { file: path.clone() },
            NoticeKind::recorded(vec![], length(0)),
            NoticeKind::recorded(vec![path.clone()], length(7)),
            NoticeKind::recorded(vec![path.clone(), "/r/b.mp4".into()], length(3723)),
            NoticeKind::Screenshot { file: path.clone() },
            NoticeKind::NoScreenshot { folder: "/r".into(), cause: full.clone() },
            NoticeKind::NoMoreLinks,
            NoticeKind::RecordingFailed { failure: RecordingFailure::DiskFull { folder: "/r".into() } },
            SaveError::NotWritten { file: path.clone(), cause: full }.into(),
            SaveError::NotRead { file: path.clone(), cause: IoCause::NotFound }.into(),
            SaveError::TooLarge { file: path.clone() }.into(),
            NoticeKind::NoSound { why: SpeakerError::NoDevice },
        ];
        let mut seen = std::collections::BTreeSet::new();
        for kind in &all {
            for spoken in [Spoken::English, Spoken::Chinese] {
                let text = kind.text(&spoken.texts());
                assert!(!text.contains(['{', '}']), "{text}");
                assert!(seen.insert(text), "{kind:?}");
            }
        }
        assert_eq!(all[0].to_string(), "Saved as state 1.");
        assert_eq!(all[12].to_string(), "Recorded 1:02:03 in 2 parts, from /r/a.mp4.");
        assert_eq!(all[11].to_string(), "Recorded 0:07: /r/a.mp4.");
    }
}
