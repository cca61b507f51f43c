//! Looking into the archive or folder that is being opened: on a thread of its own, as disks may be slow and archives large.

use super::App;
use crate::engine::Level;
use crate::library::{ContentError, Inside};
use crate::text::fill;
use egui::Context;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// What takes longer is told.
const PATIENCE: Duration = Duration::from_millis(700);

/// What happens with what is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// The core is found out.
    Open,
    OpenWith(PathBuf),
}

/// What was found; nothing in a plain file.
pub(super) type Looked = Result<Option<Inside>, ContentError>;

struct Waiting {
    path: PathBuf,
    next: Next,
    answer: Receiver<Looked>,
    began: Instant,
    told: bool,
}

/// The one that is looked into now; another that is opened takes its place.
#[derive(Default)]
pub(super) struct Looking(Option<Waiting>);

impl App {
    pub(super) fn look_inside(&mut self, path: &Path, next: Next) {
        self.looking.0 = None;
        if !Inside::is_needed(path) {
            return self.looked_inside(path, next, Ok(None));
        }
        let (sender, answer) = sync_channel(1);
        let (content, ctx) = (path.to_path_buf(), self.ctx.clone());
        let look = move || {
            // Nobody waits any more when another game was opened meanwhile.
            let _ = sender.send(Inside::look(&content));
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("look-inside".into()).spawn(look) {
            Ok(_) => {
                let (path, began) = (path.to_path_buf(), Instant::now());
                self.looking.0 = Some(Waiting { path, next, answer, began, told: false });
                self.ctx.request_repaint_after(PATIENCE);
            }
            Err(_) => self.looked_inside(path, next, Inside::look(path)),
        }
    }

    /// Takes over what was found.
    pub(super) fn look_at_looking(&mut self, ctx: &Context) {
        let Some(waiting) = &mut self.looking.0 else { return };
        match waiting.answer.try_recv() {
            Ok(looked) => {
                if let Some(Waiting { path, next, .. }) = self.looking.0.take() {
                    self.looked_inside(&path, next, looked);
                }
            }
            Err(TryRecvError::Disconnected) => self.looking.0 = None,
            Err(TryRecvError::Empty) if waiting.told => {}
            Err(TryRecvError::Empty) if waiting.began.elapsed() < PATIENCE => ctx.request_repaint_after(PATIENCE),
            Err(TryRecvError::Empty) => {
                waiting.told = true;
                let name = waiting.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.view.notices.push(Level::Info, fill(self.texts.looking_inside, &[("name", &name)]));
            }
        }
    }

    fn looked_inside(&mut self, path: &Path, next: Next, looked: Looked) {
        match next {
            Next::Open => self.open_looked(path, looked),
            Next::OpenWith(core) => self.open_looked_with(path, &core, looked),
        }
    }
}
