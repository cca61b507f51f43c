//! The dialog with the cores that can be fetched from a server.

use super::dialog::{self, DialogState};
use super::icons::Icon;
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::downloads::{Downloading, Listing, Offer, OfferState, Shown};
use crate::library;
use crate::text::{Message, Texts, fill};
use egui::{ProgressBar, RichText, Spinner, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// What is looked for in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoreSearch {
    /// Words in a name or a system; `.nes` for what opens such files.
    pub words: String,
    /// The file that no core here opens yet.
    pub content: Option<PathBuf>,
}

impl CoreSearch {
    /// For a core that opens this file.
    pub fn for_content(content: &Path) -> CoreSearch {
        let extension = library::extension(content).map(|it| format!(".{it}"));
        CoreSearch { words: extension.unwrap_or_default(), content: Some(content.to_owned()) }
    }
}

pub(super) fn show(ui: &Ui, model: &Model, search: &mut CoreSearch, actions: &mut Vec<Action>) -> DialogState {
    let texts = model.texts;
    dialog::show(ui, "get-cores", 620.0, texts.get_cores, texts.close, |ui| {
        widgets::explain(ui, texts.get_cores_hint);
        if open_waiting_content(ui, model, search, actions) {
            return DialogState::Closed;
        }
        match &model.downloads.listing {
            Listing::Unasked => actions.push(Action::ListCores),
            Listing::Asked => {
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    ui.add(Spinner::new().size(18.0));
                    ui.label(RichText::new(texts.get_cores_asking).color(theme::TEXT_WEAK));
                });
            }
            Listing::Failed(error) => {
                ui.add_space(8.0);
                ui.add(egui::Label::new(RichText::new(error.text(texts)).color(theme::WARNING)).wrap());
                ui.add_space(4.0);
                if ui.add(Button::text(texts.try_again)).clicked() {
                    actions.push(Action::ListCores);
                }
            }
            Listing::Here(offers) => list(ui, model, offers, search, actions),
        }
        DialogState::Open
    })
}

/// For the file that this was opened for: true if it is opened now.
fn open_waiting_content(ui: &mut Ui, model: &Model, search: &CoreSearch, actions: &mut Vec<Action>) -> bool {
    let Some(content) = &search.content else { return false };
    if library::cores_for(model.cores, content).is_empty() {
        return false;
    }
    let file = content.file_name().unwrap_or_default().to_string_lossy();
    ui.add_space(6.0);
    let text = fill(model.texts.open_file, &[("file", &file)]);
    let clicked = ui.add(Button::text(&text).with_icon(Icon::Play).primary()).clicked();
    if clicked {
        actions.push(Action::OpenFile(content.clone()));
    }
    clicked
}

fn list(ui: &mut Ui, model: &Model, offers: &[Offer], search: &mut CoreSearch, actions: &mut Vec<Action>) {
    let texts = model.texts;
    ui.add_space(6.0);
    let field = TextEdit::singleline(&mut search.words).hint_text(texts.get_cores_search).desired_width(f32::INFINITY);
    ui.add(field).accessible_name(texts.get_cores_search);
    ui.add_space(4.0);
    let mut none = true;
    for offer in wanted(offers, &search.words) {
        none = false;
        row(ui, texts, offer, model.downloads, actions);
    }
    if none {
        widgets::explain(ui, texts.get_cores_none);
    }
}

/// Those that have the words in them, or open files that end so.
fn wanted<'a>(offers: &'a [Offer], words: &str) -> impl Iterator<Item = &'a Offer> {
    let words = words.trim().to_lowercase();
    offers.iter().filter(move |offer| match words.strip_prefix('.') {
        Some(extension) => offer.extensions.iter().any(|it| it == extension),
        None => {
            let systems = offer.systems.iter().any(|it| it.to_lowercase().contains(&words));
            systems || offer.name.to_lowercase().contains(&words) || offer.id.contains(&words)
        }
    })
}

fn row(ui: &mut Ui, texts: &Texts, offer: &Offer, shown: &Shown, actions: &mut Vec<Action>) {
    widgets::card(ui, |ui| {
        widgets::row(
            ui,
            30.0,
            |ui| drop(widgets::line(ui, &offer.name, theme::semibold(14.5), theme::TEXT)),
            |ui| state(ui, texts, offer, shown, actions),
        );
        let licence = match &offer.licence {
            Some(licence) => fill(texts.core_licence, &[("licence", licence)]),
            None => texts.core_no_licence.to_owned(),
        };
        let about =
            if offer.systems.is_empty() { licence } else { format!("{} · {licence}", offer.systems.join(", ")) };
        widgets::line(ui, &about, theme::regular(12.5), theme::TEXT_WEAK);
        if let Some(note) = &offer.note {
            ui.add(egui::Label::new(RichText::new(note.text(texts)).size(12.5).color(theme::TEXT_WEAK)).wrap());
        }
        if let Some((_, error)) = shown.failed.iter().find(|(id, _)| *id == offer.id) {
            ui.add(egui::Label::new(RichText::new(error.text(texts)).size(12.5).color(theme::WARNING)).wrap());
        }
    });
    ui.add_space(4.0);
}

fn state(ui: &mut Ui, texts: &Texts, offer: &Offer, shown: &Shown, actions: &mut Vec<Action>) {
    let now = shown.now.as_ref().filter(|now| now.id == offer.id);
    if now.is_some() || shown.waiting.contains(&offer.id) {
        let cancel = fill(texts.cancel_core, &[("core", &offer.name)]);
        if ui.add(Button::icon(Icon::Close, &cancel)).on_hover_text(&cancel).clicked() {
            actions.push(Action::CancelCore(offer.id.clone()));
        }
        match now {
            Some(now) => progress(ui, texts, now),
            None => drop(ui.label(RichText::new(texts.core_waiting).size(13.0).color(theme::TEXT_WEAK))),
        }
        return;
    }
    let (text, name) = match offer.state {
        OfferState::Installed => {
            ui.label(RichText::new(texts.core_installed).size(13.0).color(theme::TEXT_WEAK));
            return;
        }
        OfferState::New => (texts.install, texts.install_core),
        OfferState::Outdated => (texts.update, texts.update_core),
    };
    let name = fill(name, &[("core", &offer.name)]);
    if ui.add(Button::text(text).named(&name)).clicked() {
        actions.push(Action::FetchCore(offer.id.clone()));
    }
}

fn progress(ui: &mut Ui, texts: &Texts, now: &Downloading) {
    let Some(progress) = now.progress else {
        ui.label(RichText::new(texts.core_trying).size(13.0).color(theme::TEXT_WEAK));
        ui.add(Spinner::new().size(16.0));
        return;
    };
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    match progress.of.filter(|of| *of > 0) {
        Some(of) => {
            let text = format!("{} / {}", megabytes(progress.bytes), megabytes(of));
            let bar = ProgressBar::new(progress.bytes as f32 / of as f32).desired_width(170.0);
            ui.add(bar.text(RichText::new(text).size(12.0)).fill(theme::ACCENT.gamma_multiply(0.6)));
        }
        None => {
            ui.label(RichText::new(megabytes(progress.bytes)).size(13.0).color(theme::TEXT_WEAK));
            ui.add(Spinner::new().size(16.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(id: &str, name: &str, system: &str, extensions: &[&str]) -> Offer {
        Offer {
            id: id.into(),
            name: name.into(),
            systems: vec![system.into()],
            extensions: extensions.iter().map(|it| (*it).to_owned()).collect(),
            licence: None,
            note: None,
            date: "2026-07-26".into(),
            state: OfferState::New,
        }
    }

    #[test]
    fn cores_are_found_by_name_by_system_and_by_what_they_open() {
        let offers = [
            offer("nestopia", "Nestopia UE", "Nintendo Entertainment System", &["nes", "fds"]),
            offer("stella", "Stella", "Atari 2600", &["a26", "bin"]),
        ];
        let found = |words: &str| wanted(&offers, words).map(|it| it.id.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(found(""), "nestopia stella");
        assert_eq!(found(" NINTENDO "), "nestopia");
        assert_eq!(found("stella"), "stella");
        assert_eq!(found(".bin"), "stella");
        // The whole of it: there are .n64 and .n.
        assert_eq!(found(".ne"), "");
    }

    #[test]
    fn a_search_for_a_file_is_for_its_ending() {
        let search = CoreSearch::for_content(Path::new("/games/Tale.NES"));
        assert_eq!(search.words, ".nes");
        assert_eq!(CoreSearch::for_content(Path::new("/games/none")).words, "");
    }
}
