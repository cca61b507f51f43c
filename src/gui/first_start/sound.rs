//! Whether sound arrives: three notes by the way that a game's sound takes, and another device where nothing was heard.

use super::super::icons::Icon;
use super::super::theme;
use super::super::view::{Action, Model};
use super::super::widgets::{self, Button};
use super::{FirstStart, you};
use crate::audio::{SpeakerError, ToneOutcome};
use crate::engine::{Command, NoticeKind, SoundTest, Speaker, SpeakerCommand};
use crate::settings::Settings;
use crate::text::{Message, fill};
use egui::{Label, RichText, Ui};

/// How far the person is with it.
#[derive(Debug, Default)]
pub(super) struct SoundCheck {
    heard: bool,
    /// The devices are shown.
    choosing: bool,
}

pub(super) fn show(first: &mut FirstStart, ui: &mut Ui, model: &Model, new: &mut Settings, later: &mut Vec<Action>) {
    let texts = model.texts;
    widgets::card(ui, |ui| {
        widgets::section(ui, texts.sound);
        ui.horizontal_wrapped(|ui| {
            let test = ui.add(Button::text(texts.first_sound_test).with_icon(Icon::Volume));
            first.begin_at(&test);
            if test.clicked() {
                first.sound.heard = false;
                later.push(Action::Engine(Command::Speaker(SpeakerCommand::Test)));
            }
            let asked = matches!(model.snapshot.sound_test, SoundTest::Over(ToneOutcome::Taken)) && !first.sound.heard;
            if asked && ui.add(Button::text(texts.first_sound_heard).with_icon(Icon::Check)).clicked() {
                (first.sound.heard, first.sound.choosing) = (true, false);
            }
            if !first.sound.choosing && ui.add(Button::text(texts.first_sound_other)).clicked() {
                first.sound.choosing = true;
                later.push(Action::Engine(Command::Speaker(SpeakerCommand::List)));
            }
        });
        said(first, ui, model);
        if first.sound.choosing {
            devices(first, ui, model, new, later);
        }
    });
}

/// What is known of it now.
fn said(first: &FirstStart, ui: &mut Ui, model: &Model) {
    let texts = model.texts;
    let problem = |ui: &mut Ui, why: &SpeakerError| {
        let text = NoticeKind::NoSound { why: why.clone() }.text(texts);
        ui.add(Label::new(RichText::new(text).size(13.0).color(theme::WARNING)).wrap());
    };
    let device = match &model.snapshot.speaker {
        Speaker::Silent(why) => return problem(ui, why),
        Speaker::Playing(device) => device.as_str(),
        Speaker::Off => "",
    };
    let with_device = |text| fill(text, &[("device", device)]);
    match model.snapshot.sound_test {
        _ if first.sound.heard => {
            ui.horizontal(|ui| {
                widgets::icon(ui, Icon::Check, 16.0, theme::GOOD);
                ui.label(RichText::new(texts.first_sound_good).size(13.0).color(theme::GOOD));
            });
        }
        SoundTest::Over(ToneOutcome::NoDevice) => problem(ui, &SpeakerError::NoDevice),
        SoundTest::Over(ToneOutcome::Stuck) => {
            let text = with_device(texts.first_sound_stuck);
            ui.add(Label::new(RichText::new(text).size(13.0).color(theme::WARNING)).wrap());
        }
        SoundTest::Over(ToneOutcome::Taken | ToneOutcome::Game) => {
            widgets::explain(ui, with_device(texts.first_sound_asked));
        }
        SoundTest::Playing => widgets::explain(ui, with_device(texts.first_sound_now)),
        SoundTest::None if device.is_empty() => widgets::explain(ui, texts.first_sound_hint),
        SoundTest::None => widgets::explain(ui, with_device(texts.first_sound_on)),
    }
}

/// Each to be chosen with one press, which plays the notes on it.
fn devices(first: &mut FirstStart, ui: &mut Ui, model: &Model, new: &mut Settings, later: &mut Vec<Action>) {
    let texts = model.texts;
    ui.horizontal_wrapped(|ui| {
        let own = std::iter::once(("", texts.first_sound_usual));
        for (device, name) in own.chain(model.snapshot.speakers.iter().map(|it| (it.as_str(), it.as_str()))) {
            if ui.add(you::choice(name, model.settings.speaker == device)).clicked() {
                device.clone_into(&mut new.speaker);
                first.sound.heard = false;
                later.push(Action::Engine(Command::Speaker(SpeakerCommand::Test)));
            }
        }
    });
}
