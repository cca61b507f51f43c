//! Tells when something in the library's folders may have changed.

use std::path::PathBuf;

#[cfg(target_os = "linux")]
pub use linux::Watch;
#[cfg(not(target_os = "linux"))]
pub use none::Watch;

/// More folders are not watched: the system has a limit for all programs together.
const MOST_FOLDERS: usize = 4096;

#[cfg(target_os = "linux")]
mod linux {
    use super::{MOST_FOLDERS, PathBuf};
    use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

    /// The system's own notices (inotify).
    pub struct Watch {
        fd: Option<OwnedFd>,
    }

    impl Watch {
        /// Nothing is watched where the system refuses.
        pub fn new(folders: &[PathBuf]) -> Watch {
            let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok();
            let what = WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVED_FROM
                | WatchFlags::MOVED_TO
                | WatchFlags::CLOSE_WRITE
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF
                | WatchFlags::ONLYDIR;
            if let Some(fd) = &fd {
                for folder in folders.iter().take(MOST_FOLDERS) {
                    // One that is gone by now is missed by the next look.
                    let _ = inotify::add_watch(fd, folder, what);
                }
            }
            Watch { fd }
        }

        /// Readable when something changed.
        pub fn fd(&self) -> Option<BorrowedFd<'_>> {
            self.fd.as_ref().map(AsFd::as_fd)
        }

        /// Takes all notices.
        pub fn take(&self) {
            let mut notices = [0; 4096];
            while let Some(fd) = &self.fd {
                match rustix::io::read(fd, &mut notices) {
                    Ok(1..) => {}
                    _ => return,
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod none {
    use super::PathBuf;
    use rustix::fd::BorrowedFd;

    /// Changes are found when the library is looked through.
    pub struct Watch;

    impl Watch {
        pub fn new(_: &[PathBuf]) -> Watch {
            Watch
        }

        pub fn fd(&self) -> Option<BorrowedFd<'_>> {
            None
        }

        pub fn take(&self) {}
    }
}
