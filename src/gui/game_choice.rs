//! The dialog that asks which game of an archive or a folder is meant.

use super::dialog::{self, DialogState};
use super::theme;
use super::view::{Action, Model};
use super::widgets;
use crate::content;
use crate::text::fill;
use egui::{CornerRadius, CursorIcon, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, vec2};
use std::path::PathBuf;

/// More than these are found by typing a part of their name.
const MOST_SHOWN: usize = 100;

/// What is chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameChoice {
    /// The archive or the folder.
    pub content: PathBuf,
    /// Their names, and where they are.
    pub games: Vec<(String, PathBuf)>,
    /// Cores that take all of it.
    pub whole: Vec<PathBuf>,
    /// Only games with this in their name.
    pub filter: String,
}

pub(super) fn show(ui: &Ui, model: &Model, choice: &mut GameChoice, actions: &mut Vec<Action>) -> DialogState {
    let texts = model.texts;
    dialog::show(ui, "choose-game", 500.0, texts.choose_game, texts.cancel, |ui| {
        let file = content::file_name(&choice.content);
        widgets::explain(ui, fill(texts.choose_game_for, &[("file", &file.to_string_lossy())]));
        ui.add_space(4.0);
        let mut chosen = None;
        for core in model.cores.iter().filter(|core| choice.whole.contains(&core.path)) {
            if row(ui, &fill(texts.whole_archive, &[("core", &core.name)])) {
                let (content, core) = (choice.content.clone(), core.path.clone());
                chosen = Some(Action::OpenWith { content, core, remember: false });
            }
        }
        if choice.games.len() > 8 {
            ui.add(TextEdit::singleline(&mut choice.filter).hint_text(texts.filter).desired_width(f32::INFINITY));
        }
        let wanted = choice.filter.to_lowercase();
        let fitting: Vec<_> = choice.games.iter().filter(|(name, _)| name.to_lowercase().contains(&wanted)).collect();
        for (name, place) in fitting.iter().take(MOST_SHOWN) {
            if row(ui, name) {
                chosen = Some(Action::OpenFile(place.clone()));
            }
        }
        if let Some(more) = fitting.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            widgets::explain(ui, fill(texts.more_games, &[("n", &more.to_string())]));
        }
        let Some(action) = chosen else { return DialogState::Open };
        actions.push(action);
        DialogState::Closed
    })
}

fn row(ui: &mut Ui, name: &str) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let lit = response.hovered() || response.has_focus();
    let corner = CornerRadius::same(10);
    ui.painter().rect_filled(rect, corner, if lit { theme::RAISED } else { theme::CARD });
    let ring = if response.has_focus() { theme::ACCENT } else { theme::LINE };
    ui.painter().rect_stroke(rect, corner, Stroke::new(1.0, ring), StrokeKind::Inside);
    let mut inner = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect.shrink2(vec2(14.0, 10.0))));
    widgets::line(&mut inner, name, theme::regular(14.0), theme::TEXT);
    response.on_hover_text(name).on_hover_cursor(CursorIcon::PointingHand).clicked()
}
