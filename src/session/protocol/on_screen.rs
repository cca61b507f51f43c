//! What a core wants people to read, over the picture.

use serde::Serialize;
use std::time::Duration;

/// The texts that are over the picture, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OnScreen {
    /// Something happened.
    pub note: Option<ScreenLine>,
    /// How something is.
    pub status: Option<ScreenLine>,
    /// How far something is.
    pub progress: Option<ScreenLine>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenLine {
    /// May have several lines.
    pub text: String,
    /// 0 debug, 1 info, 2 warning, 3 error.
    pub level: u32,
    /// Of what is to be done; none when the core cannot say.
    pub percent: Option<u8>,
    /// On the monotonic clock of [`crate::sync::now`].
    pub until: Duration,
}

/// The same as pages read it: with what is left of the time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OnScreenNow<'a> {
    note: Option<NoteNow<'a>>,
    status: Option<NoteNow<'a>>,
    progress: Option<ProgressNow<'a>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct NoteNow<'a> {
    text: &'a str,
    level: u32,
    ms: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ProgressNow<'a> {
    text: &'a str,
    percent: Option<u8>,
    ms: u64,
}

/// The longest time that pages take.
const MOST_MS: u64 = 60_000;

impl ScreenLine {
    /// What is left of its time, in milliseconds; none when it is over.
    fn left_ms(&self, now: Duration) -> Option<u64> {
        // Those who tell and who are told look at the clock one after the other; pages take no more than this.
        let left = self.until.saturating_sub(now).as_millis().try_into().unwrap_or(u64::MAX).min(MOST_MS);
        (left > 0).then_some(left)
    }

    fn note(&self, now: Duration) -> Option<NoteNow<'_>> {
        Some(NoteNow { text: &self.text, level: self.level, ms: self.left_ms(now)? })
    }

    fn progress(&self, now: Duration) -> Option<ProgressNow<'_>> {
        Some(ProgressNow { text: &self.text, percent: self.percent, ms: self.left_ms(now)? })
    }
}

impl OnScreen {
    /// What pages are told at this time.
    pub fn at(&self, now: Duration) -> OnScreenNow<'_> {
        OnScreenNow {
            note: self.note.as_ref().and_then(|line| line.note(now)),
            status: self.status.as_ref().and_then(|line| line.note(now)),
            progress: self.progress.as_ref().and_then(|line| line.progress(now)),
        }
    }

    /// Whether everything is over.
    pub fn is_empty(&self, now: Duration) -> bool {
        let lines = [&self.note, &self.status, &self.progress];
        lines.into_iter().flatten().all(|line| line.left_ms(now).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_what_is_left_of_the_time_and_nothing_that_is_over() {
        let second = Duration::from_secs(1);
        let line = |until: Duration, percent| ScreenLine { text: "<b>".into(), level: 2, percent, until };
        let shown =
            OnScreen { note: Some(line(second, None)), status: None, progress: Some(line(3 * second, Some(40))) };
        let told = |now| serde_json::to_string(&shown.at(now)).expect("JSON");
        let progress = |ms| format!(r#"{{"text":"<b>","percent":40,"ms":{ms}}}"#);
        let note = r#"{"text":"<b>","level":2,"ms":500}"#;
        assert_eq!(told(second / 2), format!(r#"{{"note":{note},"status":null,"progress":{}}}"#, progress(2500)));
        assert_eq!(told(second), format!(r#"{{"note":null,"status":null,"progress":{}}}"#, progress(2000)));
        assert!(!shown.is_empty(second) && shown.is_empty(3 * second));
    }
}
