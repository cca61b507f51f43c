//! Controllers plugged into the host, read on a thread of their own and joined with the keyboard.

use crate::input::{Button, PadState};
use gilrs::{Axis, Gamepad, Gilrs};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Takes the local player's controller: seat, then state. Must not wait.
pub type Sink = Box<dyn Fn(usize, PadState) + Send + Sync>;

/// No seat of the room is the host's.
const NO_SEAT: usize = usize::MAX;
/// How far the stick must be pushed to count as the d-pad, of 1.
const STICK_AS_DPAD: f32 = 0.5;
/// How long the thread sleeps without an event before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(500);

/// The local player's hands. Dropping it ends the thread and lets every button go.
pub struct LocalPads {
    shared: Arc<Shared>,
}

struct Shared {
    sink: Sink,
    seat: AtomicUsize,
    stick_moves_dpad: AtomicBool,
    ended: AtomicBool,
    hands: Mutex<Hands>,
}

/// Held for the time of a copy; the only other holder is the window, once a painting.
#[derive(Default)]
struct Hands {
    keyboard: PadState,
    pads: PadState,
    sent: PadState,
    names: Vec<String>,
    trouble: Option<String>,
}

impl LocalPads {
    /// Starts reading. `wake` is called when a controller comes or goes.
    pub fn start(sink: Sink, wake: impl Fn() + Send + 'static) -> Self {
        let shared = Arc::new(Shared {
            sink,
            seat: AtomicUsize::new(0),
            stick_moves_dpad: AtomicBool::new(true),
            ended: AtomicBool::new(false),
            hands: Mutex::default(),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("gamepads".into());
        if let Err(error) = thread.spawn(move || read(&theirs, &wake)) {
            shared.hands().trouble = Some(error.to_string());
        }
        Self { shared }
    }

    /// What the keyboard holds now.
    pub fn keyboard(&self, state: PadState) {
        self.shared.change(|hands| hands.keyboard = state);
    }

    /// The seat that the host holds, if any.
    pub fn sit(&self, seat: Option<usize>) {
        let seat = seat.unwrap_or(NO_SEAT);
        let before = self.shared.seat.swap(seat, Ordering::Relaxed);
        if before == seat {
            return;
        }
        self.shared.change(|hands| {
            if before != NO_SEAT && hands.sent != PadState::default() {
                (self.shared.sink)(before, PadState::default());
            }
            hands.sent = PadState::default();
        });
    }

    /// Whether the left stick presses the d-pad as well.
    pub fn stick_moves_dpad(&self, yes: bool) {
        self.shared.stick_moves_dpad.store(yes, Ordering::Relaxed);
    }

    /// The controllers that are plugged in.
    pub fn names(&self) -> Vec<String> {
        self.shared.hands().names.clone()
    }

    /// Why no controller can be read, if that is so.
    pub fn trouble(&self) -> Option<String> {
        self.shared.hands().trouble.clone()
    }
}

impl Drop for LocalPads {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        self.sit(None);
    }
}

impl Shared {
    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Hands)) {
        let mut hands = self.hands();
        change(&mut hands);
        let joined = hands.keyboard.merged(hands.pads);
        let seat = self.seat.load(Ordering::Relaxed);
        if seat != NO_SEAT && joined != hands.sent {
            hands.sent = joined;
            // With the lock held, so that two writers cannot pass each other with an older state.
            (self.sink)(seat, joined);
        }
    }
}

fn read(shared: &Shared, wake: &dyn Fn()) {
    let mut gilrs = match Gilrs::new() {
        Ok(gilrs) => gilrs,
        // No udev, as in a container, or a system that gilrs does not know: the keyboard still plays.
        Err(error) => {
            shared.hands().trouble = Some(error.to_string());
            tracing::warn!("controllers cannot be read: {error}");
            return;
        }
    };
    publish_names(shared, &gilrs);
    wake();
    while !shared.ended.load(Ordering::Relaxed) {
        let Some(event) = gilrs.next_event_blocking(Some(PATIENCE)) else {
            continue;
        };
        publish(shared, &gilrs);
        if matches!(event.event, gilrs::EventType::Connected | gilrs::EventType::Disconnected) {
            publish_names(shared, &gilrs);
            wake();
        }
    }
}

fn publish(shared: &Shared, gilrs: &Gilrs) {
    let stick = shared.stick_moves_dpad.load(Ordering::Relaxed);
    let pads = gilrs.gamepads().fold(PadState::default(), |all, (_, pad)| all.merged(state_of(&pad, stick)));
    shared.change(|hands| hands.pads = pads);
}

fn publish_names(shared: &Shared, gilrs: &Gilrs) {
    shared.hands().names = gilrs.gamepads().map(|(_, pad)| pad.name().to_owned()).collect();
}

fn state_of(pad: &Gamepad, stick_moves_dpad: bool) -> PadState {
    let stick = |x, y| [axis(pad.value(x)), axis(-pad.value(y))];
    let trigger = |button| axis(pad.button_data(button).map_or(0.0, gilrs::ev::state::ButtonData::value).max(0.0));
    let mut buttons =
        BUTTONS.iter().filter(|(theirs, _)| pad.is_pressed(*theirs)).fold(0, |held, (_, ours)| held | *ours as u16);
    if stick_moves_dpad {
        buttons |= dpad(pad.value(Axis::LeftStickX), pad.value(Axis::LeftStickY));
    }
    PadState {
        buttons,
        left: stick(Axis::LeftStickX, Axis::LeftStickY),
        right: stick(Axis::RightStickX, Axis::RightStickY),
        triggers: [trigger(gilrs::Button::LeftTrigger2), trigger(gilrs::Button::RightTrigger2)],
    }
}

/// By place: the lower button is B, as on the pads that libretro's is modelled on.
const BUTTONS: [(gilrs::Button, Button); 16] = [
    (gilrs::Button::South, Button::B),
    (gilrs::Button::East, Button::A),
    (gilrs::Button::West, Button::Y),
    (gilrs::Button::North, Button::X),
    (gilrs::Button::LeftTrigger, Button::L),
    (gilrs::Button::RightTrigger, Button::R),
    (gilrs::Button::LeftTrigger2, Button::L2),
    (gilrs::Button::RightTrigger2, Button::R2),
    (gilrs::Button::LeftThumb, Button::L3),
    (gilrs::Button::RightThumb, Button::R3),
    (gilrs::Button::Select, Button::Select),
    (gilrs::Button::Start, Button::Start),
    (gilrs::Button::DPadUp, Button::Up),
    (gilrs::Button::DPadDown, Button::Down),
    (gilrs::Button::DPadLeft, Button::Left),
    (gilrs::Button::DPadRight, Button::Right),
];

/// From gilrs' -1 to 1, to libretro's -32767 to 32767.
fn axis(value: f32) -> i16 {
    (value.clamp(-1.0, 1.0) * 32767.0) as i16
}

/// Up is positive here, as gilrs has it.
fn dpad(x: f32, y: f32) -> u16 {
    let mut held = 0;
    let mut press = |button: Button, yes: bool| held |= if yes { button as u16 } else { 0 };
    press(Button::Left, x < -STICK_AS_DPAD);
    press(Button::Right, x > STICK_AS_DPAD);
    press(Button::Up, y > STICK_AS_DPAD);
    press(Button::Down, y < -STICK_AS_DPAD);
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn pads() -> (LocalPads, mpsc::Receiver<(usize, PadState)>) {
        let (sender, receiver) = mpsc::sync_channel(100);
        let sink: Sink = Box::new(move |seat, pad| sender.try_send((seat, pad)).unwrap());
        (LocalPads::start(sink, || ()), receiver)
    }

    fn held(button: Button) -> PadState {
        PadState { buttons: button as u16, ..PadState::default() }
    }

    #[test]
    fn the_keyboard_reaches_the_hosts_seat_once_for_each_change() {
        let (pads, sent) = pads();
        pads.sit(Some(2));
        pads.keyboard(held(Button::A));
        pads.keyboard(held(Button::A));
        pads.keyboard(PadState::default());
        let sent: Vec<_> = sent.try_iter().filter(|(seat, _)| *seat == 2).collect();
        assert_eq!(sent, [(2, held(Button::A)), (2, PadState::default())]);
    }

    #[test]
    fn a_host_who_loses_the_seat_lets_go_and_sends_nothing_more() {
        let (pads, sent) = pads();
        pads.sit(Some(1));
        pads.keyboard(held(Button::A));
        pads.sit(None);
        pads.keyboard(held(Button::B));
        let sent: Vec<_> = sent.try_iter().filter(|(seat, _)| *seat == 1).collect();
        assert_eq!(sent, [(1, held(Button::A)), (1, PadState::default())]);
    }

    #[test]
    fn the_stick_is_a_dpad_from_half_way() {
        assert_eq!(dpad(0.4, -0.4), 0);
        assert_eq!(dpad(0.6, 0.9), Button::Right as u16 | Button::Up as u16);
        assert_eq!(axis(-1.0), -32767);
        assert_eq!(axis(7.0), 32767);
    }
}
