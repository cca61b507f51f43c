//! Controllers plugged into the host, read on a thread of their own and joined with the keyboard, each for its seat.

use super::keys::LAYOUTS;
use super::places::{Device, Gamepad, Places};
use super::rumble::Motors;
use crate::input::{Button, MAX_SEATS, PadState};
use crate::link::board::FeedbackReader;
use gilrs::{Axis, Gilrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Takes a local player's controller: seat, then state. Must not wait.
pub type Sink = Box<dyn Fn(usize, PadState) + Send + Sync>;

/// How far the stick must be pushed to count as the d-pad, of 1.
const STICK_AS_DPAD: f32 = 0.5;
/// How long the thread sleeps without an event before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often it looks at the motors, where there are any and a game runs.
const MOTOR_PATIENCE: Duration = Duration::from_millis(25);

/// The local players' hands. Dropping it ends the thread and lets every button go.
pub struct LocalPads {
    shared: Arc<Shared>,
}

struct Shared {
    sink: Sink,
    stick_moves_dpad: AtomicBool,
    playing: AtomicBool,
    ended: AtomicBool,
    hands: Mutex<Hands>,
}

/// Held for the time of a copy; the only other holder is the window, once a painting.
#[derive(Default)]
struct Hands {
    places: Places,
    keyboard: [PadState; LAYOUTS],
    pads: Vec<(usize, PadState)>,
    sent: [PadState; MAX_SEATS],
    names: Vec<Gamepad>,
    trouble: Option<String>,
}

impl Hands {
    /// What each seat's pad holds: everything that goes there, joined.
    fn joined(&self) -> [PadState; MAX_SEATS] {
        let [host, second] = self.keyboard;
        let keys = [(self.places.host, host), (self.places.seat_of(Device::SecondKeys), second)];
        let pads = self.pads.iter().map(|(id, state)| (self.places.seat_of(Device::Pad(*id)), *state));
        let mut seats = [PadState::default(); MAX_SEATS];
        for (seat, state) in keys.into_iter().chain(pads) {
            if let Some(joined) = seat.and_then(|seat| seats.get_mut(seat)) {
                *joined = joined.merged(state);
            }
        }
        seats
    }
}

impl LocalPads {
    /// Starts reading. `wake` is called when a controller comes or goes.
    pub fn start(sink: Sink, feedback: Option<FeedbackReader>, wake: impl Fn() + Send + 'static) -> Self {
        let shared = Arc::new(Shared {
            sink,
            stick_moves_dpad: AtomicBool::new(true),
            playing: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            hands: Mutex::default(),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("gamepads".into());
        if let Err(error) = thread.spawn(move || read(&theirs, feedback, &wake)) {
            shared.hands().trouble = Some(error.to_string());
        }
        Self { shared }
    }

    /// What the keyboard's sets of keys hold now.
    pub fn keyboard(&self, states: [PadState; LAYOUTS]) {
        self.shared.change(|hands| hands.keyboard = states);
    }

    /// Who sits where. A seat that is left lets every button go.
    pub fn sit(&self, places: &Places) {
        self.shared.change(|hands| {
            if hands.places != *places {
                hands.places = places.clone();
            }
        });
    }

    /// Whether a game runs: motors turn only then.
    pub fn playing(&self, yes: bool) {
        self.shared.playing.store(yes, Ordering::Relaxed);
    }

    /// Whether the left stick presses the d-pad as well.
    pub fn stick_moves_dpad(&self, yes: bool) {
        self.shared.stick_moves_dpad.store(yes, Ordering::Relaxed);
    }

    /// The controllers that are plugged in.
    pub fn gamepads(&self) -> Vec<Gamepad> {
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
        self.sit(&Places { host: None, ..Places::default() });
    }
}

impl Shared {
    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Hands)) {
        let mut hands = self.hands();
        change(&mut hands);
        let joined = hands.joined();
        for (seat, (new, old)) in joined.iter().zip(hands.sent).enumerate() {
            if *new != old {
                // With the lock held, so that two writers cannot pass each other with an older state.
                (self.sink)(seat, *new);
            }
        }
        hands.sent = joined;
    }
}

fn read(shared: &Shared, feedback: Option<FeedbackReader>, wake: &dyn Fn()) {
    let mut gilrs = match Gilrs::new() {
        Ok(gilrs) => gilrs,
        // No udev, as in a container, or a system that gilrs does not know: the keyboard still plays.
        Err(error) => {
            shared.hands().trouble = Some(error.to_string());
            tracing::warn!("controllers cannot be read: {error}");
            wake();
            return;
        }
    };
    let mut motors = Motors::default();
    publish_names(shared, &gilrs);
    wake();
    while !shared.ended.load(Ordering::Relaxed) {
        let mut patience = PATIENCE;
        if let Some(feedback) = &feedback {
            let playing = shared.playing.load(Ordering::Relaxed);
            let places = shared.hands().places.clone();
            let seat = |id| places.seat_of(Device::Pad(id)).filter(|_| playing);
            let any = motors.follow(&mut gilrs, |id| seat(id).map(|seat| feedback.rumble(seat)).unwrap_or_default());
            if any && playing {
                patience = MOTOR_PATIENCE;
            }
        }
        let Some(event) = gilrs.next_event_blocking(Some(patience)) else {
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
    let pads = gilrs.gamepads().map(|(id, pad)| (usize::from(id), state_of(&pad, stick))).collect();
    shared.change(|hands| hands.pads = pads);
}

fn publish_names(shared: &Shared, gilrs: &Gilrs) {
    let pads = gilrs.gamepads().map(|(id, pad)| Gamepad { id: usize::from(id), name: pad.name().to_owned() });
    shared.hands().names = pads.collect();
}

fn state_of(pad: &gilrs::Gamepad, stick_moves_dpad: bool) -> PadState {
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
    use super::super::places::Guest;
    use super::*;
    use std::sync::mpsc;

    fn pads() -> (LocalPads, mpsc::Receiver<(usize, PadState)>) {
        let (sender, receiver) = mpsc::sync_channel(100);
        let sink: Sink = Box::new(move |seat, pad| sender.try_send((seat, pad)).unwrap());
        (LocalPads::start(sink, None, || ()), receiver)
    }

    fn held(button: Button) -> PadState {
        PadState { buttons: button as u16, ..PadState::default() }
    }

    fn at(seat: Option<usize>) -> Places {
        Places { host: seat, ..Places::default() }
    }

    fn keys(button: Button) -> [PadState; LAYOUTS] {
        [held(button), PadState::default()]
    }

    const NOTHING: PadState = PadState { buttons: 0, left: [0; 2], right: [0; 2], triggers: [0; 2] };

    #[test]
    fn the_keyboard_reaches_the_hosts_seat_once_for_each_change() {
        let (pads, sent) = pads();
        pads.sit(&at(Some(2)));
        pads.keyboard(keys(Button::A));
        pads.keyboard(keys(Button::A));
        pads.keyboard([NOTHING; LAYOUTS]);
        let sent: Vec<_> = sent.try_iter().filter(|(seat, _)| *seat == 2).collect();
        assert_eq!(sent, [(2, held(Button::A)), (2, NOTHING)]);
    }

    #[test]
    fn a_host_who_loses_the_seat_lets_go_and_sends_nothing_more() {
        let (pads, sent) = pads();
        pads.sit(&at(Some(1)));
        pads.keyboard(keys(Button::A));
        pads.sit(&at(None));
        pads.keyboard(keys(Button::B));
        let sent: Vec<_> = sent.try_iter().filter(|(seat, _)| *seat == 1).collect();
        assert_eq!(sent, [(1, held(Button::A)), (1, NOTHING)]);
    }

    #[test]
    fn a_guests_gamepad_goes_to_their_seat_and_the_others_to_the_hosts() {
        let mut hands = Hands { pads: vec![(4, held(Button::A)), (5, held(Button::B))], ..Hands::default() };
        hands.keyboard = [held(Button::Up), held(Button::Down)];
        let of = |hands: &Hands| hands.joined().map(|pad| pad.buttons);
        let mut wanted = [0; MAX_SEATS];
        wanted[0] = Button::A as u16 | Button::B as u16 | Button::Up as u16;
        assert_eq!(of(&hands), wanted);
        for (device, seat) in [(Device::Pad(5), 1), (Device::SecondKeys, 2), (Device::Pad(9), 3)] {
            hands.places.guests.insert(device, Guest { seat, name: "Bob".into() });
        }
        wanted[0] = Button::A as u16 | Button::Up as u16;
        wanted[1] = Button::B as u16;
        wanted[2] = Button::Down as u16;
        assert_eq!(of(&hands), wanted);
    }

    #[test]
    fn the_stick_is_a_dpad_from_half_way() {
        assert_eq!(dpad(0.4, -0.4), 0);
        assert_eq!(dpad(0.6, 0.9), Button::Right as u16 | Button::Up as u16);
        assert_eq!(axis(-1.0), -32767);
        assert_eq!(axis(7.0), 32767);
    }
}
