//! The host's real keys and mouse, for games that use them: a mode that captures both until Esc, and a pointer that is
//! followed over the picture without the mode. Pure: events go in, input for the game comes out.

mod mouse;
#[cfg(test)]
mod tests;

use self::mouse::TrackedMouse;
use super::retrok::code_of;
use crate::engine::Wants;
use crate::input::{KeySet, MouseMove, MouseState, Seat};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect};
use std::collections::BTreeMap;

/// What the window shows, and the seat that its keys and mouse belong to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WindowState {
    /// What the game asks for.
    pub wants: Wants,
    /// The host's seat in a game that runs.
    pub seat: Option<Seat>,
    /// No dialog, no text field and no other window takes the keys.
    pub game_has_focus: bool,
    /// None before there is a picture.
    pub picture_area: Option<PictureArea>,
    pub pixels_per_point: f32,
}

/// The picture's place in the window, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureArea {
    /// The picture together with the black bars around it.
    pub letterbox: Rect,
    /// What is shown of the picture.
    pub picture: Rect,
    /// Where all of it would be, with what is left out at the edges: what a pointer's place is counted in.
    pub whole: Rect,
    /// The core's own resolution, in pixels.
    pub size_px: [u32; 2],
}

/// What the game can capture at this moment, for the buttons and hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaptureState {
    /// The game uses the keyboard.
    pub keyboard: bool,
    /// The game uses a mouse.
    pub mouse: bool,
    /// The game uses a pointer or light gun, so the pointer is followed over the picture.
    pub pointer: bool,
    /// The mode is on.
    pub active: bool,
}

/// Input for the game's input board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CapturedInput {
    /// All keys held now.
    Keys(KeySet),
    /// The mouse of this seat: its motion since the last one, and its state now.
    Mouse(Seat, MouseMove, MouseState),
}

/// Follows keyboard and mouse, and decides which of their events are the game's.
#[derive(Debug, Default)]
pub(super) struct InputCapture {
    active: bool,
    seat: Option<Seat>,
    wants: Wants,
    /// `RETROK` code of every held key, by the key's place on the keyboard.
    held_keys: BTreeMap<Key, u16>,
    /// The key that switched the mode, until it is released.
    switch_key: Option<Key>,
    mouse: TrackedMouse,
    sent_keys: KeySet,
    sent_mouse: MouseState,
}

impl InputCapture {
    pub fn state(&self, window: &WindowState) -> CaptureState {
        let wants = if window.seat.is_some() { window.wants } else { Wants::default() };
        CaptureState { keyboard: wants.keyboard, mouse: wants.mouse, pointer: uses_pointer(wants), active: self.active }
    }

    /// The mouse is captured: its pointer is hidden and stays in the window.
    pub fn has_pointer(&self) -> bool {
        self.active && self.wants.mouse
    }

    /// The keyboard is captured: no key presses a button of the pad.
    pub fn has_keys(&self) -> bool {
        self.active && self.wants.keyboard
    }

    /// Gives keyboard and mouse to the game.
    pub fn start(&mut self) {
        if self.seat.is_some() && (self.wants.keyboard || self.wants.mouse) {
            self.active = true;
            // The click was on a button of the window.
            self.mouse.begin_capture();
        }
    }

    /// Releases everything held, and gives keyboard and mouse back to the window. Takes effect with the next events.
    pub fn stop(&mut self) {
        self.active = false;
        self.held_keys.clear();
        self.mouse.release();
    }

    /// Removes the game's events from `events`, so that no widget sees them, and returns what they mean. `uncovered` says
    /// whether nothing of the window lies over the picture at a position.
    pub fn take(
        &mut self,
        events: &mut Vec<Event>,
        window: &WindowState,
        uncovered: impl Fn(Pos2) -> bool,
    ) -> Vec<CapturedInput> {
        let mut captured = Vec::new();
        let seat = window.seat.filter(|_| window.game_has_focus);
        let capturable = |wants: Wants| (wants.keyboard, wants.mouse);
        if seat != self.seat || capturable(window.wants) != capturable(self.wants) {
            self.stop();
            self.switch_key = None;
            // Before the seat changes: the release goes to the seat that held the input.
            self.flush(&mut captured);
            self.seat = seat;
        }
        self.wants = window.wants;
        if self.seat.is_some() {
            events.retain(|event| {
                let taken = self.event(event, window, &uncovered);
                // After each event, so that a tap whose press and release come together is seen.
                if !matches!(event, Event::MouseMoved(_) | Event::PointerMoved(_)) {
                    self.flush(&mut captured);
                }
                !taken
            });
        }
        self.flush(&mut captured);
        captured
    }

    /// True when the event was the game's.
    fn event(&mut self, event: &Event, window: &WindowState, uncovered: &dyn Fn(Pos2) -> bool) -> bool {
        match event {
            Event::WindowFocused(false) => {
                self.stop();
                self.switch_key = None;
                false
            }
            Event::Key { key, physical_key, pressed, modifiers, .. } => {
                self.key(physical_key.unwrap_or(*key), *pressed, *modifiers)
            }
            Event::Text(_) | Event::Ime(_) => self.has_keys(),
            _ => window.picture_area.is_some_and(|area| self.pointer(event, window, &area, uncovered)),
        }
    }

    fn key(&mut self, place: Key, pressed: bool, modifiers: Modifiers) -> bool {
        // A held key repeats, which must not switch the mode again.
        if self.switch_key == Some(place) {
            if !pressed {
                self.switch_key = None;
            }
            return true;
        }
        let can_capture = self.wants.keyboard || self.wants.mouse;
        if pressed && can_capture && (place == Key::ScrollLock || self.active && place == Key::Escape) {
            self.switch_key = Some(place);
            if self.active {
                self.stop();
            } else {
                self.start();
            }
            return true;
        }
        if !self.has_keys() {
            return false;
        }
        // A key that was pressed before the capture is released outside of it.
        if !pressed {
            return self.held_keys.remove(&place).is_some();
        }
        // Esc ends the capture, so the game gets it as terminals have always sent it: Ctrl+[.
        let escape = place == Key::OpenBracket && modifiers.ctrl;
        if escape {
            self.held_keys.remove(&Key::ControlLeft);
            self.held_keys.remove(&Key::ControlRight);
        }
        let code = code_of(if escape { Key::Escape } else { place });
        if code != 0 {
            self.held_keys.entry(place).or_insert(code);
        }
        code != 0
    }

    fn pointer(
        &mut self,
        event: &Event,
        window: &WindowState,
        area: &PictureArea,
        uncovered: &dyn Fn(Pos2) -> bool,
    ) -> bool {
        let captured = self.has_pointer();
        let followed = !captured && uses_pointer(self.wants);
        match event {
            Event::MouseMoved(by) if captured => {
                self.mouse.move_by(*by / window.pixels_per_point.max(0.1), area);
                true
            }
            Event::PointerMoved(to) if followed => {
                // A press is followed to its release wherever it goes.
                if self.mouse.is_pressed() || area.letterbox.contains(*to) && uncovered(*to) {
                    self.mouse.point_at(*to, area);
                } else {
                    self.mouse.release();
                }
                false
            }
            Event::PointerMoved(_) => captured,
            Event::PointerButton { button, pressed: false, .. } => self.mouse.set_released(*button) && captured,
            Event::PointerButton { button, .. } if captured => {
                self.mouse.set_pressed(*button);
                true
            }
            Event::PointerButton { pos, button, .. } => {
                if followed && area.letterbox.contains(*pos) && uncovered(*pos) {
                    self.mouse.point_at(*pos, area);
                    self.mouse.set_pressed(*button);
                } else if self.wants.mouse && !followed && *button == PointerButton::Primary {
                    // The first click is the window's: it starts the capture.
                    if area.picture.contains(*pos) && uncovered(*pos) {
                        self.start();
                    }
                }
                false
            }
            Event::PointerGone => {
                if followed {
                    self.mouse.release();
                }
                false
            }
            Event::MouseWheel { unit, delta, .. } if captured || followed && self.mouse.state.over => {
                self.mouse.scroll(*unit, *delta);
                true
            }
            _ => false,
        }
    }

    /// Appends what changed since the last call.
    fn flush(&mut self, captured: &mut Vec<CapturedInput>) {
        let keys: KeySet = self.held_keys.values().copied().collect();
        if keys != self.sent_keys {
            self.sent_keys = keys;
            captured.push(CapturedInput::Keys(keys));
        }
        let moved = self.mouse.take_motion();
        let Some(seat) = self.seat else { return };
        if moved != MouseMove::default() || self.mouse.state != self.sent_mouse {
            self.sent_mouse = self.mouse.state;
            captured.push(CapturedInput::Mouse(seat, moved, self.mouse.state));
        }
    }
}

/// What a game is told of a pointer at this place.
#[cfg(test)]
pub(super) fn pointed(at: Pos2, area: &PictureArea) -> MouseState {
    let mut mouse = TrackedMouse::default();
    mouse.point_at(at, area);
    mouse.state
}

fn uses_pointer(wants: Wants) -> bool {
    wants.pointer || wants.lightgun
}
