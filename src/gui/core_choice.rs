//! The dialogs about which core opens a file: for more than one, and for none.

use super::dialog::{self, DialogState};
use super::get_cores::CoreSearch;
use super::icons::Icon;
use super::several;
use super::theme;
use super::view::{Action, Dialog, Model, View};
use super::widgets::{self, Button};
use crate::library::{self, CoreEntry};
use crate::text::{Message, fill};
use egui::{CornerRadius, CursorIcon, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2};
use std::path::Path;

pub(super) fn show(
    ui: &Ui,
    model: &Model,
    content: &Path,
    remember: &mut bool,
    actions: &mut Vec<Action>,
) -> DialogState {
    let texts = model.texts;
    dialog::show(ui, "choose-core", 500.0, texts.choose_core, texts.cancel, |ui| {
        let file = crate::content::file_name(content);
        widgets::explain(ui, fill(texts.choose_core_for, &[("file", &file.to_string_lossy())]));
        ui.add_space(4.0);
        let mut chosen = None;
        for core in cores(model.cores, content) {
            if core_row(ui, model, core) {
                chosen = Some(core.path.clone());
            }
            if several::offer(ui, model, &core.path, Some(content), actions) == DialogState::Closed {
                return DialogState::Closed;
            }
        }
        let extension = library::extension(content).unwrap_or_default();
        ui.add_space(4.0);
        let text = fill(texts.remember_core, &[("extension", &extension)]);
        widgets::switch(ui, remember, &text, &text);
        let Some(core) = chosen else { return DialogState::Open };
        actions.push(Action::OpenWith { content: content.to_path_buf(), core, remember: *remember });
        DialogState::Closed
    })
}

/// For a file that no core opens.
pub(super) fn show_none(
    view: &mut View,
    ui: &Ui,
    model: &Model,
    content: &Path,
    actions: &mut Vec<Action>,
) -> DialogState {
    let texts = model.texts;
    dialog::show(ui, "no-core", 480.0, texts.no_core_title, texts.cancel, |ui| {
        let file = crate::content::file_name(content);
        ui.add(egui::Label::new(fill(texts.no_core_body, &[("file", &file.to_string_lossy())])).wrap());
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.add(Button::text(texts.get_core).with_icon(Icon::Plus).primary()).clicked() {
                view.dialog = Some(Dialog::GetCores(CoreSearch::for_content(content)));
            }
            let pick = ui.add(Button::text(texts.pick_core_file).with_icon(Icon::Folder)).clicked();
            if pick {
                actions.push(Action::PickCoreFor(content.to_path_buf()));
            }
            let cancel = ui.add(Button::text(texts.cancel)).clicked();
            if pick || cancel { DialogState::Closed } else { DialogState::Open }
        })
        .inner
    })
}

/// Those that are offered for it.
pub(super) fn cores<'a>(all: &'a [CoreEntry], content: &Path) -> Vec<&'a CoreEntry> {
    match content.is_dir() {
        true => all.iter().filter(|core| core.takes_folders()).collect(),
        false => library::by_folder(library::cores_for_game(all, content), content),
    }
}

fn core_row(ui: &mut Ui, model: &Model, core: &CoreEntry) -> bool {
    let texts = model.texts;
    let mut about = core.systems.join(", ");
    if core.bundled && about.is_empty() {
        texts.bundled.clone_into(&mut about);
    }
    let lines = usize::from(!about.is_empty()) + usize::from(core.note.is_some());
    let height = 44.0 + 18.0 * lines as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let name = fill(texts.open_with_core, &[("core", &core.name)]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let lit = response.hovered() || response.has_focus();
    let corner = CornerRadius::same(10);
    ui.painter().rect_filled(rect, corner, if lit { theme::RAISED } else { theme::CARD });
    let ring = if response.has_focus() { theme::ACCENT } else { theme::LINE };
    ui.painter().rect_stroke(rect, corner, Stroke::new(1.0, ring), StrokeKind::Inside);
    let mut inner = ui.new_child(UiBuilder::new().id_salt(&core.path).max_rect(rect.shrink2(vec2(14.0, 11.0))));
    inner.spacing_mut().item_spacing.y = 2.0;
    widgets::line(&mut inner, &core.name, theme::semibold(15.0), theme::TEXT);
    if !about.is_empty() {
        widgets::line(&mut inner, &about, theme::regular(12.5), theme::TEXT_WEAK);
    }
    if let Some(note) = &core.note {
        widgets::line(&mut inner, &note.text(texts), theme::regular(12.5), theme::WARNING);
    }
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}
