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
    use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
    use std::mem::MaybeUninit;

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

        /// Takes all notices. False: they are of what no walk looks at, such as the files that programs keep in a home folder.
        pub fn take(&self) -> bool {
            let Some(fd) = &self.fd else { return false };
            let mut notices = [MaybeUninit::uninit(); 4096];
            let mut notices = Reader::new(fd, &mut notices);
            let mut any = false;
            while let Ok(notice) = notices.next() {
                any |= !notice.file_name().is_some_and(|name| name.to_bytes().starts_with(b"."));
            }
            any
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn hidden_files_are_no_change() {
        let folder = std::env::temp_dir().join(format!("hotseat-watch-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let watch = Watch::new(std::slice::from_ref(&folder));
        assert!(!watch.take(), "nothing happened");
        fs::write(folder.join(".history"), b"x").unwrap();
        fs::rename(folder.join(".history"), folder.join(".history.old")).unwrap();
        assert!(!watch.take());
        fs::write(folder.join(".history"), b"x").unwrap();
        fs::write(folder.join("Tale.nes"), b"x").unwrap();
        assert!(watch.take());
        assert!(!watch.take(), "taken");
        fs::remove_dir_all(&folder).unwrap();
        assert!(watch.take(), "the folder itself");
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

        pub fn take(&self) -> bool {
            false
        }
    }
}
