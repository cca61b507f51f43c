//! Where reports are kept, and how many.

use super::report::Report;
use super::stack::Names;
use crate::files::write_private;
use crate::sync::spawn;
use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The newest are kept.
pub const MOST_REPORTS: usize = 20;

/// Writes a report into `folder` and returns its file. What needs time, the names of functions, comes a moment later, on a
/// thread of its own.
pub fn keep(folder: &Path, stamp: &str, report: Report) -> io::Result<PathBuf> {
    let name: String = report.crash.core().chars().filter(|c| c.is_alphanumeric() || *c == ' ').take(40).collect();
    let path = folder.join(format!("{stamp} {}.txt", name.trim()));
    write_private(&path, report.text(|_| None).as_bytes())?;
    remove_oldest(folder);
    if report.last_words.fall.is_some() {
        let path = path.clone();
        let named = spawn("crash-report", move || {
            let names = RefCell::new(Names::default());
            let text = report.text(|frame| names.borrow_mut().name(frame));
            if let Err(error) = write_private(&path, text.as_bytes()) {
                tracing::warn!("{}: {error}", path.display());
            }
        });
        // The report is there, with offsets in place of names.
        named.inspect_err(|error| tracing::warn!("{error}")).ok();
    }
    Ok(path)
}

/// Their names begin with the time.
fn remove_oldest(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|it| it == "txt")).collect();
    all.sort();
    for old in all.iter().take(all.len().saturating_sub(MOST_REPORTS)) {
        let _ = fs::remove_file(old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crash::Crash;
    use crate::link::LastWords;

    #[test]
    fn the_newest_reports_are_kept_and_named_by_time_and_core() {
        let folder = std::env::temp_dir().join(format!("hotseat-crashes-{}", std::process::id()));
        let report = Report {
            time: String::new(),
            crash: Crash::Hung { core: "../a: b".into() },
            version: String::new(),
            core: PathBuf::new(),
            content: None,
            held: String::new(),
            last_words: LastWords::default(),
            call_name: |_| None,
        };
        let written: Vec<PathBuf> = (0..MOST_REPORTS + 3)
            .map(|number| keep(&folder, &format!("{number:02}"), report.clone()).expect("it is written"))
            .collect();
        assert_eq!(written[0].file_name().expect("a name"), "00 a b.txt");
        assert_eq!(written.iter().filter(|path| path.exists()).count(), MOST_REPORTS);
        assert!(!written[2].exists() && written[3].exists());
        fs::remove_dir_all(&folder).expect("it can be removed");
    }
}
