//! Why a recording ended by itself, for people.

use crate::text::{Spoken, Texts, fill};
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// A recording that ended by itself. What was written before is playable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    cause: Cause,
    file: PathBuf,
    folder: PathBuf,
    why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Full,
    Forbidden,
    Codec,
    Disk,
}

impl Failure {
    /// `error` came of writing `file` in `folder`.
    pub fn new(error: &io::Error, file: &Path, folder: &Path) -> Failure {
        let cause = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Cause::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Cause::Forbidden,
            io::ErrorKind::InvalidData => Cause::Codec,
            _ => Cause::Disk,
        };
        Failure { cause, file: file.into(), folder: folder.into(), why: error.to_string() }
    }

    /// What failed, on what, what to do.
    pub fn text(&self, texts: &Texts) -> String {
        let text = match self.cause {
            Cause::Full => texts.record_full,
            Cause::Forbidden => texts.record_forbidden,
            Cause::Codec => texts.record_codec,
            Cause::Disk => texts.record_disk,
        };
        let (file, folder) = (self.file.display().to_string(), self.folder.display().to_string());
        fill(text, &[("file", &file), ("folder", &folder), ("why", &self.why)])
    }
}

/// In English, for logs and machines.
impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text(&Spoken::English.texts()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_sentences_that_say_what_to_do() {
        let failure = |kind: io::ErrorKind| Failure::new(&kind.into(), Path::new("/films/a.mp4"), Path::new("/films"));
        let say = |kind| failure(kind).to_string();
        assert_eq!(
            say(io::ErrorKind::StorageFull),
            "Recording stopped: the disk with /films is full. Free some space and record again."
        );
        assert!(say(io::ErrorKind::PermissionDenied).contains("Choose another folder"));
        assert!(say(io::ErrorKind::InvalidData).contains("Choose another video format"));
        assert!(say(io::ErrorKind::Other).contains("/films/a.mp4"));
        assert!(failure(io::ErrorKind::StorageFull).text(&Spoken::Chinese.texts()).contains("/films"));
    }
}
