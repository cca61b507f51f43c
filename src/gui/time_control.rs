//! How the host goes through time: keys and buttons that are held or pressed, and what says that somebody does.

use super::icons::{self, Icon};
use super::theme;
use super::view::{Action, Model};
use super::widgets::Button;
use crate::engine::{Command, Flow, GameCommand, GameState, GameStatus};
use crate::text::{Texts, fill};
use egui::{Align2, Color32, Key, Modifiers, Rect, Response, RichText, Ui, pos2, vec2};

/// A key that is let go of sooner was not held, but pressed: what it began goes on.
const TAP_SECONDS: f64 = 0.3;

/// What of it is held.
#[derive(Debug, Default)]
pub(super) struct TimeControl {
    rewind_key: bool,
    /// Since when, unless it ended what went on.
    fast_key: Option<f64>,
    fast_key_down: bool,
    rewind_button: bool,
}

fn flow(flow: Flow) -> Action {
    Action::Engine(Command::Game(GameCommand::Flow(flow)))
}

/// On if it is off, and off if it is on.
fn toggled(game: &GameStatus, wanted: Flow) -> Action {
    flow(if game.flow == wanted { Flow::Normal } else { wanted })
}

impl TimeControl {
    /// F1 goes back while it is held, F3 makes fast while it is held or until it is pressed again, F12 makes slow until it is
    /// pressed again, Shift and F5 run one frame.
    pub(super) fn keys(&mut self, ui: &Ui, game: &GameStatus, actions: &mut Vec<Action>) {
        let alive = matches!(game.state, GameState::Running | GameState::Paused);
        let now = ui.input(|input| input.time);
        let down = |key| alive && ui.input(|input| input.key_down(key));
        let rewind = down(Key::F1);
        if std::mem::replace(&mut self.rewind_key, rewind) != rewind {
            actions.push(flow(if rewind { Flow::Rewind } else { Flow::Normal }));
        }
        let fast = down(Key::F3);
        match (std::mem::replace(&mut self.fast_key_down, fast), fast) {
            (false, true) if game.flow == Flow::FastForward => actions.push(flow(Flow::Normal)),
            (false, true) => {
                self.fast_key = Some(now);
                actions.push(flow(Flow::FastForward));
            }
            (true, false) if self.fast_key.take().is_some_and(|since| now - since > TAP_SECONDS) => {
                actions.push(flow(Flow::Normal));
            }
            _ => {}
        }
        let pressed = |modifiers, key| alive && ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::NONE, Key::F12) {
            actions.push(toggled(game, Flow::SlowMotion));
        }
        if pressed(Modifiers::SHIFT, Key::F5) {
            actions.push(Action::Engine(Command::Game(GameCommand::StepFrame)));
        }
    }

    pub(super) fn buttons(&mut self, ui: &mut Ui, model: &Model, game: &GameStatus, actions: &mut Vec<Action>) {
        let texts = model.texts;
        let button = |icon, name, on: bool| {
            let button = Button::icon(icon, name).boxed();
            if on { button.color(theme::ACCENT) } else { button }
        };
        let rewind = ui.add_enabled(game.can_rewind, button(Icon::Rewind, texts.rewind, game.flow == Flow::Rewind));
        let rewind = tip(rewind, texts.rewind, "F1", texts.hold_tip);
        let held = rewind.is_pointer_button_down_on();
        if std::mem::replace(&mut self.rewind_button, held) != held {
            actions.push(flow(if held { Flow::Rewind } else { Flow::Normal }));
        } else if rewind.clicked() && !rewind.clicked_by(egui::PointerButton::Primary) {
            // Without a pointer there is nothing to hold it with.
            actions.push(toggled(game, Flow::Rewind));
        }
        let fast = ui.add(button(Icon::FastForward, texts.fast_forward, game.flow == Flow::FastForward));
        if tip(fast, texts.fast_forward, "F3", texts.key_tip).clicked() {
            actions.push(toggled(game, Flow::FastForward));
        }
        let slow = ui.add(button(Icon::SlowMotion, texts.slow_motion, game.flow == Flow::SlowMotion));
        if tip(slow, texts.slow_motion, "F12", texts.key_tip).clicked() {
            actions.push(toggled(game, Flow::SlowMotion));
        }
        if game.state == GameState::Paused {
            let step = ui.add(button(Icon::StepFrame, texts.step_frame, false));
            if tip(step, texts.step_frame, &fill(texts.with_shift, &[("key", "F5")]), texts.key_tip).clicked() {
                actions.push(Action::Engine(Command::Game(GameCommand::StepFrame)));
            }
        }
        ui.add_space(8.0);
    }
}

fn tip(response: Response, name: &str, key: &str, with_key: &str) -> Response {
    response.on_hover_text(fill(with_key, &[("name", name), ("key", key)]))
}

/// Who does what with time, over the picture.
pub(super) fn sign(ui: &mut Ui, model: &Model, game: &GameStatus, area: Rect) {
    let alive = matches!(game.state, GameState::Running | GameState::Paused);
    let Some((icon, words)) = words(model.texts, game).filter(|_| alive) else { return };
    let most = (area.width() - 80.0).max(60.0);
    let width = ui.painter().layout_no_wrap(words.clone(), theme::semibold(14.0), theme::TEXT).size().x.min(most);
    let plate = Align2::CENTER_TOP.anchor_size(pos2(area.center().x, area.top() + 12.0), vec2(width + 52.0, 34.0));
    ui.painter().rect_filled(plate, 12, Color32::from_black_alpha(190));
    let mark = Rect::from_center_size(plate.left_center() + vec2(20.0, 0.0), vec2(18.0, 18.0));
    icons::paint(ui.painter(), icon, mark, theme::ACCENT);
    let place = Rect::from_min_size(plate.min + vec2(36.0, 0.0), vec2(width + 2.0, plate.height()));
    let words = RichText::new(words).font(theme::semibold(14.0)).color(theme::TEXT);
    ui.put(place, egui::Label::new(words).selectable(false).truncate());
}

fn words(texts: &Texts, game: &GameStatus) -> Option<(Icon, String)> {
    let (icon, own, others) = match game.flow {
        Flow::Normal => return None,
        Flow::FastForward => (Icon::FastForward, texts.fast_forward, texts.fast_by),
        Flow::SlowMotion => (Icon::SlowMotion, texts.slow_motion, texts.slow_by),
        Flow::Rewind => (Icon::Rewind, texts.rewinding, texts.rewind_by),
    };
    let by = |name: &String| fill(others, &[("name", name)]);
    Some((icon, game.flow_by.as_ref().map_or_else(|| own.to_owned(), by)))
}
