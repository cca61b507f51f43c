//! What the running core may do on this machine, and the words by which a person lets it do everything.

use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::{Bounds, GameStatus};
use crate::settings::Settings;
use crate::text::fill;
use egui::{Id, RichText, TextEdit, Ui};

pub(super) fn show(ui: &mut Ui, model: &Model, game: &GameStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let key = Settings::core_key(&game.core);
    let confined = model.settings.bounds_of(&game.core).confined;
    let heading = if confined { texts.trust_title } else { texts.trust_title_off };
    egui::CollapsingHeader::new(heading).id_salt("trust").show(ui, |ui| {
        let change = |trusted: bool| {
            let mut settings = model.settings.clone();
            match trusted {
                true => settings.trusted_cores.insert(key.clone(), Bounds::TRUST_WORDS.into()),
                false => settings.trusted_cores.remove(&key),
            };
            Action::Change(Box::new(settings))
        };
        if !confined {
            ui.add(egui::Label::new(RichText::new(texts.trust_is_off).color(theme::WARNING)).wrap());
            if ui.add(Button::text(texts.trust_end)).clicked() {
                actions.push(change(false));
            }
            return;
        }
        widgets::explain(ui, texts.trust_hint);
        widgets::explain(ui, fill(texts.trust_ask, &[("words", texts.trust_words)]));
        let draft = Id::unique("trust-words");
        let mut words: String = ui.data_mut(|data| data.get_temp(draft).unwrap_or_default());
        let field = TextEdit::singleline(&mut words).char_limit(200).desired_width(f32::INFINITY);
        ui.add(field).accessible_name(texts.trust_field);
        let said = words.trim() == texts.trust_words;
        ui.data_mut(|data| data.insert_temp(draft, words));
        if ui.add_enabled(said, Button::text(texts.trust_begin)).clicked() {
            ui.data_mut(|data| data.remove::<String>(draft));
            actions.push(change(true));
        }
    });
    ui.add_space(6.0);
}
