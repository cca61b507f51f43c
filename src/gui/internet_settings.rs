//! Settings: how friends beyond the local network get in.

use super::dialog;
use super::preferences;
use super::theme;
use super::widgets;
use crate::engine::Internet;
use crate::settings::Settings;
use crate::text::{Message, Texts};
use egui::{RichText, TextEdit, Ui};

/// The longest text that a field takes, in characters.
const MAX: usize = 500;

/// What stands in the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InternetDraft {
    page: String,
    brokers: String,
}

/// What a person separates addresses by.
fn list(text: &str) -> Vec<String> {
    text.split([',', ' ', ';', '\n', '、', '，', '；'])
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

impl InternetDraft {
    pub(super) fn of(settings: &Settings) -> Self {
        Self { page: settings.meeting_page.clone(), brokers: settings.brokers.join(" ") }
    }

    /// Takes over what was typed: what cannot be used is not, and is said below the fields.
    pub(super) fn apply(&self, new: &mut Settings) {
        new.meeting_page = self.page.trim().to_owned();
        new.brokers = list(&self.brokers);
    }
}

pub(super) fn show(ui: &mut Ui, texts: &Texts, draft: &mut InternetDraft, new: &mut Settings) {
    dialog::heading(ui, texts.internet);
    widgets::explain(ui, texts.internet_hint);
    let mut local_only = !new.internet;
    widgets::switch(ui, &mut local_only, texts.internet_local_only, texts.internet_local_only);
    new.internet = !local_only;
    if local_only {
        return;
    }
    for (label, text, hint) in [
        (texts.internet_page, &mut draft.page, texts.internet_page_hint),
        (texts.internet_brokers, &mut draft.brokers, texts.internet_brokers_hint),
    ] {
        preferences::line(ui, label, |ui| {
            let field = TextEdit::singleline(text).char_limit(MAX).desired_width(300.0).hint_text(hint);
            ui.add(field).accessible_name(label);
        });
    }
    widgets::switch(ui, &mut new.map_ports, texts.internet_map_ports, texts.internet_map_ports);
    let mut typed = new.clone();
    draft.apply(&mut typed);
    typed.internet = true;
    for problem in Internet::from_words(super::app::internet_words(&typed)).1 {
        ui.add(egui::Label::new(RichText::new(problem.text(texts)).size(13.0).color(theme::WARNING)).wrap());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_however_they_are_separated() {
        let mut settings = Settings::default();
        let draft =
            InternetDraft { page: " https://play.example ".into(), brokers: "wss://a/,wss://b/ ；wss://c/".into() };
        draft.apply(&mut settings);
        assert_eq!(settings.meeting_page, "https://play.example");
        assert_eq!(settings.brokers, ["wss://a/", "wss://b/", "wss://c/"]);
        assert_eq!(InternetDraft::of(&settings).brokers, "wss://a/ wss://b/ wss://c/");
    }
}
