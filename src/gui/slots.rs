//! The save states of the game: ten places with picture and time. And the question whether to go on where the game was left.

use super::dialog::{self, DialogState};
use super::icons::Icon;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use super::{theme, time};
use crate::engine::{Command, GameCommand, GameState, GameStatus, SavedState, Slot};
use crate::text::fill;
use egui::{
    Align, Align2, Color32, CornerRadius, CursorIcon, Frame, Layout, Margin, Rect, RichText, Role, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The narrowest card that holds three buttons, in points.
const CARD_WIDTH: f32 = 150.0;
const GAP: f32 = 10.0;
/// Most consoles' pictures are as wide as this by their height.
const SHAPE: f32 = 4.0 / 3.0;

/// `chosen` is the slot of the keys.
pub(super) fn show(ui: &Ui, model: &Model, chosen: &mut u8, actions: &mut Vec<Action>) -> DialogState {
    let texts = model.texts;
    let Some(game) = &model.snapshot.game else { return DialogState::Closed };
    dialog::show(ui, "slots", 860.0, texts.slots, texts.close, |ui| {
        widgets::explain(ui, texts.slots_hint);
        ui.add_space(6.0);
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        // Five rows of two, or two of five: never one that is nearly empty.
        let columns = [5, 4, 2].into_iter().find(|count| width_of(ui, *count) >= CARD_WIDTH).unwrap_or(1);
        let width = width_of(ui, columns).floor();
        let mut closed = false;
        let slots: Vec<Slot> = Slot::all().collect();
        for row in slots.chunks(columns) {
            ui.horizontal_top(|ui| {
                for &slot in row {
                    closed |= card(ui, model, game, slot, width, chosen, actions);
                }
            });
        }
        if closed { DialogState::Closed } else { DialogState::Open }
    })
}

fn width_of(ui: &Ui, columns: usize) -> f32 {
    (ui.available_width() - GAP * (columns - 1) as f32) / columns as f32
}

/// True when its state was loaded: the game is what people want to see then.
fn card(
    ui: &mut Ui,
    model: &Model,
    game: &GameStatus,
    slot: Slot,
    width: f32,
    chosen: &mut u8,
    actions: &mut Vec<Action>,
) -> bool {
    let texts = model.texts;
    let number = slot.number() + 1;
    let n = number.to_string();
    let with_number = |text| fill(text, &[("n", &n)]);
    let state = game.states.slots[slot.index()].as_ref();
    let is_chosen = *chosen == slot.number();
    let alive = matches!(game.state, GameState::Running | GameState::Paused) && game.can_save_state;
    let mut loaded = false;
    let ring = Stroke::new(1.0, if is_chosen { theme::ACCENT } else { theme::LINE });
    let frame = Frame::new().fill(theme::CARD).stroke(ring).corner_radius(12).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        // Of what the card has, the margin is the frame's.
        let width = width - 18.0;
        ui.set_width(width);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
            let (rect, picture) = ui.allocate_exact_size(vec2(width, width / SHAPE), Sense::click());
            let name = with_number(texts.slot_choose);
            picture.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &name));
            paint_picture(ui, model, state, rect, texts.slot_nothing);
            if picture.has_focus() {
                ui.painter().rect_stroke(
                    rect,
                    CornerRadius::same(8),
                    Stroke::new(1.5, theme::ACCENT),
                    StrokeKind::Inside,
                );
            }
            if picture.on_hover_text(name).on_hover_cursor(CursorIcon::PointingHand).clicked() {
                *chosen = slot.number();
            }
            widgets::row(
                ui,
                20.0,
                |ui| drop(widgets::line(ui, &with_number(texts.slot), theme::semibold(14.0), theme::TEXT)),
                |ui| {
                    if is_chosen {
                        ui.label(RichText::new(texts.slot_chosen).font(theme::regular(12.0)).color(theme::ACCENT));
                    }
                },
            );
            // The picture's place says that there is none.
            let when = state.map_or_else(|| " ".to_owned(), |state| ago(model, state));
            widgets::line(ui, &when, theme::regular(12.0), theme::TEXT_WEAK);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let game_command = |command| Action::Engine(Command::Game(command));
                ui.add_enabled_ui(alive, |ui| {
                    let name = with_number(texts.save_in_slot);
                    if ui.add(Button::icon(Icon::Save, &name).boxed()).on_hover_text(&name).clicked() {
                        actions.push(game_command(GameCommand::SaveState(slot)));
                    }
                });
                ui.add_enabled_ui(alive && state.is_some(), |ui| {
                    let name = with_number(texts.load_from_slot);
                    if ui.add(Button::icon(Icon::Load, &name).boxed()).on_hover_text(&name).clicked() {
                        actions.push(game_command(GameCommand::LoadState(slot)));
                        loaded = true;
                    }
                });
                if state.is_some_and(|state| state.has_previous) {
                    let name = with_number(texts.undo_slot);
                    if ui.add(Button::icon(Icon::Reset, &name)).on_hover_text(texts.slot_undo).clicked() {
                        actions.push(Action::Engine(Command::PutBackState { slot }));
                    }
                }
            });
        });
    });
    loaded
}

fn paint_picture(ui: &Ui, model: &Model, state: Option<&SavedState>, rect: Rect, nothing: &str) {
    let painter = ui.painter();
    let corner = CornerRadius::same(8);
    painter.rect_filled(rect, corner, theme::BACKGROUND);
    match state.map(|state| model.state_pictures.of(state)) {
        Some(Some(texture)) => {
            let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let place = fitted(rect, model, texture.size());
            egui::Image::from_texture(texture).corner_radius(corner).uv(all).paint_at(ui, place);
        }
        // Saved by a program that makes no pictures.
        Some(None) => super::icons::paint(
            painter,
            Icon::Save,
            Rect::from_center_size(rect.center(), vec2(28.0, 28.0)),
            theme::TEXT_WEAK,
        ),
        None => {
            painter.text(rect.center(), Align2::CENTER_CENTER, nothing, theme::regular(13.0), theme::TEXT_WEAK);
        }
    }
}

/// As wide by its height as the game is now, since files have pixels alone.
fn fitted(rect: Rect, model: &Model, size: [usize; 2]) -> Rect {
    let own = size[0] as f32 / (size[1] as f32).max(1.0);
    let aspect = model.picture.map_or(own, |picture| picture.aspect).clamp(0.2, 5.0);
    let width = rect.width().min(rect.height() * aspect);
    Rect::from_center_size(rect.center(), vec2(width, width / aspect))
}

fn ago(model: &Model, state: &SavedState) -> String {
    let saved = UNIX_EPOCH.checked_add(Duration::from_millis(state.time)).unwrap_or(UNIX_EPOCH);
    time::ago(model.texts, SystemTime::now().duration_since(saved).unwrap_or_default())
}

/// Whether to go on where the game was left, over its picture.
pub(super) fn ask_to_continue(ui: &mut Ui, model: &Model, game: &GameStatus, area: Rect, actions: &mut Vec<Action>) {
    let Some(state) = game.states.auto.as_ref().filter(|_| game.asks_to_continue) else { return };
    if !matches!(game.state, GameState::Running | GameState::Paused) {
        return;
    }
    let texts = model.texts;
    ui.painter().rect_filled(area, 0, Color32::from_black_alpha(150));
    let width = (area.width() - 32.0).clamp(200.0, 400.0);
    let picture_height = (area.height() - 220.0).clamp(0.0, 200.0);
    let place = Rect::from_center_size(area.center(), vec2(width, picture_height + 196.0));
    let mut inner =
        ui.new_child(UiBuilder::new().id_salt("continue").max_rect(place).layout(Layout::top_down(Align::Min)));
    let frame = Frame::new().fill(theme::PANEL).stroke(Stroke::new(1.0, theme::LINE)).corner_radius(16);
    frame.inner_margin(Margin::same(18)).show(&mut inner, |ui| {
        ui.set_width(width - 36.0);
        ui.add(egui::Label::new(RichText::new(texts.continue_title).font(theme::semibold(18.0))).wrap());
        if picture_height >= 60.0 {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), picture_height), Sense::hover());
            paint_picture(ui, model, Some(state), rect, "");
        }
        let left = fill(texts.continue_left, &[("ago", &ago(model, state))]);
        widgets::line(ui, &left, theme::regular(14.0), theme::TEXT);
        widgets::explain(ui, texts.continue_hint);
        ui.add_space(6.0);
        ui.horizontal_wrapped(|ui| {
            let answers = [
                (Button::text(texts.continue_yes).with_icon(Icon::Play).primary(), true),
                (Button::text(texts.continue_no), false),
            ];
            for (button, wanted) in answers {
                if ui.add(button).clicked() {
                    actions.push(Action::Engine(Command::Continue { wanted }));
                }
            }
        });
    });
}
