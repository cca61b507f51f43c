//! What every system has another word for, where a word is all that it takes. The rest of what is Linux's own lies in the files that
//! `docs/porting.md` lists, with what takes its place elsewhere.

use std::path::Path;

/// This program, to be started again. Not by its name: that may be another version by now.
pub fn own_program() -> &'static Path {
    Path::new("/proc/self/exe")
}

/// What opens a folder in the system's program for files.
pub fn folder_opener() -> &'static str {
    if cfg!(target_os = "macos") { "open" } else { "xdg-open" }
}
