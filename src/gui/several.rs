//! The dialog in which a game of several files is put together: one file for each that the machine takes.

use super::dialog::{self, DialogState};
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::content;
use crate::link::subsystem::{Rom, Subsystem};
use crate::text::fill;
use egui::{RichText, Ui};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The machines of each core that was asked.
pub type Machines = BTreeMap<PathBuf, Vec<Subsystem>>;

/// What was chosen so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeveralFiles {
    pub core: PathBuf,
    pub subsystem: Subsystem,
    /// One for each file that it takes.
    pub files: Vec<Option<PathBuf>>,
    /// Why the files are not played together.
    pub problem: Option<String>,
}

impl SeveralFiles {
    /// With a file that was chosen before, where the machine takes it.
    pub fn new(core: PathBuf, subsystem: Subsystem, file: Option<PathBuf>) -> SeveralFiles {
        let mut files = vec![None; subsystem.roms.len()];
        // What may be any file says nothing.
        let takes = |rom: &Rom| file.as_deref().is_some_and(|file| !rom.extensions.is_empty() && rom.takes(file));
        if let Some(at) = subsystem.roms.iter().position(takes) {
            files[at] = file;
        }
        SeveralFiles { core, subsystem, files, problem: None }
    }

    fn is_whole(&self) -> bool {
        self.subsystem.with(self.files.clone()).is_ok()
    }
}

/// A row for each machine of a core: whoever chooses it puts a game together.
pub(super) fn offer(
    ui: &mut Ui,
    model: &Model,
    core: &Path,
    file: Option<&Path>,
    actions: &mut Vec<Action>,
) -> DialogState {
    let mut state = DialogState::Open;
    for subsystem in model.machines.get(core).into_iter().flatten() {
        let text = fill(model.texts.several_offer, &[("machine", &subsystem.name)]);
        if ui.add(Button::text(&text).quiet()).clicked() {
            let (core, subsystem, file) = (core.to_owned(), subsystem.clone(), file.map(Path::to_owned));
            actions.push(Action::PutTogether(SeveralFiles::new(core, subsystem, file)));
            state = DialogState::Closed;
        }
    }
    state
}

pub(super) fn show(ui: &Ui, model: &Model, chosen: &mut SeveralFiles, actions: &mut Vec<Action>) -> DialogState {
    let texts = model.texts;
    let title = chosen.subsystem.name.clone();
    dialog::show(ui, "several-files", 500.0, &title, texts.cancel, |ui| {
        widgets::explain(ui, texts.several_hint);
        ui.add_space(4.0);
        let roms = chosen.subsystem.roms.clone();
        for (at, rom) in roms.iter().enumerate() {
            row(ui, model, chosen, (at, rom), actions);
        }
        if let Some(problem) = &chosen.problem {
            ui.add(egui::Label::new(RichText::new(problem).color(theme::WARNING)).wrap());
        }
        ui.add_space(8.0);
        let play = Button::text(texts.several_play).primary();
        if ui.add_enabled(chosen.is_whole(), play).clicked() {
            actions.push(Action::PlayTogether(chosen.clone()));
        }
        DialogState::Open
    })
}

fn row(ui: &mut Ui, model: &Model, chosen: &mut SeveralFiles, (at, rom): (usize, &Rom), actions: &mut Vec<Action>) {
    let texts = model.texts;
    let needed = rom.required;
    let file = chosen.files[at].as_deref().map(|path| content::file_name(path).to_string_lossy().into_owned());
    let endings = rom.extensions.join(", ");
    let about = match &file {
        Some(file) => file.clone(),
        None if needed => fill(texts.several_needed, &[("endings", &endings)]),
        None => fill(texts.several_optional, &[("endings", &endings)]),
    };
    let choose = fill(texts.several_choose_name, &[("file", &rom.name)]);
    let remove = fill(texts.several_remove_name, &[("file", &rom.name)]);
    widgets::row(
        ui,
        44.0,
        |ui| {
            ui.vertical(|ui| {
                widgets::line(ui, &rom.name, theme::semibold(14.0), theme::TEXT);
                let color = if file.is_none() && needed { theme::WARNING } else { theme::TEXT_WEAK };
                widgets::line(ui, &about, theme::regular(12.5), color);
            });
        },
        |ui| {
            if ui.add(Button::text(texts.several_choose).named(&choose).boxed()).clicked() {
                actions.push(Action::PickPart { at, name: rom.name.clone() });
            }
            if file.is_some() && ui.add(Button::text(texts.several_remove).named(&remove).quiet()).clicked() {
                chosen.files[at] = None;
                chosen.problem = None;
            }
        },
    );
}
