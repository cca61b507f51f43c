//! Of the settings: the picture's shape, and what of its edges is not shown.

use super::preferences::line;
use super::widgets;
use crate::settings::{Aspect, Crop, Settings};
use crate::text::Texts;
use egui::{Align, ComboBox, DragValue, Layout, Ui, Vec2, vec2};

/// Wide enough for each name with two digits.
const FIELD: Vec2 = vec2(88.0, 32.0);

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
        // The line goes from right to left; Tab, as people read.
        let all = vec2(4.0 * FIELD.x + 3.0 * ui.spacing().item_spacing.x, FIELD.y);
        ui.allocate_ui_with_layout(all, Layout::left_to_right(Align::Center), |ui| {
            for (name, amount) in
                [(texts.crop_top, top), (texts.crop_bottom, bottom), (texts.crop_left, left), (texts.crop_right, right)]
            {
                let field = DragValue::new(amount).range(0..=Crop::MOST).speed(1.0).prefix(format!("{name} "));
                ui.add_sized(FIELD, field).accessible_name(format!("{}: {name}", texts.crop));
            }
        });
    });
    widgets::explain(ui, texts.crop_hint);
}
