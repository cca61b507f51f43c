//! What the system says when it refuses, in the reader's language: `std::io::Error` speaks English only.

use crate::messages;
use serde::{Deserialize, Serialize};
use std::io::{Error, ErrorKind};

messages! {
    /// Why the system refused: a clause, to stand inside a sentence.
    #[derive(Serialize, Deserialize)]
    pub enum IoCause in io {
        not_found => NotFound,
        permission_denied => PermissionDenied,
        already_exists => AlreadyExists,
        storage_full => StorageFull,
        read_only => ReadOnly,
        is_a_directory => IsADirectory,
        not_a_directory => NotADirectory,
        too_many_files => TooManyFiles,
        out_of_memory => OutOfMemory,
        timed_out => TimedOut,
        unexpected_end => UnexpectedEnd,
        closed => Closed,
        address_in_use => AddressInUse,
        address_not_available => AddressNotAvailable,
        /// In the system's own words.
        other => Other { system: String },
    }
}

impl From<&Error> for IoCause {
    fn from(error: &Error) -> IoCause {
        match error.kind() {
            ErrorKind::NotFound => IoCause::NotFound,
            ErrorKind::PermissionDenied => IoCause::PermissionDenied,
            ErrorKind::AlreadyExists => IoCause::AlreadyExists,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => IoCause::StorageFull,
            ErrorKind::ReadOnlyFilesystem => IoCause::ReadOnly,
            ErrorKind::IsADirectory => IoCause::IsADirectory,
            ErrorKind::NotADirectory => IoCause::NotADirectory,
            ErrorKind::OutOfMemory => IoCause::OutOfMemory,
            ErrorKind::TimedOut => IoCause::TimedOut,
            ErrorKind::UnexpectedEof => IoCause::UnexpectedEnd,
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => IoCause::Closed,
            ErrorKind::AddrInUse => IoCause::AddressInUse,
            ErrorKind::AddrNotAvailable => IoCause::AddressNotAvailable,
            // EMFILE and ENFILE have no stable kind.
            _ if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => IoCause::TooManyFiles,
            _ => IoCause::Other { system: error.to_string() },
        }
    }
}

impl From<Error> for IoCause {
    fn from(error: Error) -> IoCause {
        IoCause::from(&error)
    }
}

impl From<rustix::io::Errno> for IoCause {
    fn from(error: rustix::io::Errno) -> IoCause {
        IoCause::from(&Error::from(error))
    }
}
