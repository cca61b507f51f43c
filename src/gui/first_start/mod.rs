//! The first start: who is here, where the games are, whether sound and hands arrive. It ends in the demo, with the link for friends
//! in the clipboard. Each of the three can be left as it is, and all of them passed over.

mod games;
mod pads;
mod sound;
mod you;

use super::icons::{self, Icon};
use super::invite;
use super::theme;
use super::view::{Action, Model, Screen, View};
use super::widgets::{self, Button};
use crate::engine::Level;
use crate::settings::Settings;
use crate::text::{Texts, fill};
use egui::{
    Align, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel, RichText, ScrollArea, Sense, Ui, Vec2, vec2,
};
use pads::PadLights;
use sound::SoundCheck;
use std::path::PathBuf;

/// Wider, lines become hard to follow; in points.
const WIDTH: f32 = 640.0;

/// What is asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// The name, and the language.
    #[default]
    You,
    /// Folders, and cores.
    Games,
    /// Sound, and controllers.
    Devices,
}

impl Step {
    const ALL: [Step; 3] = [Step::You, Step::Games, Step::Devices];

    fn number(self) -> usize {
        self as usize + 1
    }

    fn before(self) -> Option<Step> {
        Self::ALL.get((self as usize).checked_sub(1)?).copied()
    }

    fn after(self) -> Option<Step> {
        Self::ALL.get(self as usize + 1).copied()
    }

    fn title(self, texts: &Texts) -> &'static str {
        match self {
            Step::You => texts.first_you,
            Step::Games => texts.first_games,
            Step::Devices => texts.first_devices,
        }
    }
}

/// How far it is.
#[derive(Debug, Default)]
pub struct FirstStart {
    /// What is asked now.
    pub step: Step,
    /// Folders that people use for games and that are there: offered with one press, as no gamepad gets through a file dialog.
    pub usual_folders: Vec<PathBuf>,
    /// The step was painted before: where the focus is, is the person's business.
    entered: bool,
    name: Option<String>,
    sound: SoundCheck,
    lights: PadLights,
}

impl FirstStart {
    /// From the beginning.
    pub fn new(usual_folders: Vec<PathBuf>) -> FirstStart {
        FirstStart { usual_folders, ..FirstStart::default() }
    }

    /// What is held on gamepads is shown.
    pub(super) fn shows_pads(&self) -> bool {
        self.step == Step::Devices
    }

    fn go_to(&mut self, step: Step) {
        self.step = step;
        self.entered = false;
        self.lights = PadLights::default();
    }

    /// The widget to begin with.
    fn begin_at(&self, response: &egui::Response) {
        if !self.entered {
            response.request_focus();
        }
    }
}

/// Where to go from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Going {
    Back,
    Next,
    Skip,
}

pub(super) fn show(view: &mut View, ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let mut new = model.settings.clone();
    let mut later = Vec::new();
    let mut going = keys(view, ui);
    let entered = view.first.entered;
    top_bar(view, ui, model, &mut going);
    bottom_bar(view, ui, model, &mut going);
    let frame = Frame::new().fill(theme::BACKGROUND);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            column(ui, |ui| {
                title(ui, model.texts, view.first.step);
                match view.first.step {
                    Step::You => you::show(&mut view.first, ui, model, &mut new, &mut going),
                    Step::Games => games::show(view, ui, model, &mut new, &mut later),
                    Step::Devices => {
                        sound::show(&mut view.first, ui, model, &mut new, &mut later);
                        ui.add_space(10.0);
                        pads::show(&mut view.first.lights, ui, model);
                    }
                }
                ui.add_space(8.0);
            });
        });
    });
    view.first.entered |= !entered;
    if going.is_some() {
        you::keep_name(&view.first, &mut new);
    }
    let demo = go(view, ui, model, going, &mut new);
    // Before the demo is opened, which is remembered in the settings.
    if new != *model.settings {
        actions.push(Action::Change(Box::new(new)));
    }
    actions.extend(later);
    if demo {
        actions.push(Action::PlayDemo);
    }
}

/// True if the demo is to begin.
fn go(view: &mut View, ui: &Ui, model: &Model, going: Option<Going>, new: &mut Settings) -> bool {
    let step = view.first.step;
    let Some(going) = going else { return false };
    ui.ctx().request_repaint();
    let (next, demo) = match going {
        Going::Back => (step.before().or(Some(step)), false),
        Going::Next => (step.after(), step.after().is_none() && model.demo),
        Going::Skip => (None, false),
    };
    if let Some(next) = next {
        view.first.go_to(next);
        return false;
    }
    new.first_start_done = true;
    view.first = FirstStart::default();
    view.screen = Screen::Home;
    let link = invite::open_link(model).filter(|_| demo);
    if let Some(link) = link {
        ui.ctx().copy_text(link.to_owned());
        view.notices.push_long(Level::Info, model.texts.first_invited.to_owned());
    }
    demo
}

/// Escape goes back, and so does the right button of a gamepad, but not where buttons are only tried.
fn keys(view: &View, ui: &Ui) -> Option<Going> {
    if view.dialog.is_some() || egui::Popup::is_any_open(ui.ctx()) {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let back = pressed(Key::Escape) || (pressed(Key::BrowserBack) && !view.first.shows_pads());
    if view.first.step == Step::You {
        you::leave_field(ui);
    }
    back.then_some(Going::Back)
}

fn top_bar(view: &View, ui: &mut Ui, model: &Model, going: &mut Option<Going>) {
    let texts = model.texts;
    let bar = Frame::new().fill(theme::BACKGROUND).inner_margin(Margin::symmetric(20, 0));
    Panel::top("first-bar").exact_size(60.0).show_separator_line(false).frame(bar).show(ui, |ui| {
        widgets::row(
            ui,
            60.0,
            |ui| {
                let (rect, _) = ui.allocate_exact_size(Vec2::splat(30.0), Sense::hover());
                icons::paint_mark(ui.painter(), rect);
                ui.add_space(4.0);
                ui.label(RichText::new("Hotseat").font(theme::semibold(20.0)));
                ui.add_space(10.0);
                let numbers = [("n", &*view.first.step.number().to_string()), ("of", &*Step::ALL.len().to_string())];
                widgets::line(ui, &fill(texts.first_step, &numbers), theme::regular(13.0), theme::TEXT_WEAK);
            },
            |ui| {
                if ui.add(Button::text(texts.first_skip).quiet()).on_hover_text(texts.first_skip_tip).clicked() {
                    *going = Some(Going::Skip);
                }
            },
        );
    });
}

fn bottom_bar(view: &View, ui: &mut Ui, model: &Model, going: &mut Option<Going>) {
    let texts = model.texts;
    let (first, last) = (view.first.step.before().is_none(), view.first.step.after().is_none());
    let bar = Frame::new().fill(theme::BACKGROUND);
    let height = if last { 84.0 } else { 64.0 };
    Panel::bottom("first-foot").exact_size(height).show_separator_line(false).frame(bar).show(ui, |ui| {
        column(ui, |ui| {
            if last {
                widgets::explain(ui, if model.demo { texts.first_demo_hint } else { texts.play_demo_missing });
            }
            let (mut back, mut forward) = (false, false);
            widgets::row(
                ui,
                40.0,
                |ui| {
                    back = !first && ui.add(Button::text(texts.first_back).with_icon(Icon::Back)).clicked();
                },
                |ui| {
                    let next = match (last, model.demo) {
                        (false, _) => Button::text(texts.first_next),
                        (true, true) => Button::text(texts.play_demo).with_icon(Icon::Play),
                        (true, false) => Button::text(texts.first_done).with_icon(Icon::Check),
                    };
                    let next = ui.add(next.primary());
                    // The other two begin with something to do.
                    if view.first.step == Step::Games {
                        view.first.begin_at(&next);
                    }
                    forward = next.clicked();
                },
            );
            if back {
                *going = Some(Going::Back);
            }
            if forward {
                *going = Some(Going::Next);
            }
        });
    });
}

/// In the middle, as wide as can be read.
fn column(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let side = ((ui.available_width() - WIDTH) / 2.0).max(24.0);
    let width = ui.available_width() - 2.0 * side;
    ui.horizontal_top(|ui| {
        ui.add_space(side);
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
            add(ui);
        });
    });
}

fn title(ui: &mut Ui, texts: &Texts, step: Step) {
    ui.add_space(10.0);
    ui.add(egui::Label::new(RichText::new(step.title(texts)).font(theme::semibold(24.0))).wrap());
    ui.add_space(6.0);
}
