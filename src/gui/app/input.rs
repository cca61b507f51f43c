//! Keys and mouse on their way to the game, before any widget sees them.

use super::super::input_capture::{CapturedInput, WindowState};
use super::super::keys::{self, KEY_SETS, KeyBindings, KeyFocus};
use super::super::pad_keys;
use super::super::view::Screen;
use super::App;
use crate::engine::GameState;
use egui::{Context, CursorGrab, Event, Order, Pos2, RawInput, ViewportCommand};

impl App {
    pub(super) fn route_input(&mut self, ctx: &Context, raw: &mut RawInput) {
        self.move_about(ctx, raw);
        let wanted_here = egui::Popup::is_any_open(ctx) || ctx.text_edit_focused();
        let game_has_focus = raw.focused && self.view.game_has_keyboard(&self.snapshot, wanted_here);
        self.capture_input(ctx, raw, game_has_focus);
        let bindings: [KeyBindings; KEY_SETS] = std::array::from_fn(|set| KeyBindings::of(self.played.settings(), set));
        let in_use = if self.local_players.has_second_keys() { &bindings[..] } else { &bindings[..1] };
        let pad_keys = game_has_focus && !self.capture.has_keys();
        let focus = if pad_keys { KeyFocus::Game } else { KeyFocus::Window };
        let pads = self.keyboard.take(&mut raw.events, focus, in_use);
        self.local_input.set_keyboard(pads);
        if keys::clipboard(&mut raw.events) {
            ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
        }
    }

    /// While no game is open a gamepad presses the window's keys.
    fn move_about(&mut self, ctx: &Context, raw: &mut RawInput) {
        let mut presses = self.local_input.take_presses();
        if self.view.waits_for_pad() {
            self.view.pad_pressed = presses.first().copied();
            return;
        }
        if self.snapshot.game.is_some() || !raw.focused {
            return;
        }
        let (again, wait) = self.pad_repeat.follow(self.local_input.held_direction(), crate::sync::now());
        presses.extend(again);
        if let Some(wait) = wait {
            ctx.request_repaint_after(wait);
        }
        let over = self.view.dialog.is_some() || egui::Popup::is_any_open(ctx);
        let anywhere = ctx.memory(|memory| memory.focused()).is_none() && (over || self.view.screen == Screen::Home);
        for (key, modifiers) in presses.into_iter().filter_map(|button| pad_keys::key_of(button, over, anywhere)) {
            for pressed in [true, false] {
                raw.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
            }
        }
    }

    pub(super) fn window_state(&self, ctx: &Context, game_has_focus: bool) -> WindowState {
        let game = self.snapshot.game.as_ref();
        let running = game.filter(|game| game.state == GameState::Running);
        WindowState {
            wants: game.map(|game| game.wants).unwrap_or_default(),
            seat: running.and(self.local_players.host),
            game_has_focus,
            picture_area: self.view.picture_area,
            pixels_per_point: ctx.pixels_per_point(),
        }
    }

    /// Gives keys and mouse to a game that captures them.
    fn capture_input(&mut self, ctx: &Context, raw: &mut RawInput, game_has_focus: bool) {
        let window = self.window_state(ctx, game_has_focus);
        let uncovered = |at: Pos2| ctx.layer_id_at(at).is_none_or(|layer| layer.order == Order::Background);
        for captured in self.capture.take(&mut raw.events, &window, uncovered) {
            match captured {
                CapturedInput::Keys(keys) => self.engine.local_keys(&keys),
                CapturedInput::Mouse(seat, moved, state) => self.engine.local_mouse(seat, moved, state),
            }
        }
        let captured = self.capture.has_pointer();
        if captured == self.pointer_captured {
            return;
        }
        self.pointer_captured = captured;
        if captured {
            // Nothing of the window lies under a pointer that cannot be seen.
            raw.events.push(egui::Event::PointerGone);
            // X11 knows only the first, and the second is the better one elsewhere.
            ctx.send_viewport_cmd(ViewportCommand::CursorGrab(CursorGrab::Confined));
            ctx.send_viewport_cmd(ViewportCommand::CursorGrab(CursorGrab::Locked));
        } else {
            ctx.send_viewport_cmd(ViewportCommand::CursorGrab(CursorGrab::None));
        }
        ctx.send_viewport_cmd(ViewportCommand::CursorVisible(!captured));
    }
}
