//! Of the settings: the picture's shape, and what of its edges is not shown.

use super::preferences::line;
use super::widgets;
use crate::settings::{Aspect, Crop, Settings};
use crate::text::Texts;
use egui::{ComboBox, DragValue, Ui};

pub(super) fn show(ui: &mut Ui, texts: &Texts, new: &mut Settings) {
    line(ui, texts.aspect, |ui| {
        let name = |aspect| match aspect {
            Aspect::Core => texts.aspect_core,
            Aspect::Square => texts.aspect_square,
            Aspect::FourThirds => texts.aspect_four_thirds,
            Aspect::Television => texts.aspect_television,
        };
        let combo = ComboBox::from_id_salt("aspect").selected_text(name(new.aspect)).width(200.0);
        let combo = combo.show_ui(ui, |ui| {
            for aspect in Aspect::ALL {
                ui.selectable_value(&mut new.aspect, aspect, name(aspect));
            }
        });
        combo.response.accessible_name(texts.aspect);
    });
    line(ui, texts.crop, |ui| {
        let Crop { top, bottom, left, right } = &mut new.crop;
        // From right to left, as the line is; and with the keyboard from left to right.
        ui.scope(|ui| {
            ui.set_max_width(320.0);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                for (name, amount) in [
                    (texts.crop_top, top),
                    (texts.crop_bottom, bottom),
                    (texts.crop_left, left),
                    (texts.crop_right, right),
                ] {
                    let field = DragValue::new(amount).range(0..=Crop::MOST).speed(1.0).prefix(format!("{name} "));
                    ui.add(field).accessible_name(format!("{}: {name}", texts.crop));
                }
            });
        });
    });
    widgets::explain(ui, texts.crop_hint);
}
