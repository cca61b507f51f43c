//! What the core wants people to read: which of its texts are over the picture, at the host and on the pages.

use super::action::{Action, ToSession};
use super::{Machine, NoticeKind};
use crate::link::message::{CoreMessage, MessageKind};
use crate::session::protocol::{OnScreen, ScreenLine};
use std::path::Path;
use std::time::Duration;

/// A text in one of three places, and how important it is.
#[derive(Debug, Clone, Default)]
struct Place {
    line: Option<ScreenLine>,
    priority: u32,
}

impl Place {
    /// The more important one stays for as long as it is shown; of equals the newer one counts.
    fn put(&mut self, message: &CoreMessage, now: Duration) {
        let shown = self.line.as_ref().is_some_and(|line| line.until > now);
        if shown && message.priority < self.priority {
            return;
        }
        self.priority = message.priority;
        self.line = Some(ScreenLine {
            text: message.on_screen(),
            level: message.level,
            percent: match message.kind {
                MessageKind::Progress(percent) => percent,
                MessageKind::Note | MessageKind::Status => None,
            },
            until: now + Duration::from_millis(message.duration_ms.into()),
        });
    }
}

/// What is over the picture of the open game.
#[derive(Debug, Clone, Default)]
pub(super) struct Messages {
    note: Place,
    status: Place,
    progress: Place,
}

impl Messages {
    fn put(&mut self, message: &CoreMessage, now: Duration) {
        match message.kind {
            MessageKind::Note => self.note.put(message, now),
            MessageKind::Status => self.status.put(message, now),
            MessageKind::Progress(_) => self.progress.put(message, now),
        }
    }

    /// What was under way is not any more; what happened can still be read.
    fn stop(&mut self) {
        (self.status, self.progress) = (Place::default(), Place::default());
    }

    pub(super) fn shown(&self) -> OnScreen {
        let [note, status, progress] = [&self.note, &self.status, &self.progress].map(|place| place.line.clone());
        OnScreen { note, status, progress }
    }
}

impl Machine {
    /// The core wants people to read this.
    pub(super) fn core_says(&mut self, message: CoreMessage, now: Duration) {
        let Some(game) = &mut self.game else { return };
        if message.text.is_empty() {
            return;
        }
        game.messages.put(&message, now);
        self.tell_messages();
        if message.kind == MessageKind::Note {
            self.notice(NoticeKind::CoreMessage { text: message.text.replace('\n', " ") });
        }
    }

    /// The core is gone.
    pub(super) fn core_falls_silent(&mut self) {
        let Some(game) = &mut self.game else { return };
        game.messages.stop();
        self.tell_messages();
    }

    /// Guests read the same, without the folders of the host.
    fn tell_messages(&mut self) {
        let Some(game) = &self.game else { return };
        let folders = [
            game.game.content.as_deref().and_then(Path::parent),
            game.game.core.parent(),
            Some(self.folders.system.as_path()),
            Some(&game.saves.core_dir),
            Some(&self.folders.data),
            Some(&self.folders.recordings),
        ];
        let mut shown = game.messages.shown();
        let OnScreen { note, status, progress } = &mut shown;
        for line in [note, status, progress].into_iter().flatten() {
            line.text = without_folders(&line.text, folders.into_iter().flatten());
        }
        self.push(Action::ToSession(ToSession::OnScreen(shown)));
    }
}

/// A text in which files have names alone: a core may say where the host keeps them.
fn without_folders<'a>(text: &str, known: impl Iterator<Item = &'a Path>) -> String {
    let mut text = text.to_owned();
    let mut folders: Vec<_> = known.map(Path::to_string_lossy).filter(|folder| folder.len() > 1).collect();
    // One may lie in another.
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
    for folder in folders {
        text = text.replace(&format!("{folder}/"), "").replace(&*folder, "…");
    }
    text.split_inclusive(char::is_whitespace).map(without_folder).collect()
}

/// A word without the folder that it looks to begin with; where no folder is known. An address of the web is none.
fn without_folder(word: &str) -> String {
    let Some((before, path)) = word.find('/').map(|start| word.split_at(start)) else { return word.to_owned() };
    let is_address = before.ends_with(':') && path.starts_with("//");
    match path.rfind('/') {
        Some(end) if end > 0 && !is_address && !before.ends_with(char::is_alphanumeric) => {
            format!("{before}{}", &path[end + 1..])
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str, kind: MessageKind, priority: u32) -> CoreMessage {
        CoreMessage { text: text.into(), kind, level: 1, priority, duration_ms: 3000 }
    }

    fn texts(messages: &Messages) -> [Option<String>; 3] {
        let OnScreen { note, status, progress } = messages.shown();
        [note, status, progress].map(|line| line.map(|line| line.text))
    }

    #[test]
    fn each_kind_has_its_place_and_a_lesser_text_waits_for_none() {
        let second = Duration::from_secs(1);
        let mut messages = Messages::default();
        messages.put(&message("loading", MessageKind::Progress(Some(10)), 1), second);
        messages.put(&message("60 fps", MessageKind::Status, 1), second);
        messages.put(&message("important", MessageKind::Note, 3), second);
        messages.put(&message("less", MessageKind::Note, 2), 2 * second);
        messages.put(&message("59 fps", MessageKind::Status, 1), 2 * second);
        messages.put(&message("loading", MessageKind::Progress(None), 1), 2 * second);
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(texts(&messages), [is("important"), is("59 fps"), is("loading")]);
        assert_eq!(messages.shown().progress.map(|line| (line.percent, line.until)), Some((None, 5 * second)));
        messages.put(&message("less", MessageKind::Note, 2), 4 * second);
        assert_eq!(texts(&messages)[0], is("less"), "the important one was over");
        messages.stop();
        assert_eq!(texts(&messages), [is("less"), None, None]);
    }

    #[test]
    fn guests_read_names_and_no_folders() {
        let folders = ["/home/ada", "/home/ada/My games", "/usr/lib/cores", ""].map(Path::new);
        for (said, read) in [
            ("Cannot open /home/ada/My games/a b.cue", "Cannot open a b.cue"),
            ("in /home/ada/My games.", "in …."),
            ("no \"/opt/bios/scph5501.bin\"\nnext", "no \"scph5501.bin\"\nnext"),
            ("path=/opt/x/y 1/2/3", "path=y 1/2/3"),
            ("error:/opt/x/y (/opt/x/z)", "error:y (z)"),
            ("1/2 done, see https://example.org/a/b", "1/2 done, see https://example.org/a/b"),
            ("/", "/"),
        ] {
            assert_eq!(without_folders(said, folders.into_iter()), read);
        }
    }
}
