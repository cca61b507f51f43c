//! What a core wants people to read: short texts over the picture.

use super::message::MAX_TEXT;
use serde::{Deserialize, Serialize};

/// The longest text that is shown over the picture, in characters.
pub const MAX_ON_SCREEN: usize = 300;
/// The most lines of one.
pub const MAX_LINES: usize = 6;
/// How long one is shown at least and at most, in milliseconds, whatever the core says.
pub const SHOWN_MS: (u32, u32) = (500, 60_000);

/// One text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreMessage {
    /// May have several lines.
    pub text: String,
    pub kind: MessageKind,
    /// 0 debug, 1 info, 2 warning, 3 error.
    pub level: u32,
    /// The higher, the more important (`retro_message_ext::priority`).
    pub priority: u32,
    /// How long it is shown, in milliseconds.
    pub duration_ms: u32,
}

/// What kind of text it is (`retro_message_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageKind {
    /// Something happened.
    Note,
    /// How something is now, again and again.
    Status,
    /// How far something is, in percent; none when the core cannot say.
    Progress(Option<u8>),
}

impl CoreMessage {
    /// As much of the text as is shown over the picture.
    pub fn on_screen(&self) -> String {
        match self.text.char_indices().nth(MAX_ON_SCREEN) {
            Some((end, _)) => format!("{}…", self.text[..end].trim_end()),
            None => self.text.clone(),
        }
    }

    /// Within the bounds above and of [`MAX_TEXT`] characters, in lines of plain text.
    pub fn bound(&mut self) {
        let lines = self.text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_LINES);
        let lines: Vec<&str> = lines.collect();
        self.text = lines.join("\n").chars().filter(|c| *c == '\n' || !c.is_control()).take(MAX_TEXT).collect();
        self.level = self.level.min(3);
        self.duration_ms = self.duration_ms.clamp(SHOWN_MS.0, SHOWN_MS.1);
        if let MessageKind::Progress(Some(percent)) = &mut self.kind {
            *percent = (*percent).min(100);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_few_lines_of_plain_text_for_a_while() {
        let text = format!("  one\u{7} \r\n\n<b>two</b>\n{}", "x\n".repeat(99));
        let kind = MessageKind::Progress(Some(255));
        let mut message = CoreMessage { text, kind, level: 99, priority: u32::MAX, duration_ms: 0 };
        message.bound();
        assert_eq!(message.text, "one\n<b>two</b>\nx\nx\nx\nx");
        assert_eq!((message.kind, message.level), (MessageKind::Progress(Some(100)), 3));
        assert_eq!(message.duration_ms, SHOWN_MS.0);
        message.text = "x".repeat(10_000);
        message.duration_ms = u32::MAX;
        message.bound();
        assert_eq!((message.text.len(), message.duration_ms), (MAX_TEXT, SHOWN_MS.1));
        assert_eq!(message.on_screen().chars().count(), MAX_ON_SCREEN + 1, "and a sign that there is more");
    }
}
