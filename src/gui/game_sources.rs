//! The dialog for those who have no games yet: where there are some that may be played.

use super::dialog::{self, DialogState};
use super::icons::Icon;
use super::view::Model;
use super::widgets::{self, Button};
use egui::{OpenUrl, Ui};

/// Pages on which their makers give away games for old machines, and what is said of each.
const PAGES: [&str; 3] = ["https://hh.gbdev.io/", "https://itch.io/games/free/tag-homebrew", "https://pdroms.de/"];

pub(super) fn show(ui: &Ui, model: &Model) -> DialogState {
    let texts = model.texts;
    dialog::show(ui, "game-sources", 560.0, texts.sources_title, texts.close, |ui| {
        dialog::heading(ui, texts.sources_new);
        widgets::explain(ui, texts.sources_new_hint);
        ui.add_space(4.0);
        for (page, about) in PAGES.into_iter().zip([texts.sources_handheld, texts.sources_all, texts.sources_old]) {
            source(ui, texts.sources_open, page, about);
        }
        dialog::heading(ui, texts.sources_own);
        widgets::explain(ui, texts.sources_own_hint);
        dialog::heading(ui, texts.sources_then);
        widgets::explain(ui, texts.sources_then_hint);
        DialogState::Open
    })
}

fn source(ui: &mut Ui, open: &str, page: &str, about: &str) {
    let shown = page.trim_start_matches("https://").trim_end_matches('/');
    let name = format!("{open}: {shown}");
    widgets::row(
        ui,
        38.0,
        |ui| {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                widgets::line(ui, shown, super::theme::semibold(14.0), super::theme::TEXT);
                widgets::line(ui, about, super::theme::regular(12.5), super::theme::TEXT_WEAK);
            });
        },
        |ui| {
            if ui.add(Button::text(open).named(&name).with_icon(Icon::Link)).clicked() {
                ui.ctx().open_url(OpenUrl::new_tab(page));
            }
        },
    );
}
