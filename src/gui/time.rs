//! Countdowns, and how long ago something was.

use crate::text::{Texts, fill};
use egui::Ui;
use std::time::Duration;

/// The time until `ends` (of [`crate::sync::now`]), as "9:41" or "23:59:00". Requests a repaint for when that changes, so the
/// window paints once a second while a countdown is shown.
pub(super) fn remaining(ui: &Ui, ends: Duration) -> String {
    let left = ends.saturating_sub(crate::sync::now());
    if !left.is_zero() {
        // A little late, or the second would not be over yet.
        ui.ctx().request_repaint_after(Duration::from_nanos(left.subsec_nanos().into()) + Duration::from_millis(5));
    }
    clock(left)
}

fn clock(left: Duration) -> String {
    let seconds = left.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// "3 h ago", in the largest unit of which there is one.
pub(super) fn ago(texts: &Texts, since: Duration) -> String {
    let minutes = since.as_secs() / 60;
    let (text, number) = match minutes {
        0 => return texts.ago_now.to_owned(),
        1..60 => (texts.ago_minutes, minutes),
        60..1440 => (texts.ago_hours, minutes / 60),
        _ => (texts.ago_days, minutes / 1440),
    };
    fill(text, &[("n", &number.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_written_as_on_a_clock() {
        let of = |seconds| clock(Duration::from_secs(seconds));
        assert_eq!([of(0), of(59), of(581), of(3599), of(86_399)], ["0:00", "0:59", "9:41", "59:59", "23:59:59"]);
    }

    #[test]
    fn what_was_is_told_in_the_largest_unit() {
        let texts = crate::text::Spoken::English.texts();
        let of = |seconds| ago(&texts, Duration::from_secs(seconds));
        let told = [of(5), of(119), of(3600), of(86_399), of(200_000)];
        assert_eq!(told, ["just now", "1 min ago", "1 h ago", "23 h ago", "2 d ago"]);
    }
}
