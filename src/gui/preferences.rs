//! The settings dialog. Every change takes effect at once.

use super::controller_settings;
use super::dialog::{self, DialogState};
use super::framing_settings;
use super::icons::Icon;
use super::internet_settings::{self, InternetDraft};
use super::run_ahead;
use super::site_settings::{self, SiteDraft};
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::downloads::DEFAULT_SERVER;
use crate::engine::{Bounds, Continuing, NoticeKind, Speaker, TimeSettings};
use crate::packet::Format;
use crate::room::MAX_NAME;
use crate::settings::{Look, Scaling, Settings, clean_name};
use crate::text::Language;
use crate::text::{Message, Texts, fill};
use egui::{ComboBox, DragValue, RichText, TextEdit, Ui};

/// Input that is not a setting yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsDraft {
    name: String,
    keys: controller_settings::KeyDraft,
    site: SiteDraft,
    internet: InternetDraft,
    core_server: String,
}

impl SettingsDraft {
    /// From the settings as they are now.
    pub fn of(settings: &Settings) -> Self {
        Self {
            name: settings.host_name.clone(),
            keys: controller_settings::KeyDraft::default(),
            site: SiteDraft::of(settings),
            internet: InternetDraft::of(settings),
            core_server: settings.core_server.clone(),
        }
    }
}

pub(super) fn show(ui: &Ui, model: &Model, draft: &mut SettingsDraft, actions: &mut Vec<Action>) -> DialogState {
    let texts = model.texts;
    let mut new = model.settings.clone();
    controller_settings::take_key(ui, &mut draft.keys, &mut new);
    let state = dialog::show(ui, "settings", 600.0, texts.settings_title, texts.close, |ui| {
        identity(ui, texts, draft, &mut new);
        continuing(ui, texts, &mut new);
        time(ui, texts, &mut new);
        picture(ui, texts, &mut new);
        controller_settings::show(ui, model, &mut draft.keys, &mut new, actions);
        sound(ui, model);
        folders(ui, model, draft, &mut new, actions);
        file_types(ui, model, &mut new);
        system_folder(ui, model, &mut new, actions);
        internet_settings::show(ui, texts, &mut draft.internet, &mut new);
        site_settings::show(ui, texts, &mut draft.site, &mut new);
        ports(ui, texts, &mut new);
        DialogState::Open
    });
    if state == DialogState::Closed {
        new.host_name = clean_name(&draft.name);
        draft.site.apply(&mut new);
        draft.internet.apply(&mut new);
    }
    if new != *model.settings {
        actions.push(Action::Change(Box::new(new)));
    }
    state
}

/// A line with a label and what changes the setting.
pub(super) fn line(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui)) {
    widgets::row(ui, 36.0, |ui| drop(widgets::line(ui, label, theme::regular(14.0), theme::TEXT)), add);
}

fn identity(ui: &mut Ui, texts: &Texts, draft: &mut SettingsDraft, new: &mut Settings) {
    line(ui, texts.your_name, |ui| {
        let field = TextEdit::singleline(&mut draft.name).char_limit(MAX_NAME).desired_width(200.0);
        let field = ui.add(field).accessible_name(texts.your_name).on_hover_text(texts.your_name_hint);
        if field.lost_focus() {
            new.host_name = clean_name(&draft.name);
            draft.name.clone_from(&new.host_name);
        }
    });
    line(ui, texts.language, |ui| {
        let name = |language| match language {
            Language::System => texts.language_system,
            Language::English => "English",
            // With its English name, as the system may have no font for the other.
            Language::Chinese => "简体中文 (Chinese)",
        };
        let combo = ComboBox::from_id_salt("language").selected_text(name(new.language)).width(200.0);
        let combo = combo.show_ui(ui, |ui| {
            for language in [Language::System, Language::English, Language::Chinese] {
                ui.selectable_value(&mut new.language, language, name(language));
            }
        });
        combo.response.accessible_name(texts.language);
    });
}

fn picture(ui: &mut Ui, texts: &Texts, new: &mut Settings) {
    dialog::heading(ui, texts.picture);
    for (scaling, name, hint) in [
        (Scaling::Sharp, texts.scaling_sharp, texts.scaling_sharp_hint),
        (Scaling::Whole, texts.scaling_whole, texts.scaling_whole_hint),
    ] {
        ui.horizontal(|ui| {
            ui.radio_value(&mut new.scaling, scaling, name);
            ui.label(RichText::new(hint).size(13.0).color(theme::TEXT_WEAK));
        });
    }
    line(ui, texts.look, |ui| {
        let name = |look| match look {
            Look::Sharp => texts.look_sharp,
            Look::Smooth => texts.look_smooth,
            Look::Scanlines => texts.look_scanlines,
            Look::Tube => texts.look_tube,
            Look::Grid => texts.look_grid,
            Look::Rounded => texts.look_rounded,
        };
        let combo = ComboBox::from_id_salt("look").selected_text(name(new.look)).width(200.0);
        let combo = combo.show_ui(ui, |ui| {
            for look in Look::ALL {
                ui.selectable_value(&mut new.look, look, name(look));
            }
        });
        combo.response.accessible_name(texts.look);
    });
    framing_settings::show(ui, texts, new);
    line(ui, texts.codec, |ui| {
        let name = |codec: Option<Format>| codec.map_or(texts.codec_auto, Format::title);
        let combo = ComboBox::from_id_salt("codec").selected_text(name(new.codec)).width(200.0);
        let combo = combo.show_ui(ui, |ui| {
            for codec in std::iter::once(None).chain(Format::ALL.map(Some)) {
                ui.selectable_value(&mut new.codec, codec, name(codec));
            }
        });
        combo.response.accessible_name(texts.codec).on_hover_text(texts.codec_hint);
    });
}

fn continuing(ui: &mut Ui, texts: &Texts, new: &mut Settings) {
    line(ui, texts.continuing, |ui| {
        let name = |continuing| match continuing {
            Continuing::Ask => texts.continuing_ask,
            Continuing::Always => texts.continuing_always,
            Continuing::Never => texts.continuing_never,
        };
        let combo = ComboBox::from_id_salt("continuing").selected_text(name(new.continuing)).width(240.0);
        let combo = combo.show_ui(ui, |ui| {
            for continuing in [Continuing::Ask, Continuing::Always, Continuing::Never] {
                ui.selectable_value(&mut new.continuing, continuing, name(continuing));
            }
        });
        combo.response.accessible_name(texts.continuing);
    });
}

/// Megabytes for going back that can be chosen; others can be written into the file.
const REWIND_MB: [u32; 5] = [0, 32, 64, 128, 256];

/// Frames to run ahead.
const RUN_AHEAD: [u32; 5] = [0, 1, 2, 3, 4];

fn time(ui: &mut Ui, texts: &Texts, new: &mut Settings) {
    dialog::heading(ui, texts.time_title);
    choice(ui, texts.time_fast, &TimeSettings::FAST, &mut new.fast_forward, |factor| match factor {
        0 => texts.time_fast_most.to_owned(),
        factor => format!("{factor}×"),
    });
    choice(ui, texts.time_slow, &TimeSettings::SLOW, &mut new.slow_motion, |parts| format!("1/{parts}"));
    choice(ui, texts.time_rewind, &REWIND_MB, &mut new.rewind_mb, |megabytes| match megabytes {
        0 => texts.time_rewind_off.to_owned(),
        megabytes => format!("{megabytes} MB"),
    });
    widgets::explain(ui, texts.time_rewind_hint);
    choice(ui, texts.run_ahead, &RUN_AHEAD, &mut new.run_ahead, |frames| run_ahead::frames(texts, frames));
    ui.checkbox(&mut new.late_latch, texts.late_latch).on_hover_text(texts.late_latch_hint);
    ui.checkbox(&mut new.pad_time_buttons, texts.time_pads);
}

/// A line with a few numbers to choose from.
fn choice(ui: &mut Ui, label: &str, numbers: &[u32], chosen: &mut u32, name: impl Fn(u32) -> String) {
    line(ui, label, |ui| {
        let combo = ComboBox::from_id_salt(label).selected_text(name(*chosen)).width(200.0);
        let combo = combo.show_ui(ui, |ui| {
            for number in numbers {
                ui.selectable_value(chosen, *number, name(*number));
            }
        });
        combo.response.accessible_name(label);
    });
}

fn sound(ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    dialog::heading(ui, texts.sound);
    match &model.snapshot.speaker {
        Speaker::Off => widgets::explain(ui, texts.sound_off),
        Speaker::Playing(device) => widgets::explain(ui, fill(texts.sound_playing, &[("device", device)])),
        Speaker::Silent(why) => {
            let text = NoticeKind::NoSound { why: why.clone() }.text(texts);
            ui.add(egui::Label::new(RichText::new(text).size(13.0).color(theme::WARNING)).wrap());
        }
    }
}

fn folders(ui: &mut Ui, model: &Model, draft: &mut SettingsDraft, new: &mut Settings, actions: &mut Vec<Action>) {
    let texts = model.texts;
    dialog::heading(ui, texts.core_folders);
    let mut removed = None;
    for (index, folder) in new.core_folders.iter().enumerate() {
        let shown = folder.display().to_string();
        removable(ui, &shown, &fill(texts.remove, &[("name", &shown)]), || removed = Some(index));
    }
    if let Some(index) = removed {
        new.core_folders.remove(index);
    }
    if ui.add(Button::text(texts.add_core_folder).with_icon(Icon::Plus)).clicked() {
        actions.push(Action::PickCoreFolder);
    }
    line(ui, texts.core_server, |ui| {
        let field = TextEdit::singleline(&mut draft.core_server).hint_text(DEFAULT_SERVER).desired_width(300.0);
        let field = ui.add(field).accessible_name(texts.core_server).on_hover_text(texts.core_server_hint);
        if field.lost_focus() {
            draft.core_server = draft.core_server.trim().to_owned();
            new.core_server.clone_from(&draft.core_server);
        }
    });
    memory(ui, texts, new);
}

/// How much memory a core may use.
fn memory(ui: &mut Ui, texts: &Texts, new: &mut Settings) {
    line(ui, texts.core_memory, |ui| {
        let mut limited = new.core_memory_mb > 0;
        if limited {
            let field = DragValue::new(&mut new.core_memory_mb).range(Bounds::LEAST_MEMORY_MB..=1 << 20).speed(16.0);
            ui.add(field.suffix(" MB")).accessible_name(texts.core_memory).on_hover_text(texts.core_memory_hint);
        }
        if widgets::switch(ui, &mut limited, "", texts.core_memory_limit).changed() {
            new.core_memory_mb = if limited { Bounds::USUAL_MEMORY_MB } else { 0 };
        }
    });
}

fn file_types(ui: &mut Ui, model: &Model, new: &mut Settings) {
    let texts = model.texts;
    dialog::heading(ui, texts.file_types);
    if new.core_for.is_empty() {
        widgets::explain(ui, texts.file_types_none);
    }
    let mut removed = None;
    for (extension, core) in &new.core_for {
        let known = model.cores.iter().find(|entry| entry.path == *core);
        let name = known.map_or_else(|| Settings::core_key(core), |entry| entry.name.clone());
        let forget = fill(texts.forget, &[("extension", extension)]);
        removable(ui, &format!(".{extension}   {name}"), &forget, || removed = Some(extension.clone()));
    }
    if let Some(extension) = removed {
        new.core_for.remove(&extension);
    }
}

fn removable(ui: &mut Ui, text: &str, remove: &str, removed: impl FnOnce()) {
    widgets::row(
        ui,
        34.0,
        |ui| drop(widgets::line(ui, text, theme::regular(14.0), theme::TEXT)),
        |ui| {
            if ui.add(Button::icon(Icon::Close, remove)).on_hover_text(remove).clicked() {
                removed();
            }
        },
    );
}

fn system_folder(ui: &mut Ui, model: &Model, new: &mut Settings, actions: &mut Vec<Action>) {
    let texts = model.texts;
    dialog::heading(ui, texts.system_folder);
    widgets::explain(ui, texts.system_folder_hint);
    let shown = match &new.system_dir {
        Some(folder) => folder.display().to_string(),
        None => format!("{}: {}", texts.system_folder_own, model.system_dir.display()),
    };
    widgets::line(ui, &shown, theme::regular(13.0), theme::TEXT);
    ui.horizontal(|ui| {
        if ui.add(Button::text(texts.choose_folder).with_icon(Icon::Folder)).clicked() {
            actions.push(Action::PickSystemFolder);
        }
        if new.system_dir.is_some() && ui.add(Button::text(texts.use_own_folder).quiet()).clicked() {
            new.system_dir = None;
        }
    });
    widgets::explain(ui, texts.after_restart);
}

fn ports(ui: &mut Ui, texts: &Texts, new: &mut Settings) {
    dialog::heading(ui, texts.ports);
    widgets::explain(ui, texts.ports_hint);
    for (name, port) in [(texts.page_port, &mut new.http_port), (texts.media_port, &mut new.udp_port)] {
        line(ui, name, |ui| {
            ui.add(DragValue::new(port).range(1..=u16::MAX).speed(1.0)).accessible_name(name);
        });
    }
    widgets::explain(ui, texts.after_restart);
}
