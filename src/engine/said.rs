//! What the engine tells people, without words: those are in the language files.

use crate::crash::Crash;
use crate::emulator::StartError;
use crate::library::CheckError;
use crate::link::message::{CoreWarning, LoadError};
use crate::record::Failure;
use crate::text::{Message, Spoken, Texts, fill};
use std::fmt;
use std::path::PathBuf;

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A sentence that came from elsewhere as it is: a core, the system, a file.
    Sentence(String),
    /// The state of a slot was written.
    StateSaved(u8),
    /// The game is back where the state of a slot was saved.
    StateBack(u8),
    /// The core did not take the state of a slot.
    StateRefused(u8),
    /// The slot is empty.
    NoState(u8),
    /// A guest who may do so started the game anew.
    ResetBy(String),
    /// A guest who may do so wants back what was saved in a slot.
    LoadedBy(String, u8),
    /// The core cannot save its state, now or ever.
    CannotSave,
    /// After a crash, from the last automatic state.
    Revived,
    /// After a crash, from the beginning.
    StartedAgain,
    /// The core process is gone.
    Crashed(Crash),
    /// A recording began.
    Recording(PathBuf),
    /// It ended: its files in order, and how many seconds they are.
    Recorded(Vec<PathBuf>, u64),
    /// A picture was written.
    Screenshot(PathBuf),
    /// It could not be written into this folder, and why.
    NoScreenshot(PathBuf, String),
    /// There are as many links as there may be.
    NoMoreLinks,
    /// A recording ended by itself.
    NotRecorded(Failure),
    /// A save could not be written, and why.
    NotWritten(PathBuf, String),
    /// A save could not be read, and why.
    NotRead(PathBuf, String),
    /// A file where a save should be is none.
    TooLarge(PathBuf),
    /// There is no sound device, and why.
    NoSound(String),
    /// A file is not used.
    Check(CheckError),
    /// There is no core process.
    Start(StartError),
    /// The core or its content was not loaded.
    Load(LoadError),
    /// The core states what cannot be.
    Core(CoreWarning),
}

macro_rules! said {
    ($($error:ident => $variant:ident),*) => {
        $(impl From<$error> for Said {
            fn from(error: $error) -> Said {
                Said::$variant(error)
            }
        })*
    };
}

said!(CheckError => Check, StartError => Start, LoadError => Load, CoreWarning => Core, Crash => Crashed);

impl From<String> for Said {
    fn from(sentence: String) -> Self {
        Self::Sentence(sentence)
    }
}

impl From<&str> for Said {
    fn from(sentence: &str) -> Self {
        Self::Sentence(sentence.into())
    }
}

impl Said {
    /// Stable, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sentence(_) => "notice.words",
            Self::StateSaved(_) => "notice.state_saved",
            Self::StateBack(_) => "notice.state_back",
            Self::StateRefused(_) => "notice.state_refused",
            Self::NoState(_) => "notice.no_state",
            Self::ResetBy(_) => "notice.reset_by",
            Self::LoadedBy(..) => "notice.loaded_by",
            Self::CannotSave => "notice.cannot_save",
            Self::Revived => "notice.revived",
            Self::StartedAgain => "notice.started_again",
            Self::Crashed(crash) => crash.code(),
            Self::Recording(_) => "notice.recording",
            Self::Recorded(..) => "notice.recorded",
            Self::Screenshot(_) => "notice.screenshot",
            Self::NoScreenshot(..) => "notice.no_screenshot",
            Self::NoMoreLinks => "notice.no_more_links",
            Self::NotRecorded(_) => "notice.not_recorded",
            Self::NotWritten(..) => "notice.not_written",
            Self::NotRead(..) => "notice.not_read",
            Self::TooLarge(_) => "notice.too_large",
            Self::NoSound(_) => "notice.no_sound",
            Self::Check(error) => error.code(),
            Self::Start(error) => error.code(),
            Self::Load(error) => error.code(),
            Self::Core(warning) => warning.code(),
        }
    }

    /// In the words of a language.
    pub fn text(&self, texts: &Texts) -> String {
        let slot = |text: &str, slot: u8| fill(text, &[("n", &(slot + 1).to_string())]);
        let shown = |path: &PathBuf| path.display().to_string();
        match self {
            Self::Sentence(text) => text.clone(),
            Self::StateSaved(n) => slot(texts.said_state_saved, *n),
            Self::StateBack(n) => slot(texts.said_state_back, *n),
            Self::StateRefused(n) => slot(texts.said_state_refused, *n),
            Self::NoState(n) => slot(texts.said_no_state, *n),
            Self::ResetBy(name) => fill(texts.said_reset_by, &[("name", name)]),
            Self::LoadedBy(name, n) => fill(texts.said_loaded_by, &[("name", name), ("n", &(n + 1).to_string())]),
            Self::CannotSave => texts.said_cannot_save.into(),
            Self::Revived => texts.said_revived.into(),
            Self::StartedAgain => texts.said_started_again.into(),
            Self::Crashed(crash) => crash.text(texts),
            Self::Recording(path) => fill(texts.said_recording, &[("file", &shown(path))]),
            Self::Recorded(files, seconds) => {
                let length = length(*seconds);
                let first = files.first().map(shown).unwrap_or_default();
                let values = [("length", length.as_str()), ("file", &first), ("n", &files.len().to_string())];
                match files.len() {
                    0 => texts.said_nothing_recorded.into(),
                    1 => fill(texts.said_recorded, &values),
                    _ => fill(texts.said_recorded_parts, &values),
                }
            }
            Self::Screenshot(path) => fill(texts.said_screenshot, &[("file", &shown(path))]),
            Self::NoScreenshot(folder, why) => {
                fill(texts.said_no_screenshot, &[("folder", &shown(folder)), ("why", why)])
            }
            Self::NoMoreLinks => texts.said_no_more_links.into(),
            Self::NotRecorded(failure) => failure.text(texts),
            Self::NotWritten(file, why) => fill(texts.said_not_written, &[("file", &shown(file)), ("why", why)]),
            Self::NotRead(file, why) => fill(texts.said_not_read, &[("file", &shown(file)), ("why", why)]),
            Self::TooLarge(file) => fill(texts.said_too_large, &[("file", &shown(file))]),
            Self::NoSound(why) => fill(texts.no_sound, &[("why", why)]),
            Self::Check(error) => error.text(texts),
            Self::Start(error) => error.text(texts),
            Self::Load(error) => error.text(texts),
            Self::Core(warning) => warning.text(texts),
        }
    }
}

/// In English, for logs and machines.
impl fmt::Display for Said {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text(&Spoken::English.texts()))
    }
}

/// Such as 1:02:03 or 0:07.
fn length(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn values_stand_where_they_belong_in_both_languages() {
        let path = PathBuf::from("/r/a.mp4");
        let all = [
            Said::StateSaved(0),
            Said::StateBack(1),
            Said::StateRefused(2),
            Said::NoState(3),
            Said::CannotSave,
            Said::Revived,
            Said::StartedAgain,
            Said::Recording(path.clone()),
            Said::Recorded(vec![], 0),
            Said::Recorded(vec![path.clone()], 7),
            Said::Recorded(vec![path.clone(), "/r/b.mp4".into()], 3723),
            Said::Screenshot(path.clone()),
            Said::NoScreenshot("/r".into(), "full".into()),
            Said::NoMoreLinks,
            Said::NotRecorded(Failure::new(&std::io::ErrorKind::StorageFull.into(), &path, Path::new("/r"))),
            Said::NotWritten(path.clone(), "full".into()),
            Said::NotRead(path.clone(), "gone".into()),
            Said::TooLarge(path.clone()),
            Said::NoSound("none".into()),
        ];
        let mut seen = std::collections::BTreeSet::new();
        for said in &all {
            for spoken in [Spoken::English, Spoken::Chinese] {
                let text = said.text(&spoken.texts());
                assert!(!text.contains(['{', '}']), "{text}");
                assert!(seen.insert(text), "{said:?}");
            }
        }
        assert_eq!(all[0].to_string(), "Saved as state 1.");
        assert_eq!(all[10].to_string(), "Recorded 1:02:03 in 2 parts, from /r/a.mp4.");
        assert_eq!(all[9].to_string(), "Recorded 0:07: /r/a.mp4.");
    }
}
