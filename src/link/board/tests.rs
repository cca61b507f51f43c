use super::*;
use crate::input::Button;

struct Ends {
    link: Arc<Link>,
    writer: BoardWriter,
    reader: BoardReader,
}

impl Ends {
    fn poll(&mut self) -> Inputs {
        let mut inputs = Inputs::default();
        self.reader.poll(&mut inputs);
        inputs
    }
}

fn ends() -> Ends {
    let link = Link::create().expect("link");
    Ends { writer: BoardWriter::new(link.clone()), reader: BoardReader::new(link.clone()), link }
}

fn holding(button: Button) -> PadState {
    PadState { buttons: button as u16, ..PadState::default() }
}

fn keys(codes: &[u16]) -> KeySet {
    codes.iter().copied().collect()
}

#[test]
fn every_field_arrives_in_both_lanes() {
    for lane in Lane::ALL {
        let mut ends = ends();
        let pad = PadState { buttons: 0xa5f0, left: [-32767, 32767], right: [1, -2], triggers: [3, 32767] };
        let mouse = MouseState { x: -32767, y: 32767, buttons: 0x15, over: true };
        let moved = MouseMove { dx: -3, dy: 70_000, wheel: 1, hwheel: -2 };
        ends.writer.set(lane, 7, pad);
        ends.writer.set_keyboard(lane, &keys(&[1, 63, 64, 304, 323]));
        ends.writer.set_mouse(lane, 7, mouse);
        ends.writer.move_mouse(lane, 7, moved);
        let mut wanted = Inputs { keys: keys(&[1, 63, 64, 304, 323]), ..Inputs::default() };
        wanted.pads[7] = pad;
        wanted.mice[7] = Mouse { moved, state: mouse };
        assert_eq!(ends.poll(), wanted, "{lane:?}");
    }
}

#[test]
fn a_tap_between_two_polls_is_seen_for_exactly_one_poll() {
    let mut ends = ends();
    ends.writer.set(Lane::Remote, 1, holding(Button::A));
    ends.writer.set(Lane::Remote, 1, PadState::default());
    ends.writer.set_keyboard(Lane::Local, &keys(&[97]));
    ends.writer.set_keyboard(Lane::Local, &KeySet::EMPTY);
    let click = MouseState { buttons: MouseState::LEFT, ..MouseState::default() };
    ends.writer.set_mouse(Lane::Remote, 2, click);
    ends.writer.set_mouse(Lane::Remote, 2, MouseState::default());
    let seen = ends.poll();
    assert!(seen.pads[1].held(Button::A));
    assert_eq!(seen.keys, keys(&[97]));
    assert!(seen.mice[2].state.held(MouseState::LEFT));
    assert_eq!(ends.poll(), Inputs::default());
}

#[test]
fn two_lanes_share_a_seat_without_letting_go_of_each_other() {
    let mut ends = ends();
    ends.writer.set(Lane::Remote, 0, holding(Button::A));
    ends.writer.set(Lane::Local, 0, holding(Button::Up));
    ends.writer.set_keyboard(Lane::Remote, &keys(&[97]));
    ends.writer.set_keyboard(Lane::Local, &keys(&[98]));
    let seen = ends.poll();
    assert_eq!(seen.pads[0].buttons, Button::A as u16 | Button::Up as u16);
    assert_eq!(seen.keys, keys(&[97, 98]));
    ends.writer.set(Lane::Local, 0, PadState::default());
    ends.writer.set_keyboard(Lane::Local, &KeySet::EMPTY);
    let seen = ends.poll();
    assert_eq!(seen.pads[0], holding(Button::A));
    assert_eq!(seen.keys, keys(&[97]));
}

#[test]
fn a_tap_in_one_lane_is_seen_while_the_other_holds_something_else() {
    let mut ends = ends();
    ends.writer.set(Lane::Remote, 0, holding(Button::A));
    ends.writer.set(Lane::Local, 0, holding(Button::B));
    ends.writer.set(Lane::Local, 0, PadState::default());
    assert_eq!(ends.poll().pads[0].buttons, Button::A as u16 | Button::B as u16);
    assert_eq!(ends.poll().pads[0], holding(Button::A));
}

#[test]
fn moves_add_up_over_both_lanes_and_are_handed_out_once() {
    let mut ends = ends();
    let step = |dx, wheel| MouseMove { dx, wheel, ..MouseMove::default() };
    ends.writer.move_mouse(Lane::Remote, 3, step(5, 0));
    ends.writer.move_mouse(Lane::Remote, 3, step(-7, 1));
    ends.writer.move_mouse(Lane::Local, 3, step(-1, 1));
    assert_eq!(ends.poll().mice[3].moved, step(-3, 2));
    assert_eq!(ends.poll().mice[3].moved, MouseMove::default());
    ends.writer.move_mouse(Lane::Remote, 3, step(5, 0));
    ends.writer.set(Lane::Remote, 1, holding(Button::Start));
    ends.writer.set(Lane::Remote, 1, PadState::default());
    ends.reader.forget_taps();
    assert_eq!(ends.poll(), Inputs::default(), "what was tapped while the game stood still is not pressed now");
}

#[test]
fn of_two_mice_the_one_that_moved_last_says_where_unless_it_left_the_picture() {
    let mut ends = ends();
    let at = |x, over| MouseState { x, over, ..MouseState::default() };
    ends.writer.set_mouse(Lane::Remote, 0, at(100, true));
    ends.writer.set_mouse(Lane::Local, 0, at(200, true));
    ends.poll();
    ends.writer.set_mouse(Lane::Remote, 0, at(101, true));
    assert_eq!(ends.poll().mice[0].state, at(101, true));
    assert_eq!(ends.poll().mice[0].state, at(101, true));
    ends.writer.set_mouse(Lane::Remote, 0, at(0, false));
    assert_eq!(ends.poll().mice[0].state, at(200, true));
    let click = MouseState { buttons: MouseState::RIGHT, ..at(200, true) };
    ends.writer.set_mouse(Lane::Local, 0, click);
    assert_eq!(ends.poll().mice[0].state, click);
}

#[test]
fn a_seat_that_does_not_exist_is_ignored() {
    let mut ends = ends();
    for seat in [MAX_SEATS, usize::MAX] {
        ends.writer.set(Lane::Local, seat, holding(Button::A));
        ends.writer.set_mouse(Lane::Remote, seat, MouseState { buttons: 1, ..MouseState::default() });
        ends.writer.move_mouse(Lane::Remote, seat, MouseMove { dx: 1, ..MouseMove::default() });
        assert!(!FeedbackWriter::new(ends.link.clone()).set_rumble(seat, Rumble { strong: 1, weak: 1 }));
        assert_eq!(FeedbackReader::new(ends.link.clone()).rumble(seat), Rumble::default());
    }
    assert_eq!(ends.poll(), Inputs::default());
}

#[test]
fn motors_and_leds_come_back() {
    let link = Link::create().expect("link");
    let (mut writer, reader) = (FeedbackWriter::new(link.clone()), FeedbackReader::new(link.clone()));
    let rumble = Rumble { strong: 0x8000, weak: 0x4001 };
    assert!(writer.set_rumble(7, rumble));
    writer.set_led(0, true);
    writer.set_led(31, true);
    writer.set_led(32, true);
    assert_eq!((reader.rumble(7), reader.rumble(6)), (rumble, Rumble::default()));
    assert_eq!(reader.leds(), 0x8000_0001);
    writer.set_led(0, false);
    assert_eq!(reader.leds(), 0x8000_0000);
    writer.hold_still(true);
    assert_eq!((reader.rumble(7), writer.rumble(7)), (Rumble::default(), rumble));
    writer.hold_still(false);
    assert_eq!(reader.rumble(7), rumble);
    link.clear_feedback();
    assert_eq!((reader.rumble(7), reader.leds()), (Rumble::default(), 0));
}

#[test]
fn a_new_core_finds_what_is_held_but_no_old_taps_moves_or_motors() {
    let mut ends = ends();
    for lane in Lane::ALL {
        let held = MouseState { x: 5, buttons: MouseState::LEFT, over: true, ..MouseState::default() };
        ends.writer.set(lane, 4, holding(Button::A));
        ends.writer.set(lane, 5, holding(Button::B));
        ends.writer.set(lane, 5, PadState::default());
        ends.writer.set_keyboard(lane, &keys(&[97, 98]));
        ends.writer.set_keyboard(lane, &keys(&[97]));
        ends.writer.set_mouse(lane, 4, MouseState { buttons: MouseState::RIGHT, ..held });
        ends.writer.set_mouse(lane, 4, held);
        ends.writer.move_mouse(lane, 4, MouseMove { dx: 1, dy: 1, wheel: 1, hwheel: 1 });
    }
    let mut feedback = FeedbackWriter::new(ends.link.clone());
    feedback.set_rumble(0, Rumble { strong: 1, weak: 1 });
    feedback.set_led(3, true);
    ends.link.clear_for_new_core();
    let mut wanted = Inputs { keys: keys(&[97]), ..Inputs::default() };
    wanted.pads[4] = holding(Button::A);
    wanted.mice[4].state = MouseState { x: 5, buttons: MouseState::LEFT, over: true, ..MouseState::default() };
    assert_eq!(ends.poll(), wanted);
    let reader = FeedbackReader::new(ends.link.clone());
    assert_eq!((reader.rumble(0), reader.leds()), (Rumble::default(), 0));
}

#[test]
fn any_bytes_on_the_board_are_harmless() {
    let mut ends = ends();
    let reader = FeedbackReader::new(ends.link.clone());
    for byte in [0xff, 0x80, 0x7f, 0x01] {
        ends.link.region.copy_in(layout::INPUT, &[byte; 4096]);
        let seen = ends.poll();
        assert!(seen.keys.codes().all(|code| (1..crate::input::KEY_CODES).contains(&code)));
        assert_eq!(reader.leds(), u32::from_ne_bytes([byte; 4]));
        let half = u16::from_ne_bytes([byte; 2]);
        assert_eq!(reader.rumble(0), Rumble { strong: half, weak: half });
    }
}

#[test]
fn motion_and_who_cannot_tell_it_arrive_and_the_sensors_that_are_wanted_come_back() {
    let mut ends = ends();
    let motion = MotionState { acceleration: [-32767, 1, 2048], rotation: [32767, -2, 0] };
    ends.writer.set_motion(7, motion);
    ends.writer.set_motion(8, motion);
    let mut wanted = Inputs::default();
    wanted.motions[7] = motion;
    assert_eq!(ends.poll(), wanted);
    assert_eq!(ends.poll(), wanted, "how it is, until it is told otherwise");
    assert!(ends.writer.held_seats().is_empty(), "a phone that lies on a table presses nothing");
    let seats: SeatSet = [Seat::ALL[0], Seat::ALL[7]].into_iter().collect();
    ends.writer.set_motionless(seats);
    assert_eq!(ends.reader.motionless(), seats);

    let mut feedback = FeedbackWriter::new(ends.link.clone());
    let host = FeedbackReader::new(ends.link.clone());
    feedback.set_sensors(|sensors| sensors.accelerometer.insert(Seat::ALL[7]));
    feedback.set_sensors(|sensors| sensors.gyroscope = seats);
    let only: SeatSet = [Seat::ALL[7]].into_iter().collect();
    assert_eq!(host.sensors(), Sensors { accelerometer: only, gyroscope: seats });
    clear(&ends.link.region);
    assert_eq!(host.sensors(), Sensors::default(), "the core that wanted them is gone");
    assert_eq!(ends.reader.motionless(), seats, "those who sit there are not");
}
