//! What the players at this machine hold: gamepads, read on a thread of their own, joined with the keyboard for each seat.

use super::keys::KEY_SETS;
use super::pad_map::PadMap;
use super::local_players::{Device, Gamepad, LocalPlayers};
use super::pad_time::PadTime;
use super::rumble::Motors;
use super::turbo::Turbo;
use crate::engine::Flow;
use crate::input::{Button, MAX_SEATS, PadState, Seat};
use crate::link::board::FeedbackReader;
use crate::sync::now;
use gilrs::{Axis, Gilrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Takes a local player's controller: seat, then state. Must not wait.
pub type Sink = Box<dyn Fn(Seat, PadState) + Send + Sync>;

/// Takes what the gamepads ask of time. Must not wait.
pub type FlowSink = Box<dyn Fn(Flow) + Send + Sync>;

/// How far the stick must be pushed to count as the d-pad, of 1.
const STICK_AS_DPAD: f32 = 0.5;
/// How long the thread sleeps without an event before it looks whether it should end.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How often it looks at the motors, where there are any and a game runs.
const MOTOR_POLL_INTERVAL: Duration = Duration::from_millis(25);

/// Dropping it ends the threads and releases every button.
pub struct LocalInput {
    shared: Arc<Shared>,
}

struct Shared {
    sink: Sink,
    on_flow: FlowSink,
    stick_moves_dpad: AtomicBool,
    running: AtomicBool,
    /// No game is open: pads move about in the window.
    in_window: AtomicBool,
    ended: AtomicBool,
    state: Mutex<State>,
    /// For the turbo thread: what is held has changed, or it should end.
    changed: Condvar,
}

/// Locked for the time of a copy, by the window once a painting, the gamepads' thread and the turbo thread.
#[derive(Default)]
struct State {
    local_players: LocalPlayers,
    keyboard: [PadState; KEY_SETS],
    pads: Vec<(usize, PadState)>,
    time: PadTime,
    /// Buttons with turbo, by the keyboard's sets.
    with_turbo: [u16; KEY_SETS],
    pad_map: PadMap,
    turbos: [Turbo; MAX_SEATS],
    sent: [PadState; MAX_SEATS],
    gamepads: Vec<Gamepad>,
    gamepad_error: Option<String>,
    /// Buttons pressed while no game was open, in their order, for the window.
    presses: Vec<Button>,
}

/// Presses that wait for the window; it takes them with its next painting.
const MOST_PRESSES: usize = 32;

impl State {
    /// Notes what of the pads is held now and was not before.
    fn note_presses(&mut self, pads: &[(usize, PadState)]) -> bool {
        let held = |pads: &[(usize, PadState)]| pads.iter().fold(0, |held, (_, pad)| held | pad.buttons);
        let new = held(pads) & !held(&self.pads);
        let pressed = BUTTONS.iter().map(|(_, button)| *button).filter(|button| new & *button as u16 != 0);
        let room = MOST_PRESSES.saturating_sub(self.presses.len());
        let before = self.presses.len();
        self.presses.extend(pressed.take(room));
        self.presses.len() > before
    }

    /// Each seat's pad at this moment: all devices of the seat together.
    fn joined(&mut self, now: Duration) -> [PadState; MAX_SEATS] {
        let ([host, second], [first_turbo, second_turbo]) = (self.keyboard, self.with_turbo);
        let keys = [
            (self.local_players.host, host, first_turbo),
            (self.local_players.seat_of(Device::SecondKeys), second, second_turbo),
        ];
        let pads = self.pads.iter().map(|(id, state)| {
            (self.local_players.seat_of(Device::Pad(*id)), self.pad_map.apply(self.time.take(*id, *state)), first_turbo)
        });
        let mut seats = [PadState::default(); MAX_SEATS];
        let mut turbo = [0; MAX_SEATS];
        for (seat, mut state, with_turbo) in keys.into_iter().chain(pads) {
            if let Some(seat) = seat.map(Seat::index) {
                turbo[seat] |= state.buttons & with_turbo;
                state.buttons &= !with_turbo;
                seats[seat] = seats[seat].merged(state);
            }
        }
        for ((joined, turbo), held) in seats.iter_mut().zip(&mut self.turbos).zip(turbo) {
            joined.buttons |= turbo.buttons(held, now);
        }
        seats
    }

    /// When turbo changes what [`State::joined`] returns.
    fn next_due(&self, now: Duration) -> Option<Duration> {
        self.turbos.iter().filter_map(|turbo| turbo.next_due(now)).min()
    }
}

impl LocalInput {
    /// `wake` is called when a gamepad comes or goes.
    pub fn start(
        sink: Sink,
        on_flow: FlowSink,
        feedback: Option<FeedbackReader>,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            sink,
            on_flow,
            stick_moves_dpad: AtomicBool::new(true),
            running: AtomicBool::new(false),
            in_window: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("gamepads".into());
        if let Err(error) = thread.spawn(move || read(&theirs, feedback, &wake)) {
            shared.state().gamepad_error = Some(error.to_string());
        }
        let theirs = Arc::clone(&shared);
        // Of its own, because the other one waits for gamepads, if there is any.
        if let Err(error) = std::thread::Builder::new().name("turbo".into()).spawn(move || theirs.run_turbo()) {
            tracing::warn!("turbo buttons are held only: {error}");
        }
        Self { shared }
    }

    /// What the keyboard's sets of keys hold now.
    pub fn set_keyboard(&self, states: [PadState; KEY_SETS]) {
        self.shared.change(|state| state.keyboard = states);
    }

    /// A seat that is left has its buttons released.
    pub fn set_players(&self, local_players: &LocalPlayers) {
        self.shared.change(|state| {
            if state.local_players != *local_players {
                state.local_players = local_players.clone();
            }
        });
    }

    /// Buttons that press themselves again and again while held, by the keyboard's sets, and how often in a second. Those of
    /// the first set also on gamepads.
    pub fn set_turbo(&self, buttons: [u16; KEY_SETS], hz: u32) {
        self.shared.change(|state| {
            state.with_turbo = buttons;
            for turbo in &mut state.turbos {
                turbo.set_rate(hz);
            }
        });
    }

    /// Which button of a gamepad presses which of the game.
    pub(super) fn set_pad_map(&self, map: PadMap) {
        self.shared.change(|state| state.pad_map = map);
    }

    /// Whether Select and a trigger of a gamepad go through time.
    pub fn set_time_buttons(&self, on: bool) {
        self.shared.change(|state| state.time.on = on);
    }

    /// Motors turn only while the game runs.
    pub fn set_running(&self, yes: bool) {
        self.shared.running.store(yes, Ordering::Relaxed);
    }

    /// Whether presses are for the window: while no game is open, or a dialog waits for one.
    pub fn set_in_window(&self, yes: bool) {
        if self.shared.in_window.swap(yes, Ordering::Relaxed) != yes {
            self.shared.state().presses.clear();
        }
    }

    /// The direction that is held on some pad.
    pub fn held_direction(&self) -> Option<Button> {
        let held = self.shared.state().pads.iter().fold(0, |held, (_, pad)| held | pad.buttons);
        let directions = [Button::Up, Button::Down, Button::Left, Button::Right];
        directions.into_iter().find(|button| held & *button as u16 != 0)
    }

    /// What was pressed for the window since this was asked for last.
    pub fn take_presses(&self) -> Vec<Button> {
        std::mem::take(&mut self.shared.state().presses)
    }

    /// Whether the left stick presses the d-pad as well.
    pub fn set_stick_moves_dpad(&self, yes: bool) {
        self.shared.stick_moves_dpad.store(yes, Ordering::Relaxed);
    }

    pub fn gamepads(&self) -> Vec<Gamepad> {
        self.shared.state().gamepads.clone()
    }

    /// Why no gamepad can be read, if that is so.
    pub fn gamepad_error(&self) -> Option<String> {
        self.shared.state().gamepad_error.clone()
    }
}

impl Drop for LocalInput {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // With the lock taken, so that the turbo thread is not between its look and its sleep.
        self.set_players(&LocalPlayers { host: None, ..LocalPlayers::default() });
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        self.send(&mut state, now());
        drop(state);
        self.changed.notify_one();
    }

    fn send(&self, state: &mut State, now: Duration) {
        if let Some(flow) = state.time.change(&state.pads) {
            (self.on_flow)(flow);
        }
        let joined = state.joined(now);
        for (seat, (new, old)) in Seat::ALL.into_iter().zip(joined.iter().zip(state.sent)) {
            if *new != old {
                // With the lock held, so that two writers cannot pass each other with an older state.
                (self.sink)(seat, *new);
            }
        }
        state.sent = joined;
    }

    /// Sends the presses that turbo makes, until the end.
    fn run_turbo(&self) {
        let mut state = self.state();
        while !self.ended.load(Ordering::Relaxed) {
            let now = now();
            self.send(&mut state, now);
            state = match state.next_due(now) {
                Some(due) => {
                    let wait = self.changed.wait_timeout(state, due.saturating_sub(now));
                    wait.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

fn read(shared: &Shared, feedback: Option<FeedbackReader>, wake: &dyn Fn()) {
    let mut gilrs = match Gilrs::new() {
        Ok(gilrs) => gilrs,
        // No udev, as in a container, or a system that gilrs does not know: the keyboard still plays.
        Err(error) => {
            shared.state().gamepad_error = Some(error.to_string());
            tracing::warn!("controllers cannot be read: {error}");
            wake();
            return;
        }
    };
    let mut motors = Motors::default();
    publish_gamepads(shared, &gilrs);
    wake();
    while !shared.ended.load(Ordering::Relaxed) {
        let mut interval = POLL_INTERVAL;
        if let Some(feedback) = &feedback {
            let running = shared.running.load(Ordering::Relaxed);
            let local_players = shared.state().local_players.clone();
            let seat = |id| local_players.seat_of(Device::Pad(id)).filter(|_| running);
            let any =
                motors.follow(&mut gilrs, |id| seat(id).map(|seat| feedback.rumble(seat.index())).unwrap_or_default());
            if any && running {
                interval = MOTOR_POLL_INTERVAL;
            }
        }
        let Some(event) = gilrs.next_event_blocking(Some(interval)) else {
            continue;
        };
        if publish(shared, &gilrs) {
            wake();
        }
        if matches!(event.event, gilrs::EventType::Connected | gilrs::EventType::Disconnected) {
            publish_gamepads(shared, &gilrs);
            wake();
        }
    }
}

/// Whether there is something for the window.
fn publish(shared: &Shared, gilrs: &Gilrs) -> bool {
    let in_window = shared.in_window.load(Ordering::Relaxed);
    let stick = in_window || shared.stick_moves_dpad.load(Ordering::Relaxed);
    let pads: Vec<_> = gilrs.gamepads().map(|(id, pad)| (usize::from(id), pad_state(&pad, stick))).collect();
    let mut pressed = false;
    shared.change(|state| {
        pressed = in_window && state.note_presses(&pads);
        state.pads = pads;
    });
    pressed
}

fn publish_gamepads(shared: &Shared, gilrs: &Gilrs) {
    let pads = gilrs.gamepads().map(|(id, pad)| Gamepad { id: usize::from(id), name: pad.name().to_owned() });
    shared.state().gamepads = pads.collect();
}

fn pad_state(pad: &gilrs::Gamepad, stick_moves_dpad: bool) -> PadState {
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
    use super::super::local_players::LocalGuest;
    use super::*;
    use std::sync::mpsc;

    fn started() -> (LocalInput, mpsc::Receiver<(Seat, PadState)>) {
        let (sender, receiver) = mpsc::sync_channel(100);
        let sink: Sink = Box::new(move |seat, pad| sender.try_send((seat, pad)).unwrap());
        (LocalInput::start(sink, Box::new(|_| ()), None, || ()), receiver)
    }

    fn held(button: Button) -> PadState {
        PadState { buttons: button as u16, ..PadState::default() }
    }

    fn at(seat: Option<usize>) -> LocalPlayers {
        LocalPlayers { host: seat.and_then(Seat::new), ..LocalPlayers::default() }
    }

    fn keys(button: Button) -> [PadState; KEY_SETS] {
        [held(button), PadState::default()]
    }

    const NOTHING: PadState = PadState { buttons: 0, left: [0; 2], right: [0; 2], triggers: [0; 2] };

    #[test]
    fn the_keyboard_reaches_the_hosts_seat_once_for_each_change() {
        let (input, sent) = started();
        input.set_players(&at(Some(2)));
        input.set_keyboard(keys(Button::A));
        input.set_keyboard(keys(Button::A));
        input.set_keyboard([NOTHING; KEY_SETS]);
        let sent: Vec<_> = sent.try_iter().filter(|(seat, _)| seat.index() == 2).collect();
        assert_eq!(sent, [(Seat::ALL[2], held(Button::A)), (Seat::ALL[2], NOTHING)]);
    }

    #[test]
    fn a_host_who_loses_the_seat_lets_go_and_sends_nothing_more() {
        let (input, sent) = started();
        input.set_players(&at(Some(1)));
        input.set_keyboard(keys(Button::A));
        input.set_players(&at(None));
        input.set_keyboard(keys(Button::B));
        let sent: Vec<_> = sent.try_iter().filter(|(seat, _)| seat.index() == 1).collect();
        assert_eq!(sent, [(Seat::ALL[1], held(Button::A)), (Seat::ALL[1], NOTHING)]);
    }

    #[test]
    fn a_guests_gamepad_goes_to_their_seat_and_the_others_to_the_hosts() {
        let mut state = State { pads: vec![(4, held(Button::A)), (5, held(Button::B))], ..State::default() };
        state.keyboard = [held(Button::Up), held(Button::Down)];
        let of = |state: &mut State| state.joined(Duration::ZERO).map(|pad| pad.buttons);
        let mut wanted = [0; MAX_SEATS];
        wanted[0] = Button::A as u16 | Button::B as u16 | Button::Up as u16;
        assert_eq!(of(&mut state), wanted);
        for (device, seat) in [(Device::Pad(5), 1), (Device::SecondKeys, 2), (Device::Pad(9), 3)] {
            state.local_players.guests.insert(device, LocalGuest { seat: Seat::ALL[seat], name: "Bob".into() });
        }
        wanted[0] = Button::A as u16 | Button::Up as u16;
        wanted[1] = Button::B as u16;
        wanted[2] = Button::Down as u16;
        assert_eq!(of(&mut state), wanted);
    }

    #[test]
    fn a_turbo_button_of_one_set_turns_and_the_same_one_of_the_other_is_held() {
        let mut state = State { pads: vec![(4, held(Button::A))], ..State::default() };
        state.with_turbo = [Button::A as u16, 0];
        state.keyboard = [held(Button::B), held(Button::A)];
        state.local_players.guests.insert(Device::SecondKeys, LocalGuest { seat: Seat::ALL[1], name: "Bob".into() });
        let mut of = |ms: u64| {
            let joined = state.joined(Duration::from_millis(ms));
            (joined[0].buttons, joined[1].buttons, state.next_due(Duration::from_millis(ms)))
        };
        let (a, b) = (Button::A as u16, Button::B as u16);
        let half = Duration::from_millis(500) / crate::settings::TURBO_HZ;
        assert_eq!(of(0), (a | b, a, Some(half)));
        assert_eq!(of(50), (b, a, Some(half * 2)));
        assert_eq!(of(90), (a | b, a, Some(half * 3)));
        // A device without turbo on the same seat holds the button.
        state.local_players.guests.insert(Device::SecondKeys, LocalGuest { seat: Seat::ALL[0], name: "Bob".into() });
        assert_eq!(state.joined(Duration::from_millis(130))[0].buttons, a | b);
    }

    #[test]
    fn a_held_turbo_button_is_sent_again_and_again_by_itself_and_not_after_it_is_let_go() {
        let (input, sent) = started();
        input.set_turbo([Button::A as u16, 0], 30);
        input.set_keyboard(keys(Button::A));
        for wanted in [Button::A as u16, 0, Button::A as u16, 0] {
            let (seat, pad) = sent.recv_timeout(Duration::from_secs(30)).unwrap();
            assert_eq!((seat.index(), pad.buttons), (0, wanted));
        }
        input.set_keyboard([NOTHING; KEY_SETS]);
        while sent.try_recv().is_ok() {}
        assert!(sent.recv_timeout(Duration::from_millis(200)).is_err());
    }

    #[test]
    fn the_window_gets_each_press_once_and_none_that_was_held_before() {
        let mut state = State::default();
        let mut press = |buttons: u16| {
            let pads = vec![(0, PadState { buttons, ..PadState::default() })];
            let any = state.note_presses(&pads);
            state.pads = pads;
            (any, std::mem::take(&mut state.presses))
        };
        assert_eq!(press(Button::Down as u16), (true, vec![Button::Down]));
        assert_eq!(press(Button::Down as u16), (false, vec![]));
        assert_eq!(press(Button::Down as u16 | Button::B as u16), (true, vec![Button::B]));
        assert_eq!(press(0), (false, vec![]));
        assert_eq!(press(Button::Down as u16), (true, vec![Button::Down]));
    }

    #[test]
    fn the_stick_is_a_dpad_from_half_way() {
        assert_eq!(dpad(0.4, -0.4), 0);
        assert_eq!(dpad(0.6, 0.9), Button::Right as u16 | Button::Up as u16);
        assert_eq!(axis(-1.0), -32767);
        assert_eq!(axis(7.0), 32767);
    }
}
