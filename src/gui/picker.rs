//! The system's file dialogs, each on a thread of its own, so that the game goes on meanwhile.

use rfd::FileDialog;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// What a file is picked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A game to open.
    Content,
    /// The core to run this content with.
    CoreFor(PathBuf),
    /// The file at this place of a game of several.
    Part(usize),
    /// A folder to search for cores.
    CoreFolder,
    /// The folder with the BIOS files.
    SystemFolder,
    /// A folder with games for the library.
    LibraryFolder,
    /// The folder with pictures of games.
    PictureFolder,
    /// The folder with lists of games.
    DatFolder,
}

/// How a dialog ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    Path(Purpose, PathBuf),
    /// It was cancelled.
    Nothing,
    /// It never opened: this system has no file dialogs.
    Unavailable,
}

/// No dialog is closed by hand this fast.
const NEVER_OPENED: Duration = Duration::from_millis(250);

/// What was picked, and how long the dialog took.
type Answer = (Option<PathBuf>, Duration);

/// At most one open dialog.
#[derive(Default)]
pub struct Picker {
    open: Option<(Purpose, Receiver<Answer>)>,
}

impl Picker {
    /// Opens a dialog, unless one is open. `wake` is called when it closes.
    pub fn start(&mut self, purpose: Purpose, title: &str, wake: impl Fn() + Send + 'static) {
        if self.open.is_some() {
            return;
        }
        // Holds one answer; there is never a second.
        let (sender, receiver) = sync_channel(1);
        let dialog = FileDialog::new().set_title(title);
        let pick = match purpose {
            Purpose::CoreFolder
            | Purpose::SystemFolder
            | Purpose::LibraryFolder
            | Purpose::PictureFolder
            | Purpose::DatFolder => FileDialog::pick_folder,
            Purpose::Content | Purpose::CoreFor(_) | Purpose::Part(_) => FileDialog::pick_file,
        };
        let dialog = match &purpose {
            Purpose::CoreFor(_) => dialog.add_filter(title, &[std::env::consts::DLL_EXTENSION]),
            _ => dialog,
        };
        let run = move || run(|| pick(dialog), &sender, &wake);
        if std::thread::Builder::new().name("file-dialog".into()).spawn(run).is_ok() {
            self.open = Some((purpose, receiver));
        }
    }

    /// The answer, once there is one.
    pub fn poll(&mut self) -> Option<Picked> {
        let (_, receiver) = self.open.as_ref()?;
        let answer = match receiver.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => (None, Duration::ZERO),
        };
        let (purpose, _) = self.open.take()?;
        Some(match answer {
            (Some(path), _) => Picked::Path(purpose, path),
            (None, took) if took < NEVER_OPENED => Picked::Unavailable,
            (None, _) => Picked::Nothing,
        })
    }
}

fn run(pick: impl FnOnce() -> Option<PathBuf>, answer: &SyncSender<Answer>, wake: &dyn Fn()) {
    let start = Instant::now();
    let picked = pick();
    // The receiver is gone if the window was closed meanwhile.
    let _ = answer.try_send((picked, start.elapsed()));
    wake();
}
