//! Why a recording does not begin, or ended by itself.

use crate::messages;
use crate::sync::SpawnError;
use crate::text::IoCause;
use std::path::{Path, PathBuf};
use std::{fmt, io};

messages! {
    /// A recording that does not begin, or that ended by itself. What was written before is playable.
    pub enum RecordingFailure in recording {
        disk_full => DiskFull { folder: PathBuf },
        not_allowed => NotAllowed { folder: PathBuf, cause: IoCause },
        no_headers => NoHeaders,
        not_written => NotWritten { file: PathBuf, cause: IoCause },
        /// The disk is so slow that earlier recordings are still being written.
        still_writing => StillWriting,
    }
}

messages! {
    /// Why the record thread does not start.
    pub enum RecordStartError in record_start {
        no_event => NoEvent { cause: IoCause },
        no_thread => NoThread { cause: SpawnError },
    }
}

// Until every caller has an error of its own.
impl From<RecordStartError> for String {
    fn from(error: RecordStartError) -> String {
        error.to_string()
    }
}

/// What ends a recording, before it is known which file and folder it is about.
#[derive(Debug)]
pub enum RecordError {
    /// From the file system.
    Io(io::Error),
    /// A keyframe of H.264 came without the parameter sets that a file begins with.
    NoParameterSets,
    /// A box of MP4 that does not take what should be in it.
    Container(mp4_atom::Error),
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> RecordError {
        RecordError::Io(error)
    }
}

impl From<mp4_atom::Error> for RecordError {
    fn from(error: mp4_atom::Error) -> RecordError {
        RecordError::Container(error)
    }
}

/// For the log.
impl fmt::Display for RecordError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordError::Io(error) => write!(to, "{error}"),
            RecordError::NoParameterSets => to.write_str("a keyframe of H.264 came without parameter sets"),
            RecordError::Container(error) => write!(to, "a box of MP4 cannot be written: {error}"),
        }
    }
}

impl std::error::Error for RecordError {}

impl RecordError {
    /// The same for people, of the `file` that was written in `folder`.
    pub fn failure(&self, file: &Path, folder: &Path) -> RecordingFailure {
        let (file, folder) = (file.to_owned(), folder.to_owned());
        match self {
            RecordError::NoParameterSets => RecordingFailure::NoHeaders,
            RecordError::Container(_) => {
                RecordingFailure::NotWritten { file, cause: IoCause::Other { system: self.to_string() } }
            }
            RecordError::Io(error) => match IoCause::from(error) {
                IoCause::StorageFull => RecordingFailure::DiskFull { folder },
                cause @ (IoCause::PermissionDenied | IoCause::ReadOnly) => {
                    RecordingFailure::NotAllowed { folder, cause }
                }
                cause => RecordingFailure::NotWritten { file, cause },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Message, Spoken};

    #[test]
    fn failures_are_sentences_that_say_what_to_do() {
        let failure = |error: RecordError| error.failure(Path::new("/films/a.mp4"), Path::new("/films"));
        let say = |kind: io::ErrorKind| failure(RecordError::Io(kind.into())).to_string();
        assert_eq!(
            say(io::ErrorKind::StorageFull),
            "Recording stopped: the disk with /films is full. Free some space and record again."
        );
        assert!(say(io::ErrorKind::PermissionDenied).contains("Choose another folder"));
        assert!(failure(RecordError::NoParameterSets).to_string().contains("Choose another video format"));
        assert!(say(io::ErrorKind::Other).contains("/films/a.mp4"));
        let full = failure(RecordError::Io(io::ErrorKind::StorageFull.into()));
        assert!(full.text(&Spoken::Chinese.texts()).contains("/films"));
    }
}
